"""One moment of a long session, or its markers, at once, without parsing its whole journal.

To parse eight hours of journal takes half a second; whoever clicks on a hit wants to hear it now.
The lines of parts and marks are few and are found by their kind (`recorder.journal` writes each
line in one canonical form); of the chunks, only those of the part that sounds at the moment are
parsed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.errors import CorruptSession, storage_error
from recorder.events import Chunk, Event, Marked, PartOpened, PartSealed, event_from_json
from recorder.timeline import Timeline

_PART = b'"kind":"part"'
_CHUNK = b'"kind":"chunk"'
_SEALED = b'"kind":"sealed part"'
_MARK = b'"kind":"mark"'
_HEAD = ("n", "prev", "at", "mono")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A part's line, and where what belongs to it may stand."""

    opened: PartOpened
    start_s: float
    from_byte: int
    to_byte: int


def glance(journal: Path, at_s: float, track: str = "a") -> Timeline | None:
    """The part in which a moment lies, or the next one behind the gap it lies in.

    Only of a session of one track: where there are several, one may fill the others' gaps, and
    all of the journal is needed to say so.

    Args:
        journal: The journal's file.
        at_s: Session time.
        track: The track's letter.

    Returns:
        A timeline with that part alone, and no runs; None where nothing sounds from there on, or
        there are other tracks.

    Raises:
        CorruptSession: A line that was looked at can't be read.
        StorageError: The disk refuses.
    """
    with _readable(journal):
        return _glance(journal.read_bytes(), at_s, track)


def marks(journal: Path) -> tuple[Marked, ...]:
    """The moments that were named while a session was recorded, in the order of their lines.

    Args:
        journal: The journal's file, which may be growing.

    Raises:
        CorruptSession: A line that was looked at can't be read.
        StorageError: The disk refuses.
    """
    with _readable(journal):
        data = journal.read_bytes()
        found = (_event(data, at) for at in _lines(data, _MARK, 0, len(data)))
        return tuple(event for event in found if isinstance(event, Marked))


@contextlib.contextmanager
def _readable(journal: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise storage_error(error, doing="reading the journal") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptSession(
            f"{journal.parent.name}'s journal can't be read ({error}).",
            safe="The audio files are untouched.",
            hint="'aircheck verify' says what still holds.",
        ) from error


def _glance(data: bytes, at_s: float, track: str) -> Timeline | None:
    found = [(at, _event(data, at)) for at in _lines(data, _PART, 0, len(data))]
    opened = [(at, event) for at, event in found if isinstance(event, PartOpened)]
    if any(event.track != track for _, event in opened):
        return None
    places = sorted(_places(data, opened), key=lambda place: place.start_s)
    before = [place for place in places if place.start_s <= at_s][-1:]
    after = [place for place in places if place.start_s > at_s][:1]
    for place in before + after:
        timeline = Timeline.of(_events(data, place))
        if timeline.parts and timeline.parts[0].end_s > at_s:
            return timeline
    return None


def _places(data: bytes, found: list[tuple[int, PartOpened]]) -> Iterator[_Place]:
    """The parts that hold a chunk."""
    ends = [*(at for at, _ in found[1:]), len(data)]
    for (at, opened), end in zip(found, ends, strict=False):
        first = next(_chunks(data, opened.part, at, end), None)
        if first is not None:
            yield _Place(opened=opened, start_s=first.start_s, from_byte=at, to_byte=end)


def _events(data: bytes, place: _Place) -> list[Event]:
    name = place.opened.part
    sealed = (_event(data, at) for at in _lines(data, _SEALED, place.from_byte, len(data)))
    mine = (each for each in sealed if isinstance(each, PartSealed) and each.part == name)
    seal = next(mine, None)
    chunks = _chunks(data, name, place.from_byte, place.to_byte)
    return [place.opened, *chunks, *([seal] if seal else [])]


def _chunks(data: bytes, part: str, begin: int, end: int) -> Iterator[Chunk]:
    for at in _lines(data, _CHUNK, begin, end):
        event = _event(data, at)
        if isinstance(event, Chunk) and event.part == part:
            yield event


def _lines(data: bytes, kind: bytes, begin: int, end: int) -> Iterator[int]:
    """Where the whole lines of a kind begin."""
    at = data.find(kind, begin, end)
    while at >= 0:
        yield data.rfind(b"\n", 0, at) + 1
        at = data.find(kind, at + len(kind), end)


def _event(data: bytes, at: int) -> Event | None:
    """The event of the line that begins at a place; None where the line is torn."""
    end = data.find(b"\n", at)
    if end < 0:
        return None
    values: dict[str, Any] = json.loads(data[at:end])
    kind = values.pop("kind")
    return event_from_json(kind, {key: each for key, each in values.items() if key not in _HEAD})
