"""captions: what is said in a recording, told while it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import resources
from recorder.archive import SessionFolder
from recorder.types import AudioFormat
from tests.app.cli.running import runner
from tests.recorder.builders import PartSpec, adts_chunks, build_session
from transcribe import heard

TALK = AudioFormat(container="adts", codec="aac", rate_hz=44_100, channels=1)
SAID = "Good evening from the studio."


def live_session(root: Path, *, sealed: bool = False) -> SessionFolder:
    chunks = adts_chunks(resources.path("sample/session.aac").read_bytes(), 44_100)
    return build_session(root, [PartSpec(fmt=TALK, chunks=chunks)], sealed=sealed)


def captioner(folder: SessionFolder, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "app", "--archive", str(folder.path.parent)]
    return subprocess.Popen(
        [*command, "captions", folder.id, *more],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"AIRCHECK_MODEL": "demo"},
        start_new_session=True,
    )


@pytest.mark.timeout(300)  # the captions' process gives way to everything else
def test_every_form_of_a_caption_is_told_until_ctrl_c(tmp_path: Path) -> None:
    folder = live_session(tmp_path)
    process = captioner(folder, "--json")
    assert process.stdout is not None
    told: list[dict[str, Any]] = []
    for line in process.stdout:
        told.append(json.loads(line))
        if told[-1]["final"] and told[-1]["text"] == SAID:
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole group
    told += [json.loads(line) for line in process.stdout]
    process.stdout.close()
    assert process.wait(240) == 0
    assert {item["session"] for item in told} == {folder.id}
    assert {item["event"] for item in told} == {"caption"}
    numbers = {item["number"] for item in told}
    final = {item["number"] for item in told if item["final"]}
    assert numbers == final, "what was begun was heard to its end"
    assert SAID in [segment.text for segment in heard.texts(folder)["a"]]
    assert folder.sealed() is None, "the recording goes on"


@pytest.mark.timeout(300)
def test_people_read_what_is_final(tmp_path: Path) -> None:
    process = captioner(live_session(tmp_path))
    assert process.stdout is not None
    line = next(line for line in process.stdout if line.strip())
    os.killpg(process.pid, signal.SIGINT)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(240) == 0
    assert line.split(maxsplit=1)[1].strip() == SAID
    assert "Traceback" not in rest


def test_what_cannot_be_captioned_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    over = live_session(tmp_path / "over", sealed=True)
    status, out = runner(over.path.parent, capsys)("captions", over.id, "--json")
    assert status == 1
    assert "has ended" in json.loads(out)["error"]["message"]
    live = live_session(tmp_path / "live")
    run = runner(live.path.parent, capsys)
    assert run("captions", live.id, "--model", "huge")[0] == 2
    status, out = run("captions", live.id, "--model", "base", "--json")
    assert status == 1
    assert "not on this machine" in json.loads(out)["error"]["message"]
    assert run("captions", "nothing", "--json")[0] == 3
