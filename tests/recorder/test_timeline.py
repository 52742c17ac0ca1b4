"""What a journal's events say of time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recorder.events import Chunk, Event, GapFilled, GapFound, PartOpened, RunStarted
from recorder.timeline import Timeline, lengths_of
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds

ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)


def part(number: int, *, run: int, start_s: float, duration_s: float, sequence: int) -> list[Event]:
    """A run of one part with one chunk."""
    name = f"a-{number:06}"
    return [
        PartOpened(track="a", part=name, file=f"audio/{name}.aac", format=ADTS, run=run),
        RunStarted(track="a", run=run, start_s=Seconds(start_s), placed_by=PlacedBy.SEQUENCE),
        Chunk(
            track="a",
            part=name,
            run=run,
            offset=0,
            bytes=10,
            sha256="0" * 64,
            start_s=Seconds(start_s),
            duration_s=Seconds(duration_s),
            arrived_at="2024-08-13T00:42:00.000Z",
            arrived_mono_s=0.0,
            media_sequence=sequence,
        ),
    ]


GAP = GapFound(
    track="a",
    from_s=Seconds(2.0),
    to_s=Seconds(11.0),
    reason=GapReason.MISSING_SEGMENT,
    media_sequence=7,
    lengths=((3, Seconds(2.0)), (1, Seconds(3.0))),
)
AROUND = [
    *part(1, run=1, start_s=0.0, duration_s=2.0, sequence=6),
    GAP,
    *part(2, run=2, start_s=11.0, duration_s=2.0, sequence=11),
]


def filled(from_s: float, to_s: float, sequence: int) -> list[Event]:
    return [
        *part(sequence, run=sequence, start_s=from_s, duration_s=to_s - from_s, sequence=sequence),
        GapFilled(
            track="a",
            from_s=Seconds(from_s),
            to_s=Seconds(to_s),
            run=sequence,
            media_sequence=sequence,
        ),
    ]


def left(*events: Event) -> list[tuple[float, float, list[int]]]:
    """From, to and the segments of each gap."""
    gaps = Timeline.of([*AROUND, *events]).gaps
    return [(gap.from_s, gap.to_s, [each.sequence for each in gap.segments()]) for gap in gaps]


def test_a_gap_says_where_each_of_its_segments_would_be() -> None:
    places = [(each.sequence, each.from_s, each.to_s) for each in GAP.segments()]
    assert places == [(7, 2.0, 4.0), (8, 4.0, 6.0), (9, 6.0, 8.0), (10, 8.0, 11.0)]


def test_what_came_late_narrows_its_gap() -> None:
    assert left() == [(2.0, 11.0, [7, 8, 9, 10])]
    assert left(*filled(2.0, 4.0, 7)) == [(4.0, 11.0, [8, 9, 10])]
    assert left(*filled(8.0, 11.0, 10)) == [(2.0, 8.0, [7, 8, 9])]
    assert left(*filled(4.0, 6.0, 8)) == [(2.0, 4.0, [7]), (6.0, 11.0, [9, 10])]


def test_a_gap_that_was_filled_in_any_order_is_gone() -> None:
    late = [*filled(6.0, 8.0, 9), *filled(2.0, 4.0, 7), *filled(8.0, 11.0, 10)]
    timeline = Timeline.of([*AROUND, *late, *filled(4.0, 6.0, 8)])
    assert timeline.gaps == ()
    assert [chunk.media_sequence for chunk in timeline.tracks["a"].chunks] == [6, 7, 8, 9, 10, 11]
    assert [part.name[-1] for part in timeline.parts[:2]] == ["1", "7"]
    assert timeline.duration_s == 13.0, "session time doesn't move"


def test_what_is_filled_in_one_track_is_still_a_gap_of_another() -> None:
    other = GapFound(track="b", from_s=Seconds(2.0), to_s=Seconds(4.0), reason=GapReason.STALLED)
    opened = PartOpened(track="b", part="b-000001", file="audio/b-000001.aac", format=ADTS)
    gaps = Timeline.of([*AROUND, opened, other, *filled(2.0, 11.0, 7)]).gaps
    assert gaps == (other,)


def test_a_gap_goes_through_the_journal_and_back() -> None:
    values = GAP.to_json()
    values["lengths"] = [list(pair) for pair in values["lengths"]]
    assert GapFound.from_json(values) == GAP


@pytest.mark.parametrize(
    ("durations_s", "lengths"),
    [([], ()), ([2.0, 2.0000001, 3.0], ((2, 2.0), (1, 3.0)))],
)
def test_equal_lengths_are_counted(
    durations_s: list[float], lengths: tuple[tuple[int, float], ...]
) -> None:
    assert lengths_of(durations_s) == lengths


def test_the_clock_of_a_session_is_not_late_by_what_was_handed_over_at_once() -> None:
    def chunk(number: int, arrived_at: str) -> Chunk:
        return Chunk(
            track="a",
            part="a-000001",
            run=1,
            offset=number,
            bytes=1,
            sha256="",
            start_s=Seconds(number),
            duration_s=Seconds(1),
            arrived_at=arrived_at,
            arrived_mono_s=0.0,
        )

    part = PartOpened(
        track="a",
        part="a-000001",
        file="audio/a-000001.mp3",
        format=AudioFormat(container="mp3"),
    )
    at_once = [chunk(number, "2024-08-13T00:42:10.000Z") for number in range(9)]
    later = [chunk(9, "2024-08-13T00:42:11.200Z"), chunk(10, "2024-08-13T00:42:12.300Z")]
    timeline = Timeline.of([part, *at_once, *later])
    assert timeline.started_at == datetime(2024, 8, 13, 0, 42, 1, tzinfo=UTC)
    # A mirror that took over at once handed over again what had sounded before.
    again = [replace(chunk(n, "2024-08-13T00:42:13.000Z"), run=2) for n in range(11, 25)]
    timeline = Timeline.of([part, *at_once, *later, *again])
    assert timeline.started_at == datetime(2024, 8, 13, 0, 42, 1, tzinfo=UTC)
