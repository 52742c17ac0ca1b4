"""A device that was chosen, and is heard before Record is pressed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.window import Window
from app.settings import Settings
from recorder import journal, launch
from recorder.archive import Archive
from recorder.events import Noticed
from tests.pulseserver import PulseServer, sound_server

CHOSEN = "system:Speakers"
WITHIN_MS = 20_000


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        yield server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, pre_roll=2)


def notices(archive: Path) -> list[str]:
    (folder,) = Archive(archive).folders()
    events = (entry.event for entry in journal.read(folder.journal_path))
    return [event.what for event in events if isinstance(event, Noticed)]


def test_what_was_heard_before_is_recorded(
    server: PulseServer, open_it: Callable[[], Window], qtbot: QtBot, settings: Settings
) -> None:
    window = open_it()
    window.bar.menu.chosen.emit(CHOSEN)
    told: list[str] = []
    window.desk.kept.connect(told.append)
    qtbot.waitUntil(lambda: any("2 s are kept" in each for each in told), timeout=WITHIN_MS)
    with qtbot.waitSignal(window.desk.started, timeout=WITHIN_MS):
        window.bar.record.click()
    qtbot.waitUntil(lambda: "pre-roll" in notices(settings.archive), timeout=WITHIN_MS)
    (folder,) = Archive(settings.archive).folders()
    assert launch.stop(folder)
    assert told[-1] == "", "nothing is kept any more"


def test_another_word_in_the_bar_lets_go(
    server: PulseServer, open_it: Callable[[], Window], qtbot: QtBot, settings: Settings
) -> None:
    window = open_it()
    told: list[str] = []
    window.desk.kept.connect(told.append)
    window.bar.menu.chosen.emit(CHOSEN)
    qtbot.waitUntil(lambda: any("are kept" in each for each in told), timeout=WITHIN_MS)
    window.bar.field.setText("moon")
    qtbot.waitUntil(lambda: told[-1] == "", timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: window.desk._ready.sentence() == "", timeout=WITHIN_MS)
    assert not Archive(settings.archive).folders()
