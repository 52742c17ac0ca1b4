"""The page Now: a card for each live session, then what was interrupted, or a first lesson."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.gui import tokens
from app.gui.cards import LiveCard
from app.gui.desk import Desk
from app.gui.place import Place
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.session import Wave
from app.gui.widgets import Button, Chip, Notice, Teaching, Text, label
from recorder.archive import SessionFolder
from recorder.types import State

_UNSEALED = "Its recorder ended without sealing it. What was recorded is safe."
_NOBODY_WAITS = "No recorder waits for it now, so it would be missed."


class NowPage(Place):
    """What goes on. The cards stand in the order in which the sessions were begun, newest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.cards: dict[Path, LiveCard] = {}
        self.interrupted: dict[Path, InterruptedCard] = {}
        self._rows: dict[Path, Row] = {}
        self.notice = Notice()
        self.empty = Teaching(
            "radio",
            "Nothing is being recorded",
            "Paste a link above and press Return: Aircheck waits for the session, "
            "records it whatever happens, and makes every word findable.",
            "Play the sample broadcast",
        )
        self.empty.button.clicked.connect(self._on_sample)
        self._list = QVBoxLayout()
        self._list.setSpacing(tokens.SPACE_M)
        self._pages = QStackedLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(tokens.SPACE_L, 0, tokens.SPACE_L, 0)
        top.addWidget(self.notice)
        layout.addLayout(top)
        layout.addLayout(self._pages, 1)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._scroll())
        desk.rows_changed.connect(self.show_rows)
        desk.live_changed.connect(self.show_live)
        desk.wave_read.connect(self.show_wave)
        desk.started.connect(self._on_started)
        desk.start_failed.connect(self._on_started)
        self.show_rows(desk.rows)
        self.show_live(desk.live)

    @Slot(object)
    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show what the archive says of the open sessions."""
        self._rows = {row.summary.folder: row for row in rows if row.is_open}
        for path, card in self.cards.items():
            if path in self._rows:
                card.show_row(self._rows[path])
        self._show_interrupted([row for row in rows if row.is_interrupted])
        self.empty.button.setVisible(not rows)
        self._choose()

    @Slot(object)
    def show_live(self, sessions: tuple[Live, ...]) -> None:
        """Show what the recorders say."""
        for path in self.cards.keys() - {live.key for live in sessions}:
            self._drop(self.cards.pop(path))
        for live in sorted(sessions, key=lambda live: live.folder.id):
            if live.key not in self.cards:
                self._add(live)
            self.cards[live.key].show_live(live)
        self.counted.emit(len(sessions))
        self._choose()

    @Slot(object)
    def show_wave(self, wave: Wave) -> None:
        """Show a live session's waveform as far as it is drawn."""
        card = self.cards.get(wave.folder.path)
        if card is not None:
            card.strip.show_wave(wave)

    def _add(self, live: Live) -> None:
        card = LiveCard(live.folder)
        card.opened.connect(self.session_asked)
        card.stop_asked.connect(self._desk.stop)
        card.mark_asked.connect(self._desk.mark)
        card.sought.connect(self.play_asked)
        card.dismissed.connect(self._desk.dismiss)
        if live.key in self._rows:
            card.show_row(self._rows[live.key])
        self.cards[live.key] = card
        self._list.insertWidget(0, card)

    def _show_interrupted(self, rows: list[Row]) -> None:
        for path in self.interrupted.keys() - {row.summary.folder for row in rows}:
            self._drop(self.interrupted.pop(path))
        for row in rows:
            path = row.summary.folder
            if path not in self.interrupted and path not in self.cards:
                card = InterruptedCard(row)
                card.recovery_asked.connect(self._desk.recover)
                card.wait_asked.connect(self._desk.wait)
                self.interrupted[path] = card
                self._list.insertWidget(self._list.count() - 1, card)

    def _drop(self, card: QWidget) -> None:
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _choose(self) -> None:
        self._pages.setCurrentIndex(1 if self.cards or self.interrupted else 0)

    def _scroll(self) -> QScrollArea:
        inner = QWidget()
        inner.setObjectName("column")
        margins = QHBoxLayout(inner)
        margins.setContentsMargins(*[tokens.SPACE_L] * 4)
        self._list.addStretch(1)
        margins.addLayout(self._list)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        return area

    def offer_sample(self, *, can_play: bool) -> None:
        """Let the sample's button be pressed, or not while it starts."""
        self.empty.button.setEnabled(can_play)

    @Slot()
    def _on_sample(self) -> None:
        self.offer_sample(can_play=False)
        self._desk.play_sample()

    @Slot(object)
    def _on_started(self, _result: object) -> None:
        self.offer_sample(can_play=True)


class InterruptedCard(QFrame):
    """A session without a recorder: one that died while nobody watched, or is to come yet."""

    recovery_asked = Signal(object)
    wait_asked = Signal(object)

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.setObjectName("card")
        self._folder = SessionFolder(row.summary.folder)
        chip = Chip()
        chip.show_look(row.look)
        title = Text("heading")
        title.say(row.summary.title)
        is_scheduled = row.summary.state is State.SCHEDULED
        about = label("muted", _NOBODY_WAITS if is_scheduled else _UNSEALED)
        about.setWordWrap(True)
        self.recover = Button("Wait for it" if is_scheduled else "Recover", "refresh-cw")
        self.recover.clicked.connect(self._on_wait if is_scheduled else self._on_recover)
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_XS)
        texts.addWidget(chip)
        texts.addWidget(title)
        texts.addWidget(about)
        layout = QHBoxLayout(self)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(edge)
        layout.addLayout(texts, 1)
        layout.addWidget(self.recover)

    @Slot()
    def _on_recover(self) -> None:
        self.recover.setEnabled(False)
        self.recovery_asked.emit(self._folder)

    @Slot()
    def _on_wait(self) -> None:
        self.recover.setEnabled(False)
        self.wait_asked.emit(self._folder)
