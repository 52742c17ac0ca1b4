"""A session's page: its time, its gaps, its transcript. No Qt; reading may take long."""

from __future__ import annotations

import bisect
import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.gui import tokens
from app.gui.presenters import languages, words
from app.gui.presenters.history import Histories, History
from app.gui.presenters.language import translate
from recorder import labels, markers
from recorder.archive import SessionFolder, SessionInfo
from recorder.errors import AircheckError
from recorder.labels import Label
from recorder.timeline import Timeline
from recorder.types import Seconds

if TYPE_CHECKING:
    from transcribe.transcript import Segment, Stored, Transcript

TextOf = tuple[str, str]
"""The track and the language of a transcript."""

_NOTHING_S = Seconds(0)


class LineKind(StrEnum):
    """What a line of the transcript is."""

    SPEECH = "speech"
    GAP = "gap"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word in a line.

    Attributes:
        begin: Where it begins in the line's text.
        end: Where it ends there.
        start_s: Session time; of a text without words' times, by its place in the text.
    """

    begin: int
    end: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the transcript, in session time."""

    kind: LineKind
    start_s: Seconds
    end_s: Seconds
    text: str
    speaker: str = ""
    words: tuple[Word, ...] = ()
    tentative_from: int | None = None
    """Where what may change still begins in the text of a caption; None where all of it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of session time with what there is to say of it."""

    from_s: Seconds
    to_s: Seconds
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What a session's strip shows: its whole length, where audio is, and where none is."""

    duration_s: Seconds = _NOTHING_S
    runs: tuple[Span, ...] = ()
    gaps: tuple[Span, ...] = ()
    markers: tuple[Span, ...] = ()


NO_TIME = Strip()
"""The strip of a session of which nothing is known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A session's waveform.

    Attributes:
        duration_s: Session time that it covers, from 0 on.
        pairs: The lowest and highest sample (-1 to 1) of equally long stretches; None where nothing
            was recorded.
    """

    folder: SessionFolder
    duration_s: Seconds
    pairs: tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a session's page shows.

    Attributes:
        lines: The transcript with the gaps and markers in their places.
        made_by: What made the transcript, in words; empty where there is none.
        problem: Why something of it can't be shown, or None.
        text_key: Changes when the lines do.
        history: Its journal; None where it can't be read.
        info: What ``session.json`` says; None where it can't be read.
        chosen: The transcript that is shown.
        texts: All that are read and searched: one for each track and language.
        labels: What is speech, music, silence.
        talk_starts_s: Where the talk starts, if something comes before it.
    """

    folder: SessionFolder
    strip: Strip
    lines: tuple[Line, ...]
    made_by: str
    problem: words.Message | None
    text_key: tuple[object, ...]
    history: History | None = None
    info: SessionInfo | None = None
    chosen: Stored | None = None
    texts: tuple[Stored, ...] = ()
    labels: tuple[Label, ...] = ()
    talk_starts_s: Seconds | None = None
    _starts: tuple[float, ...] = field(default=(), repr=False, compare=False)

    def line_at(self, at_s: float) -> int:
        """The index of the last line that has begun at a moment, or -1."""
        return bisect.bisect_right(self._starts, at_s) - 1

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, each once, in the order of speaking."""
        return tuple(dict.fromkeys(line.speaker for line in self.lines if line.speaker))


def word_at(line: Line, at_s: float) -> int:
    """The index of the word of a line that sounds at a moment; -1 between two, or before all."""
    number = bisect.bisect_right(line.words, at_s, key=lambda word: word.start_s) - 1
    if number < 0 or at_s > line.words[number].end_s + _LINGER_S:
        return -1
    return number


_LINGER_S = 0.3
"""A word stays marked so long behind its end; between two words nothing flickers."""


def word_under(line: Line, place: int) -> int:
    """The index of the word at a place in a line's text, or of the next one; -1 behind all."""
    number = bisect.bisect_right(line.words, place, key=lambda word: word.end)
    return number if number < len(line.words) else -1


def load(
    folder: SessionFolder,
    histories: Histories | None = None,
    version: Path | None = None,
    text_of: TextOf | None = None,
) -> Page:
    """Read a session's page. What can't be read is said on the page, and the rest is shown.

    Args:
        folder: The session's.
        histories: Where its journal may be known already.
        version: The transcript to show; unless told, an active one.
        text_of: Whose text, and in which language, where there are several; else what is spoken
            on the first track.
    """
    from transcribe import transcript  # noqa: PLC0415 (the first window shows none)

    problem: words.Message | None = None
    history: History | None = None
    info: SessionInfo | None = None
    timeline = Timeline(tracks={}, markers=(), started_at=None)
    chosen: Stored | None = None
    texts: tuple[Stored, ...] = ()
    spoken: tuple[Line, ...] = ()
    made_by = ""
    with contextlib.suppress(AircheckError):  # the list says that it can't be read
        info = folder.info()
    try:
        history = (histories or Histories()).read(folder)
        timeline = markers.with_added(history.timeline, info)
        texts = tuple(sorted(transcript.active(folder), key=_spoken_first))
        chosen = _chosen(folder, texts, version, text_of)
        if chosen:
            text = transcript.load(chosen.path)
            spoken = spoken_lines(text)
            made_by = made_by_words(transcript.source_of(folder, text))
    except AircheckError as error:
        problem = words.Message.of(error)
    strip = strip_of(timeline)
    lines = among(spoken, strip)
    found = labels.read(folder)
    return Page(
        folder=folder,
        strip=strip,
        lines=lines,
        made_by=made_by,
        problem=problem,
        text_key=(folder.path, chosen and chosen.path, len(lines)),
        history=history,
        info=info,
        chosen=chosen,
        texts=texts,
        labels=found.labels if found else (),
        talk_starts_s=found.talk_starts_s if found else None,
        _starts=tuple(float(line.start_s) for line in lines),
    )


def load_wave(folder: SessionFolder, histories: Histories | None = None) -> Wave:
    """The waveform of a session's first track, from its beginning to what is stored by now.

    Decodes what it has not seen yet, which takes some seconds an hour, and keeps it.

    Args:
        folder: The session's.
        histories: Where its journal may be known already.

    Raises:
        CorruptSession: The journal can't be read.
    """
    from recorder import peaks  # noqa: PLC0415 (loads av and numpy: not to show the first window)

    timeline = (histories or Histories()).read(folder).timeline
    found = peaks.overview(folder, timeline, buckets=tokens.WAVE_BUCKETS)
    return Wave(
        folder=folder,
        duration_s=found.to_s,
        pairs=tuple(
            (low, high) if low == low else None  # noqa: PLR0124 (NaN: nothing was recorded)
            for low, high in found.values.tolist()
        ),
    )


def strip_of(timeline: Timeline) -> Strip:
    """The strip of a session's time."""
    return Strip(
        duration_s=timeline.duration_s,
        runs=tuple(
            Span(from_s=run.start_s, to_s=run.end_s)
            for track in timeline.tracks.values()
            for run in track.runs
        ),
        gaps=tuple(
            Span(from_s=gap.from_s, to_s=gap.to_s, text=words.reason(gap.reason))
            for gap in timeline.gaps
        ),
        markers=tuple(
            Span(from_s=mark.at_s, to_s=mark.at_s, text=mark.text) for mark in timeline.markers
        ),
    )


def spoken_lines(text: Transcript) -> tuple[Line, ...]:
    """A transcript's segments as lines."""
    return tuple(
        Line(
            kind=LineKind.SPEECH,
            start_s=segment.start_s,
            end_s=segment.end_s,
            text=words.one_line(segment.text),
            speaker=words.one_line(segment.speaker),
            words=tuple(_words(segment)),
        )
        for segment in text.segments
    )


def among(spoken: Iterable[Line], strip: Strip) -> tuple[Line, ...]:
    """What was said, with the gaps and markers in their places."""
    gap_of = translate("Session", "gap of {length}: {reason}")
    gaps = [
        Line(
            kind=LineKind.GAP,
            start_s=gap.from_s,
            end_s=gap.to_s,
            text=gap_of.format(length=words.length(gap.to_s - gap.from_s), reason=gap.text),
        )
        for gap in strip.gaps
    ]
    marks = [
        Line(
            kind=LineKind.MARK,
            start_s=mark.from_s,
            end_s=mark.from_s,
            text=words.one_line(mark.text) or translate("Session", "marker"),
        )
        for mark in strip.markers
    ]
    return tuple(sorted((*spoken, *gaps, *marks), key=lambda line: line.start_s))


def made_by_words(text: Transcript) -> str:
    """What made a transcript."""
    from transcribe import transcript  # noqa: PLC0415 (likewise)

    if text.author:
        day = words.day(text.created_at, datetime.now(UTC).astimezone())
        return translate("Session", "Corrected by {author}, {day}.").format(
            author=words.one_line(text.author), day=day
        )
    if text.model == transcript.IMPORTED:
        return translate("Session", "Imported.")
    if text.translated_from:
        return translate("Session", "By Whisper {model}, translated from {language}.").format(
            model=text.model, language=languages.name(text.translated_from)
        )
    made_by = translate("Session", "By Whisper {model}, {language}.").format(
        model=text.model, language=languages.name(text.language)
    )
    if text.model != "demo":
        return made_by
    toy = translate("Session", "It knows the sample's words alone.")
    return f"{made_by} {toy}"


def _words(segment: Segment) -> Iterator[Word]:
    """Where a segment's words stand in its text, and when they were said."""
    at = 0
    for said in segment.words:
        begin = segment.text.find(said.text, at) if said.text else -1
        if begin >= 0:
            at = begin + len(said.text)
            yield Word(begin=begin, end=at, start_s=said.start_s, end_s=said.end_s)
    if not at:
        yield from _spread(segment)


def _spread(segment: Segment) -> Iterator[Word]:
    """Words without times of their own lie where they lie in the text."""
    length_s = segment.end_s - segment.start_s
    at = 0
    for piece in segment.text.split():
        begin = segment.text.index(piece, at)
        at = begin + len(piece)
        yield Word(
            begin=begin,
            end=at,
            start_s=segment.start_s + length_s * begin / len(segment.text),
            end_s=segment.start_s + length_s * at / len(segment.text),
        )


def text_title(stored: Stored, texts: Sequence[Stored]) -> str:
    """What tells a transcript from a session's others: its language, and its track."""
    language = languages.name(stored.language)
    if len({each.track for each in texts}) == 1:
        return language
    return translate("Session", "Track {track}, {language}").format(
        track=stored.track, language=language
    )


def text_of(stored: Stored) -> TextOf:
    """Its track and its language."""
    return stored.track, stored.language


def _chosen(
    folder: SessionFolder,
    texts: Sequence[Stored],
    version: Path | None,
    wanted: TextOf | None,
) -> Stored | None:
    """The transcript that is shown."""
    from transcribe import transcript  # noqa: PLC0415 (likewise)

    if version is not None:
        for each in transcript.stored(folder):
            if each.path == version:
                return each
    first = next(iter(texts), None)
    return next((each for each in texts if text_of(each) == wanted), first)


def _spoken_first(stored: Stored) -> tuple[str, bool, str]:
    """By track; where one is English and another isn't, Whisper may have translated it."""
    return stored.track, stored.language == "en", stored.language
