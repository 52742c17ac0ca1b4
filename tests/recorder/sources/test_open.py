"""From what a person typed to what is recorded."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder.errors import MalformedAddress, NotAudio, NotAvailable
from recorder.sources.base import StopSignal
from recorder.sources.device import DeviceSource
from recorder.sources.file import FileSource
from recorder.sources.open import StreamSource, open_source, parse_source
from recorder.sources.resolve import ResolvedPage
from recorder.sources.system import SystemSource
from recorder.types import SourceKind, SourceSpec
from tests.faults.sound import encoded
from tests.faults.wire import Connection, WireServer
from tests.recorder.sources.sink import MemorySink

AUDIO = encoded("mp3", 2.0)
PAGE = b"<!-- hi -->\n<!DOCTYPE html><html><body>A talk</body></html>"


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        (" https://host/live?token=x ", SourceKind.STREAM, "https://host/live?token=x"),
        ("HTTP://host", SourceKind.STREAM, "HTTP://host"),
        ("http://[::1]:8000/live", SourceKind.STREAM, "http://[::1]:8000/live"),
        ("device:USB Mic: 2", SourceKind.DEVICE, "USB Mic: 2"),
        ("device:", SourceKind.DEVICE, ""),
        ("device", SourceKind.DEVICE, ""),
        ("system", SourceKind.SYSTEM, ""),
        ("system:HDMI", SourceKind.SYSTEM, "HDMI"),
    ],
)
def test_sources_as_people_type_them(text: str, kind: SourceKind, address: str) -> None:
    assert parse_source(text) == SourceSpec(kind=kind, address=address)


def test_a_file_is_named_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a talk.mp3").write_bytes(AUDIO)
    monkeypatch.chdir(tmp_path)
    spec = parse_source("a talk.mp3")
    assert spec == SourceSpec(kind=SourceKind.FILE, address=str(tmp_path / "a talk.mp3"))
    assert isinstance(open_source(spec), FileSource)


@pytest.mark.parametrize(
    "text",
    ["", "rtsp://h/x", "http://", "https:host", "http://h:port/", "no-such",
     "file://other/x.wav", "file:///no-such", "file://[/x",
     "radio.example/live?token=secret", "http://a b/", "x\0y", "http://[::1/"],
)  # fmt: skip
def test_what_is_no_source_is_said_at_once(text: str) -> None:
    with pytest.raises(MalformedAddress) as caught:
        parse_source(text)
    assert caught.value.exit_status == 2
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("front", ["file://", "file:", "FILE://localhost"])
def test_a_file_may_be_named_by_its_address(tmp_path: Path, front: str) -> None:
    path = tmp_path / "a talk #2?.mp3"
    path.write_bytes(AUDIO)
    written = str(path).replace(" ", "%20").replace("?", "%3F")
    assert parse_source(front + written) == SourceSpec(kind=SourceKind.FILE, address=str(path))


def test_a_folder_is_for_import(tmp_path: Path) -> None:
    with pytest.raises(MalformedAddress, match="aircheck import"):
        parse_source(str(tmp_path))


def test_each_kind_has_its_source() -> None:
    assert isinstance(open_source(parse_source("device:x")), DeviceSource)
    assert isinstance(open_source(parse_source("system")), SystemSource)
    assert isinstance(open_source(parse_source("http://h/")), StreamSource)


class FixedResolver:
    """Finds what it was told, and counts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []

    def resolve(self, url: str, stop: StopSignal) -> ResolvedPage:  # noqa: ARG002 (it never waits)
        self.asked.append(url)
        return ResolvedPage(url=self.url, identity={"title": "A talk", "account": "host"})


def capture(url: str, resolver: FixedResolver | None = None) -> MemorySink:
    sink = MemorySink()
    spec = SourceSpec(kind=SourceKind.STREAM, address=url)
    StreamSource(spec, resolver=resolver or FixedResolver(url)).capture(sink, threading.Event())
    return sink


def says(data: bytes, content_type: str) -> Callable[[Connection], None]:
    return lambda it: it.whole(data, content_type)


@pytest.mark.parametrize("content_type", ["audio/mpeg", "application/octet-stream", "text/plain"])
def test_audio_is_known_by_its_bytes_and_asked_for_once(content_type: str) -> None:
    with WireServer(says(AUDIO, content_type)) as server:
        sink = capture(server.url())
        assert len(server.connections) == 1
        assert server.connections[0].headers["icy-metadata"] == "1"
    assert sink.written == AUDIO


LISTS = [
    (b"[playlist]\nNumberOfEntries=2\nTitle1=x\nFile1=live\nFile2=other\n", "audio/x-scpls"),
    (b"[Playlist]\r\nfile1 = http://HOST/live\r\n", "text/plain"),
    (b"#EXTM3U\n#EXTINF:-1,Station\nhttp://HOST/live\n", "audio/x-mpegurl"),
    (b"http://HOST/live\n", "audio/mpegurl"),
    (b"\xef\xbb\xbf#EXTM3U\nmms://old/x\n/live\n", "text/plain"),
    (
        (
            b'<?xml version="1.0"?>\n<playlist xmlns="http://xspf.org/ns/0/"><trackList><track>'
            b"<location>http://HOST/live?a=1&amp;b=2</location></track></trackList></playlist>"
        ),
        "application/xspf+xml",
    ),
]


@pytest.mark.parametrize(("body", "content_type"), LISTS)
def test_a_list_of_streams_leads_to_its_first(body: bytes, content_type: str) -> None:
    def script(it: Connection) -> None:
        if it.path.startswith("/live"):
            it.whole(AUDIO, "audio/mpeg")
        else:
            it.whole(body.replace(b"HOST", f"127.0.0.1:{server.port}".encode()), content_type)

    with WireServer(script) as server:
        assert capture(server.url("/list")).written == AUDIO
        assert server.connections[1].path in ("/live", "/live?a=1&b=2")


@pytest.mark.parametrize(
    "body", [b"#EXTM3U\n", b"[playlist]\n", b"#EXTM3U\nfile:///etc/passwd\nC:\\x.mp3\nhttp://[\n"]
)
def test_a_list_without_a_stream_is_no_audio(body: bytes) -> None:
    with (
        WireServer(says(body, "audio/x-mpegurl")) as server,
        pytest.raises(NotAudio, match="lists no stream"),
    ):
        capture(server.url("/?token=secret"))


def test_a_list_that_leads_to_itself_ends() -> None:
    with (
        WireServer(says(b"[playlist]\nFile1=/again\n", "text/plain")) as server,
        pytest.raises(NotAudio, match="leads to no stream"),
    ):
        capture(server.url())


def test_hls_is_known_by_its_bytes() -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\nsegment.mp3\n#EXT-X-ENDLIST\n"

    def script(it: Connection) -> None:
        body = AUDIO if it.path.endswith(".mp3") else playlist
        it.whole(body, "text/plain")

    with WireServer(script) as server:
        assert capture(server.url("/live")).written == AUDIO


def test_a_page_is_resolved_and_says_who_it_is() -> None:
    def script(it: Connection) -> None:
        if it.path == "/page?x=secret":
            it.whole(PAGE, "text/html; charset=utf-8")
        else:
            it.whole(AUDIO, "audio/mpeg")

    with WireServer(script) as server:
        resolver = FixedResolver(server.url("/live?signed=secret"))
        sink = capture(server.url("/page?x=secret"), resolver)
        assert resolver.asked == [server.url("/page?x=secret")]
    assert sink.written == AUDIO
    assert sink.facts[0].identity == {"title": "A talk", "account": "host"}
    assert sink.facts[0].address == server.url("/page")
    assert sink.facts[1].address == server.url("/live")
    assert "secret" not in repr(sink.facts)


def test_a_page_that_leads_to_a_page_is_no_audio() -> None:
    with (
        WireServer(says(PAGE, "application/octet-stream")) as server,
        pytest.raises(NotAudio, match="leads to no stream"),
    ):
        capture(server.url())


def test_until_something_is_stored_each_try_looks_anew() -> None:
    answers = [
        lambda it: it.whole(b"", "audio/mpeg"),
        lambda it: it.whole(b"soon", "text/plain", status="404 Not Found"),
        says(PAGE, "text/html"),
        says(AUDIO, "audio/mpeg"),
    ]
    with WireServer(*answers) as server:
        url = server.url()
        source = StreamSource(
            SourceSpec(kind=SourceKind.STREAM, address=url), resolver=FixedResolver(url)
        )
        sink, stop = MemorySink(), threading.Event()
        for _ in range(2):
            with pytest.raises(NotAvailable):
                source.capture(sink, stop)
        source.capture(sink, stop)
    assert sink.written == AUDIO


def test_a_stop_before_the_answer_returns() -> None:
    stop = threading.Event()
    with WireServer(lambda it: it.closing.wait(10)) as server:
        url = server.url()
        source = StreamSource(SourceSpec(kind=SourceKind.STREAM, address=url))
        timer = threading.Timer(0.2, stop.set)
        timer.start()
        source.capture(MemorySink(), stop)
        timer.join()
