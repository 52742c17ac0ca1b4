"""From what a person typed to a source: an address, a device's name, a file.

What an http(s) address leads to shows only in its answer: a continuous stream, an HLS playlist, a
list of streams (.pls, .m3u, .xspf), or a page that plays one, which is resolved.
"""

from __future__ import annotations

import contextlib
import html
import re
import time
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from recorder.errors import MalformedAddress, NotAudio, NotAvailable, Refused, SourceError
from recorder.frames import is_audio_type
from recorder.sources.access import Access
from recorder.sources.base import Sink, Source, SourceFacts, StopSignal
from recorder.sources.device import DeviceSource
from recorder.sources.fetch import (
    LARGEST_PLAYLIST,
    STALL_S,
    Stopped,
    StreamAnswer,
    check_address,
    open_stream,
)
from recorder.sources.hls import HlsSource
from recorder.sources.http import HttpSource
from recorder.sources.icy import ASK
from recorder.sources.listing import GONE
from recorder.sources.past import Past
from recorder.sources.resolve import ResolvedPage, Resolver, YtDlp
from recorder.sources.system import SystemSource
from recorder.types import SourceKind, SourceSpec, redact

_MOST_STEPS = 4  # from a page to a list to a playlist
_BELIEVED_S = 120.0  # a page that calls live what has ended
_NEEDING_COOKIES = (401, 403)
_HEAD_BYTES = 1_024
_HTML = re.compile(
    rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_XSPF = re.compile(rb"\s*(<\?xml.*?\?>\s*)?<playlist\b", re.IGNORECASE | re.DOTALL)
_HTML_TYPES = ("text/html", "application/xhtml+xml")


def parse_source(text: str, *, cookies: str = "") -> SourceSpec:
    """Read a source as a person types it.

    Args:
        text: An http(s) address, ``device:NAME``, ``system``, ``system:NAME``, or a file's path,
            which may be written as a ``file:`` address of this computer (RFC 8089).
        cookies: Where the cookies are, if its page needs some: as `parse_cookies` gives it.

    Raises:
        MalformedAddress: It is none of these.
    """
    text = text.strip()
    if not text:
        raise MalformedAddress(
            "No source is named.",
            hint="Give an http(s) address, device:NAME, system, or a file.",
        )
    kind, colon, rest = text.partition(":")
    if kind.lower() == "device":
        return SourceSpec(kind=SourceKind.DEVICE, address=rest.strip())
    if kind.lower() == "system":
        return SourceSpec(kind=SourceKind.SYSTEM, address=rest.strip())
    if kind.lower() in ("http", "https") and colon:
        check_address(text)
        return SourceSpec(kind=SourceKind.STREAM, address=text, cookies=cookies)
    if re.match(r"file:/", text, re.IGNORECASE):
        return _file(_path_of(text))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        raise MalformedAddress(
            f"'{kind}' is no scheme that can be recorded.",
            hint="Give an http(s) address, device:NAME, system, or a file.",
        )
    return _file(text)


def _path_of(url: str) -> str:
    """The path that a ``file:`` address names on this computer.

    Raises:
        MalformedAddress: It is on another one, or no address.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise MalformedAddress("That is neither an address nor a file.") from error
    if parts.netloc.lower() not in ("", "localhost"):
        raise MalformedAddress(
            f"{parts.hostname} is another computer: its files can't be read by that address.",
            hint="Give the path of a file of this computer.",
        )
    rest = url.partition(":")[2]  # '?' and '#' are parts of a name here
    path = unquote(rest[2 + len(parts.netloc) :] if rest.startswith("//") else rest)
    return path[1:] if re.match(r"/[A-Za-z]:[/\\]", path) else path


def _file(text: str) -> SourceSpec:
    try:
        path = Path(text).expanduser().resolve()
        if text and path.is_file():
            return SourceSpec(kind=SourceKind.FILE, address=str(path))
        is_folder = bool(text) and path.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise MalformedAddress("That is neither an address nor a file.") from error
    if is_folder:
        raise MalformedAddress(
            f"{text} is a folder.", hint="'aircheck import' takes whole folders of audio files."
        )
    raise MalformedAddress(
        f"There is no file {redact(text)}, and it is no address either.",
        hint="An address begins with http:// or https://; a device is device:NAME.",
    )


def open_source(spec: SourceSpec, *, past: Past | None = None) -> Source:
    """Make the source of a spec; nothing is opened or fetched yet.

    Args:
        spec: The source.
        past: What an earlier recorder stored of it, to go on from after its death.
    """
    match spec.kind:
        case SourceKind.STREAM:
            return StreamSource(spec, past=past)
        case SourceKind.FILE:
            # PyAV and NumPy are the half of a recorder's memory, and streams need neither.
            from recorder.sources.file import FileSource  # noqa: PLC0415

            return FileSource(spec, skip_bytes=past.stored_bytes if past else 0)
        case SourceKind.DEVICE:
            return DeviceSource(spec, past=past)
        case SourceKind.SYSTEM:
            return SystemSource(spec, past=past)


class StreamSource:
    """A `Source` of an http(s) address, whatever it leads to.

    Until something was stored each `capture` looks anew what that is; then it stays. A page is
    resolved again when its stream's address is refused or gone, and at an end of its playlist
    while the page says that it is live.
    """

    def __init__(
        self,
        spec: SourceSpec,
        *,
        resolver: Resolver | None = None,
        stall_s: float = STALL_S,
        past: Past | None = None,
    ) -> None:
        """Prepare to capture; nothing is fetched yet.

        Args:
            spec: With an http(s) address.
            resolver: Of pages; yt-dlp, with the source's cookies, unless told.
            stall_s: Seconds without a byte after which a continuous stream has stalled.
            past: What an earlier recorder stored of it.
        """
        self._spec = spec
        self._resolver = resolver or YtDlp(cookies=spec.cookies)
        self._stall_s = stall_s
        self._past = past
        self._found: HttpSource | HlsSource | None = None
        self._answer: StreamAnswer | None = None
        self._page = ""  # that led to the stream
        self._stream = ""  # the address that it led to
        self._is_stale = False  # that address is refused or gone
        self._doubted_s: float | None = None  # since when the page contradicts an end

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

    def cancel(self) -> None:
        """Wake `capture` where it waits."""
        found, answer = self._found, self._answer
        if found:
            found.cancel()
        if answer:
            answer.cancel()

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Record until the stream ends or breaks.

        Raises:
            SourceError: As `HttpSource.capture` and `HlsSource.capture`; `NotAudio` also for a
                page that leads to no stream.
        """
        try:
            self._capture(sink, stop)
        except Stopped:
            return
        except SourceError as error:
            if not sink.has_audio:
                self._found = None
            status = error.status if isinstance(error, NotAvailable) else None
            self._is_stale = self._is_stale or (bool(self._page) and status in GONE)
            raise

    def _capture(self, sink: Sink, stop: StopSignal) -> None:
        page: ResolvedPage | None = None
        if self._found and self._is_stale:
            page = self._resolve(self._page, sink, stop)
            if page.is_over:
                return
        while True:
            heard_s = sink.end_s
            if self._found and page is None:
                self._found.capture(sink, stop)
            else:
                self._find(sink, stop, page)
            if stop.is_set():
                return
            if sink.end_s > heard_s:
                page, self._doubted_s = None, None
            page = self._after_end(page, sink, stop)
            if page is None:
                return

    def _find(self, sink: Sink, stop: StopSignal, page: ResolvedPage | None) -> None:
        """Follow the address to a stream, and capture that.

        Args:
            sink: Where it goes.
            stop: Ends it.
            page: Where to begin instead of at the source's own address.
        """
        url, access = (page.url, page.access) if page else (self._spec.address, None)
        for _ in range(_MOST_STEPS):
            if page:
                self._stream = redact(page.url)
            kind, body, answer = self._look(url, access, stop)
            if answer:
                self._answer = answer
                with answer:
                    if kind == "audio":
                        self._play_http(url, access).record(answer, sink, stop)
                        return
                self._answer = None
            if kind == "hls":
                self._play_hls(url, access).capture(sink, stop)
                return
            if kind == "list":
                url = _first_entry(body, answer.url if answer else url)
            elif page:
                break
            else:
                page = self._resolve(url, sink, stop)
                url, access = page.url, page.access
        raise NotAudio(f"{redact(self._spec.address)} leads to no stream.")

    def _look(
        self, url: str, access: Access | None, stop: StopSignal
    ) -> tuple[str, bytes, StreamAnswer | None]:
        """What an address leads to, what was read of that, and the answer, open.

        What refuses whom it doesn't know is a page, where there are cookies for it.
        """
        try:
            answer = open_stream(url, stop=stop, stall_s=self._stall_s, headers=ASK, access=access)
        except Refused as error:
            if access is None and self._spec.cookies and error.status in _NEEDING_COOKIES:
                return "page", b"", None
            raise
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(answer.close)
            self._answer = answer
            kind, body = _look_at(answer)
            cleanup.pop_all()
        return kind, body, answer

    def _play_http(self, url: str, access: Access | None) -> HttpSource:
        if isinstance(self._found, HttpSource):
            self._found.move(url, access)
            return self._found
        found = HttpSource(self._spec, url, stall_s=self._stall_s, past=self._past, access=access)
        self._found = found
        return found

    def _play_hls(self, url: str, access: Access | None) -> HlsSource:
        if isinstance(self._found, HlsSource):
            self._found.move(url, access)
            return self._found
        found = HlsSource(
            self._spec, url, past=self._past, access=access, can_move=bool(self._page)
        )
        self._found = found
        return found

    # --- a page --------------------------------------------------------------------------------

    def _resolve(self, url: str, sink: Sink, stop: StopSignal) -> ResolvedPage:
        """A page's stream; who the page says it is goes to the journal."""
        page = self._resolver.resolve(url, stop)
        sink.connected(SourceFacts(address=redact(url), identity=dict(page.identity)))
        self._page, self._is_stale = url, False
        return page

    def _after_end(
        self, page: ResolvedPage | None, sink: Sink, stop: StopSignal
    ) -> ResolvedPage | None:
        """What was captured has ended: where its page leads now, if the event is not over.

        Args:
            page: As it was asked just now, and led to nothing new.
            sink: Is told who the page says it is.
            stop: Ends it.

        Raises:
            NotAvailable: The page says that the event is live, and leads to what has ended.
        """
        if not (self._page and isinstance(self._found, HlsSource) and self._found.was_live):
            return None
        is_again = page is not None
        try:
            page = page or self._resolve(self._page, sink, stop)
        except SourceError:
            return None  # it plays nothing any more: it says so, too
        if page.is_over or page.is_live is False:
            was_doubted, self._doubted_s = self._doubted_s is not None, None
            return page if was_doubted else None  # one last look, at what came meanwhile
        if not is_again and (page.is_live or redact(page.url) != self._stream):
            return page
        now_s = time.monotonic()
        self._doubted_s = self._doubted_s or now_s
        if not page.is_live or now_s - self._doubted_s > _BELIEVED_S:
            return None
        raise NotAvailable(f"{self._stream} has ended, and its page says that it is live.")


def _look_at(answer: StreamAnswer) -> tuple[str, bytes]:
    """What an answer is: 'audio', 'hls', 'list' or 'page'; of a list the whole body."""
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_audio_type(content_type):
        return "audio", b""
    head = _read(answer, _HEAD_BYTES)
    if content_type in _HTML_TYPES or _HTML.match(head):
        return "page", b""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if (
        text.startswith(b"#EXTM3U")
        or "mpegurl" in content_type
        or _is_pls(text)
        or _XSPF.match(text)
    ):
        body = head + _read(answer, LARGEST_PLAYLIST)
        return ("hls" if b"#EXT-X-" in body else "list"), body
    answer.unread(head)
    return "audio", b""


def _read(answer: StreamAnswer, size: int) -> bytes:
    """At least so many bytes, or all there are."""
    data = bytearray()
    while len(data) < size and (more := answer.read1()):
        data += more
    return bytes(data)


def _is_pls(text: bytes) -> bool:
    return text[:10].lower() == b"[playlist]"


def _first_entry(body: bytes, url: str) -> str:
    """The first address of a .pls, .m3u or .xspf.

    Raises:
        NotAudio: It lists none of http(s).
    """
    text = body.decode("utf-8-sig", "replace")
    entries: list[str]
    if _is_pls(body.lstrip()):
        entries = re.findall(r"(?im)^\s*file\d+\s*=\s*(\S.*?)\s*$", text)
    elif _XSPF.match(body):
        found = re.findall(r"(?is)<location>\s*(.*?)\s*</location>", text)
        entries = [html.unescape(entry) for entry in found]
    else:
        lines = (line.strip() for line in text.splitlines())
        entries = [line for line in lines if line and not line.startswith("#")]
    for entry in entries:
        with contextlib.suppress(ValueError):
            address = urljoin(url, entry)
            if urlsplit(address).scheme in ("http", "https"):
                return address
    raise NotAudio(f"{redact(url)} is a playlist that lists no stream.")
