"""listen: keep the last seconds of a device in memory, and record them when told to."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

import click
from rich.live import Live
from rich.text import Text

from app.cli.capture import follow
from app.cli.context import Context, Duration, escape, pass_context
from app.cli.follow import meter
from recorder.errors import AircheckError
from recorder.preroll import Heard, PreRoll
from recorder.sources.open import parse_source
from recorder.types import LONGEST_PRE_ROLL_S, Seconds, SourceKind

_REFRESH_S = 0.2


@click.command("listen")
@click.argument("source", default="device:")
@click.option("--keep", "keep_s", type=Duration(), default="30s", show_default=True)
@click.option("--title", default="", help="The session's title.")
@pass_context
def listen_command(context: Context, source: str, keep_s: Seconds, title: str) -> None:
    """Listen to SOURCE, a device or the system's sound, and record it when Return is pressed.

    The recording begins as long before that as --keep says. Until then it is held in memory alone,
    and Ctrl-C lets go of it.
    """
    spec = parse_source(source)
    if spec.kind not in (SourceKind.DEVICE, SourceKind.SYSTEM):
        raise click.UsageError("Only device:NAME and system[:NAME] can be listened to.")
    if not 0 < keep_s <= LONGEST_PRE_ROLL_S:
        raise click.UsageError(f"--keep takes at most {LONGEST_PRE_ROLL_S / 60:.0f} minutes.")
    with contextlib.closing(PreRoll(spec, keep_s=keep_s)) as pre_roll:
        context.say(f"[bold]{escape(str(spec))}[/]")
        context.say(f"  The last {keep_s:g} s are kept in memory. Return records; Ctrl-C leaves.")
        try:
            with _shown(context, pre_roll):
                is_wanted = bool(sys.stdin.readline())
        except KeyboardInterrupt:
            is_wanted = False
        if not is_wanted:
            raise AircheckError("Nothing was recorded.", safe="What was kept in memory is gone.")
        folder = pre_roll.record(context.archive, title=title)
    follow(context, folder, str(spec))


@contextlib.contextmanager
def _shown(context: Context, pre_roll: PreRoll) -> Iterator[None]:
    """Show what is heard, on a terminal, while somebody thinks."""
    if not context.console.is_terminal:
        yield
        return
    over = threading.Event()

    def show(live: Live) -> None:
        while not over.wait(_REFRESH_S):
            live.update(_line(pre_roll.heard), refresh=True)

    with Live(console=context.console, auto_refresh=False, transient=True) as live:
        thread = threading.Thread(target=show, args=(live,), name="listen", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _line(heard: Heard) -> Text:
    if heard.problem:
        return Text(heard.problem, style="yellow")
    line = Text(f"{heard.held_s:5.1f} s  ")
    if heard.peak_dbfs is not None:
        style = "red" if heard.clipped else "green"
        line.append(f"{meter(heard.peak_dbfs)} {heard.peak_dbfs:4.0f} dBFS", style=style)
    return line
