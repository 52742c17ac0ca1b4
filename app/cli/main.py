"""The group of all commands, and the edge at which errors become sentences."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from app import settings
from app.cli import streams
from app.cli.context import Context, NamedPath, fail
from recorder.errors import AircheckError, storage_error

_GROUPS = {
    "Record": {
        "record": ("capture", "a stream, a page, a device, the system's sound; waits for it"),
        "listen": ("listen", "keep a device's last seconds, and record from there"),
        "sources": ("sources", "what can be recorded here, and how loud it is"),
        "mark": ("capture", "name this moment of a recording"),
        "stop": ("capture", "end a recording, and seal it"),
        "schedule": ("schedule", "what waits for its time; call it off"),
        "resume": ("capture", "go on with what has no recorder any more"),
        "recover": ("capture", "seal what has no recorder any more"),
        "autostart": ("startup", "go on by itself after a restart"),
    },
    "Keep": {
        "sessions": ("library", "list them, newest first"),
        "show": ("library", "what a session holds, or what was said at a moment"),
        "edit": ("proof", "its title, host, description, rights, cover, tags"),
        "collections": ("collections", "lists of sessions, by hand or by a rule"),
        "import": ("library", "audio, transcripts, folders; once, or watched"),
        "trash": ("keeping", "throw sessions away, and have them back"),
        "retain": ("keeping", "rules for old sessions; none unless set"),
        "usage": ("keeping", "how much room they take"),
        "check": ("keeping", "read the archive through for changed bytes"),
        "move": ("keeping", "move the archive, compared by its hashes"),
    },
    "Words": {
        "transcribe": ("text", "what was said, by Whisper"),
        "queue": ("text", "what is to be transcribed, and how far it is"),
        "models": ("text", "Whisper's models: list, get, add"),
        "captions": ("captions", "what is said, while it is recorded; or as a file"),
        "correct": ("words", "put a transcript right"),
        "speaker": ("words", "say whose voice it is"),
        "quote": ("words", "what was said, with all that is needed to check it"),
        "search": ("finding", "in everything that was said"),
        "searches": ("finding", "the searches that were kept"),
        "index": ("finding", "make the search index again"),
    },
    "Publish": {
        "export": ("export", "unedited with its proof, edited, or as a web page"),
        "split": ("workshop", "cut at silences, markers, labels, lengths, sizes"),
        "labels": ("workshop", "find speech, music, silence; where the talk starts"),
        "verify": ("proof", "what holds of a package, a session, a file"),
        "key": ("proof", "the public key that signs"),
        "compare": ("compare", "what differs from another recording"),
        "complete": ("compare", "fill gaps from another recording, or the replay"),
        "demo": ("demo", "all of it in a minute, on a sample"),
    },
}
"""Of each command: its module in `app.cli`, and what it does in a line."""

_COMMANDS = {name: told for group in _GROUPS.values() for name, told in group.items()}


class _Commands(click.Group):
    """Loads a command's module when it is called, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        found: click.Command = getattr(
            importlib.import_module(f"app.cli.{module}"), f"{cmd_name}_command"
        )
        return found

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands by what they are for."""
        for title, group in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, about) for name, (_, about) in group.items()])


@click.group(cls=_Commands, invoke_without_command=True)
@click.option(
    "--archive",
    type=NamedPath(),
    help="Folder of the sessions; AIRCHECK_ARCHIVE does the same.",
)
@click.option("--verbose", is_flag=True, help="Tell on the error stream what is done.")
@click.version_option(package_name="aircheck", message="aircheck %(version)s")
@click.pass_context
def _aircheck(ctx: click.Context, archive: Path | None, *, verbose: bool) -> None:
    """Record live audio sessions, search what was said, publish them unedited.

    Without a command it opens the window.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
    )
    ctx.obj = Context(settings=settings.load(archive=archive))
    if ctx.invoked_subcommand is None:
        sys.exit(_open_window(ctx.obj))


def _open_window(context: Context) -> int:
    if not _has_display():
        raise AircheckError(
            "There is no display to open the window on.",
            hint="'aircheck --help' lists the commands; 'aircheck demo' shows the whole way.",
        )
    from app import gui  # noqa: PLC0415 (only the window pays for Qt)

    return gui.run(context.settings)


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in named)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; ends the process with its exit status."""
    streams.prepare()
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    try:
        _refuse_unreadable(arguments)
        _aircheck.main(arguments, prog_name="aircheck", standalone_mode=False)
    except streams.OutputLost as error:
        fail(error, as_json=False)
    except AircheckError as error:
        fail(error, as_json=as_json)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Stopped.\n")
        sys.exit(1)
    except OSError as error:  # of what is printed for people, or of a place unlooked after
        logging.getLogger(__name__).info("not mapped where it happened", exc_info=True)
        streams.drop_what_is_stuck()
        fail(storage_error(error, doing="doing what was asked"), as_json=as_json)


def _refuse_unreadable(arguments: list[str]) -> None:
    """Bytes that are no text may name a file that is there, and nothing else.

    Raises:
        click.UsageError: An argument is neither.
    """
    for argument in arguments:
        name = argument.partition("=")[2] if argument.startswith("--") else argument
        if not name.isascii() and not _is_text(name) and not os.path.lexists(name):
            raise click.UsageError(f"{ascii(name)[:60]} is no text: it is not written in UTF-8.")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
