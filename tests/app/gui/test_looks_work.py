"""How the export, the jobs and the settings look, and every page in German; see `test_looks`."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.gui.pages.export import ExportPage
from app.gui.pages.jobs import JobsPage
from app.gui.pages.settings import SettingsPage
from app.gui.presenters.exporting import Wanted
from app.gui.window import Window
from app.jobs import Job, JobState, Kind, Request
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.types import utc_now
from tests.app.gui.test_looks import Open, evening, look, theme
from transcribe.queue import Queue, path_of

__all__ = ["evening", "look", "theme"]  # fixtures
Look = Callable[[Window, str], None]


def opened(qtbot: QtBot, open_it: Open, count: int) -> Window:
    window = open_it()
    qtbot.waitUntil(lambda: len(window.desk.rows) == count, timeout=10_000)
    return window


def work() -> tuple[Job, ...]:
    """A job of each kind and state."""
    order = {"order": {"door": "unedited"}}
    now = utc_now()
    return tuple(
        Job(
            id=str(place),
            request=Request(kind=kind, title=title, details=order),
            state=state,
            asked_at=now - timedelta(minutes=place),
            finished_at=now if state.is_final else None,
            progress=None if state.is_final else 0.42,
            left_s=None if state is not JobState.RUNNING else 95.0,
            files=(Path("A-late-talk-unedited"),) if state is JobState.DONE else (),
            error=(
                "The connection to openaipublic.azureedge.net can't be made.",
                "What came so far is kept, and the next try goes on there.",
                "Check the connection and try again.",
            ),
        )
        for place, (kind, title, state) in enumerate(
            (
                (Kind.EXPORT, "A conversation that began late", JobState.RUNNING),
                (Kind.IMPORT, "37 files", JobState.PAUSED),
                (Kind.DOWNLOAD, "large-v3-turbo", JobState.FAILED),
                (Kind.EXPORT, "City council", JobState.DONE),
                (Kind.COMPARE, "Radio Kitchen: the harvest report", JobState.CANCELLED),
            )
        )
    )


def test_the_doors(qtbot: QtBot, open_it: Open, evening: list[SessionFolder], look: Look) -> None:
    window = opened(qtbot, open_it, 4)
    window.export(Wanted(folders=(evening[-1],)))
    look(window, "export-unedited")
    page = window.place("export")
    assert isinstance(page, ExportPage)
    page.doors.buttons["edited"].click()
    look(window, "export-edited")
    page.doors.buttons["text"].click()
    look(window, "export-text")


def test_a_quote_on_its_way(
    qtbot: QtBot, open_it: Open, evening: list[SessionFolder], look: Look
) -> None:
    window = opened(qtbot, open_it, 4)
    window.export(Wanted(folders=(evening[-1],), from_s=3.0, to_s=9.0))
    page = window.place("export")
    assert isinstance(page, ExportPage)
    page._job = "0"
    page._on_jobs(work())
    look(window, "export-quote")


def test_nothing_in_work(qtbot: QtBot, open_it: Open, look: Look) -> None:
    window = open_it()
    window.turn_to("jobs")
    look(window, "jobs-empty")


def test_work(
    qtbot: QtBot, open_it: Open, settings: Settings, evening: list[SessionFolder], look: Look
) -> None:
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        queue.pause(queue.add(evening[0].id, model="base").id)
        window = opened(qtbot, open_it, 4)
        show_work(qtbot, window)
        look(window, "jobs")


def show_work(qtbot: QtBot, window: Window) -> None:
    window.turn_to("jobs")
    page = window.place("jobs")
    assert isinstance(page, JobsPage)
    page._watch.close()
    qtbot.wait(50)
    page._watch._on_read(work())


def show_settings(qtbot: QtBot, window: Window) -> SettingsPage:
    window.turn_to("settings")
    page = window.place("settings")
    assert isinstance(page, SettingsPage)
    qtbot.waitUntil(lambda: page._values is not None, timeout=10_000)
    return page


def test_settings(qtbot: QtBot, open_it: Open, evening: list[SessionFolder], look: Look) -> None:
    window = opened(qtbot, open_it, 4)
    page = show_settings(qtbot, window)
    look(window, "settings")
    page.finder.setText("model")
    look(window, "settings-found")
    page.finder.setText("no such thing")
    look(window, "settings-nothing")


def test_every_page_in_german(
    german: None, qtbot: QtBot, open_it: Open, evening: list[SessionFolder], look: Look
) -> None:
    window = opened(qtbot, open_it, 4)
    look(window, "now-german")
    window.turn_to("library")
    look(window, "library-german")
    window.search("unedited")
    look(window, "search-german")
    window.show_session(evening[-1])
    look(window, "session-german")
    show_work(qtbot, window)
    look(window, "jobs-german")
    show_settings(qtbot, window)
    look(window, "settings-german")
    window.export(Wanted(folders=(evening[-1],)))
    look(window, "export-german")
