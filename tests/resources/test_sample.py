"""The sample is what its script says: checked by decoding it, not by believing it."""

import io

import av
import numpy as np
import pytest

import resources
from app.broadcast import Sample
from resources import make_sample
from tests.parts import require

SAMPLE = Sample.load()


@pytest.fixture(scope="module")
def decoded() -> np.ndarray:
    with av.open(io.BytesIO(SAMPLE.audio), format="aac") as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames)


def level_dbfs(samples: np.ndarray, from_s: float, to_s: float) -> float:
    cut = samples[round(from_s * make_sample.RATE_HZ) : round(to_s * make_sample.RATE_HZ)]
    return float(10 * np.log10(np.mean(np.square(cut)) + 1e-12))


def test_a_resource_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no resource 'sample'"):
        resources.path("sample")


def test_its_length_is_that_of_its_segments(decoded: np.ndarray) -> None:
    assert len(decoded) / make_sample.RATE_HZ == pytest.approx(SAMPLE.duration_s, abs=1e-6)
    assert sum(SAMPLE.segment_bytes) == len(SAMPLE.audio)


def test_each_segment_is_whole_frames() -> None:
    for index in range(len(SAMPLE.segment_bytes)):
        with av.open(io.BytesIO(SAMPLE.segment(index)), format="aac") as container:
            packets = [p for p in container.demux(audio=0) if p.size]
        assert len(packets) == make_sample.SEGMENT_FRAMES, index


def test_speech_is_where_the_script_says_and_silence_between(decoded: np.ndarray) -> None:
    ends = [make_sample.MUSIC_S, *(u.end_s for u in SAMPLE.utterances)]
    starts = [u.start_s for u in SAMPLE.utterances]
    for end_s, start_s in zip(ends, starts, strict=False):
        assert start_s - end_s >= make_sample.PAUSE_S - 0.01
        assert level_dbfs(decoded, end_s + 0.05, start_s - 0.05) < -60
    for utterance in SAMPLE.utterances:
        assert level_dbfs(decoded, utterance.start_s, utterance.end_s) > -30
    assert level_dbfs(decoded, 0.0, make_sample.MUSIC_S) > -35


def test_the_lost_utterance_is_inside_the_lost_segment() -> None:
    from_s, to_s = SAMPLE.lost_s
    [lost] = set(SAMPLE.utterances) - set(SAMPLE.heard)
    assert from_s < lost.start_s < lost.end_s < to_s


def test_the_demo_model_knows_every_word_of_it() -> None:
    known = set(
        resources.path("demo-model-vocabulary.txt").read_text(encoding="utf-8").splitlines()
    )
    said = {word.strip(".?,").lower() for line in make_sample.SCRIPT for word in line.text.split()}
    assert said <= known


def test_the_script_still_makes_it() -> None:
    require("espeak-ng", "ffmpeg")
    spoken = [make_sample.speech(line) for line in make_sample.SCRIPT]
    sizes = make_sample.segment_sizes(
        make_sample.encode(make_sample.mix(spoken, make_sample.place(spoken)))
    )
    # Another version of espeak-ng or ffmpeg may round differently; the course stays the same.
    assert len(sizes) == len(SAMPLE.segment_bytes)
    assert sum(sizes) == pytest.approx(sum(SAMPLE.segment_bytes), rel=0.05)
