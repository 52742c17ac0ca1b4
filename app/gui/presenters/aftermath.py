"""What becomes of a session that has just ended: sealed, transcribed, ready. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.transcription import Works
from app.gui.presenters.words import Look
from recorder.archive import SessionFolder
from recorder.types import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A session that is over.

    Attributes:
        about: How long it is, its gaps, and what is done with it now.
        is_ready: Whether its words can be found.
    """

    folder: SessionFolder
    title: str
    look: Look
    about: str
    is_ready: bool = False


def ended_of(row: Row, works: Works) -> Ended:
    """What is to say of a session that is over."""
    summary = row.summary
    work = works.of(row).sentence if summary.duration_s else ""
    if summary.recovered:
        recovered = translate("Now", "Recovered {clock}; at most 1 s lost.")
        said = recovered.format(clock=words.clock(summary.duration_s))
        saved = " · ".join((said, words.gaps(summary.gap_count)))
    elif summary.duration_s:
        saved = " · ".join((words.length(summary.duration_s), words.gaps(summary.gap_count)))
    else:
        saved = translate("Now", "Nothing was recorded.")
    return Ended(
        folder=SessionFolder(summary.folder),
        title=summary.title,
        look=_look(row, works),
        about=" · ".join(part for part in (saved, work) if part),
        is_ready=row.is_transcribed,
    )


def _look(row: Row, works: Works) -> Look:
    if row.summary.state is State.FAILED or row.summary.recovered:
        return row.look
    if row.is_transcribed:
        return Look(icon="check", word=translate("Now", "Ready"), role="fine")
    if row.summary.id in works.jobs and str(works.jobs[row.summary.id].state) == "running":
        return Look(icon="captions", word=translate("Now", "Transcribing"), role="muted")
    return row.look
