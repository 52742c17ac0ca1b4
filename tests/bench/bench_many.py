"""Fifty sessions of 128 kb/s at once, each with a recorder of its own; and one beside ffmpeg.

    make bench

What was stored is compared with what was sent, byte for byte. CPU is the processes' own time, as
a share of one core, so that a busy machine changes little; memory is the resident set at most,
and what of it is a recorder's own (USS), where the system tells.
"""

import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.frames import sniff
from recorder.types import SourceKind, SourceSpec, State
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.hls import Broadcast, HlsServer, Item
from tests.faults.sound import encoded
from tests.parts import require, wait_until

SESSIONS = 50
SEGMENTS = 20
FRAMES_A_SEGMENT = 94  # two seconds at 48 kHz
SEGMENT_S = FRAMES_A_SEGMENT * 1024 / 48_000
ALONE_S = 20.0


@dataclass(slots=True, kw_only=True)
class Cost:
    """What a process took."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    rss: int = 0
    uss: int = 0

    @property
    def share(self) -> float:
        """CPU as a percentage of one core."""
        return 100 * self.cpu_s / self.wall_s


def report(what: str, value: str) -> None:
    print(f"\n  {what:<52} {value}", end="", flush=True)


def segments() -> list[Item]:
    """Real AAC of 128 kb/s, two seconds each."""
    data = encoded("aac", SEGMENTS * SEGMENT_S, rate_hz=48_000, bits_per_s=128_000)
    parser = sniff("audio/aac", data, is_all=True)
    assert parser
    frames = [frame.data for frame in parser.feed(data) + parser.finish() if frame.samples]
    return [
        Item(
            data=b"".join(frames[at : at + FRAMES_A_SEGMENT]),
            duration_s=SEGMENT_S,
            name=f"s{at // FRAMES_A_SEGMENT}.aac",
        )
        for at in range(0, SEGMENTS * FRAMES_A_SEGMENT, FRAMES_A_SEGMENT)
    ]


@contextmanager
def live(server: HlsServer) -> Iterator[threading.Event]:
    """The broadcast's clock: a segment every two seconds from when the event is set."""
    go, over = threading.Event(), threading.Event()

    def run() -> None:
        go.wait()
        began_s = time.monotonic()
        for number in range(1, SEGMENTS + 1):
            server.advance()
            if over.wait(max(0.0, began_s + number * SEGMENT_S - time.monotonic())):
                return

    thread = threading.Thread(target=run, name="broadcast")
    thread.start()
    try:
        yield go
    finally:
        over.set()
        go.set()
        thread.join()


def watch(processes: list[psutil.Process], until: Callable[[], bool]) -> list[Cost]:
    """Measure processes until something is so."""
    costs = [Cost() for _ in processes]
    began_s = time.monotonic()
    first = [sum(process.cpu_times()[:2]) for process in processes]
    while not until():
        for process, cost, start_s in zip(processes, costs, first, strict=True):
            try:
                with process.oneshot():
                    cost.cpu_s = sum(process.cpu_times()[:2]) - start_s
                    cost.rss = max(cost.rss, process.memory_info().rss)
                if not cost.uss:
                    cost.uss = process.memory_full_info().uss
                cost.wall_s = time.monotonic() - began_s
            except psutil.Error:
                continue
        time.sleep(1.0)
    return costs


def told(what: str, costs: list[Cost]) -> None:
    shares = [cost.share for cost in costs]
    report(
        f"{what}: CPU of one core, mean / most",
        f"{statistics.mean(shares):.1f} / {max(shares):.1f} %",
    )
    rss, uss = max(cost.rss for cost in costs), max(cost.uss for cost in costs)
    report(f"{what}: memory at most, own of it", f"{rss / 2**20:.0f} MB, {uss / 2**20:.0f} MB")


def recorder_of(folder: SessionFolder) -> psutil.Process:
    holder = folder.holder()
    assert holder
    return psutil.Process(holder.pid)


def stored(folder: SessionFolder) -> bytes:
    return b"".join((folder.path / part.file).read_bytes() for part in folder.timeline().parts)


@pytest.mark.timeout(400)
def test_fifty_sessions(tmp_path: Path) -> None:
    require("ffmpeg")
    sent = segments()
    on_air = Broadcast(segments=sent, window=8, position=0, per_poll=0, target=2)
    with HlsServer(on_air) as server, live(server) as go:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url)
        began_s = time.perf_counter()
        folders = [launch.record(Archive(tmp_path), spec) for _ in range(SESSIONS)]
        report("fifty recorders are at work after", f"{time.perf_counter() - began_s:.1f} s")
        recorders = [recorder_of(folder) for folder in folders]
        go.set()
        wait_until(lambda: on_air.position >= 2, 30)
        copy = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-live_start_index", "0", "-i", server.url, "-c", "copy",
             str(tmp_path / "copy.aac")]
        )  # fmt: skip
        costs = watch(
            [*recorders, psutil.Process(copy.pid)],
            lambda: on_air.position >= SEGMENTS - 1,
        )
        wait_until(lambda: all(folder.sealed() for folder in folders), 120)
        copy.wait(60)
    whole = b"".join(item.data for item in sent)
    missed = sum(stored(folder) != whole for folder in folders)
    told(f"{SESSIONS} sessions of HLS", costs[:-1])
    told("ffmpeg -c copy beside them", costs[-1:])
    report("sessions that lack a byte", f"{missed} of {SESSIONS}")
    assert missed == 0
    assert all(not folder.timeline().gaps for folder in folders)


@pytest.mark.timeout(120)
def test_one_continuous_session(tmp_path: Path) -> None:
    require("ffmpeg")
    programme = Programme(encoded("mp3", ALONE_S * 3, bits_per_s=128_000))
    with Station(programme, Listener()) as station:
        spec = SourceSpec(kind=SourceKind.STREAM, address=station.url())
        folder = launch.record(Archive(tmp_path), spec)
        recorder = recorder_of(folder)
        wait_until(lambda: Client(folder).status().state is State.RECORDING)
        copy = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-i", station.url(), "-c", "copy", str(tmp_path / "copy.mp3")]
        )
        end_s = time.monotonic() + ALONE_S
        costs = watch([recorder, psutil.Process(copy.pid)], lambda: time.monotonic() >= end_s)
        copy.kill()
        copy.wait()
        assert launch.stop(folder)
    told("one continuous session", costs[:1])
    told("ffmpeg -c copy beside it", costs[1:])
    assert stored(folder) in programme.data()
    assert folder.timeline().gaps == ()
