import threading
import time

import pytest

from recorder.sources import deadline
from recorder.types import Seconds
from tests.parts import wait_until


def test_a_result_in_time_is_returned() -> None:
    assert deadline.call(lambda: 7, within_s=Seconds(5), name="quick") == 7


def test_an_error_in_time_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        deadline.call(lambda: 1 // 0, within_s=Seconds(5), name="quick")


def test_what_hangs_is_left_and_its_late_result_taken_care_of() -> None:
    goes_on, late = threading.Event(), list[int]()

    def hang() -> int:
        goes_on.wait(10)
        return 7

    began_s = time.monotonic()
    with pytest.raises(TimeoutError, match="stuck hangs"):
        deadline.call(hang, within_s=Seconds(0.05), name="stuck", if_late=late.append)
    assert time.monotonic() - began_s < 5
    assert late == []
    goes_on.set()
    wait_until(lambda: late == [7], what="the late result")


def test_an_error_that_comes_late_is_nobodys() -> None:
    goes_on, ended = threading.Event(), threading.Event()

    def hang() -> None:
        goes_on.wait(10)
        ended.set()
        raise OSError

    with pytest.raises(TimeoutError):
        deadline.call(hang, within_s=Seconds(0.01), name="stuck")
    goes_on.set()
    assert ended.wait(5)
