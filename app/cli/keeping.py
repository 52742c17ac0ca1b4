"""trash, retain, usage, check, move: what stays in the archive, and where."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from app import keeping
from app.cli.context import (
    Context,
    Duration,
    NamedPath,
    counted,
    escape,
    json_option,
    pass_context,
    short_id,
)
from recorder import checking, trash, usage
from recorder.errors import AircheckError, SessionNotFound
from recorder.trash import Trashed
from recorder.types import Seconds, iso, utc_now

_SHOWN_SESSIONS = 20
_A_MOMENT = timedelta(microseconds=1)  # whenever it was checked before
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


class _Empty(AircheckError):
    """A question that has to be asked first."""

    exit_status = 2


def room(size: float) -> str:
    """Bytes for people: ``3.4 GB``, in steps of 1000."""
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("bytes", "kB") else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"


@click.group("trash", invoke_without_command=True)
@json_option
@click.pass_context
def trash_command(ctx: click.Context) -> None:
    """Throw sessions away, and have them back until the trash is emptied."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(_list_command)


@trash_command.command("put")
@click.argument("sessions", nargs=-1, required=True)
@json_option
@pass_context
def _put_command(context: Context, sessions: tuple[str, ...]) -> None:
    """Throw SESSIONS away. One that records stays."""
    folders = [context.archive.find(name) for name in sessions]
    outcomes = keeping.put(context.archive, folders)
    for outcome in outcomes:
        if outcome.trashed:
            name = escape(outcome.trashed.title)
            context.say(f"[green]✓[/] {name} is in the trash  [dim]{short_id(outcome.session)}[/]")
        else:
            context.say(f"[red]✗[/] {escape(outcome.problem)}")
    problems = [o for o in outcomes if o.problem]
    if len(problems) < len(outcomes):
        context.say("  'aircheck trash restore' undoes it.")
    if context.as_json:
        context.answer(
            {
                "trashed": [_json(o.trashed) for o in outcomes if o.trashed],
                "problems": [{"session": o.session, "what": o.problem} for o in problems],
            }
        )
    sys.exit(1 if problems else 0)


@trash_command.command("list")
@json_option
@pass_context
def _list_command(context: Context) -> None:
    """List what is in the trash, the latest first."""
    found = trash.listed(context.archive)
    if context.as_json:
        context.answer({"trashed": [_json(each) for each in found]})
        return
    if not found:
        context.say("The trash is empty.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "thrown away", "room", "title", "why"):
        table.add_column(column, no_wrap=column != "title")
    for each in found:
        when = f"{each.trashed_at.astimezone():%Y-%m-%d %H:%M}"
        row = (short_id(each.id), when, room(each.bytes), escape(each.title), escape(each.why))
        table.add_row(*row)
    context.show(table)


@trash_command.command("restore")
@click.argument("sessions", nargs=-1)
@json_option
@pass_context
def _restore_command(context: Context, sessions: tuple[str, ...]) -> None:
    """Bring SESSIONS back; without any, what was thrown away last."""
    archive = context.archive
    wanted = [trash.find(archive, name) for name in sessions] or trash.latest(archive)
    if not wanted:
        raise SessionNotFound("The trash is empty.")
    folders = keeping.restore(archive, wanted)
    for each in wanted:
        context.say(f"[green]✓[/] {escape(each.title)} is back  [dim]{short_id(each.id)}[/]")
    if context.as_json:
        context.answer({"restored": [folder.id for folder in folders]})


@trash_command.command("empty")
@click.argument("sessions", nargs=-1)
@click.option("--older-than", type=Duration(), help="Thrown away so long ago: 30d.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@pass_context
def _empty_command(
    context: Context, sessions: tuple[str, ...], older_than: Seconds | None, *, yes: bool
) -> None:
    """Delete what is in the trash for good: SESSIONS, or all of it."""
    archive = context.archive
    before = utc_now() - timedelta(seconds=older_than or 0)
    named = [trash.find(archive, name) for name in sessions] or trash.listed(archive)
    chosen = [each for each in named if each.trashed_at <= before]
    if chosen and not yes:
        _ask(context, chosen)
    deleted = trash.empty(archive, sessions=[each.id for each in chosen])
    context.say(f"{counted(len(deleted), 'session')} deleted.")
    if context.as_json:
        context.answer({"deleted": [each.id for each in deleted]})


def _ask(context: Context, chosen: Sequence[Trashed]) -> None:
    """Make sure, where somebody is there to ask.

    Raises:
        _Empty: Nobody is.
    """
    size = room(sum(each.bytes for each in chosen))
    if context.as_json or not sys.stdin.isatty():
        raise _Empty(
            f"{counted(len(chosen), 'session')} ({size}) would be deleted for good.",
            safe="Nothing was deleted.",
            hint="Say --yes if you mean it.",
        )
    click.confirm(f"Delete {counted(len(chosen), 'session')} ({size}) for good?", abort=True)


@trash_command.command("log")
@json_option
@pass_context
def _log_command(context: Context) -> None:
    """Tell what was ever thrown away, brought back, and deleted."""
    lines = trash.removals(context.archive)
    if context.as_json:
        context.answer({"removals": lines})
        return
    for line in lines:
        why = f"  [dim]{escape(str(line['why']))}[/]" if line.get("why") else ""
        context.say(
            f"{escape(str(line.get('at')))}  {escape(str(line.get('what'))):<12}"
            f"  {escape(str(line.get('title')))}  [dim]{short_id(str(line.get('session')))}[/]{why}"
        )


@click.command("retain")
@click.option("--dry-run", is_flag=True, help="Tell what would go; nothing does.")
@json_option
@pass_context
def retain_command(context: Context, *, dry_run: bool) -> None:
    """Do what the rules say of old sessions: keep_days, keep_free_gb and trash_days.

    They stand in the settings and are off unless somebody sets them. Whatever has a tag, notes, or
    a place in a collection stays, and so does what is still being recorded.
    """
    rules = keeping.rules_of(context.settings)
    found = keeping.retain(context.archive, rules, is_rehearsal=dry_run)
    if context.as_json:
        context.answer(
            {
                "dry_run": dry_run,
                "trashed": [
                    {"id": d.folder.id, "title": d.title, "why": d.why, "bytes": d.bytes}
                    for d in found.due
                ],
                "deleted": [_json(each) for each in found.deleted],
                "problems": [{"session": o.session, "what": o.problem} for o in found.problems],
            }
        )
    elif not rules.is_any:
        context.say("No rule is set: nothing goes by itself.")
    else:
        _say_retained(context, found, would="would go" if dry_run else "went")
    sys.exit(1 if found.problems else 0)


def _say_retained(context: Context, found: keeping.Retained, *, would: str) -> None:
    for due in found.due:
        kept = f"{due.kept_since.astimezone():%Y-%m-%d}"
        context.say(
            f"{short_id(due.folder.id)}  {kept}  {room(due.bytes):>9}  {escape(due.title)}"
            f"  [dim]{due.why}[/]"
        )
    for outcome in found.problems:
        context.say(f"[red]✗[/] {escape(outcome.problem)}")
    size = room(sum(due.bytes for due in found.due))
    context.say(f"{counted(len(found.due), 'session')} ({size}) {would} to the trash.")
    if found.deleted:
        verb = "would be" if would == "would go" else "were"
        context.say(f"{counted(len(found.deleted), 'session')} {verb} deleted from the trash.")


@click.command("check")
@click.argument("sessions", nargs=-1)
@click.option("--older-than", type=Duration(), help="Only what was last checked so long ago: 30d.")
@click.option("--gentle", is_flag=True, help="Let everything else go first.")
@json_option
@pass_context
def check_command(
    context: Context, sessions: tuple[str, ...], older_than: Seconds | None, *, gentle: bool
) -> None:
    """Read the archive through: is every byte as it was? SESSIONS, or all of them.

    It begins with what was never checked, or longest ago. Ended half-way (Ctrl-C does no harm), it
    goes on where it was when it is called again. Ends with status 4 where something was changed.
    """
    archive = context.archive
    wanted = {archive.find(name).id for name in sessions}
    if gentle:
        checking.give_way()
    if wanted:
        due = [d for d in checking.due(archive, older_than=_A_MOMENT) if d.folder.id in wanted]
    else:
        due = checking.due(archive, older_than=timedelta(seconds=older_than or 0))
    found = list(_checked(context, due, is_round=not wanted))
    bad = [each for each in found if each.problems]
    if context.as_json:
        problems = [
            {"session": each.due.folder.id, **asdict(problem)}
            for each in bad
            for problem in each.problems
        ]
        context.answer({"ok": not bad, "checked": len(found), "problems": problems})
    elif bad:
        context.say(
            f"[red]✗[/] {counted(len(bad), 'session')} of {len(found):,} not as before."
            " A copy from a backup mends it; 'aircheck verify' tells more."
        )
    else:
        context.say(f"[green]✓[/] {counted(len(found), 'session')} checked: as sealed, every byte.")
    sys.exit(4 if bad else 0)


def _checked(
    context: Context, due: list[checking.Due], *, is_round: bool
) -> Iterator[checking.Found]:
    """Check, with a bar of the bytes where people look, and each finding at once."""
    with _bytes_bar("checking", quiet=context.as_json) as bar:
        task = bar.add_task("", total=sum(each.bytes for each in due))
        for found in checking.run(context.archive, due, is_round=is_round):
            bar.advance(task, found.due.bytes)
            for problem in found.problems:
                name = found.due.folder.path.name
                context.say(f"[red]✗[/] {escape(name)}: {escape(str(problem))}")
            yield found


@click.command("usage")
@click.option("--all", "everything", is_flag=True, help="All sessions, not only the largest.")
@json_option
@pass_context
def usage_command(context: Context, *, everything: bool) -> None:
    """Tell how much room the archive takes, by session and by what it is for."""
    total = usage.of_archive(context.archive)
    if context.as_json:
        context.answer(
            {
                "bytes": total.bytes,
                "free_bytes": total.free_bytes,
                "kinds": {str(kind): size for kind, size in total.kinds.items()},
                "sessions": [
                    {
                        "id": each.folder.id,
                        "bytes": each.bytes,
                        "kinds": {str(kind): size for kind, size in each.kinds.items()},
                    }
                    for each in total.sessions
                ],
            }
        )
        return
    shown = total.sessions if everything else total.sessions[:_SHOWN_SESSIONS]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("room", "audio", "id"):
        table.add_column(column, no_wrap=True, justify="right")
    table.add_column("title")
    for each in shown:
        audio = room(each.kinds.get(usage.Kind.AUDIO, 0))
        title = escape(each.folder.summary().title)
        table.add_row(room(each.bytes), audio, short_id(each.folder.id), title)
    if shown:
        context.show(table)
    if len(shown) < len(total.sessions):
        rest = len(total.sessions) - len(shown)
        context.say(f"and {counted(rest, 'smaller session')}: 'aircheck usage --all'")
    for kind, size in sorted(total.kinds.items(), key=lambda item: -item[1]):
        context.say(f"  {room(size):>9}  {kind}")
    context.say(f"  {room(total.bytes):>9}  in all; {room(total.free_bytes)} are free")


@click.command("move")
@click.argument("folder", type=NamedPath())
@json_option
@pass_context
def move_command(context: Context, folder: Path) -> None:
    """Move the archive to FOLDER, which is new or empty, on this disk or another.

    Every file is read back and compared; then the settings name the new folder, and only then the
    old one goes. Ended half-way, the same command goes on. Nothing moves while something records.
    """
    with _bytes_bar("moving", quiet=context.as_json) as bar:
        task = bar.add_task("", total=None)
        moved = keeping.move(
            context.archive,
            folder,
            lambda done, whole: bar.update(task, completed=done, total=whole),
        )
    if context.as_json:
        context.answer(
            {
                "archive": str(moved.archive.root),
                "named_by": moved.told,
                "left": [str(each.path) for each in moved.left],
            }
        )
    else:
        _say_moved(context, moved)
    sys.exit(1 if moved.left else 0)


def _say_moved(context: Context, moved: keeping.Moved) -> None:
    place = escape(str(moved.archive.root))
    context.say(f"[green]✓[/] The archive is in {place}.")
    if moved.told == "environment":
        context.say(f"  [yellow]![/] AIRCHECK_ARCHIVE names the old folder: set it to {place}.")
    elif moved.told is None:
        context.say(f"  The settings name another archive; 'aircheck --archive {place}' finds it.")
    else:
        context.say("  The settings name it. A window that is open has to be opened again.")
    for each in moved.left:
        context.say(
            f"  [yellow]![/] {escape(each.path.name)} is still in the old folder: a process is at"
            " work on it. Move again when that is over."
        )


def _bytes_bar(what: str, *, quiet: bool) -> Progress:
    """A bar of bytes where people look."""
    return Progress(
        TextColumn(what),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )


def _json(each: Trashed) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "folder": str(each.folder.path),
        "trashed_at": iso(each.trashed_at),
        "why": each.why,
        "bytes": each.bytes,
    }
