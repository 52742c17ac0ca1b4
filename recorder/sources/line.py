"""An open stream of a device, and whether it is on its own source."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from recorder import pcm
from recorder.sources import loopbacks, portaudio
from recorder.sources.blocks import Block, BlockStream
from recorder.sources.devices import DeviceInfo
from recorder.sources.watch import TOKEN, Verdict, Watch
from recorder.types import Seconds


class Line:
    """An open stream; closed twice without harm."""

    def __init__(self, info: DeviceInfo) -> None:
        """Open it.

        Raises:
            UnknownDevice: What leads to it is not installed.
            DeviceLost: It can't be opened now.
        """
        self.info = info
        self._watch: Watch | None = None
        self._stream: BlockStream | None = None
        self._stream = self._open()

    def _open(self) -> BlockStream:
        info = self.info
        if info.backend in loopbacks.HOSTS:
            return loopbacks.open_loopback(info.backend, info.device_id, info.stream_format)
        if info.source is None:  # no server that could move it
            return portaudio.open_input(info.device_id, info.stream_format)
        token = secrets.token_hex(8)
        self._watch = Watch(info.source, token, on_news=self.wake)
        try:
            stream = portaudio.open_input(
                portaudio.PULSE,
                info.stream_format,
                environment={
                    "ALSA_CONFIG_PATH": str(portaudio.PULSE_CONFIGURATION),
                    "PULSE_SOURCE": info.device_id,
                    "PULSE_PROP": f"{TOKEN}={token}",
                },
            )
        except Exception:
            self._watch.close()
            raise
        self._watch.begin()
        return stream

    def wake(self) -> None:
        """End a `get` that waits. May be called from any thread."""
        if self._stream:
            self._stream.wake()

    @property
    def verdict(self) -> Verdict:
        """Where the stream is, as last seen."""
        assert self._stream
        if self._stream.has_ended:
            return Verdict.GONE
        return self._watch.verdict if self._watch else Verdict.OURS

    @property
    def confirmed_mono_s(self) -> float:
        """All that had arrived at this moment of the monotonic clock is surely ours."""
        return self._watch.confirmed_mono_s if self._watch else time.monotonic()

    def get(self, wait_s: Seconds) -> Block | None:
        """The next block, or None where none came in time."""
        assert self._stream
        block = self._stream.get(wait_s)
        if block is None or self.info.channel is None:
            return block
        one = pcm.pick(block.data, self.info.stream_format, self.info.channel)
        return replace(block, data=one)

    def ask(self, mono_s: float) -> None:
        """Have confirmed what had arrived at a moment; `get` is woken as soon as it is."""
        if self._watch:
            self._watch.ask(mono_s)

    def confirm(self, mono_s: float, within_s: float) -> None:
        """Wait until what had arrived at a moment is confirmed, or can't be, or time is up."""
        if self._watch:
            self._watch.ask(mono_s)
            self._watch.wait(mono_s, within_s)

    def close(self) -> None:
        """End the stream and the watch."""
        if self._watch:
            self._watch.close()
        assert self._stream
        self._stream.close()
