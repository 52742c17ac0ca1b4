"""Long work that outlives the window: exports, downloads, imports, comparisons, waiting, watching.

Each is a process of its own (`app.labour`) and three small files in the user's state folder::

    <id>.json        what is asked for; written once
    <id>.state       how far it is, as JSON; its process writes it again and again
    <id>.stop        the process is to end; what it had half done goes away

Closing the window stops none; one that is opened later shows them all. A process that died leaves
a state that nobody keeps up, and its job has failed.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from app import paths
from recorder import launch
from recorder.archive import write_whole
from recorder.errors import AircheckError, storage_error
from recorder.types import iso, parse_iso, utc_now

_SAME_START_S = 1.0
_STARTS_WITHIN = timedelta(seconds=60)
"""A process that has said nothing for so long since it was asked for isn't coming."""


class Kind(StrEnum):
    """What a job does."""

    EXPORT = "export"
    DOWNLOAD = "download"
    IMPORT = "import"
    COMPARE = "compare"
    REPLAY = "replay"
    """Waits for the recording that a platform posts, and fills a session's gaps from it."""
    WATCH = "watch"
    """Imports what is put into watched folders, until it is ended."""


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    """It begins when another of its kind is done."""
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come of it."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for.

    Attributes:
        title: What people call it: a session's title, a model's name.
        details: As the kind needs them (`app.labour`); JSON's types alone.
    """

    kind: Kind
    title: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work and how far it is.

    Attributes:
        progress: 0 to 1; None while nobody knows.
        left_s: How long it takes still; None while nobody knows.
        step: What it is at: a session's title, a file's name.
        files: What it has made.
        next_try_at: When it looks again for what isn't there yet; None while it doesn't wait.
        error: Why it failed: what happened, what is safe, what to do.
        note: What is to say of one that is done.
    """

    id: str
    request: Request
    state: JobState
    asked_at: datetime
    finished_at: datetime | None = None
    progress: float | None = None
    left_s: float | None = None
    step: str = ""
    next_try_at: datetime | None = None
    files: tuple[Path, ...] = ()
    error: tuple[str, str, str] = ("", "", "")
    note: str = ""
    pid: int = 0


class Jobs:
    """All such work of this user. May be used from any thread; holds nothing open."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look at a folder of jobs, the user's own unless told; it need not exist yet."""
        self.folder = folder or paths.jobs_folder()

    def start(self, request: Request) -> Job:
        """Begin a piece of work.

        Raises:
            StorageError: It can't be written down, or its process doesn't start.
        """
        number = f"{utc_now():%Y%m%d%H%M%S%f}-{secrets.token_hex(2)}"
        asked = {
            "kind": request.kind,
            "title": request.title,
            "details": dict(request.details),
            "asked_at": iso(utc_now()),
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, doing="making the jobs' folder") from error
        path = self.folder / f"{number}.json"
        write_whole(path, json.dumps(asked, ensure_ascii=False).encode())
        try:
            command = [sys.executable, "-P", "-m", "app.labour", str(path)]
            launch.detached(command, self.folder / "jobs.log", what="the work")
        except AircheckError:
            path.unlink(missing_ok=True)
            raise
        return self.job(number)

    def all(self) -> list[Job]:
        """Every job, the newest first; what can't be read is left out."""
        try:
            names = sorted((path.stem for path in self.folder.glob("*.json")), reverse=True)
        except OSError:
            return []
        return [job for name in names for job in self._read(name)]

    def job(self, number: str) -> Job:
        """A job by its id.

        Raises:
            AircheckError: There is none.
        """
        for job in self._read(number):
            return job
        raise AircheckError("This job is not on the list any more.")

    def cancel(self, number: str) -> None:
        """End a job; what it had half done goes away, and what was done stays.

        Raises:
            StorageError: The disk refuses.
        """
        job = self.job(number)
        if job.state.is_final:
            return
        write_whole(self._path(number, "stop"), b"")
        if job.state is JobState.PAUSED:
            self.resume(number)  # it has to run to end well

    def pause(self, number: str) -> None:
        """Let a job's process, and those that it started, rest where they are."""
        for process in _family(self.job(number)):
            with contextlib.suppress(psutil.Error):
                process.suspend()

    def resume(self, number: str) -> None:
        """Let it go on."""
        for process in _family(self.job(number)):
            with contextlib.suppress(psutil.Error):
                process.resume()

    def again(self, number: str) -> Job:
        """Ask anew for what failed or was cancelled; the new job takes the old one's place.

        Raises:
            StorageError: As for `start`.
        """
        job = self.start(self.job(number).request)
        self.forget(number)
        return job

    def forget(self, number: str) -> None:
        """Take a job that is over from the list; what it made stays."""
        if not self.job(number).state.is_final:
            return
        for suffix in ("json", "state", "stop"):
            self._path(number, suffix).unlink(missing_ok=True)

    def _path(self, number: str, suffix: str) -> Path:
        return self.folder / f"{number}.{suffix}"

    def _read(self, number: str) -> Iterator[Job]:
        try:
            asked = json.loads(self._path(number, "json").read_bytes())
            request = Request(
                kind=Kind(asked["kind"]), title=str(asked["title"]), details=asked["details"]
            )
            asked_at = parse_iso(asked["asked_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return  # gone meanwhile, or written by a later version
        told: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):  # not begun, or just being replaced
            told = json.loads(self._path(number, "state").read_bytes())
        finished_at, next_try_at = told.get("finished_at"), told.get("next_try_at")
        yield Job(
            id=number,
            request=request,
            state=_state(told, asked_at),
            asked_at=asked_at,
            finished_at=parse_iso(finished_at) if finished_at else None,
            progress=told.get("progress"),
            left_s=told.get("left_s"),
            step=told.get("step", ""),
            next_try_at=parse_iso(next_try_at) if next_try_at else None,
            files=tuple(map(Path, told.get("files", ()))),
            error=tuple(told.get("error", ("", "", ""))),
            note=told.get("note", ""),
            pid=told.get("pid", 0),
        )


def _state(told: Mapping[str, Any], asked_at: datetime) -> JobState:
    """What a job's process said last, if that process is still there."""
    if not told:
        is_new = utc_now() - asked_at < _STARTS_WITHIN
        return JobState.WAITING if is_new else JobState.FAILED
    said = JobState(told["state"])
    if said.is_final:
        return said
    try:
        process = psutil.Process(told["pid"])
        is_it = abs(process.create_time() - told["process_started"]) < _SAME_START_S
        status = process.status() if is_it else psutil.STATUS_DEAD
    except psutil.Error:
        return JobState.FAILED
    if status in (psutil.STATUS_DEAD, psutil.STATUS_ZOMBIE):
        return JobState.FAILED
    return JobState.PAUSED if status == psutil.STATUS_STOPPED else said


def _family(job: Job) -> list[psutil.Process]:
    """The process of a job that goes on, and those that it started."""
    if job.state.is_final or not job.pid:
        return []
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(job.pid)
        return [process, *process.children(recursive=True)]
    return []
