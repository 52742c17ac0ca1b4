"""The side of the window: its places, and the sessions that are newest. GUI thread only.

Where there is little room it is a rail of icons.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QListView, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.delegates import SessionDelegate
from app.gui.models import ROW_ROLE, SessionsModel
from app.gui.place import Entry
from app.gui.presenters import figures
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.widgets import Button, column, label, scrolled
from recorder.archive import SessionFolder

_NEWEST = 30
"""How many sessions the side lists; the library has them all."""


class PlaceButton(Button):
    """Turns to a place; shows how many things there want to be known of."""

    def __init__(self, entry: Entry, key: str) -> None:
        """Make it.

        Args:
            entry: The place.
            key: The keys that do the same.
        """
        super().__init__(entry.title, entry.icon, kind="place")
        self.setCheckable(True)
        self._title = entry.title
        self.setShortcut(QKeySequence(key))
        keys = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{entry.title} ({keys})")

    def be_icon(self, *, is_icon: bool) -> None:
        """Be an icon alone, in the middle, or show the word beside it."""
        self.show_word(is_shown=not is_icon)
        name = "rail" if is_icon else "place"
        if self.objectName() != name:
            self.setObjectName(name)
            self.style().polish(self)

    @Slot(int)
    def show_count(self, count: int) -> None:
        """Show how many; 0 shows none."""
        self.say(f"{self._title} ({figures.number(count)})" if count else self._title)


class Side(QFrame):
    """Says which place or session is wanted."""

    place_asked = Signal(str)
    """The key of a place."""
    session_asked = Signal(object)
    """`SessionFolder`."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.sessions = SessionsModel()
        self.list = self._list()
        self.buttons = {
            entry.key: PlaceButton(entry, f"Ctrl+{number}")
            for number, entry in enumerate((e for e in entries if e.title), 1)
        }
        self._group = QButtonGroup(self)
        self._heading = label("note", translate("Side", "Newest sessions"))
        self._rows: dict[Path, Row] = {}
        self._live: dict[Path, Live] = {}
        self._is_rail = False
        for key, button in self.buttons.items():
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, key=key: self.place_asked.emit(key))
        self._lay_out()
        self.be_rail(is_rail=False)

    def show_place(self, key: str) -> None:
        """Show which place the window has turned to; one that isn't listed unmarks all."""
        button = self.buttons.get(key)
        self._group.setExclusive(button is not None)
        for each in self.buttons.values():
            each.setChecked(each is button)

    def show_session(self, path: Path | None) -> None:
        """Show which session the window has turned to."""
        index = self.sessions.place_of(path) if path else QModelIndex()
        if not index.isValid():
            self.list.clearSelection()
            self.list.setCurrentIndex(QModelIndex())
        elif self.list.currentIndex() != index:
            self.list.setCurrentIndex(index)

    @property
    def is_rail(self) -> bool:
        """Whether it is a rail of icons now."""
        return self._is_rail

    def be_rail(self, *, is_rail: bool) -> None:
        """Be a rail of icons, or show words and sessions."""
        self._is_rail = is_rail
        for button in self.buttons.values():
            button.be_icon(is_icon=is_rail)
        self.list.setVisible(not is_rail)
        self._heading.setVisible(not is_rail and bool(self._rows))
        if is_rail:
            self.setFixedWidth(tokens.RAIL_WIDTH)
        else:
            self.setMinimumWidth(tokens.SIDE_LEAST_WIDTH)
            self.setMaximumWidth(tokens.SIDE_MOST_WIDTH)

    @Slot(object)
    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show those that go on, and then the newest of the archive's sessions."""
        chosen = [row for place, row in enumerate(rows) if place < _NEWEST or row.is_live]
        chosen.sort(key=_rank, reverse=True)
        self._rows = {row.summary.folder: row for row in chosen}
        self.sessions.show_rows(tuple(self._as_now(row) for row in chosen))
        self._heading.setVisible(not self._is_rail and bool(chosen))

    @Slot(object)
    def show_live(self, sessions: tuple[Live, ...]) -> None:
        """Show the newest of what the recorders say."""
        before, self._live = self._live, {live.key: live for live in sessions}
        for path in before.keys() | self._live.keys():
            if path in self._rows:
                self.sessions.show_row(self._as_now(self._rows[path]))

    def _as_now(self, row: Row) -> Row:
        """What its recorder says goes before what the archive shows."""
        live = self._live.get(row.summary.folder)
        return row.with_live(live) if live else row

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Row):
            self.session_asked.emit(SessionFolder(row.summary.folder))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_S)
        layout.setSpacing(tokens.SPACE_XS)
        names = QWidget()
        column(names, *self.buttons.values(), space=tokens.SPACE_XS)
        places = scrolled(names)
        names.setObjectName("names")
        places.setMaximumHeight(names.sizeHint().height())
        places.setMinimumHeight(tokens.CONTROL_HEIGHT)
        layout.addWidget(places, 8)  # all of them before a session
        self._heading.setContentsMargins(tokens.SPACE_M, tokens.SPACE_L, 0, tokens.SPACE_XS)
        layout.addWidget(self._heading)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)

    def _list(self) -> QListView:
        view = QListView()
        view.setModel(self.sessions)
        view.setItemDelegate(SessionDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setAccessibleName(translate("Side", "Newest sessions; Return opens one"))
        view.clicked.connect(self._on_chosen)
        view.activated.connect(self._on_chosen)
        return view


def _rank(row: Row) -> tuple[bool, float]:
    """What goes on before what is over; then by the time that is shown."""
    at = row.summary.started_at or row.summary.created_at
    return row.is_live, at.timestamp() if at else 0.0
