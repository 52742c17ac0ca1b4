"""quote, correct, speaker."""

from __future__ import annotations

import contextlib
import getpass
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.context import Context, Moment, NamedPath, escape, json_option, pass_context
from app.exporting import Order, export
from recorder.archive import SessionFolder
from recorder.types import Seconds, iso
from transcribe import captions, corrections, index, quotes, speakers, transcript
from transcribe.corrections import Edit
from transcribe.errors import TranscriptError
from transcribe.transcript import Stored


@click.command("quote")
@click.argument("session")
@click.option("--from", "from_s", type=Moment(), required=True, help="A moment of session time.")
@click.option("--to", "to_s", type=Moment(), required=True)
@click.option("--track", default="a", show_default=True)
@click.option("--language", default="", help="Where there are transcripts in several.")
@click.option(
    "--clip",
    "out",
    type=NamedPath(),
    help="Folder for the clip with its proof, its captions and the citation.",
)
@json_option
@pass_context
def quote_command(
    context: Context,
    session: str,
    from_s: Seconds,
    to_s: Seconds,
    track: str,
    language: str,
    out: Path | None,
) -> None:
    """Say what was said in a part of SESSION, with all that is needed to check it."""
    if to_s < from_s:
        raise click.UsageError("--to is a moment before --from; nothing can be quoted so.")
    folder = context.archive.find(session)
    quote = quotes.quote(folder, from_s, to_s, track=track, language=language)
    if out is not None:
        order = Order(form="file", from_s=quote.from_s, to_s=quote.to_s, has_words=True)
        _answer(context, export(folder, order, out))
        return
    if context.as_json:
        said_at = iso(quote.said_at) if quote.said_at else None
        audio = [{"file": file, "sha256": sha256} for file, sha256 in quote.audio]
        more = {"said_at": said_at, "audio": audio, "citation": quote.citation()}
        context.answer(asdict(quote) | more)
    else:
        context.say(escape(quote.citation()))


def _user() -> str:
    """Who works here; empty where the system has no name for them, as in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # the latter before Python 3.13
        return ""


@click.command("correct")
@click.argument("session")
@click.option("--at", "at_s", type=Moment(), help="A moment of the segment that is wrong.")
@click.option("--text", help="What was said; '' where nobody said anything.")
@click.option("--speaker", help="Who said it.")
@click.option("--whose", metavar="NAME", help="Who said it so far, where two speak at once.")
@click.option("--file", type=NamedPath(is_file=True), help="All of it, as SRT, VTT or JSON.")
@click.option("--restore", metavar="VERSION", help="The text of a version that 'show' lists.")
@click.option("--author", default=_user, help="Who puts it right; you, unless told.")
@click.option("--track", default="a", show_default=True)
@click.option("--language", default="", help="Where there are transcripts in several.")
@json_option
@pass_context
def correct_command(
    context: Context,
    session: str,
    at_s: Seconds | None,
    text: str | None,
    speaker: str | None,
    file: Path | None,
    author: str,
    *,
    whose: str | None,
    restore: str | None,
    track: str,
    language: str,
) -> None:
    """Put the transcript of SESSION right: a segment of it, or all of it from a file.

    It becomes a new version; no later transcription takes its place, and no version goes.
    """
    folder = context.archive.find(session)
    is_edit = at_s is not None and (text, speaker) != (None, None)
    if [is_edit, file is not None, restore is not None].count(True) != 1:
        raise click.UsageError("Give --at with --text or --speaker, or --file, or --restore.")
    if not author.strip():
        raise click.UsageError("Say who puts it right, as in --author 'Ada'.")
    if file is not None:
        corrected = captions.read(file)
        path = corrections.replace_all(
            folder, corrected, author=author, track=track, language=language
        )
    elif restore is not None:
        path = corrections.restore(folder, _version(folder, restore), author=author)
    else:
        edit = Edit(at_s=at_s or Seconds(0), text=text, speaker=speaker, whose=whose)
        path = corrections.correct(folder, [edit], author=author, track=track, language=language)
    _found(context, [path])


def _version(folder: SessionFolder, name: str) -> Stored:
    """The version that is called so, as ``a-base-en-1`` or by its file.

    Raises:
        TranscriptError: There is none.
    """
    for item in transcript.stored(folder):
        if Path(name).name in (item.path.name, item.path.stem):
            return item
    raise TranscriptError(
        f"{folder.path.name} has no version called {name!r}.",
        safe="Nothing was changed.",
        hint=f"'aircheck show {folder.id}' lists them.",
    )


@click.command("speaker")
@click.argument("session")
@click.argument("who")
@click.argument("name")
@json_option
@pass_context
def speaker_command(context: Context, session: str, who: str, name: str) -> None:
    """Say whose voice WHO is in SESSION: a track as 'a', or a voice in one as 'a:1'.

    The NAME stays for later transcripts; '' takes it away.
    """
    _found(context, speakers.name(context.archive.find(session), who, name))


def _found(context: Context, written: list[Path]) -> None:
    """Make it searchable, and say what was written."""
    with contextlib.closing(index.ready(context.archive)):
        pass
    _answer(context, written)


def _answer(context: Context, written: list[Path]) -> None:
    """Say what was written."""
    if context.as_json:
        context.answer({"files": [str(path) for path in written]})
    else:
        for path in written:
            context.say(f"[green]✓[/] {escape(str(path))}")
        if not written:
            context.say("[green]✓[/] It is kept for the transcripts to come.")
