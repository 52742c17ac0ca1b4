"""The index's file: its schema, the migrations that lead to it, and the way in.

``<archive>/index.db`` is one SQLite file that opens in Datasette as it is. It holds nothing that
the session folders don't, so it may be deleted at any time and made again (`transcribe.index`).

    session       a line for each session, transcribed or not
    tag           its tags
    transcript    the active transcripts: one for each track and language; and what people marked
    speaker       who speaks; transcript_speaker: and where
    segment       what was said, as it was said, in session time; or a marker, or a note
    passage       about a minute of segments, or one mark, as terms: the unit of search
    seam          the terms on both sides of the border between two passages
    term          every term, and in how many passages it stands
    passage_fts   FTS5 over passage.terms; triggers keep it in step
    seam_fts      FTS5 over seam.terms; likewise
    about         what this file was made with, and whether it is complete

Passages share no text, so that what is counted is counted once. A phrase that runs across the
border of two passages stands in neither of them, but in the seam between them.

Identifiers carry an order:

    segment.id = transcript << 20 | number in the transcript
    passage.id = minute of the wall clock, since 1970 << 8 | number in that minute
    seam.id    = the id of the passage on its left

so passages sort by date, a range of time is a range of ids, and the newest hits are the first
ones of a descending scan. FTS5 stores the distances between ids, so they are kept small: what
there is more of in one minute than 256 passages counts as one of the next minutes.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database as SqliteUtils
from sqlite_utils.migrations import Migrations

from recorder.errors import DiskFull, StorageError
from recorder.types import iso, utc_now
from transcribe.deadline import Deadline
from transcribe.errors import IndexBroken, IndexBusy, Interrupted

FILE_NAME: Final = "index.db"
SEGMENT_BITS: Final = 20
"""How far the transcript is shifted in a segment's identifier."""

MINUTE_BITS: Final = 8
"""How far the minute is shifted in a passage's identifier."""

_BUSY_TIMEOUT_S = 5.0
_BUSY_POLL_S = 0.01
_PAGES_A_MERGE = 200
_MOST_PIECES = 1_000  # of full text, in a level; FTS5 takes no more than 2,000 in all
_PAGES_OF_LOG = 8_192
_STEPS_A_LOOK = 500  # of SQLite's machine, between two looks at the clock: some microseconds
_LARGE_HASH = 64 * 2**20  # bytes of full text that FTS5 gathers before it writes
_DEFAULT_HASH = 2**20  # FTS5_DEFAULT_HASHSIZE, https://sqlite.org/src/file/ext/fts5/fts5_config.c
_INDEXED = ("passage", "seam")
_log = logging.getLogger(__name__)


class Database:
    """A connection to an index. For the thread that opened it; closed twice without harm."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.tables = SqliteUtils(connection, execute_plugins=False)
        self._connection = connection
        self._is_given_up: Callable[[], bool] = _never

    def give_up_when(self, is_over: Callable[[], bool]) -> None:
        """Let reading end with `Interrupted` once this is so; asked before each statement.

        What `interrupt` ends is a statement that runs; this ends what comes after it as well.
        """
        self._is_given_up = is_over

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """Run a SELECT and fetch all of it, rows as tuples.

        Raises:
            IndexBroken: The file is damaged.
            IndexBusy: It was locked for 5 s.
            Interrupted: It was given up.
        """
        self._go_on()
        with mapped(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def rows_until(
        self, deadline: Deadline, sql: str, parameters: tuple[Any, ...] = ()
    ) -> tuple[list[Any], bool]:
        """Run a SELECT as far as the time allows.

        Returns:
            Rows as tuples, and whether these are all.

        Raises:
            IndexBroken: The file is damaged.
            IndexBusy: It was locked for 5 s.
            Interrupted: It was given up.
        """
        self._go_on()
        found: list[Any] = []
        with mapped(self.path), self._watched(deadline):
            try:
                found.extend(self._connection.execute(sql, parameters))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT or not deadline.is_over():
                    raise
                return found, False
        return found, True

    def _go_on(self) -> None:
        if self._is_given_up():
            raise _given_up()

    @contextlib.contextmanager
    def _watched(self, deadline: Deadline) -> Iterator[None]:
        # FTS5 reads its pages by small statements, which count as steps too: a long scan is seen.
        if not deadline.is_limited:
            yield
            return
        self._connection.set_progress_handler(deadline.is_over, _STEPS_A_LOOK)
        try:
            yield
        finally:
            self._connection.set_progress_handler(None, 0)

    @functools.cached_property
    def passage_count(self) -> int:
        """How many passages there were when it was first asked."""
        return int(self.rows("SELECT count(*) FROM passage")[0][0])

    def interrupt(self) -> None:
        """Let what is being read end with `Interrupted`; from any thread."""
        self._connection.interrupt()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the index throughout, whatever is written meanwhile.

        Raises:
            IndexBroken: The file is damaged.
            IndexBusy: It was locked for 5 s.
        """
        with self._transaction("BEGIN DEFERRED"):
            yield

    @contextlib.contextmanager
    def writing(self) -> Iterator[SqliteUtils]:
        """Write all of it or nothing; waits for other writers, and never for readers.

        Raises:
            IndexBroken: The file is damaged.
            IndexBusy: Another process wrote for longer than 5 s.
            StorageError: The disk refuses.
        """
        # IMMEDIATE: a transaction that reads first and then wants to write can't be waited for.
        with self._transaction("BEGIN IMMEDIATE"):
            yield self.tables

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with mapped(self.path):
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise

    def fact(self, key: str) -> str:
        """A line of ``about``, or empty."""
        found = self.rows("SELECT value FROM about WHERE key = ?", (key,))
        return str(found[0][0]) if found else ""

    def check(self) -> None:
        """Read the whole file and compare the full-text indexes with their tables. May take long.

        Raises:
            IndexBroken: Something doesn't fit.
        """
        with mapped(self.path):
            found = self._connection.execute("PRAGMA integrity_check(1)").fetchall()
            if found != [("ok",)]:
                raise broken(self.path, str(found[0][0]))
        with self.writing() as tables:  # FTS5 asks by INSERT; 1 compares with the table as well
            for name in _INDEXED:
                _tell_full_text(tables, name, "integrity-check", 1)

    def write_fast(self) -> None:
        """Write without regard for a crash: for a file that is thrown away if it isn't finished.

        Raises:
            IndexBroken: The file is damaged.
        """
        with mapped(self.path):
            self._connection.execute("PRAGMA journal_mode = memory")
            self._connection.execute("PRAGMA synchronous = off")

    @contextlib.contextmanager
    def filling(self) -> Iterator[SqliteUtils]:
        """Write into an empty index, in one transaction, and index the text at the end, in order.

        Terms must not be counted meanwhile (`transcribe.rows`): that is done at the end too.

        Raises:
            IndexBroken: The file is damaged.
            StorageError: The disk refuses.
        """
        with self.writing() as tables:
            for name in _INDEXED:
                _drop_triggers(tables, name)
            yield tables
            for name in _INDEXED:
                _index_all(tables, name)
                _create_triggers(tables, name)
            _count_terms(tables)

    def optimize(self) -> None:
        """Merge the full-text indexes into one piece each, so that later commits stay short.

        Raises:
            IndexBroken: The file is damaged.
            StorageError: The disk refuses.
        """
        with self.writing() as tables:
            for name in _INDEXED:
                _tell_full_text(tables, name, "optimize")

    def leave_log(self) -> None:
        """Let commits never move the log into the file: somebody waits for them. `tidy` does it."""
        with mapped(self.path):
            self._connection.execute("PRAGMA wal_autocheckpoint = 0")

    def tidy(self) -> None:
        """Move what was written from the log to the file, and merge a little of the full text.

        In this order: the first commit after the log was moved begins it anew and waits for the
        disk (https://sqlite.org/src/info/ff5be73dee), so that is one of ours.

        Raises:
            IndexBroken: The file is damaged.
            IndexBusy: Another process wrote for longer than 5 s.
            StorageError: The disk refuses.
        """
        with mapped(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(passive)")
        with self.writing() as tables:
            tables.table("about").upsert({"key": "tidied_at", "value": iso(utc_now())}, pk="key")
            for name in _INDEXED:
                _tell_full_text(tables, name, "merge", _PAGES_A_MERGE)

    def replace_file(self, path: Path) -> None:
        """Replace all of another index by this one, in one step for whoever has it open.

        What is there needs no schema that we know; where there is nothing, it is made.

        Raises:
            IndexBroken: The file there is no database.
            IndexBusy: Another process held it for too long.
            StorageError: The disk refuses.
        """
        give_up_at_s = time.monotonic() + _BUSY_TIMEOUT_S

        def watch(status: int, _remaining: int, _total: int) -> None:
            if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and (
                time.monotonic() > give_up_at_s
            ):
                raise busy(path)  # sqlite3 itself would try for ever

        with mapped(path), contextlib.closing(_connect(path)) as target:
            _configure(target)
            self._connection.backup(target, progress=watch)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def path_of(archive_root: Path) -> Path:
    """Where an archive's index is."""
    return archive_root / FILE_NAME


def open(archive_root: Path) -> Database:  # noqa: A001 read as `database.open`
    """Open an archive's index, making an empty one if there is none.

    An index that was just made knows nothing of the sessions that are there already;
    `transcribe.index.ready` makes it complete.

    Raises:
        IndexBroken: The file isn't a database, is damaged, or was made by a newer version.
        IndexBusy: It was locked for 5 s.
        StorageError: The disk refuses.
    """
    return open_file(path_of(archive_root))


def open_file(path: Path) -> Database:
    """Open an index by its own path; else as `open`."""
    with mapped(path):
        connection = _connect(path)
        try:
            database = Database(path, connection)
            _configure(connection)
            _migrate(database)
        except BaseException:
            connection.close()
            raise
    return database


def open_to_read(archive_root: Path) -> Database:
    """Open the index of an archive that may not be written to: a read-only disk, another's folder.

    It is read as it lies there: what another machine still holds in its log isn't seen.

    Raises:
        IndexBroken: The file isn't a database, is damaged, or was made by another version.
        StorageError: There is none, or it can't be read.
    """
    path = path_of(archive_root)
    with mapped(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
        database = Database(path, connection)
        try:
            is_ours = {done.name for done in migrations.applied(database.tables)} == _known()
        except BaseException:
            connection.close()
            raise
    if is_ours:
        return database
    database.close()
    raise broken(path, "another version of Aircheck made it")


def broken(path: Path, what: str) -> IndexBroken:
    """The error for an index that can't be used."""
    return IndexBroken(
        f"The search index {path.name} can't be used ({what}).",
        safe="Sessions and transcripts are untouched.",
        hint="'aircheck index rebuild' makes it anew from them.",
    )


def busy(path: Path) -> IndexBusy:
    """The error for an index that others write to."""
    return IndexBusy(
        f"The search index {path.name} is being written by another process.",
        safe="Sessions and transcripts are untouched.",
        hint="Try again in a moment.",
    )


@contextlib.contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Say SQLite's errors in our words.

    Raises:
        IndexBroken: The file is damaged, isn't a database, or lacks a table.
        IndexBusy: It was locked for longer than we wait.
        Interrupted: `Database.interrupt` was called.
        StorageError: The disk refuses.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _in_words(path, error) from error


def _in_words(path: Path, error: sqlite3.DatabaseError) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte is the primary code
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy(path)
    if code == sqlite3.SQLITE_INTERRUPT:
        return _given_up()
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(
            "The disk is full while writing the search index.",
            safe="The sessions are untouched.",
            hint="Free some room.",
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StorageError(
            f"The search index {path} can't be opened for writing.",
            safe="The sessions are untouched.",
            hint="Check the archive folder and its permissions.",
        )
    return broken(path, str(error))


def _given_up() -> Interrupted:
    return Interrupted("The search was given up for another one.")


def _never() -> bool:
    return False


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)


def _configure(connection: sqlite3.Connection) -> None:
    # Readers never wait for writers. WAL needs a local disk, so SQLite says what it really set.
    mode = _write_ahead(connection)
    if mode != "wal":
        _log.warning("The index's journal mode is %s: searching may wait for writing.", mode)
    # What a power failure takes from the index, the folders give back.
    connection.execute("PRAGMA synchronous = normal")
    connection.execute("PRAGMA cache_size = -65536")  # KiB
    # Moving the log into the file takes as long as the disk likes, so it grows to 32 MiB before a
    # commit does it; those of live text never do (`leave_log`).
    connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_OF_LOG}")
    connection.execute("PRAGMA mmap_size = 1073741824")


def _write_ahead(connection: sqlite3.Connection) -> str:
    """Set the journal mode, which doesn't wait by itself where several open a new file at once."""
    give_up_at_s = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = wal").fetchone()[0])
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at_s:
                raise
            time.sleep(_BUSY_POLL_S)


def _migrate(database: Database) -> None:
    if {done.name for done in migrations.applied(database.tables)} == _known():
        return
    with database.writing() as tables:  # one process migrates, the others find it done
        unknown = {done.name for done in migrations.applied(tables)} - _known()
        if unknown:
            raise broken(database.path, f"a newer Aircheck made it: {', '.join(sorted(unknown))}")
        migrations.apply(tables)


@functools.cache
def _known() -> frozenset[str]:
    empty = SqliteUtils(memory=True, execute_plugins=False)
    try:
        return frozenset(step.name for step in migrations.pending(empty))
    finally:
        empty.close()


migrations = Migrations("aircheck.index")
# What was once released is never edited: a change of the schema is a migration at the end.


@migrations()
def sessions(tables: SqliteUtils) -> None:
    """0.1: what there is, and what this file knows of itself."""
    tables.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    tables.execute("""
        CREATE TABLE session (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL UNIQUE,   -- its ULID
            title TEXT NOT NULL,
            title_terms TEXT NOT NULL,      -- terms with a blank before each
            host TEXT NOT NULL,
            source TEXT NOT NULL,           -- public address, device or file
            started_at TEXT NOT NULL,       -- UTC, ISO 8601; of session time 0, else of its making
            duration_s REAL NOT NULL,
            folder TEXT NOT NULL,           -- its name in the archive
            stamp TEXT NOT NULL             -- of the files that this was read from
        )""")
    tables.execute("CREATE INDEX session_started_at ON session (started_at)")
    tables.execute("""
        CREATE TABLE tag (
            session_id INTEGER NOT NULL REFERENCES session (id),
            tag TEXT NOT NULL,
            tag_terms TEXT NOT NULL,        -- as title_terms
            PRIMARY KEY (session_id, tag)
        ) WITHOUT ROWID""")


@migrations()
def text(tables: SqliteUtils) -> None:
    """0.1: what was said, as it was said."""
    tables.execute("""
        CREATE TABLE transcript (
            id INTEGER PRIMARY KEY,
            session_id INTEGER NOT NULL REFERENCES session (id),
            track TEXT NOT NULL,
            language TEXT NOT NULL,
            model TEXT NOT NULL,
            version INTEGER NOT NULL,
            file TEXT NOT NULL,             -- its name in the session's folder
            stamp TEXT NOT NULL             -- of that file, and of the session's beginning
        )""")
    tables.execute("CREATE INDEX transcript_session_id ON transcript (session_id)")
    tables.execute("""
        CREATE TABLE speaker (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            name_terms TEXT NOT NULL        -- as title_terms
        )""")
    tables.execute("""
        CREATE TABLE transcript_speaker (
            transcript_id INTEGER NOT NULL REFERENCES transcript (id),
            speaker_id INTEGER NOT NULL REFERENCES speaker (id),
            PRIMARY KEY (transcript_id, speaker_id)
        ) WITHOUT ROWID""")
    tables.execute("""
        CREATE TABLE segment (
            id INTEGER PRIMARY KEY,
            transcript_id INTEGER NOT NULL REFERENCES transcript (id),
            start_s REAL NOT NULL,          -- session time
            end_s REAL NOT NULL,
            speaker_id INTEGER REFERENCES speaker (id),
            text TEXT NOT NULL
        )""")


@migrations()
def full_text(tables: SqliteUtils) -> None:
    """0.1: what is searched."""
    tables.execute("""
        CREATE TABLE passage (
            id INTEGER PRIMARY KEY,
            session_id INTEGER NOT NULL REFERENCES session (id),
            transcript_id INTEGER NOT NULL REFERENCES transcript (id),
            first_segment INTEGER NOT NULL REFERENCES segment (id),
            last_segment INTEGER NOT NULL REFERENCES segment (id),
            terms TEXT NOT NULL
        )""")
    tables.execute("CREATE INDEX passage_session_id ON passage (session_id)")
    tables.execute("""
        CREATE TABLE seam (
            id INTEGER PRIMARY KEY REFERENCES passage (id),
            right_id INTEGER NOT NULL REFERENCES passage (id),
            terms TEXT NOT NULL
        )""")
    tables.execute(
        "CREATE TABLE term (term TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID"
    )
    _create_full_text(tables, "passage")
    _create_full_text(tables, "seam")


@migrations()
def near_ids(tables: SqliteUtils) -> None:
    """0.1: 256 passages in a minute, no more 1,048,576, which makes the full text smaller."""
    tables.execute("CREATE TEMP TABLE new_id (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    tables.conn.executemany(
        "INSERT INTO new_id VALUES (?, ?)",
        _nearer(key for (key,) in tables.execute("SELECT id FROM passage ORDER BY id").fetchall()),
    )
    for name, columns, joins in (
        ("passage", "new, session_id, transcript_id, first_segment, last_segment, terms", ""),
        (
            "seam",
            "new_id.new, beyond.new, terms",
            " JOIN new_id AS beyond ON right_id = beyond.old",
        ),
    ):
        _drop_triggers(tables, name)
        tables.execute(f"CREATE TEMP TABLE moved AS SELECT {columns} FROM {name}"  # noqa: S608 our own text
                       f" JOIN new_id ON id = new_id.old{joins}")  # fmt: skip
        tables.execute(f"DELETE FROM {name}")  # noqa: S608 our own names
        tables.execute(f"INSERT INTO {name} SELECT * FROM moved ORDER BY 1")  # noqa: S608 our own names
        tables.execute("DROP TABLE moved")
        _index_all(tables, name)
        _create_triggers(tables, name)
    tables.execute("DROP TABLE new_id")


@migrations()
def no_merging_in_a_commit(tables: SqliteUtils) -> None:
    """0.1: a commit that met 16 pieces of full text merged all of them: seconds at 10,000 hours."""
    for name in _INDEXED:
        _tell_full_text(tables, name, "automerge", 0)
        _tell_full_text(tables, name, "crisismerge", _MOST_PIECES)


@migrations()
def marks(tables: SqliteUtils) -> None:
    """0.1: markers and notes are found too; each session is looked at once more for them.

    A transcript's kind is ``speech``, ``marker`` or ``note`` (`transcribe.marks.Kind`).
    """
    tables.execute("ALTER TABLE transcript ADD COLUMN kind TEXT NOT NULL DEFAULT 'speech'")
    tables.execute("UPDATE session SET stamp = ''")


def _nearer(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Old and new ids, both ascending."""
    last: int | None = None
    for old in ids:
        first = (old >> 20) << MINUTE_BITS
        last = first if last is None else max(first, last + 1)
        yield old, last


# By execute: `enable_fts` of sqlite-utils leaves content_rowid and categories out. Terms are made
# elsewhere (`transcribe.terms`), and marks (M*) belong to them, or Hindi would fall to pieces.
_FULL_TEXT_SCHEMA = """
    CREATE VIRTUAL TABLE NAME_fts USING fts5(
        terms, content="NAME", content_rowid="id",
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    )"""
_TRIGGERS = {
    "insert": """
    CREATE TRIGGER NAME_insert AFTER INSERT ON NAME BEGIN
        INSERT INTO NAME_fts (rowid, terms) VALUES (new.id, new.terms);
    END""",
    "delete": """
    CREATE TRIGGER NAME_delete AFTER DELETE ON NAME BEGIN
        INSERT INTO NAME_fts (NAME_fts, rowid, terms) VALUES ('delete', old.id, old.terms);
    END""",
    "update": """
    CREATE TRIGGER NAME_update AFTER UPDATE ON NAME BEGIN
        INSERT INTO NAME_fts (NAME_fts, rowid, terms) VALUES ('delete', old.id, old.terms);
        INSERT INTO NAME_fts (rowid, terms) VALUES (new.id, new.terms);
    END""",
}


def _create_full_text(tables: SqliteUtils, name: str) -> None:
    tables.execute(_FULL_TEXT_SCHEMA.replace("NAME", name))
    _create_triggers(tables, name)


def _create_triggers(tables: SqliteUtils, name: str) -> None:
    for statement in _TRIGGERS.values():
        tables.execute(statement.replace("NAME", name))


def _drop_triggers(tables: SqliteUtils, name: str) -> None:
    for event in _TRIGGERS:
        tables.execute(f"DROP TRIGGER {name}_{event}")


def _index_all(tables: SqliteUtils, name: str) -> None:
    """Make a table's full text anew, in large pieces, and merge them."""
    _tell_full_text(tables, name, "hashsize", _LARGE_HASH)
    _tell_full_text(tables, name, "rebuild")
    _tell_full_text(tables, name, "optimize")
    _lift(tables, name)
    _tell_full_text(tables, name, "hashsize", _DEFAULT_HASH)


def _lift(tables: SqliteUtils, name: str) -> None:
    """Bring a full text that was merged into one piece to a higher level, and nothing else.

    FTS5 merges the pieces of a level into one of the next, and those of single commits begin at
    level 0: where all of an archive lay among them, it would be written again after a few.
    """
    row = (-1, "x")
    tables.execute(f"INSERT INTO {name}_fts (rowid, terms) VALUES (?, ?)", row)  # noqa: S608 our own names
    _tell_full_text(tables, name, "optimize")
    tables.execute(
        f"INSERT INTO {name}_fts ({name}_fts, rowid, terms) VALUES ('delete', ?, ?)",  # noqa: S608 our own names
        row,
    )
    _tell_full_text(tables, name, "optimize")


def _tell_full_text(tables: SqliteUtils, name: str, command: str, value: int | None = None) -> None:
    """Give FTS5 a command; it takes them as rows (https://sqlite.org/fts5.html, section 6)."""
    sql = f"INSERT INTO {name}_fts ({name}_fts, rank) VALUES (?, ?)"  # noqa: S608 our own names
    tables.execute(sql, [command, value])


def _count_terms(tables: SqliteUtils) -> None:
    tables.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, passage_fts, row)")
    tables.execute("INSERT INTO term (term, passages) SELECT term, doc FROM temp.vocabulary")
    tables.execute("DROP TABLE temp.vocabulary")
