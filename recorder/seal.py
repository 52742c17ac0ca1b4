"""The end of a session: its last line, the hashes for stock tools, no secrets left."""

from __future__ import annotations

from recorder import journal, sums
from recorder.archive import SessionFolder
from recorder.events import Sealed
from recorder.types import State, iso


def seal(
    folder: SessionFolder,
    log: journal.JournalWriter,
    state: State,
    *,
    recovered: bool = False,
    detail: str = "",
) -> None:
    """Write the journal's last line and ``SHA256SUMS``, and remove addresses with tokens.

    All parts are closed and journaled before. Closes the journal.

    Args:
        folder: The session's.
        log: Its journal, open.
        state: `State.DONE` or `State.FAILED`.
        recovered: Whether the session was mended after a crash.
        detail: A sentence for people.

    Raises:
        StorageError: The disk refuses; sealing may be tried again.
    """
    log.sync()
    timeline = folder.timeline()
    log.append(
        Sealed(
            state=state,
            duration_s=timeline.duration_s,
            part_count=len(timeline.parts),
            gap_count=len(timeline.gaps),
            started_at=iso(timeline.started_at) if timeline.started_at else "",
            recovered=recovered or None,
            detail=detail,
        )
    )
    log.close()
    complete(folder)


def complete(folder: SessionFolder) -> None:
    """Write ``SHA256SUMS`` of a session whose journal has its last line; remove addresses.

    Raises:
        CorruptSession: The journal can't be read.
        StorageError: The disk refuses; it may be tried again.
    """
    sums.write(folder, folder.timeline())
    folder.forget_secrets()
