"""Markers that people add or rename after the fact; `recorder.markers` puts them together.

They are found by a search from then on.
"""

from __future__ import annotations

from dataclasses import replace

from app import findable
from recorder.archive import Moment, SessionFolder
from recorder.markers import is_at
from recorder.types import Seconds


def mark(folder: SessionFolder, at_s: float, text: str = "") -> None:
    """Add a marker, or name the one anew that is at this very place.

    Args:
        folder: The session's.
        at_s: Session time.
        text: Its name; may be empty.

    Raises:
        CorruptSession: ``session.json`` can't be read.
        StorageError: The disk refuses.
        ValueError: It lies before the session.
    """
    if at_s < 0:
        raise ValueError("a marker lies in the session")
    info = folder.info()
    moment = Moment(at_s=Seconds(round(at_s, 3)), text=" ".join(text.split()))
    rest = [each for each in info.markers if not is_at(each.at_s, at_s)]
    kept = sorted([*rest, moment], key=lambda each: each.at_s)
    folder.write_info(replace(info, markers=tuple(kept)))
    findable.refresh(folder)


def unmark(folder: SessionFolder, at_s: float) -> bool:
    """Take away a marker that was added, or the new name of one that was recorded.

    Returns:
        Whether there was one; those of the journal stay.

    Raises:
        CorruptSession: ``session.json`` can't be read.
        StorageError: The disk refuses.
    """
    info = folder.info()
    rest = tuple(each for each in info.markers if not is_at(each.at_s, at_s))
    if rest == info.markers:
        return False
    folder.write_info(replace(info, markers=rest))
    findable.refresh(folder)
    return True
