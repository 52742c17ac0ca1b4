"""Pages of Ogg, many at once: where they lie, and new headers for them (RFC 3533, section 6).

A page's header holds the stream's number, the page's own, and how many samples there are up to its
end; so pages of many streams become those of one when these are written anew. What changes then of
a page's checksum doesn't depend on the bytes behind its header, for a CRC is linear over GF(2): the
checksum of the difference, moved on by as many zero bytes as there are, is all that has to be
added. numpy does that for all pages in one stroke, and no byte of sound is looked at.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from recorder.frames import ogg_checksum

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint32]

CONTINUED, FIRST, LAST = 1, 2, 4
"""A page's flags: begins within a packet; begins its stream; ends it."""

_MARK = b"OggS\0"
_HEADER = 27
_MOST_LACES, _FULL_LACE = 255, 255
_FLAGS, _GRANULE, _SERIAL, _NUMBER, _CHECKSUM, _COUNT = 5, 6, 14, 18, 22, 26
_POLYNOMIAL = 0x04C1_1DB7
_DIGIT = 4  # bits of a number of zero bytes that are looked up at once
_DIGITS = 1 << _DIGIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Pages that follow each other without a byte between.

    Attributes:
        at: Where each begins in the bytes that were given.
        sizes: In bytes, header and all.
        flags: As they stand in it.
        granules: Samples up to its end; -1 where no packet ends in it.
        serials: Of its logical stream.
        numbers: Of the page in that.
        is_whole: Whether its last packet ends in it.
    """

    at: Integers
    sizes: Integers
    flags: Bytes
    granules: Integers
    serials: _Words
    numbers: _Words
    is_whole: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, which: slice) -> Self:
        return replace(
            self, **{item.name: getattr(self, item.name)[which] for item in fields(self)}
        )


def pages(data: Bytes) -> Pages | None:
    """Find the pages of some bytes; None where these aren't whole pages from first to last."""
    places: list[int] = []
    held, at, end = data.data, 0, len(data)
    while at < end:
        if end - at < _HEADER or held[at : at + len(_MARK)] != _MARK:
            return None
        places.append(at)
        body = at + _HEADER + held[at + _COUNT]
        at = body + sum(held[at + _HEADER : body].tobytes())  # of a view it takes twice as long
    if at != end or not places:
        return None
    begins = np.array(places, np.int64)
    heads = data[begins[:, None] + np.arange(_HEADER)]
    counts = heads[:, _COUNT].astype(np.int64)
    last_laces = data[np.minimum(begins + _HEADER + counts, end) - 1]
    numbers = np.arange(len(begins))
    filled = np.maximum.accumulate(np.where(counts > 0, numbers, 0))  # pages may be empty
    return Pages(
        at=begins,
        sizes=np.diff(begins, append=end),
        flags=heads[:, _FLAGS].copy(),
        granules=_column(heads, _GRANULE, 8).view("<i8").astype(np.int64),
        serials=_column(heads, _SERIAL, 4).view("<u4").astype(np.uint32),
        numbers=_column(heads, _NUMBER, 4).view("<u4").astype(np.uint32),
        is_whole=(last_laces < _FULL_LACE)[filled],
    )


def stamp(
    data: Bytes,
    at: Integers,
    sizes: Integers,
    *,
    flags: Bytes,
    granules: Integers,
    serial: int,
    first_number: int,
) -> None:
    """Give pages new headers, in place. A checksum that held before holds behind it too.

    Args:
        data: What the pages lie in; changed.
        at: Where each begins.
        sizes: Of each, in bytes.
        flags: Of each.
        granules: Of each.
        serial: Of the stream that they will belong to.
        first_number: Of the first; the others count on.
    """
    heads = data[at[:, None] + np.arange(_HEADER)]
    before = heads.copy()
    heads[:, _FLAGS] = flags
    heads[:, _GRANULE:_SERIAL] = _bytes(granules.astype("<i8"), 8)
    heads[:, _SERIAL:_NUMBER] = _bytes(np.full(len(at), serial, "<u4"), 4)
    numbers = first_number + np.arange(len(at), dtype=np.int64)
    heads[:, _NUMBER:_CHECKSUM] = _bytes(numbers.astype("<u4"), 4)
    change = (before ^ heads)[:, _FLAGS:_CHECKSUM]
    checksums = _column(heads, _CHECKSUM, 4).view("<u4") ^ _checksums(change, sizes - _CHECKSUM)
    heads[:, _CHECKSUM:_COUNT] = _bytes(checksums.astype("<u4"), 4)
    data[at[:, None] + np.arange(_HEADER)] = heads


def paged(
    packets: Iterable[bytes],
    *,
    serial: int,
    number: int,
    granule: int,
    flags: int = 0,
    ends: int = 0,
) -> bytes:
    """Packets on pages of their own.

    Args:
        packets: Coded sound, or headers.
        serial: Of the stream.
        number: Of the first page.
        granule: Samples up to the end of the last packet.
        flags: Of the first page.
        ends: Of the last one, besides.
    """
    held = list(packets)
    laces = [lace for packet in held for lace in _laces(len(packet))]
    body = b"".join(held)
    made: list[bytes] = []
    at, is_torn = 0, False
    for begin in range(0, len(laces), _MOST_LACES):
        table = laces[begin : begin + _MOST_LACES]
        has_end = any(lace < _FULL_LACE for lace in table)
        more = ends if begin + _MOST_LACES >= len(laces) else 0
        page = b"".join((
            _MARK,
            bytes([(CONTINUED if is_torn else flags if not made else 0) | more]),
            (granule if has_end else -1).to_bytes(8, "little", signed=True),
            serial.to_bytes(4, "little"),
            (number + len(made)).to_bytes(4, "little"),
            bytes(4),
            bytes([len(table), *table]),
            body[at : at + sum(table)],
        ))  # fmt: skip
        made.append(page[:_CHECKSUM] + ogg_checksum(page) + page[_COUNT:])
        at, is_torn = at + sum(table), table[-1] == _FULL_LACE
    return b"".join(made)


def _laces(size: int) -> list[int]:
    return [_FULL_LACE] * (size // _FULL_LACE) + [size % _FULL_LACE]


def packets_of(data: bytes) -> list[bytes]:
    """The packets that end in some pages, which begin with a packet of their own."""
    found: list[bytes] = []
    torn, at = b"", 0
    while at < len(data):
        count = data[at + _COUNT]
        laces = data[at + _HEADER : at + _HEADER + count]
        at += _HEADER + count
        for lace in laces:
            torn, at = torn + data[at : at + lace], at + lace
            if lace < _FULL_LACE:
                found.append(torn)
                torn = b""
    return found


def _column(heads: Bytes, begin: int, size: int) -> Bytes:
    return np.ascontiguousarray(heads[:, begin : begin + size]).reshape(-1)


def _bytes(values: npt.NDArray[np.generic], size: int) -> Bytes:
    return values.view(np.uint8).reshape(-1, size)


def _checksums(changes: Bytes, behind: Integers) -> _Words:
    """Ogg's CRC-32 of rows of bytes, each followed by as many zero bytes as `behind` says."""
    one, *powers = _zeros()
    found = np.zeros(len(changes), np.uint32)
    for column in changes.T:
        found = _moved(one[1], found ^ (column.astype(np.uint32) << np.uint32(24)))
    for power, tables in enumerate((one, *powers)):
        digits = behind >> _DIGIT * power & _DIGITS - 1
        found = _moved(tables, found, digits)
    return found


def _moved(tables: _Words, values: _Words, *which: Integers) -> _Words:
    """Checksums after some more zero bytes."""
    found: _Words = tables[*which, 0, values & 255]
    for number in range(1, 4):
        found = found ^ tables[*which, number, values >> np.uint32(8 * number) & 255]
    return found


@functools.cache
def _zeros() -> tuple[_Words, ...]:
    """What 0 to 15 zero bytes make of a checksum, by each of its bytes: shape [16, 4, 256].

    Then what 16 times, and 256 times, and 4,096 times as many make of it.
    """
    values = np.arange(256, dtype=np.uint32)
    tops = values << np.uint32(24)
    for _ in range(8):
        over = np.where(tops >> np.uint32(31) != 0, np.uint32(_POLYNOMIAL), np.uint32(0))
        tops = (tops << np.uint32(1)) ^ over
    shifts = (values << np.uint32(8 * number) for number in range(4))
    none = np.stack(list(shifts))
    step = np.stack([*none[1:], tops])
    levels: list[_Words] = []
    for _ in range(16 // _DIGIT):  # a page has less than 65,536 bytes
        digits = [none]
        for _ in range(_DIGITS):
            digits.append(_moved(step, digits[-1]))
        step = digits.pop()
        levels.append(np.stack(digits))
    return tuple(levels)
