import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.sources.sampleclock import LOSS_S, SampleClock

RATE_HZ, BLOCK = 48_000, 2_400
BLOCK_S = BLOCK / RATE_HZ

lateness = st.lists(st.floats(0, 0.04), min_size=160, max_size=160)  # of 8 s of blocks


def feed(clock: SampleClock, late_s: list[float], *, lost_s: dict[int, float], ppm: float) -> float:
    """Blocks as they come, some late, samples missing before some; return what was found."""
    found_s = elapsed_s = 0.0
    for number, late in enumerate(late_s):
        elapsed_s += BLOCK_S * (1 + ppm * 1e-6) + lost_s.get(number, 0.0)
        found_s += clock.arrived((number + 1) * BLOCK, 1_000 + elapsed_s + late)
    return found_s


@given(late_s=lateness, ppm=st.floats(min_value=-200, max_value=200))
def test_lateness_and_drift_are_no_loss(late_s: list[float], ppm: float) -> None:
    assert feed(SampleClock(RATE_HZ), late_s, lost_s={}, ppm=ppm) == 0


@given(
    late_s=lateness,
    at=st.integers(30, 100),
    lost_s=st.floats(min_value=0.15, max_value=20),
)
def test_a_loss_is_found_and_measured(late_s: list[float], at: int, lost_s: float) -> None:
    found_s = feed(SampleClock(RATE_HZ), late_s, lost_s={at: lost_s}, ppm=0)
    assert found_s == pytest.approx(lost_s, abs=0.06)


def test_a_thread_that_slept_is_no_loss() -> None:
    """Nothing is fetched for 5 s; then all comes at once, and on time from there."""
    late_s = [0.0] * 80 + [max(0.0, 5 - BLOCK_S * n) for n in range(100)] + [0.0] * 60
    assert feed(SampleClock(RATE_HZ), late_s, lost_s={}, ppm=0) == 0


def test_small_losses_are_found_once_they_add_up() -> None:
    lost_s = dict.fromkeys(range(50, 200, 50), 0.05)
    found_s = feed(SampleClock(RATE_HZ), [0.0] * 400, lost_s=lost_s, ppm=0)
    assert found_s == pytest.approx(sum(lost_s.values()), abs=LOSS_S)
    assert found_s > 0


def test_the_place_of_a_frame_counts_what_was_lost() -> None:
    clock = SampleClock(RATE_HZ)
    before_s = [clock.arrived((n + 1) * BLOCK, 10 + (n + 1) * BLOCK_S) for n in range(60)]
    assert sum(before_s) == 0
    assert clock.at(0) == pytest.approx(10)
    for n in range(60, 120):
        clock.arrived((n + 1) * BLOCK, 11 + (n + 1) * BLOCK_S)
    assert clock.at(0) == pytest.approx(11)


def test_the_least_late_block_says_where_the_stream_is() -> None:
    clock = SampleClock(RATE_HZ)
    for number, late_s in enumerate([0.3, 0.1, 0.2]):
        clock.arrived((number + 1) * BLOCK, 10 + (number + 1) * BLOCK_S + late_s)
    assert clock.at(BLOCK) == pytest.approx(10 + BLOCK_S + 0.1)


def test_a_clock_without_a_block_tells_no_time() -> None:
    with pytest.raises(ValueError, match="without a block"):
        SampleClock(RATE_HZ).at(0)
