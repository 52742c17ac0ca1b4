"""What a comparison costs, and what it finds: three hours against three hours, and many pairs.

    make bench                                   three hours
    AIRCHECK_BENCH_ALIGN_HOURS=0.5 make bench    as many as you like; AIRCHECK_BENCH_ALIGN_PAIRS too

Ours is AAC of 96 kb/s, theirs MP3 of 64 kb/s, both stereo of 44.1 kHz, made by FFmpeg of a
made-up broadcast; theirs is cut, added to, 200 ppm slow and noisy. The comparison runs in a
process of its own, whose largest memory is measured. Beside it, as a measure of this machine: how
long decoding alone takes, one recording after the other.
"""

import json
import os
import random
import subprocess
import sys
import time
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from recorder.compare import Kind, compare
from recorder.decode import decode_file
from recorder.spool import RATE_HZ, Spool
from tests.recorder import programme

HOURS = float(os.environ.get("AIRCHECK_BENCH_ALIGN_HOURS", "3"))
PIECE_S = 300

_COMPARE = """
import json, sys, time
from pathlib import Path
from recorder.align import align, spooled
from recorder.decode import decode_file
from recorder.spool import RATE_HZ, Spool
began = time.monotonic()
ours, theirs = spooled(*(decode_file(Path(name), rate_hz=RATE_HZ, channels=1, block_s=30)
                         for name in sys.argv[1:]))
spooled_s = time.monotonic() - began
found = align(ours, theirs)
print(json.dumps({
    "spooled_s": spooled_s, "took_s": time.monotonic() - began,
    # ru_maxrss would begin with the parent's
    "peak_mb": int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024,
    "matches": [[m.from_s, m.to_s, m.theirs_from_s, m.theirs_to_s] for m in found.matches],
    "cpu_s": time.process_time(),
    "holes": [[h.from_s, h.to_s] for m in found.matches for h in m.holes],
}))
"""


def report(what: str, value: str) -> None:
    print(f"\n  {what:<46} {value}", end="", flush=True)


def broadcast(path: Path, *, is_edited: bool) -> None:
    """Write the made-up broadcast; the edited one lacks a minute and has 20 s more."""
    pieces = round(HOURS * 3600 / PIECE_S)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, programme.RATE_HZ, 0, "NONE", ""))
        for number in range(pieces):
            kind = programme.music if number % 7 == 3 else programme.talk
            sound = kind(PIECE_S, 1_000 + number)
            if is_edited:
                if number == 1:
                    sound = np.concatenate(
                        [sound[: 100 * programme.RATE_HZ], sound[160 * programme.RATE_HZ :]]
                    )
                if number == 4:
                    sound = np.concatenate([programme.talk(20, 5), sound])
                sound = programme.noisy(programme.stretched(sound, 1.0002), 20, number)
            file.writeframes((np.clip(sound, -1, 1) * 32_767).astype(np.int16).tobytes())


def encoded(path: Path, *options: str) -> Path:
    target = path.with_suffix(options[-1])
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [
        program,
        "-y",
        "-v",
        "error",
        "-i",
        str(path),
        "-ar",
        "44100",
        "-ac",
        "2",
        *options[:-1],
    ]
    subprocess.run([*command, str(target)], check=True)
    path.unlink()
    return target


@pytest.mark.timeout(1800)
def test_three_hours_against_three_hours(tmp_path: Path) -> None:
    broadcast(tmp_path / "ours.wav", is_edited=False)
    broadcast(tmp_path / "theirs.wav", is_edited=True)
    ours = encoded(tmp_path / "ours.wav", "-c:a", "aac", "-b:a", "96k", ".aac")
    theirs = encoded(tmp_path / "theirs.wav", "-c:a", "libmp3lame", "-b:a", "64k", ".mp3")
    began = time.monotonic()
    for path in (ours, theirs):
        for _ in decode_file(path, rate_hz=RATE_HZ, channels=1, block_s=30):
            pass
    decoding_s = time.monotonic() - began
    answer = subprocess.run(
        [sys.executable, "-c", _COMPARE, str(ours), str(theirs)],
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
    )
    found = json.loads(answer.stdout)
    report("hours against hours", f"{HOURS:.2f}")
    report("decoding alone, one after the other", f"{decoding_s:.1f} s")
    report("decoding side by side", f"{found['spooled_s']:.1f} s")
    report("comparison with decoding", f"{found['took_s']:.1f} s")
    report("processor time of it", f"{found['cpu_s']:.1f} s")
    report("largest memory", f"{found['peak_mb']:.0f} MB")
    report("matches", str([[round(value, 2) for value in match] for match in found["matches"]]))
    assert len(found["matches"]) == 3
    report("differences that are invented", str(found["holes"]))


PAIRS = int(os.environ.get("AIRCHECK_BENCH_ALIGN_PAIRS", "20"))
PAIR_S = 100


def spool_of(sound: programme.Sound, path: Path, *options: str) -> Spool:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, programme.RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32_767).astype(np.int16).tobytes())
    coded = encoded(path, *options)
    return Spool(decode_file(coded, rate_hz=RATE_HZ, channels=1))


def event(seed: int) -> programme.Sound:
    """Talk, with music, silence or nothing around."""
    around = (programme.music(15, seed), programme.silence(15), programme.talk(15, seed + 7))
    pieces = (around[seed % 3], programme.talk(PAIR_S - 30, seed), around[(seed + 1) % 3])
    return np.concatenate(pieces)


def changed(sound: programme.Sound, seed: int) -> programme.Sound:
    """The same by another clock, at another level, with noise at 20 dB."""
    clock = (1.0, 1.0002, 0.9998, 1.001, 0.999)[seed % 5]
    level = np.float32((1.0, 0.3, 0.6)[seed % 3])
    return programme.noisy(programme.stretched(sound, clock) * level, 20, seed)


@pytest.mark.timeout(1800)
def test_edits_are_found_and_none_is_invented(tmp_path: Path) -> None:
    """Pairs of AAC at 96 and MP3 at 64 kb/s, unedited and with one edit of 0.5 to 20 s each."""
    chance = random.Random(5)
    invented = found = 0
    off_s: list[float] = []
    for seed in range(PAIRS):
        whole = event(seed)
        with spool_of(whole, tmp_path / "a.wav", "-c:a", "aac", "-b:a", "96k", ".aac") as ours:
            mp3 = ("-c:a", "libmp3lame", "-b:a", "64k", ".mp3")
            with spool_of(changed(whole, seed), tmp_path / "b.wav", *mp3) as theirs:
                same = compare(ours, theirs)
            invented += sum(each.kind.is_edit for each in same.differences)
            at_s, length_s = chance.uniform(25, 60), chance.choice([0.5, 0.7, 1, 3, 20])
            kind = chance.choice([Kind.MISSING, Kind.ADDED, Kind.REPLACED])
            first = whole[: round(at_s * programme.RATE_HZ)]
            skipped = 0 if kind is Kind.ADDED else round(length_s * programme.RATE_HZ)
            new = programme.talk(0 if kind is Kind.MISSING else length_s, 900 + seed)
            edited = np.concatenate([first, new, whole[len(first) + skipped :]])
            with spool_of(changed(edited, seed), tmp_path / "b.wav", *mp3) as theirs:
                edits = [each for each in compare(ours, theirs).differences if each.kind.is_edit]
        match = [each for each in edits if each.kind is kind]
        invented += len(edits) - len(match[:1])
        found += bool(match)
        priming_s = 1024 / 44_100  # that ADTS doesn't tell of
        for each in match[:1]:
            wanted = (at_s, at_s + skipped / programme.RATE_HZ)
            places = (each.from_s - priming_s, each.to_s - priming_s)
            off_s += [abs(a - b) for a, b in zip(places, wanted, strict=True)]
            if max(off_s[-2:]) > 0.05 or len(edits) > 1:
                report(f"pair {seed}", f"{kind} at {wanted}: {[str(e) for e in edits]}, {places}")
    report("edits of 0.5 s and more that are found", f"{found} of {PAIRS}")
    report("differences that are invented", f"{invented} in {2 * PAIRS} pairs")
    report("borders: median and largest error", f"{np.median(off_s):.3f} and {max(off_s):.3f} s")
