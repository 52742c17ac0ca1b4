"""The list of all long work: order, words, and what can be done."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.gui.presenters import jobs
from app.gui.presenters import settings as settings_presenter
from app.gui.presenters.transcription import Works
from app.jobs import Job, Jobs, JobState, Kind, Request
from app.settings import Settings
from recorder.types import Seconds, new_session_id, utc_now
from transcribe.queue import Job as QueueJob
from transcribe.queue import JobState as QueueState
from transcribe.queue import Queue, path_of

NOW = utc_now()


def job(state: JobState, kind: Kind = Kind.EXPORT, *, minutes: int = 0) -> Job:
    details = {"order": {"door": "unedited"}}
    return Job(
        id=f"{kind}-{state}-{minutes}",
        request=Request(kind=kind, title="A talk", details=details),
        state=state,
        asked_at=NOW - timedelta(minutes=minutes),
        finished_at=NOW if state.is_final else None,
    )


def queued(state: QueueState, *, progress: float = 0.0, left_s: float | None = None) -> QueueJob:
    return QueueJob(
        id=7,
        session=new_session_id(),
        model="base",
        language="",
        engine="",
        task="transcribe",
        by_channel=False,
        priority=0,
        state=state,
        progress=progress,
        left_s=None if left_s is None else Seconds(left_s),
        error="The model base is not on this machine yet." if state is QueueState.FAILED else "",
        created_at=NOW,
        finished_at=None,
    )


def works(job: QueueJob, *, has_model: bool = True) -> Works:
    return Works(
        jobs={job.session: job},
        every=(job,),
        without_model=frozenset() if has_model else frozenset({job.id}),
    )


def test_what_goes_on_comes_before_what_is_over_and_the_newest_first() -> None:
    every = [
        job(JobState.DONE),
        job(JobState.RUNNING, minutes=9),
        job(JobState.WAITING, minutes=3),
        job(JobState.FAILED, minutes=5),
    ]
    shown = jobs.items(every, Works(), {})
    assert [item.look.word for item in shown] == ["Waiting", "In work", "Done", "Failed"]
    assert jobs.counted(shown) == 2
    assert jobs.summary(shown) == "2 in work · 1 to try again"
    assert jobs.summary(()) == ""


@pytest.mark.parametrize("state", list(JobState))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_and_state_has_words_and_something_to_do(kind: Kind, state: JobState) -> None:
    (item,) = jobs.items([job(state, kind)], Works(), {})
    assert item.about
    assert item.look.icon
    assert item.actions
    assert all(jobs.action_word(action) for action in item.actions)


def test_how_far_and_how_long() -> None:
    running = replace(job(JobState.RUNNING), progress=0.42, left_s=95.0, step="Part two")
    (item,) = jobs.items([running], Works(), {})
    assert item.detail == "Part two · 42 % · about 95 s left"
    assert item.progress == 0.42


def test_why_it_failed() -> None:
    failed = replace(job(JobState.FAILED), error=("The disk is full.", "It is safe.", "Make room."))
    (item,) = jobs.items([failed], Works(), {})
    assert item.detail == "The disk is full. It is safe. Make room."
    assert item.actions[0] == "again"
    (died,) = jobs.items([job(JobState.FAILED)], Works(), {})
    assert "ended before it was done" in died.detail


def test_what_was_made_is_named() -> None:
    done = replace(job(JobState.DONE), files=(Path("/out/a.m4a"), Path("/out/a.json")))
    (item,) = jobs.items([done], Works(), {})
    assert item.detail.endswith("a.m4a and 1 more")
    assert item.actions[0] == "show"


def test_transcriptions_are_among_them() -> None:
    running = queued(QueueState.RUNNING, progress=0.5, left_s=30.0)
    (item,) = jobs.items([], works(running), {running.session: "A late talk"})
    assert item.title == "A late talk"
    assert item.about == "Transcription by Whisper base"
    assert item.detail == "50 % · about 30 s left"
    assert item.actions == ("pause", "cancel")
    (failed,) = jobs.items([], works(queued(QueueState.FAILED)), {})
    assert "not on this machine" in failed.detail
    assert failed.actions == ("again", "forget")


def test_every_transcription_of_a_session_is_listed_until_it_is_forgotten() -> None:
    done, other = (queued(QueueState.DONE), queued(QueueState.QUEUED))
    other = replace(other, id=done.id + 1, session=done.session, task="translate")
    both = Works(jobs={done.session: other}, every=(other, done))
    shown = jobs.items([], both, {done.session: "A late talk"})
    assert [item.actions for item in shown] == [("first", "pause", "cancel"), ("open", "forget")]
    assert shown[0].about == "Translation to English by Whisper base"
    assert shown[1].session == done.session
    gone = replace(both, every=(other, replace(done, is_listed=False)))
    assert len(jobs.items([], gone, {})) == 1


def test_one_whose_model_is_not_here_says_what_it_waits_for() -> None:
    (ready,) = jobs.items([], works(queued(QueueState.QUEUED)), {})
    assert ready.detail == ""
    (waits,) = jobs.items([], works(queued(QueueState.QUEUED), has_model=False), {})
    assert waits.look.word == "Waiting"
    assert waits.detail.startswith("Waits for a model: Whisper base is not on this computer yet.")
    assert (waits.actions, waits.model) == (("get", "cancel"), "base")
    here = Settings(archive=Path("/archive"), models=Path("/models"))
    request = settings_presenter.download_of("base", here)
    coming = replace(job(JobState.RUNNING), request=request)
    (waits,) = (
        item
        for item in jobs.items([coming], works(queued(QueueState.QUEUED), has_model=False), {})
        if item.session
    )
    assert "get" not in waits.actions


def test_orders_reach_the_queue(tmp_path: Path) -> None:
    queue = Queue(path_of(tmp_path))
    first, second = (queue.add(new_session_id(), model="base") for _ in range(2))
    everything = Jobs(tmp_path / "jobs")
    steps: tuple[tuple[jobs.Action, QueueState], ...] = (
        ("pause", QueueState.PAUSED),
        ("resume", QueueState.QUEUED),
        ("cancel", QueueState.CANCELLED),
        ("again", QueueState.QUEUED),
    )
    for action, state in steps:
        jobs.do(action, f"queue:{first.id}", everything, tmp_path)
        assert queue.job(first.id).state is state
    jobs.do("first", f"queue:{second.id}", everything, tmp_path)
    assert queue.job(second.id).priority > queue.job(first.id).priority
    queue.close()


def test_one_that_waits_for_something_says_until_when_and_is_only_given_up() -> None:
    waits = replace(
        job(JobState.RUNNING, Kind.REPLAY),
        next_try_at=NOW,
        step="It isn't there yet.",
        progress=0.0,
    )
    (item,) = jobs.items([waits], Works(), {})
    assert (item.look.word, item.progress, item.actions) == ("Waiting", None, ("cancel",))
    assert item.detail.startswith("It isn't there yet. Asked again at ")
    (watches,) = jobs.items([job(JobState.RUNNING, Kind.WATCH)], Works(), {})
    assert (watches.look.word, watches.actions) == ("Watching", ("pause", "cancel"))
    assert jobs.counted([watches]) == 0, "it is no news that it goes on"
