"""Which sessions are transcribed, queued, or could be. No Qt.

A sealed session that was recorded lately is queued by itself, when the settings say so; the
worker, a process of its own, is kept at work while anything is queued. What is queued before a
model is on this machine waits for one. The toy that comes with Aircheck does nobody's own
recordings unless the settings name it; the sample broadcast it does where there is no other.

The queue is loaded only once the sessions are shown: it loads sqlite-utils, and that numpy.
"""

from __future__ import annotations

import contextlib
import functools
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.reasons import in_own_words
from app.settings import Settings
from recorder import launch
from recorder.archive import SessionFolder
from recorder.types import SessionId, utc_now

if TYPE_CHECKING:
    from transcribe.queue import Job, Queue
    from transcribe.weights import Weights

_LATELY = timedelta(days=1)
_BETWEEN_STARTS_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a transcript is asked for.

    Attributes:
        model: Its name; that of the settings, or what stands in for it, where it is empty.
        language: What is spoken, Whisper's code; found by listening where it is empty.
        is_translated: Whether English is made of it, as a second transcript.
        by_channel: Whether each channel is heard for itself, as a speaker.
    """

    model: str = ""
    language: str = ""
    is_translated: bool = False
    by_channel: bool = False


AS_ALWAYS = Asked()
"""As the settings say, and as it is heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to say of a session's transcription.

    Attributes:
        may_ask: Whether it can be asked for.
    """

    sentence: str
    may_ask: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """All transcriptions, by now.

    Attributes:
        jobs: The newest of each session that has one.
        every: All, the newest first.
        without_model: The numbers of those that wait for a model that isn't on this machine.
    """

    jobs: dict[SessionId, Job] = field(default_factory=dict)
    every: tuple[Job, ...] = ()
    without_model: frozenset[int] = frozenset()

    def of(self, row: Row) -> Work:
        """What is to say of one session."""
        if row.is_open:
            said = translate("Transcription", "It is transcribed when the session is over.")
            return Work(sentence=said)
        job = self.jobs.get(row.summary.id)
        if job is None:
            return _without_job(row)
        if waits := self.waits_for_model(job):
            return Work(sentence=waits)
        return _of_job(job, row)

    def waits_for_model(self, job: Job) -> str:
        """What is to say of a job whose model isn't on this machine; empty of another one."""
        if job.id not in self.without_model:
            return ""
        return translate(
            "Transcription",
            "Waits for a model: Whisper {model} is not on this computer yet. "
            "Get it in the settings.",
        ).format(model=job.model)


class Transcription:
    """Looks at the queue and keeps its worker at work.

    `look` is called from one worker thread, `ask` from another, `show_rows` from the window's.
    """

    def __init__(self, settings: Settings) -> None:
        self._root = settings.archive
        self._models_dir = settings.models
        self._model = settings.model
        self._is_automatic = settings.transcribe
        self._lock = threading.Lock()
        self._rows: tuple[Row, ...] | None = None
        self._shown: Works | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._next_start = 0.0

    def use(self, settings: Settings) -> None:
        """Go by other settings from now on: which model, and whether it begins by itself."""
        with self._lock:
            self._model, self._is_automatic = settings.model, settings.transcribe

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Tell what there is in the archive."""
        with self._lock:
            self._rows = rows

    def ask(self, folder: SessionFolder, asked: Asked = AS_ALWAYS) -> None:
        """Queue a session.

        Raises:
            QueueError: The queue can't be written.
            StorageError: The disk refuses.
        """
        from transcribe.queue import Queue, path_of  # noqa: PLC0415 (see above)

        with contextlib.closing(Queue(path_of(self._root))) as queue:
            queue.add(
                folder.id,
                model=asked.model or self._chosen_model(),
                language=asked.language,
                task="translate" if asked.is_translated else "transcribe",
                by_channel=asked.by_channel,
            )

    def models(self) -> tuple[str, ...]:
        """Those on this machine that people's recordings may be given to, the smallest first."""
        from transcribe.weights import DEMO  # noqa: PLC0415 (see above)

        here = [each for each in self._weights.models() if each.is_here]
        here.sort(key=lambda model: model.size_bytes)
        return tuple(each.name for each in here if each.name != DEMO or self._model == DEMO)

    def look(self) -> Works | None:
        """Queue what is due, keep the worker at work, and say how far it is; None: nothing new.

        Raises:
            QueueError: The queue can't be read.
            StorageError: The disk refuses.
        """
        with self._lock:
            rows = self._rows
        if rows is None:
            return None
        from transcribe.queue import Queue, path_of  # noqa: PLC0415 (see above)

        may_be_due = [row for row in rows if self._is_automatic and _is_due(row)]
        if not (may_be_due or path_of(self._root).exists()):
            return None
        with contextlib.closing(Queue(path_of(self._root))) as queue:
            jobs = queue.jobs()
            known = {job.session for job in jobs}
            due = [row.summary.id for row in may_be_due if row.summary.id not in known]
            jobs = [queue.add(session, model=self._chosen_model()) for session in due] + jobs
            here = self._weights.here()
            sources = {row.summary.id: row.summary.source for row in rows}
            jobs = [
                self._handed_over(queue, job, sources.get(job.session, ""), here) for job in jobs
            ]
        waiting = frozenset(job.id for job in jobs if _waits_for_model(job, here))
        self._keep_at_work([job for job in jobs if job.id not in waiting])
        works = Works(
            jobs={job.session: job for job in reversed(jobs)},
            every=tuple(jobs),
            without_model=waiting,
        )
        if works == self._shown:
            return None
        self._shown = works
        return works

    def _keep_at_work(self, jobs: list[Job]) -> None:
        """Start a worker where something waits and nobody works."""
        from transcribe.queue import JobState  # noqa: PLC0415 (see above)

        states = {job.state for job in jobs}
        is_idle = self._worker is None or self._worker.poll() is not None
        is_needed = JobState.QUEUED in states and JobState.RUNNING not in states
        if is_needed and is_idle and time.monotonic() >= self._next_start:
            from transcribe import worker  # noqa: PLC0415 (loads av)

            self._next_start = time.monotonic() + _BETWEEN_STARTS_S
            self._worker = worker.start(self._root, self._models_dir)
            launch.adopt(self._worker)  # it outlives this window

    @functools.cached_property
    def _weights(self) -> Weights:
        from transcribe.weights import Weights  # noqa: PLC0415 (see above)

        return Weights(self._models_dir)

    def _chosen_model(self) -> str:
        """The one for people's voices, which may have to be waited for."""
        return self._weights.automatic(self._model)

    def _handed_over(self, queue: Queue, job: Job, source: str, here: frozenset[str]) -> Job:
        """A job; where it waits for a model that isn't here, it is given to one that is."""
        if not _waits_for_model(job, here):
            return job
        from app.broadcast import is_sample  # noqa: PLC0415 (a web server: only when asked for)
        from transcribe.weights import DEMO  # noqa: PLC0415 (see above)

        other = self._chosen_model()
        if other not in here and is_sample(source):
            other = DEMO
        return queue.hand_over(job.id, model=other) if other in here else job


def _waits_for_model(job: Job, here: frozenset[str]) -> bool:
    return str(job.state) == "queued" and job.model not in here


def _is_due(row: Row) -> bool:
    """Whether it was recorded lately, and has audio and no transcript."""
    summary = row.summary
    begun = summary.started_at or summary.created_at
    if begun is None or row.is_open or row.is_transcribed or not summary.duration_s:
        return False
    return utc_now() - begun < _LATELY + timedelta(seconds=summary.duration_s)


def _without_job(row: Row) -> Work:
    if not row.summary.duration_s:
        return Work(sentence=translate("Transcription", "There is no audio in it."))
    if row.is_transcribed:
        return Work(sentence="")
    said = translate("Transcription", "Its words can be found once it is transcribed.")
    return Work(sentence=said, may_ask=True)


def _of_job(job: Job, row: Row) -> Work:
    from transcribe.queue import JobState  # noqa: PLC0415 (loaded, where there is a job)

    if job.state is JobState.DONE:
        return Work(sentence=in_own_words(job.error)) if row.is_transcribed else _without_job(row)
    said = {
        JobState.QUEUED: translate("Transcription", "Waiting to be transcribed by {model}."),
        JobState.RUNNING: translate("Transcription", "{model} is transcribing it: {share:.0%}."),
        JobState.PAUSED: translate("Transcription", "Its transcription by {model} is paused."),
        JobState.FAILED: translate("Transcription", "{why} The audio is untouched."),
        JobState.CANCELLED: translate("Transcription", "Its transcription was cancelled."),
    }[job.state]
    return Work(
        sentence=said.format(
            model=f"Whisper {job.model}", share=job.progress, why=in_own_words(job.error)
        ),
        may_ask=job.state in (JobState.PAUSED, JobState.FAILED, JobState.CANCELLED),
    )
