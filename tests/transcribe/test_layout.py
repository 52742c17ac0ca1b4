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
        [said(text, 0, 0.5), said(text, 10, 10.5), said(f"{text}, or more.", 11, 11.2)]
    )
    assert alone.end_s == pytest.approx(len(text) / READING)
    assert hurried.end_s == pytest.approx(11 - 0.083)


def test_what_is_too_short_to_be_read_is_shown_with_what_follows() -> None:
    one, other = layout.cues([said("Yes.", 1, 1.2), said("No.", 1.3, 1.5), said("Ah.", 2.4, 2.5)])
    assert (one.lines, one.start_s) == (("Yes. No.",), 1)
    assert (other.lines, other.start_s) == (("Ah.",), 2.4)
    two = layout.cues([said("Yes.", 1, 1.2, speaker="Ada"), said("No.", 1.3, 1.5, speaker="Bo")])
    assert [cue.lines for cue in two] == [("Yes.",), ("No.",)]


def test_what_two_say_at_once_is_shown_at_once() -> None:
    ada = said("The signal is clear again, and we go on.", 0, 3, speaker="Ada")
    bo = said("Thank you for listening.", 0, 1.4, speaker="Bo")
    first, second = layout.cues([bo, ada])
    assert (first.start_s, first.end_s) == (0, pytest.approx(len(bo.text) / READING))
    assert (second.start_s, second.end_s) == (0, 3)


def test_what_was_read_goes_when_another_begins() -> None:
    ada = said("The signal is clear again.", 0, 6, speaker="Ada")
    [first, second] = layout.cues([ada, said("Yes.", 3, 3.2, speaker="Bo")])
    assert first.end_s == pytest.approx(3 - 0.083)
    assert second.end_s == pytest.approx(3 + 5 / 6)


def test_no_word_is_left_over_alone() -> None:
    text = "after the break the bridge is in the midst of Texas and its people are on the old road"
    cues = layout.cues([said(text, 0, 9)])
    assert [len(" ".join(cue.lines)) for cue in cues] == pytest.approx([len(text) / 2] * 2, abs=5)


def test_a_name_stands_where_it_changes_and_takes_no_time() -> None:
    words = ("Good", "evening", "and", "welcome.")
    timed = tuple(
        Word(text=word, start_s=Seconds(number), end_s=Seconds(number + 1))
        for number, word in enumerate(words)
    )
    ada = said(" ".join(words), 0, 4, words=timed, speaker="Ada")
    [one, other] = layout.cues([ada, said("Once more.", 20, 21, speaker="Ada")], with_names=True)
    assert (one.text, one.start_s) == ("Ada: Good evening and welcome.", 0)
    assert other.text == "Once more."
    long = said("We lost the unedited audio after the break", 0, 4, speaker="Ada Lovelace")
    [cue] = layout.cues([long], with_names=True)
    assert cue.lines == ("Ada Lovelace: We lost the", "unedited audio after the break")


def test_scripts_without_spaces_break_at_clauses_and_else_anywhere() -> None:
    text = "これは生放送の録音です" * 6
    cues = layout.cues([said(text, 0, 20)])
    assert "".join("".join(cue.lines) for cue in cues) == text
    assert all(layout.width(line) <= LINE for cue in cues for line in cue.lines)
    spoken = "今晩は、スタジオからの生放送です。遅れまして申し訳ありません。"
    [cue] = layout.cues([said(spoken, 0, 6)])
    assert cue.lines == ("今晩は、スタジオからの生放送です。", "遅れまして申し訳ありません。")


def test_words_of_scripts_without_spaces_keep_their_times() -> None:
    text = "これは生放送の録音です。" * 6
    words = tuple(
        Word(text=sign, start_s=Seconds(number**1.2), end_s=Seconds((number + 1) ** 1.2))
        for number, sign in enumerate(text)
    )
    cues = layout.cues([said(text, 0, 200, words=words)])
    assert {cue.start_s for cue in cues} <= {word.start_s for word in words}
    assert "".join("".join(cue.lines) for cue in cues) == text


def test_spaces_stay_as_they_are_between_scripts() -> None:
    [cue] = layout.cues([said("我们用 Python 写的，很好。", 0, 3)])  # noqa: RUF001 (Chinese)
    assert cue.lines == ("我们用 Python 写的，很好。",)  # noqa: RUF001 (Chinese)
    [cue] = layout.cues([said("one\ntwo", 0, 3)])
    assert cue.lines == ("one two",)


def test_signs_that_stand_on_others_take_no_room_and_stay_with_them() -> None:
    thai = "ที่นี่เป็นที่ที่ดีที่สุดในประเทศไทยที่เราเคยไปเยือนมาแล้วหลายครั้ง"
    assert layout.width("ที่") == 1
    [cue] = layout.cues([said(thai, 0, 5)])
    assert "".join(cue.lines) == thai
    assert not any(layout.width(line[0]) == 0 for line in cue.lines)


LETTERS = st.text("ab,.字。\u05d0\u0301", min_size=1, max_size=60)
SPOKEN = st.lists(
    st.tuples(
        st.lists(LETTERS, min_size=1, max_size=30),
        st.one_of(st.just(0.0), st.floats(0, 30)),
        st.one_of(st.just(0.0), st.floats(-3, 5)),
        st.sampled_from(["", "Ada", "Bo"]),
    ),
    max_size=8,
)


@given(spoken=SPOKEN, with_names=st.booleans())
def test_nothing_is_lost_too_wide_or_shown_over_its_own(
    spoken: list[tuple[list[str], float, float, str]],
    with_names: bool,  # noqa: FBT001 (drawn)
) -> None:
    segments, at_s = [], 0.0
    for words, lasts_s, pause_s, speaker in spoken:
        segments.append(said(" ".join(words), at_s, at_s + lasts_s, speaker=speaker))
        at_s = max(at_s, at_s + lasts_s + pause_s)
    cues = layout.cues(segments, with_names=with_names)
    for cue in cues:
        assert 1 <= len(cue.lines) <= LINES
        assert all(line and layout.width(line) <= LINE for line in cue.lines)
        assert cue.start_s + 0.01 < cue.end_s <= cue.start_s + 7.001
    for speaker in ("", "Ada", "Bo"):
        own = [cue for cue in cues if cue.speaker == speaker]
        assert all(one.end_s <= other.start_s + 1e-9 for one, other in pairwise(own))
        shown = "".join("".join(cue.lines) for cue in own).replace(f"{speaker}:", "")
        words = "".join(segment.text for segment in segments if segment.speaker == speaker)
        assert shown.replace(" ", "") == words.replace(" ", "")
