"""What a recording costs: the journal's rate, the recorder's CPU and memory.

    make bench

Nothing here passes or fails by speed, which is the machine's; each measurement checks that what
it measured was really done.
"""

import time
from pathlib import Path

import psutil
import pytest

from app.broadcast import SampleBroadcast
from recorder import journal, launch
from recorder.archive import Archive
from recorder.events import Chunk
from recorder.journal import JournalWriter
from recorder.types import Seconds, SourceKind, SourceSpec, State

LINES = 20_000  # more than five hours of one-second chunks
LINES_A_SYNC = 10


def report(what: str, value: str) -> None:
    print(f"\n  {what:<46} {value}", end="", flush=True)


def a_chunk(index: int) -> Chunk:
    return Chunk(
        track="a",
        part="audio/a-000001.aac",
        run=1,
        offset=index * 8000,
        bytes=8000,
        sha256="0" * 64,
        start_s=Seconds(float(index)),
        duration_s=Seconds(1.0),
        arrived_at="2024-08-13T00:42:00.000Z",
        arrived_mono_s=float(index),
        status=200,
        address="https://radio.example/live/segment.aac",
        media_sequence=index,
    )


def test_journal_rate(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path)
    began_s = time.perf_counter()
    for first in range(0, LINES, LINES_A_SYNC):
        writer.append(*(a_chunk(index) for index in range(first, first + LINES_A_SYNC)))
        writer.sync()
    took_s = time.perf_counter() - began_s
    writer.close()
    report("journal, written and synced, lines a second", f"{LINES / took_s:,.0f}")
    report("  one append of ten lines and its sync", f"{took_s / LINES * 1e4:.2f} ms")

    began_s = time.perf_counter()
    assert journal.check(path) == []
    report("journal, checked, lines a second", f"{LINES / (time.perf_counter() - began_s):,.0f}")

    began_s = time.perf_counter()
    assert sum(1 for _ in journal.read(path)) == LINES
    report("journal, read, lines a second", f"{LINES / (time.perf_counter() - began_s):,.0f}")
    report("journal, bytes a line", f"{path.stat().st_size / LINES:.0f}")


@pytest.mark.timeout(180)
def test_a_recorder_of_hls(tmp_path: Path) -> None:
    """The sample broadcast from its first refusal to its end, in real time."""
    with SampleBroadcast() as broadcast:
        folder = launch.record(
            Archive(tmp_path), SourceSpec(kind=SourceKind.STREAM, address=broadcast.url)
        )
        holder = folder.holder()
        assert holder is not None
        process = psutil.Process(holder.pid)
        began_s = time.perf_counter()
        start_up = process.cpu_times()
        peak_rss = 0
        last = start_up
        while folder.sealed() is None:
            try:
                last = process.cpu_times()
                peak_rss = max(peak_rss, process.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.1)
        took_s = time.perf_counter() - began_s
    summary = folder.summary()
    assert summary.state is State.DONE
    assert summary.duration_s > 0.9 * broadcast.sample.duration_s
    used_s = last.user + last.system - start_up.user - start_up.system
    report("HLS recorder, start-up CPU", f"{start_up.user + start_up.system:.2f} s")
    report("HLS recorder, then, of one core", f"{100 * used_s / took_s:.1f} %")
    report("HLS recorder, memory at most", f"{peak_rss / 2**20:.0f} MB")
