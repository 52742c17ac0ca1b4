"""split, export, verify, key, edit."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import Any

import click

from app import editing, publishing
from app.cli.context import (
    Context,
    Duration,
    Moment,
    counted,
    escape,
    exact_clock,
    json_option,
    pass_context,
)
from recorder import bag, proof, split, verify
from recorder.encode import Format
from recorder.errors import SessionNotFound
from recorder.pieces import Gaps
from recorder.sign import PublicKey, read_public
from recorder.types import Seconds
from transcribe import captions, writing

_FAILED_VERIFICATION = 4


@click.command("split")
@click.argument("session")
@click.option("--by", type=click.Choice(["silence", "length"]), default="silence")
@click.option("--length", "length_s", type=Duration(), help="Of a piece, for --by length.")
@click.option("--format", "fmt", type=click.Choice(["wav", "flac", "mp3"]), default="flac")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the pieces.")
@json_option
@pass_context
def split_command(
    context: Context, session: str, by: str, length_s: Seconds | None, fmt: str, out: Path | None
) -> None:
    """Cut SESSION into files at silences, or into equal lengths."""
    if by == "length" and length_s is None:
        raise click.UsageError("--by length needs --length, as in --length 10m.")
    if by == "silence" and length_s is not None:
        raise click.UsageError("--length goes with --by length.")
    folder = context.archive.find(session)
    out = out or Path.cwd() / f"{folder.path.name}-{by}"
    pieces = split.plan(folder, split.By(by), length_s=length_s)
    for piece in pieces:
        context.say(f"  {exact_clock(piece.from_s)} to {exact_clock(piece.to_s)}")
    files = split.split(folder, pieces, out, fmt=Format(fmt))
    if context.as_json:
        context.answer({"files": [str(file) for file in files]})
    else:
        context.say(f"[green]✓[/] {counted(len(files), 'file')} in {escape(str(out))}")
        gaps = folder.timeline().gaps
        if gaps:
            lost_s = sum(gap.to_s - gap.from_s for gap in gaps)
            context.say(
                f"[yellow]![/] {counted(len(gaps), 'gap')}, {lost_s:.1f} s in all, are not in "
                "them: the files are shorter by that than the times above."
            )


@click.command("export")
@click.argument("session")
@click.option("--as", "kind", type=click.Choice(["unedited", "captions", "page"]), required=True)
@click.option("--from", "from_s", type=Moment(), help="Only from here: a clip, or its captions.")
@click.option("--to", "to_s", type=Moment(), help="Only to here.")
@click.option(
    "--gaps",
    type=click.Choice(["cut", "keep"]),
    help="What becomes of gaps in the audio: cut out, or kept as silence that is inserted.",
)
@click.option(
    "--completed",
    is_flag=True,
    help="With audio in which another recording fills the gaps; unedited stays ours alone.",
)
@click.option("--format", "fmt", type=click.Choice(list(writing.WRITERS)), help="Of captions; srt.")
@click.option("--wall-clock", is_flag=True, help="Of captions but SRT: the time of day, in UTC.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to put it in, or the path of the package or page.",
)
@json_option
@pass_context
def export_command(
    context: Context,
    session: str,
    kind: str,
    from_s: Seconds | None,
    to_s: Seconds | None,
    gaps: str | None,
    fmt: str | None,
    out: Path | None,
    *,
    wall_clock: bool,
    completed: bool,
) -> None:
    """Take SESSION out: unedited with its proof, as a web page, or its transcript as captions.

    With --from or --to it is a clip: a file of its own, packets copied, with its proof beside it.
    """
    is_clip = from_s is not None or to_s is not None
    if fmt and kind != "captions":
        raise click.UsageError("--format goes with --as captions; unedited audio stays as it is.")
    if gaps and kind == "captions":
        raise click.UsageError("--gaps goes with audio, not with captions.")
    if is_clip and kind == "page":
        raise click.UsageError("--from and --to go with --as unedited and --as captions.")
    if is_clip and (from_s or 0.0) >= (math.inf if to_s is None else to_s):
        raise click.UsageError("--to must lie behind --from.")
    _require_whole(is_wanted=completed, is_whole=kind == "unedited" and not is_clip)
    folder, place = context.archive.find(session), out or Path.cwd()
    kept = Gaps(gaps or Gaps.CUT)
    if kind == "captions":
        files = captions.export(
            folder,
            place,
            fmt=fmt or _format_of(place),
            from_s=from_s or 0.0,
            to_s=to_s,
            wall_clock=wall_clock,
        )
    elif kind == "page":
        files = publishing.publish_page(folder, place, gaps=kept)
    elif is_clip:
        end_s = folder.timeline().duration_s if to_s is None else to_s
        files = publishing.clip(folder, place, from_s=from_s or 0.0, to_s=end_s, gaps=kept)
    else:
        files = publishing.unedited(
            folder,
            place,
            gaps=kept,
            completed=completed,
            on_file=lambda file: _say_ready(context, file),
        )
    if context.as_json:
        context.answer({"files": [str(file) for file in files]})
    else:
        for file in files:
            context.say(f"[green]✓[/] {escape(str(file))}")


def _require_whole(*, is_wanted: bool, is_whole: bool) -> None:
    if is_wanted and not is_whole:
        raise click.UsageError("--completed goes with the whole of --as unedited.")


def _format_of(out: Path) -> str:
    """What captions a path's name asks for; SRT where it asks for none."""
    asked = out.suffix.lower().removeprefix(".")
    return asked if asked in captions.WRITERS else "srt"


def _say_ready(context: Context, file: Path) -> None:
    """The audio itself can be heard before the package around it is whole."""
    if file.stem.startswith("unedited") and file.suffix not in (".vtt", ".json", ".sig"):
        context.say(f"  [dim]audio ready: {escape(file.name)}[/]")


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
    """Check a package, a session (its folder or id), or a file with its proof beside it.

    Says what holds, and what doesn't; ends with status 4 if anything doesn't.
    """
    place = Path(path)
    if not place.exists() and not proof.beside(place).exists():
        place = _session(context, path)
    by = _public_key(signer) if signer else None
    report = verify.verify(place, against=lambda session: _origin(context, against, session), by=by)
    if context.as_json:
        context.answer(_report_json(report))
    else:
        _say_report(context, report)
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
            hint="Name a package, a session's folder or id, or a file with its proof beside it.",
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
@click.option("--cover", type=click.Path(path_type=Path), help="A JPEG or PNG.")
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
    """Change what SESSION says of itself; an empty text takes it away. The evidence stays."""
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
    facts = {
        "title": info.title,
        "host": info.host,
        "description": info.description,
        "rights": info.rights,
        "consent": info.consent,
        "notes": info.notes,
        "tags": list(info.tags),
        "cover": info.cover,
    }
    if context.as_json:
        context.answer({"id": info.id, **facts})
    else:
        for name, value in facts.items():
            text = ", ".join(value) if isinstance(value, list) else str(value)
            if text:
                context.say(f"  [dim]{name:<12}[/] {escape(text)}")
