"""The unedited audio, so that a stranger can play it and check it: a package, or a clip.

    bagit.txt …              a BagIt package (`recorder.bag`), signed
    VERIFY.txt               how to check it, and what that proves
    data/unedited.m4a        one continuous file, packets as received
    data/unedited.m4a.proof.json, .sig    its own proof (`recorder.proof`), and that signed
    data/audio/…             the parts as served
    data/journal.jsonl       what happened, hash-chained
    data/events.json         the same without the bookkeeping
    data/SHA256SUMS          as the session was sealed
    data/gaps.json           the gaps, and where they lie in the continuous file
    data/chapters.json       the markers
    data/session.json        title, host, rights, sources; no notes
    data/cover.jpg           its cover
    data/transcript/…        transcripts, as they are; and what the caller adds

Whatever is in it is a copy; nothing of the session is touched.
"""

from __future__ import annotations

import hashlib
import math
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from recorder import bag, continuous, journal, naming, sign, sums
from recorder.archive import PROGRAM, SessionFolder
from recorder.continuous import Continuous
from recorder.dossier import Dossier, as_json
from recorder.errors import CorruptSession, ExportError, storage_error
from recorder.events import PartSealed, Sealed, Withdrawn
from recorder.journal import Entry
from recorder.markers import with_added
from recorder.pieces import Gaps
from recorder.proof import Origin, Proof, beside
from recorder.sign import Signer
from recorder.tags import Chapter, Tags
from recorder.timeline import Timeline
from recorder.types import iso

Extras = Callable[[list[Continuous]], Mapping[str, bytes]]
"""What else belongs into a package, by name in the payload."""

_BLOCK = 1 << 20


def unedited(
    folder: SessionFolder,
    out: Path | None = None,
    *,
    gaps: Gaps = Gaps.CUT,
    completed: bool = False,
    signer: Signer | None = None,
    extras: Extras = lambda _: {},
    on_file: Callable[[Path], None] = lambda _: None,
) -> list[Path]:
    """Write a sealed session's unedited package.

    Made under a temporary name and moved in place when it is whole and validated. Blocks; may
    run in any thread.

    Args:
        folder: The session's.
        out: The package's path. A folder that exists gets the package inside it, under the
            session's name. Unless told, beside where we are.
        gaps: What becomes of gaps in the continuous file.
        completed: Whether continuous files come along in which another recording fills our gaps,
            under the name ``completed``; ``unedited`` is ours alone.
        signer: Who signs it; nobody unless told.
        extras: Gives more files of the payload, by name, once the continuous files are there.
        on_file: Called for each file as it is written, with its path then; the continuous file
            comes first.

    Returns:
        The package, then its continuous files.

    Raises:
        CorruptSession: The journal or ``session.json`` can't be read.
        DecodeError: A part can't be read as sound.
        ExportError: The session isn't sealed or holds no sound, a part isn't as it was sealed,
            or something is in the way.
        StorageError: The disk refuses.
    """
    entries, timeline = _sealed(folder)
    target = _target(folder, out)
    room = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    filling = _Filling(
        folder=folder,
        entries=entries,
        timeline=timeline,
        room=room,
        gaps=gaps,
        completed=completed,
        signer=signer,
        on_file=on_file,
    )
    try:
        (room / bag.PAYLOAD).mkdir(parents=True)
        files = filling.run(extras)
        room.rename(target)
    except OSError as error:
        raise storage_error(
            error, doing="writing the package", safe="The session is untouched."
        ) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)  # gone already where all went well
    return [target, *(target / file.path.relative_to(room) for file in files)]


def clip(
    folder: SessionFolder,
    out: Path,
    *,
    from_s: float,
    to_s: float,
    gaps: Gaps = Gaps.CUT,
    signer: Signer | None = None,
) -> list[Path]:
    """Write a stretch of a sealed session as one file a track, each with its proof beside it.

    It begins and ends with packets, those that sound at `from_s`, with up to 0.1 s before them
    for decoders, and just before `to_s`. The proof names the chunks that they are from.

    Args:
        folder: The session's.
        out: A folder, made if need be.
        from_s: Session time.
        to_s: Session time.
        gaps: What becomes of gaps inside.
        signer: Who signs the proof; nobody unless told.

    Returns:
        The audio files, each followed by its proof and its signature, if any.

    Raises:
        ExportError: Nothing sounds in that range, or as for `unedited`.
        CorruptSession: As for `unedited`; and so `DecodeError` and `StorageError`.
    """
    end_s = min(to_s, folder.timeline().duration_s)  # the name shall not say more than is there
    stem = naming.exported(folder.path.name, stretch=(from_s, end_s))
    made = alone(folder, out, stem, from_s=from_s, to_s=to_s, gaps=gaps, signer=signer, is_cut=True)
    if not made:
        raise _nothing_between(folder.timeline(), from_s, to_s)
    return [path for file in made for path in (file.path, *proofs(file.path))]


def _nothing_between(timeline: Timeline, from_s: float, to_s: float) -> ExportError:
    """Why there is no clip: what lies there instead of sound."""
    gaps = [gap for gap in timeline.gaps if gap.from_s < to_s and gap.to_s > from_s]
    if gaps:
        lies = "; ".join(
            f"a gap from {gap.from_s:.1f} to {gap.to_s:.1f} s ({gap.reason})" for gap in gaps
        )
        return ExportError(
            f"Nothing was recorded between {from_s:.1f} and {to_s:.1f} s: there is {lies}.",
            hint="Choose a moment before or behind it; 'aircheck show' lists the gaps.",
        )
    return ExportError(
        f"Nothing was recorded between {from_s:.1f} and {to_s:.1f} s, so there is no clip: "
        f"the session ends at {timeline.duration_s:.1f} s."
    )


def alone(
    folder: SessionFolder,
    out: Path,
    stem: str,
    *,
    from_s: float = 0.0,
    to_s: float = math.inf,
    gaps: Gaps = Gaps.CUT,
    signer: Signer | None = None,
    is_cut: bool = False,
) -> list[Continuous]:
    """Write continuous files into a folder, each with its proof beside it.

    Args:
        folder: The session's.
        out: Where to, made if need be.
        stem: The files' name, without a suffix; of several tracks with the track's behind it.
        from_s: Session time.
        to_s: Session time.
        gaps: What becomes of gaps inside.
        signer: Who signs the proofs; nobody unless told.
        is_cut: Whether they begin and end with packets instead of chunks.

    Raises:
        ExportError: As for `unedited`; and so the others.
    """
    entries, timeline = _sealed(folder)
    origin, said = _origin(folder, entries, timeline), tags(folder, timeline)
    made: list[Continuous] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        _refuse_if_there(out, stem)
        for name, track in timeline.own.items():
            target = out / (stem if len(timeline.own) == 1 else f"{stem}-{name}")
            parts = [part for part in track.parts if part.duration_s > 0]
            made += continuous.write(
                folder.path,
                parts,
                target,
                from_s=from_s,
                to_s=to_s,
                gaps=gaps,
                tags=said,
                is_cut=is_cut,
            )
        for file in made:
            _check_chunks(folder.path, file)
            _prove(file, origin, timeline, gaps, signer)
    except BaseException as error:
        for path in (path for file in made for path in (file.path, *proofs(file.path))):
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise storage_error(error, doing="writing the audio") from error
        raise
    return made


def proofs(path: Path) -> list[Path]:
    """What lies beside a file to prove it: its proof, and the signature of that."""
    proof = beside(path)
    return [each for each in (proof, proof.with_name(proof.name + sign.SUFFIX)) if each.is_file()]


def tags(folder: SessionFolder, timeline: Timeline) -> Tags:
    """What files made of a session say of themselves; chapters are in session time.

    Raises:
        CorruptSession: ``session.json`` can't be read.
    """
    info = folder.info()
    consent = f"Consent: {info.consent}" if info.consent else ""
    return Tags(
        title=_whole(info.title),
        host=_whole(info.host),
        description=_whole(info.description),
        rights=_whole(". ".join(text for text in (info.rights.rstrip("."), consent) if text)),
        date=f"{timeline.started_at:%Y-%m-%d}" if timeline.started_at else "",
        cover=cover(folder),
        chapters=tuple(
            Chapter(at_s=mark.at_s, title=_whole(mark.text) or "Marker")
            for mark in with_added(timeline, info).markers
        ),
    )


def _whole(text: str) -> str:
    """A text without halves of letters, which JSON may hold and no file's tags."""
    return text.encode(errors="replace").decode()


def cover(folder: SessionFolder) -> bytes:
    """The bytes of a session's cover; empty where it has none.

    Raises:
        CorruptSession: ``session.json`` can't be read.
    """
    name = folder.info().cover
    path = folder.path / name
    is_there = name and path.name == name and path.is_file() and not path.is_symlink()
    return path.read_bytes() if is_there else b""


@dataclass(slots=True, kw_only=True)
class _Filling:
    """A package that is being made."""

    folder: SessionFolder
    entries: list[Entry]
    timeline: Timeline
    room: Path
    gaps: Gaps
    completed: bool
    signer: Signer | None
    on_file: Callable[[Path], None]
    known: dict[str, str] = field(default_factory=dict)  # hashes that were taken on the way

    def run(self, extras: Extras) -> list[Continuous]:
        """Write everything that belongs into the package, and make it one."""
        folder = self.folder
        files = self._continuous()
        gone = {e.event.track for e in self.entries if isinstance(e.event, Withdrawn)}
        for entry in self.entries:  # all sealed parts, those too that hold headers alone
            if isinstance(entry.event, PartSealed) and entry.event.track not in gone:
                self._copy_part(entry.event)
        copied = [folder.journal_path, folder.sums_path, *sorted(folder.transcripts.glob("*.json"))]
        for path in copied:
            self._put(str(path.relative_to(folder.path)), path.read_bytes())
        for name, content in extras(files).items():
            self._put(name, content)
        self._tell(files)
        info = folder.info()
        bag.write(
            self.room,
            {
                "External-Identifier": info.id,
                "External-Description": info.title,
                "Contact-Name": info.host,
                "Internal-Sender-Description": info.description,
            },
            known={f"{bag.PAYLOAD}/{name}": sha256 for name, sha256 in self.known.items()},
            signer=self.signer,
        )
        return files

    def _continuous(self) -> list[Continuous]:
        """The continuous files, each with its proof."""
        data, said = self.room / bag.PAYLOAD, tags(self.folder, self.timeline)
        files: list[Continuous] = []
        for name, track in self.timeline.own.items():
            stem = "unedited" if len(self.timeline.own) == 1 else f"unedited-{name}"
            parts = [part for part in track.parts if part.duration_s > 0]
            files += continuous.write(
                self.folder.path, parts, data / stem, gaps=self.gaps, tags=said
            )
        for file in files:
            self.on_file(file.path)
        origin = _origin(self.folder, self.entries, self.timeline)
        for file in files:
            _prove(file, origin, self.timeline, self.gaps, self.signer)
        return [*files, *self._completed(said, origin)]

    def _completed(self, said: Tags, origin: Origin) -> list[Continuous]:
        """The continuous files in which another recording fills our gaps; none unless asked for.

        They hold packets of two sources, and their proofs say where which begins.
        """
        files: list[Continuous] = []
        for name in sorted({fill.track for fill in self.timeline.fills} if self.completed else ()):
            stem = "completed" if len(self.timeline.own) == 1 else f"completed-{name}"
            pieces = continuous.filled(self.timeline, name)
            made = continuous.write_pieces(
                self.folder.path,
                pieces,
                self.room / bag.PAYLOAD / stem,
                gaps=self.gaps,
                tags=replace(said, chapters=()),
            )
            for file in made:
                self.on_file(file.path)
                _prove(file, origin, self.timeline, self.gaps, self.signer, completed=name)
            files += made
        return files

    def _copy_part(self, sealed: PartSealed) -> None:
        """Copy a part, and see that it is the one that was sealed."""
        target, digest = self.room / bag.PAYLOAD / sealed.file, hashlib.sha256()
        target.parent.mkdir(exist_ok=True)
        with (self.folder.path / sealed.file).open("rb") as source, target.open("xb") as copied:
            while block := source.read(_BLOCK):
                digest.update(block)
                copied.write(block)
        if digest.hexdigest() != sealed.sha256:
            raise _not_as_sealed(sealed.file)
        self.known[sealed.file] = sealed.sha256
        self.on_file(target)

    def _tell(self, files: list[Continuous]) -> None:
        """Write what the package says of itself."""
        dossier = Dossier(
            info=self.folder.info(),
            entries=self.entries,
            timeline=self.timeline,
            files=files,
            gaps=self.gaps,
            sums_sha256=_sums_sha256(self.folder),
            signer=self.signer.public if self.signer else None,
        )
        self._put("gaps.json", as_json(dossier.gaps_json()))
        self._put("chapters.json", as_json(dossier.chapters_json()))
        self._put("events.json", as_json(dossier.events_json()))
        self._put("session.json", as_json(dossier.session_json()))
        if picture := cover(self.folder):
            self._put(self.folder.info().cover, picture)
        text = dossier.verify_txt().encode(errors="backslashreplace")
        (self.room / "VERIFY.txt").write_bytes(text)

    def _put(self, name: str, content: bytes) -> None:
        path = self.room / bag.PAYLOAD / _ascii(name)
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
        self.on_file(path)


def _sealed(folder: SessionFolder) -> tuple[list[Entry], Timeline]:
    """A sealed session's journal and time.

    Raises:
        ExportError: It isn't sealed, or holds no sound.
    """
    if folder.sealed() is None:
        raise ExportError(
            "The session isn't finished, so there is no unedited audio of it yet.",
            safe="What was recorded so far is safe.",
            hint="Stop it, or 'aircheck recover' it if its recorder died.",
        )
    if not folder.sums_path.is_file():
        raise _not_as_sealed(folder.sums_path.name)
    entries = list(journal.read(folder.journal_path))
    timeline = Timeline.of(entry.event for entry in entries)
    if not any(part.duration_s > 0 for part in timeline.parts):
        raise ExportError("Nothing was recorded in this session, so there is nothing to export.")
    return entries, timeline


def _target(folder: SessionFolder, out: Path | None) -> Path:
    name = naming.exported(folder.path.name, "unedited")
    target = Path(name) if out is None else out
    if target.is_dir() and not bag.is_bag(target):
        target = target / name
    refuse_place(target)
    return target.absolute()


def refuse_place(target: Path) -> None:
    """Nothing is overwritten, nor put into a package: it would not hold any more.

    Raises:
        ExportError: Something is there, or the place lies in a package.
    """
    if target.exists() or target.is_symlink():
        raise _taken(target)
    for place in target.absolute().parents:
        if bag.is_bag(place):
            raise ExportError(
                f"{place} is a package; what is added to it spoils its proof.",
                safe="It was not touched.",
                hint="Choose another place with --out.",
            )


def _refuse_if_there(out: Path, stem: str) -> None:
    there = [path for path in out.iterdir() if path.name.startswith(stem)]
    if there:
        raise _taken(there[0])


def _taken(path: Path) -> ExportError:
    return ExportError(
        f"{path} is there already.",
        safe="It was not touched.",
        hint="Move it away, or choose another place with --out.",
    )


def _origin(folder: SessionFolder, entries: list[Entry], timeline: Timeline) -> Origin:
    sealed = [entry for entry in entries if isinstance(entry.event, Sealed)]
    if not sealed:
        raise CorruptSession("The journal has lost its last line, which sealed it.")
    return Origin(
        session=folder.id,
        title=folder.info().title,
        sealed_at=iso(sealed[-1].at),
        sums_sha256=_sums_sha256(folder),
        started_at=iso(timeline.started_at) if timeline.started_at else "",
        program=PROGRAM,
    )


def _sums_sha256(folder: SessionFolder) -> str:
    return hashlib.sha256(folder.sums_path.read_bytes()).hexdigest()


def _prove(
    made: Continuous,
    origin: Origin,
    timeline: Timeline,
    gaps: Gaps,
    signer: Signer | None,
    *,
    completed: str = "",
) -> None:
    """Write a file's proof, and sign it; `completed` is the track whose gaps others fill in it."""
    key = str(signer.public) if signer else ""
    data = Proof.of(made, origin, timeline, gaps, key, completed=completed).render()
    path = beside(made.path)
    path.write_bytes(data)
    if signer:
        path.with_name(path.name + sign.SUFFIX).write_bytes(signer.sign(data))


def _check_chunks(root: Path, made: Continuous) -> None:
    """See that the chunks which a clip is made of are as they were sealed.

    Raises:
        ExportError: One isn't.
    """
    for part, chunk in made.chunks:
        if part.format.container == "wav":
            continue  # its chunks count raw samples, which FLAC's own checksums cover
        with (root / part.file).open("rb") as file:
            file.seek(chunk.offset)
            if hashlib.sha256(file.read(chunk.bytes)).hexdigest() != chunk.sha256:
                raise _not_as_sealed(part.file)


def changed_parts(
    folder: SessionFolder, track: str, *, from_s: float = 0.0, to_s: float | None = None
) -> list[str]:
    """The files of a track that are not as they were sealed, of those that a stretch is made of.

    Reads them through. One that isn't sealed yet is none of them.

    Raises:
        CorruptSession: The journal can't be read.
        StorageError: A file is missing, or the disk refuses.
    """
    own = folder.timeline().own.get(track)
    end_s = math.inf if to_s is None else to_s
    return [
        part.file
        for part in (own.parts if own else ())
        if part.sealed and part.start_s < end_s and part.end_s > from_s
        if sums.file_sha256(folder.path / part.file) != part.sealed.sha256
    ]


def change_of(
    folder: SessionFolder, track: str, *, from_s: float = 0.0, to_s: float | None = None
) -> str:
    """What whoever makes something else of a stretch has to know; empty where nothing changed.

    Raises:
        CorruptSession: As for `changed_parts`; and so `StorageError`.
    """
    changed = changed_parts(folder, track, from_s=from_s, to_s=to_s)
    if not changed:
        return ""
    names = ", ".join(changed)
    if len(changed) == 1:
        return f"{names} isn't as it was sealed: what was made of it may sound otherwise."
    return f"{names} aren't as they were sealed: what was made of them may sound otherwise."


def _not_as_sealed(file: str) -> ExportError:
    return ExportError(
        f"{file} isn't as it was sealed, so nothing unedited can be made of it.",
        safe="The session is untouched.",
        hint="'aircheck verify' says what was changed.",
    )


def _ascii(name: str) -> str:
    """A name of ASCII alone (bagit-python#51)."""
    return name.encode("ascii", "replace").decode().replace("?", "_")
