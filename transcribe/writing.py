"""Transcripts as others read them: SRT, WebVTT, text, Markdown, Whisper's JSON and TSV.

WebVTT is https://www.w3.org/TR/webvtt1/; SubRip has no standard, and is written as players want it.

Captions run with the audio, so their times are session time, always. Where a writer is told when
the session began, text and Markdown hold the wall clock's time in place of the session's, TSV and
JSON beside it, and WebVTT says it once, in a note.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recorder.types import Seconds, iso
from transcribe import layout
from transcribe.transcript import UNDETERMINED, Gap, Segment, Transcript, to_whisper

_ARROW = "-->"
_PARAGRAPH_PAUSE_S, _PARAGRAPH_S = 3.0, 60.0


def srt(transcript: Transcript, _started_at: datetime | None = None) -> str:
    """The transcript as SubRip, laid out to be read; a speaker's name stands where it changes.

    There is no place in it for the wall clock.
    """
    blocks = []
    for number, cue in enumerate(layout.cues(transcript.segments, with_names=True), 1):
        timing = f"{_clock(cue.start_s, ',')} {_ARROW} {_clock(cue.end_s, ',')}"
        blocks.append(f"{number}\n{timing}\n{cue.text.replace(_ARROW, '->')}\n")
    return "\n".join(blocks)


def vtt(transcript: Transcript, started_at: datetime | None = None) -> str:
    """The transcript as WebVTT, laid out to be read; gaps stand in it as notes.

    Speakers are voices; of several, the first stands on the left, the others on the right.
    """
    language = transcript.language
    header = "WEBVTT" if language == UNDETERMINED else f"WEBVTT\nLanguage: {language}"
    blocks = [(gap.from_s, _gap_note(gap.from_s, gap.to_s, gap.reason)) for gap in transcript.gaps]
    speakers = list(dict.fromkeys(s.speaker for s in transcript.segments if s.speaker))
    blocks += [(cue.start_s, _vtt_cue(cue, speakers)) for cue in layout.cues(transcript.segments)]
    begun = [f"NOTE 00:00:00.000 is {iso(started_at)}"] if started_at else []
    return "\n\n".join([header, *begun, *(text for _, text in sorted(blocks, key=_first))]) + "\n"


def txt(transcript: Transcript, started_at: datetime | None = None) -> str:
    """The transcript as plain text: a line for each segment, and one for each gap."""

    def said(segment: Segment) -> str:
        time = f"[{_moment(segment.start_s, started_at)}] " if started_at else ""
        return time + _line(segment)

    lines = [(gap.from_s, _gap_line(gap, started_at)) for gap in transcript.gaps]
    lines += [(segment.start_s, said(segment)) for segment in transcript.segments]
    return "".join(f"{text}\n" for _, text in sorted(lines, key=_first))


def tsv(transcript: Transcript, started_at: datetime | None = None) -> str:
    """The transcript as openai-whisper's TSV: start and end in ms, and the text.

    With `started_at` a fourth column, ``start_at``: when it was said, in UTC.
    """

    def row(segment: Segment) -> list[str]:
        times = [str(round(moment * 1000)) for moment in (segment.start_s, segment.end_s)]
        at = [iso(_at(segment.start_s, started_at))] if started_at else []
        return [*times, _line(segment), *at]

    columns = ["start", "end", "text", *(["start_at"] if started_at else [])]
    rows = [columns, *(row(segment) for segment in transcript.segments)]
    return "".join("\t".join(values) + "\n" for values in rows)


def markdown(transcript: Transcript, started_at: datetime | None = None) -> str:
    """The transcript as Markdown: a paragraph for each time somebody speaks, with its time.

    Args:
        transcript: The transcript.
        started_at: Wall clock of session time 0, where that time is to stand there.
    """
    blocks = [
        (gap.from_s, f"*{_moment(gap.from_s, started_at)} {_without_audio(gap)}*")
        for gap in transcript.gaps
    ]
    for said in _paragraphs(transcript.segments):
        speaker = f" **{_markdown(said[0].speaker)}:**" if said[0].speaker else ""
        text = _markdown(replace(transcript, segments=tuple(said)).text)
        start_s = said[0].start_s
        blocks.append((start_s, f"`{_moment(start_s, started_at)}`{speaker} {text}"))
    return "\n\n".join(text for _, text in sorted(blocks, key=_first)) + "\n"


def whisper_json(transcript: Transcript, started_at: datetime | None = None) -> str:
    """The transcript as openai-whisper's JSON, with the header that says how it was made.

    With `started_at` each segment says when it was said: ``start_at`` and ``end_at``, in UTC.
    """
    values = to_whisper(transcript)
    if started_at:
        for item in values["segments"]:
            item["start_at"] = iso(_at(item["start"], started_at))
            item["end_at"] = iso(_at(item["end"], started_at))
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


WRITERS: dict[str, Callable[[Transcript, datetime | None], str]] = {
    "json": whisper_json,
    "md": markdown,
    "srt": srt,
    "tsv": tsv,
    "txt": txt,
    "vtt": vtt,
}
"""By the file's suffix, without its point; each is told when the session began, or None."""

WITH_WALL_CLOCK = tuple(name for name in WRITERS if name != "srt")
"""Those that say it."""


def within(transcript: Transcript, from_s: float = 0.0, to_s: float = math.inf) -> Transcript:
    """The segments and gaps of a range; what crosses its bounds belongs to it, times stay."""
    return replace(
        transcript,
        segments=tuple(s for s in transcript.segments if s.start_s < to_s and s.end_s > from_s),
        gaps=tuple(gap for gap in transcript.gaps if gap.from_s < to_s and gap.to_s > from_s),
    )


def _first(item: tuple[Seconds, str]) -> Seconds:
    return item[0]


def _line(segment: Segment) -> str:
    text = f"{segment.speaker}: {segment.text}" if segment.speaker else segment.text
    return " ".join(text.split())


def _vtt_cue(cue: layout.Cue, speakers: list[str]) -> str:
    speaker = html.escape(" ".join(cue.speaker.split()), quote=False)
    text = html.escape(cue.text, quote=False)
    place = ""
    if cue.speaker and len(speakers) > 1:
        is_first = cue.speaker == speakers[0]
        place = " position:5% align:left" if is_first else " position:95% align:right"
    timing = f"{_clock(cue.start_s)} {_ARROW} {_clock(cue.end_s)}{place}"
    return f"{timing}\n<v {speaker}>{text}" if speaker else f"{timing}\n{text}"


def _paragraphs(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Segments of one speaker without a long pause, and not for ever."""
    held: list[Segment] = []
    for segment in segments:
        if held and (
            segment.speaker != held[-1].speaker
            or segment.start_s - held[-1].end_s > _PARAGRAPH_PAUSE_S
            or segment.end_s - held[0].start_s > _PARAGRAPH_S
        ):
            yield held
            held = []
        held.append(segment)
    if held:
        yield held


def _without_audio(gap: Gap) -> str:
    return f"{gap.to_s - gap.from_s:.1f} s without audio: {gap.reason}"


def _moment(at_s: Seconds, started_at: datetime | None) -> str:
    """Session time, or the wall clock's in UTC."""
    if started_at is None:
        return _clock(at_s).partition(".")[0]
    return f"{_at(at_s, started_at):%Y-%m-%d %H:%M:%S} UTC"


def _at(at_s: float, started_at: datetime) -> datetime:
    return (started_at + timedelta(seconds=at_s)).astimezone(UTC)


def _gap_line(gap: Gap, started_at: datetime | None) -> str:
    if started_at:
        return f"[{_moment(gap.from_s, started_at)}: {_without_audio(gap)}]"
    return f"[{_clock(gap.from_s)} to {_clock(gap.to_s)}: no audio, {gap.reason}]"


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_~\[\]<>#|]|&(?=#?\w+;))", r"\\\1", " ".join(text.split()))


def _gap_note(from_s: Seconds, to_s: Seconds, reason: str) -> str:
    return f"NOTE no audio from {_clock(from_s)} to {_clock(to_s)}: {reason}"


def _clock(moment: Seconds, point: str = ".") -> str:
    milliseconds = round(moment * 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"
