"""The child process that works an archive's queue, and how it is started.

``python -P -m transcribe ARCHIVE --models FOLDER`` takes one job after the other until none is
left whose model is here. One worker is at work on an archive at a time; others wait for it. It
gives way to everything else, and computes on one thread while something in the archive is being
recorded.

It may be killed at any moment: a chunk is kept when it is done, so what is begun again is at most
the chunk that each of its threads was at.
"""

from __future__ import annotations

import bisect
import contextlib
import functools
import hashlib
import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from recorder.archive import Archive, SessionFolder
from recorder.decode import decode
from recorder.errors import AircheckError, SessionBusy, storage_error
from recorder.timeline import Track
from recorder.types import utc_now
from transcribe import (
    channels,
    chunking,
    guards,
    index,
    placement,
    queue,
    speakers,
    spoken,
    transcript,
)
from transcribe.chunking import Chunk, Detector, Rules, Samples, Sound, Stretch
from transcribe.engines.base import Engine, Task
from transcribe.errors import BrokenModel, EngineError, UnknownEngine
from transcribe.lanes import cores, in_lanes
from transcribe.priority import ENVIRONMENT
from transcribe.queue import ChunkRow, Job, Queue
from transcribe.speakers import Diarizer
from transcribe.transcript import Gap, Segment, Transcript
from transcribe.weights import Model, Weights

LOG_NAME = "transcribe.log"
"""The workers' log, in the archive's folder: a line or two for each job."""

EngineMaker = Callable[[Path, Model, str], Engine]
"""Loads a model's checkpoint, as `load_engine` does."""

ENGINES = ("ctranslate", "openai")
"""By name, the fastest first."""

_LOCK_NAME = ".transcribe.lock"
_MOST_DETECTORS = 4  # at once; sound is not decoded faster than that
_LOOK_S = 1.0  # how often the disk is asked whether anything is recorded

_log = logging.getLogger(__name__)


class _NotWantedError(Exception):
    """Somebody cancelled or paused the job that is being done, or wants another one first."""


def start(archive_root: Path, models: Path) -> subprocess.Popen[bytes]:
    """Start a worker on an archive's queue; it ends when no job is left.

    It stays in this process's group, so that Ctrl-C in a terminal reaches it too; the job that it
    was at is then taken up by the next one. What it logs is in the archive's ``transcribe.log``.

    Args:
        archive_root: The archive's folder.
        models: The models' folder.

    Raises:
        StorageError: The log can't be written.
    """
    command = [sys.executable, "-P", "-m", "transcribe", str(archive_root)]
    command += ["--models", str(models)]
    try:
        with (archive_root / LOG_NAME).open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | ENVIRONMENT,
            )
    except OSError as error:
        raise storage_error(error, doing="starting the transcriber") from error


def work(
    archive: Archive,
    weights: Weights,
    make_engine: EngineMaker | None = None,
    diarizer: Diarizer | None = None,
) -> None:
    """Do all jobs of an archive's queue, one after the other, in this process.

    Waits for another worker to end first.

    Args:
        archive: Whose queue.
        weights: Where the models are.
        make_engine: Loads a model; `load_engine` unless told.
        diarizer: Tells voices apart; without one a track is one voice.

    Raises:
        QueueError: The queue can't be used.
        StorageError: The disk refuses.
    """
    with (
        contextlib.closing(Queue(queue.path_of(archive.root))) as jobs,
        FileLock(archive.root / _LOCK_NAME),
    ):
        worker = _Worker(archive, weights, jobs, make_engine or load_engine, diarizer)
        while job := jobs.claim(models=weights.here()):
            worker.do(job)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What is heard from its beginning to its end: a track, or one channel of it."""

    track: str
    voice: str

    def sound(self, folder: SessionFolder) -> Iterable[Sound]:
        return channels.sound(folder, self.track, self.voice)


class _Worker:
    """Does jobs; keeps the model of the last one loaded."""

    def __init__(
        self,
        archive: Archive,
        weights: Weights,
        jobs: Queue,
        make_engine: EngineMaker,
        diarizer: Diarizer | None,
    ) -> None:
        self._archive = archive
        self._weights = weights
        self._jobs = jobs
        self._make_engine = make_engine
        self._diarizer = diarizer
        self._detector: Detector | None = None
        self._recording: tuple[bool, float] | None = None
        self._loaded: tuple[tuple[Path, str], Engine] | None = None

    def do(self, job: Job) -> None:
        """Do a job to its end, whatever that is."""
        try:
            folder = self._archive.find(job.session)
            self._transcribe(job, folder)
            self._jobs.finish(job, self._update_index(folder))
            _log.info("job %d is done: %s", job.id, folder.path.name)
        except _NotWantedError:
            self._jobs.release(job)  # where another one goes first; else it does nothing
            _log.info("job %d is put aside", job.id)
        except AircheckError as error:
            _log.warning("job %d failed: %s", job.id, error)
            self._jobs.fail(job, str(error))
        except Exception as error:  # noqa: BLE001 (the process's edge: the next job goes on)
            _log.exception("job %d failed", job.id)
            self._jobs.fail(
                job,
                f"The transcriber stumbled ({type(error).__name__}: {error})."
                f" The audio is untouched. {LOG_NAME} in the archive's folder says more.",
            )
        except BaseException:  # asked to end
            self._jobs.release(job)
            raise

    def _transcribe(self, job: Job, folder: SessionFolder) -> None:
        """Plan the job unless that is done, do the chunks that aren't, store the transcripts."""
        _require_sealed(folder)
        model = self._weights.require(job.model)
        _require_knowing(model, job)
        engine = self._engine(model, job.engine)
        tracks = folder.timeline().tracks
        if not tracks:
            raise EngineError(f"{folder.path.name} holds no audio that could be transcribed.")
        chunks = self._jobs.chunks(job)
        if chunks is None:
            chunks = self._plan(job, folder, tracks, model, engine)
        language = self._jobs.job(job.id).language
        _require_foreign(job, language)
        self._do_all(job, folder, chunks, engine)
        self._require_wanted(job)
        done = self._jobs.chunks(job) or []
        for name, recorded in tracks.items():
            is_translated = job.task == Task.TRANSLATE
            segments = _segments((chunk for chunk in done if chunk.track == name), language)
            if self._diarizer and segments and not job.by_channel:
                turns = self._diarizer(decode(folder, track=name))
                segments = tuple(speakers.assigned(segments, turns, name))
            fresh = Transcript(
                model=model.name,
                model_sha256=model.sha256,
                engine=engine.name,
                options=_options(engine) | ({"by_channel": True} if job.by_channel else {}),
                language="en" if is_translated else language,
                translated_from=language if is_translated else "",
                created_at=utc_now(),
                track=name,
                segments=segments,
                gaps=_gaps(recorded),
            )
            transcript.store(folder, speakers.named(folder, fresh))

    def _plan(
        self,
        job: Job,
        folder: SessionFolder,
        tracks: dict[str, Track],
        model: Model,
        engine: Engine,
    ) -> list[ChunkRow]:
        """Find the speech and its languages, and write the chunks down."""
        self._detector = self._detector or chunking.SileroDetector()
        rules = Rules(longest_s=model.longest_chunk_s, joins_below_s=model.joins_below_s)
        lines = [
            _Line(track=name, voice=voice)
            for name in tracks
            for voice in (channels.voices(folder, name) if job.by_channel else (channels.MIXED,))
        ]
        spread = functools.partial(in_lanes, lanes=functools.partial(self._lanes, job, _detectors))
        found = {
            line: list(chunking.plan(line.sound(folder), rules, self._detector, spread))
            for line in lines
        }
        language, by_chunk = self._languages(job, model, engine, folder, found)
        how = {
            "model": model.sha256,
            "engine": engine.name,
            "options": _options(engine),
            "task": job.task,
        }
        rows = itertools.chain.from_iterable(
            _rows(tracks[line.track], line.voice, chunks, by_chunk[line], how)
            for line, chunks in found.items()
        )
        numbered = [replace(row, number=number) for number, row in enumerate(rows)]
        self._jobs.plan(job, language, numbered)
        return self._jobs.chunks(job) or []

    def _languages(
        self,
        job: Job,
        model: Model,
        engine: Engine,
        folder: SessionFolder,
        found: dict[_Line, list[Chunk]],
    ) -> tuple[str, dict[_Line, list[str]]]:
        """The session's language, and that of each line's chunks.

        The one asked for, the model's only one, or what is heard in the chunks.
        """
        given = job.language or (model.languages[0] if len(model.languages) == 1 else "")
        if given:
            return given, {line: [given] * len(chunks) for line, chunks in found.items()}
        lanes = functools.partial(self._lanes, job, engine.use_threads)

        def votes_of(line: _Line, chunks: list[Chunk]) -> list[spoken.Likely]:
            heard = chunking.clips(line.sound(folder), chunks) if chunks else ()
            return list(in_lanes(lambda clip: engine.languages(clip[1]), heard, lanes))

        votes: list[spoken.Likely] = []
        for line, chunks in found.items():
            votes += votes_of(line, [chunks[place] for place in spoken.voters(chunks)])
        elected = spoken.elected(votes) or transcript.UNDETERMINED
        if not spoken.is_mixed(votes):
            return elected, {line: [elected] * len(chunks) for line, chunks in found.items()}
        return elected, {
            line: spoken.by_chunk(votes_of(line, chunks), elected) for line, chunks in found.items()
        }

    def _do_all(
        self,
        job: Job,
        folder: SessionFolder,
        chunks: list[ChunkRow],
        engine: Engine,
    ) -> None:
        """Make text of the chunks that have none, as many at once as the engine gains by."""
        missing: dict[_Line, list[ChunkRow]] = {}
        for chunk in chunks:
            if chunk.text is None:
                missing.setdefault(_Line(track=chunk.track, voice=chunk.voice), []).append(chunk)
        # From the beginning, whatever is missing: the samples are then the same in a resumed job.
        todo = itertools.chain.from_iterable(
            _with_samples(folder, line, of_line) for line, of_line in missing.items()
        )
        keeper = _Keeper(self._jobs.path, job)

        def hear(chunk: tuple[ChunkRow, Samples]) -> None:
            _do(engine, job, *chunk, keeper)

        lanes = functools.partial(self._lanes, job, engine.use_threads)
        for _ in in_lanes(hear, todo, lanes):
            pass

    def _lanes(self, job: Job, use_threads: Callable[[int], int]) -> int:
        """How many threads may compute beside this one; none while anything is recorded.

        Args:
            job: The one that is at work.
            use_threads: As an engine's.

        Raises:
            _NotWantedError: It is no longer to be done, or not now.
        """
        self._require_wanted(job)
        if self._is_recording():
            use_threads(1)
            return 0
        return use_threads(0)

    def _require_wanted(self, job: Job) -> None:
        if not self._jobs.is_wanted(job):
            raise _NotWantedError
        if self._jobs.is_outranked(job, models=self._weights.here()):
            raise _NotWantedError

    def _engine(self, model: Model, name: str) -> Engine:
        wanted = (self._weights.find(model.name), name)
        if self._loaded is None or self._loaded[0] != wanted:
            self._loaded = None  # two large ones at once may not fit
            self._loaded = (wanted, self._make_engine(wanted[0], model, name))
        return self._loaded[1]

    def _is_recording(self) -> bool:
        now = time.monotonic()
        if self._recording is None or now - self._recording[1] > _LOOK_S:
            self._recording = any(folder.holder() for folder in self._archive.folders()), now
        return self._recording[0]

    def _update_index(self, folder: SessionFolder) -> str:
        """Make the new transcript searchable; what went wrong with that, as a sentence."""
        try:
            index.ready(self._archive).close()
        except AircheckError as error:
            _log.warning("%s is not searchable yet: %s", folder.path.name, error)
            return f"It is transcribed, but can't be searched yet: {error}"
        return ""


def load_engine(path: Path, model: Model, name: str) -> Engine:
    """Load a model's checkpoint.

    Args:
        path: Its file.
        model: The model.
        name: ``ctranslate``, ``openai``, or empty: the first, and the second for a file that only
            torch can read.

    Raises:
        BrokenModel: It can't be loaded.
        StorageError: The disk refuses.
        UnknownEngine: There is none of that name.
    """
    if name not in ("", *ENGINES):
        raise UnknownEngine(
            f"No engine is called {name!r}.", hint=f"There are {' and '.join(ENGINES)}."
        )
    if name != "openai":
        from transcribe.engines.ctranslate import CTranslateEngine  # noqa: PLC0415 (see __init__)

        try:
            return CTranslateEngine(path, name=model.name, word_times=model.word_times)
        except BrokenModel as error:
            if name:
                raise
            _log.info("openai-whisper is used for %s: %s", model.name, error)
    from transcribe.engines.openai import OpenAIEngine  # noqa: PLC0415 (torch: only where needed)

    return OpenAIEngine(path, word_times=model.word_times)


class _Keeper:
    """Keeps a job's chunks, each as soon as it is done, whatever the others are at."""

    def __init__(self, path: Path, job: Job) -> None:
        self._path, self._job = path, job
        self._lock = threading.Lock()
        self._kept_at = time.monotonic()

    def keep(self, chunk: ChunkRow, segments: list[Segment]) -> None:
        """Write a chunk's text down; on any thread."""
        text = _to_json(segments, chunk)
        with self._lock, contextlib.closing(Queue(self._path)) as jobs:
            now = time.monotonic()
            jobs.keep(self._job, chunk, text, took_s=now - self._kept_at)
            self._kept_at = now


def _do(engine: Engine, job: Job, chunk: ChunkRow, samples: Samples, keeper: _Keeper) -> None:
    """Make a chunk's text and keep it. Runs on a thread of its own."""
    segments: list[Segment] = []
    if not guards.is_silent(samples):
        seed, task = int(chunk.key[:8], 16), Task(job.task)
        heard = engine.transcribe(samples, language=chunk.language, seed=seed, task=task)
        segments = guards.kept(heard)
    keeper.keep(chunk, segments)


def _detectors(count: int) -> int:
    """So many, or as many as suit the machine, as `Engine.use_threads` has it."""
    return count or min(cores(), _MOST_DETECTORS)


def _options(engine: Engine) -> dict[str, Any]:
    return engine.options | {"guards": guards.VERSION}


def _require_sealed(folder: SessionFolder) -> None:
    if folder.sealed() is None:
        raise SessionBusy(
            f"{folder.path.name} is still being recorded, or was interrupted.",
            safe="What is recorded is safe.",
            hint="Transcribe it when it has ended; 'aircheck recover' ends an interrupted one.",
        )


def _require_knowing(model: Model, job: Job) -> None:
    if job.language and model.languages and job.language not in model.languages:
        raise EngineError(
            f"The model {model.name} doesn't know the language {job.language!r}.",
            hint="'aircheck models' says what each one knows.",
        )
    if job.task == Task.TRANSLATE and model.languages == ("en",):
        raise EngineError(
            f"The model {model.name} can't translate: it knows English alone.",
            hint="'aircheck models' lists those that know other languages.",
        )


def _require_foreign(job: Job, language: str) -> None:
    if job.task == Task.TRANSLATE and language == "en":
        raise EngineError(
            "There is nothing to translate: English is spoken.", safe="The transcript is untouched."
        )


def _rows(
    track: Track, voice: str, chunks: list[Chunk], languages: list[str], how: dict[str, Any]
) -> Iterator[ChunkRow]:
    """A line's chunks with their keys: the hash of all that a chunk's text depends on.

    The audio stands in it by the journal's hashes of the bytes that sound in the chunk's time.

    Args:
        track: As the journal tells.
        voice: Which channel of it; empty for all as one.
        chunks: Its stretches of speech, in order.
        languages: What is spoken in each.
        how: Model, engine, options and task.
    """
    held = track.chunks
    starts = [item.start_s for item in held]
    ends = [item.start_s + item.duration_s for item in held]
    for chunk, language in zip(chunks, languages, strict=True):
        first, last = (
            bisect.bisect_right(ends, chunk.start_s),
            bisect.bisect_left(starts, chunk.end_s),
        )
        audio = [item.sha256 for item in held[first:last]]
        values = how | {"language": language, "audio": audio}
        values |= {"start_s": chunk.start_s, "end_s": chunk.end_s}
        left_out = tuple(
            (one.end_s, other.start_s) for one, other in itertools.pairwise(chunk.pieces)
        )
        if left_out:
            values["left_out"] = left_out
        if voice:
            values["voice"] = voice
        key = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        yield ChunkRow(
            number=0,
            track=track.name,
            voice=voice,
            start_s=chunk.start_s,
            end_s=chunk.end_s,
            left_out=left_out,
            key=key,
            language=language,
        )


def _with_samples(
    folder: SessionFolder, line: _Line, chunks: list[ChunkRow]
) -> Iterator[tuple[ChunkRow, Samples]]:
    clips = chunking.clips(line.sound(folder), [_planned(chunk) for chunk in chunks])
    for chunk, (_, samples) in zip(chunks, clips, strict=True):
        yield chunk, samples


def _planned(chunk: ChunkRow) -> Chunk:
    """A chunk as it was planned."""
    starts = (chunk.start_s, *(to_s for _, to_s in chunk.left_out))
    ends = (*(from_s for from_s, _ in chunk.left_out), chunk.end_s)
    return Chunk(
        pieces=tuple(Stretch(start_s=a, end_s=b) for a, b in zip(starts, ends, strict=True))
    )


def _to_json(segments: list[Segment], chunk: ChunkRow) -> str:
    """A chunk's segments, in session time, as the queue keeps them."""
    placed = placement.placed(segments, _planned(chunk))
    return json.dumps(
        [transcript.segment_to_json(segment, number) for number, segment in enumerate(placed)]
    )


def _segments(chunks: Iterable[ChunkRow], language: str) -> tuple[Segment, ...]:
    """All chunks' segments; those in another language than the session's say so.

    Where each channel was heard for itself, it is the speaker.
    """
    return transcript.in_order(
        replace(
            transcript.segment_from_json(values),
            speaker=f"{chunk.track}:{chunk.voice}" if chunk.voice else "",
            language="" if chunk.language == language else chunk.language,
        )
        for chunk in chunks
        for values in json.loads(chunk.text or "[]")
    )


def _gaps(track: Track) -> tuple[Gap, ...]:
    return tuple(Gap(from_s=gap.from_s, to_s=gap.to_s, reason=gap.reason) for gap in track.gaps)
