"""What an HLS media segment holds: its format and its exact duration, read from its own bytes.

EXTINF is rounded and sometimes wrong; session time is the sum of what was really there. Nothing
is decoded, nothing of libav's is involved:

    packed audio (ADTS, MP3)   the sum of its frames
    TS                         the frames of its audio stream; its PTS for other codecs
    fMP4                       the sample durations of its fragments, by its init section

What none of these can tell, or tells beyond belief, lasts as long as EXTINF says. Formats:
RFC 8216, 3.1 to 3.4; ISO/IEC 13818-1 (TS) and 14496-12 (fMP4);
https://id3.org/id3v2.4.0-structure.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from recorder.frames import AdtsParser, Mp3Parser
from recorder.types import AudioFormat, Seconds

_PACKET = 188
_CLOCK_HZ = 90_000
_BELIEVABLE = 10.0  # times what is listed, and as many seconds: more is damage, not a duration
_CLOCK_WRAP = 1 << 33

# ISO/IEC 13818-1, table 2-34, and ATSC A/53: stream types that are audio, and FFmpeg's codec names.
_AUDIO_STREAMS = {
    0x03: "mp3",
    0x04: "mp3",
    0x0F: "aac",
    0x11: "aac_latm",
    0x81: "ac3",
    0x87: "eac3",
}
_ID3_STREAM = 0x15
_BY_FRAMES = {"mp3": "mp3", "aac": "adts"}
_SAMPLE_ENTRIES = {
    b"mp4a": "aac",
    b"Opus": "opus",
    b"fLaC": "flac",
    b"ac-3": "ac3",
    b"ec-3": "eac3",
    b".mp3": "mp3",
}
_BOXES = {b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"emsg", b"prft", b"mdat", b"free", b"ssix"}
_NTP = re.compile(r"\d{1,12}(?:\.\d{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a segment's bytes say of themselves.

    Attributes:
        format: None when they are not audio of a kind that HLS knows.
        duration_s: Of the audio in them.
        exact: Whether the duration was counted in samples; else it is by PTS, or EXTINF's.
        whole: Whether they end where a frame, packet or box ends.
        ntp: The sender's clock, in seconds since 1900, as X writes it into ID3
            (https://github.com/yt-dlp/yt-dlp/issues/7536); empty where there is none.
    """

    format: AudioFormat | None
    duration_s: Seconds
    exact: bool
    whole: bool
    ntp: str = ""


def measure(data: bytes, *, init: bytes = b"", listed_s: Seconds) -> Measured:
    """Read a segment's format and duration.

    Args:
        data: The whole segment, decrypted.
        init: Its init section, where it has one.
        listed_s: What EXTINF says; holds where the bytes don't tell.
    """
    found = _measure(data, init)
    if 0 < found.duration_s <= _BELIEVABLE * listed_s + _BELIEVABLE:
        return found
    return replace(found, duration_s=listed_s, exact=False)


def _measure(data: bytes, init: bytes) -> Measured:
    tag, ntp = _leading_tags(data)
    body = data[tag:]
    if is_transport_stream(body):
        return _of_transport_stream(body)
    if body[4:8] in _BOXES:
        return _of_fragments(body, init)
    kind = _packed(body)
    if kind in ("adts", "mp3"):
        return _of_frames(data, kind, ntp)
    return Measured(
        format=AudioFormat(container=kind, codec=kind) if kind else None,
        duration_s=Seconds(0.0),
        exact=False,
        whole=True,
        ntp=ntp,
    )


def whole_bytes(fmt: AudioFormat, before: bytes, tail: bytes) -> tuple[int, Seconds]:
    """How much of what lies at the end of a part is whole, and how long that sounds.

    Args:
        fmt: The part's: ``ts`` or ``fmp4``.
        before: The part up to the tail, which begins with its init section.
        tail: Bytes of which it isn't known whether they end with a packet or box.

    Returns:
        Bytes from the tail's beginning, and seconds: 0 where the bytes don't tell.
    """
    if fmt.container == "ts":
        whole = len(tail) - len(tail) % _PACKET
        found = _of_transport_stream(tail[:whole])
    else:
        whole = at = 0
        for kind, body in _boxes(tail):
            at += 8 + len(body)
            whole = at if kind == b"mdat" else whole
        found = _of_fragments(tail[:whole], before + tail)
    return whole, found.duration_s if whole else Seconds(0.0)


def is_transport_stream(data: bytes) -> bool:
    """Whether bytes begin with whole TS packets (at most three are looked at)."""
    return len(data) >= _PACKET and all(
        data[at] == 0x47 for at in range(0, min(len(data), 3 * _PACKET), _PACKET)
    )


def is_init_section(data: bytes) -> bool:
    """Whether bytes are what fMP4 or TS segments may need before them."""
    return data[4:8] in (b"ftyp", b"moov") or is_transport_stream(data)


# Packed audio


def _packed(body: bytes) -> str:
    if len(body) < 2:
        return ""
    sync = body[0] << 8 | body[1]
    if sync & 0xFFF6 == 0xFFF0:
        return "adts"
    if sync & 0xFFE0 == 0xFFE0 and sync & 0x0006:
        return "mp3"
    if sync == 0x0B77:
        # ATSC A/52: bsid, the top 5 bits of byte 5, is above 10 in E-AC-3.
        return "eac3" if len(body) > 5 and body[5] >> 3 > 10 else "ac3"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """Frames in a row."""

    format: AudioFormat | None
    durations_s: list[float]
    is_torn: bool


def _counted(data: bytes, kind: str) -> _Counted:
    parser = (AdtsParser if kind == "adts" else Mp3Parser)(is_aligned=True)
    frames = [*parser.feed(data), *parser.finish()]
    return _Counted(
        format=parser.format,
        durations_s=[frame.duration_s for frame in frames if frame.format],
        is_torn=bool(parser.pending),
    )


def _of_frames(data: bytes, kind: str, ntp: str) -> Measured:
    counted = _counted(data, kind)
    return Measured(
        format=counted.format,
        duration_s=Seconds(sum(counted.durations_s)),
        exact=counted.format is not None,
        whole=counted.format is not None and not counted.is_torn,
        ntp=ntp,
    )


# ID3


def _leading_tags(data: bytes) -> tuple[int, str]:
    """Bytes of ID3v2 tags at the beginning, and the `ntp` in them."""
    at, ntp = 0, ""
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        size = _synchsafe(data[at + 6 : at + 10])
        ntp = ntp or _ntp_of(data[at + 10 : at + 10 + size], version=data[at + 3])
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)  # a footer
    return at, ntp


def _ntp_of(tag: bytes, *, version: int) -> str:
    """X writes it twice: as JSON in a TXXX frame, and alone in TIT3."""
    for name, body in _id3_frames(tag, version):
        text = _id3_text(body)
        if name == b"TIT3" and _NTP.fullmatch(text):
            return text
        _, _, value = text.partition("\0")
        if name == b"TXXX" and '"ntp"' in value:
            try:
                found = str(json.loads(value).get("ntp", ""))
            except (ValueError, AttributeError):
                continue
            if _NTP.fullmatch(found):
                return found
    return ""


def _id3_frames(tag: bytes, version: int) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 10 <= len(tag) and tag[at]:
        raw = tag[at + 4 : at + 8]
        size = _synchsafe(raw) if version >= 4 else int.from_bytes(raw, "big")
        yield tag[at : at + 4], tag[at + 10 : at + 10 + size]
        at += 10 + size


def _id3_text(body: bytes) -> str:
    encodings = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
    encoding = encodings.get(body[0], "latin-1") if body else "latin-1"
    return body[1:].decode(encoding, errors="replace").strip("\0\ufeff")


def _synchsafe(raw: bytes) -> int:
    return raw[0] << 21 | raw[1] << 14 | raw[2] << 7 | raw[3]


# MPEG transport stream


@dataclass(slots=True)
class _Stream:
    """The payload of one PID, as it is put together."""

    codec: str
    payload: bytearray = field(default_factory=bytearray)
    stamps: list[int] = field(default_factory=list)  # PTS, 90 kHz, one a PES packet
    owed: int = 0  # bytes that the present PES packet still lacks, where it says its length


def _of_transport_stream(data: bytes) -> Measured:
    streams = _elementary_streams(data)
    audio = next((stream for stream in streams if stream.codec != "id3"), None)
    ntp = next((_leading_tags(bytes(s.payload))[1] for s in streams if s.codec == "id3"), "")
    fmt = AudioFormat(container="ts", codec=audio.codec if audio else "")
    duration_s, exact = 0.0, False
    if audio and audio.codec in _BY_FRAMES:
        counted = _counted(bytes(audio.payload), _BY_FRAMES[audio.codec])
        duration_s, exact = sum(counted.durations_s), counted.format is not None
        if counted.is_torn and counted.durations_s:
            duration_s += counted.durations_s[-1]  # it ends in the next segment, and counts here
        if counted.format:
            fmt = replace(counted.format, container="ts")
    elif audio:
        duration_s = _by_stamps(audio.stamps)
    return Measured(
        format=fmt,
        duration_s=Seconds(duration_s),
        exact=exact,
        whole=len(data) % _PACKET == 0 and not any(stream.owed for stream in streams),
        ntp=ntp,
    )


def _elementary_streams(data: bytes) -> list[_Stream]:
    """The first audio stream and the ID3 stream, as PAT and PMT name them."""
    tables: set[int] = set()
    streams: dict[int, _Stream] = {}
    for pid, starts, payload in _packets(data):
        if pid == 0 and starts:
            tables.update(_programs(payload))
        elif pid in tables and starts:
            for found, codec in _streams_of(payload):
                if codec == "id3" or all(s.codec == "id3" for s in streams.values()):
                    streams.setdefault(found, _Stream(codec=codec))
        elif pid in streams:
            _take(streams[pid], payload, starts=starts)
    return list(streams.values())


def _packets(data: bytes) -> Iterator[tuple[int, bool, bytes]]:
    """PID, payload_unit_start_indicator and payload of each whole packet that has one."""
    for at in range(0, len(data) - _PACKET + 1, _PACKET):
        packet = data[at : at + _PACKET]
        if packet[0] != 0x47 or not packet[3] & 0x10:
            continue
        begin = 5 + packet[4] if packet[3] & 0x20 else 4
        yield (packet[1] & 0x1F) << 8 | packet[2], bool(packet[1] & 0x40), packet[begin:]


def _section(payload: bytes) -> bytes:
    """The table in a packet, from its table_id to before its CRC; tables of audio fit in one."""
    begin = 1 + payload[0] if payload else 0
    if len(payload) < begin + 3:
        return b""
    length = (payload[begin + 1] & 0x0F) << 8 | payload[begin + 2]
    return payload[begin : begin + 3 + length - 4]


def _programs(payload: bytes) -> Iterator[int]:
    section = _section(payload)
    for at in range(8, len(section) - 3, 4):
        number, pid = struct.unpack_from(">HH", section, at)
        if number:
            yield pid & 0x1FFF


def _streams_of(payload: bytes) -> Iterator[tuple[int, str]]:
    section = _section(payload)
    if len(section) < 12:
        return
    at = 12 + ((section[10] & 0x0F) << 8 | section[11])
    while at + 5 <= len(section):
        kind, pid, about = struct.unpack_from(">BHH", section, at)
        end = at + 5 + (about & 0x0FFF)
        codec = _codec_of(kind, section[at + 5 : end])
        if codec:
            yield pid & 0x1FFF, codec
        at = end


def _codec_of(kind: int, descriptors: bytes) -> str:
    if kind == _ID3_STREAM:
        return "id3"
    if kind == 0x06:  # private data: its descriptors tell (ETSI EN 300 468; Opus in TS)
        for mark, codec in ((b"Opus", "opus"), (b"AC-3", "ac3"), (b"EAC3", "eac3")):
            if mark in descriptors:
                return codec
        tags = descriptors[:1]
        return {b"\x6a": "ac3", b"\x7a": "eac3"}.get(tags, "")
    return _AUDIO_STREAMS.get(kind, "")


def _take(stream: _Stream, payload: bytes, *, starts: bool) -> None:
    if starts:
        if payload[:3] != b"\0\0\1" or len(payload) < 9:
            return
        if payload[7] & 0x80 and len(payload) >= 14:
            stream.stamps.append(_stamp(payload[9:14]))
        length, header = payload[4] << 8 | payload[5], payload[8]
        payload = payload[9 + header :]
        stream.owed = max(0, length - 3 - header) if length else 0
    elif not stream.payload:
        return
    stream.payload += payload
    stream.owed = max(0, stream.owed - len(payload))


def _stamp(raw: bytes) -> int:
    high, middle, low = raw[0] >> 1 & 7, (raw[1] << 8 | raw[2]) >> 1, (raw[3] << 8 | raw[4]) >> 1
    return high << 30 | middle << 15 | low


def _by_stamps(stamps: list[int]) -> float:
    """First to last PTS, and the mean step for what the last one brings; 0 for fewer than two."""
    if len(stamps) < 2:
        return 0.0
    span = (stamps[-1] - stamps[0]) % _CLOCK_WRAP
    return span / _CLOCK_HZ * len(stamps) / (len(stamps) - 1)


# Fragmented MP4


@dataclass(frozen=True, slots=True, kw_only=True)
class _AudioTrack:
    """The audio track as the init section describes it."""

    number: int
    timescale: int
    default_duration: int
    codec: str
    rate_hz: int
    channels: int


def _of_fragments(data: bytes, init: bytes) -> Measured:
    track = _audio_track(init or data)
    units = _fragment_units(data, track) if track else 0
    duration_s = units / track.timescale if track else 0.0
    boxes = [(kind, len(body)) for kind, body in _boxes(data)]
    return Measured(
        format=AudioFormat(
            container="fmp4",
            codec=track.codec if track else "",
            rate_hz=track.rate_hz if track else 0,
            channels=track.channels if track else 0,
        ),
        duration_s=Seconds(duration_s),
        exact=units > 0,
        whole=sum(8 + size for _, size in boxes) == len(data) and b"mdat" in dict(boxes),
    )


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and body of each whole box; 64-bit sizes don't occur in fragments of 64 MB."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big") or len(data) - at
        if size < 8 or at + size > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def _child(data: bytes, *path: bytes) -> bytes:
    """The body of the first box at a path; empty where there is none."""
    for name in path:
        data = next((body for kind, body in _boxes(data) if kind == name), b"")
    return data


def _audio_track(init: bytes) -> _AudioTrack | None:
    moov = _child(init, b"moov")
    for kind, trak in _boxes(moov):
        if kind == b"trak" and _child(trak, b"mdia", b"hdlr")[8:12] == b"soun":
            try:
                return _described(trak, moov)
            except (struct.error, IndexError):
                return None
    return None


def _described(trak: bytes, moov: bytes) -> _AudioTrack | None:
    header, media = _child(trak, b"tkhd"), _child(trak, b"mdia", b"mdhd")
    (number,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
    (timescale,) = struct.unpack_from(">I", media, 20 if media[0] else 12)
    entries = _child(trak, b"mdia", b"minf", b"stbl", b"stsd")
    kind, entry = next(_boxes(entries[8:]), (b"", b""))
    channels, rate_hz = 0, 0
    if len(entry) >= 28:
        (channels,) = struct.unpack_from(">H", entry, 16)
        (rate_hz,) = struct.unpack_from(">H", entry, 24)
    if not timescale:
        return None
    return _AudioTrack(
        number=number,
        timescale=timescale,
        default_duration=_default_duration(moov, number),
        codec=_SAMPLE_ENTRIES.get(kind, ""),
        rate_hz=rate_hz,
        channels=channels,
    )


def _default_duration(moov: bytes, number: int) -> int:
    for kind, body in _boxes(_child(moov, b"mvex")):
        if kind == b"trex" and len(body) >= 16:
            track, _, duration = struct.unpack_from(">III", body, 4)
            if track == number:
                return int(duration)
    return 0


def _fragment_units(data: bytes, track: _AudioTrack) -> int:
    """Sum of the sample durations of a track in a segment, in units of its timescale."""
    units = 0
    for kind, moof in _boxes(data):
        if kind != b"moof":
            continue
        for inner, traf in _boxes(moof):
            if inner == b"traf":
                try:
                    units += _track_fragment_units(traf, track)
                except struct.error:
                    return 0
    return units


def _track_fragment_units(traf: bytes, track: _AudioTrack) -> int:
    header = _child(traf, b"tfhd")
    flags, number = struct.unpack_from(">II", header)
    if number != track.number:
        return 0
    default = track.default_duration
    if flags & 0x8:  # default-sample-duration-present, after two optional fields
        at = 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
        (default,) = struct.unpack_from(">I", header, at)
    return sum(_run_units(body, default) for kind, body in _boxes(traf) if kind == b"trun")


def _run_units(run: bytes, default: int) -> int:
    flags, count = struct.unpack_from(">II", run)
    if not flags & 0x100:  # sample-duration-present
        return default * int(count)
    at = 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    step = 4 * (flags >> 8 & 0xF).bit_count()
    return sum(struct.unpack_from(">I", run, at + step * index)[0] for index in range(count))
