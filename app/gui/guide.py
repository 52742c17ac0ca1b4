"""The library's list of sessions: chosen, opened, dragged out. GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QEventLoop,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    Qt,
    QUrl,
    Signal,
    Slot,
)
from PySide6.QtGui import QDrag, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.gui import tokens
from app.gui.bridge import Lane
from app.gui.guide_rows import GuideDelegate
from app.gui.models import ROW_ROLE, GuideModel
from app.gui.presenters.browsing import chosen_sentence, folders_of, may_export
from app.gui.presenters.keeping import HandingOut
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.shelves import SESSIONS_FORMAT
from app.gui.thumbnails import Thumbnails
from app.gui.widgets import label
from recorder.errors import AircheckError

_FILES_FORMAT = "text/uri-list"
_MOST_FILES = 50
"""Sessions that can be dragged out as files at once; more are exported."""
_Changed = QItemSelectionModel.SelectionFlag


class GuideView(QListView):
    """Shows rows; what is chosen stays chosen when others come and go."""

    opened = Signal(object)
    """`Row`."""
    played = Signal(object)
    """`Row`."""
    chosen_changed = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.guide = GuideModel()
        self.guide.setParent(self)
        self.setModel(self.guide)
        self.setItemDelegate(GuideDelegate(self, thumbnails))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(translate("Library", "Sessions; Return opens one, Space plays it"))
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        thumbnails.changed.connect(self.viewport().update)

    @property
    def chosen(self) -> tuple[Row, ...]:
        """The rows that are selected, in the list's order."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        rows = (self.guide.index(place).data(ROW_ROLE) for place in places)
        return tuple(row for row in rows if isinstance(row, Row))

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these; those that are chosen and still there stay chosen."""
        chosen = [row.summary.folder for row in self.chosen]
        current = self.currentIndex().data(ROW_ROLE)
        at = self.verticalScrollBar().value()
        if not self.guide.show_rows(rows):
            return
        self._choose_again(chosen, current if isinstance(current, Row) else None)
        self.doItemsLayout()  # or there is nothing to scroll yet
        self.verticalScrollBar().setValue(at)

    def choose(self, folder: Path) -> None:
        """Select one session alone, and show it."""
        index = self.guide.place_of(folder)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, _Changed.ClearAndSelect)
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Space plays, Return opens; the rest is the list's."""
        row = self.currentIndex().data(ROW_ROLE)
        is_plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() == Qt.Key.Key_Space and is_plain and isinstance(row, Row):
            self.played.emit(row)
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802 (Qt's name)
        """Drag what is chosen; its files are made when they are wanted outside."""
        rows = self.chosen
        if not rows:
            return
        drag = QDrag(self)
        data = self.guide.mimeData(self.selectionModel().selectedRows())
        if isinstance(data, SessionsMime):
            drag.targetChanged.connect(lambda target: None if target else data.begin())
        picture = label("drag", chosen_sentence(rows))
        picture.setContentsMargins(*[tokens.SPACE_M] * 4)
        drag.setMimeData(data)
        drag.setPixmap(picture.grab())
        drag.exec(Qt.DropAction.CopyAction)

    def _choose_again(self, chosen: list[Path], current: Row | None) -> None:
        selection = self.selectionModel()
        if current is not None:
            index = self.guide.place_of(current.summary.folder)
            selection.setCurrentIndex(index, _Changed.NoUpdate)
        for folder in chosen:
            index = self.guide.place_of(folder)
            if index.isValid():
                selection.select(index, _Changed.Select)
        self.chosen_changed.emit()

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Row):
            self.opened.emit(row)

    @Slot()
    def _on_selected(self) -> None:
        self.chosen_changed.emit()


class SessionsMime(QMimeData):
    """Sessions on their way: their ids inside the window, their unedited files outside.

    The files are made beside the window once the drag leaves it, and waited for where they are
    dropped; the window goes on meanwhile.

    Args:
        rows: The sessions.
        handing: Makes the files.
        lane: Where.
    """

    def __init__(self, rows: list[Row], handing: HandingOut, lane: Lane) -> None:
        super().__init__()
        self.setData(SESSIONS_FORMAT, "\n".join(row.summary.id for row in rows).encode())
        folders = folders_of(row for row in rows if may_export(row))
        self._folders = folders if len(folders) <= _MOST_FILES else ()
        self._handing, self._lane = handing, lane
        self._has_begun = False
        self._files: list[Path] | None = None
        self._waiting: QEventLoop | None = None

    def formats(self) -> list[str]:
        """Ids, and files where there are any."""
        return [SESSIONS_FORMAT, *([_FILES_FORMAT] if self._folders else [])]

    def hasFormat(self, mime_type: str) -> bool:  # noqa: N802 (Qt's name)
        """Whether it can be had in this form."""
        return mime_type in self.formats()

    def retrieveData(self, mime_type: str, kind: object) -> object:  # noqa: N802 (Qt's name)
        """The ids, or the files' addresses once they are made."""
        if mime_type != _FILES_FORMAT:
            return super().retrieveData(mime_type, kind)  # type: ignore[arg-type]
        self.begin()
        if self._has_begun and self._files is None:
            self._waiting = QEventLoop()
            self._waiting.exec()
        return [QUrl.fromLocalFile(str(path)) for path in self._files or ()]

    def begin(self) -> None:
        """Begin to make the files, unless that has begun or there are none."""
        if self._has_begun or not self._folders:
            return
        self._has_begun = True
        handing, folders = self._handing, self._folders
        if not self._lane.do(lambda: handing.files(folders), self._on_made, self._on_failed):
            self._on_made([])

    def _on_made(self, files: list[Path]) -> None:
        self._files = files
        if self._waiting is not None:
            self._waiting.quit()

    def _on_failed(self, _error: AircheckError) -> None:
        self._on_made([])  # nothing is dropped
