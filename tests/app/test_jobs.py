"""Work outlives who asked for it, ends when told to, and says what became of it."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from filelock import FileLock

from app.exporting import Order
from app.gui.presenters import watched
from app.jobs import Job, Jobs, JobState, Kind, Request
from recorder import launch
from recorder.archive import Archive
from recorder.verify import verify
from tests.app.test_publishing import talk
from tests.recorder.builders import build_session, encode, tone

DEADLINE_S = 60
PIECE = 1 << 20  # bytes of a download that are kept at once


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    jobs = Jobs(tmp_path / "jobs")
    yield jobs
    for job in jobs.all():
        if not job.state.is_final and job.pid:
            psutil.Process(job.pid).kill()
    for child in launch._children:
        child.wait(DEADLINE_S)


def wait_for(jobs: Jobs, job: Job, is_so: Callable[[Job], bool]) -> Job:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so(now := jobs.job(job.id)):
        assert time.monotonic() < deadline, now
        assert not now.state.is_final, now
        time.sleep(0.02)
    return now


def ended(jobs: Jobs, job: Job) -> Job:
    return wait_for(jobs, job, lambda now: now.state.is_final)


def export(folders: list[Path], out: Path, order: Order | None = None) -> Request:
    order = order or Order()
    details = {
        "folders": [str(path) for path in folders],
        "order": order.to_json(),
        "out": str(out),
    }
    return Request(kind=Kind.EXPORT, title="A talk", details=details)


def test_an_export_of_two_sessions(jobs: Jobs, tmp_path: Path) -> None:
    folders = [talk(tmp_path / "archive").path, build_session(tmp_path / "archive").path]
    job = ended(jobs, jobs.start(export(folders, tmp_path / "out")))
    assert (job.state, job.progress) == (JobState.DONE, 1.0)
    packages = [path for path in job.files if path.is_dir()]
    assert len(packages) == 2
    assert all(verify(path).ok for path in packages)


def test_one_that_fails_harms_no_other(jobs: Jobs, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    folders = [build_session(root, sealed=False).path, talk(root).path]
    job = ended(jobs, jobs.start(export(folders, tmp_path / "out")))
    assert job.state is JobState.FAILED
    assert job.error[0].startswith("1 of 2 sessions could not be exported.")
    assert "isn't finished" in job.error[0]
    assert job.files


def test_why_it_failed_and_again(jobs: Jobs, tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive", sealed=False)
    job = ended(jobs, jobs.start(export([folder.path], tmp_path / "out")))
    assert job.error[0] == "The session isn't finished, so there is no unedited audio of it yet."
    assert job.error[2]
    second = ended(jobs, jobs.again(job.id))
    assert second.state is JobState.FAILED
    assert [each.id for each in jobs.all()] == [second.id]
    jobs.forget(second.id)
    assert jobs.all() == []
    assert not list(jobs.folder.glob(f"{second.id}*"))


def test_one_that_waits_for_its_turn_can_be_cancelled(jobs: Jobs, tmp_path: Path) -> None:
    jobs.folder.mkdir()
    with FileLock(jobs.folder / ".export.lock"):
        job = jobs.start(export([talk(tmp_path / "archive").path], tmp_path / "out"))
        waiting = wait_for(jobs, job, lambda now: now.pid > 0)
        assert waiting.state is JobState.WAITING
        jobs.forget(job.id)  # nothing: it isn't over
        jobs.cancel(job.id)
        assert ended(jobs, job).state is JobState.CANCELLED
    assert not (tmp_path / "out").exists()


def test_one_that_rests_goes_on(jobs: Jobs, tmp_path: Path) -> None:
    jobs.folder.mkdir()
    with FileLock(jobs.folder / ".export.lock"):
        job = jobs.start(export([talk(tmp_path / "archive").path], tmp_path / "out"))
        wait_for(jobs, job, lambda now: now.pid > 0)
        jobs.pause(job.id)
        wait_for(jobs, job, lambda now: now.state is JobState.PAUSED)
    jobs.resume(job.id)
    assert ended(jobs, job).state is JobState.DONE


def test_one_that_rests_can_be_cancelled(jobs: Jobs, tmp_path: Path) -> None:
    jobs.folder.mkdir()
    with FileLock(jobs.folder / ".export.lock"):
        job = jobs.start(export([talk(tmp_path / "archive").path], tmp_path / "out"))
        wait_for(jobs, job, lambda now: now.pid > 0)
        jobs.pause(job.id)
        wait_for(jobs, job, lambda now: now.state is JobState.PAUSED)
        jobs.cancel(job.id)
        assert ended(jobs, job).state is JobState.CANCELLED


def test_one_whose_process_died_has_failed(jobs: Jobs, tmp_path: Path) -> None:
    jobs.folder.mkdir()
    with FileLock(jobs.folder / ".export.lock"):
        job = jobs.start(export([talk(tmp_path / "archive").path], tmp_path / "out"))
        pid = wait_for(jobs, job, lambda now: now.pid > 0).pid
        psutil.Process(pid).kill()
        assert ended(jobs, job).state is JobState.FAILED


def test_what_was_asked_for_by_a_window_that_closed_is_shown_by_the_next(
    jobs: Jobs, tmp_path: Path
) -> None:
    job = ended(jobs, jobs.start(export([talk(tmp_path / "archive").path], tmp_path / "out")))
    assert Jobs(jobs.folder).all() == [job]


def test_what_a_later_version_wrote_is_left_alone(jobs: Jobs) -> None:
    jobs.folder.mkdir()
    strange = jobs.folder / "1.json"
    strange.write_text(json.dumps({"kind": "of a later version"}))
    assert jobs.all() == []
    assert strange.exists()


def test_files_are_imported(jobs: Jobs, tmp_path: Path) -> None:
    sound = tmp_path / "talk.wav"
    sound.write_bytes(encode(tone(1.0), 44_100, "wav", "pcm_s16le"))
    details = {"archive": str(tmp_path / "archive"), "paths": [str(sound)]}
    request = Request(kind=Kind.IMPORT, title="talk.wav", details=details)
    assert ended(jobs, jobs.start(request)).note == "1 imported"
    assert len(Archive(tmp_path / "archive").folders()) == 1
    assert ended(jobs, jobs.start(request)).note == "0 imported, 1 were here already"


def test_a_session_is_compared(jobs: Jobs, tmp_path: Path) -> None:
    folder, other = talk(tmp_path / "archive"), talk(tmp_path / "archive")
    picture = tmp_path / "compared.svg"
    details = {
        "archive": str(tmp_path / "archive"),
        "folder": str(folder.path),
        "other": other.id,
        "out": str(picture),
    }
    request = Request(kind=Kind.COMPARE, title="A talk", details=details)
    job = ended(jobs, jobs.start(request))
    assert job.state is JobState.DONE, job.error
    assert job.files == (picture,)
    assert picture.exists()


@pytest.fixture
def slow_server() -> Iterator[SimpleNamespace]:
    """Serves half a file, then waits to be let go on."""
    go_on, body = threading.Event(), b"x" * (1 << 20)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            go_on.wait(DEADLINE_S)
            self.wfile.write(body[len(body) // 2 :])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield SimpleNamespace(url=address, sha256=hashlib.sha256(body).hexdigest(), go_on=go_on)
    go_on.set()
    server.shutdown()
    server.server_close()


def test_a_download_says_how_far_it_is_and_keeps_what_came(
    jobs: Jobs, tmp_path: Path, slow_server: SimpleNamespace
) -> None:
    details = {
        "model": "tiny",
        "models": str(tmp_path / "models"),
        "base_url": slow_server.url,
    }
    job = jobs.start(Request(kind=Kind.DOWNLOAD, title="tiny", details=details))
    wait_for(jobs, job, lambda now: (now.progress or 0) > 0)
    jobs.cancel(job.id)
    assert ended(jobs, job).state is JobState.CANCELLED
    assert (tmp_path / "models" / "tiny.pt.part").stat().st_size > 0


def test_a_download_whose_connection_broke_goes_on_by_itself(
    jobs: Jobs, tmp_path: Path, breaking_server: SimpleNamespace
) -> None:
    details = {"model": "tiny", "models": str(tmp_path / "models"), "base_url": breaking_server.url}
    job = ended(jobs, jobs.start(Request(kind=Kind.DOWNLOAD, title="tiny", details=details)))
    assert breaking_server.asked == [None, f"bytes={PIECE}-", f"bytes={2 * PIECE}-"]
    assert job.state is JobState.FAILED, "the third time it was gone"
    assert (tmp_path / "models" / "tiny.pt.part").stat().st_size == 2 * PIECE


@pytest.fixture
def breaking_server() -> Iterator[SimpleNamespace]:
    """Breaks off after a piece, twice; then it has the file no more."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Range"])
            if len(asked) > 2:
                self.send_error(404)
                return
            self.send_response(206 if self.headers["Range"] else 200)
            self.send_header("Content-Length", str(8 * PIECE))
            self.end_headers()
            self.wfile.write(b"x" * PIECE)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", asked=asked)
    server.shutdown()
    server.server_close()


def test_watched_folders_are_imported_until_it_is_ended(jobs: Jobs, tmp_path: Path) -> None:
    root, folder = tmp_path / "archive", tmp_path / "memos"
    folder.mkdir()
    watched.settle(root, [folder], jobs)
    (job,) = jobs.all()
    assert (job.request.kind, job.request.title) == (Kind.WATCH, "memos")
    (folder / "talk.wav").write_bytes(encode(tone(1.0), 44_100, "wav", "pcm_s16le"))
    wait_for(jobs, job, lambda now: now.step == "talk.wav")
    assert len(Archive(root).folders()) == 1
    watched.settle(root, [folder], jobs)
    assert [each.id for each in jobs.all()] == [job.id], "it is there already"
    watched.settle(root, [], jobs)
    assert ended(jobs, job).state is JobState.CANCELLED
    watched.settle(root, [], jobs)
    assert jobs.all() == []
