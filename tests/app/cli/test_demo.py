"""The main job end to end, as a person runs it: late, full, live, broken, lost, found, proven."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.broadcast import Sample
from recorder import journal
from recorder.archive import Archive, SessionFolder
from recorder.events import StateChanged
from recorder.types import GapReason, State
from transcribe import transcript


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], SessionFolder]:
    """What the demo printed, and the session that it made."""
    archive = tmp_path_factory.mktemp("archive")
    done = subprocess.run(
        [sys.executable, "-m", "app", "--archive", str(archive), "demo", "--json"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=os.environ | {"AIRCHECK_MODELS": str(tmp_path_factory.mktemp("models"))},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer, Archive(archive).find(answer["session"])


def test_the_recorder_went_through_every_state(
    demo: tuple[dict[str, Any], SessionFolder],
) -> None:
    events = [entry.event for entry in journal.read(demo[1].journal_path)]
    states = [event.state for event in events if isinstance(event, StateChanged)]
    assert states == [
        State.CONNECTING,
        State.WAITING,
        State.REFUSED,
        State.RECORDING,
        State.RECONNECTING,
        State.RECORDING,
        State.FINISHING,
        State.DONE,
    ]


def test_every_second_is_audio_or_the_one_gap(
    demo: tuple[dict[str, Any], SessionFolder],
) -> None:
    sample, timeline = Sample.load(), demo[1].timeline()
    (gap,) = timeline.gaps
    assert (gap.from_s, gap.to_s) == pytest.approx(sample.lost_s, abs=0.001)
    assert gap.reason is GapReason.MISSING_SEGMENT
    assert timeline.duration_s == pytest.approx(sample.duration_s, abs=0.001)
    stored = b"".join((demo[1].path / part.file).read_bytes() for part in timeline.parts)
    served = [
        sample.segment(i) for i in range(len(sample.segment_bytes)) if i != sample.lost_segment
    ]
    assert stored == b"".join(served)


def test_what_was_said_is_what_is_read(demo: tuple[dict[str, Any], SessionFolder]) -> None:
    (stored,) = transcript.active(demo[1])
    words = transcript.load(stored.path).text
    for utterance in Sample.load().heard:
        if len(utterance.text.split()) > 1:
            assert utterance.text in words


def test_the_phrase_is_found_where_it_was_said(
    demo: tuple[dict[str, Any], SessionFolder],
) -> None:
    answer, sample = demo[0], Sample.load()
    (said,) = [u for u in sample.utterances if sample.phrase in u.text]
    assert sample.phrase in answer["hit"]["text"]
    assert answer["hit"]["start_s"] == pytest.approx(said.start_s, abs=1.0)


def test_the_package_holds_and_a_changed_byte_does_not(
    demo: tuple[dict[str, Any], SessionFolder],
) -> None:
    answer = demo[0]
    assert answer["ok"]
    part = Path(answer["package"]) / "data" / "audio" / "a-000001.aac"
    data = bytearray(part.read_bytes())
    data[1000] ^= 1
    part.write_bytes(bytes(data))
    done = subprocess.run(
        [sys.executable, "-m", "app", "verify", answer["package"], "--json"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    problems = json.loads(done.stdout)["problems"]
    assert any("a-000001.aac" in problem["file"] for problem in problems)
