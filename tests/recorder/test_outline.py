"""What is kept up line by line says what the whole journal says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import journal, outline
from recorder.errors import CorruptSession
from recorder.events import (
    Chunk,
    Event,
    GapFilled,
    GapFound,
    PartOpened,
    RunStarted,
    StateChanged,
    Withdrawn,
)
from recorder.journal import JournalWriter
from recorder.outline import Outline
from recorder.timeline import Timeline
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, State
from tests.recorder.builders import build_session

ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)
TRACKS = st.sampled_from("ab")
RUNS = st.integers(1, 3)
MOMENTS = st.integers(0, 400).map(lambda tenths: Seconds(tenths / 2))
STRETCHES = st.tuples(MOMENTS, MOMENTS).map(sorted).filter(lambda ends: ends[0] < ends[1])


def chunk(track: str, number: int, run: int, start_s: float, *, adopted: bool = False) -> Chunk:
    return Chunk(
        track=track, part=f"{track}-{number:06}", run=run, offset=0, bytes=10, sha256="0" * 64,
        start_s=Seconds(start_s), duration_s=Seconds(1.0), adopted=adopted or None,
        arrived_at=f"2024-08-13T00:{int(start_s) // 60:02}:{int(start_s) % 60:02}.000Z",
        arrived_mono_s=start_s,
    )  # fmt: skip


def opened(track: str, number: int) -> PartOpened:
    name = f"{track}-{number:06}"
    return PartOpened(track=track, part=name, file=f"audio/{name}.aac", format=ADTS)


PARTS = st.builds(opened, TRACKS, st.integers(1, 2))
EVENTS = st.one_of(
    st.builds(chunk, TRACKS, st.integers(1, 2), RUNS, MOMENTS, adopted=st.booleans()),
    st.builds(
        RunStarted, track=TRACKS, run=RUNS, start_s=MOMENTS, placed_by=st.just(PlacedBy.SEQUENCE)
    ),
    st.builds(
        lambda track, ends: GapFound(
            track=track, from_s=ends[0], to_s=ends[1], reason=GapReason.STALLED
        ),
        TRACKS,
        STRETCHES,
    ),
    st.builds(
        lambda track, ends: GapFilled(track=track, from_s=ends[0], to_s=ends[1], run=9),
        TRACKS,
        STRETCHES,
    ),
    st.builds(StateChanged, state=st.sampled_from(State)),
    st.builds(Withdrawn, track=TRACKS),
)


def in_parts(events: list[Event]) -> Iterator[Event]:
    """The events, and before each chunk the part that it lies in."""
    there: set[str] = set()
    for event in events:
        if isinstance(event, Withdrawn):
            there = {part for part in there if not part.startswith(event.track)}
        if isinstance(event, Chunk) and event.part not in there:
            there.add(event.part)
            yield opened(event.track, int(event.part[2:]))
        yield event


def told(kept: Outline) -> tuple[object, ...]:
    return kept.state, kept.started_at, kept.duration_s, kept.gap_count


def whole(events: list[Event]) -> tuple[object, ...]:
    timeline = Timeline.of(events)
    states = [event.state for event in events if isinstance(event, StateChanged)]
    state = states[-1] if states else State.CONNECTING
    return state, timeline.started_at, timeline.duration_s, len(timeline.gaps)


@given(st.lists(EVENTS, max_size=30).map(lambda events: list(in_parts(events))))
def test_after_each_event_it_says_what_the_timeline_says(events: list[Event]) -> None:
    kept = Outline()
    assert told(kept) == whole([])
    for number, event in enumerate(events, 1):
        kept.take(event)
        assert told(kept) == whole(events[:number])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return build_session(tmp_path, sealed=False).journal_path


def events_in(path: Path) -> list[Event]:
    return [entry.event for entry in journal.read(path)]


def test_only_what_is_new_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Event] = []
    take = Outline.take

    def noted(self: Outline, event: Event) -> None:
        taken.append(event)
        take(self, event)

    monkeypatch.setattr(Outline, "take", noted)
    reader = outline.Reader(path)
    reader.read()
    before = len(taken)
    assert before == len(events_in(path))
    log = JournalWriter(path)
    log.append(chunk("a", 1, 1, 300.0), StateChanged(state=State.PAUSED))
    log.close()
    assert told(reader.read()) == whole(events_in(path))
    assert len(taken) == before + 2
    reader.read()
    assert len(taken) == before + 2


def test_a_line_that_is_not_whole_yet_is_read_once_it_is(path: Path) -> None:
    reader = outline.Reader(path)
    before = told(reader.read())
    log = JournalWriter(path)
    log.append(StateChanged(state=State.PAUSED))
    log.close()
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    assert told(reader.read()) == before
    path.write_bytes(data)
    assert reader.read().state is State.PAUSED


def test_a_journal_that_was_cut_or_replaced_is_read_anew(path: Path, tmp_path: Path) -> None:
    reader = outline.Reader(path)
    reader.read()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    assert told(reader.read()) == whole(events_in(path))
    other = tmp_path / "other"
    other.write_bytes(b"".join(lines))
    other.replace(path)
    assert told(reader.read()) == whole(events_in(path))


def test_what_cannot_be_read_is_said_with_its_line_and_what_was_mended_is_read(path: Path) -> None:
    reader = outline.Reader(path)
    reader.read()
    sound = path.read_bytes()
    number = sound.count(b"\n") + 1
    path.write_bytes(sound + b"broken\n")
    for _ in range(2):
        with pytest.raises(CorruptSession, match=f"Line {number} "):
            reader.read()
    path.write_bytes(sound)
    assert told(reader.read()) == whole(events_in(path))
    path.unlink()
    with pytest.raises(CorruptSession, match="has no journal"):
        reader.read()
