"""The captions of a session that goes on: followed, and missed when they break off. GUI thread."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.gui.bridge import Bridge, Latest
from app.gui.presenters import captions
from app.gui.presenters.captions import Captions
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder


class Captioning(QObject):
    """Follows the captions of one session at a time, whoever has them made."""

    heard = Signal(object)
    """``presenters.captions.Heard`` of the session that is followed."""
    broke_off = Signal(object)
    """`Message`: they ended before the session did, and may be asked for again."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._followed: Captions | None = None
        self._hearers: dict[Path, subprocess.Popen[bytes]] = {}  # by the session that they hear

    def began(self, folder: SessionFolder, process: subprocess.Popen[bytes]) -> None:
        """They are made of a session from now on, by a process of its own."""
        self._hearers[folder.path] = process

    def look(self, folder: SessionFolder) -> None:
        """Follow those of a session, where there are some or will be; see whether they go on."""
        hearer = self._hearers.get(folder.path)
        if hearer is not None and hearer.poll():
            del self._hearers[folder.path]
            self.close()
            self.broke_off.emit(_broken())
        elif self._followed is None and (hearer is not None or captions.are_there(folder)):
            latest = Latest(self._bridge, self._on_heard)
            self._followed = Captions(folder, latest.put)

    def close(self) -> None:
        """Follow none; what is made goes on. Closed twice unharmed."""
        if self._followed is not None:
            self._followed.close()
            self._followed = None

    def _on_heard(self, followed: Captions) -> None:
        if followed is self._followed:
            self.heard.emit(followed.heard())


def _broken() -> Message:
    return Message(
        happened=translate("Session", "The captions broke off."),
        safe=translate("Session", "The recording goes on."),
        next=translate("Session", "Ask for them again, or have it transcribed afterwards."),
    )
