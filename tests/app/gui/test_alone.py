"""A second window of an archive gives way to the first."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.alone import FirstWindow
from app.gui.window import Window
from app.settings import Settings
from tests.parts import wait_until

WINDOW = """
import sys
from pathlib import Path
from app import gui
from app.gui import alone
from app.settings import Settings

class Socket(alone.QLocalSocket):
    def connectToServer(self, name):
        super().connectToServer(name)
        print("called", flush=True)

class Server(alone.QLocalServer):
    def listen(self, name):
        print("listens", flush=True)
        sys.stdin.readline()
        return super().listen(name)

alone.QLocalSocket, alone.QLocalServer = Socket, Server
archive, models = map(Path, sys.argv[1:])
sys.exit(gui.run(Settings(archive=archive, models=models, transcribe=False)))
"""
"""Opens a window; tells that it has called the first one, and waits for a line to listen."""


class Windows:
    """Windows of an archive in processes of their own."""

    def __init__(self, settings: Settings) -> None:
        self._arguments = [str(settings.archive), str(settings.models)]
        self._made: list[subprocess.Popen[str]] = []

    def open(self, until: str) -> subprocess.Popen[str]:
        """Open one, as far as to a line that it tells."""
        made = subprocess.Popen(
            [sys.executable, "-c", WINDOW, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        self._made.append(made)
        assert made.stdout is not None
        told = iter(made.stdout.readline, "")
        assert any(line == f"{until}\n" for line in told), made.communicate()
        return made

    def close(self) -> None:
        for made in self._made:
            made.kill()
            made.communicate()


def go_on(window: subprocess.Popen[str]) -> None:
    assert window.stdin is not None
    window.stdin.write("\n")
    window.stdin.flush()


def gave_way(window: subprocess.Popen[str]) -> bool:
    _, said = window.communicate(timeout=60)
    return window.returncode == 0 and "open already" in said


@pytest.fixture
def windows(settings: Settings) -> Iterator[Windows]:
    windows = Windows(settings)
    yield windows
    windows.close()


@pytest.fixture
def first(settings: Settings) -> Iterator[FirstWindow]:
    first = FirstWindow(settings.archive)
    yield first
    first.close()


def test_a_second_window_brings_the_first_one_to_the_front(
    qtbot: QtBot, open_it: Callable[[], Window], first: FirstWindow, windows: Windows
) -> None:
    window = open_it()
    assert first.claim()
    first.called.connect(window.bring_back)
    window.hide()
    second = windows.open(until="called")
    qtbot.waitUntil(lambda: second.poll() is not None)
    assert gave_way(second)
    qtbot.waitUntil(window.isVisible)


def test_of_two_that_start_in_the_same_instant_one_opens(windows: Windows) -> None:
    """The second one looks for a first one just before that can be found."""
    first = windows.open(until="listens")
    second = windows.open(until="called")
    for each in (first, second):
        go_on(each)
    assert gave_way(second)
    assert first.poll() is None


def test_one_that_was_killed_leaves_its_place_at_once(settings: Settings, windows: Windows) -> None:
    killed = windows.open(until="listens")
    go_on(killed)
    second = FirstWindow(settings.archive)
    wait_until(second._call, what="the window that opens")
    killed.kill()
    killed.wait()
    assert second.claim(patience_ms=0)
    assert second._lock.isLocked()
    second.close()


def test_where_nobody_answers_a_window_opens(first: FirstWindow, settings: Settings) -> None:
    assert first.claim()
    other = FirstWindow(settings.archive)
    assert other.claim(patience_ms=0)  # the first one hangs: this thread has no turn
    other.close()


def test_who_has_left_is_no_hindrance(first: FirstWindow, settings: Settings) -> None:
    assert first.claim()
    first.close()
    other = FirstWindow(settings.archive)
    assert other.claim()
    other.close()


def test_each_archive_has_a_window_of_its_own(first: FirstWindow, tmp_path: Path) -> None:
    assert first.claim()
    other = FirstWindow(tmp_path / "other")
    assert other.claim()
    assert other._server.isListening()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe goes with its process")
def test_what_a_window_that_was_killed_left_is_no_hindrance(settings: Settings) -> None:
    first = FirstWindow(settings.archive)
    assert first.claim()
    place = first._server.fullServerName()
    first.close()
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(place)
    assert Path(place).exists()
    again = FirstWindow(settings.archive)
    assert again.claim()
    assert again._server.isListening()
    again.close()
