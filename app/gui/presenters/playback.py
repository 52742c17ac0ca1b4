"""Decoded sound from any moment of a session on, a little ahead of the ear. No Qt.

A thread decodes into a bounded queue; the player takes bytes out of it as the device asks for
them. Gaps are skipped, and the place in session time stays true: it comes from the blocks' own
start, not from counting what was played.
"""

from __future__ import annotations

import bisect
import logging
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recorder.archive import SessionFolder
from recorder.errors import AircheckError, DecodeError
from recorder.types import Seconds

if TYPE_CHECKING:
    from recorder.decode import Block

RATE_HZ = 48_000
CHANNELS = 2
BYTES_A_FRAME = 2 * CHANNELS  # 16-bit
_BLOCK_S = 0.25
_BLOCKS_AHEAD = 8
_PUT_WITHIN_S = 0.1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of sound without a gap.

    Attributes:
        start_s: Session time of its first frame.
        pcm: 16-bit little-endian frames of two channels.
    """

    start_s: Seconds
    pcm: bytes


class Feed:
    """Sound from a moment on. `take` and `close` are called from one thread; closed twice unharmed.

    Args:
        folder: The session's.
        from_s: Session time to begin at; in a gap, its end is where it begins.
    """

    def __init__(self, folder: SessionFolder, from_s: float) -> None:
        self._folder = folder
        self._from_s = from_s
        self._queue: queue.Queue[Piece | AircheckError | None] = queue.Queue(_BLOCKS_AHEAD)
        self._closed = threading.Event()
        self._rest = b""
        self._taken_frames = 0
        self._piece_at = 0  # frames in the pieces before the next one
        self._places: list[tuple[int, float]] = [(0, from_s)]  # frames taken before, session time
        self.is_over = False
        self.error: AircheckError | None = None
        self._thread = threading.Thread(target=self._serve, name="gui-decode", daemon=True)
        self._thread.start()

    def take(self, count: int) -> bytes:
        """Up to ``count`` bytes, in whole frames; empty when nothing is ready or all is taken."""
        taken = bytearray()
        while len(taken) + BYTES_A_FRAME <= count and (self._rest or self._next()):
            size = (count - len(taken)) // BYTES_A_FRAME * BYTES_A_FRAME
            taken += self._rest[:size]
            self._rest = self._rest[size:]
        self._taken_frames += len(taken) // BYTES_A_FRAME
        return bytes(taken)

    def position(self, heard_frames: int) -> Seconds:
        """Session time of the frame that is heard when so many were played before it."""
        starts = [frames for frames, _ in self._places]
        frames, start_s = self._places[max(bisect.bisect_right(starts, heard_frames) - 1, 0)]
        return Seconds(start_s + (heard_frames - frames) / RATE_HZ)

    @property
    def taken_frames(self) -> int:
        """How many frames were taken so far."""
        return self._taken_frames

    def close(self) -> None:
        """Stop decoding; the thread ends after the block that it is at."""
        self._closed.set()

    def _next(self) -> bool:
        """Make the next piece the rest; False when there is none now."""
        if self.is_over:
            return False
        try:
            piece = self._queue.get_nowait()
        except queue.Empty:
            return False
        if isinstance(piece, Piece):
            self._place(piece)
            self._rest = piece.pcm
            return True
        self.is_over, self.error = True, piece
        return False

    def _place(self, piece: Piece) -> None:
        """Write down a jump; what goes on smoothly needs no line of its own."""
        frames = self._piece_at
        self._piece_at += len(piece.pcm) // BYTES_A_FRAME
        expected_s = self.position(frames)
        if not frames:
            self._places = [(0, float(piece.start_s))]
        elif abs(piece.start_s - expected_s) > 1 / RATE_HZ:
            self._places.append((frames, float(piece.start_s)))

    def _serve(self) -> None:
        last: AircheckError | None = None
        try:
            for piece in _pieces(self._folder, self._from_s):
                if not self._put(piece):
                    return
        except AircheckError as error:
            last = error
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _log.exception("decoding for playback failed")
            last = DecodeError(
                f"This can't be played ({type(error).__name__}: {error}).",
                safe="The recording is untouched.",
                hint="'aircheck verify' says what holds.",
            )
        self._put(last)

    def _put(self, item: Piece | AircheckError | None) -> bool:
        """Put it as soon as there is room; False when nobody listens any more."""
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=_PUT_WITHIN_S)
            except queue.Full:
                continue
            return True
        return False


def _pieces(folder: SessionFolder, from_s: float) -> Iterator[Piece]:
    from recorder.decode import decode  # noqa: PLC0415 (av and numpy load when playing starts)

    for block in decode(
        folder, from_s=Seconds(from_s), rate_hz=RATE_HZ, channels=CHANNELS, block_s=_BLOCK_S
    ):
        yield Piece(start_s=block.start_s, pcm=_pcm(block))


def _pcm(block: Block) -> bytes:
    import numpy as np  # noqa: PLC0415 (as above)

    samples: Any = np.clip(block.samples, -1.0, 1.0) * 32_767
    return bytes(samples.round().astype("<i2").tobytes())
