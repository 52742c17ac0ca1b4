"""The replay that a platform posts when a live session is over: wait for it, and complete from it.

The page that the session was recorded from is asked again, politely, until it gives a recording
that has ended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.comparing import Completion, complete_session
from recorder import completing, journal
from recorder.archive import Archive, SessionFolder
from recorder.errors import ArchiveError, NotAvailable
from recorder.events import Connected
from recorder.sources.fetch import Stopped
from recorder.sources.resolve import Resolver
from recorder.types import Seconds, SourceKind, redact

OFTEN_S = 60.0
"""Between two questions during the first hour."""

SELDOM_S = 300.0
"""Between two questions after that."""

_FIRST_HOUR_S = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why there is no replay yet, and when it is asked for again."""

    why: str
    next_try_s: Seconds


def page_of(folder: SessionFolder) -> str | None:
    """The page that a session was recorded from, tokens included; None of any other source.

    Raises:
        CorruptSession: The session can't be read.
    """
    pages = [
        event.address
        for event in (entry.event for entry in journal.read(folder.journal_path))
        if isinstance(event, Connected) and "page" in event.identity
    ]
    if not pages:
        return None
    sources = [spec for _, spec in folder.sources() if spec.kind is SourceKind.STREAM]
    same = [spec.address for spec in sources if redact(spec.address) == pages[0]]
    return same[0] if same else pages[0]


def offer(folder: SessionFolder) -> str:
    """The page whose replay may fill a session's gaps, tokens taken out; empty where none may.

    Raises:
        CorruptSession: The session can't be read.
    """
    timeline = folder.timeline()
    has_gaps = any(completing.open_gaps(timeline, track) for track in timeline.tracks)
    page = page_of(folder) if has_gaps else None
    return redact(page) if page else ""


def complete_from_replay(
    archive: Archive,
    folder: SessionFolder,
    *,
    track: str = "a",
    page: str = "",
    resolver: Resolver | None = None,
    stop: threading.Event | None = None,
    on_wait: Callable[[Waiting], None] = lambda _: None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Completion:
    """Wait for the replay, then fill a session's gaps from it. Blocks, for days if need be.

    Args:
        archive: The session's.
        folder: Our session's, sealed.
        track: Whose gaps.
        page: Where the replay will be; the page that the session was recorded from unless told.
        resolver: Of pages; yt-dlp unless told.
        stop: Ends the waiting.
        on_wait: Told before each wait.
        on_progress: Told how much is done of the comparison, 0 to 1.

    Raises:
        Stopped: ``stop`` was set.
        ArchiveError: The session was recorded from no page, or has nothing to fill.
        AircheckError: As for `app.comparing.complete_session`; the session is as it was.
    """
    completing.require_sealed(folder)
    if not completing.open_gaps(folder.timeline(), track):
        raise ArchiveError("The session has no gap that is open, so there is nothing to wait for.")
    page = page or page_of(folder) or ""
    if not page:
        raise ArchiveError(
            "The session was not recorded from a page, so it isn't known where a replay will be.",
            hint="Name the page: 'aircheck complete ID --from ADDRESS --wait'.",
        )
    halt = stop or threading.Event()
    waited_s = 0.0
    while True:
        try:
            return complete_session(
                archive,
                folder,
                page,
                track=track,
                stop=halt,
                resolver=resolver,
                on_progress=on_progress,
            )
        except NotAvailable as error:
            asked_s = error.retry_after_s or 0.0
            wait_s = max(asked_s, OFTEN_S if waited_s < _FIRST_HOUR_S else SELDOM_S)
            on_wait(Waiting(why=error.message, next_try_s=Seconds(wait_s)))
        if halt.wait(wait_s):
            raise Stopped
        waited_s += wait_s
