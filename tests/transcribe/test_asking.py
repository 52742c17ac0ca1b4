from __future__ import annotations

import contextlib
import queue
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import database, index, search
from transcribe.asking import Answer, Asker, Question
from transcribe.errors import IndexBroken, Interrupted
from transcribe.search import Order


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    talk(found, ["moon and stars"] * 100)
    talk(found, ["moon moon and stars"] * 100, at=datetime(2023, 1, 1, tzinfo=UTC))
    return found


class _Heard:
    """Answers, as they are told."""

    def __init__(self) -> None:
        self._answers: queue.Queue[Answer] = queue.Queue()
        self.tell = self._answers.put

    def until(self, text: str, *, total: int) -> Answer:
        """The first final answer to this question that comes to so many."""
        while True:
            answer = self._answers.get(timeout=20)
            found = answer.results
            if answer.question.text == text and answer.is_final and found and found.total == total:
                return answer

    def next(self) -> Answer:
        return self._answers.get(timeout=20)


@contextlib.contextmanager
def _asker(archive: Archive, heard: _Heard) -> Iterator[Asker]:
    asker = Asker(archive, heard.tell)
    try:
        yield asker
    finally:
        asker.close()
        asker.close()


def test_an_index_that_is_not_there_yet_is_made_beside(archive: Archive) -> None:
    heard = _Heard()
    with _asker(archive, heard) as asker:
        asker.ask(Question(text="moon"))
        assert heard.until("moon", total=20).problem is None


def test_the_exact_order_follows(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    index.ready(archive).close()
    monkeypatch.setattr(search, "MOST_RANKED", 5)
    monkeypatch.setattr(search, "MOST_COUNTED", 10)
    heard = _Heard()
    with _asker(archive, heard) as asker:
        asker.ask(Question(text="moon", limit=4))
        quick = heard.next()
        assert quick.results is not None
        assert (quick.is_final, quick.results.total, quick.results.order) == (
            False, 20, Order.NEWEST)  # fmt: skip
        exact = heard.until("moon", total=20).results
        assert exact is not None
        assert (exact.exact, exact.order) == (True, Order.BEST)
        assert exact.hits[0].started_at.year == 2023


def test_the_newest_question_counts(archive: Archive) -> None:
    heard = _Heard()
    with _asker(archive, heard) as asker:
        for length in range(1, 5):
            asker.ask(Question(text="star*"[:length]))
        asker.ask(Question(text="stars"))
        heard.until("stars", total=20)


def test_where_there_is_nothing_a_wider_search_answers(archive: Archive) -> None:
    index.ready(archive).close()
    heard = _Heard()
    with _asker(archive, heard) as asker:
        asker.ask(Question(text="sta", wider="sta*"))
        answer = heard.until("sta", total=20)
        assert answer.is_wider
        asker.ask(Question(text="stars", wider="stars*"))
        assert not heard.until("stars", total=20).is_wider
        asker.ask(Question(text="stra", wider="stra*"))
        nothing = heard.until("stra", total=0)
        assert nothing.results is not None
        assert (nothing.is_wider, nothing.results.suggestion) == (False, "")
        asker.ask(Question(text="stasr", wider="stasr*"))
        meant = heard.until("stasr", total=0).results
        assert meant is not None
        assert meant.suggestion == "stars"


def test_an_exact_answer_to_a_wider_search_follows(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.ready(archive).close()
    monkeypatch.setattr(search, "MOST_RANKED", 5)
    monkeypatch.setattr(search, "MOST_COUNTED", 10)
    heard = _Heard()
    with _asker(archive, heard) as asker:
        asker.ask(Question(text="mo", wider="mo*", limit=4))
        quick = heard.next()
        assert (quick.is_wider, quick.is_final) == (True, False)
        exact = heard.until("mo", total=20)
        assert exact.is_wider
        assert exact.results is not None
        assert exact.results.order is Order.BEST


def test_a_broken_index_is_told_and_mended(archive: Archive) -> None:
    database.path_of(archive.root).write_bytes(b"garbage " * 999)
    heard = _Heard()
    with _asker(archive, heard) as asker:
        asker.ask(Question(text="moon"))
        first = heard.next()
        assert first.problem is None or isinstance(first.problem, IndexBroken)
        if first.problem:
            heard.until("moon", total=20)


def test_what_is_read_can_be_given_up(archive: Archive) -> None:
    with contextlib.closing(index.ready(archive)) as found:
        endless = (
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT max(n) FROM n"
        )
        found.tables.conn.set_progress_handler(lambda: found.interrupt() or 0, 1000)  # type: ignore[func-returns-value]  # it returns nothing: go on
        with pytest.raises(Interrupted):
            found.rows(endless)
        assert found.rows("SELECT 1") == [(1,)]


def test_sqlite_is_threadsafe() -> None:
    """`Database.interrupt` is called from another thread than the one that reads."""
    assert sqlite3.threadsafety > 0
