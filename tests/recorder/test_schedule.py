"""Times as people write them, against the calendar's own answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.errors import MalformedTime
from recorder.schedule import Repeat, Schedule, parse_time, zone_name

# A Monday evening in Berlin, the afternoon in New York; the session was announced for 8 p.m. ET.
NOW = datetime(2024, 8, 12, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("8pm ET", "2024-08-13T00:00Z"),
        ("8 p.m. ET", "2024-08-13T00:00Z"),
        ("8PM et", "2024-08-13T00:00Z"),
        ("8pm EDT", "2024-08-13T00:00Z"),
        ("20:00 America/New_York", "2024-08-13T00:00Z"),
        ("20:00 New York", "2024-08-13T00:00Z"),
        ("20:30", "2024-08-12T18:30Z"),
        ("20:00 Europe/Berlin", "2024-08-12T18:00Z"),
        ("19:30", "2024-08-12T17:30Z"),  # announced half an hour ago, and late
        ("18:30", "2024-08-13T16:30Z"),  # too long ago for that
        ("tomorrow 20:00", "2024-08-13T18:00Z"),
        ("tomorrow at 8pm PT", "2024-08-14T03:00Z"),
        ("tonight 9pm", "2024-08-12T19:00Z"),
        ("noon Tokyo", "2024-08-13T03:00Z"),
        ("midnight", "2024-08-12T22:00Z"),
        ("fri 7:30 pm", "2024-08-16T17:30Z"),
        ("monday 20:00", "2024-08-12T18:00Z"),
        ("monday 9:00", "2024-08-19T07:00Z"),
        ("2024-08-12T20:00-04:00", "2024-08-13T00:00Z"),
        ("2024-08-12T20:00-0400", "2024-08-13T00:00Z"),
        ("2024-08-13T00:00:30Z", "2024-08-13T00:00:30Z"),
        ("2024-08-13 00:00:30.250Z", "2024-08-13T00:00:30Z"),
        ("2024-12-24 18:00", "2024-12-24T17:00Z"),
        ("2024-12-24 6pm EST", "2024-12-24T23:00Z"),
        ("20.00", "2024-08-12T18:00Z"),
        ("8.30pm ET", "2024-08-13T00:30Z"),
        ("21 Nov 20:00", "2024-11-21T19:00Z"),
        ("21. November 20.00", "2024-11-21T19:00Z"),
        ("Nov 21st, 8pm ET", "2024-11-22T01:00Z"),
        ("Thu, Nov 21 2024 at 8pm ET", "2024-11-22T01:00Z"),
        ("thursday 21 nov, 2024, noon", "2024-11-21T11:00Z"),
        ("13.8. 20:00", "2024-08-13T18:00Z"),
        ("13.8.2024 20:00 New York", "2024-08-14T00:00Z"),
        ("1 May 20:00", "2025-05-01T18:00Z"),
        ("sept 5 20:00", "2024-09-05T18:00Z"),
        ("12 Aug 19:30", "2024-08-12T17:30Z"),
    ],
)
def test_times_as_people_write_them(text: str, at: str) -> None:
    assert parse_time(text, now=NOW, here="Europe/Berlin").at == datetime.fromisoformat(at)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("soon", "not a time", "8pm ET"),
        ("", "not a time", "8pm ET"),
        ("8", "morning or evening", "8pm"),
        ("25:00", "not a time of day", "20:00"),
        ("13pm", "no 13 pm", "20:00"),
        ("8pm Atlantis", "no time zone", "Europe/Berlin"),
        ("8pm CST", "several zones", "Asia/Shanghai"),
        ("8pm EST", "keeps EDT", "America/New_York"),
        ("someday 20:00", "no day", "tomorrow"),
        ("2024-02-30 20:00", "no day", "tomorrow"),
        ("30 Feb 20:00", "no day", "tomorrow"),
        ("Fri, 21 Nov 20:00", "is a Thursday, not a Fri", "tomorrow"),
        ("21 Novembrr 20:00", "no day", "tomorrow"),
        ("8/13 20:00", "not a time", "tomorrow"),
        ("21 Nov 2023 20:00", "is past: it was Tuesday, 21 November 2023", "at once"),
        ("2024-08-11 20:00", "is past: it was Sunday, 11 August", "at once"),
        ("tonight 10:00", "is past", "at once"),
        ("2025-03-30 02:30", "does not exist", "02:30 +01:00 or +02:00"),
        ("2024-10-27 02:30", "comes twice", "02:30 +02:00 or +01:00"),
        ("20:00 +25:00", "no time zone", "8pm ET"),
    ],
)
def test_what_is_no_time_or_could_be_two_says_what_to_write(
    text: str, said: str, hint: str
) -> None:
    with pytest.raises(MalformedTime) as caught:
        parse_time(text, now=NOW, here="Europe/Berlin")
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_status == 2


def test_an_offset_that_the_hint_names_is_understood() -> None:
    assert parse_time("2024-10-27 02:30 +01:00", now=NOW).at == datetime(
        2024, 10, 27, 1, 30, tzinfo=UTC
    )


def test_a_repeat_keeps_the_clock_of_its_zone_over_a_change_of_season() -> None:
    once = parse_time("2024-10-26 20:00 Europe/Berlin", now=NOW, repeat=Repeat.DAILY)
    following = once.following(once.at)
    assert following is not None
    assert following.at - once.at == timedelta(hours=25)
    assert following.local.hour == once.local.hour == 20


def test_what_was_missed_is_not_made_up_for() -> None:
    weekly = Schedule(at=NOW, zone="America/New_York", repeat=Repeat.WEEKLY)
    following = weekly.following(NOW + timedelta(days=20))
    assert following is not None
    assert following.at == NOW + timedelta(days=21)
    assert Schedule(at=NOW).following(NOW) is None


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001 (made aware below)
    st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata", "+05:45", "UTC"]),
    st.sampled_from([None, *Repeat]),
)
def test_a_schedule_survives_being_written(at: datetime, zone: str, repeat: Repeat | None) -> None:
    schedule = Schedule(at=at.replace(microsecond=0, tzinfo=UTC), zone=zone, repeat=repeat)
    assert Schedule.from_json(schedule.to_json()) == schedule
    assert schedule.local == schedule.at


@pytest.mark.parametrize(
    ("text", "name"),
    [("europe/berlin", "Europe/Berlin"), ("berlin", "Europe/Berlin"), ("PT", "America/Los_Angeles"),
     ("+0530", "+05:30"), ("utc", "UTC")],
)  # fmt: skip
def test_zones(text: str, name: str) -> None:
    assert zone_name(text) == name
