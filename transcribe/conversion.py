"""OpenAI's checkpoint → the files that CTranslate2 loads; once for each model and number format.

For a GPU (``float16``) they are all of the model. For a CPU the encoder is ONNX Runtime's
(`transcribe.encodergraph`), in the same folder, and CTranslate2's is a stand-in of no size.

``python -P -m transcribe.conversion CHECKPOINT FOLDER NAME FORMAT`` does it, and prints one JSON
object, ``{}`` or ``{"problem": "…"}``. It needs neither torch nor the network. It runs in a
process of its own, since it takes twice the checkpoint's size in memory.

The mapping is the one of CTranslate2's own converter of Hugging Face's Whisper
(``ctranslate2/converters/transformers.py``, ``WhisperLoader``), with OpenAI's names.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from filelock import FileLock

from recorder.errors import AircheckError, storage_error
from transcribe import encodergraph, reference, tensors
from transcribe.errors import BrokenModel
from transcribe.tensors import Checkpoint, Tensor
from transcribe.vocabulary import Vocabulary

_VERSION = 2  # of what is written; a change makes conversions anew
_LIMIT_S = 1800.0


def converted(checkpoint: Path, name: str, number_format: str) -> Path:
    """The folder with a checkpoint's converted form; made, in a child process, if it isn't there.

    Args:
        checkpoint: The model's file. The folder lies beside it, and is made anew when the file
            is another one.
        name: The model's name, which tells its alignment heads.
        number_format: CTranslate2's quantization: ``int8``, ``float16`` or ``float32``.

    Raises:
        BrokenModel: The checkpoint can't be converted.
        StorageError: The disk refuses.
    """
    folder = checkpoint.with_name(f"{checkpoint.stem}.{number_format}.ct2")
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if not _is_of(folder, checkpoint):
            _convert_in_child(checkpoint, folder, name, number_format)
    return folder


def convert(checkpoint: Path, folder: Path, name: str, number_format: str) -> None:
    """Convert a checkpoint in this process; the folder is there whole or not at all.

    Raises:
        BrokenModel: It isn't a Whisper checkpoint.
        StorageError: The disk refuses.
    """
    held = tensors.read(checkpoint)
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as made:
            target = Path(made) / "model"
            target.mkdir()
            _write(held, target, name, number_format)
            _note(target, checkpoint)
            if folder.exists():
                shutil.rmtree(folder)
            target.rename(folder)
    except OSError as error:
        raise storage_error(error, doing=f"converting {checkpoint.name}") from error


def _convert_in_child(checkpoint: Path, folder: Path, name: str, number_format: str) -> None:
    command = [sys.executable, "-P", "-m", "transcribe.conversion"]
    command += [str(checkpoint), str(folder), name, number_format]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LIMIT_S, check=True)
        answer = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise BrokenModel(
            f"{checkpoint.name} could not be converted for CTranslate2.",
            safe="The recordings are safe.",
            hint="There may be too little memory; '--engine openai' does without.",
        ) from error
    if answer:
        raise BrokenModel(answer["problem"], safe=answer["safe"], hint=answer["hint"])


def _stamp(checkpoint: Path) -> dict[str, Any]:
    status = checkpoint.stat()
    return {"version": _VERSION, "bytes": status.st_size, "mtime_ns": status.st_mtime_ns}


def _note(folder: Path, checkpoint: Path) -> None:
    (folder / "made-from.json").write_text(json.dumps(_stamp(checkpoint)))


def _is_of(folder: Path, checkpoint: Path) -> bool:
    try:
        made_from = json.loads((folder / "made-from.json").read_bytes())
        return bool(made_from == _stamp(checkpoint))
    except (OSError, ValueError):
        return False


def _write(held: Checkpoint, target: Path, name: str, number_format: str) -> None:
    dims = held.dims
    if number_format == "float16":
        spec = _spec(held, encoder_layers=dims["n_audio_layer"])
        _set_encoder(spec.encoder, held.tensors)
    else:
        encodergraph.write(held, target, is_int8=number_format == "int8")
        spec = _spec(held, encoder_layers=1)
        _set_stand_in(spec.encoder, states=dims["n_audio_state"])
    vocabulary = Vocabulary(dims["n_vocab"])
    spec.register_vocabulary(vocabulary.tokens)
    spec.config.suppress_ids = vocabulary.never
    spec.config.suppress_ids_begin = vocabulary.never_first
    spec.config.lang_ids = vocabulary.languages
    spec.config.alignment_heads = reference.alignment_heads(
        name, layers=dims["n_text_layer"], heads=dims["n_text_head"]
    )
    spec.validate()
    spec.optimize(quantization=number_format)
    spec.save(str(target))
    vocabulary.write(target / "tokenizer.json")
    mel = {"feature_size": dims["n_mels"], "sampling_rate": 16_000, "hop_length": 160}
    mel |= {"chunk_length": 30, "n_fft": 400}
    (target / "preprocessor_config.json").write_text(json.dumps(mel))


def _spec(held: Checkpoint, *, encoder_layers: int) -> Any:
    """The model as CTranslate2 describes it, but for its encoder; ``optimize`` overwrites it.

    OpenAI's files are float16, and stay so here: quantizing gives the same, from half the memory.
    """
    dims, state = held.dims, held.tensors
    spec = _specs().WhisperSpec(
        encoder_layers, dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"]
    )
    decoder = spec.decoder
    embedding = _of(state, "decoder.token_embedding.weight")
    decoder.embeddings.weight = decoder.projection.weight = embedding
    decoder.position_encodings.encodings = _of(state, "decoder.positional_embedding")
    _set_norm(decoder.layer_norm, state, "decoder.ln")
    for number, layer in enumerate(decoder.layer):
        _set_layer(layer, state, f"decoder.blocks.{number}")
        _set_attention(layer.attention, state, f"decoder.blocks.{number}.cross_attn", ("q", "kv"))
        _set_norm(layer.attention.layer_norm, state, f"decoder.blocks.{number}.cross_attn_ln")
    return spec


def _set_encoder(encoder: Any, state: dict[str, Tensor]) -> None:
    for number in (1, 2):
        _set_linear(getattr(encoder, f"conv{number}"), state, [f"encoder.conv{number}"])
    encoder.position_encodings.encodings = _of(state, "encoder.positional_embedding")
    _set_norm(encoder.layer_norm, state, "encoder.ln_post")
    for number, layer in enumerate(encoder.layer):
        _set_layer(layer, state, f"encoder.blocks.{number}")


def _set_stand_in(encoder: Any, *, states: int) -> None:
    """One layer of single numbers; only the width of what would come out is looked at.

    CTranslate2 tells by it that it is given what is encoded already.
    """

    def zeros(*shape: int) -> Tensor:
        return np.zeros(shape, np.float16)

    [layer] = encoder.layer
    attention, inner = layer.self_attention, layer.ffn
    for number in (1, 2):
        convolution = getattr(encoder, f"conv{number}")
        convolution.weight, convolution.bias = zeros(1, 1, 3), zeros(1)
    encoder.position_encodings.encodings = zeros(1, 1)
    for linear, rows in zip(
        (*attention.linear, inner.linear_0, inner.linear_1), (3, 1, 1, 1), strict=True
    ):
        linear.weight, linear.bias = zeros(rows, 1), zeros(rows)
    for norm in (attention.layer_norm, inner.layer_norm):
        norm.gamma, norm.beta = zeros(1), zeros(1)
    encoder.layer_norm.gamma, encoder.layer_norm.beta = zeros(states), zeros(states)


def _specs() -> ModuleType:
    """CTranslate2's descriptions of models.

    They import torch where it is installed, for models of other kinds, which takes seconds and
    200 MB.
    """
    if "torch" in sys.modules or "ctranslate2.specs" in sys.modules:
        return importlib.import_module("ctranslate2.specs")
    sys.modules["torch"] = None  # type: ignore[assignment]  # importlib's own sign for 'absent'
    try:
        return importlib.import_module("ctranslate2.specs")
    finally:
        del sys.modules["torch"]


def _set_layer(layer: Any, state: dict[str, Tensor], name: str) -> None:
    _set_attention(layer.self_attention, state, f"{name}.attn", ("qkv",))
    _set_norm(layer.self_attention.layer_norm, state, f"{name}.attn_ln")
    _set_linear(layer.ffn.linear_0, state, [f"{name}.mlp.0"])
    _set_linear(layer.ffn.linear_1, state, [f"{name}.mlp.2"])
    _set_norm(layer.ffn.layer_norm, state, f"{name}.mlp_ln")


def _set_attention(
    attention: Any, state: dict[str, Tensor], name: str, fused: tuple[str, ...]
) -> None:
    parts = {"q": "query", "k": "key", "v": "value"}
    for linear, letters in zip(attention.linear, fused, strict=False):
        _set_linear(linear, state, [f"{name}.{parts[letter]}" for letter in letters])
    _set_linear(attention.linear[-1], state, [f"{name}.out"])


def _set_linear(spec: Any, state: dict[str, Tensor], names: list[str]) -> None:
    """One layer of several, one above the other; a missing bias (the key's) is zero."""
    weights = [_of(state, f"{name}.weight") for name in names]
    biases = [
        _of(state, f"{name}.bias")
        if f"{name}.bias" in state
        else np.zeros(len(weight), weight.dtype)
        for name, weight in zip(names, weights, strict=True)
    ]
    spec.weight, spec.bias = np.concatenate(weights), np.concatenate(biases)


def _set_norm(spec: Any, state: dict[str, Tensor], name: str) -> None:
    spec.gamma, spec.beta = _of(state, f"{name}.weight"), _of(state, f"{name}.bias")


def _of(state: dict[str, Tensor], name: str) -> Tensor:
    return np.array(state[name])  # a copy that may be overwritten


def _main(checkpoint: str, folder: str, name: str, number_format: str) -> int:
    answer = {}
    try:
        convert(Path(checkpoint), Path(folder), name, number_format)
    except AircheckError as error:
        answer = {"problem": error.message, "safe": error.safe, "hint": error.hint}
    sys.stdout.write(json.dumps(answer) + os.linesep)
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
