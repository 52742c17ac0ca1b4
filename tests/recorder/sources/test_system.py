"""The system's sound through the whole recorder: its process, parts on disk, FLAC, the seal."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from recorder import launch, pack
from recorder.archive import Archive, SessionFolder
from recorder.errors import UnknownDevice
from recorder.sources.blocks import BLOCK_S
from recorder.types import GapReason, SourceKind, SourceSpec
from tests.parts import wait_until
from tests.pulseserver import RATE_HZ, PulseServer, numbers_in, sound_server, write_numbered
from tests.recorder.switching import Switching, recorded_s, track_of, wait_for_sound


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        server.add_sink("headset", "Headset")
        yield server


@pytest.fixture
def folder(server: PulseServer, tmp_path: Path) -> Iterator[SessionFolder]:
    """A session whose recorder is at work on what 'Speakers' plays."""
    spec = SourceSpec(kind=SourceKind.SYSTEM, address="Speakers")
    folder = launch.record(Archive(tmp_path), spec, title="Speakers")
    yield folder
    if launch.is_running(folder):
        launch.stop(folder)


def packed_pcm(folder: SessionFolder, *, track: str = "a") -> bytes:
    """The samples of a sealed session's FLACs, end to end."""
    files = [folder.path / part.file for part in folder.timeline().tracks[track].parts]
    assert {file.suffix for file in files} == {".flac"}
    assert not list(folder.audio.glob("*.wav"))
    return b"".join(block for file in files for block in pack.read_pcm(file, "pcm_s16le"))


def test_what_was_played_is_in_the_sealed_flac_sample_for_sample(
    server: PulseServer, folder: SessionFolder, home: Path
) -> None:
    wait_until(lambda: recorded_s(folder) > 0, what="the first chunk")
    server.play(write_numbered(home / "a.wav", 1.0), "speakers")
    wait_until(lambda: recorded_s(folder) > 3, what="three seconds")
    launch.stop(folder)
    numbers = numbers_in(packed_pcm(folder))
    assert np.all(np.diff(numbers) == 1)
    assert numbers[-1] == RATE_HZ - 1
    track = track_of(folder)
    assert track.gaps == ()
    assert len(track.runs) == 1
    assert {chunk.bytes for chunk in track.chunks[:-1]} == {RATE_HZ * 4}


def test_a_sink_removed_and_brought_back_leaves_a_gap_as_long_as_it_was_away(
    server: PulseServer, folder: SessionFolder, home: Path
) -> None:
    numbered = write_numbered(home / "a.wav", 30)
    server.play(write_numbered(home / "b.wav", 30, mark=2), "headset")
    server.play(numbered, "speakers")
    wait_until(lambda: recorded_s(folder) > 1, what="a second")
    server.remove_sink("speakers")
    wait_until(lambda: folder.summary().state == "reconnecting", what="the loss")
    server.add_sink("speakers", "Speakers")
    wait_until(lambda: folder.summary().gap_count == 1, what="sound again")
    server.play(numbered, "speakers")
    end_s = recorded_s(folder)
    wait_until(lambda: recorded_s(folder) > end_s + 1, what="another second")
    launch.stop(folder)
    track = track_of(folder)
    (gap,) = track.gaps
    assert gap.reason is GapReason.DEVICE_LOST
    before, after = track.runs
    assert (gap.from_s, gap.to_s) == pytest.approx((before.end_s, after.start_s))
    numbers_in(packed_pcm(folder), mark=1)  # not one sample of the headset's


def test_a_killed_recorder_costs_less_than_half_a_second(
    server: PulseServer, folder: SessionFolder, home: Path
) -> None:
    server.play(write_numbered(home / "a.wav", 30), "speakers")
    wait_until(lambda: recorded_s(folder) > 1, what="a second")
    holder = folder.holder()
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    wait_until(lambda: folder.holder() is None, what="its end")
    launch.start(folder)
    wait_until(lambda: folder.summary().gap_count == 1, what="sound again")
    end_s = recorded_s(folder)
    wait_until(lambda: recorded_s(folder) > end_s + 1, what="another second")
    launch.stop(folder)
    track = track_of(folder)
    (gap,) = track.gaps
    assert gap.reason is GapReason.KILLED
    numbers = numbers_in(packed_pcm(folder))
    (step,) = np.flatnonzero(np.diff(numbers) != 1)
    missing_s = (numbers[step + 1] - numbers[step] - 1) / RATE_HZ
    assert gap.to_s - gap.from_s == pytest.approx(missing_s, abs=BLOCK_S)


def test_whatever_comes_and_goes_no_other_source_is_recorded(
    server: PulseServer, folder: SessionFolder, home: Path
) -> None:
    """More of it in tests/bench."""
    switching = Switching(server, home)
    wait_until(lambda: recorded_s(folder) > 0, what="the first second")
    done = {switching.change() for _ in range(12)}
    assert len(done) == 5, f"only {done}"
    wait_for_sound(folder)
    launch.stop(folder)
    numbers_in(packed_pcm(folder), mark=1)
    assert {gap.reason for gap in track_of(folder).gaps} == {
        GapReason.DEVICE_LOST, GapReason.FOREIGN_SOURCE,
    }  # fmt: skip


def test_an_output_and_an_input_side_by_side_are_on_one_timeline(
    server: PulseServer, home: Path, tmp_path: Path
) -> None:
    """The input hears the output, so that the same sample shows in both."""
    server.add_input("mic", "Microphone", of_sink="speakers")
    folder = launch.record(
        Archive(tmp_path),
        SourceSpec(kind=SourceKind.SYSTEM, address="Speakers"),
        mirrors=[SourceSpec(kind=SourceKind.DEVICE, address="Microphone")],
        together=True,
    )
    wait_until(lambda: len(folder.timeline().tracks) == 2, what="both")
    server.play(write_numbered(home / "a.wav", 1.0), "speakers")
    begun_s = recorded_s(folder)
    wait_until(lambda: recorded_s(folder) > begun_s + 2, what="what was played")
    launch.stop(folder)
    assert heard_at_s(folder, "a") == pytest.approx(heard_at_s(folder, "b"), abs=0.02)


def test_channels_are_recorded_as_tracks_on_one_timeline(
    server: PulseServer, home: Path, tmp_path: Path
) -> None:
    """Track a has the frames' lower bits, track b their upper ones and the mark."""
    folder = launch.record(
        Archive(tmp_path),
        SourceSpec(kind=SourceKind.SYSTEM, address="Speakers"),
        split_channels=True,
    )
    assert folder.info().title == "system:Speakers"
    wait_until(lambda: len(folder.timeline().tracks) == 2, what="both")
    server.play(write_numbered(home / "a.wav", 1.0), "speakers")
    begun_s = recorded_s(folder)
    wait_until(lambda: recorded_s(folder) > begun_s + 2, what="what was played")
    launch.stop(folder)
    low, high = (np.frombuffer(packed_pcm(folder, track=each), "<i2") for each in "ab")
    first_low = int(np.flatnonzero(low)[0]) - 1  # the first frame's number is 0
    first_high = int(np.flatnonzero(high)[0])
    numbers = np.arange(RATE_HZ)
    lower = numbers & 0x7FFF
    assert np.array_equal(low[low != 0], lower[lower != 0])  # a busy player may pause
    assert np.array_equal(high[high != 0], (numbers >> 15) | 1 << 13)
    places_s = [
        at_s(folder, track, first) for track, first in (("a", first_low), ("b", first_high))
    ]
    assert places_s[0] == pytest.approx(places_s[1], abs=0.02)
    assert [spec.address for _, spec in folder.sources()] == ["Speakers#1", "Speakers#2"]


def at_s(folder: SessionFolder, track: str, frame: int) -> float:
    """Session time of a mono track's frame."""
    for chunk in folder.timeline().tracks[track].chunks:
        if frame < chunk.bytes // 2:
            return chunk.start_s + frame / RATE_HZ
        frame -= chunk.bytes // 2
    raise AssertionError("no such frame")


def test_a_channel_that_is_not_there_is_told_before_anything_is_made(
    server: PulseServer, tmp_path: Path
) -> None:
    with pytest.raises(UnknownDevice, match="has no channel 3"):
        launch.record(Archive(tmp_path), SourceSpec(kind=SourceKind.SYSTEM, address="Speakers#3"))
    assert not list(Archive(tmp_path).folders())


def test_a_fallback_takes_over_while_an_output_is_away(
    server: PulseServer, home: Path, tmp_path: Path
) -> None:
    """It is recorded as what it is: a part of another source, behind a gap that says why."""
    folder = launch.record(
        Archive(tmp_path),
        SourceSpec(kind=SourceKind.SYSTEM, address="Speakers"),
        mirrors=[SourceSpec(kind=SourceKind.SYSTEM, address="Headset")],
    )
    wait_until(lambda: recorded_s(folder) > 1, what="the first second")
    server.remove_sink("speakers")
    wait_until(
        lambda: any("Headset" in part.source for part in track_of(folder).parts),
        what="the fallback",
    )
    begun_s = recorded_s(folder)
    server.play(write_numbered(home / "h.wav", 1.0, mark=2), "headset")
    wait_until(lambda: recorded_s(folder) > begun_s + 2, what="what the fallback plays")
    launch.stop(folder)
    numbers = numbers_in(packed_pcm(folder), mark=2)
    assert np.all(np.diff(numbers) == 1)
    assert numbers[-1] == RATE_HZ - 1
    sources = [part.source for part in track_of(folder).parts]
    assert sources[0] == "system:Speakers"
    assert sources[-1] == "system:Headset"


def heard_at_s(folder: SessionFolder, track: str) -> float:
    """Session time of the first frame that carries a number."""
    frames = np.frombuffer(packed_pcm(folder, track=track), "<i2").reshape(-1, 2)
    first = int(np.flatnonzero(np.any(frames != 0, axis=1))[0])
    assert numbers_in(frames[first:].tobytes()).size == RATE_HZ
    chunks = folder.timeline().tracks[track].chunks
    index, left = 0, first
    while left >= chunks[index].bytes // 4:
        left -= chunks[index].bytes // 4
        index += 1
    return chunks[index].start_s + left / RATE_HZ


def test_the_default_output_is_that_of_the_beginning_for_good(
    server: PulseServer, tmp_path: Path
) -> None:
    """Else a recorder that died would go on with another one."""
    folder = launch.record(Archive(tmp_path), SourceSpec(kind=SourceKind.SYSTEM, address=""))
    launch.stop(folder)
    assert [str(spec) for _, spec in folder.sources()] == ["system:Speakers"]
