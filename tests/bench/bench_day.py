"""A recorder's memory over a day: a day's chunks, as fast as the disk takes them.

    make bench

Memory could grow by what is remembered of each chunk, not by its bytes, so these are small.
"""

import threading
from pathlib import Path

import psutil
import pytest

from recorder.archive import Archive
from recorder.session import Recording
from recorder.sources.base import ChunkFacts, Sink, StopSignal
from recorder.types import AudioFormat, PlacedBy, Seconds, SourceKind, SourceSpec, State

DAY_S = 86_400
HOURS = (1, 6, 12, 18, 24)
MP3 = AudioFormat(container="mp3", codec="mp3", rate_hz=44_100, channels=2)
SPEC = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live")
MIRROR = SourceSpec(kind=SourceKind.STREAM, address="https://mirror.example/live")


class Day:
    """A source that plays a day, and looks at this process's memory meanwhile."""

    def __init__(self) -> None:
        self.spec = SPEC
        self.rss: dict[int, int] = {}

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        sink.begin_run(MP3, placed_by=PlacedBy.FIRST)
        process = psutil.Process()
        for second in range(1, DAY_S + 1):
            sink.write(second.to_bytes(4) * 20, Seconds(1.0))
            sink.end_chunk(ChunkFacts(status=200, address="https://host.example/live"))
            if second in [hour * 3600 for hour in HOURS]:
                self.rss[second // 3600] = process.memory_info().rss
            if stop.is_set():
                return

    def cancel(self) -> None:
        pass


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sources", [[("a", SPEC)], [("a", SPEC), ("a", MIRROR)]], ids=len)
def test_a_day(tmp_path: Path, sources: list[tuple[str, SourceSpec]]) -> None:
    day = Day()
    folder = Archive(tmp_path).create("A day", sources)
    recording = Recording(folder, open_source=lambda _, **__: day)
    states: list[State] = []
    thread = threading.Thread(target=lambda: states.append(recording.run()), name="recording")
    thread.start()
    thread.join()
    assert states == [State.DONE]
    sealed = folder.sealed()
    assert sealed
    assert sealed.duration_s == DAY_S
    grown = (day.rss[24] - day.rss[1]) / 2**20
    print(f"\n  memory over a day, {len(sources)} source(s):", end="")
    print(*(f" {hour} h {rss / 2**20:.0f} MB" for hour, rss in day.rss.items()), sep=",", end="")
    print(f"; from the first hour on {grown:+.1f} MB", end="", flush=True)
    journal_mb = folder.journal_path.stat().st_size / 2**20
    print(f"; the journal is {journal_mb:.0f} MB", end="", flush=True)
