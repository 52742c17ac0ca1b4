"""Make the sample broadcast: music, silence, then talk, as ADTS AAC and a script of what is in it.

    python -m resources.make_sample

It needs espeak-ng and ffmpeg and writes `sample/session.aac` and `sample/session.json` beside this
file. It is not part of set-up: its results are kept in the repository, and the same versions of
the two programs make the same bytes. The words were chosen from what the model `demo` knows (see
README.md), the voices from those it was trained on.

The music is our own: four chords, a bass and an arpeggio, computed here.
"""

import io
import json
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE_HZ = 44_100
FRAME_SAMPLES = 1024  # of AAC
SEGMENT_FRAMES = 43  # as near to a second as whole frames come
SEGMENT_S = SEGMENT_FRAMES * FRAME_SAMPLES / RATE_HZ
ENCODER_DELAY_S = FRAME_SAMPLES / RATE_HZ  # what is decoded comes one frame later than it went in
BIT_RATE = "64k"

MUSIC_S = 6.0
SILENCE_S = 4.0
PAUSE_S = 0.9  # longer than any pause inside a sentence, so that transcription cuts here
WORDS_A_MINUTE = 150

HOST = "en-gb+m2"
GUEST = "en-us+f2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One utterance of the script.

    Attributes:
        voice: espeak-ng's name of the speaker.
        text: What is said.
        is_lost: Placed wholly inside one segment: the one that the broadcast loses.
        is_broken: The connection breaks in the middle of it.
    """

    voice: str
    text: str
    is_lost: bool = False
    is_broken: bool = False


SCRIPT = (
    Line(voice=HOST, text="Good evening from the studio."),
    Line(voice=HOST, text="Welcome to the live session."),
    Line(voice=HOST, text="My apologies for the late start."),
    Line(voice=GUEST, text="We will post the unedited audio after the break.", is_broken=True),
    Line(voice=GUEST, text="The signal is clear again."),
    Line(voice=GUEST, text="Hello?", is_lost=True),
    Line(voice=HOST, text="Thank you for listening."),
    Line(voice=HOST, text="Good night."),
)
PHRASE = "unedited audio"


def music(duration_s: float) -> Samples:
    """A calm progression in A minor that fades in and out; mono, -12 dBFS at most."""
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    chords = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67))
    chord_s = duration_s / len(chords)
    sound = np.zeros_like(time_s)
    for index, notes in enumerate(chords):
        start_s = index * chord_s
        sound += 0.6 * _tone(time_s, notes[0] - 12, start_s, decay_s=1.2)
        for step in range(8):
            note = notes[step % len(notes)]
            sound += 0.4 * _tone(time_s, note, start_s + step * chord_s / 8, decay_s=0.35)
    fade = np.clip(np.minimum(time_s / 0.8, (duration_s - time_s) / 1.0), 0.0, 1.0)
    return _at_peak(sound * fade, dbfs=-12.0)


def _tone(time_s: Samples, note: int, start_s: float, *, decay_s: float) -> Samples:
    """One plucked MIDI `note`: five harmonics that die away from `start_s` on."""
    since_s = np.maximum(time_s - start_s, 0.0)
    pitch_hz = 440.0 * 2.0 ** ((note - 69) / 12)
    wave_form = sum(
        np.sin(2 * np.pi * pitch_hz * harmonic * since_s) / harmonic**1.7
        for harmonic in range(1, 6)
    )
    attack = np.minimum(since_s / 0.008, 1.0)
    return np.asarray(wave_form * attack * np.exp(-since_s / decay_s))


def speech(line: Line) -> Samples:
    """`line` as espeak-ng says it, without the silence around; mono, -6 dBFS."""
    said = subprocess.run(
        ["espeak-ng", "-v", line.voice, "-s", str(WORDS_A_MINUTE), "--stdout", line.text],
        capture_output=True,
        check=True,
    ).stdout
    with wave.open(io.BytesIO(said)) as file:
        rate_hz = file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    loud = np.flatnonzero(np.abs(raw) > 0.005 * np.abs(raw).max())
    return _at_peak(_resampled(raw[loud[0] : loud[-1] + 1], rate_hz), dbfs=-6.0)


def _resampled(samples: Samples, rate_hz: int) -> Samples:
    """Band-limited, by zeros in the spectrum."""
    count = round(len(samples) * RATE_HZ / rate_hz)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples), count))


def _at_peak(samples: Samples, *, dbfs: float) -> Samples:
    return np.asarray(samples / np.abs(samples).max() * 10 ** (dbfs / 20))


def place(spoken: list[Samples]) -> list[float]:
    """Where each line starts, in session time; the lost one has a segment to itself."""
    starts: list[float] = []
    at_s = MUSIC_S + SILENCE_S
    for line, samples in zip(SCRIPT, spoken, strict=True):
        duration_s = len(samples) / RATE_HZ
        if line.is_lost:
            segment = int(np.ceil(at_s / SEGMENT_S))
            at_s = segment * SEGMENT_S + (SEGMENT_S - duration_s) / 2
        starts.append(at_s)
        at_s += duration_s + PAUSE_S
    return starts


def mix(spoken: list[Samples], starts: list[float]) -> Samples:
    """Music and speech on one line of whole segments, as they go into the encoder."""
    end_s = starts[-1] + len(spoken[-1]) / RATE_HZ + PAUSE_S / 2
    count = int(np.ceil(end_s / SEGMENT_S)) * SEGMENT_FRAMES * FRAME_SAMPLES - FRAME_SAMPLES
    sound = np.zeros(count)
    intro = music(MUSIC_S)
    sound[: len(intro)] += intro
    for samples, start_s in zip(spoken, starts, strict=True):
        first = round((start_s - ENCODER_DELAY_S) * RATE_HZ)
        sound[first : first + len(samples)] += samples
    return sound


def encode(sound: Samples) -> bytes:
    """ADTS AAC of `sound` by ffmpeg, with nothing in it that changes from run to run."""
    pcm = (np.clip(sound, -1.0, 1.0) * 32767).astype("<i2").tobytes()
    command = f"""ffmpeg -v error -f s16le -ar {RATE_HZ} -ac 1 -i pipe:0
        -c:a aac -b:a {BIT_RATE} -threads 1 -flags +bitexact -f adts pipe:1"""
    return subprocess.run(command.split(), input=pcm, capture_output=True, check=True).stdout


def segment_sizes(stream: bytes) -> list[int]:
    """The bytes of each segment of `SEGMENT_FRAMES` whole ADTS frames (ISO/IEC 13818-7, 6.2)."""
    sizes: list[int] = []
    position = frames = 0
    while position < len(stream):
        header = int.from_bytes(stream[position : position + 7])
        assert header >> 44 == 0xFFF, "an ADTS frame begins with twelve ones"
        if frames % SEGMENT_FRAMES == 0:
            sizes.append(0)
        length = header >> 13 & 0x1FFF
        sizes[-1] += length
        position += length
        frames += 1
    return sizes


def describe(spoken: list[Samples], starts: list[float], sizes: list[int]) -> dict[str, object]:
    """What `session.json` says; every time is session time in seconds."""
    lines = [
        {
            "start_s": round(start_s, 3),
            "end_s": round(start_s + len(samples) / RATE_HZ, 3),
            "voice": line.voice,
            "text": line.text,
        }
        for line, samples, start_s in zip(SCRIPT, spoken, starts, strict=True)
    ]
    lost = next(i for i, line in enumerate(SCRIPT) if line.is_lost)
    broken = next(i for i, line in enumerate(SCRIPT) if line.is_broken)
    return {
        "title": "The late session",
        "phrase": PHRASE,
        "music_s": MUSIC_S,
        "segment_s": SEGMENT_S,
        "segment_bytes": sizes,
        "lost_segment": int(starts[lost] / SEGMENT_S),
        "breaks_at_s": round(starts[broken] + len(spoken[broken]) / RATE_HZ / 2, 3),
        "utterances": lines,
    }


def main() -> None:
    """Write the two files."""
    folder = Path(__file__).parent / "sample"
    spoken = [speech(line) for line in SCRIPT]
    starts = place(spoken)
    stream = encode(mix(spoken, starts))
    sizes = segment_sizes(stream)
    about = describe(spoken, starts, sizes)
    (folder / "session.aac").write_bytes(stream)
    (folder / "session.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(f"{folder}: {len(stream)} bytes, {len(sizes) * SEGMENT_S:.1f} s")


if __name__ == "__main__":
    main()
