"""What Windows and macOS play, on the interfaces that PyAudioWPatch and catap document."""

import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from recorder.errors import DeviceLost
from recorder.sources import devices, loopbacks, portaudio
from recorder.sources.blocks import BlockStream
from recorder.sources.line import Line
from recorder.sources.loopbacks import TAP, TAP_NAME, WASAPI, Loopback
from recorder.sources.watch import Verdict
from recorder.types import AudioFormat, Seconds, SourceKind, SourceSpec

FORMAT = AudioFormat(container="wav", codec="pcm_f32le", rate_hz=48_000, channels=2)
SPEAKERS = "Speakers (USB) [Loopback]"


class FakeStream:
    """A `pyaudiowpatch.Stream`."""

    def __init__(self, **asked: Any) -> None:
        self.asked = asked
        self.is_running = True

    def is_active(self) -> bool:
        return self.is_running

    def close(self) -> None:
        self.is_running = False


class FakeAudio:
    """A `pyaudiowpatch.PyAudio` of a machine with two outputs."""

    streams: list[FakeStream]
    is_terminated: bool

    def __init__(self) -> None:
        type(self).streams = []
        type(self).is_terminated = False

    def __enter__(self) -> "FakeAudio":
        return self

    def __exit__(self, *_: object) -> None:
        self.terminate()

    def _infos(self) -> Iterator[dict[str, Any]]:
        names = ["Speakers (USB)", "Screen", SPEAKERS, "Screen [Loopback]"]
        for index, name in enumerate(names):
            is_loopback = name.endswith("]")
            yield {
                "index": index,
                "name": name,
                "maxInputChannels": 2 if is_loopback else 0,
                "maxOutputChannels": 0 if is_loopback else 2,
                "defaultSampleRate": 48_000.0,
                "isLoopbackDevice": is_loopback,
            }

    def get_default_wasapi_loopback(self) -> dict[str, Any]:
        return next(info for info in self._infos() if info["name"] == SPEAKERS)

    def get_loopback_device_info_generator(self) -> Iterator[dict[str, Any]]:
        return (info for info in self._infos() if info["isLoopbackDevice"])

    def get_device_info_generator_by_host_api(
        self, *, host_api_type: int
    ) -> Iterator[dict[str, Any]]:
        assert host_api_type == 13
        return self._infos()

    def open(self, **asked: Any) -> FakeStream:
        self.streams.append(FakeStream(**asked))
        return self.streams[-1]

    def terminate(self) -> None:
        type(self).is_terminated = True


class FakeSession:
    """A `catap.RecordingSession` of the system's audio."""

    def __init__(self, on_buffer: Callable[[Any], None]) -> None:
        self.give = on_buffer
        self.capture_failed = False
        self.is_closed = False
        self.stream_format: Any = None

    def start(self) -> None:
        self.stream_format = types.SimpleNamespace(
            is_float=True, bits_per_sample=32, sample_rate=48_000.0, num_channels=2
        )

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> type[FakeAudio]:
    library = types.SimpleNamespace(PyAudio=FakeAudio, paFloat32=1, paWASAPI=13, paContinue=0)
    monkeypatch.setitem(sys.modules, "pyaudiowpatch", library)
    return FakeAudio


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> list[FakeSession]:
    sessions: list[FakeSession] = []

    def record_system_audio(*, on_buffer: Callable[[Any], None]) -> FakeSession:
        sessions.append(FakeSession(on_buffer))
        return sessions[-1]

    library = types.SimpleNamespace(record_system_audio=record_system_audio)
    monkeypatch.setitem(sys.modules, "catap", library)
    return sessions


def read_all(stream: BlockStream) -> list[tuple[int, bytes]]:
    found = []
    while block := stream.get(Seconds(0)):
        found.append((block.position, block.data))
    return found


def test_windows_outputs_are_listed_by_their_own_names(windows: type[FakeAudio]) -> None:
    found = loopbacks._wasapi()
    assert [(each.name, each.is_default) for each in found] == [
        ("Speakers (USB)", True),
        ("Screen", False),
    ]
    assert found[0].format == FORMAT
    assert windows.is_terminated


def test_a_windows_loopback_gives_what_comes_and_is_kept_awake(windows: type[FakeAudio]) -> None:
    stream = loopbacks.open_loopback(WASAPI, SPEAKERS, FORMAT)
    silence, heard = windows.streams
    assert silence.asked["output_device_index"] == 0
    assert silence.asked["stream_callback"](None, 3, {}, 0) == (bytes(24), 0)
    assert heard.asked["input_device_index"] == 2
    for byte in (b"a", b"b"):
        heard.asked["stream_callback"](byte * 16, 2, {}, 0)
    assert read_all(stream) == [(0, b"a" * 16), (2, b"b" * 16)]
    assert not stream.has_ended
    heard.close()
    assert stream.has_ended
    stream.close()
    assert windows.is_terminated
    assert not any(each.is_running for each in windows.streams)


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("Headset [Loopback]", FORMAT),
        (SPEAKERS, AudioFormat(container="wav", codec="pcm_f32le", rate_hz=44_100, channels=2)),
    ],
)
def test_a_windows_output_that_is_not_what_was_listed_is_lost(
    windows: type[FakeAudio], name: str, fmt: AudioFormat
) -> None:
    with pytest.raises(DeviceLost, match="can't be opened"):
        loopbacks.open_loopback(WASAPI, name, fmt)
    assert windows.is_terminated


def a_buffer(at: float | None, frames: int, byte: bytes = b"a") -> Any:
    return types.SimpleNamespace(data=byte * frames * 8, frame_count=frames, input_sample_time=at)


def test_a_tap_gathers_whole_blocks_and_its_count_shows_what_was_dropped(
    mac: list[FakeSession],
) -> None:
    stream = loopbacks.open_loopback(TAP, TAP_NAME, FORMAT)
    (session,) = mac
    for at in range(1_000, 1_000 + 9_600, 480):
        session.give(a_buffer(at, 480))
    session.give(a_buffer(10_600, 480, b"b"))
    session.give(a_buffer(11_800, 9_600, b"c"))  # 720 frames went missing before it
    assert [(at, data[:1], len(data) // 8) for at, data in read_all(stream)] == [
        (0, b"a", 9_600),
        (9_600, b"b", 480),
        (10_800, b"c", 9_600),
    ]
    session.capture_failed = True
    assert stream.has_ended
    stream.close()
    assert session.is_closed


def test_a_tap_without_a_count_goes_on_where_it_was(mac: list[FakeSession]) -> None:
    stream = loopbacks.open_loopback(TAP, TAP_NAME, FORMAT)
    for byte in (b"a", b"b"):
        mac[0].give(a_buffer(None, 9_600, byte))
    assert [at for at, _ in read_all(stream)] == [0, 9_600]


def test_a_tap_in_another_format_than_was_listed_is_lost_and_closed(
    mac: list[FakeSession],
) -> None:
    mono = AudioFormat(container="wav", codec="pcm_f32le", rate_hz=48_000, channels=1)
    with pytest.raises(DeviceLost, match="format has changed"):
        loopbacks.open_loopback(TAP, TAP_NAME, mono)
    assert mac[0].is_closed


def test_without_the_library_nothing_is_listed_and_nothing_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("pyaudiowpatch", "catap"):
        monkeypatch.setitem(sys.modules, name, None)
    assert loopbacks._wasapi() == loopbacks._taps() == []
    for host in (WASAPI, TAP):
        with pytest.raises(DeviceLost, match="can't be opened"):
            loopbacks.open_loopback(host, TAP_NAME, FORMAT)


def test_no_child_is_asked_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopbacks.platform, "system", lambda: "Linux")
    monkeypatch.setattr(loopbacks.subprocess, "run", lambda *_, **__: pytest.fail("asked"))
    assert loopbacks.loopbacks() == []


def test_the_systems_own_loopback_is_the_default_before_any_device(
    monkeypatch: pytest.MonkeyPatch, windows: type[FakeAudio]
) -> None:
    own = Loopback(
        id=SPEAKERS, name="Speakers", host=WASAPI, channels=2, rate_hz=48_000, is_default=True
    )
    cable = portaudio.Input(
        name="CABLE Output", host="MME", channels=2, rate_hz=48_000, is_default=False
    )
    monkeypatch.setattr(devices.sys, "platform", "win32")
    monkeypatch.setattr(devices.loopbacks, "loopbacks", lambda: [own])
    monkeypatch.setattr(devices.portaudio, "inputs", lambda: [cable])
    assert devices.missing() == []
    assert [(each.name, each.is_default) for each in devices.list_sources()] == [
        ("Speakers", True),
        ("CABLE Output", False),
    ]
    info = devices.find(SourceSpec(kind=SourceKind.SYSTEM, address=""))
    assert info.id == SPEAKERS
    line = Line(info)
    windows.streams[-1].asked["stream_callback"](bytes(8), 1, {}, 0)
    block = line.get(Seconds(0))
    assert block is not None
    assert (line.verdict, block.data) == (Verdict.OURS, bytes(8))
    line.close()
