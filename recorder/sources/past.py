"""What an earlier recorder stored of a track, for a source that goes on after its death."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recorder.errors import storage_error
from recorder.frames import Frame, parser_for
from recorder.timeline import Part, Timeline, Track
from recorder.types import Seconds, parse_iso, utc_now

_TOUCHING_S = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A track as it was left, in a session's folder, mended.

    Attributes:
        is_other: Whether another source was stored, a mirror of this one: its audio may be the
            same, its segments' numbers need not be.
    """

    folder: Path
    track: Track
    is_other: bool = False

    @classmethod
    def of(
        cls, folder: Path, timeline: Timeline | None, track: str, *, is_other: bool = False
    ) -> Past | None:
        """The past of a track; None where there is none."""
        held = timeline.tracks.get(track) if timeline else None
        if held is None or not (held.runs or held.gaps):
            return None
        return cls(folder=folder, track=held, is_other=is_other)

    @property
    def last_sequence(self) -> int | None:
        """The last HLS media sequence number that was stored; None for other sources."""
        if self.is_other:
            return None
        numbers = [chunk.media_sequence for chunk in self.track.chunks]
        return next((number for number in reversed(numbers) if number is not None), None)

    @property
    def is_pcm(self) -> bool:
        """Whether it was a device's when it ended."""
        return bool(self.track.parts) and self.track.parts[-1].format.container == "wav"

    @property
    def stored_bytes(self) -> int:
        """Bytes of the source that were stored, headers once."""
        return sum(chunk.bytes for chunk in self.track.chunks)

    def frames(self, last_s: float) -> list[tuple[Frame, Seconds]]:
        """The last frames of sound, with their session time, up to the last gap.

        Args:
            last_s: About how many seconds of them.

        Raises:
            StorageError: A part can't be read.
        """
        found: list[tuple[Frame, Seconds]] = []
        begin_s = self.track.end_s
        for part in reversed(self.track.parts):
            if part.end_s < begin_s - _TOUCHING_S or self.track.end_s - begin_s >= last_s:
                break
            found = list(self._frames_of(part)) + found
            begin_s = part.start_s
        return found

    def arrivals(self, last_s: float) -> Iterator[tuple[Seconds, float]]:
        """Session time up to which audio had arrived, and when, on this process's monotonic clock.

        Args:
            last_s: Of the last so many seconds; what was adopted after a crash tells no time.
        """
        now_mono_s, now = time.monotonic(), utc_now()
        for chunk in self.track.chunks:
            if chunk.start_s >= self.track.end_s - last_s and not chunk.adopted:
                ago_s = (now - parse_iso(chunk.arrived_at)).total_seconds()
                yield Seconds(chunk.start_s + chunk.duration_s), now_mono_s - ago_s

    def _frames_of(self, part: Part) -> Iterator[tuple[Frame, Seconds]]:
        parser = parser_for(part.format)
        if parser is None:
            return
        try:
            data = (self.folder / part.file).read_bytes()
        except OSError as error:
            raise storage_error(error, doing=f"reading {part.file}") from error
        at_s = part.start_s
        for frame in parser.feed(data):
            if frame.samples:
                yield frame, at_s
                at_s = Seconds(at_s + frame.duration_s)
