"""The reference engine on real speech, and on what is none."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import whisper

import resources
from recorder.decode import decode_file
from recorder.types import Seconds
from transcribe.chunking import RATE_HZ, Samples
from transcribe.engines import openai
from transcribe.engines.base import segments_of
from transcribe.engines.openai import OpenAIEngine
from transcribe.errors import BrokenModel, EngineError
from transcribe.weights import DEMO, Weights


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Weights(tmp_path_factory.mktemp("models")).find(DEMO)


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> OpenAIEngine:
    engine = OpenAIEngine(checkpoint, word_times=False)
    engine.use_threads(1)  # the tests' machine may be busy, and torch's threads spin
    return engine


@pytest.fixture(scope="module")
def broadcast() -> Samples:
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE_HZ, channels=1)
    return np.concatenate([block.samples[:, 0] for block in blocks])


def utterances() -> list[dict[str, Any]]:
    script = json.loads(resources.path("sample/session.json").read_bytes())
    return [item for item in script["utterances"] if len(item["text"].split()) > 1]


def cut(samples: Samples, start_s: float, end_s: float) -> Samples:
    return samples[int((start_s - 0.2) * RATE_HZ) : int((end_s + 0.2) * RATE_HZ)]


def test_speech_becomes_its_words(engine: OpenAIEngine, broadcast: Samples) -> None:
    assert len(utterances()) >= 5
    for item in utterances():
        samples = cut(broadcast, item["start_s"], item["end_s"])
        [segment] = engine.transcribe(samples, language="en", seed=1)
        assert segment.text == item["text"]
        assert 0 <= segment.start_s < segment.end_s <= len(samples) / RATE_HZ
        assert segment.temperature == 0
        assert segment.avg_logprob is not None
        assert segment.avg_logprob > -1
        assert segment.words == ()
        assert segment.tokens


def test_a_published_model_gets_its_alignment_heads(tmp_path: Path) -> None:
    sizes = whisper.ModelDimensions(
        n_mels=80,
        n_audio_ctx=1500,
        n_audio_state=48,
        n_audio_head=6,
        n_audio_layer=1,
        n_vocab=51_865,
        n_text_ctx=448,
        n_text_state=48,
        n_text_head=6,
        n_text_layer=4,  # those of tiny, whose heads are known by layer and number
    )
    state = whisper.Whisper(sizes).state_dict()
    for name, heads in (("tiny.pt", 6), ("mine.pt", 2 * 6)):  # unknown: the last half of all
        file = tmp_path / name
        torch.save({"dims": asdict(sizes), "model_state_dict": state}, file)
        engine = OpenAIEngine(file, word_times=True)
        assert engine._model.alignment_heads.to_dense().sum() == heads


def test_words_have_their_times(checkpoint: Path, broadcast: Samples) -> None:
    engine = OpenAIEngine(checkpoint, word_times=True)
    engine.use_threads(1)
    item = utterances()[0]
    samples = cut(broadcast, item["start_s"], item["end_s"])
    [segment] = engine.transcribe(samples, language="en", seed=1)
    assert [word.text for word in segment.words] == item["text"].split()
    times = [moment for word in segment.words for moment in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[-1] <= len(samples) / RATE_HZ


def test_what_is_drawn_at_random_is_drawn_again_the_same(
    engine: OpenAIEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "TEMPERATURES", (1.0,))  # as if the first tries had failed
    noise = np.random.default_rng(7).normal(0, 0.2, 4 * RATE_HZ).astype(np.float32)
    first, second, other = (
        [segment.text for segment in engine.transcribe(noise, language="en", seed=seed)]
        for seed in (3, 3, 4)
    )
    assert first == second != other


def test_the_language_is_heard(engine: OpenAIEngine, broadcast: Samples) -> None:
    likely = engine.languages(broadcast[10 * RATE_HZ : 18 * RATE_HZ])
    assert max(likely, key=lambda code: likely[code]) == "en"
    assert sum(likely.values()) == pytest.approx(1, abs=0.01)


def test_an_unknown_language_is_said(engine: OpenAIEngine) -> None:
    with pytest.raises(EngineError, match="doesn't know the language 'xx'"):
        engine.transcribe(np.zeros(RATE_HZ, np.float32), language="xx", seed=1)


def test_times_that_run_into_the_padding_end_with_the_chunk() -> None:
    values = {
        "start": -0.1,
        "end": 9.0,
        "text": " Hello. ",
        "tokens": [1],
        "temperature": 0.0,
        "avg_logprob": float("nan"),
        "compression_ratio": 1.0,
        "no_speech_prob": 0.1,
    }
    [segment] = segments_of([values], 2.5)
    assert (segment.start_s, segment.end_s) == (Seconds(0), Seconds(2.5))
    assert (segment.text, segment.avg_logprob) == ("Hello.", None)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tiny.pt"
    file.write_bytes(content)
    with pytest.raises(BrokenModel, match=r"tiny\.pt can't be loaded"):
        OpenAIEngine(file, word_times=False)


def test_a_checkpoint_of_something_else_is_said(tmp_path: Path) -> None:
    file = tmp_path / "other.pt"
    torch.save({"weights": torch.zeros(3)}, file)
    with pytest.raises(BrokenModel):
        OpenAIEngine(file, word_times=False)


def test_threads_can_be_taken_and_given_back(engine: OpenAIEngine) -> None:
    engine.use_threads(0)
    as_torch_likes = torch.get_num_threads()
    engine.use_threads(1)
    assert torch.get_num_threads() == 1
    engine.use_threads(0)
    assert torch.get_num_threads() == as_torch_likes
    engine.use_threads(1)
