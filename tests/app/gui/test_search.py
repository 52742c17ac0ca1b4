"""Words searched in the window: at once, then exactly, and nothing jumps."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.gui.pages.search import SearchPage
from app.gui.presenters.search import Found, HeadEntry, HitEntry, indexing
from app.gui.theme import Theme
from app.gui.window import Window
from app.settings import Settings
from recorder.types import Seconds, SessionId, utc_now
from tests.app.gui import reach
from tests.recorder.builders import build_session
from transcribe import index, search, transcript
from transcribe.transcript import Segment, Transcript

Open = Callable[[], Window]


def talks(settings: Settings, count: int) -> None:
    for number in range(count):
        folder = build_session(settings.archive, title=f"Talk {number}")
        said = Segment(start_s=Seconds(1), end_s=Seconds(3), text="moon " * (number + 1))
        text = Transcript(model="demo", language="en", created_at=utc_now(), segments=(said,))
        transcript.store(folder, text)


def test_a_first_answer_is_followed_by_the_exact_one(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_RANKED", 3)
    talks(settings, 6)
    window = open_it()
    answers: list[Found] = []
    window._desk.found.connect(answers.append)
    window.bar.search_asked.emit("moon")
    footer = reach.search(window).footer
    qtbot.waitUntil(lambda: footer.text().startswith("6 hits · best first"), timeout=10_000)
    assert [answer.order for answer in answers][-2:] == ["newest first", "best first"]


def test_a_better_answer_turns_no_page(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    talks(settings, 1)
    window = open_it()
    answers: list[Found] = []
    window._desk.found.connect(answers.append)
    window.bar.search_asked.emit("moon")
    qtbot.waitUntil(lambda: bool(answers) and bool(answers[-1].entries), timeout=10_000)
    window.turn_to("now")
    window._desk.found.emit(answers[-1])
    assert window.shown == "now"


def test_search_goes_on_while_the_index_is_made(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks(settings, 3)
    may_go_on = threading.Event()
    really = index.rebuild

    def held_up(archive: object, progress: index.Progress | None = None) -> object:
        assert progress
        progress(1, 3)
        assert may_go_on.wait(20)
        return really(archive, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(index, "rebuild", held_up)
    window = open_it()
    window.bar.search_asked.emit("moon")
    footer = reach.search(window).footer
    qtbot.waitUntil(lambda: "still being made" in footer.text(), timeout=10_000)
    qtbot.waitUntil(lambda: "1 of 3 sessions are indexed" in footer.text(), timeout=10_000)
    may_go_on.set()
    qtbot.waitUntil(lambda: footer.text().startswith("3 hits"), timeout=10_000)
    assert "indexed" not in footer.text()
    assert "still being made" not in footer.text()


def test_an_index_that_is_complete_needs_no_word() -> None:
    assert indexing(3, 3) == ""
    assert indexing(1_200, 10_000) == "1,200 of 10,000 sessions are indexed"


def answer(*starts: int, count: str = "more than 40 hits", order: str = "newest first") -> Found:
    session = SessionId("0" * 26)
    hits = tuple(
        HitEntry(session=session, start_s=Seconds(at), text=f"moon {at}", marks=(), speaker="")
        for at in starts
    )
    return Found(
        query="moon",
        entries=(HeadEntry(session=session, title="Talk", when=""), *hits),
        hit_count=len(hits),
        has_more=False,
        count=count,
        order=order,
        took="3 ms",
        notes=(),
        suggestion="",
    )


@pytest.fixture
def page(qtbot: QtBot, themed: Theme) -> SearchPage:
    page = SearchPage()
    qtbot.addWidget(page)
    page.resize(600, 300)
    page.show()
    return page


def shown(page: SearchPage) -> list[str]:
    return [page.model.index(place).data() for place in range(1, page.model.rowCount())]


def test_rows_that_are_read_stay_until_the_others_are_asked_for(page: SearchPage) -> None:
    page.show_found(answer(*range(40)), silent_count=0)
    page.view.verticalScrollBar().setValue(200)
    assert page.view.verticalScrollBar().value() == 200
    better = answer(*reversed(range(40)), count="41 hits", order="best first")
    page.show_found(better, silent_count=0)
    assert shown(page)[0] == "moon 0"
    assert page.view.verticalScrollBar().value() == 200
    assert page.footer.text() == "41 hits · newest first · 3 ms"
    assert page.better.text() == "Show best first"
    page.better.click()
    assert shown(page)[0] == "moon 39"
    assert page.view.verticalScrollBar().value() == 0
    assert page.footer.text() == "41 hits · best first · 3 ms"
    assert not page.better.isVisible()


def test_the_same_rows_with_an_exact_count_change_the_footer_alone(page: SearchPage) -> None:
    first = answer(*range(40))
    page.show_found(first, silent_count=0)
    page.view.setCurrentIndex(page.model.index(3))
    page.show_found(replace(first, count="41 hits"), silent_count=2)
    assert page.view.currentIndex().row() == 3
    assert page.footer.text() == (
        "41 hits · newest first · 3 ms · 2 sessions are not transcribed yet"
    )
