"""The small parts: icon, button, chip, meter, notice, text that gives way. GUI thread only."""

from __future__ import annotations

import html
import itertools
from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QFrame,
    QGraphicsDropShadowEffect,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui import icons, theme, tokens
from app.gui.presenters.language import translate
from app.gui.presenters.words import Look, Message, one_line

_REDRAWN = (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange)
"""When a button's icon gets another colour."""


_FINE: tuple[str, tokens.Role] = ("check", "fine")
_WARNING: tuple[str, tokens.Role] = ("triangle-alert", "trouble")
_NUMBERS = itertools.count(1)


class Icon(QLabel):
    """An icon in a token's colour."""

    def __init__(self, name: str, role: tokens.Role, size: int = tokens.ICON_S) -> None:
        super().__init__()
        self._size = size
        self._shown: tuple[str, str, float] | None = None
        self._name, self._role = name, role
        self.setFixedSize(size, size)
        self._draw()

    def show_icon(self, name: str, role: tokens.Role) -> None:
        """Show another one."""
        self._name, self._role = name, role
        self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw again when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        colour = getattr(theme.colours(), self._role)
        ratio = icons.ratios()[-1]
        if self._shown != (self._name, colour, ratio):
            self._shown = (self._name, colour, ratio)
            self.setPixmap(icons.pixmap(self._name, colour, self._size, ratio))


def _show_icon(button: QAbstractButton, icon: QIcon) -> None:
    """Only another one: Qt tells of a palette several times while a page is put together."""
    if button.icon().cacheKey() != icon.cacheKey():
        button.setIcon(icon)


class IconButton(QToolButton):
    """A button with an icon alone; its name is its tooltip and what a screen reader says."""

    def __init__(self, name: str, icon: str, *, role: tokens.Role = "text") -> None:
        super().__init__()
        self._role: tokens.Role = role
        self._icon = icon
        self.setObjectName("plain")
        self.setIconSize(QSize(tokens.ICON_M, tokens.ICON_M))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.name(name, icon)

    def name(self, name: str, icon: str) -> None:
        """Say and show something else."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw again when the theme changes."""
        super().changeEvent(event)
        if event.type() in _REDRAWN:
            self._draw()

    def _draw(self) -> None:
        palette = theme.colours()
        colour = getattr(palette, self._role) if self.isEnabled() else palette.line
        _show_icon(self, icons.icon(self._icon, colour, colour, tokens.ICON_M))


class Button(QPushButton):
    """A button with a word, and an icon where one helps."""

    def __init__(
        self, text: str, icon: str = "", *, role: tokens.Role = "text", kind: str = ""
    ) -> None:
        super().__init__(text)
        self.setObjectName(kind)
        self._word = text
        self._icon, self._role = icon, role
        self.setIconSize(QSize(tokens.ICON_S + tokens.SPACE_S, tokens.ICON_S))  # its gap
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._draw()

    def say(self, word: str) -> None:
        """Say another word; it is shown where the words are."""
        if word != self._word:
            is_shown = bool(self.text())
            self._word = word
            self.setAccessibleName(word)
            if is_shown:
                self.setText(word)

    def show_icon(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon:
            self._icon = icon
            self._draw()

    def show_word(self, *, is_shown: bool) -> None:
        """Show the word beside the icon, or the icon alone where there is little room."""
        text = self._word if is_shown else ""
        if self.text() != text:
            self.setText(text)
            self.setAccessibleName(self._word)
            self.setToolTip(self.toolTip() or self._word)
            self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw again when the theme changes."""
        super().changeEvent(event)
        if event.type() in _REDRAWN:
            self._draw()

    def _draw(self) -> None:
        if self._icon:
            palette = theme.colours()
            colour = getattr(palette, self._role) if self.isEnabled() else palette.muted
            room = tokens.SPACE_XS if self.text() else 0
            _show_icon(self, icons.icon(self._icon, colour, colour, room=room))


class Text(QLabel):
    """A label of one line that is cut with an ellipsis where there is no room."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._full = ""

    def say(self, text: str) -> None:
        """Show a text; the whole of it is in the tooltip where it is cut."""
        text = one_line(text)
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
            self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Gives way to a few letters."""
        return QSize(tokens.SPACE_XXL, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Cut anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._full, Qt.TextElideMode.ElideRight, max(self.width(), tokens.SPACE_XXL)
        )
        self.setText(shown)
        self.setToolTip(tip(self._full) if shown != self._full else "")


class Chip(QWidget):
    """A state: icon, word, colour."""

    told = Signal(str)
    """The word of a state that is shown from now on."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = Icon("clock", "muted")
        self._word = QLabel()
        self._word.setObjectName("heading")
        self._look: Look | None = None
        row(self, self._icon, self._word, space=tokens.SPACE_S)

    def show_look(self, look: Look) -> None:
        """Show a state."""
        self._icon.show_icon(look.icon, look.role)
        if self._word.text() != look.word:
            self._word.setText(look.word)
            self.setAccessibleName(look.word)
            self.told.emit(look.word)
        self._look = look
        self._colour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Colour the word again when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        if self._look is None:
            return
        colour = QColor(getattr(theme.colours(), self._look.role))
        palette = self._word.palette()
        if palette.color(self._word.foregroundRole()) != colour:
            self._word.setStyleSheet(f"color: {colour.name()};")


class Meter(QWidget):
    """A level: the loudest sample of the last moment, and the mean, on a scale in dBFS."""

    def __init__(self) -> None:
        super().__init__()
        self._peak_dbfs = self._rms_dbfs = tokens.METER_FLOOR_DBFS
        self.setFixedHeight(tokens.METER_HEIGHT)
        self.setAccessibleName(translate("Widgets", "Level"))

    def show_level(self, level_dbfs: tuple[float, float] | None) -> None:
        """Show peak and mean; below the floor, or where there is none, nothing shows."""
        floor = tokens.METER_FLOOR_DBFS
        peak_dbfs, rms_dbfs = level_dbfs or (floor, floor)
        if (peak_dbfs, rms_dbfs) != (self._peak_dbfs, self._rms_dbfs):
            self._peak_dbfs, self._rms_dbfs = peak_dbfs, rms_dbfs
            self.setAccessibleDescription(f"{peak_dbfs:.0f} dBFS")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 (Qt's name and call)
        """A bar for the mean, a line for the peak; the peak warns where it nears full scale."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        well = QRectF(self.rect())
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(well, well.height() / 2, well.height() / 2)
        painter.setBrush(QColor(colours.muted))
        mean = QRectF(well)
        mean.setWidth(well.width() * _share(self._rms_dbfs))
        painter.drawRoundedRect(mean, mean.height() / 2, mean.height() / 2)
        peak_x = (well.width() - tokens.PLAYHEAD_WIDTH) * _share(self._peak_dbfs)
        if peak_x > 0:
            is_hot = self._peak_dbfs > tokens.METER_HOT_DBFS
            painter.setBrush(QColor(colours.trouble if is_hot else colours.muted))
            painter.drawRect(QRectF(peak_x, 0, tokens.PLAYHEAD_WIDTH, well.height()))


class Notice(QFrame):
    """A message that stands where it happened, in three sentences, until it is read.

    What says that something is done goes by itself, unless the pointer is on it. Stays hidden while
    there is nothing to say. Of several that a window would show at once, the first is one line, the
    newest message and how many there are, until all are asked for.
    """

    shown = Signal(object)
    """``Path``: a file that the system's file manager is to show."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._message: Message | None = None
        self.number = 0  # the greater, the newer
        self.is_open = False  # it was asked for beside others
        self._happened = wrapped("heading")
        self._rest = wrapped("muted")
        self._close = IconButton(translate("Widgets", "Dismiss the message"), "x")
        self._close.clicked.connect(self.clear)
        self._newest = Text("heading")
        self.all = Button(translate("Widgets", "Show all %n", n=2), kind="link")
        self.all.clicked.connect(self._on_all)
        self._texts = QWidget()
        column(self._texts, self._happened, self._rest, space=tokens.SPACE_XS)
        self._line = line = QHBoxLayout(self)
        line.setSpacing(tokens.SPACE_M)
        self._icon = Icon("triangle-alert", "trouble", tokens.ICON_M)
        self.show_file = Button(translate("Jobs", "Show in folder"), "folder-open")
        self.show_file.clicked.connect(self._on_show_file)
        self._going = QTimer(self)
        self._going.setSingleShot(True)
        self._going.timeout.connect(self._on_going)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._texts, 1)
        line.addWidget(self._newest, 1)
        line.addWidget(self.all)
        line.addWidget(self.show_file)
        line.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.fold(())
        self.hide()

    @property
    def message(self) -> Message | None:
        """What it says now."""
        return self._message

    def say(self, message: Message) -> None:
        """Show a message; the one that stands already is left alone."""
        if message == self._message:
            return
        self._message, self.number, self.is_open = message, next(_NUMBERS), False
        self._happened.setText(message.happened)
        self._rest.setText(" ".join(part for part in (message.safe, message.next) if part))
        self._rest.setVisible(bool(self._rest.text()))
        self.arrange()
        if message.is_good:
            self._going.start(tokens.GOOD_NEWS_MS)
        else:
            self._going.stop()

    @Slot()
    def clear(self) -> None:
        """Nothing to say any more."""
        self._message = None
        self._going.stop()
        self.arrange()

    def arrange(self) -> None:
        """See anew which of a window's notices have something to say, and fold several to one."""
        every = self.window().findChildren(Notice) or [self]
        seen = [each for each in every if each.message is not None and each.has_place]
        is_folded = len(seen) > 1 and not all(each.is_open for each in seen)
        for each in every:
            each.fold(tuple(seen) if is_folded and each is seen[0] else ())
            each.setVisible(each.message is not None and not (is_folded and each in seen[1:]))

    @property
    def has_place(self) -> bool:
        """Whether the page that it stands on is shown."""
        parent = self.parentWidget()
        return parent is not None and parent.isVisible()

    def fold(self, into_one: tuple[Notice, ...]) -> None:
        """Show the newest of several messages on one line; where there is no other, its own."""
        newest = max(into_one, key=lambda each: each.number, default=self)
        message, is_one = newest.message, not into_one
        for part, is_shown in (
            (self._texts, is_one),
            (self._close, is_one),
            (self.show_file, is_one and message is not None and message.file is not None),
            (self._newest, not is_one),
            (self.all, not is_one),
        ):
            part.setVisible(is_shown)
        edge = tokens.SPACE_M if is_one else tokens.SPACE_XS
        at = Qt.AlignmentFlag.AlignTop if is_one else Qt.AlignmentFlag.AlignVCenter
        self._line.setAlignment(self._icon, at)
        self._line.setContentsMargins(tokens.SPACE_L, edge, tokens.SPACE_S, edge)
        if message is not None:
            self._icon.show_icon(*(_FINE if message.is_good else _WARNING))
            self._newest.say(message.happened)
            self.all.say(translate("Widgets", "Show all %n", n=len(into_one)))
            self.setAccessibleName(str(message))

    @Slot()
    def _on_all(self) -> None:
        for each in self.window().findChildren(Notice):
            each.is_open = True
        self.arrange()

    @Slot()
    def _on_going(self) -> None:
        focus = QApplication.focusWidget()
        if self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            self._going.start()
        else:
            self.clear()

    @Slot()
    def _on_show_file(self) -> None:
        if self._message is not None and self._message.file is not None:
            self.shown.emit(self._message.file)


class Verdict(QWidget):
    """What came of a check: an icon, a sentence, and under it what else there is to say."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = Icon("info", "muted", tokens.ICON_M)
        self.sentence = wrapped("heading")
        self.told = wrapped("note")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.SPACE_S)
        grid.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.sentence, 0, 1)
        grid.addWidget(self.told, 1, 1)
        grid.setColumnStretch(1, 1)

    def tell(self, sentence: str, told: str, look: tuple[str, tokens.Role]) -> None:
        """Tell it.

        Args:
            sentence: What came of it.
            told: What else there is to say; may be empty, or have several lines.
            look: The icon's name and colour.
        """
        self.sentence.setText(sentence)
        self.told.setText(told)
        self.told.setVisible(bool(told))
        self._icon.show_icon(*look)


class Teaching(QWidget):
    """An empty page: an icon, one sentence, one button."""

    def __init__(self, icon: str, title: str, sentence: str, action: str) -> None:
        super().__init__()
        self._icon = Icon(icon, "muted", tokens.ICON_HERO)
        heading = QLabel(title)
        heading.setObjectName("title")
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = wrapped("muted")
        self.sentence.setText(sentence)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setMaximumWidth(tokens.SENTENCE_WIDTH)
        self.button = Button(action, kind="main")
        middle = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_XL, 0, tokens.SPACE_XL, 0)
        layout.setSpacing(tokens.SPACE_M)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, middle)
        layout.addWidget(heading, 0, middle)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.sentence, 4)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addSpacing(tokens.SPACE_S)
        layout.addWidget(self.button, 0, middle)
        layout.addStretch(3)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        """Its hints say what it needs, for they can do without the icon."""
        return False

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Where there is little room, the icon gives way to the sentence and the button."""
        return QSize(super().minimumSizeHint().width(), self._least())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the icon where it has room."""
        super().resizeEvent(event)
        least = self._least()
        self._icon.setVisible(self.height() >= least + self._room_of_icon)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # the sentence has other lines now

    @property
    def _room_of_icon(self) -> int:
        return tokens.ICON_HERO + tokens.SPACE_M

    def _least(self) -> int:
        """The height of all but the icon, at its width."""
        layout = self.layout()
        assert layout is not None
        height = layout.totalHeightForWidth(max(self.width(), layout.totalMinimumSize().width()))
        return height if self._icon.isHidden() else height - self._room_of_icon


def row(parent: QWidget, *parts: QWidget, space: int = tokens.SPACE_M) -> QHBoxLayout:
    """Lay parts out in a row without margins."""
    layout = QHBoxLayout(parent)
    _fill(layout, parts, space)
    return layout


def column(parent: QWidget, *parts: QWidget, space: int = tokens.SPACE_M) -> QVBoxLayout:
    """Lay parts out in a column without margins."""
    layout = QVBoxLayout(parent)
    _fill(layout, parts, space)
    return layout


def label(name: str = "", text: str = "") -> QLabel:
    """A label of plain text, in one of the style sheet's kinds."""
    result = QLabel(text)
    result.setObjectName(name)
    result.setTextFormat(Qt.TextFormat.PlainText)
    return result


class _Column(QScrollArea):
    """Scrolls a column whose right edge stays where it is when the bar comes and goes.

    Args:
        edge: Pixels between the column's right edge and the area's; the bar stands in them.
    """

    def __init__(self, edge: int) -> None:
        super().__init__()
        self._edge = edge

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave out of the margin what the bar takes of it."""
        super().resizeEvent(event)
        inner = self.widget()
        layout = inner.layout() if inner is not None else None
        if self._edge and layout is not None:
            margins = layout.contentsMargins()
            margins.setRight(max(0, self._edge - (self.width() - self.viewport().width())))
            layout.setContentsMargins(margins)


def scrolled(inner: QWidget, *, edge: int = 0) -> QScrollArea:
    """A page that scrolls up and down where it has no room, and never sideways.

    Args:
        inner: What scrolls.
        edge: Pixels to keep free at its right, for the bar to stand in; 0: its own margins stay.
    """
    inner.setObjectName("column")
    area = _Column(edge)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def tip(text: str) -> str:
    """A tooltip that shows a text as it is, whatever looks like HTML in it."""
    return f"<span>{html.escape(text)}</span>"


def lift(widget: QWidget) -> None:
    """A shadow for what floats."""
    shadow = QGraphicsDropShadowEffect(widget)
    shadow.setBlurRadius(tokens.SHADOW)
    shadow.setOffset(0, tokens.SPACE_XS)
    colour = QColor(tokens.SHADOW_COLOUR)
    colour.setAlphaF(tokens.SHADOW_OPACITY)
    shadow.setColor(colour)
    widget.setGraphicsEffect(shadow)


def quietly(update: Callable[[str], None], shown: str, text: str) -> None:
    """Call a setter only where the text is another; ten times a second it mostly isn't."""
    if shown != text:
        update(text)


def _fill(layout: QBoxLayout, parts: tuple[QWidget, ...], space: int) -> None:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(space)
    for part in parts:
        layout.addWidget(part)


def wrapped(name: str = "", text: str = "") -> QLabel:
    """A label of plain text over as many lines as it takes; it can be selected."""
    result = label(name, text)
    result.setWordWrap(True)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result


def _share(level_dbfs: float) -> float:
    floor = tokens.METER_FLOOR_DBFS
    return min(1.0, max(0.0, (level_dbfs - floor) / -floor))
