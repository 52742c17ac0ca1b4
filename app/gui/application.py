"""Makes Qt's application and runs the window in it."""

from __future__ import annotations

import signal
import sys

from PySide6.QtCore import QLoggingCategory, QTimer
from PySide6.QtWidgets import QApplication

from app.gui import icons, tongue
from app.gui.clips import Clips
from app.gui.collecting import Collector
from app.gui.desk import Desk
from app.gui.listening import ListeningLine
from app.gui.theme import Theme
from app.gui.upkeep import Upkeep
from app.gui.watched import WatchedFolders
from app.gui.window import Window
from app.settings import Settings

_TURN_S = 0.001  # which a worker that reads has before the window has its turn
_QUIET = "qt.multimedia.*=false"  # Qt tells on stderr which sound servers it looked for


def open_window(settings: Settings) -> Window:
    """Make the window of an archive and show it. Needs a `QApplication`; GUI thread only."""
    sys.setswitchinterval(_TURN_S)
    window = Window(Desk(settings))
    Upkeep(window.desk)
    WatchedFolders(window.desk)
    Clips.of(window.desk)  # proves what was clipped before
    ListeningLine(window.bar, window.desk)
    window.show()
    return window


def run(settings: Settings) -> int:
    """Open the window, and return the exit status when it is closed.

    Where the archive's window is open already, that one comes to the front, and this returns.
    """
    from app.gui.alone import FirstWindow  # noqa: PLC0415 (Qt's network; a window does without)

    QLoggingCategory.setFilterRules(_QUIET)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("aircheck")
    application.setApplicationDisplayName("Aircheck")
    application.setDesktopFileName("aircheck")
    application.setWindowIcon(icons.app_icon())
    first = FirstWindow(settings.archive, application)
    if not first.claim():
        sys.stderr.write(f"{_OPEN_ALREADY}\n")
        return 0
    collector = Collector(application)
    tongue.speak(application, settings.language)
    theme = Theme(application)
    theme.choose(settings.theme)
    window = open_window(settings)
    first.called.connect(window.bring_back)
    collector.keep()
    window.desk.settings_changed.connect(lambda changed: theme.choose(changed.theme))
    application.setQuitOnLastWindowClosed(not window.tray.is_there)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.leave())
    ticks = QTimer()  # lets Python see Ctrl-C while Qt waits
    ticks.timeout.connect(_tick)
    ticks.start(_TICK_MS)
    try:
        return application.exec()
    finally:
        first.close()
        collector.close()


_TICK_MS = 200
_OPEN_ALREADY = "Aircheck is open already with this archive; its window is in front now."


def _tick() -> None:
    """Give Python's interpreter a turn."""
