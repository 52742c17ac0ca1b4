"""The window: the record bar on top, places at the side, one of them shown, the transport below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QSettings, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import paths
from app.gui import icons, places, tokens
from app.gui.desk import Desk
from app.gui.pages.now import NowPage
from app.gui.parting import Parting
from app.gui.place import Entry, ExportPlace, Place, SearchPlace, SessionPlace
from app.gui.player import Player
from app.gui.presenters.capture import source_in
from app.gui.presenters.language import translate
from app.gui.presenters.live import Live
from app.gui.presenters.session import Page
from app.gui.presenters.words import Message
from app.gui.record_bar import RecordBar
from app.gui.side import Side
from app.gui.transport import Transport
from app.gui.tray import Tray
from recorder.archive import SessionFolder
from recorder.errors import AircheckError

if TYPE_CHECKING:
    from app.gui.presenters.exporting import Wanted

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
        self._begun: dict[str, Place] = {}  # not all of it is made yet
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
        self.parting = Parting()
        self.tray = Tray(desk, self)
        self._side_width = tokens.SIDE_WIDTH  # while it isn't a rail
        self._is_seen = False
        self._is_leaving = False
        self._is_stopping = False
        self.setAcceptDrops(True)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self._connect()
        self._add_keys()
        self._memory = QSettings(str(paths.window_state()), QSettings.Format.IniFormat)
        self._remember()
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._make_next)
        self._loading = desk.lane("places")
        self._loaded: Entry | None = None
        self._coming = [entry for entry in entries if entry.key not in self._places]

    @property
    def desk(self) -> Desk:
        """What works for it."""
        return self._desk

    # --- places --------------------------------------------------------------------------------

    def place(self, key: str) -> Place:
        """A place, made if it isn't yet.

        Raises:
            KeyError: There is none by that key.
        """
        if key not in self._places:
            made = self._begun.pop(key, None) or self._entries[key].make(self.pages)
            made.make_all()
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
        self.bar.notice.arrange()
        self._desk.measure(session)
        place.enter()
        QTimer.singleShot(0, self, self._fit_side)  # once the page has its room

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
    def _on_place_asked(self, key: str) -> None:
        if key in self._entries:
            self.turn_to(key)

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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """The work begins once the window can be seen."""
        super().paintEvent(event)
        if not self._is_seen:
            self._is_seen = True
            QTimer.singleShot(0, self, self._begin)

    @Slot()
    def _begin(self) -> None:
        self._desk.begin()
        self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Make room for the page where there is little."""
        super().resizeEvent(event)
        is_rail = event.size().width() < tokens.WINDOW_WITH_SIDE_WIDTH
        if is_rail and not self.side.is_rail:
            self._side_width = self.side.width()
        is_back = self.side.is_rail and not is_rail
        self.side.be_rail(is_rail=is_rail)
        self.bar.fit()
        self._fit_side()
        if is_back:
            width = self._side_width
            self._split.setSizes([width, self._split.width() - width])

    def _fit_side(self) -> None:
        """Give the side what it takes: QSplitter remembers a width that a rail doesn't fill."""
        most = self.side.maximumWidth()
        if self._split.sizes()[0] > most:
            self._split.setSizes([most, self._split.width() - most])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Take what can be recorded."""
        if _dragged(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Arm what was dropped."""
        source = _dragged(event.mimeData())
        if source:
            event.acceptProposedAction()
            self.bar.arm(source)

    @Slot()
    def bring_back(self) -> None:
        """Show the window again, on top."""
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def quit(self) -> None:
        """End the window's process; where sessions are live, say first that they go on."""
        count = len(self._going())
        if count and not self.parting.isVisible():
            self.bring_back()
            self.parting.ask(count)
        else:
            self.leave()

    @Slot()
    def leave(self) -> None:
        """End the window's process at once; what records goes on."""
        self._is_leaving = True
        self.close()
        QApplication.quit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go into the tray, or leave where there is none; what records goes on."""
        self._memorise()
        if self.tray.is_there and not self._is_leaving:
            event.ignore()
            self.hide()
            self._say_once_that_it_stays()
            return
        self._later.stop()
        self.tray.close()
        self.player.close()
        for begun in tuple(self._begun):
            self.place(begun)
        for place in self._places.values():
            place.close_work()
        self._desk.close()
        super().closeEvent(event)

    def _memorise(self) -> None:
        """Keep the size and the place for the next time."""
        self._memory.setValue("geometry", self.saveGeometry())
        self._memory.setValue("split", self._split.saveState())
        self._memory.setValue("place", self._shown)
        self._memory.sync()

    def _say_once_that_it_stays(self) -> None:
        if not self._memory.value("told_of_tray"):
            self._memory.setValue("told_of_tray", "yes")
            self.tray.tell(
                translate("Window", "Aircheck stays in the tray"),
                translate("Window", "Recordings go on in any case. Its menu has Quit."),
            )

    def _going(self) -> list[Live]:
        return [live for live in self._desk.live if not live.has_failed]

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
        place = self._places.get(self._shown)
        if isinstance(place, SessionPlace) and place.shown is not None:
            self.play(place.shown, place.cursor_s)

    @Slot()
    def _on_stop_all(self) -> None:
        """Stop all that goes on, and leave when it is sealed."""
        self._is_stopping = True
        for live in self._going():
            self._desk.stop(live.folder)

    @Slot(object)
    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        for live in sessions:
            self.transport.show_growth(live.folder, live.strip)
        if self._is_stopping and not self._going():
            self.leave()

    @Slot()
    def _on_paste(self) -> None:
        """What was pasted anywhere but into a field is to be recorded, if it can be."""
        source = source_in(QApplication.clipboard().text())
        if source:
            self.bar.arm(source)

    @Slot()
    def _on_find_key(self) -> None:
        self.bar.field.setFocus()
        self.bar.field.selectAll()

    @Slot()
    def _on_keys_key(self) -> None:
        """List the keys of the page that is shown."""
        self._places[self._shown].show_keys()

    @Slot()
    def _on_mark_key(self) -> None:
        """Mark the session that is shown, or the live one that has the focus, or all that sound."""
        place = self._places.get(self._shown)
        if isinstance(place, SessionPlace) and place.mark():
            return
        shown = self._shown_session()
        if shown is not None and any(live.key == shown.path for live in self._desk.live):
            self._desk.mark(shown)
            return
        for card in self._now.current:
            self._desk.mark(card.folder)

    @Slot()
    def _on_note_key(self) -> None:
        """Write a note at this moment of a live session."""
        cards = self._now.current
        if cards:
            self.turn_to("now")
            cards[0].ask_note()

    @Slot(object)
    def _on_session_told(self, folder: SessionFolder) -> None:
        self.bring_back()
        self.show_session(folder)

    @Slot(object)
    def _on_shown_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    @Slot(object)
    def _on_shown_file(self, file: Path) -> None:
        self._on_shown_folder(file.parent)

    @property
    def _now(self) -> NowPage:
        place = self.place("now")
        assert isinstance(place, NowPage)
        return place

    def _show_moment(self, folder: SessionFolder, at_s: float | None) -> None:
        place = self.place("session")
        assert isinstance(place, SessionPlace)
        place.show_session(folder, at_s)
        self.turn_to("session")
        self._desk.measure(folder)
        self.side.show_session(folder.path)

    def _shown_session(self) -> SessionFolder | None:
        place = self._places.get(self._shown)
        return place.shown if isinstance(place, SessionPlace) else None

    # --- putting together ----------------------------------------------------------------------

    def _connect(self) -> None:
        desk = self._desk
        desk.rows_changed.connect(self.side.show_rows)
        desk.live_changed.connect(self.side.show_live)
        desk.live_changed.connect(self._on_live)
        desk.page_read.connect(self._on_page)
        desk.offered.connect(self.bar.show_offers)
        desk.started.connect(self._on_started)
        desk.start_failed.connect(self._on_start_failed)
        desk.failed.connect(self._on_said)
        desk.told.connect(self._on_said)
        desk.heard.connect(self.bar.show_levels)
        desk.shown_folder.connect(self._on_shown_folder)
        self.bar.notice.shown.connect(self._on_shown_file)
        self.bar.offers_asked.connect(desk.list_offers)
        self.bar.levels_asked.connect(desk.listen)
        self.bar.record_asked.connect(desk.record)
        self.bar.search_asked.connect(self.search)
        self.side.place_asked.connect(self.turn_to)
        self.side.session_asked.connect(self.show_session)
        self.transport.play_asked.connect(self._on_play_asked)
        self.parting.quit_asked.connect(self.leave)
        self.parting.stop_asked.connect(self._on_stop_all)
        self.tray.open_asked.connect(self.bring_back)
        self.tray.session_asked.connect(self._on_session_told)
        self.tray.quit_asked.connect(self.quit)

    def _connect_place(self, key: str, place: Place) -> None:
        place.session_asked.connect(self.show_session)
        place.moment_asked.connect(self.show_moment)
        place.play_asked.connect(self.play)
        place.search_asked.connect(self.bar.search_for)
        place.export_asked.connect(self.export)
        place.place_asked.connect(self._on_place_asked)
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
        """Take a step at the place that was loaded off this thread, or have the next one loaded."""
        if self._loaded is not None and self._make_some(self._loaded):
            self._later.start()
            return
        self._loaded = None
        if self._coming:
            entry = self._coming.pop(0)
            self._loading.do(entry.load, lambda _: self._on_loaded(entry), self._on_load_failed)

    def _make_some(self, entry: Entry) -> bool:
        """Take a step at a place; whether there is more of it to make."""
        if entry.key in self._places:
            return False
        made = self._begun.get(entry.key)
        if made is None:
            self._begun[entry.key] = begun = entry.make(self.pages)
            begun.hide()  # whatever becomes of the window meanwhile
        elif not made.make_some():
            self.place(entry.key)
        return entry.key in self._begun

    def _on_loaded(self, entry: Entry) -> None:
        self._loaded = entry
        self._later.start()  # once there is nothing else to do

    def _on_load_failed(self, error: AircheckError) -> None:
        self._on_said(Message.of(error))

    def _add_keys(self) -> None:
        for keys, slot in (
            ("Ctrl+K", self._on_find_key),
            ("Ctrl+Space", self.transport.toggle),
            ("M", self._on_mark_key),
            ("N", self._on_note_key),
            ("Ctrl+V", self._on_paste),
            ("Ctrl+Q", self.quit),
            ("?", self._on_keys_key),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _remember(self) -> None:
        """Be as large as before, at the same place; play as before."""
        self.transport.remember(self._memory)
        geometry, split = self._memory.value("geometry"), self._memory.value("split")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(tokens.WINDOW_WIDTH, tokens.WINDOW_HEIGHT)
        if not (isinstance(split, QByteArray) and self._split.restoreState(split)):
            self._split.setSizes([tokens.SIDE_WIDTH, tokens.WINDOW_WIDTH - tokens.SIDE_WIDTH])
        place = str(self._memory.value("place", _FIRST))
        self.turn_to(place if place in self.side.buttons else _FIRST)

    def _lay_out(self) -> None:
        """From the outside in: whatever gets another parent is dressed again, all that is in it."""
        centre = QWidget()
        self.setCentralWidget(centre)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.parting)
        layout.addWidget(self._split, 1)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(tokens.BORDER)
        self._split.addWidget(self.side)
        self._split.addWidget(self.pages)
        self._split.setStretchFactor(1, 1)
        layout.addWidget(self.transport)  # last, for Tab goes in this order


def _dragged(data: QMimeData) -> str:
    """What can be recorded of what is dragged: a link, or a file's path; empty where nothing."""
    for url in data.urls():
        source = source_in(url.toLocalFile() if url.isLocalFile() else url.toString())
        if source:
            return source
    return source_in(data.text())
