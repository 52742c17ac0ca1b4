"""What every command shares: the settings, the archive, and one way to print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from app.cli import streams
from app.lengths import parse_duration, parse_moment
from app.settings import Settings
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError
from recorder.types import Seconds

if TYPE_CHECKING:  # the window prints nothing
    from rich.table import Table

    from app.cli.printer import Printer

_WIDE = 1_000
_SHOWN_ID = 8


@dataclass(slots=False, kw_only=True)
class Context:
    """One call of the command.

    Attributes:
        settings: Resolved: flags, environment, file.
        as_json: Whether machines read the answer.
    """

    settings: Settings
    as_json: bool = False

    @cached_property
    def console(self) -> Printer:
        """Prints for people."""
        from app.cli.printer import Printer  # noqa: PLC0415 (the window prints nothing)

        return Printer()

    @cached_property
    def archive(self) -> Archive:
        """The archive that was chosen."""
        return Archive(self.settings.archive)

    def answer(self, values: dict[str, Any]) -> None:
        """Print one JSON object, as one line."""
        self.write(json.dumps(values, ensure_ascii=not streams.knows_all_letters(), default=str))

    def write(self, line: str) -> None:
        """Print a line; a reader that went away ends nothing."""
        streams.write_line(line)

    def say(self, text: str) -> None:
        """Print for people; nothing where machines read."""
        if not self.as_json:
            self.console.print(text, soft_wrap=not self.console.is_terminal)

    def warner(self, folder: SessionFolder) -> Callable[[str], None]:
        """Says, to machines too, that audio which something is made of isn't as it was sealed."""
        from app.cli.printer import Printer  # noqa: PLC0415 (the window prints nothing)

        hint = f"'aircheck verify {short_id(folder.id)}' says what was changed."

        def warn(change: str) -> None:
            line = f"[yellow]![/] {escape(change)} {hint}"
            Printer(stderr=True).print(line, soft_wrap=True)

        return warn

    def show(self, table: Table) -> None:
        """Print a table for people; where nobody looks nothing of it is cut, or filled up."""
        if self.console.is_terminal:
            self.console.print(table)
            return
        self.console.width = _WIDE
        with self.console.capture() as printed:
            self.console.print(table)
        for line in printed.get().splitlines():
            self.write(line.rstrip())


pass_context = click.make_pass_decorator(Context)
"""Gives a command its `Context` as the first argument."""


def json_option(command: Any) -> Any:
    """The ``--json`` option, which every command with an answer has."""
    return _json_option(command, "Print one JSON object, for machines.")


def json_lines_option(command: Any) -> Any:
    """The ``--json`` option of a command that tells what happens while it does."""
    return _json_option(command, "Print a JSON object for each event, one a line, for machines.")


def _json_option(command: Any, said: str) -> Any:
    def choose(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        shared = ctx.find_object(Context)
        if shared and value:
            shared.as_json = True

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=choose,
        help=said,
    )(command)


def fail(error: AircheckError, *, as_json: bool) -> NoReturn:
    """Say an error and end with its status."""
    if as_json and error.exit_status != 2:
        values = {"message": error.message, "safe": error.safe, "hint": error.hint}
        ascii_only = not streams.knows_all_letters()
        streams.write_line(json.dumps({"error": values}, ensure_ascii=ascii_only))
    else:
        from app.cli.printer import Printer  # noqa: PLC0415 (the window prints nothing)

        console = Printer(stderr=True)
        console.print(f"[bold red]✗[/] {escape(error.message)}", soft_wrap=True)
        for sentence in (error.safe, error.hint):
            if sentence:
                console.print(f"  {escape(sentence)}", soft_wrap=True)
    sys.exit(error.exit_status)


def escape(text: str) -> str:
    """Text from outside as it may be printed: no markup, no control or bidi characters.

    A title that could move the cursor or turn the line around could make a terminal lie.
    """
    from rich import markup  # noqa: PLC0415 (the window prints nothing)

    return markup.escape("".join(sign if sign.isprintable() else " " for sign in text))


def track_beside(folder: SessionFolder) -> str:
    """How a session's second track is named where others are asked for; empty without one."""
    others = sorted(folder.timeline().own)[1:]
    return f"{folder.id}:{others[0]}" if others else ""


def short_id(session: str) -> str:
    """The end of a session's id, by which it can be named."""
    return session[-_SHOWN_ID:]


def counted(number: int, noun: str, sign: str = "") -> str:
    """``1 hit``, ``1,234 hits``, ``10,000+ hits``."""
    return f"{number:,}{sign} {noun}{'' if number == 1 and not sign else 's'}"


def clock(seconds: float) -> str:
    """Session time for people: ``42:07`` or ``1:42:07``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def exact_clock(seconds: float) -> str:
    """Session time to the tenth of a second: ``42:07.3``."""
    tenths = round(seconds * 10)
    return f"{clock(tenths // 10)}.{tenths % 10}"


class Duration(click.ParamType[Seconds]):
    """A click parameter that `parse_duration` reads."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Seconds:
        """Read it, or say what one looks like."""
        try:
            return parse_duration(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a duration; write 90s, 15m, 1h30m or 1:30:00.", param, ctx)


class Moment(click.ParamType[Seconds]):
    """A click parameter that `parse_moment` reads."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Seconds:
        """Read it, or say what one looks like."""
        try:
            return parse_moment(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a moment; write 90s, 42:07.3 or 1:30:00.", param, ctx)


class NamedPath(click.Path):
    """A click parameter: a file or folder that has a name; an empty one would mean this folder.

    Args:
        is_file: Whether it is to be read, or written, as a file. A pipe, which would be waited for,
            and a device, which may have no end, are none.
    """

    def __init__(self, *, is_file: bool = False) -> None:
        super().__init__(path_type=Path)
        self._is_file = is_file

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Read it, or say what is wrong with it."""
        if not value:
            self.fail("The name is empty; the folder that you are in is '.'.", param, ctx)
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            is_other = self._is_file and not path.is_file() and path.exists()
        except OSError as error:
            self.fail(f"{path.name[:40]}… can't be looked at: {error.strerror}.", param, ctx)
        if is_other:
            self.fail(f"{path} is no file.", param, ctx)
        return path
