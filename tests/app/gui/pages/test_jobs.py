"""The page Jobs: what goes on, what failed, and what can be done."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from pytestqt.qtbot import QtBot

from app import paths
from app.exporting import Order
from app.gui.job_card import JobCard
from app.gui.pages.jobs import JobsPage
from app.gui.window import Window
from app.jobs import Job, Jobs, Kind, Request
from app.settings import Settings
from recorder.archive import SessionFolder
from tests.app.test_publishing import talk
from tests.recorder.builders import build_session
from transcribe.queue import JobState as QueueState
from transcribe.queue import Queue, path_of

Open = Callable[[], Window]
LONG_MS = 60_000


@pytest.fixture
def folder(settings: Settings) -> SessionFolder:
    return talk(settings.archive)


def jobs_page(window: Window) -> JobsPage:
    window.turn_to("jobs")
    page = window.place("jobs")
    assert isinstance(page, JobsPage)
    return page


def export(folder: SessionFolder, out: Path) -> Job:
    details = {
        "folders": [str(folder.path)],
        "order": Order().to_json(),
        "out": str(out),
    }
    return Jobs().start(Request(kind=Kind.EXPORT, title="A talk", details=details))


def card_of(page: JobsPage, qtbot: QtBot, key: str, icon: str) -> JobCard:
    """The card of a job, once it shows a state."""
    qtbot.waitUntil(
        lambda: key in page.cards and page.cards[key].item.look.icon == icon, timeout=LONG_MS
    )
    return page.cards[key]


def test_nothing_in_work_teaches(qtbot: QtBot, open_it: Open) -> None:
    page = jobs_page(open_it())
    assert page.empty.isVisible()
    assert "go on when the window is closed" in page.empty.sentence.text()


def test_work_of_a_window_before_is_shown(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, tmp_path: Path
) -> None:
    job = export(folder, tmp_path / "out")
    page = jobs_page(open_it())
    card = card_of(page, qtbot, job.id, "check")
    assert card.title.accessibleName() == "A talk"
    assert "unedited with proof" in card.about.accessibleName()
    card.buttons["forget"].click()
    qtbot.waitUntil(lambda: not page.cards, timeout=LONG_MS)


def test_what_failed_says_why_and_is_tried_again(
    qtbot: QtBot, open_it: Open, settings: Settings, tmp_path: Path
) -> None:
    job = export(build_session(settings.archive, sealed=False), tmp_path / "out")
    page = jobs_page(open_it())
    card = card_of(page, qtbot, job.id, "triangle-alert")
    assert "isn't finished" in card.detail.text()
    assert "to try again" in page.about.text()
    card.buttons["again"].click()
    qtbot.waitUntil(
        lambda: (
            job.id not in page.cards
            and any(card.item.look.icon == "triangle-alert" for card in page.cards.values())
        ),
        timeout=LONG_MS,
    )


def test_one_that_waits_is_paused_gone_on_with_and_cancelled(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, tmp_path: Path
) -> None:
    paths.jobs_folder().mkdir(parents=True)
    window = open_it()
    page = jobs_page(window)
    with FileLock(paths.jobs_folder() / ".export.lock"):
        job = export(folder, tmp_path / "out")
        card = card_of(page, qtbot, job.id, "clock")
        qtbot.waitUntil(lambda: Jobs().job(job.id).pid > 0, timeout=LONG_MS)
        assert window.side.buttons["jobs"].text() == "Jobs (1)"
        card.buttons["cancel"].click()
        card_of(page, qtbot, job.id, "x")
    page.clear.click()
    qtbot.waitUntil(lambda: not page.cards, timeout=LONG_MS)
    assert not (tmp_path / "out").exists()


def test_a_transcription_is_put_first_paused_and_cancelled(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="A late talk")
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        number = queue.add(folder.id, model="base").id
        queue.pause(number)
        window = open_it()
        page = jobs_page(window)
        card = card_of(page, qtbot, f"queue:{number}", "pause")
        qtbot.waitUntil(lambda: card.title.accessibleName() == "A late talk", timeout=LONG_MS)
        assert "Whisper base" in card.about.accessibleName()
        card.buttons["cancel"].click()
        qtbot.waitUntil(lambda: queue.job(number).state is QueueState.CANCELLED, timeout=LONG_MS)
        card = card_of(page, qtbot, f"queue:{number}", "x")
        assert "again" in card.item.actions


def test_what_is_transcribed_opens_its_session_and_leaves_the_list(
    qtbot: QtBot, open_it: Open, settings: Settings, folder: SessionFolder
) -> None:
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        queue.add(folder.id, model="demo")
        done = queue.claim()
        assert done
        queue.finish(done)
    window = open_it()
    page = jobs_page(window)
    card = card_of(page, qtbot, f"queue:{done.id}", "check")
    card.buttons["open"].click()
    assert window.shown == "session"
    window.turn_to("jobs")
    page.clear.click()
    qtbot.waitUntil(lambda: not page.cards, timeout=LONG_MS)
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        assert not queue.job(done.id).is_listed


def test_a_model_that_is_waited_for_is_a_click_away(
    qtbot: QtBot, open_it: Open, settings: Settings, folder: SessionFolder
) -> None:
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        job = queue.add(folder.id, model="base")
    page = jobs_page(open_it())
    qtbot.waitUntil(lambda: f"queue:{job.id}" in page.cards, timeout=LONG_MS)
    asked: list[Request] = []
    page._watch.start = asked.append  # type: ignore[assignment, method-assign]
    page.cards[f"queue:{job.id}"].buttons["get"].click()
    assert [(each.kind, each.details["model"]) for each in asked] == [(Kind.DOWNLOAD, "base")]
