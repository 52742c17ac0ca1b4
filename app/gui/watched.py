"""Watched folders of the settings: the work that imports from them is kept going. GUI thread only.

The work is a job (`app.jobs.Kind.WATCH`): Jobs shows it, and it outlives the window. It is begun
some seconds after the window is opened and when the setting changes; whoever cancels it has it
gone until then.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from app.gui import tokens
from app.gui.desk import Desk
from app.gui.presenters import watched
from app.gui.presenters.words import Message
from app.settings import Settings
from recorder.errors import AircheckError


class WatchedFolders(QObject):
    """Lives as long as its desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._folders = desk.settings.watched
        self._lane = desk.lane("watched")
        desk.settings_changed.connect(self._on_settings)
        QTimer.singleShot(tokens.WARM_MS, self, self.settle)

    @Slot()
    def settle(self) -> None:
        """Begin what is missing, and end what isn't wanted any more."""
        root, folders = self._desk.archive.root, self._folders
        self._lane.do(lambda: watched.settle(root, folders), lambda _: None, self._on_failed)

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        if settings.watched != self._folders:
            self._folders = settings.watched
            self.settle()

    def _on_failed(self, error: AircheckError) -> None:
        self._desk.failed.emit(Message.of(error))
