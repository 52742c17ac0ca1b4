"""What a model says where nobody spoke, or where it lost the thread, and is not kept.

Whisper invents text on silence and music, and repeats itself
(https://github.com/SYSTRAN/faster-whisper/issues/465, https://github.com/chidiwilliams/buzz/issues/379).
The voice detector comes first, then Whisper's own thresholds; these are for what passes both. They
are strict on the impossible alone, so that what somebody did say is not lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from transcribe.chunking import Samples
from transcribe.transcript import Segment

VERSION = 1
"""Of these rules; stands in a transcript's options."""

_FLOOR_DBFS = -65.0  # mean; a quiet room behind a good microphone is at about -60
_LONGEST_LOOP = 8  # words
_MOST_REPEATS = 4  # of the same words in a row, as in 'no, no, no, no'
_MOST_WORDS_PER_S = 9.0  # auctioneers reach 7
_MOST_SIGNS_PER_S = 45.0  # of a script without spaces, too
_SHORT_S = 0.5  # times are too rough to judge so short a segment by its pace
_NO_SPEECH, _IMPROBABLE = 0.6, -1.0  # Whisper's own


def is_silent(samples: Samples) -> bool:
    """Whether there is nothing that could be heard."""
    mean_square = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return mean_square < 10 ** (_FLOOR_DBFS / 10)


def kept(segments: Iterable[Segment]) -> list[Segment]:
    """The segments that may have been said; of a loop, what it repeats, as often as people do."""
    return [_unlooped(segment) for segment in segments if not _is_impossible(segment)]


def _is_impossible(segment: Segment) -> bool:
    if (segment.no_speech_prob or 0) > _NO_SPEECH and (segment.avg_logprob or 0) < _IMPROBABLE:
        return True
    duration_s = max(segment.end_s - segment.start_s, _SHORT_S)
    unlooped = _unlooped(segment)
    return (
        len(unlooped.text.split()) / duration_s > _MOST_WORDS_PER_S
        or len(unlooped.text) / duration_s > _MOST_SIGNS_PER_S
    )


def _unlooped(segment: Segment) -> Segment:
    said = segment.text.split()
    keep = _without_loops([word.casefold().strip(".,!?…-") for word in said])
    if len(keep) == len(said):
        return segment
    words = segment.words
    if len(words) == len(said):
        words = tuple(words[at] for at in keep)
    return replace(segment, text=" ".join(said[at] for at in keep), words=words)


def _without_loops(words: list[str]) -> list[int]:
    """Positions of the words that stay."""
    places = list(range(len(words)))
    for size in range(1, _LONGEST_LOOP + 1):
        at = 0
        while at + size <= len(places):
            repeats = _repeats([words[place] for place in places], at, size)
            if repeats > _MOST_REPEATS:
                del places[at + _MOST_REPEATS * size : at + repeats * size]
            at += 1
    return places


def _repeats(words: list[str], at: int, size: int) -> int:
    """How often the words from there follow each other."""
    first = words[at : at + size]
    starts = itertools.count(at, size)
    return sum(1 for _ in itertools.takewhile(lambda s: words[s : s + size] == first, starts))
