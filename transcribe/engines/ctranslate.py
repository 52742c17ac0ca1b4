"""OpenAI's Whisper by CTranslate2, through faster-whisper: several times as fast, same model.

The checkpoint is converted once (`transcribe.conversion`). On a CPU it computes in int8, one
thread a chunk, and several chunks at once: they need not wait for each other, as the threads
within one chunk do; there the encoder is ONNX Runtime's. On a GPU it computes in float16.
"""

from __future__ import annotations

import functools
import logging
import math
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
import numpy.typing as npt
import psutil
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens

from transcribe import conversion
from transcribe.chunking import RATE_HZ, Samples
from transcribe.engines.base import (
    BEAM,
    TEMPERATURES,
    Task,
    failed,
    require_language,
    segments_of,
)
from transcribe.engines.encoder import Encoder
from transcribe.errors import BrokenModel
from transcribe.transcript import Segment

_MOST_LANES = 8
_LANE_SHARE = 4  # of the checkpoint's size is what a lane takes: its caches and its sound
_SEEDS = 2**32
_CONTEXT_S = 5  # whole seconds that the encoder is given for captions, and multiples of them
_TAIL_S = 1.0
_MEL_FRAMES_A_S = 100
_LIVE_TOKENS = 8  # come before speech, or are left of its last word
# At most: English has about 3 a second, hurried 5; the others by the tokens of Article 1 of the
# Universal Declaration of Human Rights beside those in English, and a tenth or more above that.
_LIVE_TOKENS_A_S = {
    code: most
    for most, codes in (
        (5, "en"),
        (8, "es de pt ru sv"),
        (9, "fr tr zh it nl pl"),
        (10, "da cs id fi"),
        (12, "ko uk ar ro hu he vi"),
        (14, "ja"),
        # Whisper's vocabulary spells these scripts by their bytes.
        (50, "am as bn bo gu hi hy ka km kn lo ml mr my ne pa sa sd si ta te th"),
    )
    for code in codes.split()
}
_OTHER_TOKENS_A_S = 16
_CONTEXT_TOKENS = 224  # half of the decoder's context, as openai-whisper's sample_len
_PROBE_LIMIT_S = 120.0
_IMPROBABLE, _REPEATED = -1.0, 2.4  # mean log probability, compression ratio: Whisper's own


logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # it tells of every chunk


class CTranslateEngine:
    """A model that CTranslate2 runs. `transcribe` may be called from several threads at once."""

    name = "ctranslate"

    def __init__(
        self,
        checkpoint: Path,
        *,
        name: str,
        word_times: bool,
        number_format: str = "",
        lanes: int = 0,
    ) -> None:
        """Convert a checkpoint unless that is done, and load it.

        Args:
            checkpoint: The model's file.
            name: The model's name, which tells its alignment heads.
            word_times: Whether to time single words, which costs about a tenth more.
            number_format: CTranslate2's quantization; what suits the device unless told.
            lanes: How many chunks can be computed at once; what suits the machine unless told.

        Raises:
            BrokenModel: It can't be converted or loaded.
            StorageError: The disk refuses.
        """
        self._device = _device()
        self._format = number_format or ("int8" if self._device == "cpu" else "float16")
        self._folder = conversion.converted(checkpoint, name, self._format)
        self._lanes = lanes or (_lanes(checkpoint) if self._device == "cpu" else 1)
        self._seeding = threading.Lock()
        self._encoder = self._load_encoder() if self._device == "cpu" else None
        self._model = self._load(self._lanes)
        self.options: dict[str, Any] = {
            "beam_size": BEAM,
            "temperature": list(TEMPERATURES),
            "condition_on_previous_text": False,
            "word_timestamps": word_times,
            "compute_type": self._format,
            "device": self._device,
        }
        if self._encoder:
            self.options["encoder"] = "onnxruntime"

    def use_threads(self, count: int) -> int:
        """How many chunks at once that is; see `transcribe.engines.base.Engine`."""
        return min(count, self._lanes) if count else self._lanes

    def languages(self, samples: Samples) -> dict[str, float]:
        """How likely each language is; see `transcribe.engines.base.Engine`."""
        if not self._model.model.is_multilingual:
            return {"en": 1.0}
        try:
            _, _, likely = self._model.detect_language(samples)
        except RuntimeError as error:
            raise failed(error) from error
        return dict(likely)

    def transcribe(
        self, samples: Samples, *, language: str, seed: int, task: Task = Task.TRANSCRIBE
    ) -> list[Segment]:
        """The text of one chunk; see `transcribe.engines.base.Engine`."""
        require_language(language)
        asked = {
            "language": language,
            "task": str(task),
            "beam_size": BEAM,
            "condition_on_previous_text": False,
            "word_timestamps": self.options["word_timestamps"],
        }
        try:
            found = _listed(self._model.transcribe(samples, temperature=0.0, **asked))
            if any(map(_is_doubtful, found)):
                found = self._drawn(samples, asked, seed)
        except RuntimeError as error:
            raise failed(error) from error
        return segments_of(found, len(samples) / RATE_HZ)

    def hear(self, samples: Samples, *, language: str) -> str:
        """What is said in up to 25 s, as fast as can be: for captions, on one thread.

        The encoder gets the sound and a little silence, not half a minute of it; nothing is tried
        twice. Where it is improbable or repeats itself, nothing is said.

        Raises:
            EngineError: It can't be computed.
        """
        require_language(language)
        model = self._model
        tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        duration_s = len(samples) / RATE_HZ
        heard_s = math.ceil((duration_s + _TAIL_S) / _CONTEXT_S) * _CONTEXT_S
        padded = np.pad(samples, (0, heard_s * RATE_HZ - len(samples)))
        try:
            mel = model.feature_extractor(padded, padding=0)[:, : heard_s * _MEL_FRAMES_A_S]
            [found] = model.model.generate(
                model.encode(mel),
                [tokenizer.sot_sequence],
                beam_size=1,
                max_length=2 * _most_tokens(duration_s, language),
                suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
                return_scores=True,
            )
        except RuntimeError as error:
            raise failed(error) from error
        text: str = tokenizer.decode(found.sequences_ids[0]).strip()
        doubtful = found.scores[0] < _IMPROBABLE or get_compression_ratio(text) > _REPEATED
        return "" if doubtful else text

    def _drawn(self, samples: Samples, asked: dict[str, Any], seed: int) -> list[dict[str, Any]]:
        """Decode at rising temperatures, by a model of its own.

        CTranslate2's threads take the seed when they first draw, and never again, so that only a
        model that is new draws the same for the same seed (``src/random.cc``).
        """
        with self._seeding:
            ctranslate2.set_random_seed(seed % _SEEDS)
            model = self._load(lanes=1)
            return _listed(model.transcribe(samples, temperature=list(TEMPERATURES), **asked))

    def _load_encoder(self) -> Encoder:
        try:
            return Encoder(self._folder)
        except RuntimeError as error:
            raise self._broken() from error

    def _load(self, lanes: int) -> Any:
        try:
            return _Model(
                str(self._folder),
                encoder=self._encoder,
                device=self._device,
                compute_type=self._format,
                cpu_threads=1,
                num_workers=lanes,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise self._broken() from error

    def _broken(self) -> BrokenModel:
        return BrokenModel(
            f"The model in {self._folder.name} can't be loaded.",
            safe="The recordings are safe.",
            hint="Delete that folder; it is made again from the model's file.",
        )


class _Model(faster_whisper.WhisperModel):  # type: ignore[misc]  # it has no types
    """faster-whisper's model, with another encoder unless that is None."""

    def __init__(self, folder: str, *, encoder: Encoder | None, **how: Any) -> None:
        super().__init__(folder, **how)
        self._encoder = encoder

    def encode(self, features: npt.NDArray[np.float32]) -> Any:
        """What the decoder hears of one stretch of sound.

        Args:
            features: Shape (mels, frames), or with a batch's axis before.
        """
        if self._encoder is None:
            return super().encode(features)
        batch = features[None] if features.ndim == 2 else features
        return ctranslate2.StorageView.from_array(self._encoder(np.ascontiguousarray(batch)))


def _most_tokens(duration_s: float, language: str) -> int:
    """Of what is said in that time; what goes on beyond goes on for ever."""
    a_second = _LIVE_TOKENS_A_S.get(language, _OTHER_TOKENS_A_S)
    return min(_LIVE_TOKENS + int(duration_s * a_second), _CONTEXT_TOKENS)


def _lanes(checkpoint: Path) -> int:
    """As many as there are cores, and as half of the memory that is free can hold."""
    cores = psutil.cpu_count(logical=False) or 1
    lane_bytes = checkpoint.stat().st_size // _LANE_SHARE
    fitting = psutil.virtual_memory().available // 2 // max(lane_bytes, 1)
    return max(1, min(cores, _MOST_LANES, fitting))


def _listed(answer: tuple[Iterable[Any], Any]) -> list[dict[str, Any]]:
    """faster-whisper decodes while its segments are asked for."""
    return [asdict(segment) for segment in answer[0]]


def _is_doubtful(values: dict[str, Any]) -> bool:
    improbable = bool(values["avg_logprob"] < _IMPROBABLE)
    return improbable or bool(values["compression_ratio"] > _REPEATED)


@functools.cache
def _device() -> str:
    """``cuda`` where it is there and works, else ``cpu``.

    Where cuDNN is missing or of another version, the first computation ends the process
    (https://github.com/SYSTRAN/faster-whisper/issues/1293), so a child tries it.
    """
    if not ctranslate2.get_cuda_device_count():
        return "cpu"
    command = [sys.executable, "-P", "-m", "transcribe.engines.probe"]
    try:
        subprocess.run(command, capture_output=True, timeout=_PROBE_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return "cpu"
    return "cuda"
