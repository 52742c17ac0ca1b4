"""sessions, show, import."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from app import editing, watching
from app.cli import place
from app.cli.context import (
    Context,
    Moment,
    NamedPath,
    clock,
    counted,
    escape,
    exact_clock,
    json_option,
    pass_context,
    short_id,
)
from app.cli.follow import ICONS
from app.cli.labelled import say_labels
from app.importing import Outcome, import_paths
from recorder import cover, labels
from recorder.archive import SessionFolder, Summary
from recorder.errors import AircheckError, CorruptSession
from recorder.labels import Labels
from recorder.markers import with_added
from recorder.schedule import CALLED_OFF
from recorder.timeline import Part, Timeline
from recorder.types import Seconds, State, iso
from transcribe import transcript
from transcribe.errors import TranscriptError


@click.command("sessions")
@json_option
@pass_context
def sessions_command(context: Context) -> None:
    """List the archive's sessions, newest first."""
    summaries = [folder.summary() for folder in context.archive.folders()]
    if context.as_json:
        context.answer({"sessions": [_summary_json(summary) for summary in summaries]})
        return
    if not summaries:
        context.say(
            f"No session in {escape(str(context.settings.archive))} yet. "
            "'aircheck record SOURCE' makes one, 'aircheck demo' shows how."
        )
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "id", "state", "started", "length", "gaps"):
        table.add_column(column, no_wrap=True)
    table.add_column("title", overflow="ellipsis", no_wrap=context.console.is_terminal)
    for summary in summaries:
        table.add_row(*_summary_row(summary))
    context.show(table)
    for hint in _hints(summaries):
        context.say(f"[yellow]![/] {hint}")


def _hints(summaries: list[Summary]) -> Iterator[str]:
    """What to do about sessions that wait for somebody."""
    left = [s for s in summaries if not (s.state.is_final or s.problem or s.pid)]
    scheduled = sum(summary.state is State.SCHEDULED for summary in left)
    if scheduled:
        yield f"{counted(scheduled, 'scheduled session')} without a recorder: 'aircheck resume'."
    if len(left) > scheduled:
        died = counted(len(left) - scheduled, "session")
        yield f"{died} without a recorder: 'aircheck resume' goes on, 'aircheck recover' seals."


def _summary_json(summary: Summary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "title": summary.title,
        "state": str(summary.state),
        "started_at": iso(summary.started_at) if summary.started_at else None,
        "announced_for": iso(summary.announced_for) if summary.announced_for else None,
        "duration_s": summary.duration_s,
        "gap_count": summary.gap_count,
        "folder": str(summary.folder),
        "pid": summary.pid,
        "source": summary.source,
        "recovered": summary.recovered,
        "ending": summary.ending,
        "problem": summary.problem,
    }


def _state_words(summary: Summary) -> tuple[str, str, str]:
    """A session's sign, its colour, and its state in words."""
    sign, colour = ICONS[summary.state]
    state = str(summary.state)
    if summary.problem:
        sign, colour, state = "✗", "red", "corrupt"
    elif not summary.state.is_final and summary.pid is None:
        is_scheduled = summary.state is State.SCHEDULED
        sign, colour, state = "!", "yellow", "not waiting" if is_scheduled else "died"
    elif summary.ending == CALLED_OFF:
        sign, colour, state = "·", "dim", "called off"
    elif summary.state is State.DONE and summary.started_at is None:
        sign, colour, state = "·", "dim", "done, empty"
    elif summary.recovered:
        state += ", recovered"
    return sign, colour, state


def _summary_row(summary: Summary) -> list[str]:
    sign, colour, state = _state_words(summary)
    started = summary.started_at or summary.announced_for or summary.created_at
    return [
        f"[{colour}]{sign}[/]",
        short_id(summary.id),
        f"[{colour}]{state}[/]",
        f"{started.astimezone():%Y-%m-%d %H:%M}" if started else "",
        clock(summary.duration_s),
        str(summary.gap_count) if summary.gap_count else "",
        escape(summary.title + (f": {summary.problem}" if summary.problem else "")),
    ]


@click.command("show")
@click.argument("session")
@click.option("--at", type=Moment(), help="What plays and was said then: 90s, 42:07.3, 1:30:00.")
@json_option
@pass_context
def show_command(context: Context, session: str, at: Seconds | None) -> None:
    """Show what SESSION holds: parts, gaps, markers, transcripts.

    A hit's link names a session and a moment: aircheck:ID#t=62.4
    """
    name, linked = place.of_link(session)
    folder = context.archive.find(name)
    at = linked if at is None else at
    if at is not None:
        place.show(context, folder, at)
        return
    summary, timeline = folder.summary(), with_added(folder.timeline(), folder.info())
    if context.as_json:
        files = [item.path.relative_to(folder.path) for item in transcript.stored(folder)]
        context.answer(
            {
                **_summary_json(summary),
                **_told(folder),
                **_timeline_json(timeline),
                **_labels_json(labels.read(folder)),
                "transcripts": [str(file) for file in files],
            }
        )
    else:
        _show(context, folder, summary, timeline)


def _told(folder: SessionFolder) -> dict[str, Any]:
    """What `aircheck edit` says of a session, beside its title."""
    try:
        info = folder.info()
    except CorruptSession:  # which is said elsewhere
        return {}
    return editing.facts(info)


def _timeline_json(timeline: Timeline) -> dict[str, Any]:
    return {
        "gaps": [
            {"track": gap.track, "from_s": gap.from_s, "to_s": gap.to_s, "reason": str(gap.reason)}
            for gap in timeline.gaps
        ],
        "parts": [_part_json(part) for part in timeline.parts],
        "fills": [
            {"track": fill.track, "by": fill.by, "from_s": fill.from_s, "to_s": fill.to_s}
            for fill in timeline.fills
        ],
        "markers": [{"at_s": mark.at_s, "text": mark.text} for mark in timeline.markers],
        "maybe_twice": [
            {"track": each.track, "from_s": each.from_s, "to_s": each.to_s}
            for each in cover.twice(timeline)
        ],
        **_cover_json(timeline),
    }


def _labels_json(found: Labels | None) -> dict[str, Any]:
    """What is speech, music, silence, as far as it was found; a suggestion is no marker."""
    return {
        "labels": labels.as_json(found),
        "suggested": [{"at_s": found.talk_starts_s, "text": labels.TALK_STARTS}]
        if found and found.talk_starts_s is not None
        else [],
    }


def _cover_json(timeline: Timeline) -> dict[str, Any]:
    """Of tracks side by side: which second is taken from which, and what none has."""
    if len(timeline.tracks) < 2:
        return {}
    return {
        "taken": [
            {"track": each.track, "from_s": each.from_s, "to_s": each.to_s}
            for each in cover.best(timeline)
        ],
        "missing": [{"from_s": from_s, "to_s": to_s} for from_s, to_s in cover.missing(timeline)],
        "placed_by_clock": list(cover.by_clock(timeline)),
    }


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "track": part.track,
        "file": part.file,
        "start_s": part.start_s,
        "duration_s": part.duration_s,
        "bytes": part.sealed.bytes if part.sealed else sum(c.bytes for c in part.chunks),
        "sha256": part.sealed.sha256 if part.sealed else None,
        "source": part.source,
    }


def _show(
    context: Context,
    folder: SessionFolder,
    summary: Summary,
    timeline: Timeline,
) -> None:
    sign, colour, state = _state_words(summary)
    context.say(f"[bold]{escape(summary.title)}[/]  [{colour}]{sign} {state}[/]")
    context.say(f"  {escape(summary.source)}")
    context.say(f"  {escape(str(folder.path))}")
    started = f", from {summary.started_at.astimezone():%c}" if summary.started_at else ""
    context.say(f"  {exact_clock(summary.duration_s)} long{started}")
    _show_plan(context, folder, summary)
    for name, told in _told(folder).items():
        text = ", ".join(told) if isinstance(told, list) else told
        if text:
            context.say(f"  [dim]{name}[/]  {escape(text)}")
    has_mirrors = len({part.source for part in timeline.parts}) > 1
    for part in timeline.parts:
        context.say(
            f"  ▤ {part.file}  {exact_clock(part.start_s)} + {exact_clock(part.duration_s)}"
            f"{'  sealed' if part.sealed else '  growing'}"
            f"{f'  [dim]from {escape(part.source)}[/]' if has_mirrors else ''}"
        )
    for gap in timeline.gaps:
        context.say(
            f"  [yellow]▨[/] gap {exact_clock(gap.from_s)} to {exact_clock(gap.to_s)}: "
            f"{gap.reason}  [dim]{escape(gap.detail)}[/]"
        )
    for fill in timeline.fills:
        context.say(
            f"  [green]▩[/] {exact_clock(fill.from_s)} to {exact_clock(fill.to_s)} filled from"
            f" elsewhere: track {fill.by}  [dim]{escape(fill.detail)}[/]"
        )
    _show_cover(context, folder, timeline)
    for mark in timeline.markers:
        context.say(f"  ⚑ {exact_clock(mark.at_s)} {escape(mark.text)}")
    if found := labels.read(folder):
        say_labels(context, found)
    for line in _versions(folder):
        context.say(f"  ¶ {line}")


def _versions(folder: SessionFolder) -> Iterator[str]:
    """The transcripts: which are read of several, and who corrected which when."""
    stored, read = transcript.stored(folder), transcript.active(folder)
    for item in stored:
        notes = []
        if item.model == transcript.CORRECTED:
            with contextlib.suppress(TranscriptError):  # said where it is read
                text = transcript.load(item.path)
                when = f"{text.created_at.astimezone():%Y-%m-%d %H:%M}"
                how = f"that of {text.restores} again" if text.restores else "corrected"
                notes.append(f"{how}, by {escape(text.author)}, {when}")
        if item in read and len(read) < len(stored):
            notes.append("this one is read and searched")
        told = f"  [dim]{'; '.join(notes)}[/]" if notes else ""
        yield f"{escape(str(item.path.relative_to(folder.path)))}{told}"


def _show_plan(context: Context, folder: SessionFolder, summary: Summary) -> None:
    """What it was announced for, and why it ended."""
    with contextlib.suppress(CorruptSession):  # which is said elsewhere
        schedule = folder.info().schedule
        if schedule:
            again = f", again {schedule.repeat}" if schedule.repeat else ""
            context.say(f"  ◷ announced for {schedule.local:%A, %d %B %Y, %H:%M %Z}{again}")
    if summary.ending:
        context.say(f"  [dim]{escape(summary.ending)}[/]")


def _show_cover(context: Context, folder: SessionFolder, timeline: Timeline) -> None:
    """What may be there twice; of tracks side by side what each gives, and what none has."""
    for each in cover.twice(timeline):
        context.say(f"  [yellow]![/] {escape(str(each))}")
    if len(timeline.tracks) < 2:
        return
    held_s = dict.fromkeys(sorted(timeline.tracks), 0.0)
    for taken in cover.best(timeline):
        held_s[taken.track] += taken.to_s - taken.from_s
    shares = ", ".join(f"{exact_clock(each_s)} from {name}" for name, each_s in held_s.items())
    if loose := cover.by_clock(timeline):
        command = f"aircheck complete {folder.id} --from {folder.id}:{loose[0]}"
        context.say(
            f"  [cyan]≡[/] together: {shares}; track {', '.join(loose)} was placed by the clock, "
            f"some seconds may differ: '{command}' aligns them by sound"
        )
        return
    lost_s = sum(to_s - from_s for from_s, to_s in cover.missing(timeline))
    rest = f"{exact_clock(lost_s)} is in none" if lost_s else "nothing is missing"
    context.say(f"  [cyan]≡[/] together: {shares}; {rest}")


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=NamedPath())
@click.option("--watch", is_flag=True, help="Stay, and import what is put into these folders.")
@json_option
@pass_context
def import_command(context: Context, paths: tuple[Path, ...], *, watch: bool) -> None:
    """Take audio files, folders and transcripts (Whisper JSON, SRT, VTT) into the archive.

    A transcript that lies beside its audio (talk.srt or talk.en.srt beside talk.mp3) becomes the
    session's. The files stay where they are. What lies in the trash comes back where its very file
    is named, and stays there where a folder is. With --watch it goes on until Ctrl-C; a file that
    still grows is left until it is whole.
    """
    if watch:
        _watch(context, paths)
        return
    outcomes = []
    for outcome in import_paths(context.archive, list(paths)):
        outcomes.append(outcome)
        _say_imported(context, outcome)
    if not outcomes:
        context.say("There is nothing to import: no audio file, and no transcript.")
    sessions = list(dict.fromkeys(o.session for o in outcomes if o.session))
    problems = [o for o in outcomes if o.problem]
    if context.as_json:
        context.answer(
            {
                "sessions": sessions,
                "problems": [{"path": str(o.path), "what": o.problem} for o in problems],
                "in_trash": [
                    {"path": str(o.path), "id": o.thrown_away}
                    for o in outcomes
                    if o.thrown_away and not o.problem
                ],
            }
        )
    sys.exit(1 if problems else 0)


def _say_imported(context: Context, outcome: Outcome) -> None:
    if outcome.problem:
        context.say(f"[red]✗[/] {escape(str(outcome.path))}: {escape(outcome.problem)}")
    elif outcome.thrown_away:
        session = short_id(outcome.thrown_away)
        context.say(
            f"· {escape(outcome.path.name)} lies in the trash; 'aircheck trash restore {session}'"
            " brings it back."
        )
    elif outcome.session:
        here = " was here already" if outcome.was_here else ""
        back = " is back from the trash" if outcome.is_back else ""
        name = escape(outcome.path.name)
        context.say(f"[green]✓[/] {name}{here}{back}  [dim]{short_id(outcome.session)}[/]")


def _watch(context: Context, folders: tuple[Path, ...]) -> None:
    """Import what is put into folders, until Ctrl-C or SIGTERM.

    Raises:
        click.UsageError: One is a file.
        SessionBusy: Another process watches for this archive.
        StorageError: The disk refuses.
    """
    if file := next((path for path in folders if path.is_file()), None):
        raise click.UsageError(f"--watch takes folders, and {file} is a file.")
    for folder in (path for path in folders if not path.is_dir()):
        context.say(f"[yellow]![/] {escape(str(folder))} isn't there yet; it is waited for.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def tell(outcome: Outcome) -> None:
        _say_imported(context, outcome)
        if context.as_json:
            context.answer(asdict(outcome))

    def tell_trouble(error: AircheckError) -> None:
        context.say(f"[yellow]![/] {escape(str(error))}")
        if context.as_json:
            context.answer({"problem": str(error)})

    names = ", ".join(escape(str(folder)) for folder in folders)
    context.say(f"Watching {names}; Ctrl-C ends it.")
    watching.watch(context.archive, folders, stop=stop, tell=tell, tell_trouble=tell_trouble)
