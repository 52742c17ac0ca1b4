"""A disk that fills while something is recorded: a real one, of some megabytes."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder import verify
from recorder.archive import Archive, SessionFolder
from recorder.events import Noticed
from recorder.session import Recording
from recorder.sources.open import open_source
from recorder.types import GapReason, SourceKind, SourceSpec, State
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.hls import FRAME_S, Broadcast, HlsServer, Item, adts_frames
from tests.faults.sound import encoded
from tests.parts import wait_until
from tests.recorder.test_session import events, states

_SIZE = 8_000_000
_FREE = 160_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "aircheck-test", str(tmp_path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.fixture
def ballast(small_disk: Path) -> Path:
    """A file that leaves little room; remove it to make some."""
    path = small_disk / "ballast"
    path.write_bytes(bytes(_SIZE - _FREE))
    return path


def record_over_a_full_disk(disk: Path, url: str, ballast: Path) -> SessionFolder:
    spec = SourceSpec(kind=SourceKind.STREAM, address=url)
    folder = Archive(disk).create("A session", [("a", spec)])
    recording = Recording(folder, open_source=open_source)
    thread = threading.Thread(target=recording.run, name="recording")
    thread.start()
    try:
        wait_until(lambda: recording.status().state is State.PAUSED, 20, "a full disk")
        assert "full" in recording.status().detail
        ballast.unlink()
        wait_until(lambda: recording.status().state is State.RECORDING, 20, "room")
        begun_s = recording.status().end_s
        wait_until(lambda: recording.status().end_s > begun_s or folder.sealed(), 20, "more")
        wait_until(lambda: folder.sealed() is not None or "live.m3u8" not in url, 30, "the end")
    finally:
        recording.stop()
        thread.join(20)
        assert not thread.is_alive()
    report = verify.verify(folder.path)
    assert report.ok, report.problems
    assert State.PAUSED in states(folder)
    return folder


def test_hls_loses_nothing_that_is_still_listed(small_disk: Path, ballast: Path) -> None:
    segments = [
        Item(data=adts_frames(1_000, n), duration_s=1_000 * FRAME_S, name=f"s{n}.aac")
        for n in range(24)
    ]
    with HlsServer(Broadcast(segments=segments, window=None, position=12, per_poll=12)) as server:
        folder = record_over_a_full_disk(small_disk, server.url, ballast)
    timeline = folder.timeline()
    stored = b"".join((folder.path / part.file).read_bytes() for part in timeline.parts)
    assert stored == b"".join(item.data for item in segments)
    assert timeline.gaps == ()


def test_a_stream_goes_on_behind_a_gap_that_says_why(small_disk: Path, ballast: Path) -> None:
    programme = Programme(encoded("mp3", 30.0, bits_per_s=320_000))
    with Station(programme, Listener(), burst_s=0.0) as station:
        folder = record_over_a_full_disk(small_disk, station.url(), ballast)
    assert [gap.reason for gap in folder.timeline().gaps] == [GapReason.DISK_FULL]
    # Nobody was warned: it filled within the seconds that a rate needs to be known.
    assert all(event.what == "disk" for event in events(folder, Noticed))
