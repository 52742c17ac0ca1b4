"""Who speaks: names given to tracks and to voices, which stay for all later transcripts.

A track is a speaker where each has one: a caller, a host, a channel. An engine that tells voices
apart within a track gives turns (`Diarizer`); whose voice is whose, a person says once. Names stand
in ``transcript/speakers.json``: ``{"a": "The host", "a:1": "A caller"}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from recorder.archive import SessionFolder, write_whole
from recorder.errors import storage_error
from recorder.types import Seconds
from transcribe import transcript
from transcribe.errors import TranscriptError, UnknownVoice
from transcribe.transcript import Segment, Transcript

if TYPE_CHECKING:  # it loads numpy, and who names a speaker needs none
    from transcribe.chunking import Sound

_FILE = "speakers.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A stretch in which one voice speaks.

    Attributes:
        voice: The same for the same voice, within a track: ``1``, ``2``, …
    """

    start_s: Seconds
    end_s: Seconds
    voice: str


class Diarizer(Protocol):
    """What tells voices apart; none comes with Aircheck. For one thread."""

    def __call__(self, sound: Iterable[Sound]) -> Iterable[Turn]:
        """A track's turns, in order of session time.

        Args:
            sound: Blocks in order of session time, mono, at `chunking.RATE_HZ`.
        """


def names(folder: SessionFolder) -> dict[str, str]:
    """The names that were given, by track (``a``) or voice (``a:1``).

    Raises:
        TranscriptError: They can't be read.
    """
    try:
        values = json.loads((folder.transcripts / _FILE).read_bytes())
        return {str(key): str(name) for key, name in values.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise TranscriptError(
            f"{folder.path.name}/transcript/{_FILE} can't be read.",
            safe="The transcripts are untouched.",
            hint="Delete it, and give the names again.",
        ) from error


def name(folder: SessionFolder, who: str, called: str) -> list[Path]:
    """Give a track or a voice a name, in the active transcripts and in those to come.

    Args:
        folder: The session's.
        who: A track (``a``) or a voice (``a:1``).
        called: The name; empty takes it away.

    Returns:
        The new versions of the transcripts that it changed.

    Raises:
        UnknownVoice: The session has no such track; nothing was written.
        CorruptSession: The session can't be read.
        TranscriptError: The names or a transcript can't be read.
        StorageError: The disk refuses.
    """
    with transcript.alone(folder):
        return _name(folder, who, " ".join(called.split()))


def _name(folder: SessionFolder, who: str, called: str) -> list[Path]:
    before = names(folder)
    if who not in before:
        _require_track(folder, who)
    after = {**before, who: called}
    after = {key: value for key, value in after.items() if value}
    try:
        folder.transcripts.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="making the transcripts' folder") from error
    data = json.dumps(after, ensure_ascii=False, indent=1).encode() + b"\n"
    write_whole(folder.transcripts / _FILE, data)
    written = []
    for stored in transcript.active(folder):
        current = transcript.load(stored.path)
        renamed = _named(_unnamed(current, before), after)
        if renamed.segments != current.segments:
            written.append(transcript.store(folder, renamed))
    return written


def _require_track(folder: SessionFolder, who: str) -> None:
    track, colon, voice = who.partition(":")
    tracks = {letter for letter, _ in folder.info().sources}
    tracks.update(folder.timeline().tracks, (item.track for item in transcript.active(folder)))
    if track not in tracks or (colon and not voice):
        raise UnknownVoice(
            f"The session has no track or voice {who!r}.",
            safe="No name was changed.",
            hint=f"Tracks: {', '.join(sorted(tracks))}; a voice is '{min(tracks, default='a')}:1'.",
        )


def named(folder: SessionFolder, fresh: Transcript) -> Transcript:
    """A new transcript with the names that were given.

    Raises:
        TranscriptError: They can't be read.
    """
    return _named(fresh, names(folder))


def assigned(segments: Iterable[Segment], turns: Iterable[Turn], track: str) -> list[Segment]:
    """Segments, each with the voice that speaks longest in it, as ``a:1``; none where nobody does.

    Args:
        segments: In order of session time.
        turns: In order of session time.
        track: Their track's letter.
    """
    held = list(turns)
    found = []
    for segment in segments:
        shares: dict[str, float] = {}
        for turn in held:
            shared_s = min(turn.end_s, segment.end_s) - max(turn.start_s, segment.start_s)
            if shared_s > 0:
                shares[turn.voice] = shares.get(turn.voice, 0.0) + shared_s
        voice = max(shares, key=lambda each: shares[each], default="")
        found.append(replace(segment, speaker=f"{track}:{voice}" if voice else ""))
    return found


def _named(text: Transcript, given: dict[str, str]) -> Transcript:
    """Where a segment says a voice, or nothing, its name."""
    segments = tuple(
        replace(segment, speaker=given.get(segment.speaker or text.track, segment.speaker))
        for segment in text.segments
    )
    return replace(text, segments=segments)


def _unnamed(text: Transcript, given: dict[str, str]) -> Transcript:
    """Names back to what they were given to."""
    back = {called: "" if who == text.track else who for who, called in given.items()}
    segments = tuple(
        replace(segment, speaker=back.get(segment.speaker, segment.speaker))
        for segment in text.segments
    )
    return replace(text, segments=segments)
