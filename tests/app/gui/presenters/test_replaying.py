"""What is said of a session's replay: offered, waited for, over."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.gui.presenters import replaying
from app.jobs import Job, JobState, Kind, Request
from recorder.archive import SessionFolder
from recorder.types import utc_now
from tests.recorder.test_completing import ours

PAGE = "https://radio.example/talk"


def job(state: JobState, folder: Path = Path("a")) -> Job:
    request = Request(kind=Kind.REPLAY, title="A talk", details={"folder": str(folder)})
    return Job(id="7", request=request, state=state, asked_at=utc_now())


def test_it_is_offered_where_a_page_may_post_one(tmp_path: Path) -> None:
    assert replaying.page_of(ours(tmp_path / "a", page=PAGE)) == PAGE
    assert replaying.page_of(ours(tmp_path / "b")) == ""
    offered = replaying.replay_of(PAGE, None)
    assert offered is not None
    assert offered.sentence == "If radio.example posts a replay, the gaps can be filled from it."
    assert offered.action == "wait"
    assert replaying.replay_of("", None) is None


def test_while_it_waits_it_says_until_when_and_is_given_up() -> None:
    again = utc_now() + timedelta(minutes=1)
    told = replaying.replay_of(PAGE, replace(job(JobState.RUNNING), next_try_at=again))
    assert told is not None
    assert (told.action, told.job) == ("cancel", "7")
    assert told.sentence.startswith("Waiting for the replay on radio.example")
    assert "Asked again at" in told.sentence
    there = replaying.replay_of(PAGE, replace(job(JobState.RUNNING), progress=0.5))
    assert there is not None
    assert there.sentence == "The replay is there: 50 % compared."


@pytest.mark.parametrize(
    ("state", "problem"),
    [(JobState.DONE, None), (JobState.CANCELLED, ""), (JobState.FAILED, "It refuses.")],
)
def test_once_it_is_over_it_is_offered_again_unless_it_came(
    state: JobState, problem: str | None
) -> None:
    told = replaying.replay_of(PAGE, replace(job(state), error=("It refuses.", "", "")))
    assert (told.problem if told else None) == problem


def test_the_newest_work_of_a_session_is_found() -> None:
    jobs = [job(JobState.RUNNING, Path("b")), job(JobState.RUNNING), job(JobState.FAILED)]
    assert replaying.job_of(Path("a"), jobs) is jobs[1]
    request = replaying.request(Path("archive"), SessionFolder(Path("a")), "A talk")
    assert request.details["folder"] == "a"
