"""The queue: what survives a dead worker, a cancel, a broken file, and several processes."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from sqlite_utils import Database

from recorder.errors import StorageError
from recorder.types import Seconds, SessionId, new_session_id
from transcribe import queue as queue_module
from transcribe.errors import JobNotFound, QueueBroken, QueueError
from transcribe.queue import ChunkRow, JobState, Queue

CLAIM = """
import sys
from pathlib import Path
from transcribe.queue import Queue
queue = Queue(Path(sys.argv[1]))
job = queue.claim()
print(job.id if job else 0, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "queue.db"


@pytest.fixture
def queue(path: Path) -> Iterator[Queue]:
    queue = Queue(path)
    yield queue
    queue.close()


@pytest.fixture
def session() -> SessionId:
    return new_session_id()


def rows(*keys: str) -> list[ChunkRow]:
    return [
        ChunkRow(
            number=number,
            track="a",
            start_s=Seconds(number * 10),
            end_s=Seconds(number * 10 + 5),
            key=key,
        )
        for number, key in enumerate(keys)
    ]


def worker_that_claims(path: Path) -> tuple[subprocess.Popen[str], int]:
    """Another process that has claimed a job and waits; its number."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", CLAIM, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    return child, int(child.stdout.readline())


def kill(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def test_a_job_goes_its_way(queue: Queue, session: SessionId) -> None:
    added = queue.add(session, model="demo")
    assert (added.state, added.progress, added.language) == (JobState.QUEUED, 0, "")
    job = queue.claim()
    assert job
    assert (job.id, job.state) == (added.id, JobState.RUNNING)
    assert queue.chunks(job) is None
    queue.plan(job, "en", rows("k1", "k2"))
    planned = queue.chunks(job)
    assert planned == rows("k1", "k2")
    queue.keep(job, planned[0], "[]")
    assert queue.job(job.id).progress == 0.5
    assert queue.job(job.id).language == "en"
    queue.finish(job)
    done = queue.job(job.id)
    assert (done.state, done.progress, done.error) == (JobState.DONE, 1, "")
    assert done.finished_at
    assert done.finished_at >= done.created_at
    assert queue.chunks(job) == []
    assert queue.claim() is None


def test_jobs_come_in_order_and_are_listed_newest_first(queue: Queue) -> None:
    first, second = (queue.add(new_session_id(), model="demo") for _ in range(2))
    assert [job.id for job in queue.jobs()] == [second.id, first.id]
    claimed = queue.claim()
    assert claimed
    assert claimed.id == first.id


def test_what_has_no_model_waits_until_it_is_handed_over(queue: Queue, session: SessionId) -> None:
    waits = queue.prefer(queue.add(session, model="large-v3", language="de").id)
    assert queue.claim(models={"demo"}) is None
    ready = queue.add(new_session_id(), model="demo")
    claimed = queue.claim(models={"demo"})
    assert claimed is not None
    assert claimed.id == ready.id
    assert not queue.is_outranked(claimed, models={"demo"})
    assert queue.is_outranked(claimed)
    assert queue.hand_over(ready.id, model="tiny").model == "demo"  # it is at work
    handed = queue.hand_over(waits.id, model="tiny")
    assert (handed.model, handed.language, handed.priority) == ("tiny", "de", waits.priority)
    again = queue.claim(models={"demo", "tiny"})
    assert again is not None
    assert again.id == waits.id


def test_a_translation_is_not_handed_over(queue: Queue, session: SessionId) -> None:
    job = queue.add(session, model="large-v3", task="translate")
    assert queue.hand_over(job.id, model="tiny") == job  # which may not be able to


def test_what_is_asked_for_already_is_not_asked_for_twice(queue: Queue, session: SessionId) -> None:
    job = queue.add(session, model="demo")
    assert queue.add(session, model="demo").id == job.id
    assert queue.add(session, model="tiny").id != job.id
    assert queue.add(session, model="demo", language="de").id != job.id
    queue.cancel(job.id)
    assert queue.add(session, model="demo").id != job.id


def test_nothing_planned_is_not_the_same_as_no_plan(queue: Queue, session: SessionId) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    queue.plan(job, "und", [])
    assert queue.chunks(job) == []


def test_a_dead_workers_job_is_claimed_again_with_what_it_did(
    queue: Queue, path: Path, session: SessionId
) -> None:
    job = queue.add(session, model="demo")
    child, claimed = worker_that_claims(path)
    assert claimed == job.id
    queue.plan(job, "en", rows("k1", "k2"))
    queue.keep(job, rows("k1", "k2")[0], "[1]")
    assert queue.job(job.id).state is JobState.RUNNING
    assert queue.claim() is None
    kill(child)
    assert queue.job(job.id).state is JobState.QUEUED
    again = queue.claim()
    assert again
    assert again.id == job.id
    chunks = queue.chunks(again)
    assert chunks
    assert [chunk.text for chunk in chunks] == ["[1]", None]


def test_a_job_that_kills_its_workers_fails_in_the_end(
    queue: Queue, path: Path, session: SessionId
) -> None:
    job = queue.add(session, model="demo")
    for _ in range(3):
        child, claimed = worker_that_claims(path)
        assert claimed == job.id
        kill(child)
    assert queue.claim() is None
    assert queue.job(job.id).state is JobState.FAILED
    assert "three times" in queue.job(job.id).error


def test_a_finished_chunk_forgives_earlier_deaths(
    queue: Queue, path: Path, session: SessionId
) -> None:
    job = queue.add(session, model="demo")
    for _ in range(4):
        child, claimed = worker_that_claims(path)
        assert claimed == job.id
        queue.plan(job, "en", rows("k1"))
        queue.keep(job, rows("k1")[0], "[]")
        kill(child)
    assert queue.claim() is not None


def test_another_process_of_the_same_pid_is_not_the_worker(
    queue: Queue, path: Path, session: SessionId
) -> None:
    job = queue.add(session, model="demo")
    child, _ = worker_that_claims(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE job SET worker_started = worker_started - 3600")
    connection.close()
    assert psutil.pid_exists(child.pid)
    assert queue.job(job.id).state is JobState.QUEUED
    kill(child)


def test_a_cancelled_job_is_not_wanted_and_stays_cancelled(
    queue: Queue, session: SessionId
) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    assert queue.is_wanted(job)
    assert queue.cancel(job.id).state is JobState.CANCELLED
    assert not queue.is_wanted(job)
    queue.finish(job)
    queue.fail(job, "too late")
    assert queue.job(job.id).state is JobState.CANCELLED
    assert queue.claim() is None


def test_what_a_cancelled_job_did_is_found_again_by_its_key(
    queue: Queue, session: SessionId
) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    queue.plan(job, "en", rows("k1", "k2"))
    queue.keep(job, rows("k1", "k2")[0], "[1]")
    queue.cancel(job.id)
    queue.add(session, model="demo")
    again = queue.claim()
    assert again
    queue.plan(again, "en", rows("other", "k1"))
    chunks = queue.chunks(again)
    assert chunks
    assert [chunk.text for chunk in chunks] == [None, "[1]"]
    queue.finish(again)
    assert queue.chunks(job) == []


def test_a_released_job_waits_again(queue: Queue, session: SessionId) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    queue.release(job)
    assert queue.claim() == replace(job, state=JobState.RUNNING)


def test_a_failed_job_says_why(queue: Queue, session: SessionId) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    queue.fail(job, "The disk is full.")
    assert (queue.job(job.id).state, queue.job(job.id).error) == (
        JobState.FAILED,
        "The disk is full.",
    )


def test_each_job_is_claimed_by_one_process(queue: Queue, path: Path) -> None:
    wanted = {queue.add(new_session_id(), model="demo").id for _ in range(2)}
    workers = [worker_that_claims(path) for _ in range(3)]
    assert sorted(number for _, number in workers) == [0, *sorted(wanted)]
    for child, _ in workers:
        kill(child)


def test_no_such_job(queue: Queue) -> None:
    with pytest.raises(JobNotFound) as caught:
        queue.cancel(7)
    assert caught.value.exit_status == 3


def test_a_broken_file_is_said_with_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database, and long enough to tell " * 40)
    with pytest.raises(QueueBroken, match="can't be read") as caught:
        Queue(path)
    assert str(path) in caught.value.hint
    assert "untouched" in caught.value.safe


def test_a_queue_that_cannot_be_opened_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError):
        Queue(path)


def test_a_locked_queue_is_said(
    queue: Queue, path: Path, session: SessionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue._connection.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(QueueError, match="held by another process"):
        queue.add(session, model="demo")
    other.rollback()
    other.close()
    assert queue.add(session, model="demo").state is JobState.QUEUED


def test_closing_twice_does_no_harm(path: Path) -> None:
    queue = Queue(path)
    queue.close()
    queue.close()


def test_what_rests_is_not_claimed_until_it_goes_on(queue: Queue, session: SessionId) -> None:
    job = queue.add(session, model="demo")
    assert queue.pause(job.id).state is JobState.PAUSED
    assert queue.claim() is None
    assert queue.resume(job.id).state is JobState.QUEUED
    queue.pause(job.id)
    assert queue.add(session, model="demo") == queue.job(job.id)  # asked for again, it goes on
    claimed = queue.claim()
    assert claimed
    queue.pause(job.id)
    assert not queue.is_wanted(claimed)
    queue.cancel(job.id)
    assert queue.job(job.id).state is JobState.CANCELLED


def test_what_failed_can_be_tried_again_and_keeps_what_was_done(
    queue: Queue, session: SessionId
) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    queue.plan(job, "en", rows("k1", "k2"))
    queue.keep(job, rows("k1")[0], "[]")
    queue.fail(job, "no memory")
    again = queue.resume(job.id)
    assert (again.state, again.error, again.progress) == (JobState.QUEUED, "", 0.5)


def test_the_preferred_comes_first(queue: Queue, session: SessionId) -> None:
    first, second, third = (queue.add(session, model=name) for name in ("x", "y", "z"))
    queue.prefer(third.id)
    job = queue.claim()
    assert job
    assert job.id == third.id
    assert not queue.is_outranked(job)
    queue.prefer(second.id)
    assert queue.is_outranked(job)
    queue.release(job)
    for number in (second.id, third.id, first.id):
        job = queue.claim()
        assert job
        assert job.id == number
        queue.finish(job)


def test_how_long_it_takes_still_is_told_by_the_pace_so_far(
    queue: Queue, session: SessionId
) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    queue.plan(job, "en", rows("k1", "k2", "k3", "k4"))
    assert queue.job(job.id).left_s is None
    queue.keep(job, rows("k1")[0], "[]", took_s=1.5)
    queue.keep(job, rows("k1", "k2")[1], "[]", took_s=2.5)
    assert queue.job(job.id).left_s == pytest.approx(4.0)  # 10 s of speech took 4 s; 10 s are left
    queue.finish(job)
    assert queue.job(job.id).left_s is None


def test_only_what_is_over_is_taken_from_the_list(queue: Queue, session: SessionId) -> None:
    waits, over = (queue.add(session, model=name) for name in ("x", "y"))
    queue.cancel(over.id)
    assert queue.forget(waits.id).is_listed
    assert not queue.forget(over.id).is_listed
    assert queue.resume(over.id).is_listed
    with pytest.raises(JobNotFound):
        queue.forget(99)


def test_a_queue_of_before_is_migrated(path: Path, session: SessionId) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    queue_module._migrations.apply(Database(old), stop_before="choices")
    old.execute(
        "INSERT INTO job (session, model, asked_language, language, state, created_at)"
        " VALUES (?, 'demo', '', '', 'queued', '2024-08-13T00:00:00.000Z')",
        [session],
    )
    old.commit()
    old.close()
    with contextlib.closing(Queue(path)) as queue:
        [job] = queue.jobs()
        assert (job.session, job.engine, job.task, job.priority) == (session, "", "transcribe", 0)
        assert queue.add(session, model="demo").id == job.id
        assert queue.claim()


def test_chunks_planned_before_pauses_were_left_out_are_heard_whole(
    path: Path, session: SessionId
) -> None:
    path.parent.mkdir()
    old = sqlite3.connect(path)
    queue_module._migrations.apply(Database(old), stop_before="pauses")
    old.execute(
        "INSERT INTO job (session, model, asked_language, language, state, created_at, planned)"
        " VALUES (?, 'demo', '', 'en', 'queued', '2024-08-13T00:00:00.000Z', 1)",
        [session],
    )
    old.executemany(
        "INSERT INTO chunk (job_id, number, track, start_s, end_s, key, text)"
        " VALUES (1, ?, 'a', ?, ?, ?, ?)",
        [(0, 0.0, 5.0, "k1", "[]"), (1, 10.0, 15.0, "k2", None)],
    )
    old.commit()
    old.close()
    with contextlib.closing(Queue(path)) as queue:
        job = queue.claim()
        assert job
        assert job.progress == 0.5
        assert queue.chunks(job) == [replace(rows("k1")[0], text="[]"), rows("k1", "k2")[1]]


def test_what_is_left_out_of_a_chunk_is_no_work(queue: Queue, session: SessionId) -> None:
    queue.add(session, model="demo")
    job = queue.claim()
    assert job
    first, second = rows("k1", "k2")
    second = replace(second, left_out=((Seconds(11), Seconds(12)), (Seconds(13), Seconds(14.5))))
    queue.plan(job, "en", [first, second])
    assert queue.chunks(job) == [first, second]
    queue.keep(job, second, "[]", took_s=5.0)
    assert queue.job(job.id).progress == pytest.approx(2.5 / 7.5)
    assert queue.job(job.id).left_s == pytest.approx(10.0)


def test_a_disk_that_refuses_is_no_reason_to_delete_the_queue(path: Path) -> None:
    refused = sqlite3.OperationalError("disk I/O error")
    refused.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    with pytest.raises(StorageError) as raised, queue_module._mapped(path):
        raise refused
    assert "Delete" not in raised.value.hint
