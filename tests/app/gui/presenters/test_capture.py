import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.gui.presenters import notes
from app.gui.presenters.capture import (
    RequestError,
    Wish,
    begins_address,
    is_source,
    length_of,
    record,
    schedule_of,
    source_in,
    spoken,
    zones,
)
from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.schedule import Repeat
from recorder.types import SourceKind, State
from tests.parts import wait_until
from tests.recorder.builders import build_session

NOW = datetime(2024, 8, 13, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "https://radio.example/live.m3u8",
        " HTTP://radio.example ",
        "device:USB Microphone",
        "system",
        "system:HDMI",
        "/home/me/talk.mp3",
        "~/talk.mp3",
        "./talk.mp3",
        r"C:\talk.mp3",
    ],
)
def test_what_names_a_source(text: str) -> None:
    assert is_source(text)


@pytest.mark.parametrize(
    "text",
    ["", "unedited audio", "systematic", '"the system"', "title:kitchen", "and/or", "a: b", "http"],
)
def test_what_is_searched(text: str) -> None:
    assert not is_source(text)


@pytest.mark.parametrize(
    "text", ["http", "http:", "http:/", "HTTPS:/", "https://", "rtsp:/", "ftp://h"]
)
def test_what_begins_an_address_is_not_searched_while_it_is_typed(text: str) -> None:
    assert begins_address(text)


@pytest.mark.parametrize(
    "text", ["", "htt", "https yes", "title:kitchen", "and/or", "a: /b", "a b:/"]
)
def test_what_begins_no_address(text: str) -> None:
    assert not begins_address(text)


def test_a_link_is_found_in_what_was_copied_with_it() -> None:
    assert source_in("Live tonight!\n  https://x.example/i/spaces/1 \n") == (
        "https://x.example/i/spaces/1"
    )
    assert source_in("nothing\nto record") == ""


def test_a_time_is_read_on_the_clock_that_was_chosen() -> None:
    wish = Wish(source="", when="2024-08-13 20:00", zone="America/New_York", repeat=Repeat.WEEKLY)
    schedule = schedule_of(wish, NOW)
    assert schedule is not None
    assert schedule.at == datetime(2024, 8, 14, 0, 0, tzinfo=UTC)
    assert spoken(schedule, NOW) == (
        "Tuesday, 13 Aug, 20:00 EDT (Wed 00:00 here), in 12 h, then every week"
    )
    assert schedule_of(Wish(source=""), NOW) is None


def test_what_cannot_be_a_time_is_said() -> None:
    with pytest.raises(RequestError):
        schedule_of(Wish(source="", when="25 o'clock"), NOW)
    with pytest.raises(RequestError):
        schedule_of(Wish(source="", repeat=Repeat.DAILY), NOW)


def test_lengths_as_they_are_typed() -> None:
    assert length_of(" 1h30m ") == 5_400
    assert length_of("") is None
    with pytest.raises(RequestError):
        length_of("soon")


def test_the_zones_are_those_that_people_know() -> None:
    assert {"Europe/Berlin", "America/New_York", "UTC"} <= set(zones())
    assert "Etc/GMT+3" not in zones()


@pytest.mark.parametrize(
    "wish",
    [
        Wish(source=__file__, length="5m"),
        Wish(source="https://radio.example/", split_channels=True),
        Wish(source="device:Mic", mirrors=("system",), split_channels=True),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_made(
    tmp_path: Path, wish: Wish
) -> None:
    with pytest.raises(RequestError):
        record(Archive(tmp_path), wish)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def scheduled(tmp_path: Path) -> Iterator[SessionFolder]:
    wish = Wish(
        source="http://127.0.0.1:9/live",
        title="The conversation",
        when="tomorrow 20:00",
        zone="Europe/Berlin",
        repeat=Repeat.DAILY,
        length="90m",
        give_up="20m",
        mirrors=("http://127.0.0.1:9/other", ""),
    )
    folder = record(Archive(tmp_path), wish)
    yield folder
    Client(folder).stop()
    wait_until(lambda: not (launch.is_running(folder) or launch._children), 30, "its end")
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_all_that_was_asked_for_reaches_the_recorder(scheduled: SessionFolder) -> None:
    info = scheduled.info()
    assert info.title == "The conversation"
    assert (info.for_s, info.give_up_s) == (5_400, 1_200)
    assert info.schedule is not None
    assert (info.schedule.zone, info.schedule.repeat) == ("Europe/Berlin", Repeat.DAILY)
    tracks = [(track, spec.kind) for track, spec in info.sources]
    assert tracks == [("a", SourceKind.STREAM)] * 2
    assert Client(scheduled).status().state is State.SCHEDULED


def test_notes_are_kept_with_their_moments(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    notes.add(folder, 62.4, "They\nask about it.")
    notes.add(folder, 63.0, "An answer")
    assert folder.info().notes == "1:02  They ask about it.\n1:03  An answer"
