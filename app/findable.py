"""What people change of sessions, and the search index, which follows.

Whoever searches catches up with the archive first; this is for searches that are open already.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.archive import SessionFolder
from recorder.errors import AircheckError

if TYPE_CHECKING:  # loads sqlite-utils, and that numpy: not to show the first window
    from transcribe.database import Database

_logger = logging.getLogger(__name__)


def refresh(folder: SessionFolder) -> None:
    """Let a session be found as it is now. Never fails; may wait for other writers, for seconds."""
    from transcribe import index  # noqa: PLC0415 (as above)

    in_index(folder.path.parent, lambda opened: index.update(opened, folder))


def in_index(archive_root: Path, change: Callable[[Database], object]) -> None:
    """Change the index if there is one; one that can't be written to catches up by itself."""
    from transcribe import database  # noqa: PLC0415 (as above)

    if not database.path_of(archive_root).exists():
        return
    try:
        with contextlib.closing(database.open(archive_root)) as opened:
            change(opened)
    except AircheckError as error:
        _logger.info("the index catches up when it is next searched: %s", error)
