"""A radio station on loopback that fails on purpose: its programme runs by a clock, as radio does.

Every listener hears the same frames at the same time; a new one is first sent a burst of the last
seconds. `Listener` scripts say how a connection goes, one after the other.
"""

import bisect
import time
from collections.abc import Sequence
from dataclasses import dataclass

from recorder.frames import Frame, sniff
from tests.faults.wire import Connection, Script, WireServer

_CONTENT_TYPES = {"mp3": "audio/mpeg", "adts": "audio/aac", "ogg": "application/ogg"}
_PACE_POLL_S = 0.01


class Programme:
    """What is on: encoded sound, frame by frame, with the time at which each has been sent."""

    def __init__(self, data: bytes) -> None:
        parser = sniff("", data, is_all=True)
        assert parser
        frames = parser.feed(data) + parser.finish()
        self.header = next(frame.header for frame in frames if frame.samples)
        self.frames: list[Frame] = [frame for frame in frames if not frame.is_header]
        assert parser.format
        self.content_type = _CONTENT_TYPES[parser.format.container]
        self._ends_s: list[float] = []
        end_s = 0.0
        for frame in self.frames:
            end_s += frame.duration_s
            self._ends_s.append(end_s)

    @property
    def duration_s(self) -> float:
        return self._ends_s[-1]

    def count_at(self, at_s: float) -> int:
        """How many frames are out at a time."""
        return bisect.bisect_right(self._ends_s, at_s)

    def data(self, start: int = 0, end: int | None = None) -> bytes:
        return b"".join(frame.data for frame in self.frames[start:end])


class StationClock:
    """Seconds since the station began: real ones, or a test's steps."""

    def __init__(self, start_s: float = 0.0, *, is_stepped: bool = False) -> None:
        self._is_stepped = is_stepped
        self._began = time.monotonic()
        self._start_s = start_s

    def now_s(self) -> float:
        if self._is_stepped:
            return self._start_s
        return self._start_s + time.monotonic() - self._began

    def step(self, seconds: float) -> None:
        assert self._is_stepped
        self._start_s += seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """How one connection goes.

    Attributes:
        status: Refused with this instead, as in '503 Full'.
        headers: Beside the usual ones.
        break_after_s: Seconds of the clock after which it ends; None: never.
        ends_by: 'close', 'reset', or 'stall' (the socket stays open).
        torn_bytes: Of the next frame, sent right before the end.
        skip_bytes: Left out of the first frame, as a server that begins in mid-frame does.
        drips: Bytes are sent one at a time.
        restarts: It begins with the programme's first frame, as a server does that was restarted.
        is_icy: ICY metadata is woven in, and the status line is SHOUTcast's.
        garbage: Sent before the audio.
    """

    status: str = ""
    headers: Sequence[str] = ()
    break_after_s: float | None = None
    ends_by: str = "close"
    torn_bytes: int = 0
    skip_bytes: int = 0
    drips: bool = False
    restarts: bool = False
    is_icy: bool = False
    garbage: bytes = b""


class Station:
    """The server. Use as a context."""

    METAINT = 1_000

    def __init__(
        self,
        programme: Programme,
        *listeners: Listener,
        burst_s: float = 0.0,
        clock: StationClock | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        """Begin to broadcast.

        Args:
            programme: What is on.
            listeners: How connections go; the last one goes on.
            burst_s: Seconds of the past that a new listener is sent at once.
            clock: Real unless told.
            host: The address that it listens at.
        """
        self.programme = programme
        self.clock = clock or StationClock()
        self.burst_s = burst_s
        self.titles: list[tuple[float, str]] = []
        """Seconds and the title from then on."""
        self.joined: list[int] = []
        """The first frame that each listener was sent."""
        scripts: list[Script] = [self._script(how) for how in listeners or (Listener(),)]
        self.server = WireServer(*scripts, host=host)

    def __enter__(self) -> "Station":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()

    def url(self, path: str = "/live") -> str:
        return self.server.url(path)

    def _script(self, how: Listener) -> Script:
        return lambda connection: self._serve(connection, how)

    def _serve(self, it: Connection, how: Listener) -> None:
        if how.status:
            it.whole(b"no", "text/plain", *how.headers, status=how.status)
            return
        self._greet(it, how)
        began_s = self.clock.now_s()
        shift_s = began_s - self.burst_s if how.restarts else 0.0
        first = at = self.programme.count_at(began_s - self.burst_s - shift_s)
        self.joined.append(first)
        send = _Sender(it, how, self)
        send(how.garbage + self.programme.header)
        end_s = None if how.break_after_s is None else began_s + how.break_after_s
        while not it.closing.is_set():
            now_s = self.clock.now_s()
            out_s = now_s if end_s is None else min(now_s, end_s)
            until = self.programme.count_at(out_s - shift_s)
            if until > at:
                data = self.programme.data(at, until)
                send(data[how.skip_bytes :] if at == first else data)
                at = until
            if (end_s is not None and now_s >= end_s) or at == len(self.programme.frames):
                break
            it.closing.wait(_PACE_POLL_S)
        send(self.programme.data(at, at + 1)[: how.torn_bytes])
        self._end(it, how)

    def _greet(self, it: Connection, how: Listener) -> None:
        headers = [f"Content-Type: {self.programme.content_type}", *how.headers]
        if how.is_icy:
            headers += ["icy-name: Test FM", f"icy-metaint: {self.METAINT}"]
            it.send("\r\n".join(["ICY 200 OK", *headers, "", ""]).encode())
        else:
            it.answer("200 OK", *headers)

    def _end(self, it: Connection, how: Listener) -> None:
        if how.ends_by == "reset":
            it.reset()
        elif how.ends_by == "stall":
            it.closing.wait(60)

    def title_now(self) -> str:
        now_s = self.clock.now_s()
        return next((text for at_s, text in reversed(self.titles) if at_s <= now_s), "")


class _Sender:
    """Sends bytes as a connection's script wants them."""

    def __init__(self, it: Connection, how: Listener, station: Station) -> None:
        self._it, self._how, self._station = it, how, station
        self._left = Station.METAINT
        self._title = ""

    def __call__(self, data: bytes) -> None:
        data = self._woven(data) if self._how.is_icy else data
        if not self._how.drips:
            self._it.send(data)
            return
        for index in range(len(data)):
            self._it.send(data[index : index + 1])

    def _woven(self, data: bytes) -> bytes:
        out = bytearray()
        while data:
            size = min(self._left, len(data))
            out += data[:size]
            data = data[size:]
            self._left -= size
            if not self._left:
                out += self._metadata()
                self._left = Station.METAINT
        return bytes(out)

    def _metadata(self) -> bytes:
        title = self._station.title_now()
        if title == self._title:
            return b"\0"
        self._title = title
        text = f"StreamTitle='{title}';StreamUrl='';".encode()
        units = -(-len(text) // 16)
        return bytes([units]) + text.ljust(units * 16, b"\0")
