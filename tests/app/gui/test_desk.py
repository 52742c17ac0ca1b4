"""What works for the window ends with it."""

import threading

from pytestqt.qtbot import QtBot

from app.gui.desk import Desk
from app.gui.jobs_watch import JobsWatch
from app.settings import Settings


def test_who_looks_on_the_desk_ends_with_it(qtbot: QtBot, settings: Settings) -> None:
    desk = Desk(settings)
    watch = JobsWatch.of(desk)
    assert JobsWatch.of(desk) is watch
    qtbot.waitUntil(lambda: "gui-jobs" in _threads())
    desk.close()
    assert "gui-jobs" not in _threads()


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}
