"""Where the first seconds of a device go that is recorded beside another."""

import threading
from hashlib import sha256

import pytest

from recorder import matching
from recorder.clock import SessionClock
from recorder.joining import ChunkMemory, JoiningSink
from recorder.matching import Known
from recorder.sources.base import ChunkFacts
from recorder.types import AudioFormat, PlacedBy, Seconds
from tests.recorder.sources.sink import MemorySink

PCM = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=1_000, channels=1)
SECOND = bytes(2_000)


def dated(second: float) -> ChunkFacts:
    return ChunkFacts(program_date_time=f"2024-08-13T00:42:{second:06.3f}Z")


def beside_another(facts: ChunkFacts) -> MemorySink:
    """A track b whose first chunk is of that date; track a began at 00:42:10 with silence, too."""
    clock, memory, sink = SessionClock(), ChunkMemory(), MemorySink()
    assert clock.claim("a")
    silence = sha256(SECOND).hexdigest()
    for second in range(3):
        facts_of_a = dated(10 + second)
        memory.remember(Known.of("a", silence, facts_of_a, float(second), second + 1.0))
    joining = JoiningSink(
        sink, track="b", memory=memory, clock=clock, stop=threading.Event(), is_other=False
    )
    joining.begin_run(PCM, placed_by=PlacedBy.FIRST)
    joining.write(SECOND, Seconds(1.0))
    joining.end_chunk(facts)
    return sink


def test_a_device_is_placed_by_its_date() -> None:
    sink = beside_another(dated(11.25))
    assert sink.runs[0].placed_by is PlacedBy.DATE_TIME
    assert sink.runs[0].start_s == pytest.approx(1.25)
    assert bytes(sink.written) == SECOND


def test_a_device_that_began_a_moment_later_is_placed_to_the_sample() -> None:
    sink = beside_another(dated(10.04))
    assert sink.runs[0].start_s == pytest.approx(0.04)
    assert sink.runs[0].misfit_s is None


def test_silence_that_equals_silence_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "find", lambda *_: pytest.fail("its bytes were compared"))
    assert beside_another(dated(11.25)).runs[0].start_s == pytest.approx(1.25)


def test_what_a_device_gave_before_the_sessions_first_sample_is_left_out() -> None:
    sink = beside_another(dated(9.9))
    assert sink.runs[0].start_s == 0
    assert len(sink.written) == 2 * 900
    assert sink.end_s == pytest.approx(0.9)
