"""OpenAI's Whisper by openai-whisper and torch: the reference."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import torch
import whisper
from whisper.tokenizer import LANGUAGES

from recorder.types import Seconds
from transcribe.chunking import RATE_HZ, Samples
from transcribe.errors import BrokenModel, EngineError
from transcribe.transcript import Segment, Word

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
_BEAM = 5
_TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # whisper.transcribe's own, on failure


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
            "beam_size": _BEAM,
            "temperature": list(_TEMPERATURES),
            "condition_on_previous_text": False,
            "word_timestamps": word_times,
            "fp16": not self._on_cpu,
        }

    def use_threads(self, count: int) -> None:
        """Use that many threads of the CPU from now on; 0 for torch's own choice."""
        torch.set_num_threads(count or self._threads)

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
            raise _failed(error) from error
        return dict(likely)

    def transcribe(self, samples: Samples, *, language: str, seed: int) -> list[Segment]:
        """The text of one chunk; see `transcribe.engines.base.Engine`."""
        if language not in LANGUAGES:
            raise EngineError(
                f"Whisper doesn't know the language {language!r}.",
                hint="Give its code of two or three letters: en, de, yue.",
            )
        torch.manual_seed(seed)
        try:
            result = whisper.transcribe(
                self._model, samples, language=language, task="transcribe", **self._decoding()
            )
        except RuntimeError as error:
            raise _failed(error) from error
        duration_s = len(samples) / RATE_HZ
        segments = [_segment(values, duration_s) for values in result["segments"]]
        return [segment for segment in segments if segment.text and segment.end_s > segment.start_s]

    def _decoding(self) -> dict[str, Any]:
        return self.options | {"temperature": _TEMPERATURES}


def _segment(values: dict[str, Any], duration_s: float) -> Segment:
    """Whisper's segment as ours, inside of the chunk: its times may run into the padding."""

    def inside(moment: float) -> Seconds:
        return Seconds(round(min(max(float(moment), 0.0), duration_s), 3))

    return Segment(
        start_s=inside(values["start"]),
        end_s=inside(values["end"]),
        text=values["text"].strip(),
        words=tuple(
            Word(
                text=word["word"].strip(),
                start_s=inside(word["start"]),
                end_s=inside(word["end"]),
                probability=round(float(word["probability"]), 4),
            )
            for word in values.get("words", ())
        ),
        tokens=tuple(values["tokens"]),
        temperature=float(values["temperature"]),
        avg_logprob=_finite(values["avg_logprob"]),
        compression_ratio=_finite(values["compression_ratio"]),
        no_speech_prob=_finite(values["no_speech_prob"]),
    )


def _finite(value: float) -> float | None:
    return round(float(value), 5) if math.isfinite(value) else None


def _failed(error: RuntimeError) -> EngineError:
    if "memory" in str(error):
        return EngineError(
            "There is not enough memory for this model.",
            safe="What is transcribed already is kept.",
            hint="Close other programs, or choose a smaller model.",
        )
    return EngineError(f"Whisper failed: {str(error).splitlines()[0][:200]}.")
