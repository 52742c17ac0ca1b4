"""The seam to PortAudio, through sounddevice: which inputs it knows, and a stream of one.

sounddevice is imported when it is first needed, since importing it fails where PortAudio's
library is not installed. PortAudio knows its devices from the moment it was initialised on
(https://github.com/spatialaudio/python-sounddevice/issues/125), and initialising it again ends
every open stream: so a list is made in a process of its own (`inputs`), and a recording
initialises it again only while it has no stream open. Where the sound server hangs, so does
PortAudio: every call of it is given a time.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from recorder.errors import DeviceLost, SourceError, UnknownDevice
from recorder.sources import deadline
from recorder.sources.blocks import BLOCK_S, BlockStream
from recorder.types import AudioFormat, Seconds

PULSE = "pulse"
"""The device that leads to PulseAudio, or to PipeWire in its place; ALSA's plugin makes it."""

PULSE_CONFIGURATION = Path(__file__).with_name("pulse.conf")
"""A configuration of ALSA's that knows `PULSE` alone. The system's own makes PortAudio try each of
its devices: 14 MB and half of the time to the first sample, for what is not used."""

_logger = logging.getLogger(__name__)

LATENCY_S = 0.2
_OPEN_WITHIN_S = Seconds(3.0)  # and looking for devices anew
_CLOSE_WITHIN_S = Seconds(0.1)
_LIST_WITHIN_S = 10.0
_MOST_CHANNELS = 8  # ALSA's virtual devices claim 32 or more, which nobody has
_DTYPES = {
    "pcm_s16le": "int16",
    "pcm_s24le": "int24",
    "pcm_s32le": "int32",
    "pcm_f32le": "float32",
}

_lock = threading.Lock()  # around opening, closing and initialising; PortAudio isn't thread-safe
_open_streams = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input device as PortAudio knows it.

    Attributes:
        host: The system's interface to it: ``ALSA``, ``Core Audio``, ``Windows WASAPI``, …
    """

    name: str
    host: str
    channels: int
    rate_hz: int
    is_default: bool

    @property
    def format(self) -> AudioFormat:
        """What to record it in.

        PortAudio doesn't tell a device's own sample format; Core Audio's is 32-bit float, and
        24 bits hold what any other converter gives.
        """
        codec = "pcm_f32le" if self.host == "Core Audio" else "pcm_s24le"
        channels = self.channels if self.channels <= _MOST_CHANNELS else 2
        return AudioFormat(
            container="wav", codec=codec, rate_hz=self.rate_hz, channels=max(1, channels)
        )


class InputStream(BlockStream):
    """A running stream. Made by `open_input`."""

    def __init__(self, device: int, fmt: AudioFormat) -> None:
        super().__init__(fmt.rate_hz)
        self._position = 0
        self._closed = False
        self._stream = _library().RawInputStream(
            device=device,
            samplerate=fmt.rate_hz,
            channels=fmt.channels,
            dtype=_DTYPES[fmt.codec],
            blocksize=round(fmt.rate_hz * BLOCK_S),
            latency=LATENCY_S,
            clip_off=True,
            dither_off=True,
            callback=self._take,
            finished_callback=self._end,
        )
        try:
            self._stream.start()
        except Exception:
            self._stream.close()
            raise

    def _take(self, data: Any, frames: int, times: Any, _status: Any) -> None:
        """Copy, put, count; on PortAudio's own thread, which must never wait."""
        age_s = times.currentTime - times.inputBufferAdcTime
        self._put(bytes(data), position=self._position, frames=frames, age_s=age_s)
        self._position += frames

    def close(self) -> None:
        """End the stream; what it gave can still be read. Where that hangs it goes on by itself."""
        if self._closed:
            return
        self._closed = True
        try:
            deadline.call(self._close, within_s=_CLOSE_WITHIN_S, name="portaudio-close")
        except TimeoutError:
            _logger.warning("closing a stream hangs")

    def _close(self) -> None:
        global _open_streams  # noqa: PLW0603 (PortAudio is one for the process, so is its count)
        with _lock:
            self._stream.close()
            _open_streams -= 1


def open_input(
    name: str, fmt: AudioFormat, *, environment: Mapping[str, str] | None = None
) -> InputStream:
    """Open and start a stream.

    Args:
        name: The device's, as PortAudio has it.
        fmt: What it shall give.
        environment: Variables that libraries below read while a stream opens, such as libpulse's
            ``PULSE_SOURCE``; they are set for just that long, so that each stream has its own.

    Raises:
        UnknownDevice: PortAudio isn't installed, or has no such device.
        DeviceLost: The device can't be opened now.
    """
    try:
        return deadline.call(
            lambda: _open(name, fmt, environment or {}),
            within_s=_OPEN_WITHIN_S,
            name="portaudio-open",
            if_late=InputStream.close,
        )
    except TimeoutError as error:
        raise DeviceLost("The sound system doesn't answer.") from error


def _open(name: str, fmt: AudioFormat, environment: Mapping[str, str]) -> InputStream:
    global _open_streams  # noqa: PLW0603 (as above)
    if not _lock.acquire(timeout=_OPEN_WITHIN_S):  # another call hangs
        raise DeviceLost("The sound system doesn't answer.")
    try:
        with _variables(environment):
            library = _library()
            device = _index(name)
            try:
                stream = InputStream(device, fmt)
            except library.PortAudioError as error:
                raise DeviceLost(f"{name} can't be opened: {_reason(error)}.") from error
            _open_streams += 1
            return stream
    finally:
        _lock.release()


def inputs() -> list[Input]:
    """The inputs that PortAudio finds now. Takes some tenths of a second.

    Raises:
        UnknownDevice: PortAudio isn't installed.
        SourceError: It doesn't answer.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "recorder.sources.portaudio"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # ALSA tells there what it tried
            timeout=_LIST_WITHIN_S,
            check=True,
        )
        answer = json.loads(done.stdout)
        found = [Input(**item) for item in answer["inputs"]]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise SourceError("The list of sound devices can't be had.") from error
    if answer["is_missing"]:
        raise _missing()
    return found


def main() -> int:
    """The child process of `inputs`: prints what PortAudio finds as one JSON object."""
    try:
        found = [asdict(item) for item in _query()]
        sys.stdout.write(json.dumps({"is_missing": False, "inputs": found}))
    except UnknownDevice:
        sys.stdout.write(json.dumps({"is_missing": True, "inputs": []}))
    return 0


def _query() -> list[Input]:
    library = _library()
    hosts = library.query_hostapis()
    return [
        Input(
            name=device["name"],
            host=hosts[device["hostapi"]]["name"],
            channels=device["max_input_channels"],
            rate_hz=round(device["default_samplerate"]),
            is_default=device["index"] == library.default.device[0],
        )
        for device in library.query_devices()
        if device["max_input_channels"] > 0
    ]


def _index(name: str) -> int:
    """A device's number, after looking again where it isn't known and nothing is open."""
    library = _library()
    for is_last_look in (_open_streams > 0, True):
        for device in library.query_devices():
            if device["name"] == name and device["max_input_channels"] > 0:
                return int(device["index"])
        if is_last_look:
            break
        library._terminate()  # noqa: SLF001 (the documented way: sounddevice#125)
        library._initialize()  # noqa: SLF001
    if name == PULSE:
        raise no_plugin()
    raise UnknownDevice(
        f"PortAudio has no input called {name!r}.", hint="'aircheck sources' lists what is here."
    )


def _library() -> Any:
    """The sounddevice module.

    Raises:
        UnknownDevice: PortAudio isn't installed.
    """
    try:
        import sounddevice  # noqa: PLC0415 (fails where the library below is missing)
    except (OSError, ImportError) as error:
        raise _missing() from error
    # It ends PortAudio when Python exits, for as long as the sound server hangs; the process's
    # end does as much.
    atexit.unregister(sounddevice._exit_handler)  # noqa: SLF001
    return sounddevice


def no_plugin() -> UnknownDevice:
    """That there is a sound server, and no way from PortAudio to it."""
    return UnknownDevice(
        "The sound server can't be reached: ALSA's plugin for PulseAudio is not installed.",
        hint="Install it (Debian, Ubuntu: apt-get install libasound2-plugins).",
    )


def _missing() -> UnknownDevice:
    return UnknownDevice(
        "PortAudio is not installed, so no sound device can be recorded.",
        hint="Install it (Debian, Ubuntu: apt-get install libportaudio2).",
    )


@contextlib.contextmanager
def _variables(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _reason(error: Exception) -> str:
    """PortAudio's own words, without its numbers."""
    return str(error.args[0]) if error.args else "PortAudio gives no reason"


if __name__ == "__main__":
    sys.exit(main())
