import pytest

from recorder.sources import blocks
from recorder.sources.blocks import BlockStream
from recorder.types import Seconds

RATE_HZ = 1_000


class Clock:
    now_s = 50.0

    def monotonic(self) -> float:
        return self.now_s


class Stream(BlockStream):
    """A stream whose callback is the test."""

    def give(self, position: int, *, age_s: float = 0.0) -> None:
        self._put(bytes(200), position=position, frames=200, age_s=age_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(blocks, "time", clock)
    return clock


@pytest.mark.parametrize(
    ("age_s", "taken_s"),
    [
        (0.35, 59.65),  # as it is told
        (0.0, 59.8),  # not told
        (0.05, 59.8),  # younger than it is long
        (-3.0, 59.8),
        (1e6, 59.8),  # older than the stream: counted from where the computer's clock begins
    ],
)
def test_a_block_was_taken_when_it_can_have_been(
    clock: Clock, age_s: float, taken_s: float
) -> None:
    stream = Stream(RATE_HZ)
    clock.now_s += 10
    stream.give(0, age_s=age_s)
    block = stream.get(Seconds(0))
    assert block
    assert block.arrived_mono_s == 60
    assert block.taken_mono_s == pytest.approx(taken_s)


def test_blocks_that_nobody_takes_are_dropped_and_the_next_position_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "_MOST_BLOCKS", 2)
    stream = Stream(RATE_HZ)
    for position in (0, 200, 400):
        stream.give(position)
    taken = [stream.get(Seconds(0)) for _ in range(3)]
    assert [block and block.position for block in taken] == [0, 200, None]
    stream.give(600)
    block = stream.get(Seconds(0))
    assert block
    assert block.position == 600


def test_a_reader_that_waits_is_woken() -> None:
    stream = Stream(RATE_HZ)
    stream.wake()
    assert stream.get(Seconds(30)) is None
    assert not stream.has_ended
    stream._end()
    assert stream.get(Seconds(30)) is None
    assert stream.has_ended
