"""How soon the window is there with 10,000 sessions, and whether it ever stalls in eight hours.

    make bench
    AIRCHECK_BENCH_SESSIONS=10000      sessions in the archive

The budgets are 400 ms from the process's start to a window that answers, and no stall over 50 ms.
PySide6's own import and an empty window of Qt's stand beside the start, in the same run and from
processes of their own. Nothing here passes or fails by speed, which is the machine's; a processor's
own time stands beside the clock's, for busy machines.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.gui.application import open_window
from app.gui.pages.now import NowPage
from app.gui.presenters.following import Follower
from app.gui.presenters.live import Live
from app.gui.theme import Theme
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.events import Chunk, GapFound, Marked, Noticed, RunStarted
from recorder.journal import JournalWriter
from recorder.status import Status
from recorder.types import GapReason, PlacedBy, Seconds, State, iso, utc_now
from tests.bench.bench_library_window import SESSIONS, sessions
from tests.bench.bench_search import report
from tests.recorder.builders import adts_part, build_session

RUNS = 5
HOURS, GAP_EVERY_S, LOOKS = 8, 600, 1_200

pytestmark = pytest.mark.timeout(1_200)

# Each prints the milliseconds since its process began, by the clock and of the processor.
_BEGIN = """
import json, sys, time
def took():
    import psutil
    born = psutil.Process().create_time()
    return (time.time() - born) * 1e3, time.process_time() * 1e3
"""
_IMPORT = (
    _BEGIN
    + """
import PySide6.QtWidgets
print(json.dumps(took()))
"""
)
_EMPTY = (
    _BEGIN
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1180, 760)
window.show()
application.processEvents()
window.grab()
print(json.dumps(took()))
"""
)
_WINDOW = (
    _BEGIN
    + """
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.gui.application import open_window
from app.gui.theme import Theme
from app.settings import Settings
application = QApplication([])
Theme(application)
root = Path(sys.argv[1])
window = open_window(Settings(archive=root / "archive", models=root / "models", transcribe=False))
window.grab()
answered = []
QTimer.singleShot(0, lambda: answered.append(took()))
while not answered:
    application.processEvents()
print(json.dumps(answered[0]), flush=True)
window.leave()
"""
)


def start(script: str, *arguments: str) -> tuple[float, float]:
    """Milliseconds from a process's start to its word, by the clock and of the processor."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    clock_ms, cpu_ms = json.loads(done.stdout.splitlines()[0])
    return clock_ms, cpu_ms


def test_cold_start(tmp_path: Path) -> None:
    sessions(tmp_path, SESSIONS)
    for name, script in (
        ("PySide6.QtWidgets imported", _IMPORT),
        ("an empty window of Qt's painted", _EMPTY),
        (f"the window with {SESSIONS:,} sessions painted, and answers", _WINDOW),
    ):
        took = [start(script, str(tmp_path)) for _ in range(RUNS)]
        clock_ms, cpu_ms = (statistics.median(column) for column in zip(*took, strict=True))
        report(name, f"{clock_ms:.0f} ms ({cpu_ms:.0f} ms of the processor), median of {RUNS}")
    report("load", " ".join(f"{each:.1f}" for each in os.getloadavg()))


def long_session(root: Path) -> SessionFolder:
    """A session that has gone on for eight hours, a second a chunk, with gaps, marks and news."""
    folder = build_session(root, [adts_part(2.0)], title="Eight hours", sealed=False)
    log = JournalWriter(folder.journal_path)
    run, at_s = 1, 2.0
    begun = utc_now()
    while at_s < HOURS * 3_600:
        if at_s % GAP_EVERY_S < 1:
            gap_to_s = at_s + 3
            run += 1
            log.append(
                GapFound(
                    track="a",
                    from_s=Seconds(at_s),
                    to_s=Seconds(gap_to_s),
                    reason=GapReason.STALLED,
                ),
                Noticed(what="late", detail=f"Something happened at {at_s:.0f} s."),
                Marked(at_s=Seconds(at_s), text="a mark"),
                RunStarted(
                    track="a", run=run, start_s=Seconds(gap_to_s), placed_by=PlacedBy.SEQUENCE
                ),
            )
            at_s = gap_to_s
        log.append(
            Chunk(
                track="a", part="a-000001", run=run, offset=int(at_s) * 16_000, bytes=16_000,
                sha256="0" * 64, start_s=Seconds(at_s), duration_s=Seconds(1.0),
                arrived_at=iso(begun), arrived_mono_s=at_s,
            )
        )  # fmt: skip
        at_s += 1
    log.close()
    return folder


def test_eight_hours(tmp_path: Path) -> None:
    """Its journal is read, then it is shown again and again; the loop's beats are watched."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication([])
    Theme(application)
    folder = long_session(tmp_path / "archive")
    settings = Settings(archive=tmp_path / "archive", models=tmp_path / "models", transcribe=False)
    window = open_window(settings)
    page = window.place("now")
    assert isinstance(page, NowPage)
    deadline = time.monotonic() + 60
    eager = {entry.key for entry in window._entries.values() if entry.is_eager}
    while not eager <= window._places.keys() and time.monotonic() < deadline:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    beats: list[tuple[float, float]] = []
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: beats.append((time.perf_counter(), time.thread_time())))
    timer.start()
    follower = Follower(folder)
    live = Live(
        folder=folder,
        status=Status(state=State.RECORDING, end_s=Seconds(0), now_s=Seconds(0)),
    )
    try:
        for look in range(LOOKS):
            strip = follower.strip()
            status = replace(live.status, end_s=Seconds(strip.duration_s + look / 10))
            shown = replace(live, status=status, strip=strip, news=follower.news())
            window._desk._on_live((shown,))
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        assert strip.duration_s >= HOURS * 3_600
        assert page.cards[folder.path].clock.text().startswith("8:0")
    finally:
        timer.stop()
        follower.close()
        window.leave()
    pairs = list(itertools.pairwise(beats))
    clock_ms = sorted((after[0] - before[0]) * 1e3 for before, after in pairs)
    cpu_ms = sorted((after[1] - before[1]) * 1e3 for before, after in pairs)
    report(
        f"between two beats of the loop, {HOURS} hours shown {LOOKS:,} times",
        f"longest {clock_ms[-1]:.0f} ms, p99 {clock_ms[len(clock_ms) * 99 // 100]:.0f} ms; "
        f"of the processor {cpu_ms[-1]:.0f} and {cpu_ms[len(cpu_ms) * 99 // 100]:.1f} ms",
    )
    report("load", " ".join(f"{each:.1f}" for each in os.getloadavg()))
