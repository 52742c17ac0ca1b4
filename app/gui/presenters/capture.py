"""What was typed into the record bar, and recording it. No Qt."""

from __future__ import annotations

import re

from recorder.sources.open import parse_source

from recorder import launch
from recorder.archive import Archive, SessionFolder

_SOURCE = re.compile(
    r"https?://|device:|system(:|$)|file:|[/~]|\.{1,2}[/\\]|[a-z]:[/\\]|\\\\", re.IGNORECASE
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
    return launch.record(archive, parse_source(text.strip()))
