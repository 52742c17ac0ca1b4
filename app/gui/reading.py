"""The transcript with what belongs to it: find, the selection's bar, putting right, its state.

FindBar        Ctrl+F: as it is typed, next, previous
ChoiceBar      floats at a selection: play, copy quote, clip, correct
LineEditor     floats over a line that is put right
TranscriptPane holds them over the transcript, or says why there is none
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.gui import theme, tokens
from app.gui.acts import menu_button
from app.gui.choosing import Check, Combo
from app.gui.presenters import matching, session, words
from app.gui.presenters.language import translate
from app.gui.presenters.matching import Match
from app.gui.presenters.session import Line
from app.gui.presenters.words import one_line
from app.gui.transcript import Chosen, TranscriptView
from app.gui.widgets import Button, Icon, IconButton, Teaching, Text, label, lift

if TYPE_CHECKING:
    from transcribe.transcript import Stored


class FindBar(QFrame):
    """A field to find words in what is shown."""

    asked = Signal(str)
    """What is looked for, as it is typed."""
    turned = Signal(int)
    """1: the next one; -1: the one before."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.field = QLineEdit()
        self.field.setAccessibleName(translate("Find", "Find in this session"))
        self.field.setPlaceholderText(translate("Find", "Find in this session"))
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumHeight(tokens.CONTROL_HEIGHT)
        self.count = label("note")
        self._before = IconButton(translate("Find", "The one before (Shift+F3)"), "chevron-up")
        self._next = IconButton(translate("Find", "The next one (F3)"), "chevron-down")
        self._close = IconButton(translate("Find", "Close (Esc)"), "x")
        line = QHBoxLayout(self)
        line.setContentsMargins(tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.field, 1)
        line.addWidget(self.count)
        for button in (self._before, self._next, self._close):
            line.addWidget(button)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(tokens.FIND_PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        self.field.textChanged.connect(self._pause.start)
        self._before.clicked.connect(self._on_before)
        self._next.clicked.connect(self._on_next)
        self._close.clicked.connect(self.closed)
        self.hide()

    def open(self, text: str = "") -> None:
        """Show it, with the field ready to be typed into."""
        if text:
            self.field.setText(text)
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Return and F3 go on, with Shift back; Escape closes."""
        is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F3:
                self.turned.emit(-1 if is_back else 1)
            case Qt.Key.Key_Escape:
                self.closed.emit()
            case _:
                super().keyPressEvent(event)

    @Slot()
    def _on_pause(self) -> None:
        self.asked.emit(self.field.text())

    @Slot()
    def _on_before(self) -> None:
        self.turned.emit(-1)

    @Slot()
    def _on_next(self) -> None:
        self.turned.emit(1)


class ChoiceBar(QFrame):
    """What can be done with a selection."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("float")
        self.play = Button(translate("Choice", "Play"), "play")
        self.quote = Button(translate("Choice", "Copy quote"), "quote")
        self.clip = Button(translate("Choice", "Clip"), "scissors")
        self.correct = Button(translate("Choice", "Correct"), "pencil")
        self.quote.setToolTip(translate("Choice", "With who, where, when, and the audio's hash"))
        line = QHBoxLayout(self)
        line.setContentsMargins(tokens.SPACE_XS, tokens.SPACE_XS, tokens.SPACE_XS, tokens.SPACE_XS)
        line.setSpacing(tokens.SPACE_XS)
        for button in self.buttons:
            line.addWidget(button)
        lift(self)
        self.hide()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its actions."""
        return self.play, self.quote, self.clip, self.correct

    def show_at(self, box: QRect) -> None:
        """Show it above a line, or below where there is no room."""
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect()
        for button in self.buttons:
            button.show_word(is_shown=room.width() >= tokens.CARD_WITH_WORDS_WIDTH)
        self.adjustSize()
        top = box.top() - self.height() - tokens.SPACE_XS
        if top < 0:
            top = min(box.bottom() + tokens.SPACE_XS, room.height() - self.height())
        left = min(max(box.left(), tokens.SPACE_S), room.width() - self.width() - tokens.SPACE_S)
        self.move(max(left, 0), max(top, 0))
        self.show()
        self.raise_()


class LineEditor(QFrame):
    """A line's speaker and text, to be put right."""

    saved = Signal(int, str, str)
    """The line's number, its text, who speaks."""
    named = Signal(int, str)
    """The line's number, and how its speaker is called everywhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("float")
        self._number = -1
        self._before = ("", "")
        self.speaker = Combo(translate("Correct", "Who speaks"))
        self.speaker.setEditable(True)
        self.speaker.setMinimumHeight(tokens.CONTROL_HEIGHT)
        field = self.speaker.lineEdit()
        assert field is not None
        field.setPlaceholderText(translate("Correct", "Who speaks"))
        field.setAccessibleName(translate("Correct", "Who speaks"))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(translate("Correct", "What was said"))
        self.text.setTabChangesFocus(True)
        self.text.setFont(theme.font(tokens.TYPE_TRANSCRIPT))
        self.everywhere = Check(translate("Correct", "Everywhere"))
        self.everywhere.setToolTip(
            translate("Correct", "Name this voice so in all of the session, and from now on")
        )
        self._save = Button(translate("Correct", "Save"), "check", role="on_accent", kind="main")
        self._save.setToolTip(translate("Correct", "Return; Esc leaves the line as it was"))
        self._cancel = Button(translate("Correct", "Cancel"))
        self._save.clicked.connect(self._on_save)
        self._cancel.clicked.connect(self.close_it)
        line = QHBoxLayout()
        line.setSpacing(tokens.SPACE_S)
        line.addWidget(self.speaker, 1)
        line.addWidget(self.everywhere)
        line.addWidget(self._cancel)
        line.addWidget(self._save)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_S
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(self.text, 1)
        layout.addLayout(line)
        lift(self)
        self.text.installEventFilter(self)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether a line is being put right."""
        return self._number >= 0

    def open(self, number: int, line: Line, speakers: Sequence[str], box: QRect) -> None:
        """Put a line right.

        Args:
            number: Which one.
            line: As it is.
            speakers: Who speaks in this session.
            box: Where it stands.
        """
        self._number, self._before = number, (line.text, line.speaker)
        self.speaker.clear()
        self.speaker.addItems(list(speakers))
        self.speaker.setCurrentText(line.speaker)
        self.everywhere.setChecked(False)
        self.text.setPlainText(line.text)
        parent = self.parentWidget()
        assert parent is not None
        room = parent.rect()
        height = min(max(box.height() + tokens.EDITOR_EXTRA, tokens.EDITOR_LEAST), room.height())
        width = min(room.width(), box.width() + 2 * tokens.SPACE_L)
        self.setGeometry(
            0, min(max(box.top() - tokens.SPACE_S, 0), room.height() - height), width, height
        )
        self.show()
        self.raise_()
        self.text.setFocus()
        self.text.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep what is put right in view, however few lines there is room for."""
        super().resizeEvent(event)
        self.text.ensureCursorVisible()

    @Slot()
    def close_it(self) -> None:
        """Leave the line as it was."""
        self._number = -1
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Return saves, with Ctrl too: a line is one paragraph; Shift+Return breaks it to read."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_return and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._on_save()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape leaves the line as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            event.accept()  # the page's keys are no keys here

    @Slot()
    def _on_save(self) -> None:
        number, text = self._number, " ".join(self.text.toPlainText().split())
        speaker = self.speaker.currentText().strip()
        is_other_text, is_other_speaker = text != self._before[0], speaker != self._before[1]
        is_named = is_other_speaker and self.everywhere.isChecked()
        self.close_it()
        if is_named:
            self.named.emit(number, speaker)
        if is_other_text or (is_other_speaker and not is_named):
            self.saved.emit(number, text, speaker)


class TranscriptPane(QFrame):
    """The transcript, and what is done with it."""

    text_asked = Signal(object)
    """`presenters.session.TextOf`: that one of several is to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("well")
        self.texts = menu_button(translate("Transcript", "Language"), "languages")
        self.texts.setToolTip(translate("Transcript", "Another language or track"))
        self.texts.hide()
        self.view = TranscriptView()
        self.finder = FindBar()
        self.choice = ChoiceBar(self.view.viewport())
        self.editor = LineEditor(self.view.viewport())
        self.state = Text("note")
        self.state_icon = Icon("captions", "muted")
        self.follow = IconButton("", "eye")
        self.undo = IconButton(translate("Transcript", "Undo the correction (Ctrl+Z)"), "undo-2")
        self.redo = IconButton(translate("Transcript", "Correct again (Ctrl+Y)"), "redo-2")
        self.waiting = Teaching(
            "file-audio",
            translate("Transcript", "No transcript yet"),
            "",
            translate("Transcript", "Transcribe"),
        )
        self._matches: tuple[Match, ...] = ()
        self._match = -1
        self._texts: QStackedLayout
        self.finder.asked.connect(self._on_find)
        self.finder.turned.connect(self._on_turned)
        self.finder.closed.connect(self.close_find)
        self.follow.clicked.connect(self._on_follow)
        self.view.selected.connect(self._on_selected)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._lay_out()
        self._name_follow()
        self.offer_undo(can_undo=False, can_redo=False)

    @property
    def chosen(self) -> Chosen | None:
        """What is selected."""
        return self.view.choice()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show what was said; what was looked for is found in it again."""
        self.view.show_lines(lines)
        self._find_again()

    def show_tail(self, lines: tuple[Line, ...], first: int) -> None:
        """Show captions as they grow."""
        self.view.show_tail(lines, first)
        self._find_again()

    def show_text(self, *, is_there: bool) -> None:
        """Show the transcript, or why there is none."""
        self._texts.setCurrentIndex(0 if is_there else 1)

    def say_state(self, text: str, icon: str = "captions", role: tokens.Role = "muted") -> None:
        """Say what made it, or how far it is."""
        self.state.say(text)
        self.state_icon.show_icon(icon, role)
        self.state_icon.setVisible(bool(text))

    def offer_texts(self, texts: Sequence[Stored], chosen: Stored | None) -> None:
        """Let people choose among a session's transcripts, where there are several."""
        self.texts.setVisible(len(texts) > 1 and chosen is not None)
        menu = self.texts.menu()
        menu.clear()
        for stored in texts:
            action = menu.addAction(one_line(session.text_title(stored, texts)))
            action.setCheckable(True)
            action.setChecked(stored == chosen)
            wanted = session.text_of(stored)
            action.triggered.connect(lambda _=False, wanted=wanted: self.text_asked.emit(wanted))
        if chosen is not None:
            self.texts.say(session.text_title(chosen, texts))

    def offer_undo(self, *, can_undo: bool, can_redo: bool) -> None:
        """Show the ways back where there are any."""
        self.undo.setVisible(can_undo)
        self.redo.setVisible(can_redo)

    def open_find(self) -> None:
        """Look for words; those that are selected, where there are some."""
        chosen = self.view.textCursor().selectedText()
        is_short = 0 < len(chosen) <= tokens.FIND_LONGEST and "\u2029" not in chosen
        self.finder.open(chosen if is_short else "")
        self._on_find(self.finder.field.text())

    @Slot()
    def close_find(self) -> None:
        """Look for nothing any more."""
        if not self.finder.isHidden():
            self.finder.hide()
            self.view.setFocus()
        self._matches, self._match = (), -1
        self.view.show_matches((), -1)

    @Slot(int)
    def turn(self, step: int) -> None:
        """Go on to the next one that was found, or back."""
        if self._matches:
            self._match = (self._match + step) % len(self._matches)
            self._show_match()

    def edit(self, number: int, speakers: Sequence[str]) -> None:
        """Put a line right."""
        self.choice.hide()
        box = self.view.line_rect(number)
        self.editor.open(number, self.view.lines[number], speakers, box)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """What floats stands at another place now."""
        super().resizeEvent(event)
        self.choice.hide()

    @Slot(str)
    def _on_find(self, query: str) -> None:
        self._matches = matching.find(self.view.lines, query)
        self._match = matching.nearest(self._matches, self.view.first_seen)
        self._show_match()

    def _find_again(self) -> None:
        if self.finder.isVisible() and self.finder.field.text():
            self._matches = matching.find(self.view.lines, self.finder.field.text())
            self._match = min(self._match, len(self._matches) - 1)
            self.finder.count.setText(matching.counted(self._match, self._matches))
            self.view.show_matches(self._matches, -1)

    def _show_match(self) -> None:
        said = matching.counted(self._match, self._matches) if self.finder.field.text() else ""
        self.finder.count.setText(said)
        self.view.show_matches(self._matches, self._match)

    @Slot(int)
    def _on_turned(self, step: int) -> None:
        self.turn(step)

    @Slot(object)
    def _on_selected(self, chosen: Chosen | None) -> None:
        if chosen is None or self.editor.is_open:
            self.choice.hide()
            return
        said = translate("Choice", "Clip {begin} to {end}").format(
            begin=words.clock(chosen.from_s), end=words.clock(chosen.to_s)
        )
        self.choice.clip.setToolTip(said)
        cursor = self.view.textCursor()
        cursor.setPosition(cursor.selectionStart())
        box = self.view.cursorRect(cursor)
        if self.view.viewport().rect().intersects(box):
            self.choice.show_at(box)
        else:
            self.choice.hide()

    @Slot(int)
    def _on_scrolled(self, _value: int) -> None:
        """The bar goes with its selection, as long as that is seen."""
        if self.choice.isVisible() or self.view.textCursor().hasSelection():
            self._on_selected(self.view.choice())

    @Slot()
    def _on_follow(self) -> None:
        self.view.follows = not self.view.follows
        self._name_follow()

    def _name_follow(self) -> None:
        if self.view.follows:
            self.follow.name(translate("Transcript", "Follows what is heard; stay here"), "eye")
        else:
            self.follow.name(translate("Transcript", "Follow what is heard"), "eye-off")

    def _lay_out(self) -> None:
        texts = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QHBoxLayout()
        layout.addLayout(head)
        head.setContentsMargins(tokens.SPACE_L, 0, tokens.SPACE_S, 0)
        head.setSpacing(tokens.SPACE_S)
        head.addWidget(self.state_icon)
        head.addWidget(self.state, 1)
        for button in (self.texts, self.undo, self.redo, self.follow):
            head.addWidget(button)
        layout.addWidget(self.finder)
        layout.addWidget(texts, 1)
        self._texts = QStackedLayout(texts)
        self._texts.addWidget(self.view)
        self._texts.addWidget(self.waiting)
        self._texts.setCurrentIndex(1)
