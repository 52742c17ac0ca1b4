"""Units, identifiers and the small frozen values that every room of the recorder shares.

Session time is seconds since the session's first sample, gaps included. The wall clock is
always aware UTC. Durations between two events come from the monotonic clock.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit, urlunsplit

Seconds = NewType("Seconds", float)
"""A duration, or a position in session time, in seconds."""

LONGEST_PRE_ROLL_S = 600.0
"""The longest that is kept before Record: ten minutes of stereo at 48 kHz are 115 MB."""

SessionId = NewType("SessionId", str)
"""A ULID: 26 characters of Crockford's base 32 that sort by creation time."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_PATTERN = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class State(StrEnum):
    """What a recording is doing; the same words in the journal, the command and the window."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    CONNECTING = "connecting"
    RECORDING = "recording"
    RECONNECTING = "reconnecting"
    REFUSED = "refused"
    PAUSED = "paused"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether the session is over."""
        return self in (State.DONE, State.FAILED)


class GapReason(StrEnum):
    """Why a stretch of session time has no audio."""

    REFUSED = "refused"
    NOT_AVAILABLE = "not available"
    STALLED = "stalled"
    CONNECTION_LOST = "connection lost"
    MISSING_SEGMENT = "missing segment"
    DEVICE_LOST = "device lost"
    FOREIGN_SOURCE = "foreign source"
    DISK_FULL = "disk full"
    ASLEEP = "asleep"
    KILLED = "killed"


class PlacedBy(StrEnum):
    """How a run found its place in session time, in the order of preference."""

    FIRST = "first"
    SEQUENCE = "sequence"
    EQUAL_BYTES = "equal bytes"
    DATE_TIME = "program date-time"
    WALL_CLOCK = "wall clock"
    ALIGNMENT = "alignment"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFormat:
    """What the bytes of a part are.

    Attributes:
        container: How packets are framed: ``mp3``, ``adts``, ``ogg``, ``ts``, ``fmp4``, ``wav``,
            ``flac``, or another of FFmpeg's names for an imported file.
        codec: FFmpeg's name of the codec: ``mp3``, ``aac``, ``opus``, ``vorbis``, ``flac``,
            ``pcm_s16le``, …; empty while it is not known yet (TS and fMP4 tell only inside).
        rate_hz: Samples a second; 0 while unknown.
        channels: Channels; 0 while unknown.
    """

    container: str
    codec: str = ""
    rate_hz: int = 0
    channels: int = 0

    @property
    def suffix(self) -> str:
        """The file suffix of a part in this format, with its dot."""
        return _SUFFIXES.get(self.container, f".{self.container}")


_SUFFIXES = {"adts": ".aac", "fmp4": ".m4s", "matroska": ".mka"}


class SourceKind(StrEnum):
    """The kinds of source that a person can name."""

    STREAM = "stream"
    DEVICE = "device"
    SYSTEM = "system"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """A source as it was asked for.

    Attributes:
        kind: What it is.
        address: For a stream its full http(s) address, tokens included (never journaled: see
            `public_address`); for a device or the system's sound its name, which may be empty
            (the default); for a file its path.
        cookies: Where the cookies for a page are: a file's path, or ``browser:NAME[:PROFILE]``;
            empty for none. Kept beside the full address, and never journaled.
    """

    kind: SourceKind
    address: str
    cookies: str = ""

    @property
    def public_address(self) -> str:
        """The address as it may be journaled, logged and shown."""
        return redact(self.address) if self.kind is SourceKind.STREAM else self.address

    def __str__(self) -> str:
        if self.kind in (SourceKind.STREAM, SourceKind.FILE):
            return self.public_address
        return f"{self.kind}:{self.address}" if self.address else str(self.kind)


def redact(url: str) -> str:
    """Return an address without its user, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def new_session_id(at: datetime | None = None) -> SessionId:
    """Make a fresh ULID (https://github.com/ulid/spec), by the present time unless told."""
    milliseconds = time.time_ns() // 1_000_000 if at is None else int(at.timestamp() * 1000)
    number = milliseconds << 80 | secrets.randbits(80)
    return SessionId("".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)))


def is_session_id(text: str) -> bool:
    """Whether a text has the form of a session's id."""
    return _ID_PATTERN.fullmatch(text) is not None


def utc_now() -> datetime:
    """The wall clock, aware, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """An aware moment as ISO 8601 in UTC with milliseconds, ending in ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """The moment that `iso` wrote, aware, in UTC.

    Raises:
        ValueError: It isn't ISO 8601, or it has no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return moment.astimezone(UTC)
