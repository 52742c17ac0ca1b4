"""Transcripts to and from what others read: SRT, WebVTT, text, Markdown, Whisper's JSON and TSV.

WebVTT is https://www.w3.org/TR/webvtt1/; SubRip has no standard and is read leniently, as it is
found: numbers may be missing, and a point may stand for the comma. Cues that hold no text are
left out. Speakers live in WebVTT's voices, and in the ``speaker`` of whisperX's JSON.
"""

from __future__ import annotations

import codecs
import html
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from recorder.archive import SessionFolder, write_whole
from recorder.errors import storage_error
from transcribe.errors import OtherJson, TranscriptError
from transcribe.transcript import (
    IMPORTED,
    UNDETERMINED,
    Segment,
    Stored,
    Transcript,
    active,
    from_whisper,
    in_order,
    language_code,
    load,
    span,
)
from transcribe.writing import WITH_WALL_CLOCK, WRITERS, within

SUFFIXES = (".json", ".srt", ".vtt")
"""Of the files that `read` takes."""

_UNWRITTEN = "Nothing was written."
_UNTOUCHED = "It is untouched, and nothing was imported from it."
_LARGEST_FILE = 256 * 2**20
_ARROW = "-->"
_TIME = re.compile(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<[\d:.]+>|\{\\[^}]*\}")  # HTML's, VTT's inner times, ASS's
_LANGUAGE = re.compile(r"^Language:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_NOT_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")


class _NoSegmentsError(Exception):
    """JSON without what every transcript has."""


def read(path: Path) -> Transcript:
    """Read a transcript that came from elsewhere, by its suffix: Whisper's JSON, SRT or VTT.

    Its model is `transcript.IMPORTED`; its date is the file's; its language is the one that it
    says, or that stands in its name (``talk.en.srt``).

    Raises:
        OtherJson: It is JSON, and no transcript.
        TranscriptError: It can't be read, is none of these, or holds no text.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise TranscriptError(
            f"{path.name} is not a transcript that can be read.",
            hint="Whisper's JSON, SRT and VTT are.",
        )
    try:
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found = reader(_text(path), written_at)
    except OSError as error:
        raise TranscriptError(
            f"{path.name} can't be read: {error.strerror or error}.", safe="It is untouched."
        ) from error
    except _NoSegmentsError as error:
        raise OtherJson(
            f"{path.name} can't be read as a transcript ({error}).", safe=_UNTOUCHED
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)[:200]
        raise TranscriptError(
            f"{path.name} can't be read as a transcript ({reason}).", safe=_UNTOUCHED
        ) from error
    if not found.segments:
        raise TranscriptError(f"{path.name} holds no text.", safe="Nothing was imported from it.")
    language = found.language
    if language == UNDETERMINED:
        language = _language_in(path.stem)
    return replace(found, language=language)


def export(
    folder: SessionFolder,
    out: Path,
    *,
    fmt: str,
    from_s: float = 0.0,
    to_s: float | None = None,
    wall_clock: bool = False,
) -> list[Path]:
    """Write a session's active transcripts as files, one for each track and language.

    Args:
        folder: The session's.
        out: A folder, made if need be, where a file of the same session is replaced; or a file's
            path that ends as the format does, where nothing is. Of several transcripts the others
            lie beside it.
        fmt: One of `WRITERS`.
        from_s: Where to begin, in session time.
        to_s: Where to end; at the end unless told.
        wall_clock: Whether it says the wall clock's time, as `transcribe.writing` has it.

    Raises:
        TranscriptError: There is none, one can't be read, nothing was said in that range, the file
            is called as another format is, or the wall clock isn't known or wanted in a format that
            holds none.
        ExportError: A file is there already, or its place lies in a package.
        StorageError: The disk refuses.
    """
    if wall_clock and fmt not in WITH_WALL_CLOCK:
        raise TranscriptError(
            f"{fmt} holds session time alone.",
            hint=f"{', '.join(WITH_WALL_CLOCK)} hold the wall clock's.",
        )
    started_at = folder.summary().started_at if wall_clock else None
    if wall_clock and started_at is None:
        raise TranscriptError(f"When {folder.path.name} began is not known.")
    texts = active(folder)
    if not texts:
        raise TranscriptError(
            f"{folder.path.name} has no transcript yet.",
            hint=f"'aircheck transcribe {folder.id}' makes one.",
        )
    places = _places(folder, texts, out, fmt)
    end_s = math.inf if to_s is None else to_s
    parts = [within(load(text.path), from_s, end_s) for text in texts]
    if (from_s or to_s is not None) and not any(part.segments or part.gaps for part in parts):
        raise TranscriptError("Nothing was said between these moments.", safe=_UNWRITTEN)
    try:
        places[0].parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing=f"making {places[0].parent}") from error
    for part, path in zip(parts, places, strict=True):
        write_whole(path, WRITERS[fmt](part, started_at).encode("utf-8", errors="replace"))
    return places


def _places(folder: SessionFolder, texts: list[Stored], out: Path, fmt: str) -> list[Path]:
    """Where each transcript goes; a file that is named is refused where one is already."""
    called = out.suffix.lower().removeprefix(".")
    is_file = called in WRITERS and not out.is_dir()
    if is_file and called != fmt:
        raise TranscriptError(
            f"{out.name} is called as {called} is, and {fmt} was asked for.",
            safe=_UNWRITTEN,
            hint="Name the format that is meant, or another file.",
        )
    place, stem = (out.parent, out.stem) if is_file else (out, folder.path.name)
    paths = [place / f"{stem}-{text.track}-{text.language}.{fmt}" for text in texts]
    if not is_file:
        return paths
    from recorder.export import refuse_place  # noqa: PLC0415 (loads av; folders do without)

    paths[0] = out
    for path in paths:
        refuse_place(path)
    return paths


def _text(path: Path) -> str:
    """A file's text: UTF-16 if it says so, UTF-8 if it can be, else as old subtitles are."""
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError("it is too large")
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _read_json(text: str, written_at: datetime) -> Transcript:
    values = json.loads(text)
    if not isinstance(values, dict) or not isinstance(values.get("segments"), list):
        raise _NoSegmentsError("it has no segments, as Whisper's JSON does")
    return from_whisper(values, created_at=written_at)


def _read_srt(text: str, written_at: datetime) -> Transcript:
    return _imported("srt", _cues(text), UNDETERMINED, written_at)


def _read_vtt(text: str, written_at: datetime) -> Transcript:
    if not text.startswith("WEBVTT"):
        raise ValueError("it doesn't begin with WEBVTT")
    header = text.partition("\n\n")[0]
    language = _LANGUAGE.search(header)
    code = language_code(language[1] if language else None)
    return _imported("vtt", _cues(text), code, written_at)


_READERS: dict[str, Callable[[str, datetime], Transcript]] = {
    ".json": _read_json,
    ".srt": _read_srt,
    ".vtt": _read_vtt,
}


def _imported(
    engine: str, cues: Iterator[Segment], language: str, written_at: datetime
) -> Transcript:
    return Transcript(
        model=IMPORTED,
        engine=engine,
        language=language,
        created_at=written_at,
        segments=in_order(cues),
    )


def _cues(text: str) -> Iterator[Segment]:
    """The cues of SRT or VTT: blocks of lines, one of which is the time."""
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        at = next((number for number, line in enumerate(lines[:2]) if _ARROW in line), None)
        if at is not None and not lines[0].startswith(_NOT_CUES):
            yield _segment(lines[at], " ".join(lines[at + 1 :]))
        elif _ARROW in block and not lines[0].startswith(_NOT_CUES):
            raise ValueError(f"no cue begins with {lines[0][:40]!r}")


def _segment(timing: str, marked: str) -> Segment:
    start, _, end = timing.partition(_ARROW)
    start_s, end_s = span(_seconds(start), _seconds(end))
    voice = _VOICE.search(marked)
    return Segment(
        start_s=start_s,
        end_s=end_s,
        text=" ".join(html.unescape(_TAG.sub("", marked)).split()),
        speaker=html.unescape(voice[1]).strip() if voice else "",
    )


def _seconds(text: str) -> float:
    """A cue's time; positions and the like may stand after it."""
    time = _TIME.match(text.strip())
    if not time:
        raise ValueError(f"{text.strip()[:40]!r} is no time")
    hours, minutes, seconds, fraction = time.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction.ljust(3, "0")) / 1000


def _language_in(stem: str) -> str:
    code = stem.rpartition(".")[2] if "." in stem else ""
    return language_code(code) if len(code) == 2 else UNDETERMINED
