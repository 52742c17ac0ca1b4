"""Audio → PCM blocks in session time, streamed; of sealed parts and of those that still grow.

Session time is the journal's. Where chunks lie at frame boundaries (`_COUNTED`) samples are
counted from the chunk where decoding begins; each frame counts, the encoder's priming too, as it
does in the journal. Elsewhere the container's time stamps say where decoding began (Matroska's to
the millisecond), and what lies before time 0 (priming again) is not in session time. Either way a
block never leaves the stretch of chunks that it belongs to: no gap is bridged, and no sample is
told twice.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from recorder import cover, pcm
from recorder.archive import SessionFolder
from recorder.errors import DecodeError
from recorder.events import Chunk
from recorder.media import Media, Samples, gathered, open_media
from recorder.timeline import Part, Timeline
from recorder.types import Seconds

_COUNTED = ("adts", "mp3", "ts", "fmp4")
_TOUCHING_S = 1e-3
_PREROLL_S = 0.5
"""What is decoded before the first wanted sample, for codecs whose frames lean on earlier ones:
MP3's bit reservoir reaches back 511 bytes, AAC and Vorbis overlap by a frame, Opus wants 80 ms."""

_MOST_INIT_BYTES = 1 << 20
_BUNDLE_S = 0.5
_NO_SHAPE = (0, "", "")
_TimedFrame = tuple[float, av.AudioFrame]
_Bundle = tuple[float, list[av.AudioFrame]]
_DRIFT_S = 1e-3
"""A device's last frame may play so much longer than it lasted."""

_CUT_SLACK = 1e-3  # of a sample: rounding of times in seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of sound without a gap.

    Attributes:
        start_s: Session time of its first sample.
        samples: Float32, full scale at ±1, shape [frames, channels].
        rate_hz: Samples a second.
    """

    start_s: Seconds
    samples: Samples
    rate_hz: int

    @property
    def end_s(self) -> Seconds:
        """Session time of its end."""
        return Seconds(self.start_s + len(self.samples) / self.rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """How a track was recorded, as its first part tells.

    Attributes:
        bits: Bits a sample that hold the decoded sound without loss: 16, 24 or 32.
    """

    rate_hz: int
    channels: int
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Chunks of a part that follow each other without a gap, and at least one of them sounds.

    Attributes:
        media_s: Seconds of audio that lie before it in its part.
    """

    part: Part
    chunks: tuple[Chunk, ...]
    media_s: float

    @property
    def start_s(self) -> Seconds:
        """Session time of its first sample."""
        return self.chunks[0].start_s

    @property
    def end_s(self) -> Seconds:
        """Session time of its end."""
        return Seconds(self.chunks[-1].start_s + self.chunks[-1].duration_s)


def decode(
    folder: SessionFolder,
    *,
    track: str = "a",
    from_s: float = 0.0,
    to_s: float | None = None,
    rate_hz: int | None = 16_000,
    channels: int | None = 1,
    block_s: float = 10.0,
) -> Iterator[Block]:
    """Decode a range of a track's session time.

    Reads the journal once, at the first block: of a part that grows, what was journaled by then.
    Holds about two blocks in memory. May run in any thread.

    Args:
        folder: The session's.
        track: Its letter.
        from_s: Where to begin.
        to_s: Where to end; the end of what is recorded unless told.
        rate_hz: Samples a second of the blocks; None is each part's own.
        channels: 1 is the mean of all; None is each part's own. Of more channels than wanted
            each gets that mean, and so do more channels than there are.
        block_s: Longest block.

    Yields:
        Blocks in order of session time, none of them empty; where one doesn't begin at the end
        of the one before, there is a gap.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
    """
    return decode_timeline(
        folder.path,
        folder.timeline(),
        track=track,
        from_s=from_s,
        to_s=to_s,
        rate_hz=rate_hz,
        channels=channels,
        block_s=block_s,
    )


def decode_best(
    folder: SessionFolder,
    *,
    from_s: float = 0.0,
    to_s: float | None = None,
    rate_hz: int | None = 16_000,
    channels: int | None = 1,
    block_s: float = 10.0,
) -> Iterator[Block]:
    """Decode a range of session time from all tracks, each second from the first that has it.

    Args, blocks and errors are those of `decode`; see `recorder.cover`.
    """
    timeline = folder.timeline()
    end_s = math.inf if to_s is None else to_s
    for taken in cover.best(timeline):
        begin_s, stop_s = max(from_s, taken.from_s), min(end_s, taken.to_s)
        if begin_s < stop_s:
            yield from decode_timeline(
                folder.path,
                timeline,
                track=taken.track,
                from_s=begin_s,
                to_s=stop_s,
                rate_hz=rate_hz,
                channels=channels,
                block_s=block_s,
            )


def decode_timeline(
    root: Path,
    timeline: Timeline,
    *,
    track: str = "a",
    from_s: float = 0.0,
    to_s: float | None = None,
    rate_hz: int | None = None,
    channels: int | None = None,
    block_s: float = 10.0,
) -> Iterator[Block]:
    """As `decode`, of a timeline that was read already; `root` is the session's folder."""
    end_s = math.inf if to_s is None else to_s
    for stretch in stretches(timeline, track):
        begin_s, stop_s = max(from_s, stretch.start_s), min(end_s, stretch.end_s)
        if begin_s < stop_s:
            if stretch.part.format.container == "wav" and stop_s == stretch.end_s:
                stop_s = Seconds(stop_s + _DRIFT_S)
            blocks = _converted(_frames(root, stretch, begin_s), rate_hz, channels)
            yield from _joined(_cropped(blocks, begin_s, stop_s), block_s)


def decode_file(
    path: Path,
    *,
    from_s: float = 0.0,
    rate_hz: int | None = None,
    channels: int | None = None,
    block_s: float = 10.0,
) -> Iterator[Block]:
    """Decode any audio file; 0 s is its first sample as players play it.

    Raises:
        DecodeError: It can't be decoded.
    """
    blocks = _converted(_stamped(open_media(path), from_s), rate_hz, channels)
    yield from _joined(_cropped(blocks, from_s, math.inf), block_s)


def native(root: Path, timeline: Timeline, track: str = "a") -> Native | None:
    """The rate, channels and depth that a track was recorded with; None where nothing sounds.

    Raises:
        DecodeError: Its first part is missing or can't be decoded.
    """
    first = next(stretches(timeline, track), None)
    if first is None:
        return None
    with open_part(root, first.part) as opened:
        frame = next(opened.frames(), None)
        if frame is None:
            return None
        return Native(
            rate_hz=frame.sample_rate, channels=frame.layout.nb_channels, bits=opened.bits
        )


def stretches(timeline: Timeline, track: str = "a") -> Iterator[Stretch]:
    """A track's stretches, in order of session time."""
    held = timeline.tracks.get(track)
    for part in held.parts if held else ():
        yield from _stretches_of(part)


def open_part(
    root: Path, part: Part, chunks: Sequence[Chunk] = ()
) -> AbstractContextManager[Media]:
    """Open what is journaled of a part.

    Args:
        root: The session's folder.
        part: The part.
        chunks: Those to read, all of which sound, in containers whose chunks begin with a frame;
            elsewhere, and unless told, all is read.

    Raises:
        DecodeError: It is missing, can't be read, or no sound is in it.
    """
    path, container = root / part.file, part.format.container
    if container == "wav":  # its chunks count samples' bytes, and it may be FLAC by now
        return open_media(path, container=path.suffix[1:], name=part.file)
    if container not in _COUNTED or not chunks:
        end = part.chunks[-1].offset + part.chunks[-1].bytes
        return open_media(path, (0, end), container=container, name=part.file)
    begin, end = chunks[0].offset, chunks[-1].offset + chunks[-1].bytes
    header = min(begin, _init_bytes(path)) if container == "fmp4" else 0
    return open_media(path, (0, header), (begin, end), container=container, name=part.file)


def _init_bytes(path: Path) -> int:
    """Where an fMP4 part's init section ends: behind its ``moov`` box; 0 if it has none.

    Boxes begin with their size and type (ISO/IEC 14496-12, 4.2).
    """
    with contextlib.suppress(OSError), path.open("rb") as file:
        at = 0
        while len(head := file.read(8)) == 8 and at < _MOST_INIT_BYTES:
            at += max(8, int.from_bytes(head[:4], "big"))
            if head[4:] == b"moov":
                return at
            file.seek(at)
    return 0


def _stretches_of(part: Part) -> Iterator[Stretch]:
    media_s = 0.0
    current: list[Chunk] = []
    sounding = [chunk for chunk in part.chunks if chunk.duration_s > 0]
    for chunk in sounding:
        if current and chunk.start_s - _end(current[-1]) > _TOUCHING_S:
            yield Stretch(part=part, chunks=tuple(current), media_s=media_s)
            media_s += sum(pcm.media_s(part.format, each) for each in current)
            current = []
        current.append(chunk)
    if current:
        yield Stretch(part=part, chunks=tuple(current), media_s=media_s)


def _frames(root: Path, stretch: Stretch, from_s: float) -> Iterator[_TimedFrame]:
    """Frames of a stretch, each with the session time of its first sample."""
    if stretch.part.format.container in _COUNTED:
        return _counted(root, stretch, from_s)
    if stretch.part.format.container == "wav":
        return _paced(root, stretch, from_s)
    # In the part's own time, which knows no gaps.
    offset_s = stretch.start_s - stretch.media_s
    frames = _stamped(open_part(root, stretch.part), from_s - offset_s)
    return ((offset_s + at_s, frame) for at_s, frame in frames)


def _paced(root: Path, stretch: Stretch, from_s: float) -> Iterator[_TimedFrame]:
    """A device's samples, whose chunks lasted a little more or less than they play."""
    starts_s = [chunk.start_s for chunk in stretch.chunks]
    lasted_s = [chunk.duration_s for chunk in stretch.chunks]
    played_s = [pcm.media_s(stretch.part.format, chunk) for chunk in stretch.chunks]
    media_s = list(itertools.accumulate(played_s, initial=stretch.media_s))
    first = max(0, bisect.bisect_right(starts_s, from_s) - 1)
    for at_s, frame in _stamped(open_part(root, stretch.part), media_s[first]):
        number = min(max(0, bisect.bisect_right(media_s, at_s) - 1), len(starts_s) - 1)
        pace = lasted_s[number] / played_s[number]
        yield starts_s[number] + (at_s - media_s[number]) * pace, frame


def _counted(root: Path, stretch: Stretch, from_s: float) -> Iterator[_TimedFrame]:
    """Decode from a chunk's first byte and count samples from there."""
    starts = [chunk.start_s for chunk in stretch.chunks]
    begin = max(0, bisect.bisect_right(starts, from_s - _PREROLL_S) - 1)
    with open_part(root, stretch.part, stretch.chunks[begin:]) as opened:
        yield from _count(opened.frames(), starts[begin])


def _stamped(opening: AbstractContextManager[Media], from_s: float) -> Iterator[_TimedFrame]:
    """Decode from a time stamp and count samples from there."""
    with opening as opened:
        if from_s > _PREROLL_S:
            # Where a container can't seek, decoding begins at its start, and takes longer.
            with contextlib.suppress(DecodeError):
                opened.seek(from_s - _PREROLL_S)
        frames = opened.frames()
        first = next(frames, None)
        if first is not None:
            yield from _count(itertools.chain((first,), frames), opened.time_of(first))


def _count(frames: Iterable[av.AudioFrame], at_s: float) -> Iterator[_TimedFrame]:
    """Frames, each with its time; the first one is at `at_s`."""
    for rate_hz, equal in itertools.groupby(frames, key=lambda frame: frame.sample_rate):
        done = 0
        for frame in equal:
            yield at_s + done / rate_hz, frame
            done += frame.samples
        at_s += done / rate_hz


def _converted(
    frames: Iterable[_TimedFrame], rate_hz: int | None, channels: int | None
) -> Iterator[Block]:
    """Frames as blocks of the wanted rate and channels."""
    for (own_hz, *_), equal in itertools.groupby(_bundled(frames), key=_shape):
        wanted_hz = rate_hz or own_hz
        mixed = (
            Block(start_s=Seconds(at_s), samples=_mixed(gathered(bundle), channels), rate_hz=own_hz)
            for at_s, bundle in equal
        )
        yield from mixed if wanted_hz == own_hz else _resampled(mixed, wanted_hz)


def _bundled(frames: Iterable[_TimedFrame]) -> Iterator[_Bundle]:
    """Frames of one shape that follow each other to the sample, by about half a second.

    What is done once a bundle costs little beside decoding; once a frame it costs more than that.
    """
    held: list[av.AudioFrame] = []
    at_s, size, shape, rate_hz = 0.0, 0, _NO_SHAPE, 1
    for time_s, frame in frames:
        own = (frame.sample_rate, frame.format.name, frame.layout.name)
        follows = abs(time_s - at_s - size / rate_hz) * rate_hz < _CUT_SLACK
        if held and (own != shape or not follows or size > rate_hz * _BUNDLE_S):
            yield at_s, held
            held = []
        if not held:
            held, at_s, size, shape, rate_hz = [], time_s, 0, own, frame.sample_rate
        held.append(frame)
        size += frame.samples
    if held:
        yield at_s, held


def _resampled(blocks: Iterable[Block], rate_hz: int) -> Iterator[Block]:
    """Blocks of one shape at another rate; the first sample keeps its time."""
    resamplers: list[av.AudioResampler] = []
    start_s, done = Seconds(0), 0
    feed: Iterator[Block | None] = itertools.chain(blocks, (None,))
    for block in feed:
        if block and not resamplers:
            start_s = block.start_s
            # One for each channel: PyAV crashes on frames of eight.
            resamplers = [
                av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
                for _ in range(block.samples.shape[1])
            ]
        made = [_fed(resampler, block, channel) for channel, resampler in enumerate(resamplers)]
        if made and len(made[0]):
            at_s = Seconds(start_s + done / rate_hz)
            yield Block(start_s=at_s, samples=np.column_stack(made), rate_hz=rate_hz)
            done += len(made[0])


def _fed(
    resampler: av.AudioResampler, block: Block | None, channel: int
) -> npt.NDArray[np.float32]:
    """What a resampler gives for more of a channel; None is its end."""
    frame = None
    if block:
        samples = np.ascontiguousarray(block.samples[:, channel])[None]
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
        frame.sample_rate = block.rate_hz
    found = [made.to_ndarray()[0] for made in resampler.resample(frame)]
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def _shape(bundle: _Bundle) -> tuple[int, str, str]:
    frame = bundle[1][0]
    return frame.sample_rate, frame.format.name, frame.layout.name


def _mixed(samples: Samples, channels: int | None) -> Samples:
    if channels is None or samples.shape[1] == channels:
        return samples
    mean = samples.mean(axis=1, keepdims=True)
    return mean if channels == 1 else np.repeat(mean, channels, axis=1)


def _cropped(blocks: Iterable[Block], begin_s: float, stop_s: float) -> Iterator[Block]:
    """What lies from `begin_s` to before `stop_s`; ranges that touch share no sample."""
    for block in blocks:
        if block.start_s >= stop_s:
            return
        size, rate_hz = len(block.samples), block.rate_hz
        first, last = (
            math.ceil(min(max((at_s - block.start_s) * rate_hz, 0), size) - _CUT_SLACK)
            for at_s in (begin_s, stop_s)
        )
        if first < last:
            yield Block(
                start_s=Seconds(block.start_s + first / rate_hz),
                samples=block.samples[first:last],
                rate_hz=rate_hz,
            )


def _joined(blocks: Iterable[Block], block_s: float) -> Iterator[Block]:
    """Small blocks that follow each other as larger ones, of at most `block_s` if they fit."""
    held: list[Block] = []
    size = 0
    for block in blocks:
        is_alike = not held or (
            block.rate_hz == held[0].rate_hz
            and block.samples.shape[1] == held[0].samples.shape[1]
            and abs(block.start_s - held[-1].end_s) < _TOUCHING_S
        )
        if held and (not is_alike or size + len(block.samples) > block_s * block.rate_hz):
            yield _join(held)
            held, size = [], 0
        held.append(block)
        size += len(block.samples)
    if held:
        yield _join(held)


def _join(blocks: list[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    return Block(
        start_s=blocks[0].start_s,
        samples=np.concatenate([block.samples for block in blocks]),
        rate_hz=blocks[0].rate_hz,
    )


def _end(chunk: Chunk) -> float:
    return chunk.start_s + chunk.duration_s
