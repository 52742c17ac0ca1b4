"""Real servers for tests: icecast2, fed by ffmpeg, on loopback; and a wire that can be cut."""

import contextlib
import os
import random
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.wire import Connection, WireServer
from tests.parts import wait_until

_PASSWORD = "hackme"
_CONFIG = """<icecast>
  <limits><clients>50</clients><sources>10</sources><burst-size>65535</burst-size></limits>
  <authentication><source-password>{password}</source-password></authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths><logdir>{folder}</logdir><webroot>{folder}</webroot><adminroot>{folder}</adminroot></paths>
  <logging><errorlog>error.log</errorlog><accesslog>-</accesslog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""
# icecast2 refuses to run as root.
_OWNER = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"


def free_port() -> int:
    """A port for a server that can't choose its own.

    Below those that the system gives to clients (32768 and up on Linux): one that polls such a
    port before the server listens may get it for its own end, and be connected to itself.
    """
    while True:
        with contextlib.suppress(OSError), socket.socket() as sock:
            sock.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
            return int(sock.getsockname()[1])


class Icecast:
    """A real icecast2 with its default burst of 65,535 bytes. Use as a context."""

    def __init__(self, folder: Path) -> None:
        """Start it; `require` its parts first.

        Args:
            folder: For its configuration and log; made readable for everybody.
        """
        self.port = free_port()
        is_root = os.geteuid() == 0
        for path in (folder, *folder.parents):
            if is_root and path.owner() == "root" and path != Path("/") and path.parts[1] == "tmp":
                path.chmod(path.stat().st_mode | 0o755)
        folder.chmod(0o777)
        config = folder / "icecast.xml"
        config.write_text(
            _CONFIG.format(
                password=_PASSWORD, port=self.port, folder=folder, owner=_OWNER if is_root else ""
            )
        )
        self._process = subprocess.Popen(
            ["icecast2", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(self.kill)
            wait_until(self._answers, 10, "icecast2")
            cleanup.pop_all()

    def kill(self) -> None:
        """End it at once; twice without harm."""
        self._process.kill()
        self._process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def url(self, mount: str) -> str:
        return f"http://127.0.0.1:{self.port}/{mount}"

    def source_url(self, mount: str) -> str:
        return f"icecast://source:{_PASSWORD}@127.0.0.1:{self.port}/{mount}"

    def has(self, mount: str) -> bool:
        try:
            with urllib.request.urlopen(self.url(mount), timeout=5) as answer:  # noqa: S310 (http)
                return bool(answer.read(1))
        except OSError:
            return False

    def _answers(self) -> bool:
        assert self._process.poll() is None, "icecast2 ended at once"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


class Crowd:
    """Listeners who take what a mount sends, and come back when it has gone."""

    def __init__(self, url: str, count: int) -> None:
        self._url = url
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self.heard = 0
        self._threads = [
            threading.Thread(target=self._listen, name=f"crowd-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join(5)

    def _listen(self) -> None:
        while not self._closing.wait(0.5):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(self._url, timeout=1) as answer,  # noqa: S310 (http)
            ):
                while not self._closing.is_set() and (data := answer.read1(65_536)):
                    with self._lock:
                        self.heard += len(data)


class Feed:
    """A real ffmpeg that plays noise over a tone to an Icecast, and keeps what it sent."""

    def __init__(self, icecast: Icecast, folder: Path, outputs: dict[str, Sequence[str]]) -> None:
        """Begin.

        Args:
            icecast: Where to.
            folder: For one file a mount, named like it.
            outputs: By mount: ffmpeg's options, the muxer's last.
        """
        self.files = {mount: folder / mount for mount in outputs}
        command = ["ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i"]
        command += ["anoisesrc=r=44100:a=0.2:seed=1[n];sine=f=440:r=44100[s];[n][s]amix"]
        for mount, options in outputs.items():
            *codec, content_type, muxer = options
            targets = f"[f={muxer}]{self.files[mount]}"
            targets += f"|[f={muxer}:content_type={content_type}]{icecast.source_url(mount)}"
            command += ["-map", "0:a", *codec, "-f", "tee", targets]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(self.end)
            wait_until(lambda: all(icecast.has(mount) for mount in outputs), 15, "the feed")
            cleanup.pop_all()

    def end(self) -> None:
        """End well, so that the files are whole; twice without harm."""
        self._process.terminate()
        self._process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()


class Proxy:
    """Passes bytes between its own port and another, until the wire is cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cut = threading.Event()
        self._server = WireServer(self._pass)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cut.set()
        self._server.close()

    def url(self, mount: str) -> str:
        return self._server.url("/" + mount)

    def cut(self) -> None:
        """Reset all connections, and refuse new ones."""
        self._server.refuse()
        self._cut.set()

    def move(self, port: int) -> None:
        """Pass new connections on to another port."""
        self._port = port

    def mend(self) -> None:
        """Accept connections again."""
        self._cut = threading.Event()
        self._server.accept()

    def _pass(self, it: Connection) -> None:
        cut = self._cut
        head = [it.request, *(f"{name}: {value}" for name, value in it.headers.items()), "", ""]
        with socket.create_connection(("127.0.0.1", self._port), 5) as upstream:
            upstream.sendall("\r\n".join(head).encode())
            upstream.settimeout(0.02)
            while not cut.is_set():
                try:
                    data = upstream.recv(65_536)
                except TimeoutError:
                    continue
                if not data:
                    return
                it.send(data)
        it.reset()
