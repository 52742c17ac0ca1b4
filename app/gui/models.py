"""The lists behind the views: sessions, and hits grouped by session. GUI thread only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.gui.presenters import words
from app.gui.presenters.library import Row
from app.gui.presenters.search import Entry, HitEntry

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row itself: a `Row` of the sessions, an `Entry` of the hits."""


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
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.summary.title or row.summary.folder.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.summary.title}, {subtitle(row)}"
            case Qt.ItemDataRole.ToolTipRole:
                return row.summary.problem or None
            case _:
                return row if role == ROW_ROLE else None

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
        if not is_there:
            self.beginInsertRows(QModelIndex(), place, place)
            self._rows.insert(place, row)
            self.endInsertRows()
        elif self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))


class HitsModel(QAbstractListModel):
    """Hits under the heads of their sessions."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these instead of what was shown; the same ones are left as they are."""
        if entries == self._entries:
            return
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """Heads and hits together."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry; its text; what a screen reader says."""
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.text if isinstance(entry, HitEntry) else entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                if isinstance(entry, HitEntry):
                    return f"{words.clock(entry.start_s)}: {entry.text}"
                return entry.title
            case _:
                return entry if role == ROW_ROLE else None


def subtitle(row: Row) -> str:
    """A session's second line: state, day, length, gaps."""
    summary = row.summary
    now = datetime.now(UTC).astimezone()
    parts = [
        row.look.word,
        words.day(summary.started_at or summary.created_at, now),
        words.length(summary.duration_s) if summary.duration_s else "",
        words.gaps(summary.gap_count) if summary.gap_count else "",
    ]
    return " · ".join(part for part in parts if part)
