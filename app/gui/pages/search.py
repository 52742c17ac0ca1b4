"""The page of hits, grouped by session; choosing one plays it in place."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.delegates import HitDelegate
from app.gui.models import ROW_ROLE, HitsModel
from app.gui.presenters import words
from app.gui.presenters.search import PAGE, Found, HeadEntry, HitEntry
from app.gui.widgets import Button, Notice, Teaching, Text, label, quietly

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
        self._better: Found | None = None  # not shown, for somebody reads
        self._silent = self._indexing = ""
        self.model = HitsModel()
        self.notice = Notice()
        self.heading = Text("title")
        self.footer = label("note")
        self.more = Button("Show more")
        self.more.clicked.connect(self._on_more)
        self.better = Button("Show the better order")
        self.better.hide()
        self.better.clicked.connect(self._on_better)
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
        """Show an answer, or a better one to the same question.

        Rows that somebody reads or has scrolled to stay where they are; a button brings the others.

        Args:
            found: The answer.
            silent_count: Sessions with audio that nobody has transcribed, so that no word of them
                can be found.
        """
        self.notice.clear()
        self._silent = words.untranscribed(silent_count)
        if self._found is not None and self._is_read(self._found, found):
            self._better = found
            self._found = replace(self._found, count=found.count, notes=found.notes)
            self.better.setText(f"Show {found.order}")
            self.better.show()
            self._show_footer()
            return
        self._show(found)

    def show_indexing(self, sentence: str) -> None:
        """Say how far the index is that is made meanwhile; empty when it is complete."""
        self._indexing = sentence
        self._show_footer()

    def _is_read(self, before: Found, found: Found) -> bool:
        """Whether other rows would come under the eyes of somebody who reads these."""
        is_same_question = found.query == before.query and found.hit_count == before.hit_count
        if not is_same_question or not before.entries or found.entries == before.entries:
            return False
        is_scrolled = self.view.verticalScrollBar().value() > 0
        return is_scrolled or self.view.currentIndex().isValid() or self.view.underMouse()

    def _show(self, found: Found) -> None:
        bar = self.view.verticalScrollBar()
        is_same_question = self._found is not None and self._found.query == found.query
        at = bar.value() if is_same_question else 0
        self._found, self._better = found, None
        self.better.hide()
        self.heading.say(f"“{found.query}”")
        self.model.show_entries(found.entries)
        self.view.doItemsLayout()  # or there is nothing to scroll yet
        bar.setValue(at)
        self._lists.setCurrentIndex(0 if found.entries else 1)
        self.more.setVisible(found.has_more)
        meant = f"Did you mean “{found.suggestion}”?" if found.suggestion else ""
        self.nothing.sentence.setText(meant or " ".join(found.notes) or _HINT)
        self._show_footer()

    def _show_footer(self) -> None:
        found = self._found
        parts = (found.footer, *found.notes, self._indexing, self._silent) if found else ()
        quietly(self.footer.setText, self.footer.text(), " · ".join(part for part in parts if part))

    @Slot()
    def _on_better(self) -> None:
        if self._better is not None:
            self.view.scrollToTop()
            self._show(self._better)

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
        foot.addWidget(self.better)
        foot.addWidget(self.more)
        layout = QVBoxLayout(self)
        edge = tokens.SPACE_XL
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(self.heading)
        layout.addWidget(self.notice)
        layout.addLayout(self._lists, 1)
        layout.addLayout(foot)
