"""OpenAI's Whisper by openai-whisper and torch: the reference."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
import whisper

from transcribe.chunking import RATE_HZ, Samples
from transcribe.engines.base import (
    BEAM,
    TEMPERATURES,
    Task,
    failed,
    require_language,
    segments_of,
)
from transcribe.errors import BrokenModel
from transcribe.transcript import Segment

# What torch.load raises on a file that is broken, or not what it should be.
_UNLOADABLE = (
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    pickle.UnpicklingError,
    RuntimeError,
    TypeError,
    ValueError,
)


class OpenAIEngine:
    """A model that openai-whisper runs, on a GPU where torch finds one.

    Each chunk is decoded for itself: beam search, then, where the text is improbable or repeats
    itself, sampling at rising temperatures; no text is carried from chunk to chunk.
    """

    name = "openai"

    def __init__(self, path: Path, *, word_times: bool) -> None:
        """Load a checkpoint, which takes seconds.

        Args:
            path: The file.
            word_times: Whether to time single words, which costs about a tenth more.

        Raises:
            BrokenModel: It can't be loaded.
        """
        try:
            self._model = whisper.load_model(str(path))
        except _UNLOADABLE as error:
            raise BrokenModel(
                f"The model's file {path.name} can't be loaded.",
                safe="The recordings are safe.",
                hint="Delete it and get the model again.",
            ) from error
        heads = whisper._ALIGNMENT_HEADS.get(path.stem)  # noqa: SLF001 (published nowhere else)
        if heads:
            self._model.set_alignment_heads(heads)
        self._on_cpu = self._model.device.type == "cpu"
        self._threads = torch.get_num_threads()
        self.options: dict[str, Any] = {
            "beam_size": BEAM,
            "temperature": list(TEMPERATURES),
            "condition_on_previous_text": False,
            "word_timestamps": word_times,
            "fp16": not self._on_cpu,
        }

    def use_threads(self, count: int) -> int:
        """Use that many threads for one chunk at a time; 0 for torch's own choice."""
        torch.set_num_threads(count or self._threads)
        return 1

    def languages(self, samples: Samples) -> dict[str, float]:
        """How likely each language is; see `transcribe.engines.base.Engine`."""
        if not self._model.is_multilingual:
            return {"en": 1.0}
        try:
            padded = whisper.pad_or_trim(torch.from_numpy(samples))
            mel = whisper.log_mel_spectrogram(padded, self._model.dims.n_mels)
            mel = mel.to(self._model.device, torch.float32 if self._on_cpu else torch.float16)
            _, likely = self._model.detect_language(mel)
        except RuntimeError as error:
            raise failed(error) from error
        return dict(likely)

    def transcribe(
        self, samples: Samples, *, language: str, seed: int, task: Task = Task.TRANSCRIBE
    ) -> list[Segment]:
        """The text of one chunk; see `transcribe.engines.base.Engine`."""
        require_language(language)
        torch.manual_seed(seed)
        try:
            result = whisper.transcribe(
                self._model, samples, language=language, task=str(task), **self._decoding()
            )
        except RuntimeError as error:
            raise failed(error) from error
        return segments_of(result["segments"], len(samples) / RATE_HZ)

    def _decoding(self) -> dict[str, Any]:
        return self.options | {"temperature": TEMPERATURES}
