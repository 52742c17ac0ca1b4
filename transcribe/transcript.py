"""Transcripts: segments of text in session time, one JSON file each beside the audio.

``<session>/transcript/<track>-<model>-<language>-<version>.json`` holds openai-whisper's own JSON
(``text``, ``segments``, ``language``; https://github.com/openai/whisper, ``writer.WriteJSON``), so
that whatever reads Whisper's files reads these, and one object more, ``aircheck``, which says how
it was made. A version is never overwritten. The active one of a track and language is the newest
that somebody corrected (its file says ``corrected`` for the model); else the newest.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from recorder.archive import SessionFolder, write_whole
from recorder.errors import AircheckError, storage_error
from recorder.types import GapReason, Seconds, iso, parse_iso
from transcribe.errors import TranscriptError

UNDETERMINED = "und"
"""The language of a transcript that doesn't say its own (ISO 639-2)."""

IMPORTED = "imported"
"""The model's name in a transcript that came from outside."""

CORRECTED = "corrected"
"""Stands for the model in the name of a corrected transcript's file."""

_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})  # written without spaces
_LOCK_WAIT_S = 30.0  # a day of talk is written within a few
_LARGEST_FILE = 256 * 2**20  # a day of talk with word times has about 40 MB
_NAME = re.compile(r"(?P<track>[a-z]+)-(?P<model>.+)-(?P<language>[a-z]{2,8})-(?P<version>\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word and when it was said, in session time.

    Attributes:
        probability: Of the model that it is this word, 0 to 1; None where nobody says.
    """

    text: str
    start_s: Seconds
    end_s: Seconds
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Whisper's unit of text, in session time.

    The last five are Whisper's figures, under its own names; None or empty where the text came
    from elsewhere.

    Attributes:
        text: Without white space around it.
        speaker: Who speaks, or empty.
        language: Whisper's code, where it is another one than the transcript's; else empty.
        tokens: Token ids of the model's vocabulary.
        avg_logprob: Mean log probability of the tokens.
        compression_ratio: Of the text by gzip; above 2.4 it is likely a loop.
        no_speech_prob: Probability that nothing was said, 0 to 1.
    """

    start_s: Seconds
    end_s: Seconds
    text: str
    words: tuple[Word, ...] = ()
    speaker: str = ""
    language: str = ""
    tokens: tuple[int, ...] = ()
    temperature: float | None = None
    avg_logprob: float | None = None
    compression_ratio: float | None = None
    no_speech_prob: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of session time of which there is no audio, and so no text."""

    from_s: Seconds
    to_s: Seconds
    reason: GapReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was said on one track, and how we know.

    Attributes:
        model: The model's name (`transcribe.weights`), or `IMPORTED`.
        model_sha256: Of the model's file; empty for an imported one.
        engine: What ran the model (``openai``), or the imported file's format.
        language: Whisper's code (``en``, ``de``, ``yue``) of the text, or `UNDETERMINED`.
        translated_from: What was spoken, where the text is a translation; else empty.
        options: How the engine was told to decode; JSON values.
        author: Who corrected it, at `created_at`; else empty.
        based_on: Name of the file that was corrected.
        restores: Name of the file whose text it is again, where corrections were taken back.
        version: 1, 2, … among those of the same track, model and language; given by `store`.
        segments: In order of session time.
        gaps: The track's gaps at that time, in order.
    """

    model: str
    language: str
    created_at: datetime
    segments: tuple[Segment, ...]
    track: str = "a"
    model_sha256: str = ""
    engine: str = ""
    translated_from: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    author: str = ""
    based_on: str = ""
    restores: str = ""
    version: int = 1
    gaps: tuple[Gap, ...] = ()

    @property
    def text(self) -> str:
        """All of it in one line."""
        space = "" if self.language in _UNSPACED else " "
        return space.join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stored:
    """A transcript's file, as its name tells; a corrected one's `model` is `CORRECTED`."""

    track: str
    language: str
    model: str
    version: int
    path: Path


def stored(folder: SessionFolder) -> list[Stored]:
    """The session's transcripts, sorted by track, language, model and version; none is opened.

    Raises:
        StorageError: The folder can't be read.
    """
    try:
        paths = list(folder.transcripts.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error(error, doing="listing the transcripts") from error
    names = [(path, _NAME.fullmatch(path.stem)) for path in paths if path.suffix == ".json"]
    return sorted(
        Stored(
            track=name["track"],
            language=name["language"],
            model=name["model"],
            version=int(name["version"]),
            path=path,
        )
        for path, name in names
        if name
    )


def active(folder: SessionFolder) -> list[Stored]:
    """The transcripts that are read and searched, one for each track and language.

    It is the newest correction, so that no later pass undoes what a person did; where there is
    none, the newest file.

    Raises:
        StorageError: The folder can't be read.
    """
    best: dict[tuple[str, str], tuple[tuple[bool, int, int], Stored]] = {}
    for item in stored(folder):
        key = (item.track, item.language)
        corrected = item.model == CORRECTED
        rank = (corrected, item.version if corrected else 0, _written_ns(item.path))
        if key not in best or best[key][0] <= rank:
            best[key] = (rank, item)
    return [item for _, item in best.values()]


def load(path: Path) -> Transcript:
    """Read a transcript that `store` wrote.

    Raises:
        TranscriptError: It can't be read as one.
        StorageError: The disk refuses.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise TranscriptError(f"{path.name} is too large for a transcript.")
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise storage_error(error, doing=f"reading {path.name}") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    try:
        made_at = parse_iso(values["aircheck"]["created_at"])
        return _with_header(values["aircheck"], from_whisper(values, created_at=made_at))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path, error) from error


def source_of(folder: SessionFolder, transcript: Transcript) -> Transcript:
    """The version whose text a transcript has: itself, or the one that it restores.

    Where that one can't be read any more, the transcript itself.
    """
    if not transcript.restores:
        return transcript
    try:
        return load(folder.transcripts / Path(transcript.restores).name)
    except AircheckError:
        return transcript


def store(folder: SessionFolder, transcript: Transcript) -> Path:
    """Write a transcript beside the audio, as the next version of its track, model and language.

    Raises:
        TranscriptError: Another process writes one for too long.
        StorageError: The disk refuses; nothing is left behind.
        ValueError: Track, model or language can't stand in a file's name.
    """
    with alone(folder):
        return _store(folder, transcript)


@contextlib.contextmanager
def alone(folder: SessionFolder) -> Iterator[None]:
    """Nobody else writes a session's transcripts meanwhile, in no thread and no process.

    What stands on one another can be done so: a thread that is alone may be so once more.

    Raises:
        TranscriptError: Another one writes for too long.
        StorageError: The disk refuses.
    """
    path = folder.path / ".corrections.lock"
    lock = FileLock(path, timeout=_LOCK_WAIT_S, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise TranscriptError(
            "Another correction is being written.", hint="Try again in a moment."
        ) from error
    except OSError as error:
        raise storage_error(error, doing="writing the transcript") from error
    try:
        yield
    finally:
        lock.release()


def _store(folder: SessionFolder, transcript: Transcript) -> Path:
    model = CORRECTED if transcript.author else transcript.model
    versions = [
        item.version
        for item in stored(folder)
        if (item.track, item.model, item.language) == (transcript.track, model, transcript.language)
    ]
    version = max(versions, default=0) + 1
    name = f"{transcript.track}-{model}-{transcript.language}-{version}"
    if not _NAME.fullmatch(name) or Path(name).name != name:
        raise ValueError(f"{name!r} can't be a transcript's name")
    path = folder.transcripts / f"{name}.json"
    try:
        folder.transcripts.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="making the transcripts' folder") from error
    data = json.dumps(to_whisper(transcript, version=version), ensure_ascii=False, indent=1)
    write_whole(path, data.encode("utf-8", errors="backslashreplace") + b"\n")
    return path


def to_whisper(transcript: Transcript, *, version: int | None = None) -> dict[str, Any]:
    """The transcript as openai-whisper's JSON values, with the header ``aircheck``."""
    space = "" if transcript.language in _UNSPACED else " "
    return {
        "text": space + transcript.text,
        "segments": [
            segment_to_json(segment, number, space)
            for number, segment in enumerate(transcript.segments)
        ],
        "language": transcript.language,
        "aircheck": {
            "track": transcript.track,
            "model": transcript.model,
            "model_sha256": transcript.model_sha256,
            "engine": transcript.engine,
            "translated_from": transcript.translated_from,
            "options": transcript.options,
            "author": transcript.author,
            "based_on": transcript.based_on,
            "restores": transcript.restores,
            "created_at": iso(transcript.created_at),
            "version": version or transcript.version,
            "gaps": [asdict(gap) for gap in transcript.gaps],
        },
    }


def segment_to_json(segment: Segment, number: int, space: str = " ") -> dict[str, Any]:
    """One segment as Whisper writes it; what isn't known is left out.

    Args:
        segment: In session time.
        number: Its ``id``.
        space: What stands before its text, so that texts can be joined with nothing between.
    """
    values: dict[str, Any] = {
        "id": number,
        "seek": round(segment.start_s * 100),  # Whisper counts its frames, 100 a second
        "start": segment.start_s,
        "end": segment.end_s,
        "text": space + segment.text,
        "tokens": list(segment.tokens),
        "temperature": segment.temperature,
        "avg_logprob": segment.avg_logprob,
        "compression_ratio": segment.compression_ratio,
        "no_speech_prob": segment.no_speech_prob,
        "speaker": segment.speaker or None,
        "language": segment.language or None,
        "words": [
            {
                "word": space + word.text,
                "start": word.start_s,
                "end": word.end_s,
                "probability": word.probability,
            }
            for word in segment.words
        ]
        or None,
    }
    return {key: value for key, value in values.items() if value is not None}


def from_whisper(values: dict[str, Any], *, created_at: datetime) -> Transcript:
    """The transcript in openai-whisper's JSON values; a header, if there is one, is not looked at.

    Args:
        values: As ``json.loads`` gives them.
        created_at: What they don't say of themselves.

    Raises:
        ValueError: A time is missing, not finite, negative, or runs backwards.
        KeyError: The values have no segments.
        TypeError: A value is of another kind.
    """
    segments = [segment_from_json(item) for item in values["segments"]]
    return Transcript(
        model=IMPORTED,
        engine="whisper json",
        language=language_code(values.get("language")),
        created_at=created_at,
        segments=in_order(segments),
    )


def segment_from_json(values: dict[str, Any]) -> Segment:
    """The segment that `segment_to_json`, Whisper or one of its kin wrote.

    Raises:
        ValueError: A time is not finite, negative, or runs backwards.
        KeyError: A time or the text is missing.
        TypeError: A value is of another kind.
    """
    start_s, end_s = span(values["start"], values["end"])
    return Segment(
        start_s=start_s,
        end_s=end_s,
        text=_string(values["text"]).strip(),
        speaker=_string(values.get("speaker") or ""),
        language=_string(values.get("language") or ""),
        words=tuple(_word(item) for item in values.get("words") or () if "start" in item),
        tokens=tuple(int(token) for token in values.get("tokens") or ()),
        temperature=_number(values.get("temperature")),
        avg_logprob=_number(values.get("avg_logprob")),
        compression_ratio=_number(values.get("compression_ratio")),
        no_speech_prob=_number(values.get("no_speech_prob")),
    )


def span(start: object, end: object) -> tuple[Seconds, Seconds]:
    """Start and end in seconds, checked.

    Raises:
        ValueError: One is not finite or negative, or the end comes before the start.
        TypeError: One is not a number.
    """
    start_s, end_s = _float(start), _float(end)
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s <= end_s):
        raise ValueError(f"from {start} s to {end} s is no stretch of time")
    return Seconds(start_s), Seconds(end_s)


def in_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments that have text, in order of session time."""
    spoken = [segment for segment in segments if segment.text]
    return tuple(sorted(spoken, key=lambda segment: (segment.start_s, segment.end_s)))


def language_code(value: object) -> str:
    """A language as Whisper's code: ``en`` of ``en``, ``EN`` or ``en-US``; else `UNDETERMINED`."""
    text = value.strip().lower() if isinstance(value, str) else ""
    code = re.match(r"[a-z]{2,3}(?![a-z])", text)
    return code[0] if code else UNDETERMINED


def _with_header(header: dict[str, Any], transcript: Transcript) -> Transcript:
    return replace(
        transcript,
        model=_string(header["model"]),
        model_sha256=_string(header["model_sha256"]),
        engine=_string(header["engine"]),
        options=dict(header["options"]),
        translated_from=_string(header.get("translated_from", "")),
        author=_string(header.get("author", "")),
        based_on=_string(header.get("based_on", "")),
        restores=_string(header.get("restores", "")),
        version=int(header["version"]),
        track=_string(header["track"]),
        gaps=tuple(_gap(item) for item in header["gaps"]),
    )


def _gap(values: dict[str, Any]) -> Gap:
    from_s, to_s = span(values["from_s"], values["to_s"])
    return Gap(from_s=from_s, to_s=to_s, reason=GapReason(values["reason"]))


def _word(values: dict[str, Any]) -> Word:
    start_s, end_s = span(values["start"], values["end"])
    return Word(
        text=_string(values["word"]).strip(),
        start_s=start_s,
        end_s=end_s,
        probability=_number(values.get("probability", values.get("score"))),  # whisperX: score
    )


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    return value


def _number(value: object) -> float | None:
    return None if value is None else _float(value)


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} is not a number")
    return float(value)


def _written_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _unreadable(path: Path, error: Exception) -> TranscriptError:
    return TranscriptError(
        f"{path.name} can't be read as a transcript ({error}).",
        safe="The audio is untouched.",
        hint="Transcribe the session again.",
    )
