"""A session into pieces: where to cut, and a cut into files.

Plans are pure: moments of session time at which to cut, and the pieces between. Every sample goes
into exactly one piece, so that the pieces one after the other are the original; where it has gaps
they are left out, and a piece that lies in a gap alone makes no file.

pydub writes the pieces. One that would fill the memory goes to the same encoder through a pipe.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from recorder import encode
from recorder.archive import SessionFolder
from recorder.decode import Block, decode_timeline, native
from recorder.encode import Coding, Format, Sound
from recorder.errors import ExportError, storage_error
from recorder.levels import Envelope, envelopes
from recorder.media import Samples
from recorder.types import Seconds

LEAST_SILENCE_S = 1.0
SILENCE_DBFS = -45.0

_MARGIN_S = 0.5
_TOUCHING_S = 1e-3
_MOST_PIECES = 10_000

_ID_LENGTH = 27  # of a session's id in its folder's name, with the hyphen before it


class By(StrEnum):
    """What a session can be split by."""

    SILENCE = "silence"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A stretch of session time that is quieter than a threshold."""

    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of session time that becomes a file, if anything sounds in it."""

    from_s: Seconds
    to_s: Seconds


# --- where to cut -------------------------------------------------------------------------------


def silences(
    levels: Iterable[Envelope],
    *,
    least_s: float = LEAST_SILENCE_S,
    below_dbfs: float = SILENCE_DBFS,
) -> list[Silence]:
    """Where it is quiet for long enough, to the hop.

    Args:
        levels: In order of session time.
        least_s: Shorter ones don't count.
        below_dbfs: What is quiet.
    """
    joined: list[Silence] = []
    for silence in (found for level in levels for found in _quiet(level, below_dbfs)):
        if joined and silence.from_s - joined[-1].to_s < _TOUCHING_S:  # it goes on in a next part
            silence = Silence(from_s=joined.pop().from_s, to_s=silence.to_s)  # noqa: PLW2901
        joined.append(silence)
    return [each for each in joined if each.to_s - each.from_s >= least_s - _TOUCHING_S]


def plan_by_silence(
    levels: Sequence[Envelope],
    *,
    least_s: float = LEAST_SILENCE_S,
    below_dbfs: float = SILENCE_DBFS,
) -> list[Seconds]:
    """Cuts inside silences: half a second before sound begins again, in short ones the middle.

    A silence at the very begin or end is not cut off. There is no least length of a piece.

    Args:
        levels: In order of session time.
        least_s: The shortest silence that is cut.
        below_dbfs: What is silence.
    """
    if not levels:
        return []
    first_s, last_s = levels[0].start_s, levels[-1].end_s
    return [
        Seconds(max((silence.from_s + silence.to_s) / 2, silence.to_s - _MARGIN_S))
        for silence in silences(levels, least_s=least_s, below_dbfs=below_dbfs)
        if silence.from_s - first_s > _TOUCHING_S and last_s - silence.to_s > _TOUCHING_S
    ]


def plan_by_length(duration_s: float, length_s: float) -> list[Seconds]:
    """Cuts every so many seconds of session time.

    Raises:
        ValueError: The length is not positive.
    """
    if not length_s > 0:
        raise ValueError("a piece needs a length")
    count = math.ceil(duration_s / length_s - _TOUCHING_S)
    return [Seconds(number * length_s) for number in range(1, count)]


def pieces(cuts: Iterable[float], duration_s: float) -> list[Piece]:
    """What lies between cuts, from the session's begin to its end."""
    inside = sorted(cut for cut in cuts if 0 < cut < duration_s)
    edges = [Seconds(edge) for edge in (0.0, *inside, duration_s)]
    return [
        Piece(from_s=from_s, to_s=to_s)
        for from_s, to_s in itertools.pairwise(edges)
        if from_s < to_s
    ]


def plan(
    folder: SessionFolder,
    by: By,
    *,
    track: str = "a",
    length_s: float | None = None,
    least_s: float = LEAST_SILENCE_S,
    below_dbfs: float = SILENCE_DBFS,
) -> list[Piece]:
    """How a session would be split. Reads its audio for silences, streamed.

    Args:
        folder: The session's.
        by: By what.
        track: Its letter.
        length_s: Of a piece; by length alone, and needed there.
        least_s: The shortest silence, by silence.
        below_dbfs: What is silence.

    Returns:
        Pieces that adjoin, from the session's begin to its end.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
        ExportError: It would make more than 10,000 pieces.
        ValueError: The length is not positive.
    """
    duration_s = folder.timeline().duration_s
    if by is By.LENGTH:
        length_s = length_s or 0.0
        if length_s > 0 and duration_s / length_s > _MOST_PIECES:
            raise _too_many(math.ceil(duration_s / length_s))
        cuts = plan_by_length(duration_s, length_s)
    else:
        levels = envelopes(folder, track=track)
        cuts = plan_by_silence(levels, least_s=least_s, below_dbfs=below_dbfs)
        if len(cuts) >= _MOST_PIECES:
            raise _too_many(len(cuts) + 1)
    return pieces(cuts, duration_s)


# --- carrying it out ----------------------------------------------------------------------------


def split(
    folder: SessionFolder,
    planned: Sequence[Piece],
    out: Path,
    *,
    fmt: Format,
    track: str = "a",
    on_file: Callable[[Path], None] = lambda _: None,
) -> list[Path]:
    """Write a session's pieces; all of them appear when the last one is done, or none.

    WAV and FLAC hold every sample as it decodes: 16 bits where the source was lossy, else its own
    depth (24 bits lie in the top of 32 in a WAV). Memory stays bounded at any length. Blocks; may
    run in any thread.

    Args:
        folder: The session's.
        planned: Pieces that adjoin. What sounds before the first or after the last goes into it.
        out: A folder; made if need be. Files are called after the session, and numbered.
        fmt: What to write.
        track: Its letter.
        on_file: Called with each file when it is written, before it is in its place.

    Returns:
        The pieces, in order.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
        ExportError: Nothing was recorded, a piece can't be encoded, or is there already.
        StorageError: The disk refuses.
        ValueError: The pieces don't adjoin.
    """
    if any(after.from_s != before.to_s for before, after in itertools.pairwise(planned)):
        raise ValueError("pieces adjoin, or samples would be lost")
    timeline = folder.timeline()
    sound = native(folder.path, timeline, track)
    if sound is None:
        raise ExportError("Nothing was recorded in this session, so there is nothing to split.")
    form = Sound(rate_hz=sound.rate_hz, channels=sound.channels, bits=sound.bits)
    coding = Coding(fmt=fmt)
    blocks = decode_timeline(
        folder.path, timeline, track=track, rate_hz=sound.rate_hz, channels=sound.channels
    )
    cuts = [piece.from_s for piece in planned[1:]]
    with _room_in(out) as room:
        try:
            made = [
                encode.write(map(form.pcm, piece), room / f"{number}.{fmt}", form, coding)
                for number, piece in enumerate(_sounds(blocks, cuts), 1)
            ]
            for path in made:
                on_file(path)
            return _put_in_place(made, out, folder.path.name[:-_ID_LENGTH] or "session")
        except OSError as error:
            raise storage_error(
                error, doing="writing the pieces", safe="The session is untouched."
            ) from error


def _sounds(blocks: Iterable[Block], cuts: Sequence[float]) -> Iterator[Iterator[Samples]]:
    """The samples of each piece that has any."""
    parted = (part for block in blocks for part in _parted(block, cuts))
    for _, piece in itertools.groupby(parted, key=lambda part: part[0]):
        yield (samples for _, samples in piece)


def _parted(block: Block, cuts: Sequence[float]) -> Iterator[tuple[int, Samples]]:
    """A block's samples, by the number of their piece."""
    begin, size = 0, len(block.samples)
    number = bisect.bisect_right(cuts, block.start_s)
    while begin < size:
        end = size
        if number < len(cuts):
            end = min(size, max(begin, round((cuts[number] - block.start_s) * block.rate_hz)))
        if begin < end:
            yield number, block.samples[begin:end]
        begin, number = end, number + 1


def _quiet(level: Envelope, below_dbfs: float) -> Iterator[Silence]:
    is_quiet = np.concatenate(([False], level.rms_dbfs < below_dbfs, [False]))
    edges = np.flatnonzero(np.diff(is_quiet.astype(np.int8)))
    for begin, end in edges.reshape(-1, 2):
        yield Silence(
            from_s=Seconds(level.start_s + float(begin) * level.hop_s),
            to_s=Seconds(min(level.end_s, level.start_s + float(end) * level.hop_s)),
        )


def _too_many(count: int) -> ExportError:
    return ExportError(
        f"That would make {count:,} pieces; {_MOST_PIECES:,} is the most.",
        safe="Nothing was written.",
        hint="Ask for longer pieces or longer silences.",
    )


@contextlib.contextmanager
def _room_in(out: Path) -> Iterator[Path]:
    """A folder of our own beside the pieces to be, gone afterwards."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".split-", dir=out))
    except OSError as error:
        raise storage_error(error, doing="making a place for the pieces") from error
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _put_in_place(made: list[Path], out: Path, stem: str) -> list[Path]:
    width = max(3, len(str(len(made))))
    targets = [
        out / f"{stem}-{number:0{width}}{path.suffix}" for number, path in enumerate(made, 1)
    ]
    taken = next((path for path in targets if path.exists() or path.is_symlink()), None)
    if taken:
        raise ExportError(
            f"{taken} is there already.",
            safe="Nothing was overwritten.",
            hint="Move it away, or choose another folder with --out.",
        )
    for path, target in zip(made, targets, strict=True):
        path.rename(target)
    return targets
