"""Headers and cookies of a page's stream go where they may, and are shown nowhere."""

from pathlib import Path

import pytest
from yt_dlp import cookies

from recorder.errors import MalformedAddress
from recorder.sources.access import BROWSERS, Access, parse_cookies

URL = "https://live.example.org/hls/list.m3u8"


def cookie(**values: object) -> dict[str, object]:
    return {"name": "session", "value": "secret", "domain": "live.example.org", **values}


def test_headers_go_along_but_for_those_that_make_a_request() -> None:
    given = {
        "User-Agent": "Browser", "Referer": "https://example.org/", "Host": "elsewhere",
        "Range": "bytes=0-1", "Cookie": "a=b", "Accept-Encoding": "br", "X-Bad": "a\r\nB: c",
        "No name": "x", "Number": 1,
    }  # fmt: skip
    access = Access.of(URL, given, None)
    assert access.headers_for(URL) == {"User-Agent": "Browser", "Referer": "https://example.org/"}


def test_who_asks_is_told_to_the_stream_s_own_host_alone() -> None:
    access = Access.of(URL, {"Authorization": "Bearer secret", "Origin": "https://x"}, None)
    assert "Authorization" in access.headers_for("https://live.example.org/segment.ts")
    assert access.headers_for("https://cdn.example.org/segment.ts") == {"Origin": "https://x"}


@pytest.mark.parametrize(
    ("given", "url", "goes"),
    [
        (cookie(), URL, True),
        (cookie(), "https://sub.live.example.org/", False),
        (cookie(domain=".example.org"), URL, True),
        (cookie(domain=".example.org"), "https://example.org/", True),
        (cookie(domain=".example.org"), "https://notexample.org/", False),
        (cookie(path="/hls"), URL, True),
        (cookie(path="/hls/"), URL, True),
        (cookie(path="/hl"), URL, False),
        (cookie(secure=True), URL, True),
        (cookie(secure=True), "http://live.example.org/hls/x", False),
        (cookie(value="a; b=c"), URL, False),
        (cookie(value="a\nb"), URL, False),
        (cookie(domain=""), URL, False),
    ],
)
def test_a_cookie_goes_where_it_may(given: dict[str, object], url: str, goes: bool) -> None:  # noqa: FBT001 (drawn)
    sent = Access.of(URL, None, [given]).headers_for(url)
    assert sent == ({"Cookie": "session=secret"} if goes else {})


@pytest.mark.parametrize("nonsense", [None, 7, "text", ["text"], {"a": 1}, [{"name": 3}]])
def test_what_a_resolver_should_not_say_is_left_out(nonsense: object) -> None:
    assert Access.of(URL, nonsense, nonsense).headers_for(URL) == {}


def test_browsers_are_those_that_yt_dlp_knows() -> None:
    assert set(BROWSERS) == cookies.SUPPORTED_BROWSERS


def test_where_cookies_are_as_people_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cookies.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert parse_cookies(" cookies.txt ") == str(tmp_path / "cookies.txt")
    assert parse_cookies("Browser:Firefox:work: Me") == "browser:firefox:work: Me"
    assert parse_cookies("") == ""
    for wrong in (".", "missing.txt", "browser:", "browser:lynx", "a\0b"):
        with pytest.raises(MalformedAddress):
            parse_cookies(wrong)


def test_its_secrets_are_in_no_repr() -> None:
    access = Access.of(URL, {"Authorization": "secret"}, [cookie()])
    assert "secret" not in repr(access)
