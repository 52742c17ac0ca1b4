"""The page Now under a hand that is quicker than the recorders."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from pytestqt.qtbot import QtBot

from app.gui import tokens
from app.gui.presenters import live as lives
from app.gui.presenters.following import News, Notice
from app.gui.presenters.live import Live
from app.gui.presenters.words import Message
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.errors import RecorderError
from recorder.types import State, utc_now
from tests.app.gui import reach
from tests.app.gui.test_shell import live
from tests.recorder.builders import build_session

Open = Callable[[], Window]


@pytest.fixture
def two(settings: Settings) -> tuple[SessionFolder, SessionFolder]:
    """Two open sessions, the newer one first."""
    older = build_session(settings.archive, title="Late talk", sealed=False)
    newer = build_session(settings.archive, title="Later talk", sealed=False)
    return newer, older


@pytest.fixture
def window(open_it: Open) -> Window:
    """A window whose desk asks no recorder: the test answers for them."""
    window = open_it()
    window.desk.live_changed.disconnect(reach.now(window).show_live)
    return window


def show(qtbot: QtBot, window: Window, *sessions: Live) -> None:
    """Show sessions as if their recorders had answered."""
    page = reach.now(window)
    page.show_live(sessions)
    qtbot.waitUntil(lambda: set(page.cards) == {each.key for each in sessions})


def from_host(each: Live) -> Live:
    return replace(each, status=replace(each.status, source="http://host.example/live"))


def place_of(window: Window, folder: SessionFolder) -> tuple[int, int]:
    """Where a card's Stop is on the page."""
    card = reach.now(window).cards[folder.path]
    at = card.stop.mapTo(reach.now(window).going, card.stop.rect().topLeft())
    return at.x(), at.y()


def test_no_button_comes_under_the_pointer_when_a_session_ends(
    qtbot: QtBot,
    window: Window,
    two: tuple[SessionFolder, SessionFolder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "RESTING_MS", 600_000)
    newer, older = two
    show(qtbot, window, live(newer), live(older))
    page = reach.now(window)
    gone = page.cards[newer.path]
    qtbot.waitUntil(lambda: place_of(window, older)[1] > gone.stop.geometry().bottom())
    before = place_of(window, older)
    show(qtbot, window, live(older))
    qtbot.wait(50)  # whatever would be laid out anew
    assert place_of(window, older) == before
    assert gone.isVisible()
    assert not gone.stop.isEnabled()
    assert gone.chip.accessibleName() == "Done"
    window.turn_to("library")
    window.turn_to("now")
    qtbot.waitUntil(lambda: place_of(window, older)[1] < before[1])


@pytest.fixture
def pointer() -> Iterator[None]:
    before = QCursor.pos()
    yield
    QCursor.setPos(before)


def test_no_card_moves_under_the_pointer_when_another_session_begins(
    qtbot: QtBot,
    window: Window,
    two: tuple[SessionFolder, SessionFolder],
    pointer: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "RESTING_MS", 600_000)
    newer, older = two
    page = reach.now(window)
    steady = page._steady
    window.setGeometry(window.screen().availableGeometry())  # all of it in the pointer's reach
    show(qtbot, window, live(older))
    stop = page.cards[older.path].stop
    qtbot.waitUntil(lambda: place_of(window, older)[1] > 0)
    middle = stop.rect().center()
    aimed = stop.mapToGlobal(middle)
    QCursor.setPos(aimed)
    show(qtbot, window, live(newer), live(older))
    assert stop.mapToGlobal(middle) == aimed
    qtbot.wait(50)  # whatever would be laid out anew
    assert stop.mapToGlobal(middle) == aimed

    QCursor.setPos(window.mapToGlobal(window.rect().topLeft()))
    steady._on_rested()
    card = page.cards[newer.path]
    qtbot.waitUntil(lambda: card.mapTo(page, QPoint()).y() == tokens.SPACE_L)
    assert stop.mapToGlobal(middle).y() > aimed.y()
    assert steady._room.sizeHint().height() == 0


def test_a_card_that_is_over_goes_after_a_while(
    qtbot: QtBot,
    window: Window,
    two: tuple[SessionFolder, SessionFolder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "RESTING_MS", 50)
    newer, older = two
    show(qtbot, window, live(newer), live(older))
    before = place_of(window, older)
    show(qtbot, window, live(older))
    qtbot.waitUntil(lambda: place_of(window, older)[1] <= before[1])
    qtbot.waitUntil(lambda: not reach.now(window)._resting)


def test_a_second_click_on_stop_asks_nothing(
    qtbot: QtBot, window: Window, two: tuple[SessionFolder, SessionFolder]
) -> None:
    newer, _ = two
    show(qtbot, window, live(newer))
    card = reach.now(window).cards[newer.path]
    asked: list[SessionFolder] = []
    card.stop_asked.disconnect()
    card.stop_asked.connect(asked.append)
    qtbot.mouseClick(card.stop, Qt.MouseButton.LeftButton)
    show(qtbot, window, live(newer, end_s=90.5))  # it hasn't heard of it yet
    qtbot.mouseClick(card.stop, Qt.MouseButton.LeftButton)
    assert asked == [newer]


def test_what_has_ended_is_stopped_without_a_word(tmp_path: Path) -> None:
    lives.stop(build_session(tmp_path))
    with pytest.raises(RecorderError):
        lives.stop(build_session(tmp_path, sealed=False))


def test_a_source_that_breaks_moves_no_button(
    qtbot: QtBot, window: Window, two: tuple[SessionFolder, SessionFolder]
) -> None:
    newer, older = two
    show(qtbot, window, from_host(live(newer)), live(older))
    card = reach.now(window).cards[newer.path]
    qtbot.waitUntil(lambda: place_of(window, older)[1] > card.height())
    before = place_of(window, newer), place_of(window, older)
    lost = Notice(at=utc_now(), text="The connection is lost.")
    broken = live(newer, State.RECONNECTING)
    broken = replace(broken, status=replace(broken.status, detail=lost.text))
    show(qtbot, window, replace(broken, news=News(notices=(lost, lost))), live(older))
    qtbot.waitUntil(card.notices.all.isVisible)
    qtbot.wait(50)  # whatever would be laid out anew
    now = place_of(window, newer), place_of(window, older)
    assert now == tuple(pytest.approx(at, abs=1) for at in before)
    assert lost.text in card.reason.accessibleName()
    card.notices.all.click()
    assert card.notices.isVisible()


def test_the_focus_goes_back_to_the_mark_that_was_used(
    qtbot: QtBot, window: Window, two: tuple[SessionFolder, SessionFolder]
) -> None:
    newer, older = two
    show(qtbot, window, live(newer), live(older))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    card = reach.now(window).cards[older.path]
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        card.mark.setFocus()
        card.ask_name(4.0)
        assert card.moment.field.hasFocus()
        qtbot.keyClick(card.moment.field, key)
        assert not card.moment.isVisible()
        assert card.mark.hasFocus()


def test_what_says_that_something_is_done_goes_by_itself(
    qtbot: QtBot, window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tokens, "GOOD_NEWS_MS", 50)
    notice = window.bar.notice
    shown: list[Path] = []
    notice.shown.disconnect()
    notice.shown.connect(shown.append)
    notice.say(Message(happened="The clip is saved.", is_good=True, file=tmp_path / "clip.mp3"))
    notice.show_file.click()
    assert shown == [tmp_path / "clip.mp3"]
    qtbot.waitUntil(lambda: not notice.isVisible())
    notice.say(Message(happened="The disk is full."))
    qtbot.wait(150)
    assert notice.isVisible()
    assert not notice.show_file.isVisible()
