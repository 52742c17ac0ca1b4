"""The fast engine hears what the reference hears, alone and beside others."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whisper.tokenizer import get_tokenizer

import resources
from recorder.decode import decode_file
from transcribe.chunking import RATE_HZ, Samples
from transcribe.engines import ctranslate
from transcribe.engines.ctranslate import CTranslateEngine
from transcribe.errors import BrokenModel, EngineError
from transcribe.weights import DEMO, Weights


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Weights(tmp_path_factory.mktemp("models")).find(DEMO)


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> CTranslateEngine:
    return CTranslateEngine(checkpoint, name=DEMO, word_times=True)


@pytest.fixture(scope="module")
def utterances() -> list[tuple[str, Samples]]:
    """What is said in the sample broadcast, and how it sounds."""
    blocks = decode_file(resources.path("sample/session.aac"), rate_hz=RATE_HZ, channels=1)
    sound = np.concatenate([block.samples[:, 0] for block in blocks])
    script: list[dict[str, Any]] = json.loads(resources.path("sample/session.json").read_bytes())[
        "utterances"
    ]
    return [
        (
            item["text"],
            sound[int((item["start_s"] - 0.2) * RATE_HZ) : int((item["end_s"] + 0.2) * RATE_HZ)],
        )
        for item in script
        if len(item["text"].split()) > 1
    ]


def test_speech_becomes_its_words_with_their_times(
    engine: CTranslateEngine, utterances: list[tuple[str, Samples]]
) -> None:
    for text, samples in utterances:
        [segment] = engine.transcribe(samples, language="en", seed=1)
        assert segment.text == text
        assert segment.temperature == 0
        assert [word.text for word in segment.words] == text.split()
        times = [moment for word in segment.words for moment in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert times[-1] <= len(samples) / RATE_HZ


def test_what_is_heard_does_not_depend_on_what_is_computed_beside_it(
    engine: CTranslateEngine, utterances: list[tuple[str, Samples]]
) -> None:
    def hear(samples: Samples) -> Any:
        return engine.transcribe(samples, language="en", seed=1)

    sounds = [samples for _, samples in utterances]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(hear, sounds)) == [hear(samples) for samples in sounds]


def test_what_is_drawn_at_random_is_drawn_again_the_same(
    engine: CTranslateEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctranslate, "_IMPROBABLE", 0.0)  # as if the first try had failed
    monkeypatch.setattr(ctranslate, "TEMPERATURES", (1.0,))
    noise = np.random.default_rng(7).normal(0, 0.2, 4 * RATE_HZ).astype(np.float32)

    def draw(seed: int) -> list[str]:
        return [s.text for s in engine.transcribe(noise, language="en", seed=seed)]

    first = draw(3)
    heard: list[list[str]] = []
    thread = threading.Thread(target=lambda: heard.append(draw(3)), name="another")
    thread.start()
    other = draw(4)
    thread.join()
    assert heard == [first]
    assert other != first


def test_the_language_is_heard(
    engine: CTranslateEngine, utterances: list[tuple[str, Samples]]
) -> None:
    likely = engine.languages(utterances[0][1])
    assert max(likely, key=lambda code: likely[code]) == "en"
    assert sum(likely.values()) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "All human beings are born free and equal in dignity and rights."),
        ("de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren."),
        (
            "ja",
            "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
        ),
        ("hi", "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।"),
    ],
)
def test_captions_have_room_for_what_can_be_said(language: str, text: str) -> None:
    """Of Article 1, in 3 s: faster than most people read it aloud."""
    spoken = get_tokenizer(True, language=language).encode(f" {text}")
    assert len(spoken) <= ctranslate._most_tokens(3.0, language)


def test_an_unknown_language_is_said(engine: CTranslateEngine) -> None:
    with pytest.raises(EngineError, match="doesn't know the language 'xx'"):
        engine.transcribe(np.zeros(RATE_HZ, np.float32), language="xx", seed=1)


def test_one_thread_is_one_chunk_at_a_time(engine: CTranslateEngine) -> None:
    assert engine.use_threads(1) == 1
    assert engine.use_threads(0) >= 1


def test_a_converted_model_that_is_damaged_is_said(checkpoint: Path, tmp_path: Path) -> None:
    copy = tmp_path / checkpoint.name
    copy.write_bytes(checkpoint.read_bytes())
    engine = CTranslateEngine(copy, name=DEMO, word_times=False)
    (engine._folder / "model.bin").write_bytes(b"no model")
    with pytest.raises(BrokenModel, match=r"ct2 can't be loaded"):
        CTranslateEngine(copy, name=DEMO, word_times=False)
