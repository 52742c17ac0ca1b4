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
from app.cli.context import Context, fail
from recorder.errors import AircheckError

_COMMANDS = {
    "record": "capture",
    "listen": "listen",
    "sources": "sources",
    "stop": "capture",
    "mark": "capture",
    "schedule": "schedule",
    "recover": "capture",
    "resume": "capture",
    "autostart": "startup",
    "sessions": "library",
    "show": "library",
    "import": "library",
    "collections": "collections",
    "trash": "keeping",
    "retain": "keeping",
    "usage": "keeping",
    "check": "keeping",
    "move": "keeping",
    "transcribe": "text",
    "queue": "text",
    "captions": "captions",
    "quote": "words",
    "correct": "words",
    "speaker": "words",
    "models": "text",
    "search": "finding",
    "searches": "finding",
    "index": "finding",
    "split": "workshop",
    "labels": "workshop",
    "export": "export",
    "verify": "proof",
    "compare": "compare",
    "complete": "compare",
    "key": "proof",
    "edit": "proof",
    "demo": "demo",
}


class _Commands(click.Group):
    """Loads a command's module when it is called, so that none pays for another's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        cmd_name: str,
    ) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(
            importlib.import_module(f"app.cli.{module}"), f"{cmd_name}_command"
        )
        return found


@click.group(cls=_Commands, invoke_without_command=True)
@click.option(
    "--archive",
    type=click.Path(file_okay=True, path_type=Path),
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
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    try:
        _aircheck.main(arguments, prog_name="aircheck", standalone_mode=False)
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
