"""A transcript to read and to hear: times on the left, the line that sounds marked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit

from app.gui import theme, tokens
from app.gui.presenters import words
from app.gui.presenters.session import Line, LineKind

_LINES_A_TURN = 200


class TranscriptView(QTextEdit):
    """Shows lines; a click or Return on one asks to play from it.

    A long transcript is laid out a few hundred lines at a time, so that nothing waits for it.
    """

    sought = Signal(float)
    """Session time in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self._laid_out = 0
        self._marked = -1
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("Transcript; Return plays the line")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.document().setDocumentMargin(tokens.SPACE_L)
        self.setTabStopDistance(tokens.TIME_COLUMN)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._lay_out_more)

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show other lines, from the top; the same ones stay as they are."""
        if lines == self._lines:
            return
        self._lines, self._laid_out, self._marked = lines, 0, -1
        self.setExtraSelections([])
        self.clear()
        self._lay_out_more()

    def mark_line(self, number: int) -> None:
        """Mark the line that sounds, and bring it into view; -1 marks none."""
        if number == self._marked:
            return
        self._marked = number
        self._draw_mark()
        if 0 <= number < self._laid_out:
            self._bring_into_view(number)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A click plays the line; a selection is left alone."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self._ask(self.cursorForPosition(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Return plays the line that the cursor is in."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self.textCursor())
        else:
            super().keyPressEvent(event)

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
            lines, self._lines = self._lines, ()
            self.show_lines(lines)

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
            self._draw_mark()

    def _insert(self, cursor: QTextCursor, line: Line) -> None:
        colours = theme.colours()
        time = _characters(colours.muted, tokens.TYPE_BODY)
        time.setFont(theme.font(tokens.TYPE_BODY, tabular=True))
        cursor.insertText(f"{words.clock(line.start_s)}\t", time)
        text = words.one_line(line.text)  # a line is a block
        match line.kind:
            case LineKind.SPEECH:
                if line.speaker:
                    cursor.insertText(
                        f"{words.one_line(line.speaker)}  ", _characters(colours.accent)
                    )
                cursor.insertText(text, _characters(colours.text))
            case LineKind.GAP:
                cursor.insertText(f"▨  {text}", _characters(colours.trouble, tokens.TYPE_BODY))
            case LineKind.MARK:
                cursor.insertText(f"⚑  {text}", _characters(colours.speech, tokens.TYPE_BODY))

    def _draw_mark(self) -> None:
        if not 0 <= self._marked < self._laid_out:
            self.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        form = QTextCharFormat()
        form.setBackground(QColor(theme.colours().selection))
        form.setProperty(QTextFormat.Property.FullWidthSelection, True)
        selection.format = form
        selection.cursor = QTextCursor(self.document().findBlockByNumber(self._marked))
        self.setExtraSelections([selection])

    def _bring_into_view(self, number: int) -> None:
        """Scroll so that a line is seen, without moving the cursor or the selection."""
        block = self.document().findBlockByNumber(number)
        box = self.cursorRect(QTextCursor(block))
        room = self.viewport().rect()
        if box.top() < room.top() or box.bottom() + tokens.SPACE_XXL > room.bottom():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + box.top() - room.height() // 3)

    def _ask(self, cursor: QTextCursor) -> None:
        number = cursor.blockNumber()
        if 0 <= number < len(self._lines):
            self.sought.emit(float(self._lines[number].start_s))


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
