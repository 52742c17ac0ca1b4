"""A list of facts: each a title and what there is to say of it, with its time to jump to.

Evidence, markers, versions and differences are all shown so; rows are as high as their text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.gui import icons, theme, tokens
from app.gui.presenters.evidence import Fact
from app.gui.presenters.language import translate

_Index = QModelIndex | QPersistentModelIndex
FACT_ROLE = Qt.ItemDataRole.UserRole + 1
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_BREAK = "\N{ZERO WIDTH SPACE}"
_LONG_WORD = re.compile(r"\S{24,}")
_PLACES = re.compile(r"[/?&=_.:-]+(?=\w)|\w{16}(?=\w)")
_ICONS = {
    "gap": ("triangle-alert", "trouble"),
    "part": ("file-audio", "muted"),
    "source": ("radio", "muted"),
    "mark": ("bookmark", "accent"),
    "on": ("check", "fine"),
    "text": ("info", "muted"),
}


class FactsModel(QAbstractListModel):
    """Facts, in their order.

    Args:
        can_rename: Whether titles may be edited in place.
    """

    renamed = Signal(int, str)
    """Row and new title."""

    def __init__(self, *, can_rename: bool = False) -> None:
        super().__init__()
        self._facts: tuple[Fact, ...] = ()
        self._can_rename = can_rename

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these; the same ones are left as they are."""
        fresh = tuple(facts)
        if fresh == self._facts:
            return
        if len(fresh) == len(self._facts):
            self._facts = fresh
            self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return
        self.beginResetModel()
        self._facts = fresh
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """How many."""
        return 0 if parent.isValid() else len(self._facts)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The fact; its title; what a screen reader says."""
        fact = self._facts[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return fact.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return ". ".join(part for part in (fact.title, fact.detail) if part)
            case _:
                return fact if role == FACT_ROLE else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A heading is no row to choose."""
        fact = self._facts[index.row()]
        if fact.kind == "head":
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self._can_rename else flags

    def setData(  # noqa: N802 (Qt's name)
        self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Tell the new name; whoever keeps it shows it again."""
        if role != Qt.ItemDataRole.EditRole or str(value) == self._facts[index.row()].title:
            return False
        self.renamed.emit(index.row(), str(value))
        return True


class FactsView(QListView):
    """Shows facts; a click or Return on one that has a time asks for it."""

    sought = Signal(float)
    """Session time in seconds."""
    picked = Signal(int)
    """A row, by click or Return."""

    def __init__(self, name: str, *, can_rename: bool = False, grows: bool = False) -> None:
        """Make one.

        Args:
            name: For screen readers.
            can_rename: Whether a title may be edited in place.
            grows: Whether it is as high as what it lists, up to some pages, and whoever holds it
                scrolls.
        """
        super().__init__()
        self._grows = grows
        self.facts = FactsModel(can_rename=can_rename)
        self.setModel(self.facts)
        self.setItemDelegate(_FactDelegate(self))
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        trigger = QListView.EditTrigger
        self.setEditTriggers(
            trigger.EditKeyPressed | trigger.DoubleClicked if can_rename else trigger.NoEditTriggers
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.clicked.connect(self._on_picked)
        self.activated.connect(self._on_picked)

    def chosen(self) -> Fact | None:
        """The row that is selected."""
        fact = self.currentIndex().data(FACT_ROLE) if self.currentIndex().isValid() else None
        return fact if isinstance(fact, Fact) else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Rows are as high as their text is in this width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Letters, digits and Space are keys of the page; the list would look for them."""
        has_modifier = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if event.text().isprintable() and event.text() and not has_modifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def updateGeometries(self) -> None:  # noqa: N802 (Qt's name)
        """What it lists is laid out anew."""
        super().updateGeometries()
        if self._grows:
            height = min(max(self.contentsSize().height(), 1), tokens.LIST_MOST_HEIGHT)
            if self.height() != height:
                self.setFixedHeight(height)

    @Slot(QModelIndex)
    def _on_picked(self, index: QModelIndex) -> None:
        fact = index.data(FACT_ROLE)
        if isinstance(fact, Fact) and fact.kind != "head":
            self.picked.emit(index.row())
            if fact.at_s is not None:
                self.sought.emit(fact.at_s)

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        fact = self.indexAt(place).data(FACT_ROLE)
        if not isinstance(fact, Fact) or fact.kind == "head":
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copied = fact.copied or "\n".join(part for part in (fact.title, fact.detail) if part)
        action = menu.addAction(translate("Facts", "Copy"))
        action.triggered.connect(lambda: QApplication.clipboard().setText(copied))
        menu.popup(self.viewport().mapToGlobal(place))


class _FactDelegate(QStyledItemDelegate):
    """Paints a fact: icon, title, and what is said of it below."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """As it is chosen or not."""
        fact = index.data(FACT_ROLE)
        assert isinstance(fact, Fact)
        colours = theme.colours()
        painter.save()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colours.selection))
        elif state & QStyle.StateFlag.State_MouseOver and fact.kind != "head":
            painter.fillRect(area, QColor(colours.hover))
        inner = _inner(area, fact)
        known = _ICONS.get(fact.kind)
        if known:
            name, role = known
            picture = icons.pixmap(
                name, getattr(colours, role), tokens.ICON_S, painter.device().devicePixelRatioF()
            )
            painter.drawPixmap(area.left() + tokens.SPACE_M, inner.top() + 1, picture)
        title = _title_font(fact)
        painter.setFont(title)
        painter.setPen(QColor(colours.muted if fact.kind == "head" else colours.text))
        height = _height(title, fact.title, inner.width())
        painter.drawText(
            inner.adjusted(0, 0, 0, height - inner.height()), _WRAPPED, breakable(fact.title)
        )
        if fact.detail:
            painter.setFont(theme.font(tokens.TYPE_NOTE))
            painter.setPen(QColor(colours.muted))
            painter.drawText(inner.adjusted(0, height + 2, 0, 0), _WRAPPED, breakable(fact.detail))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 (Qt's)
        """As high as its text is in the view's width."""
        fact = index.data(FACT_ROLE)
        assert isinstance(fact, Fact)
        view = option.widget
        assert isinstance(view, QListView)
        width = _inner(QRect(0, 0, view.viewport().width(), 0), fact).width()
        height = _height(_title_font(fact), fact.title, width)
        if fact.detail:
            height += _height(theme.font(tokens.TYPE_NOTE), fact.detail, width) + 2
        return QSize(view.viewport().width(), height + 2 * tokens.SPACE_S)

    def createEditor(  # noqa: N802 (Qt's name)
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002 (Qt's call)
        index: _Index,  # noqa: ARG002 (Qt's call)
    ) -> QWidget:
        """A field for the name."""
        field = QLineEdit(parent)
        field.setAccessibleName(translate("Facts", "Name"))
        return field

    def updateEditorGeometry(  # noqa: N802 (Qt's name)
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: _Index,  # noqa: ARG002 (Qt's call)
    ) -> None:
        """As wide as the row."""
        area: QRect = option.rect
        editor.setGeometry(area.adjusted(tokens.SPACE_XS, 1, -tokens.SPACE_XS, -1))


def breakable(text: str) -> str:
    """A text whose long words, addresses and hashes, may be broken: where they have joints."""
    return _LONG_WORD.sub(lambda word: _PLACES.sub(rf"\g<0>{_BREAK}", word[0]), text)


def _inner(area: QRect, fact: Fact) -> QRect:
    """Where the text is."""
    lead = tokens.SPACE_M if fact.kind == "head" else 2 * tokens.SPACE_M + tokens.ICON_S
    return area.adjusted(lead, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_S)


def _title_font(fact: Fact) -> QFont:
    if fact.kind == "head":
        return theme.font(tokens.TYPE_NOTE, bold=True)
    return theme.font(tokens.TYPE_BODY, tabular=True)


def _height(font: QFont, text: str, width: int) -> int:
    limits = QRect(0, 0, max(width, 1), 1 << 20)
    return QFontMetrics(font).boundingRect(limits, _WRAPPED, breakable(text)).height()
