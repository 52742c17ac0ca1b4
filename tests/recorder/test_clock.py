"""Sleep, a changed clock and a filling disk, on clocks that the test turns."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from recorder import clock
from recorder.clock import ClockWatch, Jump, Limit, SessionClock
from recorder.disk import DiskWatch
from recorder.types import Seconds


class Clocks:
    def __init__(self) -> None:
        self.wall_s, self.mono_s, self.asleep_s = 1e9, 50.0, 7.0
        self.watch = ClockWatch(
            wall=lambda: self.wall_s,
            monotonic=lambda: self.mono_s,
            suspended=lambda: self.asleep_s,
        )

    def run(self, seconds: float) -> None:
        self.wall_s += seconds
        self.mono_s += seconds

    def sleep(self, seconds: float) -> None:
        self.wall_s += seconds
        self.asleep_s += seconds


def test_a_computer_that_is_awake_and_left_alone_tells_nothing() -> None:
    clocks = Clocks()
    for seconds in (0.0, 1.0, 600.0):
        clocks.run(seconds)
        assert clocks.watch.look() is None


def test_sleep_is_told_once_with_its_length() -> None:
    clocks = Clocks()
    clocks.run(1.0)
    clocks.sleep(300.0)
    assert clocks.watch.look() == Jump(slept_s=300.0, set_by_s=0.0)
    assert clocks.watch.look() is None


@pytest.mark.parametrize("by_s", [3600.0, -3600.0])
def test_a_set_clock_is_no_sleep(by_s: float) -> None:
    clocks = Clocks()
    clocks.run(1.0)
    clocks.wall_s += by_s
    assert clocks.watch.look() == Jump(slept_s=0.0, set_by_s=by_s)


def test_a_clock_that_is_set_while_the_computer_sleeps_is_both() -> None:
    clocks = Clocks()
    clocks.sleep(300.0)
    clocks.wall_s -= 60.0
    assert clocks.watch.look() == Jump(slept_s=300.0, set_by_s=-60.0)


def test_this_computer_says_how_long_it_slept() -> None:
    assert clock.suspended_s() > -0.1
    assert ClockWatch().look() is None


def test_the_first_sample_of_any_track_is_time_0(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("recorder.clock.time.monotonic", lambda: now_s)
    session = SessionClock()
    assert session.now_s == 0
    assert session.claim("b")
    assert not session.claim("a")
    session.begin(90.0)
    session.begin(95.0)
    assert session.now_s == 10.0
    assert not session.claim("b")
    session.slept(300.0)
    assert session.now_s == 310.0


def disk(*free: int, every_s: float = 10.0) -> Iterator[tuple[str, float | None]]:
    times, room = itertools.count(0.0, every_s), iter(free)
    watch = DiskWatch(lambda: next(room), monotonic=lambda: next(times))
    for _ in free:
        yield watch.look(), watch.left_s


def test_a_disk_is_said_to_fill_before_it_is_full() -> None:
    megabyte = 1_000_000
    # A megabyte in ten seconds: 200 MB are 2,000 s.
    said = list(disk(*(megabyte * left for left in (202, 201, 200, 199))))
    assert [sentence for sentence, _ in said] == [
        "",
        "The disk is full in 34 min at the present rate.",
        "",
        "",
    ]
    assert said[2][1] == pytest.approx(2_000, rel=0.01)


def test_each_warning_comes_once_and_again_after_there_was_room() -> None:
    megabyte = 1_000_000
    said = list(disk(*(megabyte * left for left in (121, 120, 119, 31, 30, 9_000, 121, 120, 100))))
    warnings = [sentence for sentence, _ in said if sentence]
    assert len(warnings) >= 3
    assert warnings[0].startswith("The disk is full in 20 min")
    assert said[5] == ("", None)


def test_a_disk_that_nobody_fills_is_never_full() -> None:
    assert list(disk(5_000_000, 5_000_000, 6_000_000)) == [("", None)] * 3


AT = datetime(2026, 11, 21, 20, tzinfo=UTC)


def limit_at(*, first_sample_s: float, handed_over_s: float = 0.0) -> float:
    """An hour asked for at 20:00; looked at each second, a step of the clock at a time."""
    limit = Limit(Seconds(3600.0), announced_at=AT)
    for now_s in itertools.count(-120):
        heard_s = max(0.0, now_s + handed_over_s - first_sample_s) if now_s > first_sample_s else 0
        limit.look(heard_s=Seconds(heard_s), now=AT + timedelta(seconds=now_s))
        if limit.end_s is not None:
            assert now_s == 0, "it is known at the announced moment, and not before"
            return limit.end_s
    raise AssertionError


def test_time_asked_for_counts_from_the_announced_moment() -> None:
    assert limit_at(first_sample_s=-120) == 3720, "the lead-in is on top"
    assert limit_at(first_sample_s=-30) == 3630
    assert limit_at(first_sample_s=-30, handed_over_s=12) == 3642, "so is what came with it at once"
    assert limit_at(first_sample_s=0) == 3600
    assert limit_at(first_sample_s=90) == 3600, "one that is late is as long"


def test_the_announced_moment_may_have_been_slept_through() -> None:
    limit = Limit(Seconds(3600.0), announced_at=AT)
    limit.look(heard_s=Seconds(20), now=AT - timedelta(seconds=100))
    limit.look(heard_s=Seconds(420), now=AT + timedelta(seconds=300))
    assert limit.end_s == 3720
    limit.look(heard_s=Seconds(421), now=AT + timedelta(seconds=900))
    assert limit.end_s == 3720, "a clock that is set changes it no more"


def test_time_asked_for_without_an_announced_moment_is_known_at_once() -> None:
    assert Limit(Seconds(60.0)).end_s == 60
    assert Limit(None).end_s is None
    endless = Limit(None, announced_at=AT)
    endless.look(heard_s=Seconds(1), now=AT)
    assert endless.end_s is None
