import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recorder.errors import DeviceLost, SourceError, Stalled, UnknownDevice
from recorder.sources import blocks, intake, pulse, silence, watch
from recorder.sources.base import SinkClosed
from recorder.sources.blocks import Block
from recorder.sources.device import DeviceSource
from recorder.sources.devices import DeviceInfo
from recorder.sources.intake import Intake
from recorder.sources.levelmeter import LevelMeter
from recorder.sources.line import Line
from recorder.sources.system import SystemSource
from recorder.sources.watch import Verdict
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, SourceKind, SourceSpec
from tests.parts import wait_until
from tests.pulseserver import RATE_HZ, PulseServer, numbers_in, sound_server, write_numbered
from tests.recorder.sources.sink import MemorySink

_STOPS_WITHIN_S = 0.3  # 100 ms are promised; the machine that tests may be busy


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    """Two sinks; 'Speakers' is the default one."""
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        server.add_sink("headset", "Headset")
        yield server


class Capture:
    """A source at work in a thread, into a sink in memory."""

    def __init__(self, source: Intake, sink: MemorySink) -> None:
        self.source, self.sink = source, sink
        self.error: SourceError | None = None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._work, args=(source,), name="capture-test")
        self.thread.start()

    def _work(self, source: Intake) -> None:
        try:
            source.capture(self.sink, self.stop)
        except SourceError as error:
            self.error = error

    def end(self) -> float:
        """Stop it; seconds until it had ended."""
        asked_s = time.monotonic()
        self.stop.set()
        self.source.cancel()
        self.thread.join(5)
        assert not self.thread.is_alive()
        return time.monotonic() - asked_s

    def wait_error(self) -> SourceError:
        self.thread.join(10)
        assert self.error is not None, "the capture goes on"
        return self.error


class SlowSink(MemorySink):
    """A sink whose `write` waits while `goes_on` is cleared."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def write(self, data: bytes, duration_s: Seconds) -> None:
        assert self.goes_on.wait(10)
        super().write(data, duration_s)


@contextmanager
def capturing(source: Intake, sink: MemorySink) -> Iterator[Capture]:
    capture = Capture(source, sink)
    try:
        yield capture
    finally:
        capture.end()


def a_system(name: str = "") -> SystemSource:
    return SystemSource(SourceSpec(kind=SourceKind.SYSTEM, address=name))


def has_heard(sink: MemorySink, number: float) -> Callable[[], bool]:
    """Whether a frame up to this number has been stored."""
    return lambda: bool(np.any(numbers_in(bytes(sink.written)) >= number))


def assert_unbroken(numbers: np.ndarray) -> None:
    steps = np.flatnonzero(np.diff(numbers) != 1)
    assert steps.size == 0, f"broken after {numbers[steps][:5]}, {numbers[steps + 1][:5]}"


def test_a_monitor_is_recorded_sample_for_sample(server: PulseServer, home: Path) -> None:
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink) as capture:
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.play(write_numbered(home / "a.wav", 1.5), "speakers")
        wait_until(has_heard(sink, 1.5 * RATE_HZ - 1), what="the last sample")
        assert capture.end() < _STOPS_WITHIN_S
    numbers = numbers_in(bytes(sink.written))
    assert_unbroken(numbers)
    assert numbers[0] < 0.05 * RATE_HZ  # the server mixes a new player in where it can
    assert numbers[-1] == 1.5 * RATE_HZ - 1
    assert capture.error is None


def test_chunks_are_seconds_and_the_run_is_the_devices_own_format(
    server: PulseServer, home: Path
) -> None:
    server.add_sink("studio", "Studio", codec="float32le", rate_hz=44_100)
    sink = MemorySink()
    with capturing(a_system("Studio"), sink):
        wait_until(lambda: len(sink.chunks) >= 2, what="two chunks")
    (run,) = sink.runs
    assert (run.fmt.codec, run.fmt.rate_hz, run.fmt.channels) == ("pcm_f32le", 44_100, 2)
    assert run.placed_by is PlacedBy.FIRST
    assert [len(chunk.data) for chunk in sink.chunks[:2]] == [44_100 * 8] * 2
    assert sink.unended == b""
    assert sink.facts[0].identity == {
        "device": "Studio", "device_id": "studio.monitor", "backend": "PulseAudio",
    }  # fmt: skip


@pytest.mark.parametrize("codec", ["s24le", "s32le"])
def test_wide_samples_keep_all_their_bits(codec: str, server: PulseServer, home: Path) -> None:
    """What PulseAudio widens from 16 bits has zeros below, and the 16 bits on top."""
    server.add_sink("wide", "Wide", codec=codec)
    width = int(codec[1:3]) // 8
    sink = MemorySink()
    with capturing(a_system("Wide"), sink):
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.play(write_numbered(home / "a.wav", 1.0), "wide")
        wait_until(lambda: len(sink.written.rstrip(b"\0")) > RATE_HZ * width, what="sound")
    samples = np.frombuffer(bytes(sink.written), np.uint8).reshape(-1, width)
    assert not samples[:, : width - 2].any()
    assert_unbroken(numbers_in(samples[:, width - 2 :].tobytes()))


def test_two_outputs_at_once_are_each_themselves(server: PulseServer, home: Path) -> None:
    speakers, headset = MemorySink(), MemorySink()
    with capturing(a_system("Speakers"), speakers), capturing(a_system("Headset"), headset):
        wait_until(lambda: speakers.has_audio and headset.has_audio, what="both")
        server.play(write_numbered(home / "a.wav", 1.0, mark=1), "speakers")
        server.play(write_numbered(home / "b.wav", 1.0, mark=2), "headset")
        wait_until(has_heard(speakers, RATE_HZ / 2))
        wait_until(lambda: numbers_in(bytes(headset.written), mark=2).size > RATE_HZ / 2)
    assert_unbroken(numbers_in(bytes(speakers.written), mark=1))
    assert_unbroken(numbers_in(bytes(headset.written), mark=2))


def test_an_input_is_recorded_by_its_name(server: PulseServer, home: Path) -> None:
    server.add_input("mic", "Desk Microphone", of_sink="headset")
    sink = MemorySink()
    source = DeviceSource(SourceSpec(kind=SourceKind.DEVICE, address="desk microphone"))
    with capturing(source, sink):
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.play(write_numbered(home / "a.wav", 1.0), "headset")
        wait_until(has_heard(sink, RATE_HZ - 1), what="the last sample")
    assert_unbroken(numbers_in(bytes(sink.written)))
    assert sink.facts[0].identity["device_id"] == "mic"


def test_a_sink_that_goes_away_is_lost_and_nothing_else_is_recorded(
    server: PulseServer, home: Path
) -> None:
    """PulseAudio moves the stream to the headset then, without a word."""
    server.play(write_numbered(home / "a.wav", 30, mark=1), "speakers")
    server.play(write_numbered(home / "b.wav", 30, mark=2), "headset")
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink) as capture:
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        server.remove_sink("speakers")
        error = capture.wait_error()
    assert isinstance(error, DeviceLost)
    assert "'Speakers' has gone" in str(error)
    assert_unbroken(numbers_in(bytes(sink.written), mark=1))
    assert len(sink.runs) == 1


def test_a_sink_that_comes_back_is_recorded_again_where_the_clock_says(
    server: PulseServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_AWAITED_S", 0.2)
    source, sink = a_system(), MemorySink()
    with capturing(source, sink) as capture:
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        server.remove_sink("speakers")
        capture.wait_error()
    stored_s = sink.end_s
    with capturing(source, sink) as capture:
        assert isinstance(capture.wait_error(), DeviceLost)  # though another default is here now
    server.add_sink("speakers", "Speakers")
    began_s = time.monotonic()
    with capturing(source, sink):
        wait_until(lambda: len(sink.runs) == 2, what="sound again")
        took_s = time.monotonic() - began_s
    (gap,) = sink.gaps
    assert gap.from_s == stored_s
    assert 0 < gap.to_s - gap.from_s < took_s + 3
    assert sink.runs[1].placed_by is PlacedBy.WALL_CLOCK


def test_a_stream_that_is_moved_is_taken_back(server: PulseServer, home: Path) -> None:
    server.play(write_numbered(home / "a.wav", 30, mark=1), "speakers")
    server.play(write_numbered(home / "b.wav", 30, mark=2), "headset")
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        with server.control() as pulse:
            (ours,) = [one for one in pulse.source_output_list() if "aircheck.id" in one.proplist]
            pulse.source_output_move(ours.index, pulse.get_source_by_name("headset.monitor").index)
        wait_until(lambda: len(sink.runs) == 2, what="its own source again")
        end_s = sink.end_s
        wait_until(lambda: sink.end_s > end_s + 0.5, what="more sound")
    (gap,) = sink.gaps
    assert gap.reason is GapReason.FOREIGN_SOURCE
    numbers = numbers_in(bytes(sink.written), mark=1)
    (step,) = np.flatnonzero(np.diff(numbers) != 1)
    missing_s = (numbers[step + 1] - numbers[step] - 1) / RATE_HZ
    assert gap.to_s - gap.from_s == pytest.approx(missing_s, abs=0.1)


def test_a_stream_that_is_moved_away_and_back_at_once_is_noticed(
    server: PulseServer, home: Path
) -> None:
    """No question would show it: when it is asked, the stream is where it was."""
    server.play(write_numbered(home / "a.wav", 30, mark=1), "speakers")
    server.play(write_numbered(home / "b.wav", 30, mark=2), "headset")
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        for number in range(5):
            server.move_recordings("headset.monitor", "speakers.monitor")
            wait_until(lambda: len(sink.gaps) > number, what="a gap")  # noqa: B023 (called here)
            end_s = sink.end_s
            wait_until(lambda: sink.end_s > end_s + 0.2, what="more sound")  # noqa: B023
    assert {gap.reason for gap in sink.gaps} == {GapReason.FOREIGN_SOURCE}
    numbers_in(bytes(sink.written), mark=1)


def test_a_suspended_output_is_stalled_at_once_and_then_goes_on(
    server: PulseServer, home: Path
) -> None:
    source, sink = a_system("Speakers"), MemorySink()
    with capturing(source, sink) as capture:
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        server.suspend_sink("speakers")
        error = capture.wait_error()
    assert isinstance(error, Stalled)
    assert "is suspended" in str(error)
    with capturing(source, sink):
        server.suspend_sink("speakers", goes_on=True)
        wait_until(lambda: len(sink.runs) == 2, what="sound again")


def test_an_output_that_comes_back_with_another_rate_is_recorded_in_that(
    server: PulseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, sink = a_system("Speakers"), MemorySink()
    with capturing(source, sink) as capture:
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        server.remove_sink("speakers")
        assert isinstance(capture.wait_error(), DeviceLost)
    with capturing(source, sink):
        server.add_sink("speakers", "Speakers", codec="s32le", rate_hz=96_000)
        wait_until(lambda: len(sink.runs) == 2, what="sound again")
    assert [(run.fmt.rate_hz, run.fmt.codec) for run in sink.runs] == [
        (48_000, "pcm_s16le"), (96_000, "pcm_s32le"),
    ]  # fmt: skip


def test_a_source_whose_format_changes_is_opened_anew(
    server: PulseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that avoids resampling does that; it is told of here, since a null sink can't."""
    sink, true_format = MemorySink(), pulse.format_of

    def another(source: object) -> AudioFormat:
        return replace(true_format(source), rate_hz=44_100)

    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        monkeypatch.setattr(pulse, "format_of", another)
        with server.control() as control:  # any change will do
            control.mute(control.get_source_by_name("speakers.monitor"))
        wait_until(lambda: len(sink.runs) == 2, what="the other format")
    assert [run.fmt.rate_hz for run in sink.runs] == [48_000, 44_100]
    assert "changed its format" in sink.gaps[0].detail


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        (lambda _server, _home: None, "Nothing plays on it."),
        (lambda server, _home: server.mute("speakers"), "The output is muted."),
        (
            lambda server, home: server.play(write_silence(home / "a.wav"), "speakers"),
            "What plays on it is silent.",
        ),
    ],
)
def test_digital_silence_is_told_with_its_likely_cause(
    server: PulseServer,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[PulseServer, Path], None],
    cause: str,
) -> None:
    monkeypatch.setattr(silence, "TELL_AFTER_S", 0.5)
    deed(server, home)
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.notices, what="a word")
    (notice,) = sink.notices
    assert notice.what == "silence"
    assert notice.detail.endswith(cause)


def test_sound_after_silence_is_told_too(
    server: PulseServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "TELL_AFTER_S", 0.5)
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.notices, what="silence")
        server.play(write_numbered(home / "a.wav", 2.0), "speakers")
        wait_until(lambda: len(sink.notices) == 2, what="sound")
    assert sink.notices[1].what == "sound"


def test_clipped_samples_are_counted(server: PulseServer, home: Path) -> None:
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.play(write_loud(home / "a.wav", clipped=500), "speakers")
        wait_until(lambda: clipped(sink) >= 500, what="all of them")
    assert clipped(sink) == 500


def clipped(sink: MemorySink) -> int:
    level = sink.read_level()
    return level.clipped if level else 0


def write_silence(path: Path) -> Path:
    return write_samples(path, np.zeros((10 * RATE_HZ, 2), "<i2"))


def write_loud(path: Path, *, clipped: int) -> Path:
    frames = np.zeros((RATE_HZ, 2), "<i2")
    frames[RATE_HZ // 2 : RATE_HZ // 2 + clipped, 0] = 32_767
    return write_samples(path, frames)


def write_samples(path: Path, frames: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(frames.tobytes())
    return path


def test_a_computer_that_slept_stores_nothing_until_the_session_knows(
    server: PulseServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_WOKEN_WITHIN_S", 0.1)
    slept_s = [0.0]
    monkeypatch.setattr(intake.clock, "suspended_s", lambda: slept_s[0])
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink) as capture:
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        slept_s[0] = 100.0
        error = capture.wait_error()
    assert "asleep for 100 s" in str(error)


def test_what_comes_before_a_late_answer_is_not_stored(
    server: PulseServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine: the watch hears of no event, and asks but once a second."""
    monkeypatch.setattr(watch, "_ASK_EVERY_S", 0.9)
    monkeypatch.setattr(watch.Watch, "_take", lambda *_: None)
    server.play(write_numbered(home / "a.wav", 30, mark=1), "speakers")
    server.play(write_numbered(home / "b.wav", 30, mark=2), "headset")
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink) as capture:
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        server.remove_sink("speakers")
        capture.wait_error()
    assert_unbroken(numbers_in(bytes(sink.written), mark=1))


def test_a_server_that_hangs_is_told_and_holds_nobody(server: PulseServer) -> None:
    source, sink = a_system("Speakers"), MemorySink()
    with capturing(source, sink) as capture:
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.hang()
        assert isinstance(capture.wait_error(), Stalled)
    with capturing(source, sink) as capture:
        error = capture.wait_error()
        assert isinstance(error, DeviceLost)
        assert "doesn't answer" in str(error)
    server.hang(goes_on=True)
    with capturing(source, sink) as capture:
        wait_until(lambda: len(sink.runs) == 2, what="sound again")
        server.hang()
        assert capture.end() < _STOPS_WITHIN_S + 0.2  # the hold's confirmation, and the close
    server.hang(goes_on=True)


def test_a_killed_server_is_a_lost_device_and_then_goes_on(server: PulseServer) -> None:
    source, sink = a_system("Speakers"), MemorySink()
    with capturing(source, sink) as capture:
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.kill()
        assert isinstance(capture.wait_error(), DeviceLost)
    with capturing(source, sink) as capture:
        assert isinstance(capture.wait_error(), DeviceLost)
    server.start()
    server.add_sink("speakers", "Speakers")
    with capturing(source, sink):
        wait_until(lambda: len(sink.runs) == 2, what="sound again")


@pytest.mark.parametrize("name", ["Kitchen", "speakers.monitor.x"])
def test_an_unknown_output_is_said_to_be_one(name: str, server: PulseServer) -> None:
    with pytest.raises(UnknownDevice, match=f"called '{name}'.*Speakers.*Headset"):
        a_system(name).capture(MemorySink(), threading.Event())


def test_levels_are_told_while_sound_comes(server: PulseServer, home: Path) -> None:
    sink = MemorySink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.has_audio, what="the first sample")
        server.play(write_numbered(home / "a.wav", 10.0, mark=3), "speakers")
        level = wait_until(
            lambda: (level := sink.read_level()) and level.peak_dbfs > -6 and level,
            what="a loud moment",
        )
    assert level.peak_dbfs >= level.rms_dbfs > -20


def test_a_closed_sink_ends_the_capture(server: PulseServer) -> None:
    sink, ended = MemorySink(), threading.Event()

    def work() -> None:
        with pytest.raises(SinkClosed):
            a_system("Speakers").capture(sink, threading.Event())
        ended.set()

    thread = threading.Thread(target=work, name="capture-test")
    thread.start()
    wait_until(lambda: sink.has_audio, what="the first sample")
    sink.close()
    assert ended.wait(5)
    thread.join()


def test_what_was_not_fetched_in_time_is_a_gap(
    server: PulseServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that blocks for longer than the queue holds."""
    monkeypatch.setattr(blocks, "_MOST_BLOCKS", 4)
    server.play(write_numbered(home / "a.wav", 30), "speakers")
    sink = SlowSink()
    with capturing(a_system("Speakers"), sink):
        wait_until(lambda: sink.end_s > 0.5, what="sound")
        sink.goes_on.clear()
        began_s = time.monotonic()
        wait_until(lambda: time.monotonic() > began_s + 1.5, what="a queue that is full")
        sink.goes_on.set()
        wait_until(lambda: len(sink.runs) > 1, what="another run")
        end_s = sink.end_s
        wait_until(lambda: sink.end_s > end_s + 0.3, what="more sound")
    assert sink.gaps  # a busy machine adds others
    assert {gap.reason for gap in sink.gaps} == {GapReason.STALLED}
    assert all("too busy" in gap.detail for gap in sink.gaps)
    numbers = numbers_in(bytes(sink.written))
    numbers = numbers[numbers != 0]  # what plays is held up too, and the sink is silent meanwhile
    steps = np.flatnonzero(np.diff(numbers) != 1)
    missing_s = (numbers[steps + 1] - numbers[steps] - 1) / RATE_HZ
    for gap, lost_s in zip(sink.gaps, missing_s, strict=True):
        assert lost_s - 0.01 <= gap.to_s - gap.from_s <= lost_s + 0.3


class ScriptedLine(Line):
    """A line, all its own, whose blocks come at the times that a test wants."""

    confirmed_mono_s = float("inf")
    verdict = Verdict.OURS
    has_ended = False

    def __init__(self, blocks: list[Block]) -> None:
        self.info = MICROPHONE
        self._blocks = blocks
        self.is_over = threading.Event()

    def ask(self, mono_s: float) -> None:
        """All is confirmed."""

    def get(self, wait_s: float) -> Block | None:  # noqa: ARG002 (the base's name)
        if len(self._blocks) <= 1:
            self.is_over.set()
        return self._blocks.pop(0) if self._blocks else None


MICROPHONE = DeviceInfo(
    name="Microphone",
    kind=SourceKind.DEVICE,
    id="mic",
    backend="test",
    format=AudioFormat(container="wav", codec="pcm_s16le", rate_hz=RATE_HZ, channels=2),
    is_default=True,
)


def a_block(number: int, *, taken_mono_s: float) -> Block:
    """The block of a twentieth of a second that has this number."""
    return Block(
        position=number * 2_400,
        frames=2_400,
        data=bytes(2_400 * 4),
        taken_mono_s=taken_mono_s,
        arrived_mono_s=taken_mono_s + 0.05,
    )


class HeldUpLine(ScriptedLine):
    """The recorder itself is held up for 9 s, before a block that is there all the while."""

    now_s = 1_000.0

    def get(self, wait_s: float) -> Block | None:
        self.now_s += 9.0 if len(self._blocks) == 20 else 0.05
        if len(self._blocks) == 20 and self.now_s < 1_015:
            return None  # so long that the wait for the block has timed out
        return super().get(wait_s)


def test_a_recorder_that_was_held_up_takes_what_has_come_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocks = [a_block(each, taken_mono_s=1_000 + each * 0.05) for each in range(40)]
    line, sink = HeldUpLine(blocks), MemorySink()
    monkeypatch.setattr(intake.time, "monotonic", lambda: line.now_s)
    intake._Taking(line, sink, LevelMeter(), place=None, cause=intake._Break()).run(line.is_over)
    assert sink.gaps == []
    assert sink.notices == []
    assert len(sink.written) == 40 * 2_400 * 4


def test_samples_that_the_clock_misses_are_a_gap() -> None:
    """From the fourth second on blocks come a second late, for good; none was dropped here."""
    now_s = time.monotonic()
    blocks = [a_block(each, taken_mono_s=now_s + each * 0.05 + (each >= 80)) for each in range(160)]
    line, sink = ScriptedLine(blocks), MemorySink()
    intake._Taking(line, sink, LevelMeter(), place=None, cause=intake._Break()).run(line.is_over)
    (gap,) = sink.gaps
    assert gap.reason is GapReason.STALLED
    assert gap.to_s - gap.from_s == pytest.approx(1, abs=0.01)
    assert 4 <= gap.from_s <= 6  # found within two seconds
    assert len(sink.written) == 160 * 2_400 * 4
    assert sink.end_s == pytest.approx(9, abs=0.01)


def test_a_device_without_a_server_is_recorded_too(
    server: PulseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALSA's plugin stands for a device that no server can move."""

    def no_server() -> list[object]:
        raise UnknownDevice("No sound server answers.")

    monkeypatch.setattr(pulse, "sources", no_server)
    sink = MemorySink()
    with capturing(DeviceSource(SourceSpec(kind=SourceKind.DEVICE, address="pulse")), sink):
        wait_until(lambda: len(sink.chunks) == 1, what="a second")
    (run,) = sink.runs
    assert (run.fmt.codec, run.fmt.channels) == ("pcm_s24le", 2)
    assert sink.facts[0].identity["backend"] == "ALSA"


@pytest.mark.parametrize("source", [DeviceSource, SystemSource])
def test_a_source_of_another_kind_is_a_mistake_of_the_program(source: type[Intake]) -> None:
    with pytest.raises(ValueError, match="is not"):
        source(SourceSpec(kind=SourceKind.FILE, address="x.wav"))
