"""The newest seconds of a session that goes on, as a file; proved once it is sealed. No Qt.

A proof names the sealed session, so a clip of one that goes on has none yet. What was clipped is
kept in a list in the user's state folder, and its proof is written when the session has ended.
"""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import paths
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.words import Message
from recorder import naming
from recorder.archive import SessionFolder
from recorder.errors import ExportError, storage_error
from recorder.lists import NamedList


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A clip that has no proof yet.

    Attributes:
        session: The session's folder.
        from_s: Session time, as it was asked for; likewise `to_s`.
        stem: Of its files, with the folder that they are in.
        hashes: SHA-256 of each file as it was written, by name.
    """

    session: Path
    from_s: float
    to_s: float
    stem: Path
    hashes: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """As the list holds it."""
        return {
            "session": str(self.session),
            "from_s": self.from_s,
            "to_s": self.to_s,
            "stem": str(self.stem),
            "sha256": self.hashes,
        }

    @classmethod
    def of(cls, values: dict[str, Any]) -> Pending:
        """One of the list.

        Raises:
            KeyError, TypeError, ValueError: It is none.
        """
        return cls(
            session=Path(values["session"]),
            from_s=float(values["from_s"]),
            to_s=float(values["to_s"]),
            stem=Path(values["stem"]),
            hashes=dict(values["sha256"]),
        )

    @property
    def intact(self) -> list[Path]:
        """Its files that lie where they were written, as they were."""
        found = ((self.stem.with_name(name), sha256) for name, sha256 in self.hashes.items())
        return [path for path, sha256 in found if path.is_file() and _sha256(path) == sha256]


def clip(folder: SessionFolder, out: Path, *, from_s: float, to_s: float) -> Message:
    """Write a stretch of what is stored so far, its packets as they were received.

    The recording goes on. Blocks, for some seconds.

    Args:
        folder: The session's.
        out: A folder, made if need be.
        from_s: Session time; up to 0.1 s before it come along, for decoders.
        to_s: Session time.

    Returns:
        Where it is, and when it gets its proof.

    Raises:
        ExportError: Nothing sounds in that stretch.
        StorageError: The disk refuses.
        CorruptSession: The journal can't be read.
    """
    from recorder import continuous, export  # noqa: PLC0415 (loads av: only when asked for)

    timeline = folder.timeline()
    made = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        stem = _free(out / naming.exported(folder.path.name, stretch=(from_s, to_s)))
        for name, track in timeline.own.items():
            target = stem if len(timeline.own) == 1 else stem.with_name(f"{stem.name}-{name}")
            parts = [part for part in track.parts if part.duration_s > 0]
            made += continuous.write(
                folder.path,
                parts,
                target,
                from_s=from_s,
                to_s=to_s,
                tags=export.tags(folder, timeline),
                is_cut=True,
            )
        hashes = {each.path.name: _sha256(each.path) for each in made}
    except OSError as error:
        raise storage_error(error, doing="writing the clip") from error
    if not made:
        raise ExportError(translate("Clip", "Nothing was recorded in that stretch."))
    _keep(Pending(session=folder.path, from_s=from_s, to_s=to_s, stem=stem, hashes=hashes))
    said = translate("Clip", "{from_} to {to} is saved as {file}.")
    return Message(
        happened=said.format(
            from_=words.clock(made[0].start_s),
            to=words.clock(made[-1].end_s),
            file=made[0].path.name,
        ),
        is_good=True,
        file=made[0].path,
        safe=translate("Clip", "The recording goes on."),
        next=translate("Clip", "Its proof is written beside it when the session has ended."),
    )


def pending() -> tuple[Pending, ...]:
    """The clips that have no proof yet.

    Raises:
        StorageError: The disk refuses.
    """
    return tuple(_read(_list()))


def prove(sealed: Collection[Path]) -> tuple[Path, ...]:
    """Write the proofs of the clips of sessions that are sealed now. Blocks, for some seconds.

    A clip is written anew from the sealed session; a file that somebody has changed or moved
    meanwhile is left as it is. A clip whose session or files are gone is forgotten.

    Args:
        sealed: The folders of those sessions.

    Returns:
        The files that lie beside their proofs now.

    Raises:
        AircheckError: A proof could not be written; it is tried when it is asked for again.
    """
    proved: list[Path] = []
    for each in pending():
        if each.session in sealed:
            proved += _prove(each)
            _forget(each)
        elif not each.session.exists() or not each.intact:
            _forget(each)
    return tuple(proved)


def _prove(each: Pending) -> list[Path]:
    from app import publishing  # noqa: PLC0415 (likewise)
    from recorder import export  # noqa: PLC0415

    intact = each.intact
    if not intact:
        return []
    with tempfile.TemporaryDirectory(dir=each.stem.parent, prefix=".clip-") as room:
        made = export.alone(
            SessionFolder(each.session),
            Path(room),
            each.stem.name,
            from_s=each.from_s,
            to_s=each.to_s,
            signer=publishing.signer(),
            is_cut=True,
        )
        placed = []
        for file in made:
            target = each.stem.with_name(file.path.name)
            if target in intact or not target.exists():
                for part in (file.path, *export.proofs(file.path)):
                    part.replace(target.with_name(part.name))
                placed.append(target)
    return placed


def _free(stem: Path) -> Path:
    """A stem that no file has yet: several clips may begin and end in the same seconds."""
    numbered = (stem.with_name(f"{stem.name}-{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain((stem,), numbered) if not _is_taken(each))


def _is_taken(stem: Path) -> bool:
    return any(path.name.startswith(f"{stem.name}.") for path in stem.parent.iterdir())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _list() -> NamedList:
    return NamedList(paths.clips_file(), "clips")


def _read(kept: NamedList) -> list[Pending]:
    try:
        return [Pending.of(item) for item in kept.read()]
    except (KeyError, TypeError, ValueError):
        return []  # somebody else's: the clips are there all the same


def _keep(fresh: Pending) -> None:
    _change(lambda now: [*now, fresh])


def _forget(old: Pending) -> None:
    _change(lambda now: [each for each in now if each != old])


def _change(change: Callable[[list[Pending]], list[Pending]]) -> None:
    """Change the list; nobody else does meanwhile."""
    kept = _list()
    try:
        kept.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="keeping the list of clips") from error
    with kept.alone():
        kept.write([each.to_json() for each in change(_read(kept))])
