"""How rows of sessions are painted, and what all rows are painted with. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui import icons, theme, tokens
from app.gui.models import ROW_ROLE, Index
from app.gui.presenters import words
from app.gui.presenters.library import Row, subtitles


class Rows(QStyledItemDelegate):
    """Rows of sessions, wherever they stand."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """All rows are equally high."""
        return QSize(tokens.SIDE_LEAST_WIDTH, tokens.ROW_HEIGHT)


class SessionDelegate(Rows):
    """A session: its state's icon, its title, and a line of facts."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row = index.data(ROW_ROLE)
        assert isinstance(row, Row)
        painter.save()
        colours = draw_ground(painter, option)
        area = option.rect.adjusted(tokens.SPACE_L, 0, -tokens.SPACE_L, 0)
        middle = area.center().y()
        colour = getattr(colours, row.look.role)
        draw_icon(painter, row.look.icon, colour, QPoint(area.left(), middle - tokens.ICON_S // 2))
        left = area.left() + tokens.ICON_S + tokens.SPACE_M
        title = QRect(left, middle - 20, area.right() - left, 20)
        facts = QRect(left, middle + 1, area.right() - left, 18)
        painter.setFont(theme.font(tokens.TYPE_BODY, bold=True))
        painter.setPen(QColor(colours.text))
        draw_line(painter, title, str(index.data(Qt.ItemDataRole.DisplayRole)))
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        painter.setPen(QColor(colours.muted))
        draw_line(painter, facts, _that_fits(painter, facts, subtitles(row, is_beside_icon=True)))
        painter.restore()


def draw_ground(painter: QPainter, option: QStyleOptionViewItem) -> tokens.Palette:
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


def draw_icon(painter: QPainter, name: str, colour: str, at: QPoint) -> None:
    """Paint a small icon in a colour."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(at, icons.pixmap(name, colour, tokens.ICON_S, ratio))


def draw_line(painter: QPainter, area: QRect, text: str) -> None:
    """Paint one line of text, cut with an ellipsis where there is no room."""
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(words.one_line(text), Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _that_fits(painter: QPainter, area: QRect, texts: tuple[str, ...]) -> str:
    """The first of several that there is room for; the last where there is for none."""
    metrics = QFontMetrics(painter.font())
    return next(
        (text for text in texts if metrics.horizontalAdvance(text) <= area.width()), texts[-1]
    )
