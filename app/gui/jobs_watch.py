"""The window's side of `app.jobs`: watches all such work and orders it. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.gui import tokens
from app.gui.desk import Desk
from app.gui.presenters import exporting
from app.gui.presenters import jobs as presenter
from app.gui.presenters.jobs import Action
from app.gui.presenters.words import Message
from app.jobs import Job, Jobs, Request
from recorder.errors import AircheckError


class JobsWatch(QObject):
    """One for each desk (`of`), so that every place sees the same.

    The work itself is in processes of their own; closing ends the looking alone.
    """

    changed = Signal(object)
    """``tuple[Job, ...]``: all jobs, the newest first."""
    failed = Signal(object)
    """`Message`: why something could not be asked for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._root = desk.archive.root
        self._jobs = Jobs()
        self._shown: tuple[Job, ...] = ()
        self._lane = desk.lane("jobs-orders")
        self._look = desk.look(
            "jobs", tokens.JOBS_LOOK_S, self._read, self._on_read, self._on_failed
        )

    @classmethod
    def of(cls, desk: Desk) -> JobsWatch:
        """The desk's own."""
        found = desk.findChild(cls)
        return found if isinstance(found, cls) else cls(desk)

    @property
    def shown(self) -> tuple[Job, ...]:
        """The newest of `changed`."""
        return self._shown

    def start(self, request: Request, then: Callable[[Job], None] = lambda _: None) -> None:
        """Begin a piece of work; `then` gets the job."""
        self._order(lambda: self._jobs.start(request), then)

    def do(self, action: Action, key: str) -> None:
        """Pause, resume, cancel, try again, put first, or forget an item of the list."""
        self._order(lambda: presenter.do(action, key, self._jobs, self._root), lambda _: None)

    def close(self) -> None:
        """Look no longer; closed twice unharmed."""
        self._look.close()

    def _read(self) -> tuple[Job, ...] | None:
        jobs = tuple(self._jobs.all())
        return None if jobs == self._shown else jobs

    def _on_read(self, jobs: tuple[Job, ...]) -> None:
        self._shown = jobs
        self.changed.emit(jobs)

    def _order(self, work: Callable[[], Job | None], then: Callable[[Job], None]) -> None:
        def done(job: Job | None) -> None:
            self._look.look_now()
            if job is not None:
                then(job)

        if not self._lane.do(work, done, self._on_failed):
            self.failed.emit(exporting.no_room())

    def _on_failed(self, error: AircheckError) -> None:
        self.failed.emit(Message.of(error))
