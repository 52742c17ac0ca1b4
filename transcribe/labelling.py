"""Which stretches of a session are speech, music or silence: found from the sound alone.

Every quarter of a second has a level, a probability of speech (the voice detector's) and a measure
of music: how much of the spectrum holds still. A note keeps its harmonics at the same frequencies
for as long as it sounds, a voice's wander, and noise has none (Seyerlehner et al., 'Automatic Music
Detection in Television Productions', DAFx 2007). The likeliest sequence of kinds, in which a change
has to be worth something, gives the labels; so a pause within speech is speech.

The sound is read once, in slices side by side, and never held as a whole. ``python -P -m
transcribe.labelling FOLDER`` is the same as a process of its own.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recorder import labels
from recorder.archive import SessionFolder
from recorder.decode import Stretch, decode_timeline, stretches
from recorder.errors import AircheckError
from recorder.labels import Kind, Label, Labels
from recorder.timeline import Timeline
from recorder.types import Seconds
from transcribe.chunking import FRAME, RATE_HZ, Detector, Samples, SileroDetector
from transcribe.errors import LabellingFailed, LabellingStopped

Progress = Callable[[float], None]
"""Told how much is done, 0 to 1."""

_Floats = npt.NDArray[np.float32]

_STEP = 8 * FRAME  # samples that are judged as one
_STEP_S = _STEP / RATE_HZ
_SLICE_STEPS = 2_344  # ten minutes
_WINDOW_S = 10.0  # after minutes of music the detector is slow to believe a voice: it forgets
_WARM_STEPS = 4  # a second of what came before, to bring the detector into its state
_TOUCHING_S = 0.1
_POLL_S = 0.1
_NEVER = threading.Event()
_WORKERS = min(4, os.cpu_count() or 1)
_LONG = 6  # slices, an hour: what is shorter isn't worth a process

# Music: a spectrum of 2,048 samples every 1,024.
_FFT, _HOP = 2_048, 1_024
_HOPS_A_STEP = _STEP // _HOP
_LOW, _HIGH = 8, 520  # of its bins: 60 Hz to 4 kHz, where notes have their strong harmonics
_BROAD = 21  # bins, 160 Hz: what stands out does so among these
_STANDS_OUT_DB = 5.0
_STILL_STEPS = 8  # two seconds in which it has to hold still
_STRONGEST = 8  # bins that count
_STILL = (0.42, 0.02)  # where music is as likely as not, and how fast that changes
_BEAT_FRAMES = 128  # four seconds in which a beat has to come again
_BEAT_LAGS = slice(7, 56)  # frames of 32 ms: 33 to 270 beats a minute
_BEATS = (0.55, 0.05)
_PAUSE_STEPS = 5  # a second and a quarter between words is no end of speech

_SHORTEST_MUSIC = 12  # steps, three seconds; a last vowel holds still for a moment, too
_QUIET_DBFS = -45.0
_SPOKEN = (0.25, 0.06)  # of the detector: music and noise hardly ever get 0.05
# Between words a room is heard, or a hum, which holds still: a dip says nothing of what it is in.
_DIP_STEPS = 6
_DIP_DB = 15.0
_DIP_ODDS = np.array([0.3, 0.3, 0.01, 0.3])
_FLOOR = 1e-12
_LEAST_SURE, _MOST_SURE = 0.03, 0.97
_CHANGE = 9.0  # nats that a change of kind costs: about two seconds of clear evidence
_QUIET_ODDS = {Kind.SPEECH: 0.06, Kind.MUSIC: 0.03, Kind.SILENCE: 0.9, None: 0.01}
_KINDS: tuple[Kind | None, ...] = (Kind.SPEECH, Kind.MUSIC, Kind.SILENCE, None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What a run of sound was found to be like, a value for every 0.256 s.

    Attributes:
        start_s: Session time of its begin.
        level_dbfs: Root mean square.
        speech: Probability of speech, 0 to 1.
        music: Probability of music where nobody speaks, 0 to 1.
    """

    start_s: Seconds
    level_dbfs: _Floats
    speech: _Floats
    music: _Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slice:
    """What one thread hears: a part of a run, and steps before it that warm the detector up."""

    run: int
    from_s: Seconds
    to_s: Seconds
    warm_steps: int

    @property
    def warm_from_s(self) -> float:
        """Session time where it begins to listen."""
        return self.from_s - self.warm_steps * _STEP_S


def label(
    folder: SessionFolder,
    *,
    on_progress: Progress = lambda _: None,
    stop: threading.Event = _NEVER,
    detector: Callable[[], Detector] = SileroDetector,
) -> Labels:
    """Find a session's labels, and keep them; those that are current are given at once.

    Blocks; loads the voice detector, so not for the window's process (`apart`).

    Args:
        folder: The session's; it may still be recorded.
        on_progress: Told from this thread.
        stop: Ends it early.
        detector: Makes what tells speech from the rest; one for each thread.

    Raises:
        CorruptSession: The journal can't be read.
        DecodeError: A part is missing or can't be decoded.
        LabellingStopped: It was stopped; the labels from before stand.
        StorageError: The labels can't be kept.
    """
    kept = labels.read(folder)
    if kept and labels.is_current(kept, folder):
        return kept
    journal_bytes = labels.journal_bytes(folder)
    timeline = folder.timeline()
    tracks = list(timeline.own)
    found = []
    for number, track in enumerate(tracks):

        def tell(share: float, done: int = number) -> None:
            on_progress((done + share) / len(tracks))

        runs = _heard(folder.path, timeline, track, tell, stop, detector)
        found.append([each for run in runs for each in kinds(run)])
    merged = labels.merged(found)
    made = Labels(
        labels=merged, talk_starts_s=labels.talk_starts(merged), journal_bytes=journal_bytes
    )
    labels.keep(folder, made)
    on_progress(1.0)
    return made


def apart(
    folder: SessionFolder,
    *,
    on_progress: Progress = lambda _: None,
    stop: threading.Event = _NEVER,
) -> Labels:
    """The same in a child process, so that this one stays small. Blocks.

    Raises:
        AircheckError: As `label` does.
    """
    kept = labels.read(folder)
    if kept and labels.is_current(kept, folder):
        return kept
    return _from_child(folder, on_progress, stop)


def _from_child(folder: SessionFolder, on_progress: Progress, stop: threading.Event) -> Labels:
    said: dict[str, str] = {}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "transcribe.labelling", str(folder.path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            for line in _lines(child, stop):
                values = json.loads(line)
                if "done" in values:
                    on_progress(values["done"])
                said = values.get("error", said)
        except BaseException:
            child.kill()
            raise
    made = labels.read(folder)
    if child.returncode != 0 or made is None:
        raise LabellingFailed(
            said.get("message", "The labels could not be found."),
            safe=said.get("safe", "The session is untouched."),
            hint=said.get("hint", "'aircheck labels' may say more."),
        )
    return made


def _lines(child: subprocess.Popen[str], stop: threading.Event) -> Iterator[str]:
    """What a child says, until it ends.

    Raises:
        LabellingStopped: It was stopped.
    """
    told: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            told.put(line)
        told.put("")

    threading.Thread(target=read, name="labels-reader", daemon=True).start()
    while True:
        if stop.is_set():
            raise _stopped()
        try:
            line = told.get(timeout=_POLL_S)
        except queue.Empty:
            continue
        if not line:
            return
        yield line


def _stopped() -> LabellingStopped:
    return LabellingStopped("Labelling was stopped.", safe="Nothing was changed.")


def kinds(run: Evidence) -> list[Label]:
    """The likeliest sequence of kinds that gives this evidence, without what is none of them."""
    if not len(run.speech):  # shorter than a step
        return []
    found: list[Label] = []
    numbers = _likeliest(_odds(run))
    at = 0
    for number, equal in itertools.groupby(numbers):
        count = len(list(equal))
        kind = _KINDS[number]
        if kind is not None and (kind is not Kind.MUSIC or count >= _SHORTEST_MUSIC):
            found.append(
                Label(
                    kind=kind,
                    from_s=Seconds(round(run.start_s + at * _STEP_S, 3)),
                    to_s=Seconds(round(run.start_s + (at + count) * _STEP_S, 3)),
                )
            )
        at += count
    return found


def _odds(run: Evidence) -> npt.NDArray[np.float64]:
    """The logarithm of how well each kind explains each step; shape [steps, kinds]."""
    told = _bridged(_sure(run.speech, _SPOKEN))
    speech = np.clip(told.astype(np.float64), _LEAST_SURE, _MOST_SURE)
    music = np.clip(run.music.astype(np.float64), _LEAST_SURE, _MOST_SURE)
    loud = np.column_stack(
        (speech, (1 - speech) * music, np.full(len(speech), 0.01), (1 - speech) * (1 - music))
    )
    padded = np.pad(run.level_dbfs, _DIP_STEPS, mode="edge")
    around_dbfs = np.lib.stride_tricks.sliding_window_view(padded, 2 * _DIP_STEPS + 1).max(axis=1)
    is_dip = (run.level_dbfs < around_dbfs - _DIP_DB) & (told < 0.5)
    odds = np.where(is_dip[:, None], _DIP_ODDS, loud)
    quiet = np.array([_QUIET_ODDS[kind] for kind in _KINDS])
    is_quiet = (run.level_dbfs < _QUIET_DBFS)[:, None]
    return np.asarray(np.log(np.where(is_quiet, quiet, odds)))


def _bridged(speech: _Floats) -> _Floats:
    """The probability of speech where pauses between words count as it; its ends stay."""
    side = _PAUSE_STEPS // 2
    for extreme, at_ends in ((np.max, 0.0), (np.min, 1.0)):
        padded = np.pad(speech, side, constant_values=at_ends)
        speech = extreme(np.lib.stride_tricks.sliding_window_view(padded, _PAUSE_STEPS), axis=1)
    return speech


def _likeliest(odds: npt.NDArray[np.float64]) -> list[int]:
    """Viterbi's path, where every change costs the same."""
    best = [0.0] * odds.shape[1]
    came: list[list[int]] = []
    for row in odds.tolist():
        top = max(range(len(best)), key=best.__getitem__)
        changed = best[top] - _CHANGE
        came.append([top if changed > value else own for own, value in enumerate(best)])
        best = [max(value, changed) + gain for value, gain in zip(best, row, strict=True)]
    state = max(range(len(best)), key=best.__getitem__)
    path = []
    for step in reversed(came):
        path.append(state)
        state = step[state]
    return path[::-1]


# --- evidence -----------------------------------------------------------------------------------


class _Ear:
    """Hears slices of one track. For one thread at a time."""

    def __init__(self, root: Path, timeline: Timeline, track: str, detector: Detector) -> None:
        self._root, self._timeline, self._track = root, timeline, track
        self._detector = detector

    def hear(self, part: _Slice, is_over: Callable[[], bool] = lambda: False) -> Evidence:
        """What a slice is like.

        Raises:
            DecodeError: A part is missing or can't be decoded.
            LabellingStopped: It is over.
        """
        blocks = decode_timeline(
            self._root,
            self._timeline,
            track=self._track,
            from_s=part.warm_from_s,
            to_s=part.to_s,
            rate_hz=RATE_HZ,
            channels=1,
            block_s=_WINDOW_S,
        )
        sound = (block.samples[:, 0] for block in blocks)
        return evidence(sound, part.from_s, self._detector, warm=part.warm_steps, is_over=is_over)


_ears: list[_Ear] = []  # of a process that helps


def _begin_to_help(root: Path, timeline: Timeline, track: str) -> None:
    """In a process of its own: get ready to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is helped ends it
    _ears[:] = [_Ear(root, timeline, track, SileroDetector())]


def _help(part: _Slice) -> Evidence:
    return _ears[0].hear(part)


@contextlib.contextmanager
def _seats(
    ear: Callable[[], _Ear],
    count: int,
    helper: tuple[Path, Timeline, str] | None,
    is_over: Callable[[], bool],
) -> Iterator[queue.SimpleQueue[Callable[[_Slice], Evidence]]]:
    """Where slices can be heard side by side, one at a time at each.

    Threads share Python's lock, which decoding needs for each frame: what is long is heard by
    processes beside this one. They take their memory, so there is one for each further core alone.

    Args:
        ear: Makes one.
        count: How many slices there are.
        helper: What processes have to know; none are made unless told.
        is_over: Whether nobody waits for what they hear.
    """
    seats: queue.SimpleQueue[Callable[[_Slice], Evidence]] = queue.SimpleQueue()
    if helper is None or _WORKERS == 1:
        for _ in range(min(_WORKERS, count)):
            own = ear()
            seats.put(lambda part, own=own: own.hear(part, is_over))  # type: ignore[misc]
        yield seats
        return
    own = ear()
    seats.put(lambda part: own.hear(part, is_over))
    context = multiprocessing.get_context("spawn")
    with context.Pool(_WORKERS - 1, _begin_to_help, helper) as pool:

        def ask(part: _Slice) -> Evidence:
            answer = pool.apply_async(_help, (part,))
            while True:
                try:
                    return answer.get(_POLL_S)
                except multiprocessing.TimeoutError:
                    if is_over():
                        raise _stopped() from None

        for _ in range(_WORKERS - 1):
            seats.put(ask)
        yield seats


def _heard(
    root: Path,
    timeline: Timeline,
    track: str,
    on_progress: Progress,
    stop: threading.Event,
    detector: Callable[[], Detector],
) -> list[Evidence]:
    """A track's evidence, one for each run; slices of it are heard side by side."""
    slices = list(_slices(timeline, track))
    given_up = threading.Event()

    def is_over() -> bool:
        return stop.is_set() or given_up.is_set()

    def ear() -> _Ear:
        return _Ear(root, timeline, track, detector())

    is_long = len(slices) >= _LONG and detector is SileroDetector
    helper = (root, timeline, track) if is_long else None
    found: list[Evidence] = []
    with (
        _seats(ear, len(slices), helper, is_over) as seats,
        ThreadPoolExecutor(_WORKERS, thread_name_prefix="labels") as pool,
    ):

        def hear(part: _Slice) -> Evidence:
            seat = seats.get()
            try:
                return seat(part)
            finally:
                seats.put(seat)

        try:
            for number, heard in enumerate(pool.map(hear, slices), 1):
                found.append(heard)
                on_progress(number / len(slices))
        except BaseException:  # Ctrl-C too: what is being heard is given up, or it would be awaited
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    runs = itertools.groupby(zip(slices, found, strict=True), key=lambda each: each[0].run)
    return [_connected([heard for _, heard in run]) for _, run in runs]


def _slices(timeline: Timeline, track: str) -> Iterator[_Slice]:
    """A track's runs in slices of whole steps, but for each run's last one."""
    runs: list[list[Stretch]] = []
    for stretch in stretches(timeline, track):
        if runs and stretch.start_s - runs[-1][-1].end_s < _TOUCHING_S:
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    for number, run in enumerate(runs):
        start_s, end_s = run[0].start_s, run[-1].end_s
        slice_s = _SLICE_STEPS * _STEP_S
        for place in range(max(1, math.ceil((end_s - start_s) / slice_s))):
            from_s = start_s + place * slice_s
            yield _Slice(
                run=number,
                from_s=Seconds(from_s),
                to_s=Seconds(min(end_s, from_s + slice_s)),
                warm_steps=min(_WARM_STEPS, place * _SLICE_STEPS),
            )


def _connected(parts: list[Evidence]) -> Evidence:
    """The slices of a run as one."""
    return Evidence(
        start_s=parts[0].start_s,
        level_dbfs=np.concatenate([each.level_dbfs for each in parts]),
        speech=np.concatenate([each.speech for each in parts]),
        music=np.concatenate([each.music for each in parts]),
    )


def evidence(
    blocks: Iterable[Samples],
    start_s: Seconds,
    detector: Detector,
    *,
    warm: int = 0,
    is_over: Callable[[], bool] = lambda: False,
) -> Evidence:
    """What a run of sound is like.

    Args:
        blocks: Mono, at 16 kHz, each joining the one before.
        start_s: Session time of its begin.
        detector: Tells speech from the rest.
        warm: Steps before its begin, which serve to warm up.
        is_over: Asked now and then whether to end early.

    Raises:
        LabellingStopped: It was stopped.
    """
    level, speech, music = ([np.zeros(0, np.float32)] for _ in range(3))
    before, rest = np.zeros(0, np.float32), np.zeros(0, np.float32)
    for block in blocks:
        if is_over():
            raise _stopped()
        rest = np.concatenate([rest, block])
        whole, rest = np.split(rest, [len(rest) // _STEP * _STEP])
        if not len(whole):
            continue
        known = len(before) // _STEP
        heard = np.concatenate([before, whole])
        level.append(_levels(whole))
        speech.append(_by_step(detector(heard))[known:])
        music.append(
            np.maximum(_sure(stillness(heard), _STILL), _sure(beat(heard), _BEATS))[known:]
        )
        before = heard[-_WARM_STEPS * _STEP :]
    return Evidence(
        start_s=start_s,
        level_dbfs=np.concatenate(level)[warm:],
        speech=np.concatenate(speech)[warm:],
        music=np.concatenate(music)[warm:],
    )


def stillness(samples: Samples) -> _Floats:
    """How much of the spectrum holds still, for each step; about 0.3 in noise, up to 1 in music.

    Args:
        samples: Whole steps, mono, at 16 kHz.
    """
    steps = len(samples) // _STEP
    padded = np.concatenate([samples, np.zeros(_FFT - _HOP, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP]
    spectrum = np.fft.rfft(frames * np.hanning(_FFT).astype(np.float32), axis=1)
    side = _BROAD // 2
    bins = np.maximum(_LOW - side + np.arange(_HIGH - _LOW + 2 * side), 0)  # mirrored at the edge
    loud_db = 20 * np.log10(np.abs(spectrum[:, bins]) + _FLOOR)
    sums = np.cumsum(np.pad(loud_db, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    around_db = (sums[:, _BROAD:] - sums[:, :-_BROAD]) / _BROAD
    stands_out = loud_db[:, side : side + around_db.shape[1]] - around_db > _STANDS_OUT_DB
    by_step = stands_out.reshape(steps, _HOPS_A_STEP, -1).mean(axis=1, dtype=np.float32)
    still = _moving_mean(by_step, _STILL_STEPS)
    strongest = np.partition(still, -_STRONGEST, axis=1)[:, -_STRONGEST:]
    return np.asarray(strongest.mean(axis=1), np.float32)


def beat(samples: Samples) -> _Floats:
    """How regularly loudness rises, for each step; about 0.2 in noise, near 1 in drums.

    It is the highest autocorrelation of the rises within some seconds.

    Args:
        samples: Whole steps, mono, at 16 kHz.
    """
    steps = len(samples) // _STEP
    frames = samples.reshape(-1, FRAME)
    loud_db = 10 * np.log10(np.einsum("ij,ij->i", frames, frames) / FRAME + _FLOOR)
    rises = np.maximum(0, np.diff(np.maximum(loud_db, _QUIET_DBFS), prepend=loud_db[:1]))
    if len(rises) < _BEAT_FRAMES:
        return np.zeros(steps, np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(rises, _BEAT_FRAMES)[:: _STEP // FRAME]
    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * _BEAT_FRAMES, axis=1)
    alike = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)
    lags = np.arange(_BEAT_FRAMES)[_BEAT_LAGS]
    share = _BEAT_FRAMES / (_BEAT_FRAMES - lags)  # fewer pairs lie so far apart
    found = (alike[:, _BEAT_LAGS] * share).max(axis=1) / np.maximum(alike[:, 0], 1.0)
    nearest = np.clip(np.arange(steps) - _BEAT_FRAMES * FRAME // _STEP // 2, 0, len(found) - 1)
    return np.asarray(found[nearest], np.float32)


def _sure(measure: _Floats, scale: tuple[float, float]) -> _Floats:
    """A measure as a probability."""
    middle, width = scale
    return np.asarray(1 / (1 + np.exp((middle - measure) / width)), np.float32)


def _moving_mean(values: _Floats, count: int) -> _Floats:
    """The mean of so many rows around each row; at the ends, of the nearest ones."""
    count = min(count, len(values))
    sums = np.cumsum(np.pad(values, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    means = (sums[count:] - sums[:-count]) / count
    nearest = np.clip(np.arange(len(values)) - count // 2, 0, len(means) - 1)
    return np.asarray(means[nearest], np.float32)


def _by_step(probabilities: _Floats) -> _Floats:
    return np.asarray(probabilities.reshape(-1, _STEP // FRAME).mean(axis=1), np.float32)


def _levels(samples: Samples) -> _Floats:
    shaped = samples.reshape(-1, _STEP)
    power = np.einsum("ij,ij->i", shaped, shaped) / _STEP
    return np.asarray(10 * np.log10(np.maximum(power, _FLOOR)), np.float32)


def main(path: str) -> int:
    """Label one session, and tell on standard output how far it is, in JSON; the exit status."""

    def tell(values: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()

    try:
        label(SessionFolder(Path(path)), on_progress=lambda share: tell({"done": share}))
    except AircheckError as error:
        tell({"error": {"message": error.message, "safe": error.safe, "hint": error.hint}})
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
