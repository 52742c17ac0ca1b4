"""One process at a time, by a lock file that the system lets go of when its holder dies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from recorder.errors import AircheckError, storage_error


@contextlib.contextmanager
def alone(path: Path, *, doing: str, busy: AircheckError, wait_s: float = 0.0) -> Iterator[None]:
    """Be the one process that does something.

    Args:
        path: The lock file's; its folder is made if need be.
        doing: What is done, as in 'importing'.
        busy: Raised where another one does it.
        wait_s: How long it is waited for.

    Raises:
        AircheckError: `busy`.
        StorageError: The disk refuses.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 (asyncio; who reads needs none)

    lock = FileLock(path, timeout=wait_s)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise busy from error
    except OSError as error:
        raise storage_error(error, doing=doing) from error
    try:
        yield
    finally:
        lock.release()
