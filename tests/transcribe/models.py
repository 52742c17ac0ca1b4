"""Whisper checkpoints of random weights, for tests of what isn't accuracy."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch
import whisper

MULTILINGUAL, ENGLISH, LARGE_V3 = 51_865, 51_864, 51_866
"""Sizes of Whisper's three vocabularies."""


def small_dims(*, vocabulary: int = MULTILINGUAL) -> whisper.ModelDimensions:
    """The dimensions of a model that is quickly made."""
    return whisper.ModelDimensions(
        n_mels=128 if vocabulary == LARGE_V3 else 80,
        n_audio_ctx=1500,
        n_audio_state=64,
        n_audio_head=2,
        n_audio_layer=2,
        n_vocab=vocabulary,
        n_text_ctx=448,
        n_text_state=64,
        n_text_head=2,
        n_text_layer=2,
    )


def save_random(path: Path, dims: whisper.ModelDimensions, *, seed: int = 1) -> Path:
    """Write a checkpoint as OpenAI's are: half precision, in torch's zip."""
    torch.manual_seed(seed)
    model = whisper.Whisper(dims)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.05)
    state = {name: tensor.half() for name, tensor in model.state_dict().items()}
    torch.save({"dims": asdict(dims), "model_state_dict": state}, path)
    return path
