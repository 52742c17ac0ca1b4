"""Start a recorder in a process of its own, find one, stop one, raise one that died.

The process is detached: it outlives the window, the terminal and the shell that started it.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from recorder.archive import Archive, SessionFolder, SessionInfo
from recorder.control import Client, listener_of
from recorder.errors import AircheckError, CorruptSession, RecorderError, storage_error
from recorder.schedule import Schedule
from recorder.types import Seconds, SourceKind, SourceSpec

_logger = logging.getLogger(__name__)

_STARTS_WITHIN_S = 20.0
_POLL_S = 0.05
DETACHED: dict[str, Any] = {
    "creationflags": 0x00000008 | 0x00000200 if os.name == "nt" else 0,
    "start_new_session": True,
}
"""How `subprocess.Popen` starts a process that outlives this one and its terminal: on Windows by
DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP, elsewhere by a session of its own."""

_children: list[subprocess.Popen[bytes]] = []
_children_lock = threading.Lock()


def record(
    archive: Archive,
    spec: SourceSpec,
    *,
    title: str = "",
    for_s: Seconds | None = None,
    mirrors: Sequence[SourceSpec] = (),
    together: bool = False,
    split_channels: bool = False,
    schedule: Schedule | None = None,
    give_up_s: Seconds | None = None,
) -> SessionFolder:
    """Make a session and start its recorder.

    Args:
        archive: Where.
        spec: What to record.
        title: For people; the source's own name unless given.
        for_s: After how long it ends by itself: from its first sample, or from the announced
            moment where that is later.
        mirrors: Other sources of the same event, which take over when the first one fails.
        together: Record the mirrors side by side with the first one, each as a track of its own.
        split_channels: Record each channel of the first one, a device, as a track of its own;
            mirrors go side by side with them.
        schedule: When it is announced for; at once unless told.
        give_up_s: Seconds without a byte after which it is taken for over; an hour unless told.

    Raises:
        ValueError: There are more tracks than letters for them, or mirrors that shall take over
            from a channel.
        UnknownDevice: No device of that name is here, or it has but one channel; nothing is made.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start; the session's folder is there.
    """
    if split_channels and mirrors and not together:
        raise ValueError("a mirror can't take over from one channel")
    asked = [named(each) for each in (spec, *mirrors)]
    specs = [*_channels(asked[0]), *asked[1:]] if split_channels else asked
    if len(specs) > len(ascii_lowercase):
        raise ValueError(f"{len(specs)} sources")
    tracks = ascii_lowercase if together or split_channels else "a" * len(specs)
    folder = archive.create(
        title or default_title(asked[0]),
        list(zip(tracks, specs, strict=False)),
        for_s=for_s,
        give_up_s=give_up_s,
        schedule=schedule,
    )
    start(folder)
    return folder


def named(spec: SourceSpec) -> SourceSpec:
    """A source by its name: a recorder that goes on after a crash shall not take a new default.

    Raises:
        UnknownDevice: No device of that name is here.
    """
    if spec.kind not in (SourceKind.DEVICE, SourceKind.SYSTEM):
        return spec
    from recorder.sources import devices  # noqa: PLC0415 (streams need no sound libraries)

    info = devices.find(spec)
    return spec if spec.address else replace(spec, address=info.address)


def _channels(spec: SourceSpec) -> list[SourceSpec]:
    from recorder.sources import devices  # noqa: PLC0415 (as above)

    return devices.each_channel(spec)


def repeat(folder: SessionFolder, schedule: Schedule) -> SessionFolder:
    """Make the next session of a series and start its recorder, which waits for its time.

    Called again, as after a crash, it finds the one that it made before.

    Args:
        folder: The session before, with its addresses, so before it is sealed.
        schedule: Of the next one.

    Raises:
        CorruptSession: The session before can't be read.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start; the session's folder is there.
    """
    info = folder.info()
    archive = Archive(folder.path.parent)
    made = next((each for each in archive.folders() if _repeats(each, info, schedule)), None)
    following = made or archive.create(
        info.title,
        folder.sources(),
        host=info.host,
        for_s=info.for_s,
        give_up_s=info.give_up_s,
        schedule=schedule,
    )
    if made is None or not (is_running(made) or made.sealed()):
        start(following)
    return following


def _repeats(folder: SessionFolder, info: SessionInfo, schedule: Schedule) -> bool:
    """Whether a session is the one of a series at this time."""
    try:
        found = folder.info()
    except CorruptSession:
        return False
    return (found.schedule, found.title, found.sources) == (schedule, info.title, info.sources)


def resume(archive: Archive) -> list[tuple[SessionFolder, str]]:
    """Start the recorders of all open sessions that have none: scheduled, running, died.

    Returns:
        Each of them, and why it could not be started, or nothing.

    Raises:
        StorageError: The archive can't be listed.
    """
    outcomes = []
    for folder in archive.folders():
        try:
            if revive(folder):
                outcomes.append((folder, ""))
        except AircheckError as error:
            outcomes.append((folder, str(error)))
    return outcomes


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
    await_start(child, folder)
    return child.pid


def await_start(child: subprocess.Popen[bytes], folder: SessionFolder) -> None:
    """Wait until a process is at work on a session.

    Raises:
        RecorderError: It ended at once, or did not begin within 20 s.
    """
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        holder = folder.holder()
        if holder and holder.pid == child.pid and listener_of(folder) == child.pid:
            return
        if child.poll() is not None:
            if folder.sealed():  # so short a session that it is over
                return
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
        RecorderError: No recorder answers, and it has not ended by itself just now.
    """
    try:
        Client(folder).stop()
    except RecorderError:
        if not folder.sealed():
            raise
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


def detached(command: Sequence[str], log: Path, *, what: str) -> subprocess.Popen[bytes]:
    """Start a process that outlives this one, the terminal and the shell.

    Args:
        command: Program and arguments.
        log: Where its output is appended.
        what: It is, for the sentence where it doesn't start.

    Raises:
        StorageError: It doesn't start.
    """
    _reap()
    try:
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **DETACHED,
            )
    except OSError as error:
        raise storage_error(error, doing=f"starting {what}") from error
    adopt(child)
    return child


def adopt(child: subprocess.Popen[bytes]) -> None:
    """Collect a process of its own when it has ended, so that it is not taken for living."""
    with _children_lock:
        _children.append(child)


def _spawn(folder: SessionFolder) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "recorder", str(folder.path)]
    try:
        folder.derived.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="starting the recorder") from error
    return detached(command, folder.derived / "recorder.log", what="the recorder")


def _reap() -> None:
    """Collect the children that ended, so that none is taken for living."""
    with _children_lock:
        _children[:] = [child for child in _children if child.poll() is None]


@atexit.register
def _let_go() -> None:
    """Leave the children that go on to themselves: ``Popen`` would warn of each at the end."""
    _reap()
    for child in _children:
        child.returncode = 0


def _last_words(folder: SessionFolder) -> str:
    try:
        lines = (folder.derived / "recorder.log").read_text(errors="replace").splitlines()
    except OSError:
        return "it left no word."
    return lines[-1] if lines else "it left no word."
