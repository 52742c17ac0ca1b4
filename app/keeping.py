"""What stays in the archive: throw away and bring back, rules that do it, and where it lies.

The search and the queue follow: what is in the trash isn't found, and isn't transcribed; what comes
back is found again, and the transcriptions that it waited for go on.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app import shelf
from app.settings import Settings
from recorder import retention, trash
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError
from recorder.retention import Due, Rules
from recorder.trash import Trashed
from recorder.types import SessionId, utc_now
from transcribe import database, index
from transcribe.database import Database
from transcribe.queue import Job, JobState, Queue, path_of

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one session.

    Attributes:
        trashed: It, in the trash; None where it stays in the archive.
        problem: Why it stays, in words; empty where it doesn't.
    """

    session: SessionId
    trashed: Trashed | None = None
    problem: str = ""


def put(
    archive: Archive,
    folders: Sequence[SessionFolder],
    *,
    why: Callable[[SessionFolder], str] = lambda _: "",
) -> list[Outcome]:
    """Throw sessions away, in one act; one that has to stay harms no other.

    Args:
        archive: Whose they are.
        folders: The sessions.
        why: The rule that each falls under; empty where a person wants it so.

    Raises:
        QueueError: The queue can't be used; nothing is thrown away.
        StorageError: The disk refuses.
    """
    at = utc_now()
    outcomes = []
    with _queue(archive) as queue:
        for folder in folders:
            called_off = _call_off(queue, folder.id)
            try:
                trashed = trash.put(archive, folder, why=why(folder), at=at)
            except AircheckError as error:
                _take_up(queue, called_off)
                outcomes.append(Outcome(session=folder.id, problem=str(error)))
            else:
                outcomes.append(Outcome(session=folder.id, trashed=trashed))
    gone = [outcome.session for outcome in outcomes if outcome.trashed]
    _in_index(archive, lambda opened: [index.remove(opened, session) for session in gone])
    return outcomes


def restore(archive: Archive, sessions: Iterable[Trashed]) -> list[SessionFolder]:
    """Bring sessions back; they are found again, and their transcriptions go on.

    Raises:
        SessionNotFound: One isn't in the trash; those before it are back.
        QueueError: The queue can't be used.
        StorageError: The disk refuses; what isn't back is in the trash.
    """
    back = []
    with _queue(archive) as queue:
        for trashed in sessions:
            back.append(trash.restore(archive, trashed.id))
            _take_up(queue, _called_off_by(queue, trashed))
    _in_index(archive, lambda opened: [index.update(opened, folder) for folder in back])
    return back


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What the rules come to.

    Attributes:
        due: Sessions that go to the trash.
        deleted: What is deleted from the trash.
        problems: What should have gone and stays, in words.
    """

    due: tuple[Due, ...]
    deleted: tuple[Trashed, ...]
    problems: tuple[Outcome, ...] = ()


def rules_of(settings: Settings) -> Rules:
    """The rules that somebody set; none takes anything unless told."""
    return Rules(
        keep_days=settings.keep_days,
        keep_free_bytes=settings.keep_free_gb * 1_000_000_000,
        trash_days=settings.trash_days,
    )


def retain(archive: Archive, rules: Rules, *, is_rehearsal: bool = False) -> Retained:
    """Do what the rules say; what goes is written into the archive's ``removals.jsonl``.

    Args:
        archive: Whose sessions.
        rules: That were set.
        is_rehearsal: Only tell; nothing is changed.

    Raises:
        CollectionError: The collections, whose sessions stay, can't be read; nothing goes.
        QueueError: The queue can't be used.
        StorageError: The disk refuses.
    """
    listed = {session for each in shelf.collections(archive.root) for session in each.sessions}
    due = retention.due(archive, rules, spared=listed)
    late = retention.due_in_trash(archive, rules)
    if is_rehearsal:
        return Retained(due=tuple(due), deleted=tuple(late))
    why = {each.folder.id: each.why for each in due}
    outcomes = put(archive, [each.folder for each in due], why=lambda folder: why[folder.id])
    gone = {outcome.session for outcome in outcomes if outcome.trashed}
    deleted = trash.empty(archive, sessions=[each.id for each in late]) if late else []
    return Retained(
        due=tuple(each for each in due if each.folder.id in gone),
        deleted=tuple(deleted),
        problems=tuple(outcome for outcome in outcomes if outcome.problem),
    )


@contextlib.contextmanager
def _queue(archive: Archive) -> Iterator[Queue | None]:
    """The archive's queue, if it has one."""
    path = path_of(archive.root)
    if not path.exists():
        yield None
        return
    with contextlib.closing(Queue(path)) as queue:
        yield queue


def _call_off(queue: Queue | None, session: SessionId) -> list[Job]:
    """Cancel what is still to be done for a session."""
    if queue is None:
        return []
    open_jobs = [j for j in queue.jobs() if j.session == session and not j.state.is_final]
    return [queue.cancel(job.id) for job in open_jobs]


def _called_off_by(queue: Queue | None, trashed: Trashed) -> list[Job]:
    """The jobs that ended because their session was thrown away."""
    if queue is None:
        return []
    return [
        job
        for job in queue.jobs()
        if job.session == trashed.id
        and job.state is JobState.CANCELLED
        and job.finished_at is not None
        and job.finished_at >= trashed.trashed_at
    ]


def _take_up(queue: Queue | None, jobs: Iterable[Job]) -> None:
    if queue is not None:
        for job in jobs:
            queue.resume(job.id)


def _in_index(archive: Archive, change: Callable[[Database], object]) -> None:
    """Change the index if there is one; one that can't be written to catches up by itself."""
    if not database.path_of(archive.root).exists():
        return
    try:
        with contextlib.closing(database.open(archive.root)) as opened:
            change(opened)
    except AircheckError as error:
        _logger.info("the index catches up when it is next searched: %s", error)
