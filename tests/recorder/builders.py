"""Sessions made by hand for tests: real journals over real audio, without a recorder.

`build_session` writes a folder as the recorder would. `PartSpec` says what lies in a part and
where in session time; a hole between parts becomes a journaled gap. `encode` makes audio.
"""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from recorder import journal, sums
from recorder.archive import Archive, SessionFolder
from recorder.events import (
    Chunk,
    Connected,
    Event,
    GapFound,
    Marked,
    PartOpened,
    PartSealed,
    RunStarted,
    Sealed,
)
from recorder.types import (
    AudioFormat,
    GapReason,
    PlacedBy,
    Seconds,
    SourceKind,
    SourceSpec,
    State,
    iso,
)

STARTED_AT = datetime(2024, 8, 13, 0, 42, tzinfo=UTC)
ADTS = AudioFormat(container="adts", codec="aac", rate_hz=44_100, channels=1)

Samples = npt.NDArray[np.float32]

_ENCODERS = {
    # container: codec, FFmpeg's muxer, its options
    "adts": ("aac", "adts", {}),
    "mp3": ("mp3", "mp3", {"write_xing": "0", "id3v2_version": "0"}),
    "flac": ("flac", "flac", {}),
    "ts": ("aac", "mpegts", {}),
    "fmp4": (
        "aac",
        "mp4",
        {"movflags": "empty_moov+default_base_moof", "frag_duration": "1000000"},
    ),
    "mp4": ("aac", "mp4", {}),
    "wav": ("pcm_s16le", "wav", {}),
    "matroska": ("opus", "matroska", {}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSpec:
    """A part to be: bytes cut into chunks of (bytes, seconds), and where they lie.

    Attributes:
        start_s: Session time of the first sample; None is 'right after the part before'. A hole
            becomes a gap, for `reason`.
        header: Bytes that come first and have no duration (Ogg pages, fMP4's init section).
    """

    fmt: AudioFormat
    chunks: Sequence[tuple[bytes, float]]
    start_s: float | None = None
    reason: GapReason = GapReason.CONNECTION_LOST
    header: bytes = b""


def build_session(
    root: Path,
    parts: Sequence[PartSpec] | None = None,
    *,
    title: str = "Live talk",
    markers: Sequence[tuple[float, str]] = (),
    started_at: datetime = STARTED_AT,
    source: str = "https://radio.example/live.aac",
    is_page: bool = False,
    sealed: bool = True,
) -> SessionFolder:
    """Write a session's folder into the archive at `root`.

    Args:
        root: The archive's folder.
        parts: In order of session time; unless told, ten seconds of AAC, a gap of two, ten more.
        title: As people wrote it.
        markers: Session time and text.
        started_at: Wall clock of session time 0.
        source: The one source's address.
        is_page: Whether that is a page that led to the stream.
        sealed: Whether the session is over: its last line and ``SHA256SUMS`` are written.
            Else its last part still grows.
    """
    if parts is None:
        parts = [adts_part(10.0), adts_part(10.0, start_s=12.0, hz=880.0)]
    spec = SourceSpec(kind=SourceKind.STREAM, address=source)
    folder = Archive(root).create(title, [("a", spec)], at=started_at)
    builder = _Builder(folder, started_at, spec.public_address)
    if is_page:
        builder.events.append(
            Connected(
                track="a", address=spec.public_address, identity={"page": "Generic", "title": title}
            )
        )
    for number, part in enumerate(parts, 1):
        builder.add(number, part)
    builder.events.extend(Marked(at_s=Seconds(at_s), text=text) for at_s, text in markers)
    if sealed:
        builder.seal()
    log = journal.JournalWriter(folder.journal_path)
    log.append(*builder.events)
    log.close()
    if sealed:
        sums.write(folder, folder.timeline())
    return folder


def adts_part(
    duration_s: float, *, start_s: float | None = None, hz: float = 440.0, **kwargs: GapReason
) -> PartSpec:
    """A part of AAC in ADTS that holds a tone, in chunks of about a second."""
    data = encode(tone(duration_s, hz=hz), 44_100, "adts")
    return PartSpec(fmt=ADTS, chunks=adts_chunks(data), start_s=start_s, **kwargs)


def adts_chunks(data: bytes, rate_hz: int = 44_100) -> list[tuple[bytes, float]]:
    """Cut ADTS into chunks of 43 frames: about a second at 44.1 kHz."""
    frames, at = [], 0
    while at < len(data):
        size = (data[at + 3] & 0x03) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        frames.append(data[at : at + size])
        at += size
    return [
        (b"".join(frames[n : n + 43]), len(frames[n : n + 43]) * 1024 / rate_hz)
        for n in range(0, len(frames), 43)
    ]


def tone(
    duration_s: float, rate_hz: int = 44_100, hz: float = 440.0, level: float = 0.3
) -> Samples:
    """A sine, float32 in -1…1, shape [frames, 1]."""
    times = np.arange(round(duration_s * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * hz * times)).astype(np.float32)[:, None]


def silence(duration_s: float, rate_hz: int = 44_100) -> Samples:
    """Zeros, shape [frames, 1]."""
    return np.zeros((round(duration_s * rate_hz), 1), np.float32)


def encode(samples: Samples, rate_hz: int, container: str, codec: str = "") -> bytes:
    """Encode samples [frames, channels]; `container` as in `AudioFormat`, or ``mp4``, ``matroska``.

    Args:
        samples: float32 in -1…1.
        rate_hz: Of the samples.
        container: The form of the bytes.
        codec: FFmpeg's name, where the container's usual one isn't meant; needed for ``ogg``.
    """
    return _encoded(samples.tobytes(), samples.shape[1], rate_hz, container, codec)


@functools.lru_cache(maxsize=64)
def _encoded(raw: bytes, channels: int, rate_hz: int, container: str, codec: str) -> bytes:
    usual, muxer, options = _ENCODERS.get(container, ("", container, {}))
    codec = codec or usual
    samples = np.frombuffer(raw, np.float32).reshape(-1, channels)
    target = io.BytesIO()
    layout = {1: "mono", 2: "stereo"}[channels]
    with av.open(target, "w", format=muxer, options=options) as output:
        encoder = {"opus": "libopus"}.get(codec, codec)
        stream = output.add_stream(encoder, rate=rate_hz, layout=layout)
        stream.codec_context.options = {"strict": "experimental"}  # FFmpeg's own Vorbis: stereo
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout=layout
        )
        frame.sample_rate = rate_hz
        frame.pts = 0
        resampler = av.AudioResampler(
            format=stream.codec_context.format or "s16",
            layout=layout,
            rate=rate_hz,
            frame_size=stream.codec_context.frame_size or 4_096,
        )
        for item in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(item))
        output.mux(stream.encode(None))
    return target.getvalue()


class _Builder:
    """Writes parts and collects the lines that tell of them."""

    def __init__(self, folder: SessionFolder, started_at: datetime, source: str) -> None:
        self.events: list[Event] = []
        self._folder, self._started_at, self._source = folder, started_at, source
        self._end_s = 0.0
        self._run = 0
        self._gaps = 0
        self._parts = 0
        self._sealed: PartSealed | None = None  # of the last part, journaled when it ends

    def add(self, number: int, part: PartSpec) -> None:
        """Write one part."""
        start_s = self._end_s if part.start_s is None else part.start_s
        self._seal_part()
        self._place(start_s, part.reason)
        name = f"a-{number:06}"
        file = f"audio/{name}{part.fmt.suffix}"
        self.events.append(
            PartOpened(track="a", part=name, file=file, format=part.fmt, source=self._source)
        )
        self._parts += 1
        data = bytearray()
        chunks = [(part.header, 0.0)] if part.header else []
        for chunk, duration_s in [*chunks, *part.chunks]:
            self._chunk(name, len(data), chunk, duration_s)
            data += chunk
        path = self._folder.path / file
        path.write_bytes(data)
        self._sealed = PartSealed(
            track="a",
            part=name,
            file=file,
            bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )

    def seal(self) -> None:
        """The last part's seal and the journal's last line."""
        self._seal_part()
        self.events.append(
            Sealed(
                state=State.DONE,
                duration_s=Seconds(self._end_s),
                part_count=self._parts,
                gap_count=self._gaps,
                started_at=iso(self._started_at),
            )
        )

    def _seal_part(self) -> None:
        if self._sealed:
            self.events.append(self._sealed)
        self._sealed = None

    def _place(self, start_s: float, reason: GapReason) -> None:
        if self._run and start_s <= self._end_s:
            return
        if self._run:
            self._gaps += 1
            self.events.append(
                GapFound(
                    track="a", from_s=Seconds(self._end_s), to_s=Seconds(start_s), reason=reason
                )
            )
        self._run += 1
        placed_by = PlacedBy.WALL_CLOCK if self._run > 1 else PlacedBy.FIRST
        self.events.append(
            RunStarted(track="a", run=self._run, start_s=Seconds(start_s), placed_by=placed_by)
        )
        self._end_s = start_s

    def _chunk(self, part: str, offset: int, data: bytes, duration_s: float) -> None:
        end_s = self._end_s + duration_s
        self.events.append(
            Chunk(
                track="a",
                part=part,
                run=self._run,
                offset=offset,
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                start_s=Seconds(self._end_s),
                duration_s=Seconds(duration_s),
                arrived_at=iso(self._started_at + timedelta(seconds=end_s)),
                arrived_mono_s=1_000.0 + end_s,
            )
        )
        self._end_s = end_s
