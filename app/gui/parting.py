"""What goes on when one quits while something is live: said in a line, and asked by no dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.gui import tokens
from app.gui.presenters.language import translate
from app.gui.widgets import Button, Icon, label


class Parting(QFrame):
    """Hidden until somebody wants to quit."""

    quit_asked = Signal()
    stop_asked = Signal()
    """End the recordings well, then quit."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._said = label("heading")
        self._said.setWordWrap(True)
        self.quit = Button(translate("Parting", "Quit; they go on"), kind="main")
        self.stop = Button(translate("Parting", "Stop them and quit"), "square")
        self.stay = Button(translate("Parting", "Stay"))
        self.quit.clicked.connect(self.quit_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.stay.clicked.connect(self.hide)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.SPACE_S)
        for button in (self.quit, self.stop, self.stay):
            buttons.addWidget(button)
        buttons.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_S)
        texts.addWidget(self._said)
        texts.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_L, tokens.SPACE_M, tokens.SPACE_L, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_M)
        layout.addWidget(Icon("info", "accent", tokens.ICON_M), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self.hide()

    @Slot(int)
    def ask(self, count: int) -> None:
        """Say how many go on, and offer both ways."""
        said = translate(
            "Parting", "%n session(s) will go on without this window, safe and to the end.", n=count
        )
        self._said.setText(said)
        self.setAccessibleName(said)
        self.show()
        self.quit.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape stays."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return
        super().keyPressEvent(event)
