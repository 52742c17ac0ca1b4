"""Hours of sound → chunks of speech, as long as a model can take, cut at pauses.

A detector gives the probability of speech for every 32 ms; utterances are found in it; utterances
are packed into chunks. A chunk never crosses a gap, and holds no long silence. `plan` decides
where the chunks are; `clips` brings their samples. Both read the sound as a stream, once, and hold
no more than a minute of it.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from recorder.types import Seconds

Samples = npt.NDArray[np.float32]
"""Mono sound at `RATE_HZ`, from -1 to 1."""

RATE_HZ = 16_000
"""What Whisper and the detector take."""

FRAME = 512
"""Samples that the detector judges at once."""

FRAME_S = FRAME / RATE_HZ

# Silero's own hysteresis (https://github.com/snakers4/silero-vad, get_speech_timestamps).
_ON, _OFF = 0.5, 0.35
_SHORTEST_SPEECH = 8  # frames, a quarter of a second: a click or the first note of music is shorter
_SHORT_SPEECH = 31  # frames, a second: noise that sets in may be taken for a syllable
_SHORTEST_PAUSE = 6  # frames; a plosive's silence is shorter
_PAD_S = 0.2  # soft beginnings and ends lie outside of what the detector is sure of

_WINDOW = 937 * FRAME  # about 30 s
_WARM_UP = 94 * FRAME  # about 3 s of what came before, to bring the detector into its state
_JOIN_S = 0.05  # about a frame of AAC: where parts meet decoders may be off by one, and no gap is


class Sound(Protocol):
    """A block of decoded sound, as `recorder.decode` gives it."""

    @property
    def start_s(self) -> Seconds:
        """Session time of its first sample."""

    @property
    def samples(self) -> Samples:
        """Shape (frames, 1)."""


class Detector(Protocol):
    """What tells speech from the rest."""

    def __call__(self, samples: Samples) -> npt.NDArray[np.float32]:
        """The probability of speech of each of the frames in a stretch of whole frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of session time."""

    start_s: Seconds
    end_s: Seconds

    @property
    def duration_s(self) -> Seconds:
        """How long it is."""
        return Seconds(self.end_s - self.start_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How long chunks may be.

    Attributes:
        longest_s: The longest chunk that the model can take.
        joins_below_s: A pause of this length or more always ends a chunk.
    """

    longest_s: Seconds
    joins_below_s: Seconds

    def __post_init__(self) -> None:
        if self.longest_s < 2:
            raise ValueError("a chunk is at least 2 s long")


class SileroDetector:
    """Silero's voice detector, as faster-whisper brings it. For one thread at a time."""

    def __init__(self) -> None:
        # It loads onnxruntime and CTranslate2, which the application's processes can do without.
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415

        self._model = get_vad_model()

    def __call__(self, samples: Samples) -> npt.NDArray[np.float32]:
        """The probability of speech of each frame; `samples` holds whole frames, all connected."""
        probabilities: npt.NDArray[np.float32] = self._model(samples, num_samples=FRAME)
        return probabilities.reshape(-1)


def plan(sound: Iterable[Sound], rules: Rules, detector: Detector) -> Iterator[Stretch]:
    """Find the chunks of speech, in order of session time.

    Args:
        sound: Blocks in order of session time, mono, at `RATE_HZ`; where one doesn't begin at the
            end of the one before, there is a gap.
        rules: How long chunks may be.
        detector: Tells speech from the rest.
    """
    for start_s, run in itertools.groupby(_by_run(sound), key=operator.itemgetter(0)):
        probabilities = judge((samples for _, samples in run), detector)
        speech = utterances(probabilities, longest_s=rules.longest_s - 2 * _PAD_S)
        for chunk in pack(speech, len(probabilities) * FRAME_S, rules):
            yield Stretch(
                start_s=Seconds(start_s + chunk.start_s), end_s=Seconds(start_s + chunk.end_s)
            )


def judge(blocks: Iterable[Samples], detector: Detector) -> npt.NDArray[np.float32]:
    """The probability of speech of each frame of one run; a last part of a frame is not judged.

    The detector remembers a little of what came before. It is asked for windows that don't depend
    on how the sound is cut into blocks, each with some seconds before it, so the answer doesn't
    depend on that either.

    Args:
        blocks: Of shape (samples,), each joining the one before.
        detector: Tells speech from the rest.
    """
    answers = [np.zeros(0, np.float32)]
    before = np.zeros(0, np.float32)
    for window in _windows(blocks):
        whole = window[: len(window) // FRAME * FRAME]
        if len(whole):
            answers.append(detector(np.concatenate([before, whole]))[len(before) // FRAME :])
        before = whole[-_WARM_UP:]
    return np.concatenate(answers)


def utterances(
    probabilities: npt.NDArray[np.float32], *, longest_s: float = math.inf
) -> list[Stretch]:
    """Where the detector hears speech: stretches between pauses, in seconds from the run's start.

    Speech begins at a frame of at least 0.5 and lasts until all is below 0.35 for 0.2 s; what is
    shorter than a second must be as likely as not on the whole. One that is longer than
    `longest_s` is cut where speech is least likely, after half that time.
    """
    found: list[tuple[int, int]] = []
    begin, last = -1, -1
    for frame, probability in enumerate(probabilities.tolist()):
        if begin < 0 and probability >= _ON:
            begin = frame
        if begin >= 0:
            if probability >= _OFF:
                last = frame
            elif frame - last >= _SHORTEST_PAUSE:
                found.append((begin, last + 1))
                begin = -1
    if begin >= 0:
        found.append((begin, last + 1))
    longest = len(probabilities) if math.isinf(longest_s) else int(longest_s / FRAME_S)
    return [
        Stretch(start_s=Seconds(first * FRAME_S), end_s=Seconds(end * FRAME_S))
        for whole in found
        if _is_speech(probabilities[whole[0] : whole[1]])
        for first, end in _shortened(*whole, probabilities, longest)
    ]


def _is_speech(probabilities: npt.NDArray[np.float32]) -> bool:
    """Whether an utterance is none too short, and if it is short, likely enough."""
    count = len(probabilities)
    is_sure = count >= _SHORT_SPEECH or float(probabilities.mean()) >= _ON
    return count >= _SHORTEST_SPEECH and is_sure


def pack(speech: list[Stretch], duration_s: float, rules: Rules) -> Iterator[Stretch]:
    """Join utterances to chunks that keep the rules, each with a little of the pauses around it.

    What is too long for one chunk is cut at the longest pause that leaves it at least half full.

    Args:
        speech: Utterances in order, in seconds from the run's start, none too long for a chunk.
        duration_s: Of the run.
        rules: How long chunks may be.
    """
    longest_s = rules.longest_s - 2 * _PAD_S
    chunks: list[Stretch] = []
    waiting = list(speech)
    while waiting:
        count = _fitting(waiting, longest_s, rules.joins_below_s)
        chunks.append(Stretch(start_s=waiting[0].start_s, end_s=waiting[count - 1].end_s))
        del waiting[:count]
    middles = [(one.end_s + other.start_s) / 2 for one, other in itertools.pairwise(chunks)]
    for chunk, from_s, to_s in zip(chunks, [0.0, *middles], [*middles, duration_s], strict=False):
        yield Stretch(
            start_s=Seconds(max(chunk.start_s - _PAD_S, from_s)),
            end_s=Seconds(min(chunk.end_s + _PAD_S, to_s)),
        )


def clips(sound: Iterable[Sound], chunks: Iterable[Stretch]) -> Iterator[tuple[Stretch, Samples]]:
    """Bring the samples of chunks, one after the other.

    Args:
        sound: Blocks in order of session time, mono, at `RATE_HZ`.
        chunks: In order of session time; they don't overlap.

    Yields:
        Each chunk with its samples, of shape (samples,); fewer than its time where the sound ends.
    """
    blocks = iter(sound)
    held: deque[Sound] = deque()
    for chunk in chunks:
        while held and _end_s(held[0]) <= chunk.start_s:
            held.popleft()
        while not held or _end_s(held[-1]) < chunk.end_s:
            block = next(blocks, None)
            if block is None:
                break
            if _end_s(block) > chunk.start_s:
                held.append(block)
        cuts = [_cut_out(block, chunk) for block in held]
        yield chunk, np.concatenate([np.zeros(0, np.float32), *cuts])


def _by_run(sound: Iterable[Sound]) -> Iterator[tuple[Seconds, Samples]]:
    """Each block's samples with the start of the run that it belongs to.

    Where a block begins a little early or late, samples are left out or silence is put in, so that
    counting them tells the time to the end of the run.
    """
    start_s, end_s = Seconds(0), Seconds(-math.inf)
    for block in sound:
        samples = block.samples[:, 0]
        if abs(block.start_s - end_s) > _JOIN_S:
            start_s = block.start_s
        else:
            late = round((block.start_s - end_s) * RATE_HZ)
            samples = np.concatenate([np.zeros(max(0, late), np.float32), samples[max(0, -late) :]])
        end_s = _end_s(block)
        yield start_s, samples


def _windows(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """The same samples in pieces of `_WINDOW`; the last one is what is left."""
    rest = np.zeros(0, np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block])
        while len(rest) >= _WINDOW:
            yield rest[:_WINDOW]
            rest = rest[_WINDOW:]
    yield rest


def _shortened(
    first: int, end: int, probabilities: npt.NDArray[np.float32], longest: int
) -> Iterator[tuple[int, int]]:
    """An utterance in pieces of at most `longest` frames."""
    while end - first > longest:
        earliest = first + longest // 2
        cut = earliest + int(np.argmin(probabilities[earliest : first + longest]))
        yield first, cut
        first = cut
    yield first, end


def _fitting(speech: list[Stretch], longest_s: float, joins_below_s: float) -> int:
    """How many of the first utterances make the next chunk."""
    fits = 1
    while fits < len(speech):
        pause_s = speech[fits].start_s - speech[fits - 1].end_s
        if pause_s >= joins_below_s:
            return fits
        if speech[fits].end_s - speech[0].start_s > longest_s:
            break
        fits += 1
    if fits == len(speech):
        return fits
    half_full = [
        count
        for count in range(1, fits + 1)
        if speech[count - 1].end_s - speech[0].start_s >= longest_s / 2
    ]
    return max(
        half_full or [fits],
        key=lambda count: speech[count].start_s - speech[count - 1].end_s,
    )


def _cut_out(block: Sound, chunk: Stretch) -> Samples:
    """The part of a block that lies in a chunk."""
    first = max(0, round((chunk.start_s - block.start_s) * RATE_HZ))
    end = max(0, round((chunk.end_s - block.start_s) * RATE_HZ))
    return block.samples[first:end, 0]


def _end_s(block: Sound) -> Seconds:
    return Seconds(block.start_s + len(block.samples) / RATE_HZ)
