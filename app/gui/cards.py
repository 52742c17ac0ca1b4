"""A live session as a card: state and reason, clock, level, what is saved, Mark and Stop."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.gui import theme, tokens
from app.gui.presenters import words
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.strip import StripView
from app.gui.widgets import Button, Chip, Icon, Meter, Text, label, quietly
from recorder.archive import SessionFolder
from recorder.types import State


class LiveCard(QFrame):
    """One live session, and its two actions. Shows what it is told, ten times a second if need be.

    Its own clock only counts down to the next try.
    """

    stop_asked = Signal(object)
    mark_asked = Signal(object)
    opened = Signal(object)
    sought = Signal(object, float)
    """Folder and session time to play from."""
    dismissed = Signal(object)
    """It failed, and somebody has read why."""

    def __init__(self, folder: SessionFolder, *, is_alone: bool = True) -> None:
        """Make a card.

        Args:
            folder: The session's.
            is_alone: Whether it stands by itself, and not on the session's own page, which shows
                the title and the strip.
        """
        super().__init__()
        self.setObjectName("card")
        self.folder = folder
        self._is_alone = is_alone
        self._live: Live | None = None
        self.chip = Chip()
        self.title = Text("heading")
        self.clock = label("clock", words.clock(0))
        self.clock.setFont(theme.font(tokens.TYPE_CLOCK, tabular=True))
        self.reason = Text("muted")
        self.warning = Icon("triangle-alert", "trouble")
        self.warning.hide()
        self.noticed = Icon("info", "muted")
        self.noticed.hide()
        self.notice = Text("note")
        self.notice.hide()
        self.saved = label("note")
        self.gaps = label("note")
        self.why = label("muted")
        self.why.setWordWrap(True)
        self.why.hide()
        self.meter = Meter()
        self.strip = StripView(tokens.STRIP_THIN_HEIGHT)
        self._open = Button("Open", "file-audio")
        self.mark = Button("Mark", "bookmark")
        self.stop = Button("Stop", "square")
        self.mark.setToolTip("Name this moment (M)")
        self.stop.setToolTip("End the recording and seal it")
        self.dismiss = Button("Dismiss", "x")
        self.dismiss.hide()
        self.dismiss.clicked.connect(self._on_dismiss)
        self.strip.sought.connect(self._on_sought)
        self._open.clicked.connect(self._on_open)
        self.mark.clicked.connect(self._on_mark)
        self.stop.clicked.connect(self._on_stop)
        self._count = QTimer(self)
        self._count.setInterval(tokens.COUNTDOWN_MS)
        self._count.timeout.connect(self._show_reason)
        self._lay_out()
        for part in (self.title, self.strip, self._open):
            part.setVisible(is_alone)

    def show_live(self, live: Live) -> None:
        """Show what the recorder says now."""
        self._live = live
        status = live.status
        self.chip.show_look(live.look)
        quietly(self.clock.setText, self.clock.text(), words.clock(status.end_s))
        quietly(self.saved.setText, self.saved.text(), live.saved_to)
        self.meter.show_level(live.level_dbfs)
        self.strip.show_strip(live.strip)
        quietly(self.gaps.setText, self.gaps.text(), words.gaps(len(live.strip.gaps)))
        is_bare = not status.end_s and status.state in (State.SCHEDULED, State.FAILED)
        self.strip.setVisible(self._is_alone and not is_bare)
        self.meter.setVisible(not is_bare)
        self.gaps.setVisible(not is_bare)
        self.warning.setVisible(live.is_warned)
        self.notice.say(live.notice)
        self.notice.setVisible(bool(live.notice))
        self.noticed.setVisible(bool(live.notice))
        is_ending = status.state in (State.FINISHING, State.DONE, State.FAILED)
        for part, is_shown in (
            (self.stop, not live.has_failed),
            (self.mark, not live.has_failed),
            (self.reason, not live.has_failed),
            (self.why, live.has_failed),
            (self.dismiss, live.has_failed),
        ):
            part.setVisible(is_shown)
        self.stop.setEnabled(not is_ending and not live.has_died)
        self.mark.setEnabled(status.state is not State.FINISHING and bool(status.end_s))
        self._show_reason()

    def show_row(self, row: Row) -> None:
        """Show what the archive says."""
        self.title.say(row.summary.title)
        self.setAccessibleName(row.summary.title)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Gives way to icons without words."""
        return QSize(tokens.CARD_LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Buttons lose their words where there is little room."""
        super().resizeEvent(event)
        is_shown = event.size().width() >= tokens.CARD_WITH_WORDS_WIDTH
        for button in (self._open, self.mark, self.stop, self.dismiss):
            button.show_word(is_shown=is_shown)

    @Slot()
    def _show_reason(self) -> None:
        if self._live is None:
            return
        reason = self._live.reason(datetime.now(UTC))
        self.reason.say(reason)
        quietly(self.why.setText, self.why.text(), reason)
        if bool(self._live.status.next_try_at) != self._count.isActive():
            (self._count.start if self._live.status.next_try_at else self._count.stop)()

    @Slot()
    def _on_open(self) -> None:
        self.opened.emit(self.folder)

    @Slot()
    def _on_dismiss(self) -> None:
        self.dismissed.emit(self.folder)

    @Slot(float)
    def _on_sought(self, at_s: float) -> None:
        self.sought.emit(self.folder, at_s)

    @Slot()
    def _on_mark(self) -> None:
        self.mark_asked.emit(self.folder)

    @Slot()
    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop_asked.emit(self.folder)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(tokens.SPACE_S)
        top = QHBoxLayout()
        top.setSpacing(tokens.SPACE_M)
        top.addWidget(self.chip)
        top.addWidget(self.warning)
        top.addWidget(self.reason, 1)
        actions = QHBoxLayout()
        actions.setSpacing(tokens.SPACE_S)
        for button in (self._open, self.mark, self.stop, self.dismiss):
            actions.addWidget(button)
        middle = QHBoxLayout()
        middle.setSpacing(tokens.SPACE_L)
        middle.addWidget(self.clock)
        middle.addWidget(self.title, 1)
        middle.addStretch(0)
        middle.addLayout(actions)
        facts = QHBoxLayout()
        facts.setSpacing(tokens.SPACE_L)
        facts.addWidget(self.saved)
        facts.addWidget(self.gaps)
        facts.addWidget(self.meter, 1)
        facts.addStretch(0)
        happened = QHBoxLayout()
        happened.setSpacing(tokens.SPACE_S)
        happened.addWidget(self.noticed)
        happened.addWidget(self.notice, 1)
        layout.addLayout(top)
        layout.addWidget(self.why)
        layout.addLayout(middle)
        layout.addLayout(facts)
        layout.addLayout(happened)
        layout.addWidget(self.strip)
