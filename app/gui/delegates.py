"""How the rows of the lists are painted. GUI thread only."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from itertools import groupby

from PySide6.QtCore import (
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTime,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QPolygonF,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui import icons, theme, tokens
from app.gui.models import CONTEXT_ROLE, ROW_ROLE, subtitle
from app.gui.presenters import words
from app.gui.presenters.browsing import begun
from app.gui.presenters.library import Row
from app.gui.presenters.search import HeadEntry, HitEntry
from app.gui.presenters.thumbs import Thumb
from app.gui.thumbnails import Thumbnails
from app.shelf import source_of

Index = QModelIndex | QPersistentModelIndex
_ROOM_FOR_ELLIPSIS = 3  # characters
_ASIDE_FILL = 0.92  # of two lines: words leave some room at a line's end


class _Rows(QStyledItemDelegate):
    """Rows of sessions, wherever they stand."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """All rows are equally high."""
        return QSize(tokens.SIDE_LEAST_WIDTH, tokens.ROW_HEIGHT)


class SessionDelegate(_Rows):
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
        draw_line(painter, facts, subtitle(row, is_beside_icon=True))
        painter.restore()


class GuideDelegate(_Rows):
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
            (well.left() + place * step, max((high or 0) * reach, 0.5)) for place, high in group
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
