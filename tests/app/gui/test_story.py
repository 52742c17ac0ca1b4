"""A whole evening, driven as people drive it, against real recorders and servers that fail.

Armed, late, refused, live, the window's process killed, broken, back, its mirror, over, transcribed
by real Whisper, found, clipped, exported, and verified.
"""

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.broadcast import SampleBroadcast
from app.gui.models import ROW_ROLE
from app.gui.pages.export import ExportPage
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.search import HitEntry
from app.gui.window import Window
from app.settings import Settings
from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import RecorderError
from recorder.events import StateChanged
from recorder.journal import read
from recorder.types import State
from recorder.verify import verify
from tests.app.gui import reach
from tests.parts import wait_until

WITHIN_MS = 90_000
MIRROR_PACE = 8
"""How much faster the mirror broadcasts: nobody waits for what was recorded already."""

pytestmark = pytest.mark.timeout(300)

# The window in a process of its own, as `aircheck` opens it, with a link that is recorded at once.
_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.gui.application import open_window
from app.gui.presenters.capture import Wish
from app.settings import Settings
application = QApplication([])
root = Path(sys.argv[1])
window = open_window(Settings(archive=root, models=root.parent / "models", transcribe=False))
window.bar.record_asked.emit(Wish(source=sys.argv[2], mirrors=(sys.argv[3],), title="The evening"))
application.exec()
"""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return dataclasses.replace(
        settings, transcribe=True, model="demo", exports=tmp_path / "exports"
    )


@pytest.fixture(autouse=True)
def _recorders_end(settings: Settings) -> Iterator[None]:
    """No recorder outlives its test."""
    yield
    for folder in Archive(settings.archive).folders():
        with contextlib.suppress(RecorderError):
            Client(folder).stop()
        wait_until(lambda folder=folder: not launch.is_running(folder), 30, "the recorder's end")


@pytest.fixture
def evening() -> Iterator[SampleBroadcast]:
    with SampleBroadcast() as broadcast:
        yield broadcast


class Mirror:
    """An address that is not there until it is opened; then it leads to a broadcast."""

    def __init__(self) -> None:
        self.target = ""
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302 if mirror.target else 404)
                self.send_header("Location", mirror.target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/mirror.m3u8"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror()
    yield mirror
    mirror.close()


def states(folder: SessionFolder) -> list[State]:
    if not folder.journal_path.exists():
        return []
    events = [entry.event for entry in read(folder.journal_path)]
    return [event.state for event in events if isinstance(event, StateChanged)]


def is_seen(folder: SessionFolder, *wanted: State) -> bool:
    """Whether a session went through these states, in this order."""
    passed = iter(states(folder))
    return all(state in passed for state in wanted)


def begin_and_die(settings: Settings, first: str, second: str) -> SessionFolder:
    """Have a window in a process of its own record, and kill it once there is sound."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WINDOW, str(settings.archive), first, second],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        (folder,) = wait_until(lambda: Archive(settings.archive).folders(), 240, "a session")
        wait_until(lambda: is_seen(folder, State.RECORDING), 240, "the first sound")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    return folder


def export_and_verify(qtbot: QtBot, window: Window, wanted: Wanted) -> None:
    """Export what is wanted by the page's one button, and check what comes out."""
    (folder,) = wanted.folders
    reach.search(window).export_asked.emit(wanted)
    page = window.place("export")
    assert isinstance(page, ExportPage)
    qtbot.waitUntil(page.go.isEnabled, timeout=WITHIN_MS)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.card is not None and page.card.item.is_over, timeout=WITHIN_MS)
    assert page.card is not None
    assert verify(page.card.item.files[0], against=lambda _: folder.path).ok
    page.close_button.click()


def test_an_evening(
    qtbot: QtBot,
    open_it: Callable[[], Window],
    settings: Settings,
    evening: SampleBroadcast,
    mirror: Mirror,
) -> None:
    # Armed, late, refused, live; the window's process dies, and the recorder doesn't care.
    folder = begin_and_die(settings, evening.url, mirror.url)
    assert {State.WAITING, State.REFUSED} & set(states(folder))
    assert launch.is_running(folder)

    # Opened again: the session is there, is marked, breaks, and comes back.
    window = open_it()
    page = reach.now(window)
    qtbot.waitUntil(lambda: len(page.cards) == 1, timeout=WITHIN_MS)
    (card,) = page.cards.values()
    qtbot.waitUntil(lambda: card.clock.text() != "0:00", timeout=WITHIN_MS)
    qtbot.mouseClick(card.mark, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.moment.isVisible, timeout=WITHIN_MS)
    qtbot.keyClicks(card.moment.field, "it is live")
    qtbot.keyClick(card.moment.field, Qt.Key.Key_Return)
    back = (State.RECORDING, State.RECONNECTING, State.RECORDING)
    qtbot.waitUntil(lambda: is_seen(folder, *back), timeout=WITHIN_MS)

    # Its server goes; the mirror takes over, and ends well.
    qtbot.waitUntil(lambda: Client(folder).status().end_s > 21, timeout=WITHIN_MS)
    evening.close()
    with SampleBroadcast(clock=lambda: MIRROR_PACE * time.monotonic()) as other:
        mirror.target = other.url
        qtbot.waitUntil(lambda: folder.sealed() is not None, timeout=WITHIN_MS)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.state is State.DONE
    sources = {part.source for part in folder.timeline().parts}
    assert sources == {evening.url, mirror.url}, (sealed, states(folder))

    # Over, transcribed, ready.
    qtbot.waitUntil(lambda: bool(page.ended), timeout=WITHIN_MS)
    (ended,) = page.ended.values()
    qtbot.waitUntil(lambda: ended.chip.accessibleName() == "Ready", timeout=WITHIN_MS)

    # Found by words that were said; clipped, exported, verified.
    window.bar.search_for("unedited audio")
    model = reach.search(window).model
    qtbot.waitUntil(lambda: model.rowCount() >= 2, timeout=WITHIN_MS)
    assert window.shown == "search"
    hits = [model.index(place).data(ROW_ROLE) for place in range(model.rowCount())]
    start_s = next(hit.start_s for hit in hits if isinstance(hit, HitEntry))
    assert 16 < start_s < 22
    clip = Wanted(folders=(folder,), from_s=start_s, to_s=start_s + 2)
    export_and_verify(qtbot, window, clip)
    export_and_verify(qtbot, window, Wanted(folders=(folder,), door="unedited"))
