"""What proof costs: unedited audio beside a plain copy, verification beside sha256sum and bagit.

    make bench                              three hours of each kind
    AIRCHECK_BENCH_PROOF_HOURS=8 make bench

Nothing here passes or fails by speed, which is the machine's; each measurement checks that what it
measured is right: packets identical, decoded samples equal, the package whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import continuous, export
from recorder.archive import SessionFolder
from recorder.decode import decode_file
from recorder.sign import Signer
from recorder.types import AudioFormat
from recorder.verify import verify
from tests.recorder.builders import ADTS, PartSpec, adts_chunks, build_session, encode, tone

HOURS = float(os.environ.get("AIRCHECK_BENCH_PROOF_HOURS", "3"))
RATE_HZ = 44_100
PART_S = 600
KINDS = ["adts", "mp3", "ts", "ogg"]


def timed(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """Seconds of the best of some tries: on the clock, and of the processor, for busy machines."""
    best = (float("inf"), float("inf"))
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        work()
        now = (time.perf_counter() - began, time.process_time() - worked)
        best = (min(best[0], now[0]), min(best[1], now[1]))
    return best


def hours_of(kind: str, root: Path) -> SessionFolder:
    """Parts of ten minutes each: a minute of noise and tone, ten times."""
    random = np.random.default_rng(1)
    noise = 0.05 * random.standard_normal((60 * RATE_HZ, 1)).astype(np.float32)
    minute = tone(60.0) + noise
    if kind == "adts":
        chunks = adts_chunks(encode(minute, RATE_HZ, "adts")) * 10
        part = PartSpec(fmt=ADTS, chunks=chunks)
    elif kind == "ogg":
        whole = np.tile(tone(60.0, 48_000), (10, 1))
        fmt = AudioFormat(container="ogg", codec="opus", rate_hz=48_000, channels=1)
        part = PartSpec(fmt=fmt, chunks=[(encode(whole, 48_000, "ogg", "opus"), 600.0)])
    else:
        codec = "mp3" if kind == "mp3" else ""
        fmt = AudioFormat(container=kind, codec=codec, rate_hz=RATE_HZ, channels=1)
        segment = encode(minute[: 6 * RATE_HZ], RATE_HZ, kind)  # as HLS has them
        part = PartSpec(fmt=fmt, chunks=[(segment, 6.0)] * 100)
    return build_session(root, [part] * round(HOURS * 6))


def payloads(paths: list[Path]) -> str:
    """A hash of all packets' payloads, without ADTS headers."""
    digest = hashlib.sha256()
    for path in paths:
        with av.open(str(path)) as file:
            framed = file.format.name in ("aac", "mpegts")
            for packet in file.demux(audio=0):
                data = bytes(packet)
                digest.update(data[7:] if framed else data)
    return digest.hexdigest()


def samples(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        for block in decode_file(path):
            digest.update(block.samples.tobytes())
    return digest.hexdigest()


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("kind", KINDS)
def test_unedited_beside_a_plain_copy(kind: str, tmp_path: Path) -> None:
    folder = hours_of(kind, tmp_path / "archive")
    parts = folder.timeline().tracks["a"].parts
    files = [folder.path / part.file for part in parts]

    def copy() -> None:
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        (tmp_path / "copy").mkdir()
        for file in files:
            shutil.copyfile(file, tmp_path / "copy" / file.name)

    def summed() -> None:
        copy()
        copied = [str(tmp_path / "copy" / file.name) for file in files]
        subprocess.run(["sha256sum", *copied], stdout=subprocess.DEVNULL, check=True)

    def unedited() -> None:
        for path in tmp_path.glob("made*"):
            path.unlink()
        continuous.write(folder.path, parts, tmp_path / "made")

    plain_s, summed_s, made_s = timed(copy), timed(summed), timed(unedited)
    (made,) = tmp_path.glob("made*")
    size = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"\n{kind}: {HOURS:g} h, {size:,.0f} MB: copy {plain_s[0]:.3f} s, "
        f"copy and sha256sum {summed_s[0]:.3f} s, one file with its hashes {made_s[0]:.3f} s: "
        f"{made_s[0] / plain_s[0]:.1f} times the copy, {made_s[0] / summed_s[0]:.1f} times both; "
        f"{made_s[1]:.3f} s of the processor, of which the copy takes {plain_s[1]:.3f} s"
    )
    assert payloads([made]) == payloads(files)
    if kind == "adts":
        assert samples([made]) == samples_of_parts(files)


def samples_of_parts(files: list[Path]) -> str:
    """Decoded as one stream: a frame of AAC leans on the one before."""
    joined = files[0].with_name("joined.aac")
    with joined.open("wb") as target:
        for file in files:
            target.write(file.read_bytes())
    try:
        return samples([joined])
    finally:
        joined.unlink()


@pytest.mark.timeout(1_200)
def test_package_and_verification(tmp_path: Path) -> None:
    folder = hours_of("adts", tmp_path / "archive")
    ready: list[float] = []
    began = time.perf_counter()
    package = export.unedited(
        folder,
        tmp_path / "package",
        signer=Signer.at(tmp_path / "key"),
        on_file=lambda _: ready.append(time.perf_counter() - began),
    )[0]
    whole_s = time.perf_counter() - began
    print(f"\nunedited of {HOURS:g} h: file ready {ready[0]:.2f} s, package {whole_s:.2f} s")
    ours_s, worked_s = timed(lambda: verify(package), 1)
    assert verify(package).ok
    for name, command in (
        ("sha256sum", ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"]),
        ("bagit", [sys.executable, "-m", "bagit", "--quiet", "--validate", "."]),
    ):
        peer_s, _ = timed(lambda: subprocess.run(command, cwd=package, check=True), 1)  # noqa: B023 (runs now)
        print(f"  {name} {peer_s:.2f} s")
    session_s, _ = timed(lambda: verify(folder.path), 1)
    print(
        f"  verify {ours_s:.2f} s: {ours_s / HOURS:.2f} s per hour, "
        f"of the processor {worked_s / HOURS:.2f}; "
        f"the session's folder {session_s / HOURS:.2f} s per hour"
    )
