from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcribe.terms import located, of_lines, places, terms


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("don't", "dont"),
        ("don\u2019t", "don't"),
        ("1,000", "1000"),
        ("1,234,567", "1234567"),
        ("1'000", "1000"),
        ("café", "cafe"),
        ("cafe\u0301", "café"),
        ("U.S.", "us"),
        ("at 8 p.m.", "at 8 PM"),
        ("Straße", "STRASSE"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("İstanbul", "istanbul"),
        ("\uff21\uff22\uff23 \uff11", "abc 1"),
        ("مُحَمَّد", "محمد"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_two_ways_to_write_it_are_one(said: str, typed: str) -> None:
    assert terms(said) == terms(typed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("?!… — ♪", []),
        ("'quoted' rock'n'roll", ["quoted", "rocknroll"]),
        ("e-mail x_y 3.14", ["e", "mail", "x", "y", "3", "14"]),
        ("1,00 and 10,0000", ["1", "00", "and", "10", "0000"]),
        ("J.K. Rowling", ["jk", "rowling"]),
        ("we saw 中文 here", ["we", "saw", "中", "文", "here"]),
        ("서울에서", ["서", "울", "에", "서"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("\ud800 a\0b", ["a", "b"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


_TEXTS = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("aA1,.' -\u2019\u0301中é\u200d")),
    max_size=60,
)


@given(_TEXTS)
def test_the_short_way_and_the_long_way_agree(text: str) -> None:
    assert terms(text) == [term.term for term in located(text)]
    assert places(text) == [(term.start, term.end) for term in located(text)]


@given(st.lists(_TEXTS, min_size=1, max_size=4))
def test_lines_together_are_as_one_by_one(lines: list[str]) -> None:
    assert of_lines(lines) == [terms(line) for line in lines]


@pytest.mark.parametrize("lines", [["one two", "three"], ["a\nb", "c"], ["it's", "U.S."], [""], []])
def test_lines_may_hold_anything(lines: list[str]) -> None:
    assert of_lines(lines) == [terms(line) for line in lines]


@given(_TEXTS)
def test_a_term_knows_its_place(text: str) -> None:
    for term in located(text):
        assert terms(text[term.start : term.end])[:1] == [term.term]


@given(st.lists(_TEXTS, max_size=4))
def test_joining_texts_joins_their_terms(texts: list[str]) -> None:
    assert terms(" ".join(texts)) == [term for text in texts for term in terms(text)]


@given(_TEXTS)
def test_terms_are_text_for_sqlite(text: str) -> None:
    joined = " ".join(terms(text))
    with_sqlite = sqlite3.connect(":memory:")
    assert with_sqlite.execute("SELECT ?", (joined,)).fetchone() == (joined,)
    with_sqlite.close()
