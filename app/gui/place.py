"""What a page of the window is, and what it may ask of the window.

A place is a page with its own wiring: it is made of the `Desk`, owns the lanes of its own work
(`Desk.lane`), and never reaches into another place; what crosses places goes through the signals
here, which the window connects. The window makes a place when it is first wanted, or when it has
nothing better to do, so a place begins with what the desk knows already (`Desk.rows`, `Desk.live`,
`Desk.works`) and then follows the desk's signals.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import isValid

from app.gui.presenters import keys
from app.gui.presenters.keys import Group
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder

if TYPE_CHECKING:
    from app.gui.keys import KeysOverlay
    from app.gui.presenters.exporting import Wanted

_NO_MORE = object()
_DRESSED_AT_ONCE = 12


class Place(QWidget):
    """A page. Made and used on the GUI thread; closed by the window.

    The window makes it as its own child, for a page is dressed anew, with all that is in it, when
    it gets a parent; then it has it take its steps (`making`), one at a time while there is nothing
    else to do, or all at once where somebody wants to see it.
    """

    session_asked = Signal(object)
    """`SessionFolder`: its page is wanted."""
    moment_asked = Signal(object, float)
    """`SessionFolder`, session time: its page at that moment."""
    play_asked = Signal(object, float)
    """`SessionFolder`, session time: to hear it where one is."""
    export_asked = Signal(object)
    """`presenters.exporting.Wanted`: the export dialog, filled in."""
    search_asked = Signal(str)
    """A query for the search page."""
    place_asked = Signal(str)
    """The key of another place."""
    said = Signal(object)
    """`Message`: something to be told on top of the window."""
    counted = Signal(int)
    """How many things of this place want to be known of; shown beside its name, 0 shows none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_PendingResizeEvent, on=False)  # no parts to lay out
        self._overlay: KeysOverlay | None = None
        self._making, self._dressing = self.making(), self._dress()

    def making(self) -> Iterator[None]:
        """Make its parts; a page with much in it, in steps of which none takes a frame."""
        return iter(())

    def make_some(self) -> bool:
        """Take the next step of making it, and then of dressing it; whether there may be more."""
        return any(next(steps, _NO_MORE) is None for steps in (self._making, self._dressing))

    def make_all(self) -> None:
        """Take the steps of making it that are left: it is wanted now."""
        for _ in self._making:
            pass

    def _dress(self) -> Iterator[None]:
        """Give the parts their looks and their room, which else they get when they are shown."""
        for number, part in enumerate(self.findChildren(QWidget), 1):
            if isValid(part):
                part.ensurePolished()
            if number % _DRESSED_AT_ONCE == 0:
                yield
        yield
        around, layout = self.parentWidget(), self.layout()
        if around is not None and layout is not None:
            self.resize(around.size())
            layout.activate()

    def enter(self) -> None:
        """The window has turned to this page."""

    def leave(self) -> None:
        """The window has turned to another page."""

    def groups_of_keys(self) -> tuple[Group, ...]:
        """The keys that do something here."""
        return keys.everywhere()

    def show_keys(self) -> None:
        """List the keys over the page."""
        from app.gui.keys import KeysOverlay  # noqa: PLC0415 (once it is wanted)

        if self._overlay is None:
            self._overlay = KeysOverlay(self, self.groups_of_keys())
        self._overlay.open()

    def say(self, message: Message) -> None:
        """Tell something on top of the window."""
        self.said.emit(message)

    def close_work(self) -> None:
        """End the threads of this place. The window is closing."""


class SessionPlace(Place):
    """The place that shows one session."""

    @property
    def shown(self) -> SessionFolder | None:
        """The session that it shows."""
        raise NotImplementedError

    @property
    def cursor_s(self) -> float:
        """Session time of its playhead, whether it plays or not."""
        raise NotImplementedError

    def show_session(self, folder: SessionFolder, at_s: float | None = None) -> None:
        """Show a session; at a moment of it, where one is given."""
        raise NotImplementedError

    def mark(self) -> bool:
        """Mark where the playhead is.

        Returns:
            Whether it did; a session that goes on is marked by its recorder, and now.
        """
        raise NotImplementedError


class SearchPlace(Place):
    """The place that answers queries."""

    cleared = Signal()
    """Nothing is searched any more: the window turns back to where it was before."""

    def show_query(self, query: str) -> None:
        """Search for words as they are typed; empty: nothing is searched any more."""
        raise NotImplementedError

    def complete(self, field: QLineEdit) -> None:
        """Offer words where queries are typed."""


class ExportPlace(Place):
    """The place that exports sessions."""

    closed = Signal()
    """The window turns back to where it was before."""

    def show_wanted(self, wanted: Wanted) -> None:
        """Begin with what a page wants exported."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place as the window lists it.

    Attributes:
        key: Its name in code, and in what the window remembers.
        module: Where it is defined, under ``app.gui.pages``.
        title: As the navigation shows it; empty where it stands in none.
        icon: Likewise.
        make: Makes it, once, in a parent. GUI thread.
    """

    key: str
    module: str
    make: Callable[[QWidget], Place]
    title: str = ""
    icon: str = ""

    def load(self) -> None:
        """Import what the place needs, on any thread: then it is made the faster."""
        importlib.import_module(f"app.gui.pages.{self.module}")
