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
    sums.write(folder, timeline)
    folder.forget_secrets()
