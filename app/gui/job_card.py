"""A piece of work as a card: what it is, how far it is, and what can be done. GUI thread only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from app.gui import tokens
from app.gui.presenters import jobs as presenter
from app.gui.presenters.jobs import Action, Item
from app.gui.widgets import Button, Chip, Icon, IconButton, Text, quietly, wrapped

_ORDER: tuple[Action, ...] = (
    "get", "first", "again", "resume", "pause", "show", "open", "cancel", "forget",
)  # fmt: skip
"""In which the buttons stand, whichever came first."""

_STEPS = 1_000  # of a progress bar


class JobCard(QFrame):
    """Shows an item, and says what is wanted of it."""

    asked = Signal(str, str)
    """An `Action`, and the item's key."""
    show_asked = Signal(object)
    """``Path``: to be shown in its folder."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.setObjectName("card")
        self.item = item
        self.chip = Chip()
        self.title = Text("heading")
        self.about = Text("muted")
        self.detail = wrapped("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.buttons: dict[Action, QAbstractButton] = {}
        self._actions = QHBoxLayout()
        self._actions.setSpacing(tokens.SPACE_S)
        self._actions.addWidget(self.detail, 1)
        self._lay_out(item)
        self.show_item(item)

    def show_item(self, item: Item) -> None:
        """Show it as it is now."""
        self.item = item
        self.setAccessibleName(f"{item.about}: {item.title}")
        self.title.say(item.title)
        self.about.say(item.about)
        self.chip.show_look(item.look)
        quietly(self.detail.setText, self.detail.text(), item.detail)
        self.bar.setVisible(item.progress is not None)
        self.bar.setAccessibleName(item.about)
        if item.progress is not None:
            self.bar.setValue(round(item.progress * _STEPS))
        self._show_actions()

    def _show_actions(self) -> None:
        for action in self.item.actions:
            if action not in self.buttons:
                self._add(action)
        for action, button in self.buttons.items():
            button.setVisible(action in self.item.actions)

    def _add(self, action: Action) -> None:
        word = presenter.action_word(action)
        button = IconButton(word, "x") if action == "forget" else Button(word)
        button.setAccessibleName(f"{word}: {self.item.title}")
        button.clicked.connect(lambda: self._on_pressed(action))
        before = [each for each in self.buttons if _ORDER.index(each) < _ORDER.index(action)]
        self.buttons[action] = button
        self._actions.insertWidget(len(before) + 1, button)  # behind the detail

    def _on_pressed(self, action: Action) -> None:
        if action == "show":
            self.show_asked.emit(self.item.files[0])
        else:
            self.asked.emit(action, self.item.key)

    def _lay_out(self, item: Item) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(tokens.SPACE_XS)
        texts.addWidget(self.title)
        texts.addWidget(self.about)
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE_M)
        head.addWidget(Icon(item.icon, "muted", tokens.ICON_M), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_L
        layout.setContentsMargins(edge, tokens.SPACE_M, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_S)
        layout.addLayout(head)
        layout.addWidget(self.bar)
        layout.addLayout(self._actions)
