"""When to try a source again: how long to wait, and what a refusal means.

The cadence is the design's: while nothing was recorded yet every 2 s during the first hour, then
every 5 s; after a break at once, then soon, then every 2 s, and every 5 s after an hour. A server
that names a time (Retry-After, RFC 9110 section 10.2.3) is never asked before it, and at most
half a second after it.
"""

from __future__ import annotations

import random

from recorder.errors import DeviceLost, NotAvailable, SourceError
from recorder.types import Seconds

PROBE_S = 2.0
"""Between two tries during the first hour."""

LATER_PROBE_S = 5.0
"""Between two tries after the first hour."""

_FIRST_HOUR_S = 3_600.0
_AFTER_A_BREAK_S = (0.1, 0.5, 1.0)
_LONGEST_SPREAD_S = 0.5
_LOST_DEVICE_S = 0.02  # its source waits for it by itself; a mirror comes first


def wait_s(error: SourceError, *, failures: int, waited_s: float, has_audio: bool) -> Seconds:
    """Seconds to wait before the next try.

    Args:
        error: Why the last try failed.
        failures: Tries that failed in a row, this one included.
        waited_s: Seconds since the first of them.
        has_audio: Whether anything was recorded before.
    """
    if isinstance(error, NotAvailable) and error.retry_after_s is not None:
        spread_s = random.uniform(0, _LONGEST_SPREAD_S)
        return Seconds(error.retry_after_s + spread_s)
    if isinstance(error, DeviceLost) and has_audio:
        return Seconds(_LOST_DEVICE_S)
    if waited_s >= _FIRST_HOUR_S:
        return Seconds(LATER_PROBE_S)
    if has_audio and failures <= len(_AFTER_A_BREAK_S):
        return Seconds(_AFTER_A_BREAK_S[failures - 1])
    return Seconds(PROBE_S)
