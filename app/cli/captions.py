"""captions; and what ``record --captions`` shows."""

from __future__ import annotations

import contextlib
import functools
import logging
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import click
from rich.live import Live
from rich.text import Text

from app.cli.context import Context, clock, escape, exact_clock, json_option, pass_context
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from transcribe import live
from transcribe.listening import Caption
from transcribe.weights import Weights

_DRAIN_S = 60.0
_BEHIND_S = 5.0
_LOOK_S = 0.5

_log = logging.getLogger(__name__)


class CaptionsFailed(AircheckError):
    """The captions' process ended in the midst of a recording."""


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
    captioning = _Captioning(context, folder, model)
    with contextlib.closing(captioning), _ended_by_ctrl_c(captioning):
        if context.as_json or not context.console.is_terminal:
            told = _Told(context, folder)
            for caption in live.follow(folder, captioning.ended):
                told.tell(caption)
        else:
            _show(context, folder, captioning.ended)
    captioning.check()


@contextlib.contextmanager
def beside(context: Context, folder: SessionFolder, *, model: str | None) -> Iterator[None]:
    """Show captions while something else is shown; whatever goes wrong with them is one line.

    On leaving, what is recorded already is heard to its end.
    """
    try:
        captioning = _Captioning(context, folder, model)
    except AircheckError as error:
        context.say(f"[yellow]![/] No captions: {escape(str(error))}")
        yield
        return
    thread = threading.Thread(
        target=_tell_all, args=(context, folder, captioning), name="captions", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        captioning.ended.wait(_DRAIN_S)
        thread.join(_DRAIN_S)
        captioning.close()


def _tell_all(context: Context, folder: SessionFolder, captioning: _Captioning) -> None:
    told = _Told(context, folder)
    try:
        for caption in live.follow(folder, captioning.ended):
            told.tell(caption)
        captioning.check()
    except AircheckError as error:
        context.say(f"[yellow]![/] {escape(str(error))}")


class _Captioning:
    """The captions' process; where another one is at the session, one that takes over from it.

    Attributes:
        ended: Set when no more captions come.
    """

    def __init__(self, context: Context, folder: SessionFolder, asked: str | None) -> None:
        """Start it.

        Args:
            context: Of the command.
            folder: The session's.
            asked: The model that was asked for by name.

        Raises:
            UnknownModel: There is no such model.
            MissingModel: Its file isn't here yet.
            StorageError: The disk refuses.
        """
        models = context.settings.models
        model = asked or Weights(models).for_captions(context.settings.model)
        Weights(models).require(model)
        self.ended = threading.Event()
        self._folder = folder
        self._stopped = threading.Event()
        self._has_failed = False
        self._start = functools.partial(live.start, folder, models, model)
        self._process = self._start()
        self._watch = threading.Thread(target=self._run, name="captions' end", daemon=True)
        self._watch.start()

    def end(self) -> None:
        """Have it hear what is recorded by now, and end."""
        self._stopped.set()
        self._process.terminate()

    def close(self) -> None:
        """End it, and wait until it has."""
        self.end()
        self._watch.join(_DRAIN_S)

    def check(self) -> None:
        """See that it ended well.

        Raises:
            CaptionsFailed: It didn't.
        """
        if self._has_failed:
            raise CaptionsFailed(
                "The captions ended early.",
                safe="The recording goes on, and its text can be made when it is over.",
                hint=f"{self._folder.derived / 'captions.log'} says why.",
            )

    def _run(self) -> None:
        try:
            while (status := self._process.wait()) == 0 and self._is_left_by_others():
                self._process = self._start()
                if self._stopped.is_set():
                    self._process.terminate()
            self._has_failed = status != 0 and not self._stopped.is_set()
        except AircheckError:
            _log.exception("the captions can't go on")
            self._has_failed = True
        finally:
            self.ended.set()

    def _is_left_by_others(self) -> bool:
        """Wait while another process writes the captions; whether it leaves some to be written."""
        while not self._stopped.is_set() and live.is_captioned(self._folder):
            self._stopped.wait(_LOOK_S)
        return not self._stopped.is_set() and not self._folder.sealed()


@contextlib.contextmanager
def _ended_by_ctrl_c(captioning: _Captioning) -> Iterator[None]:
    """Ctrl-C has the process hear what is left, and end; a second one is what it always is."""

    def end(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        captioning.end()

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Told:
    """What was told: for machines every form of a caption, for people the last, and once."""

    def __init__(self, context: Context, folder: SessionFolder) -> None:
        self._context, self._folder = context, folder
        self._until_s: dict[str, float] = {}

    def tell(self, caption: Caption) -> None:
        """Tell it, unless it was told by a process that this one took over from."""
        if self._context.as_json:
            self._context.answer(_json(self._folder, caption))
        elif caption.is_final and caption.end_s > self._until_s.get(caption.track, 0.0):
            self._until_s[caption.track] = caption.end_s
            if caption.text:
                at = exact_clock(caption.start_s)
                behind = f"  [yellow]{_behind(caption)}[/]" if _behind(caption) else ""
                self._context.say(f"  [cyan]{at}[/]  {escape(caption.text)}{behind}")


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
    told = _Told(context, folder)
    with Live(console=context.console, auto_refresh=False) as shown:
        for caption in live.follow(folder, ended):
            told.tell(caption)
            shown.update(Text() if caption.is_final else _line(caption), refresh=True)


def _line(caption: Caption) -> Text:
    line = Text.assemble(
        (f"  {exact_clock(caption.start_s)}  ", "cyan"),
        f"{caption.text} ",
        (caption.tentative, "dim italic"),
    )
    if _behind(caption):
        line.append(f"  {_behind(caption)}", style="yellow")
    return line


def _behind(caption: Caption) -> str:
    """How late it is, where that is worth saying."""
    return f"{clock(caption.lag_s)} behind" if caption.lag_s > _BEHIND_S else ""
