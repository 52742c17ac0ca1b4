"""When a session is announced for, as people say it: '8pm ET', 'tomorrow 20:00', ISO 8601.

    [DAY] TIME [ZONE]      8pm ET · 20:00 Europe/Berlin · tomorrow noon · fri 7:30 pm Tokyo · 20.00
    DATE TIME [ZONE]       2024-08-13T20:00-04:00 · 2024-08-13 20:00 ET · 2024-08-13T18:00Z
                           13 Aug 8pm ET · Tue, August 13th, 2024 at 20:00 · 13.8. 20:00

A date without a year is the next of its kind. '8/13' is no date, since others read it the other
way around. A time that could mean two moments is never guessed at: an abbreviation that several
zones use, a time that a change of clocks skips or repeats, or 'EST' in summer, is an error that
says what to write instead. Without a zone it is this computer's.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache

from recorder.errors import MalformedTime, NoTime, PastTime
from recorder.types import Seconds, iso, parse_iso

LEAD_S = Seconds(120.0)
"""Seconds before the announced time at which probing begins."""

CALLED_OFF = "It was called off before its time."
"""How a session ends that is stopped while it is scheduled."""

_JUST_PAST = timedelta(hours=1)
"""A time that long ago is today's all the same: what was announced for it may be late."""

_US = {
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "P": "America/Los_Angeles",
}
_ABBREVIATIONS = {
    **{f"{letter}T": name for letter, name in _US.items()},
    "CET": "Europe/Berlin",
    "EET": "Europe/Athens",
    "WET": "Europe/Lisbon",
    "UK": "Europe/London",
    "JST": "Asia/Tokyo",
    "AET": "Australia/Sydney",
    "UTC": "UTC",
    "GMT": "UTC",
    "Z": "UTC",
}
_WITH_SEASON = {
    **{f"{letter}{season}T": _US[letter] for letter in "EMP" for season in "SD"},
    "CDT": _US["C"],
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Athens",
    "WEST": "Europe/Lisbon",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
}
_AMBIGUOUS = {
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "IST": ("Asia/Kolkata", "Asia/Jerusalem"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "SST": ("Asia/Singapore", "Pacific/Pago_Pago"),
}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(f"{name[:3]}[a-z]{{0,6}}" for name in _MONTHS)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HINT = "Write '8pm ET', '20:00 Europe/Berlin', 'tomorrow 20:00' or '2024-08-13T20:00-04:00'."

_WHEN = re.compile(
    rf"""
    (?: (?P<date> \d{{4}}-\d{{2}}-\d{{2}} ) [T\s]\s*
      | (?: (?P<weekday> [a-z]{{3,9}} ) \.? ,? \s+ )?
        (?: (?P<number> \d{{1,2}} ) (?: st|nd|rd|th|\. )? \s+ (?P<month> {_MONTH} ) \.?
          | (?P<month_first> {_MONTH} ) \.? \s+ (?P<number_then> \d{{1,2}} ) (?: st|nd|rd|th )?
          | (?P<dotted> \d{{1,2}} \. \s? \d{{1,2}} \. ) )
        (?: ,? \s* (?P<year> \d{{4}} ) )? ,? \s+ (?:at\s+)?
      | (?P<day> [a-z]{{3,9}} ) ,? \s+ (?:at\s+)? )?
    (?: (?P<word> noon | midnight )
      | (?P<hour> \d{{1,2}} )
        (?: [:.] (?P<minute> \d{{2}} ) (?: : (?P<second> \d{{2}} ) (?:\.\d+)? )? )?
        \s* (?P<half> [ap]\.?m\.? (?![a-z]) )? )
    \s* (?P<zone> [a-z][a-z0-9_/+-]* (?:\s[a-z]+)? | [+-]\d{{2}}:?\d{{2}} )?
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Repeat(StrEnum):
    """How often a session comes again, at the same time of its zone's clock."""

    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def days(self) -> int:
        """Days from one to the next."""
        return 1 if self is Repeat.DAILY else 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What a session is announced for.

    Attributes:
        at: The moment, aware, in UTC.
        zone: Whose clock people read: an IANA name, or an offset like ``+02:00``.
        repeat: How often it comes again; None is 'once'.
    """

    at: datetime
    zone: str = "UTC"
    repeat: Repeat | None = None

    @property
    def local(self) -> datetime:
        """The moment on its zone's clock."""
        return self.at.astimezone(_zone(self.zone))

    @property
    def probe_at(self) -> datetime:
        """When probing begins."""
        return self.at - timedelta(seconds=LEAD_S)

    def following(self, after: datetime) -> Schedule | None:
        """The first repeat later than a moment; None for what comes once.

        The clock's time stays, whatever the season; a time that a change of clocks skips moves
        with it.
        """
        if self.repeat is None:
            return None
        local = self.local
        naive = local.replace(tzinfo=None)
        at = self.at
        while at <= max(after, self.at):
            naive += timedelta(days=self.repeat.days)
            at = naive.replace(tzinfo=local.tzinfo).astimezone(UTC)
        return Schedule(at=at, zone=self.zone, repeat=self.repeat)

    def to_json(self) -> dict[str, str]:
        """As ``session.json`` holds it."""
        values = {"at": iso(self.at), "zone": self.zone}
        return {**values, "repeat": str(self.repeat)} if self.repeat else values

    @classmethod
    def from_json(cls, values: dict[str, str]) -> Schedule:
        """What `to_json` wrote.

        Raises:
            ValueError: It is something else.
            KeyError: Its time is missing.
        """
        zone = values.get("zone", "UTC")
        try:
            _zone(zone)
        except MalformedTime as error:
            raise ValueError(error.message) from error
        repeat = values.get("repeat")
        return cls(at=parse_iso(values["at"]), zone=zone, repeat=Repeat(repeat) if repeat else None)


def parse_time(
    text: str,
    *,
    now: datetime,
    here: str | None = None,
    repeat: Repeat | None = None,
) -> Schedule:
    """Read a time as people write it; see the module.

    Args:
        text: As typed.
        now: The present, aware. A time without a day is the next one, or one of the last hour.
        here: The zone where none is written: an IANA name; this computer's unless told.
        repeat: Kept in the answer.

    Raises:
        NoTime: It is no time.
        PastTime: It is past.
        MalformedTime: It could be two.
    """
    found = _WHEN.fullmatch(text.strip())
    if found is None:
        raise NoTime(f"{text!r} is not a time.", hint=_HINT)
    name = found["zone"] or here or _here()
    zone = zone_name(name)
    today = now.astimezone(_zone(zone)).date()
    day, comes_again = _day(found, today)
    clock = _clock(found, text)
    at = _moment(day, clock, zone, season=name)
    if at < now - _JUST_PAST and comes_again:
        at = _moment(day + comes_again, clock, zone, season=name)
    if at < now - _JUST_PAST:
        raise PastTime(
            f"{text!r} is past: it was {at.astimezone(_zone(zone)):%A, %d %B %Y, %H:%M} {zone}.",
            hint="Leave --at out to begin at once.",
        )
    return Schedule(at=at, zone=zone, repeat=repeat)


def zone_name(text: str) -> str:
    """The zone that people mean: an IANA name, a city of one, an abbreviation, an offset.

    Raises:
        MalformedTime: None, or several.
    """
    text = text.strip().replace(" ", "_")
    upper = text.upper()
    if re.fullmatch(r"[+-]\d{2}:?\d{2}", text):
        return _zone_key(f"{text[:3]}:{text[-2:]}")
    if upper in _AMBIGUOUS:
        first, second = _AMBIGUOUS[upper]
        raise MalformedTime(
            f"{text} is the name of several zones.", hint=f"Write {first} or {second}."
        )
    known = _ABBREVIATIONS.get(upper) or _WITH_SEASON.get(upper)
    if known:
        return known
    names = [
        name
        for name in sorted(zoneinfo.available_timezones())
        if upper in (name.upper(), name.rpartition("/")[2].upper())
    ]
    exact = [name for name in names if name.upper() == upper]
    if exact or len(names) == 1:
        return (exact or names)[0]
    if names:
        raise MalformedTime(
            f"{text} is the name of several zones.", hint=f"Write {' or '.join(names)}."
        )
    raise MalformedTime(f"{text!r} is no time zone.", hint=_HINT)


def _zone_key(offset: str) -> str:
    _zone(offset)
    return offset


@cache
def _zone(name: str) -> tzinfo:
    try:
        if name[:1] in "+-":
            ahead = timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
            return timezone(-ahead if name[0] == "-" else ahead)
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise MalformedTime(f"{name!r} is no time zone.", hint=_HINT) from error


def _here() -> str:
    """This computer's zone; UTC where it doesn't say."""
    import tzlocal  # noqa: PLC0415 (who reads a schedule needs it; who records one does not)

    try:
        return tzlocal.get_localzone_name() or "UTC"
    except zoneinfo.ZoneInfoNotFoundError:
        return "UTC"


def _day(found: re.Match[str], today: date) -> tuple[date, timedelta]:
    """The day that was meant, and after how long it comes again; zero for one that doesn't."""
    written, word = found["date"], found["day"]
    if written:
        try:
            return date.fromisoformat(written), timedelta()
        except ValueError as error:
            raise MalformedTime(f"{written} is no day.", hint=_HINT) from error
    if found["month"] or found["month_first"] or found["dotted"]:
        return _calendar_day(found, today), timedelta()
    if word is None:
        return today, timedelta(days=1)
    word = word.lower()
    if word in ("today", "tonight"):
        return today, timedelta()
    if word == "tomorrow":
        return today + timedelta(days=1), timedelta()
    for number, name in enumerate(_DAYS):
        if name.startswith(word):
            ahead = timedelta(days=(number - today.weekday()) % 7)
            return today + ahead, timedelta(days=7)
    raise NoTime(f"{word!r} is no day.", hint=_HINT)


def _calendar_day(found: re.Match[str], today: date) -> date:
    """A day of a month; without a year the next one, or today.

    Raises:
        MalformedTime: There is none, or it is another day of the week.
    """
    if found["dotted"]:
        number, month = (int(each) for each in found["dotted"].split(".")[:2])
    else:
        name = (found["month"] or found["month_first"]).lower()
        number = int(found["number"] or found["number_then"])
        month = next((i for i, each in enumerate(_MONTHS, 1) if each.startswith(name)), 0)
    year = int(found["year"]) if found["year"] else today.year
    try:
        day = date(year, month, number)
        if not found["year"] and day < today:
            day = day.replace(year=year + 1)
    except ValueError as error:
        raise MalformedTime(f"{found[0]!r} names no day.", hint=_HINT) from error
    weekday = (found["weekday"] or "").lower()
    if not _DAYS[day.weekday()].startswith(weekday):
        raise MalformedTime(f"{day:%d %B %Y} is a {day:%A}, not a {found['weekday']}.", hint=_HINT)
    return day


def _clock(found: re.Match[str], text: str) -> time:
    if found["word"]:
        return time(12 if found["word"].lower() == "noon" else 0)
    hour, half = int(found["hour"]), (found["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        raise MalformedTime(f"{text!r} is not a time: there is no {hour} {half}m.", hint=_HINT)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif found["minute"] is None:
        raise MalformedTime(
            f"{text!r} may be morning or evening.", hint=f"Write {hour}am, {hour}pm or {hour}:00."
        )
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError as error:
        raise MalformedTime(f"{text!r} is not a time of day.", hint=_HINT) from error


def _moment(day: date, clock: time, zone: str, *, season: str) -> datetime:
    """A time of a zone's clock in UTC.

    Raises:
        MalformedTime: That day's clock skips it or shows it twice, or keeps another season.
    """
    local = datetime.combine(day, clock, _zone(zone))
    earlier, later = local.replace(fold=0), local.replace(fold=1)
    at = earlier.astimezone(UTC)
    if earlier.utcoffset() != later.utcoffset():
        was_skipped = at.astimezone(_zone(zone)).replace(tzinfo=None) != local.replace(tzinfo=None)
        what = "does not exist" if was_skipped else "comes twice"
        raise MalformedTime(
            f"{clock:%H:%M} {what} on {day} in {zone}: the clocks change.",
            hint=f"Write the offset: {clock:%H:%M} {_offset(earlier)} or {_offset(later)}.",
        )
    kept = earlier.tzname() or ""
    if season.upper() in _WITH_SEASON and kept.upper() != season.upper():
        raise MalformedTime(
            f"{zone} keeps {kept} on {day}, not {season.upper()}.",
            hint=f"Write {clock:%H:%M} {zone}, or the offset that you mean.",
        )
    return at


def _offset(moment: datetime) -> str:
    return f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:5]
