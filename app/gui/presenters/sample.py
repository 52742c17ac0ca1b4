"""The sample broadcast, for those who have nothing to record yet. No Qt."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import RecorderError
from recorder.types import SourceKind, SourceSpec

if TYPE_CHECKING:
    from app.broadcast import SampleBroadcast


class SampleSession:
    """Broadcasts the sample on this machine and has it recorded like any other stream.

    `start` takes as long as a process takes to start; `close` may be called from another thread.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._broadcast: SampleBroadcast | None = None
        self._folder: SessionFolder | None = None

    def start(self) -> SessionFolder:
        """Begin, and return the session.

        Raises:
            StorageError: The disk refuses.
            RecorderError: The recorder doesn't start.
        """
        from app.broadcast import SampleBroadcast  # noqa: PLC0415 (a web server: only when asked for)

        self.close()
        self._broadcast = SampleBroadcast()
        spec = SourceSpec(kind=SourceKind.STREAM, address=self._broadcast.url)
        self._folder = launch.record(self._archive, spec, title=self._broadcast.sample.title)
        return self._folder

    def close(self) -> None:
        """End the broadcast; a recording of it that goes on is asked to end well."""
        if self._folder is not None and self._folder.sealed() is None:
            with contextlib.suppress(RecorderError):
                Client(self._folder).stop()
        if self._broadcast is not None:
            self._broadcast.close()
        self._broadcast = self._folder = None
