"""The seam between a chunk of speech and its text."""

from __future__ import annotations

from typing import Any, Protocol

from transcribe.chunking import Samples
from transcribe.transcript import Segment


class Engine(Protocol):
    """A loaded model. For one thread; its memory comes back when its process ends.

    Attributes:
        name: As transcripts name it.
        options: How it decodes, as JSON values: the same options and samples give the same text.
    """

    name: str
    options: dict[str, Any]

    def use_threads(self, count: int) -> None:
        """Use that many threads of the CPU from now on; 0 for as many as suit the machine."""

    def languages(self, samples: Samples) -> dict[str, float]:
        """How likely each language is, by Whisper's code, in up to 30 s of mono sound at 16 kHz.

        Raises:
            EngineError: It can't be computed.
        """

    def transcribe(self, samples: Samples, *, language: str, seed: int) -> list[Segment]:
        """The text of one chunk of mono sound at 16 kHz.

        Args:
            samples: At most as long as the model can take.
            language: Whisper's code.
            seed: For what is drawn at random, where the first try is not good enough.

        Returns:
            Segments in order, in seconds from the chunk's start and inside of it.

        Raises:
            EngineError: It can't be computed.
        """
