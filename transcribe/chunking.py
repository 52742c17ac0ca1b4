"""Hours of sound → chunks of speech, as long as a model can take, cut at pauses.

A detector gives the probability of speech for every 32 ms; utterances are found in it; utterances
are packed into chunks. A chunk never crosses a gap, and holds no long silence: of a pause that lies
inside, the middle is cut out, so that a model hears half a minute of speech at once, however long
that took. `plan` decides where the chunks are; `clips` brings their samples. Both read the sound as
a stream, once, and hold no more than a minute of it.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from recorder.types import Seconds

Samples = npt.NDArray[np.float32]
"""Mono sound at `RATE_HZ`, from -1 to 1."""

Probabilities = npt.NDArray[np.float32]
"""Of speech, one for each frame."""

RATE_HZ = 16_000
"""What Whisper and the detector take."""

FRAME = 512
"""Samples that the detector judges at once."""

FRAME_S = FRAME / RATE_HZ

# Silero's own hysteresis (https://github.com/snakers4/silero-vad, get_speech_timestamps).
_ON, _OFF = 0.5, 0.35
_SHORTEST_SPEECH = 8  # frames, a quarter of a second: a click or the first note of music is shorter
_SHORT_SPEECH = 31  # frames, a second: noise that sets in may be taken for a syllable
_FULL = 0.75  # of what a chunk may hold: with less, it is not cut at a pause while more would fit
_SHORTEST_PAUSE = 6  # frames; a plosive's silence is shorter
_PAD_S = 0.2  # soft beginnings and ends lie outside of what the detector is sure of
_LONGEST_PAUSE_S = 0.8  # that is heard; as much as faster-whisper's own filter leaves of one

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

    def __call__(self, samples: Samples) -> Probabilities:
        """The probability of speech of each of the frames in a stretch of whole frames."""


_Window = tuple[Samples, Samples]
"""A stretch of whole frames, and what came before it."""

Spread = Callable[[Callable[[_Window], Probabilities], Iterable[_Window]], Iterable[Probabilities]]
"""How windows come to be judged: `map`, or what judges several at once and keeps their order."""


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
class Chunk:
    """What a model is given at once.

    Attributes:
        pieces: Its stretches of session time, in order; between two of them, of a longer pause, the
            middle is left out. There is at least one.
    """

    pieces: tuple[Stretch, ...]

    @property
    def start_s(self) -> Seconds:
        """Where its first piece begins."""
        return self.pieces[0].start_s

    @property
    def end_s(self) -> Seconds:
        """Where its last piece ends."""
        return self.pieces[-1].end_s

    @property
    def duration_s(self) -> Seconds:
        """How long it is heard: without what is left out."""
        return Seconds(sum(piece.duration_s for piece in self.pieces))


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
    """Silero's voice detector, as faster-whisper brings it. Several threads may ask it at once.

    faster-whisper's model keeps nothing from call to call, and ONNX Runtime's ``run`` may be called
    concurrently (https://onnxruntime.ai/docs/api/c/struct_ort_api.html, ``Run``); each call
    computes on its own thread, and takes some 30 MB meanwhile.
    """

    def __init__(self) -> None:
        # It loads onnxruntime and CTranslate2, which the application's processes can do without.
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415

        self._model = get_vad_model()

    def __call__(self, samples: Samples) -> Probabilities:
        """The probability of speech of each frame; `samples` holds whole frames, all connected."""
        own = samples.copy()  # the model mutes the last of what it is given
        probabilities: Probabilities = self._model(own, num_samples=FRAME)
        return probabilities.reshape(-1)


def plan(
    sound: Iterable[Sound], rules: Rules, detector: Detector, spread: Spread = map
) -> Iterator[Chunk]:
    """Find the chunks of speech, in order of session time.

    Args:
        sound: Blocks in order of session time, mono, at `RATE_HZ`; where one doesn't begin at the
            end of the one before, there is a gap.
        rules: How long chunks may be.
        detector: Tells speech from the rest.
        spread: Has windows judged, and changes nothing of the answer.
    """
    for start_s, run in itertools.groupby(_by_run(sound), key=operator.itemgetter(0)):
        probabilities = judge((samples for _, samples in run), detector, spread)
        speech = utterances(probabilities, longest_s=rules.longest_s - 2 * _PAD_S)
        for chunk in pack(speech, len(probabilities) * FRAME_S, rules):
            yield Chunk(pieces=tuple(_moved(piece, start_s) for piece in chunk.pieces))


def judge(blocks: Iterable[Samples], detector: Detector, spread: Spread = map) -> Probabilities:
    """The probability of speech of each frame of one run; a last part of a frame is not judged.

    The detector remembers a little of what came before. It is asked for windows that don't depend
    on how the sound is cut into blocks, each with some seconds before it, so the answer doesn't
    depend on that either, nor on which window is judged first.

    Args:
        blocks: Of shape (samples,), each joining the one before.
        detector: Tells speech from the rest.
        spread: Has windows judged.
    """

    def probabilities(window: _Window) -> Probabilities:
        whole, before = window
        return detector(np.concatenate([before, whole]))[len(before) // FRAME :]

    return np.concatenate([np.zeros(0, np.float32), *spread(probabilities, _windows(blocks))])


def utterances(probabilities: Probabilities, *, longest_s: float = math.inf) -> list[Stretch]:
    """Where the detector hears speech: stretches between pauses, in seconds from the run's start.

    Speech begins at a frame of at least 0.5 and lasts until all is below 0.35 for 0.2 s; what is
    shorter than a second must be as likely as not on the whole. One that is longer than
    `longest_s` is cut where speech is least likely, in the last quarter of that time.
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


def _is_speech(probabilities: Probabilities) -> bool:
    """Whether an utterance is none too short, and if it is short, likely enough."""
    count = len(probabilities)
    is_sure = count >= _SHORT_SPEECH or float(probabilities.mean()) >= _ON
    return count >= _SHORTEST_SPEECH and is_sure


def pack(speech: list[Stretch], duration_s: float, rules: Rules) -> Iterator[Chunk]:
    """Join utterances to chunks that keep the rules, each with a little of the pauses around it.

    What is too long for one chunk is cut at the longest pause that leaves it three quarters full.

    Args:
        speech: Utterances in order, in seconds from the run's start, none too long for a chunk.
        duration_s: Of the run.
        rules: How long chunks may be.
    """
    chunks: list[list[Stretch]] = []
    waiting = list(speech)
    while waiting:
        count = _fitting(waiting, rules)
        chunks.append(list(_joined(waiting[:count])))
        del waiting[:count]
    middles = [(one[-1].end_s + other[0].start_s) / 2 for one, other in itertools.pairwise(chunks)]
    for pieces, from_s, to_s in zip(chunks, [0.0, *middles], [*middles, duration_s], strict=False):
        first_s = Seconds(max(pieces[0].start_s - _PAD_S, from_s))
        pieces[0] = replace(pieces[0], start_s=first_s)
        last_s = Seconds(min(pieces[-1].end_s + _PAD_S, to_s))
        pieces[-1] = replace(pieces[-1], end_s=last_s)
        yield Chunk(pieces=tuple(pieces))


def clips(sound: Iterable[Sound], chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Samples]]:
    """Bring the samples of chunks, one after the other.

    Args:
        sound: Blocks in order of session time, mono, at `RATE_HZ`.
        chunks: In order of session time; they don't overlap.

    Yields:
        Each chunk with its samples, of shape (samples,), piece after piece; fewer than its time
        where the sound ends.
    """
    cuts = _cuts(sound, (piece for chunk in chunks for piece in chunk.pieces))
    for chunk in chunks:
        *heads, last = itertools.islice(cuts, len(chunk.pieces))
        fitted = [_fitted(samples, piece) for piece, samples in heads]
        yield chunk, np.concatenate([*fitted, last[1]])


def _cuts(sound: Iterable[Sound], pieces: Iterable[Stretch]) -> Iterator[tuple[Stretch, Samples]]:
    """The samples of each piece; only the blocks that it lies in are held."""
    blocks = iter(sound)
    held: deque[Sound] = deque()
    for piece in pieces:
        while held and _end_s(held[0]) <= piece.start_s:
            held.popleft()
        while not held or _end_s(held[-1]) < piece.end_s:
            block = next(blocks, None)
            if block is None:
                break
            if _end_s(block) > piece.start_s:
                held.append(block)
        found = [_cut_out(block, piece) for block in held]
        yield piece, np.concatenate([np.zeros(0, np.float32), *found])


def _fitted(samples: Samples, piece: Stretch) -> Samples:
    """A piece that others follow, as long as it says, where parts of the sound meet inexactly."""
    count = round(piece.duration_s * RATE_HZ)
    return np.pad(samples[:count], (0, max(0, count - len(samples))))


def _moved(piece: Stretch, by_s: Seconds) -> Stretch:
    return Stretch(start_s=Seconds(piece.start_s + by_s), end_s=Seconds(piece.end_s + by_s))


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


def _windows(blocks: Iterable[Samples]) -> Iterator[_Window]:
    """The same samples in pieces of `_WINDOW`, each with the end of the one before.

    The last one is what is left, but for a part of a frame.
    """
    before = rest = np.zeros(0, np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block])
        while len(rest) >= _WINDOW:
            yield rest[:_WINDOW], before
            before, rest = rest[_WINDOW - _WARM_UP : _WINDOW], rest[_WINDOW:]
    last = rest[: len(rest) // FRAME * FRAME]
    if len(last):
        yield last, before


def _shortened(
    first: int, end: int, probabilities: Probabilities, longest: int
) -> Iterator[tuple[int, int]]:
    """An utterance in pieces of at most `longest` frames."""
    while end - first > longest:
        earliest = first + int(longest * _FULL)
        cut = earliest + int(np.argmin(probabilities[earliest : first + longest]))
        yield first, cut
        first = cut
    yield first, end


def _fitting(speech: list[Stretch], rules: Rules) -> int:
    """How many of the first utterances make the next chunk."""
    longest_s = rules.longest_s - 2 * _PAD_S
    heard_s = [speech[0].duration_s]  # with so many of them
    for one, other in itertools.pairwise(speech):
        pause_s = other.start_s - one.end_s
        more_s = Seconds(heard_s[-1] + min(pause_s, _LONGEST_PAUSE_S) + other.duration_s)
        if pause_s >= rules.joins_below_s:
            return len(heard_s)
        if more_s > longest_s:
            break
        heard_s.append(more_s)
    if len(heard_s) == len(speech):
        return len(heard_s)
    full = [count for count, it_s in enumerate(heard_s, 1) if it_s >= longest_s * _FULL]
    return max(
        full or [len(heard_s)],
        key=lambda count: speech[count].start_s - speech[count - 1].end_s,
    )


def _joined(speech: list[Stretch]) -> Iterator[Stretch]:
    """Utterances as pieces of one chunk: parted where the pause is longer than may be heard."""
    start_s = speech[0].start_s
    for one, other in itertools.pairwise(speech):
        if other.start_s - one.end_s > _LONGEST_PAUSE_S:
            yield Stretch(start_s=start_s, end_s=Seconds(one.end_s + _LONGEST_PAUSE_S / 2))
            start_s = Seconds(other.start_s - _LONGEST_PAUSE_S / 2)
    yield Stretch(start_s=start_s, end_s=speech[-1].end_s)


def _cut_out(block: Sound, piece: Stretch) -> Samples:
    """The part of a block that lies in a piece."""
    first = max(0, round((piece.start_s - block.start_s) * RATE_HZ))
    end = max(0, round((piece.end_s - block.start_s) * RATE_HZ))
    return block.samples[first:end, 0]


def _end_s(block: Sound) -> Seconds:
    return Seconds(block.start_s + len(block.samples) / RATE_HZ)
