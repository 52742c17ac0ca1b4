"""A window over a real archive, and a watch over the GUI thread."""

import gc
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui import tongue
from app.gui.application import open_window
from app.gui.presenters import figures, language
from app.gui.theme import Theme
from app.gui.window import Window
from app.settings import Settings

for _waits in (QtBot.waitUntil, QtBot.waitExposed, QtBot.waitActive, QtBot.waitSignal):
    # pytest-qt's five seconds are few for a busy machine.
    (_waits.__kwdefaults__ or {})["timeout"] = 30_000

STALL_S = 0.5
"""The most processor time that the GUI thread may take between two beats; generous, for a test's
own code is in it too. `test_watchdog` looks closer."""


@pytest.fixture(scope="session")
def themed(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    """The window speaks German meanwhile."""
    assert tongue.speak(qapp, "de") == "de"
    yield
    language.speak(language.english)
    figures.use(figures.English())
    QLocale.setDefault(QLocale.c())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(archive=tmp_path / "archive", models=tmp_path / "models", transcribe=False)


@pytest.fixture
def open_it(
    qtbot: QtBot, themed: Theme, settings: Settings, unstalled: None
) -> Iterator[Callable[[], Window]]:
    """Opens windows of the test's archive; they are closed at its end."""
    windows: list[Window] = []

    def open_it() -> Window:
        windows.append(open_window(settings))
        qtbot.waitExposed(windows[-1])
        return windows[-1]

    yield open_it
    for window in windows:
        window.close()
        window.deleteLater()
    windows.clear()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()  # here, and not on a worker's thread of the next test: it may destroy Qt's objects


@pytest.fixture
def unstalled(qapp: QApplication) -> Iterator[None]:
    """Fails the test if the GUI thread was at work for longer than `STALL_S` in its loop at once.

    Beats come from a timer of the GUI thread; between two of them lies either the test's own code,
    which waits in Qt's loop, or work that should not have been there.
    """
    beats: list[float] = []
    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(lambda: beats.append(time.thread_time()))
    timer.start()
    yield
    timer.stop()
    gaps = [after - before for before, after in itertools.pairwise(beats)]
    assert max(gaps, default=0.0) < STALL_S, f"the GUI thread was at work for {max(gaps):.2f} s"


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """No worker's thread collects garbage, as in the application (`app.gui.collecting`)."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    """Every thread of the window ends with it."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("gui-")]
    deadline = time.monotonic() + 20
    while left and time.monotonic() < deadline:
        for thread in threading.enumerate():
            if thread.name in left:
                thread.join(0.05)
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith("gui-")]
    assert not left
