"""Files and folders from elsewhere on their way into the archive. GUI thread only."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QMimeData, QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.bridge import Latest
from app.gui.desk import Desk
from app.gui.presenters import keeping
from app.gui.presenters.keeping import TakenIn
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from app.gui.widgets import IconButton, Text, row
from recorder.errors import AircheckError

_MOST_WAITING = 64


class TakingIn(QWidget):
    """Says what is taken in, and how far it is; hidden while nothing is.

    Args:
        desk: Whose archive; the work is done on its lane ``gui-import``.
    """

    taken = Signal()
    """There are new sessions, perhaps."""
    told = Signal(object)
    """A `Message`: what can't be taken in, and why."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._archive = desk.archive
        self._lane = desk.lane("import", room=_MOST_WAITING)
        self._progress: Latest[TakenIn] = Latest(desk.bridge, self._show)
        self._cancelled = threading.Event()
        self._is_over = True
        self.text = Text("muted")
        self.button = IconButton(translate("Library", "Cancel"), "x")
        self.button.clicked.connect(self._on_button)
        row(self, self.text, self.button)
        self.hide()

    def take_in(self, paths: list[Path]) -> None:
        """Import files and folders, beside the window, after those that were given before."""
        archive, told, cancelled = self._archive, self._progress.put, self._cancelled
        cancelled.clear()
        if self._lane.do(
            lambda: keeping.take_in(archive, paths, told, cancelled.is_set),
            self._show,
            self._on_failed,
        ):
            self._show(TakenIn())

    @Slot()
    def choose_files(self) -> None:
        """Let people choose files."""
        self._choose(QFileDialog.FileMode.ExistingFiles)

    @Slot()
    def choose_folder(self) -> None:
        """Let people choose a folder."""
        self._choose(QFileDialog.FileMode.Directory)

    def close_work(self) -> None:
        """Take nothing more in; what is there stays."""
        self._cancelled.set()

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        """Ask; nothing waits for the answer meanwhile."""
        places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.MusicLocation)
        dialog = QFileDialog(self, translate("Library", "Import"), places[0] if places else "")
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.take_in([Path(name) for name in names]))
        dialog.setModal(False)
        dialog.show()

    def _show(self, so_far: TakenIn) -> None:
        self._is_over = so_far.is_over
        self.text.say(so_far.sentence)
        self.show()
        if not so_far.is_over:
            self.button.name(translate("Library", "Cancel"), "x")
            return
        self.button.name(translate("Library", "Done"), "check")
        self.taken.emit()
        message = keeping.failures(so_far.problems)
        if message is not None:
            self.told.emit(message)

    def _on_failed(self, error: AircheckError) -> None:
        self._is_over = True
        self.hide()
        self.taken.emit()
        self.told.emit(Message.of(error))

    @Slot()
    def _on_button(self) -> None:
        if self._is_over:
            self.hide()
        else:
            self._cancelled.set()


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders in what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
