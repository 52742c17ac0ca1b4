"""Session folders → rows of the index; the folders are the truth, and this follows them.

Of a track that has no transcript, what was heard while it was recorded is its text
(`transcribe.heard`). What people marked is text too (`transcribe.marks`).

`update` brings one session up to date and does nothing where nothing changed, so it may be called
after whatever touches a session. `ready` is how a reader comes to an index that is complete: it
makes one that is missing, broken or of another make anew, and catches up with the folders.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database as SqliteUtils

from recorder import locks
from recorder.archive import PROGRAM, Archive, SessionFolder
from recorder.errors import CorruptSession, StorageError, storage_error
from recorder.types import SessionId, iso, utc_now
from transcribe import database, heard, marks, rows, terms, transcript
from transcribe.database import Database
from transcribe.errors import IndexBroken, IndexBusy, TranscriptError
from transcribe.transcript import Segment

Progress = Callable[[int, int], None]
"""Is told how many sessions are done, of how many; on the thread that called."""

_log = logging.getLogger(__name__)
_NEW_NAME = ".index.new.db"
_LOCK_NAME = ".index.lock"
_UPDATES_A_TIDYING = 16

MANY: Final = 200
"""Sessions that changed, from which on `catch_up` tells how far it is; some milliseconds each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What could not be indexed, and why, as a sentence."""

    folder: Path
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What `rebuild` came to."""

    sessions: int
    problems: tuple[Problem, ...]


def ready(archive: Archive, progress: Progress | None = None) -> Database:
    """Open the archive's index, complete: made anew if need be, and up to date.

    While another process makes it anew, it is opened as it is, and a search in it says so.

    Args:
        archive: Whose sessions are to be searched.
        progress: Told while the index is made anew, or many sessions changed; else not called.

    Raises:
        IndexBroken: Another process is making it anew, and until then it can't be read.
        StorageError: The disk refuses.
    """
    _make_root(archive)
    with contextlib.suppress(IndexBroken):
        return _up_to_date(archive, progress)
    with contextlib.suppress(IndexBusy):
        rebuild(archive, progress)
    return database.open(archive.root)


def _up_to_date(archive: Archive, progress: Progress | None) -> Database:
    try:
        opened = database.open(archive.root)
    except StorageError as error:
        _log.info("The index is only read: %s", error.message)
        opened = database.open_to_read(archive.root)
    try:
        _require_complete(opened)
        try:
            catch_up(opened, archive, progress)
        except (IndexBusy, StorageError) as error:  # what is there can be searched all the same
            _log.info("The index is searched as it is: %s", error.message)
    except BaseException:
        opened.close()
        raise
    return opened


def _require_complete(index: Database) -> None:
    if index.fact("terms") != str(terms.VERSION):  # stands there once all sessions are in
        raise database.broken(index.path, "it is not complete")


def catch_up(
    index: Database, archive: Archive, progress: Progress | None = None
) -> tuple[Problem, ...]:
    """Bring every session up to date whose files changed, and forget those that are gone.

    Args:
        index: Open on this thread.
        archive: Whose sessions.
        progress: Told of each session, where so many changed that it takes a while.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: Another process wrote for too long.
        StorageError: The disk refuses.
    """
    known = dict(index.rows("SELECT session, stamp FROM session"))
    folders = archive.folders()
    for gone in known.keys() - {folder.id for folder in folders}:
        remove(index, gone)
    changed = [folder for folder in folders if known.get(folder.id) != _stamp(folder)]
    problems: list[Problem] = []
    for number, folder in enumerate(changed, 1):
        problems += _update_if_readable(index, folder)
        if progress and len(changed) >= MANY:
            progress(number, len(changed))
        if number % _UPDATES_A_TIDYING == 0 or number == len(changed):
            tidy(index)
    return tuple(problems)


def update(index: Database, folder: SessionFolder) -> tuple[Problem, ...]:
    """Bring one session up to date, in one transaction; does nothing if nothing changed.

    Returns:
        The transcripts that can't be read; what can be is indexed all the same.

    Raises:
        CorruptSession: The folder can't be read as a session; the index is as it was.
        IndexBroken: The index is damaged.
        IndexBusy: Another process wrote for too long.
        StorageError: The disk refuses.
    """
    stamp = _stamp(folder)
    if index.rows("SELECT 1 FROM session WHERE session = ? AND stamp = ?", (folder.id, stamp)):
        return ()
    session = _session(folder, stamp)
    texts, problems = _texts(folder, session, held=_held(index, folder))
    try:
        with index.writing() as tables:
            rows.put(tables, session, texts)
    except rows.TextGone as error:
        raise database.busy(index.path) from error
    return tuple(problems)


def append(
    index: Database, folder: SessionFolder, stored: transcript.Stored, segments: Sequence[Segment]
) -> None:
    """Add to a text that is still being made, at once and without reading a file.

    What is added is found from then on, until `update` reads a stored transcript of that track.

    Args:
        index: Open on this thread.
        folder: Of the session that is being recorded.
        stored: The transcript that it will be stored as; its file needn't be there yet.
        segments: In order of session time; what the index holds already is not added twice.

    Raises:
        CorruptSession: The folder can't be read as a session; the index is as it was.
        IndexBroken: The index is damaged.
        IndexBusy: Another process wrote for too long.
        StorageError: The disk refuses.
    """
    try:
        with index.writing() as tables:
            rows.append(tables, folder.id, stored, segments)
    except rows.TextGone:
        session = _session(folder, _stamp(folder))
        texts, _ = _texts(folder, session, held=_held(index, folder))
        with index.writing() as tables:
            rows.put(tables, session, [*texts, _grown(folder, stored, segments)])


def tidy(index: Database) -> None:
    """Do a little of what is left over from many small writes; for moments when nobody waits.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: Another process wrote for too long.
        StorageError: The disk refuses.
    """
    index.tidy()


def remove(index: Database, session: SessionId | str) -> None:
    """Forget a session; does nothing if it isn't known.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: Another process wrote for too long.
        StorageError: The disk refuses.
    """
    with index.writing() as tables:
        rows.remove(tables, session)


def rebuild(archive: Archive, progress: Progress | None = None) -> Rebuilt:
    """Make the index anew from the folders, beside the old one, which is searched meanwhile.

    The new one takes the old one's place in one step. A file that isn't a database is set aside
    as ``index.broken.db``.

    Args:
        archive: Whose sessions are indexed; those that can't be read are left out and reported.
        progress: Told after each session.

    Raises:
        IndexBusy: Another process is at it.
        StorageError: The disk refuses; the old index is as it was.
    """
    _make_root(archive)
    new = archive.root / _NEW_NAME
    busy = IndexBusy(
        "Another process is making the search index anew.",
        safe="Sessions and transcripts are untouched.",
        hint="Try again in a moment.",
    )
    with locks.alone(archive.root / _LOCK_NAME, doing="locking the search index", busy=busy):
        _discard(new)  # what a rebuild left that was killed
        try:
            rebuilt = _fill(new, archive, progress)
            _put_in_place(new, database.path_of(archive.root))
        finally:
            _discard(new)
    with contextlib.closing(database.open(archive.root)) as index:
        catch_up(index, archive)  # with what changed meanwhile
        for folder in archive.folders():
            _hear_again(index, folder)
    return rebuilt


def _make_root(archive: Archive) -> None:
    try:
        archive.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="making the archive's folder") from error


def _fill(path: Path, archive: Archive, progress: Progress | None) -> Rebuilt:
    folders = archive.folders()
    problems: list[Problem] = []
    with contextlib.closing(database.open_file(path)) as index:
        index.write_fast()
        with index.filling() as tables:
            for done, folder in enumerate(folders, 1):
                problems += _put_if_readable(tables, folder)
                if progress:
                    progress(done, len(folders))
            _note_complete(tables)
        count = index.rows("SELECT count(*) FROM session")[0][0]
    return Rebuilt(sessions=count, problems=tuple(problems))


def _note_complete(tables: SqliteUtils) -> None:
    facts = {"terms": str(terms.VERSION), "made_by": PROGRAM, "made_at": iso(utc_now())}
    tables.table("about").upsert_all(
        [{"key": key, "value": value} for key, value in facts.items()], pk="key"
    )


def _put_in_place(new: Path, place: Path) -> None:
    """Copy it over an index that others may have open; a file must not be moved under them."""
    with contextlib.closing(database.open_file(new)) as made:
        try:
            made.replace_file(place)
        except IndexBroken:
            _set_aside(place)
            made.replace_file(place)


def _set_aside(place: Path) -> None:
    try:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{place}{suffix}").replace(place.with_name(f"index.broken.db{suffix}"))
    except OSError as error:
        raise storage_error(error, doing="setting the broken index aside") from error


def _discard(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _put_if_readable(tables: SqliteUtils, folder: SessionFolder) -> list[Problem]:
    """Put a session into an index that holds nothing of it."""
    try:
        session = _session(folder, _stamp(folder))
        texts, problems = _texts(folder, session, held=frozenset())
    except CorruptSession as error:
        return [Problem(folder=folder.path, what=error.message)]
    rows.put(tables, session, [*texts, *_heard(folder, texts)], counted=False)
    return problems


def _hear_again(index: Database, folder: SessionFolder) -> None:
    """Take what a recording heard while the index was made; it went on telling the old one.

    Whoever hears writes it down before telling the index, so what is read within the transaction
    is all that was told, and what comes after it is told to this one.
    """
    try:
        if folder.sealed() is not None or not heard.texts(folder):
            return
        session = _session(folder, _stamp(folder))
        texts, _ = _texts(folder, session, held=_held(index, folder))
        with index.writing() as tables:
            rows.put(tables, session, [*texts, *_heard(folder, texts)])
    except (CorruptSession, rows.TextGone) as error:
        _log.warning("What is heard of %s can't be found yet: %s", folder.path.name, error)


def _update_if_readable(index: Database, folder: SessionFolder) -> tuple[Problem, ...]:
    try:
        return update(index, folder)
    except CorruptSession as error:
        return (Problem(folder=folder.path, what=error.message),)


def _stamp(folder: SessionFolder) -> str:
    """A digest that changes when a file does that is indexed.

    The journal isn't among them: it grows every second while a session is recorded, and is asked
    again when the session is sealed. Until then its markers are looked for.
    """
    files = [folder.path / "session.json", folder.sums_path]
    with contextlib.suppress(OSError), os.scandir(folder.transcripts) as items:
        files += sorted(Path(item.path) for item in items)
    stamps = [f"{file.name} {_file_stamp(file)}" for file in files]
    if not folder.sums_path.exists():
        with contextlib.suppress(CorruptSession, StorageError):
            stamps += [f"{mark.at_s} {mark.text}" for mark in marks.recorded_in(folder)]
    return _digest(stamps)


def _digest(lines: Iterable[str]) -> str:
    data = "\n".join(lines).encode(errors="surrogatepass")
    return hashlib.sha256(data).hexdigest()[:32]


def _file_stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "none"
    return f"{status.st_size} {status.st_mtime_ns}"


def _session(folder: SessionFolder, stamp: str) -> rows.Session:
    info, summary = folder.info(), folder.summary()
    return rows.Session(
        session=folder.id,
        title=info.title,
        host=info.host,
        source=summary.source,
        tags=info.tags,
        started_at=summary.started_at or info.created_at,
        duration_s=summary.duration_s,
        folder=folder.path.name,
        stamp=stamp,
    )


def _held(index: Database, folder: SessionFolder) -> frozenset[tuple[str, str]]:
    """File and stamp of each transcript of a session that the index holds."""
    return frozenset(
        (str(file), str(stamp))
        for file, stamp in index.rows(
            "SELECT transcript.file, transcript.stamp FROM transcript"
            " JOIN session ON session.id = transcript.session_id WHERE session.session = ?",
            (folder.id,),
        )
    )


def _texts(
    folder: SessionFolder, session: rows.Session, held: frozenset[tuple[str, str]]
) -> tuple[list[rows.Text], list[Problem]]:
    """The session's active transcripts, and what people marked.

    Transcripts that the index holds already are not read again.
    """
    texts: list[rows.Text] = []
    problems: list[Problem] = []
    for stored in _active(folder):
        stamp = f"{_file_stamp(stored.path)} {iso(session.started_at)}"
        try:
            known = (stored.path.name, stamp) in held
            segments = None if known else transcript.load(stored.path).segments
        except (TranscriptError, StorageError) as error:
            problems.append(Problem(folder=folder.path, what=error.message))
        else:
            texts.append(rows.Text(stored=stored, stamp=stamp, segments=segments))
    try:
        texts += _marked(folder, session, held)
    except (CorruptSession, StorageError) as error:
        problems.append(Problem(folder=folder.path, what=error.message))
    return texts, problems


def _marked(
    folder: SessionFolder, session: rows.Session, held: frozenset[tuple[str, str]]
) -> list[rows.Text]:
    """The session's markers and notes, if it has any."""
    texts: list[rows.Text] = []
    for kind, segments in marks.texts(folder, session.duration_s).items():
        stored = marks.stored_as(folder, kind)
        digest = _digest(f"{segment.start_s} {segment.text}" for segment in segments)
        stamp = f"{kind} {digest} {iso(session.started_at)}"
        known = (stored.path.name, stamp) in held
        texts.append(
            rows.Text(stored=stored, stamp=stamp, segments=None if known else segments, kind=kind)
        )
    return texts


def _heard(folder: SessionFolder, texts: Sequence[rows.Text]) -> list[rows.Text]:
    """What was heard of the tracks that none of the texts is of."""
    known = {text.stored.track for text in texts}
    try:
        found = heard.texts(folder)
    except StorageError as error:
        _log.warning("What was heard of %s is left out: %s", folder.path.name, error.message)
        return []
    return [
        rows.Text(stored=heard.stored_as(folder, track), stamp=rows.LIVE, segments=segments)
        for track, segments in found.items()
        if track not in known
    ]


def _grown(
    folder: SessionFolder, stored: transcript.Stored, segments: Sequence[Segment]
) -> rows.Text:
    """A text that the index doesn't hold: what was heard before these segments, and they."""
    before = [
        segment
        for text in _heard(folder, [])
        if text.stored == stored
        for segment in text.segments or ()
        if segment.start_s < segments[0].start_s
    ]
    return rows.Text(stored=stored, stamp=rows.LIVE, segments=(*before, *segments))


def _active(folder: SessionFolder) -> list[transcript.Stored]:
    try:
        return transcript.active(folder)
    except StorageError as error:
        raise CorruptSession(error.message, safe=error.safe, hint=error.hint) from error
