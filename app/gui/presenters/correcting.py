"""Corrections of a transcript, with undo. No Qt; each call writes, so off the GUI thread.

Each correction is a version of its own (`transcribe.corrections`); to undo one is to store the
text of the version before as the newest, so that nothing is ever lost, and who did what stands in
the versions.
"""

from __future__ import annotations

import contextlib
import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.gui.presenters import languages, words
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError
from recorder.types import Seconds
from transcribe import corrections, transcript
from transcribe.corrections import Edit
from transcribe.transcript import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A stored transcript, in words.

    Attributes:
        is_active: Whether it is the one that is read and searched.
    """

    stored: Stored
    title: str
    detail: str
    is_active: bool


class Correcting:
    """The corrections of one session, and the way back. For one thread.

    Args:
        archive: Where the index is.
        folder: The session's.
        author: Who corrects.
    """

    def __init__(self, archive: Archive, folder: SessionFolder, author: str = "") -> None:
        self._archive = archive
        self._folder = folder
        self._author = author or user()
        self._undone: list[Path] = []
        self._done: list[Path] = []  # what each correction was made of

    @property
    def can_undo(self) -> bool:
        """Whether there is a correction of this page to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether one was taken back."""
        return bool(self._undone)

    def correct(
        self,
        stored: Stored,
        at_s: float,
        text: str | None,
        speaker: str | None = None,
        *,
        whose: str | None = None,
    ) -> None:
        """Put the segment at a moment right: anybody's, or where two speak at once, of who did.

        Raises:
            TranscriptError: Nothing was said there, or it can't be read.
            StorageError: The disk refuses.
        """
        edit = Edit(at_s=Seconds(at_s), text=text, speaker=speaker, whose=whose)
        self._store(stored, [edit])
        self._make_findable()

    def undo(self) -> None:
        """Take the last correction back.

        Raises:
            TranscriptError: The version before can't be read.
            StorageError: The disk refuses.
        """
        if self._done:
            self._undone.append(self._restore(self._done.pop()))

    def redo(self) -> None:
        """Make the correction again that was taken back last; raises as `undo`."""
        if self._undone:
            self._done.append(self._restore(self._undone.pop()))

    def use(self, version: Stored) -> None:
        """Make a version's text the one that is read and searched; raises as `undo`."""
        before = self._active(version)
        self._restore(version.path)
        if before is not None:
            self._done.append(before)
        self._undone.clear()

    def name_speaker(self, stored: Stored, called_so_far: str, name: str) -> None:
        """Name who speaks, wherever it is the same one.

        A track or a voice keeps its name for all transcripts to come (`transcribe.speakers`); who
        was only written beside some segments is named anew in them.

        Raises:
            TranscriptError: A transcript can't be read.
            StorageError: The disk refuses.
        """
        from transcribe import speakers  # noqa: PLC0415 (loads numpy)

        given = {called: who for who, called in speakers.names(self._folder).items()}
        segments = transcript.load(stored.path).segments
        mine = [each for each in segments if each.speaker == called_so_far]
        voice = given.get(called_so_far)
        if voice is None and (not called_so_far or called_so_far.startswith(f"{stored.track}:")):
            voice = called_so_far or stored.track
        if voice is not None:
            speakers.name(self._folder, voice, name)
        elif mine:
            edits = [Edit(at_s=each.start_s, speaker=name, whose=called_so_far) for each in mine]
            self._store(stored, edits)
        self._make_findable()

    def _store(self, stored: Stored, edits: list[Edit]) -> None:
        """Correct the newest of a transcript, which may be newer than the one that is shown."""
        before = self._active(stored) or stored.path
        corrections.correct(
            self._folder, edits, author=self._author, track=stored.track, language=stored.language
        )
        self._done.append(before)
        self._undone.clear()

    def _active(self, like: Stored) -> Path | None:
        return next(
            (
                each.path
                for each in transcript.active(self._folder)
                if (each.track, each.language) == (like.track, like.language)
            ),
            None,
        )

    def _restore(self, path: Path) -> Path:
        """Store a version's text as the newest; returns the one that was active before."""
        wanted = next(each for each in transcript.stored(self._folder) if each.path == path)
        before = self._active(wanted) or path
        corrections.restore(self._folder, wanted, author=self._author)
        self._make_findable()
        return before

    def _make_findable(self) -> None:
        """The index takes it in; where it can't now, it does at the next search."""
        from transcribe import index  # noqa: PLC0415 (loads sqlite-utils, and that numpy)

        with (
            contextlib.suppress(AircheckError),
            contextlib.closing(index.ready(self._archive)) as db,
        ):
            index.update(db, self._folder)


def user() -> str:
    """Who sits here, by the system's name of them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name in the environment, none in the system's list
        return "unknown"


def versions(folder: SessionFolder) -> tuple[Version, ...]:
    """A session's transcripts, the newest first; takes as long as it takes to read them.

    Raises:
        StorageError: The folder can't be read.
    """
    active = {each.path for each in transcript.active(folder)}
    found: list[tuple[datetime | None, Version]] = []
    for stored in transcript.stored(folder):
        try:
            text = transcript.load(stored.path)
        except AircheckError as error:
            found.append((None, _unreadable(stored, error)))
            continue
        if text.restores:
            title = translate("Versions", "Restored by {author}").format(
                author=words.one_line(text.author)
            )
        elif text.author:
            title = translate("Versions", "Corrected by {author}").format(
                author=words.one_line(text.author)
            )
        elif text.model == transcript.IMPORTED:
            title = translate("Versions", "Imported ({form})").format(form=text.engine)
        elif text.translated_from:
            title = translate("Versions", "Whisper {model}, translated").format(model=text.model)
        else:
            title = f"Whisper {text.model}"
        made = words.day(text.created_at, datetime.now(UTC).astimezone())
        said = translate("Versions", "%n segment(s)", n=len(text.segments))
        speakers = dict.fromkeys(each.speaker for each in text.segments if each.speaker)
        parts = (made, languages.name(text.language), said, words.one_line(", ".join(speakers)))
        detail = " · ".join(part for part in parts if part)
        found.append(
            (
                text.created_at,
                Version(stored=stored, title=title, detail=detail, is_active=stored.path in active),
            )
        )
    found.sort(key=lambda item: (item[0] is not None, item[0] or _NEVER), reverse=True)
    return tuple(version for _, version in found)


_NEVER = datetime.min.replace(tzinfo=UTC)


def _unreadable(stored: Stored, error: AircheckError) -> Version:
    return Version(
        stored=stored,
        title=stored.path.name,
        detail=words.one_line(in_own_words(error.message)),
        is_active=False,
    )
