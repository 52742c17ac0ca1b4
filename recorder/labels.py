"""Labels: which stretches of a session are speech, music or silence, and where the talk starts.

They are found by `transcribe.labelling` and kept here, in ``derived/labels.json``. They are told
beside the evidence and are no part of it: nothing is cut or lost by a label, the journal doesn't
know of them, and the file may be deleted; it can be made again. What is none of the three (noise,
applause, a hum) has no label, nor has a gap.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recorder.archive import SessionFolder, write_whole
from recorder.errors import storage_error
from recorder.types import Seconds

TALK_STARTS = "talk starts"
"""What the marker is called that is suggested there."""

_NAME = "labels.json"
_FORMAT = 1
_AT_ONCE_S = 2.0  # a talk that starts by then has nothing before it that could be skipped
_LOOK_AHEAD_S = 60.0
_TALK_SHARE = 0.5  # of what follows; an announcement between two songs has less


class Kind(StrEnum):
    """What a stretch of a session is."""

    SPEECH = "speech"
    MUSIC = "music"
    SILENCE = "silence"


_FIRST = (Kind.SPEECH, Kind.MUSIC, Kind.SILENCE)
"""Of tracks side by side the first of these that any of them has at a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A stretch of session time that is of one kind."""

    kind: Kind
    from_s: Seconds
    to_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """A session's labels.

    Attributes:
        labels: In order of session time; they don't overlap.
        talk_starts_s: Where the talk starts, if something else comes before it; a suggestion.
        journal_bytes: How long the journal was that they were made by.
    """

    labels: tuple[Label, ...]
    talk_starts_s: Seconds | None
    journal_bytes: int

    def of(self, kind: Kind) -> tuple[Label, ...]:
        """Those of one kind."""
        return tuple(label for label in self.labels if label.kind is kind)

    def at(self, at_s: float) -> Label | None:
        """The one that a moment lies in."""
        return next((each for each in self.labels if each.from_s <= at_s < each.to_s), None)

    def next_speech_s(self, at_s: float) -> Seconds | None:
        """Where somebody speaks next: at once, if somebody does; None where nobody will."""
        ahead = (label for label in self.of(Kind.SPEECH) if label.to_s > at_s)
        return next((Seconds(max(at_s, label.from_s)) for label in ahead), None)


def read(folder: SessionFolder) -> Labels | None:
    """A session's labels as they are kept; None where there are none that can be read."""
    try:
        values = json.loads((folder.derived / _NAME).read_bytes())
        if values["format"] != _FORMAT:
            return None
        found = tuple(
            Label(
                kind=Kind(item["label"]),
                from_s=Seconds(float(item["from_s"])),
                to_s=Seconds(float(item["to_s"])),
            )
            for item in values["labels"]
        )
        starts_s = values["talk_starts_s"]
        return Labels(
            labels=found,
            talk_starts_s=None if starts_s is None else Seconds(float(starts_s)),
            journal_bytes=int(values["journal_bytes"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_current(labels: Labels, folder: SessionFolder) -> bool:
    """Whether nothing was journaled since they were made."""
    return labels.journal_bytes == journal_bytes(folder)


def journal_bytes(folder: SessionFolder) -> int:
    """How long a session's journal is; 0 where it is gone."""
    try:
        return folder.journal_path.stat().st_size
    except OSError:
        return 0


def keep(folder: SessionFolder, labels: Labels) -> None:
    """Store a session's labels in place of those before.

    Raises:
        StorageError: The disk refuses; those before stand.
    """
    values = {
        "format": _FORMAT,
        "journal_bytes": labels.journal_bytes,
        "talk_starts_s": labels.talk_starts_s,
        "labels": as_json(labels),
    }
    try:
        folder.derived.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, doing="keeping the labels") from error
    write_whole(folder.derived / _NAME, json.dumps(values, indent=1).encode() + b"\n")


def as_json(labels: Labels | None) -> list[dict[str, object]]:
    """As ``aircheck show --json`` tells them; none is an empty list."""
    return [
        {"from_s": label.from_s, "to_s": label.to_s, "label": str(label.kind)}
        for label in (labels.labels if labels else ())
    ]


def merged(tracks: Sequence[Iterable[Label]]) -> tuple[Label, ...]:
    """The labels of a session whose tracks lie side by side: who speaks anywhere, speaks.

    Args:
        tracks: Each track's labels, in order of session time.
    """
    held = [label for track in tracks for label in track]
    edges = sorted({edge for label in held for edge in (label.from_s, label.to_s)})
    ahead = sorted(held, key=lambda label: label.from_s)
    found: list[Label] = []
    active: list[Label] = []
    for from_s, to_s in itertools.pairwise(edges):
        while ahead and ahead[0].from_s <= from_s:
            active.append(ahead.pop(0))
        active = [label for label in active if label.to_s > from_s]
        kinds = {label.kind for label in active}
        kind = next((each for each in _FIRST if each in kinds), None)
        if kind is None:
            continue
        if found and found[-1].kind is kind and found[-1].to_s == from_s:
            from_s = found.pop().from_s  # noqa: PLW2901
        found.append(Label(kind=kind, from_s=from_s, to_s=to_s))
    return tuple(found)


def talk_starts(labels: Sequence[Label]) -> Seconds | None:
    """Where the talk starts: the first speech that goes on, half of the minute from there at least.

    None where nobody talks for long, and where somebody does from the start.

    Args:
        labels: In order of session time.
    """
    speech = [label for label in labels if label.kind is Kind.SPEECH]
    end_s = max((label.to_s for label in labels), default=Seconds(0))
    for first, label in enumerate(speech):
        until_s = Seconds(min(label.from_s + _LOOK_AHEAD_S, max(end_s, label.to_s)))
        if _spoken_s(speech[first:], until_s) >= _TALK_SHARE * (until_s - label.from_s):
            return label.from_s if label.from_s > _AT_ONCE_S else None
    return None


def _spoken_s(speech: Iterable[Label], until_s: Seconds) -> float:
    near = itertools.takewhile(lambda label: label.from_s < until_s, speech)
    return math.fsum(min(label.to_s, until_s) - label.from_s for label in near)
