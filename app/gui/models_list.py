"""Whisper's models: which are here, which can be had, how far a download is. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.presenters import figures, words
from app.gui.presenters import settings as presenter
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from app.gui.presenters.settings import Values
from app.gui.presenters.words import Look
from app.gui.setting_parts import Part
from app.gui.widgets import Button, Chip, Icon, Text, label, quietly, wrapped
from app.jobs import Job, JobState

if TYPE_CHECKING:
    from transcribe.weights import Model


class ModelsList(Part):
    """A line for each model."""

    def __init__(
        self,
        *,
        download: Callable[[str], None],
        cancel: Callable[[str], None],
        remove: Callable[[str], None],
        add: Callable[[], None],
    ) -> None:
        """Make it.

        Args:
            download: Gets a model's name.
            cancel: Gets a download's id.
            remove: Gets a model's name.
            add: A file is to be added.
        """
        super().__init__()
        self._download, self._cancel, self._remove = download, cancel, remove
        self.lines: dict[str, ModelLine] = {}
        self.add = Button(translate("Settings", "Add a file…"), "plus")
        self.add.clicked.connect(add)
        self._column = QVBoxLayout()
        self._column.setSpacing(tokens.SPACE_S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(self._column)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_values(self, values: Values) -> None:
        """Show which there are."""
        models = {model.name: model for model in values.models}
        for name in self.lines.keys() - models.keys():
            line = self.lines.pop(name)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        for name, model in models.items():
            if name not in self.lines:
                self.lines[name] = ModelLine(name, self._download, self._cancel, self._remove)
                self._column.addWidget(self.lines[name])
            self.lines[name].show_model(model, suits=name == values.suits)

    def show_downloads(self, downloads: Mapping[str, Job]) -> bool:
        """Show how far downloads are, by the models' names.

        Returns:
            Whether one has come that still shows as missing.
        """
        has_come = False
        for name, line in self.lines.items():
            job = downloads.get(name)
            line.show_download(job)
            has_come |= job is not None and job.state is JobState.DONE and line.is_new(job)
        return has_come


class ModelLine(QWidget):
    """A model: whether it is here, what it is good for, and what can be done."""

    def __init__(
        self,
        name: str,
        download: Callable[[str], None],
        cancel: Callable[[str], None],
        remove: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._is_here = False
        self._job: Job | None = None
        self._cancel = cancel
        self._seen = ""  # the download after which it was looked for
        self.icon = Icon("download", "muted")
        self.name = Text("heading")
        self.name.say(name)
        self.suits = Chip()
        self.suits.show_look(
            Look(icon="star", word=translate("Settings", "Suits this computer"), role="accent")
        )
        self.about = wrapped("note")
        self.weight = label("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1_000)
        self.bar.setAccessibleName(translate("Settings", "Download of {model}").format(model=name))
        self.bar.hide()
        self.get = _named(Button(translate("Settings", "Download")), name)
        self.stop = _named(Button(translate("Settings", "Cancel")), name)
        self.remove = _named(Button(translate("Settings", "Remove")), name)
        self.get.clicked.connect(lambda: download(name))
        self.stop.clicked.connect(self._on_stop)
        self.remove.clicked.connect(lambda: remove(name))
        self._lay_out()

    def show_model(self, model: Model, *, suits: bool) -> None:
        """Show whether it is here, and whether it is the one for this computer."""
        self._is_here = model.is_here
        self.suits.setVisible(suits)
        where = translate("Settings", "On this machine.") if model.is_here else ""
        if model.is_here:
            self.icon.show_icon("check", "fine")
        else:
            self.icon.show_icon("download", "muted")
        about = f"{where} {presenter.model_about(model.name)}".strip()
        quietly(self.about.setText, self.about.text(), about)
        self.weight.setText(words.size(model.size_bytes))
        self._show_buttons()

    def show_download(self, job: Job | None) -> None:
        """Show how far its download is."""
        self._job = job
        if job is not None and job.state is JobState.FAILED:
            said = " ".join(in_own_words(part) for part in job.error if part)
            quietly(self.about.setText, self.about.text(), said)
        if job is not None and not job.state.is_final:
            self.bar.setValue(round(1_000 * (job.progress or 0)))
            parts = (figures.percent(job.progress or 0), words.left(job.left_s))
            about = " · ".join(part for part in parts if part)
            quietly(self.about.setText, self.about.text(), about)
        self._show_buttons()

    def _on_stop(self) -> None:
        if self._job is not None:
            self._cancel(self._job.id)

    def is_new(self, job: Job) -> bool:
        """Whether a download has come since it was last asked."""
        if self._seen == job.id:
            return False
        self._seen = job.id
        return not self._is_here

    def _show_buttons(self) -> None:
        is_coming = self._job is not None and not self._job.state.is_final
        self.bar.setVisible(is_coming)
        self.stop.setVisible(is_coming)
        self.get.setVisible(not is_coming and not self._is_here)
        self.remove.setVisible(not is_coming and self._is_here)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(self.name, 1)
        head.addWidget(self.weight)
        texts.addLayout(head)
        texts.addWidget(self.suits, 0, Qt.AlignmentFlag.AlignLeft)
        texts.addWidget(self.about)
        texts.addWidget(self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_M)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        for button in (self.get, self.stop, self.remove):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


def _named(button: Button, model: str) -> Button:
    """A button that says to screen readers which model it is for."""
    button.setAccessibleName(f"{button.text()}: {model}")
    return button
