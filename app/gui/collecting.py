"""Python's garbage is collected on the GUI thread alone.

Cycles of objects that nobody holds may hold Qt's, and only the GUI thread may destroy those; left
to itself, Python collects on whichever thread happens to allocate.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from app.gui import tokens


class Collector(QObject):
    """Collects as often as Python would, but here. GUI thread only; ended by `close`."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take over."""
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(tokens.COLLECT_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def keep(self) -> None:
        """Take what exists by now to stay: it is not looked at again."""
        gc.freeze()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due, if any."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
