"""What a published file says of itself: title, host, rights, cover, chapters.

As ID3 (https://id3.org/id3v2.4.0-frames), by mutagen, and as FFmpeg's names for those containers
that it writes; `recorder.mp4` has its own way. None of it touches a packet.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mutagen.id3 import APIC, CHAP, COMM, CTOC, ID3, TCOP, TDRC, TIT2, TPE1, CTOCFlags

from recorder.pieces import Span, at_in
from recorder.types import Seconds

_NONE_S = Seconds(0)
_UTF8 = 3
_FRONT_COVER = 3
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
        duration_s: Of the file, so that its last chapter has an end.
    """

    title: str = ""
    host: str = ""
    description: str = ""
    rights: str = ""
    date: str = ""
    cover: bytes = b""
    chapters: tuple[Chapter, ...] = ()
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
        return {key: value for key, value in values.items() if value}

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
        chapters = self.chapters[:_MOST_CHAPTERS]
        ends = [chapter.at_s for chapter in chapters[1:]] + [self.duration_s]
        for number, (chapter, end_s) in enumerate(zip(chapters, ends, strict=False)):
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


def image_type(data: bytes) -> str:
    """The media type of a cover, by its first bytes: JPEG or PNG; empty for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(b"\x89PNG\r\n\x1a\n") else ""
