"""A quote with all that is needed to check it: who, where, when, and the hash of its audio."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from recorder.archive import SessionFolder
from recorder.types import Seconds, SessionId
from transcribe import transcript
from transcribe.errors import TranscriptError
from transcribe.transcript import Segment, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What was said in a stretch of session time.

    Attributes:
        speaker: Who said it; several are joined by commas.
        source: The public address that it was recorded from.
        said_at: Wall clock of its beginning, UTC; None where nobody knows.
        made_by: What made the text: ``base (ctranslate)``, ``corrected by Ada``.
        audio: File and SHA-256 of each part that holds it.
    """

    text: str
    speaker: str
    session: SessionId
    title: str
    source: str
    from_s: Seconds
    to_s: Seconds
    said_at: datetime | None
    made_by: str
    audio: tuple[tuple[str, str], ...]

    def citation(self) -> str:
        """It as one paragraph for a footnote."""
        when = f"{self.said_at:%Y-%m-%d %H:%M:%S} UTC" if self.said_at else ""
        about = [
            self.speaker,
            self.title,
            self.source,
            when,
            f"{_clock(self.from_s)} to {_clock(self.to_s)}",
            f"session {self.session}",
            f"text {self.made_by}",
            *(f"{file} SHA-256 {digest}" for file, digest in self.audio),
        ]
        return f"“{self.text}” ({'; '.join(item for item in about if item)})"


def quote(
    folder: SessionFolder,
    from_s: Seconds,
    to_s: Seconds,
    *,
    track: str = "a",
    language: str = "",
) -> Quote:
    """Quote what the active transcript has between two moments; whole segments.

    Raises:
        ValueError: The end comes before the beginning.
        TranscriptError: Nothing was said then, or there is no transcript.
        CorruptSession: The session can't be read.
        StorageError: The disk refuses.
    """
    if to_s < from_s:
        raise ValueError("a quote cannot end before it begins")
    text = _text(folder, track, language)
    said = _said(text, from_s, to_s)
    if not said:
        raise TranscriptError(f"Nothing was said from {_clock(from_s)} to {_clock(to_s)}.")
    begin_s, end_s = said[0].start_s, max(segment.end_s for segment in said)
    summary = folder.summary()
    speakers = dict.fromkeys(s.speaker for s in said if s.speaker)
    started_at = summary.started_at
    return Quote(
        text=replace(text, segments=tuple(said)).text,
        speaker=", ".join(speakers),
        session=summary.id,
        title=summary.title,
        source=summary.source,
        from_s=begin_s,
        to_s=end_s,
        said_at=started_at + timedelta(seconds=begin_s) if started_at else None,
        made_by=_maker(transcript.source_of(folder, text)),
        audio=_audio(folder, track, begin_s, end_s),
    )


def _said(text: Transcript, from_s: Seconds, to_s: Seconds) -> list[Segment]:
    """The segments of a stretch; of a moment the one in which it lies."""
    if from_s == to_s:
        return [s for s in text.segments if s.start_s <= from_s < s.end_s]
    return [s for s in text.segments if s.start_s < to_s and s.end_s > from_s]


def _maker(text: Transcript) -> str:
    if text.author:
        return f"corrected by {text.author}"
    return f"{text.model} ({text.engine})" if text.engine else text.model


def _text(folder: SessionFolder, track: str, language: str) -> Transcript:
    there = transcript.active(folder)
    for item in there:
        if item.track == track and language in ("", item.language):
            return transcript.load(item.path)
    names = ", ".join(f"track {item.track} in {item.language}" for item in there)
    raise TranscriptError(
        f"{folder.path.name} has no such transcript.",
        hint=f"There is {names}." if names else f"'aircheck transcribe {folder.id}' makes one.",
    )


def _audio(
    folder: SessionFolder, track: str, from_s: Seconds, to_s: Seconds
) -> tuple[tuple[str, str], ...]:
    recorded = folder.timeline().tracks.get(track)
    return tuple(
        (part.file, part.sealed.sha256)
        for part in (recorded.parts if recorded else ())
        if part.sealed and part.start_s < to_s and part.end_s > from_s
    )


def _clock(moment: float) -> str:
    minutes, seconds = divmod(moment, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{seconds:04.1f}"
