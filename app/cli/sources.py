"""sources: what can be heard here, and how loud it is."""

from __future__ import annotations

import threading
from typing import Any

import click
from rich.console import Group
from rich.live import Live
from rich.text import Text

from app.cli.context import Context, escape, json_option, pass_context
from app.cli.follow import meter
from recorder.pcm import Level
from recorder.sources import devices
from recorder.sources.devices import DeviceInfo
from recorder.sources.listening import Listening

_REFRESH_S = 0.1
_HEARD_WITHIN_S = 1.0  # what gives nothing by then is told without a level


@click.command("sources")
@click.option("--levels", is_flag=True, help="Tell how loud each one is; live on a terminal.")
@json_option
@pass_context
def sources_command(context: Context, *, levels: bool) -> None:
    """List the inputs and the system sounds of this machine.

    With --levels each of them is opened; nothing of what is heard is kept.
    """
    found, missing = devices.list_sources(), devices.missing()
    is_live = levels and context.console.is_terminal and not context.as_json
    heard = _levels(found) if levels and not is_live else {}
    if context.as_json:
        told = [_as_json(info, heard.get(info.id)) for info in found]
        context.answer({"sources": told, "missing": missing})
        return
    for info in [] if is_live else found:
        line = _line(info, heard.get(info.id))
        context.console.print(line, soft_wrap=not context.console.is_terminal)
        if info.note:
            context.say(f"  {escape(info.note)}")
    for sentence in missing:
        context.say(f"[yellow]![/] {escape(sentence)}")
    if is_live and found:
        _show_levels(context, found)


def _levels(found: list[DeviceInfo]) -> dict[str, Level]:
    """How loud each one is, of those that give anything soon."""
    heard: dict[str, Level] = {}
    pause = threading.Event()  # never set
    with Listening(found) as listening:
        for _ in range(round(_HEARD_WITHIN_S / _REFRESH_S)):
            pause.wait(_REFRESH_S)
            heard |= listening.levels()
            if len(heard) == len(found):
                break
    return heard


def _show_levels(context: Context, found: list[DeviceInfo]) -> None:
    """Show how loud they are until Ctrl-C."""
    context.say("[dim]Levels, until Ctrl-C; nothing is kept.[/]")
    pause, heard = threading.Event(), dict[str, Level]()
    with (
        Listening(found) as listening,
        Live(console=context.console, auto_refresh=False, transient=True) as live,
    ):
        try:
            while not pause.wait(_REFRESH_S):
                heard |= listening.levels()
                live.update(Group(*(_line(info, heard.get(info.id)) for info in found)))
                live.refresh()
        except KeyboardInterrupt:
            return


def _line(info: DeviceInfo, level: Level | None) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    if level:
        style = "red" if level.clipped else "green"
        line.append(f"{meter(level.peak_dbfs)} {level.peak_dbfs:4.0f} dBFS  ", style=style)
    line.append(str(info.spec), style="bold")
    if info.is_default:
        line.append(" (default)")
    line.append(f"  {info.rate_hz / 1000:g} kHz, {info.channels} ch  ")
    line.append(info.backend, style="dim")
    return line


def _as_json(info: DeviceInfo, level: Level | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "source": str(info.spec),
        "name": info.name,
        "kind": str(info.kind),
        "rate_hz": info.rate_hz,
        "channels": info.channels,
        "codec": info.format.codec,
        "backend": info.backend,
        "is_default": info.is_default,
        "note": info.note,
    }
    if level:
        told |= {"peak_dbfs": level.peak_dbfs, "rms_dbfs": level.rms_dbfs}
    return told
