"""Parts, runs and lines: what a source's bytes become."""

import threading
from pathlib import Path

import pytest

from recorder import decode, journal, recovery, verify, writer
from recorder.archive import Archive, SessionFolder
from recorder.clock import SessionClock
from recorder.errors import DiskFull
from recorder.events import Chunk, GapFilled, PartOpened, Repeated, RunStarted
from recorder.joining import ChunkMemory, JoiningSink
from recorder.seal import seal
from recorder.segments import measure
from recorder.sources.base import Arrived, ChunkFacts, Missing
from recorder.timeline import Timeline
from recorder.types import (
    AudioFormat,
    GapReason,
    PlacedBy,
    Seconds,
    SourceKind,
    SourceSpec,
    State,
)
from recorder.writer import TrackWriter
from tests.faults.hls import FRAME_S
from tests.faults.sound import encoded

ADTS = AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)
SPEC = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live.m3u8")
FRAMES = 20  # a segment


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return Archive(tmp_path).create("A talk", [("a", SPEC)])


@pytest.fixture(scope="module")
def segments() -> list[bytes]:
    """Six segments of real AAC, 20 frames each."""
    from recorder.frames import AdtsParser

    data = encoded("aac", 7 * FRAMES * FRAME_S, rate_hz=48_000, channels=1)
    frames = [frame.data for frame in AdtsParser().feed(data) if frame.samples]
    groups = (frames[at : at + FRAMES] for at in range(0, len(frames), FRAMES))
    return [b"".join(group) for group in groups][:6]


class Desk:
    """A writer, and the segments that it is given by number."""

    def __init__(self, folder: SessionFolder, segments: list[bytes]) -> None:
        self.folder, self.segments = folder, segments
        before = recovery.mend(folder)
        self.log = journal.JournalWriter(folder.journal_path)
        self.writer = TrackWriter(folder, "a", self.log, source=str(SPEC), before=before)

    def begin(self, number: int, *, missing: int = 0) -> None:
        lost = Missing(media_sequence=number - missing, lengths=((missing, self.length_s),))
        self.writer.begin_run(
            ADTS,
            placed_by=PlacedBy.SEQUENCE if self.writer.has_audio else PlacedBy.FIRST,
            start_s=Seconds(self.writer.end_s + missing * self.length_s),
            reason=GapReason.MISSING_SEGMENT,
            media_sequence=number,
            missing=lost if missing else None,
        )

    @property
    def length_s(self) -> Seconds:
        return Seconds(FRAMES * FRAME_S)

    def write(self, *numbers: int) -> None:
        for number in numbers:
            data = self.segments[number]
            self.writer.write(data, measure(data, listed_s=self.length_s).duration_s)
            self.writer.end_chunk(ChunkFacts(media_sequence=number))

    def arrived(self, number: int, *, late: bool = False) -> Arrived:
        gaps = self.folder.timeline().gaps
        places = {each.sequence: each for gap in gaps for each in gap.segments()}
        return Arrived(
            format=ADTS,
            header=b"",
            data=self.segments[number],
            duration_s=self.length_s,
            facts=ChunkFacts(media_sequence=number),
            due=0,
            place=places[number] if late else None,
        )

    def seal(self) -> Timeline:
        self.writer.close()
        seal(self.folder, self.log, State.DONE)
        assert verify.verify(self.folder.path).ok
        return self.folder.timeline()

    def die(self) -> None:
        """As by kill -9."""
        self.writer.abandon()
        self.log.close()

    def told(self) -> list[object]:
        return [entry.event for entry in journal.read(self.folder.journal_path)]


@pytest.fixture
def desk(folder: SessionFolder, segments: list[bytes]) -> Desk:
    return Desk(folder, segments)


def numbers(timeline: Timeline) -> list[int | None]:
    return [chunk.media_sequence for chunk in timeline.tracks["a"].chunks]


def test_a_segments_line_is_there_as_soon_as_it_has_ended(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0, 1)
    assert [e.media_sequence for e in desk.told() if isinstance(e, Chunk)] == [0, 1]
    desk.die()


def test_what_comes_late_stands_in_its_gap_and_nothing_sealed_is_touched(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0)
    desk.begin(3, missing=2)
    desk.write(3)
    before = {path.name: path.read_bytes() for path in desk.folder.audio.iterdir()}
    desk.writer.fill(desk.arrived(2, late=True))
    desk.write(4)
    desk.writer.fill(desk.arrived(1, late=True))
    timeline = desk.seal()
    assert numbers(timeline) == [0, 1, 2, 3, 4]
    assert timeline.gaps == ()
    assert [part.name[-1] for part in timeline.parts] == ["1", "4", "3", "2"]
    assert [chunk.start_s for chunk in timeline.tracks["a"].chunks] == pytest.approx(
        [n * desk.length_s for n in range(5)]
    )
    for name, data in before.items():
        assert (desk.folder.audio / name).read_bytes().startswith(data)
    assert not (desk.folder.path / "staged").exists()


def test_a_session_with_late_parts_sounds_in_order(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0)
    desk.begin(2, missing=1)
    desk.write(2)
    desk.writer.fill(desk.arrived(1, late=True))
    timeline = desk.seal()
    blocks = list(decode.decode(desk.folder, rate_hz=None))
    assert [block.start_s for block in blocks] == sorted(block.start_s for block in blocks)
    assert blocks[-1].end_s == pytest.approx(3 * desk.length_s)
    assert sum(len(block.samples) for block in blocks) == 3 * FRAMES * 1024
    assert [part.file for part in timeline.parts] == [f"audio/a-00000{n}.aac" for n in (1, 3, 2)]


def test_one_that_lasts_otherwise_than_its_place_says_by_how_much(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0)
    desk.begin(2, missing=1)
    desk.write(2)
    late = desk.arrived(1, late=True)
    desk.writer.fill(
        Arrived(
            format=ADTS,
            header=b"",
            data=late.data,
            duration_s=Seconds(late.duration_s - 0.02),
            facts=late.facts,
            place=late.place,
        )
    )
    desk.seal()
    (run,) = [e for e in desk.told() if isinstance(e, RunStarted) and e.misfit_s]
    assert run.misfit_s == pytest.approx(-0.02)


def test_what_waits_when_it_is_stopped_is_stored_over_a_gap(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0)
    for number in (3, 2, 5):
        desk.writer.stage(desk.arrived(number))
    timeline = desk.seal()
    assert numbers(timeline) == [0, 2, 3, 5]
    assert [[each.sequence for each in gap.segments()] for gap in timeline.gaps] == [[1], [4]]
    assert {gap.reason for gap in timeline.gaps} == {GapReason.MISSING_SEGMENT}
    assert not (desk.folder.path / "staged").exists()


def test_what_waited_when_it_died_is_stored_by_recovery(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0)
    desk.writer.stage(desk.arrived(2))
    desk.die()
    recovery.recover(desk.folder)
    timeline = desk.folder.timeline()
    assert numbers(timeline) == [0, 2]
    (gap,) = timeline.gaps
    assert (gap.reason, [each.sequence for each in gap.segments()]) == (GapReason.KILLED, [1])
    assert verify.verify(desk.folder.path).ok


@pytest.mark.parametrize("frames", [1, 7, FRAMES])
def test_a_segment_that_a_crash_left_unfinished_is_completed(
    desk: Desk, segments: list[bytes], frames: int
) -> None:
    from recorder.frames import AdtsParser

    begun = b"".join(frame.data for frame in AdtsParser().feed(segments[1])[:frames])
    desk.begin(0)
    desk.write(0)
    desk.die()
    with (desk.folder.audio / "a-000001.aac").open("ab") as file:
        file.write(begun)
    again = Desk(desk.folder, segments)
    again.begin(1)
    again.write(1, 2)
    timeline = again.seal()
    data = b"".join((again.folder.path / part.file).read_bytes() for part in timeline.parts)
    assert data == b"".join(segments[:3])
    assert timeline.duration_s == pytest.approx(3 * desk.length_s)
    (repeat,) = [event for event in again.told() if isinstance(event, Repeated)]
    assert repeat.bytes == len(begun)


def test_a_disk_that_refuses_the_rest_of_a_segment_gets_just_that_later(
    desk: Desk, segments: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begin(0)
    desk.write(0)
    desk.die()
    with (desk.folder.audio / "a-000001.aac").open("ab") as file:
        file.write(segments[1][:300])
    again = Desk(desk.folder, segments)
    again.begin(1)

    def refuse(*_: object) -> None:
        raise DiskFull("The disk is full while writing audio.")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "_write_all", refuse)
        with pytest.raises(DiskFull):
            again.write(1)
    again.begin(1)
    again.write(1)
    parts = again.seal().parts
    data = b"".join((again.folder.path / part.file).read_bytes() for part in parts)
    assert data == b"".join(segments[:2])


def test_a_long_part_is_followed_by_the_next_at_a_segment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PART_LENGTH_S", 1.5 * desk.length_s)
    desk.begin(0)
    desk.write(0, 1, 2, 3)
    desk.seal()
    parts = [event for event in desk.told() if isinstance(event, PartOpened)]
    assert [part.media_sequence for part in parts] == [0, 2]


def test_what_follows_a_gap_is_another_run_though_it_touches(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0)
    desk.writer.gap(Seconds(3.0), GapReason.STALLED)
    desk.writer.begin_run(ADTS, placed_by=PlacedBy.SEQUENCE, media_sequence=1)
    desk.write(1)
    timeline = desk.seal()
    assert [run.start_s for run in timeline.tracks["a"].runs] == [0.0, 3.0]


def test_a_disk_that_refuses_a_late_one_leaves_its_gap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begin(0)
    desk.write(0)
    desk.begin(2, missing=1)
    desk.write(2)
    late = desk.arrived(1, late=True)

    def refuse(descriptor: int) -> None:
        raise DiskFull("The disk is full while syncing audio.")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "_sync", refuse)
        with pytest.raises(DiskFull):
            desk.writer.fill(late)
    assert len(desk.folder.timeline().gaps) == 1
    desk.writer.fill(late)
    timeline = desk.seal()
    assert timeline.gaps == ()
    assert len([event for event in desk.told() if isinstance(event, GapFilled)]) == 1
    assert sorted(path.stem for path in desk.folder.audio.iterdir()) == [
        "a-000001", "a-000002", "a-000004",
    ]  # fmt: skip


def test_a_part_whose_header_is_refused_is_begun_again_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fmt = AudioFormat(container="ogg", codec="opus", rate_hz=48_000, channels=2)

    def refuse(*_: object) -> None:
        raise DiskFull("The disk is full while writing audio.")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "_write_all", refuse)
        with pytest.raises(DiskFull):
            desk.writer.begin_run(fmt, placed_by=PlacedBy.FIRST, header=b"HEAD")
    desk.writer.begin_run(fmt, placed_by=PlacedBy.FIRST, header=b"HEAD")
    desk.writer.write(b"sound", Seconds(1.0))
    desk.writer.end_chunk()
    timeline = desk.seal()
    assert [(desk.folder.path / part.file).read_bytes() for part in timeline.parts] == [
        b"HEADsound"
    ]
    assert len(list(desk.folder.audio.iterdir())) == 1


def test_a_line_that_the_disk_refuses_meets_the_next_write(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begin(0)
    desk.write(0)

    def refuse(*_: object) -> None:
        raise DiskFull("The disk is full while writing the journal.")

    with monkeypatch.context() as patch:
        patch.setattr(journal.JournalWriter, "append", refuse)
        desk.write(1)
        with pytest.raises(DiskFull):
            desk.write(2)
    desk.write(2)
    assert numbers(desk.seal()) == [0, 1, 2]


def test_threads_of_source_and_session_may_meet(desk: Desk) -> None:
    desk.begin(0)
    done = threading.Event()

    def sync() -> None:
        while not done.is_set():
            desk.writer.sync()

    session = threading.Thread(target=sync, name="session")
    session.start()
    desk.write(*range(6))
    done.set()
    session.join()
    assert numbers(desk.seal()) == list(range(6))


def test_what_waits_for_its_place_survives_a_death_behind_what_is_stored(desk: Desk) -> None:
    desk.begin(0)
    desk.write(0, 1)
    joining = JoiningSink(
        desk.writer,
        track="a",
        memory=ChunkMemory(),
        clock=SessionClock(),
        stop=threading.Event(),
        is_other=True,
        source="https://mirror.example/live.m3u8",
    )
    joining.begin_run(ADTS, placed_by=PlacedBy.WALL_CLOCK, media_sequence=7)
    for number in (2, 3):
        joining.write(desk.segments[number], desk.length_s)
        joining.end_chunk(ChunkFacts(media_sequence=number + 5, more_follows=True))
    assert desk.writer.end_s == pytest.approx(2 * desk.length_s)
    desk.die()
    recovery.recover(desk.folder)
    timeline = desk.folder.timeline()
    parts = timeline.tracks["a"].parts
    stored = b"".join((desk.folder.path / part.file).read_bytes() for part in parts)
    assert stored == b"".join(desk.segments[:4])
    assert [part.source for part in parts] == [str(SPEC), "https://mirror.example/live.m3u8"]
    assert timeline.tracks["a"].runs[-1].placed_by is PlacedBy.WALL_CLOCK
    assert timeline.tracks["a"].next_sequence == 9
    assert timeline.gaps == ()
    assert verify.verify(desk.folder.path).ok
    assert not (desk.folder.path / "staged").exists()
