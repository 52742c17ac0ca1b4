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

SECOND = """
import sys
from pathlib import Path
from app import gui
from app.settings import Settings
archive, models = map(Path, sys.argv[1:])
sys.exit(gui.run(Settings(archive=archive, models=models, transcribe=False)))
"""


@pytest.fixture
def first(settings: Settings) -> Iterator[FirstWindow]:
    first = FirstWindow(settings.archive)
    yield first
    first.close()


def test_a_second_window_brings_the_first_one_to_the_front(
    qtbot: QtBot, open_it: Callable[[], Window], settings: Settings, first: FirstWindow
) -> None:
    window = open_it()
    first.listen()
    first.called.connect(window.bring_back)
    window.hide()
    second = subprocess.Popen(
        [sys.executable, "-c", SECOND, str(settings.archive), str(settings.models)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        qtbot.waitUntil(lambda: second.poll() is not None)
        _, said = second.communicate()
    finally:
        second.kill()
        second.wait()
    assert (second.returncode, "open already" in said) == (0, True), said
    qtbot.waitUntil(window.isVisible)


def test_where_nobody_answers_a_window_opens(first: FirstWindow, settings: Settings) -> None:
    assert not first.call()
    first.listen()
    assert not FirstWindow(settings.archive).call(answer_ms=50)  # it hangs: this thread has no turn
    first.close()
    assert not FirstWindow(settings.archive).call()


def test_each_archive_has_a_window_of_its_own(first: FirstWindow, tmp_path: Path) -> None:
    first.listen()
    other = FirstWindow(tmp_path / "other")
    assert not other.call()
    other.listen()
    assert other._server.isListening()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe goes with its process")
def test_what_a_window_that_was_killed_left_is_no_hindrance(settings: Settings) -> None:
    first = FirstWindow(settings.archive)
    first.listen()
    place = first._server.fullServerName()
    first.close()
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(place)
    assert Path(place).exists()
    again = FirstWindow(settings.archive)
    assert not again.call()
    again.listen()
    assert again._server.isListening()
    again.close()
