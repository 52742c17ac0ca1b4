"""Digital silence: zeros and nothing else, which are told from quiet."""

from __future__ import annotations

from recorder.types import Seconds

TELL_AFTER_S = 15.0
"""Of zeros; less may be a pause."""


class SilenceWatch:
    """Notices that a device gives digital silence, and that it no longer does. For one thread."""

    def __init__(self) -> None:
        self._silent_s = 0.0
        self._is_told = False
        self._zeros = b""

    def take(self, data: bytes, duration_s: Seconds) -> Seconds | None:
        """Note samples.

        Returns:
            How long the silence has lasted, in the moment when that is to be told; 0 when sound
            has come back after that; mostly None.
        """
        if len(self._zeros) < len(data):
            self._zeros = bytes(len(data))
        if not self._zeros.startswith(data):
            was_told, self._is_told, self._silent_s = self._is_told, False, 0.0
            return Seconds(0.0) if was_told else None
        self._silent_s += duration_s
        if self._silent_s < TELL_AFTER_S or self._is_told:
            return None
        self._is_told = True
        return Seconds(self._silent_s)
