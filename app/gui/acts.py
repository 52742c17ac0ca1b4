"""What can be done with what is chosen: one list for buttons, menus and keys. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from app.gui import icons, theme, tokens
from app.gui.widgets import Button, Text


class Act(QAction):
    """Something that can be done.

    Args:
        parent: Where its key works.
        words: What a button or a menu says.
        icon: Lucide's name.
        key: The key that does it, or empty.
        then: Does it.
    """

    def __init__(
        self, parent: QWidget, words: str, icon: str, key: str, then: Callable[[], None]
    ) -> None:
        super().__init__(words, parent)
        self.icon_name = icon
        self.setShortcut(QKeySequence(key))
        self.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.triggered.connect(lambda _=False: then())
        parent.addAction(self)

    def draw(self) -> Act:
        """Draw its icon in the colours of the theme; returns itself."""
        colours = theme.colours()
        self.setIcon(icons.icon(self.icon_name, colours.text, colours.muted))
        return self

    @property
    def tip(self) -> str:
        """Its words and its key."""
        keys = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return f"{self.text()} ({keys})" if keys else self.text()


class ActButton(Button):
    """A button for an `Act`: enabled and shown as it is."""

    def __init__(self, act: Act) -> None:
        super().__init__(act.text(), act.icon_name)
        self._act = act
        self.setToolTip(act.tip)
        self.clicked.connect(lambda _=False: act.trigger())
        act.changed.connect(self._follow)
        self.setEnabled(act.isEnabled())

    @Slot()
    def _follow(self) -> None:
        self.setEnabled(self._act.isEnabled())
        self.setVisible(self._act.isVisible())


class ActBar(QFrame):
    """What is chosen, in words, and the acts on it as buttons; icons alone where it is narrow."""

    def __init__(self, acts: Sequence[Act], *, least_width: int) -> None:
        super().__init__()
        self.setObjectName("actions")
        self._least_width = least_width
        self.text = Text("heading")
        self.buttons = [ActButton(act) for act in acts]
        line = QHBoxLayout(self)
        line.setContentsMargins(tokens.SPACE_L, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        line.setSpacing(tokens.SPACE_XS)
        line.addWidget(self.text, 1)
        for button in self.buttons:
            line.addWidget(button)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave the words out where there is little room."""
        super().resizeEvent(event)
        for button in self.buttons:
            button.show_word(is_shown=event.size().width() >= self._least_width)


def menu_button(words: str, icon: str) -> Button:
    """A button that opens a menu."""
    button = Button(words, icon)
    button.setMenu(QMenu(button))
    return button
