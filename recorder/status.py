"""What a recording is doing now, as its recorder answers and whoever watches reads."""

from __future__ import annotations

from dataclasses import dataclass

from recorder.types import Seconds, State


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackStatus:
    """What one of several tracks is doing now.

    Attributes:
        track: Its letter.
        detail: Why, in a sentence, or empty.
        source: Public name of the source that plays, or is tried.
        end_s: Session time up to which it is stored.
        next_try_at: UTC, ISO 8601, or empty.
    """

    track: str
    state: State
    detail: str
    source: str
    end_s: Seconds
    next_try_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a recording is doing now.

    Attributes:
        next_try_at: UTC, ISO 8601, or empty.
        end_s: Session time up to which audio is stored.
        now_s: Session time by the clock.
        source: Public name of the source that plays, or is tried: of several, one.
        staged: Segments that are safe on disk and wait for an earlier one, so that ``end_s`` stands
            still.
        tracks: Each one's, where there are several.
        warning: A sentence that should be seen now, as that the disk is filling, or empty.
        peak_dbfs: Level of a device's last tenth of a second; None for streams.
        clipped: Samples of a device at full scale so far; None for streams.
    """

    state: State
    end_s: Seconds
    now_s: Seconds
    reason: str = ""
    detail: str = ""
    next_try_at: str = ""
    source: str = ""
    staged: int = 0
    tracks: tuple[TrackStatus, ...] = ()
    warning: str = ""
    peak_dbfs: float | None = None
    rms_dbfs: float | None = None
    clipped: int | None = None
