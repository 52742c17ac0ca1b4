"""What stands under the pointer stays there while cards come in above it. GUI thread only.

Whoever is about to click on a card aims at it where it is. So a column that grows above the pointer
is scrolled by as much as it grew, with room below it where there is none to scroll; and back again
when the pointer has left the cards, or rests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSpacerItem, QVBoxLayout, QWidget

from app.gui import tokens


class Steady(QObject):
    """Holds still what is aimed at in a scrolled column of cards.

    Args:
        area: Scrolls the column.
        column: Its layout, all of it; cards are frames anywhere in it.
    """

    def __init__(self, area: QScrollArea, column: QVBoxLayout) -> None:
        super().__init__(area)
        self._area, self._column = area, column
        self._room = QSpacerItem(0, 0)
        column.addSpacerItem(self._room)
        self._scrolled = self._at = 0  # by how much, and to where, in pixels
        self._pointer = QPoint()
        self._resting = QTimer(self)
        self._resting.setInterval(tokens.RESTING_MS)
        self._resting.timeout.connect(self._on_rested)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Leave the card under the pointer where it is, whatever comes in meanwhile."""
        card = self._aimed_at()
        if card is None:
            yield
            return
        before = self._top_of(card)
        yield
        _lay_out()
        grown = self._top_of(card) - before
        if grown > 0:
            self._scroll_by(grown)

    def _aimed_at(self) -> QFrame | None:
        """The card under the pointer."""
        found: QWidget | None = QApplication.widgetAt(QCursor.pos())
        if found is None or not self._area.viewport().isAncestorOf(found):
            return None
        while found is not None and found.objectName() != "card":
            found = found.parentWidget()
        return found if isinstance(found, QFrame) else None

    def _top_of(self, card: QWidget) -> int:
        return card.mapTo(self._area.viewport(), QPoint()).y()

    def _scroll_by(self, grown: int) -> None:
        bar = self._area.verticalScrollBar()
        target = bar.value() + grown
        content = self._column.minimumSize().height() - self._room.sizeHint().height()
        self._make_room(max(0, self._area.viewport().height() + target - content))
        bar.setValue(target)
        self._scrolled, self._at = self._scrolled + grown, bar.value()
        self._pointer = QCursor.pos()
        self._resting.start()

    def _make_room(self, height: int) -> None:
        self._room.changeSize(0, height)
        self._column.invalidate()
        _lay_out()

    @Slot()
    def _on_rested(self) -> None:
        """Go back, unless somebody still aims, or has scrolled to where they want to be."""
        before, self._pointer = self._pointer, QCursor.pos()
        if self._pointer != before and self._aimed_at() is not None:
            return
        self._resting.stop()
        bar = self._area.verticalScrollBar()
        if bar.value() == self._at:
            bar.setValue(bar.value() - self._scrolled)
        self._make_room(0)
        self._scrolled = 0


def _lay_out() -> None:
    """Have all that changed laid out now, before it is painted."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
