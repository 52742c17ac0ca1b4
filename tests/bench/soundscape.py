"""A broadcast by script: music in several styles, silence, speech, noise, and what is where.

Speech is a real recording (tests/data/jfk.flac) and espeak-ng's, in several voices.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recorder.decode import decode_file

RATE_HZ = 44_100
SPEECH_FILE = Path(__file__).parents[1] / "data" / "jfk.flac"
SAID = (
    "Good evening everybody, and thank you for waiting so long. We had some trouble tonight. ",
    "The first question is about the economy, and about the price of energy in the winter. ",
    "I would say that we have to look at the numbers again, because nobody knows what they mean. ",
    "So the rocket went up, and then it came down again, and everyone in the room was cheering. ",
)

Wave = npt.NDArray[np.float64]
Sound = Callable[[float], Wave]

_chance = np.random.default_rng(7)


def _times(duration_s: float) -> Wave:
    return np.arange(round(duration_s * RATE_HZ)) / RATE_HZ


def _hz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _tone(hz: float, duration_s: float, harmonics: tuple[float, ...], decay: float) -> Wave:
    times = _times(duration_s)
    wave = sum(
        share * np.sin(2 * np.pi * hz * (number + 1) * times)
        for number, share in enumerate(harmonics)
    )
    ends = np.minimum(1, np.minimum(times / 0.01, (duration_s - times) / 0.05))
    return np.asarray(wave * np.exp(-times * decay) * ends)


def _filled(duration_s: float, next_part: Callable[[int], Wave]) -> Wave:
    parts: list[Wave] = []
    while sum(map(len, parts)) < duration_s * RATE_HZ:
        parts.append(next_part(len(parts)))
    return np.concatenate(parts)[: round(duration_s * RATE_HZ)]


def chords(duration_s: float) -> Wave:
    row = ((60, 64, 67), (57, 60, 64), (53, 57, 60), (55, 59, 62))
    return _filled(
        duration_s,
        lambda n: sum(
            (_tone(_hz(note), 1.3, (1, 0.5, 0.3, 0.2), 0) for note in row[n % 4]), np.zeros(1)
        ),
    )


def melody(duration_s: float) -> Wave:
    notes = (60, 62, 64, 65, 67, 69, 71, 72)
    return _filled(
        duration_s,
        lambda _: _tone(
            _hz(_chance.choice(notes)), 0.5 * _chance.choice((0.5, 1, 2)), (1, 0.5, 0.3), 3
        ),
    )


def drums(duration_s: float) -> Wave:
    times = _times(duration_s)
    beat_s = 60 / 124
    kick = np.sin(2 * np.pi * 55 * times) * np.exp(-(times % beat_s) * 25)
    snare = _chance.standard_normal(len(times)) * np.exp(-((times + beat_s) % (2 * beat_s)) * 35)
    hat = _chance.standard_normal(len(times)) * np.exp(-(times % (beat_s / 2)) * 120)
    return np.asarray(kick + 0.6 * snare + 0.3 * hat)


def band(duration_s: float) -> Wave:
    return 0.25 * chords(duration_s) + 0.5 * drums(duration_s) + 0.3 * melody(duration_s)


def ambient(duration_s: float) -> Wave:
    times = _times(duration_s)
    waves = (
        np.sin(2 * np.pi * _hz(note) * times + 2 * np.sin(2 * np.pi * 0.2 * times + note))
        for note in (48, 55, 60, 64, 67)
    )
    return np.asarray(sum(waves))


def arpeggio(duration_s: float) -> Wave:
    notes = (48, 60, 64, 67, 72, 67, 64, 60)
    return _filled(
        duration_s, lambda n: np.sign(_tone(_hz(notes[n % 8]), 0.21, (1,), 0)) * _decay(0.21)
    )


def _decay(duration_s: float) -> Wave:
    return np.asarray(np.exp(-_times(duration_s) * 4))


def strings(duration_s: float) -> Wave:
    return _filled(
        duration_s,
        lambda _: _tone(
            _hz(_chance.choice((40, 45, 50, 55, 59))), 0.4, tuple(0.8**n for n in range(12)), 5
        ),
    )


def white(duration_s: float) -> Wave:
    return _chance.standard_normal(round(duration_s * RATE_HZ))


def pink(duration_s: float) -> Wave:
    spectrum = np.fft.rfft(white(duration_s))
    spectrum /= np.sqrt(np.arange(len(spectrum)) + 1)
    return np.asarray(np.fft.irfft(spectrum, round(duration_s * RATE_HZ)))


def crowd(duration_s: float) -> Wave:
    times = _times(duration_s)
    knots = np.arange(0, duration_s + 1, 0.33)
    return pink(duration_s) * np.interp(times, knots, _chance.uniform(0.3, 1, len(knots)))


def silence(duration_s: float) -> Wave:
    return white(duration_s) * 1e-4


def real(duration_s: float) -> Wave:
    return np.resize(_decoded(SPEECH_FILE), round(duration_s * RATE_HZ))


def spoken(voice: str) -> Sound:
    """What espeak-ng says in a voice."""

    def speak(duration_s: float) -> Wave:
        with tempfile.TemporaryDirectory() as room:
            path = Path(room) / "said.wav"
            subprocess.run(["espeak-ng", "-v", voice, "-w", str(path), "".join(SAID)], check=True)
            return np.resize(_decoded(path), round(duration_s * RATE_HZ))

    return speak


def _decoded(path: Path) -> Wave:
    blocks = decode_file(path, rate_hz=RATE_HZ, channels=1)
    return np.concatenate([block.samples[:, 0] for block in blocks]).astype(np.float64)


SCRIPT: tuple[tuple[str, Sound, float], ...] = (
    ("music", chords, 60), ("silence", silence, 25), ("speech", real, 45), ("music", band, 30),
    ("noise", white, 20), ("speech", spoken("en-us"), 45), ("silence", silence, 15),
    ("music", drums, 30), ("speech", spoken("de"), 30), ("music", ambient, 25),
    ("noise", crowd, 25), ("speech", spoken("en-us+f3"), 40), ("music", arpeggio, 30),
    ("silence", silence, 8), ("speech", real, 33), ("music", strings, 30), ("noise", pink, 20),
    ("music", melody, 30), ("speech", spoken("en-us"), 50), ("silence", silence, 9),
)  # fmt: skip
"""Kind, sound, seconds; ten minutes."""

TALK_STARTS_S = 85.0


def at_level(wave: Wave, dbfs: float = -20.0) -> Wave:
    """At an RMS level, clipped at full scale."""
    return np.clip(wave * 10 ** (dbfs / 20) / np.sqrt(np.mean(wave**2)), -1, 1)


def performed() -> Wave:
    """The script, once."""
    return np.concatenate(
        [
            sound(lasts_s) if kind == "silence" else at_level(sound(lasts_s))
            for kind, sound, lasts_s in SCRIPT
        ]
    )
