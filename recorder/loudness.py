"""Loudness as EBU R128 has it, measured over a stream; and how to bring it to a target.

Two passes: the first measures (ITU-R BS.1770-5, by FFmpeg's ``ebur128``), the second moves all of
it by one gain, so that quiet stays quiet and loud stays loud. Only where that would lift true peaks
above the ceiling a limiter holds them, at four times the rate or more, as true peaks are defined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from recorder import encode
from recorder.encode import Sound
from recorder.errors import ExportError

CEILING_DBTP = -1.0
"""The highest true peak of a programme (EBU R128, 2023)."""

_GATE_LUFS = -70.0  # BS.1770's absolute gate: what never passes it has no loudness
_LIMITER_HZ = 192_000
_SLACK_DB = 0.3  # that the limiter lets through, measured
_FIGURES = re.compile(r"^\s*(I|LRA|Peak):\s+(-?inf|nan|-?[\d.]+) (?:LUFS|LU|dBFS)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """How loud a stretch is.

    Attributes:
        integrated_lufs: Over all of it; None where nothing is loud enough to count.
        range_lu: Between its quiet and its loud passages.
        peak_dbtp: The highest true peak; -inf in silence.
    """

    integrated_lufs: float | None
    range_lu: float
    peak_dbtp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """How a stretch gets to a target.

    Attributes:
        limits: Whether peaks would pass the ceiling without a limiter.
    """

    gain_db: float
    limits: bool

    def filters(self, rate_hz: int) -> tuple[str, ...]:
        """FFmpeg's filters that do it."""
        volume = f"volume={self.gain_db:.3f}dB:precision=double"
        if not self.limits:
            return (volume,)
        ceiling = 10 ** ((CEILING_DBTP - _SLACK_DB) / 20)
        return (
            volume,
            f"aresample={_LIMITER_HZ}",
            f"alimiter=level=0:limit={ceiling:.6f}:attack=5:release=80",
            f"aresample={rate_hz}",
        )


def measure(blocks: Iterable[bytes], sound: Sound) -> Loudness:
    """Measure PCM, streamed. Blocks; an hour takes some twenty seconds.

    Raises:
        ExportError: FFmpeg can't read it.
    """
    said = encode.run(
        blocks,
        [
            *sound.parameters, "-i", "pipe:0",
            "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-",
        ],
        _not_measured,
        level="info",
    )  # fmt: skip
    figures = {name: float(value) for name, value in _FIGURES.findall(said)}
    if not {"I", "LRA", "Peak"} <= figures.keys():
        raise _not_measured(said)
    integrated = figures["I"]
    return Loudness(
        integrated_lufs=integrated if integrated > _GATE_LUFS else None,
        range_lu=figures["LRA"],
        peak_dbtp=figures["Peak"],
    )


def to_target(loudness: Loudness, target_lufs: float) -> Gain | None:
    """The gain that brings it there; None where nothing is loud enough to be brought anywhere."""
    if loudness.integrated_lufs is None:
        return None
    gain_db = target_lufs - loudness.integrated_lufs
    return Gain(gain_db=gain_db, limits=loudness.peak_dbtp + gain_db > CEILING_DBTP)


def _not_measured(said: str) -> ExportError:
    why = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no figures")
    return ExportError(
        f"The loudness can't be measured ({why[:200]}).",
        safe="The session is untouched, and nothing was written.",
        hint="Export without --loudness.",
    )
