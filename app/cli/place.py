"""One moment of a session: what plays there, and what was said."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import Any

from app.cli.context import Context, escape, exact_clock
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.timeline import Part, Timeline
from recorder.types import Seconds, iso
from transcribe import transcript
from transcribe.transcript import Segment

_LINK = re.compile(r"aircheck:(?P<session>[^#]+)(?:#t=(?P<at>\d{1,9}(?:\.\d{1,6})?))?", re.ASCII)
_LINES_AROUND = 2


class BeyondTheEnd(AircheckError):
    """A moment that a session doesn't have."""

    exit_status = 3


def of_link(text: str) -> tuple[str, Seconds | None]:
    """The session and the moment that a hit's link names; any other text is a session's name."""
    match = _LINK.fullmatch(text)
    if not match:
        return text, None
    return match["session"], Seconds(float(match["at"])) if match["at"] else None


def show(context: Context, folder: SessionFolder, at_s: Seconds) -> None:
    """Tell what is at a moment of session time.

    Raises:
        BeyondTheEnd: It is longer than the session.
        CorruptSession: The journal can't be read.
    """
    timeline = folder.timeline()
    if timeline.parts and at_s > timeline.duration_s:
        raise BeyondTheEnd(
            f"{folder.path.name} is {exact_clock(timeline.duration_s)} long; "
            f"{exact_clock(at_s)} lies beyond its end."
        )
    playing = [
        (part, offset_s) for part in timeline.parts if (offset_s := _offset(part, at_s)) is not None
    ]
    said = _said(folder, at_s)
    if context.as_json:
        context.answer(_json(folder, timeline, at_s, playing, said))
        return
    wall = timeline.wall_clock(at_s)
    date = f"  [dim]{wall.astimezone():%Y-%m-%d %H:%M:%S}[/]" if wall else ""
    context.say(f"[bold]{escape(folder.info().title)}[/]  [cyan]{exact_clock(at_s)}[/]{date}")
    for part, offset_s in playing:
        path = escape(str(folder.path / part.file))
        context.say(f"  ▤ {path}  at [cyan]{exact_clock(offset_s)}[/]")
    for gap in timeline.gaps:
        if gap.from_s <= at_s < gap.to_s:
            context.say(f"  [yellow]▨[/] gap: {gap.reason}  [dim]{escape(gap.detail)}[/]")
    for segment in said:
        speaker = f"{escape(segment.speaker)}: " if segment.speaker else ""
        context.say(f"  [cyan]{exact_clock(segment.start_s)}[/]  {speaker}{escape(segment.text)}")


def _offset(part: Part, at_s: Seconds) -> float | None:
    """Seconds from the beginning of a part's file to a moment; None if it doesn't sound there."""
    before_s = 0.0
    for chunk in part.chunks:
        inside_s = at_s - chunk.start_s
        if 0 <= inside_s < chunk.duration_s:
            return before_s + inside_s
        before_s += chunk.duration_s
    return None


def _said(folder: SessionFolder, at_s: Seconds) -> Sequence[Segment]:
    """The segments around a moment, of the first transcript that can be read."""
    for stored in transcript.active(folder):
        with contextlib.suppress(AircheckError):
            segments = transcript.load(stored.path).segments
            here = sum(segment.start_s <= at_s for segment in segments)
            return segments[max(here - 1 - _LINES_AROUND, 0) : here + _LINES_AROUND]
    return ()


def _json(
    folder: SessionFolder,
    timeline: Timeline,
    at_s: Seconds,
    playing: Sequence[tuple[Part, float]],
    said: Sequence[Segment],
) -> dict[str, Any]:
    wall = timeline.wall_clock(at_s)
    return {
        "id": folder.id,
        "title": folder.info().title,
        "at_s": at_s,
        "started_at": iso(wall) if wall else None,
        "playing": [
            {"track": part.track, "file": part.file, "offset_s": offset_s}
            for part, offset_s in playing
        ],
        "said": [
            {
                "start_s": segment.start_s,
                "end_s": segment.end_s,
                "speaker": segment.speaker,
                "text": segment.text,
            }
            for segment in said
        ],
    }
