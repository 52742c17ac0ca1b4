"""HLS playlists: bytes and their address → frozen values with absolute http(s) addresses.

Parsed by the m3u8 package; nothing is fetched here. The rules are those of RFC 8216 and of its
successor (https://datatracker.ietf.org/doc/html/draft-pantos-hls-rfc8216bis).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import m3u8
from m3u8.model import InitializationSection, StreamInfo

from recorder.errors import NotAudio
from recorder.types import Seconds, redact

# The parser has no error of its own for most of what can be wrong with a line.
_DAMAGE = (
    m3u8.ParseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_LONGEST_SEGMENT_S = 3_600.0
_MOST_SEQUENCES = 1 << 63
_MAGIC = b"#EXTM3U"
_AUDIO_CODEC = re.compile(r"(mp4a|ac-3|ec-3|ac-4|opus|flac|alac|mp3|vorbis)", re.IGNORECASE)
_BYTE_RANGE = re.compile(r"(\d{1,15})(?:@(\d{1,15}))?")
_IV = re.compile(r"0[xX]([0-9a-fA-F]{1,32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """A stretch of a resource.

    Attributes:
        offset: Of its first byte.
        length: In bytes.
    """

    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How a segment is encrypted: AES-128, CBC, PKCS #7.

    Attributes:
        url: Where its 16 bytes are.
        iv: 16 bytes; None is 'the media sequence' (RFC 8216, 5.2).
    """

    url: str
    iv: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitSection:
    """Bytes that a segment needs before it to be played (EXT-X-MAP)."""

    url: str
    byte_range: ByteRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A media segment as a playlist lists it.

    Attributes:
        sequence: Its media sequence number.
        duration_s: What EXTINF says.
        discontinuity: The one before it is of another encoding or another clock.
        program_date_time: Wall clock of its first sample, aware, or None.
        absent: The server says itself that it doesn't have it (EXT-X-GAP).
    """

    sequence: int
    url: str
    duration_s: Seconds
    byte_range: ByteRange | None = None
    key: Key | None = None
    init: InitSection | None = None
    discontinuity: bool = False
    program_date_time: datetime | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPlaylist:
    """What is there to be fetched now.

    Attributes:
        target_duration_s: No segment is longer; sets the pace of polling.
        segments: In order of sequence, without a hole; may be empty.
        ended: Nothing will be added any more (EXT-X-ENDLIST).
    """

    target_duration_s: Seconds
    segments: tuple[Segment, ...]
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One of the renderings that a master playlist offers.

    Attributes:
        bandwidth: Bits a second at most; of an audio rendition, that of the variant it goes with.
        audio_only: It brings no picture.
    """

    url: str
    bandwidth: int
    audio_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterPlaylist:
    """The choice of renderings; at least one."""

    variants: tuple[Variant, ...]

    def ranked(self) -> list[Variant]:
        """The best audio first: without a picture where that is offered, by bandwidth."""
        return sorted(
            self.variants,
            key=lambda variant: (variant.audio_only, variant.bandwidth),
            reverse=True,
        )


def is_playlist(body: bytes) -> bool:
    """Whether bytes begin as a playlist does."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_MAGIC)


def parse(body: bytes, url: str) -> MediaPlaylist | MasterPlaylist:
    """Read a playlist.

    Args:
        body: As served.
        url: The address that answered, after redirects: relative addresses hang on it.

    Raises:
        NotAudio: It is no playlist, leads elsewhere than to http(s), or is protected in a way
            that only licensed players can undo.
    """
    if not is_playlist(body):
        raise NotAudio(f"{redact(url)} is not an HLS playlist.")
    text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    try:
        read = m3u8.loads(text)
        return _master(read, url) if read.is_variant else _media(read, url)
    except (
        m3u8.ParseError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        # The parser has no error of its own for most of what can be wrong with a line.
        raise NotAudio(f"{redact(url)} is a damaged HLS playlist ({error}).") from error


def _master(read: m3u8.M3U8, url: str) -> MasterPlaylist:
    renditions = list(_audio_renditions(read.playlists, url))
    streams = [
        Variant(
            url=_absolute(url, item.uri),
            bandwidth=item.stream_info.bandwidth or 0,
            audio_only=_is_audio_only(item.stream_info),
        )
        for item in read.playlists
        if item.uri
    ]
    if not streams:
        raise NotAudio(f"{redact(url)} is a master playlist that offers nothing.")
    return MasterPlaylist(variants=tuple(renditions + streams))


def _audio_renditions(playlists: Iterable[m3u8.Playlist], url: str) -> Iterable[Variant]:
    """The audio that goes with each variant, where it has an address of its own.

    Of several (languages), the one that a player would choose unasked.
    """
    for item in playlists:
        audio = [media for media in item.media if media.type == "AUDIO"]
        audio.sort(key=lambda media: (media.default == "YES", media.autoselect == "YES"))
        if audio and audio[-1].uri:
            yield Variant(
                url=_absolute(url, audio[-1].uri),
                bandwidth=item.stream_info.bandwidth or 0,
                audio_only=True,
            )


def _is_audio_only(info: StreamInfo) -> bool:
    codecs = [codec.strip() for codec in (info.codecs or "").split(",") if codec.strip()]
    return (
        bool(codecs)
        and info.resolution is None
        and all(_AUDIO_CODEC.match(codec) for codec in codecs)
    )


def _media(read: m3u8.M3U8, url: str) -> MediaPlaylist:
    first = read.media_sequence or 0
    if not 0 <= first < _MOST_SEQUENCES:
        raise ValueError(f"media sequence {first}")
    segments: list[Segment] = []
    for number, item in enumerate(item for item in read.segments if item.uri):
        segments.append(_segment(item, url, first + number, segments[-1] if segments else None))
    longest_s = max((segment.duration_s for segment in segments), default=0.0)
    target_s = float(read.target_duration or 0)
    return MediaPlaylist(
        # A target of 0 is right for segments under half a second: EXTINF is rounded for it.
        target_duration_s=Seconds(target_s if 0 < target_s <= _LONGEST_SEGMENT_S else longest_s),
        segments=tuple(segments),
        ended=bool(read.is_endlist),
    )


def _segment(item: m3u8.Segment, url: str, sequence: int, before: Segment | None) -> Segment:
    address = _absolute(url, item.uri)
    return Segment(
        sequence=sequence,
        url=address,
        duration_s=_duration(item.duration),
        byte_range=_byte_range(item.byterange, address, before) if item.byterange else None,
        key=_key(item.key, url),
        init=_init(item.init_section, url),
        discontinuity=bool(item.discontinuity),
        program_date_time=_aware(item.current_program_date_time),
        absent=bool(item.gap_tag),
    )


def _duration(value: float) -> Seconds:
    if not (math.isfinite(value) and 0 <= value <= _LONGEST_SEGMENT_S):
        raise ValueError(f"a segment of {value} s")
    return Seconds(value)


def _byte_range(text: str, url: str, before: Segment | None) -> ByteRange:
    match = _BYTE_RANGE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"byte range {text!r}")
    length = int(match[1])
    if match[2] is not None:
        return ByteRange(offset=int(match[2]), length=length)
    if before is None or before.byte_range is None or before.url != url:
        raise ValueError("a byte range that goes on from none")
    return ByteRange(offset=before.byte_range.offset + before.byte_range.length, length=length)


def _key(item: m3u8.Key | None, url: str) -> Key | None:
    if item is None or item.method == "NONE":
        return None
    if item.method != "AES-128" or item.keyformat not in (None, "identity") or not item.uri:
        raise NotAudio(
            f"{redact(url)} is protected ({item.method}); only its own player can hear it."
        )
    if item.iv is None:
        return Key(url=_absolute(url, item.uri))
    match = _IV.fullmatch(item.iv)
    if not match:
        raise ValueError("an IV that is not hexadecimal")
    return Key(url=_absolute(url, item.uri), iv=int(match[1], 16).to_bytes(16, "big"))


def _init(item: InitializationSection | None, url: str) -> InitSection | None:
    if item is None:
        return None
    address = _absolute(url, item.uri)
    if not item.byterange:
        return InitSection(url=address)
    # "If the offset is not present, the range begins at 0" is what RFC 8216bis, 4.4.4.5 means.
    text = item.byterange if "@" in item.byterange else f"{item.byterange}@0"
    return InitSection(url=address, byte_range=_byte_range(text, address, None))


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def _absolute(url: str, reference: str) -> str:
    """An address out of a playlist, made absolute.

    Raises:
        NotAudio: It is not http(s): a playlist must not reach into this machine.
    """
    address = urljoin(url, reference.strip())
    if urlsplit(address).scheme not in ("http", "https"):
        raise NotAudio(f"{redact(url)} leads to an address that is not http or https.")
    return address
