"""The window: the record bar on top, places at the side, one of them shown, the transport below."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import paths
from app.gui import icons, places, tokens
from app.gui.desk import Desk
from app.gui.place import ExportPlace, Place, SearchPlace, SessionPlace
from app.gui.player import Player
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.session import Page
from app.gui.presenters.words import Message
from app.gui.record_bar import RecordBar
from app.gui.side import Side
from app.gui.transport import Transport
from recorder.archive import SessionFolder

_FIRST = "now"


class Window(QMainWindow):
    """Makes the places, connects what they ask for, and turns to them. GUI thread only.

    Closing it asks nothing and stops nothing: recorders and the transcription's worker are
    processes of their own.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._places: dict[str, Place] = {}
        self._shown = ""
        self._before_search = self._before_export = _FIRST
        self.setWindowTitle("Aircheck")
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_LEAST_HEIGHT)
        self.player = Player(self)
        entries = places.entries(desk, self.player)
        self._entries = {entry.key: entry for entry in entries}
        self.bar = RecordBar()
        self.side = Side(entries)
        self.pages = QStackedWidget()
        self.transport = Transport(self.player)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect()
        self._add_keys()
        self._memory = QSettings(str(paths.window_state()), QSettings.Format.IniFormat)
        self._remember()
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.timeout.connect(self._make_next)
        self._later.start()

    # --- places --------------------------------------------------------------------------------

    def place(self, key: str) -> Place:
        """A place, made if it isn't yet.

        Raises:
            KeyError: There is none by that key.
        """
        if key not in self._places:
            made = self._entries[key].make()
            self._places[key] = made
            self.pages.addWidget(made)
            self._connect_place(key, made)
        return self._places[key]

    def turn_to(self, key: str) -> None:
        """Show a place.

        Raises:
            KeyError: There is none by that key.
        """
        place = self.place(key)
        if key == self._shown:
            return
        if self._shown:
            self._places[self._shown].leave()
        self._shown = key
        self.pages.setCurrentWidget(place)
        self.side.show_place(key)
        session = place.shown if isinstance(place, SessionPlace) else None
        self.side.show_session(session.path if session else None)
        self.transport.offer(can_play=session is not None)
        place.enter()

    @property
    def shown(self) -> str:
        """The key of the place that is shown."""
        return self._shown

    @Slot(object)
    def show_session(self, folder: SessionFolder) -> None:
        """Turn to a session."""
        self._show_moment(folder, None)

    @Slot(object, float)
    def show_moment(self, folder: SessionFolder, at_s: float) -> None:
        """Turn to a moment of a session."""
        self._show_moment(folder, at_s)

    @Slot(object, float)
    def play(self, folder: SessionFolder, at_s: float) -> None:
        """Play a session from a moment on, whatever place is shown."""
        self.player.play(folder, at_s)
        if not self.transport.shows(folder):
            self._desk.read(folder)

    @Slot(str)
    def search(self, query: str) -> None:
        """Show what is found; without a query, what was shown before."""
        place = self.place("search")
        assert isinstance(place, SearchPlace)
        place.show_query(query)
        if query:
            if self._shown != "search":
                self._before_search = self._shown
            self.turn_to("search")
        elif self._shown == "search":
            self.turn_to(self._before_search)

    @Slot(object)
    def export(self, wanted: Wanted) -> None:
        """Turn to the export of sessions."""
        place = self.place("export")
        assert isinstance(place, ExportPlace)
        if self._shown != "export":
            self._before_export = self._shown
        self.turn_to("export")
        place.show_wanted(wanted)

    @Slot()
    def _on_export_closed(self) -> None:
        self.turn_to(self._before_export)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Make room for the page where there is little."""
        super().resizeEvent(event)
        self.side.be_rail(is_rail=event.size().width() < tokens.WINDOW_WITH_SIDE_WIDTH)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave; what records goes on."""
        self._later.stop()
        self._memory.setValue("geometry", self.saveGeometry())
        self._memory.setValue("split", self._split.saveState())
        self._memory.setValue("place", self._shown)
        self._memory.sync()
        self.player.close()
        for place in self._places.values():
            place.close_work()
        self._desk.close()
        super().closeEvent(event)

    # --- what happens --------------------------------------------------------------------------

    @Slot(object)
    def _on_page(self, page: Page) -> None:
        titles = {row.summary.folder: row.summary.title for row in self._desk.rows}
        self.transport.show_session(page.folder, titles.get(page.folder.path, ""), page.strip)

    @Slot(object)
    def _on_started(self, _folder: SessionFolder) -> None:
        self.bar.take_in()
        self.turn_to("now")

    @Slot(object)
    def _on_start_failed(self, message: Message) -> None:
        self.bar.give_back()
        self.bar.notice.say(message)

    @Slot(object)
    def _on_said(self, message: Message) -> None:
        self.bar.notice.say(message)

    @Slot()
    def _on_play_asked(self) -> None:
        folder = self._shown_session()
        if folder is not None:
            self.play(folder, 0.0)

    @Slot()
    def _on_find_key(self) -> None:
        self.bar.field.setFocus()
        self.bar.field.selectAll()

    @Slot()
    def _on_mark_key(self) -> None:
        """Mark the session that is shown, or the only one that is live."""
        shown = self._shown_session()
        live = [live.folder for live in self._desk.live]
        if shown is not None and any(folder.path == shown.path for folder in live):
            self._desk.mark(shown)
        elif len(live) == 1:
            self._desk.mark(live[0])

    def _show_moment(self, folder: SessionFolder, at_s: float | None) -> None:
        place = self.place("session")
        assert isinstance(place, SessionPlace)
        place.show_session(folder, at_s)
        self.turn_to("session")
        self.side.show_session(folder.path)

    def _shown_session(self) -> SessionFolder | None:
        place = self._places.get(self._shown)
        return place.shown if isinstance(place, SessionPlace) else None

    # --- putting together ----------------------------------------------------------------------

    def _connect(self) -> None:
        desk = self._desk
        desk.rows_changed.connect(self.side.show_rows)
        desk.live_changed.connect(self.side.show_live)
        desk.page_read.connect(self._on_page)
        desk.offered.connect(self.bar.show_offers)
        desk.started.connect(self._on_started)
        desk.start_failed.connect(self._on_start_failed)
        desk.failed.connect(self._on_said)
        self.bar.offers_asked.connect(desk.list_offers)
        self.bar.record_asked.connect(desk.record)
        self.bar.search_asked.connect(self.search)
        self.side.place_asked.connect(self.turn_to)
        self.side.session_asked.connect(self.show_session)
        self.transport.play_asked.connect(self._on_play_asked)

    def _connect_place(self, key: str, place: Place) -> None:
        place.session_asked.connect(self.show_session)
        place.moment_asked.connect(self.show_moment)
        place.play_asked.connect(self.play)
        place.search_asked.connect(self.bar.search_for)
        place.export_asked.connect(self.export)
        place.said.connect(self._on_said)
        if key in self.side.buttons:
            place.counted.connect(self.side.buttons[key].show_count)
        if isinstance(place, SearchPlace):
            place.cleared.connect(self.bar.field.clear)
            place.complete(self.bar.field)
        if isinstance(place, ExportPlace):
            place.closed.connect(self._on_export_closed)

    @Slot()
    def _make_next(self) -> None:
        """Make one of the places that nobody has turned to yet, while there is nothing to do."""
        left = (key for key in self._entries if key not in self._places)
        missing = next((key for key in left if self._entries[key].is_eager), None)
        if missing is None:
            self._later.stop()
        else:
            self.place(missing)

    def _add_keys(self) -> None:
        for keys, slot in (
            ("Ctrl+K", self._on_find_key),
            ("Ctrl+Space", self.transport.toggle),
            ("M", self._on_mark_key),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _remember(self) -> None:
        """Be as large as before, at the same place."""
        geometry, split = self._memory.value("geometry"), self._memory.value("split")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(tokens.WINDOW_WIDTH, tokens.WINDOW_HEIGHT)
        if not (isinstance(split, QByteArray) and self._split.restoreState(split)):
            self._split.setSizes([tokens.SIDE_WIDTH, tokens.WINDOW_WIDTH - tokens.SIDE_WIDTH])
        place = str(self._memory.value("place", _FIRST))
        self.turn_to(place if place in self.side.buttons else _FIRST)

    def _lay_out(self) -> None:
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(tokens.BORDER)
        self._split.addWidget(self.side)
        self._split.addWidget(self.pages)
        self._split.setStretchFactor(1, 1)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._split, 1)
        layout.addWidget(self.transport)
        self.setCentralWidget(centre)
