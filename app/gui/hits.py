"""The list of hits, and how its rows are painted. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.gui import theme, tokens
from app.gui.delegates import draw_ground, draw_icon, draw_line
from app.gui.models import ROW_ROLE, Index
from app.gui.presenters import words
from app.gui.presenters.search import Entry, HeadEntry, HitEntry

CONTEXT_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether what was said before and after a hit is shown with it."""

_ROOM_FOR_ELLIPSIS = 3  # characters
_ASIDE_FILL = 0.92  # of two lines: words leave some room at a line's end


class HitsModel(QAbstractListModel):
    """Hits under the heads of their sessions, or alone; more are asked for as one scrolls."""

    more_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._opened: set[int] = set()
        self._has_more = False

    def show_entries(self, entries: tuple[Entry, ...], *, has_more: bool = False) -> None:
        """Show these instead of what was shown; the same ones are left as they are."""
        self._has_more = has_more
        if list(entries) == self._entries:
            return
        self.beginResetModel()
        self._entries, self._opened = list(entries), set()
        self.endResetModel()

    def append(self, entries: tuple[Entry, ...], *, has_more: bool) -> None:
        """Show more of them."""
        self._has_more = has_more
        if entries:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._entries += entries
            self.endInsertRows()

    def turn_context(self, index: Index) -> bool:
        """Show what was said before and after a hit, or no longer; returns whether it is shown."""
        place = index.row()
        self._opened ^= {place}
        self.dataChanged.emit(self.index(place), self.index(place))
        return place in self._opened

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 (Qt's name)
        """Whether there are more."""
        return not parent.isValid() and self._has_more

    def fetchMore(self, _parent: Index) -> None:  # noqa: N802 (Qt's name)
        """Ask for more, once."""
        self._has_more = False
        self.more_asked.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """Heads and hits together."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry; its text; whether its context is shown; what a screen reader says."""
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.text if isinstance(entry, HitEntry) else entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(entry)
            case _ if role == CONTEXT_ROLE:
                return index.row() in self._opened
            case _:
                return entry if role == ROW_ROLE else None


def _spoken(entry: Entry) -> str:
    """What a screen reader says."""
    if isinstance(entry, HeadEntry):
        return ", ".join(part for part in (entry.title, entry.when, entry.source) if part)
    parts = (words.clock(entry.start_s), entry.by, entry.text)
    return ", ".join(part for part in parts if part)


class HitDelegate(QStyledItemDelegate):
    """A hit: its time as a button, its words with the found ones marked; or its session's head.

    Args:
        parent: The view.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_flat = False  # hits without heads say whose they are

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """A hit has room for two lines, and two times two more with its context."""
        if isinstance(index.data(ROW_ROLE), HeadEntry):
            height = tokens.HEAD_HEIGHT
        else:
            height = tokens.HIT_HEIGHT + (tokens.HIT_NOTE_HEIGHT if self.is_flat else 0)
            if index.data(CONTEXT_ROLE):
                height += sum(map(_aside_height, _around(index.data(ROW_ROLE))))
        return QSize(tokens.SIDE_LEAST_WIDTH, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        entry = index.data(ROW_ROLE)
        painter.save()
        if isinstance(entry, HeadEntry):
            self._paint_head(painter, option, entry)
        elif isinstance(entry, HitEntry):
            self._paint_hit(painter, option, entry, with_context=bool(index.data(CONTEXT_ROLE)))
        painter.restore()

    @staticmethod
    def is_on_time(area: QRect, x: int) -> bool:
        """Whether a place in a row is on the time, which plays."""
        return x < area.left() + tokens.SPACE_M + tokens.HIT_TIME_WIDTH

    def _paint_head(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: HeadEntry
    ) -> None:
        colours = draw_ground(painter, option)
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, 0)
        about = " · ".join(part for part in (entry.when, entry.source) if part)
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        width = min(painter.fontMetrics().horizontalAdvance(about) + 1, area.width() // 2)
        painter.setPen(QColor(colours.muted))
        draw_line(painter, QRect(area.right() - width, area.top(), width, area.height()), about)
        painter.setFont(theme.font(tokens.TYPE_BODY, bold=True))
        painter.setPen(QColor(colours.text))
        draw_line(painter, area.adjusted(0, 0, -width - tokens.SPACE_M, 0), entry.title)

    def _paint_hit(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        entry: HitEntry,
        *,
        with_context: bool,
    ) -> None:
        colours = draw_ground(painter, option)
        area = option.rect.adjusted(
            tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_XS
        )
        self._paint_time(painter, area, entry, colours)
        body = area.adjusted(tokens.HIT_TIME_WIDTH + tokens.SPACE_M, 0, 0, 0)
        if with_context:
            _aside(painter, QRectF(body), entry.before, colours, ends=True)
            body.setTop(body.top() + _aside_height(entry.before))
            after = QRectF(body)
            after.setTop(body.top() + tokens.HIT_HEIGHT - tokens.SPACE_M)
            _aside(painter, after, entry.after, colours, ends=False)
        painter.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        painter.setPen(QColor(colours.text))
        _marked_text(painter, QRectF(body), entry, colours)
        if self.is_flat:
            about = " · ".join(part for part in (entry.title, entry.day, entry.source) if part)
            foot = QRect(body.left(), 0, body.width(), tokens.HIT_NOTE_HEIGHT)
            foot.moveBottom(area.bottom())
            painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
            painter.setPen(QColor(colours.muted))
            draw_line(painter, foot, about)

    def _paint_time(
        self, painter: QPainter, area: QRect, entry: HitEntry, colours: tokens.Palette
    ) -> None:
        """The session's time, as a button that plays; under it the wall clock's."""
        painter.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        metrics = painter.fontMetrics()
        middle = area.top() + (metrics.height() - tokens.ICON_S) // 2
        draw_icon(painter, "play", colours.accent, QPoint(area.left(), middle))
        painter.setPen(QColor(colours.accent))
        left = area.left() + tokens.ICON_S + tokens.SPACE_XS
        painter.drawText(left, area.top() + metrics.ascent(), words.clock(entry.start_s))
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        painter.setPen(QColor(colours.muted))
        under = area.top() + metrics.height() + painter.fontMetrics().ascent()
        painter.drawText(left, under, entry.said_at)


def _around(entry: object) -> tuple[str, ...]:
    """What was said before and after a hit."""
    return (entry.before, entry.after) if isinstance(entry, HitEntry) else ()


def _aside_height(text: str) -> int:
    return tokens.HIT_CONTEXT_HEIGHT // 2 if text else 0


def _aside(
    painter: QPainter, area: QRectF, text: str, colours: tokens.Palette, *, ends: bool
) -> None:
    """Two lines of what was said beside a hit: the end of it, or the beginning."""
    painter.setFont(theme.font(tokens.TYPE_BODY))
    painter.setPen(QColor(colours.muted))
    metrics, text = painter.fontMetrics(), words.one_line(text)
    room = int(area.width() * _ASIDE_FILL * 2)
    mode = Qt.TextElideMode.ElideLeft if ends else Qt.TextElideMode.ElideRight
    area = QRectF(area.left(), area.top(), area.width(), metrics.lineSpacing() * 2)
    painter.drawText(area, int(Qt.TextFlag.TextWordWrap), metrics.elidedText(text, mode, room))


def _marked_text(painter: QPainter, area: QRectF, entry: HitEntry, colours: tokens.Palette) -> None:
    """At most two lines, the found words on their mark, and an ellipsis where there is more."""
    prefix = f"{entry.by}: " if entry.by else ""
    text = words.one_line(prefix + entry.text)
    marks = [(start + len(prefix), end + len(prefix)) for start, end in entry.marks]
    formats = [_mark(text, start, end, colours) for start, end in marks]
    if entry.is_written:  # as no speaker is
        formats.append(_toned(text, 0, len(prefix), QColor(colours.muted)))
    layout, shown = _two_lines(text, formats, painter.font(), area.width())
    if shown < _utf16(text, len(text)):
        cut = text.encode("utf-16-le")[: (shown - _ROOM_FOR_ELLIPSIS) * 2]
        short = cut.decode("utf-16-le", errors="ignore").rstrip() + "…"
        layout, _ = _two_lines(short, formats, painter.font(), area.width())
    layout.draw(painter, area.topLeft())


def _two_lines(
    text: str, formats: list[QTextLayout.FormatRange], font: QFont, width: float
) -> tuple[QTextLayout, int]:
    """Lay a text out, and say how much of it is shown, in Qt's units (UTF-16)."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats(formats)
    layout.beginLayout()
    top, shown = 0.0, 0
    for _ in range(2):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top))
        top += line.height()
        shown = line.textStart() + line.textLength()
    layout.endLayout()
    return layout, shown


def _mark(text: str, start: int, end: int, colours: tokens.Palette) -> QTextLayout.FormatRange:
    span = _toned(text, start, end, QColor(colours.text))
    span.format.setBackground(QColor(colours.mark))
    return span


def _toned(text: str, start: int, end: int, colour: QColor) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    span.start = _utf16(text, start)
    span.length = _utf16(text, end) - span.start
    form = QTextCharFormat()
    form.setForeground(colour)
    span.format = form
    return span


def _utf16(text: str, characters: int) -> int:
    """Where Qt, which counts UTF-16 units, has a character; an emoji is two."""
    return len(text[:characters].encode("utf-16-le", errors="surrogatepass")) // 2
