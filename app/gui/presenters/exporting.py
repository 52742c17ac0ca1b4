"""The export as people see it: what they want, the three doors, what each proves. No Qt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app import paths
from app.exporting import CLOCK_FORMS, Order
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.words import Message
from app.jobs import Kind, Request
from app.lengths import parse_moment
from recorder.archive import SessionFolder, write_whole
from recorder.errors import AircheckError, storage_error

Door = Literal["unedited", "edited", "text"]
"""The three ways out: the proof, a cut, the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Sessions to export, and what is known already of how."""

    folders: tuple[SessionFolder, ...]
    from_s: float | None = None
    """Where the stretch begins; None: at the session's first sample."""
    to_s: float | None = None
    """Where it ends; None: at its end."""
    door: Door | Literal[""] = ""
    """The way out that was chosen; empty: it is still to be chosen."""

    @property
    def is_range(self) -> bool:
        """Whether a stretch is wanted and not the whole."""
        return self.from_s is not None or self.to_s is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several that exclude each other.

    Attributes:
        value: As an `Order` has it.
        about: A sentence on what it is; may be empty.
    """

    value: str
    title: str
    about: str = ""
    icon: str = ""


def doors() -> tuple[Choice, ...]:
    """The three ways out."""
    return (
        Choice(
            value="unedited",
            title=translate("Export", "Unedited, with proof"),
            about=translate(
                "Export",
                "The audio as it was received, never encoded again, with what anybody needs to "
                "check it.",
            ),
            icon="shield-check",
        ),
        Choice(
            value="edited",
            title=translate("Export", "Edited"),
            about=translate(
                "Export",
                "Converted, cut or made louder. The file says that it is edited; it proves "
                "nothing.",
            ),
            icon="scissors",
        ),
        Choice(
            value="text",
            title=translate("Export", "Text"),
            about=translate("Export", "Captions, a transcript to read, or data for programs."),
            icon="captions",
        ),
    )


def forms(door: str) -> tuple[Choice, ...]:
    """What can come out of a door."""
    return {"unedited": _unedited_forms, "edited": _edited_forms, "text": _text_forms}[door]()


def _unedited_forms() -> tuple[Choice, ...]:
    return (
        Choice(
            value="package",
            title=translate("Export", "Package"),
            about=translate(
                "Export",
                "A folder with all parts as received, one continuous file, the journal, the gaps, "
                "the transcripts, and VERIFY.txt in plain words. Signed with your key.",
            ),
        ),
        Choice(
            value="file",
            title=translate("Export", "Single file"),
            about=translate(
                "Export",
                "One continuous file, packets copied; its proof and its signature lie beside it.",
            ),
        ),
        Choice(
            value="page",
            title=translate("Export", "Web page"),
            about=translate(
                "Export",
                "A folder that plays in any browser: the audio, the transcript that follows, the "
                "gaps, and a box that checks the audio on the reader's own machine.",
            ),
        ),
    )


def _edited_forms() -> tuple[Choice, ...]:
    return (
        Choice(value="mp3", title="MP3", about=translate("Export", "Plays everywhere.")),
        Choice(
            value="m4a", title="M4A (AAC)", about=translate("Export", "Small; plays on phones.")
        ),
        Choice(
            value="opus",
            title="Opus",
            about=translate("Export", "The smallest at the same quality; for newer players."),
        ),
        Choice(
            value="ogg", title="Ogg Vorbis", about=translate("Export", "For older free players.")
        ),
        Choice(
            value="flac", title="FLAC", about=translate("Export", "Nothing is lost; half of WAV.")
        ),
        Choice(value="wav", title="WAV", about=translate("Export", "For editors; the largest.")),
    )


def _text_forms() -> tuple[Choice, ...]:
    return (
        Choice(value="srt", title="SRT", about=translate("Export", "Captions for any player.")),
        Choice(
            value="vtt",
            title="WebVTT",
            about=translate("Export", "Captions for the web, with speakers and gaps."),
        ),
        Choice(
            value="txt",
            title=translate("Export", "Plain text"),
            about=translate("Export", "A line for each segment, and one for each gap."),
        ),
        Choice(
            value="md",
            title="Markdown",
            about=translate("Export", "Paragraphs with times and speakers, to read and to quote."),
        ),
        Choice(
            value="json",
            title="JSON",
            about=translate("Export", "As Whisper writes it, with every word's time."),
        ),
        Choice(
            value="tsv", title="TSV", about=translate("Export", "For a table: start, end, text.")
        ),
    )


LOSSLESS = ("flac", "wav")
"""The forms of edited sound that have no bit rate."""

_AS_IT_IS = "as it is"


def bit_rates() -> tuple[Choice, ...]:
    """Of what is lossy, in kb/s."""
    return (
        Choice(value=_AS_IT_IS, title=translate("Export", "The format's own")),
        *(Choice(value=str(rate), title=f"{rate} kb/s") for rate in (64, 96, 128, 192, 256, 320)),
    )


def loudnesses() -> tuple[Choice, ...]:
    """What a loudness can be brought to (EBU R128)."""
    return (
        Choice(value=_AS_IT_IS, title=translate("Export", "As it is")),
        Choice(value="-16.0", title=translate("Export", "-16 LUFS, for podcasts")),
        Choice(value="-23.0", title=translate("Export", "-23 LUFS, for broadcast")),
        Choice(value="-14.0", title=translate("Export", "-14 LUFS, for streaming")),
    )


def cuts() -> tuple[Choice, ...]:
    """What a session can be cut into files by."""
    return (
        Choice(value=_AS_IT_IS, title=translate("Export", "One file")),
        Choice(
            value="silence",
            title=translate("Export", "Cut at silences"),
            about=translate(
                "Export", "No sample is lost or repeated; the sound stays as recorded."
            ),
        ),
        Choice(value="markers", title=translate("Export", "Cut at markers")),
        Choice(
            value="labels",
            title=translate("Export", "Cut where speech and music change"),
            about=translate(
                "Export", "Speech, music and silence must have been told apart before."
            ),
        ),
        Choice(value="length:600", title=translate("Export", "Every 10 minutes")),
        Choice(value="length:1800", title=translate("Export", "Every 30 minutes")),
    )


def channels() -> tuple[Choice, ...]:
    """How many channels it gets."""
    return (
        Choice(value=_AS_IT_IS, title=translate("Export", "As recorded")),
        Choice(value="1", title=translate("Export", "Mono")),
        Choice(value="2", title=translate("Export", "Stereo")),
    )


def rates() -> tuple[Choice, ...]:
    """How many samples a second it gets."""
    return (
        Choice(value=_AS_IT_IS, title=translate("Export", "As recorded")),
        Choice(value="48000", title="48 kHz"),
        Choice(value="44100", title="44.1 kHz"),
        Choice(value="22050", title="22.05 kHz"),
        Choice(value="16000", title="16 kHz"),
    )


def as_value(setting: object) -> str:
    """A setting of an order as a choice's value; what is left as it is, is 0 or None there."""
    return str(setting) if setting else _AS_IT_IS


def with_value(order: Order, name: str, value: str) -> Order:
    """The order with another choice in one of its settings."""
    if name == "form":
        return replace(order, form=value)
    if name == "pieces":
        return replace(order, pieces="" if value == _AS_IT_IS else value)
    if name == "loudness_lufs":
        return replace(order, loudness_lufs=None if value == _AS_IT_IS else float(value))
    number = 0 if value == _AS_IT_IS else int(value)
    match name:
        case "bit_rate_kbps":
            return replace(order, bit_rate_kbps=number)
        case "channels":
            return replace(order, channels=number)
        case "rate_hz":
            return replace(order, rate_hz=number)
        case _:
            raise ValueError(f"no choice is called {name!r}")


def promise(order: Order) -> tuple[str, ...]:
    """What comes out, and what it proves and doesn't: plain sentences."""
    if order.door == "edited":
        return (
            translate("Export", "Its tags say 'edited' and what was done to it."),
            translate("Export", "It is no evidence: for that, export it unedited."),
        )
    if order.door == "text":
        return (
            translate(
                "Export", "The words are a machine's hearing, unless somebody put them right."
            ),
        )
    gaps = (
        translate("Export", "Gaps are kept as silence, and it says that silence was inserted.")
        if order.keeps_gaps
        else translate("Export", "Gaps are cut out and listed, with their reasons.")
    )
    return (
        translate("Export", "It proves that no byte changed since the session was sealed."),
        gaps,
        translate("Export", "Your signature proves who archived it, not who spoke."),
    )


def begun(wanted: Wanted) -> Order:
    """The order to begin with, from what is known already."""
    door = wanted.door or "unedited"
    form = forms(door)[0].value
    if door == "unedited" and wanted.is_range:
        return Order(form="file", from_s=wanted.from_s, to_s=wanted.to_s, has_words=True)  # a quote
    return Order(door=door, form=form, from_s=wanted.from_s, to_s=wanted.to_s)


def settled(order: Order) -> Order:
    """The order without what its door and form don't have."""
    if order.form not in {form.value for form in forms(order.door)}:
        order = replace(order, form=forms(order.door)[0].value)
    if order.door == "unedited" and order.form != "file" and order.is_range:
        order = replace(order, form="file")  # a package and a page are of the whole
    if order.door != "edited":
        order = replace(order, pieces="")
    if order.pieces:  # which are as they were recorded
        order = replace(
            order, loudness_lufs=None, fade_in_s=0.0, fade_out_s=0.0, channels=0, rate_hz=0,
            bit_rate_kbps=0, keeps_gaps=False,
        )  # fmt: skip
    is_package = (order.door, order.form) == ("unedited", "package")
    return replace(
        order,
        is_completed=order.is_completed and is_package,
        has_words=order.has_words and (order.door, order.form) == ("unedited", "file"),
        keeps_gaps=order.keeps_gaps and order.door != "text",
        bit_rate_kbps=0 if order.form in LOSSLESS else order.bit_rate_kbps,
        wall_clock=order.wall_clock and order.door == "text" and order.form in CLOCK_FORMS,
    )


def hindrance(order: Order, rows: Sequence[Row]) -> str:
    """Why these sessions can't be exported so; empty where they can."""
    if not rows:
        return translate("Export", "Choose a session first.")
    return _of_stretch(order, rows) or _of_audio(order, rows) or _of_words(order, rows)


def _of_stretch(order: Order, rows: Sequence[Row]) -> str:
    if order.pieces and order.is_range:
        return translate(
            "Export", "Only a whole session is cut into pieces: leave the times empty."
        )
    if order.from_s is not None and order.to_s is not None and order.from_s >= order.to_s:
        return translate("Export", "The end must lie behind the beginning.")
    if order.from_s is not None and all(order.from_s >= r.summary.duration_s for r in rows):
        return translate("Export", "The beginning lies behind the session's end.")
    return ""


def _of_audio(order: Order, rows: Sequence[Row]) -> str:
    if order.door == "text":
        return ""
    if all(row.is_open for row in rows):
        return translate(
            "Export", "A session that still goes on can be exported when it has ended."
        )
    if not any(row.summary.duration_s for row in rows):
        return translate("Export", "Nothing was recorded, so there is no audio to export.")
    return ""


def _of_words(order: Order, rows: Sequence[Row]) -> str:
    needs_words = order.door == "text" or order.has_words
    if needs_words and not any(row.is_transcribed for row in rows):
        return translate("Export", "There is no transcript yet: transcribe the session first.")
    return ""


def warning(order: Order, rows: Sequence[Row]) -> str:
    """What will be missing of several sessions; empty where nothing will."""
    missing = sum(bool(_of_audio(order, [row]) or _of_words(order, [row])) for row in rows)
    if not missing or len(rows) == 1:
        return ""
    return translate("Export", "%n of them can't be exported so; the others will be.", n=missing)


def of_what(wanted: Wanted, rows: Sequence[Row]) -> str:
    """What is exported: a session's title and length, or how many."""
    if len(rows) > 1:
        total_s = sum(row.summary.duration_s for row in rows)
        return translate("Export", "%n sessions, {length} in all", n=len(rows)).format(
            length=words.length(total_s)
        )
    if not rows:
        return ""
    summary = rows[0].summary
    parts = [words.one_line(summary.title or summary.folder.name)]
    if wanted.is_range:
        end_s = summary.duration_s if wanted.to_s is None else wanted.to_s
        parts.append(
            translate("Export", "{start} to {end}").format(
                start=words.clock(wanted.from_s or 0.0), end=words.clock(end_s)
            )
        )
    elif summary.duration_s:
        parts.append(words.length(summary.duration_s))
    return " · ".join(parts)


def moment(text: str) -> float | None:
    """A moment of session time as people type it, ``42:07``; None for no text.

    Raises:
        ValueError: It is none.
    """
    text = text.strip().replace(",", ".")
    return parse_moment(text) if text else None


def request(order: Order, rows: Sequence[Row], out: Path) -> Request:
    """The export as work to be done."""
    first = words.one_line(rows[0].summary.title)
    title = (
        first
        if len(rows) == 1
        else translate("Export", "{title} and %n more", n=len(rows) - 1).format(title=first)
    )
    return Request(
        kind=Kind.EXPORT,
        title=title,
        details={
            "folders": [str(row.summary.folder) for row in rows],
            "order": order.to_json(),
            "out": str(out),
        },
    )


# --- presets ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A way of exporting that has a name.

    Attributes:
        is_own: Whether it was saved here, and can be removed.
    """

    name: str
    order: Order
    is_own: bool = False


def built_in() -> tuple[Preset, ...]:
    """The presets that come along."""
    return (
        Preset(name=translate("Export", "Evidence: the unedited package"), order=Order()),
        Preset(
            name=translate("Export", "Quote: a clip with captions and citation"),
            order=Order(form="file", has_words=True),
        ),
        Preset(name=translate("Export", "Publish: a web page"), order=Order(form="page")),
        Preset(
            name=translate("Export", "Podcast: MP3 at -16 LUFS"),
            order=Order(door="edited", form="mp3", loudness_lufs=-16.0, bit_rate_kbps=128),
        ),
        Preset(name=translate("Export", "Subtitles: SRT"), order=Order(door="text", form="srt")),
    )


class Presets:
    """The presets that people saved: one small JSON file. Blocks on the disk, briefly."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or paths.presets_file()

    def own(self) -> tuple[Preset, ...]:
        """Those that were saved, by name; none where the file can't be read."""
        try:
            values = json.loads(self._file.read_text("utf-8"))
            found = [
                Preset(name=str(name), order=Order.from_json(order), is_own=True)
                for name, order in values.items()
            ]
        except (OSError, ValueError, TypeError, AttributeError):
            return ()
        return tuple(sorted(found, key=lambda preset: preset.name.casefold()))

    def save(self, name: str, order: Order) -> None:
        """Keep an order under a name; its stretch is of one session, and is not kept.

        Raises:
            AircheckError: The name is empty.
            StorageError: The disk refuses.
        """
        name = words.one_line(name).strip()
        if not name:
            raise AircheckError(translate("Export", "A preset needs a name."))
        kept = replace(order, from_s=None, to_s=None)
        self._write({**{each.name: each.order for each in self.own()}, name: kept})

    def remove(self, name: str) -> None:
        """Forget one.

        Raises:
            StorageError: The disk refuses.
        """
        self._write({each.name: each.order for each in self.own() if each.name != name})

    def _write(self, orders: dict[str, Order]) -> None:
        values = {name: order.to_json() for name, order in orders.items()}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, doing="saving the preset") from error
        text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
        write_whole(self._file, text.encode())


def no_room() -> Message:
    """Too much was asked for at once."""
    return Message(happened=translate("Export", "Too much was asked for at once; try again."))
