"""The lists behind the views: sessions, the library. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from app.gui.presenters.library import Row, subtitles
from app.gui.widgets import tip

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row itself: a `Row` of the sessions, an `Entry` of the hits (`app.gui.hits`)."""


class SessionsModel(QAbstractListModel):
    """The archive's sessions, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these; what stays keeps its place, so that selection and scrolling do too."""
        if not self._rows:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        self._remove_others({row.summary.folder for row in rows})
        for place, row in enumerate(rows):
            self._put(place, row)

    def show_row(self, row: Row) -> None:
        """Show what is new of one that is in the list."""
        index = self.place_of(row.summary.folder)
        if index.isValid():
            self._put(index.row(), row)

    def place_of(self, folder: Path) -> QModelIndex:
        """The index of a session; an invalid one where it isn't in the list."""
        for place, row in enumerate(self._rows):
            if row.summary.folder == folder:
                return self.index(place)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """How many sessions there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row; its title; what a screen reader says."""
        return _session_data(self._rows[index.row()], role)

    def _remove_others(self, kept: set[Path]) -> None:
        for place in range(len(self._rows) - 1, -1, -1):
            if self._rows[place].summary.folder not in kept:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()

    def _put(self, place: int, row: Row) -> None:
        is_there = (
            place < len(self._rows) and self._rows[place].summary.folder == row.summary.folder
        )
        known = self.place_of(row.summary.folder)
        if not is_there and known.isValid():
            self._move(known.row(), place)
            is_there = True
        if not is_there:
            self.beginInsertRows(QModelIndex(), place, place)
            self._rows.insert(place, row)
            self.endInsertRows()
        elif self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))

    def _move(self, from_: int, to: int) -> None:
        """Move a row up; what is chosen stays chosen."""
        self.beginMoveRows(QModelIndex(), from_, from_, QModelIndex(), to)
        self._rows.insert(to, self._rows.pop(from_))
        self.endMoveRows()


class GuideModel(QAbstractListModel):
    """The library's rows, in any order; what stays keeps its place, selected or not."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._places: dict[Path, int] | None = {}  # None: not looked for since rows came or went
        self._hand_out: Callable[[list[Row]], QMimeData] | None = None

    def hand_out_by(self, hand_out: Callable[[list[Row]], QMimeData]) -> None:
        """Let rows be dragged, as what this makes of them."""
        self._hand_out = hand_out

    def show_rows(self, rows: tuple[Row, ...]) -> bool:
        """Show these.

        Returns:
            Whether the list was another than a longer or shorter one, so that all was laid anew.
        """
        before = [row.summary.folder for row in self._rows]
        after = [row.summary.folder for row in rows]
        if before == after:
            self._change(rows)
            return False
        begin, end = _common(before, after)
        removed, added = len(before) - begin - end, len(after) - begin - end
        if (removed and added) or not before:
            self.beginResetModel()
            self._take(rows)
            self.endResetModel()
            return True
        if removed:
            self.beginRemoveRows(QModelIndex(), begin, begin + removed - 1)
        else:
            self.beginInsertRows(QModelIndex(), begin, begin + added - 1)
        known = self._rows
        self._take(rows)
        if removed:
            self.endRemoveRows()
        else:
            self.endInsertRows()
        self._tell_changes(known, rows)
        return False

    def show_row(self, row: Row) -> None:
        """Show what is new of one that is in the list."""
        place = self._find(row.summary.folder)
        if place is not None and self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))

    def place_of(self, folder: Path) -> QModelIndex:
        """The index of a session; an invalid one where it isn't in the list."""
        place = self._find(folder)
        return QModelIndex() if place is None else self.index(place)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """How many sessions there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row; its title; what a screen reader says; what its list's tooltip says."""
        return _session_data(self._rows[index.row()], role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows may be chosen and dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802 (Qt's name)
        """Whatever is dragged out is a copy."""
        return Qt.DropAction.CopyAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 (Qt's name)
        """What is dragged out."""
        rows = [self._rows[index.row()] for index in indexes]
        return self._hand_out(rows) if self._hand_out else super().mimeData(list(indexes))

    def _take(self, rows: tuple[Row, ...]) -> None:
        self._rows, self._places = list(rows), None

    def _find(self, folder: Path) -> int | None:
        if self._places is None:
            self._places = {row.summary.folder: place for place, row in enumerate(self._rows)}
        return self._places.get(folder)

    def _change(self, rows: tuple[Row, ...]) -> None:
        known, self._rows = self._rows, list(rows)
        self._tell_changes(known, rows)

    def _tell_changes(self, known: list[Row], rows: tuple[Row, ...]) -> None:
        same = set(map(id, known))  # of ten thousand most are the very same
        others = [(place, row) for place, row in enumerate(rows) if id(row) not in same]
        before = {row.summary.folder: row for row in known} if others else {}
        for place, row in others:
            if before.get(row.summary.folder, row) != row:
                self.dataChanged.emit(self.index(place), self.index(place))


def _common(before: list[Path], after: list[Path]) -> tuple[int, int]:
    """How many of two lists are the same at their beginnings, and at their ends."""
    shorter = min(len(before), len(after))
    begin = _alike(before, after)
    rest = shorter - begin
    return begin, min(rest, _alike(before[::-1], after[::-1]))


def _alike(before: list[Path], after: list[Path]) -> int:
    """How many are the same at their beginnings; mostly they are the same objects, too."""
    pairs = enumerate(zip(before, after, strict=False))
    shorter = min(len(before), len(after))
    return next((n for n, (one, other) in pairs if one is not other and one != other), shorter)


def _session_data(row: Row, role: int) -> object:
    """The row; its title; what a screen reader says; why it can't be read."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return row.summary.title or row.summary.folder.name
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.summary.title}, {subtitles(row)[0]}"
        case Qt.ItemDataRole.ToolTipRole:
            return tip(row.summary.problem) if row.summary.problem else None
        case _:
            return row if role == ROW_ROLE else None
