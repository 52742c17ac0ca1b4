"""The tray: what goes on, at a glance; and what the desktop is told. GUI thread only."""

from __future__ import annotations

import html
import shutil
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.gui import icons, theme, tokens
from app.gui.desk import Desk
from app.gui.presenters.announcing import Announcement, Announcer, summed_up
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.words import one_line
from recorder.archive import SessionFolder
from recorder.types import State

_SOUNDING = (State.RECORDING, State.RECONNECTING, State.REFUSED, State.PAUSED)


class Tray(QObject):
    """An icon with a menu where the desktop has a tray; announcements where it takes them."""

    open_asked = Signal()
    session_asked = Signal(object)
    """`SessionFolder`: of the announcement that was clicked."""
    quit_asked = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._announcer = Announcer()
        self._live: tuple[Live, ...] = ()
        self._titles: dict[str, str] = {}
        self._newest: SessionFolder | None = None
        self._shown: tuple[str, bool] | None = None
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self._fill_menu()
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self._on_message_clicked)
        desk.rows_changed.connect(self._on_rows)
        desk.live_changed.connect(self._on_live)
        self._show_state()
        if self.is_there:
            self.icon.show()

    @property
    def is_there(self) -> bool:
        """Whether a window that is closed can be brought back from the tray."""
        return self._desk.settings.tray and QSystemTrayIcon.isSystemTrayAvailable()

    def tell(self, title: str, text: str) -> None:
        """Have the desktop say something; it is left out where nobody takes it."""
        if not self._desk.settings.notify:
            return
        if sys.platform == "linux" and _tell_by_command(title, text):
            return
        if self.icon.isVisible():
            self.icon.showMessage(title, text, icons.app_icon())

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    @Slot(object)
    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        self._titles = {str(row.summary.folder): row.summary.title for row in rows if row.is_open}
        self._announce(self._announcer.show_rows(rows))

    @Slot(object)
    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        self._live = sessions
        self._announce(self._announcer.show_live(sessions))
        self._show_state()

    def _announce(self, announcements: Sequence[Announcement]) -> None:
        for each in announcements:
            self._newest = each.folder
            self.tell(each.title, each.text)

    def _show_state(self) -> None:
        said = summed_up(self._live)
        is_live = any(live.status.state is State.RECORDING for live in self._live)
        if self._shown == (said, is_live):
            return
        self._shown = (said, is_live)
        self.icon.setToolTip(f"Aircheck: {said}" if said else "Aircheck")
        self.icon.setIcon(_with_light() if is_live else icons.app_icon())
        self.state.setText(said or translate("Tray", "Nothing is being recorded"))
        self._fill_stops()

    def _fill_menu(self) -> None:
        opening = self.menu.addAction(translate("Tray", "Open Aircheck"))
        opening.triggered.connect(self.open_asked)
        self.state = self.menu.addAction("")
        self.state.setEnabled(False)
        self.menu.addSeparator()
        self.mark = self.menu.addAction(translate("Tray", "Mark this moment"))
        self.mark.triggered.connect(self._on_mark)
        self.stops = self.menu.addMenu(translate("Tray", "Stop"))
        self.stops.triggered.connect(self._on_stop)
        self.menu.addSeparator()
        leaving = self.menu.addAction(translate("Tray", "Quit"))
        leaving.triggered.connect(self.quit_asked)

    def _fill_stops(self) -> None:
        self.stops.clear()
        for live in self._live:
            if not live.has_failed:
                title = one_line(self._titles.get(str(live.key), live.key.name))
                self.stops.addAction(title.replace("&", "&&")).setData(live.folder)
        self.stops.setEnabled(bool(self.stops.actions()))
        self.mark.setEnabled(any(live.status.state in _SOUNDING for live in self._live))

    @Slot()
    def _on_mark(self) -> None:
        for live in self._live:
            if live.status.state in _SOUNDING:
                self._desk.mark(live.folder)

    @Slot(QAction)
    def _on_stop(self, action: QAction) -> None:
        folder = action.data()
        if isinstance(folder, SessionFolder):
            self._desk.stop(folder)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.open_asked.emit()

    @Slot()
    def _on_message_clicked(self) -> None:
        if self._newest is not None:
            self.session_asked.emit(self._newest)


def _with_light() -> QIcon:
    """The application's icon with the red light."""
    size = tokens.ICON_HERO
    picture = QPixmap(icons.app_icon().pixmap(size, size))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colours().live))
    edge = picture.deviceIndependentSize().width()
    painter.drawEllipse(QRectF(edge * 0.54, edge * 0.54, edge * 0.44, edge * 0.44))
    painter.end()
    return QIcon(picture)


def _tell_by_command(title: str, text: str) -> bool:
    """Tell by libnotify's command, which works without a tray too.

    Returns:
        Whether it is here.
    """
    command = shutil.which("notify-send")
    if command is None:
        return False
    arguments = ["--app-name=Aircheck", "--icon=aircheck", "--", title, html.escape(text)]
    started, _ = QProcess.startDetached(command, arguments)
    return started
