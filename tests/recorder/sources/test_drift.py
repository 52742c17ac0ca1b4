import random

import pytest

from recorder.sources.drift import Drift
from recorder.sources.sampleclock import SampleClock
from recorder.types import Seconds

RATE_HZ, BLOCK = 48_000, 12_000
SETTLED_S = 60.0


def recorded(hours: float, ppm: float, *, seed: int = 1) -> tuple[float, Drift]:
    """A recording of so long; how far a sample was misplaced at worst, in seconds, and the drift.

    Blocks come up to 20 ms late, and now and then half a second.
    """
    random_, clock = random.Random(seed), SampleClock(RATE_HZ)
    drift, told_s, worst_s = Drift(Seconds(0.0)), 0.0, 0.0
    for number in range(round(hours * 3_600 * RATE_HZ / BLOCK)):
        begins_s = number * BLOCK / RATE_HZ * (1 + ppm * 1e-6)
        late_s = random_.uniform(0, 0.02) + (0.5 if random_.random() < 1e-3 else 0.0)
        ends_s = begins_s + BLOCK / RATE_HZ * (1 + ppm * 1e-6)
        assert clock.arrived(number * BLOCK, begins_s + late_s, ends_s + late_s) == 0
        if number % 4 == 0:
            drift.measure(clock.at(number * BLOCK))
        if begins_s > SETTLED_S:
            worst_s = max(worst_s, abs(told_s - begins_s))
        told_s += drift.told(BLOCK / RATE_HZ)
    return worst_s, drift


@pytest.mark.parametrize("ppm", [-250, -30, 0, 100, 250])
def test_in_four_hours_a_sample_is_never_10_ms_from_where_it_was_heard(ppm: float) -> None:
    """So two devices are within 20 ms of each other."""
    worst_s, drift = recorded(4, ppm)
    assert worst_s < 0.010
    sentence = drift.sentence()
    told_ppm = int(sentence.split(" ppm")[0].split()[-1]) * (-1 if "faster" in sentence else 1)
    assert told_ppm == pytest.approx(ppm, abs=2)


def test_what_agrees_is_told_as_it_is() -> None:
    drift = Drift(Seconds(100.0))
    for second in range(100):
        drift.measure(Seconds(100 + second + 0.0019 * (second % 2)))
        assert drift.told(1.0) == 1.0


def test_a_short_run_tells_no_drift() -> None:
    drift = Drift(Seconds(0.0))
    drift.measure(Seconds(59.0))
    assert drift.sentence() == ""


def test_drift_is_told_every_hour() -> None:
    drift, due = Drift(Seconds(0.0)), []
    for second in range(4 * 3_600 + 1):
        drift.measure(Seconds(second * 1.0001))
        drift.told(1.0)
        if drift.is_due:
            due.append(second)
            assert "100 ppm slower" in drift.sentence()
    assert len(due) == 4
