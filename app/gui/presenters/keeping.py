"""What the library does to sessions: tag, name, throw away, bring back, take in, hand out. No Qt.

Each acts on many, on a worker thread; one that can't be done harms no other, and is told.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.gui.presenters.browsing import with_tags, without_tag
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from recorder import trash
from recorder.archive import Archive, SessionFolder, sync_folder
from recorder.errors import AircheckError, storage_error
from recorder.trash import Trashed
from recorder.types import SessionId

if TYPE_CHECKING:
    from app.importing import Outcome

_TOLD_PROBLEMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of an act on several sessions.

    Attributes:
        sessions: Those for which it was done.
        problems: A sentence for each of the others.
    """

    sessions: tuple[SessionId, ...]
    problems: tuple[str, ...] = ()

    @property
    def message(self) -> Message | None:
        """What to say of those that failed; None where none did."""
        return failures(self.problems)


def failures(problems: Sequence[str]) -> Message | None:
    """Some sentences about failures as one message; None where there are none."""
    if not problems:
        return None
    told = " ".join(dict.fromkeys(problems[:_TOLD_PROBLEMS]))
    more = len(problems) - _TOLD_PROBLEMS
    rest = translate("Library", "And %n more.", n=more) if more > 0 else ""
    return Message(happened=told, safe=translate("Library", "All others are done."), next=rest)


def tag(folders: Iterable[SessionFolder], tags: tuple[str, ...]) -> Done:
    """Give sessions tags beside those that they have."""
    return _each(
        folders,
        lambda folder: _change(folder, tags=with_tags(folder.info().tags, tags)),
    )


def untag(folders: Iterable[SessionFolder], gone: str) -> Done:
    """Take a tag from sessions."""
    return _each(
        folders,
        lambda folder: _change(folder, tags=without_tag(folder.info().tags, gone)),
    )


def set_host(folders: Iterable[SessionFolder], host: str) -> Done:
    """Say who speaks in sessions; an empty name takes it away."""
    return _each(folders, lambda folder: _change(folder, host=host.strip()))


def set_title(folders: Iterable[SessionFolder], title: str) -> Done:
    """Call sessions otherwise."""
    return _each(folders, lambda folder: _change(folder, title=title.strip()))


def throw_away(archive: Archive, folders: Iterable[SessionFolder]) -> Done:
    """Move sessions to the trash, as one act, which `bring_back` undoes; search and queue follow.

    Raises:
        QueueError: What is to be transcribed can't be asked; nothing is thrown away.
    """
    from app import keeping  # noqa: PLC0415 (loads sqlite-utils, and numpy)

    outcomes = keeping.put(archive, list(folders))
    return Done(
        sessions=tuple(outcome.session for outcome in outcomes if outcome.trashed),
        problems=tuple(outcome.problem for outcome in outcomes if outcome.problem),
    )


def bring_back(archive: Archive, sessions: Iterable[SessionId]) -> Done:
    """Restore sessions from the trash; search and queue follow."""
    from app import keeping  # noqa: PLC0415 (loads sqlite-utils, and numpy)

    done, problems = [], []
    for session in sessions:
        try:
            keeping.restore(archive, [trash.find(archive, session)])
            done.append(session)
        except AircheckError as error:
            problems.append(str(error))
    return Done(sessions=tuple(done), problems=tuple(problems))


def delete(archive: Archive, sessions: Sequence[SessionId] | None) -> list[Trashed]:
    """Delete for good what is in the trash: some of it, or all.

    Raises:
        StorageError: The disk refuses; what is not deleted can still be brought back.
    """
    return trash.empty(archive, sessions=sessions)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """How far an import is.

    Attributes:
        files: What became of so many files by now.
        name: The file that was dealt with last.
        sessions: In which they are, each once.
        here_already: Files that the archive had before.
        problems: Sentences about files that can't be taken in.
        is_over: Whether it has ended.
    """

    files: int = 0
    name: str = ""
    sessions: tuple[SessionId, ...] = ()
    here_already: int = 0
    problems: tuple[str, ...] = ()
    is_over: bool = False

    @property
    def sentence(self) -> str:
        """It, as people read it."""
        if not self.is_over:
            return (
                translate("Library", "Importing {name} (%n file(s) done)", n=self.files).format(
                    name=self.name
                )
                if self.files
                else translate("Library", "Looking at what is to be imported")
            )
        if not self.files:
            return translate("Library", "There was no audio and no transcript in it.")
        told = translate("Library", "%n file(s) imported", n=self.files - len(self.problems))
        here = (
            translate("Library", "%n of them known already", n=self.here_already)
            if self.here_already
            else ""
        )
        return ", ".join(part for part in (told, here) if part)


def take_in(
    archive: Archive,
    paths: list[Path],
    told: Callable[[TakenIn], None],
    is_cancelled: Callable[[], bool],
) -> TakenIn:
    """Import files and folders. Blocks; what was taken in when it is cancelled stays.

    Args:
        archive: Into which.
        paths: Audio, transcripts, and folders of them.
        told: Is told how far it is after each file; on this thread.
        is_cancelled: Asked after each file.

    Raises:
        IndexBusy: The index can't take it now; the sessions are in the archive.
        StorageError: The disk refuses.
    """
    from app.importing import import_paths  # noqa: PLC0415 (loads av: not for the first window)

    so_far = TakenIn()
    with closing(cast("Generator[Outcome]", import_paths(archive, paths))) as outcomes:
        for outcome in outcomes:
            so_far = _with(so_far, outcome)
            told(so_far)
            if is_cancelled():
                break
    return replace(so_far, is_over=True)


def _with(so_far: TakenIn, outcome: Outcome) -> TakenIn:
    problem = f"{outcome.path.name}: {outcome.problem}" if outcome.problem else ""
    if outcome.thrown_away and not problem:
        said = translate("Library", "{file} is in the trash and stays there until it is restored.")
        problem = said.format(file=outcome.path.name)
    session = (outcome.session,) if outcome.session else ()
    return TakenIn(
        files=so_far.files + 1,
        name=outcome.path.name,
        sessions=tuple(dict.fromkeys((*so_far.sessions, *session))),
        here_already=so_far.here_already + outcome.was_here,
        problems=(*so_far.problems, problem) if problem else so_far.problems,
    )


class HandingOut:
    """Files for a drag out of the window: each session's unedited audio as one file.

    They are copies, in a folder of this window's own that goes with it: whoever gets them may do
    to them what they like.
    """

    def __init__(self) -> None:
        self._room: Path | None = None

    def files(self, folders: Sequence[SessionFolder]) -> list[Path]:
        """Make the files; what was made before is there at once. Blocks.

        Raises:
            ExportError: A session isn't sealed, or holds no sound.
            CorruptSession: A journal can't be read.
            DecodeError: A part can't be read as sound.
            StorageError: The disk refuses.
        """
        return [path for folder in folders for path in self._of(folder)]

    def close(self) -> None:
        """Remove what was made; twice unharmed."""
        if self._room is not None:
            shutil.rmtree(self._room, ignore_errors=True)
            self._room = None

    def _of(self, folder: SessionFolder) -> list[Path]:
        try:
            if self._room is None:
                self._room = Path(tempfile.mkdtemp(prefix="aircheck-"))
            out = self._room / folder.path.name
            made = sorted(path for path in out.glob("*") if path.is_file())
        except OSError as error:
            raise storage_error(error, doing="making room for a copy") from error
        if made:
            return made
        from recorder import export  # noqa: PLC0415 (loads av)

        export.alone(folder, out, folder.path.name)
        return sorted(path for path in out.iterdir() if path.is_file())


def _change(folder: SessionFolder, **changes: object) -> None:
    from app import editing, findable  # noqa: PLC0415 (loads mutagen)

    editing.edit(folder, editing.Changes(**changes))  # type: ignore[arg-type]
    findable.refresh(folder)
    sync_folder(folder.path)


def _each(folders: Iterable[SessionFolder], act: Callable[[SessionFolder], object]) -> Done:
    done, problems = [], []
    for folder in folders:
        try:
            act(folder)
            done.append(folder.id)
        except AircheckError as error:
            problems.append(str(error))
    return Done(sessions=tuple(done), problems=tuple(problems))
