"""A file as a source: its bytes as they are, at once.

What has a frame parser (MP3, ADTS, Ogg) is stored in chunks of about ten seconds. Any other file
is one chunk, since it can't be cut: it plays only as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from recorder.errors import DecodeError, NotAudio
from recorder.frames import Frame, FrameParser, sniff
from recorder.media import Probe, probe
from recorder.sources.base import Sink, SourceFacts, StopSignal
from recorder.types import AudioFormat, PlacedBy, Seconds, SourceSpec

_CHUNK_S = 10.0
_BLOCK = 1 << 18
_SNIFF_BYTES = 1 << 16


class FileSource:
    """A `Source` of one file. `capture` runs in one thread, and stops between two blocks."""

    def __init__(self, spec: SourceSpec, *, skip_bytes: int = 0) -> None:
        """Prepare to capture; the file is not opened yet.

        Args:
            spec: With the file's path for an address.
            skip_bytes: Of whole frames that an earlier recorder stored.
        """
        self._spec = spec
        self._skip_bytes = skip_bytes
        self._path = Path(spec.address)

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

    def cancel(self) -> None:
        """Nothing is left to do: `capture` reads a block at a time and sees its stop signal."""

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Store the whole file, and return.

        Raises:
            NotAudio: It can't be read, or there is no sound in it.
        """
        try:
            found = probe(self._path)
            with self._path.open("rb") as file:
                parser = sniff("", file.read(_SNIFF_BYTES))
                file.seek(0)
                blocks = iter(lambda: b"" if stop.is_set() else file.read(_BLOCK), b"")
                self._store(blocks, found, parser, sink)
        except DecodeError as error:
            raise NotAudio(error.message, hint=error.hint) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise NotAudio(f"{self._path.name} can't be read: {reason}.") from error

    def _store(
        self, blocks: Iterator[bytes], found: Probe, parser: FrameParser | None, sink: Sink
    ) -> None:
        sink.connected(SourceFacts(address=self._spec.address))
        if parser and found.format.container in ("mp3", "adts", "ogg"):
            _store_frames(_after(self._skip_bytes, _frames(blocks, parser)), parser, sink)
        else:
            size = self._path.stat().st_size
            _store_whole(blocks, found, size, sink)


def _store_whole(blocks: Iterator[bytes], found: Probe, size: int, sink: Sink) -> None:
    """Store blocks as one chunk; its duration is spread over them by their sizes."""
    sink.begin_run(found.format, placed_by=PlacedBy.FIRST)
    duration_s = found.duration_s or 0.0
    for block in blocks:
        sink.write(block, Seconds(duration_s * len(block) / size))
    sink.end_chunk()


def _store_frames(frames: Iterator[Frame], parser: FrameParser, sink: Sink) -> None:
    kind: tuple[AudioFormat, bytes] | None = None
    batch: list[Frame] = []
    for frame in frames:
        if frame.is_header:
            continue  # the sink writes headers
        if frame.format and kind is None:  # what stands before it comes with it
            kind = frame.format, frame.header
            placed_by = PlacedBy.EQUAL_BYTES if sink.has_audio else PlacedBy.FIRST
            sink.begin_run(frame.format, placed_by=placed_by, header=frame.header)
        elif frame.format and (frame.format, frame.header) != kind:
            _write(batch, sink)
            kind = frame.format, frame.header
            sink.begin_part(frame.format, header=frame.header)
        batch.append(frame)
        if kind and sum(item.duration_s for item in batch) >= _CHUNK_S:
            _write(batch, sink)
    if kind:
        batch.append(Frame(data=parser.pending))  # a torn end is the file's own
        _write(batch, sink)


def _frames(blocks: Iterator[bytes], parser: FrameParser) -> Iterator[Frame]:
    for block in blocks:
        yield from parser.feed(block)
    yield from parser.finish()


def _after(skip_bytes: int, frames: Iterator[Frame]) -> Iterator[Frame]:
    """The frames that follow so many bytes of them."""
    passed = 0
    for frame in frames:
        if passed >= skip_bytes:
            yield frame
        passed += len(frame.data)


def _write(batch: list[Frame], sink: Sink) -> None:
    """Store frames as a chunk, and empty the batch."""
    data = b"".join(frame.data for frame in batch)
    if data:
        sink.write(data, Seconds(sum(frame.duration_s for frame in batch)))
        sink.end_chunk()
    batch.clear()
