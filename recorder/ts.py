"""AAC out of MPEG transport streams, for a whole part at once (ISO/IEC 13818-1, 2.4.3).

A part is made of packets of 188 bytes; what is wanted are the payloads of one stream, without
their PES headers. numpy finds them all in one stroke; what isn't as plain as HLS's streams are is
left to FFmpeg.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.adts import Bytes
from recorder.mp4 import Integers

_Words = npt.NDArray[np.uint32]

_PACKET = 188
_SYNC = 0x47
_ADTS = 0x0F  # stream type
_PES_HEADER, _PES_START = 9, 0x00_00_01_00
_NEAR = 1_000  # packets; tables come first
_STARTS, _SCRAMBLED = 0x40_00_00, 0xC0  # flags in a packet's first four bytes
_PAYLOAD_ALONE, _FIELD_AND_PAYLOAD = 1, 3  # what its adaptation_field_control says


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Where a stream's own bytes lie in a part.

    Attributes:
        packets: Numbers of the stream's packets; ascending.
        begins: Where in each of them its own bytes begin; they go on to the packet's end.
        before: How many of them come from before each offset that was asked for.
        starts: Where among its own bytes those of a PES packet begin; ascending.
    """

    packets: Integers
    begins: Integers
    before: Integers
    starts: Integers

    def of(self, data: Bytes) -> Bytes:
        """The stream's bytes, of the part's."""
        places = _ends(self.begins) - (_PACKET - self.begins)
        found = np.empty(_PACKET * len(places) - int(self.begins.sum()), np.uint8)
        ordered = np.argsort(self.begins.astype(np.uint8), kind="stable")
        counts = np.bincount(self.begins, minlength=_PACKET)
        for begin, which in enumerate(np.split(ordered, np.cumsum(counts))[:_PACKET]):
            if len(which):  # as rows of one size: numpy copies each of these in one stroke
                row = np.dtype(f"V{_PACKET - begin}")
                count = len(data) // _PACKET
                sources = np.ndarray((count,), row, data, begin, (_PACKET,))
                targets = np.ndarray((len(found) - row.itemsize + 1,), row, found, strides=(1,))
                targets[places[which]] = sources[self.packets[which]]
        return found


def elementary(data: Bytes, ends: Integers) -> Payload | None:
    """Where the first ADTS stream is; None where there is none, or the packets aren't whole.

    Args:
        data: A part.
        ends: Offsets in it.
    """
    if not len(data) or len(data) % _PACKET or (ends % _PACKET).any():
        return None
    packets = data.reshape(-1, _PACKET)
    heads = data.view(">u4")[:: _PACKET // 4].astype(np.uint32)
    ids = heads >> np.uint32(8) & np.uint32(0x1FFF)
    wanted = _stream(packets, ids)
    if wanted is None or (heads >> np.uint32(24) != _SYNC).any():
        return None
    rows = np.flatnonzero(ids == wanted)
    is_first = heads[rows] & np.uint32(_STARTS) != 0
    begins = _payload_begins(packets, rows, heads[rows], is_first)
    if begins is None:
        return None
    before = np.concatenate(([0], _ends(begins)))
    return Payload(
        packets=rows,
        begins=begins,
        before=before[np.searchsorted(rows, ends // _PACKET)],
        starts=before[:-1][is_first],
    )


def _ends(begins: Integers) -> Integers:
    """Where the own bytes of each packet end, among all of the stream's."""
    found: Integers = np.cumsum(_PACKET - begins)
    return found


def _payload_begins(
    packets: Bytes, rows: Integers, heads: _Words, is_first: npt.NDArray[np.bool_]
) -> Integers | None:
    """Where in some packets the stream's own bytes begin; 188 where one holds none."""
    if (heads & np.uint32(_SCRAMBLED)).any():
        return None
    control = heads >> np.uint32(4) & np.uint32(3)
    begins = np.where(control == _PAYLOAD_ALONE, np.int64(4), np.int64(_PACKET))
    longer = np.flatnonzero(control == _FIELD_AND_PAYLOAD)
    begins[longer] = 5 + packets[rows[longer], 4].astype(np.int64)
    if (begins > _PACKET).any():
        return None
    first = np.flatnonzero(is_first & (begins < _PACKET))
    at, places = begins[first], rows[first]
    if (at + _PES_HEADER > _PACKET).any():
        return None
    words = np.ndarray((packets.size - 3,), ">u4", packets, strides=(1,))
    if (words[places * _PACKET + at] & ~np.uint32(0xFF) != _PES_START).any():
        return None
    begins[first] = at + _PES_HEADER + packets[places, at + _PES_HEADER - 1]
    return None if (begins > _PACKET).any() else begins


def _stream(packets: Bytes, ids: _Words) -> int | None:
    """The packet id of the first ADTS stream, by the first PAT and PMT (2.4.4)."""
    programs = _section(packets, ids, 0)
    if len(programs) < 12 or programs[0] != 0:
        return None
    table = _section(packets, ids, (programs[10] & 0x1F) << 8 | programs[11])
    if len(table) < 12 or table[0] != 2:
        return None
    end = min(len(table), 3 + ((table[1] & 0x0F) << 8 | table[2])) - 4
    at = 12 + ((table[10] & 0x0F) << 8 | table[11])
    while at + 5 <= end:
        if table[at] == _ADTS:
            return (table[at + 1] & 0x1F) << 8 | table[at + 2]
        at += 5 + ((table[at + 3] & 0x0F) << 8 | table[at + 4])
    return None


def _section(packets: Bytes, ids: _Words, wanted: int) -> bytes:
    """The first table of a packet id, as far as its first packet holds it."""
    for end in (_NEAR, len(ids)):
        is_first = (ids[:end] == wanted) & (packets[:end, 1] & 0x40 != 0)
        if is_first.any():
            break
    else:
        return b""
    packet = bytes(packets[np.argmax(is_first)])
    begin = 4 if packet[3] >> 4 & 3 == 1 else 5 + packet[4]
    if begin >= _PACKET:
        return b""
    return packet[begin + 1 + packet[begin] :]
