"""A question on the page itself: a sentence, perhaps a field, an answer. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QWidget,
)
from shiboken6 import isValid

from app.gui import tokens
from app.gui.completing import dress
from app.gui.presenters.language import translate
from app.gui.widgets import Button, IconButton, label

_MOST_SHOWN = 12


class Prompt(QFrame):
    """Asks one thing at a time; Return answers, Escape leaves everything as it is.

    Hidden while nothing is asked.
    """

    changed = Signal()
    """Something is asked, or nothing any more."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prompt")
        self.sentence: QLabel = label("heading")
        self.sentence.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setFixedHeight(tokens.CONTROL_HEIGHT + 2 * tokens.BORDER)
        self.field.setMinimumWidth(tokens.SIDE_LEAST_WIDTH)
        self.field.setAccessibleName(translate("Prompt", "Answer"))
        self.answer = Button(translate("Prompt", "Do it"), kind="main")
        self.close_button = IconButton(translate("Prompt", "Leave it as it is"), "x")
        self._words = QStringListModel(self)
        self._then: Callable[[str], None] | None = None
        self._before: QWidget | None = None  # had the keys before something was asked
        completer = QCompleter(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(_MOST_SHOWN)
        dress(completer)
        self.field.setCompleter(completer)
        self.field.returnPressed.connect(self._on_answer)
        self.answer.clicked.connect(self._on_answer)
        self.close_button.clicked.connect(self.leave)
        line = QHBoxLayout(self)
        line.setContentsMargins(tokens.SPACE_L, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        line.setSpacing(tokens.SPACE_M)
        line.addWidget(self.sentence, 1)
        line.addWidget(self.field, 1)
        line.addWidget(self.answer)
        line.addWidget(self.close_button)
        self.hide()

    def ask_text(
        self,
        sentence: str,
        answer: str,
        then: Callable[[str], None],
        *,
        text: str = "",
        known: tuple[str, ...] = (),
    ) -> None:
        """Ask for a text.

        Args:
            sentence: What is asked.
            answer: What the button says.
            then: Called with what was typed.
            text: What stands in the field at first.
            known: Texts that are offered while one types.
        """
        self._words.setStringList(list(known))
        self.field.setText(text)
        self.field.setAccessibleName(sentence)
        self._show(sentence, answer, then, has_field=True)
        self.field.setFocus()
        self.field.selectAll()

    def ask(self, sentence: str, answer: str, then: Callable[[], None]) -> None:
        """Ask whether something is to be done, or offer to undo it."""
        self._show(sentence, answer, lambda _: then(), has_field=False)

    @property
    def is_asking(self) -> bool:
        """Whether something is asked."""
        return self._then is not None

    @Slot()
    def leave(self) -> None:
        """Ask nothing any more; the keys go back to where they went before."""
        self._then = None
        before, self._before = self._before, None
        if before is not None and isValid(before) and self._has_keys():
            before.setFocus()
        self.hide()
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _show(
        self, sentence: str, answer: str, then: Callable[[str], None], *, has_field: bool
    ) -> None:
        if not self._has_keys():
            self._before = QApplication.focusWidget()
        self._then = then
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self.field.setVisible(has_field)
        self.answer.say(answer)
        self.answer.setText(answer)
        self.show()
        self.changed.emit()

    def _has_keys(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    @Slot()
    def _on_answer(self) -> None:
        then, text = self._then, self.field.text()
        self.leave()
        if then is not None:
            then(text)
