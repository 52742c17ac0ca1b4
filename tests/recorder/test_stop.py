"""A stop ends every state at once, whatever is waited for: real servers that never answer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from recorder.archive import Archive, SessionFolder
from recorder.errors import DiskFull
from recorder.schedule import Schedule
from recorder.session import Recording
from recorder.sources.open import open_source
from recorder.types import SourceKind, SourceSpec, State, utc_now
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.hls import Broadcast, Fault, HlsServer, items
from tests.faults.sound import encoded
from tests.faults.wire import Connection, WireServer
from tests.parts import wait_until
from tests.recorder.test_session import SPEC, ScriptedSource

AT_ONCE_S = 5.0
"""Far more than it takes (`make bench` tells), far less than any of the waits here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A recording in a state that lasts.

    Attributes:
        serve: Makes the address, of a server that is closed with the stack.
        is_there: Whether it has come to what is to be stopped.
    """

    name: str
    serve: Callable[[ExitStack], str]
    is_there: Callable[[Recording], bool]
    schedule: Schedule | None = None


def _wire(script: Callable[[Connection], None]) -> Callable[[ExitStack], str]:
    return lambda stack: stack.enter_context(WireServer(script)).url("/live")


def _station(*listeners: Listener) -> Callable[[ExitStack], str]:
    def serve(stack: ExitStack) -> str:
        programme = Programme(encoded("mp3", 25.0))
        return stack.enter_context(Station(programme, *listeners, burst_s=1.0)).url()

    return serve


def _hls(broadcast: Callable[[], Broadcast]) -> Callable[[ExitStack], str]:
    return lambda stack: stack.enter_context(HlsServer(broadcast())).url


def _stalled_segment() -> Broadcast:
    on_air = Broadcast(segments=items(9, frames=24), position=4, per_poll=0, target=10)
    on_air.fail(2, Fault(stall=True), times=9)
    return on_air


def _becomes(*states: State) -> Callable[[Recording], bool]:
    return lambda recording: recording.status().state in states


CASES = [
    Case(
        name="scheduled",
        serve=_wire(lambda it: it.whole(b"", "text/plain")),
        is_there=_becomes(State.SCHEDULED),
        schedule=Schedule(at=utc_now() + timedelta(days=1)),
    ),
    Case(
        name="waiting",
        serve=_wire(lambda it: it.whole(b"", "text/plain", status="404 Not Found")),
        is_there=_becomes(State.WAITING),
    ),
    Case(
        name="refused, to be asked in an hour",
        serve=_wire(lambda it: it.whole(b"", "text/plain", "Retry-After: 3600", status="503 Full")),
        is_there=_becomes(State.REFUSED),
    ),
    Case(
        name="connecting, to a server that says nothing",
        serve=_wire(lambda it: it.closing.wait(60) and None),
        is_there=_becomes(State.CONNECTING),
    ),
    Case(
        name="connecting, to headers that drip",
        serve=_wire(lambda it: it.send(b"HTTP/1.1 200 OK\r\nContent-") or it.closing.wait(60)),
        is_there=_becomes(State.CONNECTING),
    ),
    Case(
        name="recording a stream",
        serve=_station(Listener()),
        is_there=_becomes(State.RECORDING),
    ),
    Case(
        name="recording a stream that stalls",
        serve=_station(Listener(break_after_s=0.1, ends_by="stall")),
        is_there=_becomes(State.RECORDING),
    ),
    Case(
        name="reconnecting, refused for a minute",
        serve=_station(
            Listener(break_after_s=0.2),
            Listener(status="429 Slow Down", headers=["Retry-After: 60"]),
        ),
        is_there=_becomes(State.REFUSED),
    ),
    Case(
        name="recording HLS, between two polls",
        serve=_hls(
            lambda: Broadcast(segments=items(9, frames=24), position=3, per_poll=0, target=10)
        ),
        is_there=_becomes(State.RECORDING),
    ),
    Case(
        name="recording HLS, in a segment that stalls",
        serve=_hls(_stalled_segment),
        is_there=_becomes(State.RECORDING),
    ),
]


def stop_takes_s(folder: SessionFolder, is_there: Callable[[Recording], bool]) -> float:
    """Record until something is so, stop, and measure until the session is sealed."""
    recording = Recording(folder, open_source=open_source)
    thread = threading.Thread(target=recording.run, name="recording")
    thread.start()
    try:
        wait_until(lambda: is_there(recording))
        began_s = time.perf_counter()
    finally:
        recording.stop()
        thread.join(30)
    assert not thread.is_alive()
    return time.perf_counter() - began_s


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_stops_at_once(case: Case, tmp_path: Path, cleanup: ExitStack) -> None:
    spec = SourceSpec(kind=SourceKind.STREAM, address=case.serve(cleanup))
    folder = Archive(tmp_path).create("A session", [("a", spec)], schedule=case.schedule)
    assert stop_takes_s(folder, case.is_there) < AT_ONCE_S
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.state is State.DONE


def _fill(*_: object) -> None:
    raise DiskFull("The disk is full.")


def test_a_full_disk_is_no_reason_to_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recorder.capture._PROBE_DISK_S", 60.0)
    folder = Archive(tmp_path).create("A session", [("a", SPEC)])
    full = ScriptedSource(_fill)
    recording = Recording(folder, open_source=lambda _, **__: full)
    thread = threading.Thread(target=recording.run, name="recording")
    thread.start()
    wait_until(lambda: recording.status().state is State.PAUSED)
    recording.stop()
    thread.join(AT_ONCE_S)
    assert not thread.is_alive()
