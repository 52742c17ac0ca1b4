"""Files as the desktop has them: shown in their folder, chosen without holding up the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.presenters.language import translate
from app.gui.presenters.words import Message


def show_in_folder(path: Path) -> Message | None:
    """Have the desktop show the folder in which something lies.

    Returns:
        Why it can't; None where it does.
    """
    folder = path.parent
    if not path.exists():
        return Message(
            happened=translate("Files", "{file} is not there any more.").format(file=path.name),
            next=translate("Files", "It was moved or deleted after it was made."),
        )
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        return None
    return Message(
        happened=translate("Files", "No program here shows folders."),
        next=translate("Files", "The file is in {folder}.").format(folder=folder),
    )


def choose_folder(
    parent: QWidget, title: str, at: Path, then: Callable[[Path], None]
) -> QFileDialog:
    """Let people choose a folder; the window goes on meanwhile.

    Args:
        parent: Whose dialog it is.
        title: Of the dialog.
        at: Where to begin.
        then: Gets the folder; not called where nothing is chosen.
    """
    dialog = _dialog(parent, title, at)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.show()
    return dialog


def choose_file(
    parent: QWidget, title: str, kinds: str, then: Callable[[Path], None]
) -> QFileDialog:
    """Let people choose a file that is there; the window goes on meanwhile.

    Args:
        parent: Whose dialog it is.
        title: Of the dialog.
        kinds: As Qt's name filters are written.
        then: Gets the file; not called where nothing is chosen.
    """
    dialog = _dialog(parent, title, Path(QDir.homePath()))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(kinds)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.show()
    return dialog


def _dialog(parent: QWidget, title: str, at: Path) -> QFileDialog:
    while not at.is_dir() and at != at.parent:
        at = at.parent
    dialog = QFileDialog(parent, title, str(at))
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
