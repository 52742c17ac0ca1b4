"""Large files from the web: resumed where they broke off, checked; there whole or not at all."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import requests
from filelock import FileLock, Timeout

from recorder.errors import storage_error
from transcribe.errors import DownloadFailed

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes of the whole file (0 while unknown)."""

_BLOCK = 256 * 1024
_CONNECT_S, _SILENCE_S = 10.0, 30.0
_KEPT = "What came so far is kept, and the next try goes on there."


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
    and its hash is right. Runs on the caller's thread; `progress` is called on it too.

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
        raise storage_error(error, doing=f"downloading {target.name}", safe=_KEPT) from error


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(part: Path, url: str, progress: Progress, stop: threading.Event) -> None:
    """Get what is still missing."""
    have = part.stat().st_size if part.exists() else 0
    name, host = Path(urlsplit(url).path).name, urlsplit(url).netloc
    # Without identity, a range would be one of the compressed bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(
            url, headers=headers, stream=True, timeout=(_CONNECT_S, _SILENCE_S)
        ) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable and have:
                return  # it is whole, or longer than whole: the hash tells
            if answer.status_code not in (requests.codes.ok, requests.codes.partial_content):
                raise DownloadFailed(
                    f"{host} answers {answer.status_code} {answer.reason} for {name}.",
                    safe=_KEPT if have else "",
                    hint="Try again later.",
                )
            _append(part, answer, progress, stop)
    except requests.RequestException as error:
        raise _broken_off(error, name, host) from error


def _append(
    part: Path, answer: requests.Response, progress: Progress, stop: threading.Event
) -> None:
    resumed = answer.status_code == requests.codes.partial_content
    with part.open("ab" if resumed else "wb") as file:
        done = file.tell()
        length = answer.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else 0
        for block in answer.iter_content(_BLOCK):
            file.write(block)
            done += len(block)
            progress(done, total)
            if stop.is_set():
                raise DownloadFailed(f"The download of {part.stem} was stopped.", safe=_KEPT)
        file.flush()
        os.fsync(file.fileno())


def _check(part: Path, sha256: str) -> None:
    if sha256_of(part) != sha256:
        part.unlink()
        raise DownloadFailed(
            f"What came is not {part.stem}: its checksum differs.",
            safe="It was thrown away; nothing else was touched.",
            hint="Try again; if it happens twice, something on the way changes the file.",
        )


def _broken_off(error: requests.RequestException, name: str, host: str) -> DownloadFailed:
    if isinstance(error, requests.ConnectionError) and not isinstance(error, requests.Timeout):
        what = f"The connection to {host} can't be made, or broke, while {name} was downloaded."
    elif isinstance(error, requests.Timeout):
        what = f"{host} sent nothing for {_SILENCE_S:.0f} s while {name} was downloaded."
    else:
        what = f"The download of {name} from {host} broke off."
    return DownloadFailed(what, safe=_KEPT, hint="Check the connection and try again.")


def _ignore(done: int, total: int) -> None:
    """Nobody watches."""
