import pytest

from app.gui.presenters.comparing import Compared, Matched, completed
from recorder.pyramid import Waveform


def compared(*matches: tuple[float, float, float, float]) -> Compared:
    return Compared(
        name="x", sentence="", is_related=True, is_same=False, notes=(), differences=(),
        matches=tuple(
            Matched(from_s=a, to_s=b, theirs_from_s=c, theirs_to_s=d) for a, b, c, d in matches
        ),
        theirs=Waveform(), theirs_s=100.0,
    )  # fmt: skip


def test_a_moment_has_its_place_in_the_other_one() -> None:
    cut = compared((0, 10, 5, 15), (13, 50, 15, 52))
    assert cut.theirs_at(4) == 9
    assert cut.theirs_at(20) == 22
    assert cut.theirs_at(12) == 15  # what theirs lacks lies where it was cut
    assert cut.ours_at(9) == 4
    assert cut.ours_at(22) == 20
    assert cut.ours_at(1) == 0  # before ours begins


def test_a_clock_that_is_off_is_followed() -> None:
    slow = compared((0, 1000, 0, 1001))
    assert slow.theirs_at(500) == pytest.approx(500.5)
    assert compared().theirs_at(7) == 7


def test_what_was_filled_is_said() -> None:
    values = {"track": "b", "filled_s": 8.3, "gaps_left": 1, "lacking": 0}
    assert str(completed(values)).startswith("8.3 s of gaps are filled, as track b.")
    assert str(completed(values)).endswith("1 gap still open.")
    nothing = {"track": "", "filled_s": 0, "gaps_left": 2, "lacking": 2}
    assert "Theirs has 2 gaps of ours too." in str(completed(nothing))
