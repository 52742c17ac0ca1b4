"""The side of the library: all sessions, collections, tags, the trash. GUI thread only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from app.gui import theme, tokens
from app.gui.delegates import draw_ground, draw_icon, draw_line
from app.gui.models import ROW_ROLE, Index
from app.gui.presenters import figures
from app.gui.presenters.browsing import Spread
from app.gui.presenters.language import translate
from app.gui.presenters.words import one_line
from app.gui.widgets import tip

SESSIONS_FORMAT = "application/x-aircheck-sessions"
"""What dragged sessions are, inside the window: their ids, a line each."""


class On(StrEnum):
    """What a line of the side is."""

    ALL = "all"
    COLLECTION = "collection"
    TAG = "tag"
    TRASH = "trash"
    HEADING = "heading"
    VALUE = "value"
    SEARCH = "search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A line of the side.

    Attributes:
        name: Of the collection, the tag, the kept search; of a heading, its words; of a value that
            narrows a search, its field and itself, with a colon between.
        count: Sessions on it, or matches that have the value; -1: nobody counts.
        shown: Its words, where they are others than its name.
        is_chosen: Whether it is among those that narrow the search.
    """

    on: On
    name: str = ""
    count: int = 0
    shown: str = ""
    is_chosen: bool = False

    @property
    def title(self) -> str:
        """As people read it."""
        match self.on:
            case On.ALL:
                return translate("Library", "All sessions")
            case On.TRASH:
                return translate("Library", "Trash")
            case _:
                return self.shown or self.name

    @property
    def is_same(self) -> tuple[On, str]:
        """What makes it the same line when its count has changed."""
        return self.on, self.name


ALL = Shelf(on=On.ALL)
TRASH = Shelf(on=On.TRASH)
_ICONS = {On.ALL: "library", On.COLLECTION: "folder", On.TAG: "tag", On.TRASH: "trash-2",
          On.SEARCH: "star"}  # fmt: skip


def shelves_of(spread: Spread, total: int, trashed: int) -> tuple[Shelf, ...]:
    """The lines of the side, in order."""
    lines = [Shelf(on=On.ALL, count=total)]
    for on, heading, found in (
        (On.COLLECTION, translate("Library", "Collections"), spread.collections),
        (On.TAG, translate("Library", "Tags"), spread.tags),
    ):
        if found:
            lines.append(Shelf(on=On.HEADING, name=heading))
            lines += [Shelf(on=on, name=each.value, count=each.count) for each in found]
    if trashed:
        lines += [Shelf(on=On.HEADING), Shelf(on=On.TRASH, count=trashed)]
    return tuple(lines)


class ShelvesModel(QAbstractListModel):
    """The lines; sessions may be dropped on collections and tags."""

    dropped = Signal(object, object)
    """`Shelf`, and the ids of the sessions that were dropped on it."""

    def __init__(self) -> None:
        super().__init__()
        self._shelves: tuple[Shelf, ...] = ()

    def show_shelves(self, shelves: tuple[Shelf, ...]) -> None:
        """Show these."""
        if [each.is_same for each in shelves] == [each.is_same for each in self._shelves]:
            self._shelves = shelves
            if shelves:
                self.dataChanged.emit(self.index(0), self.index(len(shelves) - 1))
            return
        self.beginResetModel()
        self._shelves = shelves
        self.endResetModel()

    def place_of(self, shelf: Shelf) -> QModelIndex:
        """The index of a line; an invalid one where it isn't there."""
        for place, each in enumerate(self._shelves):
            if each.is_same == shelf.is_same:
                return self.index(place)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._shelves)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The line; its words; what a screen reader says."""
        shelf = self._shelves[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shelf.title
            case Qt.ItemDataRole.AccessibleTextRole:
                told = translate("Library", "chosen") if shelf.is_chosen else ""
                count = figures.number(shelf.count) if shelf.count >= 0 else ""
                return ", ".join(part for part in (shelf.title, count, told) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return tip(shelf.title)
            case _:
                return shelf if role == ROW_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can't be chosen."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        match self._shelves[index.row()].on:
            case On.HEADING:
                return Qt.ItemFlag.NoItemFlags
            case On.COLLECTION | On.TAG | On.TRASH:
                return super().flags(index) | Qt.ItemFlag.ItemIsDropEnabled
            case _:
                return super().flags(index)

    def mimeTypes(self) -> list[str]:  # noqa: N802 (Qt's name)
        """What may be dropped."""
        return [SESSIONS_FORMAT]

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802 (Qt's name)
        """Sessions stay where they are."""
        return Qt.DropAction.CopyAction

    def dropMimeData(  # noqa: N802 (Qt's name)
        self,
        data: QMimeData,
        _action: Qt.DropAction,
        _row: int,
        _column: int,
        parent: Index,
    ) -> bool:
        """Sessions were dropped on a line."""
        if not (parent.isValid() and data.hasFormat(SESSIONS_FORMAT)):
            return False
        ids = bytes(data.data(SESSIONS_FORMAT).data()).decode().split()
        self.dropped.emit(self._shelves[parent.row()], tuple(ids))
        return True


class ShelfDelegate(QStyledItemDelegate):
    """A line: icon, words, count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """Headings are as high as lines."""
        return QSize(tokens.SIDE_LEAST_WIDTH // 2, tokens.SHELF_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        shelf = index.data(ROW_ROLE)
        assert isinstance(shelf, Shelf)
        painter.save()
        area = option.rect.adjusted(tokens.SPACE_M, 0, -tokens.SPACE_M, 0)
        if shelf.on is On.HEADING:
            painter.setFont(theme.font(tokens.TYPE_NOTE))
            painter.setPen(QColor(theme.colours().muted))
            draw_line(painter, area.adjusted(0, tokens.SPACE_S, 0, 0), shelf.title)
        else:
            self._paint_shelf(painter, option, area, shelf)
        painter.restore()

    def _paint_shelf(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, shelf: Shelf
    ) -> None:
        colours = draw_ground(painter, option)
        at = QPoint(area.left(), area.center().y() - tokens.ICON_S // 2)
        icon = "check" if shelf.is_chosen else _ICONS.get(shelf.on, "")
        if icon:
            role = colours.accent if shelf.is_chosen else colours.muted
            draw_icon(painter, icon, role, at)
        count = figures.number(shelf.count) if shelf.count >= 0 else ""
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        painter.setPen(QColor(colours.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right, count)
        width = painter.fontMetrics().horizontalAdvance(count) + tokens.SPACE_S
        painter.setFont(theme.font(tokens.TYPE_BODY))
        painter.setPen(QColor(colours.text))
        left = tokens.ICON_S + tokens.SPACE_S if icon else 0
        draw_line(painter, area.adjusted(left, 0, -width, 0), shelf.title)


def shelf_view(model: ShelvesModel, name: str) -> QListView:
    """A list of such lines.

    Args:
        model: The lines.
        name: What a screen reader says.
    """
    view = QListView()
    view.setModel(model)
    view.setItemDelegate(ShelfDelegate(view))
    view.setUniformItemSizes(True)
    view.setMouseTracking(True)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAccessibleName(name)
    return view


class Shelves(QFrame):
    """The side of the library: says which shelf is wanted, and what is to become of one."""

    chosen = Signal(object)
    """`Shelf`."""
    rename_asked = Signal(object)
    remove_asked = Signal(object)
    search_asked = Signal(object)
    """`Shelf`: words are to be searched in what is on it."""
    filled = Signal(object, object)
    """`Shelf`, and the ids of sessions that were dropped on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("shelves")
        self.setFixedWidth(tokens.SHELVES_WIDTH)
        self._shown = ALL
        self.model = ShelvesModel()
        self.model.setParent(self)
        self.view = shelf_view(self.model, translate("Library", "Collections and tags"))
        self.view.setAcceptDrops(True)
        self.view.setDropIndicatorShown(True)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.model.dropped.connect(self.filled)
        self.menu = QMenu(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    def show_shelves(self, shelves: Sequence[Shelf], shown: Shelf) -> None:
        """Show these lines, and which of them is shown."""
        self._shown = shown
        self.model.show_shelves(tuple(shelves))
        index = self.model.place_of(shown)
        if self.view.currentIndex() != index:
            self.view.setCurrentIndex(index)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        shelf = index.data(ROW_ROLE)
        if isinstance(shelf, Shelf) and shelf.is_same != self._shown.is_same:
            self._shown = shelf
            self.chosen.emit(shelf)

    @Slot(QPoint)
    def _on_menu(self, at: QPoint) -> None:
        shelf = self.view.indexAt(at).data(ROW_ROLE)
        if isinstance(shelf, Shelf) and shelf.on in (On.COLLECTION, On.TAG):
            self.fill_menu(shelf)
            self.menu.popup(self.view.viewport().mapToGlobal(at))

    def fill_menu(self, shelf: Shelf) -> None:
        """Put what can be done with a shelf into the menu."""
        self.menu.clear()
        if shelf.on is On.TAG:
            search = self.menu.addAction(
                translate("Library", "Search what was said under “{tag}”").format(
                    tag=one_line(shelf.name).replace("&", "&&")
                )
            )
            search.triggered.connect(lambda: self.search_asked.emit(shelf))
            remove = translate("Library", "Take this tag from all sessions")
        else:
            rename = self.menu.addAction(translate("Library", "Rename…"))
            rename.triggered.connect(lambda: self.rename_asked.emit(shelf))
            remove = translate("Library", "Forget this collection")
        self.menu.addAction(remove).triggered.connect(lambda: self.remove_asked.emit(shelf))
