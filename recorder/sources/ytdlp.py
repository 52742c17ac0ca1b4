"""The child process that asks yt-dlp what is behind a page (``-m recorder.sources.ytdlp``).

Its argument is the seconds that it may take; its input one JSON object, ``{"address", "cookies",
"format"}``; its output another one: ``{"url", "identity", "headers", "cookies", "live_status"}``,
or ``{"error", "detail", "status"}`` with one of ``unsupported`` (no page that plays anything),
``refused``, ``not available``. `recorder.sources.resolve` runs it.

Cookies are read here, from a Netscape file or from a browser, and written nowhere: yt-dlp gets a
copy of the file, since it brings what it was given up to date.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

import yt_dlp
import yt_dlp.cookies

from recorder.types import redact

_REFUSING = (401, 403, 429, 503)
_IDENTITY = {  # ours: yt-dlp's
    "title": "title",
    "account": "uploader",
    "account_id": "uploader_id",
    "page": "extractor_key",
}


def main(time_limit_s: float, question: TextIO, out: TextIO) -> None:
    """Resolve the address that is read, and write the answer."""
    watch = threading.Timer(time_limit_s, os._exit, [1])  # also when nobody kills us
    watch.name, watch.daemon = "time-limit", True
    watch.start()
    asked = json.load(question)
    json.dump(_resolved(asked["address"], asked["cookies"], asked["format"]), out)
    out.flush()


def _resolved(url: str, cookies: str, wanted: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "quiet": True,
        "no_warnings": True,
        "logger": _Silent(),
        "noplaylist": True,
        "playlist_items": "1",
        "format": wanted,
        "cachedir": False,
        "socket_timeout": 15,
        "retries": 0,
        "extractor_retries": 0,
        "allowed_extractors": ["default"],
    }
    try:
        with yt_dlp.YoutubeDL({**options, **_cookie_options(cookies)}) as downloader:
            info = downloader.extract_info(url, download=False)
            jar = list(downloader.cookiejar)
    except (OSError, UnicodeError, yt_dlp.cookies.CookieLoadError):
        return {"error": "not available", "detail": "The cookies that it needs can't be read."}
    except yt_dlp.utils.YoutubeDLError as error:
        return _error(error)
    page: dict[str, Any] = info or {}
    stream: dict[str, Any] = next(iter(page.get("entries") or [page]), {})
    if not stream.get("url"):
        return {"error": "not available", "detail": "It lists no stream."}
    both = {**stream, **{name: value for name, value in page.items() if value}}
    identity = {ours: str(both[theirs]) for ours, theirs in _IDENTITY.items() if both.get(theirs)}
    return {
        "url": stream["url"],
        "identity": identity,
        "headers": stream.get("http_headers"),
        "cookies": [_plain(cookie) for cookie in jar if _is_for(cookie.domain, stream["url"])],
        "live_status": both.get("live_status"),
    }


def _cookie_options(where: str) -> dict[str, Any]:
    """yt-dlp's options for cookies of a file, or of a browser and perhaps a profile of it.

    Raises:
        OSError: There is no such file.
        UnicodeError: It is no text.
    """
    if not where:
        return {}
    kind, _, browser = where.partition(":")
    if kind == "browser":
        name, _, profile = browser.partition(":")
        return {"cookiesfrombrowser": (name, profile or None, None, None)}
    return {"cookiefile": io.StringIO(Path(where).read_text(encoding="utf-8"))}


def _is_for(domain: str, url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == domain or (domain.startswith(".") and f".{host}".endswith(domain))


def _plain(cookie: Any) -> dict[str, Any]:
    return {
        "name": cookie.name,
        "value": cookie.value or "",
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": bool(cookie.secure),
    }


def _error(error: BaseException) -> dict[str, Any]:
    """What an error of yt-dlp means to us."""
    causes = list(_causes(error))
    if any(isinstance(cause, yt_dlp.utils.UnsupportedError) for cause in causes):
        return {"error": "unsupported"}
    statuses = (getattr(cause, "status", None) for cause in causes)
    status = next((value for value in statuses if isinstance(value, int)), None)
    said = [str(getattr(cause, "orig_msg", "") or cause) for cause in causes]
    detail = " ".join(
        redact(word) if "://" in word else word for word in said[-1].partition("\n")[0].split()
    )
    kind = "refused" if status in _REFUSING else "not available"
    return {"error": kind, "detail": detail[:300], "status": status}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it stands for, outermost first."""
    for _ in range(8):
        if error is None:
            return
        yield error
        info = getattr(error, "exc_info", None) or (None, None)
        error = info[1] or getattr(error, "cause", None) or error.__cause__


class _Silent:
    """A logger for yt-dlp that keeps addresses out of every log."""

    def debug(self, _: str) -> None:
        """Say nothing."""

    info = warning = error = debug


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.stdin, sys.stdout)
