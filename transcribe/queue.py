"""What is to be transcribed and how far it is: ``<archive>/queue.db``, which survives any crash.

    job      a session to be transcribed by a model
    chunk    a stretch of its speech, with its segments as JSON once they are there

A worker claims the oldest job, plans its chunks in one step, and keeps each chunk's text as it
comes, so that whoever takes over a dead worker's job goes on with the chunks that have none. A
chunk is known by a key, the hash of all that its text depends on; a job that fails, is cancelled,
or is asked for again finds what was done already by that key.

The text is here only until the transcript is stored beside the audio; then it is forgotten.
Deleting the file costs what is waiting, and no transcript.

A job whose model isn't on this machine waits for it, or is handed over to one that is.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from recorder.archive import Archive
from recorder.errors import ArchiveError, DiskFull, StorageError, storage_error
from recorder.types import Seconds, SessionId, iso, parse_iso, utc_now
from transcribe import transcript
from transcribe.errors import JobNotFound, QueueBroken, QueueError

FILE_NAME = "queue.db"

_BUSY_TIMEOUT_S = 5.0
_MOST_DEATHS = 3  # of workers, one after the other, on the same chunk
_SAME_START_S = 1.0  # the system's own figure varies a little when the clock is set
_SAFE = "The recordings and their transcripts are untouched."


class JobState(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
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
class Job:
    """A session to be transcribed by a model.

    Attributes:
        language: Whisper's code, as asked for or as found; empty until it is found.
        engine: What is to run the model; empty for the fastest that can.
        task: Whisper's: ``transcribe``, or ``translate`` (to English).
        by_channel: Whether each channel is heard for itself, as a speaker.
        priority: The higher is done first.
        state: ``running`` only while its worker lives.
        progress: The part of its speech that is text, 0 to 1.
        left_s: How long it takes still, at the pace that it had so far, while it runs; None while
            nobody knows.
        error: Why it failed; or, of one that is done, what could not be done after it.
        is_listed: Whether people are to see it still.
    """

    id: int
    session: SessionId
    model: str
    language: str
    engine: str
    task: str
    by_channel: bool
    priority: int
    state: JobState
    progress: float
    left_s: Seconds | None
    error: str
    created_at: datetime
    finished_at: datetime | None
    is_listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRow:
    """A stretch of a job's speech.

    Attributes:
        number: 0, 1, … in the job, in order of track, voice and session time.
        left_out: Stretches of session time inside of it that are not heard, from and to, in order:
            the middles of its longer pauses.
        voice: The channel's number, where each is heard for itself; else empty.
        language: What is spoken in it, Whisper's code.
        key: The hash of all that its text depends on.
        text: Its segments as JSON, or None while it isn't transcribed.
    """

    number: int
    track: str
    start_s: Seconds
    end_s: Seconds
    key: str
    voice: str = ""
    language: str = ""
    left_out: tuple[tuple[Seconds, Seconds], ...] = ()
    text: str | None = None

    @property
    def left_out_s(self) -> Seconds:
        """How much of it is not heard."""
        return Seconds(sum(to_s - from_s for from_s, to_s in self.left_out))


class Queue:
    """A connection to the queue. For the thread that made it; closed twice without harm.

    All methods raise `QueueError`: `QueueBroken` where the file is no database any more; and
    `StorageError` where the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        """Open the queue's file, or make it.

        Raises:
            QueueError: It is broken, or was locked for 5 s.
            StorageError: The disk refuses.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, doing="opening the queue", safe=_SAFE) from error
        with _mapped(path):
            self._connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)
            try:
                self._connection.execute("PRAGMA journal_mode = wal")
                self._tables = Database(self._connection, execute_plugins=False)
                if _migrations.pending(self._tables):
                    with self._writing() as tables:  # one process migrates, others find it done
                        _migrations.apply(tables)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def add(
        self,
        session: SessionId,
        *,
        model: str,
        language: str = "",
        engine: str = "",
        task: str = "transcribe",
        by_channel: bool = False,
    ) -> Job:
        """Ask for a transcript; one that is asked for already is not asked for twice.

        One that rests goes on.

        Args:
            session: Whose audio.
            model: The model's name.
            language: Whisper's code; found by listening where it is empty.
            engine: What runs the model; the fastest that can where it is empty.
            task: ``transcribe`` or ``translate``.
            by_channel: Whether each channel is heard for itself, as a speaker.
        """
        asked = {
            "session": session,
            "model": model,
            "asked_language": language,
            "engine": engine,
            "task": task,
            "by_channel": by_channel,
        }
        with self._writing() as tables:
            waiting = tables.query(
                "SELECT id FROM job WHERE session = :session AND model = :model"
                " AND asked_language = :asked_language AND engine = :engine AND task = :task"
                " AND by_channel = :by_channel"
                " AND state IN ('queued', 'running', 'paused')",
                asked,
            )
            found = next(iter(waiting), None)
            if found:
                number = found["id"]
                tables.execute(
                    "UPDATE job SET state = 'queued' WHERE id = ? AND state = 'paused'", [number]
                )
            else:
                row = asked | {
                    "language": language,
                    "state": JobState.QUEUED,
                    "created_at": iso(utc_now()),
                }
                number = tables.table("job").insert(row).last_pk
                assert isinstance(number, int)  # the primary key is an INTEGER
        return self.job(number)

    def job(self, number: int) -> Job:
        """A job by its number.

        Raises:
            JobNotFound: There is none.
        """
        for job in self._jobs("SELECT * FROM progress WHERE id = ?", number):
            return job
        raise JobNotFound(f"There is no transcription with the number {number}.")

    def jobs(self) -> list[Job]:
        """All jobs, the newest first."""
        return self._jobs("SELECT * FROM progress ORDER BY id DESC")

    def cancel(self, number: int) -> Job:
        """Stop a job; one that is running stops before its next chunk.

        Raises:
            JobNotFound: There is none of that number.
        """
        self._end(number, JobState.CANCELLED, "", also_waiting=True)
        return self.job(number)

    def pause(self, number: int) -> Job:
        """Let a job rest; one that is running stops before its next chunk, and keeps the others.

        Raises:
            JobNotFound: There is none of that number.
        """
        self._turn(number, JobState.PAUSED, among=(JobState.QUEUED, JobState.RUNNING))
        return self.job(number)

    def resume(self, number: int) -> Job:
        """Let a job that rests go on; one that failed or was cancelled is tried again.

        Raises:
            JobNotFound: There is none of that number.
        """
        again = (JobState.PAUSED, JobState.FAILED, JobState.CANCELLED)
        self._turn(number, JobState.QUEUED, among=again)
        return self.job(number)

    def prefer(self, number: int) -> Job:
        """Have a job done before all others; what is running gives way at its next chunk.

        Raises:
            JobNotFound: There is none of that number.
        """
        with self._writing() as tables:
            tables.execute(
                "UPDATE job SET priority = (SELECT max(priority) + 1 FROM job) WHERE id = ?",
                [number],
            )
        return self.job(number)

    def forget(self, number: int) -> Job:
        """Take a job that is over from the list; what was transcribed of it is kept.

        Raises:
            JobNotFound: There is none of that number.
        """
        with self._writing() as tables:
            tables.execute(
                "UPDATE job SET is_listed = 0"
                " WHERE id = ? AND state NOT IN ('queued', 'running', 'paused')",
                [number],
            )
        return self.job(number)

    def hand_over(self, number: int, *, model: str) -> Job:
        """Have a transcription that waits done by another model; one that is at work stays.

        Args:
            number: The job's.
            model: The other model's name.

        Raises:
            JobNotFound: There is none of that number.
        """
        with self._writing() as tables:
            tables.execute(
                "UPDATE job SET model = ?, planned = 0, language = asked_language"
                " WHERE id = ? AND state = 'queued' AND task = 'transcribe'",
                [model, number],
            )
        return self.job(number)

    def claim(self, *, models: Collection[str] | None = None) -> Job | None:
        """Take the first job that waits, or that a dead worker left; None where there is none.

        A job whose worker died three times without finishing a chunk has failed.

        Args:
            models: Jobs of other ones go on waiting; None: of none.
        """
        with self._writing() as tables:
            for row in list(tables.query("SELECT * FROM job WHERE state = 'running'")):
                if not _lives(row):
                    self._inherit(tables, row)
            first = next(
                iter(
                    tables.query(
                        "SELECT id FROM job WHERE state = 'queued' AND"
                        " (:models IS NULL OR model IN (SELECT value FROM json_each(:models)))"
                        " ORDER BY priority DESC, id LIMIT 1",
                        {"models": _listed(models)},
                    )
                ),
                None,
            )
            if first is None:
                return None
            worker = psutil.Process()
            tables.table("job").update(
                first["id"],
                {
                    "state": JobState.RUNNING,
                    "worker_pid": worker.pid,
                    "worker_started": worker.create_time(),
                },
            )
        return self.job(first["id"])

    def release(self, job: Job) -> None:
        """Give back a job that this worker had claimed and will not go on with."""
        with self._writing() as tables:
            tables.execute(
                "UPDATE job SET state = 'queued' WHERE id = ? AND state = 'running'", [job.id]
            )

    def chunks(self, job: Job) -> list[ChunkRow] | None:
        """A job's chunks in their order; None while they aren't planned."""
        with _mapped(self.path):
            planned = next(
                self._tables.query("SELECT planned FROM job WHERE id = ?", [job.id]), None
            )
            if not planned or not planned["planned"]:
                return None
            rows = self._tables.query(
                "SELECT number, track, voice, start_s, end_s, left_out, key, language, text"
                " FROM chunk WHERE job_id = ? ORDER BY number",
                [job.id],
            )
            return [_chunk(row) for row in rows]

    def plan(self, job: Job, language: str, chunks: Iterable[ChunkRow]) -> None:
        """Write down all of a job's chunks; those that were transcribed already have their text."""
        with self._writing() as tables:
            tables.execute("DELETE FROM chunk WHERE job_id = ?", [job.id])
            for chunk in chunks:
                tables.execute(
                    "INSERT INTO chunk"
                    " (job_id, number, track, voice, start_s, end_s, left_out, left_out_s,"
                    "  key, language, text) VALUES"
                    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                    "  (SELECT text FROM chunk WHERE key = ? AND text IS NOT NULL LIMIT 1))",
                    [
                        job.id,
                        chunk.number,
                        chunk.track,
                        chunk.voice,
                        chunk.start_s,
                        chunk.end_s,
                        json.dumps(chunk.left_out),
                        chunk.left_out_s,
                        chunk.key,
                        chunk.language,
                        chunk.key,
                    ],
                )
            tables.table("job").update(job.id, {"planned": 1, "language": language})

    def keep(self, job: Job, chunk: ChunkRow, text: str, *, took_s: float = 0.0) -> None:
        """Keep a chunk's segments.

        Args:
            job: Whose it is.
            chunk: The chunk.
            text: Its segments, as JSON.
            took_s: Since the job's last chunk was kept, or it was begun.
        """
        with self._writing() as tables:
            tables.execute(
                "UPDATE chunk SET text = ? WHERE job_id = ? AND number = ?",
                [text, job.id, chunk.number],
            )
            tables.execute(
                "UPDATE job SET deaths = 0, spent_s = spent_s + ?, made_s = made_s + ?"
                " WHERE id = ?",
                [took_s, chunk.end_s - chunk.start_s - chunk.left_out_s, job.id],
            )

    def is_wanted(self, job: Job) -> bool:
        """Whether a job that this worker claimed is still to be done: nobody stopped it."""
        return self.job(job.id).state is JobState.RUNNING

    def is_outranked(self, job: Job, *, models: Collection[str] | None = None) -> bool:
        """Whether a job waits that is to be done before this one.

        Args:
            job: The one that is at work.
            models: Jobs of other ones don't count; None: all do.
        """
        with _mapped(self.path):
            others = self._tables.query(
                "SELECT id FROM job WHERE state = 'queued' AND"
                " (:models IS NULL OR model IN (SELECT value FROM json_each(:models)))"
                " AND priority > (SELECT priority FROM job WHERE id = :id) LIMIT 1",
                {"id": job.id, "models": _listed(models)},
            )
            return next(iter(others), None) is not None

    def finish(self, job: Job, note: str = "") -> None:
        """Mark a job as done, unless it was cancelled, and forget its chunks.

        Args:
            job: Whose transcript is stored.
            note: What could not be done after it, a sentence.
        """
        self._end(job.id, JobState.DONE, note)
        with self._writing() as tables:
            tables.execute(
                "DELETE FROM chunk WHERE job_id IN (SELECT id FROM job WHERE session = ?"
                " AND state IN ('done', 'failed', 'cancelled'))",
                [job.session],
            )

    def fail(self, job: Job, error: str) -> None:
        """Mark a job as failed, and why, in words; what was transcribed of it is kept."""
        self._end(job.id, JobState.FAILED, error)

    def _end(self, number: int, state: JobState, error: str, *, also_waiting: bool = False) -> None:
        """End a job that runs, or, `also_waiting`, one that waits or rests as well."""
        with self._writing() as tables:
            tables.execute(
                "UPDATE job SET state = ?, error = ?, finished_at = ? WHERE id = ?"
                " AND (state = 'running' OR state IN ('queued', 'paused') AND ?)",
                [state, error, iso(utc_now()), number, also_waiting],
            )

    def _turn(self, number: int, state: JobState, *, among: tuple[JobState, ...]) -> None:
        """Give a job another state, if it is in one of these; its worker's deaths are forgiven."""
        with self._writing() as tables:
            tables.execute(
                "UPDATE job SET state = ?, error = '', finished_at = NULL, deaths = 0,"
                " is_listed = 1 WHERE id = ? AND state IN (SELECT value FROM json_each(?))",
                [state, number, json.dumps(among)],
            )

    def _inherit(self, tables: Database, row: dict[str, Any]) -> None:
        """Take a dead worker's job from it."""
        deaths = row["deaths"] + 1
        change: dict[str, Any] = {"state": JobState.QUEUED, "deaths": deaths}
        if deaths >= _MOST_DEATHS:
            change |= {
                "state": JobState.FAILED,
                "finished_at": iso(utc_now()),
                "error": "The transcriber was ended from outside three times at the same place;"
                " there may not be enough memory for this model.",
            }
        tables.table("job").update(row["id"], change)

    def _jobs(self, sql: str, *parameters: object) -> list[Job]:
        with _mapped(self.path):
            return [_job(row) for row in self._tables.query(sql, list(parameters))]

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Database]:
        """Write all of it or nothing."""
        with _mapped(self.path):
            # IMMEDIATE: a transaction that reads first and wants to write then can't be waited for.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._tables
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise


def _listed(models: Collection[str] | None) -> str | None:
    """As SQLite's ``json_each`` takes them."""
    return None if models is None else json.dumps(sorted(models))


def path_of(archive_root: Path) -> Path:
    """Where an archive's queue is."""
    return archive_root / FILE_NAME


def add_pending(queue: Queue, archive: Archive, *, model: str, language: str = "") -> list[Job]:
    """Ask for all sessions that are sealed, hold audio, and have no transcript yet.

    A folder that can't be read is passed over: 'aircheck sessions' names it.

    Raises:
        StorageError: The archive can't be listed.
    """
    jobs = []
    for folder in archive.folders():
        try:
            sealed = folder.sealed()
        except ArchiveError:
            continue
        if sealed and sealed.part_count and not transcript.stored(folder):
            jobs.append(queue.add(folder.id, model=model, language=language))
    return jobs


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """Say SQLite's errors in our words."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte is the primary code
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise QueueError(
                "The queue of transcriptions is held by another process.",
                safe=_SAFE,
                hint="Try again in a moment.",
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise DiskFull(
                "The disk is full while writing the queue of transcriptions.",
                safe=_SAFE,
                hint="Free some room.",
            ) from error
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
            raise StorageError(
                f"{path} can't be written.", safe=_SAFE, hint="Check the folder's permissions."
            ) from error
        if code == sqlite3.SQLITE_IOERR:  # a full disk, where the file's log can't grow, is one too
            raise StorageError(
                "The disk refuses the queue of transcriptions.",
                safe=_SAFE,
                hint="Free some room, if it is full; or check it.",
            ) from error
        raise QueueBroken(
            f"The queue of transcriptions can't be read ({error}).",
            safe=_SAFE,
            hint=f"Delete {path}; 'aircheck transcribe --pending' makes a new one.",
        ) from error


def _chunk(row: dict[str, Any]) -> ChunkRow:
    left_out = tuple((from_s, to_s) for from_s, to_s in json.loads(row["left_out"]))
    return ChunkRow(**row | {"left_out": left_out})


def _job(row: dict[str, Any]) -> Job:
    state = JobState(row["state"])
    if state is JobState.RUNNING and not _lives(row):
        state = JobState.QUEUED  # as the next worker will find it
    return Job(
        id=row["id"],
        session=SessionId(row["session"]),
        model=row["model"],
        language=row["language"],
        engine=row["engine"],
        task=row["task"],
        by_channel=bool(row["by_channel"]),
        priority=row["priority"],
        state=state,
        progress=1.0 if state is JobState.DONE else row["progress"] or 0.0,
        left_s=_left_s(row) if state is JobState.RUNNING else None,
        error=row["error"],
        created_at=parse_iso(row["created_at"]),
        finished_at=parse_iso(row["finished_at"]) if row["finished_at"] else None,
        is_listed=bool(row["is_listed"]),
    )


def _left_s(row: dict[str, Any]) -> Seconds | None:
    if not row["made_s"] or row["missing_s"] is None:
        return None
    return Seconds(row["missing_s"] * row["spent_s"] / row["made_s"])


def _lives(row: dict[str, Any]) -> bool:
    """Whether the worker of a running job is alive: that process, not a later one of its pid."""
    if row["worker_pid"] == os.getpid():
        return True
    try:
        started = psutil.Process(row["worker_pid"]).create_time()
    except psutil.Error:
        return False
    return bool(abs(started - row["worker_started"]) < _SAME_START_S)


_migrations = Migrations("aircheck.queue")
# What was once released is never edited: a change of the schema is a migration at the end.


@_migrations()
def jobs(tables: Database) -> None:
    """0.1: what is to be done, and what was done of it."""
    tables.execute("""
        CREATE TABLE job (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL,          -- its ULID
            model TEXT NOT NULL,
            asked_language TEXT NOT NULL,   -- empty: to be found
            language TEXT NOT NULL,         -- as asked for or found
            state TEXT NOT NULL,
            created_at TEXT NOT NULL,       -- UTC, ISO 8601
            finished_at TEXT,
            error TEXT NOT NULL DEFAULT '',
            planned INTEGER NOT NULL DEFAULT 0,
            deaths INTEGER NOT NULL DEFAULT 0,  -- of workers since the last finished chunk
            worker_pid INTEGER,
            worker_started REAL             -- seconds since 1970
        )""")
    tables.execute("""
        CREATE TABLE chunk (
            job_id INTEGER NOT NULL REFERENCES job (id),
            number INTEGER NOT NULL,
            track TEXT NOT NULL,
            start_s REAL NOT NULL,          -- session time
            end_s REAL NOT NULL,
            key TEXT NOT NULL,
            text TEXT,                      -- segments as JSON; NULL: not done
            PRIMARY KEY (job_id, number)
        ) WITHOUT ROWID""")
    tables.execute("CREATE INDEX chunk_key ON chunk (key)")
    tables.execute("""
        CREATE VIEW progress AS
        SELECT job.*, (
            SELECT total(CASE WHEN text IS NULL THEN 0 ELSE end_s - start_s END)
                / total(end_s - start_s)    -- NULL where there are no chunks
            FROM chunk WHERE job_id = job.id
        ) AS progress
        FROM job""")


@_migrations()
def choices(tables: Database) -> None:
    """0.2: the engine, the task, the order, the pace; the language of each chunk."""
    for column in (
        "engine TEXT NOT NULL DEFAULT ''",  # empty: the fastest that can
        "task TEXT NOT NULL DEFAULT 'transcribe'",
        "priority INTEGER NOT NULL DEFAULT 0",  # the higher is done first
        "spent_s REAL NOT NULL DEFAULT 0",  # on the chunks that this job made
        "made_s REAL NOT NULL DEFAULT 0",  # seconds of speech in them
    ):
        tables.execute(f"ALTER TABLE job ADD COLUMN {column}")
    tables.execute("ALTER TABLE chunk ADD COLUMN language TEXT NOT NULL DEFAULT ''")
    tables.execute("DROP VIEW progress")
    tables.execute("""
        CREATE VIEW progress AS
        SELECT job.*, 1 - missing_s / whole_s AS progress, missing_s  -- NULL without chunks
        FROM job LEFT JOIN (
            SELECT job_id, total(end_s - start_s) AS whole_s,
                total(CASE WHEN text IS NULL THEN end_s - start_s END) AS missing_s
            FROM chunk GROUP BY job_id
        ) ON job_id = job.id""")


@_migrations()
def channels(tables: Database) -> None:
    """0.3: whether each channel is heard for itself, and which one a chunk is of."""
    tables.execute("ALTER TABLE job ADD COLUMN by_channel INTEGER NOT NULL DEFAULT 0")
    tables.execute("ALTER TABLE chunk ADD COLUMN voice TEXT NOT NULL DEFAULT ''")


@_migrations()
def pauses(tables: Database) -> None:
    """0.4: what of a chunk is not heard; of the chunks until now, all was."""
    tables.execute("ALTER TABLE chunk ADD COLUMN left_out TEXT NOT NULL DEFAULT '[]'")  # from, to
    tables.execute("ALTER TABLE chunk ADD COLUMN left_out_s REAL NOT NULL DEFAULT 0")
    tables.execute("DROP VIEW progress")
    tables.execute("""
        CREATE VIEW progress AS
        SELECT job.*, 1 - missing_s / whole_s AS progress, missing_s  -- NULL without chunks
        FROM job LEFT JOIN (
            SELECT job_id, total(end_s - start_s - left_out_s) AS whole_s,
                total(CASE WHEN text IS NULL THEN end_s - start_s - left_out_s END) AS missing_s
            FROM chunk GROUP BY job_id
        ) ON job_id = job.id""")


@_migrations()
def forgetting(tables: Database) -> None:
    """0.5: whether people are to see it still; of the jobs until now, all are seen."""
    tables.execute("ALTER TABLE job ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 1")
