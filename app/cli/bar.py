"""How far a command is, for people who look."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress

from app.cli.context import Context


@contextlib.contextmanager
def progress(context: Context, what: str) -> Iterator[Callable[[float], None]]:
    """A bar on the error stream, for people alone; told a share from 0 to 1."""
    if context.as_json or not sys.stderr.isatty():
        yield lambda _: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)
