"""The overlay that lists a page's keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.gui import tokens
from app.gui.presenters.keys import Group
from app.gui.presenters.language import translate
from app.gui.widgets import label, lift, scrolled


class KeysOverlay(QFrame):
    """Floats over the page until a key or a click."""

    def __init__(self, parent: QWidget, groups: tuple[Group, ...]) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None  # had the keys before it was opened
        self.setObjectName("float")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inner = QWidget()
        grid = QGridLayout(inner)
        edge = tokens.SPACE_L
        grid.setContentsMargins(edge, edge, edge, edge)
        grid.setHorizontalSpacing(tokens.SPACE_L)
        grid.setVerticalSpacing(tokens.SPACE_XS)
        grid.setColumnStretch(1, 1)
        said = []
        for title, pairs in groups:
            row = grid.rowCount()
            heading = label("heading", title)
            heading.setContentsMargins(0, tokens.SPACE_S, 0, 0)
            grid.addWidget(heading, row, 0, 1, 2)
            for place, (key, does) in enumerate(pairs, row + 1):
                grid.addWidget(label("", key), place, 0)
                meaning = label("muted", does)
                meaning.setWordWrap(True)
                grid.addWidget(meaning, place, 1)
                said.append(f"{key}: {does}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        area = scrolled(inner)
        for part in (area, inner):
            part.setObjectName("clear")  # they lie on this one's surface
        area.viewport().setAutoFillBackground(False)
        layout.addWidget(area)
        lift(self)
        self._inner = inner
        self.setAccessibleName(translate("Keys", "Keys"))
        self.setAccessibleDescription("; ".join(said))
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it in the middle of the page."""
        self._place()
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Stay in the middle of a page that has another size now."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect().adjusted(
            tokens.SPACE_L, tokens.SPACE_L, -tokens.SPACE_L, -tokens.SPACE_L
        )
        wanted = self._inner.sizeHint()
        width = min(max(wanted.width() + tokens.SPACE_XL, tokens.KEYS_WIDTH), room.width())
        height = min(wanted.height() + 2, room.height())
        self.resize(width, height)
        self.move(room.center().x() - width // 2, room.center().y() - height // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Any key closes it."""
        event.accept()
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            self._close()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """So does a click."""
        event.accept()
        self._close()

    def _close(self) -> None:
        self.hide()
        before = self._before or self.parentWidget()
        if before is not None and isValid(before):
            before.setFocus()
