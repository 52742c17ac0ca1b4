"""What is read from openai-whisper's sources."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from transcribe import reference


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as can be, in the midst of collecting garbage, too."""

    def callback(_phase: str, _info: dict[str, int]) -> None:
        sum(range(200))

    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    gc.callbacks.append(callback)
    yield
    gc.callbacks.remove(callback)
    sys.setswitchinterval(interval_s)


@pytest.mark.usefixtures("restless")
def test_threads_may_ask_for_the_languages_at_once() -> None:
    went_wrong: list[SystemError] = []

    def ask() -> None:
        try:
            for _ in range(40):
                reference._constant.cache_clear()
                reference.languages.cache_clear()
                assert reference.languages()[:2] == ("en", "zh")
        except SystemError as error:
            went_wrong.append(error)

    threads = [threading.Thread(target=ask, name=f"asks {number}") for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert went_wrong == []
