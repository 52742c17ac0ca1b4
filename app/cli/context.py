"""What every command shares: the settings, the archive, and one way to print."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

import click
from rich import markup
from rich.console import Console
from rich.table import Table

from app.lengths import parse_duration, parse_moment
from app.settings import Settings
from recorder.archive import Archive
from recorder.errors import AircheckError
from recorder.types import Seconds

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
    console: Console = field(default_factory=lambda: Console(highlight=False))

    @cached_property
    def archive(self) -> Archive:
        """The archive that was chosen."""
        return Archive(self.settings.archive)

    def answer(self, values: dict[str, Any]) -> None:
        """Print one JSON object, as one line."""
        self.write(json.dumps(values, ensure_ascii=False, default=str))

    def write(self, line: str) -> None:
        """Print a line; a reader that went away ends nothing."""
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def say(self, text: str) -> None:
        """Print for people; nothing where machines read."""
        if not self.as_json:
            self.console.print(text, soft_wrap=not self.console.is_terminal)

    def show(self, table: Table) -> None:
        """Print a table for people; where nobody looks nothing of it is cut."""
        if not self.console.is_terminal:
            self.console.width = _WIDE
        self.console.print(table)


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
        sys.stdout.write(json.dumps({"error": values}, ensure_ascii=False) + "\n")
    else:
        console = Console(stderr=True, highlight=False)
        console.print(f"[bold red]✗[/] {escape(error.message)}", soft_wrap=True)
        for sentence in (error.safe, error.hint):
            if sentence:
                console.print(f"  {escape(sentence)}", soft_wrap=True)
    sys.exit(error.exit_status)


def escape(text: str) -> str:
    """Text from outside as it may be printed: no markup, no control or bidi characters.

    A title that could move the cursor or turn the line around could make a terminal lie.
    """
    return markup.escape("".join(sign if sign.isprintable() else " " for sign in text))


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
