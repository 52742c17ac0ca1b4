"""The head of an MP4 (.m4a) whose samples lie anywhere in what follows it.

An MP4's index tells where each sample lies (ISO/IEC 14496-12, 8.7.5: ``stco``), so that its media
data may hold bytes that nobody plays. That lets whole ADTS parts be appended as they are, headers
and all, while the index points behind each header: a file that is copied, not rewritten, and in
which every chunk of the journal lies as it was received.

Tags are iTunes' (``ilst``), chapters Nero's (``chpl``); FFmpeg and most players read both.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.tags import Tags

Integers = npt.NDArray[np.int64]

SAMPLES = 1_024
"""Samples a channel of an AAC frame, as its header counts them (ISO/IEC 14496-3, 4.5.1.1)."""

_MOST_CHAPTERS = 255
_UNITY = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_TEXT, _JPEG, _PNG = 1, 13, 14  # iTunes' types of values
_LARGEST_32 = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Aac:
    """How AAC frames are to be decoded.

    Attributes:
        config: The AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
        rate_hz: As the frames' headers tell; with SBR, half of what sounds.
        channels: As they tell.
    """

    config: bytes
    rate_hz: int
    channels: int


def head(aac: Aac, offsets: Integers, sizes: Integers, payload: int, tags: Tags) -> bytes:
    """Everything that comes before the media data.

    Args:
        aac: The frames' set-up.
        offsets: Where each frame begins, counted from the first byte behind this head.
        sizes: Of each frame in bytes.
        payload: Bytes that will follow.
        tags: What the file says of itself.
    """
    wide = payload > _LARGEST_32 - (1 << 26)  # with room for this head itself
    brand = _box(b"ftyp", b"M4A \0\0\2\0M4A mp42isom\0\0\0\0")
    data = struct.pack(">I4sQ", 1, b"mdat", payload + 16)
    bare = _movie(aac, offsets[:0], sizes[:0], tags, wide=wide)
    length = len(brand) + len(bare) + len(sizes) * (12 if wide else 8) + len(data)
    return brand + _movie(aac, offsets + length, sizes, tags, wide=wide) + data


def _movie(aac: Aac, offsets: Integers, sizes: Integers, tags: Tags, *, wide: bool) -> bytes:
    duration = len(sizes) * SAMPLES
    header = struct.pack(
        ">QQIQIH10x36s24xI", 0, 0, aac.rate_hz, duration, 1 << 16, 1 << 8, _UNITY, 2
    )
    track = struct.pack(">QQI4xQ8xHHH2x36sII", 0, 0, 1, duration, 0, 0, 1 << 8, _UNITY, 0, 0)
    media = struct.pack(">QQIQHH", 0, 0, aac.rate_hz, duration, 0x55C4, 0)  # 'und'
    handler = struct.pack(">I4s12x", 0, b"soun") + b"Sound\0"
    references = _full(b"dref", struct.pack(">I", 1) + _full(b"url ", b"", flags=1))
    information = _box(
        b"minf",
        _full(b"smhd", bytes(4)),
        _box(b"dinf", references),
        _samples(aac, offsets, sizes, wide=wide),
    )
    return _box(
        b"moov",
        _full(b"mvhd", header, version=1),
        _box(
            b"trak",
            _full(b"tkhd", track, version=1, flags=3),
            _box(
                b"mdia",
                _full(b"mdhd", media, version=1),
                _full(b"hdlr", handler),
                information,
            ),
        ),
        _user_data(tags),
    )


def _samples(aac: Aac, offsets: Integers, sizes: Integers, *, wide: bool) -> bytes:
    """The index: each frame is a 'chunk' of its own, so that it may lie anywhere."""
    count = len(sizes)
    entry = _box(
        b"mp4a",
        struct.pack(">6xH8xHHIHH", 1, aac.channels, 16, 0, min(aac.rate_hz, 0xFFFF), 0),
        _full(b"esds", _descriptors(aac)),
    )
    places = (
        _full(b"co64", struct.pack(">I", count), offsets.astype(">u8").tobytes())
        if wide
        else _full(b"stco", struct.pack(">I", count), offsets.astype(">u4").tobytes())
    )
    return _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1) + entry),
        _full(b"stts", struct.pack(">III", 1, count, SAMPLES)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">II", 0, count), sizes.astype(">u4").tobytes()),
        places,
    )


def _descriptors(aac: Aac) -> bytes:
    """ES_Descriptor of AAC (ISO/IEC 14496-1, 7.2.6)."""
    config = _descriptor(0x05, aac.config)
    decoder = _descriptor(0x04, struct.pack(">BBBHII", 0x40, 0x15, 0, 0, 0, 0) + config)
    return _descriptor(0x03, struct.pack(">HB", 1, 0) + decoder + _descriptor(0x06, b"\2"))


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes((tag, len(body))) + body


def _user_data(tags: Tags) -> bytes:
    texts = (
        (b"\xa9nam", tags.title),
        (b"\xa9ART", tags.host),
        (b"\xa9day", tags.date),
        (b"\xa9cmt", tags.description),
        (b"cprt", tags.rights),
    )
    items = [_item(name, _TEXT, text.encode()) for name, text in texts if text]
    if tags.cover_type:
        kind = _PNG if tags.cover_type == "image/png" else _JPEG
        items.append(_item(b"covr", kind, tags.cover))
    boxes = []
    if items:
        handler = _full(b"hdlr", struct.pack(">I4s4s8xB", 0, b"mdir", b"appl", 0))
        boxes.append(_full(b"meta", handler + _box(b"ilst", *items)))
    if tags.chapters:
        boxes.append(_chapters(tags))
    return _box(b"udta", *boxes) if boxes else b""


def _item(name: bytes, kind: int, value: bytes) -> bytes:
    return _box(name, _box(b"data", struct.pack(">II", kind, 0) + value))


def _chapters(tags: Tags) -> bytes:
    chapters = tags.chapters[:_MOST_CHAPTERS]
    listed = [struct.pack(">4xB", len(chapters))]
    for chapter in chapters:
        title = chapter.title.encode()[:255].decode(errors="ignore").encode()
        listed.append(struct.pack(">QB", round(chapter.at_s * 1e7), len(title)) + title)
    return _full(b"chpl", b"".join(listed), version=1)


def _box(name: bytes, *bodies: bytes) -> bytes:
    return b"".join((struct.pack(">I4s", sum(map(len, bodies)) + 8, name), *bodies))


def _full(name: bytes, *bodies: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", version << 24 | flags), *bodies)
