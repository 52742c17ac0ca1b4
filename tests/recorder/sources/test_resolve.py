"""Pages: real yt-dlp in its child process, against pages on loopback."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from recorder.errors import NotAudio, NotAvailable, Refused
from recorder.sources import resolve as resolve_module
from recorder.sources.fetch import Stopped
from recorder.sources.open import StreamSource
from recorder.sources.resolve import YtDlp
from recorder.types import SourceKind, SourceSpec
from tests.faults.sound import encoded
from tests.faults.wire import Connection, WireServer
from tests.parts import quickest, wait_until
from tests.recorder.sources.sink import MemorySink

AUDIO = encoded("mp3", 2.0)
PAGE = b"<!DOCTYPE html><html><head><title>A talk</title></head><body>%b</body></html>"


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    before = {child.pid for child in children()}
    yield
    assert {child.pid for child in children()} <= before


def pages(it: Connection) -> None:
    path = it.path.partition("?")[0]
    if path == "/talk":
        it.whole(PAGE % b'<audio src="/live.mp3?key=secret"></audio>', "text/html")
    elif path == "/live.mp3":
        it.whole(AUDIO, "audio/mpeg")
    elif path == "/words":
        it.whole(PAGE % b"only words", "text/html")
    elif path == "/closed":
        it.whole(b"no", "text/html", status="403 Forbidden")
    elif path == "/hangs":
        it.closing.wait(30)
    else:
        it.whole(b"no", "text/html", status="404 Not Found")


def test_a_page_that_plays_a_stream_is_recorded() -> None:
    with WireServer(pages) as server:
        sink = MemorySink()
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url("/talk?x=secret"))
        StreamSource(spec).capture(sink, threading.Event())
    assert sink.written == AUDIO
    assert sink.facts[0].identity["title"].startswith("A talk")  # yt-dlp numbers it
    assert sink.facts[1].address == server.url("/live.mp3")
    assert "secret" not in repr(sink.facts)


@pytest.mark.parametrize(
    ("path", "error", "status"),
    [
        ("/words", NotAudio, None),
        ("/closed", Refused, 403),
        ("/gone", NotAvailable, 404),
    ],
)
def test_what_a_page_lacks_is_said(
    path: str, error: type[NotAudio | NotAvailable], status: int | None
) -> None:
    with WireServer(pages) as server, pytest.raises(error) as caught:
        YtDlp().resolve(server.url(path + "?token=secret"), threading.Event())
    assert type(caught.value) is error
    assert "secret" not in str(caught.value)
    if isinstance(caught.value, NotAvailable):
        assert caught.value.status == status


def test_stop_kills_the_child_within_100_ms() -> None:
    def seconds_to_stop() -> float:
        stop, began = threading.Event(), [0.0]
        with WireServer(pages) as server:

            def stop_it() -> None:
                wait_until(lambda: server.connections, 20)
                began[0] = time.monotonic()
                stop.set()

            thread = threading.Thread(target=stop_it, daemon=True)
            thread.start()
            with pytest.raises(Stopped):
                YtDlp().resolve(server.url("/hangs"), stop)
            ended = time.monotonic()
            thread.join(5)
            return ended - began[0]

    assert quickest(seconds_to_stop, 0.1) < 0.1


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with WireServer(pages) as server, pytest.raises(NotAvailable, match=r"in 0\.3 s"):
        YtDlp(0.3).resolve(server.url("/hangs?token=secret"), threading.Event())


def test_a_child_that_dies_or_babbles_means_not_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for script in ("raise SystemExit(3)", "print('[1, 2')", "print('[1, 2]')"):
        child = tmp_path / "child"
        child.write_text(f"#!/bin/sh\nexec '{resolve_module.sys.executable}' -c \"{script}\"\n")
        child.chmod(0o755)
        with monkeypatch.context() as patch:
            patch.setattr(resolve_module.sys, "executable", str(child))
            with pytest.raises(NotAvailable, match="plays nothing now"):
                YtDlp().resolve("http://127.0.0.1:9/", threading.Event())
