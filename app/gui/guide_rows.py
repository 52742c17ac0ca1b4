"""How the library's rows are painted. GUI thread only."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from itertools import groupby

from PySide6.QtCore import QDate, QLocale, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTime
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionViewItem

from app.gui import theme, tokens
from app.gui.delegates import Rows, draw_ground, draw_icon, draw_line
from app.gui.models import ROW_ROLE, Index
from app.gui.presenters import words
from app.gui.presenters.browsing import begun
from app.gui.presenters.library import Row
from app.gui.presenters.thumbs import Thumb
from app.gui.thumbnails import Thumbnails
from app.shelf import source_of


class GuideDelegate(Rows):
    """A session in the library, as in a programme guide: when, what, its sound, length and state.

    Where there is little room the columns on the right become a line under the title.

    Args:
        parent: The view.
        thumbnails: Has the waveforms.
    """

    def __init__(self, parent: QObject, thumbnails: Thumbnails) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row = index.data(ROW_ROLE)
        assert isinstance(row, Row)
        painter.save()
        colours = draw_ground(painter, option)
        area = option.rect.adjusted(tokens.SPACE_L, 0, -tokens.SPACE_L, 0)
        room = area.width()
        self._paint_date(painter, area, index, row, colours)
        left, right = area.left() + tokens.GUIDE_DATE + tokens.SPACE_M, area.right()
        if room >= tokens.GUIDE_WIDE:
            right = self._paint_state(painter, area, row, colours)
            right = self._paint_length(painter, area, right, row, colours)
        if room >= tokens.GUIDE_MIDDLE:
            right = self._paint_thumb(painter, area, right, row, colours)
        text = QRect(left, area.top(), right - left, area.height())
        _paint_title(painter, text, row, colours, is_alone=room < tokens.GUIDE_WIDE)
        painter.restore()

    def _paint_date(
        self, painter: QPainter, area: QRect, index: Index, row: Row, colours: tokens.Palette
    ) -> None:
        moment = begun(row.summary)
        if moment is None:
            return
        middle = area.center().y()
        day, time = _date(moment)
        above = index.sibling(index.row() - 1, 0).data(ROW_ROLE) if index.row() else None
        before = begun(above.summary) if isinstance(above, Row) else None
        painter.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        is_new = before is None or before.astimezone().date() != moment.astimezone().date()
        painter.setPen(QColor(colours.text if is_new else colours.muted))
        draw_line(painter, QRect(area.left(), middle - 20, tokens.GUIDE_DATE, 20), day)
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        painter.setPen(QColor(colours.muted))
        draw_line(painter, QRect(area.left(), middle + 1, tokens.GUIDE_DATE, 18), time)

    def _paint_state(
        self, painter: QPainter, area: QRect, row: Row, colours: tokens.Palette
    ) -> int:
        """Icon and word; returns where the next column ends."""
        left = area.right() - tokens.GUIDE_STATE
        middle = area.center().y()
        colour = getattr(colours, row.look.role)
        draw_icon(painter, row.look.icon, colour, QPoint(left, middle - tokens.ICON_S // 2))
        painter.setFont(theme.font(tokens.TYPE_NOTE))
        painter.setPen(QColor(colours.muted))
        begin = left + tokens.ICON_S + tokens.SPACE_S
        draw_line(painter, QRect(begin, middle - 10, area.right() - begin, 20), row.look.word)
        return left - tokens.SPACE_L

    def _paint_length(
        self, painter: QPainter, area: QRect, right: int, row: Row, colours: tokens.Palette
    ) -> int:
        summary, middle = row.summary, area.center().y()
        left = right - tokens.GUIDE_LENGTH
        length = words.length(summary.duration_s) if summary.duration_s else ""
        gaps = words.gaps(summary.gap_count) if summary.gap_count else ""
        painter.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        painter.setPen(QColor(colours.text))
        draw_line(painter, QRect(left, middle - (20 if gaps else 10), right - left, 20), length)
        if gaps:
            painter.setFont(theme.font(tokens.TYPE_NOTE))
            painter.setPen(QColor(colours.muted))
            draw_line(painter, QRect(left, middle + 1, right - left, 18), gaps)
        return left - tokens.SPACE_L

    def _paint_thumb(
        self, painter: QPainter, area: QRect, right: int, row: Row, colours: tokens.Palette
    ) -> int:
        is_wide = area.width() >= tokens.GUIDE_WIDE
        left = right - (tokens.GUIDE_THUMB if is_wide else tokens.GUIDE_THUMB_SMALL)
        well = QRectF(left, area.top() + tokens.SPACE_M, right - left, 0)
        well.setBottom(area.bottom() - tokens.SPACE_M)
        thumb = self._thumbnails.of(row.summary)
        if thumb is not None and thumb.heights:
            _paint_wave(painter, well, thumb, colours)
        return left - tokens.SPACE_L


def _paint_title(
    painter: QPainter, area: QRect, row: Row, colours: tokens.Palette, *, is_alone: bool
) -> None:
    """The title, and under it where it is from and its tags; or all facts, where it is alone."""
    middle, summary = area.center().y(), row.summary
    painter.setFont(theme.font(tokens.TYPE_BODY, bold=True))
    painter.setPen(QColor(colours.text))
    title = summary.title or summary.folder.name
    draw_line(painter, QRect(area.left(), middle - 20, area.width(), 20), title)
    facts = QRect(area.left(), middle + 1, area.width(), 18)
    if is_alone:
        at = QPoint(facts.left(), facts.center().y() - tokens.ICON_S // 2 + 1)
        draw_icon(painter, row.look.icon, getattr(colours, row.look.role), at)
        facts.setLeft(facts.left() + tokens.ICON_S + tokens.SPACE_S)
    painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
    painter.setPen(QColor(colours.muted))
    origin = " · ".join(part for part in (source_of(summary), summary.host) if part)
    told = [
        row.look.word,
        words.length(summary.duration_s) if summary.duration_s else "",
        words.gaps(summary.gap_count) if summary.gap_count else "",
    ]
    text = " · ".join(part for part in (*(told if is_alone else ()), origin) if part)
    draw_line(painter, facts, text)
    left = facts.left() + painter.fontMetrics().horizontalAdvance(text) + tokens.SPACE_M
    _pills(painter, QRect(left, facts.top(), facts.right() - left, 18), summary.tags, colours)


def _pills(painter: QPainter, area: QRect, tags: tuple[str, ...], colours: tokens.Palette) -> None:
    """Tags side by side, as many as there is room for."""
    metrics, left = painter.fontMetrics(), area.left()
    for tag in tags:
        text = words.one_line(tag)
        width = metrics.horizontalAdvance(text) + 2 * tokens.SPACE_S
        if left + width > area.right():
            return
        pill = QRectF(left, area.top(), width, tokens.PILL_HEIGHT)
        painter.setPen(QPen(QColor(colours.line), tokens.BORDER))
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(pill, tokens.PILL_HEIGHT / 2, tokens.PILL_HEIGHT / 2)
        painter.setPen(QColor(colours.muted))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        left += width + tokens.SPACE_XS


def _paint_wave(painter: QPainter, well: QRectF, thumb: Thumb, colours: tokens.Palette) -> None:
    """Shapes around the middle; where nothing was recorded, a mark in the colour of trouble."""
    step = well.width() / len(thumb.heights)
    middle, reach = well.center().y(), well.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.muted))
    for is_gap, group in groupby(enumerate(thumb.heights), key=lambda item: item[1] is None):
        if is_gap:
            continue
        points = [
            (well.left() + place * step, max(tokens.tall(high or 0) * reach, 0.5))
            for place, high in group
        ]
        points.append((points[-1][0] + step, points[-1][1]))
        upper = [QPointF(x, middle - high) for x, high in points]
        lower = [QPointF(x, middle + high) for x, high in reversed(points)]
        painter.drawPolygon(QPolygonF(upper + lower))
    gaps = [
        QRectF(well.left() + place * step, middle - 2, step, 4)
        for place, height in enumerate(thumb.heights)
        if height is None
    ]
    if gaps and thumb.is_whole:
        painter.setBrush(QColor(colours.trouble))
        painter.drawRects(gaps)


@functools.lru_cache(maxsize=1_024)
def _date(moment: datetime) -> tuple[str, str]:
    """Day and time of a moment, in the reader's zone and language; the year where it is another."""
    local = moment.astimezone()
    locale = QLocale()
    day = locale.toString(QDate(local.year, local.month, local.day), "ddd d MMM")
    time = locale.toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)
    is_this_year = local.year == datetime.now(UTC).astimezone().year
    return day, time if is_this_year else f"{local.year} · {time}"
