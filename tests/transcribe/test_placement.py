"""What was heard in a chunk stands where it was said, whatever was left out between."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import Seconds
from transcribe.chunking import Chunk, Stretch
from transcribe.placement import FAR_S, placed
from transcribe.transcript import Segment, Word


def chunk(*spans: tuple[float, float]) -> Chunk:
    return Chunk(
        pieces=tuple(Stretch(start_s=Seconds(first), end_s=Seconds(end)) for first, end in spans)
    )


def said(start_s: float, end_s: float, text: str, *words: tuple[str, float, float]) -> Segment:
    return Segment(
        start_s=Seconds(start_s),
        end_s=Seconds(end_s),
        text=text,
        words=tuple(
            Word(text=word, start_s=Seconds(first), end_s=Seconds(end))
            for word, first, end in words
        ),
        tokens=(1, 2),
    )


def spans(segments: list[Segment]) -> list[tuple[str, float, float]]:
    return [(segment.text, segment.start_s, segment.end_s) for segment in segments]


def test_a_chunk_without_pauses_is_moved_to_its_place() -> None:
    [segment] = placed([said(1, 3, "hello you", ("hello", 1, 2), ("you", 2, 3))], chunk((60, 70)))
    assert segment == said(61, 63, "hello you", ("hello", 61, 62), ("you", 62, 63))


def test_what_follows_a_pause_is_moved_behind_it() -> None:
    where = chunk((10, 14), (34, 40), (60, 61))
    heard = [said(0, 4, "before"), said(4, 9.5, "behind"), said(10, 11, "last")]
    assert spans(placed(heard, where)) == [
        ("before", 10, 14),
        ("behind", 34, 39.5),
        ("last", 60, 61),
    ]


def test_a_segment_over_a_long_pause_is_parted_by_its_words() -> None:
    heard = said(
        2, 7, "Stand by, please. We are back.",
        ("Stand", 2, 2.5), ("by,", 2.5, 3), ("please.", 3, 3.6),
        ("We", 4.4, 4.6), ("are", 4.6, 5), ("back.", 5, 6),
    )  # fmt: skip
    first, second = placed([heard], chunk((10, 14), (34, 40)))
    assert (first.text, first.start_s, first.end_s) == ("Stand by, please.", 12, 14)
    assert (second.text, second.start_s, second.end_s) == ("We are back.", 34, 37)
    assert [word.text for word in first.words] == ["Stand", "by,", "please."]
    assert [word.start_s for word in second.words] == [34.4, 34.6, 35]
    assert first.tokens == second.tokens == ()  # nobody knows whose they are


def test_without_blanks_between_words_the_text_is_parted_too() -> None:
    heard = said(
        0,
        8,
        "今日は晴れ。明日は雨。",
        ("今日は", 0, 2),
        ("晴れ。", 2, 3.5),
        ("明日は", 4.5, 6),
        ("雨。", 6, 7),
    )
    texts = [segment.text for segment in placed([heard], chunk((0, 4), (20, 24)))]
    assert texts == ["今日は晴れ。", "明日は雨。"]


def test_a_segment_goes_on_over_a_short_pause() -> None:
    heard = said(1, 7, "and then it rained", ("and", 1, 2), ("rained", 6, 7))
    [segment] = placed([heard], chunk((10, 14), (16, 20)))
    assert (segment.start_s, segment.end_s) == (11, 19)
    assert [(word.start_s, word.end_s) for word in segment.words] == [(11, 12), (18, 19)]


def test_a_segment_that_ends_late_does_not_reach_over_the_pause_behind_it() -> None:
    heard = said(1, 5.5, "stand by", ("stand", 1, 2), ("by", 2, 3))
    assert spans(placed([heard], chunk((10, 14), (34, 40)))) == [("stand by", 11, 14)]


def test_without_words_a_segment_is_where_most_of_it_was_heard() -> None:
    where = chunk((10, 14), (34, 40))
    assert spans(placed([said(3, 9, "late")], where)) == [("late", 34, 39)]
    assert spans(placed([said(0, 5, "early")], where)) == [("early", 10, 14)]


moments = st.floats(0, 40)


@given(
    lengths=st.lists(st.tuples(st.floats(0.5, 9), st.floats(0.01, 29)), min_size=1, max_size=6),
    times=st.lists(st.tuples(moments, moments), min_size=1, max_size=8),
)
def test_times_stay_in_the_pieces_in_order_and_cross_no_long_pause(
    lengths: list[tuple[float, float]], times: list[tuple[float, float]]
) -> None:
    at_s, pieces = 100.0, []
    for heard_s, pause_s in lengths:
        pieces.append((at_s, at_s + heard_s))
        at_s += heard_s + pause_s
    where = chunk(*pieces)
    duration_s = where.duration_s
    words = sorted(tuple(sorted((min(a, duration_s), min(b, duration_s)))) for a, b in times)
    text = " ".join(f"w{place}" for place in range(len(words)))
    named = [(f"w{place}", a, b) for place, (a, b) in enumerate(words)]
    found = placed([said(words[0][0], duration_s, text, *named)], where)
    assert " ".join(segment.text for segment in found) == text
    for segment in found:
        for part in (segment, *segment.words):
            assert part.start_s <= part.end_s
            inside = [a - 1e-3 <= part.start_s <= b + 1e-3 for a, b in pieces]
            assert any(inside)
        crossed = [
            other - one
            for (_, one), (other, _) in pairwise(pieces)
            if segment.start_s < one + 1e-3 and other - 1e-3 < segment.end_s
        ]
        assert all(pause_s < FAR_S for pause_s in crossed)


@pytest.mark.parametrize("moment_s", [4.0, 4.2])
def test_a_word_without_length_keeps_its_time_in_order(moment_s: float) -> None:
    [segment] = placed(
        [said(0, 8, "a b", ("a", moment_s, moment_s), ("b", 5, 6))], chunk((10, 14), (16, 20))
    )
    assert all(word.start_s <= word.end_s for word in segment.words)
