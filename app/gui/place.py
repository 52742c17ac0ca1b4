"""What a page of the window is, and what it may ask of the window.

A place is a page with its own wiring: it is made of the `Desk`, owns the lanes of its own work
(`Desk.lane`), and never reaches into another place; what crosses places goes through the signals
here, which the window connects.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.presenters.words import Message


class Place(QWidget):
    """A page. Made and used on the GUI thread; closed by the window."""

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
    said = Signal(object)
    """`Message`: something to be told on top of the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")

    def enter(self) -> None:
        """The window has turned to this page."""

    def leave(self) -> None:
        """The window has turned to another page."""

    def say(self, message: Message) -> None:
        """Tell something on top of the window."""
        self.said.emit(message)

    def close_work(self) -> None:
        """End the threads of this place. The window is closing."""
