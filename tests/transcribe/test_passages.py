from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recorder.types import Seconds
from transcribe.passages import SEAM_TERMS, Spoken, passages, seams

_LENGTHS = st.lists(
    st.tuples(st.integers(0, 25), st.floats(0.1, 90)), max_size=80
)  # words and seconds of each segment


def _spoken(lengths: list[tuple[int, float]]) -> list[Spoken]:
    found, at_s, word = [], 0.0, 0
    for count, duration_s in lengths:
        found.append(
            Spoken(
                start_s=Seconds(at_s),
                end_s=Seconds(at_s + duration_s),
                terms=tuple(f"w{word + place}" for place in range(count)),
            )
        )
        at_s, word = at_s + duration_s, word + count
    return found


@given(_LENGTHS)
def test_every_segment_is_in_one_passage(lengths: list[tuple[int, float]]) -> None:
    cut = passages(_spoken(lengths))
    held = [place for item in cut for place in range(item.first, item.last + 1)]
    assert held == list(range(len(lengths)))


@given(_LENGTHS)
def test_passages_are_about_a_minute(lengths: list[tuple[int, float]]) -> None:
    spoken = _spoken(lengths)
    for item in passages(spoken)[:-1]:
        without_last = spoken[item.first : item.last]
        words = sum(len(segment.terms) for segment in without_last)
        duration_s = spoken[item.last].end_s - spoken[item.first].start_s
        assert duration_s <= 60 or words < SEAM_TERMS
        assert len(item.terms) >= SEAM_TERMS


@given(_LENGTHS, st.integers(1, SEAM_TERMS + 1))
def test_no_phrase_falls_between(lengths: list[tuple[int, float]], count: int) -> None:
    spoken = _spoken(lengths)
    cut = passages(spoken)
    texts = [" ".join(text) + " " for text in [*(item.terms for item in cut), *seams(cut)]]
    said = [term for segment in spoken for term in segment.terms]
    for place in range(len(said) - count + 1):
        phrase = " ".join(said[place : place + count]) + " "
        assert any(phrase in text for text in texts)


@given(_LENGTHS)
def test_a_seam_lies_between_two_passages(lengths: list[tuple[int, float]]) -> None:
    cut = passages(_spoken(lengths))
    found = seams(cut)
    assert len(found) == max(len(cut) - 1, 0)
    for left, seam, right in zip(cut, found, cut[1:], strict=False):
        assert seam[:SEAM_TERMS] == left.terms[-SEAM_TERMS:]
        assert seam[SEAM_TERMS:] == right.terms[:SEAM_TERMS]
