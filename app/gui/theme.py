"""Tokens become Qt's palette, font and style sheet; light, dark and contrast follow the system."""

from __future__ import annotations

import dataclasses
import string

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPalette, QScreen
from PySide6.QtWidgets import QApplication

import resources
from app.gui import tokens

_worn = [tokens.LIGHT]


def colours() -> tokens.Palette:
    """The tokens of the theme that the application wears."""
    return _worn[0]


def font(size: int, *, bold: bool = False, tabular: bool = False) -> QFont:
    """The system's face at a size of the type scale, in pixels.

    Args:
        size: One of the tokens ``TYPE_…``.
        bold: Whether it is a heading.
        tabular: Whether all digits are equally wide, for numbers that change.
    """
    result = QFont(QApplication.font())
    result.setPixelSize(size)
    if bold:
        result.setWeight(QFont.Weight.DemiBold)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


class Theme(QObject):
    """Dresses the application, again whenever the system asks for other colours."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._chosen = ""
        application.setStyle("Fusion")
        body = application.font()
        body.setPixelSize(tokens.TYPE_BODY)
        application.setFont(body)
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        if hasattr(hints, "accessibility"):  # from Qt 6.10 on
            hints.accessibility().contrastPreferenceChanged.connect(self._follow)
        application.screenAdded.connect(self._on_screen)
        self._follow()

    def choose(self, name: str) -> None:
        """Wear ``light``, ``dark`` or ``contrast``; empty: whatever the system asks for."""
        self._chosen = name
        self._follow()

    def wear(self, palette: tokens.Palette) -> None:
        """Show everything in these colours."""
        _worn[0] = palette
        self._application.setPalette(_qt_palette(palette))
        self._application.setStyleSheet(style_sheet(palette))

    @Slot(QScreen)
    def _on_screen(self, _screen: QScreen) -> None:
        """Have icons drawn for the new screen too, as if in other colours."""
        for widget in self._application.allWidgets():
            QApplication.sendEvent(widget, QEvent(QEvent.Type.PaletteChange))

    @Slot()
    def _follow(self) -> None:
        hints = self._application.styleHints()
        is_high = (
            hasattr(hints, "accessibility")
            and hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
        )
        is_dark = hints.colorScheme() is Qt.ColorScheme.Dark
        if self._chosen in ("light", "dark"):
            is_dark = self._chosen == "dark"
        is_high = is_high or self._chosen == "contrast"
        self.wear(tokens.palette_for(is_dark=is_dark, is_high_contrast=is_high))


def style_sheet(palette: tokens.Palette) -> str:
    """The style sheet in the colours of a theme.

    Raises:
        KeyError: It names a token that isn't there.
    """
    template = resources.path("style.qss").read_text(encoding="utf-8")
    sizes = {name.lower(): value for name, value in vars(tokens).items() if isinstance(value, int)}
    derived = {name: getattr(palette, name) for name in ("selection", "hover", "accent_pressed")}
    return string.Template(template).substitute(sizes, **dataclasses.asdict(palette), **derived)


def _qt_palette(palette: tokens.Palette) -> QPalette:
    role = QPalette.ColorRole
    result = QPalette()
    for name, colour in (
        (role.Window, palette.ground),
        (role.WindowText, palette.text),
        (role.Base, palette.surface),
        (role.AlternateBase, palette.sunken),
        (role.Text, palette.text),
        (role.PlaceholderText, palette.muted),
        (role.Button, palette.surface),
        (role.ButtonText, palette.text),
        (role.BrightText, palette.live),
        (role.Highlight, palette.accent),
        (role.HighlightedText, palette.on_accent),
        (role.Link, palette.accent),
        (role.ToolTipBase, palette.text),
        (role.ToolTipText, palette.ground),
    ):
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(palette.muted))
    return result
