"""The panel beside the transcript: evidence, markers, notes, versions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.gui import tokens
from app.gui.facts import FactsView
from app.gui.presenters import words
from app.gui.presenters.correcting import Version
from app.gui.presenters.evidence import Fact, Verified
from app.gui.presenters.language import translate
from app.gui.presenters.notes import time_in
from app.gui.presenters.session import Span
from app.gui.presenters.transcription import Asked
from app.gui.transcribing import TranscribeForm
from app.gui.widgets import Button, IconButton, Verdict, label, quietly, scrolled


class EvidencePane(QWidget):
    """What is stored, hashed and missing, and whether it is as it was."""

    verify_asked = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._values: dict[str, QLabel] = {}
        self.facts = FactsView(translate("Evidence", "Gaps, sources and parts"), grows=True)
        self.verify = Button(translate("Evidence", "Verify now"), "shield-check")
        self.verify.setToolTip(
            translate("Evidence", "Reads all of it, and compares every hash with the journal")
        )
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(tokens.METER_HEIGHT)
        self.progress.setAccessibleName(translate("Evidence", "How far the check is"))
        self._how_far = label("note")
        self._cancel = IconButton(translate("Evidence", "Cancel the check"), "x")
        self.verdict = Verdict()
        self.verify.clicked.connect(self.verify_asked)
        self._cancel.clicked.connect(self.cancelled)
        self._lay_out()
        self.show_idle()

    def show_summary(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show it in a few words."""
        for name, value in pairs:
            if name not in self._values:
                row = len(self._values)
                self._values[name] = label()
                self._values[name].setWordWrap(True)
                self._grid.addWidget(label("muted", name), row, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(self._values[name], row, 1)
            quietly(self._values[name].setText, self._values[name].text(), value)

    def show_idle(self) -> None:
        """Nothing is checked, and nothing was."""
        self._turn(is_running=False)
        self.verdict.hide()

    def show_unfinished(self) -> None:
        """A check that runs, if one does, came to nothing."""
        if self._running.isVisibleTo(self):
            self.show_idle()

    @Slot(int, int)
    def show_progress(self, done: int, total: int) -> None:
        """A check runs."""
        self._turn(is_running=True)
        self.verdict.hide()
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)
        self._how_far.setText(
            translate("Evidence", "{done} of {total} checked").format(
                done=done, total=translate("Evidence", "%n part(s)", n=total)
            )
        )

    def show_verified(self, found: Verified) -> None:
        """Say what a check found."""
        self._turn(is_running=False)
        told = "\n".join(part for part in (found.message.safe, found.message.next) if part)
        self.verdict.tell(
            found.message.happened,
            told,
            ("shield-check", "fine") if found.is_ok else ("triangle-alert", "trouble"),
        )
        self.verdict.show()

    def _turn(self, *, is_running: bool) -> None:
        self.verify.setVisible(not is_running)
        self._running.setVisible(is_running)

    def _lay_out(self) -> None:
        self._grid.setHorizontalSpacing(tokens.SPACE_M)
        self._grid.setVerticalSpacing(tokens.SPACE_XS)
        self._grid.setColumnStretch(1, 1)
        self._running = QWidget()
        line = QHBoxLayout(self._running)
        line.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_XS)
        texts.addWidget(self._how_far)
        texts.addWidget(self.progress)
        line.addLayout(texts, 1)
        line.addWidget(self._cancel)
        top = QVBoxLayout()
        top.setContentsMargins(tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, 0)
        top.setSpacing(tokens.SPACE_M)
        top.addLayout(self._grid)
        top.addWidget(self.verify)
        top.addWidget(self._running)
        top.addWidget(self.verdict)
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(top)
        layout.addWidget(self.facts)
        layout.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(_on_card(column))


class MarkersPane(QWidget):
    """The markers: jump to one, name it anew, add one."""

    sought = Signal(float)
    added = Signal()
    """A marker is wanted where the playhead is."""
    renamed = Signal(float, str)
    """Session time, and the new name."""
    removed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._markers: tuple[Span, ...] = ()
        self.facts = FactsView(
            translate("Markers", "Markers; Return jumps, F2 names anew"), can_rename=True
        )
        self.add = Button(translate("Markers", "Add marker"), "plus")
        self.add.setToolTip(translate("Markers", "Where the playhead is (M)"))
        self._remove = IconButton(translate("Markers", "Remove, or give its first name back"), "x")
        self._empty = label(
            "muted", translate("Markers", "Name a moment with M, and find it here.")
        )
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(tokens.SPACE_M, 0, tokens.SPACE_M, 0)
        line = QHBoxLayout()
        line.setContentsMargins(tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, 0)
        line.addWidget(self.add)
        line.addStretch(1)
        line.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(line)
        layout.addWidget(self._empty)
        layout.addWidget(self.facts, 1)
        self.add.clicked.connect(self.added)
        self._remove.clicked.connect(self._on_remove)
        self.facts.sought.connect(self.sought)
        self.facts.facts.renamed.connect(self._on_renamed)

    def show_markers(self, markers: tuple[Span, ...]) -> None:
        """Show these, in order of session time."""
        self._markers = markers
        unnamed = translate("Markers", "marker")
        self.facts.facts.show_facts(
            [
                Fact(
                    kind="mark",
                    title=words.one_line(mark.text) or unnamed,
                    detail=words.clock(mark.from_s),
                    at_s=float(mark.from_s),
                )
                for mark in markers
            ]
        )
        self._empty.setVisible(not markers)
        self._remove.setVisible(bool(markers))

    def name_anew(self, at_s: float) -> None:
        """Have the marker at a moment named, in place."""
        near = [n for n, mark in enumerate(self._markers) if abs(mark.from_s - at_s) < 0.01]
        if near:
            index = self.facts.facts.index(near[0])
            self.facts.setCurrentIndex(index)
            self.facts.edit(index)

    @Slot(int, str)
    def _on_renamed(self, row: int, name: str) -> None:
        self.renamed.emit(float(self._markers[row].from_s), name)

    @Slot()
    def _on_remove(self) -> None:
        fact = self.facts.chosen()
        if fact is not None and fact.at_s is not None:
            self.removed.emit(fact.at_s)


class _Notes(QPlainTextEdit):
    """Notes, kept when they are left."""

    left = Signal()
    time_asked = Signal()
    jump_asked = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep them."""
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Ctrl+T puts the time in, Ctrl+Return plays from the line's time."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() == Qt.Key.Key_T:
            self.time_asked.emit()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.jump_asked.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """With Ctrl, a click plays from the line's time."""
        super().mouseReleaseEvent(event)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.jump_asked.emit()


class NotesPane(QWidget):
    """Notes as plain text, with times to jump to; kept by themselves."""

    kept = Signal(str)
    """The text, when it is another than was shown."""
    sought = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self._at_s = 0.0
        self.text = _Notes()
        self.text.setAccessibleName(translate("Notes", "Notes"))
        self.text.setPlaceholderText(
            translate("Notes", "What should be remembered. A line may begin with a time: 12:34")
        )
        self.text.setTabChangesFocus(True)
        self.insert = Button(translate("Notes", "Insert time"), "clock")
        self.insert.setToolTip("Ctrl+T")
        self.jump = Button(translate("Notes", "Play line"), "play")
        self.jump.setToolTip("Ctrl+Return")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(tokens.KEEP_PAUSE_MS)
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.insert)
        line.addWidget(self.jump)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_M
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(line)
        layout.addWidget(self.text, 1)
        self._pause.timeout.connect(self.keep)
        self.text.textChanged.connect(self._pause.start)
        self.text.left.connect(self.keep)
        self.text.time_asked.connect(self._on_insert)
        self.text.jump_asked.connect(self._on_jump)
        self.insert.clicked.connect(self._on_insert)
        self.jump.clicked.connect(self._on_jump)

    def show_notes(self, text: str) -> None:
        """Show what is kept, unless it is being written."""
        if text == self._shown or self.text.toPlainText() != self._shown:
            return
        self._shown = text
        self.text.setPlainText(text)
        self._pause.stop()

    def forget(self) -> None:
        """Keep what was written, and show nothing: another session is turned to."""
        self.keep()
        self._shown = ""
        self.text.clear()
        self._pause.stop()

    def show_position(self, at_s: float | None) -> None:
        """Which time is put in."""
        self._at_s = at_s or 0.0

    @property
    def unkept(self) -> str | None:
        """What was written and isn't kept yet; None where all is."""
        text = self.text.toPlainText()
        return None if text == self._shown else text

    @Slot()
    def keep(self) -> None:
        """Have it kept where it is another text."""
        self._pause.stop()
        text = self.text.toPlainText()
        if text != self._shown:
            self._shown = text
            self.kept.emit(text)

    @Slot()
    def _on_insert(self) -> None:
        cursor = self.text.textCursor()
        if not cursor.atBlockStart():
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            cursor.insertText("\n")
        cursor.insertText(f"{words.clock(self._at_s)}  ")
        self.text.setTextCursor(cursor)
        self.text.setFocus()

    @Slot()
    def _on_jump(self) -> None:
        at_s = time_in(self.text.textCursor().block().text())
        if at_s is not None:
            self.sought.emit(at_s)


class VersionsPane(QWidget):
    """The transcripts that there are: look at one, and use it."""

    shown = Signal(object)
    """`Version` to look at."""
    used = Signal(object)
    """`Version` that is to be read and searched from now on."""
    transcription_asked = Signal(object)
    """`presenters.transcription.Asked`."""
    models_wanted = Signal()
    """The models on this machine are to be offered: then call `form.show_models`."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: tuple[Version, ...] = ()
        self.form = TranscribeForm()
        self._form_area = _on_card(self.form)
        self.facts = FactsView(translate("Versions", "Transcripts; Return shows one"))
        self.use = Button(translate("Versions", "Use this one"), "check")
        self.again = Button(translate("Versions", "Transcribe again"), "refresh-cw")
        self._empty = label("muted", translate("Versions", "There is no transcript yet."))
        self._empty.setWordWrap(True)
        line = QVBoxLayout()
        line.setContentsMargins(tokens.SPACE_M, tokens.SPACE_M, tokens.SPACE_M, 0)
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.again)
        line.addWidget(self.use)
        line.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(line)
        layout.addWidget(self.facts, 1)
        layout.addWidget(self._form_area, 1)
        self.use.hide()
        self._form_area.hide()
        self.again.setCheckable(True)
        self.facts.picked.connect(self._on_picked)
        self.use.clicked.connect(self._on_use)
        self.again.toggled.connect(self._on_again)
        self.form.closed.connect(self._on_closed)
        self.form.asked.connect(self._on_asked)

    def show_versions(self, versions: tuple[Version, ...]) -> None:
        """Show these, the newest first."""
        self._versions = versions
        read = translate("Versions", "read and searched")
        self.facts.facts.show_facts(
            [
                Fact(
                    kind="on" if each.is_active else "text",
                    title=each.title,
                    detail=f"{each.detail}\n{read}" if each.is_active else each.detail,
                )
                for each in versions
            ]
        )
        self._empty.setVisible(not (versions or self.again.isChecked()))
        self.use.hide()

    @Slot(bool)
    def _on_again(self, is_open: bool) -> None:  # noqa: FBT001 (Qt's signal)
        self._form_area.setVisible(is_open)
        self.facts.setVisible(not is_open)
        self._empty.setVisible(not (is_open or self._versions))
        if is_open:
            self.use.hide()
            self.models_wanted.emit()
            self.form.model.setFocus()

    @Slot()
    def _on_closed(self) -> None:
        self.again.setChecked(False)
        self.again.setFocus()

    @Slot(object)
    def _on_asked(self, asked: Asked) -> None:
        self._on_closed()
        self.transcription_asked.emit(asked)

    @Slot(int)
    def _on_picked(self, row: int) -> None:
        version = self._versions[row]
        self.use.setVisible(not version.is_active)
        self.shown.emit(version)

    @Slot()
    def _on_use(self) -> None:
        row = self.facts.currentIndex().row()
        if 0 <= row < len(self._versions):
            self.used.emit(self._versions[row])


def _on_card(inner: QWidget) -> QScrollArea:
    """What scrolls on the panel's own card."""
    area = scrolled(inner)
    for part in (area, inner):
        part.setObjectName("clear")
    area.viewport().setAutoFillBackground(False)
    return area


class Panel(QFrame):
    """The four panes under their tabs."""

    turned = Signal(int)
    """Another tab is shown."""

    EVIDENCE, MARKERS, NOTES, VERSIONS = range(4)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.evidence = EvidencePane()
        self.markers = MarkersPane()
        self.notes = NotesPane()
        self.versions = VersionsPane()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(translate("Panel", "Evidence, markers, notes, versions"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setUsesScrollButtons(True)
        self._pages = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, tokens.SPACE_XS, 0, tokens.SPACE_XS)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)
        for pane, name in (
            (self.evidence, translate("Panel", "Evidence")),
            (self.markers, translate("Panel", "Markers")),
            (self.notes, translate("Panel", "Notes")),
            (self.versions, translate("Panel", "Versions")),
        ):
            self._pages.addWidget(pane)
            place = self.tabs.addTab(name)
            self.tabs.setTabToolTip(place, name)
        self.tabs.currentChanged.connect(self._on_turned)

    def turn_to(self, tab: int) -> None:
        """Show a tab, and give it the keys."""
        self.tabs.setCurrentIndex(tab)
        part: QWidget = self.notes.text
        for pane in (self.evidence, self.markers, self.versions):
            if self._pages.currentWidget() is pane:
                part = pane.facts
        part.setFocus()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Gives way to what is wide in it."""
        return QSize(tokens.PANEL_WIDTH, super().minimumSizeHint().height())

    @Slot(int)
    def _on_turned(self, tab: int) -> None:
        self._pages.setCurrentIndex(tab)
        self.turned.emit(tab)
