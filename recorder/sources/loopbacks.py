"""What Windows and macOS play, without a loopback device.

    Windows  WASAPI gives an output's sound as an input of its own. The PortAudio in PyAudioWPatch
             knows those, sounddevice's doesn't (github.com/PortAudio/portaudio/issues/672). It
             gives nothing while nothing plays (issues/935), so silence is played beside it.
    macOS    From 14.2 on, a Core Audio tap of all that processes play, by catap. Where that isn't
             allowed, macOS gives digital silence and no error.

Both libraries are installed on their own system alone. Neither was run there by us: the tests stand
on the interfaces as the libraries document them.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import platform
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any

from recorder.errors import DeviceLost, SourceError
from recorder.sources.blocks import BLOCK_S, BlockStream
from recorder.types import AudioFormat, Seconds

WASAPI = "Windows WASAPI loopback"
TAP = "Core Audio tap"
HOSTS = (WASAPI, TAP)
"""The `Loopback.host` of what this module can open."""

TAP_NAME = "What this Mac plays"

_logger = logging.getLogger(__name__)

_SUFFIX = " [Loopback]"  # PyAudioWPatch's
_LIST_WITHIN_S = 10.0
_FORMAT_WITHIN_S = Seconds(3.0)
_POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Loopback:
    """An output whose sound can be recorded.

    Attributes:
        id: As `open_loopback` takes it.
        name: For people.
        host: One of `HOSTS`.
    """

    id: str
    name: str
    host: str
    channels: int
    rate_hz: int
    is_default: bool

    @property
    def format(self) -> AudioFormat:
        """What it gives: both systems mix in 32-bit float."""
        return AudioFormat(
            container="wav", codec="pcm_f32le", rate_hz=self.rate_hz, channels=self.channels
        )


def loopbacks() -> list[Loopback]:
    """The outputs whose sound can be recorded now; none on other systems, or without the library.

    Asked for in a process of its own: PortAudio's list is frozen while a stream is open.

    Raises:
        SourceError: The sound system doesn't answer.
    """
    if platform.system() not in ("Windows", "Darwin"):
        return []
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "recorder.sources.loopbacks"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LIST_WITHIN_S,
            check=True,
        )
        return [Loopback(**item) for item in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError, TypeError) as error:
        raise SourceError("The list of outputs can't be had.") from error


def open_loopback(host: str, name: str, fmt: AudioFormat) -> BlockStream:
    """Open and start a stream of what an output plays.

    Args:
        host: A loopback's.
        name: Its id.
        fmt: Its format, as it was listed.

    Raises:
        DeviceLost: It can't be opened now, or has another format by now.
    """
    try:
        return WasapiStream(name, fmt) if host == WASAPI else TapStream(fmt)
    except (ImportError, OSError, LookupError, RuntimeError, ValueError) as error:
        raise DeviceLost(f"{name} can't be opened: {error}.") from error


class WasapiStream(BlockStream):
    """What a Windows output plays."""

    def __init__(self, name: str, fmt: AudioFormat) -> None:
        """Open it.

        Raises:
            ImportError: PyAudioWPatch is not installed.
            LookupError: There is no such output.
            OSError: It can't be opened.
        """
        super().__init__(fmt.rate_hz)
        self._library = importlib.import_module("pyaudiowpatch")
        self._audio = self._library.PyAudio()
        self._position = 0
        self._closed = False
        self._streams: list[Any] = []
        try:
            info = self._find(name, fmt)
            self._keep_awake(info, fmt)
            self._streams.append(self._open(fmt, info["index"]))
        except Exception:
            self.close()
            raise

    def _find(self, name: str, fmt: AudioFormat) -> dict[str, Any]:
        for info in self._audio.get_loopback_device_info_generator():
            if info["name"] != name:
                continue
            if (info["maxInputChannels"], info["defaultSampleRate"]) != (fmt.channels, fmt.rate_hz):
                raise LookupError("its format has changed")
            found: dict[str, Any] = info
            return found
        raise LookupError("there is no such output")

    def _open(self, fmt: AudioFormat, device: int) -> Any:
        return self._audio.open(
            rate=fmt.rate_hz,
            channels=fmt.channels,
            format=self._library.paFloat32,
            input=True,
            input_device_index=device,
            frames_per_buffer=round(fmt.rate_hz * BLOCK_S),
            stream_callback=self._take,
        )

    def _keep_awake(self, info: dict[str, Any], fmt: AudioFormat) -> None:
        """Play silence to the same output, or its loopback gives nothing while nothing plays."""
        wanted = info["name"].removesuffix(_SUFFIX)
        frame = bytes(4 * fmt.channels)
        for output in self._audio.get_device_info_generator_by_host_api(
            host_api_type=self._library.paWASAPI
        ):
            if output["name"] == wanted and output["maxOutputChannels"]:
                self._streams.append(
                    self._audio.open(
                        rate=fmt.rate_hz,
                        channels=fmt.channels,
                        format=self._library.paFloat32,
                        output=True,
                        output_device_index=output["index"],
                        stream_callback=lambda _data, frames, _time, _status: (
                            frame * frames,
                            self._library.paContinue,
                        ),
                    )
                )
                return
        _logger.warning("nothing to play silence to: %s may stall while nothing plays", wanted)

    def _take(self, data: bytes, frames: int, _time: Any, _status: int) -> tuple[None, int]:
        """Put and count, on PortAudio's thread."""
        self._put(bytes(data), position=self._position, frames=frames)
        self._position += frames
        return None, int(self._library.paContinue)

    @property
    def has_ended(self) -> bool:
        """Whether the output has gone; PyAudio doesn't call back for that."""
        return self._closed or not self._streams[-1].is_active()

    def close(self) -> None:
        """End it."""
        if self._closed:
            return
        self._closed = True
        for stream in reversed(self._streams):
            with contextlib.suppress(OSError):
                stream.close()
        self._audio.terminate()
        self._end()


class TapStream(BlockStream):
    """What all processes on a Mac play."""

    def __init__(self, fmt: AudioFormat) -> None:
        """Open it.

        Raises:
            ImportError: catap is not installed, or this system has no taps.
            OSError: The tap can't be made.
            LookupError: It has another format than was listed.
        """
        super().__init__(fmt.rate_hz)
        self._format = fmt
        self._first: float | None = None  # the tap's own count at its first sample
        self._position = 0
        self._frames = 0  # of what waits for a whole block
        self._data = bytearray()
        self._session = importlib.import_module("catap").record_system_audio(on_buffer=self._take)
        self._session.start()
        try:
            self._demand_format()
        except LookupError:
            self.close()
            raise

    def _demand_format(self) -> None:
        """See that it is what was listed; the tap knows it soon after its start."""
        waited_s, pause = 0.0, threading.Event()  # never set
        while self._session.stream_format is None and waited_s < _FORMAT_WITHIN_S:
            pause.wait(_POLL_S)
            waited_s += _POLL_S
        found = self._session.stream_format
        if found is None:
            raise LookupError("it doesn't tell its format")
        has_floats = found.is_float and found.bits_per_sample == 32
        is_listed = (round(found.sample_rate), found.num_channels) == (
            self._format.rate_hz,
            self._format.channels,
        )
        if not (has_floats and is_listed):
            raise LookupError("its format has changed")

    def _take(self, buffer: Any) -> None:
        """Gather a block and put it, on catap's worker thread; its count tells what was dropped."""
        at = buffer.input_sample_time
        if self._first is None:
            self._first = at
        position = self._position
        if at is not None and self._first is not None:
            position = round(at - self._first)
        if position != self._position:
            self._flush()
        self._position = position + buffer.frame_count
        self._data += buffer.data
        self._frames += buffer.frame_count
        if self._frames >= BLOCK_S * self._format.rate_hz:
            self._flush()

    def _flush(self) -> None:
        if self._frames:
            at = self._position - self._frames
            self._put(bytes(self._data), position=at, frames=self._frames)
        self._data.clear()
        self._frames = 0

    @property
    def has_ended(self) -> bool:
        """Whether Core Audio ended it."""
        return super().has_ended or bool(self._session.capture_failed)

    def close(self) -> None:
        """End it."""
        if not self._ended.is_set():
            try:
                self._session.close()
            except (OSError, RuntimeError) as error:  # buffers that it dropped; the count told
                _logger.warning("the tap closed with: %s", error)
            self._end()


def main() -> int:
    """The child process of `loopbacks`: prints what there is as a JSON list."""
    found = _wasapi() if platform.system() == "Windows" else _taps()
    sys.stdout.write(json.dumps([asdict(item) for item in found]))
    return 0


def _wasapi() -> list[Loopback]:
    try:
        library = importlib.import_module("pyaudiowpatch")
    except ImportError:
        return []
    with library.PyAudio() as audio:
        try:
            default = audio.get_default_wasapi_loopback()["name"]
        except (OSError, LookupError):
            default = ""
        try:
            infos = list(audio.get_loopback_device_info_generator())
        except OSError:  # no WASAPI here
            return []
    return [
        Loopback(
            id=info["name"],
            name=info["name"].removesuffix(_SUFFIX),
            host=WASAPI,
            channels=info["maxInputChannels"],
            rate_hz=round(info["defaultSampleRate"]),
            is_default=info["name"] == default,
        )
        for info in infos
    ]


def _taps() -> list[Loopback]:
    try:
        importlib.import_module("catap")
        output = importlib.import_module("sounddevice").query_devices(kind="output")
    except (ImportError, OSError, ValueError):  # an older macOS, no PortAudio, no output
        return []
    rate_hz = round(output["default_samplerate"])
    return [
        Loopback(id=TAP_NAME, name=TAP_NAME, host=TAP, channels=2, rate_hz=rate_hz, is_default=True)
    ]


if __name__ == "__main__":
    sys.exit(main())
