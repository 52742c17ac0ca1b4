"""A session as a web page: one HTML file that asks nobody for anything.

Style and script stand in the page itself, allowed by their hashes alone (Content-Security-Policy),
so that the page works on any host and from a disk, and nothing that a title or a transcript says
can run. All text is escaped by Jinja; what the script needs to know is JSON beside it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

import resources
from recorder import sums
from recorder.archive import PROGRAM, SessionInfo
from recorder.continuous import Continuous
from recorder.cover import twice
from recorder.events import GapFound, Sealed
from recorder.pieces import Gaps
from recorder.sign import PublicKey
from recorder.timeline import Timeline
from transcribe.transcript import Segment, Transcript

NAME = "index.html"

_ABOUT = {
    ".json": "transcript, in session time, as Whisper writes it",
    ".vtt": "captions, in the audio's time",
    ".proof.json": "proof: what the audio is made of, chunk by chunk",
    ".sig": "signature of the proof",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is on a page.

    Attributes:
        cover: Its file beside the page, or empty.
        files: What the page plays, in order.
        gaps: What became of gaps in them.
        transcripts: Of the track that is played, in session time; the first is shown.
        key: Who signs.
        downloads: All files beside the page.
    """

    info: SessionInfo
    cover: str
    timeline: Timeline
    sealed: Sealed | None
    files: Sequence[Continuous]
    gaps: Gaps
    transcripts: Sequence[Transcript]
    key: PublicKey
    downloads: Sequence[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the transcript, or a gap."""

    from_s: float
    to_s: float
    text: str = ""
    speaker: str = ""
    gap: str = ""


def render(content: Content) -> str:
    """The page's HTML."""
    style = resources.path("page/page.css").read_text("utf-8")
    script = resources.path("page/page.js").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    template = environment.from_string(resources.path("page/page.html").read_text("utf-8"))
    gaps = _gaps(content)
    started_at = content.timeline.started_at
    return template.render(
        info=content.info,
        cover=content.cover,
        started_at=started_at,
        duration_s=content.timeline.duration_s,
        files=content.files,
        first=content.files[0].path.name,
        is_matroska=any(file.path.suffix == ".mka" for file in content.files),
        lines=list(_lines(content.transcripts[:1], gaps)),
        language=_language(content.transcripts),
        has_text=bool(content.transcripts),
        model=content.transcripts[0].model if content.transcripts else "",
        chapters=content.timeline.markers,
        gaps=gaps,
        twice=_twice(content),
        is_cut=content.gaps is Gaps.CUT,
        key=content.key,
        chunks=sum(len(file.chunks) for file in content.files),
        downloads=[_download(path) for path in content.downloads],
        program=PROGRAM,
        data=_data(content, gaps),
        style=_raw(style),
        script=_raw(script),
        policy=_policy(style, script),
    )


def clock(seconds: float) -> str:
    """Session time: ``42:07`` or ``1:42:07``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _gaps(content: Content) -> tuple[GapFound, ...]:
    return content.timeline.tracks[content.files[0].chunks[0][0].track].gaps


def _twice(content: Content) -> list[str]:
    """What of the track may be there twice."""
    track = content.files[0].chunks[0][0].track
    return [str(each) for each in twice(content.timeline) if each.track == track]


def _lines(transcripts: Iterable[Transcript], gaps: Iterable[GapFound]) -> Iterator[Line]:
    """The transcript with the gaps in it, in order of session time."""
    lines = [Line(from_s=gap.from_s, to_s=gap.to_s, gap=str(gap.reason)) for gap in gaps]
    lines += [_spoken(segment) for text in transcripts for segment in text.segments]
    yield from sorted(lines, key=lambda line: (line.from_s, line.to_s))


def _spoken(segment: Segment) -> Line:
    return Line(
        from_s=segment.start_s, to_s=segment.end_s, text=segment.text, speaker=segment.speaker
    )


def _language(transcripts: Sequence[Transcript]) -> str:
    """A language tag for ``lang``; empty is 'not known'."""
    code = transcripts[0].language if transcripts else ""
    return "" if code == "und" else code


def _data(content: Content, gaps: Iterable[GapFound]) -> dict[str, Any]:
    """What the script needs."""
    return {
        "duration_s": content.timeline.duration_s,
        "files": [
            {
                "src": file.path.name,
                "bytes": file.path.stat().st_size,
                "sha256": sums.file_sha256(file.path),
                "spans": [
                    {
                        "at_s": span.at_s,
                        "start_s": span.start_s,
                        "duration_s": span.duration_s,
                    }
                    for span in file.spans
                ],
            }
            for file in content.files
        ],
        "gaps": [{"from_s": gap.from_s, "to_s": gap.to_s} for gap in gaps],
        "chapters": [{"at_s": mark.at_s} for mark in content.timeline.markers],
    }


def _download(path: Path) -> dict[str, str]:
    about = next((text for end, text in _ABOUT.items() if path.name.endswith(end)), "")
    if path.name.endswith(".proof.json"):
        about = _ABOUT[".proof.json"]
    elif path.name == "allowed_signers":
        about = "the key, as ssh-keygen wants it"
    elif not about:
        about = "cover" if path.suffix in (".jpg", ".png") else "audio, unedited"
    return {"name": path.name, "size": _size(path.stat().st_size), "about": about}


def _size(size: int) -> str:
    if size < 10_000:
        return f"{size:,} bytes"
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def _raw(text: str) -> str:
    """Our own style or script; it may not end its element."""
    if "</" in text:
        raise ValueError("a style or script in the page must not hold '</'")
    return text


def _policy(style: str, script: str) -> str:
    """What the page may do: run its own script, show what lies beside it, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{_digest(script)}'",
            f"style-src 'sha256-{_digest(style)}'",
            "img-src 'self' file: data:",
            "media-src 'self' file: blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
