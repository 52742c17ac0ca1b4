"""A session is sealed, transcribed by real Whisper in a child process, and found."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.broadcast import Sample, SampleBroadcast
from app.gui.presenters.library import Row
from app.gui.presenters.transcription import Transcription
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.types import AudioFormat, utc_now
from tests.app.gui import reach
from tests.recorder.builders import PartSpec, build_session
from transcribe import worker
from transcribe.queue import JobState, Queue, path_of

WITHIN_MS = 60_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, transcribe=True, model="demo")


def said(count: int) -> PartSpec:
    """The first utterances of the sample, as a part."""
    sample = Sample.load()
    until_s = sample.utterances[count - 1].end_s + 0.5
    fmt = AudioFormat(container="adts", codec="aac", rate_hz=44_100, channels=1)
    numbers = range(int(until_s / sample.segment_s) + 1)
    chunks = [(sample.segment(number), sample.segment_s) for number in numbers]
    return PartSpec(fmt=fmt, chunks=chunks)


def test_a_fresh_session_is_transcribed_by_itself_and_its_words_are_found(
    qtbot: QtBot, open_it: Callable[[], Window], settings: Settings
) -> None:
    folder = build_session(settings.archive, [said(2)], started_at=utc_now())
    window = open_it()
    qtbot.waitUntil(lambda: window.side.sessions.rowCount() == 1)
    window.show_session(folder)
    told: list[str] = []
    window._desk.work_changed.connect(
        lambda works: told.extend(f"{job.state}" for job in works.jobs.values())
    )
    text = reach.session(window).transcript
    phrase = " ".join(Sample.load().utterances[0].text.split()[:3])
    qtbot.waitUntil(lambda: phrase.lower() in text.toPlainText().lower(), timeout=WITHIN_MS)
    assert "demo" in reach.session(window).text.state.accessibleName()
    assert JobState.RUNNING in told
    window.bar.field.setText(phrase)
    window.bar.search_asked.emit(phrase)
    qtbot.waitUntil(lambda: reach.search(window).model.rowCount() >= 2, timeout=WITHIN_MS)
    wait_for_worker(qtbot, window)


def wait_for_worker(qtbot: QtBot, window: Window) -> None:
    worker = window._desk._transcription._worker
    assert worker is not None
    qtbot.waitUntil(lambda: worker.poll() is not None, timeout=WITHIN_MS)


@pytest.fixture
def queue(settings: Settings) -> Iterator[Queue]:
    queue = Queue(path_of(settings.archive))
    yield queue
    queue.close()


def row(settings: Settings, **changes: object) -> Row:
    folder = build_session(settings.archive, started_at=utc_now())
    summary = dataclasses.replace(folder.summary(), **changes)  # type: ignore[arg-type]
    return Row(summary=summary, is_transcribed=False)


def test_old_sessions_wait_until_somebody_asks(settings: Settings) -> None:
    old = build_session(settings.archive)  # of 2024
    work = Transcription(settings)
    work.show_rows((Row(summary=old.summary(), is_transcribed=False),))
    assert work.look() is None
    assert not path_of(settings.archive).exists()


def test_what_is_said_follows_the_job(settings: Settings, queue: Queue) -> None:
    silent = Transcription(dataclasses.replace(settings, transcribe=False))
    fresh = row(settings)
    silent.show_rows((fresh,))
    job = queue.add(fresh.summary.id, model="demo")
    queue.cancel(job.id)
    works = silent.look()
    assert works is not None
    assert works.of(fresh).may_ask
    assert "cancelled" in works.of(fresh).sentence
    assert silent.look() is None
    other = row(settings)
    assert works.of(other).may_ask
    empty = row(settings, duration_s=0.0)
    assert not works.of(empty).may_ask


def test_a_session_that_failed_is_not_queued_again_by_itself(
    settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    fresh = row(settings)
    job = queue.add(fresh.summary.id, model="demo")
    claimed = queue.claim()
    assert claimed is not None
    queue.fail(claimed, "There is not enough memory.")
    work = Transcription(settings)
    work.show_rows((fresh,))
    works = work.look()
    assert works is not None
    assert works.of(fresh).sentence.startswith("There is not enough memory.")
    assert [one.id for one in queue.jobs()] == [job.id]


@pytest.fixture
def bare(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As on the first day: the model that suits the machine is not here; no worker starts."""
    monkeypatch.setattr(worker, "start", lambda *_: pytest.fail("there is nothing to do"))
    return dataclasses.replace(settings, model="base")


def test_own_recordings_wait_for_a_real_model_and_start_when_one_is_there(
    bare: Settings, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = row(bare)
    work = Transcription(bare)
    work.show_rows((fresh,))
    works = work.look()
    assert works is not None
    (job,) = queue.jobs()
    assert (job.model, job.state) == ("base", JobState.QUEUED)
    assert works.of(fresh).sentence.startswith("Waits for a model: Whisper base ")
    work.ask(SessionFolder(fresh.summary.folder))  # who asks by hand names no model either
    assert work.look() is None
    assert [each.id for each in queue.jobs()] == [job.id]
    started: list[Path] = []
    monkeypatch.setattr(worker, "start", lambda root, _: started.append(root) or ended_process())
    bare.models.mkdir()
    (bare.models / "tiny.pt").write_bytes(b"weights")
    works = work.look()
    assert works is not None
    assert queue.job(job.id).model == "tiny"
    assert works.of(fresh).sentence == "Waiting to be transcribed by Whisper tiny."
    assert started == [bare.archive]


def ended_process() -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(60)
    return process


def test_the_sample_alone_is_transcribed_by_the_toy(
    bare: Settings, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "start", lambda *_: ended_process())
    with SampleBroadcast() as broadcast:
        sample = build_session(bare.archive, started_at=utc_now(), source=broadcast.url)
    own = row(bare)
    work = Transcription(bare)
    work.show_rows((Row(summary=sample.summary(), is_transcribed=False), own))
    assert work.look() is not None
    assert {job.session: job.model for job in queue.jobs()} == {
        sample.id: "demo",
        own.summary.id: "base",
    }
