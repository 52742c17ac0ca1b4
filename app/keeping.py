"""What stays in the archive: throw away and bring back, rules that do it, and where it lies.

The search and the queue follow: what is in the trash isn't found, and isn't transcribed; what comes
back is found again, and the transcriptions that it waited for go on.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import settings, shelf
from app.findable import in_index
from app.settings import Origin, Settings
from recorder import moving, retention, trash
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError, SessionBusy, storage_error
from recorder.retention import Due, Rules
from recorder.trash import Trashed
from recorder.types import SessionId, utc_now
from transcribe import index
from transcribe.database import Database
from transcribe.queue import Job, JobState, Queue, path_of


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

    def forget(opened: Database) -> None:
        for session in gone:
            index.remove(opened, session)

    in_index(archive.root, forget)
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
    in_index(archive.root, lambda opened: [index.update(opened, each) for each in back])
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


def rules_of(chosen: Settings) -> Rules:
    """The rules that somebody set; none takes anything unless told."""
    return Rules(
        keep_days=chosen.keep_days,
        keep_free_bytes=chosen.keep_free_gb * 1_000_000_000,
        trash_days=chosen.trash_days,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where the archive is now.

    Attributes:
        told: Who names the archive's folder: the settings were changed where they do.
        left: Sessions that stay in the old folder, since a process is at work on them.
    """

    archive: Archive
    told: Origin | None
    left: tuple[SessionFolder, ...]


def move(archive: Archive, target: Path, progress: moving.Progress = lambda _, __: None) -> Moved:
    """Move the archive; killed half-way, it goes on when it is called again.

    Args:
        archive: Where it is; or where it is to be, once the settings name that.
        target: Where it is to be.
        progress: Told the bytes that are there, of how many.

    Raises:
        MoveRefused: That is no place for it.
        SessionBusy: Something is recorded or transcribed; the archive stays.
        SettingsError: The settings can't be changed; the archive stays.
        StorageError: The disk refuses.
    """
    target = target.absolute()
    with moving.alone(target):
        root = archive.root.absolute()
        if root == target:
            root = moving.origin(target) or root
        old = Archive(root)
        _refuse_transcribing(old)
        moving.copy(old, target, progress)
        _carry_queue(old, target)
        told = _tell_settings(root, target)
        cleared = moving.clear(root, target)
    return Moved(archive=Archive(target), told=told, left=cleared.left)


def _refuse_transcribing(archive: Archive) -> None:
    with _queue(archive) as queue:
        running = queue and any(job.state is JobState.RUNNING for job in queue.jobs())
    if running:
        raise SessionBusy(
            "A session is being transcribed; the archive stays until that is over.",
            safe="It goes on undisturbed.",
            hint="'aircheck queue' shows it, and pauses it.",
        )


def _carry_queue(archive: Archive, target: Path) -> None:
    """Copy what waits to be transcribed; the index is made anew where it is wanted."""
    before, after = path_of(archive.root), path_of(target)
    if not before.exists() or after.exists():
        return
    new = after.with_name(f".moving.{after.name}")
    try:
        new.unlink(missing_ok=True)
        with (
            contextlib.closing(sqlite3.connect(before)) as source,
            contextlib.closing(sqlite3.connect(new)) as copied,
        ):
            source.backup(copied)
        new.replace(after)
    except (OSError, sqlite3.Error) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise storage_error(cause, doing="copying the queue") from error


def _tell_settings(root: Path, target: Path) -> Origin | None:
    """Have the settings name the new folder, if they named the old one; who names it."""
    if settings.load().archive not in (root, target):
        return None
    who = settings.origins()["archive"]
    if who != "environment":
        settings.save({"archive": target})
    return who
