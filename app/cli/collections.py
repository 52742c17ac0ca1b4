"""collections: sessions under a name, as the window's library shows them."""

from __future__ import annotations

import sys

import click

from app import shelf
from app.cli.context import Context, counted, escape, json_option, pass_context
from app.shelf import Collection
from recorder.archive import Summary
from recorder.types import SessionId
from transcribe import transcript


@click.group("collections", invoke_without_command=True)
@json_option
@click.pass_context
def collections_command(ctx: click.Context) -> None:
    """List the collections, or change one: lists of sessions, and filters with a name."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Context))


@collections_command.command("list")
@json_option
@pass_context
def _list_command(context: Context) -> None:
    """List the collections."""
    _list(context)


def _list(context: Context) -> None:
    found = shelf.collections(context.archive.root)
    if context.as_json:
        context.answer({"collections": [shelf.to_json(each) for each in found]})
    for each in found:
        held = "a filter" if each.filter else counted(len(each.sessions), "session")
        context.say(f"[bold]{escape(each.name)}[/]  [dim]{held}[/]")
    if not found:
        context.say("No collection yet. 'aircheck collections add NAME SESSION…' makes one.")


@collections_command.command("show")
@click.argument("name")
@json_option
@pass_context
def _show_command(context: Context, name: str) -> None:
    """List the sessions that a collection holds now, newest first."""
    found = shelf.find(context.archive.root, name)
    held = _summaries(context, found)
    if context.as_json:
        sessions = [{"id": each.id, "title": each.title} for each in held]
        context.answer({"name": found.name, "sessions": sessions})
    for each in held:
        context.say(f"[dim]{each.id[-8:]}[/]  {escape(each.title)}")
    if not held:
        context.say(f"'{escape(found.name)}' holds no session of this archive now.")
        sys.exit(3)


def _summaries(context: Context, collection: Collection) -> list[Summary]:
    """The sessions of the archive that belong to it."""
    held = []
    for folder in context.archive.folders():
        if collection.filter is None and folder.id not in collection.sessions:
            continue
        summary = folder.summary()
        if collection.holds(summary, transcribed=bool(transcript.stored(folder))):
            held.append(summary)
    return held


@collections_command.command("add")
@click.argument("name")
@click.argument("sessions", nargs=-1, required=True)
@json_option
@pass_context
def _add_command(context: Context, name: str, sessions: tuple[str, ...]) -> None:
    """Put SESSIONS into the collection NAME, which is made if need be."""
    found = shelf.put(context.archive.root, name, _ids(context, sessions))
    _say_held(context, found)


@collections_command.command("remove")
@click.argument("name")
@click.argument("sessions", nargs=-1)
@json_option
@pass_context
def _remove_command(context: Context, name: str, sessions: tuple[str, ...]) -> None:
    """Take SESSIONS out of the collection NAME; without any, forget the collection.

    The sessions themselves stay in the archive.
    """
    if sessions:
        _say_held(context, shelf.take_out(context.archive.root, name, _ids(context, sessions)))
        return
    shelf.remove(context.archive.root, name)
    if context.as_json:
        context.answer({"removed": name})
    context.say(f"[green]✓[/] '{escape(name)}' is no collection any more.")


def _ids(context: Context, sessions: tuple[str, ...]) -> list[SessionId]:
    return [context.archive.find(name).id for name in sessions]


def _say_held(context: Context, collection: Collection) -> None:
    if context.as_json:
        context.answer(shelf.to_json(collection))
    held = counted(len(collection.sessions), "session")
    context.say(f"[green]✓[/] '{escape(collection.name)}' holds {held}.")
