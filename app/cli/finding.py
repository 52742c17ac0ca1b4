"""search, searches, index."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

import click
from rich.progress import BarColumn, Progress, TextColumn

from app.cli.context import (
    Context,
    NamedPath,
    counted,
    escape,
    exact_clock,
    json_option,
    pass_context,
)
from recorder.errors import storage_error
from recorder.types import SessionId
from transcribe import index, listing, saved, search, suggest
from transcribe.database import Database
from transcribe.facets import Facets, facets
from transcribe.hits import Hit
from transcribe.listing import Wanted
from transcribe.marks import Kind
from transcribe.saved import Saved
from transcribe.search import Order

_NOTHING_FOUND = 3
_ORDERS = {"best": Order.BEST, "newest": Order.NEWEST}
_FORMATS: dict[str, Callable[[Iterator[Hit], TextIO, str], int]] = {
    "csv": lambda hits, file, _query: listing.write_csv(hits, file),
    "json": listing.write_json,
}
_NAMES = {order: name for name, order in _ORDERS.items()}


@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1)
@click.option("--from", "from_", metavar="DATE", help="Said on this day or later.")
@click.option("--to", metavar="DATE", help="Said on this day or earlier.")
@click.option("--source", help="In sessions of this source.")
@click.option("--session", metavar="ID", help="In this session alone.")
@click.option("--order", type=click.Choice(list(_ORDERS)), help="Best first, unless told.")
@click.option("--exact", is_flag=True, help="Count and rank everything, however long it takes.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000_000),
    help="Hits, at most; 20 unless told, to a file all.",
)
@click.option("--page", metavar="NAME", default="", help="The page that the last one named.")
@click.option("--flat", is_flag=True, help="Not grouped by session.")
@click.option("--context", "with_context", is_flag=True, help="With what was said around it.")
@click.option("--facets", "with_facets", is_flag=True, help="And how the hits are spread.")
@click.option("--complete", is_flag=True, help="Tell what the last word may become, and no hits.")
@click.option("--format", "format_", type=click.Choice(list(_FORMATS)), help="List all hits so.")
@click.option("--out", type=NamedPath(is_file=True), help="Into this file.")
@click.option("--save", metavar="NAME", help="Keep the search under this name.")
@click.option("--saved", "saved_name", metavar="NAME", help="Search as it was kept.")
@json_option
@pass_context
def search_command(context: Context, /, query: tuple[str, ...], **options: Any) -> None:
    """Find what was said, marked or noted: words, "a phrase", OR, -without, begin*, a NEAR b.

    And field:value: title source tag speaker lang, kind (speech, marker, note), from to after
    before on.
    """
    asked = _asked(context, " ".join(query), options)
    if options["save"]:
        saved.save(context.archive.root, asked)
        name = escape(shlex.quote(asked.name))
        context.say(f"[green]✓[/] kept: aircheck search --saved {name}")
    with contextlib.closing(_ready(context)) as db:
        if options["complete"]:
            _complete(context, db, asked.text)
        elif options["format_"]:
            _list(context, db, asked, options)
        else:
            _search(context, db, asked, options)


def _asked(context: Context, text: str, options: dict[str, Any]) -> Saved:
    """What is to be searched: as it was kept, changed by what is told now."""
    if not (text or options["saved_name"]):
        raise click.UsageError("Say what to search, or --saved NAME.")
    _require_format(options)
    kept = Saved(name="", text="")
    if options["saved_name"]:
        kept = saved.find(context.archive.root, options["saved_name"])
    session = options["session"]
    return Saved(
        name=options["save"] or kept.name,
        text=" ".join(filter(None, (kept.text, text))),
        from_=options["from_"] or kept.from_,
        to=options["to"] or kept.to,
        source=options["source"] or kept.source,
        session=context.archive.find(session).id if session else kept.session,
        order=_ORDERS[options["order"]] if options["order"] else kept.order,
    )


def _require_format(options: dict[str, Any]) -> None:
    """A file's name says what is to be in it, unless --format does."""
    out: Path | None = options["out"]
    if out is not None and not out.parent.is_dir():
        raise click.UsageError(f"There is no folder {out.parent}.")
    if out is None or options["format_"]:
        return
    suffix = out.suffix.lstrip(".").lower()
    if suffix not in _FORMATS:
        raise click.UsageError(f"'{out.name}' is neither .csv nor .json: say --format.")
    options["format_"] = suffix


def _ready(context: Context) -> Database:
    """The index, with its progress shown where it has to be made first."""
    with _progress(context) as bars:
        task = None

        def show(done: int, total: int) -> None:
            nonlocal task
            if task is None:
                task = bars.add_task("making the index", total=max(total, 1))
            bars.update(task, completed=done)

        return index.ready(context.archive, show)


def _progress(context: Context) -> Progress:
    return Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        console=context.console,
        transient=True,
        disable=context.as_json or not context.console.is_terminal,
    )


def _complete(context: Context, db: Database, text: str) -> None:
    """Words of the archive that begin as the last word does, the commonest first."""
    words = suggest.completions(db, text.rsplit(maxsplit=1)[-1] if text.split() else "")
    if context.as_json:
        context.answer({"completions": words})
    for word in words:
        context.say(escape(word))
    if not words:
        sys.exit(_NOTHING_FOUND)


def _search(context: Context, db: Database, asked: Saved, options: dict[str, Any]) -> None:
    results = _results(db, asked, options)
    spread = _facets(db, asked) if options["with_facets"] else None
    if context.as_json:
        context.answer(_results_json(results, spread))
    else:
        if options["flat"]:
            _say_flat(context, results.hits, with_context=options["with_context"])
        else:
            _say_grouped(context, results.hits, with_context=options["with_context"])
        _say_facets(context, spread)
        _say_summary(context, results)
    if not results.hits:
        _say_untranscribed(context, search.untranscribed(db))
        sys.exit(_NOTHING_FOUND)


def _results(db: Database, asked: Saved, options: dict[str, Any]) -> search.Results:
    """A page; where not even that could be filled in a moment, all of it is looked through."""
    limit = options["limit"] or 20

    def page(*, thorough: bool) -> search.Results:
        return search.search(
            db,
            asked.text,
            **_limits(asked),
            order=Order(asked.order or Order.BEST),
            thorough=thorough,
            limit=limit,
            page=options["page"],
        )

    results = page(thorough=options["exact"])
    if not results.exact and len(results.hits) < limit and not options["page"]:
        return page(thorough=True)
    return results


def _limits(asked: Saved) -> dict[str, Any]:
    return {
        "from_": asked.from_ or None,
        "to": asked.to or None,
        "source": asked.source or None,
        "session": SessionId(asked.session) if asked.session else None,
    }


def _facets(db: Database, asked: Saved) -> Facets:
    return facets(db, asked.text, **_limits(asked))


def _results_json(results: search.Results, spread: Facets | None) -> dict[str, Any]:
    values = {
        "total": results.total,
        "exact": results.exact,
        "order": str(results.order),
        "took_ms": results.took_ms,
        "hits": [listing.as_json(hit) for hit in results.hits],
        "notes": list(results.notes),
        "suggestion": results.suggestion,
        "next_page": results.next_page,
    }
    return values if spread is None else values | {"facets": asdict(spread)}


def _list(context: Context, db: Database, asked: Saved, options: dict[str, Any]) -> None:
    """All hits, newest first unless told otherwise, into a file or to the output."""
    wanted = Wanted(text=asked.text, order=Order(asked.order or Order.NEWEST), **_limits(asked))
    out: Path | None = options["out"]
    write = _FORMATS[options["format_"]]
    hits = listing.every(db, wanted, options["limit"])
    with _written(out) as file:
        count = write(hits, file, asked.text)
    if out is not None and context.as_json:
        context.answer({"files": [str(out)], "hits": count})
    elif out is not None:
        context.say(f"[green]✓[/] {counted(count, 'hit')} in {escape(str(out))}")
    if not count:
        sys.exit(_NOTHING_FOUND)


@contextlib.contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    """The output, or a file that is there whole or not at all."""
    if out is None:
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:  # a reader that went away ends nothing
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        return
    temporary = out.with_name(f".{out.name}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            yield file
        temporary.replace(out)
    except OSError as error:
        raise storage_error(error, doing=f"writing {out.name}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _say_grouped(context: Context, hits: Sequence[Hit], *, with_context: bool) -> None:
    """Hits under their sessions; sessions and hits stay in the order of the answer."""
    order = {hit.session: place for place, hit in reversed(list(enumerate(hits)))}
    together = sorted(hits, key=lambda hit: order[hit.session])
    for session, group in groupby(together, key=lambda hit: hit.session):
        of_session = list(group)
        first = of_session[0]
        date = f"{first.session_started_at.astimezone():%Y-%m-%d %H:%M}"
        context.say(
            f"[bold]{escape(first.title)}[/]  [dim]{date}  {escape(first.source)}  {session}[/]"
        )
        for hit in of_session:
            time = f"{hit.started_at.astimezone():%H:%M:%S}"
            context.say(f"  [cyan]{exact_clock(hit.start_s)}[/]  [dim]{time}[/]  {_spoken(hit)}")
            _say_context(context, hit, with_context=with_context)


def _say_flat(context: Context, hits: Sequence[Hit], *, with_context: bool) -> None:
    for hit in hits:
        time = f"{hit.started_at.astimezone():%Y-%m-%d %H:%M:%S}"
        context.say(
            f"[dim]{time}[/]  [bold]{escape(hit.title)}[/]  [cyan]{exact_clock(hit.start_s)}[/]"
            f"  {_spoken(hit)}  [dim]{hit.link}[/]"
        )
        _say_context(context, hit, with_context=with_context)


def _spoken(hit: Hit) -> str:
    """The words with who said them, or as what they were written."""
    written = hit.kind and hit.kind is not Kind.SPEECH
    by = f"[magenta]{hit.kind}[/]" if written else escape(hit.speaker)
    return (f"{by}: " if by else "") + highlighted(hit)


def _say_context(context: Context, hit: Hit, *, with_context: bool) -> None:
    if with_context:
        for sign, text in (("↑", hit.before), ("↓", hit.after), ("→", hit.link)):
            if text:
                context.say(f"      [dim]{sign} {escape(text)}[/]")


def _say_facets(context: Context, spread: Facets | None) -> None:
    if spread is None:
        return
    for name, found in (
        ("source", spread.sources),
        ("year", spread.years),
        ("speaker", spread.speakers),
        ("tag", spread.tags),
        ("language", spread.languages),
        ("kind", spread.kinds),
    ):
        if found:
            values = ", ".join(f"{escape(item.value)} [dim]{item.count:,}[/]" for item in found)
            context.say(f"[bold]{name:>8}[/]  {values}")
    if not spread.is_complete:
        context.say("[dim]          of the newest matches[/]")


def _say_summary(context: Context, results: search.Results) -> None:
    count = counted(results.total, "hit", "" if results.exact else "+")
    context.say(f"[dim]{count}, {results.order}, {results.took_ms:.1f} ms[/]")
    if results.next_page:
        context.say(f"[dim]more: --page {results.next_page}[/]")
    for note in results.notes:
        context.say(f"[yellow]![/] {escape(note)}")
    if results.suggestion:
        context.say(f"Did you mean: {escape(results.suggestion)}")


def _say_untranscribed(context: Context, count: int) -> None:
    if count:
        have = "has" if count == 1 else "have"
        context.say(f"[dim]{counted(count, 'session')} {have} no transcript yet.[/]")


def highlighted(hit: Hit) -> str:
    """A hit's snippet with rich's markup around the words that were found."""
    text, pieces, end = hit.snippet, [], 0
    for start, stop in hit.marks:
        pieces += [escape(text[end:start]), "[black on yellow]", escape(text[start:stop]), "[/]"]
        end = stop
    return "".join([*pieces, escape(text[end:])])


@click.group("searches", invoke_without_command=True)
@json_option
@click.pass_context
def searches_command(ctx: click.Context) -> None:
    """List the searches that were kept by 'search --save NAME', or remove one."""
    if ctx.invoked_subcommand is None:
        _list_searches(ctx.ensure_object(Context))


def _list_searches(context: Context) -> None:
    found = saved.searches(context.archive.root)
    if context.as_json:
        context.answer({"searches": [saved.to_json(item) for item in found]})
    for item in found:
        limits = {"from": item.from_, "to": item.to, "source": item.source, "in": item.session}
        told = "  ".join(f"{name} {value}" for name, value in limits.items() if value)
        order = _NAMES.get(Order(item.order), "") if item.order else ""
        context.say(
            f"[bold]{escape(item.name)}[/]  {escape(item.text)}  [dim]{escape(told)} {order}[/]"
        )
    if not found:
        context.say("No search is saved yet. 'aircheck search --save NAME QUERY' does it.")


@searches_command.command("list")
@json_option
@pass_context
def _searches_list_command(context: Context) -> None:
    """List the saved searches."""
    _list_searches(context)


@searches_command.command("remove")
@click.argument("name")
@json_option
@pass_context
def _searches_remove_command(context: Context, name: str) -> None:
    """Forget a saved search."""
    saved.remove(context.archive.root, name)
    if context.as_json:
        context.answer({"removed": name})
    context.say(f"[green]✓[/] '{escape(name)}' is not saved any more.")


@click.group("index")
def index_command() -> None:
    """The search index, which can be made again from the archive at any time."""


@index_command.command("rebuild")
@json_option
@pass_context
def _rebuild_command(context: Context) -> None:
    """Make the index anew from the session folders alone."""
    with _progress(context) as bars:
        task = bars.add_task("sessions", total=1.0)
        rebuilt = index.rebuild(
            context.archive,
            lambda done, total: bars.update(task, completed=done, total=max(total, 1)),
        )
    if context.as_json:
        problems = [{"folder": str(p.folder), "what": p.what} for p in rebuilt.problems]
        context.answer({"sessions": rebuilt.sessions, "problems": problems})
    else:
        is_are = "is" if rebuilt.sessions == 1 else "are"
        context.say(f"[green]✓[/] {counted(rebuilt.sessions, 'session')} {is_are} in the index.")
        for problem in rebuilt.problems:
            context.say(f"[yellow]![/] {escape(problem.folder.name)}: {escape(problem.what)}")
    sys.exit(1 if rebuilt.problems else 0)
