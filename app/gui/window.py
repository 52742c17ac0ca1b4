"""The window: the record bar on top, sessions at the side, a page, and the transport below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui import icons, tokens
from app.gui.delegates import SessionDelegate
from app.gui.desk import Desk
from app.gui.models import ROW_ROLE, SessionsModel
from app.gui.pages.now import NowPage
from app.gui.pages.search import SearchPage
from app.gui.pages.session import SessionPage
from app.gui.player import Player
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.search import Found, HeadEntry, HitEntry
from app.gui.presenters.session import Page, Wave
from app.gui.presenters.transcription import Works
from app.gui.presenters.words import Message
from app.gui.record_bar import RecordBar
from app.gui.transport import Transport
from app.gui.widgets import Button, label
from recorder.archive import SessionFolder
from recorder.types import SessionId


class Window(QMainWindow):
    """Shows what the `Desk` says, and tells it what people want.

    Closing it asks nothing and stops nothing: recorders and the transcription's worker are
    processes of their own.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: dict[Path, Row] = {}
        self._live: dict[Path, Live] = {}
        self._works = Works()
        self._awaits_answer = False  # to a search; a better one that follows turns no page
        self.setWindowTitle("Aircheck")
        self.setWindowIcon(icons.app_icon())
        self.resize(tokens.WINDOW_WIDTH, tokens.WINDOW_HEIGHT)
        self.setMinimumSize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_LEAST_HEIGHT)
        self.sessions = SessionsModel()
        self.bar = RecordBar()
        self.place_now = Button("Now", "radio", kind="place")
        self.place_now.setCheckable(True)
        self.library = self._list()
        self.now = NowPage()
        self.session = SessionPage()
        self.search = SearchPage()
        self.pages = QStackedWidget()
        self.player = Player(self)
        self.transport = Transport(self.player)
        self._lay_out()
        self._connect_desk()
        self._connect_parts()
        self._add_keys()
        self.show_now()

    # --- places --------------------------------------------------------------------------------

    @Slot()
    def show_now(self) -> None:
        """Turn to what goes on."""
        self.library.clearSelection()
        self._turn_to(self.now)

    def show_session(self, folder: SessionFolder) -> None:
        """Turn to a session."""
        self.session.show_folder(folder)
        self._show_facts(folder.path)
        self._turn_to(self.session)
        self._select(folder.path)
        self._desk.read(folder)

    def play(self, folder: SessionFolder, at_s: float) -> None:
        """Play a session from a moment on."""
        self.player.play(folder, at_s)
        if not self.transport.shows(folder):
            self._desk.read(folder)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave; what records goes on."""
        self.player.close()
        self._desk.close()
        super().closeEvent(event)

    # --- what the desk says --------------------------------------------------------------------

    @Slot(object)
    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        before = self._rows
        self._rows = {row.summary.folder: row for row in rows}
        self.sessions.show_rows(tuple(self._as_now(row) for row in rows))
        self.now.show_rows(rows)
        folder = self.session.folder
        if folder is not None and self._rows.get(folder.path) != before.get(folder.path):
            self._show_facts(folder.path)
            if folder.path in self._rows:
                self._desk.read(folder)

    @Slot(object)
    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        before, self._live = self._live, {live.key: live for live in sessions}
        for path in before.keys() | self._live.keys():
            self._show_row(path)
        count = len(sessions)
        title = f"Now ({count})" if count else "Now"
        if self.place_now.text() != title:
            self.place_now.setText(title)
        self.now.show_live(sessions)
        if self.session.folder is not None:
            self.session.show_live(self._live.get(self.session.folder.path))

    @Slot(object)
    def _on_work(self, works: Works) -> None:
        self._works = works
        if self.session.folder is not None:
            self._show_work(self.session.folder.path)

    @Slot(object)
    def _on_page(self, page: Page) -> None:
        path = page.folder.path
        row = self._rows.get(path)
        self.transport.show_session(page.folder, row.summary.title if row else "", page.strip)
        if self.session.folder is not None and self.session.folder.path == path:
            self.session.show_page(page)
            self._show_work(path)
            self._show_position()
            self._desk.draw(page.folder)

    @Slot(object)
    def _on_wave(self, wave: Wave) -> None:
        self.now.show_wave(wave)
        if self.session.folder is not None and self.session.folder.path == wave.folder.path:
            self.session.show_wave(wave)

    @Slot(object)
    def _on_found(self, found: Found) -> None:
        silent_count = sum(row.is_silent for row in self._rows.values())
        self.search.show_found(found, silent_count=silent_count)
        if self._awaits_answer:
            self._turn_to(self.search)

    @Slot(object)
    def _on_search_failed(self, message: Message) -> None:
        self.search.notice.say(message)
        if self._awaits_answer:
            self._turn_to(self.search)

    @Slot(object)
    def _on_started(self, _folder: SessionFolder) -> None:
        self.bar.take_in()
        self.now.offer_sample(can_play=True)
        self.show_now()

    @Slot(object)
    def _on_start_failed(self, message: Message) -> None:
        self.bar.give_back()
        self.now.offer_sample(can_play=True)
        self.bar.notice.say(message)

    @Slot(object)
    def _on_failed(self, message: Message) -> None:
        self.bar.notice.say(message)

    # --- what people want ----------------------------------------------------------------------

    @Slot(str)
    def _on_search(self, query: str) -> None:
        if query:
            self._awaits_answer = True
            self._desk.search(query)
            return
        self._desk.forget_search()
        if self.pages.currentWidget() is self.search:
            self.show_now()

    @Slot(str, int)
    def _on_more(self, query: str, limit: int) -> None:
        self._desk.search(query, limit)

    @Slot(object)
    def _on_hit(self, hit: HitEntry) -> None:
        folder = self._folder_of(hit.session)
        if folder is not None:
            self.play(folder, hit.start_s)

    @Slot(object)
    def _on_head(self, head: HeadEntry) -> None:
        folder = self._folder_of(head.session)
        if folder is not None:
            self.show_session(folder)

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Row):
            self.show_session(SessionFolder(row.summary.folder))

    @Slot(object, float)
    def _on_sought(self, folder: SessionFolder, at_s: float) -> None:
        self.play(folder, at_s)

    @Slot(object)
    def _on_opened(self, folder: SessionFolder) -> None:
        self.show_session(folder)

    @Slot()
    def _on_play_asked(self) -> None:
        if self.pages.currentWidget() is self.session and self.session.folder is not None:
            self.play(self.session.folder, 0.0)

    @Slot()
    def _on_find_key(self) -> None:
        self.bar.field.setFocus()
        self.bar.field.selectAll()

    @Slot()
    def _on_mark_key(self) -> None:
        """Mark the session that is shown, or the only one that is live."""
        shown = self.session.folder if self.pages.currentWidget() is self.session else None
        live = [live.folder for live in self._live.values()]
        if shown is not None and shown.path in self._live:
            self._desk.mark(shown)
        elif len(live) == 1:
            self._desk.mark(live[0])

    @Slot(float)
    def _on_moved(self, _at_s: float) -> None:
        self._show_position()

    def _folder_of(self, session: SessionId) -> SessionFolder | None:
        """The folder of a session that was found; says so where it is gone by now."""
        for path, row in self._rows.items():
            if row.summary.id == session:
                return SessionFolder(path)
        self.search.notice.say(
            Message(happened="This session is not in the archive any more.", next="Search again.")
        )
        return None

    # --- showing -------------------------------------------------------------------------------

    def _turn_to(self, page: QWidget) -> None:
        self._awaits_answer = False
        self.pages.setCurrentWidget(page)
        self.place_now.setChecked(page is self.now)
        self.transport.offer(can_play=page is self.session)

    def _select(self, path: Path) -> None:
        index = self.sessions.place_of(path)
        if index.isValid() and self.library.currentIndex() != index:
            self.library.setCurrentIndex(index)

    def _show_facts(self, path: Path) -> None:
        if path in self._rows:
            self.session.show_row(self._as_now(self._rows[path]))
        self.session.show_live(self._live.get(path))
        self._show_work(path)

    def _as_now(self, row: Row) -> Row:
        """What its recorder says goes before what the archive shows."""
        live = self._live.get(row.summary.folder)
        return row.with_live(live) if live else row

    def _show_row(self, path: Path) -> None:
        """Show the newest of a session's state, wherever it stands."""
        if path not in self._rows:
            return
        row = self._as_now(self._rows[path])
        self.sessions.show_row(row)
        if self.session.folder is not None and self.session.folder.path == path:
            self.session.show_row(row)

    def _show_work(self, path: Path) -> None:
        row = self._rows.get(path)
        if row is not None:
            self.session.show_work(self._works.of(row))

    def _show_position(self) -> None:
        played, shown = self.player.folder, self.session.folder
        is_shown = played is not None and shown is not None and played.path == shown.path
        self.session.show_position(self.player.position_s if is_shown else None)

    # --- putting together ----------------------------------------------------------------------

    def _connect_desk(self) -> None:
        desk = self._desk
        desk.rows_changed.connect(self._on_rows)
        desk.live_changed.connect(self._on_live)
        desk.work_changed.connect(self._on_work)
        desk.page_read.connect(self._on_page)
        desk.wave_read.connect(self._on_wave)
        desk.found.connect(self._on_found)
        desk.indexed.connect(self.search.show_indexing)
        desk.search_failed.connect(self._on_search_failed)
        desk.offered.connect(self.bar.show_offers)
        desk.started.connect(self._on_started)
        desk.start_failed.connect(self._on_start_failed)
        desk.failed.connect(self._on_failed)

    def _connect_parts(self) -> None:
        desk = self._desk
        self.bar.offers_asked.connect(desk.list_offers)
        self.bar.record_asked.connect(desk.record)
        self.bar.search_asked.connect(self._on_search)
        self.place_now.clicked.connect(self.show_now)
        self.library.clicked.connect(self._on_chosen)
        self.library.activated.connect(self._on_chosen)
        self.now.opened.connect(self._on_opened)
        self.now.stop_asked.connect(desk.stop)
        self.now.mark_asked.connect(desk.mark)
        self.now.sought.connect(self._on_sought)
        self.now.dismissed.connect(desk.dismiss)
        self.session.dismissed.connect(desk.dismiss)
        self.now.recovery_asked.connect(desk.recover)
        self.now.wait_asked.connect(desk.wait)
        self.now.sample_asked.connect(desk.play_sample)
        self.session.sought.connect(self._on_sought)
        self.session.stop_asked.connect(desk.stop)
        self.session.mark_asked.connect(desk.mark)
        self.session.transcription_asked.connect(desk.transcribe)
        self.search.chosen.connect(self._on_hit)
        self.search.opened.connect(self._on_head)
        self.search.cleared.connect(self.bar.field.clear)
        self.search.more_asked.connect(self._on_more)
        self.transport.play_asked.connect(self._on_play_asked)
        self.player.moved.connect(self._on_moved)

    def _add_keys(self) -> None:
        for keys, slot in (
            ("Ctrl+K", self._on_find_key),
            ("Ctrl+Space", self.transport.toggle),
            ("M", self._on_mark_key),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _lay_out(self) -> None:
        for page in (self.now, self.session, self.search):
            self.pages.addWidget(page)
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.setChildrenCollapsible(False)
        middle.setHandleWidth(1)
        middle.addWidget(self._side())
        middle.addWidget(self.pages)
        middle.setStretchFactor(1, 1)
        middle.setSizes([tokens.SIDE_WIDTH, tokens.WINDOW_WIDTH - tokens.SIDE_WIDTH])
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(middle, 1)
        layout.addWidget(self.transport)
        self.setCentralWidget(centre)

    def _side(self) -> QFrame:
        side = QFrame()
        side.setObjectName("side")
        side.setMinimumWidth(tokens.SIDE_LEAST_WIDTH)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(tokens.SPACE_S, tokens.SPACE_M, tokens.SPACE_S, tokens.SPACE_S)
        layout.setSpacing(tokens.SPACE_S)
        heading = label("note", "Sessions")
        heading.setContentsMargins(tokens.SPACE_M, tokens.SPACE_S, 0, 0)
        layout.addWidget(self.place_now)
        layout.addWidget(heading)
        layout.addWidget(self.library, 1)
        return side

    def _list(self) -> QListView:
        view = QListView()
        view.setModel(self.sessions)
        view.setItemDelegate(SessionDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setAccessibleName("Sessions, newest first; Return opens one")
        return view
