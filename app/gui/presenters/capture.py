"""What was typed into the record bar, and recording it. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.types import SourceKind

_SOURCE = re.compile(
    r"https?://|device:|system(:|$)|file:|[/~]|\.{1,2}[/\\]|[a-z]:[/\\]|\\\\", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something of this machine that can be recorded.

    Attributes:
        name: As people know it.
        text: As it is written in the record bar.
        icon: Of its kind.
    """

    name: str
    text: str
    icon: str


def offers() -> tuple[Offer, ...]:
    """The inputs of this machine, and what its outputs play. May take half a second."""
    from recorder.sources import devices  # noqa: PLC0415 (loads PortAudio: only when asked for)

    return tuple(
        Offer(
            name=info.name,
            text=str(info.spec),
            icon="mic" if info.kind is SourceKind.DEVICE else "monitor-speaker",
        )
        for info in devices.list_sources()
    )


def is_source(text: str) -> bool:
    """Whether a text names something to record, by its form alone; else it is words to search."""
    return _SOURCE.match(text.strip()) is not None


def record(archive: Archive, text: str) -> SessionFolder:
    """Start recording what a text names. Takes as long as a process takes to start.

    Raises:
        MalformedAddress: It names nothing that can be recorded.
        StorageError: The disk refuses.
        RecorderError: The recorder doesn't start.
    """
    from recorder.sources.open import parse_source  # noqa: PLC0415 (loads all sources, and av)

    return launch.record(archive, parse_source(text.strip()))
