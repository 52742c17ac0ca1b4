"""A session's time at a glance: where there is audio, where none, markers, the playhead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.gui import theme, tokens
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.session import Strip, Wave

_STEP_S = 5.0


class StripView(QWidget):
    """Paints a `Strip`; a click or an arrow key asks to play from there."""

    sought = Signal(float)
    """Session time in seconds."""

    def __init__(self, height: int = tokens.STRIP_HEIGHT) -> None:
        super().__init__()
        self._strip = Strip()
        self._wave: Wave | None = None
        self._wave_shapes: list[QPolygonF] = []  # of this wave in this size
        self._at_s: float | None = None
        self.setFixedHeight(height)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(
            translate("Waveform", "The session's time; left and right move by five seconds")
        )

    def show_strip(self, strip: Strip) -> None:
        """Show a session's time."""
        if strip != self._strip:
            self._strip = strip
            self._wave_shapes = []
            self.update()

    def show_wave(self, wave: Wave | None) -> None:
        """Show a waveform where there is one; else the runs are plain bands."""
        self._wave = wave
        self._wave_shapes = []
        self.update()

    @property
    def wave(self) -> Wave | None:
        """The waveform that is shown."""
        return self._wave

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the waveform anew."""
        super().resizeEvent(event)
        self._wave_shapes = []

    def show_position(self, at_s: float | None) -> None:
        """Move the playhead; None hides it."""
        if at_s != self._at_s:
            self._at_s = at_s
            self.setAccessibleDescription("" if at_s is None else words.clock(at_s))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 (Qt's name and call)
        """The well, the waveform or the runs, the gaps, the markers, the playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        well = QPainterPath()
        well.addRoundedRect(QRectF(self.rect()), tokens.CORNER_S, tokens.CORNER_S)
        painter.setClipPath(well)
        painter.fillPath(well, QColor(colours.sunken))
        for from_s, to_s in self._undrawn():
            self._paint_runs(painter, colours, from_s, to_s)
        if self._wave is not None:
            self._paint_wave(painter, colours, self._wave)
        self._paint_gaps(painter, colours)
        self._paint_marks(painter, colours)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask to play from where it was clicked."""
        if event.button() is Qt.MouseButton.LeftButton and self._strip.duration_s:
            self.sought.emit(self._time(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Left and right move by five seconds."""
        steps = {Qt.Key.Key_Left: -_STEP_S, Qt.Key.Key_Right: _STEP_S}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._strip.duration_s:
            super().keyPressEvent(event)
            return
        at_s = (self._at_s or 0.0) + step
        self.sought.emit(min(max(at_s, 0.0), float(self._strip.duration_s)))

    def event(self, event: QEvent) -> bool:
        """Say in the tooltip what lies under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._what_at(event.pos().x()), self)
            return True
        return super().event(event)

    def _what_at(self, x: float) -> str:
        if not self._strip.duration_s:
            return ""
        at_s = self._time(x)
        for gap in self._strip.gaps:
            if gap.from_s <= at_s < gap.to_s:
                return translate("Waveform", "{clock}  gap of {length}: {reason}").format(
                    clock=words.clock(at_s),
                    length=words.length(gap.to_s - gap.from_s),
                    reason=gap.text,
                )
        return words.clock(at_s)

    def _undrawn(self) -> Iterator[tuple[float, float]]:
        """Stretches that the waveform doesn't show: nobody has listened to them (yet)."""
        end_s = float(self._strip.duration_s)
        if self._wave is None:
            yield 0.0, end_s
            return
        step_s = self._wave.duration_s / max(len(self._wave.pairs), 1)
        for is_drawn, group in groupby(enumerate(self._wave.pairs), key=lambda item: bool(item[1])):
            if not is_drawn:
                places = [place for place, _ in group]
                yield places[0] * step_s, (places[-1] + 1) * step_s
        yield float(self._wave.duration_s), end_s

    def _paint_runs(
        self, painter: QPainter, colours: tokens.Palette, from_s: float, to_s: float
    ) -> None:
        """Plain bands for what is stored of a stretch."""
        third = self.height() / 3
        for run in self._strip.runs:
            begin_s, end_s = max(float(run.from_s), from_s), min(float(run.to_s), to_s)
            if end_s > begin_s:
                band = QRectF(self._x(begin_s), third, self._width(begin_s, end_s), third)
                painter.fillRect(band, QColor(colours.silence))

    def _paint_wave(self, painter: QPainter, colours: tokens.Palette, wave: Wave) -> None:
        if not self._wave_shapes:
            self._wave_shapes = self._shapes_of(wave)
        painter.setPen(QPen(QColor(colours.muted), tokens.BORDER))
        painter.setBrush(QColor(colours.muted))
        for shape in self._wave_shapes:
            painter.drawPolygon(shape)

    def _shapes_of(self, wave: Wave) -> list[QPolygonF]:
        """An outline of each stretch that was recorded."""
        middle, reach = self.height() / 2, self.height() / 2 - tokens.SPACE_XS
        step = self._x(wave.duration_s) / len(wave.pairs)
        shapes = []
        for is_sound, group in groupby(enumerate(wave.pairs), key=lambda item: bool(item[1])):
            if is_sound:
                points = [(place * step, *pair) for place, pair in group if pair]
                upper = [QPointF(x, middle - tokens.tall(high) * reach) for x, _, high in points]
                lower = [
                    QPointF(x, middle - tokens.tall(low) * reach) for x, low, _ in reversed(points)
                ]
                shapes.append(QPolygonF(upper + lower))
        return shapes

    def _paint_gaps(self, painter: QPainter, colours: tokens.Palette) -> None:
        """Hatched, in the colour of trouble."""
        painter.setPen(QPen(QColor(colours.trouble), tokens.ICON_STROKE))
        for gap in self._strip.gaps:
            width = max(self._width(gap.from_s, gap.to_s), tokens.HATCH_STEP / 2)
            area = QRectF(self._x(gap.from_s), 0, width, self.height())
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            painter.fillRect(area, QColor(colours.surface))
            first = int(area.left() - area.height()) // tokens.HATCH_STEP * tokens.HATCH_STEP
            for x in range(first, int(area.right()) + tokens.HATCH_STEP, tokens.HATCH_STEP):
                painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()))
            painter.restore()

    def _paint_marks(self, painter: QPainter, colours: tokens.Palette) -> None:
        for mark in self._strip.markers:
            painter.fillRect(
                QRectF(self._x(mark.from_s), 0, tokens.PLAYHEAD_WIDTH, tokens.SPACE_M),
                QColor(colours.speech),
            )
        if self._at_s is not None and self._strip.duration_s:
            x = min(self._x(self._at_s), self.width() - tokens.PLAYHEAD_WIDTH)
            painter.fillRect(
                QRectF(x, 0, tokens.PLAYHEAD_WIDTH, self.height()), QColor(colours.accent)
            )

    def _x(self, at_s: float) -> float:
        return at_s / self._strip.duration_s * self.width() if self._strip.duration_s else 0.0

    def _width(self, from_s: float, to_s: float) -> float:
        return self._x(to_s) - self._x(from_s)

    def _time(self, x: float) -> float:
        return min(max(x / max(self.width(), 1), 0.0), 1.0) * self._strip.duration_s
