"""split, export, verify, key, edit."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from app import editing, publishing
from app.cli.context import (
    Context,
    NamedPath,
    escape,
    exact_clock,
    json_option,
    pass_context,
)
from recorder import bag, proof, verify
from recorder.errors import AircheckError, SessionNotFound
from recorder.sign import PublicKey, read_public

_FAILED_VERIFICATION = 4
_NAME_ONE = "Name a package, a session's folder or id, or a file with its proof beside it."


@click.command("verify")
@click.argument("path")
@click.option(
    "--against",
    metavar="PATH|ID",
    help="The session or package that a single file comes from; the archive's unless told.",
)
@click.option("--signer", metavar="FILE", help="Whose signature it must be: .pub, allowed_signers.")
@json_option
@pass_context
def verify_command(context: Context, path: str, against: str | None, signer: str | None) -> None:
    """Check a package, a session (its folder or id), a web page's folder, or a file with its proof.

    Says what holds, and what doesn't; ends with status 4 if anything doesn't, and with 1 where
    nothing is there to check it by.
    """
    if not path:
        raise click.UsageError(f"PATH is empty. {_NAME_ONE}")
    place = Path(path)
    if not place.exists() and not proof.beside(place).exists():
        place = _session(context, path)
    by = _public_key(signer) if signer else None
    report = verify.verify(place, against=lambda session: _origin(context, against, session), by=by)
    if context.as_json:
        context.answer(_report_json(report))
    else:
        _say_report(context, report)
    if not report.was_checked:
        sys.exit(AircheckError.exit_status)
    sys.exit(0 if report.ok else _FAILED_VERIFICATION)


def _session(context: Context, name: str) -> Path:
    """The folder of a session that is named.

    Raises:
        SessionNotFound: It isn't there, nor a file or folder of that name.
    """
    try:
        return context.archive.find(name).path
    except SessionNotFound as error:
        if os.sep not in name:
            raise
        raise SessionNotFound(
            f"There is nothing at {name}.",
            hint=_NAME_ONE,
        ) from error


def _origin(context: Context, against: str | None, session: str) -> Path | None:
    """The folder that holds a session's journal: as told, or in the archive, if it is there."""
    try:
        if against is None:
            return context.archive.find(session).path
        place = Path(against)
        if not place.exists():
            return context.archive.find(against).path
    except SessionNotFound:
        if against is None:
            return None
        raise
    return place / bag.PAYLOAD if bag.is_bag(place) else place


def _public_key(name: str) -> PublicKey:
    try:
        return read_public(Path(name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{name} can't be read as a public key ({error}).") from error


def _report_json(report: verify.Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "checked": report.was_checked,
        "problems": [
            {"file": p.file, "what": p.what, "from_s": p.from_s, "to_s": p.to_s}
            for p in report.problems
        ],
        "holds": list(report.what_holds),
        "signer": report.signer.fingerprint if report.signer else None,
    }


def _say_report(context: Context, report: verify.Report) -> None:
    for sentence in report.what_holds:
        context.say(f"  [green]✓[/] {escape(sentence)}")
    if report.signer and report.signer == publishing.own_key():
        context.say("  [green]✓[/] That key is your own.")
    if not report.was_checked:
        for problem in report.problems:
            context.say(f"[yellow]![/] {escape(problem.file)} {escape(problem.what)}.")
        return
    for problem in report.problems:
        context.say(f"  [red]✗[/] {escape(problem.file)}: {escape(problem.what)}{_where(problem)}")
    context.say("[green]✓ It holds.[/]" if report.ok else "[red]✗ It does not hold.[/]")


def _where(problem: verify.Problem) -> str:
    if problem.from_s is None or problem.to_s is None:
        return ""
    return f" ({exact_clock(problem.from_s)} to {exact_clock(problem.to_s)})"


@click.command("key")
@json_option
@pass_context
def key_command(context: Context) -> None:
    """Show the public key that signs what you export; make it if there is none.

    Publish it where people know you: it tells your archive's exports from others'.
    """
    key = publishing.signer().public
    if context.as_json:
        context.answer({"public_key": str(key), "fingerprint": key.fingerprint})
    else:
        context.say(f"{key}\n[dim]{key.fingerprint}[/]")


@click.command("edit")
@click.argument("session")
@click.option("--title")
@click.option("--host", help="Who speaks.")
@click.option("--description", help="What it is about.")
@click.option("--rights", help="Whose it is and what others may do with it.")
@click.option("--consent", help="Who agreed to being recorded and published, and how.")
@click.option("--notes", help="For yourself; never published.")
@click.option("--tag", "tags", multiple=True, help="May be repeated; replaces all tags.")
@click.option("--cover", type=NamedPath(is_file=True), help="A JPEG or PNG.")
@click.option("--no-cover", is_flag=True, help="Take the cover away.")
@json_option
@pass_context
def edit_command(
    context: Context,
    session: str,
    *,
    title: str | None,
    host: str | None,
    description: str | None,
    rights: str | None,
    consent: str | None,
    notes: str | None,
    tags: tuple[str, ...],
    cover: Path | None,
    no_cover: bool,
) -> None:
    """Change what SESSION says of itself; the evidence stays.

    An empty text takes it away, but the title, which every session has.
    """
    changes = editing.Changes(
        title=title,
        host=host,
        description=description,
        rights=rights,
        consent=consent,
        notes=notes,
        tags=tags or None,
        cover=cover,
        no_cover=no_cover,
    )
    if changes == editing.Changes():
        raise click.UsageError("Say what to change, as in --title 'A talk'.")
    if cover and no_cover:
        raise click.UsageError("--cover and --no-cover don't go together.")
    info = editing.edit(context.archive.find(session), changes)
    facts = {"title": info.title, **editing.facts(info)}
    if context.as_json:
        context.answer({"id": info.id, **facts})
    else:
        for name, value in facts.items():
            text = ", ".join(value) if isinstance(value, list) else str(value)
            if text:
                context.say(f"  [dim]{name:<12}[/] {escape(text)}")
