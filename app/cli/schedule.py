"""schedule: what is announced, and calling it off."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from app.cli.context import Context, escape, json_option, pass_context, short_id
from recorder import launch
from recorder.archive import SessionFolder, Summary
from recorder.errors import AircheckError, CorruptSession
from recorder.schedule import Schedule
from recorder.types import State, iso


class _NotScheduled(AircheckError):
    """A session that is asked to be called off, and isn't waiting for its time."""


@click.group("schedule", invoke_without_command=True)
@json_option
@click.pass_context
def schedule_command(ctx: click.Context) -> None:
    """List the sessions that wait for their time; call one off.

    'aircheck record SOURCE --at TIME' makes one, --repeat a series.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(_list_command)


@schedule_command.command("list")
@json_option
@pass_context
def _list_command(context: Context) -> None:
    """List the sessions that wait for their time, the next one first."""
    waiting = sorted(_waiting(context), key=lambda each: each[1].at)
    if context.as_json:
        context.answer({"scheduled": [_told(*each) for each in waiting]})
        return
    if not waiting:
        context.say("Nothing is scheduled. 'aircheck record SOURCE --at TIME' does it.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "announced for", "again", "title", ""):
        table.add_column(column, no_wrap=column != "title")
    for summary, schedule in waiting:
        table.add_row(
            short_id(summary.id),
            f"{schedule.local:%a, %d %b %Y, %H:%M %Z}",
            str(schedule.repeat or ""),
            escape(summary.title),
            "" if summary.pid else "[yellow]no recorder waits: 'aircheck resume'[/]",
        )
    context.console.print(table)


@schedule_command.command("cancel")
@click.argument("session")
@json_option
@pass_context
def _cancel_command(context: Context, session: str) -> None:
    """Call SESSION off before its time, and all that would follow it in its series."""
    folder = context.archive.find(session)
    schedule = _schedule_of(folder)
    if schedule is None or folder.summary().state is not State.SCHEDULED:
        raise _NotScheduled(
            f"{folder.path.name} doesn't wait for its time.",
            safe="Nothing was changed.",
            hint="'aircheck schedule' lists those that do; 'aircheck stop' ends what runs.",
        )
    launch.revive(folder)  # only a recorder can seal it
    if not launch.stop(folder):
        raise AircheckError(
            "The recorder was told and has not ended yet.", hint="Look again in a moment."
        )
    if context.as_json:
        context.answer({"session": folder.id})
    else:
        series = ", and the series with it" if schedule.repeat else ""
        context.say(f"[green]✓[/] {escape(folder.info().title)} is called off{series}.")


def _waiting(context: Context) -> list[tuple[Summary, Schedule]]:
    found = []
    for folder in context.archive.folders():
        schedule = _schedule_of(folder)
        if schedule and not folder.sealed():
            summary = folder.summary()
            if summary.state is State.SCHEDULED:
                found.append((summary, schedule))
    return found


def _schedule_of(folder: SessionFolder) -> Schedule | None:
    try:
        return folder.info().schedule
    except CorruptSession:
        return None


def _told(summary: Summary, schedule: Schedule) -> dict[str, Any]:
    return {
        "id": summary.id,
        "title": summary.title,
        "at": iso(schedule.at),
        "zone": schedule.zone,
        "repeat": str(schedule.repeat) if schedule.repeat else None,
        "source": summary.source,
        "pid": summary.pid,
        "folder": str(summary.folder),
    }
