"""What a comparison costs: three hours against three hours, one of them edited.

    make bench                                   three hours
    AIRCHECK_BENCH_ALIGN_HOURS=0.5 make bench    as many as you like

Ours is AAC of 96 kb/s, theirs MP3 of 64 kb/s, both stereo of 44.1 kHz, made by FFmpeg of a
made-up broadcast; theirs is cut, added to, 200 ppm slow and noisy. The comparison runs in a
process of its own, whose largest memory is measured. Beside it, as a measure of this machine: how
long decoding alone takes, one recording after the other.
"""

import json
import os
import subprocess
import sys
import time
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from recorder.decode import decode_file
from recorder.spool import RATE_HZ
from tests.recorder import programme

HOURS = float(os.environ.get("AIRCHECK_BENCH_ALIGN_HOURS", "3"))
PIECE_S = 300

_COMPARE = """
import json, resource, sys, time
from pathlib import Path
from recorder.align import align, spooled
from recorder.decode import decode_file
from recorder.spool import RATE_HZ
began = time.monotonic()
ours, theirs = spooled(*(decode_file(Path(name), rate_hz=RATE_HZ, channels=1, block_s=30)
                         for name in sys.argv[1:]))
spooled_s = time.monotonic() - began
found = align(ours, theirs)
print(json.dumps({
    "spooled_s": spooled_s, "took_s": time.monotonic() - began,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "matches": [[m.from_s, m.to_s, m.theirs_from_s, m.theirs_to_s] for m in found.matches],
    "holes": sum(len(m.holes) for m in found.matches),
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
    command = [program, "-v", "error", "-i", str(path), "-ar", "44100", "-ac", "2", *options[:-1]]
    subprocess.run([*command, str(target)], check=True)
    path.unlink()
    return target


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
    report("largest memory", f"{found['peak_mb']:.0f} MB")
    report("matches", str([[round(value, 2) for value in match] for match in found["matches"]]))
    assert len(found["matches"]) == 3
    assert found["holes"] == 0
