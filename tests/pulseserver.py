"""A real PulseAudio for the tests, with null sinks, and sound whose every sample has a number.

Frames of two channels of 16 bits carry their own number: 15 bits left, 13 right, and above those
the number of the signal, 1 to 3. So every sample that was lost, repeated or foreign shows. Frames
of digital silence (what a null sink plays when nobody does) carry no number.
"""

import contextlib
import os
import signal
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pulsectl

from tests.parts import require, wait_until

RATE_HZ = 48_000


class PulseServer:
    """A sound server of a test's own. The environment must point at it: see `sound_server`."""

    def __init__(self, folder: Path) -> None:
        require("pulseaudio", "pactl", "portaudio")
        self._folder = folder
        self._socket = folder / "native"
        self.address = f"unix:{self._socket}"
        self._process: subprocess.Popen[bytes] | None = None
        self._players: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it, without any sink or source."""
        self._socket.unlink(missing_ok=True)
        with (self._folder / "pulseaudio.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
                    "--use-pid-file=no", "--disallow-exit", "--log-target=stderr",
                    f"--load=module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )  # fmt: skip
        wait_until(self._answers, what="PulseAudio")

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def hang(self, *, goes_on: bool = False) -> None:
        """Stop it in its tracks, or let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT if goes_on else signal.SIGSTOP)

    def close(self) -> None:
        """End it and everything that plays."""
        for player in self._players:
            player.kill()
            player.wait()
        self.kill()

    def add_sink(
        self, name: str, description: str, *, codec: str = "s16le", rate_hz: int = RATE_HZ
    ) -> None:
        """Make a null sink of two channels; its monitor is ``<name>.monitor``.

        Without rewinds it renders 50 ms at once, like a sound card. Else it would render two
        seconds while idle, and its monitor would take as long to give its first sample.
        """
        with self.control() as pulse:
            pulse.module_load(
                "module-null-sink",
                f"sink_name={name} format={codec} rate={rate_hz} channels=2 norewinds=1 "
                f"sink_properties='device.description=\"{description}\"'",
            )

    def add_input(self, name: str, description: str, of_sink: str) -> None:
        """Make an input device, which hears what a sink plays."""
        with self.control() as pulse:
            pulse.module_load(
                "module-remap-source",
                f"source_name={name} master={of_sink}.monitor "
                f"source_properties='device.description=\"{description}\"'",
            )

    def remove_sink(self, name: str) -> None:
        """Unload a null sink, with its monitor."""
        with self.control() as pulse:
            for module in pulse.module_list():
                if f"sink_name={name} " in (module.argument or ""):
                    pulse.module_unload(module.index)

    def suspend_sink(self, name: str, *, goes_on: bool = False) -> None:
        """Suspend a sink with its monitor, as a user may, or let it go on."""
        with self.control() as pulse:
            pulse.sink_suspend(pulse.get_sink_by_name(name).index, not goes_on)

    def mute(self, sink: str) -> None:
        """Mute a sink."""
        with self.control() as pulse:
            pulse.sink_mute(pulse.get_sink_by_name(sink).index, True)

    def move_recordings(self, *sources: str) -> None:
        """Move every stream that records to a source, and on to others; it may be closed then."""
        with self.control() as pulse:
            targets = [pulse.get_source_by_name(source).index for source in sources]
            for stream in pulse.source_output_list():
                with contextlib.suppress(pulsectl.PulseOperationFailed):
                    for target in targets:
                        pulse.source_output_move(stream.index, target)

    def play(self, path: Path, sink: str) -> None:
        """Play a file into a sink; returns once the sink has it."""
        player = subprocess.Popen(
            ["paplay", f"--device={sink}", "--latency-msec=50", str(path)],
            stderr=subprocess.DEVNULL,
        )
        self._players.append(player)
        wait_until(lambda: str(player.pid) in self._playing(), what="the player")

    def pin_players(self, sink: str, *, by: str) -> None:
        """Keep what plays on a sink there, whatever the default is; it must not be that now.

        PulseAudio remembers only where a stream was moved to, so it goes to another sink and back.
        """
        with self.control() as pulse:
            there, away = pulse.get_sink_by_name(sink).index, pulse.get_sink_by_name(by).index
            for player in pulse.sink_input_list():
                if player.sink == there:
                    pulse.sink_input_move(player.index, away)
                    pulse.sink_input_move(player.index, there)

    def stop_players(self, sink: str) -> None:
        """Kill what plays on a sink."""
        with self.control() as pulse:
            index = pulse.get_sink_by_name(sink).index
            inputs = [one for one in pulse.sink_input_list() if one.sink == index]
        pids = {one.proplist.get("application.process.id", "") for one in inputs}
        for player in [one for one in self._players if str(one.pid) in pids]:
            player.kill()
            player.wait()
            self._players.remove(player)
        wait_until(lambda: not pids & self._playing(), what="the server to notice")

    @contextlib.contextmanager
    def control(self) -> Iterator[pulsectl.Pulse]:
        """A connection for a test's own commands."""
        with pulsectl.Pulse("test", server=self.address) as pulse:
            yield pulse

    def is_playing(self) -> bool:
        """Whether anything plays."""
        return bool(self._playing())

    def _playing(self) -> set[str]:
        with self.control() as pulse:
            inputs = pulse.sink_input_list()
            return {one.proplist.get("application.process.id", "") for one in inputs}

    def _answers(self) -> bool:
        try:
            with self.control() as pulse:
                return bool(pulse.server_info())
        except pulsectl.PulseError:
            return False


@contextlib.contextmanager
def sound_server(folder: Path) -> Iterator[PulseServer]:
    """A running server which this process and its children find by their environment."""
    server = PulseServer(folder)
    before = os.environ.get("PULSE_SERVER")
    os.environ["PULSE_SERVER"] = server.address
    try:
        server.start()
        yield server
    finally:
        server.close()
        del os.environ["PULSE_SERVER"]
        if before is not None:
            os.environ["PULSE_SERVER"] = before


def write_numbered(path: Path, duration_s: float, *, mark: int = 1) -> Path:
    """Write a WAV whose frames carry their numbers, from 0 on.

    Args:
        path: Where to.
        duration_s: Its length at `RATE_HZ`.
        mark: The signal's own number, 1 to 3.
    """
    numbers = np.arange(round(duration_s * RATE_HZ))
    frames = np.empty((len(numbers), 2), "<i2")
    frames[:, 0] = numbers & 0x7FFF
    frames[:, 1] = (numbers >> 15) | mark << 13
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(frames.tobytes())
    return path


def numbers_in(data: bytes, *, mark: int = 1) -> npt.NDArray[np.int64]:
    """The numbers of recorded frames, in order; silent frames are left out.

    Args:
        data: Frames of two channels of 16 bits.
        mark: The only signal that may be in them; another fails the test.
    """
    frames = np.frombuffer(data, "<i2").reshape(-1, 2).astype(np.int64)
    frames = frames[np.any(frames != 0, axis=1)]
    marks = set((frames[:, 1] >> 13).tolist())
    assert marks <= {mark}, f"signals {marks} were recorded, not {mark} alone"
    return frames[:, 0] | (frames[:, 1] & 0x1FFF) << 15
