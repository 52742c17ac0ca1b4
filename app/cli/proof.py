"""split, export, verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.cli.context import Context, Duration, escape, exact_clock, json_option, pass_context
from recorder import export, split, verify
from recorder.types import Seconds

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
    files = split.split(folder, pieces, out, fmt=split.PieceFormat(fmt))
    if context.as_json:
        context.answer({"files": [str(file) for file in files]})
    else:
        context.say(f"[green]✓[/] {len(files)} files in {escape(str(out))}")


@click.command("export")
@click.argument("session")
@click.option("--as", "kind", type=click.Choice(["unedited", "captions"]), required=True)
@click.option(
    "--format", "fmt", type=click.Choice(["srt", "vtt", "txt", "json"]), help="Of captions."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to put it in, or the path of the package.",
)
@json_option
@pass_context
def export_command(
    context: Context, session: str, kind: str, fmt: str | None, out: Path | None
) -> None:
    """Take SESSION out: unedited with its proof, or its transcript as captions."""
    if kind == "unedited" and fmt:
        raise click.UsageError("--format goes with --as captions; unedited audio stays as it is.")
    folder = context.archive.find(session)
    if kind == "unedited":
        files = export.unedited(folder, out or Path.cwd())
    else:
        from transcribe import captions  # noqa: PLC0415 (the package needs no transcript)

        files = captions.export(folder, out or Path.cwd(), fmt=fmt or "srt")
    if context.as_json:
        context.answer({"files": [str(file) for file in files]})
    else:
        for file in files:
            context.say(f"[green]✓[/] {escape(str(file))}")


@click.command("verify")
@click.argument("path")
@json_option
@pass_context
def verify_command(context: Context, path: str) -> None:
    """Check a package, or a session by its folder or id: what holds, and what doesn't."""
    place = Path(path)
    report = verify.verify(place if place.exists() else context.archive.find(path).path)
    if context.as_json:
        context.answer(
            {
                "ok": report.ok,
                "problems": [
                    {"file": p.file, "what": p.what, "from_s": p.from_s, "to_s": p.to_s}
                    for p in report.problems
                ],
            }
        )
    else:
        for sentence in report.what_holds:
            context.say(f"  [green]✓[/] {escape(sentence)}")
        for problem in report.problems:
            context.say(
                f"  [red]✗[/] {escape(problem.file)}: {escape(problem.what)}{_where(problem)}"
            )
        verdict = "[green]✓ It holds.[/]" if report.ok else "[red]✗ It does not hold.[/]"
        context.say(verdict)
    sys.exit(0 if report.ok else _FAILED_VERIFICATION)


def _where(problem: verify.Problem) -> str:
    if problem.from_s is None or problem.to_s is None:
        return ""
    return f" ({exact_clock(problem.from_s)} to {exact_clock(problem.to_s)})"
