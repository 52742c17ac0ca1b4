"""What a recording is doing now, as its recorder answers and whoever watches reads."""

from __future__ import annotations

from dataclasses import dataclass

from recorder.types import Seconds, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a recording is doing now.

    Attributes:
        next_try_at: UTC, ISO 8601, or empty.
        end_s: Session time up to which audio is stored.
        now_s: Session time by the clock.
        source: Public name of the source that plays, or is tried: of several, one.
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
    warning: str = ""
    peak_dbfs: float | None = None
    rms_dbfs: float | None = None
    clipped: int | None = None
