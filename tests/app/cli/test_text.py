"""transcribe, queue and models, as people call them."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import resources
from recorder.archive import Archive, SessionFolder
from recorder.types import AudioFormat, Seconds
from tests.app.cli.running import Aircheck, runner
from tests.recorder.builders import PartSpec, adts_chunks, build_session
from tests.transcribe.models import save_random, small_dims
from transcribe import corrections, suiting, transcript
from transcribe.corrections import Edit
from transcribe.queue import Queue, path_of

TALK = AudioFormat(container="adts", codec="aac", rate_hz=44_100, channels=1)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    chunks = adts_chunks(resources.path("sample/session.aac").read_bytes(), 44_100)
    return build_session(tmp_path / "archive", [PartSpec(fmt=TALK, chunks=chunks)], title="Talk")


@pytest.fixture
def aircheck(folder: SessionFolder, capsys: pytest.CaptureFixture[str]) -> Aircheck:
    return runner(folder.path.parent, capsys)


@pytest.fixture
def queue(folder: SessionFolder) -> Iterator[Queue]:
    with closing(Queue(path_of(folder.path.parent))) as found:
        yield found


def answer(aircheck: Aircheck, *arguments: str, status: int = 0) -> dict[str, Any]:
    ended, out = aircheck(*arguments, "--json")
    assert ended == status, out
    found: dict[str, Any] = json.loads(out)
    return found


def states(aircheck: Aircheck, *options: str) -> dict[int, str]:
    """Those that are listed, in their order."""
    return {job["number"]: job["state"] for job in answer(aircheck, "queue", *options)["jobs"]}


def test_a_job_rests_goes_on_and_is_given_up(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    assert "Nothing waits" in aircheck("queue")[1]
    first = queue.add(folder.id, model="demo").id
    later = queue.add(folder.id, model="tiny").id
    assert states(aircheck) == {later: "queued", first: "queued"}
    assert folder.id in aircheck("queue")[1]
    assert answer(aircheck, "queue", "pause", str(first))["state"] == "paused"
    assert answer(aircheck, "queue", "resume", str(first))["state"] == "queued"
    assert "transcribe --pending" in aircheck("queue", "resume", str(first))[1]
    assert f"{first}: cancelled" in aircheck("queue", "cancel", str(first))[1]
    assert states(aircheck) == {later: "queued"}
    assert states(aircheck, "--all") == {later: "queued", first: "cancelled"}


def test_one_without_its_model_says_how_to_get_it(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    queue.add(folder.id, model="demo")
    assert "waits for a model" not in aircheck("queue")[1]
    queue.add(folder.id, model="tiny")
    assert "waits for a model: 'aircheck models get tiny'" in aircheck("queue")[1]


def test_what_is_recorded_before_there_is_a_model_waits_for_one(
    aircheck: Aircheck, queue: Queue
) -> None:
    ended, out = aircheck("record", str(resources.path("sample/session.aac")))
    assert ended == 0
    assert "waits for a model: 'aircheck models get " in out
    [job] = queue.jobs()
    assert (job.state, job.model) == ("queued", suiting.model())
    told = answer(aircheck, "transcribe", "--pending", status=1)["error"]
    assert "not on this machine yet" in told["message"]
    assert states(aircheck) == {job.id: "queued"}


def test_what_failed_says_why_and_is_tried_again(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    job = queue.add(folder.id, model="demo")
    claimed = queue.claim()
    assert claimed is not None
    queue.fail(claimed, "There is not enough memory.")
    assert "Nothing waits" in aircheck("queue")[1]
    out = aircheck("queue", "--all")[1]
    assert "Talk" in out
    assert "There is not enough memory." in out
    assert f"! {job.id}: " in aircheck("queue", "pause", str(job.id))[1]  # it can't be paused
    assert answer(aircheck, "queue", "resume", str(job.id))["state"] == "queued"


def test_what_is_put_first_is_done_first(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    jobs = [queue.add(folder.id, model=model).id for model in ("demo", "tiny", "base")]
    assert aircheck("queue", "first", str(jobs[2]))[0] == 0
    claimed = queue.claim()
    assert claimed is not None
    assert claimed.id == jobs[2]


def test_what_is_over_is_not_said_to_be_paused_or_given_up(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    job = queue.add(folder.id, model="demo")
    assert "✓" in aircheck("queue", "cancel", str(job.id))[1]
    for step in ("pause", "first"):
        assert f"! {job.id}: cancelled" in aircheck("queue", step, str(job.id))[1]


def test_who_stops_it_is_told_what_is_kept(
    aircheck: Aircheck, folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.cli.text.transcribe_sessions", stopped)
    told = answer(aircheck, "transcribe", folder.id, "--model", "demo", status=1)["error"]
    assert told["safe"] == "It stays in the queue, and what is done of it is kept."


def test_a_session_without_words_says_so(
    aircheck: Aircheck, folder: SessionFolder, tmp_path: Path
) -> None:
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(16_000 * 2 * 5))
    [session] = answer(aircheck, "import", str(tmp_path / "silence.wav"))["sessions"]
    assert "No words were heard in it." in aircheck("transcribe", session, "--model", "demo")[1]
    out = tmp_path / "silence.vtt"
    assert aircheck("export", session, "--as", "captions", "--out", str(out))[0] == 0
    assert out.read_text() == "WEBVTT\nLanguage: en\n"


def test_what_was_corrected_is_said_to_be_read_still(
    aircheck: Aircheck, folder: SessionFolder
) -> None:
    [job] = answer(aircheck, "transcribe", folder.id, "--model", "demo")["jobs"]
    assert job["note"] == ""
    edit = Edit(at_s=Seconds(10), text="Good evening from here.")
    corrections.correct(folder, [edit], author="Ada")
    [job] = answer(aircheck, "transcribe", folder.id, "--model", "demo")["jobs"]
    assert job["file"] == "transcript/a-demo-en-2.json"
    assert "goes on being read and searched: a-corrected-en-1.json" in job["note"]
    assert "Good evening from here" in aircheck("search", "evening")[1]


@pytest.mark.parametrize("step", ["pause", "resume", "cancel", "first"])
def test_a_number_that_nothing_has(aircheck: Aircheck, step: str) -> None:
    told = answer(aircheck, "queue", step, "99", status=3)
    assert told["error"]["message"] == "There is no transcription with the number 99."
    assert aircheck("queue", step, "soon")[0] == 2


def test_what_rests_is_told_and_goes_on_when_asked_for_again(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    queue.pause(queue.add(folder.id, model="demo").id)
    [job] = answer(aircheck, "transcribe", folder.id, "--model", "demo")["jobs"]
    assert (job["problem"], job["file"]) == ("", "transcript/a-demo-en-1.json")
    assert "Good evening" in aircheck("search", "evening")[1]
    assert states(aircheck) == {}


def test_a_translation_is_a_second_transcript(
    aircheck: Aircheck, folder: SessionFolder, tmp_path: Path
) -> None:
    save_random(tmp_path / "babel.pt", small_dims())
    added = answer(aircheck, "models", "add", str(tmp_path / "babel.pt"))
    [line] = [line for line in aircheck("models")[1].splitlines() if "unless told" in line]
    assert "babel" in line
    assert (added["name"], added["is_here"], added["languages"]) == ("babel", True, [])
    of_german = ("transcribe", folder.id, "--model", "babel", "--language", "German")
    answer(aircheck, *of_german)
    answer(aircheck, *of_german, "--translate")
    made = [transcript.load(item.path) for item in transcript.active(folder)]
    assert {(text.language, text.translated_from) for text in made} == {("de", ""), ("en", "de")}


def test_a_language_that_whisper_does_not_know(
    aircheck: Aircheck, folder: SessionFolder, queue: Queue
) -> None:
    assert aircheck("transcribe", folder.id, "--model", "demo", "--language", "klingon")[0] == 2
    assert queue.jobs() == []


def test_english_is_not_translated(aircheck: Aircheck, folder: SessionFolder) -> None:
    told = answer(aircheck, "transcribe", folder.id, "--model", "demo", "--translate", status=1)
    assert "can't translate: it knows English alone" in told["jobs"][0]["problem"]
    assert transcript.stored(folder) == []


def test_models_are_told_in_words(aircheck: Aircheck) -> None:
    models = {model["name"]: model for model in answer(aircheck, "models")["models"]}
    assert models["demo"]["is_here"]
    assert models["base"]["about"].startswith("A hundred languages. Fast")
    assert models["tiny.en"]["size_bytes"] > 70e6
    [suiting] = [name for name, model in models.items() if model["suits"]]
    out = aircheck("models", "list")[1]
    [line] = [line for line in out.splitlines() if "suits this machine" in line]
    assert suiting in line
    assert "transcribes, unless told otherwise" not in out, "none is here but the demo"
    assert "1,528 MB  English. Accurate, and slow without a GPU." in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("models", "add", "nowhere.pt"), "nowhere.pt"),
        (("transcribe", "--pending", "--model", "base"), "not on this machine yet"),
    ],
)
def test_a_model_that_is_not_there(aircheck: Aircheck, words: tuple[str, ...], told: str) -> None:
    assert told in answer(aircheck, *words, status=1)["error"]["message"]


@pytest.mark.parametrize(
    "words", [("models", "get", "huge"), ("transcribe", "--pending", "--model", "huge")]
)
def test_a_model_that_there_is_not(aircheck: Aircheck, words: tuple[str, ...]) -> None:
    assert aircheck(*words)[0] == 2


def test_a_model_is_removed(aircheck: Aircheck, tmp_path: Path) -> None:
    save_random(tmp_path / "babel.pt", small_dims())
    answer(aircheck, "models", "add", str(tmp_path / "babel.pt"))
    assert answer(aircheck, "models", "remove", "babel") == {"name": "babel", "is_here": False}
    assert "babel" not in aircheck("models")[1]
    assert aircheck("models", "remove", "demo")[0] == 2


def test_a_file_that_is_no_model(aircheck: Aircheck, tmp_path: Path) -> None:
    (tmp_path / "song.pt").write_bytes(b"no model")
    message = answer(aircheck, "models", "add", str(tmp_path / "song.pt"), status=1)["error"]
    assert "song.pt" in message["message"]


def test_a_session_that_is_still_recorded_waits(
    aircheck: Aircheck, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    live = Archive(tmp_path / "archive").create("Live", [])
    told = answer(aircheck, "transcribe", live.id, "--model", "demo", status=1)
    assert "still being recorded" in told["jobs"][0]["problem"]
