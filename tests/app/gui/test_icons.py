"""Icons: in the colour of what they belong to, sharp on each screen that there is."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.gui import icons, theme, tokens
from app.gui.theme import Theme
from app.gui.widgets import Button


def colours(image: QImage) -> set[str]:
    """Those of the pixels that are wholly covered."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def shown(button: QPushButton) -> set[str]:
    return colours(button.icon().pixmap(QSize(tokens.ICON_S, tokens.ICON_S)).toImage())


def test_a_button_that_is_disabled_has_a_muted_icon(qtbot: QtBot, themed: Theme) -> None:
    button = Button("Stop", "square")
    qtbot.addWidget(button)
    worn = theme.colours()
    assert shown(button) == {QColor(worn.text).name()}
    button.setEnabled(False)
    assert shown(button) == {QColor(worn.muted).name()}
    button.setEnabled(True)
    assert shown(button) == {QColor(worn.text).name()}


def test_a_screen_that_comes_gets_icons_of_its_own_sharpness(
    qtbot: QtBot, themed: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = Button("Stop", "square")
    qtbot.addWidget(button)
    (before,) = button.icon().availableSizes()
    monkeypatch.setattr(icons, "ratios", lambda: (1.0, 3.0))
    themed._on_screen(QGuiApplication.primaryScreen())
    now = button.icon().availableSizes()
    assert sorted(size.height() for size in now) == [before.height(), 3 * before.height()]
