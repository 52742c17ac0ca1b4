"""The session's page with eight hours in it: words that follow; first waveform, zoom, sound.

The budgets are 20 ms for the first waveform, 16 ms for a zoom, 150 ms from a click to sound; they
are measured with the window's other figures (`bench_window`).
Beside them stand their floors: a plain Qt paint of as many lines, a QAudioSink that is only opened.
Nothing here passes or fails by speed, which is the machine's; a processor's own time stands beside
the clock's, for busy machines.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from app.gui.presenters.session import spoken_lines, strip_of
from app.gui.theme import Theme
from app.gui.transcript import TranscriptView
from app.gui.waveform import Detail
from recorder import peaks, pyramid
from recorder.archive import SessionFolder
from recorder.pyramid import waveform
from recorder.types import Seconds, utc_now
from tests.parts import require
from tests.pulseserver import sound_server
from tests.recorder.builders import ADTS, PartSpec, adts_chunks, build_session, encode, tone
from transcribe.transcript import Segment, Transcript, Word

HOURS, PART_S, WIDTH, HEIGHT = 8, 600.0, 1_200, 104
WORDS, WORDS_A_LINE, WORD_S = 72_000, 12, 0.4

pytestmark = pytest.mark.timeout(600)

# In a process of its own: Qt looks for the sound server once in its life.
SOUND = """
import json, sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.gui import player as module
from recorder.archive import SessionFolder

def until_sound(sink):
    while sink() is None or sink().processedUSecs() <= 0:
        application.processEvents()

application = QApplication([])
module.Player().warm().join()
floor, took = [], []
for _ in range(4):
    begun = time.perf_counter()
    opened = module._new_sink(application)
    opened.start().write(bytes(19_200))
    until_sound(lambda: opened)
    floor.append(time.perf_counter() - begun)
    opened.reset()
for at_s in sys.argv[2].split(","):
    player = module.Player()  # which has read no journal
    begun = time.perf_counter()
    player.play(SessionFolder(Path(sys.argv[1])), float(at_s))
    until_sound(lambda: player._sink)
    took.append(time.perf_counter() - begun)
    player.close()
print(json.dumps({"floor": floor, "took": took}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Milliseconds by the clock, and of the processor."""

    clock: float
    processor: float


def timed(work: Callable[[], object]) -> Took:
    begun, begun_cpu = time.perf_counter(), time.thread_time()
    work()
    return Took(
        clock=(time.perf_counter() - begun) * 1_000,
        processor=(time.thread_time() - begun_cpu) * 1_000,
    )


def told(times: list[Took], share: int = 50) -> str:
    """A percentile of both."""
    by_clock, by_processor = (
        statistics.quantiles((getattr(each, name) for each in times), n=100)[share - 1]
        for name in ("clock", "processor")
    )
    return f"{by_clock:.2f} ms ({by_processor:.2f} of the processor)"


def report(what: str, value: str) -> None:
    print(f"\n  {what:<46} {value}", end="", flush=True)


@pytest.fixture(scope="module")
def eight_hours(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    """Eight hours of AAC in parts of ten minutes, with a gap; its waveform is measured already."""
    chunks = adts_chunks(encode(tone(PART_S), 44_100, "adts"))
    part_s = sum(length_s for _, length_s in chunks)
    parts = [
        PartSpec(fmt=ADTS, chunks=chunks, start_s=20 * part_s + 60 if number == 20 else None)
        for number in range(round(HOURS * 3600 / PART_S))
    ]
    folder = build_session(tmp_path_factory.mktemp("archive"), parts, title="Eight hours")
    timeline = folder.timeline()
    next(iter(peaks.build(folder, timeline)))
    first = pyramid.load(pyramid.path_of(folder, "a", 1))
    assert first is not None
    for number, part in enumerate(timeline.parts, 1):
        moved = replace(first, start_s=part.start_s, end_s=part.end_s)
        pyramid.save(pyramid.path_of(folder, "a", number), moved)
    return folder


@pytest.fixture(autouse=True)
def _theme(qapp: QApplication) -> None:
    Theme(qapp)
    report("load", " ".join(f"{each:.1f}" for each in os.getloadavg()))


def first_waveform_and_zoom(eight_hours: SessionFolder) -> None:
    strip = strip_of(eight_hours.timeline())
    plain = QPixmap(WIDTH, HEIGHT)

    def as_many_lines() -> None:
        painter = QPainter(plain)
        painter.setPen(QColor("black"))
        painter.drawLines([QLineF(x, 10, x, 90) for x in range(WIDTH)])
        painter.end()

    Detail().grab()  # fonts and the style are there, as in a window that is open
    read, painted = [], []
    for _ in range(10):
        detail = Detail()
        detail.resize(WIDTH, HEIGHT)
        detail.show_strip(strip)
        read.append(timed(lambda: detail.show_wave(waveform(eight_hours))))  # noqa: B023 (at once)
        painted.append(timed(detail.grab))
    assert detail.wave.end_s > HOURS * 3600
    report("first waveform of 8 h, painted (20 ms)", told(painted))
    report("  read, off the GUI thread", told(read))
    chance, zooms = random.Random(8), []
    for _ in range(400):
        around_s = detail.view.from_s + chance.random() * detail.view.length_s
        detail.look_at(detail.view.zoomed(chance.choice((0.4, 1.5, 1.5, 3.0)), around_s))
        zooms.append(timed(detail.grab))
    report("zoom, p99 (16 ms)", told(zooms, 99))
    report("  a plain paint of as many lines", told([timed(as_many_lines) for _ in range(50)]))


def test_the_word_that_sounds() -> None:
    said = " ".join(f"word{number}" for number in range(WORDS_A_LINE))
    segments = []
    for number in range(WORDS // WORDS_A_LINE):
        start_s = number * WORDS_A_LINE * WORD_S
        times = [start_s + place * WORD_S for place in range(WORDS_A_LINE + 1)]
        words = tuple(
            Word(text=text, start_s=Seconds(begin_s), end_s=Seconds(end_s))
            for text, begin_s, end_s in zip(said.split(), times, times[1:], strict=False)
        )
        segments.append(
            Segment(start_s=Seconds(start_s), end_s=Seconds(times[-1]), text=said, words=words)
        )
    lines = spoken_lines(
        Transcript(model="x", language="en", created_at=utc_now(), segments=tuple(segments))
    )
    view = TranscriptView()
    view.resize(640, 480)
    turns = [timed(lambda: view.show_lines(lines))]
    while view._laid_out < len(lines):
        turns.append(timed(view._lay_out_more))
    report("72,000 words, the longest turn of laying out", told(turns, 99))
    moved = []
    for step in range(600):
        at_s = 9_000.0 + step * WORD_S + WORD_S / 4
        line = int(at_s / (WORDS_A_LINE * WORD_S))
        moved.append(timed(lambda: view.show_position(at_s, line)))  # noqa: B023 (at once)
    assert view.extraSelections()
    report("the word moves on", told(moved))
    report("  p99, to the next line and scrolled", told(moved, 99))


def click_to_sound(eight_hours: SessionFolder, tmp_path: Path) -> None:
    require("pulseaudio", "pactl")
    chance = random.Random(3)
    moments = ",".join(f"{chance.uniform(0, HOURS * 3600 - 60):.1f}" for _ in range(12))
    with sound_server(tmp_path) as server:
        server.add_sink("speaker", "Speaker")
        done = subprocess.run(
            [sys.executable, "-c", SOUND, str(eight_hours.path), moments],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout.splitlines()[-1])
    took, floor = (sorted(each * 1_000 for each in values[name]) for name in ("took", "floor"))
    report(
        "anywhere in 8 h, to sound (150 ms)", f"{statistics.median(took):.0f}, most {took[-1]:.0f}"
    )
    report(
        "  a QAudioSink alone",
        f"{statistics.median(floor):.0f}, first {values['floor'][0] * 1e3:.0f}",
    )
