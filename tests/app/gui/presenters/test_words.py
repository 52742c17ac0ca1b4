from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gui.presenters import figures, words
from recorder.errors import NotAudio
from recorder.types import GapReason, Seconds, State, iso

NOW = datetime(2024, 8, 13, 20, 0, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("at_s", "said"),
    [(0, "0:00"), (7.9, "0:07"), (754, "12:34"), (3_723, "1:02:03"), (-1, "0:00")],
)
def test_clock(at_s: float, said: str) -> None:
    assert words.clock(at_s) == said


@pytest.mark.parametrize(
    ("duration_s", "said"),
    [
        (0.44, "0.4 s"),
        (2.0, "2 s"),
        (35.2, "35 s"),
        (99.4, "99 s"),
        (99.6, "2 min"),
        (720, "12 min"),
        (6_120, "1 h 42 min"),
        (3_590, "1 h"),
    ],
)
def test_length(duration_s: float, said: str) -> None:
    assert words.length(duration_s) == said


@given(st.floats(min_value=0, max_value=1e6))
def test_a_length_never_shows_sixty_minutes(duration_s: float) -> None:
    assert "60 min" not in words.length(duration_s)


def test_days_are_those_of_the_zone_one_lives_in() -> None:
    assert words.day(datetime(2024, 8, 12, 22, 30, tzinfo=UTC), NOW) == "today, 00:30"
    assert words.day(datetime(2024, 8, 12, 21, 30, tzinfo=UTC), NOW) == "yesterday, 23:30"
    assert words.day(datetime(2024, 2, 1, 9, 5, tzinfo=UTC), NOW) == "1 Feb, 11:05"
    assert words.day(datetime(2023, 2, 1, 9, 5, tzinfo=UTC), NOW) == "1 Feb 2023, 11:05"
    assert words.day(None, NOW) == ""


def test_gaps_are_counted_and_summed() -> None:
    assert words.gaps(0) == "no gaps"
    assert words.gaps(1) == "1 gap"
    assert words.gaps(3, Seconds(12.0)) == "3 gaps, 12 s in all"


def test_a_countdown_counts_down() -> None:
    def said(in_s: float) -> str:
        return words.countdown(iso(NOW + timedelta(seconds=in_s)), NOW)

    assert said(12) == "next try in 12 s"
    assert said(150) == "next try in 2:30"
    assert said(-1) == "trying now"
    assert words.countdown("", NOW) == ""


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_an_icon_and_a_word(state: State) -> None:
    look = words.look_of(state, is_held=True)
    assert look.icon
    assert look.word == str(state).capitalize()


def test_live_is_the_colour_of_recording_and_of_nothing_else() -> None:
    live = [state for state in State if words.look_of(state, is_held=True).role == "live"]
    assert live == [State.RECORDING]


def test_what_is_not_a_state_is_said_too() -> None:
    assert words.look_of(State.DONE, recovered=True).word == "Recovered"
    assert words.look_of(State.RECORDING).word == "Interrupted"
    assert words.look_of(State.FAILED, problem="no journal").word == "Unreadable"


def test_an_error_becomes_three_sentences() -> None:
    error = NotAudio("This is a picture.", safe="Nothing was lost.", hint="Try another link.")
    assert str(words.Message.of(error)) == "This is a picture. Nothing was lost. Try another link."


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (412_345, "412 kB"), (1_340_000_000, "1.3 GB")]
)
def test_size(count: int, said: str) -> None:
    assert words.size(count) == said


def test_what_would_break_or_turn_a_line_is_taken_from_it() -> None:
    text = "Late\nnews\x1b[31m \u202egnp.exe\u2028end"
    plain = words.one_line(text)
    assert plain == "Late news [31m \u200bgnp.exe end"
    assert len(plain) == len(text)
    assert words.one_line("Grüße, 東京, مرحبا") == "Grüße, 東京, مرحبا"


@pytest.mark.parametrize("reason", list(GapReason))
def test_every_reason_has_its_words(reason: GapReason) -> None:
    assert words.reason(reason) == str(reason)


def test_what_is_not_transcribed_is_counted() -> None:
    assert words.untranscribed(0) == ""
    assert words.untranscribed(1) == "1 session is not transcribed yet"
    assert words.untranscribed(1_200) == "1,200 sessions are not transcribed yet"


@pytest.mark.parametrize(
    ("left_s", "said"),
    [(None, ""), (2, "a few seconds left"), (42.2, "about 43 s left"), (600, "about 10 min left")],
)
def test_what_is_left(left_s: float | None, said: str) -> None:
    assert words.left(left_s) == said


class Backwards:
    """Figures of a place where all is different."""

    def date(self, moment: datetime, *, has_year: bool) -> str:
        return f"{moment:%y/%d}" if has_year else f"{moment:%d/%m}"

    def time(self, moment: datetime) -> str:
        return f"{moment:%H Uhr %M}"

    def number(self, value: float, decimals: int = 0) -> str:
        return f"{value:.{decimals}f}".replace(".", ",")


def test_figures_are_those_of_the_place() -> None:
    figures.use(Backwards())
    try:
        assert words.day(datetime(2024, 2, 1, 9, 5, tzinfo=UTC), NOW) == "01/02, 11 Uhr 05"
        assert words.length(0.44) == "0,4 s"
        assert words.size(1_340_000_000) == "1,3 GB"
        assert figures.percent(0.5) == "50 %"
    finally:
        figures.use(figures.English())


def test_what_recorded_nothing_is_not_called_done() -> None:
    empty = words.look_of(State.DONE, is_empty=True)
    assert (empty.word, empty.icon) == ("Empty", "circle-off")
    assert words.look_of(State.SCHEDULED, is_empty=True).word == "Scheduled"
