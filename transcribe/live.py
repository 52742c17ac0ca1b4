"""Captions while a session is recorded: ``python -P -m transcribe.live FOLDER``.

A process of its own beside the recorder: it reads the growing parts as anybody may, gives way to
everything else, and computes on one thread. Where it is too slow it falls behind, and says by how
much; it leaves nothing out. When the session is sealed it hears what is left, and ends.

What it hears is written to ``derived/captions.jsonl``, a JSON object a line, each the newest form
of a caption; a later one of the same number takes its place. The archive pass replaces them all.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from recorder import journal
from recorder.archive import SessionFolder
from recorder.decode import decode_timeline
from recorder.errors import AircheckError, DecodeError, storage_error
from recorder.events import Chunk, Event, PartOpened, PartSealed, RunStarted, Sealed
from recorder.timeline import Timeline
from recorder.types import Seconds, parse_iso, utc_now
from transcribe import heard, spoken
from transcribe.chunking import FRAME_S, RATE_HZ, Detector, Samples, SileroDetector
from transcribe.listening import LONGEST_S, Caption, Hear, Listener
from transcribe.livetext import LiveText
from transcribe.priority import ENVIRONMENT, give_way
from transcribe.transcript import Segment
from transcribe.weights import Weights

if TYPE_CHECKING:
    from transcribe.engines.ctranslate import CTranslateEngine

_STEP_S = 1.0
_STEP_OF_COMPUTE = 1.3
_MOST_AT_ONCE_S = 30.0
_VOTE_S = 2.0  # less sound tells a language badly
_PATIENCE = 5  # tries to decode the same place
_LOCK = ".captions.lock"

_log = logging.getLogger(__name__)


class Recent:
    """The newest of a session's timeline, without the chunks that nobody needs any more."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._lock = threading.Lock()
        self.is_sealed = threading.Event()

    def take(self, event: Event) -> None:
        """Learn an event of the journal; on any thread."""
        with self._lock:
            if isinstance(event, PartOpened | PartSealed | RunStarted | Chunk):
                self._events.append(event)
        if isinstance(event, Sealed):
            self.is_sealed.set()

    def timeline(self, heard_s: dict[str, Seconds]) -> Timeline:
        """What is journaled, from the parts on that were not heard to their end.

        Args:
            heard_s: To where each track was heard.
        """
        with self._lock:
            ends: dict[str, float] = {}
            for event in self._events:
                if isinstance(event, Chunk):
                    ends[event.part] = event.start_s + event.duration_s
            sealed = {event.part for event in self._events if isinstance(event, PartSealed)}
            over = {
                event.part
                for event in self._events
                if isinstance(event, Chunk)
                and event.part in sealed
                and ends[event.part] <= heard_s.get(event.track, 0.0)
            }
            self._events = [
                event
                for event in self._events
                if not (isinstance(event, Chunk) and event.part in over)
            ]
            return Timeline.of(self._events)


def start(folder: SessionFolder, models: Path, model: str) -> subprocess.Popen[bytes]:
    """Start captions for a session that is recorded; they end when it does.

    Args:
        folder: The session's.
        models: The models' folder.
        model: The model's name.

    Raises:
        StorageError: The disk refuses.
    """
    command = [sys.executable, "-P", "-m", "transcribe.live", str(folder.path)]
    command += ["--models", str(models), "--model", model]
    try:
        folder.derived.mkdir(exist_ok=True)
        with (folder.derived / "captions.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | ENVIRONMENT,
            )
    except OSError as error:
        raise storage_error(error, doing="starting the captions") from error


def is_captioned(folder: SessionFolder) -> bool:
    """Whether a process writes the session's captions just now."""
    try:
        with FileLock(folder.derived / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # no such folder, or a disk that refuses
        return False


def follow(
    folder: SessionFolder, stop: threading.Event, *, poll_s: float = 0.1
) -> Iterator[Caption]:
    """A session's captions as they are written, until `stop` is set and no more are there.

    Where another process begins anew, so does this.

    Raises:
        StorageError: They can't be read.
    """
    path = folder.derived / heard.FILE_NAME
    done, rest = 0, b""
    while True:
        last_look = stop.is_set()
        try:
            with path.open("rb") as file:
                if file.seek(0, os.SEEK_END) < done:
                    done, rest = 0, b""
                file.seek(done)
                data = file.read()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise storage_error(error, doing="reading the captions") from error
        done += len(data)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield Caption(**json.loads(line))
        if last_look:
            return
        stop.wait(poll_s)


def caption(
    folder: SessionFolder,
    hear: Hear,
    detector: Detector,
    *,
    longest_s: float = LONGEST_S,
    stop: threading.Event | None = None,
) -> None:
    """Write a session's captions until it is sealed, or `stop` is set; then what is left of it.

    Where another process does so already, nothing is done.

    Args:
        folder: The session's.
        hear: Makes text of sound.
        detector: Tells speech from the rest.
        longest_s: The longest stretch that can be heard at once.
        stop: Ends it early.

    Raises:
        CorruptSession: The journal can't be read.
        StorageError: The disk refuses.
    """
    folder.derived.mkdir(exist_ok=True)
    with contextlib.suppress(Timeout), FileLock(folder.derived / _LOCK, timeout=0):
        _Captioner(folder, hear, detector, longest_s, stop or threading.Event()).run()


class _Captioner:
    """Reads what is recorded, and writes what is heard."""

    def __init__(
        self,
        folder: SessionFolder,
        hear: Hear,
        detector: Detector,
        longest_s: float,
        stop: threading.Event,
    ) -> None:
        self._folder, self._stop = folder, stop
        self._hear, self._detector = hear, detector
        self._longest_s = longest_s
        self._recent = Recent()
        self._listeners: dict[str, Listener] = {}
        self._heard_s: dict[str, Seconds] = {}
        self._numbers = iter(range(sys.maxsize))
        self._text = LiveText(folder)
        self._failures = 0

    def run(self) -> None:
        over = threading.Event()
        reader = threading.Thread(target=self._read, args=(over,), name="journal", daemon=True)
        path = self._folder.derived / heard.FILE_NAME
        try:
            with path.open("w", encoding="utf-8") as self._out:
                reader.start()
                while not self._step():
                    pass
                for listener in self._listeners.values():
                    self._write(listener.end(), utc_now())
        except OSError as error:
            raise storage_error(error, doing="writing the captions") from error
        finally:
            over.set()
            reader.join(5)
            self._text.close()

    def _read(self, over: threading.Event) -> None:
        try:
            for entry in journal.follow(self._folder.journal_path, over):
                self._recent.take(entry.event)
        except AircheckError as error:
            _log.warning("the journal can't be followed: %s", error)
            self._stop.set()

    def _step(self) -> bool:
        """Hear what is new; returns whether that was the last."""
        is_last = self._recent.is_sealed.is_set() or self._stop.is_set()
        began = time.monotonic()
        timeline = self._recent.timeline(self._heard_s)
        is_behind = [self._hear_track(timeline, track) for track in timeline.tracks]
        if any(is_behind):
            return False
        if not is_last:
            took_s = time.monotonic() - began
            self._wait(max(_STEP_S, _STEP_OF_COMPUTE * took_s) - took_s)
        return is_last

    def _wait(self, step_s: float) -> None:
        """Until the next step, or the end of the session."""
        deadline = time.monotonic() + step_s
        while (left_s := deadline - time.monotonic()) > 0:
            if self._stop.is_set() or self._recent.is_sealed.wait(min(left_s, 0.1)):
                return

    def _hear_track(self, timeline: Timeline, track: str) -> bool:
        """Hear a track's next stretch; returns whether there is more of it."""
        chunks = timeline.tracks[track].chunks
        from_s = self._heard_s.get(track, Seconds(0))
        end_s = chunks[-1].start_s + chunks[-1].duration_s if chunks else 0.0
        if end_s - from_s < FRAME_S:
            return False
        listener = self._listeners.get(track) or self._new_listener(track)
        to_s = min(end_s, self._first_new(timeline, track, from_s) + _MOST_AT_ONCE_S)
        try:
            for block in decode_timeline(
                self._folder.path,
                timeline,
                track=track,
                from_s=from_s,
                to_s=to_s,
                rate_hz=RATE_HZ,
                channels=1,
            ):
                arrived_at = timeline.tracks[track].chunk_at(Seconds(block.end_s - 1e-3))
                self._heard_s[track] = block.end_s
                at = parse_iso(arrived_at.arrived_at) if arrived_at else utc_now()
                self._write(listener.take(block), at)
            self._failures = 0
        except DecodeError as error:
            self._failures += 1
            if self._failures < _PATIENCE:
                return False
            _log.warning("from %.1f s to %.1f s nothing is heard: %s", from_s, to_s, error)
        self._heard_s[track] = Seconds(max(to_s, self._heard_s.get(track, 0.0)))
        return to_s < end_s

    def _first_new(self, timeline: Timeline, track: str, from_s: Seconds) -> float:
        """Where the first sound is that was not heard yet: behind a gap it is later."""
        chunks = timeline.tracks[track].chunks
        starts = (max(c.start_s, from_s) for c in chunks if c.start_s + c.duration_s > from_s)
        return min(starts, default=from_s)

    def _new_listener(self, track: str) -> Listener:
        listener = Listener(
            self._hear,
            self._detector,
            track=track,
            longest_s=self._longest_s,
            first_number=self._numbers,
        )
        self._listeners[track] = listener
        return listener

    def _write(self, captions: Iterator[Caption], arrived_at: datetime) -> None:
        for each in captions:
            lag_s = max(0.0, (utc_now() - arrived_at).total_seconds())
            values = asdict(each) | {"lag_s": round(lag_s, 2)}
            self._out.write(json.dumps(values, ensure_ascii=False) + "\n")
            self._out.flush()
            if each.is_final:
                said = Segment(start_s=each.start_s, end_s=each.end_s, text=each.text)
                self._text.add(each.track, said)


class _Ear:
    """Hears by a model; of one that knows many languages, in the one that was heard so far."""

    def __init__(self, engine: CTranslateEngine, language: str) -> None:
        self._engine, self._language = engine, language
        self._votes: list[spoken.Likely] = []

    def __call__(self, samples: Samples) -> str:
        return self._engine.hear(samples, language=self._language or self._elected(samples))

    def _elected(self, samples: Samples) -> str:
        if len(self._votes) < spoken.VOTES and len(samples) >= _VOTE_S * RATE_HZ:
            self._votes.append(self._engine.languages(samples))
        return spoken.elected(self._votes) or "en"


def main() -> int:
    """Caption a session in this process; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m transcribe.live", description=__doc__)
    parser.add_argument("session", type=Path, help="the session's folder")
    parser.add_argument("--models", type=Path, required=True, help="the models' folder")
    parser.add_argument("--model", required=True, help="the model's name")
    asked = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level="INFO")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the recorder, and that ends this
    give_way()
    from transcribe.engines.ctranslate import CTranslateEngine  # noqa: PLC0415 (not in `start`)

    try:
        weights = Weights(asked.models)
        model = weights.require(asked.model)
        engine = CTranslateEngine(
            weights.find(model.name), name=model.name, word_times=False, lanes=1
        )
        language = model.languages[0] if len(model.languages) == 1 else ""
        caption(
            SessionFolder(asked.session),
            _Ear(engine, language),
            SileroDetector(),
            longest_s=min(LONGEST_S, model.longest_chunk_s),
            stop=stop,
        )
    except AircheckError as error:
        _log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
