"""What proof costs: unedited audio beside a plain copy, packages, verification, tampering.

    make bench                              with all the others
    pytest tests/bench/bench_proof.py -q -s these alone: about three minutes on a quiet machine

Nothing here passes or fails by speed, which is the machine's; each measurement checks that what it
measured is right: packets identical, decoded samples equal, packages whole, each change found.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
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

HOURS, LONG_HOURS, DECODED_HOURS, TAMPERED_HOURS = 3.0, 8.0, 0.5, 0.5
RATE_HZ = 44_100
PART_S = 600
KINDS = ["mp3", "adts", "ts", "ogg"]
ROUNDS = 4
TAMPERINGS = 60  # of a package, and of a session's folder


@dataclass(slots=True)
class Best:
    """The best of some tries, in seconds: on the clock, and of the processor."""

    clock_s: float = float("inf")
    processor_s: float = float("inf")

    def take(self, work: Callable[[], object]) -> None:
        """Try it."""
        began, worked = time.perf_counter(), time.process_time()
        work()
        self.clock_s = min(self.clock_s, time.perf_counter() - began)
        self.processor_s = min(self.processor_s, time.process_time() - worked)

    def beside(self, other: Best) -> str:
        """How many times the other it is, by the clock and by the processor."""
        clock, processor = self.clock_s / other.clock_s, self.processor_s / other.processor_s
        return f"{clock:.1f} times ({processor:.1f} by the processor)"


def best_of(*works: Callable[[], object]) -> list[Best]:
    """Some tries of each, in turn, so that a busy machine is busy for all of them."""
    found = [Best() for _ in works]
    for _ in range(ROUNDS):
        for best, work in zip(found, works, strict=True):
            best.take(work)
    return found


def once(work: Callable[[], object]) -> Best:
    """A single try."""
    best = Best()
    best.take(work)
    return best


def hours_of(kind: str, root: Path, hours: float = HOURS) -> SessionFolder:
    """Parts of ten minutes each: a minute of noise and tone, ten times."""
    noise = 0.05 * np.random.default_rng(1).standard_normal((60 * RATE_HZ, 1)).astype(np.float32)
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
    return build_session(root, [part] * round(hours * 6))


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
        for file in files:
            with (tmp_path / "copy" / file.name).open("rb") as copied:
                hashlib.file_digest(copied, "sha256")

    def unedited() -> None:
        for path in tmp_path.glob("made*"):
            path.unlink()
        continuous.write(folder.path, parts, tmp_path / "made")

    def proven() -> None:
        shutil.rmtree(tmp_path / "proven", ignore_errors=True)
        export.alone(folder, tmp_path / "proven", "made")

    plain, hashed, made, whole = best_of(copy, summed, unedited, proven)
    (path,) = tmp_path.glob("made*")
    size = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"\n{kind}: {HOURS:g} h, {size:,.0f} MB: copy {plain.clock_s:.3f} s, "
        f"copy and SHA-256 {hashed.clock_s:.3f} s, one file and its hashes {made.clock_s:.3f} s, "
        f"from the journal to its proof {whole.clock_s:.3f} s"
        f"\n  the file is {made.beside(plain)} the copy, {made.beside(hashed)} copy and SHA-256"
    )
    assert payloads([path]) == payloads(files)


@pytest.mark.timeout(1_200)
def test_decoded_samples_are_equal(tmp_path: Path) -> None:
    folder = hours_of("adts", tmp_path / "archive", DECODED_HOURS)
    parts = folder.timeline().tracks["a"].parts
    (made,) = continuous.write(folder.path, parts, tmp_path / "made")
    assert samples([made.path]) == samples_of_parts([folder.path / part.file for part in parts])


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
    folder = hours_of("adts", tmp_path / "archive", LONG_HOURS)
    ready: list[tuple[float, float]] = []
    began, worked = time.perf_counter(), time.process_time()
    package = export.unedited(
        folder,
        tmp_path / "package",
        signer=Signer.at(tmp_path / "key"),
        on_file=lambda _: ready.append((time.perf_counter() - began, time.process_time() - worked)),
    )[0]
    whole = time.perf_counter() - began, time.process_time() - worked
    print(
        f"\nunedited of {LONG_HOURS:g} h: file ready {ready[0][0]:.2f} s ({ready[0][1]:.2f} of the "
        f"processor), package {whole[0]:.2f} s ({whole[1]:.2f})"
    )
    assert verify(package).ok
    ours, session = once(lambda: verify(package)), once(lambda: verify(folder.path))
    print(f"  verify: package {per_hour(ours)}; session's folder {per_hour(session)}")
    for name, command in (
        ("sha256sum", ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"]),
        ("bagit", [sys.executable, "-m", "bagit", "--quiet", "--validate", "."]),
    ):
        peer = once(lambda: subprocess.run(command, cwd=package, check=True))  # noqa: B023 (runs now)
        print(f"  {name} {peer.clock_s / LONG_HOURS:.2f} s per hour")


def per_hour(best: Best) -> str:
    clock_s, processor_s = best.clock_s / LONG_HOURS, best.processor_s / LONG_HOURS
    return f"{clock_s:.2f} s per hour ({processor_s:.2f} of the processor)"


@pytest.mark.timeout(1_200)
def test_tampering(tmp_path: Path) -> None:
    folder = hours_of("adts", tmp_path / "archive", TAMPERED_HOURS)
    package = export.unedited(folder, tmp_path / "package", signer=Signer.at(tmp_path / "key"))[0]
    draw, slowest = random.Random(1), Best(clock_s=0.0, processor_s=0.0)
    for root in (package, folder.path):
        files = [each for each in sorted(root.rglob("*")) if each.is_file()]
        if root == folder.path:
            files.remove(root / "session.json")  # people may edit it
        found = 0
        for _ in range(TAMPERINGS):
            undo, what = tamper(draw, draw.choice(files))
            began, worked = time.perf_counter(), time.process_time()
            is_found = not verify(root).ok
            slowest.clock_s = max(slowest.clock_s, time.perf_counter() - began)
            slowest.processor_s = max(slowest.processor_s, time.process_time() - worked)
            undo()
            assert is_found, what
            found += is_found
        assert verify(root).ok
        print(f"\n{found} of {TAMPERINGS} changes found in {root.name}", end="")
    print(
        f"\n  the slowest within {slowest.clock_s / TAMPERED_HOURS:.2f} s per hour of audio "
        f"({slowest.processor_s / TAMPERED_HOURS:.2f} of the processor)"
    )


def tamper(draw: random.Random, path: Path) -> tuple[Callable[[], object], str]:
    """Change something at or beside a file; gives what undoes it, and what it was."""
    data = path.read_bytes()
    at = draw.randrange(max(1, len(data)))
    beside = path.with_name(f"{path.stem}-more{path.suffix}")
    kind = draw.choice(["flipped", "cut", "swapped", "added", "removed", "another"])
    if kind == "flipped":
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :])
    elif kind == "cut":
        path.write_bytes(data[:at] + data[at + 1 :])
    elif kind == "swapped":
        other = next((n for n in range(len(data)) if data[n] != data[at]), at)
        swapped = bytearray(data)
        swapped[at], swapped[other] = data[other], data[at]
        path.write_bytes(swapped)
    elif kind == "added":
        path.write_bytes(data[:at] + b"x" + data[at:])
    elif kind == "removed":
        path.unlink()
    else:
        beside.write_bytes(data)
        return beside.unlink, f"{kind}: {beside}"
    return lambda: path.write_bytes(data), f"{kind}: {path} at {at}"
