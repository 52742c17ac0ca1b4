"""Labels for people: what is speech, music, silence, and where the talk starts."""

from __future__ import annotations

from app.cli.context import Context, exact_clock
from recorder import labels
from recorder.labels import Kind, Labels

_SIGNS = {
    Kind.SPEECH: "[green]●[/]", Kind.MUSIC: "[magenta]♪[/]", Kind.SILENCE: "[dim]○[/]",
}  # fmt: skip


def say_labels(context: Context, found: Labels) -> None:
    """Print labels, and where the talk starts."""
    for label in found.labels:
        context.say(
            f"  {_SIGNS[label.kind]} {exact_clock(label.from_s)} to {exact_clock(label.to_s)}"
            f"  {label.kind}"
        )
    if found.talk_starts_s is not None:
        context.say(
            f"  ⚐ {exact_clock(found.talk_starts_s)} {labels.TALK_STARTS} [dim](suggested)[/]"
        )
    if not found.labels:
        context.say("  Neither speech nor music nor silence was found.")
