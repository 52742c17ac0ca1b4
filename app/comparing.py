"""Compare a session with another recording, and complete it from there: what the command does.

What the other recording may be: see `app.elsewhere`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.elsewhere import other_recording, require_track
from recorder import completing, picture, spool
from recorder.align import spooled
from recorder.archive import Archive, SessionFolder
from recorder.compare import Comparison, Difference, Kind, compare
from recorder.completing import Other
from recorder.decode import Block, decode, decode_file
from recorder.errors import ArchiveError, SameSession, storage_error
from recorder.events import Completed, GapFound
from recorder.sources.fetch import Stopped
from recorder.sources.resolve import Resolver
from recorder.types import Seconds
from transcribe import transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came out, and what of it is text.

    Attributes:
        comparison: What differs.
        words: What is said in each difference's stretch of ours, by the transcript; empty where
            there is none.
        their_words: Likewise in theirs, where that is a session.
        name: What to call the other recording.
    """

    comparison: Comparison
    words: tuple[str, ...]
    their_words: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What was filled.

    Attributes:
        track: The new track's letter; empty where nothing could be filled.
        fills: What fills what, as it is stored.
        left: Gaps of which something is still open.
        left_s: How long what is open lasts in all.
        lacking: Gaps that the other recording has too.
        comparison: By which that was found.
        name: What to call the other recording.
    """

    track: str
    fills: tuple[Completed, ...]
    left: int
    left_s: Seconds
    lacking: tuple[GapFound, ...]
    comparison: Comparison
    name: str


def compare_session(
    archive: Archive,
    folder: SessionFolder,
    name: str,
    *,
    track: str = "a",
    draw: Path | None = None,
    stop: threading.Event | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Compared:
    """Compare a session with another recording. Blocks for minutes where they are long.

    Args:
        archive: Where other sessions are looked for.
        folder: Our session's.
        name: The other one: a path, an ID, ``ID:TRACK`` or an address.
        track: Our track.
        draw: Where to put a picture, as SVG; none unless told.
        stop: Ends the fetching of an address, and the comparing, with `Stopped`.
        on_progress: Told how much is done, 0 to 1.

    Raises:
        AircheckError: One of them can't be found, fetched or decoded, or the disk refuses.
    """
    require_track(folder, track)
    with other_recording(archive, name, stop=stop) as other:
        ours, theirs = spooled(_blocks(folder, track), _blocks_of(other))
        with ours, theirs:
            found = compare(ours, theirs, _until(stop, on_progress))
            if draw:
                title = folder.info().title
                drawn = picture.svg(found, ours, theirs, names=(title, other.name))
                _write(draw, drawn)
        return Compared(
            comparison=found,
            words=_words(folder, track, [(each.from_s, each.to_s) for each in found.differences]),
            their_words=_their_words(other, found.differences),
            name=other.name,
        )


def complete_session(
    archive: Archive,
    folder: SessionFolder,
    name: str,
    *,
    track: str = "a",
    stop: threading.Event | None = None,
    resolver: Resolver | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Completion:
    """Fill a session's gaps from another recording. Blocks for minutes where they are long.

    Args:
        archive: Where other sessions are looked for.
        folder: Our session's.
        name: The other one: a path, an ID, ``ID:TRACK`` or an address.
        track: Whose gaps.
        stop: Ends the fetching of an address, and the comparing, with `Stopped`.
        resolver: Of pages; yt-dlp unless told.
        on_progress: Told how much is done, 0 to 1.

    Raises:
        AircheckError: As for `compare_session`, and as `completing.complete` raises; the session
            is then as it was.
    """
    completing.require_sealed(folder)
    require_track(folder, track)
    timeline = folder.timeline()
    if not timeline.tracks[track].gaps:
        raise ArchiveError("The session has no gap, so there is nothing to complete.")
    if not completing.open_gaps(timeline, track):
        raise ArchiveError(
            "Every gap of it is filled already.", hint="'aircheck complete ID --undo' empties them."
        )
    with other_recording(archive, name, stop=stop, resolver=resolver) as other:
        if other.folder is not None and (other.folder.id, other.track) == (folder.id, track):
            raise SameSession(
                "A session's gaps can't be filled from itself.",
                hint="Name another recording of the same event after --from.",
            )
        ours, theirs = spooled(_blocks(folder, track), _blocks_of(other))
        with ours, theirs:
            found = compare(ours, theirs, _until(stop, on_progress))
        fills = completing.plan(timeline, found, track)
        letter = completing.complete(folder, other, fills, track=track) if fills else ""
        now = folder.timeline()
        still = completing.open_gaps(now, track)
        return Completion(
            track=letter,
            fills=tuple(fill for fill in now.fills if fill.by == letter),
            left=len(still),
            left_s=Seconds(sum(to_s - from_s for from_s, to_s in still)),
            lacking=tuple(completing.lacking(timeline, found, track)),
            comparison=found,
            name=other.name,
        )


def _until(
    stop: threading.Event | None, on_progress: Callable[[float], None]
) -> Callable[[float], None]:
    """Tell the progress, unless it is to stop: then `Stopped` ends the work."""

    def tell(share: float) -> None:
        if stop is not None and stop.is_set():
            raise Stopped
        on_progress(share)

    return tell


def _blocks(folder: SessionFolder, track: str) -> Iterator[Block]:
    return decode(folder, track=track, rate_hz=spool.RATE_HZ, channels=1, block_s=30)


def _blocks_of(other: Other) -> Iterator[Block]:
    if other.folder is not None:
        return _blocks(other.folder, other.track)
    assert other.path is not None
    return decode_file(other.path, rate_hz=spool.RATE_HZ, channels=1, block_s=30)


def _words(
    folder: SessionFolder, track: str, stretches: list[tuple[float, float]]
) -> tuple[str, ...]:
    """What is said in stretches of a track; empty where nothing tells."""
    stored = [item for item in transcript.active(folder) if item.track == track]
    if not stored:
        return ("",) * len(stretches)
    segments = transcript.load(stored[0].path).segments
    return tuple(
        " ".join(
            _inside(segment, from_s, to_s)
            for segment in segments
            if segment.start_s < to_s and segment.end_s > from_s
        ).strip()
        for from_s, to_s in stretches
    )


def _inside(segment: transcript.Segment, from_s: float, to_s: float) -> str:
    """The words of a segment whose middle lies in a stretch; all of it where it has no times."""
    if not segment.words:
        return segment.text
    return "".join(
        word.text for word in segment.words if from_s <= (word.start_s + word.end_s) / 2 < to_s
    ).strip()


def _their_words(other: Other, differences: tuple[Difference, ...]) -> tuple[str, ...]:
    stretches: list[tuple[float, float]] = [
        (0.0, 0.0) if each.kind is Kind.LEVEL else (each.theirs_from_s, each.theirs_to_s)
        for each in differences
    ]
    if other.folder is None:
        return ("",) * len(stretches)
    return _words(other.folder, other.track, stretches)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise storage_error(error, doing=f"writing {path.name}") from error
