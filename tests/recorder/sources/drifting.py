"""A recording of hours, simulated: a device whose clock is off, and blocks that come late."""

import random

from recorder.sources.drift import Drift
from recorder.sources.sampleclock import SampleClock
from recorder.types import Seconds

RATE_HZ, BLOCK = 48_000, 12_000
SETTLED_S = 60.0


def recorded_beside_the_clock(hours: float, ppm: float, *, seed: int = 1) -> tuple[float, Drift]:
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
