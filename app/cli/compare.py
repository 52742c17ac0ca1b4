"""compare, complete."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from app.alongside import told
from app.cli.bar import progress
from app.cli.context import (
    Context,
    NamedPath,
    counted,
    escape,
    exact_clock,
    json_option,
    pass_context,
    track_beside,
)
from app.comparing import Compared, Completion, compare_session, complete_session
from app.replays import Waiting, complete_from_replay
from recorder import completing
from recorder.archive import SessionFolder
from recorder.compare import Difference, Kind, Verdict
from recorder.export import refuse_place

_NOTHING_FOUND = 3
_SIGNS = {
    Kind.MISSING: "[red]-[/]",
    Kind.ADDED: "[blue]+[/]",
    Kind.REPLACED: "[magenta]≠[/]",
    Kind.MOVED: "[yellow]↷[/]",
    Kind.REPEATED: "[cyan]↻[/]",
    Kind.LEVEL: "[yellow]≷[/]",
    Kind.SPEED: "[yellow]»[/]",
    Kind.GAP: "[dim]▨[/]",
    Kind.BEGIN: "[dim]▏[/]",
    Kind.END: "[dim]▕[/]",
}


@click.command("compare")
@click.argument("session")
@click.argument("other")
@click.option("--track", default="a", show_default=True, help="Of SESSION.")
@click.option(
    "--picture",
    type=NamedPath(is_file=True),
    help="Draw both, linked where they are the same, into this file (SVG).",
)
@json_option
@pass_context
def compare_command(
    context: Context, session: str, other: str, track: str, picture: Path | None
) -> None:
    """Say what differs between SESSION and OTHER, another recording of the same event.

    OTHER is a file, a session's ID, a track of one (ID:b), or an http(s) address of a file.
    """
    folder = context.archive.find(session)
    if picture:
        refuse_place(picture)
    with progress(context, "Comparing") as tell:
        found = compare_session(
            context.archive, folder, other, track=track, draw=picture, on_progress=tell
        )
    if context.as_json:
        context.answer(_compared_json(found, picture))
    else:
        _show(context, found)
        if picture:
            context.say(f"[green]✓[/] {escape(str(picture))}")
    sys.exit(_NOTHING_FOUND if found.comparison.verdict is Verdict.UNRELATED else 0)


def _compared_json(found: Compared, picture: Path | None) -> dict[str, object]:
    files = {"picture": str(picture)} if picture else {}
    return {**told(found), **files}


def _show(context: Context, found: Compared) -> None:
    comparison = found.comparison
    sign = {
        Verdict.SAME: "[green]✓[/]",
        Verdict.EDITED: "[yellow]≠[/]",
        Verdict.UNRELATED: "[red]✗[/]",
    }[comparison.verdict]
    context.say(f"{sign} {escape(comparison.sentence)}")
    for each, ours, theirs in zip(
        comparison.differences, found.words, found.their_words, strict=True
    ):
        context.say(f"  {_SIGNS[each.kind]} {_where(each)}  {escape(str(each))}{_sure(each)}")
        if ours:
            context.say(f"      [dim]ours:[/] {escape(ours)}")
        if theirs:
            context.say(f"      [dim]theirs:[/] {escape(theirs)}")
    for note in comparison.notes():
        context.say(f"  [dim]{escape(note)}[/]")


def _where(each: Difference) -> str:
    if each.length_s < 0.05:
        return exact_clock(each.from_s)
    return f"{exact_clock(each.from_s)} to {exact_clock(each.to_s)}"


def _sure(each: Difference) -> str:
    if each.loose_s >= 0.5:
        return f" [dim](its place is open by {each.loose_s:.1f} s)[/]"
    return "" if each.is_certain or each.kind is Kind.GAP else " [dim](likely)[/]"


@click.command("complete")
@click.argument("session")
@click.option("--from", "other", metavar="OTHER", help="A file, ID, ID:TRACK or address.")
@click.option(
    "--wait", is_flag=True, help="Wait for the replay on the session's page, or on OTHER."
)
@click.option("--track", default="a", show_default=True, help="Whose gaps.")
@click.option("--undo", is_flag=True, help="Take away again what was filled in.")
@json_option
@pass_context
def complete_command(
    context: Context, session: str, other: str | None, track: str, *, wait: bool, undo: bool
) -> None:
    """Fill SESSION's gaps from another recording of the same event.

    What fills them becomes a track of its own; nothing of ours is touched. With --wait the page
    that the session was recorded from is asked, once a minute and later every five minutes, until
    it has the replay.
    """
    if undo == (wait or other is not None):
        raise click.UsageError(
            f"Say --from OTHER, --wait, or --undo.{_of_itself(context, session)}"
        )
    folder = context.archive.find(session)
    if undo:
        letters = completing.undo(folder)
        if context.as_json:
            context.answer({"withdrawn": letters})
        context.say(f"[green]✓[/] Taken away: track {', '.join(letters)}. Our own is as it was.")
        return
    with progress(context, "Comparing") as tell:
        done = _done(context, folder, other, track, tell, wait=wait)
    if context.as_json:
        context.answer(_completion_json(done))
    else:
        _show_completion(context, done)
    sys.exit(0 if done.track else _NOTHING_FOUND)


def _of_itself(context: Context, session: str) -> str:
    """How a session whose tracks lie side by side is completed by another one of these."""
    beside = track_beside(context.archive.find(session))
    return f" It has tracks side by side: --from {beside}" if beside else ""


def _done(
    context: Context,
    folder: SessionFolder,
    other: str | None,
    track: str,
    tell: Callable[[float], None],
    *,
    wait: bool,
) -> Completion:
    if not wait:
        assert other is not None
        return complete_session(context.archive, folder, other, track=track, on_progress=tell)

    def say(waiting: Waiting) -> None:
        if not context.as_json:
            again = f"Asking again in {waiting.next_try_s / 60:.0f} min."
            context.say(f"  [dim]{escape(waiting.why)} {again}[/]")

    return complete_from_replay(
        context.archive, folder, track=track, page=other or "", on_wait=say, on_progress=tell
    )


def _completion_json(done: Completion) -> dict[str, object]:
    return {
        "track": done.track,
        "other": done.name,
        "verdict": str(done.comparison.verdict),
        "gaps_left": done.left,
        "gaps_left_s": round(done.left_s, 3),
        "fills": [
            {
                "from_s": fill.from_s,
                "to_s": fill.to_s,
                "misfit_s": round(fill.misfit_s or 0.0, 3),
                "detail": fill.detail,
            }
            for fill in done.fills
        ],
        "lacking": [{"from_s": gap.from_s, "to_s": gap.to_s} for gap in done.lacking],
    }


def _show_completion(context: Context, done: Completion) -> None:
    if done.comparison.verdict is Verdict.UNRELATED:
        context.say(f"[red]✗[/] {escape(done.comparison.sentence)} Nothing was filled.")
    for fill in done.fills:
        context.say(
            f"  [green]✓[/] {exact_clock(fill.from_s)} to {exact_clock(fill.to_s)} from"
            f" {escape(done.name)} {escape(fill.detail)}"
        )
    for gap in done.lacking:
        context.say(
            f"  [yellow]▨[/] {exact_clock(gap.from_s)} to {exact_clock(gap.to_s)}:"
            f" {escape(done.name)} lacks it too."
        )
    is_open = done.left > len(done.lacking)
    if is_open and not done.fills and done.comparison.verdict is not Verdict.UNRELATED:
        context.say(
            f"  [yellow]▨[/] What of {escape(done.name)} belongs there can't be told:"
            " beside the gap the two are not surely the same."
        )
    if done.left:
        left = f"{counted(done.left, 'gap')} left, {done.left_s:.1f} s in all"
        context.say(f"  [yellow]▨[/] {left}.")
    if done.track:
        context.say(
            f"[green]✓[/] Filled in as track {done.track}. 'aircheck complete ID --undo' takes it"
            " away again, 'aircheck transcribe ID' gives it its text."
        )
