"""Times, lengths, states and errors as people read them. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.gui.presenters import figures
from app.gui.presenters.figures import number
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from app.gui.tokens import Role
from recorder.errors import AircheckError
from recorder.types import GapReason, Seconds, State, parse_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a state is shown; the colour never speaks alone."""

    icon: str
    word: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What happened, what is safe, what happens next. Empty where there is nothing to say.

    Attributes:
        is_good: Whether what was asked for is done; it needs no answer.
        file: What was made, to be shown where it lies; None where nothing was.
    """

    happened: str
    safe: str = ""
    next: str = ""
    is_good: bool = False
    file: Path | None = None

    @classmethod
    def of(cls, error: AircheckError) -> Message:
        """The message that an error carries, in the window's language where it is known."""
        happened, safe, hint = map(in_own_words, (error.message, error.safe, error.hint))
        return cls(happened=happened, safe=safe, next=hint)

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.safe, self.next) if part)


_ICONS: dict[State, tuple[str, Role]] = {
    State.SCHEDULED: ("clock", "muted"),
    State.WAITING: ("hourglass", "trouble"),
    State.CONNECTING: ("plug", "muted"),
    State.RECORDING: ("circle", "live"),
    State.RECONNECTING: ("refresh-cw", "trouble"),
    State.REFUSED: ("ban", "trouble"),
    State.PAUSED: ("pause", "trouble"),
    State.FINISHING: ("hourglass", "muted"),
    State.DONE: ("check", "muted"),
    State.FAILED: ("triangle-alert", "trouble"),
}


def state(which: State) -> str:
    """A state's word."""
    return {
        State.SCHEDULED: translate("Words", "Scheduled"),
        State.WAITING: translate("Words", "Waiting"),
        State.CONNECTING: translate("Words", "Connecting"),
        State.RECORDING: translate("Words", "Recording"),
        State.RECONNECTING: translate("Words", "Reconnecting"),
        State.REFUSED: translate("Words", "Refused"),
        State.PAUSED: translate("Words", "Paused"),
        State.FINISHING: translate("Words", "Finishing"),
        State.DONE: translate("Words", "Done"),
        State.FAILED: translate("Words", "Failed"),
    }[which]


def reason(which: GapReason) -> str:
    """Why there is no audio, in a few words."""
    return {
        GapReason.REFUSED: translate("Words", "refused"),
        GapReason.NOT_AVAILABLE: translate("Words", "not available"),
        GapReason.STALLED: translate("Words", "stalled"),
        GapReason.CONNECTION_LOST: translate("Words", "connection lost"),
        GapReason.MISSING_SEGMENT: translate("Words", "missing segment"),
        GapReason.DEVICE_LOST: translate("Words", "device lost"),
        GapReason.FOREIGN_SOURCE: translate("Words", "foreign source"),
        GapReason.DISK_FULL: translate("Words", "disk full"),
        GapReason.ASLEEP: translate("Words", "asleep"),
        GapReason.KILLED: translate("Words", "killed"),
    }[which]


def look_of(
    which: State,
    *,
    is_held: bool = False,
    recovered: bool = False,
    is_empty: bool = False,
    problem: str = "",
) -> Look:
    """How a session's state is shown.

    Args:
        which: The journal's last word on it.
        is_held: Whether a recorder is alive; an open session without one was interrupted.
        recovered: Whether it was mended after a crash.
        is_empty: Whether nothing was recorded.
        problem: Why its folder can't be read, if it can't.
    """
    if problem:
        return Look(icon="triangle-alert", word=translate("Words", "Unreadable"), role="trouble")
    if is_empty and which is State.DONE:
        return Look(icon="circle-off", word=translate("Words", "Empty"), role="muted")
    if recovered and which is State.DONE:
        return Look(icon="shield-check", word=translate("Words", "Recovered"), role="fine")
    if not (is_held or which.is_final or which is State.SCHEDULED):
        return Look(icon="unplug", word=translate("Words", "Interrupted"), role="trouble")
    icon, role = _ICONS[which]
    return Look(icon=icon, word=state(which), role=role)


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
        return translate("Words", "{n} s").format(n=number(duration_s, 1))
    if duration_s < 99.5:
        return translate("Words", "{n} s").format(n=number(duration_s))
    minutes = round(duration_s / 60)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return translate("Words", "{n} min").format(n=minutes)
    if not minutes:
        return translate("Words", "{n} h").format(n=number(hours))
    return translate("Words", "{hours} h {minutes} min").format(
        hours=number(hours), minutes=minutes
    )


def day(moment: datetime | None, now: datetime) -> str:
    """A day and a time in the zone of ``now``: ``today, 20:00``; ``13 Aug, 20:00`` of this year."""
    if moment is None:
        return ""
    local = moment.astimezone(now.tzinfo)
    at = figures.time(local)
    if local.date() == now.date():
        return translate("Words", "today, {time}").format(time=at)
    if local.date() == now.date() - timedelta(days=1):
        return translate("Words", "yesterday, {time}").format(time=at)
    date = figures.date(local, has_year=local.year != now.year)
    return translate("Words", "{date}, {time}").format(date=date, time=at)


def brief_day(moment: datetime | None, now: datetime) -> str:
    """As `day`, where there is little room: today's time, or another day without one."""
    if moment is None:
        return ""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return figures.time(local)
    if local.date() == now.date() - timedelta(days=1):
        return translate("Words", "yesterday")
    return figures.date(local, has_year=local.year != now.year)


def gaps(count: int, missing_s: Seconds | None = None) -> str:
    """``no gaps``, ``1 gap``, ``3 gaps, 12 s in all``."""
    if not count:
        return translate("Words", "no gaps")
    text = translate("Words", "%n gap(s)", n=count)
    if not missing_s:
        return text
    return translate("Words", "{gaps}, {length} in all").format(gaps=text, length=length(missing_s))


def untranscribed(count: int) -> str:
    """How many sessions can't be searched yet; empty where all can."""
    if not count:
        return ""
    if count == 1:
        return translate("Words", "1 session is not transcribed yet")
    return translate("Words", "%n sessions are not transcribed yet", n=count)


def countdown(next_try_at: str, now: datetime) -> str:
    """When the next try is: ``next try in 12 s``, ``trying now``; empty where none is planned."""
    if not next_try_at:
        return ""
    left_s = math.ceil((parse_iso(next_try_at) - now).total_seconds())
    if left_s <= 0:
        return translate("Words", "trying now")
    left = clock(left_s) if left_s > 99 else length(left_s)
    return translate("Words", "next try in {time}").format(time=left)


def begins(at: str, now: datetime) -> str:
    """When waiting for an announced session begins: ``waiting begins in 3 h``."""
    if not at:
        return ""
    left_s = math.ceil((parse_iso(at) - now).total_seconds())
    if left_s <= 0:
        return translate("Words", "waiting begins now")
    return translate("Words", "waiting begins in {time}").format(time=length(left_s))


def size(count: float) -> str:
    """Bytes in decimal units: ``412 kB``, ``1.3 GB``."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{number(count)} {unit}"
        count /= 1000
    return f"{number(count, 1)} GB"


def left(left_s: float | None) -> str:
    """How long work takes still: ``about 3 min left``; empty while nobody knows."""
    if left_s is None:
        return ""
    if left_s < 5:
        return translate("Words", "a few seconds left")
    return translate("Words", "about {length} left").format(length=length(math.ceil(left_s)))
