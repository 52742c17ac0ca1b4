"""A track's channels, where each is heard for itself: two microphones of one interview, say.

A channel is known by its number, from 1, as a voice within its track is (`transcribe.speakers`):
``a:1`` is the left one of track ``a``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recorder.archive import SessionFolder
from recorder.decode import decode, native
from recorder.types import Seconds
from transcribe.chunking import Samples

MIXED = ""
"""In place of a channel's number: all of them, as one."""

_ALIKE = 1e-4  # of the energy may differ: -40 dB, what a codec leaves of one voice on both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mono:
    start_s: Seconds
    samples: Samples


def voices(folder: SessionFolder, track: str) -> tuple[str, ...]:
    """A track's channels, by number; `MIXED` alone where there is one, or all say the same.

    Reads the whole track.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
    """
    found = native(folder.path, folder.timeline(), track)
    if found is None or found.channels < 2 or _are_alike(folder, track, found.channels):
        return (MIXED,)
    return tuple(str(number) for number in range(1, found.channels + 1))


def sound(folder: SessionFolder, track: str, voice: str = MIXED) -> Iterator[_Mono]:
    """A track's sound or one channel of it, mono, at `chunking.RATE_HZ`, as `decode` brings it.

    Where a part has another number of channels than the first, each is the mean of its own.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
    """
    first = native(folder.path, folder.timeline(), track) if voice else None
    for block in decode(folder, track=track, channels=first.channels if first else 1):
        channel = int(voice) - 1 if first else 0
        yield _Mono(start_s=block.start_s, samples=block.samples[:, channel : channel + 1])


def _are_alike(folder: SessionFolder, track: str, count: int) -> bool:
    whole = apart = 0.0
    for block in decode(folder, track=track, channels=count):
        mean = block.samples.mean(axis=1, keepdims=True)
        whole += float(np.sum(np.square(block.samples, dtype=np.float64)))
        apart += float(np.sum(np.square(block.samples - mean, dtype=np.float64)))
    return apart <= whole * _ALIKE
