"""A broadcaster of HLS on 127.0.0.1 that fails on purpose, by a script.

Its clock counts segments: `position` of them are published. A test steps it (`advance`), or each
request for the playlist does (`per_poll`), so that a run depends on no second of real time.
"""

import contextlib
import random
import threading
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import av

FRAME_S = 1024 / 48_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to a request instead of its answer. All fields together make one answer.

    Attributes:
        status: Sent instead of the answer.
        retry_after: The header's value.
        cut: Bytes that lack at the end, while Content-Length counts them.
        torn: Bytes that lack at the end, and Content-Length agrees.
        body: Sent instead of the right one, with status 200.
        stall: Headers and half the body come, then nothing.
        reset: The connection is closed before a word.
    """

    status: int = 200
    retry_after: str = ""
    cut: int = 0
    torn: int = 0
    body: bytes | None = None
    stall: bool = False
    reset: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A segment as it is broadcast.

    Attributes:
        data: What its address serves.
        tags: Lines of the playlist that stand before it.
        stored: What should be stored of it, where that isn't what is served.
    """

    data: bytes
    duration_s: float
    name: str
    tags: tuple[str, ...] = ()
    stored: bytes | None = None

    @property
    def audio(self) -> bytes:
        """What should be stored of it."""
        return self.data if self.stored is None else self.stored


def adts_frames(count: int, seed: int, *, rate_index: int = 3) -> bytes:
    """Frames of 1024 samples with a noise for a payload, no two alike; index 3 is 48 kHz."""
    noise = random.Random(seed)
    frames = bytearray()
    for _ in range(count):
        payload = noise.randbytes(noise.randrange(20, 60))
        length = len(payload) + 7
        frames += bytes([
            0xFF, 0xF1, 0x40 | rate_index << 2, 0x40 | length >> 11, length >> 3 & 0xFF,
            (length & 7) << 5 | 0x1F, 0xFC,
        ])  # fmt: skip
        frames += payload
    return bytes(frames)


def items(count: int, *, frames: int = 1) -> list[Item]:
    """Packed-audio segments named by their numbers."""
    return [
        Item(data=adts_frames(frames, n), duration_s=frames * FRAME_S, name=f"s{n}.aac")
        for n in range(count)
    ]


def muxed_items(folder: Path, options: dict[str, str], *, codec: str = "aac") -> list[Item]:
    """3.2 s of noise at 48 kHz in segments of a second, by libav's own HLS muxer.

    Args:
        folder: Where it writes; ``init.mp4`` too, for ``hls_segment_type`` fmp4.
        options: Of the muxer.
        codec: FFmpeg's name of an encoder that takes floats.
    """
    target = folder / "list.m3u8"
    options = {"hls_time": "1", "hls_list_size": "0", **options}
    with av.open(str(target), "w", format="hls", options=options) as out:
        stream = out.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        fifo = av.AudioFifo()
        loud, noise = av.AudioFrame(format="fltp", layout="mono", samples=1600), random.Random(1)
        loud.planes[0].update(array("f", (noise.uniform(-0.5, 0.5) for _ in range(1600))).tobytes())
        loud.rate = 48_000
        for at in range(0, 96 * 1600, 1600):
            loud.pts = at
            fifo.write(loud)
            while frame := fifo.read(stream.frame_size):
                out.mux(stream.encode(frame))
        out.mux(stream.encode(fifo.read()))
        out.mux(stream.encode(None))
    lines = target.read_text().splitlines()
    listed = [float(line[8:].rstrip(",")) for line in lines if line.startswith("#EXTINF:")]
    names = [line for line in lines if not line.startswith("#")]
    return [
        Item(data=(folder / name).read_bytes(), duration_s=duration_s, name=name)
        for name, duration_s in zip(names, listed, strict=True)
    ]


@dataclass(slots=True, kw_only=True)
class Broadcast:
    """What is on the air, and what goes wrong with it.

    Attributes:
        segments: All that will ever be published.
        window: How many of the newest are listed; None lists all (EVENT).
        first: Media sequence of the first one.
        position: How many are published now.
        per_poll: By how much each request for the playlist moves the clock.
        ends: ENDLIST comes with the last one.
        frozen: Requests for the playlist, by number, that see what the one before saw.
        playlist_faults: By the number of the request for the playlist.
        faults: By file name, in order of the requests for it.
        files: What else is served: keys, init sections, a master playlist.
        unserved: Segments that left the window are 404.
        token: The query that every request needs now; others are 403.
        shown: Indices of the segments that were listed so far, in a playlist that came whole.
    """

    segments: list[Item]
    window: int | None = 6
    first: int = 0
    position: int = 1
    per_poll: int = 1
    ends: bool = True
    target: int = 0
    frozen: frozenset[int] = frozenset()
    playlist_faults: dict[int, Fault] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    files: dict[str, bytes] = field(default_factory=dict)
    unserved: bool = False
    token: str = ""
    shown: set[int] = field(default_factory=set)

    def fail(self, index: int, *faults: Fault, times: int = 1) -> None:
        """The next requests for a segment fail so."""
        self.faults[self.segments[index].name].extend(faults * min(times, 10_000))

    def fail_playlist(self, polls: Iterable[int], fault: Fault) -> None:
        """These requests for the playlist, counted from 0, fail so."""
        self.playlist_faults.update(dict.fromkeys(polls, fault))

    @property
    def is_over(self) -> bool:
        """Whether all is published and the playlist says so."""
        return self.ends and self.position >= len(self.segments)

    def listed(self) -> range:
        """Indices of the segments in the playlist."""
        end = min(self.position, len(self.segments))
        return range(max(0, end - self.window) if self.window else 0, end)

    def playlist(self) -> bytes:
        """As it is now."""
        listed = self.listed()
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{self.target}",
            f"#EXT-X-MEDIA-SEQUENCE:{self.first + listed.start}",
        ]
        if self.window is None:
            lines.append("#EXT-X-PLAYLIST-TYPE:EVENT")
        for index in listed:
            item = self.segments[index]
            lines += [
                *item.tags,
                f"#EXTINF:{item.duration_s:.6f},",
                item.name + (self.token and f"?{self.token}"),
            ]
        if self.is_over:
            lines.append("#EXT-X-ENDLIST")
        return "\n".join(lines).encode() + b"\n"


class HlsServer:
    """Serves a `Broadcast` from threads of its own, until it is closed.

    Attributes:
        on_air: The broadcast; change it at will.
        requests: Paths in order of arrival.
        headers: Of each of them, by lower-case name.
        polls: Requests for the playlist so far.
    """

    def __init__(self, on_air: Broadcast, *, host: str = "127.0.0.1") -> None:
        self.on_air = on_air
        self._host = host
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.ranges: list[str] = []
        self.polls = 0
        self._last, self._listed = b"", range(0)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
                pass

        self._http = ThreadingHTTPServer((host, 0), Handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.02,), name="hls-server", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Of the media playlist."""
        return self.url_of("live.m3u8")

    def url_of(self, name: str) -> str:
        """Of any file."""
        return f"http://{self._host}:{self.port}/{name}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._http.server_port

    def advance(self, by: int = 1) -> None:
        """Move the clock."""
        with self._lock:
            self.on_air.position += by

    def close(self) -> None:
        """Stop serving."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- on the server's threads ---

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path, _, query = request.path.partition("?")
        name = path.lstrip("/")
        with self._lock:
            self.requests.append(request.path)
            self.headers.append({key.lower(): value for key, value in request.headers.items()})
            if self.on_air.token and query != self.on_air.token:
                body, fault = b"", Fault(status=403)
            else:
                body, fault = self._playlist() if name == "live.m3u8" else self._file(name)
        if body is None:
            body, fault = b"", Fault(status=404)
        with contextlib.suppress(OSError):  # the client has gone
            self._send(request, body, fault)

    def _playlist(self) -> tuple[bytes, Fault]:
        poll, self.polls = self.polls, self.polls + 1
        if poll not in self.on_air.frozen or not self._last:
            self._last, self._listed = self.on_air.playlist(), self.on_air.listed()
        self.on_air.position += self.on_air.per_poll
        fault = self.on_air.playlist_faults.get(poll, Fault())
        if fault == Fault():
            self.on_air.shown.update(self._listed)
        return self._last, fault

    def _file(self, name: str) -> tuple[bytes | None, Fault]:
        waiting = self.on_air.faults.get(name)
        fault = waiting.popleft() if waiting else Fault()
        if name in self.on_air.files:
            return self.on_air.files[name], fault
        for index, item in enumerate(self.on_air.segments):
            if item.name == name:
                gone = self.on_air.unserved and index < self.on_air.listed().start
                return (None if gone else item.data), fault
        return None, fault

    def _send(self, request: BaseHTTPRequestHandler, body: bytes, fault: Fault) -> None:
        if fault.reset:
            request.close_connection = True
            return
        status = fault.status
        body = fault.body if fault.body is not None else body
        if status != HTTPStatus.OK:
            body = b"no"
        elif span := request.headers.get("Range"):
            self.ranges.append(span)
            begin, _, end = span.removeprefix("bytes=").partition("-")
            last = int(end) if end else len(body) - 1
            body, status = body[int(begin) : last + 1], HTTPStatus.PARTIAL_CONTENT
        body = body[: len(body) - fault.torn]
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        if fault.retry_after:
            request.send_header("Retry-After", fault.retry_after)
        request.end_headers()
        if fault.stall:
            request.wfile.write(body[: len(body) // 2])
            self._closing.wait()
            return
        request.wfile.write(body[: len(body) - fault.cut])
