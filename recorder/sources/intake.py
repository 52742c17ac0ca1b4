"""From a device's stream to the sink: hold, confirm, place, write.

Blocks wait until they are a fifth of a second old and the sound server has confirmed, since they
came, that the stream was on its own source; what is not confirmed is never stored. A stream that
was moved is given up and opened again, so that nothing of the other source is on its way then.
"""

from __future__ import annotations

import collections
import secrets
import time
from dataclasses import dataclass, replace

from recorder import pcm
from recorder.errors import DeviceLost, SourceError, Stalled, UnknownDevice
from recorder.sources import devices, portaudio, pulse
from recorder.sources.base import Sink, SourceFacts, StopSignal
from recorder.sources.devices import DeviceInfo
from recorder.sources.portaudio import Block
from recorder.sources.pulse import Verdict, Watch
from recorder.sources.sampleclock import SampleClock
from recorder.types import GapReason, PlacedBy, Seconds, SourceSpec

HOLD_S = 0.2
"""How old a block must be when it is confirmed. PulseAudio's answer holds for all that came before
the question; PipeWire's may be late by a moment."""

FIRST_BLOCK_S = 8.0
"""Without a block for so long after opening: stalled. An idle null sink takes 2 to 4 s."""

STALL_S = 2.5
"""Without a block for so long in mid-recording: stalled."""

_POLL_S = 0.02  # a stop is seen within
_LAST_CONFIRM_S = 0.15  # after a stop, for what is held
_LEVEL_S = 0.1
_CHUNK_S = 1


class Line:
    """An open stream, and whether it is on its own source; closed twice without harm."""

    def __init__(self, info: DeviceInfo) -> None:
        """Open it.

        Raises:
            UnknownDevice: What leads to it is not installed.
            DeviceLost: It can't be opened now.
        """
        self.info = info
        self._watch: Watch | None = None
        if info.source is None:  # no server that could move it
            self.stream = portaudio.open_input(info.id, info.format)
            return
        token = secrets.token_hex(8)
        self.stream = portaudio.open_input(
            portaudio.PULSE,
            info.format,
            environment={"PULSE_SOURCE": info.id, "PULSE_PROP": f"{pulse.TOKEN}={token}"},
        )
        self._watch = Watch(info.source, token)

    @property
    def verdict(self) -> Verdict:
        """Where the stream is, as last seen."""
        if self.stream.has_ended:
            return Verdict.GONE
        return self._watch.verdict if self._watch else Verdict.OURS

    @property
    def confirmed_mono_s(self) -> float:
        """All that had arrived at this moment of the monotonic clock is surely ours."""
        return self._watch.confirmed_mono_s if self._watch else time.monotonic()

    def confirm(self, mono_s: float, within_s: float) -> None:
        """Wait until what had arrived at a moment is confirmed, or can't be, or time is up."""
        if self._watch:
            self._watch.wait(mono_s, within_s)

    def close(self) -> None:
        """End the stream and the watch."""
        if self._watch:
            self._watch.close()
        self.stream.close()


class Intake:
    """Records one device or one output's sound; a `recorder.sources.base.Source`.

    Remembers from one `capture` to the next which device it was, and where its samples ended.
    """

    def __init__(self, spec: SourceSpec) -> None:
        """Prepare to record; touches nothing yet."""
        self._spec = spec
        self._chosen = spec  # from the first capture on by id: a new default changes nothing
        self._place: _Place | None = None

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Record until stopped; see `recorder.sources.base.Source.capture`.

        Raises:
            UnknownDevice: There is no such device, and the session has no sound of it yet.
            DeviceLost: It has gone, or can't be opened now.
            Stalled: It gives no samples.
        """
        cause = _Break()
        while not stop.is_set():
            line = self._open(sink)
            taking = _Taking(line, sink, place=self._place, cause=cause)
            try:
                taking.run(stop)
            except _Moved as moved:
                if taking.place is self._place:
                    raise DeviceLost(f"{moved} The sound server keeps doing so.") from moved
                cause = _Break(reason=GapReason.FOREIGN_SOURCE, detail=str(moved))
            finally:
                line.close()
                self._place = taking.place

    def cancel(self) -> None:
        """Nothing to do: no call here blocks for longer than a stop may take."""

    def _open(self, sink: Sink) -> Line:
        try:
            info = devices.find(self._chosen)
        except UnknownDevice as error:
            if not sink.has_audio:
                raise
            raise DeviceLost(error.message, hint=error.hint) from error
        self._chosen = replace(self._spec, address=info.id)
        return Line(info)


class _Moved(Exception):
    """To `Intake`: the stream was moved to another source. Its text is a sentence for the gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the stored samples end, on both clocks."""

    session_s: float
    mono_s: float


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

    def __init__(self, line: Line, sink: Sink, *, place: _Place | None, cause: _Break) -> None:
        self.place = place
        self._line, self._sink, self._format = line, sink, line.info.format
        self._frame_bytes = pcm.frame_bytes(self._format)
        self._clock = SampleClock(self._format.rate_hz)
        self._held: collections.deque[tuple[Block, _Break | None]] = collections.deque()
        self._cause: _Break | None = cause  # of the break before the next block
        self._position = 0  # where the next block should begin
        self._is_connected = False  # the sink knows who gives the samples
        self._chunk_frames = 0
        self._unmetered = bytearray()

    def run(self, stop: StopSignal) -> None:
        """Take blocks until stopped.

        Raises:
            _Moved, DeviceLost, Stalled: What was confirmed is stored, the rest is not.
        """
        try:
            self._take_until(stop)
        except (SourceError, _Moved):
            self._sink.end_chunk()
            raise
        self._finish()

    def _take_until(self, stop: StopSignal) -> None:
        heard_mono_s, patience_s = time.monotonic(), FIRST_BLOCK_S
        while not stop.is_set():
            block = self._line.stream.get(Seconds(_POLL_S))
            if block:
                self._take(block)
                heard_mono_s, patience_s = block.arrived_mono_s, STALL_S
            self._release(self._line.confirmed_mono_s - HOLD_S)
            self._demand_ours()
            if time.monotonic() - heard_mono_s > patience_s:
                raise Stalled(
                    f"{self._line.info.name!r} has given nothing for {patience_s} s.",
                    hint="Is it suspended or unplugged?",
                )

    def _take(self, block: Block) -> None:
        """Note a block's time and level, and hold it."""
        end = block.position + block.frames
        dropped_s = (block.position - self._position) / self._format.rate_hz
        late_s = self._clock.arrived(end, block.arrived_mono_s)
        self._position = end
        if dropped_s or late_s:
            self._cause = self._cause or _Break(
                reason=GapReason.STALLED,
                detail=f"{dropped_s + late_s:.2f} s were lost on the way: the machine is too busy.",
            )
        self._held.append((block, self._cause))
        self._cause = None
        self._meter(block.data)

    def _meter(self, data: bytes) -> None:
        self._unmetered += data
        if len(self._unmetered) >= _LEVEL_S * self._format.rate_hz * self._frame_bytes:
            level = pcm.level(bytes(self._unmetered), self._format)
            self._unmetered.clear()
            self._sink.level(level.peak_dbfs, level.rms_dbfs)

    def _release(self, until_mono_s: float) -> None:
        """Store what had arrived by then."""
        while self._held and self._held[0][0].arrived_mono_s <= until_mono_s:
            block, cause = self._held.popleft()
            if cause:
                self._begin_run(block, cause)
            self._write(block)

    def _demand_ours(self) -> None:
        name = self._line.info.name
        match self._line.verdict:
            case Verdict.OURS:
                return
            case Verdict.ELSEWHERE:
                raise _Moved(f"The sound server moved the recording from {name!r} elsewhere.")
            case Verdict.GONE:
                raise DeviceLost(f"{name!r} has gone.", safe="What it gave is stored.")

    def _begin_run(self, block: Block, cause: _Break) -> None:
        info, sink = self._line.info, self._sink
        begins_mono_s = self._clock.at(block.position)
        start_s = None
        if self.place:
            start_s = Seconds(self.place.session_s + begins_mono_s - self.place.mono_s)
        if not self._is_connected:
            self._is_connected = True
            sink.connected(
                SourceFacts(
                    address=str(replace(info.spec, address=info.name)),
                    identity={"device": info.name, "device_id": info.id, "backend": info.backend},
                )
            )
        self._chunk_frames = 0
        sink.begin_run(
            self._format,
            placed_by=PlacedBy.WALL_CLOCK if sink.has_audio else PlacedBy.FIRST,
            start_s=start_s,
            reason=cause.reason,
            detail=cause.detail,
        )

    def _write(self, block: Block) -> None:
        """Write a block, ending a chunk at every whole second."""
        rest = memoryview(block.data)
        while rest:
            room = _CHUNK_S * self._format.rate_hz - self._chunk_frames
            piece = bytes(rest[: room * self._frame_bytes])
            rest = rest[len(piece) :]
            frames = len(piece) // self._frame_bytes
            self._sink.write(piece, Seconds(frames / self._format.rate_hz))
            self._chunk_frames += frames
            if self._chunk_frames == _CHUNK_S * self._format.rate_hz:
                self._sink.end_chunk()
                self._chunk_frames = 0
        self.place = _Place(
            session_s=self._sink.end_s, mono_s=self._clock.at(block.position + block.frames)
        )

    def _finish(self) -> None:
        """Store what had come before the stop, once it is confirmed."""
        while block := self._line.stream.get(Seconds(0)):
            self._take(block)
        if self._held:
            self._line.confirm(self._held[-1][0].arrived_mono_s, _LAST_CONFIRM_S)
            self._release(self._line.confirmed_mono_s)
        self._sink.end_chunk()
