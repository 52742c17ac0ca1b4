"""Words of the archive offered while somebody types a query. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import (
    QObject,
    QPoint,
    QRect,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from app.gui import tokens
from app.gui.presenters.search import beginning_of, completed


class WordCompleter(QObject):
    """Completes the last word in a field; asks for the words, and is told them when they are there.

    Args:
        field: Where the query is typed.
        page: Where the hits are: the words are offered above it, and not above what leads to
            other pages.
    """

    asked = Signal(str)
    """The beginning of a word; then call `offer`."""
    chosen = Signal(str)
    """The query as it is now: a word was chosen."""

    def __init__(self, field: QLineEdit, page: QWidget) -> None:
        super().__init__(field)
        self.field = field
        self._page = page
        self.words = QStringListModel(self)
        self.completer = QCompleter(self.words, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setWidget(field)
        dress(self.completer)
        self.completer.activated.connect(self._on_chosen)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(tokens.COMPLETION_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        field.textEdited.connect(self._on_edited)

    def offer(self, beginning: str, found: tuple[str, ...]) -> None:
        """Offer words for a beginning, unless something else is typed by now."""
        if not found or self._beginning() != beginning or not self.field.hasFocus():
            self.hide()
            return
        self.words.setStringList(list(found))
        self.completer.complete(self.place_of(found))

    def place_of(self, found: tuple[str, ...]) -> QRect:
        """Where the list hangs from, in the field: under the word, as wide as the words need."""
        field, metrics = self.field, self.field.fontMetrics()
        width = max(map(metrics.horizontalAdvance, found)) + 2 * tokens.SPACE_L
        width = min(max(width, tokens.COMPLETION_LEAST_WIDTH), field.width())
        word = field.cursorRect().left() - metrics.horizontalAdvance(self._beginning())
        page = field.mapFromGlobal(self._page.mapToGlobal(QPoint())).x()
        left = min(max(word, page), field.width() - width)
        return QRect(max(left, 0), 0, width, field.height() + tokens.SPACE_XS)

    @Slot()
    def hide(self) -> None:
        """Offer nothing any more."""
        self._pause.stop()
        popup = self.completer.popup()
        if popup is not None:
            popup.hide()

    def _beginning(self) -> str:
        at_end = self.field.cursorPosition() == len(self.field.text())
        return beginning_of(self.field.text()) if at_end else ""

    @Slot()
    def _on_edited(self) -> None:
        if self._beginning():
            self._pause.start()
        else:
            self.hide()

    @Slot()
    def _ask(self) -> None:
        beginning = self._beginning()
        if beginning:
            self.asked.emit(beginning)

    @Slot(str)
    def _on_chosen(self, word: str) -> None:
        text = completed(self.field.text(), word)
        self.field.setText(text)
        self.chosen.emit(text.strip())


def dress(completer: QCompleter) -> None:
    """Give the list of a completer the look of the window's menus."""
    popup = completer.popup()
    if popup is not None:
        popup.setObjectName("completions")
