"""The streams that the command prints to: what they can't take ends no work.

A stream may be closed from the start (``>&-``), know few letters (a Windows console that is piped),
or lose its reader (``| head -1``).
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from recorder.errors import AircheckError

_UTF_8 = ("utf-8", "utf8")


class OutputLost(AircheckError):
    """The answer could not be printed."""


def prepare() -> None:
    """Make the standard streams fit to print on; called once, before anything is printed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it was closed when the command began
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (to the end)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_line(line: str) -> None:
    """Print a line on the standard output; a reader that went away ends nothing.

    Raises:
        OutputLost: It takes nothing, as on a full disk.
    """
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        drop_output()
        raise OutputLost(
            f"The answer could not be printed: {error.strerror}.", safe="What is kept is unharmed."
        ) from error


def drop_output() -> None:
    """Let go of a standard output that takes nothing more; what is printed from now on is lost."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def drop_what_is_stuck() -> None:
    """Let go of a standard output that can't take what was printed, as on a full disk."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()


def knows_all_letters() -> bool:
    """Whether the standard output can say any text."""
    return (sys.stdout.encoding or "").lower() in _UTF_8
