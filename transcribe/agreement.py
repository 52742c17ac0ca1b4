"""Which words of a growing utterance are settled: those that two hearings running agree on.

LocalAgreement-2, after Liu, Spanakis and Niehues, *Low-Latency Sequence-to-Sequence Speech
Recognition and Translation by Partial Hypothesis Selection*, and ufal/whisper_streaming.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from transcribe import terms

_SIGNS = " .,!?…;:-\"'“”„()。、，！？「」"  # noqa: RUF001 (Chinese and Japanese ones)


def pieces(text: str) -> list[str]:
    """A text in the pieces that are settled one by one; joined, they are the text again.

    They are its words, each with what stands between it and the next one; where a script puts no
    blanks between words, its characters.
    """
    starts = [0, *(start for start, _ in terms.places(text)[1:]), len(text)]
    return [text[first:end] for first, end in itertools.pairwise(starts) if first < end]


class Agreement:
    """The words of one utterance, heard again and again as it grows."""

    def __init__(self) -> None:
        self._settled: list[str] = []
        self._last: list[str] = []

    def hear(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """Take a hearing of all that was said so far.

        Args:
            words: Of the whole utterance.

        Returns:
            The settled words, which only ever become more, and those that may change still.
        """
        count = len(self._settled)
        agreed = _alike(self._last[count:], words[count:])
        self._settled += words[count : count + agreed]
        self._last = list(words)
        return list(self._settled), list(words[len(self._settled) :])


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with; their case and signs may differ."""
    pairs = zip(one, other, strict=False)
    alike = itertools.takewhile(lambda pair: _plain(pair[0]) == _plain(pair[1]), pairs)
    return sum(1 for _ in alike)


def _plain(word: str) -> str:
    return word.casefold().strip(_SIGNS)
