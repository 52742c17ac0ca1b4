"""What recording the system's sound costs, and what it bears.

    pytest -s tests/bench/bench_devices.py        some five minutes

On a PulseAudio of its own. Nothing here passes or fails by speed, which is the machine's; that
what was recorded is what was played is checked all the same. What others need for the same sound
is measured in the same seconds: PortAudio under sounddevice, with a callback that does nothing,
which no recorder of this kind can undercut, and the recorders of PulseAudio and FFmpeg.
"""

import contextlib
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from recorder import launch, pack, pcm, recovery, wav
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import RecorderError
from recorder.sources import portaudio
from recorder.sources.blocks import BLOCK_S
from recorder.types import AudioFormat, GapReason, SourceKind, SourceSpec, utc_now
from tests.parts import require, wait_until
from tests.pulseserver import RATE_HZ, PulseServer, numbers_in, sound_server, write_numbered
from tests.recorder.sources.drifting import recorded_beside_the_clock
from tests.recorder.switching import Switching, late_s, recorded_s, track_of, wait_for_sound

SWITCHES = 100
PLAYED_S = 60.0
MEASURED_S = 20.0
KILLS = 5
HOURS, PPMS = 4, (-250, -100, -30, 0, 30, 100, 250)
SPEAKERS = SourceSpec(kind=SourceKind.SYSTEM, address="Speakers")


def report(what: str, value: str) -> None:
    print(f"\n  {what:<52} {value}", end="", flush=True)


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        server.add_sink("headset", "Headset")
        yield server


def packed_pcm(folder: SessionFolder) -> bytes:
    files = [folder.path / part.file for part in track_of(folder).parts]
    return b"".join(block for file in files for block in pack.read_pcm(file, "pcm_s16le"))


def keep_busy() -> None:
    while True:
        time.perf_counter()


@pytest.mark.timeout(240)
def test_a_minute_with_all_cores_busy(server: PulseServer, home: Path, tmp_path: Path) -> None:
    spinners = [
        multiprocessing.get_context("spawn").Process(target=keep_busy, daemon=True)
        for _ in range(psutil.cpu_count() or 1)
    ]
    folder = launch.record(Archive(tmp_path), SPEAKERS)
    wait_until(lambda: recorded_s(folder) > 0, what="the first second")
    for spinner in spinners:
        spinner.start()
    try:
        server.play(write_numbered(home / "a.wav", PLAYED_S), "speakers")
        wait_until(lambda: not server.is_playing(), within_s=150, what="the player's end")
        ended_s = recorded_s(folder)
        wait_until(lambda: recorded_s(folder) > ended_s + 2, what="two seconds more")
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.join()
    launch.stop(folder)
    numbers = numbers_in(packed_pcm(folder))
    assert np.all(np.diff(numbers) == 1)
    assert numbers[-1] == PLAYED_S * RATE_HZ - 1
    assert track_of(folder).gaps == ()
    report("played for a minute, all cores busy: samples lost", "0")
    report("  samples that are identical", f"{len(numbers):,}")


@pytest.mark.timeout(300)
def test_a_hundred_random_switches(server: PulseServer, home: Path, tmp_path: Path) -> None:
    folder = launch.record(Archive(tmp_path), SPEAKERS)
    switching = Switching(server, home)
    wait_until(lambda: recorded_s(folder) > 0, what="the first second")
    for _ in range(SWITCHES):
        switching.change()
    wait_for_sound(folder)
    launch.stop(folder)
    numbers_in(packed_pcm(folder), mark=1)
    gaps = track_of(folder).gaps
    foreign_s = [gap.to_s - gap.from_s for gap in gaps if gap.reason is GapReason.FOREIGN_SOURCE]
    late_ms = sorted(1e3 * late_s(folder, moment) for moment in switching.returns)
    report(f"{SWITCHES} switches: samples of another source", "0")
    report("  gaps where the stream was moved", f"{len(foreign_s)}")
    report("  their length, median, 95 of 100, longest", spread([1e3 * each for each in foreign_s]))
    report("  times that the sink came back", f"{len(late_ms)}")
    report("  recording again, median, 95 of 100, latest", spread(late_ms))


def spread(values_ms: list[float]) -> str:
    """Median, the 95th percentile, and the most."""
    if not values_ms:
        return "-"
    most = sorted(values_ms)
    late = most[round(0.95 * (len(most) - 1))]
    return f"{statistics.median(most):.0f}, {late:.0f}, {most[-1]:.0f} ms"


@pytest.mark.timeout(120)
def test_a_kill(server: PulseServer, home: Path, tmp_path: Path) -> None:
    """What a recorder loses that is killed: of what was played before, none was stored."""
    server.play(write_numbered(home / "a.wav", 100.0), "speakers")
    lost_ms = []
    for number in range(KILLS):
        folder = launch.record(Archive(tmp_path / str(number)), SPEAKERS)
        wait_until(lambda: recorded_s(folder) > 1, what="a second")  # noqa: B023 (called here)
        holder = folder.holder()
        assert holder
        time.sleep(0.07 * number)  # not always at the same place of a block
        os.kill(holder.pid, signal.SIGKILL)
        killed_at = utc_now()
        wait_until(lambda: folder.holder() is None, what="its end")  # noqa: B023 (called here)
        recovery.recover(folder)
        timeline = folder.timeline()
        end = timeline.wall_clock(timeline.tracks["a"].end_s)
        assert end
        lost_ms.append(1e3 * (killed_at - end).total_seconds())
    report("kill -9: lost, median, 95 of 100, most", spread(lost_ms))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("is_watched", [False, True])
def test_cpu_and_memory(
    is_watched: bool,  # noqa: FBT001 (a test's parameter)
    server: PulseServer,
    home: Path,
    tmp_path: Path,
) -> None:
    folder = launch.record(Archive(tmp_path), SPEAKERS)
    server.play(write_numbered(home / "a.wav", MEASURED_S + 20), "speakers")
    wait_until(lambda: recorded_s(folder) > 3, what="three seconds")
    holder = folder.holder()
    assert holder
    recorder, client = psutil.Process(holder.pid), Client(folder)
    with others(tmp_path) as processes:
        time.sleep(2)  # until all of them have begun
        before_s, begun_s = cpu_s([recorder, *processes.values()]), time.monotonic()
        first_rss = recorder.memory_info().rss
        while time.monotonic() < begun_s + MEASURED_S:
            if is_watched:
                try:
                    client.status()
                except RecorderError:
                    pytest.fail("the recorder does not answer")
            time.sleep(0.1)
        after_s, took_s = cpu_s([recorder, *processes.values()]), time.monotonic() - begun_s
    memory, full = recorder.memory_info().rss, recorder.memory_full_info()
    launch.stop(folder)
    assert not track_of(folder).gaps
    ours, *theirs = [
        100 * (after - before) / took_s for before, after in zip(before_s, after_s, strict=True)
    ]
    how = "its level read 10 times a second" if is_watched else "nobody watching"
    report(f"recorder of 48 kHz stereo, {how}", f"{ours:.2f} % of a core")
    for name, share in zip(processes, theirs, strict=True):
        report(f"  {name}, beside it", f"{share:.2f} %")
    report("  memory", f"{memory / 1e6:.0f} MB, {full.uss / 1e6:.0f} MB of its own")
    report("  memory, more than at the beginning", f"{(memory - first_rss) / 1e6:.1f} MB")


@contextlib.contextmanager
def others(folder: Path) -> Iterator[dict[str, psutil.Process]]:
    """What else can take the same sound, at work."""
    require("pactl", "ffmpeg")
    monitor = "speakers.monitor"
    commands = {
        "PortAudio with an empty callback": [sys.executable, "-c", NOTHING],
        "parec": ["parec", "-d", monitor, "--file-format=wav", str(folder / "parec.wav")],
        "ffmpeg -f pulse -c copy": [
            "ffmpeg", "-v", "error", "-f", "pulse", "-i", monitor, "-c", "copy",
            str(folder / "ffmpeg.wav"),
        ],
    }  # fmt: skip
    environment = {
        **os.environ,
        "ALSA_CONFIG_PATH": str(portaudio.PULSE_CONFIGURATION),
        "PULSE_SOURCE": monitor,
    }
    children = [
        subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
        for command in commands.values()
    ]
    try:
        found = [psutil.Process(child.pid) for child in children]
        yield dict(zip(commands, found, strict=True))
    finally:
        for child in children:
            child.kill()
            child.wait()


NOTHING = f"""
import sounddevice, threading
stream = sounddevice.RawInputStream(
    device="pulse", samplerate={RATE_HZ}, channels=2, dtype="int16",
    blocksize={round(RATE_HZ * BLOCK_S)}, latency={portaudio.LATENCY_S}, clip_off=True,
    dither_off=True, callback=lambda *_: None)
stream.start()
threading.Event().wait()
"""


def cpu_s(processes: list[psutil.Process]) -> list[float]:
    """Seconds of processor time that each one has used."""
    times = [process.cpu_times() for process in processes]
    return [each.user + each.system for each in times]


def test_four_hours_of_two_devices() -> None:
    """Simulated: how far a sample is from where it was heard, at worst."""
    worst_ms = [1e3 * recorded_beside_the_clock(HOURS, ppm)[0] for ppm in PPMS]
    report(f"{HOURS} h of a clock up to 250 ppm off: misplaced at worst", f"{max(worst_ms):.0f} ms")
    report("  so two devices are within", f"{2 * max(worst_ms):.0f} ms")


@pytest.mark.timeout(180)
def test_sealing_speech(tmp_path: Path) -> None:
    require("espeak-ng")
    fmt = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=RATE_HZ, channels=2)
    spoken, part = tmp_path / "spoken.wav", tmp_path / "a-000001.wav"
    text = "The quick brown fox jumps over the lazy dog, and then it speaks of the weather. " * 60
    subprocess.run(["espeak-ng", "-w", str(spoken), text], check=True)
    with spoken.open("rb") as file:
        mono = np.frombuffer(file.read()[44:], "<i2").astype(float)
    # espeak's 22,050 Hz at 48 kHz, with a microphone's noise, in both channels.
    at = np.arange(int(len(mono) * RATE_HZ / 22_050)) * 22_050 / RATE_HZ
    noise = np.random.default_rng(1).normal(0, 8, (len(at), 2))
    frames = (np.interp(at, np.arange(len(mono)), mono)[:, None] * 0.5 + noise).astype("<i2")
    part.write_bytes(wav.header(fmt) + frames.tobytes())
    wav.finish(part)
    began_s = time.perf_counter()
    packed = pack.pack(part, part.with_suffix(".flac"))
    took_s = time.perf_counter() - began_s
    assert packed.bytes < part.stat().st_size
    length_s = len(frames) / RATE_HZ
    report("sealing speech, of its length", f"{100 * took_s / length_s:.2f} % ({length_s:.0f} s)")
    report("FLAC, of the WAV", f"{100 * packed.bytes / part.stat().st_size:.0f} %")


def test_the_level_of_a_tenth_of_a_second() -> None:
    fmt = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=RATE_HZ, channels=2)
    noise = np.random.default_rng(1).normal(0, 3_000, (RATE_HZ // 10, 2)).astype("<i2").tobytes()
    for codec, data in (("pcm_s16le", noise), ("pcm_f32le", as_floats(noise))):
        began_s = time.perf_counter()
        for _ in range(200):
            pcm.level(data, replace(fmt, codec=codec))
        report(f"level of 0.1 s, {codec}", f"{(time.perf_counter() - began_s) * 5:.2f} ms")


def as_floats(data: bytes) -> bytes:
    return (np.frombuffer(data, "<i2") / np.float32(2**15)).astype("<f4").tobytes()
