"""One window for an archive: whoever opens a second one has the first brought to the front.

The first window listens at a local socket (a named pipe on Windows) that only its user reaches,
named after the archive and the screen. Which one is the first, a lock says that it holds as long as
it lives, so that two that start in the same instant are told apart. Where the first one doesn't
answer in time, because it hangs, the next window opens as if it were the first. GUI thread only.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app import paths

PATIENCE_MS = 15_000  # the first one may be opening still, and answers when it is
_ANSWER_MS = 2_000
_TURN_MS = 50
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
        place = _place(archive)
        self._name = _name(place)
        self._lock = QLockFile(f"{place}.lock")
        self._lock.setStaleLockTime(0)  # it goes with its process alone, however old it gets
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_called)

    def claim(self, patience_ms: int = PATIENCE_MS) -> bool:
        """Be the archive's window, or have the one that is open come to the front.

        Blocks until it answers, or for ``patience_ms`` where it lives and doesn't.

        Returns:
            Whether this one is to open.
        """
        until_s = time.monotonic() + patience_ms / 1000
        while not self._lock.tryLock(_TURN_MS):
            if self._call():
                return False
            is_held = self._lock.error() is QLockFile.LockError.LockFailedError
            if not is_held or time.monotonic() > until_s:
                _log.warning("no lock %s, and no answer: this window opens", self._lock.fileName())
                break
        self._listen()
        return True

    def close(self) -> None:
        """Be found by nobody any more."""
        self._server.close()
        self._lock.unlock()

    def _call(self) -> bool:
        """Whether the window that is open answers; it comes to the front then."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        is_here = socket.waitForConnected(_ANSWER_MS) and socket.waitForReadyRead(_ANSWER_MS)
        socket.abort()
        return is_here

    def _listen(self) -> None:
        """Be the one that is found; what a window that was killed left behind goes away."""
        if self._server.listen(self._name):
            return
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            _log.warning("a second window won't find this one: %s", self._server.errorString())

    @Slot()
    def _on_called(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.write(_HERE)
            socket.flush()
            self.called.emit()


def _place(archive: Path) -> Path:
    """Where the lock and the socket of an archive's window are, by the beginning of their names."""
    screen = next((os.environ[name] for name in _SCREEN if os.environ.get(name)), "")
    known = f"{archive.expanduser().resolve()}\0{screen}"
    folder = paths.window_state().parent
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder / f"window-{hashlib.sha256(known.encode(errors='replace')).hexdigest()[:16]}"


def _name(place: Path) -> str:
    """Of the socket: its path where there is room for it, else a name in the temporary folder."""
    folder = place.parent
    if sys.platform == "win32" or len(os.fsencode(place)) > _LONGEST_PATH or not folder.is_dir():
        owner = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        return f"aircheck-{owner}-{place.name}"
    return str(place)
