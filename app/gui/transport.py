"""The bar at the bottom: what is played, where in it, and the keys for it."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPoint, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout

from app.gui import theme, tokens
from app.gui.player import Player, Playing
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.playback import PACES, Hearing, jumped
from app.gui.presenters.session import NO_TIME, Strip
from app.gui.strip import StripView
from app.gui.widgets import Button, IconButton, Notice, Text, label, quietly
from recorder.archive import SessionFolder

_JUMP_S = 10.0
_HEARING = "hearing"


class Transport(QFrame):
    """Drives a `Player`."""

    play_asked = Signal()
    """Play was pressed while nothing is loaded."""

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.setObjectName("transport")
        self._player = player
        self._duration_s = 0.0
        self._shown: SessionFolder | None = None
        self._can_begin = False
        self._memory: QSettings | None = None
        self.notice = Notice()
        self._gaps: tuple[tuple[float, float, str], ...] = ()
        self.back = IconButton(translate("Player", "Back 10 seconds (J)"), "rotate-ccw")
        self.play = IconButton(translate("Player", "Play"), "play", role="accent")
        self.forward = IconButton(translate("Player", "Forward 10 seconds (L)"), "rotate-cw")
        self.pace = Button(pace_words(1.0), "gauge")
        self.pace.setToolTip(translate("Player", "Speed and what is skipped"))
        self.jump = Text("note")
        self.jump.hide()
        self._forget_jump = QTimer(self)
        self._forget_jump.setSingleShot(True)
        self._forget_jump.setInterval(tokens.JUMP_SHOWN_MS)
        self._forget_jump.timeout.connect(self.jump.hide)
        self.time = label("", "")
        self.time.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        self.title = Text("muted")
        self.idle = Text("muted")
        self.strip = StripView(tokens.STRIP_THIN_HEIGHT)
        self.back.clicked.connect(self._on_back)
        self.play.clicked.connect(self.toggle)
        self.forward.clicked.connect(self._on_forward)
        self.strip.sought.connect(self._on_sought)
        self.pace.clicked.connect(self._on_pace)
        player.jumped.connect(self._on_jumped)
        player.changed.connect(self._on_changed)
        player.moved.connect(self._on_moved)
        player.failed.connect(self._on_failed)
        self._lay_out()
        self._on_changed()

    def offer(self, *, can_play: bool) -> None:
        """Say whether there is something that Play would begin."""
        self._can_begin = can_play
        self.play.setEnabled(can_play or self._player.sound is not None)
        self._show_idle()

    def remember(self, memory: QSettings) -> None:
        """Play at the pace, and leave out what was left out, when the window was open before."""
        self._player.hear(Hearing.of_text(str(memory.value(_HEARING, ""))))
        self._memory = memory

    def show_session(self, folder: SessionFolder, title: str, strip: Strip) -> None:
        """Show the time of the session that is played; others are left out."""
        if self._player.folder is not None and self._player.folder.path == folder.path:
            self._shown = folder
            self.title.say(title)
            self._show_time(strip)

    def show_growth(self, folder: SessionFolder, strip: Strip) -> None:
        """Show how far a session that goes on is by now, if it is the one that is shown."""
        if self.shows(folder):
            self._show_time(strip)

    def shows(self, folder: SessionFolder) -> bool:
        """Whether it has the time of this session."""
        return self._shown is not None and self._shown.path == folder.path

    @Slot()
    def toggle(self) -> None:
        """Pause, or go on."""
        if self._player.sound is None:
            self.play_asked.emit()
        elif self._player.playing is Playing.SOUND:
            self._player.pause()
        else:
            self._player.resume()

    @Slot()
    def _on_back(self) -> None:
        self._player.seek(self._player.position_s - _JUMP_S)

    @Slot()
    def _on_forward(self) -> None:
        end_s = self._duration_s or math.inf  # nobody knows yet
        self._player.seek(min(self._player.position_s + _JUMP_S, end_s))

    @Slot(float)
    def _on_sought(self, at_s: float) -> None:
        self._player.seek(at_s)

    @Slot()
    def _on_changed(self) -> None:
        is_playing = self._player.playing is Playing.SOUND
        self.play.name(
            translate("Player", "Pause") if is_playing else translate("Player", "Play"),
            "pause" if is_playing else "play",
        )
        hearing = self._player.hearing
        self.pace.say(hearing_words(hearing))
        if self._memory is not None and self._memory.value(_HEARING) != hearing.to_text():
            self._memory.setValue(_HEARING, hearing.to_text())
        folder = self._player.folder
        is_other = self._player.sound is not None and (folder is None or not self.shows(folder))
        if self._shown is not None and is_other:
            self._forget()
        has_session = self._player.sound is not None
        self.play.setEnabled(has_session or self._can_begin)
        self.back.setEnabled(has_session)
        self.forward.setEnabled(has_session)
        self._show_idle()
        if is_playing:
            self.notice.clear()

    def _show_idle(self) -> None:
        """Say how something is played, as long as nothing is."""
        is_idle = self._player.sound is None
        self.idle.say(
            translate("Player", "Space plays the session in view")
            if self._can_begin
            else translate("Player", "Open a session to play it")
        )
        self.idle.setVisible(is_idle)
        for part in (self.time, self.strip):
            part.setVisible(not is_idle)

    @Slot(float)
    def _on_moved(self, at_s: float) -> None:
        of = f" / {words.clock(self._duration_s)}" if self._duration_s else ""
        quietly(self.time.setText, self.time.text(), f"{words.clock(at_s)}{of}")
        self.strip.show_position(at_s)

    @Slot(object)
    def _on_failed(self, message: words.Message) -> None:
        self.notice.say(message)

    @Slot(float, float)
    def _on_jumped(self, from_s: float, to_s: float) -> None:
        """Say for a moment what was left out."""
        self.jump.say(jumped((from_s, to_s), self._gaps))
        self.jump.show()
        self._forget_jump.start()

    @Slot()
    def _on_pace(self) -> None:
        """Offer paces, and what may be left out."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = self.pace.mapToGlobal(QPoint(0, 0))
        menu.popup(QPoint(place.x(), place.y() - menu.sizeHint().height()))

    def menu(self) -> QMenu:
        """Paces, and what may be left out, as they are now."""
        menu = QMenu(self)
        hearing = self._player.hearing
        paces = QActionGroup(menu)
        for pace in PACES:
            action = menu.addAction(pace_words(pace))
            action.setCheckable(True)
            action.setChecked(pace == hearing.pace)
            action.setData(replace(hearing, pace=pace))
            paces.addAction(action)
        menu.addSeparator()
        for text, changed, is_on in (
            (
                translate("Player", "Skip silence"),
                replace(hearing, skip_silence=not hearing.skip_silence),
                hearing.skip_silence,
            ),
            (
                translate("Player", "Skip music"),
                replace(hearing, skip_music=not hearing.skip_music),
                hearing.skip_music,
            ),
            (
                translate("Player", "Hear gaps as silence"),
                replace(hearing, gaps_sound=not hearing.gaps_sound),
                hearing.gaps_sound,
            ),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(is_on)
            action.setData(changed)
        menu.triggered.connect(self._on_hearing)
        return menu

    @Slot(QAction)
    def _on_hearing(self, action: QAction) -> None:
        hearing = action.data()
        if isinstance(hearing, Hearing):
            self._player.hear(hearing)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """The title gives way where there is little room."""
        super().resizeEvent(event)
        self.title.setVisible(event.size().width() >= tokens.TRANSPORT_WITH_TITLE_WIDTH)

    def _show_time(self, strip: Strip) -> None:
        self._duration_s = float(strip.duration_s)
        self._gaps = tuple((gap.from_s, gap.to_s, gap.text) for gap in strip.gaps)
        self.strip.show_strip(strip)
        self._on_moved(self._player.position_s)

    def _forget(self) -> None:
        """Another session is played, whose time isn't known yet."""
        self._shown, self._duration_s, self._gaps = None, 0.0, ()
        self.title.say("")
        self.strip.show_strip(NO_TIME)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        for button in (self.back, self.play, self.forward):
            line.addWidget(button)
        line.addWidget(self.time)
        line.addWidget(self.pace)
        line.addSpacing(tokens.SPACE_S)
        line.addWidget(self.idle, 3)
        line.addWidget(self.strip, 3)
        line.addWidget(self.jump, 1)
        line.addSpacing(tokens.SPACE_S)
        line.addWidget(self.title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_L, tokens.SPACE_S, tokens.SPACE_L, tokens.SPACE_S)
        layout.addWidget(self.notice)
        layout.addLayout(line)


def pace_words(pace: float) -> str:
    """A pace with the sign of times."""
    return f"{pace:g}\N{MULTIPLICATION SIGN}"


def hearing_words(hearing: Hearing) -> str:
    """The pace, and a sign of what is left out."""
    out = [pace_words(hearing.pace)]
    if hearing.skip_silence:
        out.append(translate("Player", "no silence"))
    if hearing.skip_music:
        out.append(translate("Player", "no music"))
    return ", ".join(out)
