from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import Seconds
from transcribe import hits
from transcribe.hits import Hit, Line, find, holds
from transcribe.query import parse

_NOBODY: frozenset[str] = frozenset()


def _lines(*texts: str, speakers: str = "", outside: tuple[int, ...] = ()) -> list[Line]:
    return [
        Line(
            start_s=Seconds(place * 6),
            end_s=Seconds(place * 6 + 5),
            speaker=speakers[place] if speakers else "",
            text=text,
            outside=place in outside,
        )
        for place, text in enumerate(texts)
    ]


def _marked(found: hits.Found) -> list[str]:
    return [found.snippet[start:end] for start, end in found.marks]


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("dont", ["Don\u2019t"]),
        ('"pay 1000"', ["pay $1,000"]),
        ("cafe", ["Café"]),
        ("dol*", ["dollars"]),
        ('"1000 doll*"', ["1,000 dollars"]),
        ("pay NEAR/3 dollars", ["pay", "dollars"]),
        ("pay NEAR/1 cafe", []),
        ("中文", ["中文"]),
        ("pay OR dollars", ["pay", "dollars"]),
        ("us", ["U.S."]),
    ],
)
def test_marks_are_the_words_that_were_said(query: str, marked: list[str]) -> None:
    line = "Don\u2019t pay $1,000 dollars in the Café, says the U.S. 说中文吧"
    found = find(_lines(line), parse(query).groups, _NOBODY)
    assert _marked(found) == marked
    assert found.snippet == found.text == line


def test_a_match_begins_in_its_segment_and_ends_in_another() -> None:
    lines = _lines("nothing here", "we choose to", "go to the moon", "nothing there")
    found = find(lines, parse('"to go to"').groups, _NOBODY)
    assert (found.start_s, found.end_s) == (6, 17)
    assert found.text == "we choose to go to the moon"
    assert _marked(found) == ["to go to"]


def test_the_densest_place_is_the_hit() -> None:
    lines = _lines("alpha", *["filler " * 12] * 5, "beta", "alpha then beta")
    assert find(lines, parse("alpha beta").groups, _NOBODY).start_s == 36
    lines = _lines("alpha", *["filler " * 12] * 5, "alpha", "alpha then beta")
    assert find(lines, parse("alpha beta").groups, _NOBODY).start_s == 36


def test_a_speaker_is_preferred() -> None:
    lines = _lines("word", "word", "word", speakers="ABA")
    found = find(lines, parse("word").groups, frozenset("B"))
    assert (found.start_s, found.speaker) == (6, "B")


def test_a_snippet_says_who_speaks_the_found_word_and_who_goes_on() -> None:
    lines = _lines("I ask you", "and I answer", "not me", "nobody", "again", speakers="ABBCB")
    lines[3] = lines[3]._replace(speaker="")
    found = find(lines, parse("answer nobody").groups, _NOBODY)
    assert found.speaker == "B"
    assert found.snippet == "…and I answer not me — nobody — B: again"
    assert _marked(found) == ["answer", "nobody"]


def test_a_phrase_of_two_speakers_says_where_the_second_begins() -> None:
    found = find(
        _lines("we choose", "to go", speakers="AB"), parse('"choose to go"').groups, _NOBODY
    )
    assert (found.speaker, found.snippet) == ("A", "we choose — B: to go")
    assert _marked(found) == ["choose — B: to go"]


def test_what_is_outside_is_shown_and_is_no_hit() -> None:
    lines = _lines("word before", "word inside", outside=(0,))
    found = find(lines, parse("word").groups, _NOBODY)
    assert found.start_s == 6
    assert found.snippet == "word before word inside"
    assert _marked(found) == ["word", "word"]


def test_a_long_text_is_cut_between_words() -> None:
    words = [f"word{n}" for n in range(200)]
    found = find(_lines(" ".join(words)), parse("word100").groups, _NOBODY)
    assert found.snippet[0] == found.snippet[-1] == "…"
    assert set(found.snippet.strip("…").split()) <= set(words)
    assert _marked(found) == ["word100"]
    assert len(found.snippet) <= 242


def test_nothing_found_shows_the_beginning() -> None:
    found = find(_lines("before", "first words"), parse("absent").groups, _NOBODY)
    assert (found.start_s, found.marks) == (0, ())


@pytest.mark.parametrize(
    ("query", "expected"),
    [("a c", True), ('"a c"', False), ("x OR c", True), ("x", False), ("a NEAR/0 c", False)],
)
def test_holds(query: str, *, expected: bool) -> None:
    assert holds(["a", "b", "c"], parse(query).groups) is expected


def test_a_hit_can_be_marked_in_any_way() -> None:
    hit = Hit(
        session="", title="", kind=None, start_s=Seconds(61), end_s=Seconds(62), text="",
        speaker="", snippet="to the moon and back", marks=((0, 2), (7, 11)), language="en",
        source="", session_started_at=datetime(2024, 8, 13, tzinfo=UTC),
    )  # fmt: skip
    assert hit.marked() == "«to» the «moon» and back"
    assert hit.marked("[b]", "[/b]") == "[b]to[/b] the [b]moon[/b] and back"
    assert hit.started_at == datetime(2024, 8, 13, tzinfo=UTC) + timedelta(seconds=61)


_WORDS = st.sampled_from(["a", "b", "ab", "don't", "1,000", "é", "中", "…", "-", "U.S."])
_TEXT = st.lists(_WORDS, min_size=1, max_size=60).map(" ".join)


@given(st.lists(_TEXT, min_size=1, max_size=6), _TEXT)
def test_marks_are_in_order_and_inside(texts: list[str], query: str) -> None:
    found = find(_lines(*texts), parse(query).groups, _NOBODY)
    flat = [place for mark in found.marks for place in mark]
    assert flat == sorted(set(flat))
    assert not flat or (flat[0] >= 0 and flat[-1] <= len(found.snippet))
    assert found.snippet.strip("…") in " ".join(texts)
