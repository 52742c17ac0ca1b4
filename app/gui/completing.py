"""Words of the archive offered while somebody types a query. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QObject, QStringListModel, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QCompleter, QLineEdit

from app.gui import tokens
from app.gui.presenters.search import beginning_of, completed


class WordCompleter(QObject):
    """Completes the last word in a field; asks for the words, and is told them when they are there.

    Args:
        field: Where the query is typed.
    """

    asked = Signal(str)
    """The beginning of a word; then call `offer`."""
    chosen = Signal(str)
    """The query as it is now: a word was chosen."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self.field = field
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
            self._hide()
            return
        self.words.setStringList(list(found))
        self.completer.complete()

    def _beginning(self) -> str:
        at_end = self.field.cursorPosition() == len(self.field.text())
        return beginning_of(self.field.text()) if at_end else ""

    @Slot()
    def _on_edited(self) -> None:
        if self._beginning():
            self._pause.start()
        else:
            self._pause.stop()
            self._hide()

    def _hide(self) -> None:
        popup = self.completer.popup()
        if popup is not None:
            popup.hide()

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
