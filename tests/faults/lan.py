"""A network of its own, with a server in it behind a line that can be slow, lossy or dead.

A network namespace and a pair of virtual interfaces: what crosses them meets the real TCP, which
loopback hides. It needs Linux, root and iproute2; netem (delay, loss) needs a kernel that has it.
"""

import ctypes
import itertools
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

T = TypeVar("T")

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_numbers = itertools.count()


class Lan:
    """A namespace with one host in it, `address`; use as a context."""

    def __init__(self) -> None:
        """Make it.

        Raises:
            OSError: The system doesn't let us.
        """
        number = next(_numbers)
        self._name = f"aircheck-{os.getpid()}-{number}"
        self._here, self._there = (f"ac{os.getpid() % 100_000}{side}{number}" for side in "ab")
        subnet = f"10.213.{os.getpid() % 250}.{number % 60 * 4}".rpartition(".")
        first = int(subnet[2])
        self.address = f"{subnet[0]}.{first + 2}"
        try:
            _ip("netns", "add", self._name)
            link = ["link", "add", self._here, "type", "veth", "peer", "name", self._there]
            _ip(*link, "netns", self._name)
            _ip("addr", "add", f"{subnet[0]}.{first + 1}/30", "dev", self._here)
            _ip("link", "set", self._here, "up")
            _ip("-n", self._name, "addr", "add", f"{self.address}/30", "dev", self._there)
            self.mend()
        except BaseException:
            self.close()
            raise

    def inside(self, call: Callable[[], T]) -> T:
        """Call something in the namespace: a socket that it makes is there for good."""
        results: list[T] = []

        def work() -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            with Path(f"/run/netns/{self._name}").open() as namespace:
                if libc.setns(namespace.fileno(), _NEW_NETWORK) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            results.append(call())

        thread = threading.Thread(target=work, name="lan")
        thread.start()
        thread.join()
        return results[0]

    def shape(self, *discipline: str) -> None:
        """How what the host sends gets here: tc's words, as in ``netem delay 80ms``.

        Raises:
            OSError: The kernel doesn't know them.
        """
        command = ["tc", "-n", self._name, "qdisc", "replace", "dev", self._there, "root"]
        _run(*command, *discipline)

    def cut(self) -> None:
        """The line is dead: nothing arrives, and nobody is told."""
        _ip("-n", self._name, "link", "set", self._there, "down")

    def mend(self) -> None:
        """The line is there again."""
        _ip("-n", self._name, "link", "set", self._there, "up")

    def close(self) -> None:
        """Take it all away; twice without harm."""
        subprocess.run(["ip", "netns", "del", self._name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", self._here], capture_output=True, check=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def works() -> bool:
    """Whether such a network can be made here."""
    try:
        with Lan():
            return True
    except OSError:
        return False


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
