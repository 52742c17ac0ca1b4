"""Times, lengths, states and errors as people read them. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.gui.tokens import Role
from recorder.errors import AircheckError
from recorder.types import Seconds, State, parse_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a state is shown; the colour never speaks alone."""

    icon: str
    word: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What happened, what is safe, what happens next. Empty where there is nothing to say."""

    happened: str
    safe: str = ""
    next: str = ""

    @classmethod
    def of(cls, error: AircheckError) -> Message:
        """The message that an error carries."""
        return cls(happened=error.message, safe=error.safe, next=error.hint)

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.safe, self.next) if part)


_LOOKS = {
    State.SCHEDULED: Look(icon="clock", word="Scheduled", role="muted"),
    State.WAITING: Look(icon="hourglass", word="Waiting", role="trouble"),
    State.CONNECTING: Look(icon="plug", word="Connecting", role="muted"),
    State.RECORDING: Look(icon="circle", word="Recording", role="live"),
    State.RECONNECTING: Look(icon="refresh-cw", word="Reconnecting", role="trouble"),
    State.REFUSED: Look(icon="ban", word="Refused", role="trouble"),
    State.PAUSED: Look(icon="pause", word="Paused", role="trouble"),
    State.FINISHING: Look(icon="hourglass", word="Finishing", role="muted"),
    State.DONE: Look(icon="check", word="Done", role="muted"),
    State.FAILED: Look(icon="triangle-alert", word="Failed", role="trouble"),
}
_RECOVERED = Look(icon="shield-check", word="Recovered", role="fine")
_INTERRUPTED = Look(icon="unplug", word="Interrupted", role="trouble")
_UNREADABLE = Look(icon="triangle-alert", word="Unreadable", role="trouble")


def look_of(
    state: State, *, is_held: bool = False, recovered: bool = False, problem: str = ""
) -> Look:
    """How a session's state is shown.

    Args:
        state: The journal's last word on it.
        is_held: Whether a recorder is alive; an open session without one was interrupted.
        recovered: Whether it was mended after a crash.
        problem: Why its folder can't be read, if it can't.
    """
    if problem:
        return _UNREADABLE
    if recovered and state is State.DONE:
        return _RECOVERED
    if not (is_held or state.is_final or state is State.SCHEDULED):
        return _INTERRUPTED
    return _LOOKS[state]


_SPACES = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_HARMLESS = _SPACES | dict.fromkeys(_DIRECTIONS, "\u200b")


def one_line(text: str) -> str:
    """A text from outside on one line, without what would turn or break it; as long as before.

    Control characters become spaces, and those that change the direction of others, nothing wide.
    """
    return text.translate(_HARMLESS)


def clock(at_s: float) -> str:
    """A position or a running length: ``0:07``, ``12:34``, ``1:02:03``; never negative."""
    whole = max(0, math.floor(at_s))
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def length(duration_s: float) -> str:
    """A length in words: ``0.4 s``, ``35 s``, ``12 min``, ``1 h 42 min``."""
    if duration_s < 10 and round(duration_s, 1) != round(duration_s):
        return f"{duration_s:.1f} s"
    if duration_s < 99.5:
        return f"{round(duration_s)} s"
    minutes = round(duration_s / 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def day(moment: datetime | None, now: datetime) -> str:
    """A day and a time in the zone of ``now``: ``today, 20:00``; ``13 Aug, 20:00`` of this year."""
    if moment is None:
        return ""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"today, {local:%H:%M}"
    if local.date() == now.date() - timedelta(days=1):
        return f"yesterday, {local:%H:%M}"
    if local.year == now.year:
        return f"{local.day} {local:%b, %H:%M}"
    return f"{local.day} {local:%b %Y, %H:%M}"


def gaps(count: int, missing_s: Seconds | None = None) -> str:
    """``no gaps``, ``1 gap``, ``3 gaps, 12 s in all``."""
    if not count:
        return "no gaps"
    text = "1 gap" if count == 1 else f"{count} gaps"
    return f"{text}, {length(missing_s)} in all" if missing_s else text


def untranscribed(count: int) -> str:
    """How many sessions can't be searched yet; empty where all can."""
    if not count:
        return ""
    return f"{count:,} {'session is' if count == 1 else 'sessions are'} not transcribed yet"


def countdown(next_try_at: str, now: datetime) -> str:
    """When the next try is: ``next try in 12 s``, ``trying now``; empty where none is planned."""
    if not next_try_at:
        return ""
    left_s = math.ceil((parse_iso(next_try_at) - now).total_seconds())
    return (
        f"next try in {clock(left_s) if left_s > 99 else f'{left_s} s'}"
        if left_s > 0
        else ("trying now")
    )


def begins(at: str, now: datetime) -> str:
    """When waiting for an announced session begins: ``waiting begins in 3 h``."""
    if not at:
        return ""
    left_s = math.ceil((parse_iso(at) - now).total_seconds())
    return f"waiting begins in {length(left_s)}" if left_s > 0 else "waiting begins now"


def size(count: float) -> str:
    """Bytes in decimal units: ``412 kB``, ``1.3 GB``."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
