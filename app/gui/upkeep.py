"""What the window does for the archive by itself: the rules on keeping, once an hour.

Without a rule nothing is done, and nothing is loaded. GUI thread only.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.gui import tokens
from app.gui.desk import Desk
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from app.settings import Settings
from recorder.errors import AircheckError

if TYPE_CHECKING:
    from app.keeping import Retained

_log = logging.getLogger(__name__)


class Upkeep(QObject):
    """Lives as long as its desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._lane = desk.lane("upkeep", room=1)
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self.retain)
        self._first.start(tokens.UPKEEP_AFTER_MS)
        self._hourly = QTimer(self)
        self._hourly.timeout.connect(self.retain)
        self._hourly.start(tokens.UPKEEP_EVERY_MS)

    @Slot()
    def retain(self) -> None:
        """Do what the rules say, where there is one."""
        now = self._desk.settings
        if now.keep_days or now.keep_free_gb or now.trash_days:
            self._lane.do(lambda: self._work(now), self._on_done, self._on_failed)

    def _work(self, now: Settings) -> Retained:
        from app import keeping  # noqa: PLC0415 (loads sqlite-utils, and numpy)

        return keeping.retain(self._desk.archive, keeping.rules_of(now))

    def _on_done(self, done: Retained) -> None:
        if not done.due:
            return
        self._desk.look_now()
        self._desk.failed.emit(
            Message(
                happened=translate(
                    "Upkeep", "%n session(s) went to the trash, by your rules.", n=len(done.due)
                ),
                safe=translate("Upkeep", "They can be brought back from there."),
            )
        )

    def _on_failed(self, error: AircheckError) -> None:
        _log.info("the rules on keeping: %s", error)
        self._desk.failed.emit(Message.of(error))
