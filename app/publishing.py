"""What goes out to others: packages, clips, pages, signed and with their transcripts; edited audio.

The audio and its proof are the recorder's; the words come from `transcribe`; they meet here.
Captions that lie beside a continuous file are in its own time, where gaps may be cut out; the
JSON beside them is in session time, as it was stored.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app import page, paths
from recorder import convert, export, naming, split
from recorder.archive import SessionFolder
from recorder.continuous import Continuous
from recorder.convert import Converted, Naming, Recipe
from recorder.cuts import Piece
from recorder.errors import storage_error
from recorder.markers import with_added
from recorder.pieces import Gaps, at_in
from recorder.sign import PublicKey, Signer
from recorder.split import Wish
from transcribe import transcript, writing
from transcribe.transcript import Transcript

_AUDIO = "audio"

Warn = Callable[[str], None]
"""Told in a sentence where what is made anew comes from audio that isn't as it was sealed."""


def _unwarned(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A transcript, and the JSON that it was read from."""

    transcript: Transcript
    path: Path


def signer() -> Signer:
    """Whoever archives here.

    Raises:
        ExportError: The key can't be used.
        StorageError: The disk refuses.
    """
    return Signer.at(paths.signing_key())


def own_key() -> PublicKey | None:
    """The public key of whoever archives here; None where none was made yet.

    Raises:
        ExportError: The key can't be used.
        StorageError: It can't be read.
    """
    return signer().public if paths.signing_key().exists() else None


def unedited(
    folder: SessionFolder,
    out: Path,
    *,
    gaps: Gaps = Gaps.CUT,
    completed: bool = False,
    on_file: Callable[[Path], None] = lambda _: None,
) -> list[Path]:
    """Write a session's unedited package, with captions beside the continuous files, signed.

    With `completed`, files in which another recording fills our gaps come along.

    Raises:
        AircheckError: As `recorder.export.unedited`; or a transcript can't be read.
    """
    texts = _texts(folder)

    def captioned(files: list[Continuous]) -> dict[str, bytes]:
        return {
            f"{file.path.stem}.{text.transcript.language}.vtt": _vtt(text.transcript, file)
            for file in files
            for text in texts
            if text.transcript.track == track_of(file)
        }

    return export.unedited(
        folder,
        out,
        gaps=gaps,
        completed=completed,
        signer=signer(),
        extras=captioned,
        on_file=on_file,
    )


def clip(
    folder: SessionFolder, out: Path, *, from_s: float, to_s: float, gaps: Gaps = Gaps.CUT
) -> list[Path]:
    """Write a stretch of a session with its proof, signed.

    Raises:
        AircheckError: As `recorder.export.clip`.
    """
    return export.clip(folder, out, from_s=from_s, to_s=to_s, gaps=gaps, signer=signer())


def edited(
    folder: SessionFolder,
    out: Path,
    recipe: Recipe,
    *,
    names: Naming | None = None,
    with_chapters: bool = False,
    on_progress: Callable[[float], None] = lambda _: None,
    warn: Warn = _unwarned,
    stop: threading.Event | None = None,
) -> Converted:
    """Write a stretch of a session in any format, labelled as edited.

    Raises:
        AircheckError: As `recorder.convert.convert`.
        ValueError: The names' template asks for what isn't there.
    """
    made = convert.convert(
        folder,
        out,
        recipe,
        names=names,
        with_chapters=with_chapters,
        on_progress=on_progress,
        stop=stop or threading.Event(),
    )
    if change := export.change_of(folder, recipe.track, from_s=recipe.from_s, to_s=recipe.to_s):
        warn(change)
    return made


def pieces(
    folder: SessionFolder,
    planned: Sequence[Piece],
    out: Path,
    wish: Wish,
    *,
    on_progress: Callable[[float], None] = lambda _: None,
    warn: Warn = _unwarned,
    stop: threading.Event | None = None,
) -> list[Path]:
    """Write the pieces of a session, which say whose they are.

    Raises:
        AircheckError: As `recorder.split.split`.
    """
    made = split.split(
        folder,
        planned,
        out,
        wish,
        tags=export.tags(folder, folder.timeline()),
        on_progress=on_progress,
        stop=stop or threading.Event(),
    )
    if change := export.change_of(folder, wish.track):
        warn(change)
    return made


def publish_page(folder: SessionFolder, out: Path, *, gaps: Gaps = Gaps.CUT) -> list[Path]:
    """Write a session as a web page: a folder that works on any host and from a disk.

    Args:
        folder: The session's.
        out: The page's folder. One that exists gets the page in a folder inside it.
        gaps: What becomes of gaps in the audio.

    Returns:
        The page, then the other files of its folder.

    Raises:
        AircheckError: As `recorder.export.unedited`; or a transcript can't be read.
    """
    is_page = (out / "index.html").exists()
    name = naming.exported(folder.path.name, "page")
    target = out / name if out.is_dir() and not is_page else out
    export.refuse_place(target)
    room = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        _fill_page(folder, room, gaps)
        room.rename(target)
    except OSError as error:
        raise storage_error(error, doing="writing the page") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)
    rest = sorted(path for path in target.iterdir() if path.name != page.NAME)
    return [target / page.NAME, *rest]


def _fill_page(folder: SessionFolder, room: Path, gaps: Gaps) -> None:
    key = signer()
    files = export.alone(folder, room, _AUDIO, gaps=gaps, signer=key)
    track = track_of(files[0])  # a page plays one track; the package has them all
    texts = [text for text in _texts(folder) if text.transcript.track == track]
    played = [file for file in files if track_of(file) == track]
    for text in texts:
        language = text.transcript.language
        for file in played:
            (room / f"{file.path.stem}.{language}.vtt").write_bytes(_vtt(text.transcript, file))
        shutil.copyfile(text.path, room / f"transcript.{language}.json")
    info = folder.info()
    picture = export.cover(folder)
    if picture:
        (room / info.cover).write_bytes(picture)
    (room / "allowed_signers").write_bytes(key.public.allowed_signers)
    written = page.render(
        page.Content(
            info=info,
            cover=info.cover if picture else "",
            timeline=with_added(folder.timeline(), info),
            sealed=folder.sealed(),
            files=played,
            gaps=gaps,
            transcripts=[text.transcript for text in texts],
            key=key.public,
            downloads=sorted(room.iterdir()),
        )
    )
    (room / page.NAME).write_text(written, encoding="utf-8", errors="replace")


def track_of(file: Continuous) -> str:
    """The track whose sound a continuous file holds."""
    return file.chunks[0][0].track


def retimed(text: Transcript, file: Continuous) -> Transcript:
    """A transcript in a file's own time, as far as the file has its sound."""
    spans = file.spans
    segments = [
        replace(
            segment,
            start_s=at_in(spans, segment.start_s),
            end_s=at_in(spans, segment.end_s),
            words=tuple(
                replace(word, start_s=at_in(spans, word.start_s), end_s=at_in(spans, word.end_s))
                for word in segment.words
            ),
        )
        for segment in text.segments
        if any(each.start_s < segment.end_s and segment.start_s < each.end_s for each in spans)
    ]
    return replace(text, segments=tuple(segments), gaps=())


def _vtt(text: Transcript, file: Continuous) -> bytes:
    return writing.vtt(retimed(text, file)).encode(errors="replace")


def _texts(folder: SessionFolder) -> list[_Text]:
    return [
        _Text(transcript=transcript.load(stored.path), path=stored.path)
        for stored in transcript.active(folder)
    ]
