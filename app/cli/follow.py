"""Follow a recorder from the outside: its journal as lines, its level and clock as they are."""

from __future__ import annotations

import threading
import time

from rich.live import Live
from rich.text import Text

from app.cli.context import Context, clock, counted, escape, exact_clock
from recorder import journal, launch
from recorder.archive import SessionFolder
from recorder.control import Client
from recorder.errors import AircheckError, CorruptSession, RecorderError
from recorder.events import (
    GapFilled,
    GapFound,
    Marked,
    Noticed,
    Recovered,
    Sealed,
    StateChanged,
    Tagged,
)
from recorder.journal import Entry
from recorder.meter import Meter, Trouble
from recorder.status import Status, TrackStatus
from recorder.types import State, iso, parse_iso, utc_now

ICONS = {
    State.CONNECTING: ("…", "cyan"),
    State.WAITING: ("⏳", "yellow"),
    State.REFUSED: ("⊘", "yellow"),
    State.RECORDING: ("●", "red"),
    State.RECONNECTING: ("↻", "yellow"),
    State.PAUSED: ("‖", "yellow"),
    State.FINISHING: ("…", "cyan"),
    State.DONE: ("✓", "green"),
    State.FAILED: ("✗", "bold red"),
    State.SCHEDULED: ("◷", "cyan"),
}
"""Each state's sign and colour on a terminal; the word always stands beside it."""

_REVIVE_S = 2.0
_REFRESH_S = 0.25
_METER_STEPS = 24
_FLOOR_DBFS = -60.0


class Follower:
    """Shows one recording until it is sealed, and raises its recorder when that dies."""

    def __init__(self, context: Context, folder: SessionFolder) -> None:
        self._context, self._folder = context, folder
        self._over = threading.Event()
        self._failed = False
        self._live: Live | None = None
        self._meter = Meter(folder)
        self._meter_lock = threading.Lock()
        self._trouble = Trouble.NONE

    def follow(self) -> bool:
        """Follow to the end.

        Returns:
            Whether the session failed.

        Raises:
            CorruptSession: Its journal can't be read.
            StorageError: The disk refuses.
        """
        watch = threading.Thread(target=self._watch, name="watch", daemon=True)
        watch.start()
        is_terminal = self._context.console.is_terminal and not self._context.as_json
        try:
            if is_terminal:
                with Live(
                    console=self._context.console, auto_refresh=False, transient=True
                ) as self._live:
                    self._read()
            else:
                self._read()
        finally:
            self._over.set()
            watch.join(5)
        return self._failed

    def _read(self) -> None:
        for entry in journal.follow(self._folder.journal_path, self._over):
            with self._meter_lock:
                self._meter.take(entry.event)
            if self._context.as_json:
                self._tell_machine(entry)
            else:
                self._tell_person(entry)
            if isinstance(entry.event, Sealed):
                self._failed = entry.event.state is State.FAILED

    def _tell_machine(self, entry: Entry) -> None:
        event = entry.event
        line = {"session": self._folder.id, "at": iso(entry.at)}
        if isinstance(event, StateChanged):
            self._context.answer(
                {
                    "event": str(event.state),
                    **line,
                    "reason": event.reason,
                    "detail": event.detail,
                    "next_try_at": event.next_try_at,
                }
            )
        elif isinstance(event, GapFound):
            self._context.answer(
                {
                    "event": "gap",
                    **line,
                    "from_s": event.from_s,
                    "to_s": event.to_s,
                    "reason": event.reason,
                    "detail": event.detail,
                }
            )
        elif isinstance(event, Noticed):
            self._tell_notice(line, event)
        elif isinstance(event, GapFilled):
            filled = {"from_s": event.from_s, "to_s": event.to_s}
            self._context.answer({"event": "filled", **line, **filled})
        elif isinstance(event, Marked):
            self._context.answer({"event": "mark", **line, "at_s": event.at_s, "text": event.text})

    def _tell_notice(self, line: dict[str, str], notice: Noticed) -> None:
        self._context.answer(
            {"event": "notice", **line, "what": notice.what, "detail": notice.detail}
        )

    def _tell_person(self, entry: Entry) -> None:
        text = sentence(entry)
        if text:
            self._context.say(f"  [dim]{entry.at.astimezone():%H:%M:%S}[/]  {text}")

    # --- the watch's own thread ----------------------------------------------------------------

    def _watch(self) -> None:
        """Refresh what moves, and start the recorder again when it died."""
        client, looked = Client(self._folder), time.monotonic()
        while not self._over.wait(_REFRESH_S):
            try:
                status = client.status()
                level = self._listen(status)
                if self._live:
                    self._live.update(self._line(status, level), refresh=True)
            except RecorderError:
                if time.monotonic() - looked > _REVIVE_S:
                    looked = time.monotonic()
                    self._revive()

    def _revive(self) -> None:
        try:
            if launch.revive(self._folder):
                self._context.say("  [yellow]![/] The recorder had died; it is at work again.")
        except CorruptSession as error:
            self._give_up(error)
        except AircheckError as error:
            self._context.say(f"  [yellow]![/] {escape(str(error))}")

    def _give_up(self, error: AircheckError) -> None:
        self._context.say(f"  [red]✗[/] {escape(str(error))}")
        self._failed = True
        self._over.set()

    def _line(self, status: Status, level_dbfs: float | None) -> Text:
        sign, colour = ICONS[status.state]
        line = Text.assemble(
            (f"  {sign} {status.state} ", colour), (clock(status.end_s), "bold"), " saved "
        )
        if level_dbfs is not None:
            line.append(meter(level_dbfs), style="green" if level_dbfs < -3 else "red")
        if status.clipped:
            line.append(f" {counted(status.clipped, 'sample')} clipped", style="red")
        waiting = f"{counted(status.staged, 'segment')} kept, an earlier one is late."
        parts = (status.warning, status.staged and waiting, not status.tracks and status.detail)
        said = " ".join(part for part in (*parts, _next_try(status)) if part)
        if said:
            line.append(f" {said}", style="dim")
        for track in status.tracks:
            line.append_text(_track_line(track))
        return line

    def _listen(self, status: Status) -> float | None:
        """The level now; silence that lasts, and what can't be decoded, are told once."""
        if status.state is not State.RECORDING:
            return None
        if status.peak_dbfs is not None:
            return status.peak_dbfs
        with self._meter_lock:
            level = self._meter.level()
            trouble = self._meter.trouble
        if trouble != self._trouble:
            self._trouble = trouble
            self._tell_sound(trouble)
        return level.peak_dbfs if level else None

    def _tell_sound(self, trouble: Trouble) -> None:
        """Say what is heard, or not. It is the watcher's alone: nothing of it is journaled."""
        if self._context.as_json:
            line = {"session": self._folder.id, "at": iso(utc_now())}
            self._tell_notice(line, Noticed(what="sound", detail=trouble))
        else:
            self._context.say(f"  [yellow]! {escape(trouble)}[/]")


def _track_line(track: TrackStatus) -> Text:
    """A line for one of several tracks."""
    sign, colour = ICONS[track.state]
    line = Text.assemble(f"\n    {track.track} ", (f"{sign} {track.state} ", colour))
    line.append(f"{clock(track.end_s)} saved  {track.source}")
    said = " ".join(part for part in (track.detail, _next_try(track)) if part)
    if said:
        line.append(f"  {said}", style="dim")
    return line


def _next_try(status: Status | TrackStatus) -> str:
    """``Next try in 4 s.``, or empty."""
    if not status.next_try_at:
        return ""
    wait_s = (parse_iso(status.next_try_at) - utc_now()).total_seconds()
    return f"Next try in {wait_s:.0f} s." if wait_s >= 1 else "Trying again."


def meter(peak_dbfs: float) -> str:
    """A level as a bar of blocks, from -60 dBFS to 0."""
    share = max(0.0, min(1.0, 1 - peak_dbfs / _FLOOR_DBFS))
    full = round(share * _METER_STEPS)
    return "▮" * full + "▯" * (_METER_STEPS - full)


def sentence(entry: Entry) -> str:
    """A journal line in words with rich's markup, or empty when it says nothing to people."""
    said = ""
    match entry.event:
        case StateChanged() as event:
            sign, colour = ICONS[event.state]
            said = f"[{colour}]{sign} {event.state}[/] {escape(event.detail)}".rstrip()
        case GapFound() as event:
            said = (
                f"[yellow]▨ gap[/] {exact_clock(event.from_s)} to {exact_clock(event.to_s)}, "
                f"{event.to_s - event.from_s:.1f} s: {event.reason}"
            )
        case GapFilled() as event:
            said = (
                f"[green]▣ came late[/] {exact_clock(event.from_s)} to {exact_clock(event.to_s)}: "
                "that is no gap any more"
            )
        case Tagged() as event:
            said = f"♪ {escape(event.text)}"
        case Marked() as event:
            said = f"⚑ marked at {exact_clock(event.at_s)} {escape(event.text)}".rstrip()
        case Noticed() as event:
            said = f"[yellow]! {escape(event.detail)}[/]"
        case Recovered() as event:
            said = f"[yellow]recovered[/] {escape(event.detail)}"
        case Sealed() as event:
            said = f"sealed: {clock(event.duration_s)}, {_holdings(event)}"
        case _:
            pass
    return said


def _holdings(event: Sealed) -> str:
    gaps = counted(event.gap_count, "gap") if event.gap_count else "no gap"
    return f"{counted(event.part_count, 'part')}, {gaps}"
