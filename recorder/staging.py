"""HLS segments that came out of order, kept on disk until their turn: ``<session>/staged/``.

One file a segment: a line of JSON that says what it is, then its init section, then its bytes as
served. It is written whole and synced, and removed once the journal has the line of the same
bytes in a part. What a crash leaves here is stored by `recorder.recovery`; a sealed session has
no such folder.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from recorder.archive import SessionFolder, sync_folder, write_whole
from recorder.errors import storage_error
from recorder.events import Chunk, MissingSegment
from recorder.sources.base import Arrived, ChunkFacts
from recorder.types import AudioFormat, Seconds

_logger = logging.getLogger(__name__)

_SUFFIX = ".segment"


def write(folder: SessionFolder, track: str, segment: Arrived) -> Path:
    """Keep a segment; when this returns it is on the disk.

    Raises:
        StorageError: The disk refuses; nothing of it is kept then.
    """
    room = _room(folder)
    number = segment.facts.media_sequence or 0
    digest = hashlib.sha256(segment.data).hexdigest()
    path = room / f"{track}-{number:012}-{digest[:12]}{_SUFFIX}"
    about = {
        "format": dataclasses.asdict(segment.format),
        "header_bytes": len(segment.header),
        "duration_s": segment.duration_s,
        "facts": dataclasses.asdict(segment.facts),
        "due": segment.due,
        "source": segment.source,
        "by_clock_s": segment.by_clock_s,
        "place": dataclasses.asdict(segment.place) if segment.place else None,
        "sha256": digest,
    }
    try:
        room.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="keeping a segment") from error
    write_whole(path, json.dumps(about).encode() + b"\n" + segment.header + segment.data)
    sync_folder(room)
    return path


def read(folder: SessionFolder, track: str) -> list[tuple[Path, Arrived]]:
    """What is kept of a track, by media sequence. What can't be read is logged and left out."""
    found = []
    for path in sorted(_room(folder).glob(f"{track}-*{_SUFFIX}")):
        try:
            found.append((path, _parse(path.read_bytes())))
        except (OSError, ValueError, KeyError, TypeError) as error:
            _logger.warning("%s can't be read: %s", path.name, error)
    return found


def tracks(folder: SessionFolder) -> list[str]:
    """Tracks of which something is kept."""
    return sorted({path.name.partition("-")[0] for path in _room(folder).glob(f"*{_SUFFIX}")})


def stored_bytes(data: bytes, pieces: Iterable[Chunk]) -> int:
    """How many bytes at the beginning of a segment are stored, as these chunks one by one.

    0 where they are those of something else.
    """
    at = 0
    for piece in pieces:
        end = at + piece.bytes
        if end > len(data) or hashlib.sha256(data[at:end]).hexdigest() != piece.sha256:
            return 0
        at = end
    return at


def remove(path: Path) -> None:
    """Remove one that is stored, and the folder with the last one."""
    with contextlib.suppress(OSError):
        path.unlink()
    with contextlib.suppress(OSError):
        path.parent.rmdir()


def clear(folder: SessionFolder) -> None:
    """Remove what a crash left half written; whole segments stay."""
    for path in _room(folder).glob(".*.tmp"):
        remove(path)
    with contextlib.suppress(OSError):
        _room(folder).rmdir()


def _room(folder: SessionFolder) -> Path:
    return folder.path / "staged"


def _parse(data: bytes) -> Arrived:
    """The segment of a file.

    Raises:
        ValueError: It isn't as it was written.
    """
    line, _, rest = data.partition(b"\n")
    about = json.loads(line)
    header, audio = rest[: about["header_bytes"]], rest[about["header_bytes"] :]
    if hashlib.sha256(audio).hexdigest() != about["sha256"]:
        raise ValueError("its bytes aren't those that were kept")
    return Arrived(
        format=AudioFormat(**about["format"]),
        header=header,
        data=audio,
        duration_s=Seconds(about["duration_s"]),
        facts=ChunkFacts(**about["facts"]),
        due=about["due"],
        place=MissingSegment(**about["place"]) if about["place"] else None,
        source=about.get("source", ""),
        by_clock_s=about.get("by_clock_s"),
    )
