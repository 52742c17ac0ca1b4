"""The page Settings: everything that can be set, found by its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.gui import tokens
from app.gui.choosing import line_edit
from app.gui.desk import Desk
from app.gui.files import choose_file
from app.gui.jobs_watch import JobsWatch
from app.gui.models_list import ModelsList
from app.gui.place import Place
from app.gui.presenters import settings as presenter
from app.gui.presenters.language import translate
from app.gui.presenters.settings import Entry, Values
from app.gui.presenters.words import Message
from app.gui.setting_parts import PARTS, AutostartPart, KeyPart, Part
from app.gui.widgets import Notice, label, scrolled, wrapped
from app.jobs import Job, Kind
from recorder.errors import AircheckError

_MADE_AT_ONCE = 3


class SettingsPage(Place):
    """Shows the settings by group; what is changed is written at once."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._watch = JobsWatch.of(desk)
        self._lane = desk.lane("settings")
        self._values: Values | None = None
        self._entries = presenter.entries()
        self.notice = Notice()
        finding = translate("Settings", "Find a setting")
        self.finder = line_edit(finding, finding)
        self.finder.setClearButtonEnabled(True)
        self.nothing = wrapped("muted", translate("Settings", "No setting has these words."))
        self.parts: dict[str, SettingCard] = {}
        self._headings: dict[str, QLabel] = {}
        self._column = QVBoxLayout()
        self._column.setSpacing(tokens.SPACE_S)

    def making(self) -> Iterator[None]:
        """See `Place.making`: some settings at a time."""
        self._lay_out()
        for number, entry in enumerate(self._entries, 1):
            self._add(entry)
            if number % _MADE_AT_ONCE == 0:
                yield
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        self.finder.textChanged.connect(self._on_find)
        self._watch.changed.connect(self._on_jobs)
        self._watch.failed.connect(self._on_said)
        self.nothing.hide()

    def enter(self) -> None:
        """Show them as they are now: another window or an editor may have changed them."""
        self._do(presenter.read)

    def close_work(self) -> None:
        """End the looking; downloads go on."""
        self._watch.close()

    def _do(self, work: Callable[[], Values]) -> None:
        if not self._lane.do(work, self._on_values, self._on_error):
            self.notice.say(
                Message(
                    happened=translate("Settings", "Too much was asked for at once; try again.")
                )
            )

    def _change(self, name: str, value: Any) -> None:
        self._do(lambda: presenter.change(name, value))

    def _on_values(self, values: Values) -> None:
        before, self._values = self._values, values
        for card in self.parts.values():
            card.show_values(values, is_first=before is None)
        if before is not None and values.settings != before.settings:
            self._desk.use(values.settings)
        self._on_jobs(self._watch.shown)

    def _on_error(self, error: AircheckError) -> None:
        self.notice.say(Message.of(error))
        if self._values is not None:  # what was not changed shows as it is
            for card in self.parts.values():
                card.show_values(self._values, is_first=False)

    @Slot(object)
    def _on_said(self, message: Message) -> None:
        self.notice.say(message)

    @Slot(object)
    def _on_jobs(self, jobs: tuple[Job, ...]) -> None:
        """Show how far downloads are; what has just come shows as here."""
        downloads = {
            job.request.title: job for job in reversed(jobs) if job.request.kind is Kind.DOWNLOAD
        }
        models = self._models()
        if models is not None and models.show_downloads(downloads):
            self._do(presenter.read)

    @Slot(str)
    def _on_find(self, query: str) -> None:
        found = {entry.name for entry in presenter.matching(self._entries, query)}
        groups = {entry.group for entry in self._entries if entry.name in found}
        for name, card in self.parts.items():
            card.setVisible(name in found)
        for group, heading in self._headings.items():
            heading.setVisible(group in groups)
        self.nothing.setVisible(not found)

    def _models(self) -> ModelsList | None:
        card = self.parts.get("models-list")
        return card.part if card is not None and isinstance(card.part, ModelsList) else None

    def _download(self, name: str) -> None:
        if self._values is not None:
            self._watch.start(presenter.download_of(name, self._values.settings))

    def _add_model(self) -> None:
        choose_file(
            self,
            translate("Settings", "A Whisper checkpoint"),
            translate("Settings", "Checkpoints (*.pt)"),
            lambda path: self._do(partial(presenter.add_model, path)),
        )

    def _remove_model(self, name: str) -> None:
        self._do(partial(presenter.remove_model, name))

    def _part(self, entry: Entry) -> Part:
        special: dict[str, Callable[[], Part]] = {
            "autostart": lambda: AutostartPart(entry, self._switch_autostart),
            "key": lambda: KeyPart(lambda: self._do(presenter.make_key)),
            "models": lambda: ModelsList(
                download=self._download,
                cancel=lambda number: self._watch.do("cancel", number),
                remove=self._remove_model,
                add=self._add_model,
            ),
        }
        if entry.kind in special:
            return special[entry.kind]()
        return PARTS[entry.kind](entry, partial(self._change, entry.name))

    def _switch_autostart(self, value: Any) -> None:
        self._do(lambda: presenter.switch_autostart(is_on=bool(value)))

    def _lay_out(self) -> None:
        """From the outside in: whatever gets another parent is dressed again, all that is in it."""
        inner = QWidget()
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_XL
        layout.setContentsMargins(edge, edge, 0, 0)
        layout.setSpacing(tokens.SPACE_M)
        head = QVBoxLayout()
        layout.addLayout(head)
        head.setContentsMargins(0, 0, edge, 0)
        head.setSpacing(tokens.SPACE_M)
        head.addWidget(label("title", translate("Settings", "Settings")))
        head.addWidget(self.finder)
        head.addWidget(self.notice)
        layout.addWidget(scrolled(inner, edge=edge), 1)
        margins = QHBoxLayout(inner)
        margins.setContentsMargins(0, 0, edge, tokens.SPACE_L)
        margins.addLayout(self._column)

    def _add(self, entry: Entry) -> None:
        """Add a setting, under its group's heading."""
        if entry.group not in self._headings:
            heading = label("heading", entry.group)
            heading.setContentsMargins(0, tokens.SPACE_M, 0, 0)
            self._headings[entry.group] = heading
            self._column.addWidget(heading)
        card = SettingCard(entry, self._part(entry))
        self.parts[entry.name] = card
        self._column.addWidget(card)


class SettingCard(QFrame):
    """A setting: its name, what it does, and what it is changed with."""

    def __init__(self, entry: Entry, part: Part) -> None:
        super().__init__()
        self.setObjectName("card")
        self.entry, self.part = entry, part
        self._first: Any = None
        self.late = wrapped(
            "note", translate("Settings", "It takes effect when Aircheck is opened the next time.")
        )
        self.late.hide()
        self.fixed = wrapped("note")
        self.fixed.hide()
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_XS)
        texts.addWidget(wrapped("heading", entry.title))
        for each in (wrapped("muted", entry.about), self.late, self.fixed):
            texts.addWidget(each)
        texts.addStretch(1)
        is_wide = entry.kind in ("folder", "folders", "models", "key", "text")
        to_right, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        layout = QBoxLayout(down if is_wide else to_right, self)
        layout.setContentsMargins(*[tokens.SPACE_L] * 4)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(texts, 1)
        layout.addWidget(part, 0)
        if not is_wide:
            layout.setAlignment(part, Qt.AlignmentFlag.AlignVCenter)

    def show_values(self, values: Values, *, is_first: bool) -> None:
        """Show what is set now, and who else decides it."""
        name = self.entry.name
        is_fixed = values.is_fixed(name)
        self.fixed.setVisible(is_fixed)
        if is_fixed:
            said = translate("Settings", "{variable} in the environment decides it.")
            self.fixed.setText(said.format(variable=f"AIRCHECK_{name.upper()}"))
        self.part.setEnabled(not is_fixed)
        self.part.show_values(values)
        if self.entry.is_late:
            now = values.of(name)
            self._first = now if is_first else self._first
            self.late.setVisible(now != self._first)
