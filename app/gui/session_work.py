"""What people change of a session, and have checked of it, off the GUI thread.

`SessionWork` is the session page's hands: its methods return at once, do their work on lanes, in
order, and say by signals what came of it. GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from app import editing, findable, marking
from app.editing import Changes
from app.gui.bridge import Latest
from app.gui.desk import Desk
from app.gui.presenters import captions
from app.gui.presenters.correcting import Correcting, Version, versions
from app.gui.presenters.evidence import Verified, Verifying
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.types import Seconds
from transcribe.transcript import Stored

T = TypeVar("T")


class SessionWork(QObject):
    """Works on one session at a time."""

    changed = Signal()
    """Something was written; it is to be read again."""
    failed = Signal(object)
    """`Message`: what could not be done."""
    marked = Signal(float)
    """Session time of a marker that was added, and may be named."""
    edited = Signal()
    """The details were changed."""
    corrected = Signal(bool, bool)
    """Whether there is a correction to take back, and one to make again."""
    versions_read = Signal(object)
    """``tuple[Version, ...]``, the newest first."""
    models_read = Signal(object)
    """``tuple[str, ...]``: those on this machine."""
    quoted = Signal(str)
    """A citation."""
    checking = Signal(int, int)
    """How many parts are checked, and how many there are."""
    checked = Signal(object)
    """`Verified`; None where the check was cancelled."""
    captioned = Signal(object, object)
    """`SessionFolder` of a session that goes on, and the process that hears it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._folder: SessionFolder | None = None
        self._correcting: Correcting | None = None
        self._verifying: Verifying | None = None
        self._lane = desk.lane("session-work", room=64)
        self._checks = desk.lane("session-verify")

    def turn_to(self, folder: SessionFolder) -> None:
        """Work on this session from now on; a check of another one ends."""
        self.cancel_check()
        self._verifying = None
        self._folder = folder
        self._correcting = Correcting(self._desk.archive, folder)

    # --- what was said -------------------------------------------------------------------------

    def correct(self, stored: Stored, at_s: float, text: str, speaker: str, whose: str) -> None:
        """Put what somebody said at a moment right; then `corrected` and `changed`."""
        correcting = self._correcting
        if correcting is not None:
            self._do(
                lambda: correcting.correct(stored, at_s, text, speaker, whose=whose),
                self._on_corrected,
            )

    def name_speaker(self, stored: Stored, called_so_far: str, name: str) -> None:
        """Name who speaks everywhere, and in transcripts to come; then as `correct`."""
        correcting = self._correcting
        if correcting is not None:
            self._do(
                lambda: correcting.name_speaker(stored, called_so_far, name), self._on_corrected
            )

    @Slot()
    def undo(self) -> None:
        """Take the last correction back; then as `correct`."""
        if self._correcting is not None:
            self._do(self._correcting.undo, self._on_corrected)

    @Slot()
    def redo(self) -> None:
        """Make it again; then as `correct`."""
        if self._correcting is not None:
            self._do(self._correcting.redo, self._on_corrected)

    def use(self, version: Version) -> None:
        """Have a version read and searched from now on; then as `correct`."""
        correcting = self._correcting
        if correcting is not None:
            self._do(lambda: correcting.use(version.stored), self._on_corrected)

    def read_versions(self) -> None:
        """List the transcripts; then `versions_read`."""
        folder = self._folder
        if folder is not None:
            self._do(lambda: versions(folder), self.versions_read.emit)

    @Slot()
    def read_models(self) -> None:
        """List the models on this machine; then `models_read`."""
        self._do(self._desk.models, self.models_read.emit)

    def quote(self, stored: Stored, from_s: float, to_s: float) -> None:
        """Quote a stretch with who, where, when and the audio's hash; then `quoted`."""
        folder = self._folder

        def work() -> str:
            from transcribe.quotes import quote  # noqa: PLC0415 (not for the first window)

            assert folder is not None
            found = quote(
                folder,
                Seconds(from_s),
                Seconds(to_s),
                track=stored.track,
                language=stored.language,
            )
            return found.citation()

        if folder is not None:
            self._do(work, self.quoted.emit)

    def caption(self) -> None:
        """Have captions made while the session goes on; then `captioned`."""
        folder, settings = self._folder, self._desk.settings
        if folder is not None:
            self._do(
                lambda: captions.start(settings, folder),
                lambda process: self.captioned.emit(folder, process),
            )

    def _on_corrected(self, _result: object) -> None:
        if self._correcting is not None:
            self.corrected.emit(self._correcting.can_undo, self._correcting.can_redo)
        self._on_changed(None)

    # --- markers, notes, details ---------------------------------------------------------------

    def mark(self, at_s: float) -> None:
        """Add a marker; then `marked` and `changed`."""
        folder = self._folder

        def then(_result: object) -> None:
            self.marked.emit(at_s)
            self._on_changed(None)

        if folder is not None:
            self._do(lambda: marking.mark(folder, at_s), then)

    @Slot(float, str)
    def name_mark(self, at_s: float, name: str) -> None:
        """Name the marker at a moment; then `changed`."""
        folder = self._folder
        if folder is not None:
            self._do(lambda: marking.mark(folder, at_s, name))

    @Slot(float)
    def unmark(self, at_s: float) -> None:
        """Take a marker away, or give it its first name back; then `changed`."""
        folder = self._folder
        if folder is not None:
            self._do(lambda: marking.unmark(folder, at_s))

    @Slot(str)
    def keep_notes(self, text: str) -> None:
        """Keep the notes; then `changed`."""
        self._edit(Changes(notes=text), self._on_changed)

    @Slot(object)
    def edit(self, changes: Changes) -> None:
        """Change the details; then `edited` and `changed`."""

        def then(_result: object) -> None:
            self.edited.emit()
            self._on_changed(None)

        self._edit(changes, then)

    def _edit(self, changes: Changes, then: Callable[[object], None]) -> None:
        folder = self._folder
        if folder is not None:
            self._do(lambda: _change(folder, changes), then)

    # --- checking ------------------------------------------------------------------------------

    def check(self, part_count: int) -> None:
        """Verify the session; `checking` again and again, then `checked`."""
        if self._folder is None:
            return
        latest: Latest[tuple[int, int]] = Latest(
            self._desk.bridge,
            lambda step: self.checking.emit(*step) if self._verifying is verifying else None,
        )
        verifying = Verifying(self._folder, lambda done, total: latest.put((done, total)))
        self._verifying = verifying
        self.checking.emit(0, part_count)

        def done(found: Verified | None) -> None:
            if self._verifying is verifying:
                self._verifying = None
                self.checked.emit(found)

        self._checks.do(verifying.run, done, self._on_failed)

    @Slot()
    def cancel_check(self) -> None:
        """End the check that runs, before its next part."""
        if self._verifying is not None:
            self._verifying.cancel()

    # --- how -----------------------------------------------------------------------------------

    def _do(self, work: Callable[[], T], then: Callable[[T], None] | None = None) -> None:
        if not self._lane.do(work, then or self._on_changed, self._on_failed):
            self.failed.emit(
                Message(happened=translate("Session", "Too much was asked for at once; try again."))
            )

    def _on_changed(self, _result: object) -> None:
        """Here and in the list."""
        self.changed.emit()
        self._desk.look_now()

    def _on_failed(self, error: AircheckError) -> None:
        self.failed.emit(Message.of(error))


def _change(folder: SessionFolder, changes: Changes) -> None:
    editing.edit(folder, changes)
    findable.refresh(folder)
