"""Tracks that complete each other: on paper, and two real mirrors that each lose a tenth."""

import random
import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recorder import cover
from recorder.archive import Archive, SessionFolder, SessionInfo
from recorder.decode import decode_best, decode_file
from recorder.dossier import Dossier
from recorder.events import Chunk, Event, GapFound, PartOpened, RunStarted
from recorder.pieces import Gaps
from recorder.session import Recording
from recorder.sources.open import open_source
from recorder.timeline import Run, Timeline, Track
from recorder.types import (
    AudioFormat,
    GapReason,
    PlacedBy,
    Seconds,
    SessionId,
    SourceKind,
    SourceSpec,
)
from tests.faults.hls import Broadcast, Fault, HlsServer, Item, muxed_items

TENTH = Fault(status=404)


def timeline(**tracks: list[tuple[float, float]]) -> Timeline:
    return Timeline(
        tracks={
            name: Track(
                name=name,
                parts=(),
                runs=tuple(
                    Run(
                        number=number,
                        start_s=Seconds(start_s),
                        end_s=Seconds(end_s),
                        placed_by=PlacedBy.SEQUENCE,
                    )
                    for number, (start_s, end_s) in enumerate(runs, 1)
                ),
                gaps=(),
            )
            for name, runs in tracks.items()
        },
        markers=(),
        started_at=None,
    )


def taken(**tracks: list[tuple[float, float]]) -> list[tuple[str, float, float]]:
    return [(each.track, each.from_s, each.to_s) for each in cover.best(timeline(**tracks))]


def test_one_track_is_all_there_is() -> None:
    assert taken(a=[(0, 5), (7, 9)]) == [("a", 0, 5), ("a", 7, 9)]
    assert cover.missing(timeline(a=[(0, 5), (7, 9)])) == ((5, 7),)


def test_the_second_track_fills_what_the_first_one_lacks() -> None:
    assert taken(a=[(0, 5), (7, 9)], b=[(1, 6), (6.5, 12)]) == [
        ("a", 0, 5),
        ("b", 5, 6),
        ("b", 6.5, 7),
        ("a", 7, 9),
        ("b", 9, 12),
    ]
    assert cover.missing(timeline(a=[(0, 5), (7, 9)], b=[(1, 6), (6.5, 12)])) == ((6, 6.5),)


def test_nothing_recorded_is_nothing_taken() -> None:
    assert taken() == []
    assert cover.missing(timeline(a=[])) == ()


RUNS = st.lists(st.integers(0, 60), unique=True, max_size=12).map(
    lambda cuts: list(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)


@given(RUNS, RUNS, RUNS)
def test_each_second_is_taken_once_from_the_first_that_has_it(
    a: list[tuple[float, float]], b: list[tuple[float, float]], c: list[tuple[float, float]]
) -> None:
    tracks = {"a": a, "b": b, "c": c}
    best = cover.best(timeline(**tracks))
    lost = cover.missing(timeline(**tracks))
    for second in range(60):
        having = [name for name, runs in tracks.items() for x, y in runs if x <= second < y]
        here = [each.track for each in best if each.from_s <= second < each.to_s]
        assert here == having[:1]
        end = max((y for runs in tracks.values() for _, y in runs), default=0)
        is_lost = any(x <= second < y for x, y in lost)
        assert is_lost == (not having and second < end)


def record_together(
    archive: Path, segments: list[Item], lost: tuple[set[int], ...]
) -> SessionFolder:
    """Record mirrors side by side, each of which never serves some of the segments."""
    servers = []
    for missing in lost:
        on_air = Broadcast(segments=segments, window=None, position=len(segments))
        for index in missing:
            on_air.fail(index, TENTH, times=10_000)
        servers.append(HlsServer(on_air))
    try:
        specs = [SourceSpec(kind=SourceKind.STREAM, address=server.url) for server in servers]
        folder = Archive(archive).create("A session", list(zip("abc", specs, strict=False)))
        recording = Recording(folder, open_source=open_source)
        thread = threading.Thread(target=recording.run, name="recording")
        thread.start()
        thread.join(60)
        assert not thread.is_alive()
    finally:
        for server in servers:
            server.close()
    return folder


def test_two_mirrors_that_each_lose_another_tenth_are_whole_together(tmp_path: Path) -> None:
    files = tmp_path / "muxed"
    files.mkdir()
    segments = muxed_items(files, {"hls_time": "0.1", "hls_segment_type": "mpegts"})
    order = list(range(1, len(segments)))
    random.Random(7).shuffle(order)
    tenth = max(2, len(segments) // 10)
    lost = set(order[:tenth]), set(order[tenth : 2 * tenth])
    folder = record_together(tmp_path / "archive", segments, lost)
    timeline = folder.timeline()
    assert all(timeline.tracks[name].gaps for name in "ab")
    assert sum(to_s - from_s for from_s, to_s in cover.missing(timeline)) < 1e-3
    whole = tmp_path / "whole.ts"
    whole.write_bytes(b"".join(item.data for item in segments))
    expected = np.concatenate([block.samples for block in decode_file(whole)])
    heard = np.concatenate([b.samples for b in decode_best(folder, rate_hz=None, channels=None)])
    assert abs(len(heard) - len(expected)) <= 2_048  # what a decoder makes of its first frame


def placed(track: str, number: int, start_s: float, misfit_s: float, source: str) -> list[Event]:
    """A run of ten seconds that the clock placed, or that was first."""
    name = f"{track}-{number:06}"
    placed_by = PlacedBy.FIRST if misfit_s == 0 else PlacedBy.WALL_CLOCK
    fmt = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)
    return [
        PartOpened(
            track=track, part=name, file=f"audio/{name}.aac", format=fmt, run=number, source=source
        ),
        RunStarted(
            track=track,
            run=number,
            start_s=Seconds(start_s),
            placed_by=placed_by,
            misfit_s=Seconds(misfit_s) if misfit_s else None,
        ),
        Chunk(
            track=track,
            part=name,
            run=number,
            offset=0,
            bytes=10,
            sha256="0" * 64,
            start_s=Seconds(start_s),
            duration_s=Seconds(10.0),
            arrived_at="2024-08-13T00:42:00.000Z",
            arrived_mono_s=0.0,
        ),
    ]


def test_what_another_encoder_repeats_by_the_clock_is_said() -> None:
    first = [*placed("a", 1, 24.0, 0.0, "https://one.example/")]
    other = placed("a", 2, 34.0, -15.04, "https://two.example/")
    (found,) = cover.twice(Timeline.of([*first, *other]))
    assert str(found) == (
        "≈15 s before 00:34 of track a may be there twice "
        "(another encoder's mirror, placed by the clock)"
    )
    near = placed("a", 2, 34.0, -0.3, "https://two.example/")
    assert cover.twice(Timeline.of([*first, *near])) == ()


def test_a_track_that_the_clock_alone_placed_is_told_from_one_that_sound_placed() -> None:
    first = placed("a", 1, 0.0, 0.0, "https://one.example/")
    loose = Timeline.of([*first, *placed("b", 1, 0.0, -8.0, "https://two.example/")])
    assert cover.by_clock(loose) == ("b",)
    assert cover.twice(loose) == (), "it begins there; nothing lies before it"
    assert cover.by_clock(Timeline.of(first)) == ()


def test_a_package_says_what_may_be_there_twice_and_which_track_has_a_gap() -> None:
    lost = GapFound(
        track="b", from_s=Seconds(10), to_s=Seconds(12), reason=GapReason.CONNECTION_LOST
    )
    events = [
        *placed("a", 1, 0.0, 0.0, "https://one.example/"),
        *placed("a", 2, 10.0, -4.0, "https://two.example/"),
        *placed("b", 1, 0.0, -8.0, "https://two.example/"),
        lost,
    ]
    said = Dossier(
        info=SessionInfo(id=SessionId("x"), title="Two", created_at=datetime.now(UTC)),
        entries=(),
        timeline=Timeline.of(events),
        files=(),
        gaps=Gaps.CUT,
        sums_sha256="",
    ).verify_txt()
    assert "10.000 to     12.000 s: track b: connection lost" in said
    assert "≈4 s before 00:10 of track a may be there twice" in said
    assert "track b was placed beside the others by the clock; some seconds may differ" in said
