"""What people put right in a transcript: a new version, with who did it and when.

The version that was corrected stays as it was; a later pass of a model is stored beside, and does
not take the corrected one's place (`transcribe.transcript.active`).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from recorder.archive import SessionFolder
from recorder.types import Seconds, utc_now
from transcribe import transcript
from transcribe.errors import TranscriptError
from transcribe.transcript import Segment, Stored, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One segment put right.

    Attributes:
        at_s: A moment of the segment, in session time.
        text: What was said; nothing, where nobody said it. None leaves it.
        speaker: Who said it; None leaves it.
        whose: Who said it so far, where two speak at once; None for anybody.
    """

    at_s: Seconds
    text: str | None = None
    speaker: str | None = None
    whose: str | None = None


def correct(
    folder: SessionFolder,
    edits: list[Edit],
    *,
    author: str,
    track: str = "a",
    language: str = "",
) -> Path:
    """Put segments of the active transcript right.

    Args:
        folder: The session's.
        edits: At least one.
        author: Who does it.
        track: Which track's.
        language: Which language's; the only one there is unless told.

    Returns:
        The new version's file.

    Raises:
        TranscriptError: There is none, none of that language, or nothing was said at that time.
        StorageError: The disk refuses.
        ValueError: No edit, or no author.
    """
    if not edits or not author.strip():
        raise ValueError("a correction has edits and an author")
    with transcript.alone(folder):
        stored = _active(folder, track, language)
        current = transcript.load(stored.path)
        segments = list(current.segments)
        for edit in edits:
            place = _place(segments, edit, stored)
            segments[place] = _edited(segments[place], edit)
        return _store(folder, current, stored, segments, author)


def replace_all(
    folder: SessionFolder,
    corrected: Transcript,
    *,
    author: str,
    track: str = "a",
    language: str = "",
) -> Path:
    """Take a transcript that was put right elsewhere, as captions for example, for the active one.

    Args:
        folder: The session's.
        corrected: Its segments are taken; where one says the same as before, its words' times stay.
            One without a speaker has the one whose name it begins with, as SRT says it, or else the
            one who spoke then.
        author: Who did it.
        track: Which track's.
        language: Which language's; the only one there is unless told.

    Returns:
        The new version's file.

    Raises:
        TranscriptError: There is none, or none of that language.
        StorageError: The disk refuses.
        ValueError: No author.
    """
    if not author.strip():
        raise ValueError("a correction has an author")
    with transcript.alone(folder):
        stored = _active(folder, track, language)
        current = transcript.load(stored.path)
        same = {(s.start_s, s.end_s, s.text, s.speaker): s for s in current.segments}
        segments = [
            same.get((s.start_s, s.end_s, s.text, s.speaker), s)
            for s in _attributed(corrected.segments, current.segments)
        ]
        return _store(folder, current, stored, segments, author)


def restore(folder: SessionFolder, version: Stored, *, author: str) -> Path:
    """Make the text of an older version the active one again.

    Args:
        folder: The session's.
        version: Whose text.
        author: Who does it.

    Returns:
        The new version's file; it names the one whose text it is.

    Raises:
        TranscriptError: The version can't be read, or nothing of its track is active.
        StorageError: The disk refuses.
        ValueError: No author.
    """
    if not author.strip():
        raise ValueError("whoever restores a version has a name")
    with transcript.alone(folder):
        stored = _active(folder, version.track, version.language)
        wanted = transcript.load(version.path)
        source = wanted.restores or version.path.name
        return _store(folder, wanted, stored, list(wanted.segments), author, restores=source)


def _active(folder: SessionFolder, track: str, language: str) -> Stored:
    found = [
        item
        for item in transcript.active(folder)
        if item.track == track and language in ("", item.language)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise TranscriptError(
            f"{folder.path.name} has no such transcript to correct.",
            hint=f"'aircheck show {folder.id}' lists them.",
        )
    codes = ", ".join(item.language for item in found)
    raise TranscriptError(f"There are transcripts in {codes}.", hint="Say which: --language.")


def _attributed(segments: tuple[Segment, ...], before: tuple[Segment, ...]) -> Iterator[Segment]:
    """Segments with the speakers that they had before, where they don't say theirs."""
    starts = [each.start_s for each in before]
    known = dict.fromkeys(each.speaker for each in before if each.speaker)
    for segment in segments:
        named = next((name for name in known if segment.text.startswith(f"{name}:")), "")
        place = bisect.bisect_right(starts, segment.start_s) - 1
        if segment.speaker or not known:
            yield segment
        elif named:
            text = segment.text.removeprefix(f"{named}:").strip()
            yield replace(segment, text=text, speaker=named)
        else:
            yield replace(segment, speaker=before[place].speaker if place >= 0 else "")


def _place(segments: list[Segment], edit: Edit, stored: Stored) -> int:
    """Of segments that lie over each other the one that began last, and of those the shortest."""
    at_s = edit.at_s
    found = [
        place
        for place, segment in enumerate(segments)
        if segment.start_s <= at_s < max(segment.end_s, segment.start_s + 0.001)
        and (edit.whose is None or edit.whose.split() == segment.speaker.split())
    ]
    if not found:
        missed = f"Nothing was said by {edit.whose} at" if edit.whose else "Nothing was said at"
        raise TranscriptError(
            f"{missed} {at_s:.1f} s, says {stored.path.name}.",
            hint="Give a moment inside of the segment.",
        )
    return max(found, key=lambda place: (segments[place].start_s, -segments[place].end_s))


def _edited(segment: Segment, edit: Edit) -> Segment:
    """With another text, the model's figures and the words' times say nothing any more."""
    speaker = segment.speaker if edit.speaker is None else edit.speaker.strip()
    text = segment.text if edit.text is None else " ".join(edit.text.split())
    if text == segment.text:
        return replace(segment, speaker=speaker)
    return Segment(
        start_s=segment.start_s,
        end_s=segment.end_s,
        text=text,
        speaker=speaker,
        language=segment.language,
    )


def _store(
    folder: SessionFolder,
    current: Transcript,
    stored: Stored,
    segments: list[Segment],
    author: str,
    restores: str = "",
) -> Path:
    return transcript.store(
        folder,
        replace(
            current,
            segments=transcript.in_order(segments),
            author=" ".join(author.split()),
            based_on=stored.path.name,
            restores=restores,
            created_at=utc_now(),
        ),
    )
