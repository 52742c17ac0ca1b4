"""How a session is to be transcribed: by which model, in which language. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.choosing import Check, Combo
from app.gui.presenters import languages
from app.gui.presenters.language import translate
from app.gui.presenters.transcription import Asked
from app.gui.widgets import Button, label


class TranscribeForm(QWidget):
    """Asks how; what is left as it is, is found out."""

    asked = Signal(object)
    """`Asked`."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = Combo(translate("Transcribe", "Model"))
        self.model.addItem(translate("Transcribe", "As in the settings"), "")
        self.language = Combo(translate("Transcribe", "Language"))
        self.language.addItem(translate("Transcribe", "Found by listening"), "")
        for code, name in languages.names().items():
            self.language.addItem(name, code)
        self.translation = Check(translate("Transcribe", "Translate to English"))
        self.translation.setToolTip(
            translate("Transcribe", "As a second transcript, beside the one of what is spoken")
        )
        self.channels = Check(translate("Transcribe", "Each channel is a speaker"))
        self.channels.setToolTip(
            translate("Transcribe", "Where one is on the left and the other on the right")
        )
        self._ask = Button(translate("Transcribe", "Transcribe"), kind="main")
        self._cancel = Button(translate("Transcribe", "Cancel"))
        self._ask.clicked.connect(self._on_asked)
        self._cancel.clicked.connect(self.closed)
        self._lay_out()

    def show_models(self, names: tuple[str, ...]) -> None:
        """Offer these, which are on this machine."""
        before = self.model.currentData()
        while self.model.count() > 1:
            self.model.removeItem(1)
        for name in names:
            self.model.addItem(name, name)
        self.model.setCurrentIndex(max(self.model.findData(before), 0))

    @Slot()
    def _on_asked(self) -> None:
        self.asked.emit(
            Asked(
                model=self.model.currentData(),
                language=self.language.currentData(),
                is_translated=self.translation.isChecked(),
                by_channel=self.channels.isChecked(),
            )
        )

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_M, 0, tokens.SPACE_M, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_S)
        for combo in (self.model, self.language):
            named = label("note", combo.accessibleName())
            named.setBuddy(combo)
            layout.addWidget(named)
            layout.addWidget(combo)
        layout.addWidget(self.translation)
        layout.addWidget(self.channels)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.SPACE_S)
        actions.addStretch(1)
        actions.addWidget(self._cancel)
        actions.addWidget(self._ask)
        layout.addLayout(actions)
        layout.addStretch(1)
