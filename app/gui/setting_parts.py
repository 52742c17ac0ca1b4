"""What a setting is changed with: a folder, several, a switch, a choice, a number, a text, the key.

GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.choosing import Number, Pick, Switch, line_edit
from app.gui.files import choose_folder
from app.gui.presenters import settings as presenter
from app.gui.presenters.language import translate
from app.gui.presenters.settings import Entry, Values
from app.gui.widgets import Button, Icon, IconButton, Text, row, wrapped

Change = Callable[[Any], None]
"""Gets the new value; None for the default."""


class Part(QWidget):
    """Shows a setting and changes it."""

    def show_values(self, values: Values) -> None:
        """Show what is set now."""
        raise NotImplementedError


class FolderPart(Part):
    """A folder: its path, and a button that chooses another."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self._entry, self._change = entry, change
        self.path = line_edit(entry.title)
        self.choose = Button(translate("Settings", "Choose…"), "folder-open")
        self.choose.setAccessibleName(f"{self.choose.text()} {entry.title}")
        _beside(self, self.path, self.choose)
        self.path.editingFinished.connect(self._on_edited)
        self.choose.clicked.connect(self._on_choose)

    def show_values(self, values: Values) -> None:
        """Show it."""
        self.path.setText(values.of(self._entry.name))
        self.path.setCursorPosition(0)
        self.path.setModified(False)

    @Slot()
    def _on_edited(self) -> None:
        if self.path.isModified():
            self.path.setModified(False)
            self._change(self.path.text().strip() or None)

    @Slot()
    def _on_choose(self) -> None:
        at = Path(self.path.text()).expanduser()
        choose_folder(self, self._entry.title, at, lambda path: self._change(str(path)))


class FoldersPart(Part):
    """Folders in a list, each to be taken away, and a button that adds one."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self._entry, self._change = entry, change
        self._shown: tuple[Path, ...] | None = None
        self.rows: list[FolderRow] = []
        self.add = Button(translate("Settings", "Add a folder…"), "folder-plus")
        self.add.clicked.connect(self._on_add)
        self._list = QVBoxLayout()
        self._list.setSpacing(tokens.SPACE_XS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(self._list)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_values(self, values: Values) -> None:
        """Show them."""
        folders = tuple(values.of(self._entry.name))
        if folders == self._shown:
            return
        self._shown = folders
        for each in self.rows:
            each.hide()
            each.deleteLater()
        self.rows = [FolderRow(folder, self._remove) for folder in folders]
        for each in self.rows:
            self._list.addWidget(each)

    def take(self, folder: Path) -> None:
        """Add a folder."""
        self._set((*(self._shown or ()), folder))

    def _remove(self, folder: Path) -> None:
        self._set(tuple(each for each in self._shown or () if each != folder))

    def _set(self, folders: tuple[Path, ...]) -> None:
        self._change([str(folder) for folder in dict.fromkeys(folders)] or None)

    @Slot()
    def _on_add(self) -> None:
        choose_folder(self, self._entry.title, Path.home(), self.take)


class FolderRow(QWidget):
    """A folder of a list."""

    def __init__(self, folder: Path, remove: Callable[[Path], None]) -> None:
        super().__init__()
        path = Text()
        path.say(str(folder))
        self.remove = IconButton(
            translate("Settings", "Remove {name} from the list").format(name=folder.name), "x"
        )
        self.remove.clicked.connect(lambda: remove(folder))
        row(self, Icon("folder", "muted"), path, self.remove, space=tokens.SPACE_S)


class SwitchPart(Part):
    """On or off."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self._name = entry.name
        self.switch = _switch(self, entry)
        self.switch.turned.connect(change)

    def show_values(self, values: Values) -> None:
        """Show whether it is on."""
        self.switch.show_value(is_on=bool(values.of(self._name)))
        self.switch.box.setText(_on_or_off(is_on=self.switch.box.isChecked()))


class AutostartPart(Part):
    """Whether recordings are taken up again at login; off where the system has no such thing."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self.switch = _switch(self, entry)
        self.switch.turned.connect(change)

    def show_values(self, values: Values) -> None:
        """Show whether it is on."""
        self.setEnabled(values.has_autostart is not None)
        self.switch.show_value(is_on=bool(values.has_autostart))
        self.switch.box.setText(_on_or_off(is_on=bool(values.has_autostart)))


class PickPart(Part):
    """One of several."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self._entry, self._change = entry, change
        self.pick = Pick(entry.title, entry.choices)
        self.pick.setFixedWidth(tokens.PICK_WIDTH)
        self.pick.chosen.connect(self._on_chosen)
        _beside(self, self.pick)

    def show_values(self, values: Values) -> None:
        """Show which."""
        if self._entry.name == "model":
            self.pick.show_choices(presenter.model_choices(values.models))
        self.pick.show_value(values.of(self._entry.name))

    @Slot(str)
    def _on_chosen(self, value: str) -> None:
        self._change(value or None)


class NumberPart(Part):
    """A number and its unit."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self._name = entry.name
        self.number = Number(entry.title, entry.unit, entry.most)
        self.number.changed.connect(lambda value: change(round(value) or None))
        _beside(self, self.number)

    def show_values(self, values: Values) -> None:
        """Show it."""
        self.number.show_value(float(values.of(self._name)))


class TextPart(Part):
    """A line of text."""

    def __init__(self, entry: Entry, change: Change) -> None:
        super().__init__()
        self._name, self._change = entry.name, change
        self.text = line_edit(entry.title)
        self.text.editingFinished.connect(self._on_edited)
        _beside(self, self.text)

    def show_values(self, values: Values) -> None:
        """Show it."""
        self.text.setText(values.of(self._name))
        self.text.setModified(False)

    @Slot()
    def _on_edited(self) -> None:
        if self.text.isModified():
            self.text.setModified(False)
            self._change(self.text.text().strip() or None)


class KeyPart(Part):
    """The public key and its fingerprint, to be copied; or a button that makes one."""

    def __init__(self, make: Callable[[], None]) -> None:
        super().__init__()
        self.public = line_edit(translate("Settings", "Public key"))
        self.public.setReadOnly(True)
        self.fingerprint = wrapped("note")
        self.copy = Button(translate("Settings", "Copy"))
        self.copy.setAccessibleName(translate("Settings", "Copy the public key"))
        self.make = Button(translate("Settings", "Make the key"))
        self.copy.clicked.connect(self._on_copy)
        self.make.clicked.connect(make)
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.public, 1)
        line.addWidget(self.copy)
        line.addWidget(self.make)
        line.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_XS)
        layout.addLayout(line)
        layout.addWidget(self.fingerprint)

    def show_values(self, values: Values) -> None:
        """Show it, or that there is none yet."""
        has_key = bool(values.public_key)
        self.public.setText(values.public_key)
        self.public.setCursorPosition(0)
        self.fingerprint.setText(
            translate("Settings", "Fingerprint: {hash}").format(hash=values.fingerprint)
            if has_key
            else translate("Settings", "There is none yet; the first export makes it, too.")
        )
        self.public.setVisible(has_key)
        self.copy.setVisible(has_key)
        self.make.setVisible(not has_key)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.public.text())


def _switch(parent: QWidget, entry: Entry) -> Switch:
    """A switch whose words are beside it, on the card; what is on says so."""
    switch = Switch("")
    switch.box.setAccessibleName(entry.title)
    switch.box.setAccessibleDescription(entry.about)
    switch.turned.connect(lambda is_on: switch.box.setText(_on_or_off(is_on=is_on)))
    _beside(parent, switch)
    return switch


def _on_or_off(*, is_on: bool) -> str:
    return translate("Settings", "On") if is_on else translate("Settings", "Off")


def _beside(parent: QWidget, *parts: QWidget) -> None:
    layout = QHBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(tokens.SPACE_S)
    for place, part in enumerate(parts):
        layout.addWidget(part, 0 if place else 1)


PARTS: dict[str, Callable[[Entry, Change], Part]] = {
    "folder": FolderPart,
    "folders": FoldersPart,
    "switch": SwitchPart,
    "pick": PickPart,
    "number": NumberPart,
    "text": TextPart,
}
"""By the entry's kind; the models, the key and the entry at login are made otherwise."""
