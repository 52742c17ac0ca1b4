"""split, labels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from app import publishing
from app.cli.bar import progress
from app.cli.context import (
    Context,
    Duration,
    NamedPath,
    counted,
    escape,
    exact_clock,
    json_option,
    pass_context,
)
from app.cli.labelled import say_labels
from recorder import labels, naming, split
from recorder.archive import SessionFolder
from recorder.cuts import LEAST_SILENCE_S, SILENCE_DBFS, Piece
from recorder.encode import Format
from recorder.labels import Labels
from recorder.split import By, Wish
from recorder.types import Seconds
from transcribe import labelling

_POWERS = ("", "k", "m", "g")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]?)(i?)b?", re.IGNORECASE)


class Size(click.ParamType[int]):
    """A click parameter of bytes: 25MB, 8MiB, 500000."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or say what one looks like."""
        found = _SIZE.fullmatch(str(value).strip())
        if not found or not float(found[1]):
            self.fail(f"{value!r} is not a size; write 25MB, 8MiB or 500000.", param, ctx)
        base = 1_024 if found[3] else 1_000
        return int(float(found[1]) * base ** _POWERS.index(found[2].lower()))


# --- split --------------------------------------------------------------------------------------


@click.command("split")
@click.argument("session")
@click.option(
    "--by", type=click.Choice([str(each) for each in By]), default="silence", show_default=True
)
@click.option("--length", "length_s", type=Duration(), help="Of a piece, for --by length.")
@click.option("--size", type=Size(), help="That no piece may pass, for --by size: 25MB.")
@click.option("--silence", "least_s", type=Duration(), help="The shortest that is cut; 1 s.")
@click.option("--below", "below_dbfs", type=click.FloatRange(-119, 0), help="What is silence; -45.")
@click.option(
    "--format",
    "fmt",
    type=click.Choice([str(each) for each in Format]),
    default="flac",
    show_default=True,
)
@click.option(
    "--exact", is_flag=True, help="Cut to the sample, where packets could be copied instead."
)
@click.option("--track", default="a", show_default=True)
@click.option("--dry-run", is_flag=True, help="Show the pieces; write nothing.")
@click.option("--out", type=NamedPath(), help="Folder for the pieces.")
@json_option
@pass_context
def split_command(
    context: Context,
    session: str,
    by: str,
    length_s: Seconds | None,
    size: int | None,
    fmt: str,
    out: Path | None,
    *,
    least_s: Seconds | None,
    below_dbfs: float | None,
    exact: bool,
    track: str,
    dry_run: bool,
) -> None:
    """Cut SESSION into files: at silences, markers, labels, into equal lengths, or by size.

    All of it is in them, and nothing twice. Lossy audio whose format stays is copied packet by
    packet; all else is cut to the sample.
    """
    _check_split(By(by), length_s, size, is_silence=(least_s, below_dbfs) != (None, None))
    wish = Wish(
        by=By(by),
        fmt=Format(fmt),
        exact=exact,
        track=track,
        length_s=length_s,
        size=size,
        least_s=LEAST_SILENCE_S if least_s is None else least_s,
        below_dbfs=SILENCE_DBFS if below_dbfs is None else below_dbfs,
    )
    folder = context.archive.find(session)
    if wish.by is By.LABELS:
        _labelled(context, folder)
    pieces = split.plan(folder, wish)
    is_copied = split.is_copied(folder.timeline(), wish)
    files: list[Path] = []
    if not dry_run:
        out = out or Path.cwd() / naming.exported(folder.path.name, by)
        warn = context.warner(folder)
        with progress(context, "splitting") as tell:
            files = publishing.pieces(folder, pieces, out, wish, on_progress=tell, warn=warn)
    if context.as_json:
        context.answer(
            {
                "files": [str(file) for file in files],
                "pieces": [{"from_s": piece.from_s, "to_s": piece.to_s} for piece in pieces],
                "packets_copied": is_copied,
            }
        )
        return
    _say_pieces(context, pieces)
    if dry_run:
        context.say(f"{counted(len(pieces), 'piece')}; nothing was written.")
    else:
        context.say(f"[green]✓[/] {counted(len(files), 'file')} in {escape(str(out))}")
    how = (
        "Packets are copied, nothing is encoded again; a cut lies between two of them."
        if is_copied
        else f"Cut to the sample, and written as {wish.fmt.spoken}."
    )
    context.say(f"  [dim]{how}[/]")
    _say_gaps(context, folder)


def _check_split(by: By, length_s: Seconds | None, size: int | None, *, is_silence: bool) -> None:
    if (by is By.LENGTH) != (length_s is not None):
        raise click.UsageError("--by length and --length go together, as in --length 10m.")
    if (by is By.SIZE) != (size is not None):
        raise click.UsageError("--by size and --size go together, as in --size 25MB.")
    if is_silence and by not in (By.SILENCE, By.SIZE):
        raise click.UsageError("--silence and --below go with --by silence and --by size.")


def _say_pieces(context: Context, pieces: list[Piece]) -> None:
    for number, piece in enumerate(pieces, 1):
        context.say(
            f"  {number:3}  {exact_clock(piece.from_s)} to {exact_clock(piece.to_s)}"
            f"  [dim]{exact_clock(piece.to_s - piece.from_s)}[/]"
        )


def _say_gaps(context: Context, folder: SessionFolder) -> None:
    gaps = folder.timeline().gaps
    if gaps:
        lost_s = sum(gap.to_s - gap.from_s for gap in gaps)
        context.say(
            f"[yellow]![/] Without {counted(len(gaps), 'gap')}, {lost_s:.1f} s in all: "
            "the files are shorter by that than the times above."
        )


# --- labels -------------------------------------------------------------------------------------


@click.command("labels")
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@json_option
@pass_context
def labels_command(context: Context, sessions: tuple[str, ...]) -> None:
    """Find what is speech, music and silence in each SESSION, and where the talk starts.

    They are kept beside the audio, and change nothing of it.
    """
    told = []
    for folder in [context.archive.find(name) for name in sessions]:
        found = _labelled(context, folder)
        told.append(
            {
                "session": folder.id,
                "labels": labels.as_json(found),
                "talk_starts_s": found.talk_starts_s,
            }
        )
        if len(sessions) > 1:
            context.say(f"[bold]{escape(folder.info().title)}[/]")
        say_labels(context, found)
    if context.as_json:
        context.answer({"sessions": told} if len(told) > 1 else told[0])


def _labelled(context: Context, folder: SessionFolder) -> Labels:
    with progress(context, "listening") as tell:
        return labelling.label(folder, on_progress=tell)
