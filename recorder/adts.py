"""Where the frames of ADTS lie, for many chunks at once (ISO/IEC 13818-7, 6.2).

Each header tells where the next one is, so frames are found one after the other. In numpy it is
quicker to look for all bytes that could begin one, and to keep those that another one, or the
beginning of a chunk, points at; or, where chunks are short or chains break, to walk all chunks side
by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.mp4 import Aac, Integers

Bytes = npt.NDArray[np.uint8]

_RATES_HZ = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
    8_000, 7_350,
)  # fmt: skip
_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
_ID3, _ID3_HEADER = b"ID3", 10
_LONG_CHUNK = 1 << 14  # bytes; of shorter ones the frames are found sooner by walking
_SHORTEST_HEADER, _LONGEST_HEADER = 7, 9

_Words = npt.NDArray[np.uint64]
_Found = tuple[Integers, Integers]

# The bits of a header's first eight bytes:
_MARK_BITS = np.uint64(0xFFF6_0000_0000_0300)  # the sync word, the layer, the count of more blocks
_MARK = np.uint64(0xFFF0_0000_0000_0000)  # what they must be
_UNCHECKED = np.uint64(1 << 48)  # there is no checksum behind it
_SET_UP = np.uint64(0x0000_FDC0_0000_0000)  # profile, rate, channels
_SET_UP_BEGINS = np.uint64(32)
_ALIKE = np.uint64(0x00FF_FDC0_0000_0000)
_SIZE_BEGINS, _SIZE_BITS = np.uint64(21), np.uint64(0x1FFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The frames of some chunks.

    Attributes:
        offsets: Where each begins in the bytes that were given, behind its header; ascending.
        sizes: Without the header.
        of: Index of the chunk that each belongs to.
    """

    aac: Aac
    offsets: Integers
    sizes: Integers
    of: Integers

    def __getitem__(self, which: slice) -> Frames:
        offsets, sizes, of = self.offsets[which], self.sizes[which], self.of[which]
        return Frames(aac=self.aac, offsets=offsets, sizes=sizes, of=of)


def frames(
    data: Bytes, begins: Integers, ends: Integers, *, likely: Integers | None = None
) -> Frames | None:
    """Find the frames of chunks; None where they aren't all plain AAC of one set-up.

    Args:
        data: What the chunks lie in.
        begins: Where each begins: with a frame, or with an ID3 tag and then a frame.
        ends: And ends.
        likely: Where frames probably begin, if that is known of some; ascending.
    """
    if not len(begins) or not len(data) or (ends > len(data)).any():
        return None
    starts = behind_tags(data, begins)
    found = None if likely is None else _walked_from(data, starts, ends, likely)
    found = found or _scanned(data, starts, ends) or _walked(data, starts, ends)
    if found is None:
        return None
    at, of = found
    heads = _heads(data, at)
    header = np.where(heads & _UNCHECKED != 0, _SHORTEST_HEADER, _LONGEST_HEADER)
    sizes = _sizes(heads) - header
    wanted = _MARK | heads[0] & _SET_UP
    if not ((heads & (_MARK_BITS | _SET_UP) == wanted) & (sizes > 0)).all():
        return None
    aac = _aac(int((heads[0] & _SET_UP) >> _SET_UP_BEGINS))
    return Frames(aac=aac, offsets=at + header, sizes=sizes, of=of) if aac else None


def _heads(data: Bytes, at: Integers) -> _Words:
    """The first eight bytes of frames, as numbers: each is read in one stroke."""
    words = np.ndarray((len(data) - 7,), ">u8", data, strides=(1,))
    return words[at].astype(np.uint64)


def _sizes(heads: _Words) -> Integers:
    """Bytes of frames, header and all, as their headers tell."""
    return (heads >> _SIZE_BEGINS & _SIZE_BITS).astype(np.int64)


def _scanned(data: Bytes, starts: Integers, ends: Integers) -> _Found | None:
    """As `_walked`, of chunks that follow each other and whose headers are alike."""
    begin, end = int(starts[0]), int(ends[-1])
    if end - begin < _LONG_CHUNK * len(starts):
        return None
    if (starts >= ends).any() or (ends[:-1] > starts[1:]).any():
        return None
    at = np.flatnonzero(data[begin : end - _LONGEST_HEADER + 1] == 0xFF) + begin
    heads = _heads(data, at)
    is_alike = heads & _ALIKE == _heads(data, starts[:1]) & _ALIKE
    at, heads = at[is_alike], heads[is_alike]
    following = at + _sizes(heads)
    is_meant = _points_at(following, at) | _points_at(starts, at)
    at, following = at[is_meant], following[is_meant]
    of = np.searchsorted(starts, at, "right") - 1
    is_last = np.append(of[1:] != of[:-1], [True])
    is_first = np.append([True], is_last[:-1])
    if not np.array_equal(at[is_first], starts):
        return None
    meets = np.where(is_last, ends[of], np.append(at[1:], 0))
    return (at, of) if np.array_equal(following, meets) else None


def _points_at(pointers: Integers, at: Integers) -> npt.NDArray[np.bool_]:
    """Which of some ascending places are pointed at."""
    is_hit = np.zeros(len(at) + 1, np.bool_)
    places = np.searchsorted(at, pointers)
    is_hit[places[np.append(at, -1)[places] == pointers]] = True
    return is_hit[:-1]


def _walked_from(data: Bytes, starts: Integers, ends: Integers, likely: Integers) -> _Found | None:
    """As `_walked`, of chunks that adjoin, in shorter ways: from likely places on."""
    if not np.array_equal(starts[1:], ends[:-1]):
        return None
    inside = likely[(likely >= starts[0]) & (likely < ends[-1])]
    begins = np.sort(np.concatenate((starts[starts < ends], inside)), kind="stable")
    begins = begins[np.diff(begins, prepend=-1) > 0]
    found = _walked(data, begins, np.append(begins[1:], ends[-1]))
    return found and (found[0], np.searchsorted(starts, found[0], "right") - 1)


def _walked(data: Bytes, starts: Integers, ends: Integers) -> _Found | None:
    """Where headers should be, ascending, and whose chunk's; None where the chunks don't fit."""
    alive = np.flatnonzero(starts < ends)
    at, until = starts[alive], ends[alive]
    steps: list[_Found] = []
    while len(at):
        if (at + _LONGEST_HEADER > until).any():
            return None
        steps.append((at, alive))
        sizes = _sizes(_heads(data, at))
        at = at + sizes
        if (sizes < _SHORTEST_HEADER).any() or (at > until).any():
            return None
        goes_on = at < until
        if not goes_on.all():
            alive, at, until = alive[goes_on], at[goes_on], until[goes_on]
    if not steps:
        return None
    found, of = (np.concatenate(column) for column in zip(*steps, strict=True))
    order = np.argsort(found, kind="stable")
    return found[order], of[order]


def behind_tags(data: Bytes, begins: Integers) -> Integers:
    """Where chunks' sound begins: HLS's packed audio puts an ID3 tag first (RFC 8216, 3.4)."""
    starts = begins.copy()
    for number in np.flatnonzero(data[np.minimum(begins, len(data) - 1)] == _ID3[0]):
        begin = int(begins[number])
        head = bytes(data[begin : begin + _ID3_HEADER])
        if head[:3] == _ID3 and len(head) == _ID3_HEADER:
            size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
            starts[number] = begin + _ID3_HEADER + size
    return starts


def _aac(set_up: int) -> Aac | None:
    """The AudioSpecificConfig of what all headers have in common."""
    kind, rate, channels = set_up >> 14, set_up >> 10 & 15, (set_up >> 8 & 1) << 2 | set_up >> 6 & 3
    if rate >= len(_RATES_HZ) or not channels:
        return None
    config = (kind + 1) << 11 | rate << 7 | channels << 3
    return Aac(
        config=config.to_bytes(2, "big"), rate_hz=_RATES_HZ[rate], channels=_CHANNELS[channels]
    )
