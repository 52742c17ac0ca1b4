import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder import launch
from recorder.errors import UnknownDevice
from recorder.sources import devices, portaudio
from recorder.sources.devices import DeviceInfo
from recorder.types import AudioFormat, SourceKind, SourceSpec
from tests.parts import require
from tests.pulseserver import PulseServer, sound_server


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        yield server


@pytest.fixture
def no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require("portaudio")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{home}/nobody")


def a_device(name: str, *, kind: SourceKind = SourceKind.DEVICE, **more: object) -> DeviceInfo:
    fmt = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=48_000, channels=1)
    facts = {"id": f"id of {name}", "backend": "test", "is_default": False, "format": fmt, **more}
    return DeviceInfo(name=name, kind=kind, **facts)  # type: ignore[arg-type]


def asked(name: str, kind: SourceKind = SourceKind.DEVICE) -> SourceSpec:
    return SourceSpec(kind=kind, address=name)


def test_inputs_and_outputs_are_listed_by_the_names_that_people_know(server: PulseServer) -> None:
    server.add_sink("card0", "Living Room Speakers", codec="s32le", rate_hz=96_000)
    server.add_sink("card1", "USB Headset")
    server.add_input("mic", "Desk Microphone", of_sink="card1")
    found = devices.list_sources()
    assert [(one.kind, one.name, one.id, one.is_default) for one in found] == [
        (SourceKind.DEVICE, "Desk Microphone", "mic", True),
        (SourceKind.SYSTEM, "Living Room Speakers", "card0.monitor", True),
        (SourceKind.SYSTEM, "USB Headset", "card1.monitor", False),
    ]
    speakers = found[1]
    assert (speakers.channels, speakers.rate_hz) == (2, 96_000)
    assert speakers.format.codec == "pcm_s32le"
    assert str(speakers.spec) == "system:Living Room Speakers"
    assert devices.missing() == []


def test_a_name_listed_is_a_name_found(server: PulseServer) -> None:
    server.add_sink("card0", "Speakers")
    server.add_input("mic", "Microphone", of_sink="card0")
    for listed in devices.list_sources():
        assert devices.find(listed.spec) == listed


def test_two_outputs_of_one_name_are_found_as_they_are_listed(server: PulseServer) -> None:
    """The default one, too, and the channels of each."""
    server.add_sink("card0", "HDMI")
    server.add_sink("card1", "HDMI")
    listed = devices.list_sources()
    assert sorted(str(each.spec) for each in listed) == [
        "system:card0.monitor",
        "system:card1.monitor",
    ]
    assert [each.note[:5] for each in listed] == ["HDMI.", "HDMI."]
    for each in listed:
        assert devices.find(each.spec).id == each.id
    default = launch.named(asked("", SourceKind.SYSTEM))
    assert devices.find(default).is_default
    assert [devices.find(each).channel for each in devices.each_channel(default)] == [1, 2]


def test_without_a_server_it_is_said_what_is_missing(no_server: None) -> None:
    (sentence,) = devices.missing()
    assert "No sound server answers" in sentence
    assert "PipeWire" in sentence
    with pytest.raises(UnknownDevice, match="No sound server answers"):
        devices.find(asked("", SourceKind.SYSTEM))
    with pytest.raises(UnknownDevice, match="No input here is called 'Microphone'"):
        devices.find(asked("Microphone"))


def test_without_a_server_what_portaudio_finds_is_listed(
    server: PulseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is there for ALSA alone: its plugin is the one input without sound hardware."""

    def no_server() -> list[object]:
        raise UnknownDevice("No sound server answers.")

    server.add_sink("card0", "Speakers")
    monkeypatch.setattr(devices.pulse, "sources", no_server)
    found = {one.name: one for one in devices.list_sources()}
    assert found["pulse"].kind is SourceKind.DEVICE
    assert found["pulse"].backend == "ALSA"
    assert found["pulse"].format.channels == 2  # it claims 32
    assert devices.find(asked("pulse")) == found["pulse"]


def test_without_portaudio_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    fmt = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=48_000, channels=2)
    with pytest.raises(UnknownDevice, match=r"PortAudio is not installed.*libportaudio2"):
        portaudio.open_input("pulse", fmt)


@pytest.mark.parametrize(("system", "product"), [("darwin", "BlackHole"), ("win32", "VB-Cable")])
def test_elsewhere_the_systems_sound_needs_a_loopback_device(
    system: str, product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("portaudio")
    monkeypatch.setattr(devices.sys, "platform", system)
    with pytest.raises(UnknownDevice, match=product):
        devices.find(asked("", SourceKind.SYSTEM))
    assert any(product in sentence for sentence in devices.missing())


def test_no_name_means_the_default_one() -> None:
    candidates = [a_device("A"), a_device("B", is_default=True)]
    assert devices.choose(asked(""), candidates).name == "B"


def test_no_default_is_said_with_what_there_is() -> None:
    with pytest.raises(UnknownDevice, match=r"no default input here.*'A'"):
        devices.choose(asked(""), [a_device("A")])


@pytest.mark.parametrize("name", ["Mic", "mic", "MIC", "id of Mic"])
def test_a_device_is_found_by_name_and_by_id(name: str) -> None:
    assert devices.choose(asked(name), [a_device("Other"), a_device("Mic")]).name == "Mic"


def test_a_part_of_a_name_is_not_enough() -> None:
    """Else another microphone would be taken where the one that was meant is unplugged."""
    with pytest.raises(UnknownDevice, match="No input here is called 'Mic'"):
        devices.choose(asked("Mic"), [a_device("Mic Two")])


def test_an_input_is_not_taken_for_an_output() -> None:
    with pytest.raises(UnknownDevice, match="No output"):
        devices.choose(asked("A", SourceKind.SYSTEM), [a_device("A")])


def test_two_of_one_name_are_told_apart_by_id() -> None:
    candidates = [a_device("Mic", id="usb-1"), a_device("Mic", id="usb-2")]
    with pytest.raises(UnknownDevice, match=r"2 devices are called 'Mic'.*usb-1, usb-2"):
        devices.choose(asked("Mic"), candidates)
    assert devices.choose(asked("usb-2"), candidates).id == "usb-2"


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_a_loopback_device_is_the_systems_sound(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["MacBook Microphone", "BlackHole 2ch", "CABLE Output (VB-Audio)"]
    inputs = [
        portaudio.Input(
            name=name, host="test", channels=2, rate_hz=48_000, is_default=name == names[0]
        )
        for name in names
    ]
    monkeypatch.setattr(devices.sys, "platform", system)
    monkeypatch.setattr(portaudio, "inputs", lambda: inputs)
    assert devices.find(asked("", SourceKind.SYSTEM)).name == "BlackHole 2ch"
    assert devices.find(asked("cable output (vb-audio)", SourceKind.SYSTEM)).name == names[2]
    assert devices.find(asked("")).name == "MacBook Microphone"
    assert devices.missing() == []
