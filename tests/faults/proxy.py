"""A TCP proxy on loopback that cuts, slows and silences connections by a script, byte by byte."""

import contextlib
import selectors
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

_POLL_S = 0.02
_BLOCK = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with one connection.

    Attributes:
        after: Bytes of the answer that still come through.
        then: What happens after these: the end, a reset (RST), or nothing any more.
        bytes_per_s: How fast the answer comes; None is as fast as it goes.
    """

    after: int | None = None
    then: Literal["close", "reset", "stall"] = "close"
    bytes_per_s: int | None = None


class FlawedWire:
    """Passes connections on to a port of this machine; use as a context.

    Attributes:
        port: Its own.
        passed: Connections so far.
    """

    def __init__(
        self, port: int, flaws: Iterable[Flaw] = (), *, always: Flaw | None = None
    ) -> None:
        """Begin to listen.

        Args:
            port: Where connections are passed on to.
            flaws: Of the first connections, one after the other.
            always: Of those after them.
        """
        self._upstream = port
        self._flaws = deque(flaws)
        self._always = always or Flaw()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.passed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_POLL_S)
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    def close(self) -> None:
        """End every connection and thread; twice without harm."""
        self._closing.set()
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), f"{thread.name} hangs"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def through(self, url: str) -> str:
        """An address of the server, by way of this wire."""
        return url.replace(f":{self._upstream}/", f":{self.port}/", 1)

    def _start(self, work: object, *args: object) -> None:
        name = f"flawed-wire-{len(self._threads)}"
        thread = threading.Thread(target=work, args=args, name=name, daemon=True)  # type: ignore[arg-type] # of its own arguments
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with self._lock:
                self.passed += 1
                flaw = self._flaws.popleft() if self._flaws else self._always
            self._start(self._pass, sock, flaw)

    def _pass(self, sock: socket.socket, flaw: Flaw) -> None:
        with (
            sock,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._upstream), 5) as server,
            selectors.DefaultSelector() as selector,
        ):
            selector.register(sock, selectors.EVENT_READ)
            selector.register(server, selectors.EVENT_READ)
            left = flaw.after
            while not self._closing.is_set():
                for key, _ in selector.select(_POLL_S):
                    if key.fileobj is sock:
                        data = sock.recv(_BLOCK)
                        server.sendall(data)
                        if not data:
                            return
                        continue
                    data = server.recv(self._block(flaw))
                    sock.sendall(data if left is None else data[:left])
                    if not data:
                        return
                    if left is not None:
                        left -= len(data)
                        if left <= 0:
                            self._end(sock, flaw)
                            return
                    if flaw.bytes_per_s:
                        self._closing.wait(len(data) / flaw.bytes_per_s)

    def _block(self, flaw: Flaw) -> int:
        return max(1, round(flaw.bytes_per_s * _POLL_S)) if flaw.bytes_per_s else _BLOCK

    def _end(self, sock: socket.socket, flaw: Flaw) -> None:
        if flaw.then == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif flaw.then == "stall":
            self._closing.wait()
