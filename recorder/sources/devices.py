"""The inputs and loopbacks of this machine, by the names that people know.

On Linux they are the sound server's: every source, and for every sink what it plays (its
monitor). Without a server, and on other systems, they are PortAudio's inputs. What Windows and
macOS play comes from `recorder.sources.loopbacks` where it can, else through a loopback device
among the inputs, which is known by its name.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from recorder.errors import SourceError, UnknownDevice
from recorder.sources import loopbacks, portaudio, pulse
from recorder.sources.loopbacks import Loopback
from recorder.sources.pulse import PulseSource
from recorder.types import AudioFormat, SourceKind, SourceSpec

LOOPBACK_DEVICES = (
    "BlackHole",
    "Loopback Audio",
    "Soundflower",
    "Background Music",
    "CABLE Output",
    "VB-Cable",
    "VoiceMeeter Output",
    "Stereo Mix",
    "What U Hear",
)
"""Beginnings of the names of inputs that hear what is played, on macOS and Windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """Something that can be heard here.

    Attributes:
        name: For people; what follows ``device:`` or ``system:``.
        kind: `SourceKind.DEVICE`, or `SourceKind.SYSTEM` for what a sink plays.
        id: For programs; taken as a name, too.
        backend: Who gives it: ``PulseAudio`` (or PipeWire in its place), ``ALSA``, …
        format: Its own rate, channels and samples, in which it is recorded.
        is_default: Whether it is meant where no name is given.
        note: A sentence where there is something to know, else empty.
        source: The sound server's source, where there is a server.
        channel: The one that is meant, from 1 on, with a format of its own; None for all of them.
        of_channels: How many the device has.
        is_namesake: Whether another of its kind has the same name, so that only the id tells them
            apart.
    """

    name: str
    kind: SourceKind
    id: str
    backend: str
    format: AudioFormat
    is_default: bool
    note: str = ""
    source: PulseSource | None = None
    channel: int | None = None
    of_channels: int = 0
    is_namesake: bool = False

    @property
    def address(self) -> str:
        """What means this device and no other."""
        return self.id if self.is_namesake else self.name

    @property
    def device_id(self) -> str:
        """The id of the whole device."""
        return self.id.removesuffix(f"#{self.channel}") if self.channel else self.id

    @property
    def stream_format(self) -> AudioFormat:
        """What the device itself gives, of which a channel is picked."""
        return replace(self.format, channels=self.of_channels) if self.channel else self.format

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return self.format.channels

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return self.format.rate_hz

    @property
    def spec(self) -> SourceSpec:
        """How to ask for it."""
        return SourceSpec(kind=self.kind, address=self.address)


def list_sources() -> list[DeviceInfo]:
    """All inputs and loopbacks that can be recorded now, inputs first; may take half a second.

    Where nothing can be recorded the list is empty, and `missing` says why.
    """
    try:
        found = _of_server() if sys.platform == "linux" else []
    except UnknownDevice:
        found = []
    try:
        found = found or _of_portaudio()
    except SourceError:
        return []
    return sorted(found, key=lambda info: (info.kind, not info.is_default, info.name.casefold()))


def missing() -> list[str]:
    """What can't be recorded on this machine, and how to get it: sentences, mostly none."""
    try:
        names = [item.name for item in portaudio.inputs()]
        own = loopbacks.loopbacks()
    except SourceError as error:
        return [str(error)]
    if sys.platform != "linux":
        return [] if own or any(map(_is_loopback, names)) else [str(_no_monitor())]
    try:
        pulse.sources()
    except UnknownDevice as error:
        return [f"The system's sound can't be recorded. {error}"]
    return [] if portaudio.PULSE in names else [str(portaudio.no_plugin())]


def find(spec: SourceSpec) -> DeviceInfo:
    """The device that is meant; the default one where no name is given.

    Raises:
        UnknownDevice: None by that name is here, or nothing can be recorded at all.
        SourceError: PortAudio doesn't answer.
    """
    if sys.platform != "linux":
        found = _of_portaudio()
        if spec.kind is SourceKind.SYSTEM and all(one.kind is not spec.kind for one in found):
            raise _no_monitor()
        return choose(spec, found)
    try:
        candidates = _of_server()
    except UnknownDevice:
        if spec.kind is SourceKind.SYSTEM:
            raise
        candidates = _of_portaudio()
    return choose(spec, candidates)


def choose(spec: SourceSpec, candidates: Sequence[DeviceInfo]) -> DeviceInfo:
    """The one of several that is meant: by id, then by name, then by name in any case.

    What no device is called may name one of its channels: ``Interface#2``.

    Raises:
        UnknownDevice: None or several fit.
    """
    kin = [info for info in candidates if info.kind is spec.kind]
    what = "output" if spec.kind is SourceKind.SYSTEM else "input"
    if not spec.address:
        fits = [info for info in kin if info.is_default]
        if not fits:
            raise UnknownDevice(f"There is no default {what} here.", hint=_hint(kin))
        return fits[0]
    wanted = spec.address.casefold()
    fits = (
        [info for info in kin if info.id == spec.address]
        or [info for info in kin if info.name == spec.address]
        or [info for info in kin if info.name.casefold() == wanted]
    )
    if len(fits) > 1:
        ids = ", ".join(info.id for info in fits)
        raise UnknownDevice(
            f"{len(fits)} devices are called {spec.address!r}.", hint=f"Choose by id: {ids}."
        )
    if fits:
        return fits[0]
    device, hash_sign, channel = spec.address.rpartition("#")
    if not (hash_sign and channel.isdecimal()):
        raise UnknownDevice(f"No {what} here is called {spec.address!r}.", hint=_hint(kin))
    return _channel(choose(replace(spec, address=device), candidates), int(channel))


def each_channel(spec: SourceSpec) -> list[SourceSpec]:
    """A device's channels as sources of their own, as `choose` understands them.

    Raises:
        UnknownDevice: None by that name is here, or it has but one channel.
        SourceError: PortAudio doesn't answer.
    """
    info = find(spec)
    if info.channels < 2:
        raise UnknownDevice(
            f"{info.name!r} has one channel.", hint="Record it without splitting channels."
        )
    numbers = range(1, info.channels + 1)
    return [replace(spec, address=f"{info.address}#{number}") for number in numbers]


def _channel(info: DeviceInfo, number: int) -> DeviceInfo:
    """One channel of a device.

    Raises:
        UnknownDevice: It has no such channel.
    """
    if not 1 <= number <= info.channels:
        raise UnknownDevice(
            f"{info.name!r} has no channel {number}.", hint=f"It has 1 to {info.channels}."
        )
    return replace(
        info,
        name=f"{info.name}#{number}",
        id=f"{info.id}#{number}",
        format=replace(info.format, channels=1),
        channel=number,
        of_channels=info.channels,
    )


def why_silent(info: DeviceInfo) -> str:
    """Why a device gives digital silence, most likely: a sentence. Takes two seconds at most."""
    if info.backend == loopbacks.TAP:
        return (
            "Nothing plays, or macOS doesn't allow it: see Privacy & Security, "
            "Screen & System Audio Recording, in the system's settings."
        )
    if info.source is None:
        return "It is muted, nothing plays, or it may not be heard: check the system's settings."
    try:
        return pulse.why_silent(info.device_id)
    except UnknownDevice as error:
        return error.message


def _of_server() -> list[DeviceInfo]:
    return _told_apart(
        DeviceInfo(
            name=source.description,
            kind=SourceKind.SYSTEM if source.is_monitor else SourceKind.DEVICE,
            id=source.name,
            backend="PulseAudio",
            format=source.format,
            is_default=source.is_default,
            note="What is played on this output." if source.is_monitor else "",
            source=source,
        )
        for source in pulse.sources()
    )


def _told_apart(infos: Iterable[DeviceInfo]) -> list[DeviceInfo]:
    """Devices, those marked that have a name in common, as two of one make have."""
    found = list(infos)
    count = Counter((info.kind, info.name.casefold()) for info in found)
    return [
        replace(info, is_namesake=True, note=f"{info.name}. {info.note}".rstrip())
        if count[info.kind, info.name.casefold()] > 1
        else info
        for info in found
    ]


def _of_portaudio() -> list[DeviceInfo]:
    own = loopbacks.loopbacks()
    inputs = portaudio.inputs()
    by_device = [] if sys.platform == "linux" else [i for i in inputs if _is_loopback(i.name)]
    return [_of_loopback(each) for each in own] + [
        DeviceInfo(
            name=item.name,
            kind=SourceKind.SYSTEM if item in by_device else SourceKind.DEVICE,
            id=item.name,
            backend=item.host,
            format=item.format,
            is_default=(not own and by_device[0] is item if item in by_device else item.is_default),
            note="What is played to this loopback device." if item in by_device else "",
        )
        for item in inputs
    ]


def _of_loopback(loopback: Loopback) -> DeviceInfo:
    return DeviceInfo(
        name=loopback.name,
        kind=SourceKind.SYSTEM,
        id=loopback.id,
        backend=loopback.host,
        format=loopback.format,
        is_default=loopback.is_default,
        note="What is played on this output.",
    )


def _is_loopback(name: str) -> bool:
    return name.casefold().startswith(tuple(each.casefold() for each in LOOPBACK_DEVICES))


def _no_monitor() -> UnknownDevice:
    product = "BlackHole" if sys.platform == "darwin" else "VB-Cable"
    return UnknownDevice(
        "The system's own sound can't be recorded here as it is.",
        hint=f"Install a loopback device such as {product}, and play to it.",
    )


def _hint(kin: Sequence[DeviceInfo]) -> str:
    names = ", ".join(repr(info.name) for info in kin)
    return f"Here are: {names}." if names else "'aircheck sources' says what is missing."
