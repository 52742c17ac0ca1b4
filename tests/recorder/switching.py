"""A sound server whose sinks come and go at random, while one of them is recorded.

What 'Speakers' plays carries the mark 1, what 'Headset' plays the mark 2, so that a sample of the
wrong one shows (`tests.pulseserver.numbers_in`).
"""

import random
import threading
from datetime import datetime
from pathlib import Path

from recorder.archive import SessionFolder
from recorder.timeline import Track
from recorder.types import utc_now
from tests.parts import wait_until
from tests.pulseserver import PulseServer, write_numbered

LENGTH_S = 60
_PAUSE_S = 0.4  # between two changes, at most
_LEAST_STAY_S = 0.3  # of a sink that came back


class Switching:
    """Changes what a recording of 'Speakers' meets.

    Attributes:
        returns: When 'Speakers' came back, on the wall clock.
    """

    def __init__(self, server: PulseServer, home: Path, *, seed: int = 7) -> None:
        """Play on both sinks, which are there, and on a third, which is the default one."""
        self._server = server
        self._random = random.Random(seed)
        foreign = write_numbered(home / "foreign.wav", LENGTH_S, mark=2)
        own = write_numbered(home / "speakers.wav", LENGTH_S, mark=1)
        self._signals = {"other": foreign, "speakers": own, "headset": foreign}
        self._pause = threading.Event()  # never set
        self.returns: list[datetime] = []
        server.add_sink("other", "Other")
        for sink in self._signals:
            self._play(sink, default="headset" if sink == "other" else "other")

    def _play(self, sink: str, *, default: str = "other") -> None:
        """Play on a sink that is not the default one: else the player would move with that."""
        with self._server.control() as pulse:
            pulse.default_set(pulse.get_sink_by_name(default))
        self._server.play(self._signals[sink], sink)
        self._server.pin_players(sink, by=default)

    def change(self) -> str:
        """Do something, at random; returns what."""
        deed = self._random.choice(
            [self._switch_sink, self._switch_source, self._move, self._reload, self._reload_other]
        )
        deed()
        self._rest()
        return deed.__name__.strip("_")

    def _switch_sink(self) -> None:
        with self._server.control() as pulse:
            name = self._random.choice(["speakers", "headset"])
            pulse.default_set(pulse.get_sink_by_name(name))

    def _switch_source(self) -> None:
        with self._server.control() as pulse:
            name = self._random.choice(["speakers", "headset"])
            pulse.default_set(pulse.get_source_by_name(f"{name}.monitor"))

    def _move(self) -> None:
        """Away, and sometimes back at once."""
        self._server.move_recordings("headset.monitor")
        if self._random.random() < 0.5:
            self._pause.wait(self._random.uniform(0, 0.05))
            self._server.move_recordings("speakers.monitor")

    def _reload(self) -> None:
        self._server.stop_players("speakers")
        self._server.remove_sink("speakers")
        self._rest()
        self._server.add_sink("speakers", "Speakers")
        self.returns.append(utc_now())
        self._pause.wait(_LEAST_STAY_S)
        self._play("speakers")

    def _reload_other(self) -> None:
        self._server.stop_players("headset")
        self._server.remove_sink("headset")
        self._rest()
        self._server.add_sink("headset", "Headset")
        self._play("headset")

    def _rest(self) -> None:
        self._pause.wait(self._random.uniform(0, _PAUSE_S))


def wait_for_sound(folder: SessionFolder) -> None:
    """Wait until a recording grows by a second, without a new gap."""

    def grown() -> bool:
        track = track_of(folder)
        return bool(track) and track.end_s - track.runs[-1].start_s > 1

    begun = recorded_s(folder)
    wait_until(lambda: recorded_s(folder) > begun + 1 and grown(), what="a second of sound")


def track_of(folder: SessionFolder) -> Track:
    """A session's track a."""
    return folder.timeline().tracks["a"]


def recorded_s(folder: SessionFolder) -> float:
    """How far a session's track a has come; 0 before it begins."""
    track = folder.timeline().tracks.get("a")
    return track.end_s if track else 0.0


def late_s(folder: SessionFolder, returned_at: datetime) -> float:
    """Seconds from a return of the sink to the first sample that was recorded after it."""
    timeline = folder.timeline()
    starts = [timeline.wall_clock(run.start_s) for run in timeline.tracks["a"].runs]
    later = [start for start in starts if start and start > returned_at]
    ends = [timeline.wall_clock(run.end_s) for run in timeline.tracks["a"].runs]
    if any(
        start and end and start <= returned_at <= end
        for start, end in zip(starts, ends, strict=True)
    ):
        return 0.0
    return (min(later) - returned_at).total_seconds() if later else float("inf")
