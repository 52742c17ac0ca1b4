"""When, for how long, and with what beside it: unfolds under the record bar; nothing modal."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt, QTime, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from app.gui import tokens
from app.gui.choosing import Check, Combo
from app.gui.presenters.capture import Wish, length_of, read_time, schedule_of, spoken, zones
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from app.gui.widgets import Button, Icon, label, quietly
from recorder.errors import AircheckError
from recorder.schedule import Repeat

_HEIGHT = tokens.CONTROL_HEIGHT + 2 * tokens.BORDER
_MIRROR_ROWS = 3  # as high as the three fields beside it
_REPEATS = (None, Repeat.DAILY, Repeat.WEEKLY)


class SchedulePanel(QFrame):
    """Everything that may be asked for beside the source."""

    changed = Signal()
    asked = Signal()
    """Return was pressed in a field: do what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._was_picked = False  # a day and a time, by hand or by words
        self._problem = ""
        self._halves = 0
        self._named: list[tuple[QLabel, QWidget, int, int]] = []
        self._grid = QGridLayout()
        self.title = self._field(translate("Schedule", "Its title; the source's own where empty"))
        self.words = self._field(translate("Schedule", "As announced: 8pm ET, tomorrow 20:00"))
        self.day = QDateEdit(QDate.currentDate())
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(_day_format(QLocale()))
        self.day.setMinimumDate(QDate.currentDate().addDays(-1))
        self.time = QTimeEdit(QTime((QTime.currentTime().hour() + 1) % 24, 0))
        line = self.time.findChild(QLineEdit)
        if line is not None:  # the style sheet's padding holds only beside a drop-down
            line.setTextMargins(tokens.SPACE_M, 0, 0, 0)
        self.zone = self._zones()
        self.repeat = Combo(translate("Schedule", "Repeats"))
        for word in (
            translate("Schedule", "Once"),
            translate("Schedule", "Every day"),
            translate("Schedule", "Every week"),
        ):
            self.repeat.addItem(word)
        self.length = self._field(translate("Schedule", "Until it ends, or 90m, 1h30m"))
        self.give_up = self._field(translate("Schedule", "An hour without sound, or 20m"))
        self.mirrors = QPlainTextEdit()
        self.mirrors.setTabChangesFocus(True)
        self.mirrors.setPlaceholderText(
            translate("Schedule", "Other sources of the same event, one per line")
        )
        self.mirrors.setMinimumHeight(tokens.CONTROL_HEIGHT * 2)
        self.together = Combo(translate("Schedule", "What the mirrors do"))
        self.together.addItem(translate("Schedule", "Take over where the source fails"))
        self.together.addItem(translate("Schedule", "Are recorded beside the source"))
        self.split = Check(translate("Schedule", "One track per channel"))
        self.head = QWidget()
        """What would be done, or why it can't: to be shown above, where it never scrolls away."""
        self.preview = label("muted")
        self.preview.setWordWrap(True)
        self._warning = Icon("triangle-alert", "trouble")
        self.at_once = Button(translate("Schedule", "Start at once"), "x")
        self.at_once.setToolTip(translate("Schedule", "Forget the day and the time"))
        _keep_room(self.at_once)
        self._name_parts()
        self._connect()
        self._lay_out()
        self._show_preview()

    def wish(self, source: str) -> Wish:
        """What is asked for, of a source."""
        return Wish(
            source=source,
            title=self.title.text(),
            when=self._when(),
            zone=self.zone.currentText() if self._was_picked else "",
            repeat=_REPEATS[self.repeat.currentIndex()],
            length=self.length.text(),
            give_up=self.give_up.text(),
            mirrors=tuple(self.mirrors.toPlainText().splitlines()),
            together=self.together.currentIndex() == 1,
            split_channels=self.split.isChecked(),
        )

    @property
    def problem(self) -> str:
        """Why what is asked for can't be done; empty where it can."""
        return self._problem

    @property
    def is_scheduled(self) -> bool:
        """Whether a day and a time were given."""
        return self._was_picked

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """What the keyboard goes through, in this order."""
        asked = (self.title, self.words, self.day, self.time, self.zone, self.repeat, self.length)
        return (*asked, self.mirrors, self.together, self.give_up, self.split, self.at_once)

    def reset(self) -> None:
        """Ask for nothing beside the source."""
        for field in (self.title, self.words, self.length, self.give_up):
            field.clear()
        self.mirrors.clear()
        for box in (self.repeat, self.together):
            box.setCurrentIndex(0)
        self.split.setChecked(False)
        self._on_at_once()

    def _when(self) -> str:
        if not self._was_picked:
            return ""
        return f"{self.day.date().toPython():%Y-%m-%d} {self.time.time().toPython():%H:%M}"

    @Slot()
    def _on_words(self) -> None:
        """Read a time as it was announced, and set day, time and zone by it."""
        text = self.words.text().strip()
        if not text:
            self._on_at_once()
            return
        try:
            found = read_time(text, datetime.now(UTC))
        except AircheckError as error:
            self._tell(str(Message.of(error)), is_problem=True)
            return
        local = QDateTime.fromString(f"{found.local:%Y-%m-%dT%H:%M}", Qt.DateFormat.ISODate)
        for part in (self.day, self.time, self.zone):
            part.blockSignals(True)
        self.day.setMinimumDate(min(local.date(), self.day.minimumDate()))
        self.day.setDate(local.date())
        self.time.setTime(local.time())
        self._choose_zone(found.zone)
        for part in (self.day, self.time, self.zone):
            part.blockSignals(False)
        self._on_picked()

    @Slot()
    def _on_picked(self) -> None:
        self._was_picked = True
        self._show_preview()

    @Slot()
    def _on_at_once(self) -> None:
        self._was_picked = False
        self.words.clear()
        self._show_preview()

    @Slot()
    def _show_preview(self) -> None:
        """Say in a sentence what would be done."""
        self.at_once.setVisible(self._was_picked)
        now = datetime.now(UTC).astimezone()
        try:
            wish = self.wish("")
            schedule = schedule_of(wish, now)
            length_of(wish.length)
            length_of(wish.give_up)
        except AircheckError as error:
            self._tell(str(Message.of(error)), is_problem=True)
            return
        if schedule is None:
            self._tell(translate("Schedule", "It begins at once."))
        else:
            said = translate("Schedule", "Announced for {when}. Waiting begins two minutes before.")
            self._tell(said.format(when=spoken(schedule, now)))

    def _tell(self, text: str, *, is_problem: bool = False) -> None:
        self._problem = text if is_problem else ""
        self._warning.setVisible(is_problem)
        quietly(self.preview.setText, self.preview.text(), text)
        self.changed.emit()

    def _choose_zone(self, name: str) -> None:
        if self.zone.findText(name) < 0:
            self.zone.addItem(name)
        self.zone.setCurrentText(name)

    def _zones(self) -> Combo:
        box = Combo(translate("Schedule", "Zone"))
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(zones())
        completer = box.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        here = datetime.now().astimezone()
        zone = bytes(QDateTime.currentDateTime().timeZone().id().data()).decode()
        box.setCurrentText(
            zone if box.findText(zone) >= 0 else f"{here:%z}"[:3] + f":{here:%z}"[-2:]
        )
        return box

    def _field(self, hint: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(hint)
        field.setFixedHeight(_HEIGHT)
        return field

    def _name_parts(self) -> None:
        for part, name in (
            (self.title, translate("Schedule", "Title")),
            (self.words, translate("Schedule", "When, in words")),
            (self.day, translate("Schedule", "Day")),
            (self.time, translate("Schedule", "Time of day")),
            (self.zone, translate("Schedule", "Time zone")),
            (self.repeat, translate("Schedule", "How often")),
            (self.length, translate("Schedule", "Length")),
            (self.give_up, translate("Schedule", "Give up after a time without sound")),
            (self.mirrors, translate("Schedule", "Mirrors: other sources of the same event")),
            (self.together, translate("Schedule", "What the mirrors do")),
        ):
            part.setAccessibleName(name)
            if isinstance(part, QComboBox):
                part.view().setAccessibleName(name)
                if (line := part.lineEdit()) is not None:
                    line.setAccessibleName(name)

    def _connect(self) -> None:
        self.words.editingFinished.connect(self._on_words)
        self.words.textEdited.connect(self._on_words)
        self.day.dateChanged.connect(self._on_picked)
        self.time.timeChanged.connect(self._on_picked)
        self.zone.currentTextChanged.connect(self._on_picked)
        self.repeat.currentIndexChanged.connect(self._show_preview)
        self.length.textEdited.connect(self._show_preview)
        self.give_up.textEdited.connect(self._show_preview)
        self.at_once.clicked.connect(self._on_at_once)
        for field in (self.title, self.words, self.length, self.give_up):
            field.returnPressed.connect(self.asked)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Two fields side by side where there is room for them."""
        super().resizeEvent(event)
        self._arrange(halves=1 if event.size().width() < tokens.SCHEDULE_BESIDE_WIDTH else 2)

    def _arrange(self, *, halves: int) -> None:
        """Put the fields into the grid, in one column or in two."""
        if halves == self._halves:
            return
        self._halves = halves
        for title, part, row, half in self._named:
            place = row if halves == 2 else self._named.index((title, part, row, half))
            column = 2 * half if halves == 2 else 0
            rows = _MIRROR_ROWS if halves == 2 and part is self.mirrors else 1
            self._grid.addWidget(title, place, column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(part, place, column + 1, rows, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, halves - 1)

    def _title(self, name: str, part: QWidget) -> QLabel:
        title = QLabel(name)
        title.setObjectName("muted")
        title.setBuddy(part)
        title.setFixedHeight(_HEIGHT)
        return title

    def _lay_out(self) -> None:
        for part in (self.day, self.time, self.zone, self.repeat, self.together, self.split):
            part.setFixedHeight(_HEIGHT)
        named: tuple[tuple[str, QWidget, int, int], ...] = (
            (translate("Schedule", "Title"), self.title, 0, 0),
            (translate("Schedule", "When"), self.words, 0, 1),
            (translate("Schedule", "Day, time"), _day_and_time(self.day, self.time), 1, 0),
            (translate("Schedule", "Zone"), self.zone, 1, 1),
            (translate("Schedule", "Repeats"), self.repeat, 2, 0),
            (translate("Schedule", "Ends after"), self.length, 2, 1),
            (translate("Schedule", "Mirrors"), self.mirrors, 3, 0),
            (translate("Schedule", "Mirrors then"), self.together, 3, 1),
            (translate("Schedule", "Give up after"), self.give_up, 4, 1),
            ("", self.split, 5, 1),
        )
        self._named = [
            (self._title(name, part), part, row, half) for name, part, row, half in named
        ]
        self._grid.setHorizontalSpacing(tokens.SPACE_M)
        self._grid.setVerticalSpacing(tokens.SPACE_S)
        self._arrange(halves=2)
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(self._warning)
        head.addWidget(self.preview, 1)
        head.addWidget(self.at_once)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(self._grid)


def _day_format(locale: QLocale) -> str:
    """A day as the locale writes it out, with short names; '22 11 2026' may be read in two ways."""
    written = locale.dateFormat(QLocale.FormatType.LongFormat)
    return written.replace("dddd", "ddd").replace("MMMM", "MMM")


def _keep_room(part: QWidget) -> None:
    """Nothing moves when it is hidden or shown."""
    policy = part.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    part.setSizePolicy(policy)


def _day_and_time(day: QWidget, time: QWidget) -> QWidget:
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(tokens.SPACE_S)
    layout.addWidget(day, 2)
    layout.addWidget(time, 1)
    return line
