"""Search beside a window: one thread that answers, and the exact answer after the quick one.

Whoever types asks at each key. The newest question counts: one that is being answered is given up
for it. A first answer is told within a tenth of a second, from the index as it is; where it isn't
exact, the exact one follows once nothing more is typed. Beside that, a second thread brings the
index up to date, or makes it anew where it is missing or broken; then the last question is answered
again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from recorder.archive import Archive
from recorder.errors import AircheckError
from recorder.types import SessionId
from transcribe import database, index, search
from transcribe.database import Database
from transcribe.errors import Interrupted
from transcribe.search import Order, Results

PAUSE_S: Final = 0.25
"""Seconds without a newer question before the exact answer is worked on, beside what is shown."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, as `search.search` takes it.

    Attributes:
        wider: What is searched where nothing is found for ``text``; or empty.
    """

    text: str
    wider: str = ""
    session: SessionId | str | None = None
    order: Order = Order.BEST
    limit: int = 20
    page: str = ""
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is told.

    Attributes:
        results: None if there is a problem.
        problem: Why there are no results, or None.
        is_wider: Whether it answers the question's wider text.
        is_final: Whether no better answer follows to this question.
    """

    question: Question
    results: Results | None
    problem: AircheckError | None = None
    is_wider: bool = False
    is_final: bool = True


class Asker:
    """Answers questions to an archive's index. Closed twice without harm.

    Args:
        archive: To be searched.
        told: Is told each answer, on the thread ``search``.
        progress: Is told how many sessions are indexed, of how many, while the index is made
            anew; on the thread ``index``.
    """

    def __init__(
        self,
        archive: Archive,
        told: Callable[[Answer], None],
        progress: index.Progress | None = None,
    ) -> None:
        self._archive = archive
        self._told = told
        self._progress = progress
        self._changed = threading.Condition()
        self._question: Question | None = None  # not taken up yet
        self._last: Question | None = None
        self._opened: Database | None = None
        self._is_closed = False
        self._threads = (
            threading.Thread(target=self._answer_all, name="search"),
            threading.Thread(target=self._catch_up, name="index", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def ask(self, question: Question) -> None:
        """Ask, in place of what was asked before; returns at once. From any thread."""
        with self._changed:
            self._question = self._last = question
            self._wake()

    def close(self) -> None:
        """Answer nothing more. An index that is being made is finished, or made another time."""
        with self._changed:
            self._is_closed = True
            self._wake()
        self._threads[0].join()

    def _wake(self) -> None:
        if self._opened:
            self._opened.interrupt()
        self._changed.notify_all()

    def _next(self) -> Question | None:
        """The next question; None when there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._question or self._is_closed)
            question, self._question = self._question, None
            return None if self._is_closed else question

    def _is_superseded(self) -> bool:
        with self._changed:
            return self._is_newer()

    def _is_newer(self) -> bool:
        return self._is_closed or self._question is not None

    def _answer_all(self) -> None:
        try:
            while question := self._next():
                self._answer(question)
        finally:
            self._let_go()

    def _answer(self, question: Question) -> None:
        try:
            answer = self._first(question)
            if answer is None:
                return
            self._told(answer)
            if not answer.is_final and not question.page and not self._waits():
                exact = self._exact(answer)
                if exact is not None:
                    self._told(exact)
        except AircheckError as error:
            self._let_go()  # it may be another file by the next question
            self._told(Answer(question=question, results=None, problem=error))

    def _waits(self) -> bool:
        """Give whoever types the time for another key; returns whether there is a newer question.

        What is shown is painted meanwhile, with the processor to itself.
        """
        with self._changed:
            return self._changed.wait_for(self._is_newer, PAUSE_S)

    def _first(self, question: Question) -> Answer | None:
        """The quick answer: to the wider text, where there is none to the text itself."""
        results = self._search(question, suggests=not question.wider)
        if results is None or results.hits or results.notes or not question.wider:
            return _answered(question, results)  # a note: there may be more to come
        return self._wider(question)

    def _wider(self, question: Question) -> Answer | None:
        """The quick answer where there is nothing for the text itself."""
        results = self._search(replace(question, text=question.wider), suggests=False)
        if results is None or results.hits or results.is_unfinished:
            return _answered(question, results, is_wider=True)
        return _answered(question, self._search(question))  # with what may have been meant

    def _exact(self, before: Answer) -> Answer | None:
        """The exact answer to what was answered quickly."""
        question, is_wider = before.question, before.is_wider
        asked = replace(question, text=question.wider) if is_wider else question
        results = self._search(asked, thorough=True)
        if results is None or results.hits or is_wider or not question.wider:
            return _answered(question, results, is_wider=is_wider)
        wider = self._wider(question)
        return wider if wider is None or wider.is_final else self._exact(wider)

    def _search(
        self, question: Question, *, thorough: bool = False, suggests: bool = True
    ) -> Results | None:
        """The answer; None if there is a newer question."""
        while not self._is_superseded():
            try:
                return search.search(
                    self._open(),
                    question.text,
                    session=question.session,
                    order=question.order,
                    thorough=thorough,
                    limit=question.limit,
                    page=question.page,
                    zone=question.zone,
                    suggests=suggests,
                )
            except Interrupted:  # by a question that came before this one was taken up
                continue
        return None

    def _open(self) -> Database:
        if self._opened is None:
            opened = database.open(self._archive.root)
            opened.give_up_when(self._is_superseded)
            with self._changed:
                self._opened = opened
        return self._opened

    def _let_go(self) -> None:
        with self._changed:
            opened, self._opened = self._opened, None
        if opened:
            opened.close()

    def _catch_up(self) -> None:
        try:
            index.ready(self._archive, self._progress).close()
        except AircheckError as error:
            _log.warning("The index is searched as it is: %s", error.message)
        with self._changed:
            if self._last and not self._question and not self._is_closed:
                self._question = self._last
                self._wake()


def _answered(
    question: Question, results: Results | None, *, is_wider: bool = False
) -> Answer | None:
    if results is None:
        return None
    return Answer(
        question=question,
        results=results,
        is_wider=is_wider,
        is_final=not results.is_unfinished,
    )
