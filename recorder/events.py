"""The facts that a recording tells, one frozen value a kind; each becomes a line of the journal.

All positions are session time in seconds. Addresses are public ones (`types.redact`): no user,
no query, no token. Texts from outside are clipped to 8,000 characters, so that no line passes
64 kB. A reader meets kinds that it doesn't know as `Unknown`, so that an older program reads a
newer journal.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, State

_LONGEST_TEXT = 8_000


Lengths = tuple[tuple[int, Seconds], ...]
"""What segments in a row last: (how many, seconds each), again and again; 64 pairs at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSegment:
    """An HLS segment that a gap stands for, and its place in session time."""

    sequence: int
    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share: a kind, and the way to and from JSON."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """The event's fields as JSON values; fields that are None or empty are left out."""
        return {
            item.name: _plain(value)
            for item in dataclasses.fields(self)
            if (value := getattr(self, item.name)) is not None and value not in ("", {}, ())
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The event that `to_json` wrote; keys that this version doesn't know are ignored.

        Raises:
            ValueError: A key is missing, or a value is not of its kind.
        """
        known = _revivers(cls)
        revived = {
            name: revive(value) if (revive := known[name]) else value
            for name, value in values.items()
            if name in known
        }
        try:
            return cls(**revived)
        except TypeError as error:
            raise ValueError(f"not a {cls.kind!r} event: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """The journal's first line: which session this is, and what it was asked to record."""

    kind: ClassVar[str] = "opened"
    session: str
    program: str  # 'aircheck 0.1.0'
    title: str = ""
    sources: tuple[dict[str, str], ...] = ()  # {"track", "kind", "address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(Event):
    """The recording does something else now."""

    kind: ClassVar[str] = "state"
    state: State
    reason: str = ""  # a GapReason, where one fits
    detail: str = ""  # a sentence for people
    next_try_at: str = ""  # UTC, ISO 8601
    track: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Event):
    """One try to reach a source, or one thing of it, that failed."""

    kind: ClassVar[str] = "attempt"
    track: str
    address: str = ""
    detail: str = ""
    reason: str = ""
    status: int | None = None  # HTTP
    media_sequence: int | None = None  # for one HLS segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Event):
    """A source answered with audio: who it says it is."""

    kind: ClassVar[str] = "connected"
    track: str
    address: str = ""
    status: int | None = None
    identity: dict[str, str] = field(default_factory=dict)
    # host, certificate_sha256, account, account_id, title, device, …
    headers: dict[str, str] = field(default_factory=dict)  # content-type, server, icy-name, …


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """A stretch without a gap begins."""

    kind: ClassVar[str] = "run"
    track: str
    run: int  # 1, 2, … in the track
    start_s: Seconds
    placed_by: PlacedBy
    misfit_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFound(Event):
    """A stretch of session time without audio.

    Where it stands for HLS segments that are known by number, these may still come, and it says
    which: ``media_sequence`` is the first one's, ``lengths`` are (how many, seconds each) in
    their order.
    """

    kind: ClassVar[str] = "gap"
    track: str
    from_s: Seconds
    to_s: Seconds
    reason: GapReason
    detail: str = ""
    media_sequence: int | None = None
    lengths: Lengths = ()

    def segments(self) -> Iterator[MissingSegment]:
        """The segments that it stands for, each with its place."""
        if self.media_sequence is None:
            return
        sequence, at_s = self.media_sequence, self.from_s
        for count, length_s in self.lengths:
            for _ in range(count):
                end_s = Seconds(at_s + length_s)
                yield MissingSegment(sequence=sequence, from_s=at_s, to_s=end_s)
                sequence, at_s = sequence + 1, end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFilled(Event):
    """What was missing came late: this stretch of a gap journaled before is audio after all."""

    kind: ClassVar[str] = "filled"
    track: str
    from_s: Seconds
    to_s: Seconds
    run: int  # the one that it holds now
    media_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOpened(Event):
    """A new file of the track's audio."""

    kind: ClassVar[str] = "part"
    track: str
    part: str  # 'a-000001': the file's stem, which a WAV keeps when it becomes FLAC
    file: str  # 'audio/a-000001.aac'
    format: AudioFormat
    source: str = ""  # public address, or device
    run: int | None = None  # that its first chunk belongs to
    media_sequence: int | None = None  # of its first HLS segment; those in it have no hole


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk(Event):
    """Bytes that lie in a part, synced, hashed and placed.

    ``offset`` and ``bytes`` count in the part's file; of a part that is recorded as WAV they count
    the raw PCM, so that they hold for the FLAC that it becomes, too.
    """

    kind: ClassVar[str] = "chunk"
    track: str
    part: str
    run: int
    offset: int
    bytes: int
    sha256: str
    start_s: Seconds
    duration_s: Seconds
    arrived_at: str  # UTC, ISO 8601
    arrived_mono_s: float
    adopted: bool | None = None  # found without a line after a crash
    status: int | None = None
    address: str = ""
    media_sequence: int | None = None
    program_date_time: str = ""
    ntp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated(Event):
    """Bytes that arrived and were proven equal to what is stored, or headers written again."""

    kind: ClassVar[str] = "repeat"
    track: str
    what: str  # 'burst': not stored twice; 'headers': stored again, no audio of its own
    bytes: int
    sha256: str
    part: str = ""
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged(Event):
    """What the stream says is on now (ICY StreamTitle, ID3)."""

    kind: ClassVar[str] = "tag"
    track: str
    at_s: Seconds
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Event):
    """A moment that somebody named."""

    kind: ClassVar[str] = "mark"
    at_s: Seconds
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(Event):
    """Something that people should know and that changes nothing of what is recorded."""

    kind: ClassVar[str] = "notice"
    what: str  # 'disk', 'asleep', 'clock', 'late', 'mirror'
    detail: str = ""
    track: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSealed(Event):
    """A part that never changes again.

    For FLAC packed from WAV: ``packed_from`` names the WAV's file and ``pcm_sha256`` is the hash
    of the raw samples, the same in both.
    """

    kind: ClassVar[str] = "sealed part"
    track: str
    part: str
    file: str
    bytes: int
    sha256: str
    packed_from: str = ""
    pcm_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered(Event):
    """The session was mended after a crash."""

    kind: ClassVar[str] = "recovered"
    detail: str = ""
    adopted_bytes: int = 0
    dropped_bytes: int = 0  # an incomplete frame at the end of a part, or a torn journal line
    dropped_hex: str = ""  # the torn bytes themselves, when they are few


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed(Event):
    """The journal's last line: the session is over, and this is what it holds."""

    kind: ClassVar[str] = "sealed"
    state: State
    duration_s: Seconds
    part_count: int
    gap_count: int
    started_at: str = ""  # wall clock of session time 0; empty when nothing was recorded
    recovered: bool | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Event):
    """A sealed session goes on: lines follow the one that sealed it, and another one seals it.

    The hashes are those of the files as they were sealed, so that what was published of them
    before can be found in what is here now: the journal's first ``bytes`` are that journal.
    """

    kind: ClassVar[str] = "reopened"
    reason: str  # 'complete', 'undo'
    bytes: int
    journal_sha256: str
    sums_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(Event):
    """What a track lacks here is in another track, which came from another recording."""

    kind: ClassVar[str] = "completed"
    track: str
    by: str
    from_s: Seconds
    to_s: Seconds
    misfit_s: Seconds | None = None  # by how much longer the other recording is here
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """A track that completed others was taken away again, its parts with it."""

    kind: ClassVar[str] = "withdrawn"
    track: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Event):
    """A kind that this version doesn't know, as it was read."""

    kind: ClassVar[str] = "unknown"
    values: dict[str, Any]


_KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        Opened, StateChanged, Attempt, Connected, RunStarted, GapFound, GapFilled, PartOpened,
        Chunk, Repeated, Tagged, Marked, Noticed, PartSealed, Recovered, Sealed, Reopened,
        Completed, Withdrawn,
    )
}  # fmt: skip


def event_from_json(kind: str, values: dict[str, Any]) -> Event:
    """The event of a journal line.

    Raises:
        ValueError: The kind is known and the values don't fit it.
    """
    cls = _KINDS.get(kind)
    return cls.from_json(values) if cls else Unknown(values={"kind": kind, **values})


def _plain(value: Any) -> Any:
    if isinstance(value, AudioFormat):
        return dataclasses.asdict(value)
    if isinstance(value, str):
        return str(value)[:_LONGEST_TEXT]
    if isinstance(value, dict):
        return {str(key)[:200]: _plain(item) for key, item in list(value.items())[:32]}
    if isinstance(value, tuple):
        return [_plain(item) for item in value[:64]]
    return value


_REVIVE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("opened", "sources"): tuple,
    ("state", "state"): State,
    ("run", "placed_by"): PlacedBy,
    ("gap", "reason"): GapReason,
    ("gap", "lengths"): lambda value: tuple((int(count), Seconds(each)) for count, each in value),
    ("part", "format"): lambda value: AudioFormat(**value),
    ("sealed", "state"): State,
}


_REVIVERS: dict[str, dict[str, Callable[[Any], Any] | None]] = {}


def _revivers(event: type[Event]) -> dict[str, Callable[[Any], Any] | None]:
    """What revives each of an event's fields, looked up once: a journal has a line each second."""
    if event.kind not in _REVIVERS:
        names = [item.name for item in dataclasses.fields(event)]
        _REVIVERS[event.kind] = {name: _REVIVE.get((event.kind, name)) for name in names}
    return _REVIVERS[event.kind]
