"""Where new frames belong: equal frames first, the clock where they say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.frames import Frame
from recorder.sources.overlap import CLOCK_AGREES_S, FrameMemory, LiveEdge
from recorder.types import AudioFormat, Seconds

MP3 = AudioFormat(container="mp3", codec="mp3", rate_hz=44_100, channels=2)
FRAME_S = 1152 / 44_100


def frame(number: int) -> Frame:
    return Frame(data=b"frame %d" % number, samples=1152, rate_hz=44_100, format=MP3)


def frames(numbers: range | list[int]) -> list[Frame]:
    return [frame(number) for number in numbers]


def memory_of(numbers: range | list[int], **more: float) -> tuple[FrameMemory, Seconds]:
    memory = FrameMemory(**more)
    for count, item in enumerate(frames(numbers)):
        memory.remember(item, Seconds(count * FRAME_S))
    return memory, Seconds(len(numbers) * FRAME_S)


@given(
    stored=st.integers(3, 300),
    start=st.integers(0, 300),
    arrived=st.integers(1, 300),
    clock_error_s=st.floats(-30, 30),
)
def test_no_more_is_taken_for_stored_than_the_clock_allows(
    stored: int, start: int, arrived: int, clock_error_s: float
) -> None:
    memory, end_s = memory_of(range(stored))
    clock_s = Seconds(start * FRAME_S + clock_error_s)
    found = memory.find(frames(range(start, start + arrived)), clock_s, end_s)
    overlap = min(stored - start, arrived)
    if overlap >= 3:
        assert found == (start if clock_error_s < CLOCK_AGREES_S else None)
        assert memory.find(frames(range(start, start + arrived)), None, end_s) == start
    elif overlap <= 0:
        assert found is None


def test_what_diverges_later_is_no_overlap() -> None:
    memory, end_s = memory_of(range(100))
    assert memory.find(frames([80, 81, 82, 83, 500]), Seconds(2.0), end_s) is None


def test_two_equal_frames_prove_nothing_unless_the_clock_agrees() -> None:
    memory, end_s = memory_of(range(100))
    arrived = frames([98, 99, 100, 101])
    assert memory.find(arrived, Seconds(end_s + 5), end_s) is None
    assert memory.find(arrived, Seconds(98 * FRAME_S), end_s) == 98


def test_a_burst_is_known_to_its_end_whatever_the_clock_says() -> None:
    memory, _ = memory_of(range(100))
    assert memory.find_in_burst(frames(range(40, 100))) == 40
    assert memory.find_in_burst(frames(range(40, 120))) == 40
    assert memory.find_in_burst(frames(range(40, 90))) is None
    assert memory.holds(frames(range(40, 90)))
    assert not memory.holds(frames(range(90, 99)) + frames([7]))


def test_in_silence_the_clock_decides() -> None:
    memory, end_s = memory_of([0] * 200)
    silence = frames([0] * 40)
    assert memory.find(silence, Seconds(end_s + 7.0), end_s) is None
    assert memory.find(silence, Seconds(170 * FRAME_S), end_s) == 170
    assert memory.find(silence, Seconds(-60.0), end_s) is None
    assert memory.find(silence, None, end_s) is None


def test_in_a_loop_the_clock_chooses_among_equal_places() -> None:
    memory, end_s = memory_of(list(range(50)) * 4)
    arrived = frames(list(range(30, 50)) + list(range(20)))
    assert memory.find(arrived, Seconds(131 * FRAME_S), end_s) == 130
    assert memory.find(arrived, Seconds(79 * FRAME_S), end_s) == 80
    assert memory.find(arrived, Seconds(end_s + 30 * FRAME_S), end_s) is None


def test_an_ogg_page_is_known_by_position_and_packets_not_by_its_serial() -> None:
    opus = AudioFormat(container="ogg", codec="opus", rate_hz=48_000, channels=2)

    def page(granule: int, serial: bytes) -> Frame:
        head = b"OggS\0\0" + granule.to_bytes(8, "little") + serial + bytes(8) + b"\x01\x04"
        return Frame(data=head + b"same", samples=960, rate_hz=48_000, format=opus)

    memory = FrameMemory()
    memory.remember(page(960, b"AAAA"), Seconds(0.0))
    memory.remember(page(1920, b"AAAA"), Seconds(0.02))
    end_s = Seconds(0.04)
    assert memory.find([page(1920, b"BBBB")], end_s, end_s) == 1
    assert memory.find([page(2880, b"AAAA")], end_s, end_s) is None
    assert memory.find([page(1920, b"BBBB")], Seconds(9.0), end_s) is None


def test_the_oldest_frames_are_forgotten() -> None:
    memory, end_s = memory_of(range(100), remembered_s=10 * FRAME_S + 0.001)
    assert len(memory) == 10
    assert memory.find(frames(range(50, 60)), Seconds(0.0), end_s) is None
    assert memory.find(frames(range(95, 105)), Seconds(0.0), end_s) == 5


def test_the_edge_is_the_farthest_lead_of_the_last_minute() -> None:
    edge = LiveEdge()
    assert edge.lead_s is None
    edge.seen(14.0, 100.0)
    edge.seen(14.5, 101.0)  # late
    assert edge.lead_s == pytest.approx(-86.0)
    edge.seen(16.2, 102.0)
    assert edge.lead_s == pytest.approx(-85.8)
    edge.seen(76.0, 162.5)
    assert edge.lead_s == pytest.approx(-86.5)
