import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.gui.bridge import Bridge, Lane, Ticker
from recorder.errors import AircheckError, NotAudio


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.close()


def unwanted(error: AircheckError) -> None:
    raise AssertionError(str(error))


def test_work_is_done_elsewhere_and_its_result_arrives_here(qtbot: QtBot, bridge: Bridge) -> None:
    lane = Lane(bridge, "gui-test")
    seen: list[tuple[str, str]] = []
    here = threading.current_thread().name
    lane.do(
        lambda: threading.current_thread().name,
        lambda name: seen.append((name, threading.current_thread().name)),
        unwanted,
    )
    qtbot.waitUntil(lambda: bool(seen))
    lane.close()
    assert seen == [("gui-test", here)]


def test_an_error_for_people_arrives_as_it_is(qtbot: QtBot, bridge: Bridge) -> None:
    lane = Lane(bridge, "gui-test")
    problems: list[AircheckError] = []
    error = NotAudio("This is a picture.")

    def work() -> None:
        raise error

    lane.do(work, lambda _: None, problems.append)
    qtbot.waitUntil(lambda: bool(problems))
    lane.close()
    assert problems == [error]


def test_a_bug_in_work_becomes_a_sentence_and_the_lane_goes_on(
    qtbot: QtBot, bridge: Bridge
) -> None:
    lane = Lane(bridge, "gui-test")
    problems: list[AircheckError] = []
    results: list[int] = []
    lane.do(lambda: 1 // 0, results.append, problems.append)
    lane.do(lambda: 7, results.append, unwanted)
    qtbot.waitUntil(lambda: bool(results))
    lane.close()
    assert results == [7]
    assert "ZeroDivisionError" in problems[0].message


def test_only_the_newest_matters_where_it_was_asked_for(qtbot: QtBot, bridge: Bridge) -> None:
    lane = Lane(bridge, "gui-test", newest_only=True)
    may_go_on = threading.Event()
    results: list[int] = []

    def first() -> int:
        may_go_on.wait(10)
        return 1

    lane.do(first, results.append, unwanted)
    lane.do(lambda: 2, results.append, unwanted)
    lane.do(lambda: 3, results.append, unwanted)
    may_go_on.set()
    qtbot.waitUntil(lambda: bool(results))
    lane.close()
    assert results == [3]


def test_a_full_lane_says_so_instead_of_growing(bridge: Bridge) -> None:
    lane = Lane(bridge, "gui-test", room=2)
    is_at_work, may_go_on = threading.Event(), threading.Event()

    def wait() -> None:
        is_at_work.set()
        may_go_on.wait(10)

    assert lane.do(wait, lambda _: None, unwanted)
    assert is_at_work.wait(10)
    taken = [lane.do(wait, lambda _: None, unwanted) for _ in range(3)]
    may_go_on.set()
    lane.close()
    assert taken == [True, True, False]


def test_nothing_arrives_after_closing(qtbot: QtBot, bridge: Bridge) -> None:
    lane = Lane(bridge, "gui-test")
    done = threading.Event()
    results: list[None] = []
    lane.do(done.set, results.append, unwanted)
    assert done.wait(10)
    bridge.close()
    lane.close()
    lane.close()
    assert not lane.do(done.set, results.append, unwanted)
    qtbot.wait(20)
    assert not results


def test_a_ticker_delivers_only_what_is_new(qtbot: QtBot, bridge: Bridge) -> None:
    looks = iter([1, None, None, 2])
    seen: list[int] = []
    is_over = threading.Event()

    def look() -> int | None:
        found = next(looks, -1)
        if found == -1:
            is_over.set()
            return None
        return found

    ticker = Ticker(bridge, "gui-test", 0.001, look, seen.append, unwanted)
    qtbot.waitUntil(lambda: is_over.is_set() and len(seen) > 0 and seen[-1] == 2)
    ticker.close()
    assert seen in ([1, 2], [2])


def test_a_ticker_outlives_a_failing_look(qtbot: QtBot, bridge: Bridge) -> None:
    looks = iter([True, False])
    seen: list[int] = []
    problems: list[AircheckError] = []

    def look() -> int | None:
        if next(looks, None):
            raise NotAudio("This is a picture.")
        return 5

    ticker = Ticker(bridge, "gui-test", 0.001, look, seen.append, problems.append)
    qtbot.waitUntil(lambda: bool(seen))
    ticker.close()
    assert problems[0].message == "This is a picture."


def test_the_same_failure_is_told_once_until_a_look_succeeds(qtbot: QtBot, bridge: Bridge) -> None:
    looks = iter("fffsff")
    problems: list[AircheckError] = []
    is_over = threading.Event()

    def look() -> None:
        match next(looks, "end"):
            case "f":
                raise NotAudio("This is a picture.")
            case "end":
                is_over.set()

    ticker = Ticker(bridge, "gui-test", 0.001, look, unwanted, problems.append)
    qtbot.waitUntil(is_over.is_set)
    qtbot.waitUntil(lambda: len(problems) == 2)
    ticker.close()


def test_a_slow_window_gets_the_latest_look_once(qtbot: QtBot, bridge: Bridge) -> None:
    count = 0
    reached = threading.Event()
    seen: list[int] = []

    def look() -> int:
        nonlocal count
        count += 1
        if count >= 50:
            reached.set()
        return count

    ticker = Ticker(bridge, "gui-test", 0.0005, look, seen.append, unwanted)
    assert reached.wait(10)  # the GUI thread is away meanwhile
    ticker.close()
    assert not seen
    qtbot.wait(20)
    assert len(seen) <= 1
