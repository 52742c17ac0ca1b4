"""The bar on top: one field that takes a link, a device, a file, or words to search."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout

from app.gui import icons, theme, tokens
from app.gui.presenters.capture import Offer, is_source
from app.gui.widgets import Button, IconButton, Notice


class RecordBar(QFrame):
    """Says what was typed: something to record, or words to search as they are typed."""

    offers_asked = Signal()
    """What this machine can record; then call `show_offers`."""
    record_asked = Signal(str)
    search_asked = Signal(str)
    """Words to search; empty when the field was cleared."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Paste a link to record, or search what was said")
        self.field.setAccessibleName("A link, a device or a file to record, or words to search")
        self.field.setClearButtonEnabled(True)
        self.field.setFixedHeight(tokens.CONTROL_HEIGHT + 2 * tokens.BORDER)
        self.record = Button("Record", "circle", role="on_accent", kind="main")
        self.record.setToolTip("Record the link, device or file in the field")
        self.record.setEnabled(False)
        self.sources = IconButton("Record a device or the system's sound", "mic")
        self.menu = QMenu(self.sources)
        self.notice = Notice()
        self._asked = ""  # what is on its way to being recorded
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(tokens.TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.field.textEdited.connect(self._on_edited)
        self.field.textChanged.connect(self._on_changed)
        self.field.returnPressed.connect(self._on_return)
        self.sources.clicked.connect(self._on_sources)
        self.menu.triggered.connect(self._on_offer)
        self.record.clicked.connect(self._on_record)
        self._lay_out()

    @property
    def text(self) -> str:
        """What is in the field, without white space around it."""
        return self.field.text().strip()

    @Slot(str)
    def search_for(self, query: str) -> None:
        """Search as if these words had been typed."""
        self.field.setText(query)
        self._search()

    def take_in(self) -> None:
        """What was asked for is being recorded: make room for the next."""
        if self.text == self._asked:
            self.field.clear()
        self.give_back()

    def give_back(self) -> None:
        """What was asked for is not on its way any more: let people ask again."""
        self._asked = ""
        self.record.setText("Record")
        self.record.setEnabled(is_source(self.text))

    @Slot(object)
    def show_offers(self, offers: tuple[Offer, ...]) -> None:
        """Let people choose out of what this machine can record."""
        colours = theme.colours()
        self.menu.clear()
        for offer in offers:
            picture = icons.icon(offer.icon, colours.text, colours.muted)
            self.menu.addAction(picture, offer.name).setData(offer.text)
        if not offers:
            self.menu.addAction("No device of this machine can be recorded").setEnabled(False)
        self.menu.popup(self.sources.mapToGlobal(QPoint(0, self.sources.height())))

    @Slot()
    def _on_sources(self) -> None:
        self.offers_asked.emit()

    @Slot(QAction)
    def _on_offer(self, action: QAction) -> None:
        self.field.setText(str(action.data()))
        self.record.setFocus()

    @Slot(str)
    def _on_changed(self, _text: str) -> None:
        self.record.setEnabled(is_source(self.text) and not self._asked)
        if not self.text:
            self._pause.stop()
            self.search_asked.emit("")

    @Slot(str)
    def _on_edited(self, _text: str) -> None:
        self.notice.clear()
        if self.text and not is_source(self.text):
            self._pause.start()
        else:
            self._pause.stop()

    @Slot()
    def _on_return(self) -> None:
        if is_source(self.text):
            self._on_record()
        elif self.text:
            self._search()

    @Slot()
    def _on_record(self) -> None:
        self._pause.stop()
        if is_source(self.text) and not self._asked:
            self._asked = self.text
            self.record.setText("Starting…")
            self.record.setEnabled(False)
            self.record_asked.emit(self.text)

    @Slot()
    def _search(self) -> None:
        self._pause.stop()
        self.search_asked.emit(self.text)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.field, 1)
        line.addWidget(self.sources)
        line.addWidget(self.record)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_L, tokens.SPACE_M, tokens.SPACE_L, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(line)
        layout.addWidget(self.notice)
