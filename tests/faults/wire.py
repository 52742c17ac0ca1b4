"""A TCP server on loopback that answers each connection by a script, down to the byte."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

_ACCEPT_POLL_S = 0.02


class Connection:
    """What a script talks to: a request that came, and the way back."""

    def __init__(self, sock: socket.socket, closing: threading.Event) -> None:
        self._sock = sock
        self.closing = closing
        """Set when the server closes: a script that waits waits on it."""
        self.request = ""
        self.headers: dict[str, str] = {}

    def read_request(self) -> bool:
        """Read a request's head; False where none came."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            data = self._sock.recv(4096)
            if not data:
                return False
            head += data
        self.request, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        self.headers = {name.lower(): value.strip() for name, _, value in pairs}
        return True

    @property
    def path(self) -> str:
        return self.request.split(" ")[1]

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def answer(self, status: str = "200 OK", *headers: str, body: bytes = b"") -> None:
        """Send a head of HTTP/1.1 and the beginning of a body; no length unless it is a header."""
        lines = [f"HTTP/1.1 {status}", *headers, "", ""]
        self.send("\r\n".join(lines).encode() + body)

    def whole(self, body: bytes, content_type: str, *headers: str, status: str = "200 OK") -> None:
        """Send a whole answer with its length."""
        length = f"Content-Length: {len(body)}"
        self.answer(status, f"Content-Type: {content_type}", length, *headers, body=body)

    def reset(self) -> None:
        """End with a TCP reset (RST)."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()


Script = Callable[[Connection], None]
"""Answers one connection; what it leaves open is closed after it."""


class WireServer:
    """Answers the first connection by the first script, and so on; the last one goes on.

    Threads are named 'wire-…' and end with `close`.
    """

    def __init__(
        self, *scripts: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self._host = host
        self._scripts: Sequence[Script] = scripts
        self._tls = tls
        self._closing = threading.Event()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self.connections: list[Connection] = []
        """All that came with a request."""
        self.port = 0
        self.accept()

    def url(self, path: str = "/") -> str:
        return f"http{'s' if self._tls else ''}://{self._host}:{self.port}{path}"

    def accept(self) -> None:
        """Listen, again on the same port after `refuse`."""
        self._listener = socket.create_server((self._host, self.port))
        self._listener.settimeout(_ACCEPT_POLL_S)
        self.port = self._listener.getsockname()[1]
        self._start(self._serve, self._listener)

    def refuse(self) -> None:
        """Listen no more: connections are refused."""
        listener, self._listener = self._listener, None
        if listener:
            listener.close()

    def close(self) -> None:
        """End every script and thread; twice without harm."""
        self._closing.set()
        self.refuse()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), f"{thread.name} hangs"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, work: Callable[[socket.socket], None], sock: socket.socket) -> None:
        name = f"wire-{len(self._threads)}"
        thread = threading.Thread(target=work, args=(sock,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, listener: socket.socket) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._start(self._talk, sock)

    def _talk(self, sock: socket.socket) -> None:
        sock.settimeout(5)
        # A client may go away in the middle, and a handshake may fail: both are its right.
        with contextlib.suppress(OSError), contextlib.ExitStack() as cleanup:
            cleanup.callback(sock.close)
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
                cleanup.callback(sock.close)
            connection = Connection(sock, self._closing)
            if connection.read_request():
                index = min(len(self.connections), len(self._scripts) - 1)
                self.connections.append(connection)
                self._scripts[index](connection)
