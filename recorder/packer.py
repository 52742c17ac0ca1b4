"""Closed WAV parts become FLAC, beside the recording, and never at its cost.

The order is what makes it safe: the FLAC is written and its samples compared (`recorder.pack`),
then its line is journaled and synced, and only then does the WAV go.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import replace

from recorder import sums
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.events import PartSealed
from recorder.journal import JournalWriter
from recorder.types import AudioFormat

_logger = logging.getLogger(__name__)


class Packer:
    """Packs a session's WAV parts in a thread of its own, which starts with the first part."""

    def __init__(self, folder: SessionFolder, log: JournalWriter) -> None:
        self._folder, self._log = folder, log
        self._parts: queue.SimpleQueue[tuple[PartSealed, AudioFormat] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._failure: AircheckError | None = None

    def put(self, closed: PartSealed, fmt: AudioFormat) -> None:
        """Pack a closed WAV part soon. Called from any one thread; returns at once.

        Args:
            closed: The WAV part as it was closed; its ``sha256`` is that of the raw samples.
            fmt: Its format.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="packer", daemon=True)
            self._thread.start()
        self._parts.put((closed, fmt))

    def close(self) -> None:
        """Pack what waits, and end; closed twice without harm.

        Raises:
            StorageError: The journal took no line for a part; the WAV is there.
        """
        if self._thread is not None:
            self._parts.put(None)
            self._thread.join()
            self._thread = None
        if self._failure:
            raise self._failure

    def _work(self) -> None:
        while (item := self._parts.get()) is not None:
            try:
                pack_part(self._folder, self._log, *item)
            except AircheckError as error:
                _logger.warning("a part was not packed: %s", error)
                self._failure = error


def pack_part(
    folder: SessionFolder, log: JournalWriter, closed: PartSealed, fmt: AudioFormat
) -> None:
    """Store a closed WAV part as FLAC and journal its seal; where that fails it stays WAV.

    Args:
        folder: The session's.
        log: Its journal.
        closed: The WAV part; ``sha256`` is that of the raw samples.
        fmt: Its format; float samples stay WAV.

    Raises:
        StorageError: The disk refuses; the WAV is there.
    """
    from recorder import pack  # noqa: PLC0415 (streams need no codecs, nor their 30 MB)

    wav_path = folder.path / closed.file
    flac_path = wav_path.with_suffix(".flac")
    sealed = replace(closed, sha256=sums.file_sha256(wav_path), pcm_sha256=closed.sha256)
    if pack.can_pack(fmt):
        try:
            packed = pack.pack(wav_path, flac_path)
            sealed = replace(
                sealed,
                file=str(flac_path.relative_to(folder.path)),
                bytes=packed.bytes,
                sha256=packed.sha256,
                packed_from=closed.file,
            )
        except AircheckError as error:
            _logger.warning("%s stays WAV: %s", closed.file, error)
    log.append(sealed)
    log.sync()
    if sealed.packed_from:
        wav_path.unlink(missing_ok=True)
