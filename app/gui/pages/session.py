"""A session's page: what it is, its time, its transcript, its evidence."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.cards import LiveCard
from app.gui.presenters import words
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.session import NO_TIME, Page, Wave
from app.gui.presenters.transcription import Work
from app.gui.strip import StripView
from app.gui.transcript import TranscriptView
from app.gui.widgets import Chip, Notice, Teaching, Text, label, quietly
from recorder.archive import SessionFolder

_EVIDENCE = ("Audio", "Stored", "Hashed", "Gaps")


class SessionPage(QWidget):
    """One session. Told what to show; asks by signals."""

    sought = Signal(object, float)
    """Folder and session time to play from."""
    stop_asked = Signal(object)
    mark_asked = Signal(object)
    transcription_asked = Signal(object)
    dismissed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.folder: SessionFolder | None = None
        self._page: Page | None = None
        self.chip = Chip()
        self.title = Text("title")
        self.about = Text("muted")
        self.notice = Notice()
        self.strip = StripView()
        self.transcript = TranscriptView()
        self.card: LiveCard | None = None
        self._card_place = QVBoxLayout()
        self.waiting = Teaching("file-audio", "No transcript yet", "", "Transcribe")
        self.made_by = label("note")
        self._evidence = {name: label() for name in _EVIDENCE}
        self._texts: QStackedLayout
        self.panel = self._panel()
        self.strip.sought.connect(self._on_sought)
        self.transcript.sought.connect(self._on_sought)
        self.waiting.button.clicked.connect(self._on_transcribe)
        self._lay_out()

    def show_folder(self, folder: SessionFolder) -> None:
        """Turn to another session; what it holds is shown as soon as it is read."""
        if self.folder is not None and self.folder.path == folder.path:
            return
        self.folder, self._page = folder, None
        self.title.say("")
        self.about.say("")
        self.notice.clear()
        self.strip.show_strip(NO_TIME)
        self.strip.show_wave(None)
        self.strip.show_position(None)
        self.transcript.show_lines(())
        self.made_by.setText("")
        for value in self._evidence.values():
            value.setText("")
        self.show_live(None)

    def show_row(self, row: Row) -> None:
        """Show what the list knows of it."""
        summary = row.summary
        self.title.say(summary.title or summary.folder.name)
        self.chip.show_look(row.look)
        now = datetime.now(UTC).astimezone()
        parts = (
            words.day(summary.started_at or summary.created_at, now),
            words.length(summary.duration_s) if summary.duration_s else "",
            summary.source,
        )
        self.about.say(" · ".join(part for part in parts if part))
        if summary.problem:
            self.notice.say(
                words.Message(happened=summary.problem, safe="Other sessions are fine.")
            )
        if self.card:
            self.card.show_row(row)

    def show_page(self, page: Page) -> None:
        """Show what was read of it."""
        self._page = page
        self.strip.show_strip(page.strip)
        self.transcript.show_lines(page.lines)
        if page.made_by:
            self.made_by.setText(page.made_by)
        for name, value in page.evidence:
            quietly(self._evidence[name].setText, self._evidence[name].text(), value)
        self._texts.setCurrentIndex(0 if page.made_by else 1)
        if page.problem:
            self.notice.say(page.problem)

    def show_wave(self, wave: Wave) -> None:
        """Show its waveform, once it is there."""
        self.strip.show_wave(wave)

    def show_work(self, work: Work) -> None:
        """Say how far its transcription is."""
        quietly(self.waiting.sentence.setText, self.waiting.sentence.text(), work.sentence)
        self.waiting.button.setVisible(work.may_ask)
        made_by = (self._page.made_by if self._page else "") or work.sentence
        quietly(self.made_by.setText, self.made_by.text(), made_by)

    def show_live(self, live: Live | None) -> None:
        """Show what its recorder says; None where none is at work."""
        if live is None:
            if self.card:
                self._card_place.removeWidget(self.card)
                self.card.hide()
                self.card.deleteLater()
                self.card = None
            return
        if self.card is None:
            self.card = LiveCard(live.folder, is_alone=False)
            self.card.stop_asked.connect(self.stop_asked)
            self.card.mark_asked.connect(self.mark_asked)
            self.card.dismissed.connect(self.dismissed)
            self._card_place.addWidget(self.card)
        self.card.show_live(live)

    def show_position(self, at_s: float | None) -> None:
        """Follow what is heard; None where another session is."""
        self.strip.show_position(at_s)
        self.transcript.mark_line(
            self._page.line_at(at_s) if self._page and at_s is not None else -1
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave the room to the transcript where there is little."""
        super().resizeEvent(event)
        self.panel.setVisible(event.size().width() >= tokens.PAGE_WITH_PANEL_WIDTH)

    @Slot(float)
    def _on_sought(self, at_s: float) -> None:
        if self.folder is not None:
            self.sought.emit(self.folder, at_s)

    @Slot()
    def _on_transcribe(self) -> None:
        if self.folder is not None:
            self.transcription_asked.emit(self.folder)

    def _lay_out(self) -> None:
        edge = tokens.SPACE_XL
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE_M)
        head.addWidget(self.title, 1)
        head.addWidget(self.chip)
        body = QHBoxLayout()
        body.setSpacing(tokens.SPACE_L)
        body.addWidget(self._well(), 1)
        body.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_L)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(head)
        layout.addWidget(self.about)
        layout.addWidget(self.notice)
        layout.addLayout(self._card_place)
        layout.addWidget(self.strip)
        layout.addLayout(body, 1)

    def _well(self) -> QFrame:
        """The transcript, or why there is none."""
        well = QFrame()
        well.setObjectName("well")
        self._texts = QStackedLayout(well)
        self._texts.addWidget(self.transcript)
        self._texts.addWidget(self.waiting)
        self._texts.setCurrentIndex(1)
        return well

    def _panel(self) -> QWidget:
        """Evidence, and who made the transcript."""
        panel = QFrame()
        panel.setObjectName("card")
        panel.setFixedWidth(tokens.PANEL_WIDTH)
        grid = QGridLayout(panel)
        edge = tokens.SPACE_L
        grid.setContentsMargins(edge, edge, edge, edge)
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(tokens.SPACE_S)
        grid.addWidget(label("heading", "Evidence"), 0, 0, 1, 2)
        for place, (name, value) in enumerate(self._evidence.items(), 1):
            value.setWordWrap(True)
            grid.addWidget(label("muted", name), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, place, 1)
        heading = label("heading", "Transcript")
        heading.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        grid.addWidget(heading, len(_EVIDENCE) + 1, 0, 1, 2)
        self.made_by.setWordWrap(True)
        grid.addWidget(self.made_by, len(_EVIDENCE) + 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        return panel
