"""Sessions with made-up transcripts, for the tests of search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from recorder.archive import Archive, SessionFolder
from recorder.types import Seconds, SourceKind, SourceSpec
from transcribe import transcript
from transcribe.transcript import Segment, Transcript

STARTED_AT = datetime(2024, 8, 13, 0, 0, tzinfo=UTC)


def talk(
    archive: Archive,
    lines: Iterable[str],
    *,
    title: str = "Talk",
    source: str = "https://radio.example/live",
    at: datetime = STARTED_AT,
    tags: Sequence[str] = (),
    language: str = "en",
    speakers: Sequence[str] = (),
    every_s: float = 6.0,
) -> SessionFolder:
    """A session in which these lines were said, six seconds each, by each speaker in turn."""
    spec = SourceSpec(kind=SourceKind.STREAM, address=source)
    folder = archive.create(title, [("a", spec)])
    folder.write_info(replace(folder.info(), created_at=at, tags=tuple(tags)))
    say(folder, lines, language=language, speakers=speakers, every_s=every_s)
    return folder


def say(
    folder: SessionFolder,
    lines: Iterable[str],
    *,
    language: str = "en",
    speakers: Sequence[str] = (),
    every_s: float = 6.0,
) -> None:
    """Give a session a transcript, which becomes the active one of its language."""
    segments = tuple(
        Segment(
            start_s=Seconds(place * every_s),
            end_s=Seconds((place + 1) * every_s),
            text=line,
            speaker=speakers[place % len(speakers)] if speakers else "",
        )
        for place, line in enumerate(lines)
    )
    text = Transcript(model="demo", language=language, created_at=STARTED_AT, segments=segments)
    transcript.store(folder, text)
