"""A session's waveform: all of it, and a stretch of it that is zoomed and moved.

    WaveView     what both paint: the wave in its labels' colours, gaps with their reason, markers
    Overview     all of a session, with the stretch that the detail shows
    Detail       that stretch: zoomed by wheel, keys and drag, with a ruler of times

The wave is painted once into a picture, and that is shown until the stretch, the size, the data or
the theme change; the playhead moves over it.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.gui import theme, tokens
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.session import NO_TIME, Span, Strip
from app.gui.presenters.span import View
from app.gui.widgets import tip
from recorder.labels import Kind, Label
from recorder.pyramid import SCALE, Column, Waveform

_SECONDS_STEP = 5.0
_ZOOM_STEP = 1.5
_WHEEL_NOTCH = 120.0  # Qt's units of a wheel's click
_PAN_SHARE = 0.15
_NEAR_PX = 5


def label_words(kind: Kind) -> str:
    """A label's kind as people read it."""
    return {
        Kind.SPEECH: translate("Waveform", "speech"),
        Kind.MUSIC: translate("Waveform", "music"),
        Kind.SILENCE: translate("Waveform", "silence"),
    }[kind]


class WaveView(QWidget):
    """Paints a stretch of a session's waveform."""

    sought = Signal(float)
    """Session time in seconds, to play from."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self.view = View()
        self._strip = NO_TIME
        self._wave = Waveform()
        self._labels: tuple[Label, ...] = ()
        self._at_s: float | None = None
        self._selected: tuple[float, float] | None = None
        self._picture: QPixmap | None = None
        self.setFixedHeight(height)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    # --- what is shown -------------------------------------------------------------------------

    def show_strip(self, strip: Strip) -> None:
        """Show a session's time: its length, gaps and markers."""
        if strip != self._strip:
            self._strip = strip
            self.view = self.view.of(float(strip.duration_s))
            self._repaint()

    def show_wave(self, wave: Waveform) -> None:
        """Show a waveform, as far as there is one; where there is none yet, runs are bands."""
        self._wave = wave
        self._repaint()

    def show_labels(self, labels: tuple[Label, ...]) -> None:
        """Tint what is speech, music and silence."""
        if labels != self._labels:
            self._labels = labels
            self._repaint()

    def show_position(self, at_s: float | None) -> None:
        """Move the playhead; None hides it."""
        if at_s == self._at_s:
            return
        before = self._at_s
        self._at_s = at_s
        for moment in (before, at_s):
            if moment is not None:
                self.update(self._around(moment))

    def show_selected(self, selected: tuple[float, float] | None) -> None:
        """Mark a stretch that was chosen; None marks none."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    @property
    def wave(self) -> Waveform:
        """The waveform that is shown."""
        return self._wave

    @property
    def position_s(self) -> float | None:
        """Where the playhead is."""
        return self._at_s

    # --- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 (Qt's name and call)
        """The picture, what is chosen, the playhead."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.deviceIndependentSize() != QSizeF(self.size()):
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._paint_picture(self._picture)
        painter.drawPixmap(0, 0, self._picture)
        self._paint_over(painter, theme.colours())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint anew when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._repaint()

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def _paint_picture(self, picture: QPixmap) -> None:
        painter = QPainter(picture)
        colours = theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        well = QPainterPath()
        well.addRoundedRect(QRectF(self.rect()), tokens.CORNER_S, tokens.CORNER_S)
        painter.setClipPath(well)
        painter.fillPath(well, QColor(colours.sunken))
        if self.view.length_s:
            self._paint_wave(painter, colours)
            self._paint_gaps(painter, colours)
            self._paint_markers(painter, colours)
        painter.end()

    def _band(self) -> QRectF:
        """Where the wave is."""
        return QRectF(self.rect())

    def _paint_wave(self, painter: QPainter, colours: tokens.Palette) -> None:
        """Columns in their labels' colours; plain bands where nothing was measured yet."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        band = self._band()
        ratio = self.devicePixelRatioF()
        count = max(round(self.width() * ratio), 1)
        columns = self._wave.columns(self.view.from_s, self.view.to_s, count)
        self._paint_runs(painter, colours, band)
        for colour, lines in self._lines(columns, band, colours).items():
            painter.setPen(QPen(QColor(colour), 1 / ratio))
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _lines(
        self, columns: list[Column], band: QRectF, colours: tokens.Palette
    ) -> dict[str, list[QLineF]]:
        middle, reach = band.center().y(), band.height() / 2 - tokens.SPACE_XS
        step = self.width() / len(columns)
        tall = [reach * tokens.tall(each / SCALE) for each in range(SCALE + 2)]  # of int8
        least = 0.5 / self.devicePixelRatioF()
        by_colour: dict[str, list[QLineF]] = {}
        for colour, first, last in self._tints(len(columns), colours):
            lines = by_colour.setdefault(colour, [])
            for place in range(first, last):
                column = columns[place]
                if column:
                    x = (place + 0.5) * step
                    low = middle + math.copysign(tall[abs(column[0])], -column[0])
                    high = middle - math.copysign(tall[abs(column[1])], column[1])
                    lines.append(QLineF(x, min(high, middle - least), x, max(low, middle + least)))
        return {colour: lines for colour, lines in by_colour.items() if lines}

    def _tints(self, count: int, colours: tokens.Palette) -> Iterator[tuple[str, int, int]]:
        """The colour of each stretch of columns, from and to, in order."""
        of_kind = {
            Kind.SPEECH: colours.speech,
            Kind.MUSIC: colours.music,
            Kind.SILENCE: colours.muted,
        }
        at = 0
        begin = bisect.bisect_right(self._labels, self.view.from_s, key=lambda each: each.to_s)
        for label in self._labels[begin:]:
            if label.from_s >= self.view.to_s:
                break
            first = min(max(round(self._share(label.from_s) * count), at), count)
            last = min(max(round(self._share(label.to_s) * count), first), count)
            if first > at:
                yield colours.muted, at, first
            yield of_kind[label.kind], first, last
            at = last
        yield colours.muted, at, count

    def _paint_runs(self, painter: QPainter, colours: tokens.Palette, band: QRectF) -> None:
        """Plain bands for what is stored and not measured yet."""
        third = band.height() / 3
        for run in self._strip.runs:
            begin_s = max(float(run.from_s), self._wave.end_s)
            if run.to_s - begin_s > self.view.length_s / max(self.width(), 1):
                left, right = self._x(begin_s), self._x(run.to_s)
                painter.fillRect(
                    QRectF(left, band.top() + third, right - left, third), QColor(colours.silence)
                )

    def _paint_gaps(self, painter: QPainter, colours: tokens.Palette) -> None:
        """Hatched, in the colour of trouble, with the reason where there is room for it."""
        pen = QPen(QColor(colours.trouble), tokens.ICON_STROKE)
        painter.setFont(theme.font(tokens.TYPE_NOTE))
        for gap in self._strip.gaps:
            left = max(self._x(gap.from_s), -float(tokens.HATCH_STEP))
            right = min(self._x(gap.to_s), self.width() + float(tokens.HATCH_STEP))
            if right < 0 or left > self.width():
                continue
            area = QRectF(left, 0, max(right - left, tokens.HATCH_STEP / 2), self.height())
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            painter.fillRect(area, QColor(colours.surface))
            painter.setPen(pen)
            first = int(area.left() - area.height()) // tokens.HATCH_STEP * tokens.HATCH_STEP
            for x in range(first, int(area.right()) + tokens.HATCH_STEP, tokens.HATCH_STEP):
                painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()))
            self._paint_reason(painter, area, gap.text, colours)
            painter.restore()

    def _paint_reason(
        self, painter: QPainter, area: QRectF, reason: str, colours: tokens.Palette
    ) -> None:
        """On a plate, where it fits."""
        size = painter.fontMetrics().size(0, reason)
        room = area.intersected(QRectF(self.rect()))
        if size.width() + tokens.SPACE_L > room.width() or size.height() > room.height():
            return
        plate = QRectF(0, 0, size.width() + tokens.SPACE_M, size.height() + tokens.SPACE_XS)
        plate.moveCenter(QPointF(room.center().x(), self._band().center().y()))
        painter.fillRect(plate, QColor(colours.surface))
        painter.setPen(QColor(colours.trouble))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, reason)

    def _paint_markers(self, painter: QPainter, colours: tokens.Palette) -> None:
        for mark in self._strip.markers:
            x = self._x(mark.from_s)
            if -tokens.SPACE_S <= x <= self.width() + tokens.SPACE_S:
                painter.fillRect(QRectF(x, 0, tokens.BORDER, self.height()), QColor(colours.text))
                flag = QPainterPath(QPointF(x, 0))
                flag.lineTo(x + tokens.SPACE_S, tokens.SPACE_XS)
                flag.lineTo(x, tokens.SPACE_S)
                painter.fillPath(flag, QColor(colours.text))

    def _paint_over(self, painter: QPainter, colours: tokens.Palette) -> None:
        if self._selected:
            chosen = QColor(colours.accent)
            chosen.setAlphaF(tokens.SELECTED_OPACITY)
            left, right = (self._x(each) for each in self._selected)
            painter.fillRect(QRectF(left, 0, right - left, self.height()), chosen)
        if self._at_s is not None and self.view.length_s:
            x = self._x(self._at_s)
            painter.fillRect(
                QRectF(x - tokens.PLAYHEAD_WIDTH / 2, 0, tokens.PLAYHEAD_WIDTH, self.height()),
                QColor(colours.accent),
            )
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colours.accent), tokens.PLAYHEAD_WIDTH))
            edge = tokens.PLAYHEAD_WIDTH / 2
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(edge, edge, -edge, -edge),
                tokens.CORNER_S,
                tokens.CORNER_S,
            )

    # --- moments -------------------------------------------------------------------------------

    def _share(self, at_s: float) -> float:
        return (at_s - self.view.from_s) / self.view.length_s if self.view.length_s else 0.0

    def _x(self, at_s: float) -> float:
        return self._share(at_s) * self.width()

    def _time(self, x: float) -> float:
        share = min(max(x / max(self.width(), 1), 0.0), 1.0)
        return self.view.from_s + share * self.view.length_s

    def _around(self, at_s: float) -> QRect:
        x = math.floor(self._x(at_s))
        margin = 2 * tokens.PLAYHEAD_WIDTH
        return QRect(x - margin, 0, 2 * margin + 1, self.height())

    def event(self, event: QEvent) -> bool:
        """Say in the tooltip what lies under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.said_of(event.pos().x())), self)
            return True
        return super().event(event)

    def said_of(self, x: float) -> str:
        """What lies at a place: the time, and a gap, a marker, or what is heard there."""
        at_s = self._time(x)
        clock = words.clock(at_s)
        gap = next((gap for gap in self._strip.gaps if gap.from_s <= at_s < gap.to_s), None)
        if gap:
            return translate("Waveform", "{clock}  gap of {length}: {reason}").format(
                clock=clock, length=words.length(gap.to_s - gap.from_s), reason=gap.text
            )
        mark = self._marker_at(x)
        if mark:
            name = words.one_line(mark.text) or translate("Waveform", "marker")
            return f"{words.clock(mark.from_s)}  {name}"
        label = next((each for each in self._labels if each.from_s <= at_s < each.to_s), None)
        return f"{clock}  {label_words(label.kind)}" if label else clock

    def _marker_at(self, x: float) -> Span | None:
        near = (m for m in self._strip.markers if abs(self._x(m.from_s) - x) <= _NEAR_PX)
        return min(near, key=lambda mark: abs(self._x(mark.from_s) - x), default=None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Left and right move by five seconds, Home and End to the ends."""
        here_s = self._at_s or 0.0
        targets = {
            Qt.Key.Key_Left: here_s - _SECONDS_STEP,
            Qt.Key.Key_Right: here_s + _SECONDS_STEP,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: self.view.whole_s,
        }
        target_s = targets.get(Qt.Key(event.key()))
        if target_s is None or not self.view.whole_s or event.modifiers() & ~_KEYPAD:
            super().keyPressEvent(event)
            return
        self.sought.emit(min(max(target_s, 0.0), self.view.whole_s))


_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Overview(WaveView):
    """All of a session. A click plays from there; a drag chooses the stretch of the detail."""

    stretch_asked = Signal(float, float)
    """From and to: what the detail is to show."""

    def __init__(self) -> None:
        super().__init__(tokens.OVERVIEW_HEIGHT)
        self._window: tuple[float, float] | None = None
        self._pressed_x: float | None = None
        self._grabbed: tuple[float, float] | None = None  # the window, where it was pressed
        self._is_dragged = False
        self.setAccessibleName(
            translate("Waveform", "All of the session; left and right move by five seconds")
        )

    def show_window(self, view: View) -> None:
        """Show which stretch the detail has."""
        window = None if view.is_whole else (view.from_s, view.to_s)
        if window != self._window:
            self._window = window
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click, or the begin of a drag."""
        if event.button() is Qt.MouseButton.LeftButton and self.view.length_s:
            self._pressed_x, self._is_dragged = event.position().x(), False
            at_s = self._time(self._pressed_x)
            inside = self._window and self._window[0] <= at_s <= self._window[1]
            self._grabbed = self._window if inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Drag the window, or a new one."""
        if self._pressed_x is None:
            return
        x = event.position().x()
        self._is_dragged = self._is_dragged or abs(x - self._pressed_x) >= tokens.DRAG_LEAST
        if not self._is_dragged:
            return
        if self._grabbed:
            by_s = (x - self._pressed_x) / max(self.width(), 1) * self.view.length_s
            self.stretch_asked.emit(self._grabbed[0] + by_s, self._grabbed[1] + by_s)
        else:
            self.stretch_asked.emit(self._time(self._pressed_x), self._time(x))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click plays from there."""
        if self._pressed_x is not None and not self._is_dragged:
            self.sought.emit(self._time(event.position().x()))
        self._pressed_x = None

    def _paint_over(self, painter: QPainter, colours: tokens.Palette) -> None:
        if self._window:
            veil = QColor(colours.ground)
            veil.setAlphaF(tokens.VEIL_OPACITY)
            left, right = (self._x(each) for each in self._window)
            painter.fillRect(QRectF(0, 0, left, self.height()), veil)
            painter.fillRect(QRectF(right, 0, self.width() - right, self.height()), veil)
            painter.setPen(QPen(QColor(colours.accent), tokens.BORDER))
            width = max(right - left, float(tokens.DRAG_LEAST))
            painter.drawRect(QRectF(left, 0, width, self.height() - tokens.BORDER))
        super()._paint_over(painter, colours)


class Detail(WaveView):
    """A stretch of a session, with times under it.

    The wheel zooms at the pointer, a drag moves along, and with Shift it chooses a stretch; plus
    and minus zoom, 0 shows all.
    """

    viewed = Signal(object)
    """The `View`, whenever it is another."""
    chosen = Signal(float, float)
    """From and to, of a stretch that was chosen."""

    def __init__(self) -> None:
        super().__init__(tokens.DETAIL_HEIGHT)
        self._pressed: tuple[float, View] | None = None
        self._chooses = False
        self._is_dragged = False
        self._free = QTimer(self)  # whoever looks elsewhere is not called back for a while
        self._free.setSingleShot(True)
        self._free.setInterval(tokens.VIEW_FREE_MS)
        self.setAccessibleName(
            translate(
                "Waveform",
                "Waveform; left and right move by five seconds, plus and minus zoom, 0 shows all",
            )
        )

    def show_strip(self, strip: Strip) -> None:
        """Show a session's time."""
        before = self.view
        super().show_strip(strip)
        if self.view != before:
            self.viewed.emit(self.view)

    def look_at(self, view: View) -> None:
        """Show another stretch."""
        if view != self.view:
            self.view = view
            self._repaint()
            self.viewed.emit(view)

    @Slot(float, float)
    def show_stretch(self, from_s: float, to_s: float) -> None:
        """Show a stretch that was asked for."""
        self._free.start()
        self.look_at(self.view.shown(from_s, to_s))

    def show_position(self, at_s: float | None) -> None:
        """Move the playhead, and turn on when it leaves what is seen."""
        super().show_position(at_s)
        if at_s is not None and self._pressed is None and not self._free.isActive():
            self.look_at(self.view.following(at_s))

    def zoom(self, factor: float) -> None:
        """Show less (beyond 1) or more, around the playhead where it is seen."""
        at_s = self._at_s
        is_seen = at_s is not None and self.view.from_s <= at_s <= self.view.to_s
        middle_s = (self.view.from_s + self.view.to_s) / 2
        self.look_at(self.view.zoomed(factor, at_s if is_seen and at_s is not None else middle_s))

    def show_all(self) -> None:
        """Show the whole session."""
        self.look_at(self.view.shown(0.0, self.view.whole_s))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Up and down zooms, sideways or with Shift moves along."""
        angle = event.angleDelta()
        self._free.start()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(angle.x()) > abs(angle.y()):
            notches = (angle.x() or angle.y()) / _WHEEL_NOTCH
            self.look_at(self.view.moved(-notches * _PAN_SHARE * self.view.length_s))
        elif angle.y():
            factor = _ZOOM_STEP ** (angle.y() / _WHEEL_NOTCH)
            self.look_at(self.view.zoomed(factor, self._time(event.position().x())))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Plus and minus zoom, 0 shows all; the rest is every waveform's."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(_ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self.zoom(1 / _ZOOM_STEP)
            case Qt.Key.Key_0:
                self.show_all()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click, or the begin of a drag."""
        if event.button() is Qt.MouseButton.LeftButton and self.view.length_s:
            self._pressed, self._is_dragged = (event.position().x(), self.view), False
            self._chooses = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Move along, or choose."""
        if self._pressed is None:
            return
        x, (begun_x, begun) = event.position().x(), self._pressed
        self._is_dragged = self._is_dragged or abs(x - begun_x) >= tokens.DRAG_LEAST
        if not self._is_dragged:
            return
        if self._chooses:
            begin_s, end_s = sorted((self._time(begun_x), self._time(x)))
            self.chosen.emit(begin_s, end_s)
        else:
            by_s = (begun_x - x) / max(self.width(), 1) * begun.length_s
            self._free.start()
            self.look_at(begun.moved(by_s))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click plays from there, on a marker from just there."""
        if self._pressed is not None and not self._is_dragged:
            x = event.position().x()
            mark = self._marker_at(x)
            self.sought.emit(float(mark.from_s) if mark else self._time(x))
        self._pressed = None

    def _band(self) -> QRectF:
        return QRectF(0, 0, self.width(), self.height() - tokens.RULER_HEIGHT)

    def _paint_picture(self, picture: QPixmap) -> None:
        super()._paint_picture(picture)
        painter = QPainter(picture)
        self._paint_ruler(painter, theme.colours())
        painter.end()

    def _paint_ruler(self, painter: QPainter, colours: tokens.Palette) -> None:
        top = self._band().bottom()
        painter.fillRect(QRectF(0, top, self.width(), tokens.RULER_HEIGHT), QColor(colours.sunken))
        painter.setFont(theme.font(tokens.TYPE_NOTE, tabular=True))
        painter.setPen(QColor(colours.muted))
        is_fine = self.view.length_s < _FINE_S
        for mark in self.view.ticks(max(self.width() // tokens.RULER_STEP, 1)):
            x = self._x(mark)
            painter.drawLine(QPointF(x, top), QPointF(x, top + tokens.SPACE_XS))
            text = words.clock(mark) + (f".{round(mark * 10) % 10}" if is_fine else "")
            area = QRectF(x + tokens.SPACE_XS, top, tokens.RULER_STEP, tokens.RULER_HEIGHT)
            if area.left() + painter.fontMetrics().horizontalAdvance(text) < self.width():
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)


_FINE_S = 6.0
"""A stretch so short has tenths of seconds on its ruler."""
