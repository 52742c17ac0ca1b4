"""Everybody can use it: names for screen readers, contrast, room for words, the keyboard alone."""

import contextlib
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.gui import tokens, tongue
from app.gui.place import SessionPlace
from app.gui.presenters import figures, language
from app.gui.presenters.exporting import Wanted
from app.gui.widgets import Text
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import SessionFolder
from tests.app.test_publishing import talk

Open = Callable[[], Window]

PLACES = ("now", "library", "search", "jobs", "settings", "session", "export")
PALETTES = {
    "light": tokens.LIGHT,
    "dark": tokens.DARK,
    "high light": tokens.HIGH_LIGHT,
    "high dark": tokens.HIGH_DARK,
}
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


# --- colours -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PALETTES)
def test_text_stands_out_on_every_ground(name: str) -> None:
    palette = PALETTES[name]
    grounds = (palette.ground, palette.surface, palette.sunken, palette.hover, palette.selection)
    for colour, ground in itertools.product((palette.text, palette.muted), grounds):
        assert tokens.contrast(colour, ground) >= TEXT_CONTRAST, (colour, ground)
    pairs = (
        (palette.on_accent, palette.accent),
        (palette.on_accent, palette.accent_pressed),
        (palette.text, palette.mark),
        (palette.accent, palette.surface),
        (palette.trouble, palette.surface),
        (palette.fine, palette.surface),
        (palette.live, palette.surface),
        (palette.ground, palette.text),  # tooltips
    )
    for colour, ground in pairs:
        assert tokens.contrast(colour, ground) >= TEXT_CONTRAST, (colour, ground)


@pytest.mark.parametrize("name", PALETTES)
def test_shapes_stand_out_on_every_ground(name: str) -> None:
    palette = PALETTES[name]
    shapes = (palette.accent, palette.live, palette.trouble, palette.fine, palette.muted)
    for colour, ground in itertools.product(shapes, (palette.ground, palette.surface)):
        assert tokens.contrast(colour, ground) >= SHAPE_CONTRAST, (colour, ground)
    for colour in (palette.speech, palette.music):
        assert tokens.contrast(colour, palette.surface) >= SHAPE_CONTRAST, colour


# --- the window ----------------------------------------------------------------------------------


@pytest.fixture
def folder(settings: Settings) -> SessionFolder:
    return talk(settings.archive)


@pytest.fixture(params=["en", "de"])
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """The language of the window; German is the longer one."""
    if request.param == "de":
        tongue.speak(qapp, "de")
    yield request.param
    language.speak(language.english)
    figures.use(figures.English())
    QLocale.setDefault(QLocale.c())


@pytest.fixture(params=[(640, 480), (1180, 760)], ids=["narrow", "wide"])
def size(request: pytest.FixtureRequest) -> QSize:
    return QSize(*request.param)


@pytest.fixture
def window(qtbot: QtBot, open_it: Open, folder: SessionFolder) -> Window:
    window = open_it()
    qtbot.waitUntil(lambda: bool(window.desk.rows), timeout=30_000)
    return window


def visit(qtbot: QtBot, window: Window, key: str, folder: SessionFolder) -> None:
    """Turn to a place, with something to show."""
    if key == "session":
        window.show_session(folder)
        place = window.place("session")
        assert isinstance(place, SessionPlace)
    elif key == "export":
        window.export(Wanted(folders=(folder,)))
    else:
        window.turn_to(key)
    qtbot.wait(100)


def spoken_name(widget: QWidget) -> str:
    """What a screen reader says of it."""
    text = getattr(widget, "text", None)
    said = text() if callable(text) and isinstance(widget, QAbstractButton) else ""
    return (widget.accessibleName() or said).replace("&", "")


def reachable(window: Window) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


@pytest.mark.parametrize("key", PLACES)
def test_what_can_have_the_focus_has_a_name(
    qtbot: QtBot, window: Window, folder: SessionFolder, key: str
) -> None:
    visit(qtbot, window, key, folder)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in reachable(window)
        if not spoken_name(widget)
    ]
    assert not nameless


@pytest.mark.parametrize("key", PLACES)
def test_the_tab_key_reaches_everything(
    qtbot: QtBot, window: Window, folder: SessionFolder, key: str
) -> None:
    visit(qtbot, window, key, folder)
    chain: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not window and widget not in chain:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    proxied = {id(widget.focusProxy()) for widget in chain if widget.focusProxy() is not None}
    known = {id(widget) for widget in chain} | proxied
    missing = [type(widget).__name__ for widget in reachable(window) if id(widget) not in known]
    assert not missing


@pytest.mark.parametrize("key", PLACES)
def test_no_word_is_cut(
    qtbot: QtBot, window: Window, folder: SessionFolder, key: str, size: QSize, spoken: str
) -> None:
    window.resize(size)
    visit(qtbot, window, key, folder)
    with contextlib.suppress(qtbot.TimeoutError):  # a layout settles in several turns
        qtbot.waitUntil(lambda: not list(cut(window)), timeout=10_000)
    assert not list(cut(window))


def test_no_word_is_cut_at_twice_the_size(tmp_path: Path) -> None:
    """In a process of its own: Qt scales all windows or none."""
    chosen = "no_word_is_cut and de and narrow"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    command += [f"--basetemp={tmp_path / 'room'}"]
    done = subprocess.run(
        [*command, "-k", chosen],
        env=os.environ | {"QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:]


def cut(window: Window) -> Iterator[str]:
    """Words that have less room than they need, or lie outside of what holds them."""
    for part in window.findChildren(QWidget):
        if not part.isVisible() or isinstance(part, Text):  # which gives way, with a tooltip
            continue
        if isinstance(part, QLabel) and part.text():
            needed = part.heightForWidth(part.width()) if part.wordWrap() else -1
            if not part.wordWrap() and part.sizeHint().width() > part.width() + 1:
                yield f"{part.text()!r} is {part.sizeHint().width()} wide, has {part.width()}"
            if needed > part.height() + 1:
                yield f"{part.text()!r} is {needed} high, has {part.height()}"
        elif isinstance(part, QAbstractButton) and part.text():
            if part.minimumSizeHint().width() > part.width() + 1:
                yield f"button {part.text()!r} has {part.width()}"
        elif not isinstance(part, QLineEdit | QComboBox):
            continue
        if not _holder(part).contains(part.geometry()):
            yield f"{type(part).__name__} {getattr(part, 'text', str)()!r} lies outside"


def _holder(part: QWidget) -> QRect:
    """Where a part may be: in its parent; what scrolls may be anywhere in what scrolls it."""
    parent = part.parentWidget()
    if parent is None or isinstance(parent, QAbstractScrollArea):
        return part.geometry()
    return parent.rect()
