"""A sentence that a program plays, recorded from the system's sound, and found by what was said."""

import json
import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import resources
from app.broadcast import Sample
from recorder.archive import Archive, SessionFolder
from recorder.pcm import SILENCE_DBFS
from tests.parts import wait_until
from tests.pulseserver import RATE_HZ, PulseServer, sound_server, write_numbered

LEAD_S = 0.5


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        yield server


def aircheck(archive: Path, *arguments: str) -> dict[str, Any]:
    """Run the command, and return the last object that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "--archive", str(archive), *arguments, "--json"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env=os.environ | {"AIRCHECK_MODELS": str(archive / "models")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def sentence_of_sample(path: Path) -> Path:
    """What is said around the sample's phrase, at the sink's rate."""
    sample = Sample.load()
    (said,) = [each for each in sample.utterances if sample.phrase in each.text]
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE_HZ)
    with av.open(str(resources.path("sample/session.aac"))) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    samples = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        begin, end = round((said.start_s - LEAD_S) * RATE_HZ), round((said.end_s + 1) * RATE_HZ)
        file.writeframes(samples[begin:end].tobytes())
    return path


def recorded_s(folder: SessionFolder) -> float:
    track = folder.timeline().tracks.get("a")
    return track.end_s if track else 0.0


def test_what_a_program_said_is_found(server: PulseServer, home: Path, tmp_path: Path) -> None:
    session = aircheck(tmp_path, "record", "system", "--detach")["session"]
    folder = Archive(tmp_path).find(session)
    wait_until(lambda: recorded_s(folder) > 0, what="the first second")
    begun_s = recorded_s(folder)
    server.play(sentence_of_sample(home / "a.wav"), "speakers")
    wait_until(lambda: recorded_s(folder) > begun_s + 6, what="the sentence")
    aircheck(tmp_path, "stop", session)
    aircheck(tmp_path, "transcribe", session, "--model", "demo", "--language", "en")
    found = aircheck(tmp_path, "search", f'"{Sample.load().phrase}"')
    (hit,) = found["hits"]
    assert hit["session"] == session
    assert begun_s - 1 < hit["start_s"] < begun_s + 3


def test_all_that_can_be_heard_here_is_listed(server: PulseServer, tmp_path: Path) -> None:
    server.add_input("mic", "Desk Microphone", of_sink="speakers")
    listed = aircheck(tmp_path, "sources")
    assert listed["missing"] == []
    assert [
        (each["source"], each["rate_hz"], each["is_default"]) for each in listed["sources"]
    ] == [
        ("device:Desk Microphone", RATE_HZ, True),
        ("system:Speakers", RATE_HZ, True),
    ]


def test_how_loud_each_one_is_is_told_where_that_is_asked_for(
    server: PulseServer, home: Path, tmp_path: Path
) -> None:
    server.add_sink("headset", "Headset")
    server.play(write_numbered(home / "a.wav", 90.0), "speakers")
    levels = {
        each["name"]: each["peak_dbfs"]
        for each in aircheck(tmp_path, "sources", "--levels")["sources"]
    }
    assert levels.keys() == {"Speakers", "Headset"}
    assert levels["Headset"] == SILENCE_DBFS < levels["Speakers"]
    assert not list(tmp_path.glob("*/journal.jsonl"))
