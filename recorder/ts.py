"""AAC out of MPEG transport streams, for a whole part at once (ISO/IEC 13818-1, 2.4.3).

A part is made of packets of 188 bytes; what is wanted are the payloads of one stream, without
their PES headers. numpy finds them all in one stroke; what isn't as plain as HLS's streams are is
left to FFmpeg.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recorder.adts import Bytes
from recorder.mp4 import Integers

_PACKET = 188
_SYNC = 0x47
_ADTS = 0x0F  # stream type
_PES_HEADER = 9
_NEAR = 1_000  # packets; tables come first


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Where a stream's own bytes lie in a part.

    Attributes:
        packets: Numbers of the stream's packets; ascending.
        begins: Where in each of them its own bytes begin; they go on to the packet's end.
        before: How many of them come from before each offset that was asked for.
    """

    packets: Integers
    begins: Integers
    before: Integers

    def of(self, data: Bytes) -> Bytes:
        """The stream's bytes, of the part's."""
        packets = data.reshape(-1, _PACKET)
        sizes = _PACKET - self.begins
        places = np.cumsum(sizes) - sizes
        found = np.empty(int(sizes.sum()), np.uint8)
        for begin in np.unique(self.begins).tolist():  # most are 4
            if begin < _PACKET:
                which = np.flatnonzero(self.begins == begin)
                rows = sliding_window_view(found, _PACKET - begin, writeable=True)
                rows[places[which]] = packets[self.packets[which], begin:]
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
    ids = (packets[:, 1].astype(np.int32) & 0x1F) << 8 | packets[:, 2]
    wanted = _stream(packets, ids)
    if wanted is None or (packets[:, 0] != _SYNC).any():
        return None
    rows = np.flatnonzero(ids == wanted)
    begins = _payload_begins(packets[rows])
    if begins is None:
        return None
    before = np.concatenate(([0], np.cumsum(_PACKET - begins)))
    return Payload(
        packets=rows, begins=begins, before=before[np.searchsorted(rows, ends // _PACKET)]
    )


def _payload_begins(packets: Bytes) -> Integers | None:
    """Where in each packet the stream's own bytes begin; 188 where it holds none."""
    control = packets[:, 3] >> 4 & 3
    begins = np.where(
        control == 1, 4, np.where(control == 3, 5 + packets[:, 4].astype(np.int64), _PACKET)
    )
    if (packets[:, 3] & 0xC0).any() or (begins > _PACKET).any():  # scrambled, or nonsense
        return None
    is_first = (packets[:, 1] & 0x40 != 0) & (begins < _PACKET)
    rows = np.flatnonzero(is_first)
    at = begins[rows]
    if (at + _PES_HEADER > _PACKET).any():
        return None
    if (packets[rows[:, None], at[:, None] + np.arange(3)] != (0, 0, 1)).any():
        return None
    begins[rows] = at + _PES_HEADER + packets[rows, at + _PES_HEADER - 1]
    return None if (begins > _PACKET).any() else begins


def _stream(packets: Bytes, ids: Integers) -> int | None:
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


def _section(packets: Bytes, ids: Integers, wanted: int) -> bytes:
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
