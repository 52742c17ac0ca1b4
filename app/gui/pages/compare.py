"""Two recordings of one event: one over the other, linked where they are the same.

It is a part of the session's page. The other recording is a file or another session; a process of
its own aligns them, and a click on a waveform or a difference plays either side.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.gui import theme, tokens
from app.gui.bridge import Latest
from app.gui.choosing import Combo
from app.gui.desk import Desk
from app.gui.facts import FactsView
from app.gui.flow import Flow
from app.gui.player import Player
from app.gui.presenters import comparing, words
from app.gui.presenters.comparing import Compared, Comparing, Differing, Task
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.playback import FileSound, SessionSound, Sound
from app.gui.presenters.session import NO_TIME, Strip, strip_of
from app.gui.presenters.span import View
from app.gui.presenters.words import Message
from app.gui.waveform import Detail
from app.gui.widgets import Button, IconButton, Notice, Text, Verdict, label, scrolled
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.pyramid import Waveform, waveform
from recorder.types import Seconds

_AROUND_S = 4.0


class LinkView(QWidget):
    """Between the two waveforms: bands join what is the same."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Compared | None = None
        self._ours, self._theirs = View(), View()
        self.setFixedHeight(tokens.LINK_HEIGHT)
        self.setAccessibleName(translate("Compare", "What is the same in both is joined"))

    def show_links(self, found: Compared | None, ours: View, theirs: View) -> None:
        """Join what is the same in the stretches that are seen."""
        self._found, self._ours, self._theirs = found, ours, theirs
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 (Qt's name and call)
        """A band for each match."""
        if self._found is None or not (self._ours.length_s and self._theirs.length_s):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        band = QColor(colours.fine)
        band.setAlphaF(tokens.SELECTED_OPACITY)
        painter.setBrush(band)
        painter.setPen(QPen(QColor(colours.fine), tokens.BORDER))
        for match in self._found.matches:
            upper = [self._x(self._ours, each) for each in (match.from_s, match.to_s)]
            lower = [
                self._x(self._theirs, each) for each in (match.theirs_from_s, match.theirs_to_s)
            ]
            if max(upper[1], lower[1]) < 0 or min(upper[0], lower[0]) > self.width():
                continue
            painter.drawPolygon(
                QPolygonF([
                    QPointF(upper[0], 0), QPointF(upper[1], 0),
                    QPointF(lower[1], self.height()), QPointF(lower[0], self.height()),
                ])
            )  # fmt: skip

    def _x(self, view: View, at_s: float) -> float:
        x = (at_s - view.from_s) / view.length_s * self.width()
        return min(max(x, -_FAR), self.width() + _FAR)


_FAR = 4096.0
"""Pixels beyond the edge; farther points would only cost precision."""


class ComparePage(QWidget):
    """Chooses the other recording, compares, shows, and completes from it. GUI thread only."""

    left = Signal()
    """Back to the session."""
    changed = Signal()
    """The session was completed, or that was undone."""

    def __init__(self, desk: Desk, player: Player) -> None:
        super().__init__()
        self._desk, self._player = desk, player
        self._folder: SessionFolder | None = None
        self._other = ""
        self._found: Compared | None = None
        self._running: Comparing | None = None
        self._is_linking = False
        self._work = desk.lane("compare")
        self._make_parts()
        self._lay_out()
        self._connect()
        self._show_idle()

    def show_session(self, folder: SessionFolder, rows: tuple[Row, ...]) -> None:
        """Compare this session with something."""
        is_other = self._folder is None or self._folder.path != folder.path
        self._folder = folder
        titles = {row.summary.folder: row.summary.title for row in rows}
        self.title.say(
            translate("Compare", "{title}, compared").format(
                title=words.one_line(titles.get(folder.path, ""))
            )
        )
        self.sessions.clear()
        self.sessions.addItem(translate("Compare", "Another session of the archive …"), "")
        for row in rows:
            summary = row.summary
            if summary.folder != folder.path and summary.duration_s:
                length = words.length(summary.duration_s)
                said = f"{words.one_line(summary.title)} · {length}"
                self.sessions.addItem(said, str(summary.id))
        if is_other:
            self._forget()
        self._read_ours()
        self.file.setFocus()

    def close_work(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.cancel()

    def compare_with(self, other: str) -> None:
        """Compare with a file's path, or a session's id."""
        self._other, self._found = other, None
        self._start("compare")

    # --- working -------------------------------------------------------------------------------

    def _start(self, task: Task) -> None:
        folder = self._folder
        if folder is None or self._running is not None:
            return
        latest = Latest(self._desk.bridge, self._on_progress)
        running = Comparing(self._desk.archive, folder, self._other, task, latest.put)
        self._running = running
        self.notice.clear()
        self._show_running(task)

        def done(answer: Compared | Message | None) -> None:
            if self._running is running:
                self._running = None
                self._on_answer(answer)

        def failed(error: AircheckError) -> None:
            if self._running is running:
                self._running = None
                self._show_idle()
                self.notice.say(Message.of(error))

        self._work.do(running.run, done, failed)

    def _on_progress(self, share: float) -> None:
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(share * 1000))
        self.how_far.say(
            translate("Compare", "{percent} % compared").format(percent=int(share * 100))
        )

    def _on_answer(self, answer: Compared | Message | None) -> None:
        if isinstance(answer, Compared):
            self._show_found(answer)
        elif answer is not None:
            self.notice.say(answer)
            self.changed.emit()
            self._read_ours()
        self._show_idle()

    @Slot()
    def _on_cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None
            self._show_idle()

    @Slot()
    def _on_complete(self) -> None:
        self._start("complete")

    @Slot()
    def _on_undo(self) -> None:
        folder = self._folder
        if folder is not None:
            self._work.do(lambda: comparing.undo(folder), self._on_answer, self._on_failed)

    def _on_failed(self, error: AircheckError) -> None:
        self.notice.say(Message.of(error))

    def _read_ours(self) -> None:
        folder, histories = self._folder, self._player.histories
        if folder is None:
            return

        def work() -> tuple[Strip, Waveform, bool, bool]:
            timeline = histories.read(folder).timeline
            own = [gap for gap in timeline.gaps if gap.track == "a"]
            return strip_of(timeline), waveform(folder), bool(own), bool(timeline.fills)

        self._work.do(work, self._show_ours, self._on_failed)

    # --- choosing ------------------------------------------------------------------------------

    @Slot()
    def _on_file(self) -> None:
        dialog = QFileDialog(self, translate("Compare", "Another recording of the same event"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(False)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.compare_with)
        dialog.open()

    @Slot(int)
    def _on_session(self, place: int) -> None:
        wanted = str(self.sessions.itemData(place) or "")
        if wanted:
            self.compare_with(wanted)

    # --- showing -------------------------------------------------------------------------------

    def _forget(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._found, self._other = None, ""
        for view in (self.ours, self.theirs):
            view.show_strip(NO_TIME)
            view.show_wave(Waveform())
        self.list.facts.show_facts(())
        self.notice.clear()
        self._show_idle()

    def _show_ours(self, read: tuple[Strip, Waveform, bool, bool]) -> None:
        strip, wave, has_gaps, has_fills = read
        self.ours.show_strip(strip)
        self.ours.show_wave(wave)
        self.complete.setEnabled(has_gaps)
        self.undo.setVisible(has_fills)
        self._link()

    def _show_found(self, found: Compared) -> None:
        self._found = found
        self.theirs.show_strip(Strip(duration_s=Seconds(found.theirs_s)))
        self.theirs.show_wave(found.theirs)
        self.list.facts.show_facts([each.fact for each in found.differences])
        self.their_name.say(words.one_line(found.name))
        self.verdict.tell(found.sentence, "\n".join(found.notes), _verdict_look(found))
        self.ours.show_all()
        self._link()

    def _show_idle(self) -> None:
        has_result = self._found is not None
        self._runs.hide()
        self._choice.setEnabled(True)
        self.verdict.setVisible(has_result)
        for part in (self._both, self.hear_ours, self.hear_theirs):
            part.setVisible(has_result)
        self.list.setVisible(has_result)
        self.teach.setVisible(not has_result)
        self.complete.setVisible(has_result and self._found is not None and self._found.is_related)

    def _show_running(self, task: Task) -> None:
        self._runs.show()
        self._choice.setEnabled(False)
        self.teach.hide()
        self.complete.hide()
        self.progress.setRange(0, 0)
        self.how_far.say(
            translate("Compare", "Reading both recordings …")
            if task == "compare"
            else translate("Compare", "Filling the gaps …")
        )

    @Slot(object)
    def _on_ours_viewed(self, view: View) -> None:
        """Theirs shows the same stretch, by the alignment."""
        if self._found is not None and self._found.is_related and not self._is_linking:
            self._is_linking = True
            begin_s, end_s = self._found.theirs_at(view.from_s), self._found.theirs_at(view.to_s)
            if view.is_whole:
                self.theirs.show_all()
            else:
                self.theirs.look_at(self.theirs.view.shown(begin_s, max(end_s, begin_s + 1.0)))
            self._is_linking = False
        self._link()

    @Slot(object)
    def _on_theirs_viewed(self, view: View) -> None:
        if self._found is not None and self._found.is_related and not self._is_linking:
            self._is_linking = True
            begin_s, end_s = self._found.ours_at(view.from_s), self._found.ours_at(view.to_s)
            if view.is_whole:
                self.ours.show_all()
            else:
                self.ours.look_at(self.ours.view.shown(begin_s, max(end_s, begin_s + 1.0)))
            self._is_linking = False
        self._link()

    def _link(self) -> None:
        self.links.show_links(self._found, self.ours.view, self.theirs.view)

    # --- hearing -------------------------------------------------------------------------------

    @Slot(float)
    def _on_ours_sought(self, at_s: float) -> None:
        if self._folder is not None:
            self._player.play(self._folder, at_s)

    @Slot(float)
    def _on_theirs_sought(self, at_s: float) -> None:
        sound = self._their_sound()
        if sound is not None:
            self._player.play_sound(sound, at_s)

    def _their_sound(self) -> Sound | None:
        if not self._other:
            return None
        path = Path(self._other)
        if path.is_file():
            return FileSound(path)
        try:
            return SessionSound(self._desk.archive.find(self._other), self._player.histories)
        except AircheckError as error:
            self._on_failed(error)
            return None

    @Slot(float)
    def _on_moved(self, at_s: float) -> None:
        sound, folder = self._player.sound, self._folder
        is_ours = sound is not None and folder is not None and sound.key == folder.path
        is_theirs = bool(
            self._other and sound is not None and not is_ours and self._found is not None
        )
        self.ours.show_position(at_s if is_ours else None)
        self.theirs.show_position(at_s if is_theirs else None)

    @Slot(int)
    def _on_difference(self, row: int) -> None:
        """Show it in both, and let it be heard."""
        each = self._difference(row)
        if each is not None:
            self.ours.show_stretch(each.from_s - _AROUND_S, each.to_s + _AROUND_S)
            for view, begin_s, end_s in (
                (self.ours, each.from_s, each.to_s),
                (self.theirs, each.theirs_from_s, each.theirs_to_s),
            ):
                view.show_selected((begin_s, end_s) if end_s > begin_s else None)
            self.hear_ours.setEnabled(True)
            self.hear_theirs.setEnabled(True)

    def _difference(self, row: int) -> Differing | None:
        found = self._found
        return found.differences[row] if found and 0 <= row < len(found.differences) else None

    @Slot()
    def _on_hear_ours(self) -> None:
        each = self._difference(self.list.currentIndex().row())
        if each is not None:
            self._on_ours_sought(max(each.from_s - 1.0, 0.0))

    @Slot()
    def _on_hear_theirs(self) -> None:
        each = self._difference(self.list.currentIndex().row())
        if each is not None:
            self._on_theirs_sought(max(each.theirs_from_s - 1.0, 0.0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape goes back, O and T play the difference that is chosen."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.left.emit()
            case Qt.Key.Key_O:
                self._on_hear_ours()
            case Qt.Key.Key_T:
                self._on_hear_theirs()
            case _:
                super().keyPressEvent(event)

    # --- putting together ----------------------------------------------------------------------

    def _make_parts(self) -> None:
        self.back = IconButton(translate("Compare", "Back (Esc)"), "arrow-left")
        self.title = Text("title")
        self.file = Button(translate("Compare", "Choose a file …"), "folder-open")
        self.sessions = Combo(translate("Compare", "Another session"))
        self.sessions.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self.notice = Notice()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(tokens.METER_HEIGHT)
        self.progress.setAccessibleName(translate("Compare", "How far the comparison is"))
        self.how_far = Text("note")
        self.cancel = IconButton(translate("Compare", "Cancel"), "x")
        self.verdict = Verdict()
        self.teach = label(
            "muted",
            translate(
                "Compare",
                "Choose another recording of the same event: what was posted later, or what a "
                "friend recorded. They are laid one over the other; what differs is listed, and "
                "what ours lacks can be filled from it.",
            ),
        )
        self.teach.setWordWrap(True)
        self.ours, self.theirs, self.links = Detail(), Detail(), LinkView()
        self.ours.setAccessibleName(translate("Compare", "Our waveform"))
        self.theirs.setAccessibleName(translate("Compare", "Their waveform"))
        self.their_name = Text("muted")
        self.list = FactsView(translate("Compare", "Differences; Return shows one"), grows=True)
        self.hear_ours = Button(translate("Compare", "Hear ours"), "play")
        self.hear_theirs = Button(translate("Compare", "Hear theirs"), "play")
        self.complete = Button(
            translate("Compare", "Complete from this"), "git-compare-arrows", role="accent"
        )
        self.complete.setToolTip(
            translate("Compare", "Fill our gaps from it, as a track of its own; Undo takes it away")
        )
        self.undo = Button(translate("Compare", "Undo completing"), "undo-2")
        for button in (self.hear_ours, self.hear_theirs):
            button.setEnabled(False)
        self.undo.hide()

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.file.clicked.connect(self._on_file)
        self.sessions.activated.connect(self._on_session)
        self.cancel.clicked.connect(self._on_cancel)
        self.complete.clicked.connect(self._on_complete)
        self.undo.clicked.connect(self._on_undo)
        self.hear_ours.clicked.connect(self._on_hear_ours)
        self.hear_theirs.clicked.connect(self._on_hear_theirs)
        self.ours.sought.connect(self._on_ours_sought)
        self.theirs.sought.connect(self._on_theirs_sought)
        self.ours.viewed.connect(self._on_ours_viewed)
        self.theirs.viewed.connect(self._on_theirs_viewed)
        self.list.picked.connect(self._on_difference)
        self._player.moved.connect(self._on_moved)

    def _lay_out(self) -> None:
        self._choice = QWidget()
        _in_row(QHBoxLayout(self._choice), self.file, stretched=self.sessions)
        head = QHBoxLayout()
        _in_row(head, self.back, stretched=self.title)
        self._runs = QWidget()
        runs = QHBoxLayout(self._runs)
        runs.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        texts.addWidget(self.how_far)
        texts.addWidget(self.progress)
        runs.addLayout(texts, 1)
        runs.addWidget(self.cancel)
        self._lay_out_both()
        actions = QWidget()
        flow = Flow(actions, tokens.SPACE_S)
        for button in (self.hear_ours, self.hear_theirs, self.complete, self.undo):
            flow.addWidget(button)
        column = QWidget()
        column.setObjectName("column")
        layout = QVBoxLayout(column)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(head)
        for part in (
            self.teach, self._choice, self.notice, self._runs, self.verdict, self._both, actions,
            self.list,
        ):  # fmt: skip
            layout.addWidget(part)
        layout.addStretch(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(column))

    def _lay_out_both(self) -> None:
        """The two over each other."""
        self._both = QWidget()
        both = QVBoxLayout(self._both)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(tokens.SPACE_XS)
        for part in (
            label("muted", translate("Compare", "Ours")),
            self.ours, self.links, self.theirs, self.their_name,
        ):  # fmt: skip
            both.addWidget(part)


def _in_row(line: QHBoxLayout, *parts: QWidget, stretched: QWidget | None = None) -> None:
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(tokens.SPACE_S)
    for part in parts:
        line.addWidget(part)
    if stretched is not None:
        line.addWidget(stretched, 1)


def _verdict_look(found: Compared) -> tuple[str, tokens.Role]:
    if not found.is_related:
        return "x", "trouble"
    return ("check", "fine") if found.is_same else ("triangle-alert", "trouble")
