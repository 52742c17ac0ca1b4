"""Whisper's checkpoint files: say what one holds, and make the demo's from its compact form.

A checkpoint is what ``torch.save`` wrote of ``{"dims", "model_state_dict"}``. This module loads
torch; the application asks it in a child process: ``python -P -m transcribe.checkpoint FILE``
prints one JSON object, ``{"dims": {…}}`` or ``{"problem": "…"}``.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from whisper.model import AudioEncoder, ModelDimensions, TextDecoder

from recorder.archive import write_whole
from transcribe.errors import BrokenModel


def dims(path: Path) -> dict[str, int]:
    """The dimensions of the model in a checkpoint, after checking that its tensors fit them.

    The file is mapped, not read: no more than its index comes into memory.

    Raises:
        BrokenModel: It isn't a Whisper checkpoint.
    """
    try:
        held = torch.load(
            path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
        )
        wanted = _shapes(ModelDimensions(**held["dims"]))
        has = {name: tensor.shape for name, tensor in held["model_state_dict"].items()}
    except Exception as error:  # torch.load raises whatever a foreign file makes it raise
        raise BrokenModel(
            f"{path.name} is not a Whisper checkpoint that can be read.",
            hint="OpenAI's own files end in .pt; 'aircheck models' lists them.",
        ) from error
    if has != wanted:
        raise BrokenModel(f"{path.name} is a checkpoint, but not of Whisper: its tensors differ.")
    return {name: int(value) for name, value in held["dims"].items()}


def expand(archive: Path, target: Path) -> None:
    """Make an ordinary checkpoint of a compact one.

    The archive (``.npz``, float16) holds every tensor under its usual name, with two exceptions:
    ``decoder.token_embedding.weight`` has a row for each token that the model knows (``used``
    holds their ids) and a last row that stands for all others; the encoder's sinusoids are left
    out. ``dims`` is the model's dimensions as JSON.

    Raises:
        BrokenModel: The archive is damaged.
        StorageError: The disk refuses; `target` is as it was.
    """
    try:
        with archive.open("rb") as file, np.load(file) as held:
            arrays = {name: held[name] for name in held.files}
        sizes = json.loads(str(arrays.pop("dims")))
        used = arrays.pop("used").astype(np.int64)
        arrays["decoder.token_embedding.weight"] = _all_rows(
            arrays["decoder.token_embedding.weight"], used, sizes["n_vocab"]
        )
        arrays["encoder.positional_embedding"] = _sinusoids(
            sizes["n_audio_ctx"], sizes["n_audio_state"]
        )
        state = {name: torch.from_numpy(array).half() for name, array in arrays.items()}
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise BrokenModel(
            f"{archive.name}, which comes with Aircheck, is damaged.", hint="Install it again."
        ) from error
    buffer = io.BytesIO()
    torch.save({"dims": sizes, "model_state_dict": state}, buffer)
    write_whole(target, buffer.getvalue())


def _shapes(sizes: ModelDimensions) -> dict[str, torch.Size]:
    """The tensors that a model of these dimensions has, made where they take no memory."""
    with torch.device("meta"):
        parts = {
            "encoder": AudioEncoder(
                sizes.n_mels,
                sizes.n_audio_ctx,
                sizes.n_audio_state,
                sizes.n_audio_head,
                sizes.n_audio_layer,
            ),
            "decoder": TextDecoder(
                sizes.n_vocab,
                sizes.n_text_ctx,
                sizes.n_text_state,
                sizes.n_text_head,
                sizes.n_text_layer,
            ),
        }
    return {
        f"{part}.{name}": tensor.shape
        for part, module in parts.items()
        for name, tensor in module.state_dict().items()
    }


def _all_rows(
    rows: npt.NDArray[np.float16], used: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.float16]:
    full = np.repeat(rows[-1:], count, axis=0)
    full[used] = rows[:-1]
    return full


def _sinusoids(length: int, channels: int) -> npt.NDArray[np.float32]:
    """Whisper's positions: sines, then cosines, of wavelengths from 2 pi to 20,000 pi."""
    half = channels // 2
    steps = np.exp(-np.log(10_000) / (half - 1) * np.arange(half))
    angles = np.arange(length)[:, None] * steps[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def _main(path: Path) -> int:
    answer: dict[str, Any]
    try:
        answer = {"dims": dims(path)}
    except BrokenModel as error:
        answer = {"problem": error.message}
    sys.stdout.write(json.dumps(answer) + os.linesep)
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
