"""A transcript to read and to hear: times on the left, the word that sounds marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QTextEdit

from app.gui import theme, tokens
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.matching import Match
from app.gui.presenters.session import Line, LineKind, word_at, word_under

_LINES_A_TURN = 80
_GAP_SIGN, _MARK_SIGN = "▨  ", "⚑  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What people have selected.

    Attributes:
        text: Of the spoken lines alone.
        line: The line in which it begins.
    """

    from_s: float
    to_s: float
    text: str
    line: int


class TranscriptView(QTextEdit):
    """Shows lines; a click on a word, or Return, asks to play from it.

    A long transcript is laid out a few lines at a time, so that nothing waits for it; what
    changes is changed in place, so that nothing jumps.
    """

    sought = Signal(float)
    """Session time in seconds."""
    selected = Signal(object)
    """`Chosen`, or None: another selection, while it is made too."""
    correction_asked = Signal(int)
    """The number of a line."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self._laid_out = 0
        self._at_s: float | None = None
        self._marked: tuple[int, int] = (-1, -1)  # line and word that sound
        self._matches: Sequence[Match] = ()
        self._match = -1
        self.follows = True
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(translate("Transcript", "Transcript; Return plays the word"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(tokens.SPACE_L)
        self.setTabStopDistance(tokens.TIME_COLUMN)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._lay_out_more)
        self._looks_away = QTimer(self)
        self._looks_away.setSingleShot(True)
        self._looks_away.setInterval(tokens.VIEW_FREE_MS)
        self.selectionChanged.connect(self._on_selection)
        self.cursorPositionChanged.connect(self._show_caret)
        self._show_caret()
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    # --- lines ---------------------------------------------------------------------------------

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show other lines. What is the same stays where it is."""
        if lines == self._lines:
            return
        first = _equal(self._lines, lines)
        last = _equal(self._lines[first:][::-1], lines[first:][::-1])
        if not self._lines or self._laid_out < len(self._lines) or not (first or last):
            self._show_anew(lines)
        else:
            self._splice(first, len(self._lines) - last, lines[first : len(lines) - last])

    def show_tail(self, lines: tuple[Line, ...], first: int) -> None:
        """Show other lines from a number on, as captions grow."""
        self.show_lines((*self._lines[:first], *lines))

    def _show_anew(self, lines: tuple[Line, ...]) -> None:
        self._lines, self._laid_out, self._marked = lines, 0, (-1, -1)
        self._matches, self._match = (), -1
        self.setExtraSelections([])
        self.clear()
        self._lay_out_more()

    def _splice(self, first: int, last: int, fresh: tuple[Line, ...]) -> None:
        """Put lines in the place of others."""
        bar = self.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum() - tokens.SPACE_XXL
        before = bar.value()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self._remove(cursor, first, last)
        for number, line in enumerate(fresh, first):
            self._insert_block(cursor, number)
            self._insert(cursor, line)
        cursor.endEditBlock()
        self._lines = (*self._lines[:first], *fresh, *self._lines[last:])
        self._laid_out = len(self._lines)
        self._matches, self._match = (), -1
        self._marked = (-1, -1)
        self._mark_position()
        bar.setValue(bar.maximum() if was_at_end and self._is_growing else before)

    @property
    def _is_growing(self) -> bool:
        """Whether the newest line is one that may change still, and people look at it."""
        return bool(self._lines) and self._lines[-1].tentative_from is not None and self._may_scroll

    def _remove(self, cursor: QTextCursor, first: int, last: int) -> None:
        """Take blocks away, and one of the line breaks around them."""
        if first == last:
            return
        begin = self.document().findBlockByNumber(first)
        end = self.document().findBlockByNumber(last - 1)
        cursor.setPosition(begin.position())
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        if last < len(self._lines):
            cursor.deleteChar()
        elif first:
            cursor.deletePreviousChar()

    def _insert_block(self, cursor: QTextCursor, number: int) -> None:
        """An empty block to be the one of this number, with the cursor in it."""
        document = self.document()
        if document.isEmpty():
            cursor.movePosition(QTextCursor.MoveOperation.Start)
        elif number < document.blockCount():
            cursor.setPosition(document.findBlockByNumber(number).position())
            cursor.insertBlock()
            cursor.movePosition(QTextCursor.MoveOperation.PreviousBlock)
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertBlock()
        cursor.setBlockFormat(_block_format())

    @Slot()
    def _lay_out_more(self) -> None:
        until = min(self._laid_out + _LINES_A_TURN, len(self._lines))
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for number in range(self._laid_out, until):
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(_block_format())
            self._insert(cursor, self._lines[number])
        cursor.endEditBlock()
        self._laid_out = until
        if until < len(self._lines):
            self._turns.start()
        else:
            self._turns.stop()
            self._mark_position()

    def _insert(self, cursor: QTextCursor, line: Line) -> None:
        colours = theme.colours()
        time = _characters(colours.muted, tokens.TYPE_BODY)
        time.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        cursor.insertText(f"{words.clock(line.start_s)}\t", time)
        match line.kind:
            case LineKind.SPEECH:
                cursor.insertText(_speaker(line), _characters(colours.accent))
                cursor.insertText(line.text[: line.tentative_from], _characters(colours.text))
                if line.tentative_from is not None:
                    tentative = line.text[line.tentative_from :]
                    cursor.insertText(tentative, _characters(colours.muted))
            case LineKind.GAP:
                cursor.insertText(_lead(line), _characters(colours.trouble, tokens.TYPE_BODY))
                cursor.insertText(line.text, _characters(colours.trouble, tokens.TYPE_BODY))
            case LineKind.MARK:
                cursor.insertText(_lead(line), _characters(colours.speech, tokens.TYPE_BODY))
                cursor.insertText(line.text, _characters(colours.speech, tokens.TYPE_BODY))

    # --- following -----------------------------------------------------------------------------

    def show_position(self, at_s: float | None, line: int) -> None:
        """Follow what is heard.

        Args:
            at_s: Session time; None where another session is heard.
            line: The last line that has begun by then; -1 before all.
        """
        self._at_s = at_s
        self._mark(line, -1 if at_s is None or line < 0 else word_at(self._lines[line], at_s))

    def bring_into_view(self, line: int) -> None:
        """Scroll so that a line is seen."""
        if 0 <= line < self._laid_out:
            self._scroll_to(line)

    def _mark_position(self) -> None:
        if self._at_s is not None:
            starts = [float(line.start_s) for line in self._lines]
            number = max((n for n, at_s in enumerate(starts) if at_s <= self._at_s), default=-1)
            self.show_position(self._at_s, number)
        else:
            self._draw_marks()

    def _mark(self, line: int, word: int) -> None:
        if (line, word) == self._marked:
            return
        is_other_line = line != self._marked[0]
        self._marked = (line, word)
        self._draw_marks()
        if is_other_line and 0 <= line < self._laid_out and self._may_scroll:
            self._scroll_to(line)

    @property
    def _may_scroll(self) -> bool:
        is_busy = self._looks_away.isActive() or self.textCursor().hasSelection()
        return self.follows and not is_busy

    def _scroll_to(self, number: int) -> None:
        """Scroll so that a line is seen, without moving the cursor or the selection."""
        box = self.line_rect(number)
        room = self.viewport().rect()
        if box.top() < room.top() or box.bottom() + tokens.SPACE_XXL > room.bottom():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + box.top() - room.height() // 3)
            self._draw_marks()

    def line_rect(self, number: int) -> QRect:
        """Where a line is, in the viewport."""
        block = self.document().findBlockByNumber(number)
        box = self.document().documentLayout().blockBoundingRect(block).toRect()
        return box.translated(0, -self.verticalScrollBar().value())

    # --- finding -------------------------------------------------------------------------------

    def show_matches(self, matches: Sequence[Match], current: int) -> None:
        """Mark what was found, and bring one of them into view; nothing found marks nothing."""
        self._matches, self._match = matches, current
        if 0 <= current < len(matches) and matches[current].line < self._laid_out:
            self._looks_away.start()
            self._scroll_to(matches[current].line)
        self._draw_marks()

    @property
    def first_seen(self) -> int:
        """The number of the first line in view."""
        return self.cursorForPosition(self.viewport().rect().topLeft()).blockNumber()

    # --- marks ---------------------------------------------------------------------------------

    def _draw_marks(self) -> None:
        """The line and the word that sound; what was found, as far as it is in view."""
        colours = theme.colours()
        marks: list[QTextEdit.ExtraSelection] = []
        line, word = self._marked
        if 0 <= line < self._laid_out:
            marks.append(self._whole(line, colours.selection))
        for number, match in self._matches_in_view():
            is_current = number == self._match
            mark = self._selection(match.line, match.begin, match.end, colours.mark)
            if is_current:
                mark.format.setForeground(QColor(colours.on_accent))
                mark.format.setBackground(QColor(colours.accent))
            marks.append(mark)
        if 0 <= line < self._laid_out and word >= 0:
            said = self._lines[line].words[word]
            mark = self._selection(line, said.begin, said.end, colours.accent)
            mark.format.setForeground(QColor(colours.on_accent))
            marks.append(mark)
        self.setExtraSelections(marks)

    def _matches_in_view(self) -> list[tuple[int, Match]]:
        if not self._matches:
            return []
        first = self.first_seen
        last = self.cursorForPosition(self.viewport().rect().bottomRight()).blockNumber()
        return [
            (number, match)
            for number, match in enumerate(self._matches)
            if first <= match.line <= last and match.line < self._laid_out
        ]

    def _whole(self, line: int, background: str) -> QTextEdit.ExtraSelection:
        """All of a line but its time, however often it is broken."""
        spoken = self._lines[line]
        lead = len(_lead(spoken))
        return self._selection(line, -lead, len(spoken.text), background)

    def _selection(
        self, line: int, begin: int, end: int, background: str
    ) -> QTextEdit.ExtraSelection:
        """A stretch of a line's text."""
        selection = QTextEdit.ExtraSelection()
        form = QTextCharFormat()
        form.setBackground(QColor(background))
        cursor = QTextCursor(self.document().findBlockByNumber(line))
        start = cursor.position() + len(_prefix(self._lines[line]))
        cursor.setPosition(start + begin)
        cursor.setPosition(start + end, QTextCursor.MoveMode.KeepAnchor)
        selection.format, selection.cursor = form, cursor
        return selection

    # --- what people do ------------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click plays the word; a selection is left alone."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self._ask(self.cursorForPosition(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A second click puts the line right."""
        number = self.cursorForPosition(event.position().toPoint()).blockNumber()
        if self._is_spoken(number):
            self.correction_asked.emit(number)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Return plays the word that the cursor is in, F2 puts its line right.

        Keys of the page (space, letters) go on to the page.
        """
        number = self.textCursor().blockNumber()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self.textCursor())
        elif event.key() == Qt.Key.Key_F2 and self._is_spoken(number):
            self.correction_asked.emit(number)
        elif event.key() == Qt.Key.Key_Space or (
            event.text().isprintable() and event.text() and event.modifiers() == _NO_KEYS
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Whoever scrolls looks elsewhere for a while."""
        self._looks_away.start()
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep the lines to a width that is good to read."""
        widest = self.fontMetrics().averageCharWidth() * tokens.TRANSCRIPT_WIDTH_CHARACTERS
        widest += tokens.TIME_COLUMN + 2 * tokens.SPACE_L
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setLineWrapColumnOrWidth(min(widest, self.viewport().width()))
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Colour anew when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._lines:
            place = self.verticalScrollBar().value()
            self._show_anew(self._lines)
            self.verticalScrollBar().setValue(place)

    def choice(self) -> Chosen | None:
        """What is selected, as far as it was spoken; None where nothing is."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        document = self.document()
        first, last = cursor.selectionStart(), max(cursor.selectionEnd() - 1, 0)
        begin, end = document.findBlock(first), document.findBlock(last)
        spoken = [
            number
            for number in range(begin.blockNumber(), end.blockNumber() + 1)
            if self._is_spoken(number)
        ]
        if not spoken:
            return None
        begin_s = self._moment(begin, first, spoken[0], is_end=False)
        end_s = self._moment(end, last, spoken[-1], is_end=True)
        if end_s <= begin_s:
            return None
        said = " ".join(self._lines[number].text for number in spoken)
        return Chosen(from_s=begin_s, to_s=end_s, text=said, line=spoken[0])

    def _moment(self, block: QTextBlock, position: int, number: int, *, is_end: bool) -> float:
        """When the word at a place begins or ends; a line's own times where it has none."""
        line = self._lines[number]
        if block.blockNumber() == number:
            place = position - block.position() - len(_prefix(line))
            word = word_under(line, max(place, 0))
            if word >= 0:
                said = line.words[word]
                return said.end_s if is_end else said.start_s
        return float(line.end_s if is_end else line.start_s)

    def _is_spoken(self, number: int) -> bool:
        return 0 <= number < len(self._lines) and self._lines[number].kind is LineKind.SPEECH

    def _ask(self, cursor: QTextCursor) -> None:
        number = cursor.blockNumber()
        if not 0 <= number < len(self._lines):
            return
        line = self._lines[number]
        place = cursor.positionInBlock() - len(_prefix(line))
        word = word_under(line, place) if place >= 0 else -1
        self.sought.emit(line.words[word].start_s if word >= 0 else float(line.start_s))

    @Slot()
    def _on_selection(self) -> None:
        self.selected.emit(self.choice())

    @Slot()
    def _show_caret(self) -> None:
        """Show where Return would play; no caret stands in a line's time."""
        cursor = self.textCursor()
        number = cursor.blockNumber()
        is_spoken = 0 <= number < len(self._lines)
        is_in_time = not is_spoken or cursor.positionInBlock() < len(_prefix(self._lines[number]))
        self.setCursorWidth(0 if is_in_time else tokens.BORDER)

    @Slot(int)
    def _on_scrolled(self, _value: int) -> None:
        if self._matches:
            self._draw_marks()


_NO_KEYS = Qt.KeyboardModifier.NoModifier


def _equal(before: Sequence[Line], after: Sequence[Line]) -> int:
    """How many are the same from the begin on."""
    pairs = zip(before, after, strict=False)
    different = (number for number, (one, other) in enumerate(pairs) if one != other)
    return next(islice(different, 1), min(len(before), len(after)))


def _speaker(line: Line) -> str:
    return f"{line.speaker}  " if line.speaker else ""


def _lead(line: Line) -> str:
    """What stands between the time and the text."""
    match line.kind:
        case LineKind.SPEECH:
            return _speaker(line)
        case LineKind.GAP:
            return _GAP_SIGN
        case LineKind.MARK:
            return _MARK_SIGN


def _prefix(line: Line) -> str:
    return f"{words.clock(line.start_s)}\t{_lead(line)}"


def _block_format() -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(
        float(tokens.TRANSCRIPT_LINE_PERCENT),
        QTextBlockFormat.LineHeightTypes.ProportionalHeight.value,
    )
    form.setLeftMargin(float(tokens.TIME_COLUMN))
    form.setTextIndent(-float(tokens.TIME_COLUMN))
    return form


def _characters(colour: str, size: int = tokens.TYPE_TRANSCRIPT) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(QColor(colour))
    form.setFont(theme.font(size))
    return form
