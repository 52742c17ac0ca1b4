"""What prints for people: rich's console, which a reader that went away doesn't end."""

from __future__ import annotations

from rich.console import Console

from app.cli import streams


class Printer(Console):
    """Prints for people, without colouring numbers by itself."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False)

    def on_broken_pipe(self) -> None:
        """Print nothing more; the work goes on to its end."""
        self.quiet = True
        if not self.stderr:
            streams.drop_output()
