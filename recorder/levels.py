"""How loud it is, all along: the level envelope of a session, by which silence is found."""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recorder.archive import SessionFolder
from recorder.decode import Block, decode_timeline, stretches
from recorder.errors import AircheckError
from recorder.pcm import SILENCE_DBFS
from recorder.timeline import Timeline
from recorder.types import Seconds

HOP_S = 0.005
"""Seconds that one value stands for."""

_LEAST_SPAN_S = 600.0  # what is shorter isn't worth a process
_PROCESSES = min(4, os.cpu_count() or 1)
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

    All channels count, at the source's own rate, so that nothing hides in a mix. What is long is
    measured by several processes, one for each core: decoding is nearly all of the work, and in
    threads of one process it would wait for itself.

    Args:
        folder: The session's.
        track: Its letter.

    Returns:
        In order of session time: one for each stretch without a gap, or several that adjoin.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
    """
    timeline = folder.timeline()
    spans = _spans(timeline, track, _PROCESSES)
    if len(spans) < 2:
        return _measured(folder, timeline, track, (0.0, math.inf))
    commands = [
        [sys.executable, "-P", "-m", __name__, str(folder.path), track, *map(repr, span)]
        for span in spans[1:]
    ]
    with contextlib.ExitStack() as stack:
        helpers = [stack.enter_context(_started(command)) for command in commands]
        found = _measured(folder, timeline, track, spans[0])
        for span, helper in zip(spans[1:], helpers, strict=True):
            data = helper.communicate()[0]
            told = _told(data) if helper.returncode == 0 else None
            # Where a helper fails, this process finds out why, and says so.
            found += _measured(folder, timeline, track, span) if told is None else told
    return found


def _measured(
    folder: SessionFolder, timeline: Timeline, track: str, span: tuple[float, float]
) -> list[Envelope]:
    """The envelopes of a span of session time."""
    blocks = decode_timeline(
        folder.path, timeline, track=track, from_s=span[0], to_s=span[1], block_s=_BLOCK_S
    )
    return [
        measure(block for _, block in stretch)
        for _, stretch in itertools.groupby(_numbered(blocks), key=lambda item: item[0])
    ]


def _spans(timeline: Timeline, track: str, most: int) -> list[tuple[float, float]]:
    """Spans of about equal length, that together are all of a track; each begins with a hop."""
    held = list(stretches(timeline, track))
    length_s = sum(each.end_s - each.start_s for each in held)
    count = min(most, int(length_s / _LEAST_SPAN_S))
    edges = [0.0]
    done_s, run_s, end_s = 0.0, 0.0, -math.inf
    for stretch in held:
        if stretch.start_s - end_s > _TOUCHING_S:
            run_s = stretch.start_s  # from where hops are counted
        lasts_s, end_s = stretch.end_s - stretch.start_s, stretch.end_s
        while len(edges) < count and done_s + lasts_s >= length_s * len(edges) / count:
            rate_hz = stretch.part.format.rate_hz or round(1 / HOP_S)
            hop_s = max(1, round(rate_hz * HOP_S)) / rate_hz
            at_s = stretch.start_s + length_s * len(edges) / count - done_s
            edges.append(run_s + int((at_s - run_s) / hop_s) * hop_s)
        done_s += lasts_s
    return list(itertools.pairwise([*edges, math.inf]))


@contextlib.contextmanager
def _started(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A helper that measures one span; gone in the end, whatever happens."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as helper:
        try:
            yield helper
        finally:
            if helper.poll() is None:
                helper.kill()


def _told(data: bytes) -> list[Envelope] | None:
    """What a helper wrote; None where it isn't that."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            times = arrays["arr_0"]
            return [
                Envelope(
                    start_s=Seconds(float(start_s)),
                    end_s=Seconds(float(end_s)),
                    hop_s=float(hop_s),
                    rms_dbfs=arrays[f"arr_{number}"],
                )
                for number, (start_s, end_s, hop_s) in enumerate(times, 1)
            ]
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def main(path: str, track: str, from_s: str, to_s: str) -> int:
    """Measure a span, and write it on standard output; the exit status."""
    folder = SessionFolder(Path(path))
    try:
        found = _measured(folder, folder.timeline(), track, (float(from_s), float(to_s)))
    except AircheckError:
        return 1
    times = np.array([(each.start_s, each.end_s, each.hop_s) for each in found]).reshape(-1, 3)
    target = io.BytesIO()
    np.savez(target, times, *(each.rms_dbfs for each in found))
    sys.stdout.buffer.write(target.getvalue())
    return 0


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


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
