"""The seam to PulseAudio, and to PipeWire where it speaks PulseAudio's language, by pulsectl."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from recorder.errors import UnknownDevice
from recorder.sources import deadline
from recorder.types import AudioFormat, Seconds

_ANSWER_WITHIN_S = Seconds(2.0)
# https://freedesktop.org/software/pulseaudio/doxygen/sample_8h.html#pa_sample_format_t
_CODECS = {
    5: "pcm_f32le",
    6: "pcm_f32le",
    7: "pcm_s32le",
    8: "pcm_s32le",
    9: "pcm_s24le",
    10: "pcm_s24le",
    11: "pcm_s32le",  # 24 bits in 32
    12: "pcm_s32le",
}  # all others (8 bits, A-law, µ-law, 16 bits) fit into 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseSource:
    """A source as the server has it: an input, or a sink's monitor.

    Attributes:
        index: The server's number; never given twice.
        name: For programs; the same again when the device comes back.
        description: For people; of a monitor that of its sink.
        is_monitor: Whether it is what a sink plays.
        is_default: Whether it is the default source, or the monitor of the default sink.
        format: The source's own.
    """

    index: int
    name: str
    description: str
    is_monitor: bool
    is_default: bool
    format: AudioFormat


def sources() -> list[PulseSource]:
    """All sources of the server, in its order; takes some milliseconds.

    Raises:
        UnknownDevice: There is no server, or it hangs, or there is no library to talk to it.
    """
    try:
        return deadline.call(_sources, within_s=_ANSWER_WITHIN_S, name="pulse-list")
    except TimeoutError as error:
        raise UnknownDevice(
            "The sound server doesn't answer.", hint="Restart PipeWire or PulseAudio."
        ) from error


def _sources() -> list[PulseSource]:
    with connected() as pulse:
        server = pulse.server_info()
        sinks = {sink.name: sink.description for sink in pulse.sink_list()}
        found = pulse.source_list()
    return [
        PulseSource(
            index=source.index,
            name=source.name,
            description=sinks.get(source.monitor_of_sink_name) or source.description,
            is_monitor=source.monitor_of_sink_name is not None,
            is_default=server.default_sink_name == source.monitor_of_sink_name
            if source.monitor_of_sink_name
            else server.default_source_name == source.name,
            format=format_of(source),
        )
        for source in found
    ]


def is_there() -> bool:
    """Whether a sound server answers, once it was started where it starts when it is asked for.

    Takes some milliseconds; 2 s where it hangs.
    """
    try:
        deadline.call(_greet, within_s=_ANSWER_WITHIN_S, name="pulse-greet")
    except (UnknownDevice, TimeoutError):
        return False
    return True


def _greet() -> None:
    with mapped(), _library().Pulse("aircheck", connect=False) as server:
        server.connect(autospawn=True)


def format_of(source: Any) -> AudioFormat:
    """The format of pulsectl's source, its own."""
    code, rate_hz, channels = source.sample_spec
    return AudioFormat(
        container="wav",
        codec=_CODECS.get(code, "pcm_s16le"),
        rate_hz=rate_hz,
        channels=channels,
    )


def why_silent(name: str) -> str:
    """Why a source gives digital silence, most likely: a sentence.

    Args:
        name: The source's, for programs.

    Raises:
        UnknownDevice: As `sources`; or there is no such source.
    """
    try:
        return deadline.call(
            lambda: _why_silent(name), within_s=_ANSWER_WITHIN_S, name="pulse-why-silent"
        )
    except TimeoutError as error:
        raise UnknownDevice("The sound server doesn't answer.") from error


def _why_silent(name: str) -> str:
    with connected() as pulse:
        source = next((one for one in pulse.source_list() if one.name == name), None)
        if source is None:
            raise UnknownDevice(f"{name} has gone.")
        if source.mute or source.volume.value_flat == 0:
            return "It is muted."
        if source.monitor_of_sink_name is None:
            return "It is muted or broken: an input that works has noise."
        return _why_sink_is_silent(pulse, source.monitor_of_sink_name)


def _why_sink_is_silent(pulse: Any, name: str) -> str:
    sink = pulse.get_sink_by_name(name)
    if sink.mute or sink.volume.value_flat == 0:
        return "The output is muted."
    playing = [one for one in pulse.sink_input_list() if one.sink == sink.index and not one.corked]
    if not playing:
        return "Nothing plays on it."
    if all(one.mute or one.volume.value_flat == 0 for one in playing):
        return "All that plays on it is muted."
    return "What plays on it is silent."


@contextmanager
def connected() -> Iterator[Any]:
    """A connection of one's own; whatever breaks on it becomes `UnknownDevice`.

    A server that hangs is given up after 30 s, by libpulse. (pulsectl's own timeout is no limit
    but a wait: it is always used up.)
    """
    with mapped(), connect() as server:
        yield server


def connect() -> Any:
    """A connection, to be closed.

    Raises:
        UnknownDevice: As `sources`.
    """
    with mapped():
        server = _library().Pulse("aircheck", connect=False)
        try:
            server.connect()
        except Exception:
            server.close()
            raise
    return server


@contextmanager
def mapped() -> Iterator[None]:
    """Whatever breaks on a connection becomes `UnknownDevice`."""
    library = _library()
    try:
        yield
    except (library.PulseError, library.PulseDisconnected) as error:
        raise UnknownDevice(
            "No sound server answers.", hint="Start PipeWire (with pipewire-pulse) or PulseAudio."
        ) from error


def _library() -> Any:
    """The pulsectl module.

    Raises:
        UnknownDevice: It or libpulse is not installed.
    """
    try:
        import pulsectl  # noqa: PLC0415 (fails where libpulse is missing, and off Linux)
    except (ImportError, OSError) as error:
        raise UnknownDevice(
            "PulseAudio's library is not installed.",
            hint="Install it (Debian, Ubuntu: apt-get install libpulse0).",
        ) from error
    pulsectl.PulseSourceInfo._init_from_struct = _keep_sample_spec  # noqa: SLF001 (made for it)
    return pulsectl


def _keep_sample_spec(source: Any, struct: Any) -> None:
    """Copy what pulsectl 24 only points at, in memory that libpulse has reused when it is read."""
    spec = struct.sample_spec
    source.sample_spec = (spec.format, spec.rate, spec.channels)


def recording(server: Any, index: int) -> Any:
    """A stream that records, by the server's number, which is never given twice; None if it ended.

    Raises:
        UnknownDevice: The server is gone.
    """
    library = _library()
    try:
        return server.source_output_info(index)
    except library.PulseIndexError:
        return None


def stop_listening() -> Exception:
    """What a callback of pulsectl's raises to end `event_listen`."""
    stop: Exception = _library().PulseLoopStop()
    return stop
