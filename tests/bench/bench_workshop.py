"""Splitting, converting and labelling long sessions: speed beside peers, memory, accuracy.

    make bench                              an hour beside the peers, eight hours for memory
    AIRCHECK_BENCH_WORKSHOP_HOURS=2 make bench

Each operation runs in a process of its own; its memory is the highest of it and of FFmpeg's, which
it starts. pydub is measured on a part of the hour (its time grows with the length) and the whole
is reckoned from that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import cuts
from recorder.archive import SessionFolder
from recorder.levels import envelopes
from recorder.types import AudioFormat
from tests.bench import soundscape
from tests.bench.soundscape import RATE_HZ, Wave
from tests.recorder.builders import PartSpec, adts_chunks, build_session, encode

HOURS = float(os.environ.get("AIRCHECK_BENCH_WORKSHOP_HOURS", "8"))
PYDUB_S = 180.0
MOST_KB = 400_000

_OPERATION = """
import json, resource, sys, threading, time
from pathlib import Path
from recorder.archive import SessionFolder
folder, out = SessionFolder(Path(sys.argv[1])), Path(sys.argv[2])
began = time.perf_counter()
{body}
took_s = time.perf_counter() - began
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
own = int(status["VmHWM"].split()[0])  # ru_maxrss would begin with the parent's
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu_s = sum(each.ru_utime + each.ru_stime for each in used)
print(json.dumps({{"took_s": took_s, "cpu_s": cpu_s, "own_kb": own, "child_kb": child}}))
"""

_SPLIT = """
from app import publishing
from recorder import split
from recorder.encode import Format
from recorder.split import By, Wish
wish = Wish({wish})
publishing.pieces(folder, split.plan(folder, wish), out, wish)
"""

_EXPORT = """
from app import publishing
from recorder.convert import Recipe
from recorder.encode import Format
publishing.edited(folder, out, Recipe({recipe}))
"""

OPERATIONS = {
    "split by silence, planned": """
from recorder import split
split.plan(folder, split.Wish())
""",
    "labels": """
from transcribe import labelling
labelling.label(folder)
""",
    "waveform": """
from recorder import peaks
peaks.overview(folder)
""",
    "split by size, packets copied": _SPLIT.format(
        wish="by=By.SIZE, size=25_000_000, fmt=Format.M4A"
    ),
    "split by silence to FLAC": _SPLIT.format(wish=""),
    "split by length, one piece, WAV": _SPLIT.format(
        wish="by=By.LENGTH, length_s=1e6, fmt=Format.WAV"
    ),
    "export to FLAC at 48 kHz, stereo": _EXPORT.format(
        recipe="fmt=Format.FLAC, rate_hz=48_000, channels=2"
    ),
    "export to MP3, faded, -16 LUFS": _EXPORT.format(
        recipe="fade_in_s=30.0, fade_out_s=30.0, loudness_lufs=-16.0, channels=1"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    took_s: float
    cpu_s: float
    own_kb: int
    child_kb: int


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionFolder]:
    """Hours of the script again and again, as parts of ten minutes of AAC."""
    root = tmp_path_factory.mktemp("workshop")
    data = encode(soundscape.performed()[:, None].astype(np.float32), RATE_HZ, "adts")
    fmt = AudioFormat(container="adts", codec="aac", rate_hz=RATE_HZ, channels=1)
    parts = [PartSpec(fmt=fmt, chunks=adts_chunks(data))] * max(1, round(HOURS * 6))
    yield build_session(root / "archive", parts)
    shutil.rmtree(root, ignore_errors=True)


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", OPERATIONS)
def test_memory_stays_bounded(long: SessionFolder, tmp_path: Path, name: str) -> None:
    cost = run(OPERATIONS[name], long, tmp_path / "out")
    print(
        f"\n{HOURS:g} h, {name}: {cost.took_s:.1f} s, of the processors"
        f" {cost.cpu_s:.0f} s, {cost.own_kb / 1000:.0f} MB,"
        f" FFmpeg {cost.child_kb / 1000:.0f} MB (load {os.getloadavg()[0]:.1f})"
    )
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert max(cost.own_kb, cost.child_kb) < MOST_KB


@pytest.mark.timeout(900)
def test_labels_are_right(long: SessionFolder) -> None:
    from recorder import labels
    from transcribe import labelling

    began = time.perf_counter()
    found = labelling.label(long)  # at once, where the test before has made them
    took_s = time.perf_counter() - began
    duration_s = long.timeline().duration_s
    told = np.full(int(duration_s * 10), "noise", dtype="U7")
    for label in found.labels:
        told[int(label.from_s * 10) : int(label.to_s * 10)] = str(label.kind)
    truth = scripted(len(told))
    right = told == truth
    named = truth != "noise"
    by_kind = {
        kind: right[truth == kind].mean() for kind in ("music", "speech", "silence", "noise")
    }
    print(
        f"\nlabels: {right.mean():.2%} of the time right, {right[named].mean():.2%} without noise;"
        f" {', '.join(f'{kind} {share:.1%}' for kind, share in by_kind.items())};"
        f" talk starts {(found.talk_starts_s or 0) - soundscape.TALK_STARTS_S:+.2f} s off;"
        f" {took_s:.1f} s for {duration_s / 3600:.1f} h"
    )
    assert labels.read(long) == found
    assert right.mean() >= 0.95
    assert found.talk_starts_s == pytest.approx(soundscape.TALK_STARTS_S, abs=2.0)


def scripted(tenths: int) -> np.ndarray:
    """What is on air, every tenth of a second, as the script has it."""
    once = np.concatenate(
        [np.full(round(lasts_s * 10), kind, dtype="U7") for kind, _, lasts_s in soundscape.SCRIPT]
    )
    return np.resize(once, tenths)


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> tuple[SessionFolder, Path]:
    """An hour of noise that comes and goes, in stereo AAC; and the same as a file."""
    ten = at_intervals(600.0)
    data = encode(np.repeat(ten[:, None], 2, axis=1).astype(np.float32), RATE_HZ, "adts") * 6
    root = tmp_path_factory.mktemp("hour")
    path = root / "hour.aac"
    path.write_bytes(data)
    fmt = AudioFormat(container="adts", codec="aac", rate_hz=RATE_HZ, channels=2)
    folder = build_session(root / "archive", [PartSpec(fmt=fmt, chunks=adts_chunks(data))])
    return folder, path


def at_intervals(duration_s: float) -> Wave:
    """Sound of 4 to 20 s and silence of 0.5 to 4 s in turn."""
    chance = np.random.default_rng(2)
    wave = soundscape.at_level(soundscape.white(duration_s), -15)
    at_s = 0.0
    while at_s < duration_s:
        at_s += chance.uniform(4, 20)
        end_s = at_s + chance.uniform(0.5, 4)
        wave[round(at_s * RATE_HZ) : round(end_s * RATE_HZ)] *= 1e-4
        at_s = end_s
    return wave


@pytest.mark.timeout(1_800)
def test_silence_beside_the_peers(hour: tuple[SessionFolder, Path]) -> None:
    folder, path = hour
    ours_s, theirs_s, ours_cpu_s, theirs_cpu_s = (float("inf") for _ in range(4))
    for _ in range(3):  # in turn, so that both see the same load
        began, worked = time.perf_counter(), sum(os.times()[:4])
        found = cuts.silences(envelopes(folder))
        ours_s = min(ours_s, time.perf_counter() - began)
        ours_cpu_s = min(ours_cpu_s, sum(os.times()[:4]) - worked)
        began, worked = time.perf_counter(), sum(os.times()[:4])
        said = silencedetect(path)
        theirs_s = min(theirs_s, time.perf_counter() - began)
        theirs_cpu_s = min(theirs_cpu_s, sum(os.times()[:4]) - worked)
    pydub_s, by_pydub = by_pydub_alone(path)
    whole_s = pydub_s * 3_600 / PYDUB_S
    print(
        f"\nan hour's silences: {ours_s:.2f} s; ffmpeg -af silencedetect {theirs_s:.2f} s"
        f" ({theirs_s / ours_s:.2f} times ours); pydub's split_on_silence {pydub_s:.0f} s for"
        f" {PYDUB_S:.0f} s, so {whole_s:.0f} s ({whole_s / ours_s:.0f} times ours)"
        f"; of the processors ours took {ours_cpu_s:.1f} s, FFmpeg's {theirs_cpu_s:.1f} s"
        f" (load {os.getloadavg()[0]:.1f})"
    )
    same([(each.from_s, each.to_s) for each in found], said)
    early = [(each.from_s, each.to_s) for each in found if each.to_s < PYDUB_S - 1]
    same(early, [each for each in by_pydub if each[1] < PYDUB_S - 1])


def same(ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> None:
    """The same silences, and the cuts that follow from them within 10 ms."""
    assert len(ours) == len(theirs)
    worst_s = max(abs(a[1] - b[1]) for a, b in zip(ours, theirs, strict=True))
    begins_s = max(abs(a[0] - b[0]) for a, b in zip(ours, theirs, strict=True))
    print(
        f"  {len(ours)} silences; ends within {worst_s * 1000:.1f} ms, begins {begins_s * 1000:.1f}"
    )
    assert worst_s <= 0.010


def silencedetect(path: Path) -> list[tuple[float, float]]:
    """What FFmpeg's filter finds."""
    said = subprocess.run(
        [
            "ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-i", str(path),
            "-af", "silencedetect=noise=-45dB:duration=1", "-f", "null", "-",
        ],
        check=True, capture_output=True, text=True,
    ).stderr  # fmt: skip
    begins = [float(line.split()[-1]) for line in said.splitlines() if "silence_start" in line]
    ends = [
        float(line.split("silence_end:")[1].split()[0])
        for line in said.splitlines()
        if "silence_end:" in line
    ]
    return list(zip(begins, ends, strict=True))


def by_pydub_alone(path: Path) -> tuple[float, list[tuple[float, float]]]:
    """How long ``split_on_silence`` takes on the first minutes, and the silences it goes by."""
    from pydub import AudioSegment
    from pydub.silence import detect_silence, split_on_silence

    frames: list[bytes] = []
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE_HZ)
    with av.open(str(path)) as file:
        for frame in file.decode(audio=0):
            frames += [
                bytes(made.planes[0])[: made.samples * 4] for made in resampler.resample(frame)
            ]
            if len(frames) * 1_024 > PYDUB_S * RATE_HZ:
                break
    sound = AudioSegment(b"".join(frames), sample_width=2, frame_rate=RATE_HZ, channels=2)
    began = time.perf_counter()
    split_on_silence(sound, min_silence_len=1_000, silence_thresh=-45)
    took_s = time.perf_counter() - began
    found = detect_silence(sound, min_silence_len=1_000, silence_thresh=-45)
    return took_s, [(begin / 1_000, end / 1_000) for begin, end in found]


def run(body: str, folder: SessionFolder, out: Path) -> Cost:
    """Do it in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _OPERATION.format(body=body), str(folder.path), str(out)],
        check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return Cost(**json.loads(done.stdout.splitlines()[-1]))
