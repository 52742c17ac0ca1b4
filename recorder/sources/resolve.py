"""From a page's address to the stream behind it, by yt-dlp in a child process.

A child, since yt-dlp can hang, and knows two thousand sites by parsing what they send: it gets a
time limit, is killed on stop, and tells its answer as one JSON object (`recorder.sources.ytdlp`).
The page's address goes to it by its standard input, so that no token shows in a list of processes;
so does where its cookies are. Cookies themselves are read there, and go no further than to the
stream: nothing of them is stored.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from recorder.errors import NotAudio, NotAvailable, Refused
from recorder.sources.access import Access
from recorder.sources.base import StopSignal
from recorder.sources.fetch import Stopped
from recorder.types import Seconds, redact

TIME_LIMIT_S = Seconds(60.0)
"""Seconds that a page may take."""

BEST = "/".join(
    f"{kind}[protocol{protocol}]"
    for kind in ("bestaudio", "best")
    for protocol in ("^=m3u8", "=https", "=http")
)
"""The best audio that can be fetched, in yt-dlp's terms: HLS, or one file; never DASH."""

AS_SERVED = "bestaudio[acodec^=mp4a]/bestaudio[acodec=mp3]/bestaudio/best"
"""Rather audio whose packets can be kept one by one: what fills gaps."""

_SLICE_S = 0.04
_LONGEST_ANSWER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPage:
    """What is behind a page.

    Attributes:
        url: The stream's or playlist's address, tokens included.
        identity: Who the page says it is: ``title``, ``account``, ``account_id``, ``page`` (the
            site's kind).
        access: What a request for the stream has to carry.
        is_live: Whether the page says that it is live now; None where it doesn't say.
        is_over: Whether it says that what was live has ended.
    """

    url: str
    identity: Mapping[str, str] = field(default_factory=dict)
    access: Access = field(default_factory=Access)
    is_live: bool | None = None
    is_over: bool = False


class Resolver(Protocol):
    """Finds the stream behind a page."""

    def resolve(self, url: str, stop: StopSignal) -> ResolvedPage:
        """Find it; ends within 100 ms of ``stop``.

        Raises:
            Stopped: ``stop`` was set.
            NotAvailable: The page has no stream now.
            Refused: The page refuses.
            NotAudio: It is no page that plays anything.
        """
        ...


class YtDlp:
    """A `Resolver` by yt-dlp."""

    def __init__(
        self, time_limit_s: float = TIME_LIMIT_S, *, cookies: str = "", wanted: str = BEST
    ) -> None:
        """Prepare to resolve; no child is started yet.

        Args:
            time_limit_s: Seconds that a page may take.
            cookies: Where they are: a file's path, ``browser:NAME[:PROFILE]``, or empty for none.
            wanted: Which of a page's formats, as yt-dlp is asked for them.
        """
        self._time_limit_s = time_limit_s
        self._wanted = wanted
        self._cookies = cookies

    def resolve(self, url: str, stop: StopSignal) -> ResolvedPage:
        """See `Resolver.resolve`."""
        values = self._ask_child(url, stop)
        shown = redact(url)
        error = values.get("error")
        if error == "unsupported":
            raise NotAudio(
                f"{shown} is a page that leads to no stream.",
                hint="Give the address of the stream itself.",
            )
        if error == "refused":
            raise Refused(f"{shown} refuses: {values.get('detail', '')}", status=values["status"])
        if error or not isinstance(values.get("url"), str):
            raise NotAvailable(
                f"{shown} plays nothing now. {values.get('detail', '')}".strip(),
                status=values.get("status"),
            )
        return _page_of(values)

    def _ask_child(self, url: str, stop: StopSignal) -> dict[str, Any]:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "recorder.sources.ytdlp", str(self._time_limit_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # its own children are ended with it
        )
        deadline = time.monotonic() + self._time_limit_s
        sent: str | None = json.dumps(
            {"address": url, "cookies": self._cookies, "format": self._wanted}
        )
        try:
            while True:
                if stop.is_set():
                    raise Stopped
                try:
                    text, _ = child.communicate(sent, timeout=_SLICE_S)
                except subprocess.TimeoutExpired:
                    sent = None  # Python goes on with what it has not written yet
                    if time.monotonic() > deadline:
                        raise NotAvailable(
                            f"{redact(url)} could not be resolved in {self._time_limit_s:g} s."
                        ) from None
                else:
                    return _answer_of(text)
        finally:
            _end(child)


def _page_of(values: dict[str, Any]) -> ResolvedPage:
    status = values.get("live_status")
    return ResolvedPage(
        url=values["url"],
        identity=values.get("identity", {}),
        access=Access.of(values["url"], values.get("headers"), values.get("cookies")),
        is_live=status == "is_live" if status else None,
        is_over=status in ("was_live", "post_live"),
    )


def _answer_of(text: str) -> dict[str, Any]:
    """The child's answer; of a child that died, that there is none."""
    try:
        values = json.loads(text[:_LONGEST_ANSWER].rpartition("\n")[2] or text)
    except ValueError:
        values = None
    return values if isinstance(values, dict) else {"error": "died", "detail": "Resolving failed."}


def _end(child: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()
