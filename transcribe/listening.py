"""One track, heard as it grows: utterance by utterance, again and again until it is over.

What two hearings running agree on is settled (`transcribe.agreement`). What has ended is heard a
last time, whole, and that is the caption's final form; so whoever is behind hears each utterance
once, and catches up.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from recorder.types import Seconds
from transcribe.agreement import Agreement, pieces
from transcribe.chunking import FRAME_S, RATE_HZ, Detector, Samples, Sound, judge, utterances

LONGEST_S = 8.5
"""Of an utterance that has no pause, unless a model takes less.

With what stands around it, it fits the 10 s that an encoder takes half as long for as for 15 s
(`transcribe.engines.ctranslate`); what is cut shorter is also read sooner.
"""

Hear = Callable[[Samples], str]
"""What is said in a stretch of sound."""

_PAUSE_S = 0.6  # ends an utterance
_PAD_S = 0.2
_KEPT_S = 1.0  # of sound in which nobody speaks: a word may have begun in it
_JOIN_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """An utterance as it was heard so far.

    Attributes:
        number: Counts the session's utterances; a caption takes the place of the one before it
            of the same number.
        start_s: Session time.
        text: The words that are settled.
        tentative: The words after them, which may change still.
        is_final: Whether nothing more will come.
        lag_s: From the arrival of its last sound to its being written.
    """

    number: int
    track: str
    start_s: Seconds
    end_s: Seconds
    text: str
    tentative: str
    is_final: bool
    lag_s: float = 0.0


class Listener:
    """Hears one track as it grows. For one thread."""

    def __init__(
        self,
        hear: Hear,
        detector: Detector,
        *,
        track: str = "a",
        pause_s: float = _PAUSE_S,
        longest_s: float = LONGEST_S,
        first_number: Iterator[int] | None = None,
    ) -> None:
        """Begin with nothing.

        Args:
            hear: Makes text of up to `longest_s` and a little more.
            detector: Tells speech from the rest.
            track: Its letter.
            pause_s: The shortest pause that ends an utterance.
            longest_s: Where an utterance is cut that has no pause.
            first_number: Gives the captions' numbers.
        """
        self._hear, self._detector, self._track = hear, detector, track
        self._pause_s, self._longest_s = pause_s, longest_s
        self._numbers = first_number or iter(range(sys.maxsize))
        self._held: Samples = np.zeros(0, np.float32)
        self._start_s = 0.0
        self._agreement = Agreement()
        self._number: int | None = None

    def take(self, block: Sound) -> Iterator[Caption]:
        """Hear more of the track; where a block doesn't join the one before, there is a gap.

        Yields:
            Final captions of the utterances that have ended, and one that isn't final of the one
            that goes on.
        """
        if len(self._held) and abs(block.start_s - self._end_s) > _JOIN_S:
            yield from self.end()
        if not len(self._held):
            self._start_s = block.start_s
        self._held = np.concatenate([self._held, block.samples[:, 0]])
        yield from self._ended(is_over=False)
        yield from self._going_on()

    def end(self) -> Iterator[Caption]:
        """Hear what is left."""
        yield from self._ended(is_over=True)
        self._forget(len(self._held))

    @property
    def _end_s(self) -> float:
        return self._start_s + len(self._held) / RATE_HZ

    def _ended(self, *, is_over: bool) -> Iterator[Caption]:
        """Captions of utterances that nothing can be added to."""
        while speech := self._speech():
            begin_s, end_s, whole = speech
            if not (whole or is_over):
                return
            text = self._heard(begin_s, end_s)
            if text or self._number is not None:
                yield self._caption(begin_s, end_s, text, "", is_final=True)
            self._forget(math.ceil(end_s * RATE_HZ))
            self._number, self._agreement = None, Agreement()
        if not is_over:
            self._forget(len(self._held) - int(_KEPT_S * RATE_HZ))

    def _going_on(self) -> Iterator[Caption]:
        speech = self._speech()
        if speech:
            settled, tentative = self._agreement.hear(pieces(self._heard(*speech[:2])))
            if settled or tentative:
                yield self._caption(
                    *speech[:2],
                    "".join(settled).strip(),
                    "".join(tentative).strip(),
                    is_final=False,
                )

    def _speech(self) -> tuple[float, float, bool] | None:
        """The first utterance: where it begins and ends in what is held, and whether it is over."""
        pieces = utterances(judge([self._held], self._detector), longest_s=self._longest_s)
        if not pieces:
            return None
        begin_s, end_s = pieces[0].start_s, pieces[0].end_s
        for piece in pieces[1:]:
            joins = piece.start_s - end_s < self._pause_s
            if not joins or piece.end_s - begin_s > self._longest_s:
                return begin_s, end_s, True
            end_s = piece.end_s
        held_s = len(self._held) // int(FRAME_S * RATE_HZ) * FRAME_S
        return begin_s, end_s, held_s - end_s >= self._pause_s

    def _heard(self, begin_s: float, end_s: float) -> str:
        first = max(0, int((begin_s - _PAD_S) * RATE_HZ))
        return self._hear(self._held[first : math.ceil((end_s + _PAD_S) * RATE_HZ)])

    def _caption(
        self, begin_s: float, end_s: float, text: str, tentative: str, *, is_final: bool
    ) -> Caption:
        if self._number is None:
            self._number = next(self._numbers)
        return Caption(
            number=self._number,
            track=self._track,
            start_s=Seconds(round(self._start_s + begin_s, 3)),
            end_s=Seconds(round(self._start_s + end_s, 3)),
            text=text,
            tentative=tentative,
            is_final=is_final,
        )

    def _forget(self, count: int) -> None:
        if count > 0:
            self._held = self._held[count:]
            self._start_s += count / RATE_HZ
