"""From a device's stream to the sink: hold, confirm, place, write.

Blocks wait until the sound server has confirmed, since they came, that the stream was on its own
source; what is not confirmed is never stored. A stream that was moved is given up and opened
again, which takes some milliseconds, so that nothing of the other source is on its way then.
"""

from __future__ import annotations

import collections
import time
from dataclasses import dataclass, replace
from datetime import timedelta

from recorder import clock, pcm
from recorder.errors import DeviceLost, SourceError, Stalled, UnknownDevice
from recorder.events import Noticed
from recorder.sources import devices
from recorder.sources.base import ChunkFacts, Sink, SourceFacts, StopSignal
from recorder.sources.blocks import Block
from recorder.sources.devices import DeviceInfo
from recorder.sources.drift import Drift
from recorder.sources.levelmeter import LevelMeter
from recorder.sources.line import Line
from recorder.sources.past import Past
from recorder.sources.sampleclock import SampleClock
from recorder.sources.silence import SilenceWatch
from recorder.sources.watch import News, Verdict
from recorder.types import GapReason, PlacedBy, Seconds, SourceSpec, iso, parse_iso, utc_now

FIRST_BLOCK_S = 8.0
"""Without a block for so long after opening: stalled. An idle null sink takes 2 to 4 s."""

LATE_S = 0.9
"""Without a block for so long in mid-recording: said, while what is on its way is waited for."""

STALL_S = 2.5
"""Without a block for so long in mid-recording: stalled."""

_POLL_S = 0.25  # between two looks where nothing comes
_HELD_UP_S = 2 * _POLL_S  # between two looks: more than that the recorder itself was held up
_LOOK_S = 0.05  # between two looks for a device that is not here
_AWAITED_S = 5.0  # for a device to come back, before it is said again that it is not here
_MOST_MOVES = 20  # in a row, with nothing stored between them
_ASLEEP_S = 1.0
_WOKEN_WITHIN_S = 3.0  # the session notices that the computer slept, and opens all anew
_LAST_CONFIRM_S = 0.15  # after a stop, for what is held
_CHUNK_S = 1


class Intake:
    """Records one device or one output's sound; a `recorder.sources.base.Source`.

    Remembers from one `capture` to the next which device it was, and where its samples ended.
    """

    def __init__(self, spec: SourceSpec, *, past: Past | None = None) -> None:
        """Prepare to record; touches nothing yet.

        Args:
            spec: What to record.
            past: What an earlier recorder stored of it.
        """
        self._spec = spec
        self._chosen = spec  # from the first capture on by id: a new default changes nothing
        self._place = _Place.in_past(past) if past else None
        self._meter = LevelMeter()
        self._line: Line | None = None

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Record until stopped; see `recorder.sources.base.Source.capture`.

        A device that was here before is waited for, some seconds.

        Raises:
            UnknownDevice: There is no such device, and the session has no sound of it yet.
            DeviceLost: It has gone, or can't be opened now.
            Stalled: It gives no samples.
        """
        cause, moves = _Break(), 0
        sink.metered(self._meter.level)
        while not stop.is_set():
            line = self._open(sink, stop)
            if line is None:
                return
            self._line = line
            taking = _Taking(line, sink, self._meter, place=self._place, cause=cause)
            try:
                taking.run(stop)
            except _Moved as moved:
                moves = 1 if taking.place is not self._place else moves + 1
                if moves > _MOST_MOVES:
                    raise DeviceLost(f"{moved} It keeps doing so.") from moved
                cause = _Break(reason=moved.reason, detail=str(moved))
            finally:
                self._line = None
                line.close()
                self._place = taking.place

    def cancel(self) -> None:
        """Wake `capture` where it waits for samples; see `Source.cancel`."""
        line = self._line
        if line:
            line.wake()

    def _open(self, sink: Sink, stop: StopSignal) -> Line | None:
        info = self._await(stop) if sink.has_audio else devices.find(self._chosen)
        if info is None:
            return None
        self._chosen = replace(self._spec, address=info.id)
        return Line(info)

    def _await(self, stop: StopSignal) -> DeviceInfo | None:
        """The device as soon as it is here; None when stopped.

        Raises:
            DeviceLost: It does not come.
        """
        deadline_s = time.monotonic() + _AWAITED_S
        with News() as news:
            while not stop.is_set():
                try:
                    return devices.find(self._chosen)
                except UnknownDevice as error:
                    if time.monotonic() > deadline_s:
                        raise DeviceLost(error.message, hint=error.hint) from error
                news.wait(_LOOK_S, stop)
        return None


class _Moved(Exception):
    """To `Intake`: the stream is not what it was. Its text is a sentence for the gap."""

    def __init__(self, sentence: str, reason: GapReason) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the stored samples end, on both clocks."""

    session_s: float
    mono_s: float

    @classmethod
    def in_past(cls, past: Past) -> _Place | None:
        """Where samples lie that a recorder before this one stored, by the wall clock."""
        for chunk in reversed(past.track.chunks):
            if chunk.program_date_time and past.is_pcm:
                ago_s = (utc_now() - parse_iso(chunk.program_date_time)).total_seconds()
                return cls(session_s=chunk.start_s, mono_s=time.monotonic() - ago_s)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Break:
    """Why samples don't go on where those before them ended; no reason: the session knows."""

    reason: GapReason | None = None
    detail: str = ""


class _Taking:
    """One line's samples, from its opening to its end.

    Attributes:
        place: Where the stored samples end; None while none ever were.
    """

    def __init__(
        self, line: Line, sink: Sink, meter: LevelMeter, *, place: _Place | None, cause: _Break
    ) -> None:
        self.place = place
        self._line, self._sink, self._format = line, sink, line.info.format
        self._meter = meter
        self._frame_bytes = pcm.frame_bytes(self._format)
        self._clock = SampleClock(self._format.rate_hz)
        self._drift: Drift | None = None  # of the run that grows
        self._held: collections.deque[tuple[Block, _Break | None]] = collections.deque()
        self._cause: _Break | None = cause  # of the break before the next block
        self._position = 0  # where the next block should begin
        self._is_connected = False  # the sink knows who gives the samples
        self._chunk_frames = 0
        self._chunk_facts = ChunkFacts()
        self._silence = SilenceWatch()
        self._asleep_s = clock.suspended_s()

    def run(self, stop: StopSignal) -> None:
        """Take blocks until stopped.

        Raises:
            _Moved, DeviceLost, Stalled: What was confirmed is stored, the rest is not.
        """
        try:
            self._take_until(stop)
        except (SourceError, _Moved):
            self._end_run()
            raise
        self._finish()

    def _take_until(self, stop: StopSignal) -> None:
        silent_s, patience_s, is_late = 0.0, FIRST_BLOCK_S, False
        looked_s = time.monotonic()
        while not stop.is_set():
            block = self._line.get(Seconds(_POLL_S))
            self._demand_awake(stop)
            before_s, looked_s = looked_s, time.monotonic()
            # Where the recorder was held up, the device wasn't: what it gave is on its way.
            silent_s += min(looked_s - before_s, _HELD_UP_S)
            if block:
                self._take(block)
                self._line.ask(block.arrived_mono_s)
                silent_s, patience_s, is_late = 0.0, STALL_S, False
            self._release(self._line.confirmed_mono_s)
            self._demand_ours()
            if silent_s > patience_s:
                raise Stalled(
                    f"{self._line.info.name!r} has given nothing for {patience_s} s.",
                    hint="Is it suspended or unplugged?",
                )
            if patience_s == STALL_S and silent_s > LATE_S and not is_late:
                is_late = True
                self._tell("late", f"{self._line.info.name!r} has given nothing for a second.")

    def _demand_awake(self, stop: StopSignal) -> None:
        """Store nothing of what comes after a sleep before the session knows of it."""
        slept_s = clock.suspended_s() - self._asleep_s
        if slept_s > _ASLEEP_S:
            self._held.clear()
            stop.wait(_WOKEN_WITHIN_S)
            raise DeviceLost(f"The computer was asleep for {slept_s:.0f} s.")

    def _take(self, block: Block) -> None:
        """Note a block's time, and hold it."""
        end = block.position + block.frames
        dropped_s = (block.position - self._position) / self._format.rate_hz
        late_s = self._clock.arrived(block.position, block.taken_mono_s, block.arrived_mono_s)
        self._position = end
        if dropped_s or late_s:
            self._cause = self._cause or _Break(
                reason=GapReason.STALLED,
                detail=f"{dropped_s + late_s:.2f} s were lost on the way: the machine is too busy.",
            )
        self._held.append((block, self._cause))
        self._cause = None

    def _release(self, until_mono_s: float) -> None:
        """Store what had arrived by then."""
        while self._held and self._held[0][0].arrived_mono_s <= until_mono_s:
            block, cause = self._held.popleft()
            if cause:
                self._end_run()
                self._begin_run(block, cause)
            self._write(block)
            self._meter.take(block.data, self._format)
            self._listen(block)

    def _demand_ours(self) -> None:
        name = self._line.info.name
        match self._line.verdict:
            case Verdict.OURS:
                return
            case Verdict.ELSEWHERE:
                raise _Moved(
                    f"The sound server moved the recording from {name!r} elsewhere.",
                    GapReason.FOREIGN_SOURCE,
                )
            case Verdict.CHANGED:
                raise _Moved(f"{name!r} changed its format.", GapReason.DEVICE_LOST)
            case Verdict.SUSPENDED:
                raise Stalled(f"{name!r} is suspended.", safe="What it gave is stored.")
            case Verdict.GONE:
                raise DeviceLost(f"{name!r} has gone.", safe="What it gave is stored.")

    # --- to the sink ---------------------------------------------------------------------------

    def _begin_run(self, block: Block, cause: _Break) -> None:
        sink = self._sink
        begins_mono_s = self._clock.at(block.position)
        start_s = None
        if self.place:
            start_s = Seconds(self.place.session_s + begins_mono_s - self.place.mono_s)
        self._connect()
        sink.begin_run(
            self._format,
            placed_by=PlacedBy.WALL_CLOCK if sink.has_audio else PlacedBy.FIRST,
            start_s=start_s,
            reason=cause.reason,
            detail=cause.detail,
        )
        self._drift = Drift(begins_mono_s)

    def _connect(self) -> None:
        """Tell the sink, once, who gives the samples."""
        if self._is_connected:
            return
        self._is_connected = True
        info = self._line.info
        self._sink.connected(
            SourceFacts(
                address=str(info.spec),
                identity={"device": info.name, "device_id": info.id, "backend": info.backend},
            )
        )

    def _write(self, block: Block) -> None:
        """Write a block, ending a chunk at every whole second."""
        assert self._drift
        rest, position = memoryview(block.data), block.position
        rate_hz = self._format.rate_hz
        while rest:
            if not self._chunk_frames:
                self._begin_chunk(position)
            room = _CHUNK_S * rate_hz - self._chunk_frames
            piece = bytes(rest[: room * self._frame_bytes])
            rest = rest[len(piece) :]
            frames = len(piece) // self._frame_bytes
            self._sink.write(piece, self._drift.told(frames / rate_hz))
            position += frames
            self._chunk_frames += frames
            if self._chunk_frames == _CHUNK_S * rate_hz:
                self._end_chunk()
        self.place = _Place(session_s=self._sink.end_s, mono_s=self._clock.at(position))

    def _begin_chunk(self, position: int) -> None:
        """Note when its first sample was taken, and how fast the device's clock runs."""
        assert self._drift
        begins_mono_s = self._clock.at(position)
        self._drift.measure(begins_mono_s)
        if self._drift.is_due:
            self._tell_drift()
        ago_s = time.monotonic() - begins_mono_s
        moment = iso(utc_now() - timedelta(seconds=ago_s))
        self._chunk_facts = ChunkFacts(program_date_time=moment)

    def _end_chunk(self) -> None:
        self._sink.end_chunk(self._chunk_facts)
        self._chunk_frames = 0

    def _end_run(self) -> None:
        """The samples that follow, if any, are not the next ones."""
        if self._chunk_frames:
            self._end_chunk()
        self._tell_drift()
        self._drift = None

    def _tell_drift(self) -> None:
        sentence = self._drift.sentence() if self._drift else ""
        if sentence:
            self._tell("drift", f"{self._line.info.name!r}: {sentence}")

    def _finish(self) -> None:
        """Store what had come before the stop, once it is confirmed."""
        while block := self._line.get(Seconds(0)):
            self._take(block)
        if self._held:
            self._line.confirm(self._held[-1][0].arrived_mono_s, _LAST_CONFIRM_S)
            self._release(self._line.confirmed_mono_s)
        self._end_run()

    # --- beside it -----------------------------------------------------------------------------

    def _listen(self, block: Block) -> None:
        """Tell digital silence, with its likely cause, and its end."""
        silent_s = self._silence.take(block.data, Seconds(block.frames / self._format.rate_hz))
        if silent_s is None:
            return
        name = self._line.info.name
        if silent_s:
            cause = devices.why_silent(self._line.info)
            self._tell("silence", f"{name!r} gives digital silence for {silent_s:.0f} s. {cause}")
        else:
            self._tell("sound", f"{name!r} gives sound again.")

    def _tell(self, what: str, detail: str) -> None:
        self._sink.tell(Noticed(what=what, detail=detail))
