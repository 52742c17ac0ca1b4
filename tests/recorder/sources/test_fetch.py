"""The seam to HTTP: what it accepts, what it refuses, how errors are said, how fast it stops."""

import gzip
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recorder.errors import (
    ConnectionLost,
    MalformedAddress,
    NotAudio,
    NotAvailable,
    Refused,
    Stalled,
)
from recorder.sources import fetch as fetch_module
from recorder.sources.fetch import Stopped, fetch, open_stream
from tests.faults.wire import Connection, WireServer
from tests.parts import quickest


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def says(text: str, *headers: str, status: str = "200 OK") -> Callable[[Connection], None]:
    return lambda it: it.whole(text.encode(), "text/plain", *headers, status=status)


def hangs(it: Connection) -> None:
    it.closing.wait(10)


def test_an_answer_is_fetched_whole(stop: threading.Event) -> None:
    with WireServer(says("hello", "X-Station: Caf\u00e9")) as server:
        answer = fetch(server.url("/a b?token=c d&e=%2F"), stop=stop, headers={"Range": "bytes=0-"})
        request = server.connections[0]
    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.headers["x-station"] == "Caf\u00e9"
    assert answer.certificate_sha256 == ""
    assert request.path == "/a%20b?token=c%20d&e=%2F"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["range"] == "bytes=0-"
    assert request.headers["user-agent"].startswith("aircheck/")


def test_chunked_answers_are_put_together(stop: threading.Event) -> None:
    def script(it: Connection) -> None:
        it.answer("200 OK", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n")
        it.send(b"4\r\ndefg\r\n0\r\n\r\n")

    with WireServer(script) as server:
        assert fetch(server.url(), stop=stop).body == b"abcdefg"


def test_a_compressed_answer_is_opened_and_stays_bounded(stop: threading.Event) -> None:
    body = gzip.compress(b"x" * 2_000)

    def script(it: Connection) -> None:
        it.whole(body, "text/plain", "Content-Encoding: gzip")

    with WireServer(script) as server:
        assert fetch(server.url(), stop=stop).body == b"x" * 2_000
        with pytest.raises(NotAudio):
            fetch(server.url(), stop=stop, max_bytes=1_999)


def test_shoutcasts_status_line_is_understood(stop: threading.Event) -> None:
    def script(it: Connection) -> None:
        it.send(b"IC")
        it.send(b"Y 200 OK\r\nicy-name:Old Station\r\ncontent-type:audio/mpeg\r\n\r\nsound")

    with (
        WireServer(script) as server,
        open_stream(server.url(), stop=stop, headers={"Icy-MetaData": "1"}) as answer,
    ):
        assert answer.headers["icy-name"] == "Old Station"
        assert answer.read1() == b"sound"
        answer.unread(b"sound")
        assert answer.read1(2) == b"so"
        assert answer.read1() == b"und"
        assert answer.read1() == b""
        assert not answer.is_complete
        assert server.connections[0].headers["icy-metadata"] == "1"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("401 Unauthorized", Refused),
        ("403 Forbidden", Refused),
        ("429 Too Many Requests", Refused),
        ("503 Service Unavailable", Refused),
        ("404 Not Found", NotAvailable),
        ("410 Gone", NotAvailable),
        ("500 Oops", NotAvailable),
        ("502 Bad Gateway", NotAvailable),
        ("418 I'm a teapot", NotAvailable),
        ("304 Not Modified", NotAvailable),
        ("999 Odd", NotAvailable),
    ],
)
def test_statuses_say_what_they_mean(
    status: str, error: type[NotAvailable], stop: threading.Event
) -> None:
    with WireServer(says("", status=status)) as server, pytest.raises(NotAvailable) as caught:
        fetch(server.url("/live?token=secret"), stop=stop)
    assert type(caught.value) is error
    assert caught.value.status == int(status[:3])
    assert status[:3] in str(caught.value)
    assert "secret" not in str(caught.value)


def in_a_minute() -> str:
    zone = timezone(timedelta(hours=2))
    return format_datetime(datetime.now(zone) + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("text", "low_s", "high_s"),
    [("7", 7, 7), ("in a minute", 40, 60), ("Mon, 01 Jan 2001 00:00:00 GMT", 0, 0)],
)
def test_retry_after_is_kept(text: str, low_s: float, high_s: float, stop: threading.Event) -> None:
    named = in_a_minute() if text == "in a minute" else text
    with (
        WireServer(says("", f"Retry-After: {named}", status="503 Full")) as server,
        pytest.raises(Refused) as caught,
    ):
        fetch(server.url(), stop=stop)
    assert caught.value.retry_after_s is not None
    assert low_s <= caught.value.retry_after_s <= high_s


@pytest.mark.parametrize("text", ["soon", "-3", "9" * 400])
def test_a_retry_after_that_says_nothing_is_none(text: str, stop: threading.Event) -> None:
    with (
        WireServer(says("", f"Retry-After: {text}", status="503 Full")) as server,
        pytest.raises(Refused) as caught,
    ):
        fetch(server.url(), stop=stop)
    assert caught.value.retry_after_s is None


def redirects(to: str) -> Callable[[Connection], None]:
    return lambda it: it.answer("302 Found", f"Location: {to}", "Content-Length: 0")


def test_redirects_are_followed(stop: threading.Event) -> None:
    with WireServer(redirects("/b?x=1"), redirects("c"), says("end")) as server:
        answer = fetch(server.url("/a/a"), stop=stop)
        assert answer.url == server.url("/c")
        assert [it.path for it in server.connections] == ["/a/a", "/b?x=1", "/c"]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/", "//[", "x:y"])
def test_a_redirect_leads_to_http_only(to: str, stop: threading.Event) -> None:
    with WireServer(redirects(to), says("no")) as server:
        with pytest.raises(MalformedAddress):
            fetch(server.url(), stop=stop)
        assert len(server.connections) == 1


def test_redirects_are_bounded(stop: threading.Event) -> None:
    with WireServer(redirects("/on")) as server:
        with pytest.raises(NotAvailable, match="10 redirects"):
            fetch(server.url(), stop=stop)
        assert len(server.connections) == 11


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "rtsp://h/", "/etc/passwd", "http://", "http://h:99999/", "http://[::1"],
)
def test_only_http_is_spoken(url: str, stop: threading.Event) -> None:
    with pytest.raises(MalformedAddress):
        fetch(url, stop=stop)


def test_a_user_in_the_address_is_sent_and_never_said(stop: threading.Event) -> None:
    with WireServer(says("", status="401 Unauthorized")) as server:
        url = server.url("/x").replace("//", "//me:pass%21@")
        with pytest.raises(Refused) as caught:
            fetch(url, stop=stop)
        assert server.connections[0].headers["authorization"] == "Basic bWU6cGFzcyE="
    assert "me" not in str(caught.value).split("/")[2]
    assert "pass" not in str(caught.value)


def test_an_answer_that_is_too_large_is_not_taken(stop: threading.Event) -> None:
    with WireServer(says("x" * 101)) as server, pytest.raises(NotAudio, match="100 bytes"):
        fetch(server.url(), stop=stop, max_bytes=100)


def cut_short(it: Connection) -> None:
    it.answer("200 OK", "Content-Length: 10", body=b"12345")


def cut_in_a_chunk(it: Connection) -> None:
    it.answer("200 OK", "Transfer-Encoding: chunked", body=b"9\r\n1234")


def bad_chunk(it: Connection) -> None:
    it.answer("200 OK", "Transfer-Encoding: chunked", body=b"zz\r\n1234")


def resets(it: Connection) -> None:
    it.answer("200 OK", "Content-Length: 10", body=b"12345")
    it.reset()


@pytest.mark.parametrize("script", [cut_short, cut_in_a_chunk, bad_chunk, resets])
def test_a_torn_answer_is_never_taken_for_a_whole_one(
    script: Callable[[Connection], None], stop: threading.Event
) -> None:
    with WireServer(script) as server, pytest.raises(ConnectionLost):
        fetch(server.url(), stop=stop)


def test_a_refused_connection_and_an_unknown_host_mean_not_yet(stop: threading.Event) -> None:
    server = WireServer(hangs)
    server.close()
    with pytest.raises(NotAvailable, match="refuses"):
        fetch(server.url(), stop=stop)
    with pytest.raises(NotAvailable, match="no host"):
        fetch("http://nowhere.invalid/", stop=stop)


@pytest.mark.parametrize("script", [lambda _: None, lambda it: it.send(b"220 smtp\r\n")])
def test_what_is_no_http_means_not_yet(
    script: Callable[[Connection], None], stop: threading.Event
) -> None:
    with WireServer(script) as server, pytest.raises(NotAvailable):
        fetch(server.url(), stop=stop)


def drips_headers(it: Connection) -> None:
    it.send(b"HTTP/1.1 200 OK\r\nX: ")
    while not it.closing.wait(0.01):
        it.send(b"x")


@pytest.mark.parametrize("script", [hangs, drips_headers, cut_short])
def test_an_answer_has_a_deadline(
    script: Callable[[Connection], None], stop: threading.Event
) -> None:
    def waits(it: Connection) -> None:
        script(it)
        it.closing.wait(10)

    with WireServer(waits) as server:
        began = time.monotonic()
        with pytest.raises(NotAvailable):
            fetch(server.url(), stop=stop, timeout_s=0.3)
        assert time.monotonic() - began < 5.0


def test_a_stream_that_goes_quiet_has_stalled(stop: threading.Event) -> None:
    idle: list[float] = []

    def script(it: Connection) -> None:
        it.answer(body=b"some")
        it.closing.wait(10)

    with (
        WireServer(script) as server,
        open_stream(server.url(), stop=stop, stall_s=0.3) as answer,
    ):
        answer.call_when_idle(lambda: idle.append(time.monotonic()))
        assert answer.read1() == b"some"
        with pytest.raises(Stalled, match="nothing for 0"):
            answer.read1()
    assert len(idle) >= 2


def starts(it: Connection) -> None:
    it.answer(body=b"")
    it.closing.wait(10)


def seconds_to_stop(act: Callable[[], object], stop: threading.Event) -> float:
    """How long a blocking call goes on after its end was asked for, from another thread."""
    return quickest(lambda: _seconds_to_stop(act, stop), 0.1)


def _seconds_to_stop(act: Callable[[], object], stop: threading.Event) -> float:
    stop.clear()
    asked: list[float] = []
    timer = threading.Timer(0.2, lambda: (asked.append(time.monotonic()), stop.set()))
    timer.start()
    with pytest.raises((Stopped, ConnectionLost)):
        act()
    ended = time.monotonic()
    timer.join()
    return ended - asked[0]


def read_on(url: str, stop: threading.Event) -> None:
    with open_stream(url, stop=stop) as answer:
        answer.read1()


def test_every_wait_ends_within_100_ms_of_a_stop(stop: threading.Event) -> None:
    with WireServer(hangs) as server:
        assert seconds_to_stop(lambda: fetch(server.url(), stop=stop), stop) < 0.1
        assert seconds_to_stop(lambda: open_stream(server.url(), stop=stop), stop) < 0.1
    with WireServer(starts) as server:
        assert seconds_to_stop(lambda: read_on(server.url(), stop), stop) < 0.1


def test_a_connection_that_nobody_takes_ends_within_100_ms_of_a_stop(
    stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    looked_up: list[str] = []

    def getaddrinfo(host: str, *args: object, **more: object) -> list[object]:
        looked_up.append(host)
        never.wait(1)
        return []

    monkeypatch.setattr(fetch_module.socket, "getaddrinfo", getaddrinfo)
    assert seconds_to_stop(lambda: fetch("http://slow.test/", stop=stop), stop) < 0.1
    assert set(looked_up) == {"slow.test"}
    never.set()


def test_cancel_wakes_a_reader(stop: threading.Event) -> None:
    def seconds_to_wake() -> float:
        with WireServer(starts) as server, open_stream(server.url(), stop=stop) as answer:
            asked: list[float] = []
            timer = threading.Timer(0.1, lambda: (asked.append(time.monotonic()), answer.cancel()))
            timer.start()
            assert answer.read1() == b""
            ended = time.monotonic()
            timer.join()
            return ended - asked[0]

    assert quickest(seconds_to_wake, 0.1) < 0.1


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, Path, str]:
    """A server's context with a certificate for 127.0.0.1, its file, and its fingerprint."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)  # noqa: UP017 (beside timezone above)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    print_ = sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    return context, file, print_


def test_tls_tells_the_certificates_fingerprint_and_stops_as_fast(
    authority: tuple[ssl.SSLContext, Path, str],
    stop: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server_context, file, fingerprint = authority
    trusting = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(fetch_module, "_tls_context", lambda: trusting)
    with WireServer(says("safe"), starts, tls=server_context) as server:
        answer = fetch(server.url(), stop=stop)
        assert (answer.body, answer.certificate_sha256) == (b"safe", fingerprint)
        assert seconds_to_stop(lambda: read_on(server.url(), stop), stop) < 0.1


def test_a_handshake_that_hangs_ends_within_100_ms_of_a_stop(stop: threading.Event) -> None:
    with WireServer(hangs) as server:
        url = server.url().replace("http:", "https:")
        assert seconds_to_stop(lambda: fetch(url, stop=stop), stop) < 0.1


def test_a_certificate_of_nobodys_is_not_trusted(
    authority: tuple[ssl.SSLContext, Path, str], stop: threading.Event
) -> None:
    with WireServer(says("false"), tls=authority[0]) as server:
        with pytest.raises(NotAvailable, match="certificate") as caught:
            fetch(server.url(), stop=stop)
        assert "pose" in caught.value.hint
