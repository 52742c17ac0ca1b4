"""Several messages at once take one line, until they are asked for."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.gui.presenters.words import Message
from app.gui.widgets import Notice

LOST = Message(happened="The connection is lost.", safe="What came is safe.")
FULL = Message(happened="The disk is full.", next="Make room.")
DONE = Message(happened="The clip is saved.", is_good=True)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    return window


def on_page(window: QWidget) -> tuple[QWidget, Notice]:
    """A page of a window, and its notice."""
    page, notice = QWidget(), Notice()
    QVBoxLayout(page).addWidget(notice)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(page)
    page.show()
    return page, notice


def test_one_message_is_told_in_full(window: QWidget) -> None:
    (_, first), (_, second) = on_page(window), on_page(window)
    first.say(LOST)
    assert first.isVisible()
    assert not first.all.isVisible()
    first.clear()
    second.say(FULL)
    assert (first.isVisible(), second.isVisible()) == (False, True)
    assert second.accessibleName() == str(FULL)


def test_two_are_one_line_with_the_newest_and_a_count(window: QWidget) -> None:
    (_, first), (_, second) = on_page(window), on_page(window)
    first.say(LOST)
    height = first.sizeHint().height()
    second.say(FULL)
    assert (first.isVisible(), second.isVisible()) == (True, False)
    assert first.sizeHint().height() < height
    assert first.accessibleName() == str(FULL)
    assert first.all.text() == "Show all 2"
    first.all.click()
    assert (first.isVisible(), second.isVisible()) == (True, True)
    assert (first.accessibleName(), second.accessibleName()) == (str(LOST), str(FULL))


def test_what_is_new_beside_what_was_asked_for_is_folded_again(window: QWidget) -> None:
    notices = [on_page(window)[1] for _ in range(3)]
    first, second, third = notices
    first.say(LOST)
    second.say(FULL)
    first.all.click()
    third.say(DONE)
    assert [each.isVisible() for each in notices] == [True, False, False]
    assert first.all.text() == "Show all 3"
    second.clear()
    assert first.all.text() == "Show all 2"
    third.clear()
    assert first.accessibleName() == str(LOST)
    assert not first.all.isVisible()


def test_a_page_that_is_not_shown_counts_for_nothing(window: QWidget) -> None:
    (_, first), (page, second) = on_page(window), on_page(window)
    first.say(LOST)
    second.say(FULL)
    page.hide()
    first.arrange()
    assert first.accessibleName() == str(LOST)
    page.show()
    first.arrange()
    assert first.accessibleName() == str(FULL)
