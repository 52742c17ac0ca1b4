"""A device that was chosen, and is listened to before anybody presses Record. No Qt."""

from __future__ import annotations

import threading

from app.gui.presenters import figures
from app.gui.presenters.capture import Wish, length_of
from app.gui.presenters.language import translate
from recorder.archive import Archive, SessionFolder
from recorder.preroll import PreRoll
from recorder.types import Seconds, SourceKind


class Ready:
    """Keeps the last seconds of one device in memory. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = ""
        self._pre_roll: PreRoll | None = None

    def prepare(self, text: str, keep_s: float) -> None:
        """Listen to what a text names, and no longer to what was chosen before.

        Args:
            text: As it stands in the record bar; only devices and the system's sound are heard.
            keep_s: Seconds to keep; 0 is not to listen.

        Raises:
            UnknownDevice: No device of that name is here.
            RecorderError: Nobody can listen.
        """
        from recorder.sources.open import parse_source  # noqa: PLC0415 (loads all sources)

        with self._lock:
            self._let_go()
            if keep_s <= 0 or not text.lower().startswith(("device:", "system")):
                return
            spec = parse_source(text)
            if spec.kind in (SourceKind.DEVICE, SourceKind.SYSTEM):
                self._pre_roll, self._text = PreRoll(spec, keep_s=Seconds(keep_s)), text

    def sentence(self) -> str:
        """What is kept now, or why nothing is; empty where nobody listens."""
        pre_roll = self._pre_roll
        if pre_roll is None:
            return ""
        heard = pre_roll.heard
        if heard.problem:
            return heard.problem
        said = translate(
            "Ready", "The last {seconds} s are kept in memory, and recorded with what follows."
        )
        return said.format(seconds=figures.number(int(heard.held_s)))

    def record(self, archive: Archive, wish: Wish) -> SessionFolder | None:
        """Record what was kept and what follows; None where this is not what is asked for.

        Raises:
            StorageError: The disk refuses.
            RecorderError: The recorder doesn't start.
        """
        with self._lock:
            plain = Wish(source=wish.source, title=wish.title, length=wish.length)
            if self._pre_roll is None or wish != plain or wish.source.strip() != self._text:
                return None
            pre_roll, self._pre_roll, self._text = self._pre_roll, None, ""
            try:
                return pre_roll.record(
                    archive, title=wish.title.strip(), for_s=length_of(wish.length)
                )
            finally:
                pre_roll.close()

    def close(self) -> None:
        """Let go of what was kept."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._pre_roll is not None:
            self._pre_roll.close()
        self._pre_roll, self._text = None, ""
