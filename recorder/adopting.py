"""A session that comes home: an unedited package, or the folder of another archive, taken whole.

Both hold the same evidence: journal, ``SHA256SUMS`` and parts; so what is taken in is the very
session, under its own id, and proves what it did. It is verified before and after it was copied,
and appears in the archive whole, or not at all.

A package leaves out what was for its owner alone: the notes, names that markers got later, and what
can be derived. A file that was exported by itself, or lies in a page, has a proof beside it that
names its session (`session_of`).
"""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

from recorder import bag, journal, proof, sums
from recorder.archive import Archive, SessionFolder, SessionInfo, folder_name
from recorder.errors import ArchiveError, CorruptSession, storage_error
from recorder.events import Opened
from recorder.types import SessionId, SourceKind, SourceSpec, is_session_id
from recorder.verify import verify

_JOURNAL, _SUMS, _INFO = "journal.jsonl", "SHA256SUMS", "session.json"
_FOLDERS = ("audio", "transcript")
_SAFE = "It is left as it is, and the archive is as it was."


def holds_session(folder: Path) -> bool:
    """Whether a folder is a package of ours, or a session's."""
    return _evidence(folder) is not None


def session_of(file: Path) -> SessionId | None:
    """The session that a file was exported from; None where no proof beside it is of its bytes.

    Raises:
        StorageError: The file can't be read.
    """
    with contextlib.suppress(OSError, ValueError):
        told = proof.read(proof.beside(file))
        if told.sha256 == sums.file_sha256(file):
            return SessionId(told.origin.session)
    return None


def id_of(folder: Path) -> SessionId:
    """The id of the session that a folder holds.

    Raises:
        CorruptSession: Its journal can't be read.
    """
    return SessionId(_opened(folder).session)


def adopt(folder: Path, staging: Archive) -> SessionFolder:
    """Copy the session that a folder holds into a place beside the archive. Blocks.

    Args:
        folder: One that `holds_session`.
        staging: Where the copy is made, which nobody else does; whoever called moves it into the
            archive.

    Raises:
        ArchiveError: It isn't finished, or isn't as it was sealed or packed.
        CorruptSession: Its journal can't be read.
        StorageError: The disk refuses.
    """
    _refuse_changed(folder, folder)
    evidence, info = _evidence(folder) or folder, _info(folder)
    is_named = evidence == folder and folder.name.endswith(f"-{info.id}")
    at = SessionFolder(evidence).timeline().started_at or info.created_at
    name = folder.name if is_named else folder_name(info.title, at, info.id)
    made = SessionFolder(staging.root / name)
    try:
        made.path.mkdir(parents=True)
        kept = (_JOURNAL, _SUMS, Path(info.cover).name)
        for path in (*(evidence / each for each in kept), *_inside(evidence)):
            if path.is_file() and not path.is_symlink():
                target = made.path / path.relative_to(evidence)
                target.parent.mkdir(exist_ok=True)
                shutil.copy2(path, target)
        made.write_info(info)
        _refuse_changed(made.path, folder)
    except BaseException as error:
        shutil.rmtree(made.path, ignore_errors=True)
        if isinstance(error, OSError):
            raise storage_error(error, doing=f"importing {folder.name}", safe=_SAFE) from error
        raise
    return made


def _evidence(folder: Path) -> Path | None:
    """Where a folder has a session's journal; None where it has none."""
    places = (folder / bag.PAYLOAD,) if bag.is_bag(folder) else (folder,)
    return next((each for each in places if _is_evidence(each)), None)


def _is_evidence(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (_JOURNAL, _INFO))


def _inside(evidence: Path) -> list[Path]:
    return [path for name in _FOLDERS for path in sorted((evidence / name).glob("*"))]


def _opened(folder: Path) -> Opened:
    first = next(iter(journal.read((_evidence(folder) or folder) / _JOURNAL)), None)
    opened = first.event if first else None
    if not isinstance(opened, Opened) or not is_session_id(opened.session):
        raise CorruptSession(f"The journal in {folder.name} doesn't begin with its session.")
    return opened


def _info(folder: Path) -> SessionInfo:
    """What people may edit; of a package, what was for others.

    Raises:
        CorruptSession: It can't be read.
    """
    evidence = _evidence(folder) or folder
    if evidence == folder:
        return replace(SessionFolder(folder).info(), id=id_of(folder))
    first = next(iter(journal.read(evidence / _JOURNAL)))
    try:
        told = json.loads((evidence / _INFO).read_bytes())
        return SessionInfo(
            id=id_of(folder),
            title=str(told["title"]),
            created_at=first.at,
            sources=tuple(
                (
                    str(each["track"]),
                    SourceSpec(kind=SourceKind(each["kind"]), address=str(each["address"])),
                )
                for each in told["sources"]
            ),
            tags=tuple(map(str, told["tags"])),
            host=str(told["host"]),
            description=str(told["description"]),
            rights=str(told["rights"]),
            consent=str(told["consent"]),
            cover=Path(str(told["cover"])).name,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptSession(f"{_INFO} in {folder.name} can't be read ({error}).") from error


def _refuse_changed(checked: Path, named: Path) -> None:
    """See that a session is finished and as it was sealed.

    Raises:
        ArchiveError: It isn't.
    """
    evidence = SessionFolder(_evidence(checked) or checked)
    if evidence.sealed() is None:
        raise ArchiveError(
            f"The session in {named.name} isn't finished, so it can't be imported.", safe=_SAFE
        )
    report = verify(checked)
    if not report.ok:
        raise ArchiveError(
            f"{named.name} isn't as it was sealed: {report.problems[0]}",
            safe=_SAFE,
            hint="'aircheck verify' says all that was changed.",
        )
