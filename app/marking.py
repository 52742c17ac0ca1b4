"""Markers that people add or rename after the fact.

What was marked while it was recorded stands in the journal, which never changes. What is added or
named anew later stands in ``session.json``, as all that people may edit; a marker there at the
place of one of the journal's is its new name.
"""

from __future__ import annotations

from dataclasses import replace

from recorder.archive import Moment, SessionFolder, SessionInfo
from recorder.events import Marked
from recorder.timeline import Timeline
from recorder.types import Seconds

_SAME_S = 1e-3


def with_added(timeline: Timeline, info: SessionInfo | None) -> Timeline:
    """A session's timeline with all its markers, those that were added later too."""
    if info is None or not info.markers:
        return timeline
    return replace(timeline, markers=_merged(timeline.markers, info.markers))


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
    rest = [each for each in info.markers if not _is_at(each.at_s, at_s)]
    kept = sorted([*rest, moment], key=lambda each: each.at_s)
    folder.write_info(replace(info, markers=tuple(kept)))


def unmark(folder: SessionFolder, at_s: float) -> bool:
    """Take away a marker that was added, or the new name of one that was recorded.

    Returns:
        Whether there was one; those of the journal stay.

    Raises:
        CorruptSession: ``session.json`` can't be read.
        StorageError: The disk refuses.
    """
    info = folder.info()
    rest = tuple(each for each in info.markers if not _is_at(each.at_s, at_s))
    if rest == info.markers:
        return False
    folder.write_info(replace(info, markers=rest))
    return True


def _merged(recorded: tuple[Marked, ...], added: tuple[Moment, ...]) -> tuple[Marked, ...]:
    named = [
        next(
            (replace(mark, text=each.text) for each in added if _is_at(each.at_s, mark.at_s)), mark
        )
        for mark in recorded
    ]
    fresh = [
        Marked(at_s=each.at_s, text=each.text)
        for each in added
        if not any(_is_at(each.at_s, mark.at_s) for mark in recorded)
    ]
    return tuple(sorted([*named, *fresh], key=lambda mark: mark.at_s))


def _is_at(one_s: float, other_s: float) -> bool:
    return abs(one_s - other_s) <= _SAME_S
