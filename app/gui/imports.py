"""The import statement is Python's own again, after PySide6 has put another in its place.

PySide6's reads the source of each module that is imported from then on, and looks in it for its
own name: the module could choose ``snake_case`` names for Qt's. None of ours does, and reading so
many files would take a sixth of the time until the first window.
"""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 (puts its own in place)

_PYTHONS = "__orig_import__"  # what PySide6 keeps it under


def restore() -> None:
    """Import without PySide6 from now on. On any thread, any number of times."""
    builtins.__import__ = getattr(builtins, _PYTHONS, builtins.__import__)
