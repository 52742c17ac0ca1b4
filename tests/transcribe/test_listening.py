"""Captions of sound that grows: every utterance once in its final form, gaps not crossed."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import Seconds
from transcribe.chunking import FRAME, RATE_HZ, Samples
from transcribe.listening import LONGEST_S, Caption, Listener


@dataclass
class Block:
    start_s: Seconds
    samples: np.ndarray


def loudness(samples: Samples) -> Samples:
    loud: Samples = np.abs(samples.reshape(-1, FRAME)).max(axis=1)
    return loud


def length_of(samples: Samples) -> str:
    """As many words as there are seconds of loud sound."""
    loud_s = np.count_nonzero(samples) / RATE_HZ
    return " ".join(f"w{number}" for number in range(round(loud_s)))


def sound(*spans: tuple[float, bool]) -> Samples:
    return np.concatenate([np.full(int(s * RATE_HZ), float(on), np.float32) for s, on in spans])


def heard(
    samples: Samples, *, block_s: float = 1.0, start_s: float = 0.0, longest_s: float = LONGEST_S
) -> list[Caption]:
    listener = Listener(length_of, loudness, longest_s=longest_s)
    captions, size = [], int(block_s * RATE_HZ)
    for first in range(0, len(samples), size):
        block = Block(Seconds(start_s + first / RATE_HZ), samples[first : first + size, None])
        captions += listener.take(block)
    return [*captions, *listener.end()]


def final(captions: list[Caption]) -> list[tuple[float, float, str]]:
    return [(c.start_s, c.end_s, c.text) for c in captions if c.is_final]


TALK = sound((2, False), (4, True), (1, False), (2, True), (2, False))


def test_an_utterance_grows_settles_and_ends() -> None:
    captions = [caption for caption in heard(TALK) if caption.number == 0]
    assert [caption.is_final for caption in captions] == [False] * 4 + [True]
    assert captions[0].text == ""
    assert captions[0].tentative == "w0"
    assert [len(caption.text.split()) for caption in captions] == [0, 1, 2, 3, 4]
    assert captions[-1].tentative == ""


def test_its_times_are_session_time() -> None:
    found = final(heard(TALK, start_s=100))
    assert [text for *_, text in found] == ["w0 w1 w2 w3", "w0 w1"]
    times = [moment for *span, _ in found for moment in span]
    assert times == pytest.approx([102, 106, 107, 109], abs=0.05)


@given(block_s=st.floats(0.1, 20))
def test_what_is_final_does_not_depend_on_how_the_sound_comes(block_s: float) -> None:
    found, expected = final(heard(TALK, block_s=block_s)), final(heard(TALK))
    assert [text for *_, text in found] == [text for *_, text in expected]
    for one, other in zip(found, expected, strict=True):
        assert one[:2] == pytest.approx(other[:2], abs=0.05)


def test_whoever_is_behind_hears_each_utterance_once() -> None:
    captions = heard(TALK, block_s=60)
    assert [caption.is_final for caption in captions] == [True, True]


def test_speech_without_a_pause_is_cut() -> None:
    captions = heard(sound((20, True)), longest_s=6)
    found = final(captions)
    assert all(end_s - start_s <= 6.01 for start_s, end_s, _ in found)
    assert found[0][0] == 0
    assert found[-1][1] == pytest.approx(20, abs=0.05)
    assert [one[1] for one in found[:-1]] == [other[0] for other in found[1:]]


def test_a_gap_ends_what_was_said_before_it() -> None:
    listener = Listener(length_of, loudness)
    list(listener.take(Block(Seconds(0), sound((3, True))[:, None])))
    captions = [*listener.take(Block(Seconds(60), sound((2, True))[:, None])), *listener.end()]
    found = final(captions)
    assert [text for *_, text in found] == ["w0 w1 w2", "w0 w1"]
    assert found[1][0] == 60


def test_what_cannot_be_heard_leaves_no_caption() -> None:
    listener = Listener(lambda _: "", loudness)
    assert list(listener.take(Block(Seconds(0), TALK[:, None]))) == []
    assert list(listener.end()) == []


def test_silence_is_not_held() -> None:
    listener = Listener(length_of, loudness)
    for second in range(100):
        list(listener.take(Block(Seconds(second), sound((1, False))[:, None])))
    assert len(listener._held) <= 2 * RATE_HZ
