"""The window's work, off the GUI thread: looking, asking, reading, searching, starting.

`Desk` owns every worker thread of the window. Its methods return at once and are called on the
GUI thread, where its signals arrive too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app import marking
from app.gui import tokens
from app.gui.bridge import Bridge, Failed, Lane, Latest, Ticker
from app.gui.presenters import capture, notes, session
from app.gui.presenters.language import translate
from app.gui.presenters.library import Library, Row
from app.gui.presenters.live import (
    Act,
    Live,
    LiveSessions,
    LiveWaves,
    Revivals,
    gone,
    recover,
    stop,
)
from app.gui.presenters.ready import Ready
from app.gui.presenters.sample import SampleSession
from app.gui.presenters.session import Wave
from app.gui.presenters.transcription import AS_ALWAYS, Asked, Transcription, Works
from app.gui.presenters.words import Message
from app.settings import Settings
from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import AircheckError

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Desk(QObject):
    """Watches the archive, its recorders and the transcription, and does what people ask for."""

    settings_changed = Signal(object)
    """`Settings`: somebody has changed them."""
    rows_changed = Signal(object)
    """``tuple[Row, ...]``: the archive's sessions, newest first."""
    live_changed = Signal(object)
    """``tuple[Live, ...]``: the sessions that go on."""
    work_changed = Signal(object)
    """`transcription.Works`: what is transcribed, and how far it is."""
    page_read = Signal(object)
    """`session.Page`: what was asked for by `read`."""
    wave_read = Signal(object)
    """`session.Wave`: of the page that was read last, or of a live session."""
    offered = Signal(object)
    """`capture.Offers`: what was asked for by `list_offers`."""
    heard = Signal(object)
    """``dict[str, tuple[float, float]]``: levels of the inputs, while `listen` wants them."""
    kept = Signal(str)
    """What is kept in memory of a chosen device, as a sentence; empty where nothing is."""
    started = Signal(object)
    """`SessionFolder`: a recording that was asked for has begun."""
    marked = Signal(object, float)
    """`SessionFolder`, session time: a moment was marked, and may be named."""
    start_failed = Signal(object)
    """`Message`: why it has not."""
    shown_folder = Signal(object)
    """``Path``: a folder that the system's file manager is to show."""
    told = Signal(object)
    """`Message`: something that was asked for is done."""
    failed = Signal(object)
    """`Message`: something else that went wrong."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._archive = archive = Archive(settings.archive)
        self._transcription = transcription = Transcription(settings)
        self._rows: tuple[Row, ...] = ()
        self._has_looked = False
        self._sessions: tuple[Live, ...] = ()
        self._works = Works()
        self._live = LiveSessions()
        self._revivals = Revivals()
        self._sample: SampleSession | None = None
        self._bridge = Bridge(self)
        self._library = Library(archive, Latest(self._bridge, self._on_rows).put)
        self._orders = Lane(self._bridge, "gui-orders")
        self._starts = Lane(self._bridge, "gui-starts")
        self._reading = Lane(self._bridge, "gui-reading", newest_only=True)
        self._drawing = Lane(self._bridge, "gui-drawing", newest_only=True)
        self._lanes: list[Lane] = []
        self._looks: list[Ticker[Any]] = []
        self._ear: Ticker[dict[str, tuple[float, float]]] | None = None
        self._ready = Ready()
        self._ready_look: Ticker[str] | None = None
        self._look = Ticker(
            self._bridge, "gui-library", tokens.LIBRARY_LOOK_S,
            self._library.look, self._on_rows, self._on_failed, begins=False,
        )  # fmt: skip
        self._ask = Ticker(
            self._bridge, "gui-live", tokens.LIVE_LOOK_S,
            self._live.look, self._on_live, self._on_failed, begins=False,
        )  # fmt: skip
        self._waves = LiveWaves()
        self._measured: Path | None = None
        self._redraw = Ticker(
            self._bridge, "gui-waves", tokens.WAVE_LOOK_S,
            self._waves.look, self._on_waves, self._on_failed, begins=False,
        )  # fmt: skip
        self._transcribe = Ticker(
            self._bridge, "gui-transcription", tokens.LIBRARY_LOOK_S,
            transcription.look, self._on_works, self._on_failed, begins=False,
        )  # fmt: skip

    @property
    def settings(self) -> Settings:
        """As they are now, but for the folders, which are those that the window opened."""
        return self._settings

    def use(self, settings: Settings) -> None:
        """Go by other settings from now on.

        Another archive, or another folder of models, is used from the next time on that the
        window is opened.
        """
        before = self._settings
        self._settings = replace(settings, archive=before.archive, models=before.models)
        self._transcription.use(self._settings)
        self.settings_changed.emit(self._settings)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The newest of `rows_changed`."""
        return self._rows

    @property
    def has_looked(self) -> bool:
        """Whether `rows` says what there is; before, nobody has looked."""
        return self._has_looked

    @property
    def live(self) -> tuple[Live, ...]:
        """The newest of `live_changed`."""
        return self._sessions

    @property
    def works(self) -> Works:
        """The newest of `work_changed`."""
        return self._works

    @property
    def archive(self) -> Archive:
        """The archive that the window shows."""
        return self._archive

    @property
    def bridge(self) -> Bridge:
        """Carries results onto the GUI thread."""
        return self._bridge

    def lane(self, name: str, *, room: int = 16, newest_only: bool = False) -> Lane:
        """A thread for a place's own work, named ``gui-{name}``; it is closed with the desk."""
        lane = Lane(self._bridge, f"gui-{name}", room=room, newest_only=newest_only)
        self._lanes.append(lane)
        return lane

    def look(
        self,
        name: str,
        interval_s: float,
        look: Callable[[], T | None],
        then: Callable[[T], None],
        failed: Failed,
    ) -> Ticker[T]:
        """A place's own look, on a thread named ``gui-{name}``; it is closed with the desk."""
        ticker = Ticker(self._bridge, f"gui-{name}", interval_s, look, then, failed)
        self._looks.append(ticker)
        return ticker

    def begin(self) -> None:
        """Look from now on. The window calls it when it is painted: reading would slow that."""
        for ticker in (self._look, self._ask, self._redraw, self._transcribe):
            ticker.begin()

    def look_now(self) -> None:
        """Look at the archive and the recorders at once: something was changed."""
        self._look.look_now()
        self._ask.look_now()

    def list_offers(self) -> None:
        """List what this machine can record; then `offered`."""
        self._order(capture.offers, self.offered.emit)

    def listen(self, is_wanted: bool) -> None:  # noqa: FBT001 (a signal's)
        """Tell the levels of this machine's inputs from now on, or no longer."""
        if self._ear is not None:
            self._ear.end()
            self._ear = None
        if is_wanted:
            hearing = capture.Hearing()
            self._ear = Ticker(
                self._bridge, "gui-hearing", tokens.LIVE_LOOK_S,
                hearing.levels, self.heard.emit, self._on_failed, hearing.close,
            )  # fmt: skip

    def prepare(self, text: str) -> None:
        """Listen to a chosen device, as long as is set, and no longer to another; tells `kept`."""
        keep_s = self._settings.pre_roll
        if self._ready_look is not None:
            self._ready_look.end()
            self._ready_look = None
            self.kept.emit("")
        if keep_s and text:
            self._ready_look = Ticker(
                self._bridge, "gui-ready", tokens.LIBRARY_LOOK_S,
                self._ready.sentence, self.kept.emit, self._on_failed,
            )  # fmt: skip
        if keep_s or not text:
            self._order(lambda: self._ready.prepare(text, keep_s), lambda _: None)

    def record(self, wish: capture.Wish) -> None:
        """Start recording what is asked for; then `started` or `start_failed`."""
        cookies = self._settings.cookies

        def start() -> SessionFolder:
            kept = self._ready.record(self._archive, wish)
            return kept or capture.record(self._archive, wish, cookies=cookies)

        self._start(start)

    def record_system(self, beside: SessionFolder) -> None:
        """Record what this machine plays; then `started` or `start_failed`."""
        self._start(lambda: capture.record_system(self._archive, beside))

    def record_again(self, failed: SessionFolder) -> None:
        """Try once more what failed; then `started` or `start_failed`."""
        self._start(lambda: capture.record_again(self._archive, failed))
        self.dismiss(failed)

    def play_sample(self) -> None:
        """Broadcast the sample and record it; then `started` or `start_failed`."""
        if self._sample is None:
            self._sample = SampleSession(self._archive)
        self._start(self._sample.start)

    def stop(self, folder: SessionFolder) -> None:
        """Ask a recorder to end well."""
        self._order(lambda: stop(folder))

    def mark(self, folder: SessionFolder) -> None:
        """Mark the moment that is live now; then `marked`."""
        self._order(
            Client(folder).mark,
            lambda at_s: self.marked.emit(folder, at_s),
        )

    def name_mark(self, folder: SessionFolder, at_s: float, text: str) -> None:
        """Name a mark of a session that goes on."""
        self._order(lambda: marking.mark(folder, at_s, text))

    def note(self, folder: SessionFolder, at_s: float, text: str) -> None:
        """Keep a note at a moment of a session."""
        self._order(lambda: notes.add(folder, at_s, text))

    def act(self, folder: SessionFolder, act: Act) -> None:
        """Do what a session's state suggested."""
        match act:
            case Act.MARK:
                self.mark(folder)
            case Act.CALL_OFF:
                self.stop(folder)
            case Act.RECORD_SYSTEM:
                self.record_system(folder)
            case Act.TRY_AGAIN:
                self.record_again(folder)
            case Act.SHOW_FOLDER:
                self.shown_folder.emit(folder.path)
            case _:
                pass

    def dismiss(self, folder: SessionFolder) -> None:
        """Show a session that failed no longer as one of now."""
        self._live.dismiss(folder)
        self._ask.look_now()

    def wait(self, folder: SessionFolder) -> None:
        """Have a recorder wait for a session that is to come."""
        self._order(lambda: launch.revive(folder))

    def recover(self, folder: SessionFolder) -> None:
        """Mend and seal a session whose recorder died."""
        self._order(lambda: recover(folder))

    def transcribe(self, *folders: SessionFolder, asked: Asked = AS_ALWAYS) -> None:
        """Queue sessions for transcription."""

        def ask() -> None:
            for folder in folders:
                self._transcription.ask(folder, asked)

        self._order(ask)

    def models(self) -> tuple[str, ...]:
        """See `Transcription.models`; blocks on the disk, briefly."""
        return self._transcription.models()

    def read(self, folder: SessionFolder) -> None:
        """Read a session's page; then `page_read`, unless another was asked for meanwhile."""
        self._reading.do(lambda: session.load(folder), self.page_read.emit, self._on_failed)

    def measure(self, folder: SessionFolder | None) -> None:
        """Keep the waveform of this session up to date while it goes on; None: of none."""
        self._measured = folder.path if folder else None
        self._watch_wave()

    def draw(self, folder: SessionFolder) -> None:
        """Read a session's waveform; then `wave_read`, unless another was asked for meanwhile."""
        self._drawing.do(lambda: session.load_wave(folder), self.wave_read.emit, self._on_no_wave)

    def close(self) -> None:
        """End all threads. Recorders go on; the sample's ends, for its broadcast ends here."""
        self._bridge.close()
        for look in (self._ear, self._ready_look):
            if look is not None:
                look.close()
        own: list[Ticker[Any]] = [self._look, self._ask, self._redraw, self._transcribe]
        for thread in (*own, *self._looks):
            thread.close()
        lanes = (self._reading, self._drawing, self._starts, self._orders)
        for lane in (*lanes, *self._lanes):
            lane.close()
        self._live.close()
        self._ready.close()
        if self._sample is not None:
            self._sample.close()

    def _start(self, work: Callable[[], SessionFolder]) -> None:
        is_taken = self._starts.do(
            work, self._on_started, lambda error: self.start_failed.emit(Message.of(error))
        )
        if not is_taken:
            said = translate("Desk", "Too many recordings are starting at once.")
            self.start_failed.emit(Message(happened=said))

    def _order(
        self, work: Callable[[], object], then: Callable[[object], None] | None = None
    ) -> None:
        if not self._orders.do(work, then or self._on_done, self._on_failed):
            said = translate("Desk", "Too much was asked for at once; try again.")
            self.failed.emit(Message(happened=said))

    def _on_done(self, _result: object) -> None:
        self.look_now()

    def _on_started(self, folder: SessionFolder) -> None:
        self._live.watch([folder])
        self._on_done(None)
        self.started.emit(folder)

    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        self._live.watch(SessionFolder(row.summary.folder) for row in rows if row.is_live)
        self._transcription.show_rows(rows)
        self._rows, self._has_looked = rows, True
        self.rows_changed.emit(rows)

    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        for live in sessions:
            if live.has_died:
                self._revive(live.folder)
        self._sessions = sessions
        self._watch_wave()
        self.live_changed.emit(sessions)

    def _watch_wave(self) -> None:
        """Measure the live session whose page is shown, and no other: it reads a whole journal."""
        self._waves.watch(
            live.folder
            for live in self._sessions
            if live.key == self._measured and live.status.end_s and not live.has_failed
        )

    def _on_works(self, works: Works) -> None:
        self._works = works
        self.work_changed.emit(works)

    def _on_waves(self, waves: tuple[Wave, ...]) -> None:
        for wave in waves:
            self.wave_read.emit(wave)

    def _revive(self, folder: SessionFolder) -> None:
        if self._revivals.may_try(folder):
            self._order(lambda: launch.revive(folder))
        else:
            self.failed.emit(gone(folder))

    def _on_no_wave(self, error: AircheckError) -> None:
        _log.info("no waveform: %s", error)  # the page says what is wrong with the session

    def _on_failed(self, error: AircheckError) -> None:
        _log.info("%s", error)
        self.failed.emit(Message.of(error))
