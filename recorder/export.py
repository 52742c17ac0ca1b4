"""The unedited package: what was recorded, so that a stranger can play it and check it.

    bagit.txt …              a BagIt package (`recorder.bag`)
    VERIFY.txt               how to check it, and what that proves
    data/unedited.m4a        one continuous file, packets as received, gaps cut out
    data/audio/…             the parts as served
    data/journal.jsonl       what happened, hash-chained
    data/SHA256SUMS          as the session was sealed
    data/gaps.json           the gaps, and where they lie in the continuous file
    data/session.json        title, host, rights, sources; no notes
    data/transcript/…        transcripts, as they are

Whatever is in it is a copy; nothing of the session is touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recorder import bag, continuous, journal
from recorder.archive import PROGRAM, SessionFolder, SessionInfo
from recorder.continuous import Continuous
from recorder.errors import ExportError, storage_error
from recorder.events import PartSealed
from recorder.timeline import Timeline, Track
from recorder.types import Seconds, iso

_BLOCK = 1 << 20


def unedited(
    folder: SessionFolder,
    out: Path | None = None,
    *,
    on_file: Callable[[Path], None] = lambda _: None,
) -> list[Path]:
    """Write a sealed session's unedited package.

    Made under a temporary name and moved in place when it is whole and validated. Blocks; may
    run in any thread.

    Args:
        folder: The session's.
        out: The package's path. A folder that exists gets the package inside it, under the
            session's name. Unless told, beside where we are.
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
    timeline = _sealed_timeline(folder)
    target = _target(folder, out)
    room = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        (room / bag.PAYLOAD).mkdir(parents=True)
        files = _fill(folder, timeline, room, on_file)
        room.rename(target)
    except OSError as error:
        raise storage_error(
            error, doing="writing the package", safe="The session is untouched."
        ) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)  # gone already where all went well
    return [target, *(target / file.path.relative_to(room) for file in files)]


def _sealed_timeline(folder: SessionFolder) -> Timeline:
    if folder.sealed() is None:
        raise ExportError(
            "The session isn't finished, so there is no unedited audio of it yet.",
            safe="What was recorded so far is safe.",
            hint="Stop it, or 'aircheck recover' it if its recorder died.",
        )
    if not folder.sums_path.is_file():
        raise _not_as_sealed(folder.sums_path.name)
    timeline = folder.timeline()
    if not any(part.duration_s > 0 for part in timeline.parts):
        raise ExportError("Nothing was recorded in this session, so there is nothing to export.")
    return timeline


def _target(folder: SessionFolder, out: Path | None) -> Path:
    target = Path(f"{folder.path.name}-unedited") if out is None else out
    if target.is_dir():
        target = target / f"{folder.path.name}-unedited"
    if target.exists() or target.is_symlink():
        raise ExportError(
            f"{target} is there already.",
            safe="It was not touched.",
            hint="Move it away, or choose another place with --out.",
        )
    return target.absolute()


def _fill(
    folder: SessionFolder, timeline: Timeline, room: Path, on_file: Callable[[Path], None]
) -> list[Continuous]:
    """Write everything that belongs into a package, and make it one."""
    data, info = room / bag.PAYLOAD, folder.info()
    files: list[Continuous] = []
    for name, track in timeline.tracks.items():
        stem = "unedited" if len(timeline.tracks) == 1 else f"unedited-{name}"
        parts = [part for part in track.parts if part.duration_s > 0]
        files += continuous.write(folder.path, parts, data / stem)
    for file in files:
        on_file(file.path)
    for sealed in _sealed_parts(folder):
        on_file(_copy_part(folder.path, data, sealed))
    for path in (folder.journal_path, folder.sums_path, *sorted(folder.transcripts.glob("*.json"))):
        copied = data / _ascii(str(path.relative_to(folder.path)))
        copied.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, copied)
        on_file(copied)
    _write_json(data / "gaps.json", _gaps(folder, timeline, files))
    _write_json(data / "session.json", _public(info, timeline))
    (room / "VERIFY.txt").write_text(_how_to_verify(folder, info, timeline, files), "utf-8")
    bag.write(room, {"External-Identifier": info.id, "External-Description": info.title})
    return files


def _sealed_parts(folder: SessionFolder) -> list[PartSealed]:
    """All parts that the journal seals, those too that hold headers alone."""
    events = (entry.event for entry in journal.read(folder.journal_path))
    return [event for event in events if isinstance(event, PartSealed)]


def _copy_part(root: Path, data: Path, sealed: PartSealed) -> Path:
    """Copy a part, and see that it is the one that was sealed."""
    target, digest = data / sealed.file, hashlib.sha256()
    target.parent.mkdir(exist_ok=True)
    with (root / sealed.file).open("rb") as source, target.open("xb") as copied:
        while block := source.read(_BLOCK):
            digest.update(block)
            copied.write(block)
    if digest.hexdigest() != sealed.sha256:
        raise _not_as_sealed(sealed.file)
    return target


def _not_as_sealed(file: str) -> ExportError:
    return ExportError(
        f"{file} isn't as it was sealed, so no unedited package can be made of it.",
        safe="The session is untouched.",
        hint="'aircheck verify' says what was changed.",
    )


def _gaps(folder: SessionFolder, timeline: Timeline, files: list[Continuous]) -> dict[str, Any]:
    return {
        "session": folder.id,
        "duration_s": timeline.duration_s,
        "gaps": [
            {
                "track": gap.track,
                "from_s": gap.from_s,
                "to_s": gap.to_s,
                "reason": str(gap.reason),
                "detail": gap.detail,
                "cut_at_s": _audio_before(timeline.tracks[gap.track], gap.from_s),
            }
            for gap in timeline.gaps
        ],
        "files": [
            {
                "file": file.path.name,
                "parts": [
                    {"file": span.part, "start_s": span.start_s, "at_s": span.at_s}
                    for span in file.spans
                ],
            }
            for file in files
        ],
    }


def _audio_before(track: Track, at_s: Seconds) -> Seconds:
    """Seconds of sound before a moment: where it lies when gaps are cut out."""
    return Seconds(sum(chunk.duration_s for chunk in track.chunks if chunk.start_s < at_s))


def _public(info: SessionInfo, timeline: Timeline) -> dict[str, Any]:
    """What of ``session.json`` is for others: all but notes."""
    return {
        "id": info.id,
        "title": info.title,
        "host": info.host,
        "tags": list(info.tags),
        "rights": info.rights,
        "started_at": iso(timeline.started_at) if timeline.started_at else None,
        "duration_s": timeline.duration_s,
        "sources": [
            {"track": track, "kind": str(spec.kind), "address": spec.public_address}
            for track, spec in info.sources
        ],
        "program": PROGRAM,
    }


def _how_to_verify(
    folder: SessionFolder, info: SessionInfo, timeline: Timeline, files: list[Continuous]
) -> str:
    sums_sha256 = hashlib.sha256(folder.sums_path.read_bytes()).hexdigest()
    started = f"{timeline.started_at:%Y-%m-%d %H:%M:%S} UTC" if timeline.started_at else "unknown"
    gaps = [
        f"  {gap.from_s:10.3f} to {gap.to_s:10.3f} s: {gap.reason}" for gap in timeline.gaps
    ] or ["  none"]
    names = ", ".join(f"data/{file.path.name}" for file in files)
    return _TEXT.format(
        title=" ".join(info.title.split()),
        session=folder.id,
        started=started,
        names=names,
        duration=timeline.duration_s,
        gaps="\n".join(gaps),
        sums=sums_sha256,
        program=PROGRAM,
    )


_TEXT = """\
The unedited audio of: {title}
Session {session}, first sample at {started}, {duration:.3f} s long with its gaps.

WHAT IS IN IT
  {names}: to listen to; the packets as they were received, not re-encoded, gaps cut out
  data/audio: the parts as they were served
  data/journal.jsonl: what happened, each line with the hash of the line before
  data/gaps.json: the gaps, and where they were cut out

GAPS (seconds since the first sample)
{gaps}

HOW TO CHECK IT, in this folder
  aircheck verify .
or with tools that you have already:
  sha256sum -c tagmanifest-sha256.txt
  sha256sum -c manifest-sha256.txt
  (cd data && sha256sum -c SHA256SUMS)
  bagit.py --validate .

WHAT IT PROVES
  If all of that passes, no byte has changed since the session was sealed, and the gaps above are
  all that is missing. It does not prove what happened before the recording reached the disk, and
  it does not prove who spoke or who made this package: anyone can make new hashes. To rule
  that out, compare this SHA-256 of data/SHA256SUMS with one that you have from somebody you
  trust:
  {sums}

Made by {program}.
"""


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _ascii(name: str) -> str:
    """A name of ASCII alone (bagit-python#51)."""
    return name.encode("ascii", "replace").decode().replace("?", "_")
