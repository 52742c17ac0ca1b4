"""Times in the words of the window's language."""

from datetime import UTC, datetime

import pytest

from app.gui.presenters.capture import RequestError, read_time
from app.gui.presenters.spoken import in_english
from recorder.types import iso

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("morgen 20:00", "2026-11-22T20:00"),
        ("Morgen um 20 Uhr", "2026-11-22T20:00"),
        ("heute 20 Uhr 15", "2026-11-21T20:15"),
        ("heute Abend 20:00", "2026-11-21T20:00"),
        ("heute Mittag", "2026-11-21T12:00"),
        ("am Freitag um 20.30 Uhr", "2026-11-27T20:30"),
        ("Mo. 20:00", "2026-11-23T20:00"),
        ("13. Mai 20:00", "2027-05-13T20:00"),
        ("1. März, 8 Uhr", "2027-03-01T08:00"),
        ("8 am", "2026-11-21T08:00"),
        ("8pm", "2026-11-21T20:00"),
        ("tomorrow 20:00", "2026-11-22T20:00"),
    ],
)
def test_times_in_german(german: None, text: str, at: str) -> None:
    assert iso(read_time(text, NOW, zone="UTC").at).startswith(at)


def test_zones_stay_as_they_are(german: None) -> None:
    assert in_english("morgen 20:00 Europe/Berlin") == "tomorrow 20:00 Europe/Berlin"
    assert in_english("20:00 CET") == "20:00 CET"


def test_what_is_no_time_is_said_in_german(german: None) -> None:
    with pytest.raises(RequestError, match="keine Zeit"):
        read_time("blah", NOW)
    with pytest.raises(RequestError, match="vorbei"):
        read_time("2024-08-13 20:00", NOW)


def test_in_english_nothing_is_turned() -> None:
    assert in_english("on sun at 8 o'clock") == "on sun at 8 o'clock"
    with pytest.raises(RequestError, match="not a time"):
        read_time("yesterday 20:00", NOW)
