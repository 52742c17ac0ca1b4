"""The one seam to HTTP: whatever comes from the network comes through here.

The standard library's client reads, over a socket that is waited for in slices of 40 ms, so that
every blocking call ends within 100 ms of a stop without a thread beside it. Only http and https
are spoken, also after a redirect. 'ICY 200 OK', SHOUTcast's status line, is taken for HTTP/1.0.
Errors name a host and a path, never a user, a query or a token.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import io
import os
import queue
import re
import selectors
import socket
import ssl
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote, unquote, urljoin, urlsplit

import certifi

from recorder.archive import PROGRAM
from recorder.errors import (
    ConnectionLost,
    MalformedAddress,
    NotAudio,
    NotAvailable,
    Refused,
    Stalled,
)
from recorder.sources.access import Access
from recorder.sources.base import StopSignal
from recorder.types import Seconds, redact

TIMEOUT_S = Seconds(10.0)
"""Seconds for an answer to begin: name, connection, handshake and headers together."""

STALL_S = Seconds(10.0)
"""Seconds without a byte after which a stream has stalled (DESIGN.md, issue 3)."""

LARGEST_PLAYLIST = 5_000_000
"""Bytes of a playlist or page at most (issue 3, 'Safety')."""

_SLICE_S = 0.04  # a stop is seen within one
_REDIRECTS = 10
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_REFUSING = frozenset({401, 403, 429, 503})
_PER_ADDRESS_S = 4.0  # then a host's next address is tried
_BUFFER = 65_536


class Stopped(Exception):
    """The stop signal was set while something was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer.

    Attributes:
        status: HTTP status, 200 to 299.
        url: The address that answered in the end, tokens included: never journal it.
        headers: By lower-case name.
        body: After transfer and content decoding.
        certificate_sha256: Of the server's TLS certificate, in hex; empty over plain http.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    certificate_sha256: str


class StreamAnswer:
    """An answer that is read as it arrives. Belongs to one thread, but for `cancel`.

    Attributes:
        status, url, headers, certificate_sha256: As in `Answer`.
    """

    def __init__(
        self,
        response: http.client.HTTPResponse,
        wire: _Wire,
        *,
        url: str,
    ) -> None:
        self._response = response
        self._wire = wire
        self._unread = b""
        self.status = response.status
        self.url = url
        self.headers = _headers(response)
        self.certificate_sha256 = wire.certificate_sha256

    def read1(self, size: int = _BUFFER) -> bytes:
        """Wait for bytes and return what there is, at most ``size``; empty at the end.

        Raises:
            Stopped: The stop signal was set.
            Stalled: Nothing came for the time that `open_stream` was told.
            ConnectionLost: It broke, or ended before the length that it had announced.
        """
        if self._unread:
            data, self._unread = self._unread[:size], self._unread[size:]
            return data
        try:
            data = self._response.read1(size)
        except _TooLate as error:
            raise Stalled(
                f"{redact(self.url)} has sent nothing for {error.waited_s:g} s."
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ConnectionLost(f"The connection to {redact(self.url)} broke.") from error
        if not data and self._response.length:
            raise ConnectionLost(
                f"{redact(self.url)} ended {self._response.length} bytes before its end."
            )
        return data

    def unread(self, data: bytes) -> None:
        """Put bytes back, so that the next `read1` begins with them."""
        self._unread = data + self._unread

    @property
    def is_complete(self) -> bool:
        """Whether all of an announced length was read: the one proof of an end in HTTP."""
        return "content-length" in self.headers and not self._response.length

    def call_when_idle(self, call: Callable[[], None]) -> None:
        """Have something called inside `read1`, some 25 times a second, while nothing comes."""
        self._wire.patience.on_idle = call

    def cancel(self) -> None:
        """End a blocking `read1` now; from any thread."""
        self._wire.cancel()

    def close(self) -> None:
        """Close the connection; twice without harm."""
        self._response.close()
        self._wire.shut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def fetch(
    url: str,
    *,
    stop: StopSignal,
    max_bytes: int = LARGEST_PLAYLIST,
    timeout_s: float = TIMEOUT_S,
    headers: Mapping[str, str] | None = None,
    access: Access | None = None,
) -> Answer:
    """Fetch a bounded answer whole; redirects are followed.

    Args:
        url: http(s), tokens included.
        stop: Ends every wait within 100 ms.
        max_bytes: The body may have at most.
        timeout_s: For everything, the body included.
        headers: Sent beside the usual ones (Range, …).
        access: What else each request carries, to each host what it may know.

    Raises:
        Stopped: ``stop`` was set.
        MalformedAddress: Not an http(s) address, or a redirect to none.
        Refused: 401, 403, 429, 503.
        NotAvailable: Any other status but 2xx, no such host, no connection, no answer in time.
        ConnectionLost: It broke in the body, or the body is shorter than announced.
        NotAudio: The body is larger than ``max_bytes``.
    """
    deadline = time.monotonic() + timeout_s
    patience = _Patience(stop, deadline=deadline)
    with _open(url, patience, dict(headers or {}), access) as answer:
        body = bytearray()
        try:
            while data := answer.read1():
                body += data
                if len(body) > max_bytes:
                    raise _too_large(url, max_bytes)
        except Stalled as error:
            raise NotAvailable(f"{redact(url)} did not answer within {timeout_s:g} s.") from error
        return Answer(
            status=answer.status,
            url=answer.url,
            headers=answer.headers,
            body=_decoded(bytes(body), answer.headers, url, max_bytes),
            certificate_sha256=answer.certificate_sha256,
        )


def open_stream(
    url: str,
    *,
    stop: StopSignal,
    timeout_s: float = TIMEOUT_S,
    stall_s: float = STALL_S,
    headers: Mapping[str, str] | None = None,
    access: Access | None = None,
) -> StreamAnswer:
    """Ask for an answer that is read as it arrives; redirects are followed.

    Args:
        url: http(s), tokens included.
        stop: Ends every wait within 100 ms.
        timeout_s: For the answer to begin.
        stall_s: Seconds without a byte after which `StreamAnswer.read1` raises `Stalled`.
        headers: Sent beside the usual ones (Icy-MetaData, …).
        access: What else each request carries, to each host what it may know.

    Raises:
        Stopped: ``stop`` was set.
        MalformedAddress: Not an http(s) address, or a redirect to none.
        Refused: 401, 403, 429, 503.
        NotAvailable: Any other status but 2xx, no such host, no connection, no answer in time.
    """
    patience = _Patience(stop, deadline=time.monotonic() + timeout_s)
    answer = _open(url, patience, dict(headers or {}), access)
    patience.become_stream(stall_s)
    return answer


def check_address(url: str) -> None:
    """See whether an address could be asked at all.

    Raises:
        MalformedAddress: It isn't one of http(s).
    """
    _Target.of(url)


# --- one request -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """An address taken apart."""

    is_tls: bool
    host: str
    port: int
    path: str  # with its query
    authorization: str

    @classmethod
    def of(cls, url: str) -> _Target:
        """Take an address apart.

        Raises:
            MalformedAddress: It isn't one of http(s).
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            # What is no ASCII in a host is IDNA's, in a path UTF-8's (RFC 3987, section 3.1).
            host = host if host.isascii() else host.encode("idna").decode("ascii")
        except ValueError as error:
            raise MalformedAddress("That is not an address of the web.") from error
        if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x20]", host):
            raise MalformedAddress(
                f"{redact(url)} is not an http(s) address.",
                hint="An address begins with http:// or https://.",
            )
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|\\^`{}\"<>")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        basic = b64encode(f"{user}:{password}".encode()).decode() if parts.username else ""
        return cls(
            is_tls=parts.scheme == "https",
            host=host,
            port=port if port is not None else (443 if parts.scheme == "https" else 80),
            path=f"{path}?{query}" if query else path,
            authorization=f"Basic {basic}" if basic else "",
        )


def _open(
    url: str, patience: _Patience, headers: dict[str, str], access: Access | None
) -> StreamAnswer:
    """Ask, follow redirects, and return an answer of 2xx."""
    for _ in range(_REDIRECTS + 1):
        answer = _ask(url, patience, headers, access)
        if answer.status in _REDIRECTING and "location" in answer.headers:
            answer.close()
            url = _redirected(url, answer.headers["location"])
            continue
        if not 200 <= answer.status < 300:
            answer.close()
            raise _status_error(url, answer)
        return answer
    raise NotAvailable(f"{redact(url)} leads on and on: more than {_REDIRECTS} redirects.")


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise MalformedAddress(f"{redact(url)} leads to no address.") from error


def _ask(
    url: str, patience: _Patience, headers: dict[str, str], access: Access | None
) -> StreamAnswer:
    """One request, to the end of the answer's headers."""
    target = _Target.of(url)
    headers = (access.headers_for(url) if access else {}) | headers
    with contextlib.ExitStack() as cleanup:
        try:
            wire = _Wire(_connected(target, patience), patience)
            cleanup.callback(wire.shut)
            answer = StreamAnswer(_exchange(target, wire, headers), wire, url=url)
        except (OSError, http.client.HTTPException, ValueError, _TooLate) as error:
            raise _unreachable(error, redact(url), target.host) from error
        cleanup.pop_all()
        return answer


def _unreachable(error: Exception, shown: str, host: str) -> NotAvailable:
    """Say why there was no answer."""
    match error:
        case _TooLate():
            return NotAvailable(f"{shown} did not answer in time.")
        case ssl.SSLCertVerificationError():
            return NotAvailable(
                f"The certificate of {host} is not valid ({error.verify_message}).",
                hint="Check the address: somebody may pose as this host.",
            )
        case socket.gaierror():
            return NotAvailable(f"There is no host {host} (yet).")
        case ConnectionRefusedError():
            return NotAvailable(f"{host} refuses the connection.")
        case OSError(strerror=str(words)):
            return NotAvailable(f"{shown} can't be reached: {words}.")
        case _:
            return NotAvailable(f"{shown} gives no answer of HTTP ({type(error).__name__}).")


def _exchange(target: _Target, wire: _Wire, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = cast("Any", wire)  # all that http.client asks of a socket
    default = 443 if target.is_tls else 80
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {
        "Host": host if target.port == default else f"{host}:{target.port}",
        "User-Agent": PROGRAM.replace(" ", "/"),
        "Accept": "*/*",
        "Connection": "close",
    }
    if target.authorization:
        usual["Authorization"] = target.authorization
    connection.request("GET", target.path, headers=usual | headers)
    return connection.getresponse()


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    """Headers by lower-case name. Station names are UTF-8, which http.client takes for Latin-1."""
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        with contextlib.suppress(UnicodeError):
            value = value.encode("latin-1").decode()  # noqa: PLW2901 (kept where it isn't UTF-8)
        headers.setdefault(name.lower(), value.strip())
    return headers


def _status_error(url: str, answer: StreamAnswer) -> NotAvailable:
    status = answer.status
    try:
        words = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        words = str(status)
    wait_s = _retry_after_s(answer.headers.get("retry-after", ""))
    if status in _REFUSING:
        return Refused(f"{redact(url)} refuses: {words}.", status=status, retry_after_s=wait_s)
    return NotAvailable(
        f"{redact(url)} is not available: {words}.", status=status, retry_after_s=wait_s
    )


def _retry_after_s(text: str) -> Seconds | None:
    """Seconds or a date (RFC 9110, section 10.2.3); None where it says neither."""
    if re.fullmatch(r"\d{1,9}", text):
        return Seconds(float(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Seconds(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _too_large(url: str, max_bytes: int) -> NotAudio:
    return NotAudio(f"{redact(url)} sends more than the {max_bytes:,} bytes that it may have.")


def _decoded(body: bytes, headers: Mapping[str, str], url: str, max_bytes: int) -> bytes:
    """Undo a content encoding that some stores apply though nobody asked (gzipped playlists)."""
    encoding = headers.get("content-encoding", "").lower()
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return body
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, as its header says
    try:
        plain = decoder.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise ConnectionLost(f"{redact(url)} can't be decompressed.") from error
    if len(plain) > max_bytes:
        raise _too_large(url, max_bytes)
    if not decoder.eof:
        raise ConnectionLost(f"{redact(url)} ended before its end.")
    return plain


# --- the socket --------------------------------------------------------------------------------


class _TooLate(Exception):
    """The time for a wait is over."""

    def __init__(self, waited_s: float) -> None:
        super().__init__(waited_s)
        self.waited_s = waited_s


class _Patience:
    """How long a wait may last: until a stop, until a deadline, or for a while after each byte."""

    def __init__(self, stop: StopSignal, *, deadline: float) -> None:
        self._stop = stop
        self._began = time.monotonic()
        self._deadline = deadline
        self._stall_s: float | None = None
        self.on_idle: Callable[[], None] = lambda: None

    def become_stream(self, stall_s: float) -> None:
        """From now on the deadline moves on with each byte."""
        self._stall_s = stall_s
        self.renew()

    def renew(self) -> None:
        """Something came."""
        if self._stall_s is not None:
            self._began = time.monotonic()
            self._deadline = self._began + self._stall_s

    def check(self) -> None:
        """Raise `Stopped` or `_TooLate` when it is time to."""
        if self._stop.is_set():
            raise Stopped
        now = time.monotonic()
        if now >= self._deadline:
            raise _TooLate(round(now - self._began, 1))

    def idle(self) -> None:
        """A slice has gone by without a byte."""
        self.check()
        self.on_idle()


class _Wire(io.RawIOBase):
    """A connected socket as http.client wants it, read patiently."""

    def __init__(self, sock: socket.socket, patience: _Patience) -> None:
        self._sock = sock
        self.patience = patience
        self._ahead: bytes | None = None  # the status line's first bytes
        certificate = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else b""
        self.certificate_sha256 = sha256(certificate).hexdigest() if certificate else ""

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(TIMEOUT_S)  # a request fits the socket's buffer: it doesn't wait
        self._sock.sendall(data)
        self._sock.settimeout(_SLICE_S)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What http.client reads an answer from."""
        if mode != "rb":
            raise ValueError(mode)
        return io.BufferedReader(self, _BUFFER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._ahead is None:
            self._ahead = self._greeting()
        if self._ahead:
            size = min(len(buffer), len(self._ahead))
            buffer[:size], self._ahead = self._ahead[:size], self._ahead[size:]
            return size
        return self._receive(buffer)

    def _greeting(self) -> bytes:
        """The first four bytes; 'ICY ' becomes what http.client knows."""
        start, some = b"", bytearray(4)
        while len(start) < 4 and (size := self._receive(memoryview(some)[: 4 - len(start)])):
            start += some[:size]
        return b"HTTP/1.0 " if start == b"ICY " else start

    def _receive(self, buffer: Any) -> int:
        self.patience.check()
        while True:
            try:
                size = self._sock.recv_into(buffer)
            except TimeoutError:
                self.patience.idle()
            else:
                self.patience.renew()
                return size

    def cancel(self) -> None:
        """Wake whoever reads, from any thread: at the descriptor, past the state of TLS."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """http.client closes what it has read; the socket is closed by `shut`."""

    def shut(self) -> None:
        """Close the socket; twice without harm."""
        self._sock.close()


def _connected(target: _Target, patience: _Patience) -> socket.socket:
    """A connected socket, handshake done, with slices for a timeout."""
    failure: OSError = OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
    for family, address in _addresses(target, patience):
        with contextlib.ExitStack() as cleanup:
            sock = cleanup.enter_context(socket.socket(family, socket.SOCK_STREAM))
            try:
                _connect(sock, address, patience)
            except OSError as error:
                failure = error
                continue
            sock.settimeout(_SLICE_S)
            wired = _with_tls(sock, target.host, patience) if target.is_tls else sock
            cleanup.pop_all()
            return wired
    raise failure


def _addresses(target: _Target, patience: _Patience) -> list[tuple[int, Any]]:
    """Look a host up, in a thread that may be left behind: the system's call can't be ended."""
    answer: queue.Queue[list[tuple[int, Any]] | OSError] = queue.Queue(1)

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answer.put([(family, address) for family, _, _, _, address in found])
        except OSError as error:
            answer.put(error)
        except UnicodeError as error:  # a label of no characters, or of too many
            answer.put(socket.gaierror(socket.EAI_NONAME, str(error)))

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    while True:
        try:
            found = answer.get(timeout=_SLICE_S)
        except queue.Empty:
            patience.check()
            continue
        if isinstance(found, OSError):
            raise found
        return found


def _connect(sock: socket.socket, address: Any, patience: _Patience) -> None:
    """Connect without blocking for longer than a slice.

    Raises:
        OSError: It can't be reached, also when this address takes too long.
    """
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        sock.connect(address)
    until = time.monotonic() + _PER_ADDRESS_S
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(_SLICE_S):
            patience.check()
            if time.monotonic() > until:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def _with_tls(sock: socket.socket, host: str, patience: _Patience) -> ssl.SSLSocket:
    tls = _tls_context().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(tls.close)  # it has taken the descriptor over
        while True:
            try:
                tls.do_handshake()
            except TimeoutError:
                patience.check()
            else:
                cleanup.pop_all()
                return tls


@cache
def _tls_context() -> ssl.SSLContext:
    """The system's authorities and certifi's: a bare machine has none of its own."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
