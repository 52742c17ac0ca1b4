import numpy as np
import pytest

from recorder.sources import levelmeter
from recorder.sources.levelmeter import LevelMeter
from recorder.types import AudioFormat

FORMAT = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=1_000, channels=2)


class Clock:
    now_s = 50.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(levelmeter, "time", clock)
    return clock


def tenths(*samples: int) -> bytes:
    """A tenth of a second of each number, in both channels."""
    return np.repeat(np.array(samples, "<i2"), 200).tobytes()


def test_a_longer_block_is_shown_a_tenth_of_a_second_at_a_time(clock: Clock) -> None:
    meter, shown = LevelMeter(), []
    meter.take(tenths(16_384, 8_192), FORMAT)
    for _ in range(4):
        level = meter.level()
        assert level
        shown.append(round(level.peak_dbfs))
        clock.now_s += 0.06
    assert shown == [-6, -6, -12, -12]
    meter.take(tenths(32, 32), FORMAT)
    level = meter.level()
    assert level
    assert level.peak_dbfs == pytest.approx(-60.2, abs=0.1)


def test_clipped_samples_are_counted_though_nobody_looks(clock: Clock) -> None:
    meter = LevelMeter()
    meter.take(tenths(32_767), FORMAT)
    meter.take(tenths(0, -32_768, 0), FORMAT)
    meter.take(tenths(5), FORMAT)
    level = meter.level()
    assert level
    assert level.clipped == 400


def test_nothing_heard_has_no_level() -> None:
    assert LevelMeter().level() is None
