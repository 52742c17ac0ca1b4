from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from recorder.archive import Archive
from tests.transcribe.talks import STARTED_AT, talk
from tests.transcribe.test_query import TYPED
from transcribe import database, index, matches, scope, search
from transcribe.database import Database
from transcribe.errors import IndexBroken, Interrupted, NotADate, NotAPage
from transcribe.hits import Hit
from transcribe.query import parse
from transcribe.search import Order, Results
from transcribe.terms import terms


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture(autouse=True)
def _no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine gives a first answer that is worse; a test of that sets its own time."""
    monkeypatch.setattr(search, "PATIENCE_S", 60.0)


@contextlib.contextmanager
def _indexed(archive: Archive) -> Iterator[Database]:
    with contextlib.closing(index.ready(archive)) as found:
        yield found


def _search(archive: Archive, text: str, **options: object) -> Results:
    with _indexed(archive) as found:
        return search.search(found, text, zone=UTC, **options)  # type: ignore[arg-type]  # a test's own


def _texts(results: Results) -> list[str]:
    return [hit.text for hit in results.hits]


def test_a_hit_says_where_it_is(archive: Archive) -> None:
    lines = ["hello and welcome", "we choose to go to the moon", "thank you"]
    folder = talk(archive, lines, title="A speech", speakers=["Ann", "Bob"])
    results = _search(archive, '"the moon"')
    assert (results.total, results.exact, results.order) == (1, True, Order.BEST)
    (hit,) = results.hits
    assert (hit.session, hit.title, hit.speaker) == (folder.id, "A speech", "Bob")
    assert (hit.start_s, hit.end_s) == (6, 12)
    assert hit.text == "we choose to go to the moon"
    assert hit.marked() == "…we choose to go to «the moon» — Ann: thank you"
    assert hit.started_at == STARTED_AT + timedelta(seconds=6)
    assert (hit.language, hit.source) == ("en", "https://radio.example/live")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("moon", ["moon rocket", "moon cheese"]),
        ("moon rocket", ["moon rocket"]),
        ("rocket OR cheese", ["moon rocket", "moon cheese"]),
        ("moon -rocket", ["moon cheese"]),
        ("-rocket", []),
        ("che*", ["moon cheese"]),
        ('"rocket moon"', []),
        ("rocket NEAR/0 moon", ["moon rocket"]),
        ("dont", ["I don't pay 1,000 in the café"]),
        ("1000 cafe", ["I don't pay 1,000 in the café"]),
        ("中文", ["说中文吧"]),
        ("文中", []),
    ],
)
def test_what_is_found(archive: Archive, query: str, found: list[str]) -> None:
    for line in ("moon rocket", "moon cheese", "I don't pay 1,000 in the café", "说中文吧"):
        talk(archive, [line])
    results = _search(archive, query)
    assert sorted(_texts(results)) == sorted(found)
    assert (results.total, results.exact) == (len(found), True)


_SPEECH = [f"a{n} b{n} c{n} d{n}" for n in range(60)]  # six minutes, every word once


def _border(archive: Archive) -> int:
    """The number of the segment that ends the first passage of the speech."""
    with _indexed(archive) as found:
        return int(
            found.rows("SELECT last_segment & 0xFFFFF FROM passage ORDER BY id LIMIT 1")[0][0]
        )


def test_a_phrase_across_passages_is_found_once(archive: Archive) -> None:
    talk(archive, _SPEECH)
    last = _border(archive)
    results = _search(archive, f'"c{last} d{last} a{last + 1} b{last + 1}"')
    assert results.total == 1
    assert results.hits[0].start_s == last * 6
    assert results.hits[0].end_s == (last + 2) * 6


def test_a_phrase_beside_a_border_is_counted_once(archive: Archive) -> None:
    talk(archive, _SPEECH)
    last = _border(archive)
    assert _search(archive, f'"c{last} d{last}"').total == 1
    assert _search(archive, f"a{last + 1} b{last + 1}").total == 1
    assert _search(archive, f"a{last} b{last + 1}").total == 1


def test_a_long_phrase_across_passages_is_found(archive: Archive) -> None:
    talk(archive, _SPEECH)
    last = _border(archive)
    said = terms(" ".join(_SPEECH[last - 7 : last + 8]))
    assert _search(archive, f'"{" ".join(said)}"').hits[0].start_s == (last - 7) * 6
    wrong = [*said[:-1], "else"]
    assert _search(archive, f'"{" ".join(wrong)}"').total == 0
    begun = [*said[:-1], said[-1][:2] + "*"]
    assert _search(archive, f'"{" ".join(begun)}"').total == 1


def test_the_beginning_of_a_word_is_looked_up_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not again for each border that its phrase runs across: a minute at 10,000 hours."""
    filler = ["and so on and on"] * 9
    lines = [line for n in range(9) for line in (f"be{n} it was", *filler, "which is alpha")]
    talk(archive, lines, every_s=5.4)
    with _indexed(archive) as found:
        plans = _plans(found, monkeypatch)
        for query, total in {
            '"alpha be*"': 8,
            '"alpha be*" -be5': 6,
            '"alpha it*" OR "alpha be*" -which*': 0,
            '"alpha be5" -whi*': 0,
        }.items():
            plans.clear()
            assert search.search(found, query, thorough=True).total == total, query
            assert [plan for plan in plans if "=" in plan] == [], query  # one id at a time
        assert search.search(found, '"alpha be5"', thorough=True).total == 1
        assert [plan for plan in plans if "=" in plan]  # of whole words it is soonest so


def _plans(found: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How SQLite reads full text from now on; an index named with '=' is read for each id anew."""
    plans: list[str] = []
    rows = Database.rows

    def spy(self: Database, sql: str, parameters: tuple[object, ...] = ()) -> list[object]:
        plan = rows(found, f"EXPLAIN QUERY PLAN {sql}", parameters)
        plans.extend(line for *_, line in plan if line.startswith("SCAN passage_fts"))
        return rows(self, sql, parameters)

    monkeypatch.setattr(Database, "rows", spy)
    return plans


def test_what_is_excluded_beside_a_border_is(archive: Archive) -> None:
    talk(archive, _SPEECH)
    last = _border(archive)
    across = f'"d{last} a{last + 1}"'
    assert _search(archive, f"{across} -b{last + 40}").total == 1
    assert _search(archive, f"{across} -a0").total == 0
    assert _search(archive, f"{across} -d{last + 2}").total == 0


def test_every_phrase_is_found_where_it_was_said(archive: Archive) -> None:
    chance = random.Random(7)
    words = [f"w{n}" for n in range(300)]
    odds = [1 / (n + 1) for n in range(300)]
    lines = [" ".join(chance.choices(words, odds, k=chance.randint(1, 20))) for _ in range(300)]
    folder = talk(archive, lines)
    said = [(word, place) for place, line in enumerate(lines) for word in line.split()]
    with _indexed(archive) as found:
        for _ in range(300):
            count = chance.randint(2, 8)
            first = chance.randrange(len(said) - count)
            phrase = [word for word, _ in said[first : first + count]]
            results = search.search(found, f'"{" ".join(phrase)}"', limit=1000, session=folder.id)
            starts = _starts(said, phrase)
            assert said[first][1] in starts
            assert results.total == len(results.hits) > 0
            assert {hit.start_s / 6 for hit in results.hits} <= starts
            assert len(results.hits) >= _fewest(found, starts)


def _starts(said: Sequence[tuple[str, int]], phrase: Sequence[str]) -> set[int]:
    """The segments in which a phrase begins."""
    words = [word for word, _ in said]
    return {
        said[place][1]
        for place in range(len(words))
        if words[place : place + len(phrase)] == list(phrase)
    }


def _fewest(found: Database, starts: set[int]) -> int:
    """Passages in which one of these segments is: at least so many hits there must be."""
    rows = found.rows("SELECT first_segment & 0xFFFFF, last_segment & 0xFFFFF FROM passage")
    inside = [sum(first <= start <= last for start in starts) for first, last in rows]
    return sum(map(bool, inside))


def test_fields(archive: Archive) -> None:
    talk(archive, ["word"], title="Émile's late talk", tags=["Big Day"])
    talk(archive, ["word"], title="Other", source="https://x.example/s", language="de",
         at=datetime(2025, 1, 1, 12, tzinfo=UTC), speakers=["Ann Lee"])  # fmt: skip
    for query, titles in {
        "title:emile word": ["Émile's late talk"],
        'title:"late ta" word': ["Émile's late talk"],
        "-title:other word": ["Émile's late talk"],
        "tag:big word": ["Émile's late talk"],
        "-tag:big word": ["Other"],
        "source:X.EXAMPLE word": ["Other"],
        "lang:de word": ["Other"],
        "lang:en-US word": ["Émile's late talk"],
        "speaker:lee word": ["Other"],
        "-speaker:ann word": ["Émile's late talk"],
        "title:other tag:big word": [],
        "on:2024 word": ["Émile's late talk"],
        "after:2024-08-13 word": ["Other"],
        "from:2025-01-02 word": [],
        "before:2025-01-01 word": ["Émile's late talk"],
        "to:2025-01-01 word": ["Émile's late talk", "Other"],
    }.items():
        assert sorted(hit.title for hit in _search(archive, query).hits) == sorted(titles), query


def test_where_no_session_fits_nothing_is_looked_through(archive: Archive) -> None:
    """Or a common word is looked for everywhere, and what came of it isn't known in time."""
    talk(archive, ["word"])
    with _indexed(archive) as found:
        nowhere = scope.of(found, parse("word tag:none"))
        assert nowhere.end_id <= nowhere.first_id
        somewhere = scope.of(found, parse("word lang:en"))
        assert somewhere.end_id == somewhere.first_id + 1


def test_a_speakers_own_words_are_shown(archive: Archive) -> None:
    talk(archive, ["yes", "yes", "no"], speakers=["Ann", "Bob", "Cy"])
    assert _search(archive, "yes speaker:bob").hits[0].start_s == 6


def test_options_are_fields_too(archive: Archive) -> None:
    talk(archive, ["word"], title="Old")
    kept = talk(archive, ["word"], title="New", source="device:Mic",
                at=datetime(2025, 1, 1, tzinfo=UTC))  # fmt: skip
    for options in ({"from_": "2025"}, {"source": "mic"}, {"session": kept.id}):
        assert [hit.title for hit in _search(archive, "word", **options).hits] == ["New"]
    assert [hit.title for hit in _search(archive, "word", to="2024-12").hits] == ["Old"]
    with pytest.raises(NotADate):
        _search(archive, "word", from_="soon")


def test_fields_alone_list_sessions(archive: Archive) -> None:
    archive.create("Silent talk", [])
    talk(archive, ["word"], title="Talk of the town", at=datetime(2025, 1, 1, tzinfo=UTC))
    results = _search(archive, "title:talk")
    assert [hit.marked() for hit in results.hits] == ["Silent «talk»", "«Talk» of the town"]
    assert (results.total, results.order) == (2, Order.NEWEST)
    assert [hit.title for hit in _search(archive, "on:2025").hits] == ["Talk of the town"]
    assert _search(archive, "title:talk", limit=1, offset=1).hits[0].title == "Talk of the town"


def test_nothing_to_search(archive: Archive) -> None:
    talk(archive, ["word"])
    assert _search(archive, " ?! ").total == 0
    results = _search(archive, "-word")
    assert results.total == 0
    assert results.notes == ("Words to leave out need others to be searched.",)
    assert _search(archive, '"?!"').notes == ("There is no word in it to search.",)


def test_what_holds_for_no_session_is_said(archive: Archive) -> None:
    talk(archive, ["word"], speakers=["Ann"], tags=["day"])
    for query, notes in {
        "word speaker:anne": ("No session has the speaker 'anne'.",),
        'word lang:fr tag:"late night"': (
            "No session has the language 'fr'.", "No session has the tag 'late night'.",
        ),
        "title:speech": ("No session has the title 'speech'.",),
        "word kind:note": ("There is no note in any session.",),
        "other speaker:ann -tag:night": (),
        "word from:2025 to:2024": ("The dates leave no time between them.",),
    }.items():  # fmt: skip
        assert _search(archive, query).notes == notes, query
    assert _search(archive, "word speaker:anne", suggests=False).notes == ()


def test_what_may_have_been_meant(archive: Archive) -> None:
    talk(archive, ["an extraordinary session"])
    assert _search(archive, "extraordnary").suggestion == "extraordinary"
    assert _search(archive, "extraordinary").suggestion == ""


def test_best_first_and_newest_first(archive: Archive) -> None:
    talk(archive, ["moon moon moon moon"], title="Old")
    talk(archive, ["moon " + "other " * 40], title="New", at=datetime(2025, 1, 1, tzinfo=UTC))
    assert [hit.title for hit in _search(archive, "moon").hits] == ["Old", "New"]
    results = _search(archive, "moon", order=Order.NEWEST)
    assert [hit.title for hit in results.hits] == ["New", "Old"]
    assert (results.order, results.notes) == (Order.NEWEST, ())


@pytest.mark.parametrize("order", list(Order))
def test_pages_follow_each_other(archive: Archive, order: Order) -> None:
    talk(archive, [f"moon {'x ' * (n % 7)}" for n in range(200)])
    whole = _search(archive, "moon x", order=order, limit=100).hits
    pages = [
        _search(archive, "moon x", order=order, limit=3, offset=n).hits for n in range(0, 30, 3)
    ]
    assert [hit for page in pages for hit in page] == list(whole[:30])
    with pytest.raises(ValueError, match="counts"):
        _search(archive, "moon", offset=-1)


def test_more_than_can_be_ranked_says_so(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_RANKED", 5)
    monkeypatch.setattr(search, "MOST_COUNTED", 10)
    talk(archive, ["moon and stars"] * 100)
    results = _search(archive, "moon", limit=4)
    assert (results.total, results.exact, results.order) == (10, True, Order.NEWEST)
    assert "newest first" in results.notes[0]
    talk(archive, ["moon and stars"] * 100, at=datetime(2025, 1, 1, tzinfo=UTC))
    assert (_search(archive, "moon").total, _search(archive, "moon").exact) == (20, True)
    for query in ("moon stars", '"stars moon"', "moon OR stars"):
        results = _search(archive, query, limit=4)
        assert (results.total, results.exact, results.order) == (10, False, Order.NEWEST)
        starts = [hit.started_at for hit in results.hits]
        assert starts == sorted(starts, reverse=True)
        assert starts[0].year == 2025
        results = _search(archive, query, limit=4, thorough=True)
        assert (results.exact, results.order, results.notes) == (True, Order.BEST, ())
        assert results.total == 20


def test_pages_of_more_than_can_be_counted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_COUNTED", 10)
    monkeypatch.setattr(search, "MOST_RANKED", 5)
    talk(archive, ["moon and stars"] * 400)
    pages = [_search(archive, '"stars moon"', limit=5, offset=n).hits for n in range(0, 40, 5)]
    starts = [hit.start_s for page in pages for hit in page]
    assert len(starts) == 40
    assert all(later < earlier for earlier, later in pairwise(starts))


@pytest.mark.parametrize("query", ["moon", '"stars moon"', "moon stars"])
def test_each_page_names_the_next(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    talk(archive, ["moon and stars"] * 300, every_s=15)
    talk(archive, ["moon and stars"] * 100, at=datetime(2025, 1, 1, tzinfo=UTC))
    with _indexed(archive) as found:
        every = search.search(found, query, limit=1000, thorough=True)
        by_date = search.search(found, query, limit=1000, order=Order.NEWEST)
        assert _all_pages(found, query) == (list(every.hits), every.total)
        monkeypatch.setattr(search, "MOST_RANKED", 5)
        assert _all_pages(found, query) == (list(by_date.hits), every.total)
        monkeypatch.setattr(search, "MOST_COUNTED", 10)
        counted = every.total if query == "moon" else 10  # how often a word stands is known
        assert _all_pages(found, query) == (list(by_date.hits), counted)


def _all_pages(found: Database, query: str) -> tuple[list[Hit], int]:
    hits: list[Hit] = []
    results = search.search(found, query, limit=7)
    hits += results.hits
    total = results.total
    while results.next_page:
        results = search.search(found, query, limit=7, page=results.next_page)
        assert results.total == total
        hits += results.hits
    return hits, total


def test_pages_of_sessions(archive: Archive) -> None:
    for number in range(5):
        talk(archive, ["words"], title=f"Moon {number}")
    with _indexed(archive) as found:
        first = search.search(found, "title:moon", limit=3)
        second = search.search(found, "title:moon", limit=3, page=first.next_page)
    assert len({hit.title for hit in first.hits + second.hits}) == 5
    assert second.next_page == ""


@pytest.mark.parametrize("page", ["x", "-1", "1.2", "1.0.1.1", "9" * 40, "1.5.1.1.1"])
def test_what_names_no_page_says_so(archive: Archive, page: str) -> None:
    with _indexed(archive) as found, pytest.raises(NotAPage, match="names no page"):
        search.search(found, "moon", page=page)


def test_a_search_that_takes_too_long_says_so(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phrase's words are everywhere and it is nowhere: the last page has to be read."""
    talk(archive, ["of the and"] * 300, every_s=20)
    monkeypatch.setattr(search, "PATIENCE_S", 0.0)
    monkeypatch.setattr(database, "_STEPS_A_LOOK", 1)
    with _indexed(archive) as found:
        results = search.search(found, '"and the of"')
        assert (results.total, results.exact, results.is_unfinished) == (0, False, True)
        assert "Not all of the archive" in results.notes[0]
        results = search.search(found, '"and the of"', thorough=True)
        assert (results.total, results.exact, results.is_unfinished) == (0, True, False)


def test_a_common_beginning_is_answered_by_its_commonest_words(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS5 would read all that is known of each word that begins so before the first one."""
    chance = random.Random(3)
    words = [f"mo{letter}" for letter in "abcdefghij"]
    lines = [" ".join(chance.choices(words, range(1, 11), k=3)) for _ in range(400)]
    talk(archive, lines)
    monkeypatch.setattr(matches, "_MOST_BEGINNING", 5)
    monkeypatch.setattr(matches, "_MOST_BEGUN", 4)
    with _indexed(archive) as found:
        quick = search.search(found, "mo*", limit=3)
        assert (quick.exact, quick.is_unfinished, quick.order) == (False, True, Order.NEWEST)
        assert len(quick.hits) == 3
        seen, page = [*quick.hits], quick.next_page
        while page:
            further = search.search(found, "mo*", limit=3, page=page)
            seen, page = [*seen, *further.hits], further.next_page
        exact = search.search(found, "mo*", limit=1000, order=Order.NEWEST, thorough=True)
        assert exact.exact
        assert [hit.link for hit in seen] == [hit.link for hit in exact.hits]  # each has one
        few = search.search(found, '"mob mo*"', thorough=True, limit=100)
        assert few.total == len(few.hits) == _holding(found, "mob mo")
        monkeypatch.setattr(matches, "_MOST_BEGUN", 10)
        all_words = search.search(found, '"mob mo*"', limit=100)
        assert (all_words.total, all_words.exact) == (few.total, True)


def _holding(found: Database, said: str) -> int:
    """Passages, and seams between others, in whose text it stands, by LIKE."""
    like = f"% {said}%"
    [(count,)] = found.rows("SELECT count(*) FROM passage WHERE ' ' || terms LIKE ?", (like,))
    [(across,)] = found.rows(
        "SELECT count(*) FROM seam WHERE ' ' || terms LIKE ? AND NOT EXISTS (SELECT 1 FROM passage"
        " WHERE id IN (seam.id, right_id) AND ' ' || passage.terms LIKE ?)",
        (like, like),
    )
    return int(count) + int(across)


def test_a_search_that_is_given_up_ends(archive: Archive) -> None:
    talk(archive, ["moon and stars"])
    with _indexed(archive) as found:
        found.give_up_when(lambda: True)
        with pytest.raises(Interrupted):
            search.search(found, "moon")
        found.give_up_when(lambda: False)
        assert search.search(found, "moon").total == 1


def test_context_and_link(archive: Archive) -> None:
    folder = talk(archive, ["one", "two", "three moon", "four", "five", "six"])
    (hit,) = _search(archive, "moon").hits
    assert (hit.before, hit.text, hit.after) == ("one two", "three moon", "four five")
    assert hit.link == f"aircheck:{folder.id}#t=12.0"


def test_a_damaged_page_is_a_broken_index(archive: Archive) -> None:
    talk(archive, [f"word{n} moon" for n in range(2000)])
    with _indexed(archive) as found:
        (root,) = found.rows("SELECT rootpage FROM sqlite_master WHERE name = 'passage_fts_data'")[
            0
        ]
    path = database.path_of(archive.root)
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with contextlib.closing(database.open(archive.root)) as found:
        with pytest.raises(IndexBroken) as caught:
            search.search(found, "moon")
        assert "rebuild" in caught.value.hint
    index.rebuild(archive)
    assert _search(archive, "moon").total > 0


def test_full_text_without_its_passages_is_a_broken_index(archive: Archive) -> None:
    talk(archive, ["moon"])
    with _indexed(archive) as found:
        with found.writing() as tables:
            for (name,) in found.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                tables.execute(f"DROP TRIGGER {name}")
            tables.execute("DELETE FROM passage")
        with pytest.raises(IndexBroken, match="is not there"):
            search.search(found, "moon", order=Order.NEWEST)


@pytest.fixture(scope="module")
def some_talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    archive = Archive(tmp_path_factory.mktemp("some"))
    talk(archive, ["said words a", "é 中文 1,000", "the U.S."] * 40, tags=["2024"])
    with _indexed(archive) as found:
        yield found


@given(TYPED)
@settings(max_examples=300)
def test_nothing_that_is_typed_is_an_error(some_talk: Database, text: str) -> None:
    results = search.search(some_talk, text, zone=UTC)
    assert len(results.hits) == min(results.total, 20)
    assert all(hit.text for hit in results.hits)
