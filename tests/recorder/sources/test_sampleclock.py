import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.sources.sampleclock import LOSS_S, SampleClock

RATE_HZ, BLOCK = 48_000, 9_600
BLOCK_S = BLOCK / RATE_HZ
COUNT = 60

lateness = st.lists(st.floats(0, 0.04), min_size=COUNT, max_size=COUNT)


def feed(
    clock: SampleClock,
    late_s: list[float],
    *,
    lost_s: dict[int, float] | None = None,
    ppm: float = 0.0,
    error_s: dict[int, float] | None = None,
    is_told: bool = True,
) -> float:
    """Blocks as they come, some late, samples missing before some; returns what was found.

    Args:
        clock: Takes them.
        late_s: By how much each one arrives late.
        lost_s: Seconds missing, by the number of the block behind them.
        ppm: By how much the device's clock is slower than the computer's.
        error_s: By how much too young a block's first sample is said to be.
        is_told: Whether the sound system tells when samples were taken; else it is taken for a
            block that arrived at once.
    """
    found_s = elapsed_s = 0.0
    for number, late in enumerate(late_s):
        elapsed_s += (lost_s or {}).get(number, 0.0)
        taken_s = elapsed_s + (error_s or {}).get(number, 0.0)
        elapsed_s += BLOCK_S * (1 + ppm * 1e-6)
        arrived_s = elapsed_s + late
        if not is_told:
            taken_s = arrived_s - BLOCK_S
        found_s += clock.arrived(number * BLOCK, 1_000 + taken_s, 1_000 + arrived_s)
    return found_s


@pytest.mark.parametrize("is_told", [True, False])
@given(late_s=lateness, ppm=st.floats(min_value=-200, max_value=200))
def test_lateness_and_drift_are_no_loss(
    is_told: bool,  # noqa: FBT001 (a test's parameter)
    late_s: list[float],
    ppm: float,
) -> None:
    assert feed(SampleClock(RATE_HZ), late_s, ppm=ppm, is_told=is_told) == 0


@pytest.mark.parametrize("is_told", [True, False])
@given(
    late_s=lateness,
    at=st.integers(11, COUNT - 20),
    lost_s=st.floats(min_value=0.15, max_value=20),
)
def test_a_loss_is_found_and_measured(
    is_told: bool,  # noqa: FBT001 (a test's parameter)
    late_s: list[float],
    at: int,
    lost_s: float,
) -> None:
    found_s = feed(SampleClock(RATE_HZ), late_s, lost_s={at: lost_s}, is_told=is_told)
    assert found_s == pytest.approx(lost_s, abs=0.06)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_thread_that_slept_is_no_loss(
    is_told: bool,  # noqa: FBT001 (a test's parameter)
) -> None:
    """Nothing is fetched for 5 s; then all comes at once, and on time from there."""
    late_s = [0.0] * 20 + [max(0.0, 5 - BLOCK_S * n) for n in range(25)] + [0.0] * 15
    assert feed(SampleClock(RATE_HZ), late_s, is_told=is_told) == 0


def test_blocks_that_come_late_for_good_are_no_loss() -> None:
    """As PulseAudio's do once nobody fetched them in time: they wait longer, and that is told."""
    clock = SampleClock(RATE_HZ)
    assert feed(clock, [0.0] * 20 + [0.19] * 40) == 0
    assert clock.at(0) == pytest.approx(1_000)


def test_a_moment_that_is_told_wrong_is_no_loss() -> None:
    """One in a second: too old by half a second, or too young by as much."""
    errors_s = {17: -0.5, 29: 0.5, 41: -0.5}
    clock = SampleClock(RATE_HZ)
    assert feed(clock, [0.0] * COUNT, error_s=errors_s) == 0
    assert clock.at(0) == pytest.approx(1_000)


def test_small_losses_are_found_once_they_add_up() -> None:
    lost_s = dict.fromkeys(range(12, 50, 12), 0.05)
    found_s = feed(SampleClock(RATE_HZ), [0.0] * 100, lost_s=lost_s)
    assert found_s == pytest.approx(sum(lost_s.values()), abs=LOSS_S)
    assert found_s > 0


def test_the_place_of_a_frame_counts_what_was_lost() -> None:
    clock = SampleClock(RATE_HZ)
    assert feed(clock, [0.0] * 20) == 0
    assert clock.at(0) == pytest.approx(1_000)
    clock = SampleClock(RATE_HZ)
    assert feed(clock, [0.0] * 40, lost_s={20: 1.0}) == pytest.approx(1)
    assert clock.at(0) == pytest.approx(1_001)


def test_the_oldest_block_says_where_the_stream_is() -> None:
    clock = SampleClock(RATE_HZ)
    feed(clock, [0.3, 0.1, 0.2], is_told=False)
    assert clock.at(BLOCK) == pytest.approx(1_000 + BLOCK_S + 0.1)


def test_a_clock_without_a_block_tells_no_time() -> None:
    with pytest.raises(ValueError, match="without a block"):
        SampleClock(RATE_HZ).at(0)
