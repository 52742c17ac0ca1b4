"""Frame parsers for continuous streams: bytes in any pieces → whole frames with exact durations.

The law of all of them: the data of the frames, in order, and then `pending`, are the bytes that
were fed, whatever pieces they came in; and the frames don't depend on the pieces. What is no audio
is kept as served, as a frame without a duration: tags (ID3), and bytes that fit nowhere (junk: the
rest of a frame that a server begins with, damage). What is torn stays pending. Pure Python; libav
would guess, and hide what it drops.

Sources: ISO/IEC 11172-3 and 13818-3 (MP3), ISO/IEC 14496-3 subpart 1 (ADTS), RFC 3533 (Ogg),
RFC 7845 (Opus), https://xiph.org/vorbis/doc/Vorbis_I_spec.html, RFC 9639 (FLAC), https://id3.org.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from recorder.types import AudioFormat, Seconds

_NO_FRAME = 0
_MORE = -1  # bytes are needed to say
_JUNK_BLOCK = 4_096  # junk is given out in blocks of so many bytes, or when a frame follows
_LARGEST_TAG = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The smallest piece that decodes: an MP3 or ADTS frame, an Ogg page; or a piece of no audio.

    Attributes:
        data: As served.
        samples: Samples a channel that it adds to what is decoded; 0 for what is no audio.
        rate_hz: Of those samples; 0 for what is no audio.
        format: What it is; None for tags and junk.
        header: Bytes that a part which begins here must begin with to be playable (Ogg's header
            pages), else empty.
        is_header: Whether the frame is itself a piece of that header.
    """

    data: bytes
    samples: int = 0
    rate_hz: int = 0
    format: AudioFormat | None = None
    header: bytes = b""
    is_header: bool = False

    @property
    def duration_s(self) -> Seconds:
        """Seconds of sound."""
        return Seconds(self.samples / self.rate_hz if self.rate_hz else 0.0)

    @property
    def is_tag(self) -> bool:
        """Whether it is an ID3 tag: no audio, and no junk either."""
        return self.format is None and self.data[:3] in (b"ID3", b"TAG")


class FrameParser(Protocol):
    """Splits a stream into frames. Belongs to one thread."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes, and give the frames that are whole now."""
        ...

    def finish(self) -> list[Frame]:
        """No more bytes will come: give what is whole and only lacked its successor's proof.

        What is torn stays in `pending`.
        """
        ...

    @property
    def format(self) -> AudioFormat | None:
        """Of the last audio frame; None before the first."""
        ...

    @property
    def header(self) -> bytes:
        """What a part that begins now must begin with."""
        ...

    @property
    def pending(self) -> bytes:
        """Bytes that were fed and are in no frame yet."""
        ...


class _Parser(ABC):
    """What all parsers share: the bytes held, and the way over junk."""

    _first_bytes: bytes  # with which of them a frame or tag may begin

    def __init__(self) -> None:
        self._held = bytearray()
        self._junk = 0  # bytes at the front that are known to be junk
        self._finished = False
        self._format: AudioFormat | None = None
        self._header = b""

    @property
    def format(self) -> AudioFormat | None:
        return self._format

    @property
    def header(self) -> bytes:
        return self._header

    @property
    def pending(self) -> bytes:
        return bytes(self._held)

    def feed(self, data: bytes) -> list[Frame]:
        self._held += data
        return list(self._whole())

    def finish(self) -> list[Frame]:
        self._finished = True
        frames = list(self._whole())
        self._finished = False
        return frames

    def _whole(self) -> Iterator[Frame]:
        while True:
            if self._junk >= _JUNK_BLOCK:
                yield self._take_junk(_JUNK_BLOCK)
                continue
            length = self._look(self._junk)
            if length == _MORE:
                return
            if length == _NO_FRAME:
                self._lost_sync()
                self._junk = self._next_start(self._junk + 1)
                continue
            if self._junk:
                yield self._take_junk(self._junk)
            yield self._found(self._take(length))

    def _next_start(self, at: int) -> int:
        """Where a frame may begin, from ``at`` on; the end of what is held if nowhere."""
        found = (self._held.find(first, at) for first in self._first_bytes)
        return min((where for where in found if where >= 0), default=len(self._held))

    def _take_junk(self, size: int) -> Frame:
        self._junk -= size
        return Frame(data=self._take(size))

    def _take(self, size: int) -> bytes:
        data = bytes(self._held[:size])
        del self._held[:size]
        return data

    @abstractmethod
    def _look(self, at: int) -> int:
        """The length of the whole frame or tag at ``at``, or `_NO_FRAME`, or `_MORE`."""

    @abstractmethod
    def _found(self, data: bytes) -> Frame:
        """Make the frame of bytes that `_look` measured."""

    def _lost_sync(self) -> None:  # noqa: B027 (Ogg has none to lose)
        """There was junk."""


# --- MP3 and ADTS ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a frame's header says."""

    length: int
    samples: int
    format: AudioFormat
    kin: int  # equal in all frames of one stream


class _SelfSyncing(_Parser):
    """Frames that begin with a sync word and their length, as MP3's and ADTS's.

    After junk, and where the stream changes its kind, a header counts once the next one proves it.
    """

    _head_size: int

    def __init__(self, *, is_aligned: bool = False) -> None:
        """Make a parser.

        Args:
            is_aligned: The first byte begins a frame: no proof is needed.
        """
        super().__init__()
        self._is_synced = is_aligned
        self._kin: int | None = None

    def _look(self, at: int) -> int:
        available = len(self._held) - at
        tag = self._tag_length(at)
        if tag != _NO_FRAME:
            return tag if available >= tag else _MORE
        if available < self._head_size:
            return _MORE
        head = self._read_head(at)
        if head is None:
            return _NO_FRAME
        if available < head.length:
            return _MORE
        if self._is_synced and self._kin in (None, head.kin):
            return head.length
        return self._proved(at, head)

    def _proved(self, at: int, head: _Head) -> int:
        """Whether the next header is of the same kind."""
        after = at + head.length
        if self._finished and after == len(self._held):
            return head.length
        tag = self._tag_length(after)
        if tag != _NO_FRAME:
            return _MORE if tag == _MORE else head.length
        if len(self._held) - after < self._head_size:
            return _MORE
        successor = self._read_head(after)
        return head.length if successor and successor.kin == head.kin else _NO_FRAME

    def _tag_length(self, at: int) -> int:
        """The length of an ID3 tag at ``at``, or `_NO_FRAME`, or `_MORE`."""
        start = bytes(self._held[at : at + 10])
        if start[:3] == b"TAG":  # ID3v1
            return 128
        if not start or not b"ID3".startswith(start[:3]):
            return _MORE if start and b"TAG".startswith(start[:3]) else _NO_FRAME
        if len(start) < 10:
            return _MORE
        if start[3] == 0xFF or start[4] == 0xFF or any(byte & 0x80 for byte in start[6:]):
            return _NO_FRAME
        size = start[6] << 21 | start[7] << 14 | start[8] << 7 | start[9]
        length = 10 + size + (10 if start[5] & 0x10 else 0)  # a footer
        return length if length <= _LARGEST_TAG else _NO_FRAME

    def _found(self, data: bytes) -> Frame:
        if data[0] != 0xFF:
            return Frame(data=data)
        head = self._head_of(data[: self._head_size])
        assert head is not None
        is_first = self._format is None
        self._kin, self._format, self._is_synced = head.kin, head.format, True
        samples = 0 if is_first and self._is_silent(data, head) else head.samples
        return Frame(data=data, samples=samples, rate_hz=head.format.rate_hz, format=head.format)

    def _lost_sync(self) -> None:
        self._is_synced = False

    def _read_head(self, at: int) -> _Head | None:
        return self._head_of(bytes(self._held[at : at + self._head_size]))

    @abstractmethod
    def _head_of(self, start: bytes) -> _Head | None:
        """Read a header; None where it is none."""

    def _is_silent(self, data: bytes, head: _Head) -> bool:  # noqa: ARG002 (MP3 looks)
        """Whether a decoder skips this frame at the start of a stream."""
        return False


class Mp3Parser(_SelfSyncing):
    """MPEG audio, layers I to III.

    The frame that a Xing, Info or VBRI header fills adds no samples where it begins the stream,
    as in decoders.
    """

    _first_bytes = b"\xffIT"
    _head_size = 4

    def _head_of(self, start: bytes) -> _Head | None:
        return _mp3_head(start)

    def _is_silent(self, data: bytes, head: _Head) -> bool:
        is_mpeg1 = data[1] >> 3 & 3 == 3
        side = {(True, 1): 17, (True, 2): 32, (False, 1): 9, (False, 2): 17}
        at = 4 + side[is_mpeg1, head.format.channels]
        marks = (data[at : at + 4], data[at + 2 : at + 6])  # the second behind a checksum
        return b"Xing" in marks or b"Info" in marks or data[36:40] == b"VBRI"


_MP3_RATES_HZ = (44_100, 48_000, 32_000)
_MP3_KBPS = {  # (MPEG-1, layer): by bitrate index 1 to 14
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@lru_cache(maxsize=512)
def _mp3_head(start: bytes) -> _Head | None:
    """Read the 4 bytes of an MPEG audio header (ISO/IEC 11172-3, 2.4.1.3)."""
    if start[0] != 0xFF or start[1] & 0xE0 != 0xE0:
        return None
    version, layer = start[1] >> 3 & 3, 4 - (start[1] >> 1 & 3)
    bitrate, rate = start[2] >> 4, start[2] >> 2 & 3
    # Version 1 and layer 4 are reserved; bitrate 0 is 'free', which no broadcaster uses.
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3 or start[3] & 3 == 2:
        return None
    is_mpeg1 = version == 3
    rate_hz = _MP3_RATES_HZ[rate] >> {3: 0, 2: 1, 0: 2}[version]
    bits_per_s = _MP3_KBPS[is_mpeg1, layer][bitrate - 1] * 1_000
    padding = start[2] >> 1 & 1
    samples = 384 if layer == 1 else 1152 if layer == 2 or is_mpeg1 else 576
    length = samples // 8 * bits_per_s // rate_hz + padding
    if layer == 1:
        length = (12 * bits_per_s // rate_hz + padding) * 4
    channels = 1 if start[3] >> 6 == 3 else 2
    return _Head(
        length=length,
        samples=samples,
        format=_format("mp3", f"mp{layer}", rate_hz, channels),
        kin=version << 8 | layer << 4 | rate,
    )


class AdtsParser(_SelfSyncing):
    """AAC in ADTS frames. The rate is the core's: HE-AAC plays at twice as much, as long."""

    _first_bytes = b"\xffIT"
    _head_size = 7

    def _head_of(self, start: bytes) -> _Head | None:
        """Read the 7 bytes of an ADTS header (ISO/IEC 14496-3, 1.A.2.2)."""
        if start[0] != 0xFF or start[1] & 0xF6 != 0xF0:
            return None
        index = start[2] >> 2 & 15
        length = (start[3] & 3) << 11 | start[4] << 3 | start[5] >> 5
        if index >= len(_ADTS_RATES_HZ) or length < (7 if start[1] & 1 else 9):
            return None
        channels = (start[2] & 1) << 2 | start[3] >> 6
        return _Head(
            length=length,
            samples=1024 * ((start[6] & 3) + 1),
            format=_format("adts", "aac", _ADTS_RATES_HZ[index], 8 if channels == 7 else channels),
            kin=start[2] & 0xFD | (start[3] & 0xC0) << 2 | (start[1] & 8) << 8,
        )


_ADTS_RATES_HZ = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
)  # fmt: skip


@lru_cache(maxsize=64)
def _format(container: str, codec: str, rate_hz: int, channels: int) -> AudioFormat:
    return AudioFormat(container=container, codec=codec, rate_hz=rate_hz, channels=channels)


# --- Ogg ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """An Ogg page (RFC 3533, section 6)."""

    data: bytes

    @property
    def is_continued(self) -> bool:
        return bool(self.data[5] & 1)

    @property
    def is_first(self) -> bool:
        return bool(self.data[5] & 2)

    @property
    def is_last(self) -> bool:
        return bool(self.data[5] & 4)

    @property
    def granule(self) -> int:
        """Samples up to its end; -1 where no packet ends in it."""
        return int.from_bytes(self.data[6:14], "little", signed=True)

    @property
    def serial(self) -> bytes:
        return self.data[14:18]

    @property
    def body(self) -> bytes:
        return self.data[27 + self.data[26] :]

    def pieces(self) -> Iterator[tuple[bytes, bool]]:
        """Its packets or pieces of them, and whether the packet ends here."""
        body, at, size = self.body, 0, 0
        for lace in self.data[27 : 27 + self.data[26]]:
            size += lace
            if lace < 255:
                yield body[at : at + size], True
                at, size = at + size, 0
        if size:
            yield body[at : at + size], False


class _Codec(ABC):
    """What a logical stream's own headers say about its packets."""

    rate_hz: int
    channels: int
    name: str
    pre_skip = 0  # samples that a decoder drops first
    header_packets: int | None  # None: until a page of audio

    def learn(self, headers: list[bytes]) -> None:  # noqa: B027 (only Vorbis hides anything there)
        """Take the header packets, all of them."""

    @abstractmethod
    def samples(self, packet: bytes) -> int:
        """Samples that a packet adds; called for each packet in turn."""


class _Opus(_Codec):
    name = "opus"
    rate_hz = 48_000  # whatever the input's was (RFC 7845, section 5.1)
    header_packets = 2

    def __init__(self, head: bytes) -> None:
        self.channels = head[9]
        self.pre_skip = int.from_bytes(head[10:12], "little")

    def samples(self, packet: bytes) -> int:
        return opus_samples(packet)


class _Vorbis(_Codec):
    name = "vorbis"
    header_packets = 3

    def __init__(self, head: bytes) -> None:
        self.channels = head[11]
        self.rate_hz = int.from_bytes(head[12:16], "little")
        self._sizes = (1 << (head[28] & 15), 1 << (head[28] >> 4))
        self._modes: list[int] = []  # block size of each
        self._last_size = 0  # unknown: the first packet gives no sound, it only overlaps

    def learn(self, headers: list[bytes]) -> None:
        """Find the modes, which stand at the very end of the setup header, from behind.

        The way to them from the front leads through all codebooks. Bits count from the lowest of
        the first byte; the highest bit set is the framing bit after the last mode, and each mode
        has 41: block flag, 16 and 16 zeros, mapping (Vorbis I, 4.2.4).
        """
        bits = int.from_bytes(headers[2], "little")
        at = bits.bit_length() - 1
        flags: list[int] = []
        while at >= 41 + 6 and len(flags) < 64 and not bits >> at - 40 & 0xFFFF_FFFF:
            at -= 41
            flags.append(bits >> at & 1)
            if bits >> at - 6 & 63 == len(flags) - 1:  # the number of modes, less one
                self._modes = [self._sizes[flag] for flag in reversed(flags)]

    def samples(self, packet: bytes) -> int:
        if not packet or packet[0] & 1 or not self._modes:
            return 0
        mode = packet[0] >> 1 & (1 << (len(self._modes) - 1).bit_length()) - 1
        if mode >= len(self._modes):
            return 0
        size, last_size = self._modes[mode], self._last_size
        self._last_size = size
        return (last_size + size) // 4 if last_size else 0


def vorbis_samples(extradata: bytes) -> Callable[[bytes], int]:
    """What tells how many samples a packet adds; to be asked for each packet of a stream in turn.

    Args:
        extradata: The stream's three header packets, laced as Xiph's codecs have them in FFmpeg.

    Returns:
        Of the first packet 0, since it only overlaps; of all, where the headers can't be read.
    """
    headers = vorbis_headers(extradata)
    if len(headers) != 3 or not headers[0].startswith(b"\x01vorbis") or len(headers[0]) < 30:
        return lambda _: 0
    codec = _Vorbis(headers[0])
    codec.learn(headers)
    return codec.samples


def opus_samples(packet: bytes) -> int:
    """Samples a channel that a packet of Opus decodes to, at 48 kHz (RFC 6716, section 3.1)."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        size = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:
        size = (480, 960)[config & 1]
    else:
        size = (120, 240, 480, 960)[config & 3]
    if code < 3:
        return size * (1, 2, 2)[code]
    return size * (packet[1] & 63) if len(packet) > 1 else 0


def vorbis_headers(extradata: bytes) -> list[bytes]:
    """A stream's header packets: behind their count, less one, and all sizes but the last one's."""
    sizes: list[int] = []
    at, size = 1, 0
    while len(sizes) < (extradata[0] if extradata else 0) and at < len(extradata):
        size += extradata[at]
        if extradata[at] < 255:
            sizes.append(size)
            size = 0
        at += 1
    packets = []
    for each in sizes:
        packets.append(extradata[at : at + each])
        at += each
    return [*packets, extradata[at:]]


class _OggFlac(_Codec):
    name = "flac"
    header_packets = None  # as many as there are metadata blocks

    def __init__(self, head: bytes) -> None:
        info = head[17:]  # STREAMINFO, after the mapping's header and its own
        packed = int.from_bytes(info[10:18], "big")
        self.rate_hz = packed >> 44
        self.channels = (packed >> 41 & 7) + 1

    def samples(self, packet: bytes) -> int:
        """By the frame's header (RFC 9639, section 9.1.1)."""
        if len(packet) < 8 or packet[0] != 0xFF:
            return 0
        code = packet[2] >> 4
        if code in (6, 7):
            at = 4 + max(1, 8 - (~packet[4] & 0xFF).bit_length())  # after the coded number
            return int.from_bytes(packet[at : at + code - 5], "big") + 1
        if code == 1:
            return 192
        return 576 << code - 2 if code < 6 else 256 << code - 8


_CODECS: tuple[tuple[bytes, int, type[_Opus | _Vorbis | _OggFlac]], ...] = (
    (b"OpusHead", 19, _Opus),  # mark, smallest size of the first packet
    (b"\x01vorbis", 30, _Vorbis),
    (b"\x7fFLAC", 51, _OggFlac),
)


class _Logical:
    """One logical stream: a codec, its header pages, the packet that goes over a page's end."""

    def __init__(self, codec: _Codec, serial: bytes) -> None:
        self.codec = codec
        self.serial = serial
        self.format = _format("ogg", codec.name, codec.rate_hz, codec.channels)
        self.is_ready = False  # all headers were seen
        self._headers: list[bytes] = []
        self._torn = b""
        self._granule: int | None = None

    def take_header(self, page: _Page) -> bool:
        """Take a page before the audio; False where it is audio already."""
        if self.codec.header_packets is None and page.body[:1] == b"\xff":
            self.is_ready = True
            return False
        self._headers += self._packets(page)
        if self.codec.header_packets and len(self._headers) >= self.codec.header_packets:
            self.codec.learn(self._headers)
            self.is_ready = True
        return True

    def samples(self, page: _Page) -> int:
        """Samples that a page of audio adds: its packets', cut where the stream says it ends."""
        samples = sum(self.codec.samples(packet) for packet in self._packets(page))
        before, granule = self._granule, page.granule
        if granule < 0:
            return samples
        self._granule = granule
        if before is None:
            # A stream joined in its middle has a higher granule; one cut at its start a lower.
            return max(0, min(samples, granule) - self.codec.pre_skip)
        return min(samples, max(0, granule - before)) if page.is_last else samples

    def _packets(self, page: _Page) -> list[bytes]:
        """The packets that end in a page."""
        packets = []
        torn = self._torn if page.is_continued else b""
        self._torn = b""
        for piece, is_whole in page.pieces():
            if is_whole:
                packets.append(torn + piece)
            else:
                self._torn = torn + piece
            torn = b""
        return packets


class OggParser(_Parser):
    """Ogg pages with Vorbis, Opus or FLAC; chained streams, too, as Icecast sends them.

    A page counts when its checksum holds. Durations are those of the packets, since granule
    positions are those of a stream that began before we joined it. Pages of other logical streams
    are kept without a duration. Fed from a stream's middle without its headers, all pages are.
    """

    _first_bytes = b"O"

    def __init__(self) -> None:
        super().__init__()
        self._stream: _Logical | None = None
        self._header_pages = b""

    def _look(self, at: int) -> int:
        held = self._held
        start = bytes(held[at : at + 5])
        if not b"OggS\0".startswith(start):
            return _NO_FRAME
        if len(held) - at < 27 or len(held) - at < 27 + held[at + 26]:
            return _MORE
        table = 27 + held[at + 26]
        length = table + sum(held[at + 27 : at + table])
        if len(held) - at < length:
            return _MORE
        page = bytes(held[at : at + length])
        return length if ogg_checksum(page) == page[22:26] else _NO_FRAME

    def _found(self, data: bytes) -> Frame:
        if data[:4] != b"OggS":
            return Frame(data=data)
        page = _Page(data)
        if page.is_first:
            self._begin(page)
        stream = self._stream
        if stream is None:
            return Frame(data=data)
        if not stream.is_ready and (page.serial != stream.serial or stream.take_header(page)):
            self._header_pages += data
            return Frame(data=data, format=stream.format, is_header=True)
        if page.serial != stream.serial:
            return Frame(data=data)
        self._header = self._header_pages
        self._format = stream.format
        return Frame(
            data=data,
            samples=stream.samples(page),
            rate_hz=stream.codec.rate_hz,
            format=stream.format,
            header=self._header,
        )

    def _begin(self, page: _Page) -> None:
        """A logical stream begins: keep it if it is the audio."""
        for mark, size, codec in _CODECS:
            if page.body.startswith(mark) and len(page.body) >= size:
                made = codec(page.body)
                if made.rate_hz:
                    self._stream = _Logical(made, page.serial)
                    self._header_pages = b""


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg_checksum(page: bytes) -> bytes:
    """Ogg's CRC-32 of a page, as it stands in one (RFC 3533, section 6, field 7).

    It is zlib's with the bits of each byte the other way round, from 0, and not inverted.
    """
    plain = page[:22] + b"\0\0\0\0" + page[26:]
    value = zlib.crc32(plain.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return value.to_bytes(4, "little").translate(_REVERSED)[::-1]


# --- which parser ------------------------------------------------------------------------------

_TYPES = {
    "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/x-mp3": "mp3", "audio/mpeg3": "mp3",
    "audio/x-mpeg": "mp3", "audio/mpg": "mp3",
    "audio/aac": "adts", "audio/aacp": "adts", "audio/x-aac": "adts", "audio/x-hx-aac-adts": "adts",
    "application/ogg": "ogg", "audio/ogg": "ogg", "audio/opus": "ogg", "audio/vorbis": "ogg",
}  # fmt: skip
_ENOUGH_FRAMES = 2


def is_audio_type(content_type: str) -> bool:
    """Whether a server's Content-Type names a format that `sniff` may know."""
    return _plain_type(content_type) in _TYPES


def sniff(content_type: str, first_bytes: bytes, *, is_all: bool = False) -> FrameParser | None:
    """Find the parser of a stream, by its bytes; a server's word breaks ties only.

    Args:
        content_type: As the server says; may be empty.
        first_bytes: What came first; not fed to the parser yet.
        is_all: No more will come: one frame is enough.

    Returns:
        A fresh parser, or None where the bytes are of no known kind, or too few yet.
    """
    if first_bytes[:4] == b"OggS":
        return OggParser() if any(page.format for page in OggParser().feed(first_bytes)) else None
    named = _TYPES.get(_plain_type(content_type))
    makers: list[type[Mp3Parser | AdtsParser]] = [Mp3Parser, AdtsParser]
    if named == "adts":
        makers.reverse()
    best: type[Mp3Parser | AdtsParser] | None = None
    most = 0
    for maker in makers:
        trial = maker()
        frames = trial.feed(first_bytes) + (trial.finish() if is_all else [])
        count = sum(1 for frame in frames if frame.format)
        if count > most:
            best, most = maker, count
    return best() if best and (most >= _ENOUGH_FRAMES or is_all) else None


def parser_for(fmt: AudioFormat) -> FrameParser | None:
    """A parser for bytes known to be of a format and to begin with a frame, as a part's do.

    Ogg must be fed from a part's beginning, where its headers are.

    Returns:
        None for containers that are not parsed here.
    """
    match fmt.container:
        case "mp3":
            return Mp3Parser(is_aligned=True)
        case "adts":
            return AdtsParser(is_aligned=True)
        case "ogg":
            return OggParser()
        case _:
            return None


def _plain_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
