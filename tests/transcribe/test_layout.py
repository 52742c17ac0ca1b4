"""Captions that can be read: two lines, 42 characters, time enough."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import Seconds
from transcribe import layout
from transcribe.layout import LINE, LINES, READING
from transcribe.transcript import Segment, Word


def said(text: str, start_s: float = 0.0, end_s: float = 5.0, **more: object) -> Segment:
    return Segment(start_s=Seconds(start_s), end_s=Seconds(end_s), text=text, **more)  # type: ignore[arg-type]


LONG = (
    "We will post the unedited audio after the break, and whoever was not let in can hear it"
    " there. The engineer says that no data was lost. My apologies for the late start."
)


def test_a_short_line_stays_one() -> None:
    [cue] = layout.cues([said("Good night.", speaker="Ada")])
    assert (cue.lines, cue.speaker) == (("Good night.",), "Ada")


def test_two_lines_are_alike_and_cut_after_a_clause() -> None:
    [cue] = layout.cues([said("We will post the unedited audio, after the late break.")])
    assert cue.lines == ("We will post the unedited audio,", "after the late break.")


def test_a_long_segment_is_several_cues_cut_at_sentences() -> None:
    cues = layout.cues([said(LONG, 10, 24)])
    assert " ".join(" ".join(cue.lines) for cue in cues) == LONG
    assert [cue.lines[-1][-1] for cue in cues][-2:] == [".", "."]
    assert cues[0].start_s == 10
    assert cues[-1].end_s <= 24.001


def test_words_that_are_timed_time_the_cues() -> None:
    words = tuple(
        Word(text=word, start_s=Seconds(30 + number), end_s=Seconds(30.5 + number))
        for number, word in enumerate(LONG.split())
    )
    cues = layout.cues([said(LONG, 30, 62, words=words)])
    starts = {word.start_s for word in words}
    assert all(cue.start_s in starts for cue in cues)
    assert all(cue.end_s - cue.start_s <= 7 for cue in cues)


def test_a_cue_stays_until_it_is_read_if_the_next_lets_it() -> None:
    text = "Forty characters are read in two seconds"
    alone, hurried, _ = layout.cues(
        [said(text, 0, 0.5), said(text, 10, 10.5), said("Yes.", 11, 11.2)]
    )
    assert alone.end_s == pytest.approx(len(text) / READING)
    assert hurried.end_s == pytest.approx(11 - 0.083)


def test_scripts_without_spaces_break_anywhere() -> None:
    text = "これは生放送の録音です" * 6
    cues = layout.cues([said(text, 0, 20)])
    assert "".join("".join(cue.lines) for cue in cues) == text
    assert all(layout.width(line) <= LINE for cue in cues for line in cue.lines)


@given(
    st.lists(
        st.tuples(
            st.lists(st.text("ab,.字", min_size=1, max_size=60), min_size=1, max_size=30),
            st.floats(0.1, 30),
            st.floats(0, 5),
        ),
        max_size=6,
    )
)
def test_nothing_is_lost_too_wide_or_shown_over_another(
    spoken: list[tuple[list[str], float, float]],
) -> None:
    segments, at_s = [], 0.0
    for words, lasts_s, pause_s in spoken:
        segments.append(said(" ".join(words), at_s, at_s + lasts_s))
        at_s += lasts_s + pause_s
    cues = layout.cues(segments)
    shown = "".join("".join(cue.lines) for cue in cues).replace(" ", "")
    assert shown == "".join(segment.text for segment in segments).replace(" ", "")
    for cue in cues:
        assert 1 <= len(cue.lines) <= LINES
        assert all(line and layout.width(line) <= LINE for line in cue.lines)
        assert cue.start_s <= cue.end_s
    for one, other in pairwise(cues):
        assert one.end_s <= other.start_s + 1e-9
