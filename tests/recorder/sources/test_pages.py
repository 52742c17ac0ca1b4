"""A page's stream that expires, ends or moves in mid-session: the page is asked again."""

import contextlib
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from recorder.errors import NotAvailable, Refused, SourceError
from recorder.sources.access import Access
from recorder.sources.base import StopSignal
from recorder.sources.open import StreamSource
from recorder.sources.resolve import ResolvedPage, YtDlp
from recorder.types import PlacedBy, SourceKind, SourceSpec
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.hls import Broadcast, Fault, HlsServer, Item, adts_frames, items
from tests.faults.sound import encoded
from tests.faults.wire import Connection, WireServer
from tests.parts import require, wait_until
from tests.recorder.sources.sink import MemorySink

PAGE = b"<!DOCTYPE html><html><body>A talk</body></html>"
LONG_S = 30.0
FRAMES = 12  # in a segment: a quarter of a second


class Pages:
    """A resolver that says what the test sets, and counts."""

    def __init__(self, answer: Callable[[], ResolvedPage]) -> None:
        self.answer = answer
        self.asked = 0

    def resolve(self, url: str, stop: StopSignal) -> ResolvedPage:  # noqa: ARG002 (it never waits)
        self.asked += 1
        return self.answer()


def recorded(
    source: StreamSource, sink: MemorySink, stop: threading.Event | None = None
) -> list[SourceError]:
    """Capture to the end as a session would; returns what was raised on the way."""
    stop, errors = stop or threading.Event(), []
    watchdog = threading.Timer(LONG_S, stop.set)
    watchdog.start()
    try:
        while True:
            try:
                source.capture(sink, stop)
            except SourceError as error:
                errors.append(error)
                stop.wait(0.05)
            else:
                return errors
            assert not stop.is_set(), f"it did not end: {errors[-1]}"
    finally:
        watchdog.cancel()
        watchdog.join()


@contextmanager
def page_of(resolver: Pages) -> Iterator[tuple[StreamSource, MemorySink]]:
    with WireServer(lambda it: it.whole(PAGE, "text/html")) as server:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url("/talk"))
        yield StreamSource(spec, resolver=resolver), MemorySink()


def renamed(count: int) -> list[Item]:
    return [
        Item(data=adts_frames(FRAMES, 100 + n), duration_s=FRAMES * 1024 / 48_000, name=f"n{n}.aac")
        for n in range(count)
    ]


def test_an_address_that_expires_is_asked_for_anew_and_the_numbers_go_on() -> None:
    on_air = Broadcast(segments=items(16, frames=FRAMES), first=70, token="t=1")
    headers = {"Referer": "https://talks.example/", "User-Agent": "Browser"}
    with HlsServer(on_air) as server:
        pages = Pages(
            lambda: ResolvedPage(
                url=f"{server.url}?{on_air.token}",
                access=Access.of(server.url, headers, None),
                is_live=True if not on_air.is_over else None,
                is_over=on_air.is_over,
            )
        )
        with page_of(pages) as (source, sink), ThreadPoolExecutor(1) as session:
            recording = session.submit(recorded, source, sink)
            wait_until(lambda: len(sink.chunks) >= 5, LONG_S)
            on_air.token = "t=2"
            errors = recording.result(LONG_S)
        assert [(type(error), error.status) for error in errors if isinstance(error, Refused)] == [
            (Refused, 403)
        ]
        asked = [each for each in server.headers if each.get("referer")]
        assert len(asked) == len(server.headers), "each request carries what the page said"
        assert {each["user-agent"] for each in asked} == {"Browser"}
    assert sink.written == b"".join(item.data for item in on_air.segments)
    assert [chunk.facts.media_sequence for chunk in sink.chunks] == list(range(70, 86))
    assert not sink.gaps
    assert {run.placed_by for run in sink.runs[1:]} <= {PlacedBy.SEQUENCE}
    assert "t=" not in repr((sink.facts, sink.told))


def test_an_end_that_its_page_contradicts_is_none_and_a_new_list_goes_on_behind() -> None:
    first = Broadcast(segments=items(8, frames=FRAMES))
    again = Broadcast(segments=renamed(6))
    with HlsServer(first) as server, HlsServer(again) as other:

        def answer() -> ResolvedPage:
            url = other.url if first.is_over else server.url
            return ResolvedPage(url=url, is_live=not again.is_over)

        with page_of(Pages(answer)) as (source, sink):
            assert not recorded(source, sink)
    assert sink.written == b"".join(item.data for item in first.segments + again.segments)
    assert sink.runs[-1].placed_by is PlacedBy.WALL_CLOCK


def test_a_page_that_calls_live_what_has_ended_is_believed_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("recorder.sources.open._BELIEVED_S", 0.3)
    on_air = Broadcast(segments=items(6, frames=FRAMES))
    with HlsServer(on_air) as server:
        pages = Pages(lambda: ResolvedPage(url=server.url, is_live=True))
        with page_of(pages) as (source, sink):
            errors = recorded(source, sink)
    assert errors
    assert {type(error) for error in errors} == {NotAvailable}
    assert "says that it is live" in errors[0].message
    assert sink.written == b"".join(item.data for item in on_air.segments)


def test_a_server_that_takes_its_end_back_is_followed_while_the_page_says_live() -> None:
    on_air = Broadcast(segments=items(6, frames=FRAMES))
    more = items(12, frames=FRAMES)
    with HlsServer(on_air) as server:
        pages = Pages(lambda: ResolvedPage(url=server.url, is_live=len(on_air.segments) < 12))
        with page_of(pages) as (source, sink), ThreadPoolExecutor(1) as session:
            recording = session.submit(recorded, source, sink)
            wait_until(lambda: pages.asked >= 3, LONG_S)
            pages.answer = lambda: ResolvedPage(url=server.url, is_live=not on_air.is_over)
            on_air.segments = more
            recording.result(LONG_S)
    assert sink.written == b"".join(item.data for item in more)
    assert not sink.gaps


def test_the_platform_s_word_ends_what_its_server_has_taken_away() -> None:
    on_air = Broadcast(segments=items(6, frames=FRAMES), ends=False)
    with HlsServer(on_air) as server:
        pages = Pages(lambda: ResolvedPage(url=server.url, is_live=True))
        with page_of(pages) as (source, sink), ThreadPoolExecutor(1) as session:
            recording = session.submit(recorded, source, sink)
            wait_until(lambda: len(sink.chunks) == 6, LONG_S)
            pages.answer = lambda: ResolvedPage(url=server.url, is_over=True)
            on_air.token = "gone"
            recording.result(LONG_S)
    assert sink.written == b"".join(item.data for item in on_air.segments)


def test_segments_whose_addresses_are_refused_break_it_though_the_list_is_served() -> None:
    on_air = Broadcast(segments=items(16, frames=FRAMES), position=4, per_poll=1)
    with HlsServer(on_air) as server:

        def answer() -> ResolvedPage:
            for faults in on_air.faults.values():
                faults.clear()
            if pages.asked == 1:
                for index in range(6, 16):
                    on_air.fail(index, Fault(status=403), times=1_000)
            return ResolvedPage(url=server.url, is_over=on_air.is_over)

        pages = Pages(answer)
        with page_of(pages) as (source, sink):
            errors = recorded(source, sink)
    assert [error.status for error in errors if isinstance(error, Refused)] == [403]
    assert sink.written == b"".join(item.data for item in on_air.segments)
    assert not sink.gaps


def test_a_continuous_stream_of_a_page_is_joined_at_its_new_address() -> None:
    programme = Programme(encoded("mp3", 8.0))
    how = [Listener(break_after_s=1.5), Listener(status="403 Forbidden"), Listener()]
    with Station(programme, *how, burst_s=2.0) as station:
        pages = Pages(lambda: ResolvedPage(url=station.url(f"/live{pages.asked}")))
        with page_of(pages) as (source, sink), ThreadPoolExecutor(1) as session:
            stop = threading.Event()
            recording = session.submit(recorded, source, sink, stop)
            wait_until(lambda: len(station.joined) == 2 and sink.end_s > 4, LONG_S)
            paths = [each.path for each in station.server.connections]
            stop.set()
            recording.result(LONG_S)
            assert paths == ["/live1", "/live1", "/live2"]
    first = station.joined[0]
    assert programme.data(first).startswith(bytes(sink.written))
    assert [run.placed_by for run in sink.runs] == [PlacedBy.FIRST, PlacedBy.EQUAL_BYTES]


# --- cookies, with the real yt-dlp -----------------------------------------------------------


MEMBER = "session=secret-cookie"
COOKIES = """# Netscape HTTP Cookie File
127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tsecret-cookie
elsewhere.example\tFALSE\t/\tFALSE\t0\tother\tsecret-elsewhere
"""
AUDIO = encoded("mp3", 2.0)
PLAYS = b'<!DOCTYPE html><html><title>A talk</title><audio src="/live.mp3"></audio></html>'


def members_only(it: Connection) -> None:
    if MEMBER not in it.headers.get("cookie", ""):
        it.whole(b"members only", "text/html", status="403 Forbidden")
    elif it.path == "/talk":
        it.whole(PLAYS, "text/html")
    else:
        it.whole(AUDIO, "audio/mpeg")


def test_a_page_for_members_is_recorded_with_the_cookies_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "cookies.txt"
    file.write_text(COOKIES)
    with WireServer(members_only) as server:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url("/talk"), cookies=str(file))
        sink = MemorySink()
        StreamSource(spec).capture(sink, threading.Event())
        sent = [each.headers.get("cookie", "") for each in server.connections]
    assert sink.written == AUDIO
    assert "elsewhere" not in "".join(sent)
    assert "secret" not in repr((sink.facts, sink.told))
    assert file.read_text() == COOKIES, "the file is left as it is"


def records_with(cookies: str, server: WireServer) -> None:
    """Record the page for members with a browser's cookies."""
    spec = SourceSpec(kind=SourceKind.STREAM, address=server.url("/talk"), cookies=cookies)
    sink = MemorySink()
    StreamSource(spec).capture(sink, threading.Event())
    assert sink.written == AUDIO
    assert "secret" not in repr((sink.facts, sink.told))


def test_it_is_recorded_with_the_cookies_of_a_real_chromium(tmp_path: Path) -> None:
    require("chromium")

    def opens(it: Connection) -> None:
        if it.path == "/login":
            it.whole(b"<html></html>", "text/html", f"Set-Cookie: {MEMBER}; Max-Age=86400; Path=/")
        else:
            members_only(it)

    with WireServer(opens) as server:
        command = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-dev-shm-usage", "--password-store=basic", "--dump-dom"]
        subprocess.run(
            [*command, f"--user-data-dir={tmp_path}", server.url("/login")],
            check=True,
            timeout=240,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        records_with(f"browser:chromium:{tmp_path}", server)


def test_it_is_recorded_with_the_cookies_of_a_firefox_profile(tmp_path: Path) -> None:
    name, _, value = MEMBER.partition("=")
    with contextlib.closing(sqlite3.connect(tmp_path / "cookies.sqlite")) as database, database:
        database.execute("PRAGMA user_version = 15")
        database.execute(
            "CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, originAttributes TEXT NOT NULL"
            " DEFAULT '', name TEXT, value TEXT, host TEXT, path TEXT, expiry INTEGER,"
            " lastAccessed INTEGER, creationTime INTEGER, isSecure INTEGER, isHttpOnly INTEGER)"
        )
        database.executemany(
            "INSERT INTO moz_cookies (name, value, host, path, expiry, isSecure)"
            " VALUES (?, ?, ?, '/', 4102444800, 0)",
            [(name, value, "127.0.0.1"), ("other", "secret-elsewhere", ".elsewhere.example")],
        )
    with WireServer(members_only) as server:
        records_with(f"browser:firefox:{tmp_path}", server)
        sent = "".join(each.headers.get("cookie", "") for each in server.connections)
    assert "elsewhere" not in sent


def test_without_them_it_is_refused() -> None:
    with WireServer(members_only) as server:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url("/talk"))
        with pytest.raises(Refused):
            StreamSource(spec).capture(MemorySink(), threading.Event())


@pytest.mark.parametrize("where", ["browser:no-such-browser", "missing.txt", "torn.txt"])
def test_cookies_that_cannot_be_read_are_said(tmp_path: Path, where: str) -> None:
    (tmp_path / "torn.txt").write_bytes(b"\xff\xfe secret")
    cookies = where if ":" in where else str(tmp_path / where)
    with (
        WireServer(members_only) as server,
        pytest.raises(NotAvailable, match="cookies") as caught,
    ):
        YtDlp(cookies=cookies).resolve(server.url("/talk"), threading.Event())
    assert "secret" not in str(caught.value)
