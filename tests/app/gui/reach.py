"""The places of a window, by their kinds, for those who look inside."""

from app.gui.pages.now import NowPage
from app.gui.pages.search import SearchPage
from app.gui.pages.session import SessionPage
from app.gui.window import Window


def now(window: Window) -> NowPage:
    place = window.place("now")
    assert isinstance(place, NowPage)
    return place


def session(window: Window) -> SessionPage:
    place = window.place("session")
    assert isinstance(place, SessionPage)
    return place


def search(window: Window) -> SearchPage:
    place = window.place("search")
    assert isinstance(place, SearchPage)
    return place
