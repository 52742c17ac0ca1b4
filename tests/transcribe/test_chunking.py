"""Where chunks are cut, and that their samples are the right ones."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.types import Seconds
from transcribe.chunking import (
    FRAME,
    FRAME_S,
    RATE_HZ,
    Chunk,
    Rules,
    SileroDetector,
    Stretch,
    clips,
    judge,
    pack,
    plan,
    utterances,
)
from transcribe.lanes import in_lanes

DEMO = Rules(longest_s=Seconds(8), joins_below_s=Seconds(0.5))
LARGE = Rules(longest_s=Seconds(28), joins_below_s=Seconds(30))
PAD_S = 0.2
LONGEST_PAUSE_S = 0.8


@dataclass
class Block:
    start_s: Seconds
    samples: np.ndarray


def at(start_s: float, end_s: float) -> Stretch:
    return Stretch(start_s=Seconds(start_s), end_s=Seconds(end_s))


def chunk(*pieces: Stretch) -> Chunk:
    return Chunk(pieces=pieces)


def probabilities(*spans: tuple[int, float]) -> np.ndarray:
    """So many frames of that probability, one after the other."""
    return np.concatenate([np.full(count, value, np.float32) for count, value in spans])


def loudness(samples: np.ndarray) -> np.ndarray:
    """A detector that takes loud for speech, so that a test can write its own."""
    return np.abs(samples.reshape(-1, FRAME)).max(axis=1)


def blocks_of(samples: np.ndarray, *, start_s: float, block_s: float) -> list[Block]:
    size = int(block_s * RATE_HZ)
    return [
        Block(Seconds(start_s + first / RATE_HZ), samples[first : first + size, None])
        for first in range(0, len(samples), size)
    ]


def test_speech_lasts_through_short_pauses_and_ends_at_longer_ones() -> None:
    heard = utterances(
        probabilities((10, 0.1), (20, 0.9), (5, 0.1), (20, 0.9), (6, 0.1), (20, 0.9))
    )
    assert heard == [
        at(10 * FRAME_S, 55 * FRAME_S),
        at(61 * FRAME_S, 81 * FRAME_S),
    ]


def test_unsure_frames_continue_speech_and_never_begin_it() -> None:
    assert utterances(probabilities((50, 0.4))) == []
    assert utterances(probabilities((10, 0.6), (50, 0.4))) == [at(0, 60 * FRAME_S)]


def test_a_click_is_no_speech() -> None:
    assert utterances(probabilities((10, 0.0), (7, 0.9), (20, 0.0))) == []


def test_what_is_short_must_be_likely_on_the_whole() -> None:
    unsure = [(2, 0.65), (9, 0.42)]  # as noise is that sets in
    assert utterances(probabilities((10, 0.0), *unsure, (20, 0.0))) == []
    assert utterances(probabilities((4, 0.9), (7, 0.4))) == [at(0, 11 * FRAME_S)]
    assert utterances(probabilities((2, 0.65), (29, 0.42))) == [at(0, 31 * FRAME_S)]


def test_endless_speech_is_cut_where_it_is_least_likely() -> None:
    spoken = np.full(400, 0.9, np.float32)
    spoken[180] = 0.4
    assert utterances(spoken, longest_s=200 * FRAME_S) == [
        at(0, 180 * FRAME_S),
        at(180 * FRAME_S, 330 * FRAME_S),
        at(330 * FRAME_S, 400 * FRAME_S),
    ]


def test_the_demo_model_gets_one_utterance_at_a_time() -> None:
    speech = [at(1, 3), at(3.6, 5), at(5.3, 6)]
    assert list(pack(speech, 10, DEMO)) == [chunk(at(0.8, 3.2)), chunk(at(3.4, 6.2))]


def test_a_large_model_gets_as_much_as_fits_cut_at_the_longest_pause() -> None:
    speech = [at(0, 14), at(14.7, 20.8), at(21.4, 25), at(25.3, 27), at(27.2, 30)]
    assert list(pack(speech, 30, LARGE)) == [chunk(at(0, 21)), chunk(at(21.2, 30))]


def test_the_middle_of_a_longer_pause_is_not_heard_and_counts_for_nothing() -> None:
    speech = [at(10, 20), at(32, 42), at(43, 48), at(60, 70), at(100, 101)]
    assert list(pack(speech, 200, LARGE)) == [
        chunk(at(9.8, 20.4), at(31.6, 42.4), at(42.6, 48.2)),
        chunk(at(59.8, 70.2)),
        chunk(at(99.8, 101.2)),
    ]


def test_a_pause_of_half_a_minute_ends_a_chunk() -> None:
    assert list(pack([at(1, 2), at(31.9, 33)], 40, LARGE)) == [
        chunk(at(0.8, 2.4), at(31.5, 33.2)),
    ]
    assert list(pack([at(1, 2), at(32, 33)], 40, LARGE)) == [
        chunk(at(0.8, 2.2)),
        chunk(at(31.8, 33.2)),
    ]


def test_padding_stops_at_the_run_and_half_way_to_the_next_chunk() -> None:
    rules = Rules(longest_s=Seconds(8), joins_below_s=Seconds(0.1))
    assert list(pack([at(0.1, 2), at(2.25, 3.9)], 4, rules)) == [
        chunk(at(0, 2.125)),
        chunk(at(2.125, 4)),
    ]


@given(
    frames=st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from([0.0, 0.3, 0.45, 0.6, 1.0])), max_size=40
    ),
    rules=st.sampled_from([DEMO, LARGE]),
)
def test_chunks_cover_all_speech_in_order_and_keep_the_rules(
    frames: list[tuple[int, float]], rules: Rules
) -> None:
    heard = probabilities((1, 0.0), *frames)
    duration_s = len(heard) * FRAME_S
    speech = utterances(heard, longest_s=rules.longest_s - 2 * PAD_S)
    chunks = list(pack(speech, duration_s, rules))
    assert all(chunk.duration_s <= rules.longest_s + 1e-9 for chunk in chunks)
    assert all(0 <= chunk.start_s < chunk.end_s <= duration_s for chunk in chunks)
    assert all(one.end_s <= other.start_s for one, other in pairwise(chunks))
    pieces = [piece for chunk in chunks for piece in chunk.pieces]
    assert all(0 <= piece.start_s < piece.end_s <= duration_s for piece in pieces)
    assert all(one.end_s <= other.start_s for one, other in pairwise(pieces))
    for utterance in speech:
        assert any(p.start_s <= utterance.start_s and utterance.end_s <= p.end_s for p in pieces)
    for each in chunks:
        for one, other in pairwise(each.pieces):
            assert other.start_s - one.end_s < rules.joins_below_s - LONGEST_PAUSE_S + 1e-9


@given(block_s=st.floats(0.01, 40), seed=st.integers(0, 9))
def test_the_plan_does_not_depend_on_how_the_sound_is_cut(block_s: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    loud = np.repeat(random.random(70 * 4) > 0.6, RATE_HZ // 4).astype(np.float32)
    whole = list(plan(blocks_of(loud, start_s=5, block_s=70), DEMO, loudness))
    assert list(plan(blocks_of(loud, start_s=5, block_s=block_s), DEMO, loudness)) == whole


def test_no_chunk_crosses_a_gap() -> None:
    talk = np.ones(4 * RATE_HZ, np.float32)
    sound = [
        *blocks_of(talk, start_s=0, block_s=1),
        *blocks_of(talk, start_s=4.1, block_s=1),
    ]
    assert list(plan(sound, LARGE, loudness)) == [chunk(at(0, 4)), chunk(at(4.1, 8.1))]


def test_parts_that_meet_inexactly_are_one_run_and_do_not_shift_the_time() -> None:
    silence, talk = np.zeros(4 * RATE_HZ, np.float32), np.ones(2 * RATE_HZ, np.float32)
    for misfit_s in (0.02, -0.02):
        sound = [
            *blocks_of(talk, start_s=0, block_s=1),
            *blocks_of(talk, start_s=2 + misfit_s, block_s=1),
            *blocks_of(silence, start_s=4 + misfit_s, block_s=1),
            *blocks_of(talk, start_s=8, block_s=1),
        ]
        first, second = plan(sound, DEMO, loudness)
        assert first.end_s == pytest.approx(4 + misfit_s + PAD_S, abs=FRAME_S)
        assert second.start_s == pytest.approx(8 - PAD_S, abs=FRAME_S)


@given(block_s=st.floats(0.01, 9), data=st.data())
def test_clips_are_the_samples_of_their_time(block_s: float, data: st.DataObject) -> None:
    ramp = np.arange(10 * RATE_HZ, dtype=np.float32)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(ramp)), min_size=2, max_size=8)))
    spans = list(pairwise(cuts))[::2]
    pieces = [at(100 + a / RATE_HZ, 100 + b / RATE_HZ) for a, b in spans]
    many = data.draw(st.integers(1, len(pieces)))  # of them in the first chunk
    chunks = [chunk(*some) for some in (pieces[:many], pieces[many:]) if some]
    got = list(clips(blocks_of(ramp, start_s=100, block_s=block_s), chunks))
    assert [each for each, _ in got] == chunks
    for some, (_, samples) in zip((spans[:many], spans[many:]), got, strict=False):
        assert np.array_equal(samples, np.concatenate([ramp[a:b] for a, b in some]))


def test_a_clip_ends_where_the_sound_ends() -> None:
    sound = blocks_of(np.ones(RATE_HZ, np.float32), start_s=0, block_s=1)
    [(_, samples)] = clips(sound, [chunk(at(0.5, 2))])
    assert len(samples) == RATE_HZ // 2


def test_a_piece_that_lacks_some_samples_does_not_shift_those_behind_it() -> None:
    sound = [
        *blocks_of(np.full(RATE_HZ - 100, 0.5, np.float32), start_s=0, block_s=2),
        *blocks_of(np.ones(RATE_HZ, np.float32), start_s=1, block_s=2),
    ]
    [(_, samples)] = clips(sound, [chunk(at(0.5, 1), at(1.5, 2))])
    assert len(samples) == RATE_HZ
    assert np.array_equal(samples[RATE_HZ // 2 :], np.ones(RATE_HZ // 2, np.float32))


def test_silero_hears_neither_silence_nor_noise_nor_tones() -> None:
    random = np.random.default_rng(1)
    time_s = np.arange(40 * RATE_HZ) / RATE_HZ
    detector = SileroDetector()
    for sound in (
        np.zeros(len(time_s)),
        random.normal(0, 0.1, len(time_s)),
        0.3 * np.sin(2 * np.pi * 440 * time_s),
    ):
        heard = judge([sound.astype(np.float32)], detector)
        assert len(heard) == len(time_s) // FRAME
        assert utterances(heard) == []


def test_judged_on_many_threads_at_once_the_answer_is_the_same_to_the_bit() -> None:
    random = np.random.default_rng(1)
    swell = 0.2 + np.abs(np.sin(np.arange(200 * RATE_HZ) / RATE_HZ))
    sound = (swell * random.normal(0, 0.2, len(swell))).astype(np.float32)
    as_it_was = sound.copy()
    detector = SileroDetector()
    alone = judge([sound], detector)
    at_once = judge([sound], detector, partial(in_lanes, lanes=lambda: 4))
    assert len(alone) == len(sound) // FRAME
    assert np.array_equal(at_once, alone)
    assert np.array_equal(sound, as_it_was)


def test_a_chunk_too_short_for_its_padding_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 s"):
        Rules(longest_s=Seconds(0.3), joins_below_s=Seconds(0.5))
