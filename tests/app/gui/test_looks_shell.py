"""The frame's own states, in every theme and size: schedule, sources, parting, a message."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui import tokens
from app.gui.presenters.capture import Offer, Offers
from app.gui.presenters.words import Message
from app.gui.theme import Theme
from app.gui.window import Window
from tests.app.gui import test_looks

Open = Callable[[], Window]
Look = Callable[[Window, str], None]

theme = test_looks.theme
look = test_looks.look

MESSAGE = Message(
    happened="This session is not available.",
    safe="Nothing is recorded yet.",
    next="Trying again in 12 s.",
)


def test_a_schedule(qtbot: QtBot, open_it: Open, look: Look) -> None:
    window = open_it()
    window.bar.field.setText("https://radio.example/live.m3u8")
    window.bar.schedule.click()
    window.bar.panel.words.setText("tomorrow 20:00 Europe/Berlin")
    window.bar.panel.words.textEdited.emit("")
    window.resize(window.width(), 760)
    look(window, "schedule")


def test_quitting_and_a_message(qtbot: QtBot, open_it: Open, look: Look) -> None:
    window = open_it()
    window.parting.ask(2)
    window.bar.notice.say(MESSAGE)
    look(window, "quitting")


def test_the_sources(qtbot: QtBot, open_it: Open, theme: str) -> None:
    window = open_it()
    menu = window.bar.menu
    menu.drop_down(window.bar.sources)
    menu.show_offers(
        Offers(
            found=(
                Offer(
                    id="a", name="Desk microphone with a very long name, stereo",
                    text="device:Desk", icon="mic", is_default=True,
                ),
                Offer(id="b", name="Line in", text="device:Line in", icon="mic"),
                Offer(id="c", name="HDMI output", text="system:HDMI", icon="monitor-speaker"),
            )
        )
    )  # fmt: skip
    menu.show_levels({"a": (-6.0, -18.0), "b": (-41.0, -52.0), "c": (-1.0, -9.0)})
    QApplication.processEvents()
    assert all(row.isVisible() for row in menu.rows.values())
    assert menu.minimumSizeHint().width() <= menu.width()
    test_looks.keep(menu, "sources", "wide", theme)
    menu.hide()


@pytest.fixture(params=[tokens.HIGH_LIGHT, tokens.HIGH_DARK], ids=["high-light", "high-dark"])
def high(request: pytest.FixtureRequest, themed: Theme) -> Iterator[str]:
    themed.wear(request.param)
    yield request.node.callspec.id
    themed.wear(tokens.LIGHT)


def test_high_contrast(qtbot: QtBot, open_it: Open, high: str) -> None:
    window = open_it()
    window.bar.notice.say(MESSAGE)
    QApplication.processEvents()
    test_looks.keep(window, "empty", "wide", high)
    assert not test_looks.cut_off(window)
