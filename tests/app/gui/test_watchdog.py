"""Nothing that workers deliver, and no timer of ours, keeps the GUI thread for a frame.

Processor time of the thread is measured, so that a busy machine changes nothing.
"""

import time
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.broadcast import SampleBroadcast
from app.gui.bridge import Bridge
from app.gui.presenters.capture import Wish
from app.gui.window import Window
from app.settings import Settings
from recorder import launch
from recorder.control import Client
from tests.app.gui import reach
from tests.parts import wait_until
from tests.recorder.builders import build_session

FRAME_S = 0.016
FIRST_S = 2 * FRAME_S
"""What the first of its kind may take: it fills a page whose parts are dressed then."""
MADE_S = 8 * FRAME_S
"""What it may take to make a page, behind people's back, while there is nothing to do."""
WITHIN_MS = 30_000


@pytest.fixture
def deliveries(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """The processor time of each thing that was delivered onto the GUI thread, and what it was."""
    taken: list[tuple[float, str]] = []
    receive = Bridge._receive

    def timed(self: Bridge, call: Callable[[], None]) -> None:
        begun = time.thread_time()
        receive(self, call)
        taken.append((time.thread_time() - begun, _named(call)))

    monkeypatch.setattr(Bridge, "_receive", timed)
    return taken


def _named(call: Callable[[], None]) -> str:
    """What a delivery was: whose result, or whose look."""
    cells = [cell.cell_contents for cell in getattr(call, "__closure__", None) or ()]
    owners = [*cells, getattr(call, "__self__", None)]
    then = next((each._then for each in owners if hasattr(each, "_then")), call)
    return str(getattr(then, "__qualname__", then))


def test_no_delivery_takes_a_frame_while_a_session_is_recorded(
    qtbot: QtBot,
    open_it: Callable[[], Window],
    settings: Settings,
    deliveries: list[tuple[float, str]],
) -> None:
    for number in range(12):
        build_session(settings.archive, title=f"Session {number}", markers=[(4.0, "question")])
    with SampleBroadcast() as broadcast:
        window = open_it()
        qtbot.waitUntil(lambda: len(window._desk.rows) == 12, timeout=WITHIN_MS)
        eager = {entry.key for entry in window._entries.values() if entry.is_eager}
        qtbot.waitUntil(lambda: eager <= window._places.keys(), timeout=WITHIN_MS)
        window._desk.record(Wish(source=broadcast.url))
        page = reach.now(window)
        qtbot.waitUntil(lambda: len(page.cards) == 1, timeout=WITHIN_MS)
        (card,) = page.cards.values()
        qtbot.waitUntil(lambda: card.clock.text() not in ("0:00", "0:01"), timeout=WITHIN_MS)
        for key in window.side.buttons:
            window.turn_to(key)
            qtbot.wait(50)
        card.stop.click()
        qtbot.waitUntil(lambda: not page.cards, timeout=WITHIN_MS)
    folder = card.folder
    wait_until(lambda: not launch.is_running(folder), 30, "the recorder's end")
    assert len(deliveries) > 10
    seen: set[str] = set()
    slow = []
    for took_s, name in deliveries:
        if took_s > (FRAME_S if name in seen else FIRST_S):
            slow.append((took_s, name))
        seen.add(name)
    assert not slow, slow


def test_places_are_made_one_at_a_time_and_each_is_there_soon(
    qtbot: QtBot, open_it: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_next, taken = Window._make_next, []

    def timed(self: Window) -> None:
        before, begun = len(self._places), time.thread_time()
        make_next(self)
        taken.append((time.thread_time() - begun, list(self._places)[before:]))

    monkeypatch.setattr(Window, "_make_next", timed)
    window = open_it()
    eager = {entry.key for entry in window._entries.values() if entry.is_eager}
    qtbot.waitUntil(lambda: eager <= window._places.keys(), timeout=WITHIN_MS)
    assert all(len(made) <= 1 for _, made in taken)
    slow = [(took_s, made) for took_s, made in taken if took_s > MADE_S]
    assert not slow, slow


def test_ten_times_a_second_costs_little(
    qtbot: QtBot, open_it: Callable[[], Window], settings: Settings
) -> None:
    """What is shown again and again while nothing is new takes next to nothing."""
    with SampleBroadcast() as broadcast:
        window = open_it()
        window._desk.record(Wish(source=broadcast.url))
        qtbot.waitUntil(lambda: bool(window._desk.live), timeout=WITHIN_MS)
        shown = window._desk.live
        begun = time.thread_time()
        for _ in range(100):
            window._desk._on_live(shown)
        assert (time.thread_time() - begun) / 100 < FRAME_S / 4
        folder = shown[0].folder
        Client(folder).stop()
        wait_until(lambda: not launch.is_running(folder), 30, "the recorder's end")
