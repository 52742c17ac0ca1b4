"""Ask for transcripts, keep a worker at it, and wait for them: what the command does.

The work is done in the worker's own process (`transcribe.worker`); this watches the queue.
"""

from __future__ import annotations

import contextlib
import functools
import subprocess
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from app.settings import Settings
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError, SessionNotFound
from recorder.types import Seconds, SessionId
from transcribe import transcript, worker
from transcribe.errors import QueueError
from transcribe.queue import Job, JobState, Queue, add_pending, path_of
from transcribe.weights import Weights

_POLL_S = 0.1
_EMPTY_BYTES = 8192  # a transcript without a word has its header alone
_MOST_WORKERS = 4  # the queue itself fails a job whose worker died three times at one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """How far a session's transcript is.

    Attributes:
        progress: 0 to 1.
        left_s: How long it takes still; None while nobody knows.
        file: The transcript's, in the session's folder; empty while it isn't there.
        problem: Why there is none, or what could not be done after it; a sentence.
        note: What is to be known of it; a sentence, or empty.
    """

    session: SessionId
    title: str
    model: str
    progress: float
    left_s: Seconds | None = None
    file: str = ""
    problem: str = ""
    note: str = ""


def transcribe_sessions(
    settings: Settings,
    folders: list[SessionFolder],
    *,
    model: str = "",
    language: str | None = None,
    engine: str = "",
    translate: bool = False,
    by_channel: bool = False,
    pending: bool = False,
    on_progress: Callable[[Transcription], None] = lambda _: None,
) -> list[Transcription]:
    """Have sessions transcribed, and return when they can be searched. Blocks.

    Args:
        settings: Which archive, which models.
        folders: The sessions.
        model: By which model; unless told, the one that the settings name, or while that isn't on
            this machine, the largest that is.
        language: Whisper's code; found by listening unless given.
        engine: What runs the model; the fastest that can unless named.
        translate: Whether English is made of it, as a second transcript.
        by_channel: Whether each channel is heard for itself, as a speaker.
        pending: Also all that is queued, and all that has no transcript yet. What waits for a model
            is given to this one, but for a translation, which not every model can make.
        on_progress: Told now and then about each job, on this thread.

    Raises:
        MissingModel: The model isn't on this machine.
        QueueError: The queue can't be used.
        StorageError: The disk refuses.
    """
    weights = Weights(settings.models)
    model = model or weights.automatic(settings.model)
    weights.require(model)
    here = weights.here()
    archive = Archive(settings.archive)
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        task = "translate" if translate else "transcribe"
        jobs = [
            queue.add(
                folder.id,
                model=model,
                language=language or "",
                engine=engine,
                task=task,
                by_channel=by_channel,
            )
            for folder in folders
        ]
        if pending:
            _hand_over(queue, model, here)
            add_pending(queue, archive, model=model, language=language or "")
            jobs = [job for job in queue.jobs() if not job.state.is_final]
        numbers = list(dict.fromkeys(job.id for job in jobs))
        able = [number for number in numbers if queue.job(number).model in here]
        find = functools.cache(archive.find)  # progress is told ten times a second
        _work(settings, queue, able, lambda job: on_progress(_told(find, job)))
        done = [_told(find, queue.job(number)) for number in numbers]
        return [each if each.model in here else _without_model(each) for each in done]


def _hand_over(queue: Queue, model: str, here: Collection[str]) -> None:
    """Give what waits for a model that isn't here to one that is."""
    for job in queue.jobs():
        if job.state is JobState.QUEUED and job.model not in here:
            queue.hand_over(job.id, model=model)


def _without_model(job: Transcription) -> Transcription:
    hint = f"'aircheck models get {job.model}' gets it"
    return replace(job, problem=job.problem or f"It waits for its model: {hint}.")


def _work(
    settings: Settings, queue: Queue, numbers: list[int], tell: Callable[[Job], None]
) -> None:
    """Keep a worker at the queue until these jobs are over."""
    for _ in range(_MOST_WORKERS):
        if not _open(queue, numbers):
            return
        with _worker(settings) as process:
            while process.poll() is None and (left := _open(queue, numbers)):
                for job in left:
                    tell(job)
                time.sleep(_POLL_S)
    if _open(queue, numbers):
        raise QueueError(
            "The transcriber ended again and again without finishing.",
            safe="The recordings are untouched, and what is transcribed is kept.",
            hint="Try a smaller model, or 'aircheck --verbose transcribe --pending'.",
        )


def _open(queue: Queue, numbers: list[int]) -> list[Job]:
    jobs = map(queue.job, numbers)
    return [job for job in jobs if job.state in (JobState.QUEUED, JobState.RUNNING)]


@contextlib.contextmanager
def _worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, ended when nobody waits for it any more; its job then stays in the queue."""
    process = worker.start(settings.archive, settings.models)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _told(find: Callable[[SessionId], SessionFolder], job: Job) -> Transcription:
    title, file, problem, note = str(job.session), "", job.error, ""
    try:
        folder = find(job.session)
        title = folder.summary().title
        if job.state is JobState.DONE:
            newest = max(transcript.stored(folder), key=_written, default=None)
            if newest:
                file, note = str(newest.path.relative_to(folder.path)), _note(folder, newest)
    except SessionNotFound:
        problem = problem or "The session is not in the archive any more."
    except AircheckError as error:
        problem = problem or str(error)
    if job.state is JobState.CANCELLED:
        problem = problem or "It was cancelled."
    if job.state is JobState.PAUSED:
        problem = problem or "It was paused; 'aircheck queue resume' lets it go on."
    return Transcription(
        session=job.session,
        title=title,
        model=job.model,
        progress=job.progress,
        left_s=job.left_s,
        file=file,
        problem=problem,
        note=note,
    )


def _note(folder: SessionFolder, newest: transcript.Stored) -> str:
    """What isn't to be expected of a transcript."""
    if newest.path.stat().st_size < _EMPTY_BYTES and not transcript.load(newest.path).segments:
        return "No words were heard in it."
    key = (newest.track, newest.language)
    read = next(each for each in transcript.active(folder) if (each.track, each.language) == key)
    if read == newest or read.model != transcript.CORRECTED:
        return ""
    return f"What people corrected goes on being read and searched: {read.path.name}."


def _written(item: transcript.Stored) -> int:
    return item.path.stat().st_mtime_ns
