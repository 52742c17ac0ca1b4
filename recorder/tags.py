"""What a published file says of itself: title, host, rights, cover, chapters.

As ID3 (https://id3.org/id3v2.4.0-frames), by mutagen, and as FFmpeg's names for those containers
that it writes; `recorder.mp4` has its own way. None of it touches a packet.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mutagen import MutagenError
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, COMM, CTOC, ID3, TCOP, TDRC, TIT2, TPE1, CTOCFlags
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from recorder.errors import ExportError
from recorder.pieces import Span, at_in
from recorder.types import Seconds

_NONE_S = Seconds(0)
_UTF8 = 3
_FRONT_COVER = 3
_MOST_VORBIS_CHAPTERS = 1_000  # three digits number them
_MOST_CHAPTERS = 255  # a table of contents of ID3 has one byte for their number


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A named moment of a file."""

    at_s: Seconds
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What a file says of itself; empty is 'nothing'.

    Attributes:
        date: Of the recording, ISO 8601.
        cover: A JPEG's or PNG's bytes.
        edited: What was done to the sound; empty where nothing was.
        duration_s: Of the file, so that its last chapter has an end.
    """

    title: str = ""
    host: str = ""
    description: str = ""
    rights: str = ""
    date: str = ""
    cover: bytes = b""
    chapters: tuple[Chapter, ...] = ()
    edited: str = ""
    duration_s: Seconds = _NONE_S

    @property
    def cover_type(self) -> str:
        """The cover's media type; empty where there is none, or another kind."""
        return image_type(self.cover)

    def placed(self, spans: Sequence[Span], duration_s: Seconds) -> Tags:
        """The same for a file, of tags whose chapters are in session time."""
        chapters = tuple(
            Chapter(at_s=at_in(spans, chapter.at_s), title=chapter.title)
            for chapter in self.chapters
            if spans and spans[0].start_s <= chapter.at_s <= spans[-1].end_s
        )
        return replace(self, chapters=chapters, duration_s=duration_s)

    def named(self) -> dict[str, str]:
        """By FFmpeg's names, without what is empty."""
        values = {
            "title": self.title,
            "artist": self.host,
            "comment": self.description,
            "copyright": self.rights,
            "date": self.date,
        }
        if self.edited:
            values["comment"] = "\n".join(
                text for text in (f"Edited: {self.edited}", self.description) if text
            )
            values["edited"] = self.edited
        return {key: _storable(value) for key, value in values.items() if value}

    def ffmetadata(self) -> str:
        """The same with the chapters, as FFmpeg reads it from a file.

        https://ffmpeg.org/ffmpeg-formats.html#Metadata-2
        """
        lines = [";FFMETADATA1", *(f"{key}={_escaped(text)}" for key, text in self.named().items())]
        for chapter, end_s in self.with_ends():
            lines += [
                "[CHAPTER]",
                "TIMEBASE=1/1000",
                f"START={round(chapter.at_s * 1000)}",
                f"END={round(end_s * 1000)}",
                f"title={_escaped(_storable(chapter.title))}",
            ]
        return "\n".join(lines) + "\n"

    def podcast(self) -> bytes:
        """The chapters as Podcasting 2.0 has them: JSON beside a file.

        https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters
        """
        chapters = [
            {"startTime": round(chapter.at_s, 3), "title": chapter.title}
            for chapter in self.chapters
        ]
        values = {"version": "1.2.0", "title": self.title, "chapters": chapters}
        return json.dumps(values, ensure_ascii=False, indent=2).encode(errors="replace") + b"\n"

    def complete(self, path: Path) -> None:
        """Put into a file what FFmpeg doesn't: the cover; in FLAC and Vorbis the chapters, too.

        WAV has no place for either.

        Raises:
            ExportError: The file can't take it.
        """
        try:
            if self.chapters and path.suffix in _WITHOUT_CHAPTERS:
                file = _WITHOUT_CHAPTERS[path.suffix](path)
                file.update(self.chapter_comments())
                file.save()
            if self.cover_type and path.suffix in _COVERS:
                _COVERS[path.suffix](path, self.cover, self.cover_type)
        except MutagenError as error:
            raise ExportError(
                f"{path.name} can't take its cover or chapters ({error}).",
                safe="The session is untouched.",
                hint="Take the cover away with 'aircheck edit --no-cover', or try another picture.",
            ) from error

    def chapter_comments(self) -> dict[str, str]:
        """Chapters as comments: https://wiki.xiph.org/Chapter_Extension."""
        comments: dict[str, str] = {}
        for number, chapter in enumerate(self.chapters[:_MOST_VORBIS_CHAPTERS]):
            minutes, seconds = divmod(chapter.at_s, 60)
            hours, minutes = divmod(int(minutes), 60)
            comments[f"CHAPTER{number:03}"] = f"{hours:02}:{minutes:02}:{seconds:06.3f}"
            comments[f"CHAPTER{number:03}NAME"] = chapter.title
        return comments

    def picture(self) -> str:
        """The cover as Ogg's comments have it: https://wiki.xiph.org/VorbisComment."""
        return base64.b64encode(_picture(self.cover, self.cover_type).write()).decode()

    def with_ends(self) -> list[tuple[Chapter, Seconds]]:
        """The chapters, each with where it ends."""
        ends = [*(chapter.at_s for chapter in self.chapters[1:]), self.duration_s]
        return list(zip(self.chapters, ends, strict=bool(self.chapters)))

    def id3(self) -> bytes:
        """An ID3v2.4 tag with the chapters; empty where there is nothing to say."""
        tag = ID3()
        for frame, text in (
            (TIT2, self.title),
            (TPE1, self.host),
            (TDRC, self.date),
            (TCOP, self.rights),
        ):
            if text:
                tag.add(frame(encoding=_UTF8, text=text))
        if self.description:
            tag.add(COMM(encoding=_UTF8, lang="und", desc="", text=self.description))
        if self.cover_type:
            tag.add(APIC(encoding=_UTF8, mime=self.cover_type, type=_FRONT_COVER, data=self.cover))
        self._add_chapters(tag)
        if not tag:
            return b""
        target = io.BytesIO()
        tag.save(target, padding=lambda _: 0)
        return target.getvalue()

    def _add_chapters(self, tag: ID3) -> None:
        chapters = self.with_ends()[:_MOST_CHAPTERS]
        for number, (chapter, end_s) in enumerate(chapters):
            tag.add(
                CHAP(
                    element_id=f"chapter{number}",
                    start_time=round(chapter.at_s * 1000),
                    end_time=round(end_s * 1000),
                    sub_frames=[TIT2(encoding=_UTF8, text=chapter.title)],
                )
            )
        if chapters:
            tag.add(
                CTOC(
                    element_id="contents",
                    flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED,
                    child_element_ids=[f"chapter{number}" for number in range(len(chapters))],
                    sub_frames=[],
                )
            )


def _storable(text: str) -> str:
    """Text as files and command lines take it: no zero byte, no half of a character."""
    return text.replace("\0", " ").encode(errors="replace").decode()


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\\n])", r"\\\1", text)


def _id3_cover(path: Path, data: bytes, kind: str) -> None:
    tag = ID3(path)
    tag.add(APIC(encoding=_UTF8, mime=kind, type=_FRONT_COVER, data=data))
    tag.save(path)


def _mp4_cover(path: Path, data: bytes, kind: str) -> None:
    file = MP4(path)
    form = MP4Cover.FORMAT_PNG if kind == "image/png" else MP4Cover.FORMAT_JPEG
    file["covr"] = [MP4Cover(data, imageformat=form)]
    file.save()


def _flac_cover(path: Path, data: bytes, kind: str) -> None:
    file = FLAC(path)
    file.add_picture(_picture(data, kind))
    file.save()


def _ogg_cover(path: Path, data: bytes, kind: str) -> None:
    file = OggOpus(path) if path.suffix == ".opus" else OggVorbis(path)
    file["metadata_block_picture"] = [base64.b64encode(_picture(data, kind).write()).decode()]
    file.save()


def _picture(data: bytes, kind: str) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.data = _FRONT_COVER, kind, data
    return picture


_COVERS = {
    ".mp3": _id3_cover, ".m4a": _mp4_cover, ".flac": _flac_cover, ".ogg": _ogg_cover,
    ".opus": _ogg_cover,
}  # fmt: skip
_WITHOUT_CHAPTERS: dict[str, Callable[[Path], Any]] = {".flac": FLAC, ".ogg": OggVorbis}


def image_type(data: bytes) -> str:
    """The media type of a cover, by its first bytes: JPEG or PNG; empty for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(b"\x89PNG\r\n\x1a\n") else ""
