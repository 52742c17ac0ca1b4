"""All long work as one list: what is transcribed, downloaded, exported, imported, compared. No Qt.

A transcription is a job of the archive's queue; everything else is one of `app.jobs`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.gui.presenters import figures, words
from app.gui.presenters.language import translate
from app.gui.presenters.reasons import in_own_words
from app.gui.presenters.transcription import Works
from app.gui.presenters.words import Look
from app.jobs import Job, Jobs, JobState, Kind
from recorder.types import SessionId

if TYPE_CHECKING:
    from transcribe.queue import Job as QueueJob

Action = Literal["pause", "resume", "cancel", "again", "first", "forget", "show", "open", "get"]
"""What can be done with an item: ``show`` it in its folder, ``open`` its session, ``get`` its
model; these are the window's own."""

_QUEUE = "queue:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One piece of work.

    Attributes:
        key: Tells it from the others.
        icon: Of its kind.
        title: What it is done to.
        about: What is done.
        look: Where it is.
        progress: 0 to 1; None while nobody knows, or where there is none to show.
        detail: What it is at, how long it takes still, or why it failed.
        files: What it has made.
        session: Whose text it makes; None of all other work.
        model: The one that it waits for; empty where it waits for none.
        actions: What can be done with it, the first as its button.
        is_over: Whether nothing more will come of it.
        is_steady: Whether it goes on until somebody ends it, so that it is no news that it does.
        is_settled: Whether nobody needs to see it any more: it is done, or was cancelled.
    """

    key: str
    icon: str
    title: str
    about: str
    look: Look
    progress: float | None = None
    detail: str = ""
    files: tuple[Path, ...] = ()
    session: SessionId | None = None
    model: str = ""
    actions: tuple[Action, ...] = ()
    is_over: bool = False
    is_steady: bool = False
    is_settled: bool = False
    at: datetime


def items(jobs: Iterable[Job], works: Works, titles: Mapping[SessionId, str]) -> tuple[Item, ...]:
    """Everything, what goes on before what is over, and each the newest first."""
    jobs = tuple(jobs)
    found = [_of_job(job) for job in jobs]
    coming = {
        job.request.details.get("model")
        for job in jobs
        if job.request.kind is Kind.DOWNLOAD and not job.state.is_final
    }
    found += [
        _of_queue(job, titles, works, is_coming=job.model in coming)
        for job in works.every
        if job.is_listed
    ]
    return tuple(sorted(found, key=lambda item: (item.is_over, -item.at.timestamp(), item.key)))


def counted(shown: Iterable[Item]) -> int:
    """How many go on and come to an end."""
    return sum(not (item.is_over or item.is_steady) for item in shown)


def summary(shown: Iterable[Item]) -> str:
    """What goes on, and what failed, as one line; empty where there is neither."""
    shown = tuple(shown)
    going = counted(shown)
    failed = sum(item.is_over and "again" in item.actions for item in shown)
    parts = (
        translate("Jobs", "%n in work", n=going) if going else "",
        translate("Jobs", "%n to try again", n=failed) if failed else "",
    )
    return " · ".join(part for part in parts if part)


def action_word(action: Action) -> str:
    """What a button says."""
    return {
        "pause": translate("Jobs", "Pause"),
        "resume": translate("Jobs", "Resume"),
        "cancel": translate("Jobs", "Cancel"),
        "again": translate("Jobs", "Try again"),
        "first": translate("Jobs", "Do first"),
        "forget": translate("Jobs", "Remove from the list"),
        "show": translate("Jobs", "Show in folder"),
        "open": translate("Jobs", "Open"),
        "get": translate("Jobs", "Get the model"),
    }[action]


def do(action: Action, key: str, jobs: Jobs, archive_root: Path) -> None:
    """Do something with an item; blocks on the disk, briefly.

    Raises:
        AircheckError: It can't be done; the sentence says why.
    """
    if key.startswith(_QUEUE):
        _do_in_queue(action, int(key.removeprefix(_QUEUE)), archive_root)
        return
    {
        "pause": jobs.pause,
        "resume": jobs.resume,
        "cancel": jobs.cancel,
        "again": jobs.again,
        "forget": jobs.forget,
    }[action](key)


def _do_in_queue(action: Action, number: int, archive_root: Path) -> None:
    from transcribe.queue import Queue, path_of  # noqa: PLC0415 (loads sqlite-utils, and numpy)

    with contextlib.closing(Queue(path_of(archive_root))) as queue:
        {
            "pause": queue.pause,
            "resume": queue.resume,
            "again": queue.resume,
            "cancel": queue.cancel,
            "first": queue.prefer,
            "forget": queue.forget,
        }[action](number)


def _of_job(job: Job) -> Item:
    return Item(
        key=job.id,
        icon=_ICONS[job.request.kind],
        title=job.request.title,
        about=_about(job),
        look=_look(job),
        progress=None if job.state.is_final or job.next_try_at else job.progress,
        detail=_detail(job),
        files=job.files,
        actions=_actions(job),
        is_over=job.state.is_final,
        is_steady=job.request.kind is Kind.WATCH,
        is_settled=job.state in (JobState.DONE, JobState.CANCELLED),
        at=job.asked_at,
    )


def _look(job: Job) -> Look:
    if job.state is JobState.RUNNING and job.next_try_at:
        return look(JobState.WAITING)
    if job.state is JobState.RUNNING and job.request.kind is Kind.WATCH:
        return Look(icon="eye", word=translate("Jobs", "Watching"), role="accent")
    return look(job.state)


_ICONS = {
    Kind.EXPORT: "file-output",
    Kind.DOWNLOAD: "download",
    Kind.IMPORT: "import",
    Kind.COMPARE: "layers",
    Kind.REPLAY: "git-compare-arrows",
    Kind.WATCH: "folder-open",
}


def look(state: JobState) -> Look:
    """How a state is shown."""
    return {
        JobState.WAITING: Look(icon="clock", word=translate("Jobs", "Waiting"), role="muted"),
        JobState.RUNNING: Look(icon="refresh-cw", word=translate("Jobs", "In work"), role="accent"),
        JobState.PAUSED: Look(icon="pause", word=translate("Jobs", "Paused"), role="muted"),
        JobState.DONE: Look(icon="check", word=translate("Jobs", "Done"), role="fine"),
        JobState.FAILED: Look(
            icon="triangle-alert", word=translate("Jobs", "Failed"), role="trouble"
        ),
        JobState.CANCELLED: Look(icon="x", word=translate("Jobs", "Cancelled"), role="muted"),
    }[state]


def _about(job: Job) -> str:
    kind, details = job.request.kind, job.request.details
    if kind is Kind.EXPORT:
        order = details.get("order", {})
        return {
            "unedited": translate("Jobs", "Export, unedited with proof"),
            "edited": translate("Jobs", "Export, edited"),
            "text": translate("Jobs", "Export of text"),
        }.get(order.get("door", ""), translate("Jobs", "Export"))
    return {
        Kind.DOWNLOAD: translate("Jobs", "Download of a model"),
        Kind.IMPORT: translate("Jobs", "Import"),
        Kind.COMPARE: translate("Jobs", "Comparison with another recording"),
        Kind.REPLAY: translate("Jobs", "Gaps filled from the replay"),
        Kind.WATCH: translate("Jobs", "Imports what is put there"),
    }[kind]


def _detail(job: Job) -> str:
    if job.state is JobState.FAILED:
        said = " ".join(in_own_words(part) for part in job.error if part)
        return said or translate(
            "Jobs", "It ended before it was done, perhaps with the computer. Try it again."
        )
    if job.state.is_final:
        when = words.day(job.finished_at, datetime.now(UTC).astimezone())
        note = in_own_words(job.note)
        return " · ".join(part for part in (when, note, _made(job)) if part)
    is_named = job.step and job.step != job.request.title
    step = words.one_line(job.step) if is_named else ""
    if job.next_try_at:
        again = translate("Jobs", "Asked again at {time}.").format(
            time=figures.time(job.next_try_at.astimezone())
        )
        return f"{step} {again}".strip()
    if job.request.kind is Kind.WATCH:
        return translate("Jobs", "Last: {name}").format(name=step) if step else ""
    share = figures.percent(job.progress) if job.progress is not None else ""
    return " · ".join(part for part in (step, share, words.left(job.left_s)) if part)


def _made(job: Job) -> str:
    if job.state is not JobState.DONE or not job.files:
        return ""
    if len(job.files) == 1:
        return words.one_line(job.files[0].name)
    return translate("Jobs", "{file} and %n more", n=len(job.files) - 1).format(
        file=words.one_line(job.files[0].name)
    )


def _actions(job: Job) -> tuple[Action, ...]:
    shows: tuple[Action, ...] = ("show",) if job.files else ()
    match job.state:
        case JobState.WAITING:
            return ("cancel",)
        case JobState.RUNNING:
            return ("cancel",) if job.next_try_at else ("pause", "cancel")
        case JobState.PAUSED:
            return ("resume", "cancel")
        case JobState.DONE:
            return (*shows, "forget")
        case _:
            return ("again", *shows, "forget")


def _of_queue(
    job: QueueJob, titles: Mapping[SessionId, str], works: Works, *, is_coming: bool
) -> Item:
    state = JobState({"queued": "waiting"}.get(job.state, job.state))
    waits = works.waits_for_model(job)
    return Item(
        key=f"{_QUEUE}{job.id}",
        icon="captions",
        title=words.one_line(titles.get(job.session) or str(job.session)),
        about=_transcription(job),
        look=look(state),
        progress=job.progress if state in (JobState.RUNNING, JobState.PAUSED) else None,
        detail=_queue_detail(job, state) or waits,
        session=job.session,
        model=job.model if waits else "",
        actions=_queue_actions(
            state,
            needs_model=bool(waits) and not is_coming,
            is_there=job.session in titles,
        ),
        is_over=state.is_final,
        is_settled=state in (JobState.DONE, JobState.CANCELLED),
        at=job.created_at,
    )


def _transcription(job: QueueJob) -> str:
    if job.task == "translate":
        return translate("Jobs", "Translation to English by Whisper {model}").format(
            model=job.model
        )
    return translate("Jobs", "Transcription by Whisper {model}").format(model=job.model)


def _queue_detail(job: QueueJob, state: JobState) -> str:
    if state is JobState.FAILED:
        return in_own_words(job.error)
    if state.is_final:
        when = words.day(job.finished_at, datetime.now(UTC).astimezone())
        return " · ".join(part for part in (when, in_own_words(job.error)) if part)
    if state is JobState.WAITING:
        return ""
    parts = (figures.percent(job.progress), words.left(job.left_s))
    return " · ".join(part for part in parts if part)


def _queue_actions(state: JobState, *, needs_model: bool, is_there: bool) -> tuple[Action, ...]:
    match state:
        case JobState.WAITING if needs_model:
            return ("get", "cancel")
        case JobState.WAITING:
            return ("first", "pause", "cancel")
        case JobState.RUNNING:
            return ("pause", "cancel")
        case JobState.PAUSED:
            return ("resume", "cancel")
        case JobState.FAILED | JobState.CANCELLED:
            return ("again", "forget")
        case _:
            return ("open", "forget") if is_there else ("forget",)
