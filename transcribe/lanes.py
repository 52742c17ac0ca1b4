"""Work on several threads at once, as many as may be at the moment."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import psutil

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_END: Any = object()


def in_lanes(
    work: Callable[[_Item], _Result], items: Iterable[_Item], lanes: Callable[[], int]
) -> Iterator[_Result]:
    """As `map`, with several at work at once; the results come in the items' order.

    The items are made on the caller's thread, one ahead of those at work.

    Args:
        work: Runs on a thread of its own for each item.
        items: What it is done with.
        lanes: How many threads may be at work beside the caller's; with 0 they take turns, an item
            and then its work, so that never more than one computes. It is asked before each item,
            so that the answer may change; what it raises ends all.

    Raises:
        Exception: What `work`, `items` and `lanes` raise. Nothing more is begun then, and what is
            at work ends first; only an interruption doesn't wait for it.
    """
    left = iter(items)
    running: set[Future[_Result]] = set()
    asked: deque[Future[_Result]] = deque()
    pool = ThreadPoolExecutor(thread_name_prefix="lane")
    try:
        while True:
            while len(running) > lanes():
                running = _without_done(running)
            item = next(left, _END)
            if item is _END:
                break
            while len(running) >= max(1, lanes()):
                running = _without_done(running)
            asked.append(pool.submit(work, item))
            running.add(asked[-1])
            while asked and asked[0].done():
                yield asked.popleft().result()
        while running:
            running = _without_done(running)
        while asked:
            yield asked.popleft().result()
    except Exception:
        wait(running)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@functools.cache
def cores() -> int:
    """How many threads of this machine can compute without sharing a core."""
    return psutil.cpu_count(logical=False) or 1


def _without_done(running: set[Future[_Result]]) -> set[Future[_Result]]:
    """Wait until something is done; what goes on. Raises what went wrong."""
    done, going_on = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return going_on
