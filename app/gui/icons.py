"""Icons, drawn from the SVGs in ``resources`` in a token's colour. GUI thread only."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources
from app.gui import tokens

_FILLED = frozenset({"circle", "square"})


@functools.lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0, room: int = 0) -> QPixmap:
    """An icon as a picture.

    Args:
        name: Lucide's name of it; ``circle`` and ``square``, the marks of recording and of
            stopping, are filled.
        colour: ``#RRGGBB``.
        size: Edge, in device-independent pixels.
        ratio: Device pixels a device-independent one.
        room: What stays free beside it, likewise: Qt leaves four pixels to a button's word.

    Raises:
        ValueError: There is no such icon.
    """
    renderer = QSvgRenderer(QByteArray(_coloured(name, colour, size)))
    if not renderer.isValid():
        raise ValueError(f"the icon {name!r} is no SVG")
    picture = QPixmap(QSize(round((size + room) * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def icon(name: str, colour: str, disabled: str, size: int = tokens.ICON_S, room: int = 0) -> QIcon:
    """An icon for a button, sharp on every screen that there is."""
    return _icon(name, colour, disabled, size, room, ratios())


@functools.lru_cache(maxsize=256)
def _icon(
    name: str, colour: str, disabled: str, size: int, room: int, wanted: tuple[float, ...]
) -> QIcon:
    result = QIcon()
    for ratio in wanted:
        result.addPixmap(pixmap(name, colour, size, ratio, room), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, disabled, size, ratio, room), QIcon.Mode.Disabled)
    return result


def ratios() -> tuple[float, ...]:
    """Device pixels a device-independent one, of each screen, the lowest first."""
    found = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return tuple(sorted(found)) or (1.0,)  # a laptop's only screen may be unplugged


@functools.cache
def app_icon() -> QIcon:
    """The application's own icon."""
    return QIcon(str(resources.path("icons/aircheck.svg")))


def _coloured(name: str, colour: str, size: int) -> bytes:
    text = _svg(name).replace("currentColor", colour)
    stroke = tokens.ICON_HERO_STROKE if size >= tokens.ICON_HERO else tokens.ICON_STROKE
    text = text.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    if name in _FILLED:
        text = text.replace('fill="none"', f'fill="{colour}"')
    return text.encode()


@functools.cache
def _svg(name: str) -> str:
    return resources.path(f"icons/lucide/{name}.svg").read_text(encoding="utf-8")
