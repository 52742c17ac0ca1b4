"""The places of the window, in the order of its navigation.

Each is imported when it is made, or off the GUI thread before that, so that the first window does
without the others'.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from app.gui.desk import Desk
from app.gui.place import Entry, Place
from app.gui.player import Player
from app.gui.presenters.language import translate


def entries(desk: Desk, player: Player) -> tuple[Entry, ...]:
    """All places; those with a title stand in the navigation."""
    return (
        Entry(
            key="now",
            module="now",
            title=translate("Side", "Now"),
            icon="radio",
            make=partial(_now, desk),
        ),
        Entry(
            key="library",
            module="library",
            title=translate("Side", "Library"),
            icon="library",
            make=partial(_library, desk),
        ),
        Entry(
            key="search",
            module="search",
            title=translate("Side", "Search"),
            icon="search",
            make=partial(_search, desk),
        ),
        Entry(
            key="jobs",
            module="jobs",
            title=translate("Side", "Jobs"),
            icon="list-checks",
            make=partial(_jobs, desk),
        ),
        Entry(
            key="settings",
            module="settings",
            title=translate("Side", "Settings"),
            icon="settings",
            make=partial(_settings, desk),
        ),
        Entry(key="export", module="export", make=partial(_export, desk)),
        Entry(key="session", module="session", make=partial(_session, desk, player)),
    )


def _jobs(desk: Desk, parent: QWidget) -> Place:
    from app.gui.pages.jobs import JobsPage  # noqa: PLC0415 (see above)

    return JobsPage(desk, parent)


def _settings(desk: Desk, parent: QWidget) -> Place:
    from app.gui.pages.settings import SettingsPage  # noqa: PLC0415 (see above)

    return SettingsPage(desk, parent)


def _export(desk: Desk, parent: QWidget) -> Place:
    from app.gui.pages.export import ExportPage  # noqa: PLC0415 (see above)

    return ExportPage(desk, parent)


def _now(desk: Desk, parent: QWidget) -> Place:
    from app.gui.pages.now import NowPage  # noqa: PLC0415 (see above)

    return NowPage(desk, parent)


def _search(desk: Desk, parent: QWidget) -> Place:
    from app.gui.pages.search import SearchPage  # noqa: PLC0415 (see above)

    return SearchPage(desk, parent)


def _library(desk: Desk, parent: QWidget) -> Place:
    from app.gui.pages.library import LibraryPage  # noqa: PLC0415 (see above)

    return LibraryPage(desk, parent)


def _session(desk: Desk, player: Player, parent: QWidget) -> Place:
    from app.gui.pages.session import SessionPage  # noqa: PLC0415 (see above)

    return SessionPage(desk, player, parent)
