"""Whether a stream is on its own source, as the sound server tells; and what comes and goes there.

When a recorded sink goes away, or the default changes, the server moves the stream to another
source, which may be the microphone, without an error and without a flag. A `Watch` finds out: it
listens to the server's events and asks, whenever samples have arrived, which source the stream is
on. An answer confirms all samples that had arrived when the question was put: had the server moved
the stream before it sent them, its answer, later still, would tell, or an event would, where it has
moved the stream back meanwhile.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from enum import Enum
from types import TracebackType
from typing import Any, Self

from recorder.errors import UnknownDevice
from recorder.sources import deadline, pulse
from recorder.sources.pulse import PulseSource
from recorder.types import Seconds

TOKEN = "aircheck.id"  # noqa: S105 (a property's name, not a secret)
"""The property by which a stream of ours is found among all of a server's."""

_logger = logging.getLogger(__name__)

_ASK_EVERY_S = 0.5  # where nobody wants to know
_READY_WITHIN_S = 2.0
_CONNECT_WITHIN_S = Seconds(0.5)
# PipeWire answers for its graph, which runs on another thread: by so much its answer may be early.
_PIPEWIRE_HOLD_S = 0.2
_PIPEWIRE_ASK_EVERY_S = 0.08


class Verdict(Enum):
    """Where a stream of ours is."""

    OURS = "on its own source"
    ELSEWHERE = "moved to another source"
    GONE = "ended, or its source or server has gone"
    SUSPENDED = "on its own source, which is suspended"
    CHANGED = "on its own source, which has another format now"


class Watch:
    """Keeps asking which source a stream is on, in a thread of its own; closed twice is fine.

    Made before the stream is opened, so that it misses nothing; it asks from `begin` on. Once the
    answer is not `Verdict.OURS` it stays so: the stream is to be given up.
    """

    def __init__(self, source: PulseSource, token: str, *, on_news: Callable[[], None]) -> None:
        """Connect; waits for that.

        Args:
            source: Where the stream must be.
            token: What the stream has as its property `TOKEN`.
            on_news: Called, in the watch's thread, when what somebody asked for is confirmed, and
                when the stream is to be given up.
        """
        self._source, self._token, self._on_news = source, token, on_news
        self._verdict = Verdict.OURS
        self._confirmed_mono_s = float("-inf")
        self._wanted_mono_s = float("inf")  # the first moment that is to be confirmed
        self._newest_mono_s = float("-inf")  # and the last one
        self._is_asked = False
        self._hold_s = 0.0
        self._ask_every_s = _ASK_EVERY_S
        self._asked = threading.Condition()
        self._server: Any = None  # while it listens, so that it can be woken
        self._closing = threading.Event()
        self._listens = threading.Event()  # or never will
        self._begun = threading.Event()
        self._moved: set[int] = set()  # streams, anybody's, of which the server told a change
        self._source_changed = True
        self._has_run = False
        self._index: int | None = None  # of the stream, once it was found
        self._thread = threading.Thread(target=self._work, name="pulse-watch", daemon=True)
        self._thread.start()
        self._listens.wait(_READY_WITHIN_S)

    def begin(self) -> None:
        """The stream is open: ask."""
        self._begun.set()

    @property
    def verdict(self) -> Verdict:
        """Where the stream was when last asked."""
        return self._verdict

    @property
    def confirmed_mono_s(self) -> float:
        """Monotonic clock; what had arrived by then is of the stream's own source."""
        return self._confirmed_mono_s

    def ask(self, mono_s: float) -> None:
        """Have confirmed what had arrived at a moment; returns at once."""
        with self._asked:
            self._wanted_mono_s = min(self._wanted_mono_s, mono_s)
            self._newest_mono_s = mono_s
            self._is_asked = True
            self._wake()

    def wait(self, mono_s: float, within_s: float) -> None:
        """Wait until a moment is confirmed, or never will be, or the time is up."""
        with self._asked:
            self._asked.wait_for(
                lambda: self._confirmed_mono_s >= mono_s or self._verdict is not Verdict.OURS,
                timeout=within_s,
            )

    def close(self) -> None:
        """Ask no more. Returns at once; the thread ends by itself, within half a second."""
        self._closing.set()
        self._begun.set()
        with self._asked:
            self._wake()

    def _wake(self) -> None:
        """End the wait for an event; where it is just about to begin, it may not hear that."""
        if self._server:
            self._server.event_listen_stop()

    def _work(self) -> None:
        try:
            with pulse.connected() as server:
                if "PipeWire" in server.server_info().server_name:
                    self._hold_s, self._ask_every_s = _PIPEWIRE_HOLD_S, _PIPEWIRE_ASK_EVERY_S
                server.event_mask_set("source", "source_output", "server")
                server.event_callback_set(self._take)
                self._listens.set()
                self._begun.wait()
                with self._reachable(server):
                    while not self._closing.is_set() and self._is_ours(server):
                        if not self._is_asked:
                            server.event_listen(timeout=self._ask_every_s)
        except UnknownDevice as error:
            _logger.info("the sound server is gone: %s", error.message)
            self._answer(Verdict.GONE)
        finally:
            self._listens.set()

    @contextlib.contextmanager
    def _reachable(self, server: Any) -> Iterator[None]:
        """Let others wake the server's loop, for as long as there is one."""
        with self._asked:
            self._server = server
        try:
            yield
        finally:
            with self._asked:
                self._server = None

    def _take(self, event: Any) -> None:
        """Note an event, and end the wait for one: it may be that the stream was moved."""
        if event.t == "change" and event.facility == "source_output":
            self._moved.add(event.index)
        if event.facility == "source" and event.index == self._source.index:
            self._source_changed = True
        raise pulse.stop_listening()

    def _is_ours(self, server: Any) -> bool:
        self._is_asked = False
        asked_mono_s = time.monotonic()
        verdict = self._ask(server)
        if verdict is Verdict.OURS:
            self._answer(verdict, asked_mono_s - self._hold_s)
            return True
        if not self._closing.is_set():
            self._answer(verdict)
            _logger.info("the stream of %s: %s", self._source.name, verdict.value)
        return False

    def _ask(self, server: Any) -> Verdict:
        stream = self._stream(server)
        if stream is None or stream.source != self._source.index or self._index in self._moved:
            is_there = any(one.index == self._source.index for one in server.source_list())
            return Verdict.ELSEWHERE if stream and is_there else Verdict.GONE
        self._moved.clear()
        return self._look_at_source(server) if self._source_changed else Verdict.OURS

    def _stream(self, server: Any) -> Any:
        """The stream as the server has it; None where there is none."""
        if self._index is not None:
            return pulse.recording(server, self._index)
        for stream in server.source_output_list():
            if stream.proplist.get(TOKEN) == self._token:
                self._index = stream.index
                return stream
        return None

    def _look_at_source(self, server: Any) -> Verdict:
        self._source_changed = False
        sources = server.source_list()
        source = next((one for one in sources if one.index == self._source.index), None)
        if source is None:
            return Verdict.GONE
        if pulse.format_of(source) != self._source.format:
            return Verdict.CHANGED
        if source.state == "suspended":
            return Verdict.SUSPENDED if self._has_run else Verdict.OURS
        self._has_run = True
        return Verdict.OURS

    def _answer(self, verdict: Verdict, confirmed_mono_s: float = float("-inf")) -> None:
        with self._asked:
            self._verdict = verdict
            self._confirmed_mono_s = max(self._confirmed_mono_s, confirmed_mono_s)
            is_news = verdict is not Verdict.OURS or self._confirmed_mono_s >= self._wanted_mono_s
            if is_news:
                is_all = self._confirmed_mono_s >= self._newest_mono_s
                self._wanted_mono_s = float("inf") if is_all else self._newest_mono_s
            self._asked.notify_all()
        if is_news:
            self._on_news()


class News:
    """Wakes whoever waits for a source to come: a context, for one thread.

    Whatever happens from its opening on ends the next `wait`, so that nothing is missed between a
    look and a wait. Where there is no server, it tries to connect at each `wait`.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._is_new = False

    def __enter__(self) -> Self:
        """Connect."""
        self._connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disconnect."""
        self._disconnect()

    def wait(self, within_s: float, closed: threading.Event) -> None:
        """Wait until a source comes, goes or changes, or the time is up.

        Args:
            within_s: The longest wait.
            closed: Ends the wait where there is no server; elsewhere it takes its time.
        """
        if self._server is None:
            closed.wait(within_s)
            self._connect()
            return
        try:
            if not self._is_new:
                with pulse.mapped():
                    self._server.event_listen(timeout=within_s)
            self._is_new = False
        except UnknownDevice:
            self._disconnect()

    def _connect(self) -> None:
        try:
            self._server = deadline.call(
                self._open,
                within_s=_CONNECT_WITHIN_S,
                name="pulse-news",
                if_late=lambda server: server.close(),
            )
        except (UnknownDevice, TimeoutError):
            self._server = None

    def _open(self) -> Any:
        server = pulse.connect()
        with pulse.mapped():
            server.event_mask_set("source", "server")
        server.event_callback_set(self._take)
        return server

    def _disconnect(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def _take(self, _event: Any) -> None:
        self._is_new = True
        raise pulse.stop_listening()
