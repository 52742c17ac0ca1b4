"""Session folders: create, list, find, lock.

    <archive>/2024-08-13-trump-musk-01J5…/
      session.json     title, notes, sources asked for (may be edited)
      journal.jsonl    what happened (`recorder.journal`)
      audio/           parts, as received
      transcript/      one JSON file a transcript
      derived/         anything here may be deleted
      resume.json      addresses with their tokens, for the owner alone; gone once sealed
      recorder.json    pid of the recorder at work on it; gone when it ends
      control.json     where that one listens (`recorder.control`); likewise
      SHA256SUMS       written when sealed: the journal's and every part's hash, for sha256sum -c

The archive is the truth; whatever else there is can be made again from it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recorder import journal, outline
from recorder.errors import (
    AircheckError,
    ArchiveError,
    CorruptSession,
    SessionBusy,
    SessionNotFound,
    storage_error,
)
from recorder.events import Opened, Sealed
from recorder.schedule import Schedule
from recorder.timeline import Timeline
from recorder.types import (
    Seconds,
    SessionId,
    SourceKind,
    SourceSpec,
    State,
    is_session_id,
    iso,
    new_session_id,
    parse_iso,
    utc_now,
)

PROGRAM = "aircheck 0.1.0"
"""Name and version that the journal's first line carries."""

TRASH = ".trash"
"""The folder of what was thrown away (`recorder.trash`), in the archive's."""

SOCKETS = "aircheck-"
"""How a folder of a recorder's socket begins, among the system's temporary ones."""

_LOCK_WAIT_S = 2.0
_ID_LENGTH = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment that somebody named after the recording; those named meanwhile are journaled."""

    at_s: Seconds
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo:
    """What ``session.json`` holds: all that people may edit.

    Attributes:
        sources: Kind and public address of each source asked for, by track.
        description: What it is about, for those who read it published.
        rights: Whose it is and what others may do with it.
        consent: Who agreed to being recorded and published, and how.
        cover: The cover's file in the session's folder, or empty.
        for_s: After how long the recording ends by itself, from its first sample, or from the
            announced moment where that is later; None is 'at its own end'.
        give_up_s: Seconds without a byte after which it is taken for over; None is an hour.
        schedule: When it is announced for; None where nobody said.
        markers: What was named afterwards; at the place of a journaled marker its new name.
    """

    id: SessionId
    title: str
    created_at: datetime
    sources: tuple[tuple[str, SourceSpec], ...] = ()
    host: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    rights: str = ""
    description: str = ""
    consent: str = ""
    cover: str = ""
    for_s: Seconds | None = None
    give_up_s: Seconds | None = None
    schedule: Schedule | None = None
    markers: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The process at work on a session."""

    pid: int
    started_at: float  # as psutil gives it, to tell a process from a later one of the same pid


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A session in one line.

    Attributes:
        started_at: Wall clock of session time 0; None while nothing is recorded.
        announced_for: When it was to begin, if anybody said.
        pid: Of the running recorder, or None.
        host: Who speaks, as people wrote it.
        tags: As people wrote them.
        notes: As people wrote them.
        markers: What people named moments afterwards; what was named in the journal isn't here.
        problem: Why the folder can't be read, or empty.
        ending: Why it ended, in words; empty where nothing is to be said.
    """

    id: SessionId
    title: str
    state: State
    started_at: datetime | None
    created_at: datetime | None
    duration_s: Seconds
    gap_count: int
    folder: Path
    announced_for: datetime | None = None
    pid: int | None = None
    source: str = ""
    host: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    markers: tuple[str, ...] = ()
    recovered: bool = False
    problem: str = ""
    ending: str = ""


class SessionFolder:
    """One session's folder. Holds no file open; any number may look at the same folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal_path = path / "journal.jsonl"
        self.audio = path / "audio"
        self.transcripts = path / "transcript"
        self.derived = path / "derived"
        self.sums_path = path / "SHA256SUMS"
        self._info_path = path / "session.json"
        self._resume_path = path / "resume.json"
        self._holder_path = path / "recorder.json"
        self._control_path = path / "control.json"

    @property
    def id(self) -> SessionId:
        """The session's id, from the folder's name.

        Raises:
            CorruptSession: The name doesn't end in one.
        """
        tail = self.path.name[-_ID_LENGTH:]
        if not is_session_id(tail):
            raise CorruptSession(f"{self.path} is not a session's folder: its name has no id.")
        return SessionId(tail)

    def info(self) -> SessionInfo:
        """Read ``session.json``.

        Raises:
            CorruptSession: It is missing or not readable as JSON of the right form.
        """
        try:
            return _info_from_json(json.loads(self._info_path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CorruptSession(
                f"{self.path.name}/session.json can't be read ({error}).",
                safe="The audio and its journal are untouched.",
                hint="Restore the file, or import the audio again.",
            ) from error

    def write_info(self, info: SessionInfo) -> None:
        """Replace ``session.json`` in one step.

        Raises:
            StorageError: The disk refuses; the old one stands.
        """
        write_whole(self._info_path, _pretty(_info_to_json(info)))

    def timeline(self) -> Timeline:
        """Runs, gaps and parts as the journal tells them.

        Raises:
            CorruptSession: The journal can't be read.
        """
        return Timeline.of(entry.event for entry in journal.read(self.journal_path))

    def sources(self) -> list[tuple[str, SourceSpec]]:
        """Track and source, with full addresses while the session isn't sealed."""
        try:
            items = json.loads(self._resume_path.read_bytes())["sources"]
            return [
                (
                    item["track"],
                    SourceSpec(
                        kind=SourceKind(item["kind"]),
                        address=item["address"],
                        cookies=item.get("cookies", ""),
                    ),
                )
                for item in items
            ]
        except FileNotFoundError:
            return list(self.info().sources)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptSession(f"{self.path.name}/resume.json can't be read.") from error

    def write_secrets(self, sources: list[tuple[str, SourceSpec]]) -> None:
        """Keep the full addresses, for this user alone, until the session is sealed.

        Raises:
            StorageError: The disk refuses.
        """
        items = [
            {
                "track": track,
                "kind": str(spec.kind),
                "address": spec.address,
                **({"cookies": spec.cookies} if spec.cookies else {}),
            }
            for track, spec in sources
        ]
        write_whole(self._resume_path, _pretty({"sources": items}), mode=0o600)

    def forget_secrets(self) -> None:
        """Remove the addresses with their tokens."""
        self._resume_path.unlink(missing_ok=True)

    def sealed(self) -> Sealed | None:
        """The journal's last word, or None while the session is open.

        Raises:
            CorruptSession: The journal's end can't be read.
        """
        entry = journal.last(self.journal_path)
        return entry.event if entry and isinstance(entry.event, Sealed) else None

    def holder(self) -> Holder | None:
        """The living process at work on this session, or None."""
        try:
            values = json.loads(self._holder_path.read_bytes())
            holder = Holder(pid=values["pid"], started_at=values["started_at"])
            return holder if _started_at(holder.pid) == holder.started_at else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def was_left(self) -> bool:
        """Whether the last process at work on this session died over it."""
        return self._holder_path.exists() and self.holder() is None

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Be the one process that writes to this session.

        Raises:
            SessionBusy: Another one is.
            SessionNotFound: The folder was moved away or deleted meanwhile.
            StorageError: The disk refuses.
        """
        with self._locked():
            pid = os.getpid()
            self._forget_listener()
            try:
                holder = {"pid": pid, "started_at": _started_at(pid)}
                write_whole(self._holder_path, _pretty(holder))
                yield
            finally:
                self._holder_path.unlink(missing_ok=True)

    def _forget_listener(self) -> None:
        """Remove where a recorder listened that died; nothing else, whatever the file says."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            socket = Path(json.loads(self._control_path.read_bytes())["address"])
            room = socket.parent
            is_ours = room.name.startswith(SOCKETS) and room.parent == Path(tempfile.gettempdir())
            if is_ours and socket.is_socket():
                socket.unlink()
                room.rmdir()
        with contextlib.suppress(OSError):
            self._control_path.unlink()

    def move(self, target: Path) -> SessionFolder:
        """Move the folder in one step, on one disk, while no process writes to it.

        Args:
            target: Its new path, where nothing may be.

        Raises:
            SessionBusy: Another process is at work on it; nothing is moved.
            SessionNotFound: It isn't there any more.
            StorageError: The disk refuses, or something is there; nothing is moved.
        """
        with self._locked():
            try:
                if target.exists():
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
                self.path.rename(target)
            except OSError as error:
                raise storage_error(
                    error, doing=f"moving {self.path.name}", safe="It is where it was."
                ) from error
        sync_folder(target.parent)
        sync_folder(self.path.parent)
        return SessionFolder(target)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        path = self.path / ".lock"
        from filelock import FileLock, Timeout  # noqa: PLC0415 (asyncio; who looks needs none)

        lock = FileLock(path, timeout=_LOCK_WAIT_S)
        try:
            self._require_there()
            lock.acquire()
        except Timeout as error:
            raise SessionBusy(
                f"Another process is at work on {self.path.name}.",
                safe="It goes on undisturbed.",
                hint="'aircheck sessions' shows it.",
            ) from error
        except OSError as error:
            self._require_there()
            raise storage_error(error, doing="locking the session") from error
        try:
            self._require_there()
            yield
        finally:
            lock.release()
            self._clear_ghost(path)

    def _require_there(self) -> None:
        if not (self.journal_path.exists() or self._info_path.exists()):
            raise SessionNotFound(
                f"{self.path.name} is not in the archive any more.",
                hint="'aircheck trash list' shows what was thrown away.",
            )

    def _clear_ghost(self, lock: Path) -> None:
        """Remove the folder that locking made where the session's was moved away just before."""
        if not self.journal_path.exists():
            with contextlib.suppress(OSError):
                if {item.name for item in self.path.iterdir()} <= {lock.name}:
                    lock.unlink(missing_ok=True)
                    self.path.rmdir()

    def summary(self, reader: outline.Reader | None = None) -> Summary:
        """The session in one line; a folder that can't be read says so in ``problem``.

        Args:
            reader: Of its journal, for who asks again and again: only what is new is read then.
        """
        problem, info = "", None
        try:
            info = self.info()
        except CorruptSession as error:
            problem = error.message
        facts = Summary(
            id=self.id,
            title=info.title if info else self.path.name,
            state=State.FAILED,
            started_at=None,
            created_at=info.created_at if info else None,
            duration_s=Seconds(0),
            gap_count=0,
            folder=self.path,
            announced_for=info.schedule.at if info and info.schedule else None,
            source=str(info.sources[0][1]) if info and info.sources else "",
            host=info.host if info else "",
            tags=info.tags if info else (),
            notes=info.notes if info else "",
            markers=tuple(each.text for each in info.markers if each.text) if info else (),
            problem=problem,
        )
        try:
            return self._with_journal(facts, reader or outline.Reader(self.journal_path))
        except ArchiveError as error:
            return replace(facts, problem=facts.problem or error.message)

    def _with_journal(self, facts: Summary, reader: outline.Reader) -> Summary:
        sealed = self.sealed()
        if sealed:
            return replace(
                facts,
                state=sealed.state,
                started_at=parse_iso(sealed.started_at) if sealed.started_at else None,
                duration_s=sealed.duration_s,
                gap_count=sealed.gap_count,
                recovered=bool(sealed.recovered),
                ending=sealed.detail,
            )
        holder = self.holder()
        told = reader.read()
        return replace(
            facts,
            state=told.state,
            started_at=told.started_at,
            duration_s=told.duration_s,
            gap_count=told.gap_count,
            pid=holder.pid if holder else None,
        )


class Archive:
    """A folder of session folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(
        self,
        title: str,
        sources: list[tuple[str, SourceSpec]],
        *,
        at: datetime | None = None,
        host: str = "",
        for_s: Seconds | None = None,
        give_up_s: Seconds | None = None,
        schedule: Schedule | None = None,
    ) -> SessionFolder:
        """Make a session's folder, ready to be recorded into.

        Args:
            title: As people wrote it; any text.
            sources: Track and source; of several for one track the later ones are its mirrors.
            at: The day and time that its name carries; that of its schedule, or now, unless told.
            host: Who speaks.
            for_s: After how long the recording ends by itself (`SessionInfo`).
            give_up_s: Seconds without a byte after which it is taken for over.
            schedule: When it is announced for.

        Raises:
            StorageError: The disk refuses; nothing is left behind.
        """
        at = at or (schedule.at if schedule else utc_now())
        title = title.encode(errors="replace").decode()  # a file's name may hold half a character
        session = new_session_id()
        folder = SessionFolder(self.root / folder_name(title, at, session))
        asked = tuple(
            {"track": track, "kind": str(spec.kind), "address": spec.public_address}
            for track, spec in sources
        )
        info = SessionInfo(
            id=session,
            title=title,
            created_at=utc_now(),
            sources=tuple(sources),
            host=host,
            for_s=for_s,
            give_up_s=give_up_s,
            schedule=schedule,
        )
        try:
            folder.audio.mkdir(parents=True)
            if any(spec.public_address != spec.address or spec.cookies for _, spec in sources):
                folder.write_secrets(sources)
            folder.write_info(info)
            with contextlib.closing(journal.JournalWriter(folder.journal_path)) as log:
                log.append(Opened(session=session, title=title, sources=asked, program=PROGRAM))
        except (OSError, AircheckError) as error:
            shutil.rmtree(folder.path, ignore_errors=True)  # it holds no sound yet
            if isinstance(error, OSError):
                raise storage_error(error, doing="making the session's folder") from error
            raise
        return folder

    def folders(self) -> list[SessionFolder]:
        """All sessions' folders, newest first.

        Raises:
            StorageError: The archive's folder can't be read.
        """
        try:
            with os.scandir(self.root) as items:
                names = [item.name for item in items if is_session_id(item.name[-_ID_LENGTH:])]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise storage_error(error, doing="listing the archive") from error
        names.sort(key=lambda name: name[-_ID_LENGTH:], reverse=True)
        return [SessionFolder(self.root / name) for name in names]

    def find(self, name: str) -> SessionFolder:
        """The session by its id, the beginning or end of one, its folder's name, or its path.

        Raises:
            SessionNotFound: None fits, or several do.
        """
        found = _fitting(self.folders(), name)
        if len(found) == 1:
            return found[0]
        if not found and _fitting(Archive(self.root / TRASH).folders(), name):
            raise SessionNotFound(
                f"The session {name!r} is in the trash.",
                hint=f"'aircheck trash restore {name}' brings it back.",
            )
        what = (
            f"{len(found)} sessions fit {name!r}." if found else f"No session is called {name!r}."
        )
        raise SessionNotFound(what, hint="'aircheck sessions' lists them with their ids.")


def _fitting(folders: list[SessionFolder], name: str) -> list[SessionFolder]:
    """Those that a name means, as `Archive.find` takes them."""
    wanted = Path(name).name.upper() if os.sep in name else name.upper()
    exact = [f for f in folders if wanted in (f.id, f.path.name.upper())]
    near = [f for f in folders if wanted and (f.id.startswith(wanted) or f.id.endswith(wanted))]
    return exact or near


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file in one step: it is there whole, or as it was before.

    Raises:
        StorageError: The disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # of a disk that has become read-only
            temporary.unlink(missing_ok=True)
        raise storage_error(error, doing=f"writing {path.name}") from error


def sync_folder(path: Path) -> None:
    """Bring new names in a folder to the disk, where the system can sync one.

    Raises:
        StorageError: The disk refuses.
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise storage_error(error, doing=f"syncing {path.name}") from error


def _started_at(pid: int) -> float | None:
    import psutil  # noqa: PLC0415 (only who meets a recorder needs it)

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def folder_name(title: str, at: datetime, session: SessionId) -> str:
    """``2024-08-13-trump-musk-01J5…``: ASCII, no name that Windows reserves, under 80 bytes."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-")[:40].strip("-")
    return "-".join(part for part in (f"{at.astimezone(UTC):%Y-%m-%d}", slug, session) if part)


def _pretty(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=2).encode() + b"\n"


def _info_to_json(info: SessionInfo) -> dict[str, Any]:
    values = asdict(info)
    values["created_at"] = iso(info.created_at)
    values["sources"] = [
        {"track": track, "kind": str(spec.kind), "address": spec.public_address}
        for track, spec in info.sources
    ]
    values["schedule"] = info.schedule.to_json() if info.schedule else None
    return values


def _info_from_json(values: dict[str, Any]) -> SessionInfo:
    return SessionInfo(
        id=SessionId(values["id"]),
        title=str(values["title"]),
        created_at=parse_iso(values["created_at"]),
        sources=tuple(
            (item["track"], SourceSpec(kind=SourceKind(item["kind"]), address=item["address"]))
            for item in values.get("sources", ())
        ),
        host=values.get("host", ""),
        tags=tuple(values.get("tags", ())),
        notes=values.get("notes", ""),
        rights=values.get("rights", ""),
        description=values.get("description", ""),
        consent=values.get("consent", ""),
        cover=values.get("cover", ""),
        for_s=values.get("for_s"),
        give_up_s=values.get("give_up_s"),
        schedule=Schedule.from_json(schedule) if (schedule := values.get("schedule")) else None,
        markers=tuple(
            Moment(at_s=Seconds(float(item["at_s"])), text=str(item["text"]))
            for item in values.get("markers", ())
        ),
    )
