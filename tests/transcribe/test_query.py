from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import utc_now
from transcribe.errors import NotADate
from transcribe.query import Filter, Near, Phrase, moments, parse


def _phrase(text: str, *, prefix: bool = False) -> Phrase:
    return Phrase(terms=tuple(text.split()), prefix=prefix)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", ""),
        ("?!", ""),
        ("one Two", '("one") AND ("two")'),
        ("one AND two & three", '("one") AND ("two") AND ("three")'),
        ('"one two" three', '("one two") AND ("three")'),
        ("\u201cone two\u201d", '("one two")'),
        ("«one» „two\u201c", '("one") AND ("two")'),
        ('"one two', '("one two")'),
        ('""', ""),
        ('a"b c"d', '("a") AND ("b c") AND ("d")'),
        ("one OR two | three four", '("one" OR "two" OR "three") AND ("four")'),
        ("or and not near", '("or") AND ("and") AND ("not") AND ("near")'),
        ("one -two", '(("one")) NOT ("two")'),
        ('one -"two three" NOT four', '(("one")) NOT ("two three" OR "four")'),
        ("well-known - fact", '("well known") AND ("fact")'),
        ("begin* one", '("begin" *) AND ("one")'),
        ('"one beg*"', '("one beg" *)'),
        ('"one beg"*', '("one beg" *)'),
        ("*", ""),
        ("中*", '("中" *)'),
        ("中文", '("中 文")'),
        ("one NEAR two", '(NEAR("one" "two", 10))'),
        ('one NEAR/3 "two three" NEAR/3 four', '(NEAR("one" "two three" "four", 3))'),
        ("OR one", '("or") AND ("one")'),
        ("one OR", '("one") AND ("or")'),
        ("one NEAR", '("one") AND ("near")'),
        ("NOT", '("not")'),
        ("don\u2019t 1,000", '("dont") AND ("1000")'),
        ("same same", '("same")'),
        ('") OR ("', '("or")'),
        ("a AND (b OR c)", '("a") AND ("b" OR "c")'),
        ("x'; DROP TABLE session;--", '("x") AND ("drop") AND ("table") AND ("session")'),
    ],
)
def test_what_is_matched(text: str, match: str) -> None:
    assert parse(text).match == match


def test_fields_in_any_order() -> None:
    asked = parse('musk source:x.com title:"late talk" -tag:fake SPEAKER:Ann lang: en')
    assert asked.groups == ((_phrase("musk"),),)
    assert asked.filters == (
        Filter(name="source", value="x.com"),
        Filter(name="title", value="late talk"),
        Filter(name="tag", value="fake", wanted=False),
        Filter(name="speaker", value="Ann"),
        Filter(name="lang", value="en"),
    )
    assert asked.notes == ()


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("from:2024-08-13", (2024, 8, 13), None),
        ("to:2024-08-13", None, (2024, 8, 14)),
        ("after:2024-08-13", (2024, 8, 14), None),
        ("before:2024-08-13", None, (2024, 8, 13)),
        ("on:2024-08-13", (2024, 8, 13), (2024, 8, 14)),
        ("on:2024/8", (2024, 8, 1), (2024, 9, 1)),
        ("on:2024-12", (2024, 12, 1), (2025, 1, 1)),
        ("from:2023 to:2024", (2023, 1, 1), (2025, 1, 1)),
        ("from:2023 from:2024 to:2025 before:2025", (2024, 1, 1), (2025, 1, 1)),
        ("on:2024-08-13T20:05", (2024, 8, 13, 20, 5), (2024, 8, 13, 20, 6)),
    ],
)
def test_dates(text: str, since: tuple[int, ...] | None, until: tuple[int, ...] | None) -> None:
    asked = parse(text, zone=UTC)
    assert asked.since == (datetime(*since, tzinfo=UTC) if since else None)  # type: ignore[arg-type, misc]  # the tuple is the date
    assert asked.until == (datetime(*until, tzinfo=UTC) if until else None)  # type: ignore[arg-type, misc]  # the tuple is the date
    assert asked.groups == ()


def test_a_day_begins_where_the_reader_is() -> None:
    east = timezone(timedelta(hours=9))
    assert moments("2024-08-13", zone=east)[0] == datetime(2024, 8, 12, 15, tzinfo=UTC)
    assert moments("2024-08-13T20:00+02:00", zone=east)[0] == datetime(2024, 8, 13, 18, tzinfo=UTC)


def test_today_and_yesterday() -> None:
    first, end = moments("today", zone=UTC)
    assert first <= utc_now() < end + timedelta(days=1)
    assert moments("Yesterday", zone=UTC) == (first - timedelta(days=1), first)


@pytest.mark.parametrize("text", ["", "soon", "2024-13", "2024-02-30", "0000", "9999", "20240"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(NotADate, match="is not a date"):
        moments(text, zone=UTC)


@pytest.mark.parametrize(
    ("text", "match", "note"),
    [
        ("host:musk", '("host musk")', "There is no field 'host:'"),
        ("on:monday", '("on monday")', "'monday' is not a date"),
        ("a* b", '("a") AND ("b")', "'a*' is too short"),
        ("tag:?? b", '("b")', "'tag:' says nothing"),
        ("https://x.example/a", '("https x example a")', ""),
        ("at 10:30", '("at") AND ("10 30")', ""),
        ("title:", '("title")', ""),
        ("-from:2024 b", '(("b")) NOT ("from 2024")', "'from:' takes no minus"),
    ],
)
def test_what_was_understood_otherwise_is_said(text: str, match: str, note: str) -> None:
    asked = parse(text, zone=UTC)
    assert asked.match == match
    assert note in " ".join(asked.notes)
    assert bool(asked.notes) == bool(note)


def test_a_long_text_is_cut_and_says_so() -> None:
    asked = parse(" ".join(f"w{n}" for n in range(10_000)))
    assert len(asked.groups) == 64
    assert asked.notes == (
        "Only the first 2,000 characters are searched.",
        "Only the first 64 words are searched.",
    )
    assert len(parse("x-" * 900).groups[0][0].phrases[0].terms) == 64


def test_a_long_phrase_is_cut_into_stretches() -> None:
    asked = parse('"a b c d" OR e NEAR f')
    assert asked.has_longer(3)
    assert not asked.has_longer(4)
    assert asked.wanted_across(3) == '("a b c" OR "b c d" OR NEAR("e" "f", 10))'


def test_crosses_says_whether_words_may_stand_apart() -> None:
    assert not parse("one OR two -three").crosses
    assert parse("one two").crosses
    assert parse('"one two"').crosses
    assert parse("one NEAR two").crosses


def test_near_holds_its_phrases() -> None:
    near = Near(phrases=(_phrase("a b"), _phrase("c", prefix=True)), within=2)
    assert str(near) == 'NEAR("a b" "c" *, 2)'


@pytest.fixture(scope="module")
def full_text() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE said USING fts5(terms)")
    connection.execute("INSERT INTO said VALUES ('some words that were said')")
    yield connection
    connection.close()


_PIECES = st.sampled_from(
    [
        *(
            '"',
            "-",
            "*",
            "|",
            "(",
            ")",
            ":",
            "^",
            "+",
            "{",
            "}",
            "\\",
            "%",
            "_",
            "'",
            ";",
            "--",
            "?",
        ),
        *(
            "OR",
            "AND",
            "NOT",
            "NEAR",
            "NEAR/2",
            "title:",
            "on:",
            "to:",
            "tag:",
            "kind:",
            "note",
            "2024",
        ),
        *("\u201c", "\0", "\ud800", "\u0378", "\n", " ", "  ", ",", "."),
        *("said", "words", "a", "é", "中文", "1,000", "U.S."),
    ]
)
TYPED = st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=14).map("".join))
"""What a person, or a cat, may type."""


@given(TYPED)
def test_nothing_that_is_typed_is_an_error(full_text: sqlite3.Connection, text: str) -> None:
    asked = parse(text, zone=UTC)
    for match in (asked.match, asked.wanted, asked.wanted_across(3), asked.unwanted):
        if match:
            full_text.execute("SELECT * FROM said WHERE said MATCH ?", (match,)).fetchall()
