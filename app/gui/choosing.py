"""The parts with which people choose: doors, one of several, a switch, a field with its name.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from app.gui import icons, theme, tokens
from app.gui.presenters import figures
from app.gui.presenters.exporting import Choice
from app.gui.widgets import Icon, label, wrapped


class Combo(QComboBox):
    """A list that opens; a wheel over it scrolls the page, and changes nothing unseen."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(tokens.PICK_CHARACTERS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """The style's own, with an arrow of our icons."""
        super().paintEvent(event)
        size = tokens.ICON_S
        _draw_icon(
            self,
            "chevron-down",
            "muted",
            QPoint(self.width() - size - tokens.SPACE_S, (self.height() - size) // 2),
        )


class Check(QCheckBox):
    """A box with a tick of our icons."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """The style's own, and the tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        place = QStyle.SubElement.SE_CheckBoxIndicator
        box = self.style().subElementRect(place, option, self)
        offset = QPoint(tokens.ICON_S // 2, tokens.ICON_S // 2) - QPoint(1, 1)
        _draw_icon(self, "check", "on_accent", box.center() - offset)


def line_edit(name: str, placeholder: str = "") -> QLineEdit:
    """A line to write on, as high as the buttons beside it."""
    result = QLineEdit()
    result.setAccessibleName(name)
    result.setPlaceholderText(placeholder)
    result.setMinimumHeight(tokens.CONTROL_HEIGHT)
    return result


class DoorButton(QPushButton):
    """A large choice: icon, title, and a sentence on what it is."""

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.setObjectName("door")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(choice.title)
        self.setAccessibleDescription(choice.about)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        title = wrapped("heading", choice.title)
        about = wrapped("muted", choice.about)
        for part in (title, about):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(Icon(choice.icon, "accent", tokens.ICON_M), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[tokens.SPACE_M] * 4)
        layout.setSpacing(tokens.SPACE_XS)
        layout.addLayout(head)
        layout.addWidget(about)
        layout.addStretch(1)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        """Its sentence takes as many lines as it needs."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """As high as its texts at that width."""
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout else super().heightForWidth(width)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """As its texts have it, not Qt's button."""
        layout = self.layout()
        return layout.totalMinimumSize() if layout else super().minimumSizeHint()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Likewise."""
        layout = self.layout()
        return layout.totalSizeHint() if layout else super().sizeHint()


class Doors(QWidget):
    """Doors beside each other, or one under the other where there is little room."""

    chosen = Signal(str)
    """The value of the door."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(tokens.SPACE_M)
        self.buttons = {choice.value: DoorButton(choice) for choice in choices}
        for value, button in self.buttons.items():
            self._group.addButton(button)
            self._box.addWidget(button, 1)
            button.clicked.connect(lambda _=False, value=value: self.chosen.emit(value))

    def show_value(self, value: str) -> None:
        """Show which one is chosen."""
        self.buttons[value].setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Lay them out anew."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < tokens.DOORS_BESIDE_WIDTH
        to_right, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(down if is_narrow else to_right)


class OneOf(QWidget):
    """One of several, each with its sentence."""

    chosen = Signal(str)
    """Its value."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for choice in choices:
            button = QRadioButton(choice.title)
            button.setAccessibleDescription(choice.about)
            button.clicked.connect(lambda _=False, value=choice.value: self.chosen.emit(value))
            self._group.addButton(button)
            self.buttons[choice.value] = button
            layout.addWidget(button)
            if choice.about:
                layout.addWidget(_about(choice.about))
        layout.addStretch(1)

    def show_value(self, value: str) -> None:
        """Show which one is chosen."""
        if value in self.buttons:
            self.buttons[value].setChecked(True)


class Pick(QWidget):
    """One of many from a list that opens; what it is stands below."""

    chosen = Signal(str)
    """Its value."""

    def __init__(self, name: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = {choice.value: choice for choice in choices}
        self.box = Combo(name)
        for choice in choices:
            self.box.addItem(choice.title, choice.value)
        self.about = wrapped("note")
        self.box.activated.connect(self._on_activated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_XS)
        layout.addWidget(self.box)
        layout.addWidget(self.about)
        self._show_about()

    def show_value(self, value: str) -> None:
        """Show which one is chosen; one that isn't on the list shows none."""
        self.box.setCurrentIndex(self.box.findData(value))
        self._show_about()

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Offer others."""
        fresh = {choice.value: choice for choice in choices}
        if fresh == self._choices:
            return
        self._choices = fresh
        self.box.clear()
        for choice in choices:
            self.box.addItem(choice.title, choice.value)

    @Slot(int)
    def _on_activated(self, _place: int) -> None:
        self._show_about()
        self.chosen.emit(self.box.currentData())

    def _show_about(self) -> None:
        choice = self._choices.get(self.box.currentData() or "")
        self.about.setText(choice.about if choice else "")
        self.about.setVisible(bool(self.about.text()))


class Switch(QWidget):
    """A setting that is on or off, and a sentence on what it does."""

    turned = Signal(bool)

    def __init__(self, title: str, about: str = "") -> None:
        super().__init__()
        self.box = Check(title)
        self.box.setAccessibleDescription(about)
        self.box.clicked.connect(self.turned)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.box)
        if about:
            layout.addWidget(_about(about))

    def show_value(self, *, is_on: bool) -> None:
        """Show whether it is on."""
        self.box.setChecked(is_on)


class Number(QWidget):
    """A number and its unit, typed."""

    changed = Signal(float)

    def __init__(self, name: str, unit: str, most: float, decimals: int = 0) -> None:
        """Make it.

        Args:
            name: What it is, for screen readers.
            unit: Stands behind it.
            most: The largest number; the smallest is 0.
            decimals: How many may be typed.
        """
        super().__init__()
        self._most, self._decimals = most, decimals
        self._value = 0.0
        self.edit = line_edit(name)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setMaximumWidth(tokens.NUMBER_WIDTH)
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.edit.editingFinished.connect(self._on_edited)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(self.edit)
        layout.addWidget(label("muted", unit))
        layout.addStretch(1)
        self.show_value(0.0)

    def show_value(self, value: float) -> None:
        """Show a number."""
        self._value = value
        self.edit.setText(figures.number(value, self._decimals))

    @Slot()
    def _on_edited(self) -> None:
        """Take what was typed; what is no number gives way to what was there."""
        locale = QLocale() if QLocale().language() is not QLocale.Language.C else QLocale("en")
        typed, is_number = locale.toDouble(self.edit.text().strip())
        value = (
            round(min(self._most, max(0.0, typed)), self._decimals) if is_number else self._value
        )
        is_new = value != self._value
        self.show_value(value)
        if is_new:
            self.changed.emit(value)


def field(name: str, part: QWidget, *more: QWidget) -> QWidget:
    """A part under its name; more parts stand beside it."""
    result = QWidget()
    layout = QVBoxLayout(result)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(tokens.SPACE_XS)
    layout.addWidget(label("note", name))
    line = QHBoxLayout()
    line.setSpacing(tokens.SPACE_S)
    line.addWidget(part, 1)
    for each in more:
        line.addWidget(each)
    layout.addLayout(line)
    return result


def _about(text: str) -> QWidget:
    about = wrapped("note", text)
    about.setContentsMargins(tokens.CHOICE_INDICATOR + tokens.SPACE_S, 0, 0, tokens.SPACE_S)
    return about


def _draw_icon(part: QWidget, name: str, role: tokens.Role, at: QPoint) -> None:
    colour = getattr(theme.colours(), role if part.isEnabled() else "muted")
    painter = QPainter(part)
    painter.drawPixmap(at, icons.pixmap(name, colour, tokens.ICON_S, part.devicePixelRatioF()))
    painter.end()
