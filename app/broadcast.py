"""The sample broadcast: a server on this machine that misbehaves on purpose.

It goes the way such sessions go. The announced address answers 'not available', then 'too many
listeners', then it is live (HLS, in real time); in mid-sentence the connection breaks and comes
back; one segment is lost for good; then the broadcast ends. `aircheck demo` and the window offer
it to those who have nothing to record yet. It is a source like any other; only where no other
model is on this machine, the one that comes with Aircheck is good enough for it alone.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self

import resources

logger = logging.getLogger(__name__)

WAITS_S = 1.5
"""How long the address is 'not available', from the first request on."""

RETRY_AFTER_S = 1
"""What a refused listener is told; one who comes back then gets in, an earlier one does not."""

BREAK_S = 3.0
"""How long connections are reset. The window is longer, so a listener can catch up on it."""

WINDOW_SEGMENTS = 10
"""How many segments a playlist lists."""

LEAD_SEGMENTS = 3
"""How many segments there are already when the playlist first comes up."""


_PATH = "/aircheck-sample/live.m3u8"


def is_sample(source: str) -> bool:
    """Whether an address is that of the sample broadcast, of this time or an earlier one."""
    return re.fullmatch(rf"http://127\.0\.0\.1:\d+{re.escape(_PATH)}", source) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Something that is said in the sample; times are session time in seconds."""

    start_s: float
    end_s: float
    voice: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is broadcast, and its script.

    Attributes:
        title: The session's title.
        phrase: Words of the talk to search for: those during which the connection breaks.
        audio: The whole of it, ADTS AAC.
        segment_s: How long each segment lasts.
        segment_bytes: The size of each, in order.
        lost_segment: The index of the one that is announced and never served.
        breaks_at_s: Where the broadcast is when the connection breaks.
        utterances: What is said.
    """

    title: str
    phrase: str
    audio: bytes
    segment_s: float
    segment_bytes: tuple[int, ...]
    lost_segment: int
    breaks_at_s: float
    utterances: tuple[Utterance, ...]

    @classmethod
    def load(cls) -> Self:
        """The sample that Aircheck brings along; see resources/README.md."""
        about = json.loads(resources.path("sample/session.json").read_text(encoding="utf-8"))
        return cls(
            title=about["title"],
            phrase=about["phrase"],
            audio=resources.path("sample/session.aac").read_bytes(),
            segment_s=about["segment_s"],
            segment_bytes=tuple(about["segment_bytes"]),
            lost_segment=about["lost_segment"],
            breaks_at_s=about["breaks_at_s"],
            utterances=tuple(Utterance(**utterance) for utterance in about["utterances"]),
        )

    @property
    def duration_s(self) -> float:
        """How long all of it lasts."""
        return len(self.segment_bytes) * self.segment_s

    @property
    def lost_s(self) -> tuple[float, float]:
        """From when to when the lost segment lasts, in session time."""
        return self.lost_segment * self.segment_s, (self.lost_segment + 1) * self.segment_s

    @property
    def heard(self) -> tuple[Utterance, ...]:
        """The utterances that a recording of the broadcast can have."""
        from_s, to_s = self.lost_s
        return tuple(u for u in self.utterances if u.end_s <= from_s or u.start_s >= to_s)

    def segment(self, index: int) -> bytes:
        """The bytes of one segment: whole ADTS frames."""
        start = sum(self.segment_bytes[:index])
        return self.audio[start : start + self.segment_bytes[index]]


class Stage(StrEnum):
    """What the broadcast is doing, in words for people."""

    ANNOUNCED = "announced"
    NOT_AVAILABLE = "not available"
    TOO_MANY_LISTENERS = "too many listeners"
    LIVE = "live"
    BROKEN = "connection broken"
    ENDED = "ended"


class _Course:
    """How far the broadcast is. Its time begins with the first request. Any thread may ask.

    Each stage before the first sound is met by every listener, however rarely one asks: it is
    left by the request that comes after its time.
    """

    def __init__(self, sample: Sample, clock: Callable[[], float]) -> None:
        self._sample = sample
        self._clock = clock
        self._lock = threading.Lock()
        self._stage = Stage.ANNOUNCED
        self._since_s = 0.0  # the clock when this stage before the first sound began
        self._live_at: datetime | None = None

    @property
    def stage(self) -> Stage:
        """What is going on now."""
        with self._lock:
            return self._stage_now()

    @property
    def live_at(self) -> datetime:
        """The wall clock at the session's first sample."""
        assert self._live_at is not None, "asked of a broadcast that is live"
        return self._live_at

    def request(self) -> Stage:
        """Take note of a request for the playlist, and say what it meets."""
        with self._lock:
            age_s = self._clock() - self._since_s
            if self._stage is Stage.ANNOUNCED:
                self._enter(Stage.NOT_AVAILABLE)
            elif self._stage is Stage.NOT_AVAILABLE and age_s >= WAITS_S:
                self._enter(Stage.TOO_MANY_LISTENERS)
            elif self._stage is Stage.TOO_MANY_LISTENERS and age_s >= RETRY_AFTER_S:
                self._enter(Stage.LIVE)
                started_s = LEAD_SEGMENTS * self._sample.segment_s
                self._live_at = datetime.now(UTC) - timedelta(seconds=started_s)
            return self._stage_now()

    def segments(self) -> int:
        """How many segments were broadcast so far."""
        with self._lock:
            if self._stage is not Stage.LIVE:
                return 0
            return min(
                int(self._position_s() / self._sample.segment_s), len(self._sample.segment_bytes)
            )

    def _enter(self, stage: Stage) -> None:
        self._stage = stage
        self._since_s = self._clock()

    def _position_s(self) -> float:
        """Where the live broadcast is, in session time."""
        return self._clock() - self._since_s + LEAD_SEGMENTS * self._sample.segment_s

    def _stage_now(self) -> Stage:
        if self._stage is not Stage.LIVE:
            return self._stage
        position_s = self._position_s()
        if position_s >= self._sample.duration_s:
            return Stage.ENDED
        if 0 <= position_s - self._sample.breaks_at_s < BREAK_S:
            return Stage.BROKEN
        return Stage.LIVE


class SampleBroadcast:
    """The sample broadcast on 127.0.0.1, from its making until `close`; a context manager.

    Its time begins with the first request for `url`. Requests are answered in threads of its own,
    none of which outlives it.

    Args:
        sample: What is broadcast.
        clock: Monotonic seconds; tests move it by hand.
    """

    def __init__(
        self, sample: Sample | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.sample = sample or Sample.load()
        self._course = _Course(self.sample, clock)
        self._server = _Server(self.sample, self._course)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="broadcast", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The address that was announced: the playlist's."""
        return f"http://127.0.0.1:{self._server.server_port}{_PATH}"

    @property
    def stage(self) -> Stage:
        """What the broadcast is doing now. Any thread may ask."""
        return self._course.stage

    def close(self) -> None:
        """End all connections and stop listening. A second call does nothing."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.end_connections()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    """Keeps account of its connections, so that they, and their threads, end with it."""

    daemon_threads = False  # server_close waits for those that aren't

    def __init__(self, sample: Sample, course: _Course) -> None:
        self.sample = sample
        self.course = course
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(
        self,
        request: socket.socket | tuple[bytes, socket.socket],
        client_address: object,
    ) -> None:
        assert isinstance(request, socket.socket), "TCP, not UDP"
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        # Without the polite shutdown of the base class, closing resets where `_Handler` asked so.
        assert isinstance(request, socket.socket), "TCP, not UDP"
        with self._lock:
            self._connections.discard(request)
        self.close_request(request)

    def handle_error(
        self,
        request: socket.socket | tuple[bytes, socket.socket],  # noqa: ARG002  as in the base class
        client_address: object,
    ) -> None:
        logger.debug("the listener at %s left", client_address)

    def end_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # it ended by itself
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests, in a thread of its own."""

    protocol_version = "HTTP/1.1"
    timeout = 10.0  # seconds; a listener who neither asks nor leaves is let go
    server: _Server

    def setup(self) -> None:
        threading.current_thread().name = "broadcast-connection"
        super().setup()

    def do_GET(self) -> None:
        path = PurePosixPath(self.path)
        if path.name == "live.m3u8":
            self._answer_playlist(self.server.course.request())
        elif path.suffix == ".aac" and path.stem.isdecimal():
            self._answer_segment(int(path.stem))
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"There is nothing here.\n", "text/plain")

    def _answer_playlist(self, stage: Stage) -> None:
        if stage is Stage.BROKEN:
            self._reset()
        elif stage is Stage.NOT_AVAILABLE:
            body = b"This session is not available.\n"
            self._answer(HTTPStatus.NOT_FOUND, body, "text/plain")
        elif stage is Stage.TOO_MANY_LISTENERS:
            body = b"There are too many listeners.\n"
            self._answer(
                HTTPStatus.SERVICE_UNAVAILABLE, body, "text/plain", retry_after_s=RETRY_AFTER_S
            )
        else:
            course = self.server.course
            body = playlist(self.server.sample, course.segments(), course.live_at).encode()
            self._answer(HTTPStatus.OK, body, "application/vnd.apple.mpegurl")

    def _answer_segment(self, index: int) -> None:
        sample, course = self.server.sample, self.server.course
        is_broken = course.stage is Stage.BROKEN
        if index >= course.segments() or index == sample.lost_segment:
            if is_broken:
                self._reset()
                return
            self._answer(HTTPStatus.NOT_FOUND, b"This segment is lost.\n", "text/plain")
            return
        body = sample.segment(index)
        self._send_head(HTTPStatus.OK, len(body), "audio/aac")
        self.wfile.write(body[: len(body) // 2] if is_broken else body)
        if is_broken:
            self._reset()

    def _answer(
        self, status: HTTPStatus, body: bytes, media_type: str, retry_after_s: int | None = None
    ) -> None:
        self._send_head(status, len(body), media_type, retry_after_s)
        self.wfile.write(body)

    def _send_head(
        self, status: HTTPStatus, length: int, media_type: str, retry_after_s: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        if retry_after_s is not None:
            self.send_header("Retry-After", str(retry_after_s))
        self.end_headers()

    def _reset(self) -> None:
        """Let this connection end as a broken one does: by RST (SO_LINGER of zero, socket(7))."""
        at_once = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in the base class
        logger.debug(format, *args)


def playlist(sample: Sample, segments: int, live_at: datetime) -> str:
    """The live playlist (RFC 8216) when `segments` of `sample` were broadcast.

    Args:
        sample: What is broadcast.
        segments: How many segments there were so far; the last ones are listed.
        live_at: The wall clock at the first sample, aware UTC.
    """
    first = max(0, segments - WINDOW_SEGMENTS)
    first_at = live_at + timedelta(seconds=first * sample.segment_s)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{round(sample.segment_s)}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        f"#EXT-X-PROGRAM-DATE-TIME:{first_at.isoformat(timespec='milliseconds')}",
    ]
    for index in range(first, segments):
        lines += [f"#EXTINF:{sample.segment_s:.5f},", f"{index}.aac"]
    if segments == len(sample.segment_bytes):
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"
