"""captions; and what ``record --captions`` shows."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import click
from rich.live import Live
from rich.text import Text

from app.cli.context import Context, escape, exact_clock, json_option, pass_context
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from transcribe import live
from transcribe.listening import Caption
from transcribe.weights import Weights

_DRAIN_S = 60.0
_BEHIND_S = 5.0


@click.command("captions")
@click.argument("session")
@click.option("--model", help="A model of 'aircheck models'; AIRCHECK_MODEL does the same.")
@json_option
@pass_context
def captions_command(context: Context, session: str, model: str | None) -> None:
    """Show what is said in SESSION while it is recorded; Ctrl-C ends the captions alone.

    What is recorded by then is heard to its end; a second Ctrl-C doesn't wait for it.
    """
    folder = context.archive.find(session)
    if folder.sealed():
        raise AircheckError(
            f"{folder.path.name} has ended.", hint=f"'aircheck transcribe {folder.id}' is for it."
        )
    ended = threading.Event()
    with (
        _process(context, folder, model, ended) as process,
        _ended_by_ctrl_c(process),
    ):
        if context.as_json or not context.console.is_terminal:
            for caption in live.follow(folder, ended):
                _tell(context, folder, caption)
        else:
            _show(context, folder, ended)


@contextlib.contextmanager
def beside(context: Context, folder: SessionFolder, *, model: str | None) -> Iterator[None]:
    """Show captions while something else is shown; whatever goes wrong with them is one line.

    On leaving, what is recorded already is heard to its end.
    """
    ended = threading.Event()
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_process(context, folder, model, ended))
        except AircheckError as error:
            context.say(f"[yellow]![/] No captions: {escape(str(error))}")
        else:
            thread = threading.Thread(
                target=_tell_all, args=(context, folder, ended), name="captions", daemon=True
            )
            thread.start()
            stack.callback(thread.join, _DRAIN_S)
            stack.callback(ended.wait, _DRAIN_S)
        yield


def _tell_all(context: Context, folder: SessionFolder, ended: threading.Event) -> None:
    with contextlib.suppress(AircheckError):
        for caption in live.follow(folder, ended):
            _tell(context, folder, caption)


@contextlib.contextmanager
def _process(
    context: Context, folder: SessionFolder, asked: str | None, ended: threading.Event
) -> Iterator[subprocess.Popen[bytes]]:
    """The captions' process; `ended` is set when it has."""
    weights = Weights(context.settings.models)
    model = asked or weights.for_captions(context.settings.model)
    weights.require(model)
    process = live.start(folder, context.settings.models, model)
    watch = threading.Thread(target=_wait, args=(process, ended), name="captions' end", daemon=True)
    watch.start()
    try:
        yield process
    finally:
        process.terminate()
        watch.join(_DRAIN_S)


@contextlib.contextmanager
def _ended_by_ctrl_c(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ctrl-C has the process hear what is left, and end; a second one is what it always is."""

    def end(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        process.terminate()

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _wait(process: subprocess.Popen[bytes], ended: threading.Event) -> None:
    process.wait()
    ended.set()


def _tell(context: Context, folder: SessionFolder, caption: Caption) -> None:
    """For machines every form of a caption, for people the last."""
    if context.as_json:
        context.answer(_json(folder, caption))
    elif caption.is_final and caption.text:
        context.say(f"  [cyan]{exact_clock(caption.start_s)}[/]  {escape(caption.text)}")


def _json(folder: SessionFolder, caption: Caption) -> dict[str, Any]:
    return {
        "event": "caption",
        "session": folder.id,
        "track": caption.track,
        "number": caption.number,
        "start_s": caption.start_s,
        "end_s": caption.end_s,
        "text": caption.text,
        "tentative": caption.tentative,
        "final": caption.is_final,
        "lag_s": caption.lag_s,
    }


def _show(context: Context, folder: SessionFolder, ended: threading.Event) -> None:
    """What is final as lines, and below them what may change still, in place."""
    with Live(console=context.console, auto_refresh=False) as shown:
        for caption in live.follow(folder, ended):
            if caption.is_final:
                _tell(context, folder, caption)
            shown.update(Text() if caption.is_final else _line(caption), refresh=True)


def _line(caption: Caption) -> Text:
    line = Text.assemble(
        (f"  {exact_clock(caption.start_s)}  ", "cyan"),
        f"{caption.text} ",
        (caption.tentative, "dim italic"),
    )
    if caption.lag_s > _BEHIND_S:
        line.append(f"  {caption.lag_s:.0f} s behind", style="yellow")
    return line
