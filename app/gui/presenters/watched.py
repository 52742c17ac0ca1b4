"""Watched folders: the job that imports from them is begun and ended. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.gui.presenters import words
from app.gui.presenters.language import translate

if TYPE_CHECKING:
    from app.jobs import Jobs


def settle(archive_root: Path, folders: Sequence[Path], jobs: Jobs | None = None) -> None:
    """Have one job of this archive watch these folders, and no other; none where there are none.

    Those that are over are forgotten: the list shows the one that goes on. Blocks, briefly.

    Raises:
        StorageError: The disk refuses.
    """
    from app.jobs import Jobs, Kind, Request  # noqa: PLC0415 (after the first window)

    known = jobs or Jobs()
    wanted = {"archive": str(archive_root), "folders": [str(folder) for folder in folders]}
    is_there = False
    for job in known.all():
        details = dict(job.request.details)
        if job.request.kind is not Kind.WATCH or details.get("archive") != str(archive_root):
            continue
        if job.state.is_final:
            known.forget(job.id)
        elif details == wanted and folders and not is_there:
            is_there = True
        else:
            known.cancel(job.id)
    if folders and not is_there:
        known.start(Request(kind=Kind.WATCH, title=_title(folders), details=wanted))


def _title(folders: Sequence[Path]) -> str:
    if len(folders) == 1:
        return words.one_line(folders[0].name or str(folders[0]))
    return translate("Jobs", "%n watched folder(s)", n=len(folders))
