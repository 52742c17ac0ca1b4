"""Start a recorder in a process of its own, find one, stop one, raise one that died.

The process is detached: it outlives the window, the terminal and the shell that started it.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import RecorderError, storage_error
from recorder.types import Seconds, SourceKind, SourceSpec

_logger = logging.getLogger(__name__)

_STARTS_WITHIN_S = 20.0
_POLL_S = 0.05
# DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP; elsewhere a session of its own does it.
_DETACHED = 0x00000008 | 0x00000200 if os.name == "nt" else 0
_children: list[subprocess.Popen[bytes]] = []
_children_lock = threading.Lock()


def record(
    archive: Archive,
    spec: SourceSpec,
    *,
    title: str = "",
    for_s: Seconds | None = None,
) -> SessionFolder:
    """Make a session and start its recorder.

    Args:
        archive: Where.
        spec: What to record.
        title: For people; the source's own name unless given.
        for_s: Session time after which it ends by itself.

    Raises:
        UnknownDevice: No device of that name is here; nothing is made.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start; the session's folder is there.
    """
    if spec.kind in (SourceKind.DEVICE, SourceKind.SYSTEM):
        from recorder.sources import devices  # noqa: PLC0415 (streams need no sound libraries)

        devices.find(spec)
    folder = archive.create(title or default_title(spec), [("a", spec)], for_s=for_s)
    start(folder)
    return folder


def default_title(spec: SourceSpec) -> str:
    """A session's title when nobody gave one: the file's stem, the host, the device."""
    text = str(spec)
    if "://" in text:
        host_and_path = text.partition("://")[2]
        return host_and_path.rstrip("/")
    return Path(text).stem if spec.kind is SourceKind.FILE else text


def start(folder: SessionFolder) -> int:
    """Start a session's recorder and wait until it is at work.

    Returns:
        Its pid.

    Raises:
        RecorderError: It ended at once, or did not begin within 20 s.
        StorageError: Its log can't be written.
    """
    child = _spawn(folder)
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        holder = folder.holder()
        if holder and holder.pid == child.pid and (folder.path / "control.json").exists():
            return child.pid
        if child.poll() is not None:
            if folder.sealed():  # so short a session that it is over
                return child.pid
            raise RecorderError(
                f"The recorder ended at once: {_last_words(folder)}",
                safe="Nothing was recorded; the session's folder is kept.",
                hint="Check the source and the disk, and record again.",
            )
        time.sleep(_POLL_S)
    raise RecorderError("The recorder did not begin within 20 s.", hint="See recorder.log.")


def stop(folder: SessionFolder, *, within_s: float = 30.0) -> bool:
    """Ask a session's recorder to end, and wait until the session is sealed.

    Returns:
        Whether it was sealed in time.

    Raises:
        RecorderError: No recorder answers.
    """
    Client(folder).stop()
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if folder.sealed() and not is_running(folder):
            return True
        time.sleep(_POLL_S)
    return False


def is_running(folder: SessionFolder) -> bool:
    """Whether a living recorder holds the session."""
    _reap()
    return folder.holder() is not None


def revive(folder: SessionFolder) -> bool:
    """Start the recorder of an open session again if it died.

    Returns:
        Whether it had died.

    Raises:
        RecorderError: It doesn't start.
    """
    if is_running(folder) or folder.sealed():
        return False
    _logger.warning("the recorder of %s died; starting it again", folder.path.name)
    start(folder)
    return True


def _spawn(folder: SessionFolder) -> subprocess.Popen[bytes]:
    _reap()
    command = [sys.executable, "-P", "-m", "recorder", str(folder.path)]
    try:
        folder.derived.mkdir(exist_ok=True)
        with (folder.derived / "recorder.log").open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                creationflags=_DETACHED,
                start_new_session=True,  # ignored on Windows
            )
    except OSError as error:
        raise storage_error(error, doing="starting the recorder") from error
    with _children_lock:
        _children.append(child)
    return child


def _reap() -> None:
    """Collect the children that ended, so that none is taken for living."""
    with _children_lock:
        _children[:] = [child for child in _children if child.poll() is None]


def _last_words(folder: SessionFolder) -> str:
    try:
        lines = (folder.derived / "recorder.log").read_text(errors="replace").splitlines()
    except OSError:
        return "it left no word."
    return lines[-1] if lines else "it left no word."
