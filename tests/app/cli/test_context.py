"""Times as people write and read them."""

import pytest

from app.cli.context import clock, exact_clock
from app.lengths import parse_duration, parse_moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("1:30:00", 5400), ("2.5", 2.5)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "x", "-5", "0", "5 parsecs", "1:x", "nan", "inf", "m", "::", "1:-5", "1e3", "1_0"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(text)


def test_a_moment_may_be_zero() -> None:
    assert parse_moment("0") == 0
    assert parse_moment("0:00") == 0
    assert parse_moment("42:00") == 2520


@pytest.mark.parametrize("text", ["", " ", ":", ".", "s", "-0", "-1:30"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_moment(text)


def test_clocks() -> None:
    assert clock(2527.9) == "42:07"
    assert clock(3600 + 42 * 60 + 7) == "1:42:07"
    assert exact_clock(59.96) == "01:00.0"
    assert exact_clock(2527.34) == "42:07.3"
