"""Nothing that workers deliver, and no timer of ours, keeps the GUI thread for a frame.

Processor time of the thread is measured, so that a busy machine changes nothing.
"""

import time
from collections.abc import Callable
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from app.broadcast import SampleBroadcast
from app.gui.bridge import Bridge
from app.gui.place import Entry
from app.gui.presenters.capture import Wish
from app.gui.window import Window
from app.settings import Settings
from recorder import launch
from recorder.control import Client
from tests.app.gui import reach
from tests.parts import wait_until
from tests.recorder.builders import build_session

FRAME_S = 0.016
WINDOWS = 3
USUAL_S = 0.003
"""What an ordinary processor takes to add up the first 300,000 numbers."""
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
        qtbot.waitUntil(partial(_are_all_made, window), timeout=WITHIN_MS)
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
    kinds: dict[str, list[float]] = {}
    for took_s, name in deliveries:
        kinds.setdefault(name, []).append(took_s)
    allowed_s = FRAME_S * _slowness()
    slow = {name: times for name, times in kinds.items() if _usual_most(times) > allowed_s}
    assert not slow, slow


def test_no_step_at_a_place_takes_a_frame(
    qtbot: QtBot, open_it: Callable[[], Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each step the shortest of some windows counts: what the machine adds is in the others."""
    make_some, best = Window._make_some, dict[tuple[str, int], float]()
    steps: dict[str, list[float]] = {}

    def timed(self: Window, entry: Entry) -> bool:
        begun = time.thread_time()
        has_more = make_some(self, entry)
        steps.setdefault(entry.key, []).append(time.thread_time() - begun)
        return has_more

    monkeypatch.setattr(Window, "_make_some", timed)
    for _ in range(WINDOWS):
        steps.clear()
        window = open_it()
        qtbot.waitUntil(partial(_are_all_made, window), timeout=WITHIN_MS)
        for key, times in steps.items():
            for number, took_s in enumerate(times):
                best[key, number] = min(took_s, best.get((key, number), took_s))
    assert {key for key, _ in best} == window._entries.keys() - {"now"}  # which is shown first
    allowed_s = FRAME_S * _slowness()
    slow = {step: took_s for step, took_s in best.items() if took_s > allowed_s}
    assert not slow, slow


def test_a_place_that_is_wanted_before_it_is_made_is_whole(
    qtbot: QtBot, open_it: Callable[[], Window]
) -> None:
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._begun), timeout=WITHIN_MS)
    (key,) = window._begun
    window.turn_to(key)
    assert window.pages.currentWidget() is window.place(key)
    assert not window._begun
    assert not list(window.place(key)._making), "no step is left"


def _slowness() -> float:
    """How many times slower than usual this machine's processors are; 1 where they are as fast."""

    def took_s() -> float:
        begun = time.thread_time()
        sum(range(300_000))
        return time.thread_time() - begun

    return max(1.0, min(took_s() for _ in range(20)) / USUAL_S)


def _usual_most(times: list[float]) -> float:
    """The most that it takes, but for once, which is the machine's, or the page's when it fills."""
    return sorted(times)[-2] if len(times) > 1 else times[0] / 2


def _are_all_made(window: Window) -> bool:
    return window._entries.keys() == window._places.keys()


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
