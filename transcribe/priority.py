"""How little these processes ask of the machine while others need it."""

from __future__ import annotations

import contextlib
import os
import sys

import psutil

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # numpy's products are small; its threads spin
    # Each layer of the encoder takes 70 MB and gives them back. By itself glibc gets them from the
    # kernel each time, page by page, a tenth of all the time; so they stay with it (mallopt(3)).
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
}
"""What a process that hears is started with: it is read when its libraries are loaded."""

_NICENESS = 10


def give_way() -> None:
    """Lower this process's priority, so that a recorder beside it never waits.

    Called before torch is loaded, which reads the wait policy once.
    """
    # OpenMP's threads spin while they wait for each other. On a busy machine of two cores that
    # made two threads 20 times slower than one; asleep they are as fast.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with contextlib.suppress(psutil.Error, OSError):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            os.nice(_NICENESS)
