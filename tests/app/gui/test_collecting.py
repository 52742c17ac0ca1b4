"""Where garbage is collected."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.gui.collecting import Collector


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()
    assert gc.isenabled()


def test_no_other_thread_collects(collector: Collector, qtbot: QtBot) -> None:
    threads: list[str] = []
    knot = weakref.finalize(Knot(), lambda: threads.append(threading.current_thread().name))

    def allocate() -> None:
        for _ in range(20_000):
            Knot()

    worker = threading.Thread(target=allocate, name="worker")
    worker.start()
    worker.join()
    assert knot.alive, "nothing was collected there"
    qtbot.waitUntil(lambda: not knot.alive)
    assert threads == [threading.main_thread().name]


def test_older_garbage_is_collected_in_its_turn(collector: Collector) -> None:
    for _ in range(gc.get_threshold()[1] + 2):
        knots = [Knot() for _ in range(gc.get_threshold()[0] + 1)]
        collector.collect()
        knots.clear()
    assert gc.get_count()[1] <= gc.get_threshold()[1] + 1
