"""How the search feels at 10,000 hours, in the real window; and how to scroll a long list.

    make bench                                         1,000 hours of made-up talk
    AIRCHECK_BENCH_HOURS=10000 make bench              as many as you like
    AIRCHECK_BENCH_TALK=DIR AIRCHECK_BENCH_HOURS=…     kept in DIR, and used again (`bench_search`)

Nothing here passes or fails by speed, which is the machine's; each measurement checks that what it
measured was really painted.
"""

from __future__ import annotations

import functools
import json
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QStringListModel, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView

from app.gui.application import open_window
from app.gui.pages.library import LibraryPage
from app.gui.pages.search import SearchPage
from app.gui.presenters.search import Found
from app.gui.theme import Theme
from app.gui.window import Window
from app.settings import Settings
from recorder.types import iso, new_session_id
from tests.bench.bench_search import KEPT, quantiles, report, talk
from tests.bench.talk import BEGAN_AT, said
from tests.recorder.builders import build_session
from transcribe import asking, database
from transcribe.database import Database
from transcribe.errors import IndexBusy

SESSIONS = int(os.environ.get("AIRCHECK_BENCH_SESSIONS", "10000"))
FRAMES = 600
WORDS = 60
LOOK_MS = 20

pytestmark = pytest.mark.timeout(7200)
__all__ = ["talk"]  # a fixture


@pytest.fixture(scope="module")
def qt() -> QApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication([])
    Theme(application)
    return application


def until(is_true: Callable[[], bool], limit_s: float = 300) -> None:
    """Serve events until then; sleeps between them, and takes nothing from the window's threads."""
    give_up_at = time.monotonic() + limit_s
    waker = QTimer()  # the wait for more events has no end of its own
    waker.start(LOOK_MS)
    while not is_true():
        assert time.monotonic() < give_up_at
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def sessions(root: Path, count: int) -> None:
    """Folders as imported sessions leave them: a journal that is sealed, and session.json."""
    made = build_session(root / "pattern", title="Talk")
    lines = made.journal_path.read_bytes()
    info = json.loads((made.path / "session.json").read_text())
    for number in range(count):
        session = new_session_id()
        folder = root / "archive" / f"2024-08-13-talk-{session}"
        folder.mkdir(parents=True)
        (folder / "journal.jsonl").write_bytes(lines)
        about = {**info, "id": session, "title": f"Talk {number}", "created_at": iso(BEGAN_AT)}
        (folder / "session.json").write_text(json.dumps(about))


def library_of(window: Window) -> LibraryPage:
    window.turn_to("library")
    page = window.place("library")
    assert isinstance(page, LibraryPage)
    return page


def frames(view: QListView) -> tuple[list[float], list[float]]:
    """Milliseconds of each frame of a scroll through a list, by the clock and of the processor."""
    bar = view.verticalScrollBar()
    clock_ms, cpu_ms = [], []
    for number in range(FRAMES):
        bar.setValue(bar.maximum() * number // FRAMES)
        began_s, began_cpu_s = time.perf_counter(), time.thread_time()
        view.viewport().repaint()
        clock_ms.append((time.perf_counter() - began_s) * 1e3)
        cpu_ms.append((time.thread_time() - began_cpu_s) * 1e3)
        QApplication.processEvents()
    return clock_ms, cpu_ms


def plain() -> QListView:
    view = QListView()
    view.setModel(QStringListModel([f"Talk {number}" for number in range(SESSIONS)], view))
    view.setUniformItemSizes(True)
    view.resize(800, 600)
    view.show()
    QApplication.processEvents()
    return view


def test_a_key_to_its_results(
    qt: QApplication, talk: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = talk.rows("SELECT count(*) FROM session")[0][0]

    def busy(*_: object) -> None:  # the made-up hours have no folders to catch up with
        raise IndexBusy("The index is searched as it is.")

    monkeypatch.setattr(asking.index, "ready", busy)
    root = Path(KEPT) if KEPT else talk.path.parent
    assert database.path_of(root).exists()
    window = open_window(Settings(archive=root, models=tmp_path / "models", transcribe=False))
    try:
        page = window.place("search")
        assert isinstance(page, SearchPage)
        window.turn_to("search")
        until(lambda: True)
        took_ms, cpu_ms, search_ms = typed(window, page, random.Random(8))
        report(f"a key to its results, {hours:,} hours", quantiles(took_ms))
        report("  of the processor, all threads together", quantiles(cpu_ms))
        report("  the search itself, by the clock", quantiles(search_ms))
    finally:
        window.close()


def typed(
    window: Window, page: SearchPage, chance: random.Random
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds from each key of some words to the paint of what was found for it.

    A word is typed as fast as its letters are answered, which gives up what would follow each
    answer; the next word begins while the answer to the last one is being made exact.

    Returns:
        All of it by the clock, of the processor, and the search's part by the clock.
    """
    took_ms: list[float] = []
    cpu_ms: list[float] = []
    search_ms: list[float] = []
    answered: list[Found] = []
    really = page.show_found

    def told(found: Found) -> None:
        really(found)
        page.view.viewport().repaint()
        answered.append(found)

    def is_answered(typed: str) -> bool:
        return any(found.question.query == typed for found in answered)

    page.show_found = told  # type: ignore[method-assign]
    field = window.bar.field
    for _ in range(WORDS):
        word = said(chance, 1)[0]
        field.clear()
        for length, letter in enumerate(word, 1):
            answered.clear()
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            QTest.keyClick(field, Qt.Key(ord(letter.upper())))
            until(functools.partial(is_answered, word[:length]))
            took_ms.append((time.perf_counter() - began_s) * 1e3)
            cpu_ms.append((time.process_time() - began_cpu_s) * 1e3)
            search_ms.append(float(re.findall(r"\d+", answered[0].took)[0]))  # 'less than 1 ms'
        assert page.model.rowCount()
        until(lambda: not page._facets_pause.isActive())
    return took_ms, cpu_ms, search_ms
