"""A session into pieces: a plan of them, and the pieces as files.

Every sample goes into exactly one piece, so that the pieces one after the other are the original;
where it has gaps they are left out, and a piece that lies in a gap alone makes no file.

Where the wanted format holds what was recorded, its packets are copied, and cuts lie between two of
them. All else is decoded, cut to the sample, and encoded (`encode`: by pydub, or through a pipe).
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import math
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from recorder import cuts, encode, labels, naming, packets
from recorder.archive import SessionFolder
from recorder.cuts import LEAST_SILENCE_S, SILENCE_DBFS, Growth, Piece, pieces
from recorder.decode import Block, Native, decode_timeline, native, stretches
from recorder.encode import Coding, Format, Sound
from recorder.errors import ExportError, ExportStopped, storage_error
from recorder.levels import envelopes
from recorder.markers import with_added
from recorder.media import Samples
from recorder.tags import Tags
from recorder.timeline import Timeline
from recorder.types import Seconds

_MOST_PIECES = 10_000
_TOLD_EVERY = 256  # packets, some seconds
_NEVER = threading.Event()
_CBR_KBPS = 160
"""Of lossy pieces whose size counts: what varies can't be known before."""
_HEAD_BYTES = 8_192  # headers and tags of a piece
_OVERHEAD = 1.01  # a container's, and an encoder's that keeps its rate on the average alone


class By(StrEnum):
    """What a session can be split by."""

    SILENCE = "silence"
    LENGTH = "length"
    MARKERS = "markers"
    LABELS = "labels"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a session is to be split.

    Attributes:
        fmt: Of the pieces.
        exact: Whether it is cut to the sample, even if packets could be copied.
        length_s: Of a piece; by length alone, and needed there.
        size: Bytes that no piece may pass; by size alone, and needed there.
        least_s: The shortest silence, by silence and by size.
        below_dbfs: What is silence.
    """

    by: By = By.SILENCE
    fmt: Format = Format.FLAC
    exact: bool = False
    track: str = "a"
    length_s: float | None = None
    size: int | None = None
    least_s: float = LEAST_SILENCE_S
    below_dbfs: float = SILENCE_DBFS

    def __post_init__(self) -> None:
        if (self.by is By.LENGTH) != (self.length_s is not None):
            raise ValueError("a length, and by length")
        if (self.by is By.SIZE) != (self.size is not None):
            raise ValueError("a size, and by size")
        if self.length_s is not None and not self.length_s > 0:
            raise ValueError("a piece needs a length")


def plan(folder: SessionFolder, wish: Wish) -> list[Piece]:
    """How a session would be split. Reads its audio for silences, streamed.

    Returns:
        Pieces that adjoin, from the session's begin to its end.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
        ExportError: It would make more than 10,000 pieces, nothing is there to split it by, or it
            has other tracks.
    """
    timeline = folder.timeline()
    if timeline.tracks and wish.track not in timeline.tracks:
        raise ExportError(
            f"The session has no track {wish.track!r}.",
            safe="Nothing was written.",
            hint=f"It has {', '.join(sorted(timeline.tracks))}.",
        )
    found = _cuts(folder, timeline, wish)
    if len(found) >= _MOST_PIECES:
        raise _too_many(len(found) + 1)
    return pieces(found, timeline.duration_s)


def _cuts(folder: SessionFolder, timeline: Timeline, wish: Wish) -> list[Seconds]:
    duration_s = timeline.duration_s
    match wish.by:
        case By.LENGTH:
            length_s = wish.length_s or duration_s
            if duration_s / length_s > _MOST_PIECES:
                raise _too_many(math.ceil(duration_s / length_s))
            return cuts.plan_by_length(duration_s, length_s)
        case By.MARKERS:
            return [mark.at_s for mark in with_added(timeline, folder.info()).markers]
        case By.LABELS:
            return _by_labels(folder, timeline, wish)
        case By.SIZE:
            return _by_size(folder, timeline, wish)
        case By.SILENCE:
            levels = envelopes(folder, track=wish.track)
            return cuts.plan_by_silence(levels, least_s=wish.least_s, below_dbfs=wish.below_dbfs)


def _by_labels(folder: SessionFolder, timeline: Timeline, wish: Wish) -> list[Seconds]:
    found = labels.read(folder)
    if found is None:
        raise ExportError(
            "The session has no labels yet.",
            safe="Nothing was written.",
            hint="'aircheck labels' finds speech, music and silence in it.",
        )
    levels = envelopes(folder, track=wish.track)
    pauses = cuts.silences(levels, least_s=cuts.LEAST_PAUSE_S, below_dbfs=wish.below_dbfs)
    return cuts.plan_by_labels(found.labels, pauses, timeline.duration_s)


def _by_size(folder: SessionFolder, timeline: Timeline, wish: Wish) -> list[Seconds]:
    size = wish.size or 0
    sound = native(folder.path, timeline, wish.track)
    if sound is None:
        return []
    quiet = cuts.silences(
        envelopes(folder, track=wish.track), least_s=wish.least_s, below_dbfs=wish.below_dbfs
    )
    growth = _growth(timeline, wish, sound)
    if growth.bytes[-1] > _MOST_PIECES * max(1, size - _HEAD_BYTES):
        raise _too_many(math.ceil(growth.bytes[-1] / max(1, size - _HEAD_BYTES)))
    try:
        return cuts.plan_by_size(timeline.duration_s, growth, size - _HEAD_BYTES, quiet)
    except ValueError as error:
        raise ExportError(
            f"A file of {size:,} bytes would hold nothing of this session.",
            safe="Nothing was written.",
            hint="Ask for larger pieces.",
        ) from error


def _growth(timeline: Timeline, wish: Wish, sound: Native) -> Growth:
    """How large the pieces get, as they are written."""
    held = list(stretches(timeline, wish.track))
    if is_copied(timeline, wish):
        chunks = [chunk for stretch in held for chunk in stretch.chunks]
        edges = [edge for each in chunks for edge in (each.start_s, each.start_s + each.duration_s)]
        steps = [step for each in chunks for step in (0.0, float(each.bytes))]
    else:
        rate = _bytes_a_second(wish.fmt, sound)
        edges = [edge for each in held for edge in (each.start_s, each.end_s)]
        steps = [step for each in held for step in (0.0, (each.end_s - each.start_s) * rate)]
    return Growth(at_s=np.array(edges, float), bytes=np.cumsum(steps) * _OVERHEAD)


def _bytes_a_second(fmt: Format, sound: Native) -> float:
    if not fmt.is_lossless:
        return _CBR_KBPS * 1_000 / 8
    form = Sound(rate_hz=sound.rate_hz, channels=sound.channels, bits=sound.bits)
    return form.frame_bytes * form.rate_hz  # FLAC has less, and never more


def is_copied(timeline: Timeline, wish: Wish) -> bool:
    """Whether the pieces hold the packets as they were recorded, instead of decoded samples."""
    held = list(stretches(timeline, wish.track))
    return (
        not wish.exact
        and not wish.fmt.is_lossless  # decoded and written anew they are the same, to the sample
        and bool(held)
        and all(packets.codec_of(each.part) == wish.fmt.codec for each in held)
    )


# --- carrying it out ----------------------------------------------------------------------------


def split(
    folder: SessionFolder,
    planned: Sequence[Piece],
    out: Path,
    wish: Wish,
    *,
    tags: Tags | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
    stop: threading.Event = _NEVER,
) -> list[Path]:
    """Write a session's pieces; all of them appear when the last one is done, or none.

    WAV and FLAC hold every sample as it decodes: 16 bits where the source was lossy, else its own
    depth. Memory stays bounded at any length. Blocks; may run in any thread.

    Args:
        folder: The session's.
        planned: Pieces that adjoin. What sounds before the first or after the last goes into it.
        out: A folder; made if need be. Files are called after the session, and numbered.
        wish: What to write.
        tags: What the session says of itself; each piece adds what it is.
        on_progress: Told how much is done, 0 to 1.
        stop: Ends it; nothing is left behind.

    Returns:
        The pieces, in order.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
        ExportError: Nothing was recorded, a piece can't be written so, or is there already.
        ExportStopped: It was stopped.
        StorageError: The disk refuses.
        ValueError: The pieces don't adjoin.
    """
    if any(after.from_s != before.to_s for before, after in itertools.pairwise(planned)):
        raise ValueError("pieces adjoin, or samples would be lost")
    timeline = folder.timeline()
    work = _Work(
        folder=folder,
        timeline=timeline,
        wish=wish,
        planned=planned,
        tags=tags or Tags(),
        sounding=_sounding(timeline, wish.track, planned),
        tell=_Teller(duration_s=timeline.duration_s, on_progress=on_progress, stop=stop),
    )
    if not work.sounding:
        raise ExportError("Nothing was recorded in this session, so there is nothing to split.")
    with _room_in(out) as room:
        try:
            made = list(work.copied(room) if is_copied(timeline, wish) else work.encoded(room))
            placed = _put_in_place(made, out, naming.exported(folder.path.name))
        except OSError as error:
            raise storage_error(
                error, doing="writing the pieces", safe="The session is untouched."
            ) from error
    on_progress(1.0)
    return placed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Teller:
    """Passes on how far it is, and hears whether to stop."""

    duration_s: float
    on_progress: Callable[[float], None]
    stop: threading.Event

    def __call__(self, at_s: float) -> None:
        """We are at a moment of session time."""
        if self.stop.is_set():
            raise ExportStopped(
                "Splitting was stopped.",
                safe="Nothing half made was left behind, and the session is untouched.",
            )
        self.on_progress(min(1.0, at_s / max(self.duration_s, 1e-9)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """Pieces on their way.

    Attributes:
        sounding: The numbers of the pieces in which something sounds.
    """

    folder: SessionFolder
    timeline: Timeline
    wish: Wish
    planned: Sequence[Piece]
    tags: Tags
    sounding: list[int]
    tell: _Teller

    @property
    def _cuts(self) -> list[Seconds]:
        return [piece.from_s for piece in self.planned[1:]]

    def encoded(self, room: Path) -> Iterator[Path]:
        """Decode, cut to the sample, encode."""
        sound = native(self.folder.path, self.timeline, self.wish.track)
        assert sound is not None  # something sounds
        form = Sound(rate_hz=sound.rate_hz, channels=sound.channels, bits=sound.bits)
        blocks = decode_timeline(
            self.folder.path,
            self.timeline,
            track=self.wish.track,
            rate_hz=sound.rate_hz,
            channels=sound.channels,
        )
        for number, samples in _sounds(self._told(blocks), self._cuts):
            coding = Coding(
                fmt=self.wish.fmt,
                bitrate_kbps=self._bitrate_kbps,
                tags=self._said(number, f"written as {self.wish.fmt.spoken}"),
            )
            path = room / f"{number}.{self.wish.fmt}"
            yield encode.write(map(form.pcm, samples), path, form, coding)

    def copied(self, room: Path) -> Iterator[Path]:
        """Copy packets."""
        lead, cuts_s = packets.Lead(), self._cuts
        copies = lead.watch(packets.copies(self.folder.path, self.timeline, self.wish.track))
        numbered = ((bisect.bisect_right(cuts_s, each.middle_s), each) for each in copies)
        for number, piece in itertools.groupby(numbered, key=lambda each: each[0]):
            path = room / f"{number}.{self.wish.fmt}"
            told = (each for _, each in piece)
            tags = self._said(number, "packets copied as they were recorded")
            yield packets.write(self._each_told(told), path, self.wish.fmt, tags, lead=lead)

    @property
    def _bitrate_kbps(self) -> int | None:
        is_counted = self.wish.by is By.SIZE and not self.wish.fmt.is_lossless
        return _CBR_KBPS if is_counted else None

    def _told(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            self.tell(block.start_s)
            yield block

    def _each_told(self, copies: Iterable[packets.Copy]) -> Iterator[packets.Copy]:
        for number, each in enumerate(copies):
            if number % _TOLD_EVERY == 0:
                self.tell(each.middle_s)
            yield each

    def _said(self, number: int, how: str) -> Tags:
        """What a piece says of itself; `number` is its place in the plan."""
        piece, place = self.planned[number], bisect.bisect(self.sounding, number)
        count = len(self.sounding)
        edited = (
            f"piece {place} of {count}, {piece.from_s:.3f} s to {piece.to_s:.3f} s, {how}; "
            f"from session {self.folder.id}"
        )
        title = f"{self.tags.title} ({place}/{count})" if self.tags.title else ""
        return replace(self.tags, title=title, chapters=(), edited=edited)


def _sounding(timeline: Timeline, track: str, planned: Sequence[Piece]) -> list[int]:
    """The numbers of pieces in which something sounds."""
    cuts_s = [piece.from_s for piece in planned[1:]]
    found: set[int] = set()
    for stretch in stretches(timeline, track):
        first = bisect.bisect_right(cuts_s, stretch.start_s)
        last = bisect.bisect_left(cuts_s, stretch.end_s)
        found.update(range(first, last + 1))
    return sorted(found)


def _sounds(
    blocks: Iterable[Block], cuts_s: Sequence[float]
) -> Iterator[tuple[int, Iterator[Samples]]]:
    """The samples of each piece that has any, by its number in the plan."""
    parted = (part for block in blocks for part in _parted(block, cuts_s))
    for number, piece in itertools.groupby(parted, key=lambda part: part[0]):
        yield number, (samples for _, samples in piece)


def _parted(block: Block, cuts_s: Sequence[float]) -> Iterator[tuple[int, Samples]]:
    """A block's samples, by the number of their piece."""
    begin, size = 0, len(block.samples)
    number = bisect.bisect_right(cuts_s, block.start_s)
    while begin < size:
        end = size
        if number < len(cuts_s):
            end = min(size, max(begin, round((cuts_s[number] - block.start_s) * block.rate_hz)))
        if begin < end:
            yield number, block.samples[begin:end]
        begin, number = end, number + 1


def _too_many(count: int) -> ExportError:
    return ExportError(
        f"That would make {count:,} pieces; {_MOST_PIECES:,} is the most.",
        safe="Nothing was written.",
        hint="Ask for larger pieces or longer silences.",
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
