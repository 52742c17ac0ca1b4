"""The seam between a chunk of speech and its text."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any, Protocol

from recorder.types import Seconds
from transcribe import reference
from transcribe.chunking import Samples
from transcribe.errors import EngineError
from transcribe.transcript import Segment, Word

BEAM = 5
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""openai-whisper's own: beam search, then sampling, where the text is improbable or repeats."""


class Task(StrEnum):
    """What is made of speech; the words are Whisper's."""

    TRANSCRIBE = "transcribe"
    TRANSLATE = "translate"  # to English


class Engine(Protocol):
    """A loaded model. Its memory comes back when its process ends.

    Attributes:
        name: As transcripts name it.
        options: How it decodes, as JSON values: the same options and samples give the same text.
    """

    name: str
    options: dict[str, Any]

    def use_threads(self, count: int) -> int:
        """Use that many threads of the CPU from now on; 0 for as many as suit the machine.

        Returns:
            How many threads may call `transcribe` at once, and gain by it.
        """

    def languages(self, samples: Samples) -> dict[str, float]:
        """How likely each language is, by Whisper's code, in up to 30 s of mono sound at 16 kHz.

        Raises:
            EngineError: It can't be computed.
        """

    def transcribe(
        self, samples: Samples, *, language: str, seed: int, task: Task = Task.TRANSCRIBE
    ) -> list[Segment]:
        """The text of one chunk of mono sound at 16 kHz.

        Args:
            samples: At most as long as the model can take.
            language: Whisper's code.
            seed: For what is drawn at random, where the first try is not good enough.
            task: What is made of it.

        Returns:
            Segments in order, in seconds from the chunk's start and inside of it.

        Raises:
            EngineError: It can't be computed.
        """


def require_language(language: str) -> None:
    """Refuse a code that isn't Whisper's.

    Raises:
        EngineError: It isn't.
    """
    if language not in reference.languages():
        raise EngineError(
            f"Whisper doesn't know the language {language!r}.",
            hint="Give its code of two or three letters: en, de, yue.",
        )


def segments_of(found: list[dict[str, Any]], duration_s: float) -> list[Segment]:
    """Whisper's segments of a chunk as ours: those that have text and last."""
    segments = [_segment(values, duration_s) for values in found]
    return [segment for segment in segments if segment.text and segment.end_s > segment.start_s]


def failed(error: RuntimeError) -> EngineError:
    """What an engine's library raised, in words."""
    if "memory" in str(error):
        return EngineError(
            "There is not enough memory for this model.",
            safe="What is transcribed already is kept.",
            hint="Close other programs, or choose a smaller model.",
        )
    return EngineError(f"Whisper failed: {str(error).splitlines()[0][:200]}.")


def _segment(values: dict[str, Any], duration_s: float) -> Segment:
    """One segment, inside of the chunk: Whisper's times may run into the padding."""

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
            for word in values.get("words") or ()
        ),
        tokens=tuple(values["tokens"]),
        temperature=float(values["temperature"]),
        avg_logprob=_finite(values["avg_logprob"]),
        compression_ratio=_finite(values["compression_ratio"]),
        no_speech_prob=_finite(values["no_speech_prob"]),
    )


def _finite(value: float) -> float | None:
    return round(float(value), 5) if math.isfinite(value) else None
