"""The seam to PulseAudio, and to PipeWire where it speaks PulseAudio's language, by pulsectl.

When a recorded sink goes away, or the default changes, the server moves the stream to another
source, which may be the microphone, without an error and without a flag. A `Watch` finds out: it
asks the server again and again which source the stream is on. An answer confirms all samples that
had arrived when the question was put: had the server moved the stream before it sent them, its
answer, later still, would tell.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from recorder.errors import UnknownDevice
from recorder.sources import deadline
from recorder.types import AudioFormat, Seconds

TOKEN = "aircheck.id"  # noqa: S105 (a property's name, not a secret)
"""The property by which a stream of ours is found among all of a server's."""

_logger = logging.getLogger(__name__)

_ASK_EVERY_S = 0.08
_LIST_WITHIN_S = Seconds(2.0)
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


class Verdict(Enum):
    """Where a stream of ours is."""

    OURS = "on its own source"
    ELSEWHERE = "moved to another source"
    GONE = "ended, or its source or server has gone"


class Watch:
    """Keeps asking which source a stream is on, in a thread of its own; closed twice is fine.

    Once the answer is not `Verdict.OURS` it stays so: the stream is to be given up.
    """

    def __init__(self, source: PulseSource, token: str) -> None:
        """Begin to watch.

        Args:
            source: Where the stream must be.
            token: What the stream has as its property `TOKEN`.
        """
        self._source, self._token = source, token
        self._verdict = Verdict.OURS
        self._confirmed_mono_s = float("-inf")
        self._asked = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="pulse-watch", daemon=True)
        self._thread.start()

    @property
    def verdict(self) -> Verdict:
        """Where the stream was when last asked."""
        return self._verdict

    @property
    def confirmed_mono_s(self) -> float:
        """Monotonic clock of the last question whose answer was `Verdict.OURS`."""
        return self._confirmed_mono_s

    def wait(self, mono_s: float, within_s: float) -> None:
        """Wait until a moment is confirmed, or never will be, or the time is up."""
        with self._asked:
            self._asked.wait_for(
                lambda: self._confirmed_mono_s >= mono_s or self._verdict is not Verdict.OURS,
                timeout=within_s,
            )

    def close(self) -> None:
        """Ask no more. Returns at once; the thread ends by itself within a tenth of a second."""
        self._closing.set()

    def _work(self) -> None:
        try:
            with _connected() as pulse:
                pulse.event_mask_set("source", "source_output", "server")
                pulse.event_callback_set(_stop_listening)
                while not self._closing.is_set() and self._is_ours(pulse):
                    pulse.event_listen(timeout=_ASK_EVERY_S)
        except UnknownDevice as error:
            _logger.info("the sound server is gone: %s", error.message)
            self._answer(Verdict.GONE)

    def _is_ours(self, pulse: Any) -> bool:
        asked_mono_s = time.monotonic()
        places = [
            output.source
            for output in pulse.source_output_list()
            if output.proplist.get(TOKEN) == self._token
        ]
        if places == [self._source.index]:
            self._answer(Verdict.OURS, asked_mono_s)
            return True
        if self._closing.is_set():
            return False
        is_there = any(source.index == self._source.index for source in pulse.source_list())
        self._answer(Verdict.ELSEWHERE if places and is_there else Verdict.GONE)
        _logger.info("the stream of %s: %s", self._source.name, self._verdict.value)
        return False

    def _answer(self, verdict: Verdict, asked_mono_s: float = float("-inf")) -> None:
        with self._asked:
            self._verdict = verdict
            self._confirmed_mono_s = max(self._confirmed_mono_s, asked_mono_s)
            self._asked.notify_all()


def sources() -> list[PulseSource]:
    """All sources of the server, in its order; takes some milliseconds.

    Raises:
        UnknownDevice: There is no server, or it hangs, or there is no library to talk to it.
    """
    try:
        return deadline.call(_sources, within_s=_LIST_WITHIN_S, name="pulse-list")
    except TimeoutError as error:
        raise UnknownDevice(
            "The sound server doesn't answer.", hint="Restart PipeWire or PulseAudio."
        ) from error


def _sources() -> list[PulseSource]:
    with _connected() as pulse:
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
            format=AudioFormat(
                container="wav",
                codec=_CODECS.get(source.sample_spec[0], "pcm_s16le"),
                rate_hz=source.sample_spec[1],
                channels=source.sample_spec[2],
            ),
        )
        for source in found
    ]


@contextmanager
def _connected() -> Iterator[Any]:
    """A connection of one's own; whatever breaks on it becomes `UnknownDevice`.

    A server that hangs is given up after 30 s, by libpulse. (pulsectl's own timeout is no limit
    but a wait: it is always used up.)
    """
    library = _library()
    try:
        with library.Pulse("aircheck", connect=False) as pulse:
            pulse.connect()
            yield pulse
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


def _stop_listening(_event: Any) -> None:
    raise _library().PulseLoopStop
