"""When to try again."""

from hypothesis import given
from hypothesis import strategies as st

from recorder import retry
from recorder.errors import ConnectionLost, NotAvailable, Refused
from recorder.types import Seconds


@given(
    asked_s=st.floats(0, 1e6),
    failures=st.integers(1, 10_000),
    waited_s=st.floats(0, 1e6),
    has_audio=st.booleans(),
)
def test_retry_after_is_never_violated_and_kept_within_half_a_second(
    asked_s: float, failures: int, waited_s: float, *, has_audio: bool
) -> None:
    error = Refused("Full.", status=503, retry_after_s=Seconds(asked_s))
    wait_s = retry.wait_s(error, failures=failures, waited_s=waited_s, has_audio=has_audio)
    assert asked_s <= wait_s <= asked_s + 0.5


def test_the_cadence() -> None:
    missing, lost = NotAvailable("Not found."), ConnectionLost("Lost.")
    assert retry.wait_s(missing, failures=1, waited_s=0, has_audio=False) == 2
    assert retry.wait_s(missing, failures=9, waited_s=3599, has_audio=False) == 2
    assert retry.wait_s(missing, failures=9, waited_s=3600, has_audio=False) == 5
    assert retry.wait_s(lost, failures=1, waited_s=0, has_audio=True) < 1
    assert retry.wait_s(lost, failures=50, waited_s=60, has_audio=True) == 2
