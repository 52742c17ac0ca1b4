"""What goes out, as people order it: one order, three doors, any number of sessions.

    unedited   a package with its proof, a single file with its proof, or a web page
    edited     audio that was cut, faded, made louder or converted, and says so
    text       captions and transcripts

An `Order` is plain values, so that it can be kept as a preset and handed to another process; the
work itself is `app.publishing`'s, `recorder`'s and `transcribe`'s.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recorder import naming
from recorder.archive import SessionFolder, write_whole
from recorder.errors import ExportError, storage_error

if TYPE_CHECKING:
    from recorder.continuous import Continuous
    from recorder.convert import Recipe
    from transcribe.transcript import Transcript

UNEDITED_FORMS = ("package", "file", "page")
EDITED_FORMS = ("mp3", "m4a", "opus", "ogg", "flac", "wav")
LONGEST_FADE_S = 30.0
TEXT_FORMS = ("srt", "vtt", "txt", "md", "json", "tsv")
CLOCK_FORMS = tuple(form for form in TEXT_FORMS if form != "srt")
"""Those in which the time of day may stand (`transcribe.writing.WITH_WALL_CLOCK`)."""

Progress = Callable[[float], None]
"""Told how much of a session's export is done, 0 to 1."""

Warn = Callable[[str], None]
"""Told in a sentence what whoever gets the files has to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How to export.

    Attributes:
        door: ``unedited``, ``edited`` or ``text``.
        form: Of what comes out: one of the door's forms; for ``edited`` a format.
        from_s: Session time where it begins; None at the beginning.
        to_s: Where it ends; None at the end.
        keeps_gaps: Whether gaps stay, as silence that is inserted; else they are cut out.
        is_completed: Whether what another recording filled comes along (``package`` alone).
        has_words: Whether captions and a citation lie beside a single file.
        wall_clock: Whether the time of day stands in the text (`CLOCK_FORMS`), not session time.
        fade_in_s: Of ``edited``; and so all that follow.
        fade_out_s: Likewise.
        loudness_lufs: Integrated loudness after EBU R128; None leaves it as it is.
        channels: 1 or 2; 0 leaves them as they are.
        rate_hz: 0 leaves it as it is.
        bit_rate_kbps: 0 for the format's own.
        pieces: What the whole is cut into files by: ``silence``, ``markers``, ``labels``, or
            ``length:600`` for so many seconds; empty for one file. The sound is then as it was
            recorded.
    """

    door: str = "unedited"
    form: str = "package"
    from_s: float | None = None
    to_s: float | None = None
    keeps_gaps: bool = False
    is_completed: bool = False
    has_words: bool = False
    wall_clock: bool = False
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    loudness_lufs: float | None = None
    channels: int = 0
    rate_hz: int = 0
    bit_rate_kbps: int = 0
    pieces: str = ""

    @property
    def is_range(self) -> bool:
        """Whether it is a stretch and not the whole."""
        return self.from_s is not None or self.to_s is not None

    def to_json(self) -> dict[str, Any]:
        """It as JSON's types."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Order:
        """An order as it was written down; what this version doesn't know is left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def export(
    folder: SessionFolder,
    order: Order,
    out: Path,
    *,
    on_progress: Progress = lambda _: None,
    warn: Warn = lambda _: None,
) -> list[Path]:
    """Export a session. Blocks; what was half done goes away where it fails.

    Args:
        folder: The session's.
        order: How.
        out: A folder, made if need be. Nothing in it is overwritten but captions of the session.
        on_progress: Told now and then.
        warn: Told where edited audio was made of what isn't as it was sealed.

    Returns:
        What was made, the main thing first.

    Raises:
        AircheckError: It can't be made; the sentence says why.
        ValueError: There is no such door or form.
    """
    if order.door == "edited":
        return _edited(folder, order, out, on_progress, warn)
    return _DOORS[order.door](folder, order, out, on_progress)


def _unedited(folder: SessionFolder, order: Order, out: Path, on_progress: Progress) -> list[Path]:
    from app import publishing  # noqa: PLC0415 (loads av; an order does without)
    from recorder.pieces import Gaps  # noqa: PLC0415 (likewise)

    gaps = Gaps.KEEP if order.keeps_gaps else Gaps.CUT
    if order.form not in UNEDITED_FORMS:
        raise ValueError(f"no unedited form {order.form!r}")
    if order.form == "file" or order.is_range:
        return _single_file(folder, order, out, gaps)
    out.mkdir(parents=True, exist_ok=True)
    if order.form == "page":
        name = naming.exported(folder.path.name, "page")
        return publishing.publish_page(folder, _free(out, name), gaps=gaps)
    weight = _Weight(folder, on_progress)
    return publishing.unedited(
        folder,
        _free(out, naming.exported(folder.path.name, "unedited")),
        gaps=gaps,
        completed=order.is_completed,
        on_file=weight.add,
    )


def _single_file(folder: SessionFolder, order: Order, out: Path, gaps: Any) -> list[Path]:
    """One file a track with its proof, and what was said in it if that is wanted."""
    from app import publishing  # noqa: PLC0415 (see above)
    from recorder import export as proven  # noqa: PLC0415 (see above)

    from_s, to_s = order.from_s or 0.0, math.inf if order.to_s is None else order.to_s
    texts = _texts(folder) if order.has_words else []
    stretch = (from_s, min(to_s, folder.timeline().duration_s)) if order.is_range else None
    stem = naming.exported(folder.path.name, "" if stretch else "unedited", stretch=stretch)
    files = proven.alone(
        folder,
        out,
        _free(out, stem).name,
        from_s=from_s,
        to_s=to_s,
        gaps=gaps,
        signer=publishing.signer(),
        is_cut=order.is_range,
    )
    if not files:
        raise ExportError("Nothing was recorded between these moments.", safe="Nothing was made.")
    made = [path for file in files for path in (file.path, *proven.proofs(file.path))]
    for file in files:
        made += _words_beside(folder, file, texts)
    return made


def _words_beside(folder: SessionFolder, file: Continuous, texts: list[Transcript]) -> list[Path]:
    """Captions in the file's own time, and what to write under a quote of it."""
    from app import publishing  # noqa: PLC0415 (see above)
    from transcribe import quotes, writing  # noqa: PLC0415 (see above)
    from transcribe.errors import TranscriptError  # noqa: PLC0415 (see above)

    track = publishing.track_of(file)
    from_s, to_s = file.spans[0].start_s, file.spans[-1].end_s
    made = []
    for text in (text for text in texts if text.track == track):
        path = file.path.with_name(f"{file.path.stem}.{text.language}.vtt")
        captions = writing.vtt(publishing.retimed(text, file))
        write_whole(path, captions.encode(errors="replace"))
        made.append(path)
        try:
            quote = quotes.quote(folder, from_s, to_s, track=track, language=text.language)
        except TranscriptError:
            continue  # nobody said anything in it, so there is nothing to quote
        path = file.path.with_name(f"{file.path.stem}.{text.language}.citation.txt")
        write_whole(path, f"{quote.citation()}\n".encode(errors="replace"))
        made.append(path)
    return made


def _edited(
    folder: SessionFolder, order: Order, out: Path, on_progress: Progress, warn: Warn
) -> list[Path]:
    from app import publishing  # noqa: PLC0415 (see above)
    from recorder import convert  # noqa: PLC0415 (loads av, and pydub)

    if order.form not in EDITED_FORMS:
        raise ValueError(f"no edited form {order.form!r}")
    if order.pieces:
        return _in_pieces(folder, order, out, on_progress, warn)
    timeline = folder.timeline()
    tracks = list(timeline.own)
    made: list[Path] = []
    for place, track in enumerate(tracks):
        recipe = _recipe(order, track)
        names, number = convert.Naming(), 1
        while (out / convert.file_name(folder, timeline, recipe, names)).exists():
            number += 1
            names = convert.Naming(template=f"{convert.NAME}-{number}")
        done = publishing.edited(
            folder,
            out,
            recipe,
            names=names,
            on_progress=shared(on_progress, place, len(tracks)),
            warn=warn,
        )
        made += done.files
    return made


def _in_pieces(
    folder: SessionFolder, order: Order, out: Path, on_progress: Progress, warn: Warn
) -> list[Path]:
    """Files of a session, each track's in a folder of its own; the sound as it was recorded."""
    from app import publishing  # noqa: PLC0415 (see above)
    from recorder import split  # noqa: PLC0415 (likewise)
    from recorder.encode import Format  # noqa: PLC0415 (likewise)

    tracks = list(folder.timeline().own)
    by, _, length_s = order.pieces.partition(":")
    made: list[Path] = []
    for place, track in enumerate(tracks):
        wish = split.Wish(
            by=split.By(by),
            fmt=Format(order.form),
            track=track,
            length_s=float(length_s) if length_s else None,
        )
        name = naming.exported(folder.path.name, by if len(tracks) == 1 else f"{by}-{track}")
        made += publishing.pieces(
            folder,
            split.plan(folder, wish),
            _free(out, name),
            wish,
            on_progress=shared(on_progress, place, len(tracks)),
            warn=warn,
        )
    return made


def shared(on_progress: Progress, place: int, count: int) -> Progress:
    """Tells how far one of several is as a share of them all."""
    return lambda share: on_progress((place + share) / count)


def _recipe(order: Order, track: str) -> Recipe:
    from recorder.convert import Recipe  # noqa: PLC0415 (loads av, and pydub)
    from recorder.encode import Format  # noqa: PLC0415 (likewise)
    from recorder.pieces import Gaps  # noqa: PLC0415 (likewise)

    return Recipe(
        fmt=Format(order.form),
        track=track,
        from_s=order.from_s or 0.0,
        to_s=order.to_s,
        gaps=Gaps.KEEP if order.keeps_gaps else Gaps.CUT,
        fade_in_s=order.fade_in_s,
        fade_out_s=order.fade_out_s,
        loudness_lufs=order.loudness_lufs,
        channels=order.channels or None,
        rate_hz=order.rate_hz or None,
        bitrate_kbps=order.bit_rate_kbps or None,
    )


def _text(folder: SessionFolder, order: Order, out: Path, _on_progress: Progress) -> list[Path]:
    from transcribe import captions  # noqa: PLC0415 (loaded where it is needed)

    if order.form not in TEXT_FORMS:
        raise ValueError(f"no form of text {order.form!r}")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".text-") as room:
            made = captions.export(
                folder,
                Path(room),
                fmt=order.form,
                from_s=order.from_s or 0.0,
                to_s=order.to_s,
                wall_clock=order.wall_clock,
            )
            return [_placed(path, out) for path in made]
    except OSError as error:
        raise storage_error(
            error, doing="writing the text", safe="The session is untouched."
        ) from error


def _placed(made: Path, out: Path) -> Path:
    """Move a text into a folder, over no other one: somebody may have put that one right."""
    text, number, target = made.read_bytes(), 1, out / made.name
    while target.exists() and target.read_bytes() != text:
        number += 1
        target = out / f"{made.stem}-{number}{made.suffix}"
    return made.replace(target)


_DOORS: dict[str, Callable[[SessionFolder, Order, Path, Progress], list[Path]]] = {
    "unedited": _unedited,
    "text": _text,
}


class _Weight:
    """How much of a package is written, by bytes: the continuous files, then the parts again."""

    def __init__(self, folder: SessionFolder, on_progress: Progress) -> None:
        parts = folder.timeline().parts
        self._whole = 2 * sum(part.sealed.bytes for part in parts if part.sealed) or 1
        self._done = 0
        self._on_progress = on_progress

    def add(self, path: Path) -> None:
        """A file was written."""
        self._done += path.stat().st_size
        self._on_progress(min(1.0, self._done / self._whole))


def _texts(folder: SessionFolder) -> list[Transcript]:
    """The session's transcripts.

    Raises:
        ExportError: There is none.
        TranscriptError: One can't be read.
    """
    from transcribe import transcript  # noqa: PLC0415 (loaded where it is needed)

    texts = [transcript.load(stored.path) for stored in transcript.active(folder)]
    if not texts:
        raise ExportError(
            "The session has no transcript yet, so there are no captions and no citation of it.",
            safe="Nothing was made.",
            hint="Transcribe it first, or export it without them.",
        )
    return texts


def _free(out: Path, name: str) -> Path:
    """A path in a folder that no file there has a name beginning with; numbered if need be."""
    taken = [path.name for path in out.iterdir()] if out.is_dir() else []
    number, free = 1, name
    while any(each.startswith(free) for each in taken):
        number += 1
        free = f"{name}-{number}"
    return out / free
