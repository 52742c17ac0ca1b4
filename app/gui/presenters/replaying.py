"""The replay of a session that ended with gaps: offered, waited for, given up. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from app.gui.presenters import figures, words
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from app.jobs import Job, JobState, Kind, Request
from recorder.archive import SessionFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What there is to say of a session's replay.

    Attributes:
        job: Of the waiting, where it waits.
        problem: Why the waiting came to nothing; empty where it didn't.
    """

    sentence: str
    action: Literal["wait", "cancel"]
    job: str = ""
    problem: str = ""


def page_of(folder: SessionFolder) -> str:
    """The page whose replay may fill a session's gaps; empty where none may. Reads the journal.

    Raises:
        CorruptSession: The session can't be read.
    """
    if not folder.timeline().gaps:
        return ""
    from app.replays import offer  # noqa: PLC0415 (loads NumPy; few sessions need it)

    return offer(folder)


def request(archive_root: Path, folder: SessionFolder, title: str) -> Request:
    """The work that waits for the replay, and fills the gaps from it."""
    details = {"archive": str(archive_root), "folder": str(folder.path)}
    return Request(kind=Kind.REPLAY, title=title, details=details)


def job_of(folder: Path, jobs: Iterable[Job]) -> Job | None:
    """The newest that waited, or waits, for this session's replay."""
    return next(
        (
            job
            for job in jobs
            if job.request.kind is Kind.REPLAY and job.request.details.get("folder") == str(folder)
        ),
        None,
    )


def replay_of(page: str, job: Job | None) -> Replay | None:
    """What to say; None where no replay can help, or one has helped already.

    Args:
        page: As by `page_of`.
        job: As by `job_of`.
    """
    if job is not None and not job.state.is_final:
        return Replay(sentence=_waiting(page, job), action="cancel", job=job.id)
    if not page or (job is not None and job.state is JobState.DONE):
        return None
    failed = job is not None and job.state is JobState.FAILED
    return Replay(
        sentence=translate(
            "Replay", "If {host} posts a replay, the gaps can be filled from it."
        ).format(host=_host(page)),
        action="wait",
        problem=" ".join(in_own_words(part) for part in job.error if part)
        if job and failed
        else "",
    )


def _waiting(page: str, job: Job) -> str:
    if job.progress is not None and not job.next_try_at:
        return translate("Replay", "The replay is there: {percent} compared.").format(
            percent=figures.percent(job.progress)
        )
    said = translate("Replay", "Waiting for the replay on {host}, also when the window is closed.")
    if not page:
        said = translate("Replay", "Waiting for the replay, also when the window is closed.")
    again = (
        translate("Replay", "Asked again at {time}.").format(
            time=figures.time(job.next_try_at.astimezone())
        )
        if job.next_try_at
        else ""
    )
    return f"{said.format(host=_host(page))} {again}".strip()


def _host(page: str) -> str:
    return words.one_line(urlsplit(page).hostname or page)
