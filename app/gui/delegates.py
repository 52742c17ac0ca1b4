"""How the rows of the lists are painted. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui import icons, theme, tokens
from app.gui.models import ROW_ROLE, subtitle
from app.gui.presenters import words
from app.gui.presenters.library import Row
from app.gui.presenters.search import HeadEntry, HitEntry

Index = QModelIndex | QPersistentModelIndex
_ROOM_FOR_ELLIPSIS = 3  # characters


class SessionDelegate(QStyledItemDelegate):
    """A session: its state's icon, its title, and a line of facts."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """All rows are equally high."""
        return QSize(tokens.SIDE_LEAST_WIDTH, tokens.ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row = index.data(ROW_ROLE)
        assert isinstance(row, Row)
        painter.save()
        colours = _ground(painter, option)
        area = option.rect.adjusted(tokens.SPACE_L, 0, -tokens.SPACE_L, 0)
        middle = area.center().y()
        colour = getattr(colours, row.look.role)
        _icon(painter, row.look.icon, colour, QPoint(area.left(), middle - tokens.ICON_S // 2))
        left = area.left() + tokens.ICON_S + tokens.SPACE_M
        title = QRect(left, middle - 20, area.right() - left, 20)
        facts = QRect(left, middle + 1, area.right() - left, 18)
        painter.setFont(theme.font(tokens.TYPE_BODY, bold=True))
        painter.setPen(QColor(colours.text))
        _line(painter, title, str(index.data(Qt.ItemDataRole.DisplayRole)))
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        painter.setPen(QColor(colours.muted))
        _line(painter, facts, subtitle(row))
        painter.restore()


class HitDelegate(QStyledItemDelegate):
    """A hit: its time, its words with the found ones marked; above it its session's head."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """A hit has room for two lines."""
        is_head = isinstance(index.data(ROW_ROLE), HeadEntry)
        return QSize(
            tokens.SIDE_LEAST_WIDTH,
            tokens.CONTROL_HEIGHT + tokens.SPACE_M if is_head else tokens.HIT_HEIGHT,
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        entry = index.data(ROW_ROLE)
        painter.save()
        if isinstance(entry, HeadEntry):
            self._paint_head(painter, option, entry)
        elif isinstance(entry, HitEntry):
            self._paint_hit(painter, option, entry)
        painter.restore()

    def _paint_head(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: HeadEntry
    ) -> None:
        colours = _ground(painter, option)
        area = option.rect.adjusted(tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, 0)
        painter.setFont(theme.font(tokens.TYPE_NOTE))
        when_width = painter.fontMetrics().horizontalAdvance(entry.when)
        painter.setPen(QColor(colours.muted))
        painter.drawText(
            area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.when
        )
        painter.setFont(theme.font(tokens.TYPE_BODY, bold=True))
        painter.setPen(QColor(colours.text))
        _line(painter, area.adjusted(0, 0, -when_width - tokens.SPACE_M, 0), entry.title)

    def _paint_hit(self, painter: QPainter, option: QStyleOptionViewItem, entry: HitEntry) -> None:
        colours = _ground(painter, option)
        area = option.rect.adjusted(
            tokens.SPACE_M, tokens.SPACE_S, -tokens.SPACE_M, -tokens.SPACE_XS
        )
        painter.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        line_height = painter.fontMetrics().height()
        middle = area.top() + (line_height - tokens.ICON_S) // 2
        _icon(painter, "play", colours.accent, QPoint(area.left(), middle))
        painter.setPen(QColor(colours.accent))
        left = area.left() + tokens.ICON_S + tokens.SPACE_XS
        painter.drawText(
            left, area.top() + painter.fontMetrics().ascent(), words.clock(entry.start_s)
        )
        body = area.adjusted(tokens.TIME_COLUMN + tokens.SPACE_S, 0, 0, 0)
        painter.setPen(QColor(colours.text))
        _marked_text(painter, QRectF(body), entry, colours)


def _marked_text(painter: QPainter, area: QRectF, entry: HitEntry, colours: tokens.Palette) -> None:
    """At most two lines, the found words on their mark, and an ellipsis where there is more."""
    prefix = f"{entry.speaker}: " if entry.speaker else ""
    text = words.one_line(prefix + entry.text)
    marks = [(start + len(prefix), end + len(prefix)) for start, end in entry.marks]
    layout, shown = _two_lines(text, marks, painter.font(), area.width(), colours)
    if shown < _utf16(text, len(text)):
        cut = text.encode("utf-16-le")[: (shown - _ROOM_FOR_ELLIPSIS) * 2]
        short = cut.decode("utf-16-le", errors="ignore").rstrip() + "…"
        layout, _ = _two_lines(short, marks, painter.font(), area.width(), colours)
    layout.draw(painter, area.topLeft())


def _two_lines(
    text: str,
    marks: list[tuple[int, int]],
    font: QFont,
    width: float,
    colours: tokens.Palette,
) -> tuple[QTextLayout, int]:
    """Lay a text out, and say how much of it is shown, in Qt's units (UTF-16)."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats([_mark(text, start, end, colours) for start, end in marks])
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
    form = QTextCharFormat()
    form.setBackground(QColor(colours.mark))
    form.setForeground(QColor(colours.text))
    span = QTextLayout.FormatRange()
    span.start = _utf16(text, start)
    span.length = _utf16(text, end) - span.start
    span.format = form
    return span


def _utf16(text: str, characters: int) -> int:
    """Where Qt, which counts UTF-16 units, has a character; an emoji is two."""
    return len(text[:characters].encode("utf-16-le", errors="surrogatepass")) // 2


def _ground(painter: QPainter, option: QStyleOptionViewItem) -> tokens.Palette:
    """Paint what lies behind a row that is chosen, focused, or under the pointer."""
    colours = theme.colours()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    state = option.state
    area = QRectF(option.rect).adjusted(tokens.SPACE_XS, 1, -tokens.SPACE_XS, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    if state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(colours.selection))
        painter.drawRoundedRect(area, tokens.CORNER_S, tokens.CORNER_S)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(colours.hover))
        painter.drawRoundedRect(area, tokens.CORNER_S, tokens.CORNER_S)
    if (
        state & QStyle.StateFlag.State_HasFocus
        and state & QStyle.StateFlag.State_KeyboardFocusChange
    ):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), tokens.BORDER))
        painter.drawRoundedRect(area, tokens.CORNER_S, tokens.CORNER_S)
    return colours


def _icon(painter: QPainter, name: str, colour: str, at: QPoint) -> None:
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(at, icons.pixmap(name, colour, tokens.ICON_S, ratio))


def _line(painter: QPainter, area: QRect, text: str) -> None:
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(words.one_line(text), Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
