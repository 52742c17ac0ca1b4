"""Clips of sessions that go on, and their proofs when those have ended. GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.gui import tokens
from app.gui.desk import Desk
from app.gui.presenters import clipping, words
from app.gui.presenters.clipping import Pending
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder
from recorder.errors import AircheckError


class Clips(QObject):
    """One for each desk (`of`)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._lane = desk.lane("clips")
        self._waiting: frozenset[Path] = frozenset()
        desk.rows_changed.connect(self._on_rows)
        QTimer.singleShot(tokens.WARM_MS, self, self._read)

    @classmethod
    def of(cls, desk: Desk) -> Clips:
        """The desk's own."""
        found = desk.findChild(cls)
        return found if isinstance(found, cls) else cls(desk)

    @Slot(object, float, float)
    def clip(self, folder: SessionFolder, from_s: float, to_s: float) -> None:
        """Save a stretch of a session that goes on; its proof follows when that has ended."""
        out = self._desk.settings.exports
        is_taken = self._lane.do(
            lambda: clipping.clip(folder, out, from_s=from_s, to_s=to_s),
            self._on_clipped,
            self._on_failed,
        )
        if not is_taken:
            said = translate("Clip", "Too many clips are asked for at once; try again.")
            self._desk.failed.emit(Message(happened=said))

    def _on_clipped(self, message: Message) -> None:
        self._desk.told.emit(message)
        self._read()

    @Slot()
    def _read(self) -> None:
        self._lane.do(clipping.pending, self._on_pending, self._on_failed)

    def _on_pending(self, pending: tuple[Pending, ...]) -> None:
        self._waiting = frozenset(each.session for each in pending)
        self._on_rows()

    @Slot()
    def _on_rows(self) -> None:
        """Prove what is sealed by now."""
        if not self._waiting:
            return
        over = {row.summary.folder for row in self._desk.rows if not row.is_open}
        sealed = self._waiting & over
        if sealed:
            self._waiting -= sealed  # once; else again when the window is opened
            self._lane.do(lambda: clipping.prove(sealed), self._on_proved, self._on_failed)

    def _on_proved(self, files: tuple[Path, ...]) -> None:
        if files:
            said = translate("Clip", "%n clip(s) can be verified now.", n=len(files))
            lies = translate("Clip", "The proof lies beside {file}.")
            name = words.one_line(files[0].name)
            self._desk.told.emit(
                Message(happened=said, safe=lies.format(file=name), is_good=True, file=files[0])
            )

    def _on_failed(self, error: AircheckError) -> None:
        self._desk.failed.emit(Message.of(error))
