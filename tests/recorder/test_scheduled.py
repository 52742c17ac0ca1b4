"""Sessions that wait for their time: real recorders, and the calendar where days pass."""

import itertools
import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recorder import journal, launch, recovery
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import NotAvailable, Refused
from recorder.events import StateChanged
from recorder.schedule import LEAD_S, Repeat, Schedule
from recorder.session import Recording
from recorder.sources.base import ChunkFacts, Sink, StopSignal
from recorder.types import Seconds, SourceKind, SourceSpec, State, utc_now
from tests.faults.hls import Broadcast, HlsServer, items
from tests.parts import wait_until
from tests.recorder.test_session import ScriptedSource, fails, in_turn, plays, states, waits

SPEC = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live?token=s3cret")


@pytest.fixture
def server() -> Iterator[HlsServer]:
    with HlsServer(Broadcast(segments=items(4), per_poll=4)) as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    yield archive
    for folder in archive.folders():
        if launch.is_running(folder):
            control = folder.path / "control.json"
            wait_until(lambda at=control, it=folder: at.exists() or it.sealed())
            launch.stop(folder)


def spec_of(server: HlsServer) -> SourceSpec:
    return SourceSpec(kind=SourceKind.STREAM, address=server.url + "?token=s3cret")


def in_a_while(seconds: float = 3600.0, repeat: Repeat | None = None) -> Schedule:
    at = (utc_now() + timedelta(seconds=LEAD_S + seconds)).replace(microsecond=0)
    return Schedule(at=at, zone="Europe/Berlin", repeat=repeat)


def test_it_waits_for_its_time_and_not_a_request_before(
    archive: Archive, server: HlsServer
) -> None:
    schedule = in_a_while(6.0)
    folder = launch.record(archive, spec_of(server), schedule=schedule)
    status = Client(folder).status()
    assert status.state is State.SCHEDULED
    assert status.detail.startswith("Announced for ")
    assert server.polls == 0
    assert folder.summary().announced_for == schedule.at
    wait_until(lambda: folder.sealed() is not None, what="the end")
    assert states(folder)[:2] == [State.SCHEDULED, State.CONNECTING]
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.duration_s > 0
    first = next(
        entry
        for entry in journal.read(folder.journal_path)
        if isinstance(entry.event, StateChanged) and entry.event.state is State.CONNECTING
    )
    assert first.at >= schedule.probe_at


def test_it_can_be_called_off(archive: Archive, server: HlsServer) -> None:
    folder = launch.record(archive, spec_of(server), schedule=in_a_while(repeat=Repeat.DAILY))
    assert launch.stop(folder)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.detail == "It was called off before its time."
    assert server.polls == 0
    assert len(archive.folders()) == 1


def test_resume_starts_what_was_scheduled_and_leaves_the_rest(
    archive: Archive, server: HlsServer
) -> None:
    folder = launch.record(archive, spec_of(server), schedule=in_a_while())
    holder = folder.holder()
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    wait_until(lambda: not launch.is_running(folder))
    assert recovery.recover_all(archive) == []
    assert launch.resume(archive) == [(folder, "")] or launch.is_running(folder)
    assert Client(folder).status().state is State.SCHEDULED
    assert launch.resume(archive) == []
    assert launch.stop(folder)
    assert launch.resume(archive) == []
    sealed = folder.sealed()
    assert sealed is not None
    assert not sealed.recovered


def test_the_next_of_a_series_is_armed_when_one_begins(archive: Archive, server: HlsServer) -> None:
    schedule = in_a_while(-1.0, Repeat.WEEKLY)
    folder = launch.record(
        archive, spec_of(server), title="The show", schedule=schedule, for_s=Seconds(600)
    )
    following = wait_until(
        lambda: next((each for each in archive.folders() if each.id != folder.id), None)
    )
    wait_until(lambda: launch.is_running(following))
    info = following.info()
    assert (info.title, info.for_s) == ("The show", 600)
    assert info.schedule == schedule.following(schedule.at)
    assert following.sources() == [("a", spec_of(server))]
    assert info.sources[0][1].address == server.url
    assert launch.repeat(folder, schedule.following(schedule.at) or schedule).id == following.id


def record(
    archive: Archive, schedule: Schedule, source: ScriptedSource
) -> tuple[SessionFolder, State]:
    folder = archive.create("The show", [("a", SPEC)], schedule=schedule)
    return folder, Recording(folder, open_source=lambda _, **__: source).run()


def test_late_by_how_much_is_said(archive: Archive) -> None:
    schedule = in_a_while(-LEAD_S - 42 * 60)
    folder, _ = record(archive, schedule, ScriptedSource(plays(b"one")))
    details = [entry.event for entry in journal.read(folder.journal_path)]
    recording = [
        event.detail
        for event in details
        if isinstance(event, StateChanged) and event.state is State.RECORDING
    ]
    assert recording == ["It began 42 min late."]


def test_one_of_a_series_that_never_came_ends_when_the_next_one_is_due(archive: Archive) -> None:
    schedule = in_a_while(-LEAD_S - 24 * 3600, Repeat.DAILY)
    absent = ScriptedSource(in_turn(waits), fails(NotAvailable("Not found.", status=404)))
    folder, final = record(archive, schedule, absent)
    assert final is State.DONE
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.detail == "Nothing came until its next time."


def test_the_first_hour_of_waiting_counts_from_the_announced_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def wait_s(error: object, *, waited_s: float, **_: object) -> Seconds:
        asked.append(waited_s)
        return Seconds(0.0)

    monkeypatch.setattr("recorder.retry.wait_s", wait_s)
    source = ScriptedSource(fails(Refused("Full.", status=503)), plays(b"one"))
    record(archive, in_a_while(-1.0), source)
    assert asked[0] < -60.0


def test_a_schedule_is_part_of_what_people_may_edit(archive: Archive) -> None:
    schedule = in_a_while(repeat=Repeat.DAILY)
    folder = archive.create("The show", [("a", SPEC)], schedule=schedule, give_up_s=Seconds(60))
    assert folder.info().schedule == schedule
    assert folder.info().give_up_s == 60
    day = schedule.at.strftime("%Y-%m-%d")
    assert folder.path.name.startswith(day)
    assert isinstance(folder.summary().announced_for, datetime)


class StepClock:
    """A wall clock that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def plays_on(sink: Sink, stop: StopSignal) -> None:
    """A second of sound at a time, until it is stopped or nothing is taken any more."""
    for number in itertools.count():
        sink.write(b"on %d" % number, Seconds(1.0))
        sink.end_chunk(ChunkFacts(status=200))
        if stop.wait(0.02):
            return


def test_what_is_always_live_is_recorded_to_the_end_of_the_announced_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = in_a_while(-60.0)
    wall = StepClock(schedule.at - timedelta(seconds=60))
    monkeypatch.setattr("recorder.session.utc_now", wall)
    monkeypatch.setattr("recorder.session.SYNC_S", 0.02)

    def its_time_comes(_: Sink, __: StopSignal) -> None:
        wall.now = schedule.at

    lead_in = plays(*(b"lead-in %d" % number for number in range(5)))
    folder = archive.create("The show", [("a", SPEC)], schedule=schedule, for_s=Seconds(3.0))
    source = ScriptedSource(in_turn(lead_in, its_time_comes, plays_on))
    assert Recording(folder, open_source=lambda _, **__: source).run() is State.DONE
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.detail == "The time asked for is over."
    assert sealed.duration_s >= 5 + 3


def test_what_begins_late_is_recorded_as_long_as_was_asked_for(archive: Archive) -> None:
    schedule = in_a_while(-LEAD_S - 600)
    folder = archive.create("The show", [("a", SPEC)], schedule=schedule, for_s=Seconds(3.0))
    at_once = plays(*(b"%d" % number for number in range(9)))
    source = ScriptedSource(in_turn(at_once, waits))
    assert Recording(folder, open_source=lambda _, **__: source).run() is State.DONE
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.duration_s == 3.0
