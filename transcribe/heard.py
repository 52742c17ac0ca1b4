"""What was heard of a session while it was recorded: ``derived/captions.jsonl``.

An object a line, each the newest form of a caption (`transcribe.live` writes them). Where a track
has no transcript yet, or never gets one, this is its text.
"""

from __future__ import annotations

import json
from typing import Final

from recorder.archive import SessionFolder
from recorder.errors import storage_error
from transcribe.transcript import UNDETERMINED, Segment, Stored, in_order, span

FILE_NAME: Final = "captions.jsonl"
MODEL: Final = "captions"
"""In place of the name of a model."""


def stored_as(folder: SessionFolder, track: str) -> Stored:
    """As what a track's captions are known; there is no such file."""
    name = f"{track}-{MODEL}-{UNDETERMINED}-1.json"
    return Stored(
        track=track,
        language=UNDETERMINED,
        model=MODEL,
        version=1,
        path=folder.transcripts / name,
    )


def texts(folder: SessionFolder) -> dict[str, tuple[Segment, ...]]:
    """The captions that are final, by track, in order of session time.

    A line that is no caption is passed over: the last one may be written just now.

    Raises:
        StorageError: They can't be read.
    """
    try:
        lines = (folder.derived / FILE_NAME).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise storage_error(error, doing="reading the captions") from error
    found: dict[str, list[Segment]] = {}
    for line in lines:
        try:
            track, segment = _final(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        found.setdefault(track, []).append(segment)
    return {track: in_order(segments) for track, segments in found.items()}


def _final(line: bytes) -> tuple[str, Segment]:
    """A line's caption.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: It is none, or not final.
    """
    values = json.loads(line)
    if not values["is_final"]:
        raise ValueError("it may change still")
    start_s, end_s = span(values["start_s"], values["end_s"])
    text = Segment(start_s=start_s, end_s=end_s, text=values["text"].strip())
    return str(values["track"]), text
