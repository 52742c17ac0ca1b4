"""What can go wrong, as a tree. Every error is a sentence for the user.

    AircheckError
    ├── SourceError                    nothing about the archive: the source misbehaves
    │   ├── MalformedAddress           wrong use; never retried
    │   ├── NotAudio                   an answer that never was a session; never retried
    │   ├── UnknownDevice              no device, sink or source by that name
    │   ├── NotAvailable               not yet: 404, 410, 5xx, DNS, connection refused → waiting
    │   ├── Refused                    401, 403, 429, 503 → refused, keeps probing
    │   ├── ConnectionLost             it broke in mid-session → reconnecting
    │   ├── Stalled                    it went quiet in mid-session → reconnecting
    │   └── DeviceLost                 the device went away in mid-session → reconnecting
    ├── MalformedTime                  no time, or one that could mean two moments; wrong use
    │   ├── NoTime                     nothing that is read as one
    │   └── PastTime                   one that is over
    ├── ArchiveError
    │   ├── SessionNotFound
    │   ├── SameSession                a session can't complete itself; wrong use
    │   ├── SessionBusy                another process holds it
    │   ├── CorruptSession             a folder that can't be read as a session
    │   └── StorageError               the disk is full, read-only, gone
    │       └── DiskFull
    ├── DecodeError                    bytes that can't be decoded
    ├── ExportError                    a result that could not be made
    │   └── ExportStopped              somebody stopped it
    └── RecorderError                  a recorder process that doesn't start or answer

Each carries the three sentences of the design: what happened (the message), what is safe, what
to do. Misuse by code is ``ValueError``, not one of these.
"""

from __future__ import annotations

import errno
from typing import ClassVar

from recorder.types import GapReason, Seconds


class AircheckError(Exception):
    """The root of all errors that are shown to people.

    Attributes:
        message: What happened, one sentence.
        safe: What is safe, one sentence; may be empty where nothing was at stake.
        hint: What to do, one sentence; may be empty.
        exit_status: The command's exit status: 1 failed, 2 wrong use, 3 nothing found.
    """

    exit_status: ClassVar[int] = 1

    def __init__(self, message: str, *, safe: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.safe = safe
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.safe, self.hint) if part)


class SourceError(AircheckError):
    """A source that can't be recorded now, or ever.

    Attributes:
        reason: The reason that a gap gets which this error causes.
    """

    reason: ClassVar[GapReason] = GapReason.CONNECTION_LOST


class MalformedAddress(SourceError):
    """The address can't be one of a live session."""

    exit_status = 2


class NotAudio(SourceError):
    """The answer is neither audio nor a playlist nor a page that leads to one."""


class UnknownDevice(SourceError):
    """No device by that name is here."""

    reason = GapReason.DEVICE_LOST


class NotAvailable(SourceError):
    """The source isn't there (yet).

    Attributes:
        status: The HTTP status, or None where it never came to one.
        retry_after_s: Seconds that the server asked to wait, or None.
    """

    reason = GapReason.NOT_AVAILABLE

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after_s: Seconds | None = None,
        safe: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, safe=safe, hint=hint)
        self.status = status
        self.retry_after_s = retry_after_s


class Refused(NotAvailable):
    """The source is there and will not serve us: too many listeners, or no permission."""

    reason = GapReason.REFUSED


class ConnectionLost(SourceError):
    """The connection ended in mid-session."""


class Stalled(SourceError):
    """The source sends nothing any more."""

    reason = GapReason.STALLED


class DeviceLost(SourceError):
    """The device went away in mid-session."""

    reason = GapReason.DEVICE_LOST


class MalformedTime(AircheckError):
    """A time as a person wrote it that is none, or could be two."""

    exit_status = 2


class NoTime(MalformedTime):
    """A text that isn't read as a time at all."""


class PastTime(MalformedTime):
    """A time that is over."""


class ArchiveError(AircheckError):
    """The archive, or a session in it, can't be used as asked."""


class SessionNotFound(ArchiveError):
    """No session by that id or name."""

    exit_status = 3


class SameSession(ArchiveError):
    """What is to be taken from elsewhere would be taken from the session itself."""

    exit_status = 2


class SessionBusy(ArchiveError):
    """Another process is at work on the session."""


class CorruptSession(ArchiveError):
    """A folder that can't be read as a session."""


class StorageError(ArchiveError):
    """The disk doesn't take or give what it should."""


class DiskFull(StorageError):
    """No room is left."""


class DecodeError(AircheckError):
    """Bytes that can't be decoded to sound."""


class ExportError(AircheckError):
    """A result that could not be made."""


class ExportStopped(ExportError):
    """A result that somebody stopped while it was made."""


class RecorderError(AircheckError):
    """A recorder's process that doesn't start or doesn't answer."""


_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # Windows has no quota error


def storage_error(error: OSError, *, doing: str, safe: str = "") -> StorageError:
    """Say an `OSError` of the file system in our words.

    Args:
        error: As caught.
        doing: What was tried, as in 'writing the journal'.
        safe: What is safe all the same.
    """
    if error.errno in _FULL:
        return DiskFull(
            f"The disk is full while {doing}.",
            safe=safe,
            hint="Free some room; a recording that is paused goes on by itself then.",
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        place = f" in {error.filename}" if error.filename else ""
        return StorageError(
            f"Writing is not allowed{place} while {doing}.",
            safe=safe,
            hint="Choose another archive folder or change its permissions.",
        )
    if error.errno == errno.ENAMETOOLONG:
        return StorageError(
            f"A name is too long for the disk while {doing}.", safe=safe, hint="Choose another."
        )
    return StorageError(
        f"The disk failed while {doing}: {error.strerror or error}.", safe=safe, hint="Check it."
    )
