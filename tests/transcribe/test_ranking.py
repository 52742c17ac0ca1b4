from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import index, matches, query, ranking, scope
from transcribe.database import Database
from transcribe.deadline import NEVER, Deadline

_TALKS = {
    "often": "moon and more moon and a moon and some moon over there with them",
    "once": "moon and more words and a thing and some other over there with them",
    "rare": "zeppelin and more words and a thing and some other over there with them",
    "both": "zeppelin moon words and a thing and some other over there with them all",
    "many": "moon words " * 8,
}


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    archive = Archive(tmp_path_factory.mktemp("ranked"))
    for title, said in _TALKS.items():
        talk(archive, [said], title=title)
    with contextlib.closing(index.ready(archive)) as found:
        yield found


def _titles(talks: Database, text: str, deadline: Deadline = NEVER) -> list[str] | None:
    asked = query.parse(text)
    where = scope.of(talks, asked)
    found = matches.find(talks, asked, where, most=100, named=100, shown=20)
    best = ranking.best_first(talks, asked, where, found, most=20, deadline=deadline)
    if best is None:
        return None
    sql = "SELECT title FROM passage JOIN session ON session.id = session_id WHERE passage.id = ?"
    return [talks.rows(sql, (key,))[0][0] for key, _ in best]


def test_who_says_it_more_often_comes_first(talks: Database) -> None:
    found = _titles(talks, "moon")
    assert found is not None
    assert found[:2] == ["many", "often"]


def test_a_rare_word_weighs_more(talks: Database) -> None:
    found = _titles(talks, "moon OR zeppelin")
    assert found is not None
    assert found[0] == "both"
    assert found.index("rare") < found.index("once")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"moon words"', {"many", "both"}),
        ("zep*", {"rare", "both"}),
        ("moon NEAR/1 words", {"many", "both"}),
        ("zeppelin -moon", {"rare"}),
    ],
)
def test_every_match_is_ranked(talks: Database, text: str, expected: set[str]) -> None:
    assert set(_titles(talks, text) or []) >= expected


def test_what_takes_too_long_is_not_ranked_in_part(talks: Database) -> None:
    assert _titles(talks, '"moon words"', Deadline(0)) is None
