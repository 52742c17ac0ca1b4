"""The states of one recording, driven by a source that does as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from recorder import journal, recovery, retry, session, sums
from recorder.archive import Archive, SessionFolder
from recorder.errors import (
    ConnectionLost,
    DiskFull,
    NotAudio,
    NotAvailable,
    Refused,
    SourceError,
    Stalled,
    StorageError,
)
from recorder.events import Attempt, Chunk, Marked, RunStarted, StateChanged
from recorder.session import Recording
from recorder.sources.base import ChunkFacts, Sink, SourceFacts, StopSignal
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, SourceKind, SourceSpec, State
from recorder.writer import TrackWriter
from tests.parts import wait_until

MP3 = AudioFormat(container="mp3", codec="mp3", rate_hz=44100, channels=2)
SPEC = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live?token=s3cret")

T = TypeVar("T")
Step = Callable[[Sink, StopSignal], None]


class ScriptedSource:
    """A source whose every `capture` is the next step of a script."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.cancelled = threading.Event()

    @property
    def spec(self) -> SourceSpec:
        return SPEC

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        self.steps.pop(0)(sink, stop)

    def cancel(self) -> None:
        self.cancelled.set()


def fails(error: SourceError) -> Step:
    def step(sink: Sink, stop: StopSignal) -> None:
        raise error

    return step


def plays(*chunks: bytes, placed_by: PlacedBy = PlacedBy.FIRST, start_s: float | None = None,
          then: SourceError | None = None) -> Step:  # fmt: skip
    """A second a chunk, then the end or an error."""

    def step(sink: Sink, stop: StopSignal) -> None:
        sink.connected(SourceFacts(address=SPEC.public_address, status=200))
        at = None if start_s is None else Seconds(start_s)
        sink.begin_run(MP3, placed_by=placed_by, start_s=at)
        for chunk in chunks:
            sink.write(chunk, Seconds(1.0))
            sink.end_chunk(ChunkFacts(status=200))
        if then:
            raise then

    return step


def waits(sink: Sink, stop: StopSignal) -> None:
    """Sends nothing until it is stopped."""
    stop.wait(30)


def in_turn(*steps: Step) -> Step:
    def step(sink: Sink, stop: StopSignal) -> None:
        for each in steps:
            each(sink, stop)

    return step


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return Archive(tmp_path).create("A session", [("a", SPEC)])


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PROBE_S", 0.01)
    monkeypatch.setattr(retry, "_AFTER_A_BREAK_S", (0.01,))


def run(folder: SessionFolder, *steps: Step) -> State:
    source = ScriptedSource(*steps)
    return Recording(folder, open_source=lambda _, **__: source).run()


@contextmanager
def running(folder: SessionFolder, *steps: Step) -> Iterator[Recording]:
    source = ScriptedSource(*steps)
    recording = Recording(folder, open_source=lambda _, **__: source)
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


def states(folder: SessionFolder) -> list[State]:
    return [event.state for event in events(folder, StateChanged)]


def test_a_session_that_starts_late_waits_records_and_ends(folder: SessionFolder) -> None:
    final = run(
        folder,
        fails(NotAvailable("Not found.", status=404)),
        fails(NotAvailable("Not found.", status=404)),
        fails(Refused("Too many listeners.", status=503, retry_after_s=Seconds(0))),
        plays(b"one", b"two"),
    )
    assert final is State.DONE
    assert states(folder) == [
        State.CONNECTING,
        State.WAITING,
        State.REFUSED,
        State.RECORDING,
        State.FINISHING,
        State.DONE,
    ]
    assert (folder.audio / "a-000001.mp3").read_bytes() == b"onetwo"
    assert [a.status for a in events(folder, Attempt)] == [404, 404, 503]
    sealed = folder.sealed()
    assert sealed is not None
    assert (sealed.duration_s, sealed.gap_count, sealed.part_count) == (2.0, 0, 1)
    assert journal.check(folder.journal_path) == []
    assert not (folder.path / "resume.json").exists()
    assert "s3cret" not in folder.journal_path.read_text()


def test_what_can_be_joined_has_no_gap_and_goes_on_in_the_same_part(folder: SessionFolder) -> None:
    run(
        folder,
        plays(b"one", then=ConnectionLost("The connection ended.")),
        plays(b"two", placed_by=PlacedBy.EQUAL_BYTES),
    )
    assert (folder.audio / "a-000001.mp3").read_bytes() == b"onetwo"
    assert len(events(folder, RunStarted)) == 1
    assert folder.timeline().gaps == ()
    assert State.RECONNECTING in states(folder)


def test_what_cannot_be_joined_is_a_gap_with_its_reason(folder: SessionFolder) -> None:
    run(
        folder,
        plays(b"one", then=Stalled("Nothing came for 10 s.")),
        fails(ConnectionLost("Refused.")),
        plays(b"two", placed_by=PlacedBy.WALL_CLOCK, start_s=13.5),
    )
    (gap,) = folder.timeline().gaps
    assert (gap.from_s, gap.to_s, gap.reason) == (1.0, 13.5, GapReason.STALLED)
    assert gap.detail == "Nothing came for 10 s."
    assert [part.start_s for part in folder.timeline().parts] == [0.0, 13.5]
    assert (folder.audio / "a-000002.mp3").read_bytes() == b"two"


def test_a_run_is_never_placed_before_what_is_stored(folder: SessionFolder) -> None:
    run(
        folder,
        plays(b"one", b"two", then=ConnectionLost("Lost.")),
        plays(b"three", placed_by=PlacedBy.WALL_CLOCK, start_s=0.5),
    )
    assert [chunk.start_s for chunk in events(folder, Chunk)] == [0.0, 1.0, 2.0]


def test_what_never_was_a_session_fails_at_once(folder: SessionFolder) -> None:
    assert run(folder, fails(NotAudio("It answers with a picture."))) is State.FAILED
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.detail == "It answers with a picture."
    assert folder.summary().state is State.FAILED


def test_junk_in_mid_session_is_no_end(folder: SessionFolder) -> None:
    run(
        folder,
        plays(b"one", then=ConnectionLost("Lost.")),
        fails(NotAudio("It answers with a picture.")),
        plays(b"two", placed_by=PlacedBy.SEQUENCE),
    )
    assert (folder.audio / "a-000001.mp3").read_bytes() == b"onetwo"


def test_a_bug_in_a_source_is_a_lost_connection_not_the_end(folder: SessionFolder) -> None:
    def fall_over(sink: Sink, stop: StopSignal) -> None:
        raise ZeroDivisionError

    run(folder, in_turn(plays(b"one"), fall_over), plays(b"two", placed_by=PlacedBy.SEQUENCE))
    assert (folder.audio / "a-000001.mp3").read_bytes() == b"onetwo"


def test_stop_ends_every_wait_and_keeps_what_was_said(folder: SessionFolder) -> None:
    with running(folder, in_turn(plays(b"one"), waits)) as recording:
        wait_until(lambda: recording.status().state is State.RECORDING)
        recording.mark("it begins")
    assert folder.sealed() is not None
    (mark,) = events(folder, Marked)
    assert mark.text == "it begins"
    assert states(folder)[-2:] == [State.FINISHING, State.DONE]


def test_a_mark_is_where_the_audio_is_not_where_the_clock_is(folder: SessionFolder) -> None:
    def halts(sink: Sink, stop: StopSignal) -> None:
        stop.wait(1.5)  # the broadcaster's encoder; what follows goes on where it was
        sink.write(b"two", Seconds(0.1))
        sink.end_chunk()
        stop.wait(30)

    with running(folder, in_turn(plays(b"one"), halts)) as recording:
        wait_until(lambda: recording.status().end_s > 1.05)
        assert 1.1 <= recording.mark("here") < 1.5


def test_stop_while_nothing_comes_journals_the_gap_to_the_end(folder: SessionFolder) -> None:
    lost = plays(b"one", then=Refused("Full.", status=503, retry_after_s=Seconds(60)))
    with running(folder, lost) as recording:
        wait_until(lambda: recording.status().state is State.REFUSED)
        wait_until(lambda: recording.status().now_s > 1.2)
    (gap,) = folder.timeline().gaps
    assert gap.from_s == 1.0
    assert gap.to_s > 1.2
    assert gap.reason is GapReason.REFUSED


def test_what_a_source_handed_over_at_first_makes_the_last_gap_no_shorter(
    folder: SessionFolder,
) -> None:
    """A playlist's window of twenty seconds came at once: session time is ahead by that."""

    def hands_over(sink: Sink, stop: StopSignal) -> None:
        sink.begin_run(MP3, placed_by=PlacedBy.FIRST)
        for _ in range(20):
            sink.write(b"one", Seconds(1.0))
            sink.end_chunk()
        raise Refused("Full.", status=503, retry_after_s=Seconds(60))

    with running(folder, hands_over) as recording:
        wait_until(lambda: recording.status().state is State.REFUSED)
        refused_s = time.monotonic()
        wait_until(lambda: time.monotonic() > refused_s + 0.3)
    (gap,) = folder.timeline().gaps
    assert gap.from_s == 20.0
    assert gap.to_s > 20.25


def test_last_words_after_a_stop_leave_no_gap_behind_them(folder: SessionFolder) -> None:
    """What comes back in the moment of the stop was not away to the end."""

    def comes_back(sink: Sink, stop: StopSignal) -> None:
        stop.wait(30)
        sink.begin_run(MP3, placed_by=PlacedBy.WALL_CLOCK)
        sink.write(b"two", Seconds(0.01))
        sink.end_chunk()

    lost = plays(b"one", then=ConnectionLost("Lost."))
    with running(folder, lost, comes_back) as recording:
        wait_until(lambda: recording.status().state is State.RECONNECTING)
        wait_until(lambda: recording.status().now_s > 1.2)
    timeline = folder.timeline()
    (gap,) = timeline.gaps
    assert gap.reason is GapReason.CONNECTION_LOST
    assert timeline.tracks["a"].runs[-1].start_s == gap.to_s, "it ends where the sound came back"


def test_time_that_is_over_while_nothing_comes_leaves_a_gap_to_its_end(tmp_path: Path) -> None:
    folder = Archive(tmp_path).create("Short", [("a", SPEC)], for_s=Seconds(1.5))
    lost = plays(b"one", then=Refused("Full.", status=503, retry_after_s=Seconds(60)))
    assert run(folder, lost) is State.DONE
    (gap,) = folder.timeline().gaps
    assert (gap.from_s, gap.to_s, gap.reason) == (1.0, 1.5, GapReason.REFUSED)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.detail == "The time asked for is over."


def test_a_track_that_was_away_at_the_end_has_a_gap_though_another_plays(tmp_path: Path) -> None:
    other = SourceSpec(kind=SourceKind.STREAM, address="https://radio.example/other")
    folder = Archive(tmp_path).create("Two", [("a", SPEC), ("b", other)], for_s=Seconds(3.0))
    sources = {
        SPEC: ScriptedSource(in_turn(plays(b"one"), waits)),
        other: ScriptedSource(
            plays(b"two", then=Refused("Full.", status=503, retry_after_s=Seconds(60)))
        ),
    }
    recording = Recording(folder, open_source=lambda spec, **__: sources[spec])
    assert recording.run() is State.DONE
    tracks = folder.timeline().tracks
    assert tracks["a"].gaps == ()
    assert tracks["b"].gaps[0].reason is GapReason.NOT_AVAILABLE, "it only began later"
    assert [(gap.to_s, gap.reason) for gap in tracks["b"].gaps[-1:]] == [(3.0, GapReason.REFUSED)]


def test_the_status_says_why_and_when_it_tries_again(folder: SessionFolder) -> None:
    refusal = fails(Refused("Too many listeners.", status=503, retry_after_s=Seconds(60)))
    with running(folder, refusal) as recording:
        wait_until(lambda: recording.status().state is State.REFUSED)
        status = recording.status()
        assert status.detail == "Too many listeners."
        assert status.next_try_at > "2024"
        assert status.end_s == 0


def test_it_gives_up_when_nothing_came_for_long(tmp_path: Path) -> None:
    folder = Archive(tmp_path).create("Quiet", [("a", SPEC)], give_up_s=Seconds(0.005))
    assert (
        run(folder, plays(b"one", then=ConnectionLost("Lost.")), fails(ConnectionLost("Lost.")))
        is State.DONE
    )
    sealed = folder.sealed()
    assert sealed is not None
    assert "taken as the session's end" in sealed.detail


def test_time_asked_for_counts_from_the_first_sample(tmp_path: Path) -> None:
    folder = Archive(tmp_path).create("Short", [("a", SPEC)], for_s=Seconds(1.0))
    assert run(folder, in_turn(plays(b"one"), waits)) is State.DONE
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.detail == "The time asked for is over."


def test_what_was_heard_until_the_time_was_over_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device's last block arrives behind its end."""
    monkeypatch.setattr(session, "_ON_ITS_WAY_S", 30.0)

    was_stopped = []

    def comes_late(sink: Sink, stop: StopSignal) -> None:
        was_stopped.append(stop.wait(0.7))
        sink.write(b"two", Seconds(0.5))
        sink.end_chunk()
        was_stopped.append(stop.wait(20))

    folder = Archive(tmp_path).create("Short", [("a", SPEC)], for_s=Seconds(1.5))
    assert run(folder, in_turn(plays(b"one"), comes_late)) is State.DONE
    assert was_stopped == [False, True]
    assert folder.timeline().tracks["a"].end_s == 1.5


def test_what_a_server_hands_over_at_once_is_not_more_than_was_asked_for(tmp_path: Path) -> None:
    folder = Archive(tmp_path).create("Short", [("a", SPEC)], for_s=Seconds(3.0))
    backlog = plays(*(b"%d" % number for number in range(9)))
    assert run(folder, in_turn(backlog, waits)) is State.DONE
    sealed = folder.sealed()
    assert sealed is not None
    assert (sealed.duration_s, sealed.detail) == (3.0, "The time asked for is over.")


def test_a_full_disk_pauses_and_goes_on_when_there_is_room(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recorder.capture._PROBE_DISK_S", 0.01)
    full = DiskFull("The disk is full while writing audio.")

    def fill(sink: Sink, stop: StopSignal) -> None:
        raise full

    run(
        folder,
        in_turn(plays(b"one"), fill),
        plays(b"two", placed_by=PlacedBy.WALL_CLOCK, start_s=5.0),
    )
    assert State.PAUSED in states(folder)
    (gap,) = folder.timeline().gaps
    assert gap.reason is GapReason.DISK_FULL


def test_a_disk_that_refuses_ends_it_with_a_sentence(folder: SessionFolder) -> None:
    def break_down(sink: Sink, stop: StopSignal) -> None:
        raise StorageError("The disk failed while writing audio: I/O error.")

    assert run(folder, in_turn(plays(b"one"), break_down)) is State.FAILED
    assert (folder.audio / "a-000001.mp3").read_bytes() == b"one"


def test_sums_check_with_stock_tools(folder: SessionFolder) -> None:
    run(folder, plays(b"one"))
    lines = folder.sums_path.read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["journal.jsonl", "audio/a-000001.mp3"]
    assert lines[0].split("  ")[0] == sums.file_sha256(folder.journal_path)


def test_parts_roll_over_at_a_chunk_and_repeat_their_header(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recorder.writer.PART_LENGTH_S", 2.0)
    log = journal.JournalWriter(folder.journal_path)
    writer = TrackWriter(folder, "a", log, source="test")
    ogg = AudioFormat(container="ogg", codec="opus", rate_hz=48000, channels=2)
    writer.begin_run(ogg, placed_by=PlacedBy.FIRST, header=b"HEAD")
    for data in (b"1", b"2", b"3"):
        writer.write(data, Seconds(1.0))
        writer.end_chunk()
    writer.close()
    writer.close()
    log.close()
    assert (folder.audio / "a-000001.ogg").read_bytes() == b"HEAD12"
    assert (folder.audio / "a-000002.ogg").read_bytes() == b"HEAD3"
    assert len(events(folder, RunStarted)) == 1
    assert [part.start_s for part in folder.timeline().parts] == [0.0, 2.0]


def test_an_open_session_is_mended_and_sealed(folder: SessionFolder) -> None:
    log = journal.JournalWriter(folder.journal_path)
    log.append(StateChanged(state=State.RECORDING))
    log.close()
    recovery.recover(folder)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.recovered
    assert folder.summary().recovered
