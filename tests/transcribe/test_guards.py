"""What is invented goes, what is said stays."""

import numpy as np
import pytest

from recorder.types import Seconds
from transcribe import guards
from transcribe.chunking import RATE_HZ
from transcribe.transcript import Segment, Word


def said(text: str, *, lasts_s: float = 5.0, **figures: float) -> Segment:
    words = tuple(Word(text=w, start_s=Seconds(0), end_s=Seconds(1)) for w in text.split())
    return Segment(start_s=Seconds(0), end_s=Seconds(lasts_s), text=text, words=words, **figures)


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no, no.",
        "We shall fight on the beaches, we shall fight on the landing grounds.",
        "Ha ha ha ha!",
        "",
    ],
)
def test_what_people_say_stays(text: str) -> None:
    assert guards.kept([said(text)]) == [said(text)]


@pytest.mark.parametrize(
    ("loop", "left"),
    [
        ("Thank you. " * 40, "Thank you. Thank you. Thank you. Thank you."),
        ("so so so so so so so so it goes", "so so so so it goes"),
        ("a b c " * 9 + "and on", "a b c a b c a b c a b c and on"),
    ],
)
def test_a_loop_is_cut_with_its_words(loop: str, left: str) -> None:
    [segment] = guards.kept([said(loop.strip())])
    assert segment.text == left
    assert [word.text for word in segment.words] == left.split()


def test_nobody_speaks_so_fast() -> None:
    text = " ".join(f"word{number}" for number in range(40))
    assert guards.kept([said(text, lasts_s=2)]) == []
    assert guards.kept([said(text, lasts_s=20)]) != []


def test_a_script_without_spaces_has_its_pace_too() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(200))
    assert guards.kept([said(text, lasts_s=2)]) == []
    assert guards.kept([said(text, lasts_s=30)]) != []


def test_improbable_text_where_nobody_speaks_goes() -> None:
    assert guards.kept([said("Amara.org", no_speech_prob=0.9, avg_logprob=-1.4)]) == []
    assert guards.kept([said("Hello.", no_speech_prob=0.9, avg_logprob=-0.3)]) != []
    assert guards.kept([said("Hello.", no_speech_prob=0.1, avg_logprob=-1.4)]) != []


def test_silence_is_told_from_a_whisper() -> None:
    noise = np.random.default_rng(1).normal(0, 1, RATE_HZ).astype(np.float32)
    assert guards.is_silent(np.zeros(0, np.float32))
    assert guards.is_silent(noise * 1e-4)
    assert not guards.is_silent(noise * 3e-3)
