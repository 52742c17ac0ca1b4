"""The real parts that tests are made of: programs and libraries outside Python, and patience.

A test asks for its parts by `require`. Where one is not installed the test is skipped and says so;
where `AIRCHECK_REQUIRE_PARTS` is set (`.ci/run`) it fails, so that CI cannot pass by leaving out.
"""

import ctypes.util
import os
import shutil
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.faults import lan

T = TypeVar("T")

_POLL_S = 0.01


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


_PROBES: dict[str, Callable[[], bool]] = {
    "chromium": _program("chromium"),
    "espeak-ng": _program("espeak-ng"),
    "ffmpeg": _program("ffmpeg"),
    "icecast2": _program("icecast2"),
    "netns": lan.works,
    "pactl": _program("pactl"),
    "portaudio": _library("portaudio"),
    "pulseaudio": _program("pulseaudio"),
    "ssh-keygen": _program("ssh-keygen"),
    "xvfb": _program("Xvfb"),
}


def require(*parts: str) -> None:
    """Skip the running test, or fail it where parts are required, unless all `parts` are here.

    Args:
        parts: Names out of chromium, espeak-ng, ffmpeg, icecast2, netns (network namespaces),
            pactl, portaudio, pulseaudio, ssh-keygen, xvfb.

    Raises:
        ValueError: A name is none of these.
    """
    for part in parts:
        if part not in _PROBES:
            raise ValueError(f"unknown part {part!r}; known are {', '.join(sorted(_PROBES))}")
        if not _PROBES[part]():
            report = pytest.fail if os.environ.get("AIRCHECK_REQUIRE_PARTS") else pytest.skip
            report(f"the part {part} is not installed")


def wait_until(predicate: Callable[[], T], within_s: float = 30.0, what: str = "") -> T:
    """Poll `predicate` until it returns something true, and return that.

    Args:
        predicate: Called every 10 ms on this thread.
        within_s: The test fails when nothing true came within this many seconds.
        what: What is waited for, for the failure's message.
    """
    deadline = time.monotonic() + within_s
    while True:
        result = predicate()
        if result:
            return result
        if time.monotonic() > deadline:
            pytest.fail(f"waited {within_s} s for {what or 'a condition'}; last was {result!r}")
        time.sleep(_POLL_S)


def quickest(measure: Callable[[], float], enough_s: float, tries: int = 5) -> float:
    """The least of a few measurements, in seconds: a busy machine holds one up, not all.

    Args:
        measure: Does the whole thing anew and returns how long it took.
        enough_s: After one that is shorter no other is made.
        tries: How many are made at most.
    """
    least_s = measure()
    for _ in range(tries - 1):
        if least_s < enough_s:
            break
        least_s = min(least_s, measure())
    return least_s
