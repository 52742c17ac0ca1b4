"""A session's markers: those of its journal, and what people added or named anew later.

What was marked while it was recorded stands in the journal, which never changes. What came later
stands in ``session.json``, as all that people may edit; a marker there at the place of one of the
journal's is its new name.
"""

from __future__ import annotations

from dataclasses import replace

from recorder.archive import Moment, SessionInfo
from recorder.events import Marked
from recorder.timeline import Timeline

_SAME_S = 1e-3


def with_added(timeline: Timeline, info: SessionInfo | None) -> Timeline:
    """A session's timeline with all its markers, those that were added later too."""
    if info is None or not info.markers:
        return timeline
    return replace(timeline, markers=_merged(timeline.markers, info.markers))


def is_at(one_s: float, other_s: float) -> bool:
    """Whether two markers are at the same place."""
    return abs(one_s - other_s) <= _SAME_S


def _merged(recorded: tuple[Marked, ...], added: tuple[Moment, ...]) -> tuple[Marked, ...]:
    named = [
        next((replace(mark, text=each.text) for each in added if is_at(each.at_s, mark.at_s)), mark)
        for mark in recorded
    ]
    fresh = [
        Marked(at_s=each.at_s, text=each.text)
        for each in added
        if not any(is_at(each.at_s, mark.at_s) for mark in recorded)
    ]
    return tuple(sorted([*named, *fresh], key=lambda mark: mark.at_s))
