"""The window's budgets, all in one run of some minutes.

    pytest tests/bench/bench_window.py --override-ini=python_files="bench_*.py" -s
    AIRCHECK_BENCH_SESSIONS=10000      sessions in the archive

400 ms from the command to a window with 10,000 sessions that answers, 16 ms a frame of scrolling
through them; of eight hours 20 ms for the first waveform, 16 ms for a zoom, 150 ms from a click to
sound anywhere in it; no stall over 50 ms while they are recorded.
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
from concurrent.futures import ThreadPoolExecutor
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
from tests.bench.bench_library_window import SESSIONS, frames, library_of, plain, sessions, until
from tests.bench.bench_search import quantiles, report
from tests.bench.bench_session_page import (
    _theme,
    click_to_sound,
    eight_hours,
    first_waveform_and_zoom,
)
from tests.recorder.builders import adts_part, build_session

RUNS = 5
HOURS, GAP_EVERY_S, LOOKS = 8, 600, 1_200
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"

pytestmark = pytest.mark.timeout(1_200)
__all__ = ["_theme", "eight_hours"]  # fixtures

# Each prints the milliseconds since it was started, by the clock and of the processor.
_TOLD = """
import json, sys, time
def tell(what=""):
    clock_ms, cpu_ms = (time.time() - float(sys.argv[1])) * 1e3, time.process_time() * 1e3
    print(json.dumps([what, clock_ms, cpu_ms]), flush=True)
"""
_IMPORT = (
    _TOLD
    + """
import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets
tell("imported")
"""
)
_EMPTY = (
    _TOLD
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1180, 760)
window.show()
application.processEvents()
window.grab()
tell("painted")
"""
)
_WINDOW = (
    _TOLD
    + """
from app.cli import main
import app.gui
run = app.gui.run
def watched(settings):
    from app.gui import imports
    imports.restore()
    from app.gui import application
    from PySide6.QtCore import QTimer
    open_window = application.open_window
    def opened(settings):
        window = open_window(settings)
        follow(window, QTimer)
        return window
    application.open_window = opened
    return run(settings)
def follow(window, timer, has_told=False):
    if window._is_seen and not has_told:
        has_told = True
        tell("answers")
    if len(window.desk.rows) == int(sys.argv[3]):
        tell("lists all")
        window.leave()
    else:
        timer.singleShot(1 if has_told else 0, lambda: follow(window, timer, has_told))
app.gui.run = watched
main(["--archive", sys.argv[2]])
"""
)


def start(script: str, home: Path, *arguments: str) -> dict[str, tuple[float, float]]:
    """Start a process with a home of its own, and with its bytecode there, as where installed.

    Returns:
        What it said, with the milliseconds from its start by the clock and of the processor.
    """
    environment = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    homes = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "DATA")}
    done = subprocess.run(
        [sys.executable, "-c", script, str(time.time()), *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={
            **environment,
            **homes,
            "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
            "QT_QPA_PLATFORM": "offscreen",
            "AIRCHECK_TRANSCRIBE": "false",
        },
    )
    said = (json.loads(line) for line in done.stdout.splitlines())
    return {what: (clock_ms, cpu_ms) for what, clock_ms, cpu_ms in said}


def test_cold_start(tmp_path: Path) -> None:
    """All three in turn, again and again, so that what else goes on slows each of them as much."""
    sessions(tmp_path, SESSIONS)
    scripts = (_IMPORT, _EMPTY, _WINDOW)
    took: dict[str, list[tuple[float, float]]] = {}
    for turn in range(RUNS + 1):
        for script in scripts:
            said = start(script, tmp_path / "home", str(tmp_path / "archive"), str(SESSIONS))
            for what, times in said.items() if turn else ():  # the first writes the bytecode
                took.setdefault(what, []).append(times)
    middle = {
        what: [statistics.median(column) for column in zip(*times, strict=True)]
        for what, times in took.items()
    }
    for what, name in (
        ("imported", "PySide6's QtCore, QtGui, QtWidgets imported"),
        ("painted", "an empty window of Qt's painted"),
        ("answers", f"'aircheck' with {SESSIONS:,} sessions painted, and answers (400 ms)"),
        ("lists all", "  and has read all of them"),
    ):
        clock_ms, cpu_ms = middle[what]
        report(name, f"{clock_ms:.0f} ms ({cpu_ms:.0f} ms of the processor), median of {RUNS}")
    clock, cpu = (
        ours / qts for ours, qts in zip(middle["answers"], middle["painted"], strict=True)
    )
    report("  to the empty window", f"{clock:.2f} by the clock, {cpu:.2f} of the processor")
    report("load", " ".join(f"{each:.1f}" for each in os.getloadavg()))


def test_scrolling(tmp_path: Path) -> None:
    sessions(tmp_path, SESSIONS)
    settings = Settings(archive=tmp_path / "archive", models=tmp_path / "models", transcribe=False)
    began_s = time.perf_counter()
    window = open_window(settings)
    try:
        page = library_of(window)
        until(lambda: page.view.guide.rowCount() > 0)
        report("the window to its first rows", f"{(time.perf_counter() - began_s) * 1e3:.0f} ms")
        until(lambda: page.view.guide.rowCount() == SESSIONS)
        report(f"  to all {SESSIONS:,}", f"{time.perf_counter() - began_s:.1f} s")
        clock_ms, cpu_ms = frames(page.view)
        report("scrolling through them, a frame", quantiles(clock_ms))
        report("  of the processor", quantiles(cpu_ms))
        report("  a plain list of texts", quantiles(frames(plain())[0]))
        began_s = time.perf_counter()
        page.field.setText("talk 77")
        until(lambda: page.view.guide.rowCount() < SESSIONS)
        report(
            "a word typed to the filtered list", f"{(time.perf_counter() - began_s) * 1e3:.0f} ms"
        )
        assert page.view.guide.rowCount() > 1
    finally:
        window.close()


def test_the_waveform(eight_hours: SessionFolder) -> None:
    first_waveform_and_zoom(eight_hours)


def test_sound(eight_hours: SessionFolder, tmp_path: Path) -> None:
    click_to_sound(eight_hours, tmp_path)


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
    while window._entries.keys() != window._places.keys() and time.monotonic() < deadline:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    beats: list[tuple[float, float]] = []
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: beats.append((time.perf_counter(), time.thread_time())))
    timer.start()
    follower, lane = Follower(folder), ThreadPoolExecutor(1)
    live = Live(
        folder=folder,
        status=Status(state=State.RECORDING, end_s=Seconds(0), now_s=Seconds(0)),
    )
    try:
        for look in range(LOOKS):
            looking = lane.submit(lambda: (follower.strip(), follower.news()))  # as the desk does
            while not looking.done():
                application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
            strip, news = looking.result()
            status = replace(live.status, end_s=Seconds(strip.duration_s + look / 10))
            shown = replace(live, status=status, strip=strip, news=news)
            window._desk._on_live((shown,))
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        assert strip.duration_s >= HOURS * 3_600
        assert page.cards[folder.path].clock.text().startswith("8:0")
    finally:
        timer.stop()
        lane.shutdown()
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
