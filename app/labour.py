"""The process that does one job of `app.jobs`: ``python -P -m app.labour FILE``.

One export at a time, one download at a time, and so on: a job waits for those of its kind, but for
those that wait themselves: one replay a session, one watch an archive. It ends when a file of its
name with ``.stop`` appears, as Ctrl-C would end it, so that what it had half done goes away as it
came.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from filelock import FileLock

from app.jobs import JobState, Kind
from recorder.errors import AircheckError, ArchiveError
from recorder.types import iso, utc_now

if TYPE_CHECKING:
    from app.importing import Outcome
    from app.replays import Waiting

_POLL_S = 0.1
_TELL_EVERY_S = 0.2
_PACE_OVER = 40  # reports, so that a rest or a slow start is forgotten

_log = logging.getLogger(__name__)


class Report:
    """Tells how far a job is. For one thread."""

    def __init__(self, path: Path) -> None:
        process = psutil.Process()
        self._path = path
        self._told_at = -_TELL_EVERY_S  # of the progress
        self._paces: deque[tuple[float, float]] = deque(maxlen=_PACE_OVER)
        self._values: dict[str, Any] = {
            "pid": process.pid,
            "process_started": process.create_time(),
            "state": JobState.WAITING,
        }

    def begin(self) -> None:
        """It is its turn."""
        self._values["state"] = JobState.RUNNING
        self.write()

    def step(self, name: str) -> None:
        """Say what it is at."""
        self._values["step"] = name
        self.write()

    def progress(self, share: float) -> None:
        """Say how much is done, 0 to 1; more than a few a second are left out."""
        now = time.monotonic()
        if now - self._told_at < _TELL_EVERY_S:
            return
        self._told_at = now
        if self._values.pop("next_try_at", None):  # what it waited for is there
            self._values["step"] = ""
        self._paces.append((now, share))
        (then, before), (_, done) = self._paces[0], self._paces[-1]
        pace = (done - before) / (now - then) if now > then else 0.0
        self._values["progress"] = min(1.0, share)
        self._values["left_s"] = (1 - share) / pace if pace > 0 else None
        self.write()

    def wait(self, why: str, wait_s: float) -> None:
        """Say what isn't there yet; it is looked for again after so many seconds."""
        self._values |= {"step": why, "next_try_at": iso(utc_now() + timedelta(seconds=wait_s))}
        self.write()

    def made(self, files: list[Path]) -> None:
        """Say what was made; it is added to what was before."""
        self._values["files"] = self._values.get("files", []) + [str(file) for file in files]
        self.write()

    def end(self, state: JobState, *, error: AircheckError | None = None, note: str = "") -> None:
        """Say how it ended."""
        told = (error.message, error.safe, error.hint) if error else ("", "", "")
        done = {"state": state, "finished_at": iso(utc_now()), "error": told, "note": note}
        self._values |= {**done, "left_s": None, "next_try_at": None}
        if state is JobState.DONE:
            self._values["progress"] = 1.0
        self.write()

    def write(self) -> None:
        """Put it down where `app.jobs` reads it; a disk that refuses costs the report alone."""
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(self._values), "utf-8")
            fresh.replace(self._path)
        except OSError as error:
            _log.warning("the report can't be written: %s", error)


def run(path: Path) -> None:
    """Do a job to its end, whatever that is.

    Args:
        path: Its ``.json``.
    """
    asked = json.loads(path.read_bytes())
    kind = Kind(asked["kind"])
    report = Report(path.with_suffix(".state"))
    over = threading.Event()
    stop = path.with_suffix(".stop")
    watch = threading.Thread(target=_watch, args=(stop, over), name="stop", daemon=True)
    watch.start()
    try:
        report.write()
        turn = path.with_name(f".{_turn(kind, asked['details'])}.lock")
        with FileLock(turn, poll_interval=_POLL_S):
            report.begin()
            note = _WORK[kind](asked["details"], report)
        over.set()
        report.end(JobState.DONE, note=note)
    except KeyboardInterrupt:
        report.end(JobState.CANCELLED)
    except AircheckError as error:
        over.set()
        report.end(JobState.FAILED, error=error)
    except Exception as error:  # noqa: BLE001 (the process's edge)
        over.set()
        _log.exception("job %s failed", path.stem)
        report.end(
            JobState.FAILED,
            error=AircheckError(
                f"The work stumbled ({type(error).__name__}: {error}).",
                safe="The archive is untouched.",
                hint=f"jobs.log in {path.parent} says more.",
            ),
        )


_ALONE_BY = {Kind.REPLAY: "folder", Kind.WATCH: "archive"}
"""Of kinds that wait for days: the detail that tells whom they'd be in the way of."""


def _turn(kind: Kind, details: Mapping[str, Any]) -> str:
    """Whose turn it is: jobs with the same go one after the other."""
    if kind not in _ALONE_BY:
        return kind
    whose = hashlib.sha256(str(details[_ALONE_BY[kind]]).encode()).hexdigest()
    return f"{kind}-{whose[:16]}"


def _watch(stop: Path, over: threading.Event) -> None:
    """Interrupt the work when somebody wants it to end."""
    while not over.wait(_POLL_S):
        if stop.exists():
            os.kill(os.getpid(), signal.SIGINT)
            return


def _export(details: Mapping[str, Any], report: Report) -> str:
    """Details: ``folders``, ``order``, ``out``."""
    from app import exporting  # noqa: PLC0415 (each kind loads what it needs)
    from recorder.archive import SessionFolder  # noqa: PLC0415

    order, out = exporting.Order.from_json(details["order"]), Path(details["out"])
    folders = [SessionFolder(Path(each)) for each in details["folders"]]
    problems: list[AircheckError] = []
    warnings: list[str] = []
    for place, folder in enumerate(folders):
        report.step(folder.summary().title)
        one = exporting.shared(report.progress, place, len(folders))
        one(0.0)
        try:
            done = exporting.export(folder, order, out, on_progress=one, warn=warnings.append)
            report.made(done)
        except AircheckError as error:
            if len(folders) == 1:
                raise
            problems.append(error)
    if problems:
        raise ArchiveError(
            f"{len(problems)} of {len(folders)} sessions could not be exported. {problems[0]}",
            safe="The others are there.",
        )
    return " ".join(warnings)


def _download(details: Mapping[str, Any], report: Report) -> str:
    """Details: ``model``, ``models``."""
    from transcribe.weights import Weights  # noqa: PLC0415

    weights = Weights(Path(details["models"]), **_address(details))

    def tell(done: int, total: int) -> None:
        report.progress(done / total if total else 0.0)

    model = weights.get(details["model"], tell)
    report.made([weights.folder / model.file])
    return ""


def _address(details: Mapping[str, Any]) -> dict[str, str]:
    return {"base_url": details["base_url"]} if details.get("base_url") else {}


def _import(details: Mapping[str, Any], report: Report) -> str:
    """Details: ``archive``, ``paths``."""
    from app.importing import import_paths  # noqa: PLC0415
    from recorder.archive import Archive  # noqa: PLC0415

    problems, fresh, here = [], 0, 0
    for outcome in import_paths(Archive(Path(details["archive"])), [*map(Path, details["paths"])]):
        report.step(outcome.path.name)
        if outcome.problem:
            problems.append(f"{outcome.path.name}: {outcome.problem}")
        here += outcome.was_here or outcome.thrown_away is not None
        fresh += bool(outcome.session) and not outcome.was_here
    if problems:
        raise ArchiveError(
            f"{len(problems)} of {len(problems) + fresh + here} files could not be imported."
            f" {problems[0]}",
            safe="The others are in the archive.",
        )
    if not fresh + here:
        raise ArchiveError("There is nothing to import: no audio file, and no transcript.")
    return f"{fresh} imported" + (f", {here} were here already" if here else "")


def _compare(details: Mapping[str, Any], report: Report) -> str:
    """Details: ``archive``, ``folder``, ``other``, ``out`` (the picture's path)."""
    from app.comparing import compare_session  # noqa: PLC0415
    from recorder.archive import Archive, SessionFolder  # noqa: PLC0415

    picture = Path(details["out"])
    found = compare_session(
        Archive(Path(details["archive"])),
        SessionFolder(Path(details["folder"])),
        details["other"],
        draw=picture,
        on_progress=report.progress,
    )
    report.made([picture])
    return f"{len(found.comparison.differences)} differences"


def _replay(details: Mapping[str, Any], report: Report) -> str:
    """Details: ``archive``, ``folder``."""
    from app.replays import complete_from_replay  # noqa: PLC0415
    from recorder import completing  # noqa: PLC0415
    from recorder.archive import Archive, SessionFolder  # noqa: PLC0415

    def wait(waiting: Waiting) -> None:
        report.wait(waiting.why, waiting.next_try_s)

    folder = SessionFolder(Path(details["folder"]))
    timeline = folder.timeline()
    tracks = [name for name in timeline.own if completing.open_gaps(timeline, name)]
    filled, sentence = 0, ""
    for track in tracks or ["a"]:
        done = complete_from_replay(
            Archive(Path(details["archive"])),
            folder,
            track=track,
            on_wait=wait,
            on_progress=report.progress,
        )
        filled, sentence = filled + len(done.fills), done.comparison.sentence
    if not filled:
        raise ArchiveError(
            f"The replay is there, and fills nothing. {sentence}", safe="The session is as it was."
        )
    return f"{filled} filled"


def _watched(details: Mapping[str, Any], report: Report) -> str:
    """Details: ``archive``, ``folders``. Goes on until it is ended."""
    from app.watching import watch  # noqa: PLC0415
    from recorder.archive import Archive  # noqa: PLC0415

    def tell(outcome: Outcome) -> None:
        name = outcome.path.name
        report.step(f"{name}: {outcome.problem}" if outcome.problem else name)

    watch(
        Archive(Path(details["archive"])),
        [*map(Path, details["folders"])],
        stop=threading.Event(),
        tell=tell,
        tell_trouble=lambda error: report.step(str(error)),
    )
    return ""


_WORK: dict[Kind, Callable[[Mapping[str, Any], Report], str]] = {
    Kind.EXPORT: _export,
    Kind.DOWNLOAD: _download,
    Kind.IMPORT: _import,
    Kind.COMPARE: _compare,
    Kind.REPLAY: _replay,
    Kind.WATCH: _watched,
}


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with contextlib.suppress(KeyboardInterrupt):  # it ended, and was told to just then
        run(Path(sys.argv[1]))
