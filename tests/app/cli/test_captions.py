"""captions: what is said in a recording, told while it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import resources
from recorder.archive import SessionFolder
from recorder.types import AudioFormat, Seconds
from tests.app.cli.running import runner
from tests.recorder.builders import PartSpec, adts_chunks, build_session
from transcribe import heard
from transcribe.listening import Caption

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


def heard_line(text: str, *, number: int = 0, lag_s: float = 0.0) -> str:
    """A final caption as `transcribe.live` writes it."""
    caption = Caption(
        number=number,
        track="a",
        start_s=Seconds(number),
        end_s=Seconds(number + 0.5),
        text=text,
        tentative="",
        is_final=True,
        lag_s=lag_s,
    )
    return json.dumps(asdict(caption)) + "\n"


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
    said, _, behind = line.split(maxsplit=1)[1].strip().partition("  ")
    assert (said, behind[-6:]) == (SAID, "behind"), "it was recorded long ago"
    assert "Traceback" not in rest


@pytest.mark.timeout(300)
def test_two_at_once_tell_the_same_and_one_takes_over_from_the_other(tmp_path: Path) -> None:
    folder = live_session(tmp_path)
    folder.derived.mkdir()
    by_another = heard_line("By another process.") + heard_line("And on.", number=1) * 50
    (folder.derived / heard.FILE_NAME).write_text(by_another, encoding="utf-8")
    with FileLock(folder.derived / ".captions.lock"):
        process = captioner(folder)
        assert process.stdout is not None
        assert "By another process." in next(line for line in process.stdout if line.strip())
    told = next(line for line in process.stdout if SAID in line)
    assert told, "it goes on where the other one ended"
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=240)
    assert process.returncode == 0


@pytest.mark.timeout(300)
def test_what_falls_behind_says_by_how_much(tmp_path: Path) -> None:
    folder = live_session(tmp_path)
    folder.derived.mkdir()
    with FileLock(folder.derived / ".captions.lock"):
        (folder.derived / heard.FILE_NAME).write_text(
            heard_line("In time.", lag_s=4.0) + heard_line("Late.", number=1, lag_s=12.3)
        )
        process = captioner(folder)
        assert process.stdout is not None
        told = [next(process.stdout).strip() for _ in range(2)]
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=240)
    assert told == ["00:00.0  In time.", "00:01.0  Late.  00:12 behind"]


@pytest.mark.timeout(300)
def test_captions_that_fail_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = live_session(tmp_path / "archive")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tiny.pt").write_text("no model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRCHECK_MODELS", str(tmp_path / "models"))
        run = runner(folder.path.parent, capsys)
        status, out = run("captions", folder.id, "--model", "tiny", "--json")
    assert status == 1
    told = json.loads(out)["error"]
    assert told["message"] == "The captions ended early."
    assert "captions.log" in told["hint"]


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
