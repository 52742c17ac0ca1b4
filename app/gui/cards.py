"""A live session as a card: state and reason, clock, level, what is saved, and what can be done."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.gui import theme, tokens
from app.gui.clips import Clips
from app.gui.desk import Desk
from app.gui.place import Place
from app.gui.presenters import words
from app.gui.presenters.following import Notice
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Act, Live
from app.gui.presenters.minute import MINUTE_S, minute_of
from app.gui.strip import StripView
from app.gui.widgets import Button, Chip, Icon, IconButton, Meter, Text, label, quietly
from recorder.archive import SessionFolder
from recorder.types import State

_CLIPS_S = (30, 60, 300, 900)


class MomentLine(QFrame):
    """A line in which a mark is named or a note is written, at a moment of the session."""

    named = Signal(float, str)
    noted = Signal(float, str)

    def __init__(self) -> None:
        super().__init__()
        self._at_s = 0.0
        self._is_note = False
        self._before: QWidget | None = None  # what had the focus
        self._icon = Icon("bookmark", "accent")
        self.field = QLineEdit()
        self.field.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self.done = IconButton(translate("Card", "Leave it as it is"), "x")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(self._icon)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.done)
        self.field.returnPressed.connect(self._on_return)
        self.done.clicked.connect(self._leave)
        self.hide()

    def ask(self, at_s: float, *, is_note: bool) -> None:
        """Ask for a mark's name, or for a note."""
        self._at_s, self._is_note = at_s, is_note
        before = QApplication.focusWidget()
        if before is not None and not self.isAncestorOf(before):
            self._before = before
        self._icon.show_icon("sticky-note" if is_note else "bookmark", "accent")
        said = (
            translate("Card", "Note at {clock}")
            if is_note
            else translate("Card", "Marked {clock}. Its name, if it needs one")
        ).format(clock=words.clock(at_s))
        self.field.setPlaceholderText(said)
        self.field.setAccessibleName(said)
        self.field.clear()
        self.show()
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape leaves it."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(event)

    @Slot()
    def _leave(self) -> None:
        """Give the focus back to what had it before."""
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus()
        self._before = None
        self.hide()

    @Slot()
    def _on_return(self) -> None:
        text = self.field.text().strip()
        if text:
            (self.noted if self._is_note else self.named).emit(self._at_s, text)
        self._leave()


class Notices(QFrame):
    """What happened so far, on demand; `all` asks for it, and stands where the card wants it."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Notice, ...] = ()
        self.all = Button(translate("Card", "All"), kind="link")
        self.all.setCheckable(True)
        self.all.toggled.connect(self._on_toggled)
        self._list = QPlainTextEdit()
        self._list.setReadOnly(True)
        self._list.setFixedHeight(tokens.NOTICES_HEIGHT)
        self._list.setAccessibleName(translate("Card", "What happened so far, the newest first"))
        room = self.all.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # the first notice moves nothing
        self.all.setSizePolicy(room)
        self.all.setFixedHeight(tokens.SHELF_HEIGHT + 2 * tokens.BORDER)  # dressed or not
        self.all.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._list)
        self.hide()

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show these; what asks for them is hidden while there are none."""
        if notices == self._shown:
            return
        self._shown = notices
        self.all.setVisible(bool(notices))
        self.all.say(translate("Card", "All %n", n=len(notices)))
        if self.isVisible():
            self._fill()

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:  # noqa: FBT001 (Qt's signal)
        self._fill()
        self.setVisible(is_open)

    def _fill(self) -> None:
        lines = (words.one_line(str(notice)) for notice in reversed(self._shown))
        self._list.setPlainText("\n".join(lines))


class LiveCard(QFrame):
    """One live session and what can be done with it; shown anew ten times a second if need be.

    Its own clock only counts down to the next try.
    """

    stop_asked = Signal(object)
    mark_asked = Signal(object)
    named = Signal(object, float, str)
    """Folder, session time and the name of a mark there."""
    noted = Signal(object, float, str)
    """Folder, session time and a note."""
    clip_asked = Signal(object, float, float)
    """Folder, and from when to when."""
    acted = Signal(object, object)
    """Folder, and the `Act` that its state suggested."""
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
                state, title and strip.
        """
        super().__init__()
        self.setObjectName("card")
        self.folder = folder
        self._is_alone = is_alone
        self._live: Live | None = None
        self._is_asked_to_stop = False
        self._is_resting = False
        self.chip = Chip()
        self.title = Text("heading")
        self.clock = label("clock", words.clock(0))
        self.clock.setFont(theme.font(tokens.TYPE_CLOCK, tabular=True))
        self.reason = Text("muted")
        self.warning = Icon("triangle-alert", "trouble")
        self.warning.hide()
        self.facts = Text("note")
        self.nothing = label("muted")  # in the clock's place, where none runs yet
        self.why = label("muted")
        self.why.setWordWrap(True)
        self.why.hide()
        self.meter = Meter()
        self.strip = StripView(tokens.STRIP_THIN_HEIGHT * 2)
        self.moment = MomentLine()
        self.notices = Notices()
        self._open = Button(translate("Card", "Open"), "file-audio")
        self.mark = Button(translate("Card", "Mark"), "bookmark")
        self.note = Button(translate("Card", "Note"), "sticky-note")
        self.clip = Button(translate("Card", "Clip"), "scissors")
        self.stop = Button(translate("Card", "Stop"), "square")
        self.act = Button(
            translate("Card", "Record system audio"), "monitor-speaker", role="accent"
        )
        self.dismiss = Button(translate("Card", "Dismiss"), "x")
        self.mark.setToolTip(translate("Card", "Mark this moment (M); name it if you like"))
        self.note.setToolTip(translate("Card", "Write a note at this moment (N)"))
        self.stop.setToolTip(translate("Card", "End the recording and seal it"))
        self.clip.setToolTip(
            translate("Card", "Save the last seconds as a file; the recording goes on")
        )
        self._buttons = (
            self.act, self._open, self.mark, self.note, self.clip, self.stop, self.dismiss,
        )  # fmt: skip
        self._count = QTimer(self)
        self._count.setInterval(tokens.COUNTDOWN_MS)
        self._count.timeout.connect(self._show_reason)
        self._connect()
        self._lay_out()
        self.act.hide()
        self.dismiss.hide()
        for part in (self.chip, self.title, self.strip, self._open):
            part.setVisible(is_alone)

    def show_live(self, live: Live) -> None:
        """Show what the recorder says now."""
        self._live = live
        status = live.status
        self.chip.show_look(live.look)
        quietly(self.clock.setText, self.clock.text(), words.clock(status.end_s))
        self.meter.show_level(live.level_dbfs)
        is_bare = not status.end_s and status.state in (State.SCHEDULED, State.FAILED)
        if self._is_alone and not is_bare:
            self.strip.show_strip(minute_of(live.strip))
            self.strip.show_wave(live.minute)
        self.strip.setVisible(self._is_alone and not is_bare)  # before its first sound, too
        for part in (self.clock, self.facts, self.meter):
            part.setVisible(not is_bare)
        self.nothing.setVisible(is_bare)
        self.warning.setVisible(live.is_warned)
        self.notices.show_notices(live.news.notices)
        self._show_actions(live)
        self._show_reason()

    def show_row(self, row: Row) -> None:
        """Show what the archive says."""
        self.title.say(row.summary.title)
        self.setAccessibleName(row.summary.title)

    def ask_name(self, at_s: float) -> None:
        """A moment was marked: it may be named now."""
        self.moment.ask(at_s, is_note=False)

    def rest(self) -> bool:
        """It is over: keep place and size, and do nothing any more.

        Returns:
            Whether there is anything to keep; what failed was read and sent away.
        """
        if self._live is None or self._live.has_failed:
            return False
        self._is_resting = True
        self._count.stop()
        self.chip.show_look(words.look_of(State.DONE))
        self.reason.say("")
        self.warning.hide()
        self.meter.show_level(None)
        for button in self._buttons:
            button.setEnabled(button is self._open)
        return True

    @Slot()
    def ask_note(self) -> None:
        """Write a note at this moment."""
        if self._live is not None and self.note.isEnabled():
            self.moment.ask(self._live.status.end_s, is_note=True)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Gives way to icons without words."""
        return QSize(tokens.CARD_LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Buttons lose their words where there is little room."""
        super().resizeEvent(event)
        self._show_words(event.size().width())

    def _show_words(self, width: int) -> None:
        for button in self._buttons:
            is_minor = button in (self._open, self.note, self.clip)
            least = tokens.CARD_WITH_ALL_WORDS_WIDTH if is_minor else tokens.CARD_WITH_WORDS_WIDTH
            button.show_word(is_shown=width >= least)
        is_wide = width >= tokens.CARD_WITH_WORDS_WIDTH
        self._actions.setSpacing(tokens.SPACE_S if is_wide else tokens.SPACE_XS)

    def _show_actions(self, live: Live) -> None:
        state = live.status.state
        word, icon = _act_words(live.act)
        if word:
            self.act.say(word)
            self.act.show_icon(icon)
        is_ending = state in (State.FINISHING, State.DONE, State.FAILED)
        has_sound = bool(live.status.end_s)
        for part, is_shown in (
            (self.act, bool(word)),
            (self.stop, not live.has_failed and live.act is not Act.CALL_OFF),
            (self.mark, has_sound and not live.has_failed),
            (self.note, has_sound and not live.has_failed),
            (self.clip, has_sound and not live.has_failed),
            (self.reason, not live.has_failed and (self._is_alone or self._has_reason(live))),
            (self.why, live.has_failed),
            (self.dismiss, live.has_failed),
        ):
            if part.isHidden() is is_shown:
                part.setVisible(is_shown)
        can_stop = not (is_ending or live.has_died or self._is_asked_to_stop)
        self.stop.setEnabled(can_stop)
        self.mark.setEnabled(state is not State.FINISHING and not live.has_died)
        self._show_words(self.width())

    @staticmethod
    def _has_reason(live: Live) -> bool:
        now = datetime.now(UTC)
        return bool(live.reason(now) or live.latest(now))

    @Slot()
    def _show_reason(self) -> None:
        live = self._live
        if live is None:
            return
        now = datetime.now(UTC)
        reason = live.reason(now)
        self.reason.say(reason or live.latest(now))
        quietly(self.why.setText, self.why.text(), reason)
        gaps = words.gaps(len(live.strip.gaps)) if live.status.end_s else ""
        said = (
            live.saved_to,
            gaps,
            live.written,
            live.lateness(now),
            live.attempts,
            live.disk_left,
        )
        facts = " · ".join(part for part in said if part)
        self.facts.say(facts)
        quietly(self.nothing.setText, self.nothing.text(), facts)
        if bool(live.status.next_try_at) != self._count.isActive():
            (self._count.start if live.status.next_try_at else self._count.stop)()

    @Slot()
    def _on_act(self) -> None:
        if self._live is not None:
            self.act.setEnabled(self._live.act is Act.SHOW_FOLDER)
            self.acted.emit(self.folder, self._live.act)
            QTimer.singleShot(tokens.COUNTDOWN_MS, self, self._on_act_again)

    @Slot()
    def _on_act_again(self) -> None:
        self.act.setEnabled(not self._is_resting)

    @Slot(float)
    def _on_sought(self, at_s: float) -> None:
        if self._live is not None:
            begin_s = self._live.strip.duration_s - MINUTE_S
            self.sought.emit(self.folder, max(0.0, begin_s + at_s))

    @Slot()
    def _on_mark(self) -> None:
        self.mark_asked.emit(self.folder)

    @Slot()
    def _on_stop(self) -> None:
        self._is_asked_to_stop = True
        self.stop.setEnabled(False)
        self.stop_asked.emit(self.folder)
        QTimer.singleShot(tokens.ASKED_MS, self, self._on_stop_again)

    @Slot()
    def _on_stop_again(self) -> None:
        self._is_asked_to_stop = False
        if self._live is not None and not self._is_resting:
            self._show_actions(self._live)

    @Slot()
    def _on_clip(self) -> None:
        """Offer the lengths that a clip of the newest sound may have."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for length_s in _CLIPS_S:
            said = translate("Card", "The last {length}").format(length=words.length(length_s))
            menu.addAction(said).setData(length_s)
        menu.triggered.connect(self._on_clip_chosen)
        menu.popup(self.clip.mapToGlobal(self.clip.rect().bottomLeft()))

    @Slot(QAction)
    def _on_clip_chosen(self, action: QAction) -> None:
        if self._live is not None:
            end_s = float(self._live.status.end_s)
            self.clip_asked.emit(self.folder, max(0.0, end_s - float(action.data())), end_s)

    def _connect(self) -> None:
        self.strip.sought.connect(self._on_sought)
        self.mark.clicked.connect(self._on_mark)
        self.note.clicked.connect(self.ask_note)
        self.clip.clicked.connect(self._on_clip)
        self.stop.clicked.connect(self._on_stop)
        self.act.clicked.connect(self._on_act)
        self._open.clicked.connect(lambda: self.opened.emit(self.folder))
        self.dismiss.clicked.connect(lambda: self.dismissed.emit(self.folder))
        self.moment.named.connect(lambda at_s, text: self.named.emit(self.folder, at_s, text))
        self.moment.noted.connect(lambda at_s, text: self.noted.emit(self.folder, at_s, text))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(tokens.SPACE_S)
        top = _row(tokens.SPACE_M, self.chip, self.warning)
        top.addWidget(self.title if self._is_alone else self.reason, 1)
        top.addStretch(0)
        top.addWidget(self.notices.all)
        middle = _row(tokens.SPACE_L, self.clock, self.nothing)
        middle.addStretch(1)
        self._actions = _row(tokens.SPACE_S, *self._buttons)
        middle.addLayout(self._actions)
        facts = QHBoxLayout()
        facts.setSpacing(tokens.SPACE_L)
        facts.addWidget(self.facts, 3)
        facts.addWidget(self.meter, 2)
        facts.addStretch(0)
        layout.addLayout(top)
        if self._is_alone:
            layout.addWidget(self.reason)  # keeps its room, so that nothing jumps
        layout.addWidget(self.why)
        layout.addLayout(middle)
        layout.addLayout(facts)
        layout.addWidget(self.strip)
        layout.addWidget(self.moment)
        layout.addWidget(self.notices)


def wire(card: LiveCard, desk: Desk, place: Place) -> None:
    """Have the desk do what a card asks for, and the window what crosses places."""
    card.stop_asked.connect(desk.stop)
    card.mark_asked.connect(desk.mark)
    card.named.connect(desk.name_mark)
    card.noted.connect(desk.note)
    card.dismissed.connect(desk.dismiss)
    card.acted.connect(desk.act)
    card.opened.connect(place.session_asked)
    card.sought.connect(place.play_asked)
    card.clip_asked.connect(Clips.of(desk).clip)


def _act_words(act: Act) -> tuple[str, str]:
    """What a button says of an act, and its icon; nothing where the card has it already."""
    match act:
        case Act.RECORD_SYSTEM:
            return translate("Card", "Record system audio"), "monitor-speaker"
        case Act.SHOW_FOLDER:
            return translate("Card", "Show folder"), "folder-open"
        case Act.CALL_OFF:
            return translate("Card", "Call off"), "x"
        case Act.TRY_AGAIN:
            return translate("Card", "Try again"), "refresh-cw"
        case _:
            return "", "info"


def _row(space: int, *parts: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(space)
    for part in parts:
        layout.addWidget(part)
    return layout
