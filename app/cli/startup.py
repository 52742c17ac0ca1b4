"""autostart."""

from __future__ import annotations

import click

from app import autostart
from app.cli.context import Context, escape, json_option, pass_context


@click.command("autostart")
@click.argument("switch", type=click.Choice(["on", "off", "status"]), default="status")
@json_option
@pass_context
def autostart_command(context: Context, switch: str) -> None:
    """Have scheduled and running sessions gone on with after a reboot: on, off or status."""
    if switch == "on":
        autostart.switch_on(context.settings.archive)
    elif switch == "off":
        autostart.switch_off()
    entry = autostart.entry()
    if context.as_json:
        context.answer({"on": entry is not None, "file": str(entry.path) if entry else None})
    elif entry:
        context.say(
            f"[green]✓[/] At login open sessions are gone on with: {escape(str(entry.path))}"
        )
        if entry.link:
            context.say("  'loginctl enable-linger' has it done at boot, before anybody logs in.")
    else:
        context.say("After a reboot nothing is resumed by itself; 'aircheck autostart on' does it.")
