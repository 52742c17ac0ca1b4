"""Made-up broadcasts for tests of alignment: talk, pauses, music, room noise; never twice the same.

Talk is syllables of random pitch, vowel, length and loudness, with hisses between; music is chords
over a beat. What is drawn from a seed is always the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000

Sound = npt.NDArray[np.float32]
"""Mono, full scale at ±1, shape [frames]."""


def talk(duration_s: float, seed: int, *, room_dbfs: float = -62.0) -> Sound:
    """Somebody talks, with pauses; the room is heard in them."""
    chance = np.random.default_rng(seed)
    sound = np.zeros(round(duration_s * RATE_HZ), np.float32)
    at, pitch_hz = 0, chance.uniform(95, 220)
    while at < len(sound):
        pitch_hz = float(np.clip(pitch_hz * chance.normal(1, 0.06), 80, 300))
        piece = _hiss(chance) if chance.random() < 0.25 else _vowel(chance, pitch_hz)
        end = min(len(sound), at + len(piece))
        sound[at:end] += piece[: end - at]
        at = end + round(RATE_HZ * chance.uniform(0.0, 0.03))
        if chance.random() < 0.06:
            at += round(RATE_HZ * chance.uniform(0.15, 0.7))
    return sound + noise(duration_s, seed + 1, room_dbfs)


def music(duration_s: float, seed: int, *, beat_s: float = 0.5) -> Sound:
    """A tune that goes on and on: chords over a beat, which is always the same."""
    chance = np.random.default_rng(seed)
    sound = np.zeros(round(duration_s * RATE_HZ), np.float32)
    step = round(beat_s * RATE_HZ)
    times = np.arange(step) / RATE_HZ
    kick = 0.4 * np.exp(-times * 30) * np.sin(2 * np.pi * 60 * times)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14]) / 12)
    for at in range(0, len(sound), step):
        notes = chance.choice(scale, 3, replace=False) * chance.choice([0.5, 1, 2])
        chord = sum(
            np.sin(2 * np.pi * note * part * times) / part**2
            for note in notes
            for part in (1, 2, 3)
        )
        piece = (kick + 0.12 * chord * np.exp(-times * 3)).astype(np.float32)
        sound[at : at + step] += piece[: len(sound) - at]
    return sound


def noise(duration_s: float, seed: int, dbfs: float) -> Sound:
    """White noise of a level."""
    chance = np.random.default_rng(seed)
    level = np.float32(10 ** (dbfs / 20))
    return level * chance.standard_normal(round(duration_s * RATE_HZ), dtype=np.float32)


def silence(duration_s: float) -> Sound:
    """Nothing at all."""
    return np.zeros(round(duration_s * RATE_HZ), np.float32)


def stretched(sound: Sound, factor: float) -> Sound:
    """The same, slower by a factor: 1.0002 is a clock that is 200 ppm off."""
    size = round(len(sound) * factor)
    at = np.arange(size) / factor
    first = np.clip(at.astype(np.int64), 1, len(sound) - 3)
    x = (at - first).astype(np.float32)
    a, b, c, d = (sound[first + offset] for offset in (-1, 0, 1, 2))
    curve = b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)))
    return curve.astype(np.float32)


def noisy(sound: Sound, snr_db: float, seed: int) -> Sound:
    """The same with white noise, so far below its mean level."""
    level_dbfs = 20 * np.log10(float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))))
    return sound + noise(len(sound) / RATE_HZ + 1, seed, float(level_dbfs) - snr_db)[: len(sound)]


def _vowel(chance: np.random.Generator, pitch_hz: float) -> Sound:
    size = round(RATE_HZ * chance.uniform(0.07, 0.28))
    times = np.arange(size) / RATE_HZ
    bend = 1 + chance.uniform(-0.15, 0.15) * times / times[-1]
    phase = 2 * np.pi * pitch_hz * np.cumsum(bend) / RATE_HZ
    formants = np.array([chance.uniform(250, 850), chance.uniform(850, 2400), 2900.0])
    parts = np.arange(1, int(4000 / pitch_hz))
    near = np.exp(-(((parts * pitch_hz)[:, None] - formants) ** 2) / (2 * 130.0**2))
    weights = (near * [1.0, 0.6, 0.25]).sum(axis=1) + 0.03 / parts
    wave = weights @ np.sin(
        parts[:, None] * phase + chance.uniform(0, 2 * np.pi, len(parts))[:, None]
    )
    shape = np.minimum(1, np.minimum(times, times[::-1]) / 0.02)
    return (chance.uniform(0.04, 0.16) * wave * shape).astype(np.float32)


def _hiss(chance: np.random.Generator) -> Sound:
    size = round(RATE_HZ * chance.uniform(0.04, 0.12))
    wave = np.diff(chance.standard_normal(size + 1))
    shape = np.minimum(1, np.minimum(np.arange(size), np.arange(size)[::-1]) / 200)
    return (chance.uniform(0.01, 0.05) * wave * shape).astype(np.float32)
