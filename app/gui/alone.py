"""One window for an archive: whoever opens a second one has the first brought to the front.

The first window listens at a local socket (a named pipe on Windows) that only its user reaches,
named after the archive and the screen. Where it doesn't answer in time, because it was killed or
hangs, the next window opens as if it were the first. GUI thread only.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app import paths

ANSWER_MS = 2_000
_HERE = b"here\n"
_LONGEST_PATH = 100  # bytes; a socket's address has room for little more
_SCREEN = ("WAYLAND_DISPLAY", "DISPLAY")

_log = logging.getLogger(__name__)


class FirstWindow(QObject):
    """Finds the window that is open, or is found by those that are opened later.

    Args:
        archive: Which one the window shows.
        parent: Closes it.
    """

    called = Signal()
    """Somebody opened the archive again, and gives way."""

    def __init__(self, archive: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _name(archive)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_called)

    def call(self, answer_ms: int = ANSWER_MS) -> bool:
        """Have the window that is open come to the front. Blocks until it answers.

        Returns:
            Whether there is one that does.
        """
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        is_here = socket.waitForConnected(answer_ms) and socket.waitForReadyRead(answer_ms)
        socket.abort()
        return is_here

    def listen(self) -> None:
        """Be the one that is found; what a window that was killed left behind goes away."""
        if self._server.listen(self._name):
            return
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            _log.warning("a second window won't find this one: %s", self._server.errorString())

    def close(self) -> None:
        """Be found by nobody any more."""
        self._server.close()

    @Slot()
    def _on_called(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.write(_HERE)
            socket.flush()
            self.called.emit()


def _name(archive: Path) -> str:
    """Of the socket: its path where there is room for it, else a name in the temporary folder."""
    screen = next((os.environ[name] for name in _SCREEN if os.environ.get(name)), "")
    known = f"{archive.expanduser().resolve()}\0{screen}"
    folder = paths.window_state().parent
    path = folder / f"window-{hashlib.sha256(known.encode(errors='replace')).hexdigest()[:16]}"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32" or len(os.fsencode(path)) > _LONGEST_PATH or not folder.is_dir():
        owner = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        return f"aircheck-{owner}-{path.name}"
    return str(path)
