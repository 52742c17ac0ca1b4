"""The page of hits, grouped by session; choosing one plays it in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.delegates import HitDelegate
from app.gui.models import ROW_ROLE, HitsModel
from app.gui.presenters import words
from app.gui.presenters.search import PAGE, Found, HeadEntry, HitEntry
from app.gui.widgets import Button, Notice, Teaching, Text, label

_HINT = "Try fewer words, the beginning of a word with *, or OR between two words."


class SearchPage(QWidget):
    """Shows what was found, how many, in what order."""

    chosen = Signal(object)
    """A `HitEntry` to play."""
    opened = Signal(object)
    """A `HeadEntry` whose session's page is wanted."""
    cleared = Signal()
    more_asked = Signal(str, int)
    """The query, and how many hits to show."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self._found: Found | None = None
        self.model = HitsModel()
        self.notice = Notice()
        self.heading = Text("title")
        self.footer = label("note")
        self.more = Button("Show more")
        self.more.clicked.connect(self._on_more)
        self.view = self._list()
        self.nothing = Teaching(
            "search",
            "Nothing found",
            _HINT,
            "Clear the search",
        )
        self.nothing.button.clicked.connect(self._on_clear)
        self._lists = QStackedLayout()
        self._lists.addWidget(self.view)
        self._lists.addWidget(self.nothing)
        self._lay_out()

    def show_found(self, found: Found, *, silent_count: int) -> None:
        """Show an answer.

        Args:
            found: The answer.
            silent_count: Sessions with audio that nobody has transcribed, so that no word of them
                can be found.
        """
        self._found = found
        self.notice.clear()
        self.heading.say(f"“{found.query}”")
        self.model.show_entries(found.entries)
        silent = words.untranscribed(silent_count)
        self.footer.setText(
            " · ".join(part for part in (found.footer, *found.notes, silent) if part)
        )
        self._lists.setCurrentIndex(0 if found.entries else 1)
        self.more.setVisible(found.has_more)
        meant = f"Did you mean “{found.suggestion}”?" if found.suggestion else _HINT
        self.nothing.sentence.setText(meant)

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        entry = index.data(ROW_ROLE)
        if isinstance(entry, HitEntry):
            self.chosen.emit(entry)
        elif isinstance(entry, HeadEntry):
            self.opened.emit(entry)

    @Slot()
    def _on_clear(self) -> None:
        self.cleared.emit()

    @Slot()
    def _on_more(self) -> None:
        if self._found:
            self.more_asked.emit(self._found.query, self._found.hit_count + PAGE)

    def _list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(HitDelegate(view))
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setAccessibleName("Hits; Return plays one, or opens its session")
        view.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        view.clicked.connect(self._on_chosen)
        view.activated.connect(self._on_activated)
        return view

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        """Return; a double click was a click already."""
        if self.view.hasFocus():
            self._on_chosen(index)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.footer, 1)
        foot.addWidget(self.more)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_XL
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(self.heading)
        layout.addWidget(self.notice)
        layout.addLayout(self._lists, 1)
        layout.addLayout(foot)
