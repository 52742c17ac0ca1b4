"""Listen to a device before anybody presses Record, and keep its last seconds in memory.

`PreRoll` is what the window and the command hold; what listens is a process of its own
(``python -P -m recorder.preroll SECONDS SOURCE``), which becomes the session's recorder when it is
told to record. Until then nothing reaches the disk, and the process ends with whoever started it:
its standard input is the order to record, and that it closes is the order to let go.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.errors import AircheckError, RecorderError, SourceError
from recorder.types import LONGEST_PRE_ROLL_S, Seconds, SourceKind, SourceSpec

if TYPE_CHECKING:  # only the process that listens needs them
    from recorder.session import Recording
    from recorder.sources.base import Source
    from recorder.sources.past import Past
    from recorder.sources.prerolled import Prerolled

_logger = logging.getLogger(__name__)

_TELL_S = 0.1  # between two words on what is heard
_AGAIN_S = 1.0  # after a device that broke
_ENDS_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is heard now.

    Attributes:
        held_s: Seconds that would be kept.
        peak_dbfs: Level of the last tenth of a second; None before the first sound.
        problem: Why nothing is heard, or empty.
    """

    held_s: Seconds
    peak_dbfs: float | None = None
    rms_dbfs: float | None = None
    clipped: int = 0
    problem: str = ""


class PreRoll:
    """A device that is listened to. Any thread; closed twice without harm."""

    def __init__(self, spec: SourceSpec, *, keep_s: Seconds) -> None:
        """Begin to listen.

        Args:
            spec: A device, or the system's sound.
            keep_s: Seconds to keep, `LONGEST_PRE_ROLL_S` at most.

        Raises:
            ValueError: It is no device, or too much is to be kept.
            UnknownDevice: No device of that name is here.
            RecorderError: The process can't be started.
        """
        if spec.kind not in (SourceKind.DEVICE, SourceKind.SYSTEM):
            raise ValueError(f"{spec} is no device")
        if not 0 < keep_s <= LONGEST_PRE_ROLL_S:
            raise ValueError(f"{keep_s} s can't be kept")
        self._spec = launch.named(spec)
        self._heard = Heard(held_s=Seconds(0.0))
        self._is_recorder = False
        command = [sys.executable, "-P", "-m", "recorder.preroll", str(keep_s), str(self._spec)]
        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                **launch.DETACHED,
            )
        except OSError as error:
            raise RecorderError("Nobody listens: the process can't be started.") from error
        self._reader = threading.Thread(target=self._read, name="pre-roll", daemon=True)
        self._reader.start()

    @property
    def heard(self) -> Heard:
        """What is heard now."""
        return self._heard

    def record(
        self, archive: Archive, *, title: str = "", for_s: Seconds | None = None
    ) -> SessionFolder:
        """Record from as long before now as was kept.

        Args:
            archive: Where.
            title: For people; the device's name unless given.
            for_s: Session time, what was kept included, after which it ends by itself.

        Raises:
            StorageError: The disk refuses.
            RecorderError: The recorder doesn't start; the session's folder is there.
        """
        folder = archive.create(
            title or launch.default_title(self._spec), [("a", self._spec)], for_s=for_s
        )
        assert self._child.stdin
        try:
            folder.derived.mkdir(exist_ok=True)
            self._child.stdin.write(f"{json.dumps(str(folder.path))}\n".encode())
            self._child.stdin.close()
        except OSError as error:
            raise RecorderError(
                "Whoever listened has ended, so nothing was kept.",
                hint="Record again: it begins now.",
            ) from error
        self._is_recorder = True
        launch.adopt(self._child)
        launch.await_start(self._child, folder)
        self._stop_reading()
        return folder

    def close(self) -> None:
        """Let go of what was kept, unless it is recorded by now."""
        assert self._child.stdin
        if self._is_recorder:
            return
        with contextlib.suppress(OSError):
            self._child.stdin.close()
        try:
            self._child.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._stop_reading()

    def _stop_reading(self) -> None:
        """Close what the process has left."""
        assert self._child.stdout
        self._reader.join(_ENDS_WITHIN_S)
        self._child.stdout.close()

    def _read(self) -> None:
        assert self._child.stdout
        for line in self._child.stdout:
            self._heard = Heard(**json.loads(line))


# --- the process that listens ------------------------------------------------------------------


class _Opener:
    """Gives what was heard before as the session's first source, then others as usual."""

    def __init__(self, first: Prerolled) -> None:
        self._first: Prerolled | None = first

    def __call__(self, spec: SourceSpec, *, past: Past | None = None) -> Source:
        from recorder.sources.open import open_source  # noqa: PLC0415 (see the module)

        first, self._first = self._first, None
        return first if first and past is None else open_source(spec, past=past)


class _Listener:
    """Listens, tells what it hears, and records when it is told to."""

    def __init__(self, spec: SourceSpec, keep_s: Seconds) -> None:
        self._spec, self._keep_s = spec, keep_s
        self._orders: queue.Queue[str | None] = queue.Queue()
        self._folder: SessionFolder | None = None
        self._recording: Recording | None = None
        threading.Thread(target=self._take_orders, name="orders", daemon=True).start()

    def run(self) -> int:
        """Listen until told to record or to let go; returns the process's exit status."""
        source = self._listen()
        while True:
            try:
                order = self._orders.get(timeout=_TELL_S)
            except queue.Empty:
                source = self._tell(source)
                continue
            if order is None:
                source.close()
                return 0
            return self._record(source, SessionFolder(Path(json.loads(order))))

    def _take_orders(self) -> None:
        line = sys.stdin.readline()
        self._orders.put(line or None)

    def _listen(self) -> Prerolled:
        from recorder.sources.open import open_source  # noqa: PLC0415 (see the module)
        from recorder.sources.prerolled import Prerolled  # noqa: PLC0415

        source = Prerolled(
            open_source(self._spec),
            keep_s=self._keep_s,
            reopen=self._reopen,
            on_first=self._on_first,
        )
        source.listen()
        return source

    def _tell(self, source: Prerolled) -> Prerolled:
        """Say what is heard; a device that broke is listened to anew."""
        held, error = source.held, source.error
        told: dict[str, Any] = {"held_s": held.held_s, "problem": str(error or "")}
        if held.level:
            told |= {
                "peak_dbfs": held.level.peak_dbfs,
                "rms_dbfs": held.level.rms_dbfs,
                "clipped": held.level.clipped,
            }
        try:
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
        except OSError:  # whoever asked is gone
            self._orders.put(None)
        if error is None:
            return source
        source.close()
        threading.Event().wait(_AGAIN_S)
        return self._listen()

    def _record(self, source: Prerolled, folder: SessionFolder) -> int:
        from recorder import process, redaction  # noqa: PLC0415 (see the module)

        _log_into(folder)
        redaction.log_to_stderr()
        self._folder = folder
        try:
            return process.record(folder, opener=_Opener(source), on_made=self._on_made)
        except AircheckError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            source.close()

    def _on_made(self, recording: Recording) -> None:
        self._recording = recording

    def _on_first(self, mono_s: float) -> None:
        if self._recording:
            self._recording.heard_since(mono_s)

    def _reopen(self) -> Source:
        from recorder.sources.open import open_source  # noqa: PLC0415 (see the module)
        from recorder.sources.past import Past  # noqa: PLC0415

        assert self._folder
        past = Past.of(self._folder.path, self._folder.timeline(), "a")
        return open_source(self._spec, past=past)


def _log_into(folder: SessionFolder) -> None:
    """Leave whoever started this process: its pipes are closed, and the session has the log."""
    with (folder.derived / "recorder.log").open("ab") as log:
        for descriptor in (sys.stdout.fileno(), sys.stderr.fileno()):
            os.dup2(log.fileno(), descriptor)


def main(arguments: list[str]) -> int:
    """The process of a `PreRoll`; returns its exit status."""
    from recorder.sources.open import parse_source  # noqa: PLC0415 (see the module)

    try:
        keep_s, source = arguments
        return _Listener(parse_source(source), Seconds(float(keep_s))).run()
    except ValueError:
        sys.stderr.write("usage: python -P -m recorder.preroll SECONDS SOURCE\n")
        return 2
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
