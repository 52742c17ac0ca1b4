"""How a stream wants to be asked: the headers and cookies that its page gave for it.

They are secrets: kept in memory alone, shown in no ``repr``, journaled and logged nowhere. A cookie
goes only where its domain, path and scheme let it (RFC 6265), whatever a playlist or a redirect
names; who asks (Authorization) is told to the stream's own host alone.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from recorder.errors import MalformedAddress

BROWSERS = (
    "brave", "chrome", "chromium", "edge", "firefox", "opera", "safari", "vivaldi", "whale",
)  # fmt: skip
"""Whose cookies can be read: yt-dlp's list."""

_MOST = 64  # headers, and cookies
_LONGEST = 8_192
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
# What a request is made of is `fetch`'s to say; a cookie goes by its own rule.
_OURS = frozenset({
    "accept-encoding", "connection", "content-length", "cookie", "host", "icy-metadata", "range",
    "transfer-encoding",
})  # fmt: skip
_TOLD_TO_ONE_HOST = frozenset({"authorization", "proxy-authorization"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie, and where it may go.

    Attributes:
        domain: With a leading dot where hosts below it get the cookie too.
        secure: Whether it goes over https alone.
    """

    name: str = field(repr=False)
    value: str = field(repr=False)
    domain: str
    path: str = "/"
    secure: bool = False

    def fits(self, scheme: str, host: str, path: str) -> bool:
        """Whether a request may carry it (RFC 6265, 5.1.3 and 5.1.4)."""
        below = self.domain.startswith(".") and f".{host}".endswith(self.domain.lower())
        is_there = below or host == self.domain.lower()
        prefix = self.path.rstrip("/")
        is_under = path == prefix or path.startswith(prefix + "/")
        return is_there and is_under and (scheme == "https" or not self.secure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What requests for one stream carry.

    Attributes:
        host: The stream's own.
        headers: For every request of it: playlists, segments, keys.
        cookies: Each for where it fits.
    """

    host: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, url: str, headers: Any, cookies: Any) -> Access:
        """From what a resolver told, of which anything may be wrong: what doesn't fit is left out.

        Args:
            url: The stream's.
            headers: Names and values.
            cookies: Objects with the attributes of a `Cookie`.
        """
        return cls(
            host=urlsplit(url).hostname or "",
            headers=dict(_headers(headers)[:_MOST]),
            cookies=tuple(_cookies(cookies)[:_MOST]),
        )

    def headers_for(self, url: str) -> dict[str, str]:
        """What a request for an address carries."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        sent = {
            name: value
            for name, value in self.headers.items()
            if host == self.host or name.lower() not in _TOLD_TO_ONE_HOST
        }
        fitting = [
            f"{cookie.name}={cookie.value}"
            for cookie in self.cookies
            if cookie.fits(parts.scheme, host, parts.path or "/")
        ]
        return {**sent, "Cookie": "; ".join(fitting)} if fitting else sent


def parse_cookies(text: str) -> str:
    """Where cookies are, as a person types it: a file in Netscape's format, or a browser.

    Args:
        text: A path, ``browser:NAME`` or ``browser:NAME:PROFILE``; empty for none.

    Returns:
        The same as `SourceSpec.cookies` has it: a whole path, a browser that is known.

    Raises:
        MalformedAddress: There is no such file, or no such browser is known.
    """
    text = text.strip()
    kind, colon, rest = text.partition(":")
    if colon and kind.lower() == "browser":
        name, _, profile = rest.partition(":")
        if name.lower() not in BROWSERS:
            raise MalformedAddress(
                f"{name!r} is no browser whose cookies can be read.",
                hint=f"Write browser:NAME with one of {', '.join(BROWSERS)}.",
            )
        return f"browser:{name.lower()}" + (f":{profile}" if profile else "")
    if not text:
        return ""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        path = Path(text).expanduser().resolve()
        if path.is_file():
            return str(path)
    raise MalformedAddress(
        "There is no such file of cookies.",
        hint="Give a cookies.txt in Netscape's format, or browser:firefox.",
    )


def _headers(values: Any) -> list[tuple[str, str]]:
    items = values.items() if isinstance(values, Mapping) else ()
    return [
        (name, value)
        for name, value in items
        if _is_text(name, _NAME) and _is_text(value, _VALUE) and name.lower() not in _OURS
    ]


def _cookies(values: Any) -> list[Cookie]:
    items = values if isinstance(values, Iterable) and not isinstance(values, str) else ()
    return [cookie for each in items if isinstance(each, Mapping) and (cookie := _cookie(each))]


def _cookie(values: Mapping[str, Any]) -> Cookie | None:
    texts = [values.get(name) for name in ("name", "value", "domain")] + [values.get("path") or "/"]
    if not all(_is_text(text, _VALUE) and ";" not in text for text in texts):
        return None
    name, value, domain, path = (str(text) for text in texts)
    if not (domain and _NAME.fullmatch(name)):
        return None
    secure = bool(values.get("secure"))
    return Cookie(name=name, value=value, domain=domain, path=path, secure=secure)


def _is_text(value: Any, pattern: re.Pattern[str]) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= _LONGEST and bool(pattern.fullmatch(value))
