"""kill -9 of the recorder under 'aircheck record': it is raised again, and every second is told."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recorder import journal, launch, verify
from recorder.archive import Archive, SessionFolder
from recorder.events import Chunk
from recorder.types import GapReason
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.hls import FRAME_S, Broadcast, HlsServer, items
from tests.faults.sound import encoded
from tests.parts import wait_until

MOST_LOST_S = 0.5


@contextmanager
def aircheck_records(archive: Path, url: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "app", "--archive", str(archive), "record", url, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.terminate()


def session_in(archive: Path) -> SessionFolder:
    """The one session there, once a recorder is at work on it."""
    found = Archive(archive).folders
    return wait_until(
        lambda: next((each for each in found() if each.holder()), None), what="a recorder"
    )


def kill_recorder(archive: Path, when: Callable[[SessionFolder], bool]) -> SessionFolder:
    """Kill the one session's recorder as soon as something is true, and wait for the next one."""
    folder = session_in(archive)
    wait_until(lambda: when(folder), what="the moment to kill")
    holder = folder.holder()
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    wait_until(lambda: (next_one := folder.holder()) and next_one.pid != holder.pid, 15, "a raise")
    return folder


def chunks(folder: SessionFolder) -> list[Chunk]:
    told = (entry.event for entry in journal.read(folder.journal_path))
    return [event for event in told if isinstance(event, Chunk)]


def audio(folder: SessionFolder) -> bytes:
    return b"".join((folder.path / part.file).read_bytes() for part in folder.timeline().parts)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for folder in Archive(tmp_path).folders():
        if launch.is_running(folder):
            launch.stop(folder)


def test_hls_goes_on_at_the_next_segment_and_nothing_is_lost(archive: Path) -> None:
    segments = items(40, frames=12)
    broadcast = Broadcast(segments=segments, position=3, per_poll=1, window=30)
    with HlsServer(broadcast) as server, aircheck_records(archive, server.url) as child:
        folder = kill_recorder(archive, lambda it: len(chunks(it)) >= 6)
        broadcast.per_poll = 4
        assert child.stdout is not None
        told = [json.loads(line) for line in child.stdout]
        assert child.wait(30) == 0
    assert audio(folder) == b"".join(item.audio for item in segments)
    numbers = [chunk.media_sequence for chunk in chunks(folder) if chunk.media_sequence is not None]
    assert len(numbers) == len(set(numbers))
    assert folder.timeline().gaps == ()
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.recovered
    assert abs(sealed.duration_s - 40 * 12 * FRAME_S) < 1e-3
    assert told[-1]["event"] == "done"
    assert verify.verify(folder.path).ok


def test_a_continuous_stream_goes_on_with_the_gap_that_is_left(archive: Path) -> None:
    programme = Programme(encoded("mp3", 30.0))
    with (
        Station(programme, Listener()) as station,
        aircheck_records(archive, station.url()) as child,
    ):
        folder = kill_recorder(archive, lambda it: it.timeline().duration_s > 2.0)
        wait_until(lambda: len(folder.timeline().tracks["a"].runs) == 2, what="sound again")
        wait_until(lambda: folder.timeline().tracks["a"].runs[-1].end_s > 4.0)
        assert launch.stop(folder)
        assert child.wait(30) == 0
    (gap,) = folder.timeline().gaps
    assert gap.reason is GapReason.KILLED
    assert abs((gap.to_s - gap.from_s) - left_out_s(programme, folder)) < 0.2
    assert verify.verify(folder.path).ok


def left_out_s(programme: Programme, folder: SessionFolder) -> float:
    """Seconds of the programme between what the two parts hold, byte for byte."""
    whole = programme.data()
    first, second = ((folder.path / part.file).read_bytes() for part in folder.timeline().parts)
    begin, end = whole.index(first) + len(first), whole.index(second)
    assert begin < end
    passed, missing_s = 0, 0.0
    for frame in programme.frames:
        if begin <= passed < end:
            missing_s += frame.duration_s
        passed += len(frame.data)
    return missing_s


def test_what_is_on_the_disk_a_moment_after_the_kill(archive: Path) -> None:
    """At most half a second of what the server had sent is lost."""
    programme = Programme(encoded("mp3", 30.0, bits_per_s=32_000, channels=1))
    with Station(programme, Listener()) as station, aircheck_records(archive, station.url()):
        folder = session_in(archive)
        wait_until(lambda: folder.timeline().duration_s > 1.5)
        holder = folder.holder()
        assert holder is not None
        os.kill(holder.pid, signal.SIGKILL)
        sent = programme.count_at(station.clock.now_s()) - station.joined[0]
        size = sum(path.stat().st_size for path in folder.audio.iterdir())
    first = station.joined[0]
    lost_s, passed = 0.0, 0
    for frame in programme.frames[first : first + sent]:
        passed += len(frame.data)
        lost_s += frame.duration_s if passed > size else 0.0
    assert lost_s <= MOST_LOST_S
