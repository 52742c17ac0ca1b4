import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gui.presenters.span import LEAST_S, View

HOURS_8 = 28_800.0
whole = View().of(HOURS_8)


def test_all_is_shown_at_first_and_while_it_grows() -> None:
    assert (whole.from_s, whole.to_s, whole.is_whole) == (0, HOURS_8, True)
    assert whole.of(HOURS_8 + 1).to_s == HOURS_8 + 1
    zoomed = whole.zoomed(10, 100.0)
    grown = zoomed.of(HOURS_8 + 60)
    assert (grown.from_s, grown.length_s) == (zoomed.from_s, zoomed.length_s)


@given(
    factors=st.lists(st.tuples(st.floats(0.05, 20), st.floats(0, HOURS_8)), max_size=20),
    by_s=st.floats(-1e5, 1e5),
)
def test_it_never_leaves_the_whole(factors: list[tuple[float, float]], by_s: float) -> None:
    view = whole
    for factor, around_s in factors:
        view = view.zoomed(factor, around_s).moved(by_s)
        assert view.from_s >= 0
        assert view.to_s <= HOURS_8 + 1e-6
        assert view.length_s >= LEAST_S - 1e-6


def test_what_is_pointed_at_stays_where_it_is() -> None:
    view = whole.zoomed(16, 10_000.0)
    share = (10_000.0 - view.from_s) / view.length_s
    assert share == pytest.approx(10_000.0 / HOURS_8)


def test_it_turns_on_only_when_the_moment_is_not_seen() -> None:
    view = whole.shown(100.0, 160.0)
    assert view.following(159.0) is view
    after = view.following(160.5)
    assert after.from_s < 160.5 < after.to_s
    assert after.length_s == pytest.approx(60.0)


@pytest.mark.parametrize("length_s", [1.0, 37.0, 4000.0, HOURS_8])
def test_times_are_round_and_few(length_s: float) -> None:
    ticks = whole.shown(0.0, length_s).ticks(8)
    assert 1 <= len(ticks) <= 10
    assert ticks == sorted(set(ticks))


def test_an_empty_session_shows_nothing() -> None:
    view = View().of(0.0)
    assert view.ticks(5) == []
    assert view.zoomed(2, 0.0).length_s == 0
    assert view.following(3.0) is view
