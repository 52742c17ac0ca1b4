"""Several threads at once: as many as may be, no item before its time, results in order."""

import itertools
import threading
from collections.abc import Iterator

import pytest

from tests.parts import wait_until
from transcribe.lanes import cores, in_lanes


class Works:
    """Work that goes on until it is let go; knows how much of it was at work at once."""

    def __init__(self) -> None:
        self.at_work: set[int] = set()
        self.most = 0
        self.may_end = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, item: int) -> int:
        with self._lock:
            self.at_work.add(item)
            self.most = max(self.most, len(self.at_work))
        assert self.may_end.wait(30)
        with self._lock:
            self.at_work.discard(item)
        return -item


def test_results_come_in_order_whatever_is_done_first() -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_is_done.wait(30)
        if item == 1:
            second_is_done.set()
        return item

    assert list(in_lanes(work, range(20), lambda: 2)) == list(range(20))
    assert list(in_lanes(work, [], lambda: 2)) == []


def test_as_many_at_once_as_may_be_and_one_item_more_is_made() -> None:
    works, made = Works(), []

    def items() -> Iterator[int]:
        for item in range(10):
            made.append(item)
            yield item

    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.extend(in_lanes(works, items(), lambda: 3)), name="caller"
    )
    thread.start()
    wait_until(lambda: len(works.at_work) == 3 and len(made) == 4, within_s=30, what="all lanes")
    works.may_end.set()
    thread.join(30)
    assert found == [-item for item in range(10)]
    assert works.most == 3


def test_without_a_lane_items_and_work_take_turns() -> None:
    works = Works()
    works.may_end.set()

    def items() -> Iterator[int]:
        for item in range(10):
            assert not works.at_work
            yield item

    assert list(in_lanes(works, items(), lambda: 0)) == [-item for item in range(10)]
    assert works.most == 1


def test_lanes_may_become_fewer() -> None:
    works, lanes = Works(), [3]
    counts: list[int] = []

    def items() -> Iterator[int]:
        for item in range(6):
            counts.append(len(works.at_work))
            if item == 2:
                lanes[:] = [0]
                works.may_end.set()
            yield item

    assert len(list(in_lanes(works, items(), lambda: lanes[0]))) == 6
    assert counts[3:] == [0, 0, 0]


@pytest.mark.parametrize("lanes", [0, 3])
def test_what_goes_wrong_ends_it_and_what_is_at_work_ends_first(lanes: int) -> None:
    begun: list[int] = []
    ended: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 1:
            raise ZeroDivisionError
        ended.append(item)

    with pytest.raises(ZeroDivisionError):
        list(in_lanes(work, itertools.count(), lambda: lanes))
    assert sorted(ended) == sorted(set(begun) - {1})


def test_an_interruption_waits_for_nothing() -> None:
    works = Works()

    def work(item: int) -> None:
        if item == 1:
            raise KeyboardInterrupt
        works(item)

    with pytest.raises(KeyboardInterrupt):
        list(in_lanes(work, range(2), lambda: 2))
    assert not works.may_end.is_set()
    works.may_end.set()


def test_no_more_is_begun_when_lanes_says_so() -> None:
    done: list[int] = []

    def lanes() -> int:
        if len(done) == 2:
            raise InterruptedError
        return 0

    with pytest.raises(InterruptedError):
        list(in_lanes(done.append, range(100), lanes))
    assert done == [0, 1]


def test_a_machine_has_a_core() -> None:
    assert cores() >= 1
