"""The worker: real speech in, real words out, whatever happens on the way."""

import contextlib
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import resources
from recorder.archive import Archive, SessionFolder
from recorder.types import AudioFormat, GapReason, Seconds
from tests.parts import wait_until
from tests.recorder.builders import PartSpec, adts_chunks, build_session
from transcribe import database, search, transcript, worker
from transcribe.chunking import RATE_HZ, Samples
from transcribe.queue import Job, JobState, Queue, path_of
from transcribe.transcript import UNDETERMINED, Segment
from transcribe.weights import DEMO, Model, Weights

RATE = 44_100
TALK = AudioFormat(container="adts", codec="aac", rate_hz=RATE, channels=1)

COUNTING_WORKER = """
import sys
from pathlib import Path
from recorder.archive import Archive
from transcribe import worker
from transcribe.engines.openai import OpenAIEngine
from transcribe.weights import Weights

class Counting(OpenAIEngine):
    def transcribe(self, samples, *, language, seed):
        with open(sys.argv[3], "a") as log:
            log.write(f"{seed}\\n")
        return super().transcribe(samples, language=language, seed=seed)

worker.give_way()
worker.work(Archive(Path(sys.argv[1])), Weights(Path(sys.argv[2])),
            lambda path, model: Counting(path, word_times=model.word_times))
"""


class EchoEngine:
    """Says how long what it heard is; does what a test asks for before."""

    name = "echo"

    def __init__(self) -> None:
        self.options: dict[str, Any] = {"loud": True}
        self.threads: list[int] = []
        self.languages_heard: list[dict[str, float]] = []
        self.before = lambda: None

    def use_threads(self, count: int) -> None:
        self.threads.append(count)

    def languages(self, samples: Samples) -> dict[str, float]:
        assert len(samples)
        return self.languages_heard.pop(0)

    def transcribe(self, samples: Samples, *, language: str, seed: int) -> list[Segment]:
        self.before()
        duration_s = Seconds(len(samples) / RATE_HZ)
        text = f"{language} for {duration_s:.1f} s"
        return [Segment(start_s=Seconds(0), end_s=duration_s, text=text, tokens=(seed,))]


class Desk:
    """An archive with its queue and models, and a worker on it in this process."""

    def __init__(self, root: Path, models: Path) -> None:
        self.archive = Archive(root)
        self.models = models
        self.queue = Queue(path_of(root))
        self.engine = EchoEngine()

    def work(self) -> None:
        worker.work(self.archive, Weights(self.models), lambda *_: self.engine)

    def ask(self, folder: SessionFolder, *, model: str = DEMO, language: str = "") -> Job:
        return self.queue.add(folder.id, model=model, language=language)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models' folder in which the demo is expanded already."""
    folder = tmp_path_factory.mktemp("models")
    Weights(folder).find(DEMO)
    return folder


@pytest.fixture
def desk(tmp_path: Path, models: Path) -> Iterator[Desk]:
    root = tmp_path / "archive"
    root.mkdir()
    desk = Desk(root, models)
    yield desk
    desk.queue.close()


def sample_session(root: Path, *, breaks_s: float = 0.0, sealed: bool = True) -> SessionFolder:
    """The sample broadcast as a session; where it breaks off, five seconds are missing."""
    chunks = adts_chunks(resources.path("sample/session.aac").read_bytes(), RATE)
    ends = [sum(duration_s for _, duration_s in chunks[: n + 1]) for n in range(len(chunks))]
    first = sum(end_s <= breaks_s for end_s in ends)
    parts = [PartSpec(fmt=TALK, chunks=chunks[first:])]
    if first:
        parts = [
            PartSpec(fmt=TALK, chunks=chunks[:first]),
            PartSpec(fmt=TALK, chunks=chunks[first:], start_s=ends[first - 1] + 5),
        ]
    return build_session(root, parts, title="The late session", sealed=sealed)


def text_of(folder: SessionFolder) -> transcript.Transcript:
    [text] = transcript.active(folder)
    return transcript.load(text.path)


def script() -> list[dict[str, Any]]:
    spoken: list[dict[str, Any]] = json.loads(resources.path("sample/session.json").read_bytes())[
        "utterances"
    ]
    return spoken


def test_the_sample_broadcast_is_transcribed_in_its_own_process(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    process = worker.start(desk.archive.root, desk.models)
    assert process.wait(60) == 0, (desk.archive.root / worker.LOG_NAME).read_text()
    assert desk.queue.job(job.id).state is JobState.DONE, desk.queue.job(job.id).error
    heard = text_of(folder)
    assert heard.model == DEMO
    assert heard.engine == "openai"
    assert heard.language == "en"
    assert heard.model_sha256 == Weights(desk.models).require(DEMO).sha256
    assert heard.options["condition_on_previous_text"] is False
    sentences = [item for item in script() if len(item["text"].split()) > 1]
    assert len(sentences) >= 5
    for item in sentences:
        [segment] = [s for s in heard.segments if s.text == item["text"]]
        assert segment.start_s == pytest.approx(item["start_s"], abs=0.5)
        assert segment.end_s == pytest.approx(item["end_s"], abs=0.5)


def counting_worker(desk: Desk, log: Path) -> subprocess.Popen[bytes]:
    """A worker that writes a line for each chunk before it begins it."""
    command = [sys.executable, "-P", "-c", COUNTING_WORKER]
    return subprocess.Popen([*command, str(desk.archive.root), str(desk.models), str(log)])


def test_a_killed_worker_loses_nothing_and_repeats_at_most_one_chunk(
    desk: Desk, tmp_path: Path
) -> None:
    folder, log = sample_session(desk.archive.root), tmp_path / "killed"
    log.touch()
    job = desk.ask(folder)
    killed = counting_worker(desk, log)
    wait_until(lambda: len(log.read_text().splitlines()) >= 3, within_s=60, what="three chunks")
    killed.kill()
    killed.wait()
    assert desk.queue.job(job.id).state is JobState.QUEUED
    assert 0 < desk.queue.job(job.id).progress < 1

    assert counting_worker(desk, log).wait(60) == 0
    assert desk.queue.job(job.id).state is JobState.DONE
    begun = Counter(log.read_text().split())
    assert sum(begun.values()) <= len(begun) + 1

    uninterrupted, other_log = sample_session(desk.archive.root), tmp_path / "uninterrupted"
    desk.ask(uninterrupted)
    assert counting_worker(desk, other_log).wait(60) == 0
    assert set(other_log.read_text().split()) == set(begun)
    assert text_of(folder).segments == text_of(uninterrupted).segments


def test_what_a_cancelled_job_did_is_not_done_again(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    heard: list[int] = []

    def cancel_in_the_second() -> None:
        heard.append(1)
        if len(heard) == 2:
            desk.queue.cancel(job.id)

    desk.engine.before = cancel_in_the_second
    desk.work()
    assert desk.queue.job(job.id).state is JobState.CANCELLED
    assert transcript.stored(folder) == []
    assert len(heard) == 2
    desk.ask(folder)
    desk.work()
    assert len(heard) == len(text_of(folder).segments)


def test_segments_never_cross_a_gap_and_the_transcript_says_the_gaps(desk: Desk) -> None:
    folder = sample_session(desk.archive.root, breaks_s=19.3)  # in mid-sentence
    desk.ask(folder)
    desk.work()
    heard = text_of(folder)
    [gap] = heard.gaps
    assert (gap.reason, gap.to_s - gap.from_s) == (GapReason.CONNECTION_LOST, pytest.approx(5))
    assert any(segment.end_s == pytest.approx(gap.from_s, abs=0.05) for segment in heard.segments)
    assert any(segment.start_s == pytest.approx(gap.to_s, abs=0.05) for segment in heard.segments)
    for segment in heard.segments:
        assert segment.end_s <= gap.from_s + 0.001 or segment.start_s >= gap.to_s - 0.001
    assert all(one.end_s <= other.start_s for one, other in pairwise(heard.segments))


def test_a_session_without_speech_has_an_empty_transcript(desk: Desk) -> None:
    folder = build_session(desk.archive.root)  # tones
    job = desk.ask(folder)
    desk.work()
    assert desk.queue.job(job.id).state is JobState.DONE
    assert text_of(folder).segments == ()
    assert text_of(folder).text == ""


def test_one_thread_while_something_is_recorded(desk: Desk) -> None:
    desk.ask(sample_session(desk.archive.root))
    desk.work()
    assert set(desk.engine.threads) == {0}
    live = desk.archive.create("live", [])
    desk.ask(sample_session(desk.archive.root))
    desk.engine.threads.clear()
    with live.hold():
        desk.work()
    assert set(desk.engine.threads) == {1}


def many_languages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo pass for a model that knows many languages."""
    demo = Weights(desk.models).require(DEMO)
    values = {name: getattr(demo, name) for name in Model.__slots__} | {"languages": ()}
    monkeypatch.setattr(Weights, "_demo", lambda _: Model(**values))


def test_the_language_is_voted_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many_languages(desk, monkeypatch)
    desk.engine.languages_heard = [
        {"de": 0.5, "nl": 0.4},
        {"de": 0.3, "nl": 0.6},
        {"de": 0.6, "nl": 0.3},
    ]
    folder = sample_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    assert text_of(folder).language == "de"
    assert text_of(folder).segments[0].text.startswith("de for")
    assert desk.engine.languages_heard == []


def test_without_speech_there_is_no_language(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    many_languages(desk, monkeypatch)
    folder = build_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    assert text_of(folder).language == UNDETERMINED


def test_what_was_said_is_found_once_the_job_is_done(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    desk.ask(folder)
    desk.work()
    with contextlib.closing(database.open(desk.archive.root)) as index:
        [hit, *_] = search.search(index, '"en for"').hits
    assert hit.session == folder.id


def test_an_index_that_cannot_be_written_costs_no_transcript(desk: Desk) -> None:
    database.path_of(desk.archive.root).mkdir()
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder)
    desk.work()
    done = desk.queue.job(job.id)
    assert done.state is JobState.DONE
    assert "can't be searched yet" in done.error
    assert text_of(folder).segments


def failed(desk: Desk, job: Job) -> str:
    desk.work()
    done = desk.queue.job(job.id)
    assert done.state is JobState.FAILED
    return done.error


def test_a_missing_model_is_said_and_other_jobs_go_on(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    job = desk.ask(folder, model="large-v3")
    other = desk.ask(folder)
    assert "'aircheck models get large-v3'" in failed(desk, job)
    assert desk.queue.job(other.id).state is JobState.DONE


def test_a_language_that_the_model_does_not_know_is_said(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root), language="de")
    assert "doesn't know the language 'de'" in failed(desk, job)


def test_an_open_session_is_not_transcribed(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root, sealed=False))
    assert "still being recorded" in failed(desk, job)


def test_a_session_without_audio_is_said(desk: Desk) -> None:
    job = desk.ask(build_session(desk.archive.root, []))
    assert "holds no audio" in failed(desk, job)


def test_a_session_that_is_gone_is_said(desk: Desk) -> None:
    job = desk.ask(Archive(desk.archive.root.parent).create("elsewhere", []))
    assert "No session" in failed(desk, job)


def test_an_audio_file_that_is_gone_is_said(desk: Desk) -> None:
    folder = sample_session(desk.archive.root)
    (folder.audio / "a-000001.aac").unlink()
    assert "a-000001.aac" in failed(desk, desk.ask(folder))


def test_a_bug_ends_its_job_and_no_other(desk: Desk) -> None:
    bad, good = (sample_session(desk.archive.root) for _ in range(2))
    job, other = desk.ask(bad), desk.ask(good)

    def stumble() -> None:
        desk.engine.before = lambda: None
        raise ZeroDivisionError("one in a million")

    desk.engine.before = stumble
    error = failed(desk, job)
    assert "ZeroDivisionError: one in a million" in error
    assert "The audio is untouched" in error
    assert desk.queue.job(other.id).state is JobState.DONE


def test_an_interrupted_worker_gives_its_job_back(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root))

    def interrupt() -> None:
        desk.engine.before = lambda: None
        raise KeyboardInterrupt

    desk.engine.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        desk.work()
    assert desk.queue.job(job.id).state is JobState.QUEUED
    desk.work()
    assert desk.queue.job(job.id).state is JobState.DONE


def test_one_worker_at_a_time(desk: Desk) -> None:
    job = desk.ask(sample_session(desk.archive.root))
    with FileLock(desk.archive.root / worker._LOCK_NAME):
        thread = threading.Thread(target=desk.work, name="second worker")
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        assert desk.queue.job(job.id).state is JobState.QUEUED
    thread.join(30)
    assert desk.queue.job(job.id).state is JobState.DONE


def test_starting_a_worker_loads_no_torch() -> None:
    code = (
        "import sys; import transcribe.worker, transcribe.queue, transcribe.captions; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'whisper', 'ctranslate2')))"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
