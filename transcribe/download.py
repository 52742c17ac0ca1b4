"""Large files from the web: resumed where they broke off, checked; there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import requests
from filelock import FileLock, Timeout

from recorder.disk import free_bytes
from recorder.errors import DiskFull, storage_error
from transcribe.errors import DownloadFailed

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes of the whole file (0 while unknown)."""

_BLOCK = 256 * 1024
_CONNECT_S, _SILENCE_S = 10.0, 30.0
_AGAIN_S = (1.0, 3.0, 10.0, 30.0)  # after what broke off and as long as nothing came since
KEPT = "What came so far is kept, and the next try goes on there."


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Bring a file here.

    It grows beside its target, with ``.part`` after its name, and takes its name when it is whole
    and its hash is right. Where the connection breaks, it is made again as long as more comes. Runs
    on the caller's thread; `progress` is called on it too.

    Raises:
        DownloadFailed: Offline, refused, broken off, stopped, or not the file that it should be.
        StorageError: The disk is full or refuses.
    """
    part = target.with_name(f"{target.name}.part")
    lock = FileLock(part.with_suffix(".lock"), timeout=0)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock:
            _fill(part, url, progress or _ignore, stop or threading.Event())
            _check(part, sha256)
            part.replace(target)
    except Timeout as error:
        raise DownloadFailed(
            f"{target.name} is being downloaded already, by another process.",
            hint="Wait until it is done.",
        ) from error
    except OSError as error:  # those of the network are mapped in _fill
        raise storage_error(error, doing=f"downloading {target.name}", safe=KEPT) from error


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(part: Path, url: str, progress: Progress, stop: threading.Event) -> None:
    """Get what is still missing; what breaks off goes on by itself, if anything has come."""
    pauses: Iterator[float] = iter(())
    while True:
        before = _size(part)
        try:
            _request(part, url, progress, stop)
        except requests.RequestException as error:
            if _size(part) > before:
                pauses = iter(_AGAIN_S)
            pause_s = next(pauses, None)
            if pause_s is None or stop.wait(pause_s):
                raise _broken_off(error, url, safe=_safe(part)) from error
        else:
            return


def _request(part: Path, url: str, progress: Progress, stop: threading.Event) -> None:
    """Ask for what is still missing, once."""
    have = _size(part)
    name, host = _named(url)
    # Without identity, a range would be one of the compressed bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(
        url, headers=headers, stream=True, timeout=(_CONNECT_S, _SILENCE_S)
    ) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable and have:
            return  # it is whole, or longer than whole: the hash tells
        if answer.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise DownloadFailed(
                f"{host} answers {answer.status_code} {answer.reason} for {name}.",
                safe=_safe(part),
                hint="Try again later.",
            )
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            raise DownloadFailed(
                f"A web page came in place of {name}, perhaps one to sign in to the network.",
                safe=_safe(part),
                hint="Open a page in the browser, sign in, and try again.",
            )
        _append(part, answer, progress, stop)


def _append(
    part: Path, answer: requests.Response, progress: Progress, stop: threading.Event
) -> None:
    with part.open("ab" if _goes_on(answer, _size(part)) else "wb") as file:
        done = file.tell()
        length = answer.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else 0
        _require_room(part, total - done)
        for block in answer.iter_content(_BLOCK):
            file.write(block)
            done += len(block)
            progress(done, total)
            if stop.is_set():
                raise DownloadFailed(f"The download of {part.stem} was stopped.", safe=KEPT)
        file.flush()
        os.fsync(file.fileno())


def _goes_on(answer: requests.Response, have: int) -> bool:
    """Whether an answer begins where what is here ends; else it is the whole file."""
    if answer.status_code != requests.codes.partial_content:
        return False
    said = answer.headers.get("Content-Range", f"bytes {have}-")
    return said.startswith(f"bytes {have}-")


def _require_room(part: Path, missing: int) -> None:
    """Say now what would be said after a gigabyte.

    Raises:
        DiskFull: The disk has less room than that.
        StorageError: It can't be said.
    """
    free = free_bytes(part.parent)
    if missing > free:
        raise DiskFull(
            f"The disk is too full for {part.stem}: {missing / 1e6:,.0f} MB are still to come, and"
            f" {free / 1e6:,.0f} MB are free.",
            safe=_safe(part),
            hint="Free some room, or choose a smaller model.",
        )


def _check(part: Path, sha256: str) -> None:
    if sha256_of(part) != sha256:
        part.unlink()
        raise DownloadFailed(
            f"What came is not {part.stem}: its checksum differs.",
            safe="It was thrown away; nothing else was touched.",
            hint="Try again; if it happens twice, something on the way changes the file.",
        )


def _broken_off(error: requests.RequestException, url: str, *, safe: str) -> DownloadFailed:
    name, host = _named(url)
    if isinstance(error, requests.ConnectionError) and not isinstance(error, requests.Timeout):
        what = f"The connection to {host} can't be made, or broke, while {name} was downloaded."
    elif isinstance(error, requests.Timeout):
        what = f"{host} sent nothing for {_SILENCE_S:.0f} s while {name} was downloaded."
    else:
        what = f"The download of {name} from {host} broke off."
    return DownloadFailed(what, safe=safe, hint="Check the connection and try again.")


def _named(url: str) -> tuple[str, str]:
    """The file's name, and who has it."""
    parts = urlsplit(url)
    return Path(parts.path).name, parts.netloc


def _safe(part: Path) -> str:
    return KEPT if _size(part) else ""


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _ignore(done: int, total: int) -> None:
    """Nobody watches."""
