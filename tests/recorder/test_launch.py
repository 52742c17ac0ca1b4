"""Children that outlive whoever started them."""

from __future__ import annotations

import subprocess
import sys

OUTLIVED = """
import subprocess, sys
from recorder import launch

quiet = subprocess.DEVNULL
until_told = [sys.executable, "-c", "import sys; sys.stdin.read()"]
launch.adopt(subprocess.Popen(until_told, stdout=quiet, stderr=quiet, **launch.DETACHED))
"""


def test_who_ends_before_a_child_says_nothing_of_it() -> None:
    command = [sys.executable, "-W", "always", "-c", OUTLIVED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(120) == 0
