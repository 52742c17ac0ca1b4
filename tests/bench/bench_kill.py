"""What kill -9 costs at 32 kb/s: Aircheck, streamlink and ffmpeg on the same station.

    make bench

Each has a connection of its own to one station, and all are killed at once. What lacks at the end
was sent before the kill, and no file has it.
"""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from recorder import launch, recovery
from recorder.archive import Archive
from recorder.types import SourceKind, SourceSpec
from tests.bench.bench_icecast import FRAME_S, frames_of, kept, peers
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.sound import encoded
from tests.parts import require, wait_until

PLAYS_S = 15.0
MOST_LOST_S = 0.5


@pytest.mark.timeout(120)
def test_kill_at_32_kb_a_second(tmp_path: Path) -> None:
    require("ffmpeg")
    programme = Programme(encoded("mp3", 4 * PLAYS_S, bits_per_s=32_000, channels=1))
    with Station(programme, Listener()) as station:
        spec = SourceSpec(kind=SourceKind.STREAM, address=station.url())
        folder = launch.record(Archive(tmp_path / "archive"), spec)
        others = peers(station.url(), tmp_path)
        running = {name: subprocess.Popen(command) for name, (_, command) in others.items()}
        wait_until(lambda: len(station.joined) == 1 + len(running), 30, "all listeners")
        threading.Event().wait(PLAYS_S)
        holder = folder.holder()
        assert holder
        os.kill(holder.pid, signal.SIGKILL)
        for process in running.values():
            process.kill()
        sent = programme.count_at(station.clock.now_s())
        for process in running.values():
            process.wait()
    wait_until(lambda: folder.holder() is None)
    recovery.recover(folder)
    whole = frames_of(programme.data(0, sent))
    parts = folder.timeline().parts
    data = b"".join((folder.path / part.file).read_bytes() for part in parts)
    ours = kept(data, whole)
    print(f"\n  kill -9 at 32 kb/s: aircheck lacks {ours.end_s:.2f} s", end="")
    for name, (file, _) in others.items():
        held = file.read_bytes() if file.exists() else b""
        print(f"; {name} {kept(held, whole).end_s:.2f} s", end="")
    assert ours.junk == ours.repeats == 0
    assert ours.end_s <= MOST_LOST_S + FRAME_S
