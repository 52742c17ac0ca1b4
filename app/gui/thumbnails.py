"""Small waveforms for rows that are seen, read beside the window and kept. GUI thread only."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.gui import tokens
from app.gui.bridge import Lane
from app.gui.presenters import thumbs
from app.gui.presenters.thumbs import Thumb
from recorder.archive import Summary
from recorder.errors import AircheckError

_KEPT = 2_000
_MOST_AT_ONCE = 60  # a screen of rows, however large it is

Key = tuple[Path, float]


class Thumbnails(QObject):
    """Has the waveforms of rows; those that it has not are there a moment after they are asked for.

    Args:
        reading: Reads what is stored; only what was asked for last is read.
        making: Makes what isn't, one after the other.
    """

    changed = Signal()
    """Some that were asked for are there."""

    def __init__(self, reading: Lane, making: Lane) -> None:
        super().__init__()
        self._reading, self._making = reading, making
        self._kept: OrderedDict[Key, Thumb] = OrderedDict()
        self._wanted: dict[Key, Summary] = {}
        self._missing: dict[Key, Summary] = {}
        self._given_up: set[Key] = set()
        self._is_making = False
        self._may_make = True
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(tokens.THUMB_PAUSE_MS)
        self._pause.timeout.connect(self._read)

    def of(self, summary: Summary) -> Thumb | None:
        """A session's waveform; None while it isn't there."""
        key = thumbs.key_of(summary)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if key not in self._missing and key not in self._given_up:
            self._wanted[key] = summary
            if not self._pause.isActive():
                self._pause.start()
        return None

    def allow_making(self, *, may_make: bool) -> None:
        """Say whether waveforms may be made now: not while something is recorded."""
        self._may_make = may_make
        self._make()

    @Slot()
    def _read(self) -> None:
        wanted = dict(list(self._wanted.items())[-_MOST_AT_ONCE:])
        self._wanted = {}
        self._reading.do(
            lambda: {key: thumbs.stored(summary) for key, summary in wanted.items()},
            lambda found: self._on_read(wanted, found),
            self._on_unreadable,
        )

    def _on_read(self, wanted: dict[Key, Summary], found: dict[Key, Thumb | None]) -> None:
        there = {key: thumb for key, thumb in found.items() if thumb is not None}
        self._missing = {key: wanted[key] for key in found.keys() - there.keys()}
        for key, thumb in there.items():
            self._keep(key, thumb)
        if there:
            self.changed.emit()
        self._make()

    def _make(self) -> None:
        """Make one of those that were asked for last."""
        if self._is_making or not self._missing or not self._may_make:
            return
        key, summary = self._missing.popitem()
        if summary.problem or not summary.state.is_final:
            self._given_up.add(key)
            self._make()
            return
        self._is_making = self._making.do(
            lambda: thumbs.made(summary),
            lambda thumb: self._on_made(key, thumb),
            lambda _error: self._on_made(key, thumbs.NO_THUMB),
        )

    def _on_made(self, key: Key, thumb: Thumb) -> None:
        self._is_making = False
        self._keep(key, thumb)
        self.changed.emit()
        self._make()

    def _on_unreadable(self, _error: AircheckError) -> None:
        """A row without a waveform says nothing wrong."""

    def _keep(self, key: Key, thumb: Thumb) -> None:
        self._kept[key] = thumb
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
