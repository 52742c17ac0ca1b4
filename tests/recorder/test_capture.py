"""Mirrors, one after the other and side by side, told by sources that do as they are told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from recorder import journal, retry, verify
from recorder.archive import Archive, SessionFolder
from recorder.clock import Jump
from recorder.errors import ConnectionLost, NotAudio, NotAvailable, Refused, SourceError
from recorder.events import (
    Attempt,
    Chunk,
    GapFound,
    MissingSegment,
    Noticed,
    PartOpened,
    Repeated,
    RunStarted,
    StateChanged,
)
from recorder.session import Recording
from recorder.sources.base import (
    Arrived,
    ChunkFacts,
    Missing,
    Sink,
    SinkClosed,
    SourceFacts,
    StopSignal,
)
from recorder.sources.past import Past
from recorder.types import (
    AudioFormat,
    GapReason,
    PlacedBy,
    Seconds,
    SourceKind,
    SourceSpec,
    State,
    iso,
    parse_iso,
)
from tests.parts import wait_until

ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48000, channels=2)
FIRST = SourceSpec(kind=SourceKind.STREAM, address="https://one.example/live.m3u8?token=s3cret")
SECOND = SourceSpec(kind=SourceKind.STREAM, address="https://two.example/live.m3u8")
DAY = parse_iso("2024-08-13T00:00:00Z")

T = TypeVar("T")
Step = Callable[[Sink, StopSignal], None]


class Sources:
    """Scripts by address. Each `capture` is the next step; the last one goes on."""

    def __init__(self, **scripts: list[Step]) -> None:
        self.scripts = {f"https://{name}.example": steps for name, steps in scripts.items()}
        self.tries: list[str] = []
        self.pasts: list[Past | None] = []

    def __call__(self, spec: SourceSpec, *, past: Past | None = None) -> "_Source":
        self.pasts.append(past)
        return _Source(self, spec)


class _Source:
    def __init__(self, sources: Sources, spec: SourceSpec) -> None:
        self._sources, self._spec = sources, spec

    @property
    def spec(self) -> SourceSpec:
        return self._spec

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        host = self._spec.address.rpartition("/")[0]
        self._sources.tries.append(host)
        steps = self._sources.scripts[host]
        (steps.pop(0) if len(steps) > 1 else steps[0])(sink, stop)

    def cancel(self) -> None:
        pass


def fails(error: SourceError) -> Step:
    def step(sink: Sink, stop: StopSignal) -> None:
        raise error

    return step


def full(retry_after_s: float = 0.0) -> Step:
    return fails(Refused("Too many listeners.", status=503, retry_after_s=Seconds(retry_after_s)))


def plays(
    *numbers: int,
    text: str = "<{}>",
    names: str = "s{}.aac",
    dated: bool = False,
    placed_by: PlacedBy | None = None,
    then: Step | None = None,
) -> Step:
    """Segments of a second each, as HLS has them: from the oldest that is listed."""

    def step(sink: Sink, stop: StopSignal) -> None:
        sink.connected(SourceFacts(status=200))
        knows = placed_by or (PlacedBy.WALL_CLOCK if sink.has_audio else PlacedBy.FIRST)
        sink.begin_run(ADTS, placed_by=knows, media_sequence=numbers[0])
        for number in numbers:
            sink.write(text.format(number).encode(), Seconds(1.0))
            date = DAY.timestamp() + number
            facts = ChunkFacts(
                status=200,
                address="https://cdn.example/" + names.format(number),
                media_sequence=number if names else None,
                program_date_time=iso(DAY.fromtimestamp(date, DAY.tzinfo)) if dated else "",
                live_mono_s=time.monotonic() - (numbers[-1] - number),
                more_follows=number != numbers[-1],
            )
            sink.end_chunk(facts)
        (then or ends)(sink, stop)

    return step


def ends(sink: Sink, stop: StopSignal) -> None:
    pass


def lasts(sink: Sink, stop: StopSignal) -> None:
    """Sends nothing more until it is stopped."""
    stop.wait(30)


def breaks(sink: Sink, stop: StopSignal) -> None:
    raise ConnectionLost("The connection broke.")


def refuses(sink: Sink, stop: StopSignal) -> None:
    raise Refused("Too many listeners.", status=503, retry_after_s=Seconds(60))


def until(go: threading.Event, then: Step) -> Step:
    def step(sink: Sink, stop: StopSignal) -> None:
        assert go.wait(10)
        then(sink, stop)

    return step


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PROBE_S", 0.01)
    monkeypatch.setattr(retry, "_AFTER_A_BREAK_S", (0.01,))
    monkeypatch.setattr(retry, "_LONGEST_SPREAD_S", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """With a mirror."""
    return Archive(tmp_path).create("A session", [("a", FIRST), ("a", SECOND)])


@pytest.fixture
def beside(tmp_path: Path) -> SessionFolder:
    """Both sources side by side."""
    return Archive(tmp_path).create("A session", [("a", FIRST), ("b", SECOND)])


def run(folder: SessionFolder, **scripts: list[Step]) -> Sources:
    sources = Sources(**scripts)
    with running(folder, sources) as recording:
        wait_until(lambda: folder.sealed() is not None, what="the end")
        assert recording.status().state.is_final
    return sources


@contextmanager
def running(folder: SessionFolder, sources: Sources) -> Iterator[Recording]:
    recording = Recording(folder, open_source=sources)
    thread = threading.Thread(target=recording.run, name="recording")
    thread.start()
    try:
        yield recording
    finally:
        recording.stop()
        thread.join(10)
        assert not thread.is_alive()


def events(folder: SessionFolder, kind: type[T]) -> list[T]:
    told = (entry.event for entry in journal.read(folder.journal_path))
    return [event for event in told if isinstance(event, kind)]


def stored(folder: SessionFolder, track: str = "a") -> list[tuple[float, bytes]]:
    """Session time and bytes of each chunk."""
    return [
        (chunk.start_s, (folder.path / part.file).read_bytes()[chunk.offset :][: chunk.bytes])
        for part in folder.timeline().tracks[track].parts
        for chunk in part.chunks
    ]


def whole(*numbers: int) -> list[tuple[float, bytes]]:
    """Segments by their number, from session time 0 on, one a second."""
    return [(float(number - numbers[0]), f"<{number}>".encode()) for number in numbers]


def test_refused_from_the_start_the_mirror_plays_at_once(folder: SessionFolder) -> None:
    run(folder, one=[full(60)], two=[plays(1, 2, 3)])
    assert stored(folder) == whole(1, 2, 3)
    assert [part.source for part in events(folder, PartOpened)] == [str(SECOND)]
    told = events(folder, StateChanged)
    states = [event.state for event in told]
    assert states.index(State.REFUSED) < states.index(State.RECORDING)
    detail = next(event.detail for event in told if event.state is State.RECORDING)
    assert detail == f"From the mirror {SECOND}: Too many listeners."
    assert "s3cret" not in folder.journal_path.read_text()


def test_a_mirror_of_equal_segments_goes_on_without_a_gap(folder: SessionFolder) -> None:
    sources = run(folder, one=[plays(1, 2, 3, then=refuses), full(60)], two=[plays(2, 3, 4, 5)])
    assert stored(folder) == whole(1, 2, 3, 4, 5)
    assert folder.timeline().gaps == ()
    assert len(events(folder, RunStarted)) == 1
    assert [part.source for part in events(folder, PartOpened)] == [
        FIRST.public_address,
        str(SECOND),
    ]
    assert [event.what for event in events(folder, Repeated)] == ["mirror", "mirror"]
    past = sources.pasts[-1]
    assert past is not None
    assert past.last_sequence is None


def test_the_mirror_fills_what_the_first_one_had_lost(folder: SessionFolder) -> None:
    def loses_3(sink: Sink, stop: StopSignal) -> None:
        sink.begin_run(
            ADTS,
            placed_by=PlacedBy.SEQUENCE,
            start_s=Seconds(3.0),
            reason=GapReason.MISSING_SEGMENT,
            media_sequence=4,
        )
        sink.write(b"<4>", Seconds(1.0))
        sink.end_chunk(ChunkFacts(address="https://cdn.example/s4.aac", media_sequence=4))
        refuses(sink, stop)

    run(folder, one=[plays(1, 2, then=loses_3), full(60)], two=[plays(2, 3, 4, 5)])
    assert stored(folder) == whole(1, 2, 3, 4, 5)
    assert folder.timeline().gaps == ()
    assert verify.verify(folder.path).ok


def test_what_a_mirror_sends_out_of_order_waits_for_its_place(folder: SessionFolder) -> None:
    def early(sink: Sink, stop: StopSignal) -> None:
        facts = ChunkFacts(address="https://cdn.example/s2.aac", media_sequence=2)
        sink.stage(
            Arrived(format=ADTS, header=b"", data=b"<2>", duration_s=Seconds(1.0), facts=facts)
        )
        plays(1, 2, 3)(sink, stop)

    run(folder, one=[plays(1, 2, then=refuses), full(60)], two=[early])
    assert stored(folder) == whole(1, 2, 3)


def test_silence_that_repeats_is_not_taken_for_what_was_stored(folder: SessionFolder) -> None:
    # Numbers 7 to 9 have the same bytes, as digital silence may; only 8 and 9 are new.
    def silent(*numbers: int, then: Step = ends) -> Step:
        def step(sink: Sink, stop: StopSignal) -> None:
            knows = PlacedBy.WALL_CLOCK if sink.has_audio else PlacedBy.FIRST
            sink.begin_run(ADTS, placed_by=knows, media_sequence=numbers[0])
            for number in numbers:
                sink.write(b"<6>" if number == 6 else b"<silence>", Seconds(1.0))
                facts = ChunkFacts(media_sequence=number, more_follows=number != numbers[-1])
                sink.end_chunk(facts)
            then(sink, stop)

        return step

    run(folder, one=[silent(6, 7, then=refuses), full(60)], two=[silent(6, 7, 8, 9)])
    assert [data for _, data in stored(folder)] == [b"<6>", *[b"<silence>"] * 3]
    assert folder.timeline().gaps == ()


def test_where_all_is_silence_nothing_is_taken_for_stored(folder: SessionFolder) -> None:
    def silent(*numbers: int, then: Step = ends) -> Step:
        return plays(*numbers, text="<silence>", then=then)

    run(folder, one=[silent(6, 7, 8, then=refuses), full(60)], two=[silent(7, 8, 9)])
    assert [start_s for start_s, _ in stored(folder)] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    (notice,) = events(folder, Noticed)
    assert "some seconds may be there twice" in notice.detail
    assert verify.verify(folder.path).ok


def test_numbers_of_another_encoder_prove_nothing(folder: SessionFolder) -> None:
    # Its numbers and names are those of what is stored; its sound is of other seconds.
    other = plays(2, 3, 4, text="<other {}>")
    run(folder, one=[plays(1, 2, 3, then=refuses), full(60)], two=[other])
    assert [data for _, data in stored(folder)] == [
        *(f"<{n}>".encode() for n in (1, 2, 3)),
        *(f"<other {n}>".encode() for n in (2, 3, 4)),
    ]
    run_started = events(folder, RunStarted)[-1]
    assert run_started.placed_by is PlacedBy.WALL_CLOCK
    assert run_started.misfit_s == pytest.approx(-3.0, abs=1.0)
    (notice,) = events(folder, Noticed)
    assert notice.detail.startswith(f"Nothing tells which segments of {SECOND} are stored already")
    assert verify.verify(folder.path).ok


def test_what_another_encoder_sends_after_an_outage_is_behind_a_gap_by_the_clock(
    folder: SessionFolder,
) -> None:
    def later(sink: Sink, stop: StopSignal) -> None:
        sink.begin_run(ADTS, placed_by=PlacedBy.WALL_CLOCK, media_sequence=3)
        sink.write(b"<other>", Seconds(1.0))
        sink.end_chunk(ChunkFacts(media_sequence=3, live_mono_s=time.monotonic() + 7.0))

    run(folder, one=[plays(1, 2, then=refuses), full(60)], two=[later])
    (gap,) = folder.timeline().gaps
    assert gap.reason is GapReason.REFUSED
    assert gap.to_s - gap.from_s == pytest.approx(6.0, abs=1.0)
    assert [data for _, data in stored(folder)] == [b"<1>", b"<2>", b"<other>"]


def test_numbers_and_dates_that_agree_prove_a_segment_of_other_bytes(folder: SessionFolder) -> None:
    run(
        folder,
        one=[plays(1, 2, 3, dated=True, then=refuses), full(60)],
        two=[plays(2, 3, 4, text="<other {}>", dated=True)],
    )
    assert [data for _, data in stored(folder)] == [b"<1>", b"<2>", b"<3>", b"<other 4>"]
    assert folder.timeline().gaps == ()
    details = [event.detail for event in events(folder, Attempt) if event.media_sequence]
    assert details == [
        f"Segment {n} is stored already, by its number and date; its bytes differ." for n in (2, 3)
    ]


def test_a_hole_in_what_the_mirror_lists_moves_nothing(folder: SessionFolder) -> None:
    def loses_3(sink: Sink, stop: StopSignal) -> None:
        plays(2)(sink, stop)
        sink.begin_run(
            ADTS,
            placed_by=PlacedBy.SEQUENCE,
            start_s=Seconds(sink.end_s + 1.0),
            reason=GapReason.MISSING_SEGMENT,
            media_sequence=4,
            missing=Missing(media_sequence=3, lengths=((1, Seconds(1.0)),)),
        )
        for number in (4, 5, 6):
            sink.write(f"<{number}>".encode(), Seconds(1.0))
            sink.end_chunk(ChunkFacts(media_sequence=number, more_follows=number < 6))

    run(folder, one=[plays(1, 2, 3, 4, then=refuses), full(60)], two=[loses_3])
    assert stored(folder) == whole(1, 2, 3, 4, 5, 6)
    assert folder.timeline().gaps == ()


def test_a_hole_behind_what_is_stored_is_a_gap_that_may_be_filled(folder: SessionFolder) -> None:
    def loses_4(sink: Sink, stop: StopSignal) -> None:
        plays(2, 3)(sink, stop)
        from_s = sink.end_s
        sink.begin_run(
            ADTS,
            placed_by=PlacedBy.SEQUENCE,
            start_s=Seconds(from_s + 1.0),
            reason=GapReason.MISSING_SEGMENT,
            detail="Segment 4 did not come in time.",
            media_sequence=5,
            missing=Missing(media_sequence=4, lengths=((1, Seconds(1.0)),)),
        )
        sink.write(b"<5>", Seconds(1.0))
        sink.end_chunk(ChunkFacts(media_sequence=5))
        place = MissingSegment(sequence=4, from_s=from_s, to_s=Seconds(from_s + 1.0))
        facts = ChunkFacts(media_sequence=4)
        sink.fill(
            Arrived(
                format=ADTS,
                header=b"",
                data=b"<4>",
                duration_s=Seconds(1.0),
                facts=facts,
                place=place,
            )
        )

    run(folder, one=[plays(1, 2, 3, then=refuses), full(60)], two=[loses_4])
    assert stored(folder) == whole(1, 2, 3, 4, 5)
    assert folder.timeline().gaps == ()
    (told,) = events(folder, GapFound)
    assert (told.from_s, told.to_s, told.media_sequence) == (3.0, 4.0, 4)
    assert verify.verify(folder.path).ok


def test_a_mirror_that_counts_otherwise_is_placed_by_its_dates(folder: SessionFolder) -> None:
    run(
        folder,
        one=[plays(1, 2, dated=True, then=refuses), full(60)],
        two=[plays(2, 4, names="other{}.aac", dated=True, placed_by=PlacedBy.WALL_CLOCK)],
    )
    # Its bytes for second 2 are the same here; second 3 is nowhere.
    assert [start_s for start_s, _ in stored(folder)] == [0.0, 1.0, 2.0]


def test_without_any_evidence_the_clock_decides(folder: SessionFolder) -> None:
    def alien(sink: Sink, stop: StopSignal) -> None:
        sink.begin_run(ADTS, placed_by=PlacedBy.WALL_CLOCK)
        sink.write(b"<other>", Seconds(1.0))
        sink.end_chunk()

    run(folder, one=[plays(1, 2, then=refuses), full(60)], two=[alien])
    assert events(folder, RunStarted)[-1].placed_by is PlacedBy.WALL_CLOCK
    assert stored(folder)[-1] == (2.0, b"<other>")


def test_a_mere_break_is_mended_before_a_mirror_is_asked(folder: SessionFolder) -> None:
    sources = run(
        folder,
        one=[plays(1, then=breaks), plays(2, placed_by=PlacedBy.SEQUENCE)],
        two=[plays(9)],
    )
    assert sources.tries == ["https://one.example"] * 2
    assert stored(folder) == whole(1, 2)


def test_after_a_second_break_the_mirror_is_asked(folder: SessionFolder) -> None:
    sources = run(
        folder,
        one=[plays(1, then=breaks), fails(ConnectionLost("No."))],
        two=[plays(1, 2)],
    )
    assert sources.tries[:2] == ["https://one.example"] * 2
    assert stored(folder) == whole(1, 2)


def test_the_first_is_probed_meanwhile_and_comes_first_again(folder: SessionFolder) -> None:
    is_back = threading.Event()

    def probed(sink: Sink, stop: StopSignal) -> None:
        if not is_back.is_set():
            raise Refused("Too many listeners.", status=503, retry_after_s=Seconds(0))
        plays(3, 4, 5)(sink, stop)

    def breaks_when_the_first_is_back(sink: Sink, stop: StopSignal) -> None:
        is_back.set()
        wait_until(lambda: events(folder, Noticed), what="the notice")
        refuses(sink, stop)

    sources = run(
        folder,
        one=[plays(1, 2, then=full()), probed],
        two=[plays(2, 3, then=breaks_when_the_first_is_back)],
    )
    (notice,) = events(folder, Noticed)
    assert notice.what == "mirror"
    assert notice.detail.startswith("https://one.example/live.m3u8 answers again")
    assert stored(folder) == whole(1, 2, 3, 4, 5)
    assert len(sources.tries) >= 4
    assert folder.timeline().gaps == ()


def test_a_retry_after_of_one_holds_up_no_other(folder: SessionFolder) -> None:
    sources = Sources(one=[full(60)], two=[full(0), full(0), plays(1, then=lasts)])
    with running(folder, sources) as recording:
        wait_until(lambda: recording.status().state is State.RECORDING)
        assert recording.status().source == str(SECOND)
        assert sources.tries.count("https://one.example") == 1


def test_what_is_no_session_leaves_it_to_the_mirror(folder: SessionFolder) -> None:
    run(folder, one=[fails(NotAudio("A picture."))], two=[plays(1)])
    assert stored(folder) == whole(1)


def test_when_none_is_a_session_it_fails(folder: SessionFolder) -> None:
    run(folder, one=[fails(NotAudio("A picture."))], two=[fails(NotAudio("A song."))])
    sealed = folder.sealed()
    assert sealed is not None
    assert (sealed.state, sealed.detail) == (State.FAILED, "A picture.")


def test_side_by_side_equal_segments_have_equal_times(beside: SessionFolder) -> None:
    begun = threading.Event()

    def then_begun(sink: Sink, stop: StopSignal) -> None:
        begun.set()

    run(
        beside,
        one=[plays(3, 4, 6, then=then_begun)],
        two=[until(begun, plays(3, 4, 5, 6))],
    )
    assert stored(beside, "b")[:2] == [(0.0, b"<3>"), (1.0, b"<4>")]
    assert stored(beside, "a")[:2] == [(0.0, b"<3>"), (1.0, b"<4>")]


def test_the_track_that_comes_late_lies_where_equal_bytes_say(beside: SessionFolder) -> None:
    begun, recorded = threading.Event(), threading.Event()

    def then_begun(sink: Sink, stop: StopSignal) -> None:
        begun.set()
        assert recorded.wait(10)

    def then_recorded(sink: Sink, stop: StopSignal) -> None:
        recorded.set()

    run(
        beside,
        one=[plays(3, 4, then=then_begun)],
        two=[until(begun, plays(2, 3, 4, 5, then=then_recorded))],
    )
    assert stored(beside, "b") == whole(3, 4, 5)
    (attempt,) = events(beside, Attempt)
    assert attempt.detail == (
        "Segment 2 lies before session time 0, by its equal bytes; it is not stored."
    )


def test_side_by_side_one_that_never_comes_ends_nothing_and_holds_nothing_up(
    beside: SessionFolder,
) -> None:
    run(beside, one=[plays(1, 2)], two=[fails(NotAvailable("Not found.", status=404))])
    assert stored(beside, "a") == whole(1, 2)
    sealed = beside.sealed()
    assert sealed is not None
    assert sealed.state is State.DONE
    assert [chunk.track for chunk in events(beside, Chunk)] == ["a", "a"]


def test_side_by_side_one_that_is_no_session_is_said(beside: SessionFolder) -> None:
    playing = Sources(one=[plays(1, then=lasts)], two=[fails(NotAudio("A picture."))])
    with running(beside, playing) as recording:
        wait_until(lambda: "A picture." in recording.status().detail)
        assert recording.status().state is State.RECORDING
        assert recording.status().detail == "Track b: A picture."
        told = {each.track: (each.state, each.detail) for each in recording.status().tracks}
    assert told == {"a": (State.RECORDING, ""), "b": (State.FAILED, "A picture.")}


def test_a_stop_reaches_the_probe_too(folder: SessionFolder) -> None:
    def holds(sink: Sink, stop: StopSignal) -> None:
        assert stop.wait(10)
        raise SinkClosed

    sources = Sources(one=[full(0), holds], two=[plays(1, then=lasts)])
    with running(folder, sources):
        wait_until(lambda: sources.tries.count("https://one.example") >= 2)
    assert folder.sealed() is not None


class TurnedClocks:
    """Clocks that jump when the test says so."""

    def __init__(self) -> None:
        self.jump: Jump | None = None
        self.monotonic_s = 0.0

    def look(self) -> Jump | None:
        jump, self.jump = self.jump, None
        return jump


def test_after_sleep_it_reconnects_at_once_and_the_gap_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recorder.session.SYNC_S", 0.02)
    folder = Archive(tmp_path).create("A session", [("a", FIRST)])
    sources = Sources(one=[plays(1, 2, then=lasts), plays(9)])
    with running(folder, sources) as recording:
        clocks = TurnedClocks()
        monkeypatch.setattr(recording, "_clock_watch", clocks)
        wait_until(lambda: recording.status().end_s == 2)
        clocks.jump = Jump(slept_s=300.0, set_by_s=0.0)
        wait_until(lambda: folder.sealed() is not None, what="the end")
    (gap,) = folder.timeline().gaps
    assert gap.reason is GapReason.ASLEEP
    assert gap.from_s == 2.0
    assert 299.0 < gap.to_s < 310.0
    assert [event.what for event in events(folder, Noticed)] == ["asleep"]
    past = sources.pasts[-1]
    assert past is not None
    assert past.last_sequence == 2  # the same source goes on where it was


def test_a_set_clock_changes_nothing_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recorder.session.SYNC_S", 0.02)
    folder = Archive(tmp_path).create("A session", [("a", FIRST)])
    with running(folder, Sources(one=[plays(1, then=lasts)])) as recording:
        clocks = TurnedClocks()
        monkeypatch.setattr(recording, "_clock_watch", clocks)
        clocks.jump = Jump(slept_s=0.0, set_by_s=-3600.0)
        (notice,) = wait_until(lambda: events(folder, Noticed))
        assert "set back by 3600 s" in notice.detail
        assert recording.status().now_s < 60.0
    assert stored(folder) == whole(1)


def test_a_filling_disk_is_said_in_the_journal_and_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filling:
        left_s = 1_200.0

        def look(self) -> str:
            return "The disk is full in 20 min at the present rate."

    monkeypatch.setattr("recorder.session.SYNC_S", 0.02)
    monkeypatch.setattr("recorder.session._LOOK_AT_DISK_S", 3600.0)
    folder = Archive(tmp_path).create("A session", [("a", FIRST)])
    sources = Sources(one=[plays(1, then=lasts)])
    monkeypatch.setattr("recorder.disk.DiskWatch", lambda _: Filling())
    with running(folder, sources) as recording:
        wait_until(lambda: recording.status().warning)
    (notice,) = events(folder, Noticed)
    assert notice.detail == "The disk is full in 20 min at the present rate."
