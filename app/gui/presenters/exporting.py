"""What people want exported, as every page asks for it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recorder.archive import SessionFolder

Door = Literal["unedited", "edited", "text"]
"""The three ways out: the proof, a cut, the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Sessions to export, and what is known already of how."""

    folders: tuple[SessionFolder, ...]
    from_s: float | None = None
    """Where the stretch begins; None: at the session's first sample."""
    to_s: float | None = None
    """Where it ends; None: at its end."""
    door: Door | Literal[""] = ""
    """The way out that was chosen; empty: it is still to be chosen."""
