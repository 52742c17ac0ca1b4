"""What is asked for in the record bar: a source, when, for how long, with what beside it. No Qt."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.gui.presenters import figures, words
from app.gui.presenters.language import translate
from app.gui.presenters.spoken import in_english
from app.lengths import parse_duration
from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError, NoTime, PastTime
from recorder.schedule import Repeat, Schedule, parse_time
from recorder.types import Seconds, SourceKind, SourceSpec

_SOURCE = re.compile(
    r"https?://|device:|system(:|$)|file:|[/~]|\.{1,2}[/\\]|[a-z]:[/\\]|\\\\", re.IGNORECASE
)
_SYSTEM = SourceSpec(kind=SourceKind.SYSTEM, address="")


class RequestError(AircheckError):
    """Something that was asked for can't be done as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something of this machine that can be recorded.

    Attributes:
        id: Its own, for its level.
        name: As people know it.
        text: As it is written in the record bar.
        icon: Of its kind.
        note: A sentence where there is something to know.
        is_default: Whether it is the one that is meant without a name.
    """

    id: str
    name: str
    text: str
    icon: str
    note: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What this machine can record.

    Attributes:
        missing: What can't be recorded here, and how to get it: sentences, mostly none.
    """

    found: tuple[Offer, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be recorded, as it was typed.

    Attributes:
        source: A link, a device, a file.
        title: For people; the source's own name where empty.
        when: As announced: '8pm ET', '2024-08-13 20:00'; at once where empty.
        zone: Whose clock ``when`` is read on where it names none; this computer's where empty.
        repeat: How often it comes again.
        length: After how long it ends by itself: '90m', '1h30m'; at its own end where empty.
        give_up: After how long a silence it is over: an hour where empty.
        mirrors: Other sources of the same event.
        together: Whether those are recorded side by side, and not one in place of another.
        split_channels: Whether each channel of a device becomes a track of its own.
    """

    source: str
    title: str = ""
    when: str = ""
    zone: str = ""
    repeat: Repeat | None = None
    length: str = ""
    give_up: str = ""
    mirrors: tuple[str, ...] = ()
    together: bool = False
    split_channels: bool = False


def offers() -> Offers:
    """The inputs of this machine, and what its outputs play. May take half a second."""
    from recorder.sources import devices  # noqa: PLC0415 (loads PortAudio: only when asked for)

    found = tuple(
        Offer(
            id=info.id,
            name=info.name,
            text=str(info.spec),
            icon="mic" if info.kind is SourceKind.DEVICE else "monitor-speaker",
            note=info.note,
            is_default=info.is_default,
        )
        for info in devices.list_sources()
    )
    return Offers(found=found, missing=tuple(devices.missing()))


class Hearing:
    """How loud the inputs of this machine are now; nothing of it is kept. For one thread.

    Opened by the first `levels`, so making one costs nothing; closed twice without harm.
    """

    def __init__(self) -> None:
        self._levels: Callable[[], dict[str, tuple[float, float]]] | None = None
        self._close: Callable[[], None] = lambda: None

    def levels(self) -> dict[str, tuple[float, float]]:
        """Peak and mean of each input by its id, in dBFS, since the last call."""
        if self._levels is None:
            self._open()
        assert self._levels is not None
        return self._levels()

    def close(self) -> None:
        """Let the inputs go."""
        self._close()
        self._close = lambda: None

    def _open(self) -> None:
        from recorder.sources import devices  # noqa: PLC0415 (loads PortAudio)
        from recorder.sources.listening import Listening  # noqa: PLC0415 (likewise)

        listening = Listening(devices.list_sources())
        self._close = listening.close
        self._levels = lambda: {
            name: (level.peak_dbfs, level.rms_dbfs) for name, level in listening.levels().items()
        }


def is_source(text: str) -> bool:
    """Whether a text names something to record, by its form alone; else it is words to search."""
    return _SOURCE.match(text.strip()) is not None


def begins_address(text: str) -> bool:
    """Whether a text that is being typed is on its way to an address: it is not searched for yet.

    A colon and a slash after one word begin one, and so does ``http`` with what follows it.
    """
    text = text.strip().lower()
    begun = any(url.startswith(text) for url in ("http://", "https://")) and len(text) >= 4
    return begun or re.match(r"[a-z][a-z0-9+.-]*:/", text) is not None


def source_in(text: str) -> str:
    """The first line of a text that names something to record; empty where none does."""
    return next((line.strip() for line in text.splitlines() if is_source(line)), "")


def zones() -> list[str]:
    """The zones that a schedule may be read in, by their names."""
    known = (name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return sorted(name for name in known if not name.startswith(("Etc/", "posix/", "right/")))


def read_time(
    text: str, now: datetime, *, zone: str = "", repeat: Repeat | None = None
) -> Schedule:
    """A time as it was typed, in the window's language or in English.

    Args:
        text: As typed.
        now: The present, aware.
        zone: Whose clock it is read on where it names none; this computer's where empty.
        repeat: Kept in the answer.

    Raises:
        RequestError: It is no time, or past.
        MalformedTime: It could be two.
    """
    try:
        return parse_time(in_english(text), now=now, here=zone or None, repeat=repeat)
    except NoTime as error:
        raise RequestError(
            translate("Capture", "'{text}' is not a time.").format(text=text.strip()),
            hint=translate("Capture", "Write 20:00, tomorrow 20:00, 8pm ET or 2024-08-13 20:00."),
        ) from error
    except PastTime as error:
        raise RequestError(
            translate("Capture", "'{text}' is past.").format(text=text.strip()),
            hint=translate("Capture", "Leave it empty to begin at once."),
        ) from error


def schedule_of(wish: Wish, now: datetime) -> Schedule | None:
    """When it is announced for; None for at once.

    Raises:
        MalformedTime: It could be two.
        RequestError: It is no time, is past, or shall come again and nobody said when first.
    """
    if not wish.when.strip():
        if wish.repeat:
            raise RequestError(
                translate("Capture", "Nobody said when it comes first."),
                hint=translate("Capture", "Give the day and time of the first one."),
            )
        return None
    return read_time(wish.when, now, zone=wish.zone, repeat=wish.repeat)


def spoken(schedule: Schedule, now: datetime) -> str:
    """``Tuesday, 13 Aug, 20:00 EDT (Wed 02:00 here), in 3 h 12 min, then every day``."""
    local, here = schedule.local, schedule.at.astimezone(now.tzinfo)
    day = f"{figures.weekday(local)}, {figures.date(local, has_year=False)}"
    said = [f"{day}, {figures.time(local)} {local.tzname()}"]
    if here.utcoffset() != local.utcoffset():
        time = f"{figures.weekday(here, is_short=True)} {figures.time(here)}"
        said[0] += " " + translate("Capture", "({time} here)").format(time=time)
    left_s = (schedule.at - now).total_seconds()
    if left_s > 0:
        said.append(translate("Capture", "in {length}").format(length=words.length(left_s)))
    else:
        said.append(translate("Capture", "it begins at once"))
    if schedule.repeat is Repeat.DAILY:
        said.append(translate("Capture", "then every day"))
    elif schedule.repeat is Repeat.WEEKLY:
        said.append(translate("Capture", "then every week"))
    return ", ".join(said)


def length_of(text: str) -> Seconds | None:
    """A length as it was typed; None where nothing was.

    Raises:
        RequestError: It is none.
    """
    if not text.strip():
        return None
    try:
        return parse_duration(text.strip())
    except ValueError as error:
        raise RequestError(
            translate("Capture", "{text!r} is no length of time.").format(text=text.strip()),
            hint=translate("Capture", "Write 90s, 15m, 1h30m or 1:30:00."),
        ) from error


def record(archive: Archive, wish: Wish, *, cookies: str = "") -> SessionFolder:
    """Start recording what is asked for. Takes as long as a process takes to start.

    Args:
        archive: Where.
        wish: What.
        cookies: Where the cookies are for pages that need some, as it is set; or empty.

    Raises:
        MalformedAddress: It names nothing that can be recorded, or the cookies are not there.
        MalformedTime: The time can't be read.
        RequestError: Parts of it don't go together.
        UnknownDevice: No device of that name is here.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start.
    """
    from recorder.sources.access import parse_cookies  # noqa: PLC0415 (as the next)
    from recorder.sources.open import parse_source  # noqa: PLC0415 (loads all sources, and av)

    cookies = parse_cookies(cookies)
    spec = parse_source(wish.source.strip(), cookies=cookies)
    mirrors = [parse_source(each, cookies=cookies) for each in wish.mirrors if each.strip()]
    _check(wish, spec, mirrors)
    return launch.record(
        archive,
        spec,
        title=wish.title.strip(),
        for_s=length_of(wish.length),
        mirrors=mirrors,
        together=wish.together and bool(mirrors),
        split_channels=wish.split_channels,
        schedule=schedule_of(wish, datetime.now(UTC)),
        give_up_s=length_of(wish.give_up),
    )


def record_system(archive: Archive, beside: SessionFolder) -> SessionFolder:
    """Record what this machine plays, beside a session that can't be heard by its address.

    Raises:
        UnknownDevice: The system's sound can't be recorded here; it says how to get it.
        CorruptSession: The session can't be read.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start.
    """
    title = translate("Capture", "{title} (system audio)").format(title=beside.info().title)
    return launch.record(archive, _SYSTEM, title=title)


def record_again(archive: Archive, failed: SessionFolder) -> SessionFolder:
    """Try once more what failed: the same sources, title and length, at once.

    Raises:
        CorruptSession: The session can't be read.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start.
    """
    info, sources = failed.info(), failed.sources()
    first, *others = [spec for _, spec in sources]
    return launch.record(
        archive,
        first,
        title=info.title,
        for_s=info.for_s,
        mirrors=others,
        together=len({track for track, _ in sources}) > 1,
        give_up_s=info.give_up_s,
    )


def _check(wish: Wish, spec: SourceSpec, mirrors: Sequence[SourceSpec]) -> None:
    is_device = spec.kind in (SourceKind.DEVICE, SourceKind.SYSTEM)
    if spec.kind is SourceKind.FILE and wish.length.strip():
        raise RequestError(translate("Capture", "A file is taken whole; leave the length empty."))
    if wish.split_channels and not is_device:
        raise RequestError(
            translate("Capture", "Only a device or the system's sound has channels to split.")
        )
    if wish.split_channels and mirrors and not wish.together:
        raise RequestError(
            translate("Capture", "A mirror can't take over from one channel."),
            hint=translate("Capture", "Record them side by side, or leave the channels together."),
        )
