"""What was heard before Record was pressed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from recorder import journal, launch, pack
from recorder.archive import Archive, SessionFolder
from recorder.errors import RecorderError, UnknownDevice
from recorder.events import Noticed
from recorder.preroll import PreRoll
from recorder.types import LONGEST_PRE_ROLL_S, GapReason, Seconds, SourceKind, SourceSpec
from tests.parts import wait_until
from tests.pulseserver import RATE_HZ, PulseServer, numbers_in, sound_server, write_numbered
from tests.recorder.switching import recorded_s, track_of

SPEAKERS = SourceSpec(kind=SourceKind.SYSTEM, address="Speakers")


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        yield server


@pytest.fixture
def pre_roll(server: PulseServer) -> Iterator[PreRoll]:
    listener = PreRoll(SPEAKERS, keep_s=Seconds(2.0))
    yield listener
    listener.close()


def pcm_of(folder: SessionFolder) -> bytes:
    files = [folder.path / part.file for part in track_of(folder).parts]
    return b"".join(block for file in files for block in pack.read_pcm(file, "pcm_s16le"))


def test_what_was_heard_before_and_after_is_one_piece(
    pre_roll: PreRoll, server: PulseServer, home: Path, tmp_path: Path
) -> None:
    wait_until(lambda: pre_roll.heard.held_s > 0.5, what="sound")
    server.play(write_numbered(home / "a.wav", 5.0), "speakers")
    wait_until(lambda: (pre_roll.heard.peak_dbfs or -120) > -30, what="the level")
    heard_s = pre_roll.heard.held_s
    wait_until(lambda: pre_roll.heard.held_s != heard_s, what="some more")
    folder = pre_roll.record(Archive(tmp_path), title="Begun late")
    wait_until(lambda: recorded_s(folder) > 4, what="four seconds")
    assert launch.stop(folder)
    track = track_of(folder)
    assert (len(track.runs), track.gaps) == (1, ())
    numbers = numbers_in(pcm_of(folder))
    assert numbers[0] == 0, "it was played before anybody pressed Record"
    assert np.all(np.diff(numbers) == 1)
    assert numbers.size > 2 * RATE_HZ
    timeline = folder.timeline()
    notices = [entry.event for entry in journal.read(folder.journal_path)]
    (notice,) = [each for each in notices if isinstance(each, Noticed) and each.what == "pre-roll"]
    assert "heard before the recording was asked for" in notice.detail
    assert timeline.started_at is not None
    assert timeline.started_at < folder.info().created_at
    assert folder.info().title == "Begun late"


def test_no_more_is_kept_than_was_asked_for(pre_roll: PreRoll, tmp_path: Path) -> None:
    wait_until(lambda: pre_roll.heard.held_s >= 2, what="what is kept")
    most_s = 0.0
    for _ in range(30):
        before = pre_roll.heard
        wait_until(lambda before=before: pre_roll.heard is not before, what="news")
        most_s = max(most_s, pre_roll.heard.held_s)
    assert 1.95 <= most_s <= 3.2  # whole seconds are let go
    folder = pre_roll.record(Archive(tmp_path))
    wait_until(lambda: recorded_s(folder) > 0, what="the first second")
    assert launch.stop(folder)
    first = folder.timeline().tracks["a"].runs[0]
    assert first.start_s == 0


def test_nothing_is_left_of_what_nobody_recorded(pre_roll: PreRoll, tmp_path: Path) -> None:
    child = psutil.Process(pre_roll._child.pid)
    wait_until(lambda: pre_roll.heard.held_s > 0, what="sound")
    pre_roll.close()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert not list(Archive(tmp_path).folders())


def test_it_ends_with_whoever_asked_for_it(pre_roll: PreRoll) -> None:
    """Nobody listens to a microphone behind the back of its owner."""
    wait_until(lambda: pre_roll.heard.held_s > 0, what="sound")
    assert pre_roll._child.stdin
    pre_roll._child.stdin.close()  # as the death of this process does
    wait_until(lambda: pre_roll._child.poll() is not None, what="its end")


def test_a_device_that_breaks_while_it_is_listened_to_is_told_and_heard_again(
    pre_roll: PreRoll, server: PulseServer
) -> None:
    wait_until(lambda: pre_roll.heard.held_s > 0, what="sound")
    server.remove_sink("speakers")
    wait_until(lambda: pre_roll.heard.problem, what="the trouble")
    server.add_sink("speakers", "Speakers")
    wait_until(
        lambda: not pre_roll.heard.problem and pre_roll.heard.held_s > 0.5, what="sound again"
    )


def test_a_device_that_breaks_while_it_is_recorded_leaves_a_gap(
    pre_roll: PreRoll, server: PulseServer, tmp_path: Path
) -> None:
    wait_until(lambda: pre_roll.heard.held_s >= 1, what="sound")
    folder = pre_roll.record(Archive(tmp_path))
    wait_until(lambda: recorded_s(folder) > 1, what="the first second")
    server.remove_sink("speakers")
    wait_until(lambda: folder.summary().state == "reconnecting", what="the loss")
    server.add_sink("speakers", "Speakers")
    wait_until(lambda: folder.summary().gap_count == 1, what="sound again")
    end_s = recorded_s(folder)
    wait_until(lambda: recorded_s(folder) > end_s + 1, what="another second")
    assert launch.stop(folder)
    (gap,) = track_of(folder).gaps
    assert gap.reason is GapReason.DEVICE_LOST


def test_a_killed_recorder_is_raised_and_goes_on(pre_roll: PreRoll, tmp_path: Path) -> None:
    wait_until(lambda: pre_roll.heard.held_s >= 1, what="sound")
    folder = pre_roll.record(Archive(tmp_path))
    wait_until(lambda: recorded_s(folder) > 1, what="the first second")
    holder = folder.holder()
    assert holder
    os.kill(holder.pid, signal.SIGKILL)
    wait_until(lambda: not launch.is_running(folder), what="its death")
    assert launch.revive(folder)
    wait_until(lambda: folder.summary().gap_count == 1, what="sound again")
    assert launch.stop(folder)
    (gap,) = track_of(folder).gaps
    assert gap.reason is GapReason.KILLED


def test_whoever_listened_and_died_can_record_nothing(pre_roll: PreRoll, tmp_path: Path) -> None:
    pre_roll._child.kill()
    pre_roll._child.wait()
    with pytest.raises(RecorderError, match="nothing was kept"):
        pre_roll.record(Archive(tmp_path))


@pytest.mark.parametrize("keep_s", [0.0, -1.0, LONGEST_PRE_ROLL_S + 1])
def test_a_length_that_cannot_be_kept_is_refused(keep_s: float) -> None:
    with pytest.raises(ValueError, match="can't be kept"):
        PreRoll(SPEAKERS, keep_s=Seconds(keep_s))


def test_only_devices_are_listened_to(server: PulseServer) -> None:
    with pytest.raises(ValueError, match="no device"):
        PreRoll(
            SourceSpec(kind=SourceKind.STREAM, address="http://127.0.0.1/"), keep_s=Seconds(9.0)
        )
    with pytest.raises(UnknownDevice):
        PreRoll(SourceSpec(kind=SourceKind.SYSTEM, address="Nobody"), keep_s=Seconds(9.0))
