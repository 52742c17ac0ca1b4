"""The bar at the bottom: what is played, where in it, and the keys for it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.gui import theme, tokens
from app.gui.player import Player, Playing
from app.gui.presenters import words
from app.gui.presenters.session import NO_TIME, Strip
from app.gui.strip import StripView
from app.gui.widgets import IconButton, Notice, Text, label, quietly
from recorder.archive import SessionFolder

_JUMP_S = 10.0


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
        self.notice = Notice()
        self.back = IconButton("Back 10 seconds", "skip-back")
        self.play = IconButton("Play", "play", role="accent")
        self.forward = IconButton("Forward 10 seconds", "skip-forward")
        self.time = label("", "")
        self.time.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        self.title = Text("muted")
        self.strip = StripView(tokens.STRIP_THIN_HEIGHT)
        self.back.clicked.connect(self._on_back)
        self.play.clicked.connect(self.toggle)
        self.forward.clicked.connect(self._on_forward)
        self.strip.sought.connect(self._on_sought)
        player.changed.connect(self._on_changed)
        player.moved.connect(self._on_moved)
        player.failed.connect(self._on_failed)
        self._lay_out()
        self._on_changed()

    def offer(self, *, can_play: bool) -> None:
        """Say whether there is something that Play would begin."""
        self._can_begin = can_play
        self.play.setEnabled(can_play or self._player.folder is not None)

    def show_session(self, folder: SessionFolder, title: str, strip: Strip) -> None:
        """Show the time of the session that is played; others are left out."""
        if self._player.folder is not None and self._player.folder.path == folder.path:
            self._shown = folder
            self.title.say(title)
            self._duration_s = float(strip.duration_s)
            self.strip.show_strip(strip)
            self._on_moved(self._player.position_s)

    def shows(self, folder: SessionFolder) -> bool:
        """Whether it has the time of this session."""
        return self._shown is not None and self._shown.path == folder.path

    @Slot()
    def toggle(self) -> None:
        """Pause, or go on."""
        if self._player.folder is None:
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
        self._player.seek(min(self._player.position_s + _JUMP_S, self._duration_s))

    @Slot(float)
    def _on_sought(self, at_s: float) -> None:
        self._player.seek(at_s)

    @Slot()
    def _on_changed(self) -> None:
        is_playing = self._player.playing is Playing.SOUND
        self.play.name("Pause" if is_playing else "Play", "pause" if is_playing else "play")
        folder = self._player.folder
        if folder is not None and self._shown is not None and not self.shows(folder):
            self._forget()
        has_session = folder is not None
        self.play.setEnabled(has_session or self._can_begin)
        self.back.setEnabled(has_session)
        self.forward.setEnabled(has_session)
        if is_playing:
            self.notice.clear()

    @Slot(float)
    def _on_moved(self, at_s: float) -> None:
        of = f" / {words.clock(self._duration_s)}" if self._duration_s else ""
        quietly(self.time.setText, self.time.text(), f"{words.clock(at_s)}{of}")
        self.strip.show_position(at_s)

    @Slot(object)
    def _on_failed(self, message: words.Message) -> None:
        self.notice.say(message)

    def _forget(self) -> None:
        """Another session is played, whose time isn't known yet."""
        self._shown, self._duration_s = None, 0.0
        self.title.say("")
        self.strip.show_strip(NO_TIME)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        for button in (self.back, self.play, self.forward):
            line.addWidget(button)
        line.addWidget(self.time)
        line.addSpacing(tokens.SPACE_S)
        line.addWidget(self.strip, 3)
        line.addSpacing(tokens.SPACE_S)
        line.addWidget(self.title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_L, tokens.SPACE_S, tokens.SPACE_L, tokens.SPACE_S)
        layout.addWidget(self.notice)
        layout.addLayout(line)
