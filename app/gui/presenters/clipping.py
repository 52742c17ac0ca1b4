"""The newest seconds of a session that goes on, as a file. No Qt; may take some seconds."""

from __future__ import annotations

from pathlib import Path

from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from recorder.archive import SessionFolder
from recorder.errors import ExportError, storage_error


def clip(folder: SessionFolder, out: Path, *, from_s: float, to_s: float) -> Message:
    """Write a stretch of what is stored so far, its packets as they were received.

    There is no proof beside it yet: a proof names the sealed session. The recording goes on.

    Args:
        folder: The session's.
        out: A folder, made if need be.
        from_s: Session time; the chunk that sounds then is the first.
        to_s: Session time; the chunk that sounds just before is the last.

    Returns:
        Where it is, and how to get the proof.

    Raises:
        ExportError: Nothing sounds in that stretch.
        StorageError: The disk refuses.
        CorruptSession: The journal can't be read.
    """
    from recorder import continuous, export  # noqa: PLC0415 (loads av: only when asked for)

    timeline = folder.timeline()
    stem = f"{folder.path.name}-{export.name_of(from_s)}-{export.name_of(to_s)}"
    made = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, track in timeline.own.items():
            target = out / (stem if len(timeline.own) == 1 else f"{stem}-{name}")
            parts = [part for part in track.parts if part.duration_s > 0]
            made += continuous.write(folder.path, parts, target, from_s=from_s, to_s=to_s)
    except OSError as error:
        raise storage_error(error, doing="writing the clip") from error
    if not made:
        raise ExportError(translate("Clip", "Nothing was recorded in that stretch."))
    said = translate("Clip", "{from_} to {to} is saved as {file}.")
    return Message(
        happened=said.format(
            from_=words.clock(made[0].start_s), to=words.clock(made[-1].end_s), file=made[0].path
        ),
        safe=translate("Clip", "The recording goes on."),
        next=translate("Clip", "Its proof can be had when the session has ended: export it then."),
    )
