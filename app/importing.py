"""Files from elsewhere into the archive: audio, transcripts beside it, transcripts alone.

`recorder.importing` keeps audio, `transcribe.captions` reads texts; this pairs them. A text belongs
to the audio beside it whose name it has: to ``talk.mp3`` belong ``talk.srt``, ``talk.en.vtt`` and
``talk.mp3.json``. One that comes later finds the session of its audio by the audio's hash. What was
imported can be searched when `import_paths` returns. Nothing is imported twice: what lies in the
trash is brought back where its file is named, and stays there where a folder is.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app import keeping
from recorder import adopting, importing, journal, proof, trash
from recorder.archive import TRASH, Archive, SessionFolder
from recorder.errors import AircheckError
from recorder.seal import seal
from recorder.types import SessionId, SourceKind, SourceSpec, State
from transcribe import captions, index, transcript
from transcribe.errors import OtherJson
from transcribe.transcript import Transcript

_LANGUAGE = re.compile(r"\.[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$")
TEXT_SUFFIXES = (".json", ".srt", ".vtt")
"""Files that are taken for transcripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file.

    Attributes:
        session: The session that holds it, or None.
        was_here: Whether the archive had it already.
        is_back: Whether its session was brought back from the trash.
        thrown_away: The session in the trash that holds it, where it was left there.
        problem: Why it is not there, in words; empty where it is.
    """

    path: Path
    session: SessionId | None = None
    was_here: bool = False
    is_back: bool = False
    thrown_away: SessionId | None = None
    problem: str = ""


def import_paths(
    archive: Archive, paths: list[Path], *, brings_back: bool = True
) -> Iterator[Outcome]:
    """Import files and folders; one that fails harms no other.

    Args:
        archive: Into which.
        paths: Audio, transcripts, and folders of them.
        brings_back: Whether what lies in the trash comes back where its very file is named.

    Yields:
        What became of each file, when it is done and can be searched.

    Raises:
        IndexBusy: The index can't take it now; the sessions are in the archive.
        StorageError: The disk refuses.
    """
    texts = list(dict.fromkeys(text for path in paths for text in _texts(path)))
    audio = [path for path in paths if path not in texts]
    paired: set[Path] = set()
    with contextlib.closing(index.ready(archive)) as db:
        for found in importing.import_paths(archive, audio):
            is_named = brings_back and found.path in audio
            imported = _brought_back(archive, found) if is_named else found
            outcomes = list(_with_texts_beside(imported, is_back=imported is not found))
            paired |= {outcome.path for outcome in outcomes}
            if imported.is_export:
                paired.update(texts_of(imported.path))
            if imported.folder:
                index.update(db, imported.folder)
            yield from outcomes
        for text in (text for text in texts if text not in paired):
            outcome, folder = _alone(archive, text, brings_back=brings_back and text in paths)
            if folder:
                index.update(db, folder)
            if text in paths or not _is_other_json(outcome):
                yield outcome


def texts_of(audio: Path) -> list[Path]:
    """The transcripts that lie beside an audio file and are its own, by their names."""
    try:
        beside = sorted(audio.parent.iterdir())
    except OSError:
        return []
    return [path for path in beside if is_text(path) and _is_of(path, audio) and path.is_file()]


def is_text(path: Path) -> bool:
    """Whether a file is taken for a transcript, by its name."""
    return path.suffix.lower() in TEXT_SUFFIXES and not path.name.startswith(".")


def _is_of(text: Path, audio: Path) -> bool:
    """Whether a transcript has an audio file's name, perhaps with a language behind it."""
    stem = text.stem
    return audio.stem in (stem, _LANGUAGE.sub("", stem)) or stem == audio.name


def _audio_of(text: Path) -> Iterator[Path]:
    """The audio files beside a transcript that it may belong to."""
    for audio in importing.find_audio([text.parent]):
        if audio.parent == text.parent and _is_of(text, audio):
            yield audio


def _is_other_json(outcome: Outcome) -> bool:
    """Whether a file that nobody named is some other program's JSON."""
    return bool(outcome.problem) and outcome.path.suffix.lower() == ".json"


def find_texts(folder: Path) -> Iterator[Path]:
    """The transcripts in a folder, at any depth, but for those of packages and sessions.

    What lies beside a file with a proof, as in a page, belongs to that, and is in its own time.
    """
    for root, folders, names in os.walk(folder):
        here = Path(root)
        if adopting.holds_session(here):
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        is_page = "index.html" in names and any(name.endswith(proof.SUFFIX) for name in names)
        for path in (here / name for name in sorted(names)):
            is_other = path.name.endswith(proof.SUFFIX) or (is_page and path.suffix == ".json")
            if is_text(path) and path.is_file() and not is_other:
                yield path


def _texts(path: Path) -> Iterator[Path]:
    """The transcripts that a path means, in folders at any depth."""
    if path.is_dir():
        yield from find_texts(path)
    elif path.suffix.lower() in TEXT_SUFFIXES:
        yield path


def _brought_back(archive: Archive, found: importing.Imported) -> importing.Imported:
    """What lies in the trash is a session of the archive again; else as it was found."""
    if found.thrown_away is None:
        return found
    try:
        (folder,) = keeping.restore(archive, [trash.find(archive, found.thrown_away)])
    except AircheckError as error:
        return replace(found, problem=str(error))
    return replace(found, folder=folder, thrown_away=None)


def _with_texts_beside(imported: importing.Imported, *, is_back: bool) -> Iterator[Outcome]:
    """An audio file's outcome, then those of the transcripts that lie beside it."""
    session = imported.folder.id if imported.folder else None
    yield Outcome(
        path=imported.path,
        session=session,
        was_here=imported.was_here,
        is_back=is_back and session is not None,
        thrown_away=imported.thrown_away,
        problem=imported.problem,
    )
    if imported.is_export or imported.path.is_dir():
        return  # its session has its texts
    for text in texts_of(imported.path) if imported.thrown_away else ():
        yield Outcome(path=text, thrown_away=imported.thrown_away)
    if imported.folder is None:
        return
    for text in texts_of(imported.path):
        try:
            was_here = _put(imported.folder, captions.read(text))
            yield Outcome(path=text, session=session, was_here=was_here)
        except OtherJson:
            continue  # not its own: it has an outcome where it was named itself
        except AircheckError as error:
            yield Outcome(path=text, problem=str(error))
        except Exception as error:  # noqa: BLE001 (the edge of a file: the others go on)
            yield Outcome(path=text, problem=str(importing.unforeseen(text, error)))


def _alone(
    archive: Archive, text: Path, *, brings_back: bool
) -> tuple[Outcome, SessionFolder | None]:
    """A transcript without audio becomes a session of its own, unless it has one already."""
    try:
        read = captions.read(text)
        folder = _home_of(archive, text, read)
        if folder:
            was_here = _put(folder, read)
            return Outcome(path=text, session=folder.id, was_here=was_here), folder
        thrown_away = _home_of(Archive(archive.root / TRASH), text, read)
        if thrown_away and not brings_back:
            return Outcome(path=text, thrown_away=thrown_away.id), None
        if thrown_away:
            (folder,) = keeping.restore(archive, [trash.find(archive, thrown_away.id)])
        else:
            folder = _empty_session(archive, text)
        _put(folder, read)
    except AircheckError as error:
        return Outcome(path=text, problem=str(error)), None
    except Exception as error:  # noqa: BLE001 (the edge of a file: the others go on)
        return Outcome(path=text, problem=str(importing.unforeseen(text, error))), None
    return Outcome(path=text, session=folder.id, is_back=thrown_away is not None), folder


def _home_of(archive: Archive, text: Path, read: Transcript) -> SessionFolder | None:
    """The session of a transcript's audio, or that without audio which holds its words."""
    by_audio = (importing.held(archive, audio) for audio in _audio_of(text))
    return next(filter(None, by_audio), None) or _session_with(archive, read)


def _session_with(archive: Archive, read: Transcript) -> SessionFolder | None:
    """The session without audio that holds these very words, or None."""
    for folder in archive.folders():
        with contextlib.suppress(AircheckError):
            sealed = folder.sealed()
            if sealed and not sealed.part_count and _holds(folder, read):
                return folder
    return None


def _empty_session(archive: Archive, text: Path) -> SessionFolder:
    source = SourceSpec(kind=SourceKind.FILE, address=importing.name_of(text))
    folder = archive.create(text.stem, [("a", source)])
    with folder.hold():
        log = journal.JournalWriter(folder.journal_path)
        seal(folder, log, State.DONE, detail="A transcript without audio.")
    return folder


def _put(folder: SessionFolder, read: Transcript) -> bool:
    """Store a transcript unless the session has its words already; returns whether it has."""
    if _holds(folder, read):
        return True
    transcript.store(folder, read)
    return False


def _holds(folder: SessionFolder, read: Transcript) -> bool:
    return any(
        transcript.load(item.path).segments == read.segments
        for item in transcript.stored(folder)
        if item.model == read.model
    )
