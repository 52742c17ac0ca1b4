"""When, for how long, and with what beside it: unfolds under the record bar; nothing modal."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt, QTime, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
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
from app.gui.presenters.capture import Wish, length_of, schedule_of, spoken, zones
from app.gui.presenters.language import translate
from app.gui.widgets import Button, label, quietly
from recorder.errors import AircheckError
from recorder.schedule import Repeat, parse_time

_NARROW = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_REPEATS = (None, Repeat.DAILY, Repeat.WEEKLY)


class SchedulePanel(QFrame):
    """Everything that may be asked for beside the source."""

    changed = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._was_picked = False  # a day and a time, by hand or by words
        self._problem = ""
        self.title = self._field(translate("Schedule", "Its title; the source's own where empty"))
        self.words = self._field(translate("Schedule", "As announced: 8pm ET, tomorrow 20:00"))
        self.day = QDateEdit(QDate.currentDate())
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(QLocale().dateFormat(QLocale.FormatType.ShortFormat))
        self.day.setMinimumDate(QDate.currentDate().addDays(-1))
        self.time = QTimeEdit(QTime((QTime.currentTime().hour() + 1) % 24, 0))
        self.zone = self._zones()
        self.repeat = QComboBox()
        for word in (
            translate("Schedule", "Once"),
            translate("Schedule", "Every day"),
            translate("Schedule", "Every week"),
        ):
            self.repeat.addItem(word)
        self.length = self._field(translate("Schedule", "Until it ends, or 90m, 1h30m"))
        self.give_up = self._field(translate("Schedule", "An hour, or 20m"))
        self.mirrors = QPlainTextEdit()
        self.mirrors.setTabChangesFocus(True)
        self.mirrors.setPlaceholderText(translate("Schedule", "One address or device a line"))
        self.mirrors.setFixedHeight(tokens.CONTROL_HEIGHT * 2)
        self.together = QComboBox()
        self.together.setSizeAdjustPolicy(_NARROW)
        self.together.setMinimumContentsLength(tokens.ZONE_CHARACTERS)
        self.together.addItem(translate("Schedule", "take over where the first one fails"))
        self.together.addItem(translate("Schedule", "are recorded side by side"))
        self.split = QCheckBox(translate("Schedule", "A track a channel"))
        self.preview = label("muted")
        self.preview.setWordWrap(True)
        self.at_once = Button(translate("Schedule", "At once"), "x")
        self.at_once.setToolTip(translate("Schedule", "Forget the day and the time"))
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
            found = parse_time(text, now=datetime.now(UTC))
        except AircheckError as error:
            self._tell(f"{error.message} {error.hint}".strip(), is_problem=True)
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
            self._tell(f"{error.message} {error.hint}".strip(), is_problem=True)
            return
        if schedule is None:
            self._tell(translate("Schedule", "It begins at once."))
        else:
            said = translate("Schedule", "Announced for {when}. Waiting begins two minutes before.")
            self._tell(said.format(when=spoken(schedule, now)))

    def _tell(self, text: str, *, is_problem: bool = False) -> None:
        self._problem = text if is_problem else ""
        quietly(self.preview.setText, self.preview.text(), text)
        self.changed.emit()

    def _choose_zone(self, name: str) -> None:
        if self.zone.findText(name) < 0:
            self.zone.addItem(name)
        self.zone.setCurrentText(name)

    def _zones(self) -> QComboBox:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setSizeAdjustPolicy(_NARROW)
        box.setMinimumContentsLength(tokens.ZONE_CHARACTERS)
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
        field.setMinimumHeight(tokens.CONTROL_HEIGHT)
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
            (self.give_up, translate("Schedule", "Over after a silence of")),
            (self.mirrors, translate("Schedule", "Other sources of the same event")),
            (self.together, translate("Schedule", "What the other sources do")),
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

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(tokens.SPACE_S)
        day_and_time = _line(self.day, self.time)
        lines: tuple[tuple[str, QWidget, str, QWidget], ...] = (
            (translate("Schedule", "Title"), self.title, translate("Schedule", "When"), self.words),
            (translate("Schedule", "Day, time"), day_and_time,
             translate("Schedule", "Zone"), self.zone),
            (translate("Schedule", "Repeats"), self.repeat,
             translate("Schedule", "Ends after"), self.length),
            (translate("Schedule", "Others"), self.mirrors,
             translate("Schedule", "Silence"), self.give_up),
            (translate("Schedule", "Others…"), self.together, "", self.split),
        )  # fmt: skip
        for place, (left, first, right, second) in enumerate(lines):
            for column, (name, part) in enumerate(((left, first), (right, second))):
                named = QLabel(name)
                named.setObjectName("muted")
                named.setBuddy(part)
                grid.addWidget(named, place, 2 * column)
                grid.addWidget(part, place, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.preview, 1)
        foot.addWidget(self.at_once)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(grid)
        layout.addLayout(foot)


def _line(*parts: QWidget) -> QWidget:
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(tokens.SPACE_S)
    for part in parts:
        layout.addWidget(part, 1)
    return line
