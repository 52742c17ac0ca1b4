"""What a session's page tells of the evidence: parts, gaps with their attempts, sources. No Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.gui.presenters import words
from app.gui.presenters.history import History
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.events import Attempt, Connected, GapFound
from recorder.journal import Entry
from recorder.timeline import Part, Timeline
from recorder.types import Seconds

_AROUND = timedelta(seconds=1)
_MOST_ATTEMPTS = 12  # told of a gap; the rest are counted
_IDENTITY = ("host", "account", "account_id", "title", "device", "certificate_sha256")

FactKind = Literal["head", "part", "gap", "source", "mark", "on", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A row of the panel.

    Attributes:
        kind: A heading, or what it tells of.
        title: Its first line.
        detail: What stands below; may have several lines.
        at_s: Session time to jump to, where it has one.
        copied: What to copy of it: a hash in full.
    """

    kind: FactKind
    title: str
    detail: str = ""
    at_s: float | None = None
    copied: str = ""


def summary(timeline: Timeline) -> tuple[tuple[str, str], ...]:
    """Pairs of a word and what it says: audio, bytes, hashes, gaps."""
    parts = timeline.parts
    stored = sum(chunk.bytes for part in parts for chunk in part.chunks)
    missing = Seconds(sum(gap.to_s - gap.from_s for gap in timeline.gaps))
    chunk_count = sum(len(part.chunks) for part in parts)
    in_parts = translate("Evidence", "%n part(s)", n=len(parts))
    chunks = translate("Evidence", "%n chunk(s)", n=chunk_count)
    return (
        (translate("Evidence", "Audio"), words.length(sum(part.duration_s for part in parts))),
        (
            translate("Evidence", "Stored"),
            translate("Evidence", "{size} in {parts}").format(
                size=words.size(stored), parts=in_parts
            )
            if parts
            else translate("Evidence", "Nothing"),
        ),
        (
            translate("Evidence", "Hashed"),
            translate("Evidence", "{chunks}, SHA-256").format(chunks=chunks),
        ),
        (translate("Evidence", "Gaps"), words.gaps(len(timeline.gaps), missing)),
    )


def facts(history: History) -> tuple[Fact, ...]:
    """All rows: gaps first, for they are what people look for; then parts, then sources."""
    timeline = history.timeline
    gaps = [_gap(gap, timeline, history.entries) for gap in timeline.gaps]
    parts = [_part(part) for part in timeline.parts]
    sources = list(_sources(history.entries))
    rows: list[Fact] = []
    for title, group in (
        (translate("Evidence", "Gaps"), gaps),
        (translate("Evidence", "Sources"), sources),
        (translate("Evidence", "Parts"), parts),
    ):
        if group:
            rows += [Fact(kind="head", title=f"{title} ({len(group)})"), *group]
    return tuple(rows)


def _gap(gap: GapFound, timeline: Timeline, entries: tuple[Entry, ...]) -> Fact:
    title = translate("Evidence", "{clock}  {length}: {reason}").format(
        clock=words.clock(gap.from_s),
        length=words.length(gap.to_s - gap.from_s),
        reason=words.reason(gap.reason),
    )
    fills = [fill for fill in timeline.fills if fill.track == gap.track]
    filled = [f for f in fills if f.from_s < gap.to_s and f.to_s > gap.from_s]
    lines = [words.one_line(in_own_words(gap.detail))] if gap.detail else []
    lines += [
        translate("Evidence", "Filled from {clock} on by track {track}: {detail}").format(
            clock=words.clock(fill.from_s),
            track=fill.by,
            detail=words.one_line(in_own_words(fill.detail)),
        )
        for fill in filled
    ]
    lines += _attempts(gap, timeline, entries)
    return Fact(kind="gap", title=title, detail="\n".join(lines), at_s=float(gap.from_s))


def _attempts(gap: GapFound, timeline: Timeline, entries: tuple[Entry, ...]) -> list[str]:
    """The tries to get on, by the wall clock, while the gap lasted."""
    begin, end = timeline.wall_clock(gap.from_s), timeline.wall_clock(gap.to_s)
    if begin is None or end is None:
        return []
    tried = [
        (entry, entry.event)
        for entry in entries
        if isinstance(entry.event, Attempt)
        and entry.event.track == gap.track
        and begin - _AROUND <= entry.at <= end + _AROUND
    ]
    lines = [
        f"{entry.at.astimezone():%H:%M:%S}  {_tried(event)}"
        for entry, event in tried[:_MOST_ATTEMPTS]
    ]
    if len(tried) > _MOST_ATTEMPTS:
        lines.append(translate("Evidence", "and %n more attempt(s)", n=len(tried) - _MOST_ATTEMPTS))
    return lines


def _tried(event: Attempt) -> str:
    said = in_own_words(event.detail) or event.reason or event.address
    status = f"HTTP {event.status}" if event.status else ""
    return words.one_line(" · ".join(part for part in (status, said) if part))


def _part(part: Part) -> Fact:
    form = part.format
    rate = f"{form.rate_hz / 1000:g} kHz" if form.rate_hz else ""
    about = ", ".join(each for each in (form.codec or form.container, rate) if each)
    size = words.size(sum(chunk.bytes for chunk in part.chunks))
    digest = part.sealed.sha256 if part.sealed else ""
    stretch = translate("Evidence", "{begin} to {end}").format(
        begin=words.clock(part.start_s), end=words.clock(part.end_s)
    )
    lines = [f"{stretch} · {about} · {size}"]
    lines.append(f"SHA-256 {digest}" if digest else translate("Evidence", "It still grows."))
    return Fact(
        kind="part",
        title=part.file,
        detail="\n".join(lines),
        at_s=float(part.start_s),
        copied=digest,
    )


def _sources(entries: tuple[Entry, ...]) -> Iterator[Fact]:
    """Who answered, each identity once, with how often."""
    counts: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    for entry in entries:
        if isinstance(entry.event, Connected):
            told = {**entry.event.identity}
            known = tuple((name, told[name]) for name in _IDENTITY if told.get(name))
            key = (entry.event.address, known)
            counts[key] = counts.get(key, 0) + 1
    for (address, identity), count in counts.items():
        lines = [f"{name.replace('_', ' ')}: {words.one_line(value)}" for name, value in identity]
        lines.append(translate("Evidence", "answered %n time(s)", n=count))
        yield Fact(
            kind="source",
            title=words.one_line(address) or translate("Evidence", "Device"),
            detail="\n".join(lines),
            copied=address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a check found.

    Attributes:
        is_ok: Whether all is as it was.
        message: In plain words.
    """

    is_ok: bool
    message: words.Message


class Verifying:
    """One check of a session. `cancel` may be called from any thread.

    Args:
        folder: The session's.
        on_part: Told how many parts are done and how many there are, on the thread that runs it.
    """

    def __init__(
        self, folder: SessionFolder, on_part: Callable[[int, int], None] = lambda _d, _a: None
    ) -> None:
        self._folder = folder
        self._on_part = on_part
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End it before the next part."""
        self._cancelled.set()

    def run(self) -> Verified | None:
        """Check the session; takes as long as it takes to read all of it. None: cancelled."""
        from recorder.verify import verify  # noqa: PLC0415 (loads av: not to show the first window)

        try:
            report = verify(self._folder.path, on_part=self._step)
        except _Cancelled:
            return None
        if report.ok:
            return Verified(
                is_ok=True,
                message=words.Message(
                    happened=translate("Evidence", "Everything is as it was recorded."),
                    safe=" ".join(report.what_holds),
                ),
            )
        problems = [str(problem) for problem in report.problems]
        return Verified(
            is_ok=False,
            message=words.Message(
                happened=translate(
                    "Evidence", "%n thing(s) are not as they were recorded.", n=len(problems)
                ),
                safe="\n".join(problems[:_MOST_PROBLEMS]),
                next=translate("Evidence", "Nothing was changed by looking."),
            ),
        )

    def _step(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise _Cancelled("the check was cancelled")
        self._on_part(done, total)


_MOST_PROBLEMS = 8


class _Cancelled(AircheckError):
    """Ends a check; is caught above and reaches nobody."""
