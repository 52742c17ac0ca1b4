"""A chunk's segments in session time: where in it what was heard belongs.

A model hears a chunk's pieces as one stretch of sound, without what was left out of the pauses
between them. Its times are moved back piece by piece. A segment that would reach over a long pause
becomes one on each side of it, by the times of its words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from recorder.types import Seconds
from transcribe.chunking import Chunk, Stretch
from transcribe.transcript import Segment, Word

FAR_S = 3.0
"""A pause of this length or more always ends a segment; over shorter ones a sentence goes on."""


def placed(segments: Iterable[Segment], chunk: Chunk) -> list[Segment]:
    """A chunk's segments, moved from the chunk's time to session time.

    Args:
        segments: In order, in seconds from the chunk's start and inside of it.
        chunk: What was heard.
    """
    talks = list(_talks(chunk))
    return [part for segment in segments for part in _parted(segment, talks)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """Pieces of a chunk that no long pause parts.

    Attributes:
        heard: Each piece in the chunk's time.
        pieces: The same in session time.
    """

    heard: tuple[Stretch, ...]
    pieces: tuple[Stretch, ...]

    def overlap_s(self, start_s: float, end_s: float) -> float:
        """How long a stretch of the chunk's time lies in these pieces; below 0 where it doesn't."""
        return min(end_s, self.heard[-1].end_s) - max(start_s, self.heard[0].start_s)

    def in_session(self, start_s: float, end_s: float) -> tuple[Seconds, Seconds]:
        """A stretch of the chunk's time in session time; its end stays on its side of a pause."""
        start_s, end_s = self._clamped(start_s), self._clamped(end_s)
        first = next((n for n, heard in enumerate(self.heard) if start_s < heard.end_s), -1)
        last = next((n for n, heard in enumerate(self.heard) if end_s <= heard.end_s), -1)
        moved_s = self._moved(start_s, first)
        return moved_s, max(self._moved(end_s, last), moved_s)

    def _clamped(self, moment_s: float) -> float:
        """The moment of these pieces that is the nearest, in the chunk's time."""
        return min(max(moment_s, self.heard[0].start_s), self.heard[-1].end_s)

    def _moved(self, moment_s: float, number: int) -> Seconds:
        late_s = self.pieces[number].start_s - self.heard[number].start_s
        return Seconds(round(moment_s + late_s, 3))


def _talks(chunk: Chunk) -> Iterator[_Talk]:
    ends = itertools.accumulate(piece.duration_s for piece in chunk.pieces)
    heard = [
        Stretch(start_s=Seconds(end_s - piece.duration_s), end_s=Seconds(end_s))
        for end_s, piece in zip(ends, chunk.pieces, strict=True)
    ]
    first = 0
    for place, (one, other) in enumerate(itertools.pairwise(chunk.pieces), 1):
        if other.start_s - one.end_s >= FAR_S:
            yield _Talk(heard=tuple(heard[first:place]), pieces=chunk.pieces[first:place])
            first = place
    yield _Talk(heard=tuple(heard[first:]), pieces=chunk.pieces[first:])


def _parted(segment: Segment, talks: Sequence[_Talk]) -> Iterator[Segment]:
    """A segment on each side of the long pauses that it reaches over."""
    by_talk = [
        (talk, tuple(words))
        for talk, words in itertools.groupby(segment.words, key=lambda word: _of(word, talks))
    ]
    if len(by_talk) < 2:
        talk = by_talk[0][0] if by_talk else _of(segment, talks)
        yield _in_session(segment, talk)
        return
    texts = _texts(segment.text, [words for _, words in by_talk])
    for (talk, words), text in zip(by_talk, texts, strict=True):
        yield _in_session(replace(segment, text=text, words=words, tokens=()), talk)


def _of(spoken: Segment | Word, talks: Sequence[_Talk]) -> _Talk:
    """Where most of it lies."""
    return max(talks, key=lambda talk: talk.overlap_s(spoken.start_s, spoken.end_s))


def _in_session(segment: Segment, talk: _Talk) -> Segment:
    start_s, end_s = talk.in_session(segment.start_s, segment.end_s)
    words = tuple(_word_in_session(word, talk) for word in segment.words)
    return replace(segment, start_s=start_s, end_s=end_s, words=words)


def _word_in_session(word: Word, talk: _Talk) -> Word:
    start_s, end_s = talk.in_session(word.start_s, word.end_s)
    return replace(word, start_s=start_s, end_s=end_s)


def _texts(text: str, groups: Sequence[Sequence[Word]]) -> list[str]:
    """A text in parts that begin where each group's first word does, whatever stands between."""
    starts, at = [], 0
    for group in groups:
        starts.append(max(text.find(group[0].text, at), at))
        for word in group:
            at = max(text.find(word.text, at) + len(word.text), at)
    bounds = [0, *starts[1:], len(text)]
    return [text[first:end].strip() for first, end in itertools.pairwise(bounds)]
