"""A file that is written and hashed at the same time, so that it is never read again for that.

hashlib lets other threads run while it counts, and so does the kernel while it copies.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Self

_STROKE = 1 << 22
_MOST_WAITING = 8  # strokes that are written and not yet hashed
_UNABLE = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM)
"""What ``copy_file_range`` says where a file system can't do it (copy_file_range(2))."""


class Written:
    """Bytes on their way into a file, and its SHA-256. For one thread, as a context.

    Args:
        file: Opened for writing, without a buffer.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._whole = ThreadPoolExecutor(1, "hash")
        self._pieces = ThreadPoolExecutor(1, "hash-pieces")
        self._waiting: deque[Future[None]] = deque()
        self._can_copy = hasattr(os, "copy_file_range")  # Linux has it
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._whole.shutdown(cancel_futures=error is not None)
        self._pieces.shutdown(cancel_futures=error is not None)

    def put(self, data: bytes | memoryview) -> None:
        """Append bytes, which must not change any more.

        Raises:
            OSError: The disk refuses.
        """
        whole = memoryview(data)
        for begin in range(0, len(whole), _STROKE):
            stroke = whole[begin : begin + _STROKE]
            self._count(stroke)
            self._write(stroke)
        self.size += len(whole)

    def put_from(self, source: BinaryIO, begin: int, data: memoryview) -> None:
        """Append bytes of another file, by the kernel alone where it can.

        Args:
            source: The file.
            begin: Where they begin in it.
            data: The same bytes, mapped: these are hashed.

        Raises:
            OSError: The disk refuses, or the file is shorter than that.
        """
        done = 0
        while self._can_copy and done < len(data):
            self._count(data[done : done + _STROKE])
            end = min(done + _STROKE, len(data))
            while done < end:
                try:
                    copied = os.copy_file_range(
                        source.fileno(), self._file.fileno(), end - done, begin + done
                    )
                except OSError as error:
                    if error.errno not in _UNABLE:
                        raise
                    copied = 0
                if not copied:
                    self._can_copy = False
                    self._write(data[done:end])
                    copied = end - done
                done += copied
                self.size += copied
        self.put(data[done:])

    def hashes(self, data: memoryview, ranges: Sequence[tuple[int, int]]) -> Future[list[str]]:
        """Have stretches hashed in the meantime: each on its own, besides the whole.

        Args:
            data: Bytes that must not change any more.
            ranges: Where the stretches begin and end in it.
        """
        return self._pieces.submit(_hashes, data, ranges)

    def sha256(self) -> str:
        """Of all that was put, in lower-case hex."""
        while self._waiting:
            self._waiting.popleft().result()
        return self._digest.hexdigest()

    def _write(self, rest: memoryview) -> None:
        while rest:
            rest = rest[os.write(self._file.fileno(), rest) :]

    def _count(self, stroke: memoryview) -> None:
        if len(self._waiting) == _MOST_WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._whole.submit(self._digest.update, stroke))


def _hashes(data: memoryview, ranges: Sequence[tuple[int, int]]) -> list[str]:
    return [hashlib.sha256(data[begin:end]).hexdigest() for begin, end in ranges]
