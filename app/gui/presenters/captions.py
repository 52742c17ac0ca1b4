"""Captions of a session that goes on, as they are heard. No Qt.

They are made by a process of their own (`transcribe.live`), which this starts, and which ends with
the session; here its file is followed, on a thread.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.session import Line, LineKind
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.errors import AircheckError

if TYPE_CHECKING:
    from transcribe.listening import Caption

_JOIN_S = 2.0
_BEHIND_S = 5.0
_FILE = "captions.jsonl"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Captions by now.

    Attributes:
        lines: In order; of each utterance the newest form.
        lag_s: How far the newest lags behind the sound.
    """

    lines: tuple[Line, ...]
    lag_s: float

    @property
    def look(self) -> words.Look:
        """How far they are behind; what is far behind says why it may be."""
        length = words.length(max(1, round(self.lag_s)))
        if self.lag_s < _BEHIND_S:
            said = translate("Captions", "Captions, {length} behind the sound").format(
                length=length
            )
            return words.Look(icon="captions", word=said, role="muted")
        said = translate("Captions", "Captions are {length} behind: the recording comes first")
        return words.Look(icon="triangle-alert", word=said.format(length=length), role="trouble")


class Captions:
    """Follows one session's captions; closed twice unharmed.

    Args:
        folder: The session's.
        then: Told this object whenever there are others, on its own thread.
    """

    def __init__(self, folder: SessionFolder, then: Callable[[Captions], None]) -> None:
        self._folder = folder
        self._then = then
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._places: dict[int, int] = {}  # a caption's number → its line
        self._lag_s = 0.0
        self._thread = threading.Thread(target=self._follow, name="gui-captions", daemon=True)
        self._thread.start()

    def heard(self) -> Heard:
        """What was heard by now. From any thread."""
        with self._lock:
            return Heard(lines=tuple(self._lines), lag_s=self._lag_s)

    def close(self) -> None:
        """Follow no longer; the process that hears goes on."""
        self._stop.set()
        self._thread.join(_JOIN_S)

    def _follow(self) -> None:
        from transcribe import live  # noqa: PLC0415 (loads av and numpy)

        try:
            for caption in live.follow(self._folder, self._stop):
                if self._stop.is_set():
                    return
                self._take(caption)
                self._then(self)
        except (AircheckError, ValueError, TypeError) as error:
            _log.info("no captions of %s: %s", self._folder.path.name, error)

    def _take(self, caption: Caption) -> None:
        with self._lock:
            self._lag_s = caption.lag_s
            place = self._places.setdefault(caption.number, len(self._lines))
            self._lines[place : place + 1] = [line_of(caption)]


def line_of(caption: Caption) -> Line:
    """A caption as a line; what may change still ends in an ellipsis."""
    settled, tentative = map(words.one_line, (caption.text, caption.tentative))
    text = " ".join(part for part in (settled, tentative) if part)
    return Line(
        kind=LineKind.SPEECH,
        start_s=caption.start_s,
        end_s=caption.end_s,
        text=text if caption.is_final else f"{text} …",
        tentative_from=None if caption.is_final else len(settled),
    )


def are_there(folder: SessionFolder) -> bool:
    """Whether captions were or are made of a session."""
    return (folder.derived / _FILE).exists()


def start(settings: Settings, folder: SessionFolder) -> subprocess.Popen[bytes]:
    """Have captions made while a session goes on; where that is done already, it ends at once.

    Returns:
        The process that hears; it ends with the session, and outlives the window.

    Raises:
        AircheckError: No model is on this machine, or the disk refuses.
    """
    from app.broadcast import is_sample  # noqa: PLC0415 (a web server: only when asked for)
    from transcribe import live  # noqa: PLC0415 (as above)
    from transcribe.weights import DEMO, Weights  # noqa: PLC0415 (as above)

    weights = Weights(settings.models)
    model = weights.for_captions(settings.model)
    if model not in weights.here() and any(
        is_sample(str(spec)) for _, spec in folder.info().sources
    ):
        model = DEMO  # it knows those voices, and no others
    weights.require(model)  # which says what is missing, and how to get it
    return live.start(folder, settings.models, model)
