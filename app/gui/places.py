"""The places of the window, in the order of its navigation.

Each is imported when it is made, so that the first window does without the others'.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot

from app.gui.desk import Desk
from app.gui.pages.session import SessionPage
from app.gui.place import Entry, Place, SessionPlace
from app.gui.player import Player
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.session import Page, Wave
from app.gui.presenters.transcription import Works
from app.gui.widgets import column
from recorder.archive import SessionFolder


def entries(desk: Desk, player: Player) -> tuple[Entry, ...]:
    """All places; those with a title stand in the navigation."""
    return (
        Entry(key="now", title=translate("Side", "Now"), icon="radio", make=partial(_now, desk)),
        Entry(
            key="library",
            title=translate("Side", "Library"),
            icon="library",
            make=partial(_library, desk),
        ),
        Entry(
            key="search",
            title=translate("Side", "Search"),
            icon="search",
            make=partial(_search, desk),
        ),
        Entry(
            key="jobs",
            title=translate("Side", "Jobs"),
            icon="list-checks",
            make=partial(_jobs, desk),
        ),
        Entry(
            key="settings",
            title=translate("Side", "Settings"),
            icon="settings",
            make=partial(_settings, desk),
            is_eager=False,
        ),
        Entry(key="export", make=partial(_export, desk), is_eager=False),
        Entry(key="session", make=partial(WiredSession, desk, player)),
    )


def _jobs(desk: Desk) -> Place:
    from app.gui.pages.jobs import JobsPage  # noqa: PLC0415 (see above)

    return JobsPage(desk)


def _settings(desk: Desk) -> Place:
    from app.gui.pages.settings import SettingsPage  # noqa: PLC0415 (see above)

    return SettingsPage(desk)


def _export(desk: Desk) -> Place:
    from app.gui.pages.export import ExportPage  # noqa: PLC0415 (see above)

    return ExportPage(desk)


def _now(desk: Desk) -> Place:
    from app.gui.pages.now import NowPage  # noqa: PLC0415 (see above)

    return NowPage(desk)


def _search(desk: Desk) -> Place:
    from app.gui.pages.search import SearchPage  # noqa: PLC0415 (see above)

    return SearchPage(desk)


def _library(desk: Desk) -> Place:
    from app.gui.pages.library import LibraryPage  # noqa: PLC0415 (see above)

    return LibraryPage(desk)


class WiredSession(SessionPlace):
    """The session page, wired to the desk and the player."""

    def __init__(self, desk: Desk, player: Player) -> None:
        super().__init__()
        self._desk, self._player = desk, player
        self._rows = {row.summary.folder: row for row in desk.rows}
        self._live = {live.key: live for live in desk.live}
        self.page = SessionPage()
        column(self, self.page)
        desk.rows_changed.connect(self._on_rows)
        desk.live_changed.connect(self._on_live)
        desk.work_changed.connect(self._on_work)
        desk.page_read.connect(self._on_page)
        desk.wave_read.connect(self._on_wave)
        player.moved.connect(self._on_moved)
        self.page.sought.connect(self.play_asked)
        self.page.stop_asked.connect(desk.stop)
        self.page.mark_asked.connect(desk.mark)
        self.page.dismissed.connect(desk.dismiss)
        self.page.transcription_asked.connect(desk.transcribe)

    @property
    def shown(self) -> SessionFolder | None:
        """The session that it shows."""
        return self.page.folder

    def show_session(self, folder: SessionFolder, at_s: float | None = None) -> None:  # noqa: ARG002
        """Show a session."""
        self.page.show_folder(folder)
        self._show_facts(folder.path)
        self._desk.read(folder)

    def _is_shown(self, path: Path) -> bool:
        return self.page.folder is not None and self.page.folder.path == path

    @Slot(object)
    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        before = self._rows
        self._rows = {row.summary.folder: row for row in rows}
        folder = self.page.folder
        if folder is not None and self._rows.get(folder.path) != before.get(folder.path):
            self._show_facts(folder.path)
            if folder.path in self._rows:
                self._desk.read(folder)

    @Slot(object)
    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        self._live = {live.key: live for live in sessions}
        if self.page.folder is not None:
            self._show_facts(self.page.folder.path)

    @Slot(object)
    def _on_work(self, _works: Works) -> None:
        if self.page.folder is not None:
            self._show_work(self.page.folder.path)

    @Slot(object)
    def _on_page(self, page: Page) -> None:
        if self._is_shown(page.folder.path):
            self.page.show_page(page)
            self._show_work(page.folder.path)
            self._on_moved(self._player.position_s)
            self._desk.draw(page.folder)

    @Slot(object)
    def _on_wave(self, wave: Wave) -> None:
        if self._is_shown(wave.folder.path):
            self.page.show_wave(wave)

    @Slot(float)
    def _on_moved(self, _at_s: float) -> None:
        played = self._player.folder
        is_heard = played is not None and self._is_shown(played.path)
        self.page.show_position(self._player.position_s if is_heard else None)

    def _show_facts(self, path: Path) -> None:
        live = self._live.get(path)
        if path in self._rows:
            row = self._rows[path]
            self.page.show_row(row.with_live(live) if live else row)
        self.page.show_live(live)
        self._show_work(path)

    def _show_work(self, path: Path) -> None:
        if path in self._rows:
            self.page.show_work(self._desk.works.of(self._rows[path]))
