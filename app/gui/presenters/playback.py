"""Decoded sound from any moment on, a little ahead of the ear. No Qt.

    Sound        what can be played: a session, a file
    Hearing      how: the pace, what is left out, what becomes of gaps
    Feed         a thread that decodes into a bounded queue; the player takes bytes out of it

The place in session time stays true: it comes from the pieces' own start and pace, not from
counting what was played. What is left out is said (`Feed.last_jump`).
"""

from __future__ import annotations

import bisect
import json
import logging
import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.gui.presenters import words
from app.gui.presenters.history import Histories
from app.gui.presenters.language import translate
from recorder import cover, labels
from recorder.archive import SessionFolder
from recorder.errors import AircheckError, DecodeError
from recorder.glance import glance
from recorder.timeline import Timeline
from recorder.types import Seconds

if TYPE_CHECKING:
    from recorder.decode import Block

RATE_HZ = 48_000
CHANNELS = 2
BYTES_A_FRAME = 2 * CHANNELS  # 16-bit

SLOWEST, FASTEST = 0.5, 3.0
PACES = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)

_BLOCK_S = 0.1
_BLOCKS_AHEAD = 20
_PUT_WITHIN_S = 0.1
_LIVE_POLL_S = 0.25
_SILENCE_BLOCK_S = 0.5
_TOUCHING_S = 1e-3
_LEAST_SKIP_S = 1.0
_KEPT_AT_EDGE_S = 0.25
"""Of what is skipped, at both its ends: a breath stays a breath."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How people want to hear.

    Attributes:
        pace: 0.5 to 3; the pitch stays.
        skip_silence: Whether stretches labelled silence are left out.
        skip_music: Likewise music.
        gaps_sound: Whether a gap is heard as silence as long as it is; else it is jumped over.
    """

    pace: float = 1.0
    skip_silence: bool = False
    skip_music: bool = False
    gaps_sound: bool = False

    def stepped(self, direction: int) -> Hearing:
        """The next pace up (1) or down (-1); the normal one (0)."""
        if not direction:
            return replace(self, pace=1.0)
        ahead = [pace for pace in PACES if (pace - self.pace) * direction > 1e-6]
        nearest = min(ahead, key=lambda pace: abs(pace - self.pace), default=self.pace)
        return replace(self, pace=nearest)

    def to_text(self) -> str:
        """What `of_text` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Hearing:
        """As it was kept; the usual one where that can't be read."""
        try:
            kept = json.loads(text)
            hearing = cls(
                **{name: type(value)(kept[name]) for name, value in asdict(cls()).items()}
            )
        except (ValueError, KeyError, TypeError):
            return cls()
        return hearing if hearing.pace in PACES else cls()

    def with_silence_turned(self) -> Hearing:
        """With silence left out, or heard again."""
        return replace(self, skip_silence=not self.skip_silence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of session time that is heard; without a track it is a gap's silence."""

    track: str
    from_s: float
    to_s: float


class Sound(Protocol):
    """Something that can be played from any moment of its own time."""

    @property
    def key(self) -> Path:
        """The same for the same sound."""

    @property
    def folder(self) -> SessionFolder | None:
        """The session that it is of, if it is of one."""

    def blocks(
        self, from_s: float, hearing: Hearing, closed: threading.Event
    ) -> Iterator[Block | Stretch]:
        """Sound from a moment on, in order; a `Stretch` is a gap's silence.

        Raises:
            AircheckError: It can't be read or decoded.
        """


class SessionSound:
    """A session's sound: each second from the first track that has it, as it grows.

    Args:
        folder: The session's.
        histories: Where its journal may be known already.
    """

    def __init__(self, folder: SessionFolder, histories: Histories) -> None:
        self._folder = folder
        self._histories = histories

    @property
    def key(self) -> Path:
        """Its folder."""
        return self._folder.path

    @property
    def folder(self) -> SessionFolder:
        """The session's."""
        return self._folder

    def blocks(
        self, from_s: float, hearing: Hearing, closed: threading.Event
    ) -> Iterator[Block | Stretch]:
        """What is known is heard at once; of a session that goes on, what comes in meanwhile."""
        at_s = from_s
        known = self._histories.known(self._folder)
        if known is None or known.timeline.duration_s <= from_s:
            at_s = yield from self._glanced(from_s, hearing)
        while not closed.is_set():
            history = self._histories.read(self._folder)
            for item in self._of(history.timeline, at_s, hearing):
                yield item
                at_s = item.to_s if isinstance(item, Stretch) else float(item.end_s)
            is_over = history.is_sealed or self._folder.holder() is None
            if is_over and self._histories.read(self._folder).size == history.size:
                return
            closed.wait(_LIVE_POLL_S)

    def _glanced(self, from_s: float, hearing: Hearing) -> Generator[Block, None, float]:
        """The rest of one part, while nobody has read the journal; returns where to go on.

        Nothing where more is to be known: what labels leave out, how long gaps are.
        """
        if hearing.skip_music or hearing.skip_silence or hearing.gaps_sound:
            return from_s
        found = glance(self._folder.journal_path, from_s)
        if found is None or found.parts[0].start_s > from_s:
            return from_s
        yield from _decoded(self._folder, found, "a", from_s, None)
        return float(found.parts[0].end_s)

    def _of(self, timeline: Timeline, from_s: float, hearing: Hearing) -> Iterator[Block | Stretch]:
        found = labels.read(self._folder) if hearing.skip_silence or hearing.skip_music else None
        for stretch in heard(timeline, from_s, hearing, found):
            if stretch.track:
                yield from _decoded(
                    self._folder, timeline, stretch.track, stretch.from_s, stretch.to_s
                )
            else:
                yield stretch


class FileSound:
    """A file's sound, in its own time.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def key(self) -> Path:
        """The file's path."""
        return self._path

    @property
    def folder(self) -> None:
        """It is of no session."""
        return

    def blocks(
        self, from_s: float, hearing: Hearing, closed: threading.Event
    ) -> Iterator[Block | Stretch]:
        """All of it from a moment on."""
        del hearing, closed  # a file has neither gaps nor labels
        from recorder.decode import decode_file  # noqa: PLC0415 (loads av and numpy)

        return decode_file(
            self._path, from_s=from_s, rate_hz=RATE_HZ, channels=CHANNELS, block_s=_BLOCK_S
        )


def heard(
    timeline: Timeline, from_s: float, hearing: Hearing, found: labels.Labels | None
) -> Iterator[Stretch]:
    """Which stretches are heard from a moment on, in order."""
    skipped = _skipped(hearing, found)
    end_s = from_s
    for taken in cover.best(timeline):
        if taken.to_s <= from_s:
            continue
        begin_s = max(float(taken.from_s), from_s)
        if hearing.gaps_sound and begin_s - end_s > _TOUCHING_S:
            yield Stretch(track="", from_s=end_s, to_s=begin_s)
        end_s = float(taken.to_s)
        for left_s, right_s in _without(begin_s, end_s, skipped):
            yield Stretch(track=taken.track, from_s=left_s, to_s=right_s)


def _skipped(hearing: Hearing, found: labels.Labels | None) -> list[tuple[float, float]]:
    """What is left out by its label, in order."""
    kinds = {
        kind
        for kind, is_out in (
            (labels.Kind.SILENCE, hearing.skip_silence),
            (labels.Kind.MUSIC, hearing.skip_music),
        )
        if is_out
    }
    stretches = (
        (label.from_s + _KEPT_AT_EDGE_S, label.to_s - _KEPT_AT_EDGE_S)
        for label in (found.labels if found else ())
        if label.kind in kinds
    )
    return [each for each in stretches if each[1] - each[0] >= _LEAST_SKIP_S]


def _without(
    from_s: float, to_s: float, skipped: list[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """What is left of a stretch."""
    at_s = from_s
    for begin_s, end_s in skipped:
        if end_s <= at_s or begin_s >= to_s:
            continue
        if begin_s > at_s:
            yield at_s, begin_s
        at_s = end_s
    if at_s < to_s:
        yield at_s, to_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of sound without a gap.

    Attributes:
        start_s: Session time of its first frame.
        pace: Seconds of session time that a second of it stands for.
        pcm: 16-bit little-endian frames of two channels.
    """

    start_s: Seconds
    pcm: bytes
    pace: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """From how many frames on session time runs from where, and how fast."""

    frames: int
    start_s: float
    pace: float


class Feed:
    """Sound from a moment on. `take` and `close` are called from one thread; closed twice unharmed.

    Args:
        sound: What is played.
        from_s: Its time to begin at; in a gap, its end is where it begins.
        hearing: How.
    """

    def __init__(self, sound: Sound, from_s: float, hearing: Hearing | None = None) -> None:
        self._sound = sound
        self._from_s = from_s
        self._hearing = hearing or Hearing()
        self._queue: queue.Queue[Piece | AircheckError | None] = queue.Queue(_BLOCKS_AHEAD)
        self._closed = threading.Event()
        self._rest = b""
        self._taken_frames = 0
        self._piece_at = 0  # frames in the pieces before the next one
        self._places = [_Place(frames=0, start_s=from_s, pace=self._hearing.pace)]
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
        place = self._places[self._place_of(heard_frames)]
        return Seconds(place.start_s + (heard_frames - place.frames) / RATE_HZ * place.pace)

    def last_jump(self, heard_frames: int) -> tuple[float, float] | None:
        """From where to where the last jump went by then; None where there was none."""
        number = self._place_of(heard_frames)
        if not number:
            first = self._places[0]
            return (self._from_s, first.start_s) if first.start_s > self._from_s + 0.1 else None
        before, place = self._places[number - 1], self._places[number]
        left_s = before.start_s + (place.frames - before.frames) / RATE_HZ * before.pace
        return left_s, place.start_s

    @property
    def taken_frames(self) -> int:
        """How many frames were taken so far."""
        return self._taken_frames

    def close(self) -> None:
        """Stop decoding; the thread ends after the block that it is at."""
        self._closed.set()

    def _place_of(self, heard_frames: int) -> int:
        starts = [place.frames for place in self._places]
        return max(bisect.bisect_right(starts, heard_frames) - 1, 0)

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
        place = _Place(frames=frames, start_s=float(piece.start_s), pace=piece.pace)
        expected_s = self.position(frames)
        if not frames:
            self._places = [place]
        elif (
            abs(place.start_s - expected_s) > place.pace * _SMOOTH_S
            or place.pace != self._places[-1].pace
        ):
            self._places.append(place)

    def _serve(self) -> None:
        last: AircheckError | None = None
        try:
            for piece in _pieces(self._sound, self._from_s, self._hearing, self._closed):
                if not self._put(piece):
                    return
        except AircheckError as error:
            last = error
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _log.exception("decoding for playback failed")
            last = DecodeError(
                translate("Player", "This can't be played ({what}).").format(
                    what=f"{type(error).__name__}: {error}"
                ),
                safe=translate("Player", "The recording is untouched."),
                hint=translate("Player", "'aircheck verify' says what holds."),
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


_SMOOTH_S = 2e-3
"""Blocks that follow each other may miss by rounding; a jump is longer."""


def _pieces(
    sound: Sound, from_s: float, hearing: Hearing, closed: threading.Event
) -> Iterator[Piece]:
    """What is heard, at the pace that is wanted."""
    from app.gui.presenters.pace import Stretcher  # noqa: PLC0415 (av and numpy load when playing)

    stretcher = Stretcher(RATE_HZ, CHANNELS, hearing.pace)
    end_s: float | None = None
    for item in sound.blocks(from_s, hearing, closed):
        start_s = item.from_s if isinstance(item, Stretch) else float(item.start_s)
        if end_s is not None and abs(start_s - end_s) > _TOUCHING_S:
            yield from _paced(stretcher.end(), hearing.pace)
        if isinstance(item, Stretch):
            yield from _paced(stretcher.end(), hearing.pace)
            yield from _silence(item, hearing.pace)
            end_s = item.to_s
        else:
            yield from _paced(stretcher.put(start_s, item.samples), hearing.pace)
            end_s = float(item.end_s)
    yield from _paced(stretcher.end(), hearing.pace)


def _paced(made: Iterator[tuple[float, Any]], pace: float) -> Iterator[Piece]:
    for start_s, samples in made:
        yield Piece(start_s=Seconds(start_s), pcm=_pcm(samples), pace=pace)


def _silence(gap: Stretch, pace: float) -> Iterator[Piece]:
    at_s = gap.from_s
    while at_s < gap.to_s:
        length_s = min(_SILENCE_BLOCK_S * pace, gap.to_s - at_s)
        frames = max(round(length_s / pace * RATE_HZ), 1)
        yield Piece(start_s=Seconds(at_s), pcm=bytes(frames * BYTES_A_FRAME), pace=pace)
        at_s += length_s


def _decoded(
    folder: SessionFolder, timeline: Timeline, track: str, from_s: float, to_s: float | None
) -> Iterator[Block]:
    from recorder.decode import decode_timeline  # noqa: PLC0415 (loads av and numpy)

    return decode_timeline(
        folder.path,
        timeline,
        track=track,
        from_s=from_s,
        to_s=to_s,
        rate_hz=RATE_HZ,
        channels=CHANNELS,
        block_s=_BLOCK_S,
    )


def _pcm(samples: Any) -> bytes:
    import numpy as np  # noqa: PLC0415 (loads when playing starts)

    scaled: Any = np.clip(samples, -1.0, 1.0) * 32_767
    return bytes(scaled.round().astype("<i2").tobytes())


def jumped(jump: tuple[float, float], timeline_gaps: tuple[tuple[float, float, str], ...]) -> str:
    """What to say of a jump: ``gap of 7 s jumped over: connection lost``.

    Args:
        jump: From where to where.
        timeline_gaps: The session's gaps: from, to, reason.
    """
    from_s, to_s = jump
    length = words.length(to_s - from_s)
    for gap_from_s, gap_to_s, reason in timeline_gaps:
        if gap_from_s < to_s and gap_to_s > from_s:
            return translate("Player", "Gap of {length} jumped over: {reason}").format(
                length=length, reason=reason
            )
    return translate("Player", "{length} skipped").format(length=length)
