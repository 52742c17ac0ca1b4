"""export: unedited with its proof, or edited and labelled so; a page; captions."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from app import publishing
from app.cli.bar import progress
from app.cli.context import (
    Context,
    Duration,
    Moment,
    NamedPath,
    escape,
    json_option,
    pass_context,
    track_beside,
)
from recorder import convert, naming
from recorder.archive import SessionFolder
from recorder.convert import NAME, Naming, Recipe
from recorder.encode import Format
from recorder.errors import AircheckError, storage_error
from recorder.pieces import Gaps
from recorder.types import Seconds
from transcribe import captions, writing

_LOUDEST_LUFS, _QUIETEST_LUFS = -5.0, -50.0
_AUDIO = tuple(str(fmt) for fmt in Format)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What `export` is asked to do to audio; nothing unless told."""

    fmt: Format | None = None
    fade_s: float | None = None
    fade_in_s: float | None = None
    fade_out_s: float | None = None
    loudness_lufs: float | None = None
    channels: int | None = None
    rate_hz: int | None = None
    bitrate_kbps: int | None = None
    track: str | None = None
    name: str | None = None
    ascii_only: bool = False
    chapters_json: bool = False

    def recipe(self, from_s: float | None, to_s: float | None, gaps: Gaps) -> Recipe:
        """What they make of a stretch.

        Raises:
            click.UsageError: They don't go together.
        """
        try:
            return Recipe(
                fmt=self.fmt or Format.MP3,
                track=self.track or "a",
                from_s=from_s or 0.0,
                to_s=to_s,
                fade_in_s=_first(self.fade_in_s, self.fade_s),
                fade_out_s=_first(self.fade_out_s, self.fade_s),
                loudness_lufs=self.loudness_lufs,
                channels=self.channels,
                rate_hz=self.rate_hz,
                bitrate_kbps=self.bitrate_kbps,
                gaps=gaps,
            )
        except ValueError as error:
            raise click.UsageError(f"That can't be done: {error}.") from error

    def naming(self) -> Naming:
        """How files are called.

        Raises:
            click.UsageError: The template asks for what isn't there.
        """
        return Naming(template=self.name or NAME, ascii_only=self.ascii_only)


def _first(*values: float | None) -> float:
    return next((value for value in values if value is not None), 0.0)


def edit_options(command: Any) -> Any:
    """The options of `Edits`, for ``export``."""
    options = [
        click.option("--fade", "fade_s", type=Duration(), help="Edited: in and out, 30 s at most."),
        click.option("--fade-in", "fade_in_s", type=Duration(), help="Edited: only in, or longer."),
        click.option("--fade-out", "fade_out_s", type=Duration(), help="Edited: only out."),
        click.option(
            "--loudness",
            "loudness_lufs",
            type=click.FloatRange(_QUIETEST_LUFS, _LOUDEST_LUFS),
            help="Edited: LUFS after EBU R128; -23 for broadcast, -16 for podcasts.",
        ),
        click.option("--mono", is_flag=True, help="Edited: one channel."),
        click.option("--stereo", is_flag=True, help="Edited: two channels."),
        click.option(
            "--rate", "rate_hz", type=click.IntRange(8_000, 192_000), help="Edited: in Hz."
        ),
        click.option(
            "--bitrate",
            "bitrate_kbps",
            type=click.IntRange(8, 510),
            help="Edited: kb/s of MP3, M4A, Opus or Ogg.",
        ),
        click.option("--track", help="Edited: which of several; a."),
        click.option(
            "--name",
            help="Edited: the file's, as in '{date} {title}{range}'; also {host}, {time}, {id},"
            " {session}, {track}, {from}, {to}.",
        ),
        click.option("--ascii", "ascii_only", is_flag=True, help="Edited: a name in ASCII alone."),
        click.option(
            "--chapters-json",
            is_flag=True,
            help="Edited: with the markers beside it, as Podcasting 2.0 chapters.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What ``export`` is asked for.

    Attributes:
        kind: What it is to be; a clip is unedited unless there are edits.
        to_s: None is the session's end.
        text_format: Of captions.
        edits: None where there are none.
    """

    kind: str
    from_s: Seconds | None
    to_s: Seconds | None
    gaps: Gaps | None
    text_format: str | None
    wall_clock: bool
    completed: bool
    edits: Edits | None

    @property
    def is_range(self) -> bool:
        """Whether it is a part of the session."""
        return self.from_s is not None or self.to_s is not None

    @property
    def is_edited(self) -> bool:
        """Whether audio is made anew."""
        return self.kind == "audio" or (self.kind == "clip" and self.edits is not None)

    def check(self) -> None:
        """See that it fits together.

        Raises:
            click.UsageError: It doesn't.
        """
        if self.text_format and self.kind != "captions":
            raise click.UsageError(f"--format {self.text_format} goes with --as captions.")
        if self.edits and self.kind not in ("clip", "audio"):
            raise click.UsageError(
                "Formats, fades, loudness and the like go with --as clip and --as audio; "
                f"--as {self.kind} stays as it is."
            )
        if self.gaps and self.kind == "captions":
            raise click.UsageError("--gaps goes with audio, not with captions.")
        if self.is_range and self.kind == "page":
            raise click.UsageError("--from and --to don't go with --as page.")
        if self.kind == "clip" and not self.is_range:
            raise click.UsageError("A clip needs --from or --to; --as audio takes all of it.")
        if (self.from_s or 0.0) >= (math.inf if self.to_s is None else self.to_s):
            raise click.UsageError("--to must lie behind --from.")
        if self.completed and (self.kind != "unedited" or self.is_range):
            raise click.UsageError("--completed goes with the whole of --as unedited.")


@click.command("export")
@click.argument("sessions", nargs=-1, required=True, metavar="SESSION...")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["unedited", "clip", "audio", "captions", "page"]),
    required=True,
    help="A clip is unedited, with its proof, unless something is to be done to it.",
)
@click.option("--from", "from_s", type=Moment(), help="Only from here.")
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
@click.option(
    "--format",
    "fmt",
    type=click.Choice([*writing.WRITERS, *_AUDIO]),
    help="Of captions (srt unless told), or of edited audio (mp3).",
)
@click.option("--wall-clock", is_flag=True, help="Of captions but SRT: the time of day, in UTC.")
@edit_options
@click.option(
    "--out",
    type=NamedPath(),
    help="Folder to put it in, or the path of the package, page or audio.",
)
@json_option
@pass_context
def export_command(
    context: Context,
    /,
    sessions: tuple[str, ...],
    kind: str,
    from_s: Seconds | None,
    to_s: Seconds | None,
    gaps: str | None,
    fmt: str | None,
    out: Path | None,
    *,
    wall_clock: bool,
    completed: bool,
    mono: bool,
    stereo: bool,
    **options: Any,
) -> None:
    """Take each SESSION out: unedited with its proof, edited, as a web page, or as captions.

    --as clip with --from or --to is a file of its own, packets copied, with its proof beside it.
    With a format, a fade, a loudness and the like it is made anew, as --as audio always is; its
    tags say 'edited' then, and what was done.
    """
    if mono and stereo:
        raise click.UsageError("--mono and --stereo don't go together: choose one of them.")
    options["channels"] = 1 if mono else 2 if stereo else None
    place = out or Path.cwd()
    if _is_audio_file(place) and kind in ("clip", "audio") and len(sessions) == 1:
        options["name"] = options["name"] or place.stem.replace("{", "(").replace("}", ")")
        fmt, place = fmt or place.suffix[1:].lower(), place.parent
    edits = Edits(fmt=Format(fmt) if fmt in _AUDIO else None, **options)
    asked = _Asked(
        kind=kind,
        from_s=from_s,
        to_s=to_s,
        gaps=Gaps(gaps) if gaps else None,
        text_format=None if fmt in _AUDIO else fmt,
        wall_clock=wall_clock,
        completed=completed,
        edits=None if edits == Edits() else edits,
    )
    asked.check()
    folders = [context.archive.find(name) for name in sessions]
    if len(folders) > 1 and kind in ("unedited", "page"):
        _make_room(place)  # each becomes a folder in it
    if asked.is_edited:
        _check_names(asked, folders)
    make = _edited if asked.is_edited else _as_it_is
    files, problems = _each(context, folders, lambda folder: make(context, folder, asked, place))
    if context.as_json:
        more = {"problems": problems} if problems else {}
        context.answer({"files": [str(file) for file in files], **more})
    sys.exit(1 if problems else 0)


def _is_audio_file(path: Path) -> bool:
    return path.suffix[1:].lower() in _AUDIO and not path.is_dir()


def _make_room(place: Path) -> None:
    """Make a folder for several packages or pages.

    Raises:
        StorageError: The disk refuses, or a file is there.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(
            error, doing=f"making {place}", safe="The sessions are untouched."
        ) from error


def _check_names(asked: _Asked, folders: list[SessionFolder]) -> None:
    """See that each session's file has a name of its own.

    Raises:
        click.UsageError: The template that was given has one name for some of them.
    """
    edits = asked.edits or Edits()
    seen: set[str] = set()
    recipe = edits.recipe(asked.from_s, asked.to_s, asked.gaps or Gaps.CUT)
    for folder in folders if len(folders) > 1 else ():
        try:
            with _naming_told():
                name = convert.file_name(folder, folder.timeline(), recipe, edits.naming())
        except AircheckError:
            continue  # what can't be read is said when its turn comes
        if name.casefold() in seen:
            raise click.UsageError(
                f"--name calls several of these sessions '{name}': put {{time}} or {{id}} into it."
            )
        seen.add(name.casefold())


@contextlib.contextmanager
def _naming_told() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise click.UsageError(f"--name: {error}.") from error


def _each(
    context: Context, folders: list[SessionFolder], make: Callable[[SessionFolder], list[Path]]
) -> tuple[list[Path], list[dict[str, str]]]:
    """Export sessions, one after the other; one that fails is said, and the others go on.

    Returns:
        The files, and what went wrong by session. Of a single session the error is raised.
    """
    files: list[Path] = []
    problems: list[dict[str, str]] = []
    for folder in folders:
        try:
            made = make(folder)
        except AircheckError as error:
            if len(folders) == 1:
                raise
            problems.append({"session": folder.id, "what": error.message})
            context.say(f"[red]✗[/] {folder.id}: {escape(error.message)}")
            continue
        files += made
        for file in made:
            context.say(f"[green]✓[/] {escape(str(file))}")
    return files, problems


def _edited(context: Context, folder: SessionFolder, asked: _Asked, out: Path) -> list[Path]:
    """Make a session's audio anew, with a bar."""
    edits = asked.edits or Edits()
    recipe = edits.recipe(asked.from_s, asked.to_s, asked.gaps or Gaps.CUT)
    title = naming.safe(folder.info().title, most_bytes=40)
    with _naming_told(), progress(context, title) as tell:
        made = publishing.edited(
            folder,
            out,
            recipe,
            names=edits.naming(),
            with_chapters=edits.chapters_json,
            on_progress=tell,
            warn=context.warner(folder),
        )
    context.say(f"  [dim]edited: {escape(made.edited)}[/]")
    return list(made.files)


def _as_it_is(context: Context, folder: SessionFolder, asked: _Asked, out: Path) -> list[Path]:
    """Export a session's audio as it was received, or its transcript."""
    kept = asked.gaps or Gaps.CUT
    if asked.kind == "captions":
        return captions.export(
            folder,
            out,
            fmt=asked.text_format or _format_of(out),
            from_s=asked.from_s or 0.0,
            to_s=asked.to_s,
            wall_clock=asked.wall_clock,
        )
    if asked.kind == "page":
        return publishing.publish_page(folder, out, gaps=kept)
    if asked.is_range:
        end_s = folder.timeline().duration_s if asked.to_s is None else asked.to_s
        made = publishing.clip(folder, out, from_s=asked.from_s or 0.0, to_s=end_s, gaps=kept)
        context.say("  [dim]unedited: packets as they were received, with their proof[/]")
        return made
    if asked.completed and not folder.timeline().fills:
        raise AircheckError(
            "No other recording has filled gaps of this session, so there is no completed file.",
            safe="Nothing was written.",
            hint=f"'aircheck complete {folder.id} --from {track_beside(folder) or 'OTHER'}' fills "
            "them; or leave --completed out.",
        )
    return publishing.unedited(
        folder,
        out,
        gaps=kept,
        completed=asked.completed,
        on_file=lambda file: _say_ready(context, file),
    )


def _format_of(out: Path) -> str:
    """What captions a path's name asks for; SRT where it asks for none."""
    asked = out.suffix.lower().removeprefix(".")
    return asked if asked in writing.WRITERS else "srt"


def _say_ready(context: Context, file: Path) -> None:
    """The audio itself can be heard before the package around it is whole."""
    if file.stem.startswith("unedited") and file.suffix not in (".vtt", ".json", ".sig"):
        context.say(f"  [dim]audio ready: {escape(file.name)}[/]")
