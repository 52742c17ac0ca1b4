"""What a continuous file is made of, and what is known of it afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from recorder.errors import DecodeError, storage_error
from recorder.events import Chunk
from recorder.timeline import Part
from recorder.types import Seconds

TOUCHING_S = 1e-3
"""Chunks that are nearer than that have no gap between them."""


class Gaps(StrEnum):
    """What becomes of gaps in a continuous file."""

    CUT = "cut"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Chunks of a part that are to be in a file, in order of offset.

    Attributes:
        chunks: Where packets are cut off from the first and the last, these have their times
            shortened, and nothing else: their bytes and their hashes are those of the journal.
        is_whole: Whether these are all of the part's chunks.
        skipped: Packets of the first chunk that are not to be in the file.
        left: And of the last one.
    """

    part: Part
    chunks: tuple[Chunk, ...]
    is_whole: bool
    skipped: int = 0
    left: int = 0

    @property
    def start_s(self) -> Seconds:
        """Session time of the first sample."""
        return self.chunks[0].start_s

    @property
    def end_s(self) -> Seconds:
        """Session time of its end."""
        return end_of(self.chunks[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a part lies in a continuous file.

    Attributes:
        part: Its file, relative to the session's folder.
        start_s: Session time of its first sample that is here.
        at_s: Where it begins in the continuous file.
        duration_s: How long it sounds there.
    """

    part: str
    start_s: Seconds
    at_s: Seconds
    duration_s: Seconds

    @property
    def end_s(self) -> Seconds:
        """Session time of its end."""
        return Seconds(self.start_s + self.duration_s)


class Stretch(NamedTuple):
    """Bytes of a continuous file; a tuple, since three hours have ten thousand of them.

    Attributes:
        at: Offset in the file.
        sha256: Of these bytes; empty where they are a whole chunk, for its own hash is theirs.
        from_s: Session time that it holds; None for headers, and where a chunk's own tells.
        to_s: And where that ends.
        chunk: Index of the chunk that lies there as it was received, if one does.
        silence: Whether it was inserted for a gap.
        of: Index of the chunk of which some bytes lie there as they were received.
        begin: Where in that chunk they begin.
    """

    at: int
    bytes: int
    sha256: str = ""
    from_s: Seconds | None = None
    to_s: Seconds | None = None
    chunk: int | None = None
    silence: bool = False
    of: int | None = None
    begin: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    """A file that was made, and what is in it, in order.

    Attributes:
        chunks: Whose sound it holds, each with its part.
        stretches: From the file's first byte to its last; indices are those of `chunks`.
        duration_s: As it plays.
        sha256: Of the whole file, as it was written; empty where it has to be read for that.
        skipped: Packets of the first chunk that were cut off.
        left: And of the last one.
    """

    path: Path
    spans: tuple[Span, ...]
    chunks: tuple[tuple[Part, Chunk], ...]
    stretches: tuple[Stretch, ...]
    duration_s: Seconds
    sha256: str = ""
    skipped: int = 0
    left: int = 0

    @property
    def start_s(self) -> Seconds:
        """Session time of its first sample."""
        return self.chunks[0][1].start_s

    @property
    def end_s(self) -> Seconds:
        """Session time of its end."""
        return end_of(self.chunks[-1][1])


def end_of(chunk: Chunk) -> Seconds:
    """Session time of a chunk's end."""
    return Seconds(chunk.start_s + chunk.duration_s)


def at_in(spans: Sequence[Span], session_s: float) -> Seconds:
    """Where a moment of session time lies in a file; in a gap, where that was cut out."""
    at_s = 0.0
    for span in spans:
        if session_s < span.start_s:
            break
        at_s = span.at_s + min(session_s - span.start_s, span.duration_s)
    return Seconds(at_s)


@contextlib.contextmanager
def reading(part: Part) -> Iterator[None]:
    """Say what is wrong where a part can't be read.

    Raises:
        DecodeError: It isn't there.
        StorageError: The disk refuses.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DecodeError(f"{part.file} isn't there.", hint="Check where it is.") from error
    except OSError as error:
        raise storage_error(error, doing=f"reading {part.file}") from error
