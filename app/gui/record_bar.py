"""The bar on top: one field that takes a link, a device, a file, or words to search."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout

from app.gui import tokens
from app.gui.presenters.capture import Offers, Wish, begins_address, is_source
from app.gui.presenters.language import translate
from app.gui.source_menu import SourceMenu
from app.gui.widgets import Button, IconButton, Notice, scrolled

if TYPE_CHECKING:
    from app.gui.schedule_panel import SchedulePanel


class RecordBar(QFrame):
    """Says what was typed: something to record, or words to search as they are typed."""

    offers_asked = Signal()
    """What this machine can record; then call `show_offers`."""
    levels_asked = Signal(bool)
    """Whether `show_levels` is wanted from now on."""
    record_asked = Signal(object)
    """A `Wish`."""
    search_asked = Signal(str)
    """Words to search; empty when the field was cleared."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.field = QLineEdit()
        self.field.setPlaceholderText(
            translate("RecordBar", "Paste a link to record, or search what was said")
        )
        self.field.setAccessibleName(
            translate("RecordBar", "A link, a device or a file to record, or words to search")
        )
        self.field.setClearButtonEnabled(True)
        self.field.setFixedHeight(tokens.CONTROL_HEIGHT + 2 * tokens.BORDER)
        self._word = translate("RecordBar", "Record")
        self.record = Button(self._word, "circle", role="on_accent", kind="main")
        self.record.setToolTip(translate("RecordBar", "Record the link, device or file (Return)"))
        self.record.setEnabled(False)
        self.sources = IconButton(
            translate("RecordBar", "Record a device or the system's sound"), "mic"
        )
        self.schedule = IconButton(
            translate("RecordBar", "When, for how long, and other sources"), "calendar-clock"
        )
        self.schedule.setCheckable(True)
        self.menu = SourceMenu(self.sources)
        self._unfolded: QScrollArea | None = None  # with the panel, once it is wanted
        self._panel: SchedulePanel | None = None
        self.notice = Notice()
        self._parts = QVBoxLayout(self)
        self._asked = ""  # what is on its way to being recorded
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(tokens.TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self._connect()
        self._lay_out()

    @property
    def panel(self) -> SchedulePanel:
        """When, for how long, and with what beside it; made when it is first wanted."""
        return self._ready()

    def _ready(self) -> SchedulePanel:
        if self._panel is None:
            from app.gui.schedule_panel import SchedulePanel  # noqa: PLC0415 (once it is wanted)

            self._panel = SchedulePanel()
            self._panel.changed.connect(self._offer)
            self._panel.asked.connect(self._on_panel_asked)
            self._unfolded = scrolled(self._panel)
            self._panel.setObjectName("panel")
            for row, part in enumerate((self._panel.head, self._unfolded), 1):
                part.hide()
                self._parts.insertWidget(row, part)
            for before, after in itertools.pairwise((self.record, *self._panel.fields)):
                self.setTabOrder(before, after)
        return self._panel

    @property
    def unfolded(self) -> QScrollArea:
        """Where the panel scrolls."""
        self._ready()
        assert self._unfolded is not None
        return self._unfolded

    @property
    def text(self) -> str:
        """What is in the field, without white space around it."""
        return self.field.text().strip()

    @Slot(str)
    def search_for(self, query: str) -> None:
        """Search as if these words had been typed."""
        self.field.setText(query)
        self._search()

    def arm(self, source: str) -> None:
        """Put a source that was pasted or dropped into the field, ready for Return."""
        self.notice.clear()
        self._pause.stop()
        self.field.setText(source)
        self.field.setFocus()

    def take_in(self) -> None:
        """What was asked for is being recorded: make room for the next."""
        if self.text == self._asked:
            self.field.clear()
            self.schedule.setChecked(False)
            if self._panel is not None:
                self._panel.reset()
        self.give_back()

    def give_back(self) -> None:
        """What was asked for is not on its way any more: let people ask again."""
        self._asked = ""
        self._offer()

    @Slot(object)
    def show_offers(self, offers: Offers) -> None:
        """Let people choose out of what this machine can record."""
        self.menu.show_offers(offers)

    @Slot(object)
    def show_levels(self, levels: dict[str, tuple[float, float]]) -> None:
        """Show how loud it is now."""
        self.menu.show_levels(levels)

    @Slot()
    def _on_sources(self) -> None:
        self.menu.drop_down(self.sources)
        self.offers_asked.emit()

    @Slot(bool)
    def _on_schedule(self, is_open: bool) -> None:  # noqa: FBT001 (Qt's signal)
        self.unfolded.setVisible(is_open)
        self.panel.head.setVisible(is_open)
        if is_open:
            QTimer.singleShot(0, self, self.fit)  # once its parts are dressed
            self.panel.words.setFocus()
        self._offer()

    @Slot()
    def fit(self) -> None:
        """Unfold as far as the panel is high, and leave half of the window to the page."""
        if self.schedule.isChecked():
            room = self.window().height() // 2
            self.unfolded.setFixedHeight(min(self.panel.sizeHint().height(), room))

    @Slot(str)
    def _on_chosen(self, text: str) -> None:
        self.field.setText(text)
        self.record.setFocus()

    @Slot(str)
    def _on_record_source(self, text: str) -> None:
        self.field.setText(text)
        self._on_record()

    @Slot()
    def _on_changed(self) -> None:
        self._offer()
        if not self.text:
            self._pause.stop()
            self.search_asked.emit("")

    @Slot()
    def _on_edited(self) -> None:
        self.notice.clear()
        text = self.text
        if text and not (is_source(text) or begins_address(text)):
            self._pause.start()
        else:
            self._pause.stop()

    @Slot()
    def _on_return(self) -> None:
        if is_source(self.text):
            if self.schedule.isChecked() and self.panel.problem:
                self.panel.words.setFocus()  # its reason stands beside it
            self._on_record()
        elif self.text:
            self._search()

    @Slot()
    def _on_record(self) -> None:
        self._pause.stop()
        if self.record.isEnabled():
            self._asked = self.text
            self._offer()
            is_open = self.schedule.isChecked()
            wish = self.panel.wish(self.text) if is_open else Wish(source=self.text)
            self.record_asked.emit(wish)

    @Slot()
    def _on_panel_asked(self) -> None:
        """Return in the panel does what Return does in the field; what is missing gets the keys."""
        if not is_source(self.text):
            self.field.setFocus()
        elif not self.panel.problem:
            self._on_record()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape folds the panel up."""
        if event.key() == Qt.Key.Key_Escape and self.schedule.isChecked():
            self.schedule.setChecked(False)
            self.schedule.setFocus()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _offer(self) -> None:
        """Let Record be pressed where there is something to record and nothing is wrong with it."""
        is_open = self.schedule.isChecked()
        is_fine = not (is_open and self.panel.problem)
        self.record.setEnabled(is_source(self.text) and is_fine and not self._asked)
        later = translate("RecordBar", "Schedule")
        word = later if is_open and self.panel.is_scheduled else self._word
        self.record.say(translate("RecordBar", "Starting…") if self._asked else word)

    @Slot()
    def _search(self) -> None:
        self._pause.stop()
        self.search_asked.emit(self.text)

    def _connect(self) -> None:
        self.field.textEdited.connect(self._on_edited)
        self.field.textChanged.connect(self._on_changed)
        self.field.returnPressed.connect(self._on_return)
        self.sources.clicked.connect(self._on_sources)
        self.schedule.toggled.connect(self._on_schedule)
        self.menu.chosen.connect(self._on_chosen)
        self.menu.record_asked.connect(self._on_record_source)
        self.menu.opened.connect(lambda: self.levels_asked.emit(True))
        self.menu.closed.connect(lambda: self.levels_asked.emit(False))
        self.record.clicked.connect(self._on_record)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.field, 1)
        line.addWidget(self.sources)
        line.addWidget(self.schedule)
        line.addWidget(self.record)
        self._parts.setContentsMargins(
            tokens.SPACE_L, tokens.SPACE_M, tokens.SPACE_L, tokens.SPACE_M
        )
        self._parts.setSpacing(tokens.SPACE_S)
        self._parts.addLayout(line)
        self._parts.addWidget(self.notice)
