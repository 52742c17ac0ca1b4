"""Converted models compute what openai-whisper's do, from the same file."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
import tokenizers
import torch
import whisper
from whisper.tokenizer import get_tokenizer

from tests.transcribe.models import ENGLISH, LARGE_V3, MULTILINGUAL, save_random, small_dims
from transcribe import conversion, encodergraph, reference
from transcribe.engines.encoder import Encoder
from transcribe.errors import BrokenModel

SIZES = (MULTILINGUAL, ENGLISH, LARGE_V3)


class Converted:
    """What a checkpoint became, in fp32: on a CPU two engines, on a GPU one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = ctranslate2.models.Whisper(str(folder), compute_type="float32")
        self._encoder = Encoder(folder) if (folder / encodergraph.NAME).exists() else None

    def encode(self, mel: np.ndarray) -> np.ndarray:
        if self._encoder:
            return self._encoder(mel)
        return np.asarray(self.model.encode(storage(mel)))


@pytest.fixture(
    scope="module",
    params=itertools.product(SIZES, ("float32", "float16")),
    ids=lambda param: f"{param[0]} tokens, {param[1]}",
)
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[whisper.Whisper, Converted]:
    """A model with random weights, by openai-whisper and converted, both computed in fp32."""
    vocabulary, number_format = request.param
    folder = tmp_path_factory.mktemp("pair")
    file = save_random(folder / "x.pt", small_dims(vocabulary=vocabulary))
    made = conversion.converted(file, "x", number_format)
    return whisper.load_model(str(file), device="cpu"), Converted(made)


def sound(mels: int) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.5, (1, mels, 3000)).astype(np.float32)


def storage(array: np.ndarray) -> Any:
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(array))


def test_encoder_and_logits_are_those_of_the_reference(pair: Any) -> None:
    torch_model, converted = pair
    mel = sound(torch_model.dims.n_mels)
    with torch.no_grad():
        encoded = torch_model.encoder(torch.from_numpy(mel))
    got = converted.encode(mel)
    assert np.abs(got - encoded.numpy()).max() < 1e-5

    tokenizer = get_tokenizer(
        torch_model.is_multilingual, num_languages=torch_model.num_languages, language="en"
    )
    prompt = list(tokenizer.sot_sequence_including_notimestamps)
    [result] = converted.model.generate(
        storage(got),
        [prompt],
        beam_size=1,
        max_length=2 * 12,
        suppress_blank=False,
        suppress_tokens=None,
        return_logits_vocab=True,
    )
    assert len(result.sequences_ids[0]) > 5
    for step, token in enumerate(result.sequences_ids[0]):
        tokens = prompt + result.sequences_ids[0][:step]
        with torch.no_grad():
            logits = torch_model.decoder(torch.tensor([tokens]), encoded)[0, -1].numpy()
        assert np.abs(np.asarray(result.logits[0][step]) - logits).max() < 1e-5
        assert logits.argmax() == token


def test_the_language_is_heard_as_by_the_reference(pair: Any) -> None:
    torch_model, converted = pair
    assert converted.model.is_multilingual == torch_model.is_multilingual
    if not torch_model.is_multilingual:
        return
    mel = sound(torch_model.dims.n_mels)
    _, [likely] = torch_model.detect_language(torch.from_numpy(mel))
    [got] = converted.model.detect_language(storage(converted.encode(mel)))
    assert {token[2:-2]: pytest.approx(p, abs=1e-6) for token, p in got} == likely


def test_the_tokenizer_is_that_of_the_reference(pair: Any) -> None:
    torch_model, converted = pair
    expected = get_tokenizer(
        torch_model.is_multilingual, num_languages=torch_model.num_languages, language="en"
    ).encoding
    got = tokenizers.Tokenizer.from_file(str(converted.folder / "tokenizer.json"))
    for text in (
        " The signal is clear again.",
        "it's 12,345.67 o'clock — don't!  \n\n two  spaces",
        " Grüß Gott, žluťoučký kůň, 日本語のテキスト, 한국어, العربية",
        "🎙️👩‍👩‍👧 naïve ﬁ \u00a0 \x07",
        *(expected.decode([token]) for token in range(0, 50_000, 97)),
    ):
        encoded = got.encode(text, add_special_tokens=False).ids
        assert encoded == expected.encode_ordinary(text), text
        assert got.decode(encoded) == text
    for name, token in expected._special_tokens.items():
        if "." not in name:  # a time stamp, which is never encoded
            assert got.token_to_id(name) == token


def test_alignment_heads_are_those_of_the_reference(tmp_path: Path) -> None:
    for name, layers, heads in (("tiny", 4, 6), ("base.en", 6, 8), ("large-v3-turbo", 4, 20)):
        dims = small_dims()
        dims.n_text_layer, dims.n_text_head, dims.n_text_state = layers, heads, heads * 4
        model = whisper.Whisper(dims)
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
        expected = [tuple(pair) for pair in model.alignment_heads.to_dense().nonzero().tolist()]
        assert reference.alignment_heads(name, layers=layers, heads=heads) == expected
    assert reference.alignment_heads("mine", layers=2, heads=2) == [(1, 0), (1, 1)]


def test_neither_torch_nor_the_network_is_needed(tmp_path: Path) -> None:
    file = save_random(tmp_path / "x.pt", small_dims())
    code = (
        "import sys, socket; sys.modules['torch'] = None\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from pathlib import Path\n"
        "import numpy; from transcribe.engines.ctranslate import CTranslateEngine\n"
        "engine = CTranslateEngine(Path(sys.argv[1]), name='x', word_times=True)\n"
        "engine.transcribe(numpy.zeros(16000, 'f4'), language='en', seed=1)\n"
    )
    command = [sys.executable, "-P", "-c", code, str(file)]
    subprocess.run(command, check=True)


def test_it_is_done_once_and_again_for_another_file(tmp_path: Path) -> None:
    file = save_random(tmp_path / "x.pt", small_dims())
    folder = conversion.converted(file, "x", "int8")
    first = (folder / "model.bin").stat()
    assert conversion.converted(file, "x", "int8") == folder
    assert (folder / "model.bin").stat().st_ino == first.st_ino
    save_random(file, small_dims(), seed=2)
    conversion.converted(file, "x", "int8")
    assert (folder / "model.bin").stat().st_ino != first.st_ino
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")} == {
        "x.pt",
        "x.int8.ct2",
    }


def test_a_file_that_is_no_model_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "tiny.pt"
    file.write_bytes(b"no checkpoint")
    with pytest.raises(BrokenModel, match=r"tiny\.pt is not a Whisper checkpoint"):
        conversion.converted(file, "tiny", "int8")
    assert [path.name for path in tmp_path.glob("*.ct2")] == []


def test_a_vocabulary_that_no_whisper_has_is_said(tmp_path: Path) -> None:
    file = save_random(tmp_path / "x.pt", small_dims(vocabulary=1000))
    with pytest.raises(BrokenModel, match="1000 tokens"):
        conversion.converted(file, "x", "int8")


def test_a_conversion_that_was_killed_is_made_again(tmp_path: Path) -> None:
    file = save_random(tmp_path / "x.pt", small_dims())
    folder = conversion.converted(file, "x", "int8")
    (folder / "made-from.json").unlink()
    shutil.copy(file, folder / "model.bin")
    conversion.converted(file, "x", "int8")
    ctranslate2.models.Whisper(str(folder))
