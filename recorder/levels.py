"""How loud it is, all along: the level envelope of a session, by which silence is found."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recorder.archive import SessionFolder
from recorder.decode import Block, decode
from recorder.pcm import SILENCE_DBFS
from recorder.types import Seconds

HOP_S = 0.005
"""Seconds that one value stands for."""

_BLOCK_S = 0.5  # as it comes from the decoder, and fits into a core's cache

_FLOOR = 1e-13  # of power; below what counts, so that the logarithm has a value
_TOUCHING_S = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Envelope:
    """The level of a stretch without a gap.

    Attributes:
        start_s: Session time of the first hop's begin.
        end_s: Session time of the last hop's end; that hop may be shorter.
        hop_s: Seconds a hop: whole samples, as near to `HOP_S` as they come.
        rms_dbfs: Float32, one value a hop: root mean square over all channels; 0 is full scale, a
            full-scale sine has -3. Never below `pcm.SILENCE_DBFS`.
    """

    start_s: Seconds
    end_s: Seconds
    hop_s: float
    rms_dbfs: npt.NDArray[np.float32]


def envelopes(folder: SessionFolder, *, track: str = "a") -> list[Envelope]:
    """Measure a track's level, streamed; an hour takes three megabytes and some seconds.

    All channels count, at the source's own rate, so that nothing hides in a mix.

    Args:
        folder: The session's.
        track: Its letter.

    Returns:
        One envelope for each stretch without a gap, in order of session time.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
    """
    blocks = decode(folder, track=track, rate_hz=None, channels=None, block_s=_BLOCK_S)
    return [
        measure(block for _, block in stretch)
        for _, stretch in itertools.groupby(_numbered(blocks), key=lambda item: item[0])
    ]


def measure(blocks: Iterable[Block]) -> Envelope:
    """The envelope of blocks that follow each other without a gap.

    Raises:
        ValueError: There is no block.
    """
    powers: list[npt.NDArray[np.float32]] = []
    feed = iter(blocks)
    first = last = next(feed, None)
    if first is None or last is None:
        raise ValueError("no blocks, no level")
    hop, rest = max(1, round(first.rate_hz * HOP_S)), first.samples[:0]
    for last in itertools.chain((first,), feed):
        samples = last.samples
        if len(rest):
            missing = hop - len(rest)
            whole_hop = np.concatenate([rest, samples[:missing]])
            samples = samples[missing:]
            if len(whole_hop) < hop:
                rest = whole_hop
                continue
            powers.append(_power(whole_hop, hop))
        whole = len(samples) // hop * hop
        powers.append(_power(samples[:whole], hop))
        rest = samples[whole:]
    if len(rest):
        powers.append(_power(rest, len(rest)))
    dbfs = 10 * np.log10(np.maximum(np.concatenate(powers), _FLOOR))
    return Envelope(
        start_s=first.start_s,
        end_s=last.end_s,
        hop_s=hop / first.rate_hz,
        rms_dbfs=np.maximum(dbfs, SILENCE_DBFS).astype(np.float32),
    )


def _power(samples: npt.NDArray[np.float32], hop: int) -> npt.NDArray[np.float32]:
    """The mean square of each hop over all channels, one channel after the other."""
    power = np.zeros(len(samples) // hop, np.float32)
    for channel in samples.T:
        hops = channel.reshape(-1, hop)
        power += np.einsum("ij,ij->i", hops, hops)
    return power / np.float32(hop * samples.shape[1])


def _numbered(blocks: Iterable[Block]) -> Iterator[tuple[int, Block]]:
    """Blocks, each with the number of its stretch: of one rate, and without a gap."""
    number, before = 0, None
    for block in blocks:
        if before and (
            block.rate_hz != before.rate_hz or block.start_s - before.end_s > _TOUCHING_S
        ):
            number += 1
        before = block
        yield number, block
