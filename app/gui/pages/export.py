"""The page Export: three doors, what comes out of each and what it proves, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.exporting import CLOCK_FORMS, Order
from app.gui import tokens
from app.gui.choosing import Combo, Doors, OneOf, Pick, Switch, field, line_edit
from app.gui.desk import Desk
from app.gui.export_sound import SoundOptions
from app.gui.files import choose_folder, show_in_folder
from app.gui.job_card import JobCard
from app.gui.jobs_watch import JobsWatch
from app.gui.place import ExportPlace
from app.gui.presenters import exporting
from app.gui.presenters import jobs as jobs_presenter
from app.gui.presenters.exporting import Preset, Presets, Wanted
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.transcription import Works
from app.gui.presenters.words import Message, clock
from app.gui.widgets import Button, Icon, IconButton, Notice, Text, label, scrolled, wrapped
from app.jobs import Job
from recorder.errors import AircheckError


class ExportPage(ExportPlace):
    """Shows an order as people change it, starts it, and shows how far it is.

    Nothing is modal: what is exported runs in a process of its own, and the page may be left.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._watch = JobsWatch.of(desk)
        self._lane = desk.lane("presets")
        self._presets = Presets()
        self._wanted = Wanted(folders=())
        self._order = Order()
        self._job = ""  # the id of the one that is shown
        self._is_starting = False
        self.card: JobCard | None = None

    def making(self) -> Iterator[None]:
        """See `Place.making`."""
        self.notice = Notice()
        self.close_button = IconButton(translate("Export", "Close (Esc)"), "x")
        self.what = Text("muted")
        self.doors = Doors(exporting.doors())
        self.presets = PresetRow()
        self.start_at = line_edit(translate("Export", "From"), translate("Export", "beginning"))
        self.end_at = line_edit(translate("Export", "To"), translate("Export", "end"))
        yield
        self.options: dict[str, UneditedOptions | SoundOptions | TextOptions] = {}
        for door, options in (
            ("unedited", UneditedOptions),
            ("edited", SoundOptions),
            ("text", TextOptions),
        ):
            self.options[door] = options()
            yield
        self._promise = Promise()
        self.place = line_edit(translate("Export", "Where exports go"))
        self.place.setText(str(self._desk.settings.exports))
        self.browse = Button(translate("Export", "Choose…"), "folder-open")
        self.browse.setAccessibleName(translate("Export", "Choose the folder"))
        self.hint = wrapped("muted")
        self.go = Button(translate("Export", "Export"), kind="main")
        self._card_place = QVBoxLayout()
        yield
        yield from self._lay_out()
        self._connect()
        self._show()

    # --- what the window asks -------------------------------------------------------------------

    def show_wanted(self, wanted: Wanted) -> None:
        """Begin with what a page wants."""
        self._wanted = wanted
        self._job = ""
        self._drop_card()
        self.notice.clear()
        self.presets.show_none()
        self._take(exporting.begun(wanted))
        self.start_at.setText("" if wanted.from_s is None else clock(wanted.from_s))
        self.end_at.setText("" if wanted.to_s is None else clock(wanted.to_s))
        self.go.setFocus()

    def enter(self) -> None:
        """Show the presets as they are now."""
        self._lane.do(self._presets.own, self._on_presets, self._on_error)

    def close_work(self) -> None:
        """End the looking; what is exported goes on."""
        self._watch.close()

    # --- what people choose ---------------------------------------------------------------------

    @property
    def order(self) -> Order:
        """As it is chosen now."""
        return self._order

    def _rows(self) -> list[Row]:
        known = {row.summary.folder: row for row in self._desk.rows}
        return [known[each.path] for each in self._wanted.folders if each.path in known]

    def _take(self, order: Order) -> None:
        self._order = exporting.settled(order)
        self._show()

    @Slot(object)
    def _on_changed(self, order: Order) -> None:
        """An option was changed; the stretch is this page's."""
        self._take(replace(order, from_s=self._order.from_s, to_s=self._order.to_s))

    @Slot(str)
    def _on_door(self, door: str) -> None:
        form = exporting.forms(door)[0].value
        self._take(replace(self._order, door=door, form=form))

    @Slot()
    def _on_stretch(self) -> None:
        try:
            from_s = exporting.moment(self.start_at.text())
            to_s = exporting.moment(self.end_at.text())
        except ValueError:
            self.hint.setText(translate("Export", "Write a time as 42:07 or 1:02:03."))
            self.go.setEnabled(False)
            return
        self._take(replace(self._order, from_s=from_s, to_s=to_s))

    @Slot(object)
    def _on_preset(self, preset: Preset) -> None:
        self._take(replace(preset.order, from_s=self._order.from_s, to_s=self._order.to_s))

    @Slot(str)
    def _on_save(self, name: str) -> None:
        order = self._order
        self._change_presets(lambda: self._presets.save(name, order))

    @Slot(str)
    def _on_remove(self, name: str) -> None:
        self._change_presets(lambda: self._presets.remove(name))

    def _change_presets(self, work: object) -> None:
        def change() -> tuple[Preset, ...]:
            assert callable(work)
            work()
            return self._presets.own()

        self._lane.do(change, self._on_presets, self._on_error)

    def _on_presets(self, own: tuple[Preset, ...]) -> None:
        self.presets.show_presets((*exporting.built_in(), *own))

    def _on_error(self, error: AircheckError) -> None:
        self.notice.say(Message.of(error))

    @Slot()
    def _on_browse(self) -> None:
        choose_folder(
            self,
            translate("Export", "Where exports go"),
            Path(self.place.text()).expanduser(),
            lambda path: self.place.setText(str(path)),
        )

    @Slot()
    def _on_go(self) -> None:
        rows = self._rows()
        out = Path(self.place.text()).expanduser()
        is_hindered = exporting.hindrance(self._order, rows) or not out.is_absolute()
        if is_hindered or self._is_starting:
            self._show()
            return
        self._is_starting = True  # not twice; the button keeps the focus
        self.notice.clear()
        self._watch.start(exporting.request(self._order, rows, out), self._on_started)

    def _on_started(self, job: Job) -> None:
        self._job, self._is_starting = job.id, False
        self._on_jobs(self._watch.shown)
        self._show()

    # --- showing --------------------------------------------------------------------------------

    @Slot(object)
    def _on_rows(self, _rows: object) -> None:
        if self.isVisible():
            self._show()

    @Slot(object)
    def _on_jobs(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            if job.id == self._job:
                (item,) = jobs_presenter.items([job], Works(), {})
                if self.card is None:
                    self.card = JobCard(item)
                    self.card.asked.connect(self._watch.do)
                    self.card.show_asked.connect(self._on_show_file)
                    self._card_place.addWidget(self.card)
                    self._area.verticalScrollBar().setValue(0)  # it stands on top
                self.card.show_item(item)
                return
        self._drop_card()

    def _drop_card(self) -> None:
        if self.card is not None:
            self._card_place.removeWidget(self.card)
            self.card.hide()
            self.card.deleteLater()
            self.card = None

    @Slot(object)
    def _on_show_file(self, path: Path) -> None:
        problem = show_in_folder(path)
        if problem is not None:
            self.notice.say(problem)

    @Slot(object)
    def _on_failed(self, message: Message) -> None:
        self._is_starting = False
        self.notice.say(message)
        self._show()

    def _show(self) -> None:
        order, rows = self._order, self._rows()
        self.what.say(exporting.of_what(self._as_wanted(), rows))
        self.doors.show_value(order.door)
        for door, options in self.options.items():
            options.setVisible(door == order.door)
        self.options[order.door].show_order(order)
        self._promise.say(exporting.promise(order))
        hindrance = exporting.hindrance(order, rows)
        if not hindrance and not Path(self.place.text()).expanduser().is_absolute():
            hindrance = translate("Export", "Choose a folder first.")
        self.hint.setText(hindrance or exporting.warning(order, rows))
        self.go.setEnabled(not hindrance)

    def _as_wanted(self) -> Wanted:
        return replace(self._wanted, from_s=self._order.from_s, to_s=self._order.to_s)

    # --- putting together -----------------------------------------------------------------------

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.closed)
        self.doors.chosen.connect(self._on_door)
        for options in self.options.values():
            options.changed.connect(self._on_changed)
        for edit in (self.start_at, self.end_at):
            edit.textEdited.connect(self._on_stretch)
        self.place.textEdited.connect(self._show)
        self.presets.chosen.connect(self._on_preset)
        self.presets.save_asked.connect(self._on_save)
        self.presets.remove_asked.connect(self._on_remove)
        self.browse.clicked.connect(self._on_browse)
        self.go.clicked.connect(self._on_go)
        self._desk.rows_changed.connect(self._on_rows)
        self._watch.changed.connect(self._on_jobs)
        self._watch.failed.connect(self._on_failed)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, slot in (("Esc", self.closed.emit), ("Ctrl+Return", self.go.click)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(inside)
            shortcut.activated.connect(slot)

    def _lay_out(self) -> Iterator[None]:
        """From the outside in: whatever gets another parent is dressed again, all that is in it."""
        inner = QWidget()
        self._area = scrolled(inner)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_XL
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(self._head())
        layout.addWidget(self.notice)
        layout.addWidget(self._area, 1)
        stretch = QHBoxLayout()
        stretch.setSpacing(tokens.SPACE_M)
        for edit in (self.start_at, self.end_at):
            stretch.addWidget(field(edit.accessibleName(), edit), 1)
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, tokens.SPACE_S, tokens.SPACE_L)
        column.setSpacing(tokens.SPACE_M)
        column.addLayout(self._card_place)
        for part in (self.presets, self.doors, card):
            column.addWidget(part)
        column.addWidget(field(translate("Export", "Where exports go"), self.place, self.browse))
        column.addStretch(1)
        yield
        inside = QVBoxLayout(card)
        inside.setContentsMargins(*[tokens.SPACE_L] * 4)
        inside.setSpacing(tokens.SPACE_M)
        for options in self.options.values():
            inside.addWidget(options)
            yield
        inside.addLayout(stretch)
        inside.addWidget(self._promise)
        layout.addLayout(self._foot())  # last, for Tab goes in this order

    def _head(self) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_XS)
        texts.addWidget(label("title", translate("Export", "Export")))
        texts.addWidget(self.what)
        head = QHBoxLayout()
        head.addLayout(texts, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(tokens.SPACE_M)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.go)
        return foot


class UneditedOptions(QWidget):
    """What the first door lets people choose."""

    changed = Signal(object)
    """The `Order` as it is now."""

    def __init__(self) -> None:
        super().__init__()
        self._order = Order()
        self.forms = OneOf(exporting.forms("unedited"))
        self.gaps = Switch(
            translate("Export", "Keep gaps as silence"),
            translate("Export", "Else they are cut out; both are listed with their reasons."),
        )
        self.completed = Switch(
            translate("Export", "Bring along what other recordings filled"),
            translate("Export", "In files of its own; the unedited file stays yours alone."),
        )
        self.has_words = Switch(
            translate("Export", "Captions and a citation beside it"),
            translate(
                "Export",
                "The words in the clip's own time, and who said them where and when, with the "
                "hash of the audio.",
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        for part in (self.forms, self.gaps, self.completed, self.has_words):
            layout.addWidget(part)
        layout.addStretch(1)
        self.forms.chosen.connect(lambda form: self._change(form=form))
        self.gaps.turned.connect(lambda is_on: self._change(keeps_gaps=is_on))
        self.completed.turned.connect(lambda is_on: self._change(is_completed=is_on))
        self.has_words.turned.connect(lambda is_on: self._change(has_words=is_on))

    def show_order(self, order: Order) -> None:
        """Show what is chosen; what a form doesn't have is hidden."""
        self._order = order
        self.forms.show_value(order.form)
        for value, button in self.forms.buttons.items():
            button.setEnabled(value == "file" or not order.is_range)
        self.gaps.show_value(is_on=order.keeps_gaps)
        self.completed.show_value(is_on=order.is_completed)
        self.has_words.show_value(is_on=order.has_words)
        self.completed.setVisible(order.form == "package")
        self.has_words.setVisible(order.form == "file")

    def _change(self, **values: object) -> None:
        self.changed.emit(replace(self._order, **values))  # type: ignore[arg-type]  # by name


class TextOptions(QWidget):
    """What the third door lets people choose."""

    changed = Signal(object)
    """The `Order` as it is now."""

    def __init__(self) -> None:
        super().__init__()
        self._order = Order(door="text", form="srt")
        name = translate("Export", "Format")
        self.forms = Pick(name, exporting.forms("text"))
        self.wall_clock = Switch(
            translate("Export", "The time of day instead of session time"),
            translate("Export", "In UTC, from when the recording began."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(field(name, self.forms))
        layout.addWidget(self.wall_clock)
        layout.addStretch(1)
        self.forms.chosen.connect(lambda form: self.changed.emit(replace(self._order, form=form)))
        self.wall_clock.turned.connect(
            lambda is_on: self.changed.emit(replace(self._order, wall_clock=is_on))
        )

    def show_order(self, order: Order) -> None:
        """Show what is chosen."""
        self._order = order
        self.forms.show_value(order.form)
        self.wall_clock.show_value(is_on=order.wall_clock)
        self.wall_clock.setVisible(order.form in CLOCK_FORMS)


class PresetRow(QWidget):
    """Ways of exporting that have a name: choose one, save one, remove one."""

    chosen = Signal(object)
    """A `Preset`."""
    save_asked = Signal(str)
    """The name for what is chosen now."""
    remove_asked = Signal(str)
    """The name of one that was saved."""

    def __init__(self) -> None:
        super().__init__()
        self._presets: tuple[Preset, ...] = exporting.built_in()
        name = translate("Export", "Preset")
        self.box = Combo(name)
        self.box.setPlaceholderText(translate("Export", "Choose a preset"))
        called = translate("Export", "Name of the preset")
        self.name = line_edit(called, called)
        self.name.hide()
        self.save = Button(translate("Export", "Save as preset"))
        self.remove = IconButton(translate("Export", "Remove this preset"), "trash-2")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(field(name, self.box, self.name, self.save, self.remove))
        self.box.activated.connect(self._on_activated)
        self.save.clicked.connect(self._on_save)
        self.name.returnPressed.connect(self._on_save)
        self.remove.clicked.connect(self._on_remove)
        self.show_presets(self._presets)

    def show_presets(self, presets: tuple[Preset, ...]) -> None:
        """Show which there are; the one that was chosen stays so."""
        chosen = self.box.currentText()
        self._presets = presets
        self.box.clear()
        for preset in presets:
            self.box.addItem(preset.name)
        self.box.setCurrentIndex(self.box.findText(chosen) if chosen else -1)
        self._show_remove()

    def show_none(self) -> None:
        """Nothing was chosen."""
        self.box.setCurrentIndex(-1)
        self._show_remove()

    def _show_remove(self) -> None:
        place = self.box.currentIndex()
        self.remove.setVisible(place >= 0 and self._presets[place].is_own)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        self._show_remove()
        self.chosen.emit(self._presets[place])

    @Slot()
    def _on_save(self) -> None:
        """Ask for a name in place, then save."""
        if self.name.isHidden():
            self.name.show()
            self.name.setFocus()
            return
        if self.name.text().strip():
            self.save_asked.emit(self.name.text())
            self.name.clear()
        self.name.hide()

    @Slot()
    def _on_remove(self) -> None:
        self.remove_asked.emit(self.box.currentText())


class Promise(QWidget):
    """What comes out and what it proves, a line for each sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(tokens.SPACE_XS)

    def say(self, sentences: tuple[str, ...]) -> None:
        """Show them."""
        if sentences == self._shown:
            return
        self._shown = sentences
        while (old := self._layout.takeAt(0)) is not None:
            if (part := old.widget()) is not None:
                part.hide()
                part.deleteLater()
        for sentence in sentences:
            self._layout.addWidget(_line(sentence))


def _line(sentence: str) -> QWidget:
    result = QWidget()
    line = QHBoxLayout(result)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(tokens.SPACE_S)
    line.addWidget(Icon("info", "muted"), 0, Qt.AlignmentFlag.AlignTop)
    text: QLabel = wrapped("muted", sentence)
    line.addWidget(text, 1)
    return result
