"""The line under the record bar that says what is kept of a chosen device before Record."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.gui.desk import Desk
from app.gui.record_bar import RecordBar
from app.gui.widgets import Text


class ListeningLine(QObject):
    """Has the desk listen to a device while it stands in the bar, and shows what is kept of it."""

    def __init__(self, bar: RecordBar, desk: Desk) -> None:
        super().__init__(bar)
        self._bar, self._desk = bar, desk
        self._chosen = ""
        self.line = Text("note")
        self.line.hide()
        layout = bar.layout()
        assert layout is not None
        layout.addWidget(self.line)
        bar.menu.chosen.connect(self._on_chosen)
        bar.field.textChanged.connect(self._on_text)
        desk.kept.connect(self._on_kept)

    @Slot(str)
    def _on_chosen(self, text: str) -> None:
        self._chosen = text
        self._desk.prepare(text)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        if self._chosen and text.strip() != self._chosen:
            self._chosen = ""
            self._desk.prepare("")

    @Slot(str)
    def _on_kept(self, sentence: str) -> None:
        self.line.say(sentence)
        self.line.setVisible(bool(sentence))
