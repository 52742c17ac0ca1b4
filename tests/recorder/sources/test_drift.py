import pytest

from recorder.sources.drift import Drift
from recorder.types import Seconds
from tests.recorder.sources.drifting import recorded_beside_the_clock


@pytest.mark.parametrize("ppm", [-250, -30, 0, 100, 250])
def test_in_four_hours_a_sample_is_never_10_ms_from_where_it_was_heard(ppm: float) -> None:
    """So two devices are within 20 ms of each other."""
    worst_s, drift = recorded_beside_the_clock(4, ppm)
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
