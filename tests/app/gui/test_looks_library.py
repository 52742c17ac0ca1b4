"""How the library and the search look, in every state; see `test_looks`."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app import editing, shelf
from app.gui.models import ROW_ROLE
from app.gui.pages.library import LibraryPage
from app.gui.presenters.search import Field, HitEntry, Value
from app.gui.shelves import TRASH
from app.gui.window import Window
from app.settings import Settings
from app.shelf import Collection, Filter
from recorder import trash
from recorder.archive import Archive, SessionFolder
from tests.app.gui import reach
from tests.app.gui.test_looks import KEEPS_PICTURES, Open, evening, look, theme
from tests.recorder.builders import build_session

__all__ = ["evening", "look", "theme"]  # fixtures
Look = Callable[[Window, str], None]

LONG = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung, dritte Lesung"


@pytest.fixture
def shelves(settings: Settings, evening: list[SessionFolder]) -> list[SessionFolder]:
    for place, folder in enumerate(evening):
        editing.edit(
            folder, editing.Changes(host="Ada Lovelace", tags=("news", "city")[place % 2 :])
        )
    shelf.put(settings.archive, "Interviews", [evening[0].id])
    shelf.keep(settings.archive, Collection(name=LONG, filter=Filter(gaps=True)))
    trash.put(Archive(settings.archive), build_session(settings.archive, title=LONG))
    return [*evening, build_session(settings.archive, title=LONG)]


def opened(qtbot: QtBot, window: Window, count: int) -> LibraryPage:
    window.turn_to("library")
    page = window.place("library")
    assert isinstance(page, LibraryPage)
    qtbot.waitUntil(lambda: page.view.guide.rowCount() == count, timeout=10_000)
    page.view.viewport().grab()  # asks for the waveforms of what is seen
    if KEEPS_PICTURES:
        qtbot.wait(1_500)  # for the waveforms
    return page


def test_the_library(qtbot: QtBot, open_it: Open, shelves: list[SessionFolder], look: Look) -> None:
    window = open_it()
    page = opened(qtbot, window, 5)
    look(window, "library")
    page.chips.sources.menu().aboutToShow.emit()
    page.chips.sources.menu().actions()[0].trigger()
    page.view.selectAll()
    look(window, "library-chosen")
    page.tag.trigger()
    look(window, "library-tagging")
    page.prompt.leave()
    page._turn_to(TRASH)
    qtbot.waitUntil(lambda: page.view.guide.rowCount() == 1, timeout=10_000)
    page.view.selectAll()
    page.empty_trash.click()
    look(window, "library-trash")


def test_an_empty_library_and_an_empty_search(qtbot: QtBot, open_it: Open, look: Look) -> None:
    window = open_it()
    page = opened(qtbot, window, 0)
    qtbot.waitUntil(page.empty.isVisible)
    look(window, "library-empty")
    window.turn_to("search")
    look(window, "search-empty")


def test_hits_in_every_form(
    qtbot: QtBot, open_it: Open, shelves: list[SessionFolder], look: Look
) -> None:
    window = open_it()
    window.bar.search_for("break OR studio")
    page = reach.search(window)
    qtbot.waitUntil(lambda: page.model.rowCount() == 6, timeout=10_000)
    page._facets_pause.stop()
    page.narrowing.show_values(
        (
            Value(field=Field.SOURCE, value="https://radio.example/live", count=12_345, is_on=True),
            Value(field=Field.SPEAKER, value=LONG, count=3, is_on=False),
        )
    )
    page.view.setCurrentIndex(page.model.index(1))
    assert isinstance(page.model.index(1).data(ROW_ROLE), HitEntry)
    page.context.trigger()
    look(window, "search-narrowed")
    page.group.click()
    look(window, "search-flat")
    window.bar.search_for("studioo")
    qtbot.waitUntil(lambda: "Did you mean" in page.nothing.sentence.text(), timeout=10_000)
    look(window, "search-nothing")
