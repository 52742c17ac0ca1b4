"""No token, password or signed query reaches the journal, the log, or any file that stays."""

import contextlib
import logging
import stat
import threading
from pathlib import Path

import pytest

from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.redaction import RedactingFormatter, without_secrets
from recorder.types import SourceKind, SourceSpec
from tests.faults.hls import FRAME_S, Broadcast, Fault, HlsServer, items
from tests.faults.wire import WireServer
from tests.parts import wait_until

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("at https://u:s3cr3t@host/a?t=s3cr3t#s3cr3t end", "at https://host/a end"),
        ("'http://host/a?t=s3cr3t'", "'http://host/a'"),
        ("http://[bad?t=s3cr3t", "http://[bad"),
        ("http://host:port@x?s3cr3t", "http://x"),
        ("nothing here", "nothing here"),
    ],
)
def test_addresses_lose_what_is_secret(text: str, said: str) -> None:
    assert without_secrets(text) == said


def test_a_traceback_loses_it_too() -> None:
    error = OSError(f"https://host/live?token={SECRET}")
    caught = (OSError, error, None)
    record = logging.LogRecord("recorder", logging.ERROR, "", 1, "it failed", (), caught)
    text = RedactingFormatter("%(message)s").format(record)
    assert "OSError: https://host/live" in text
    assert SECRET not in text


def holding(folder: SessionFolder) -> list[str]:
    """Files that hold the secret."""
    files = (path for path in folder.path.rglob("*") if path.is_file())
    return sorted(path.name for path in files if SECRET.encode() in path.read_bytes())


def record(archive: Path, url: str) -> SessionFolder:
    """Record to the end; while it lasts only the owner's file may hold the secret."""
    spec = SourceSpec(kind=SourceKind.STREAM, address=url)
    folder = launch.record(Archive(archive), spec)
    if not folder.sealed():
        assert set(holding(folder)) <= {"resume.json"}
    for name in ("resume.json", "control.json"):
        with contextlib.suppress(FileNotFoundError):  # it is over already
            assert stat.S_IMODE((folder.path / name).stat().st_mode) == 0o600
    wait_until(lambda: folder.sealed() is not None and not launch.is_running(folder), 20)
    return folder


def test_signed_segments_of_a_playlist_with_a_token(tmp_path: Path) -> None:
    segments = items(6, frames=24)
    listed = "".join(
        f"#EXTINF:{24 * FRAME_S:.6f},\n{item.name}?sig={SECRET}\n" for item in segments
    )
    vod = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{listed}#EXT-X-ENDLIST\n"
    on_air = Broadcast(segments=segments, position=6, files={"vod.m3u8": vod.encode()})
    on_air.fail(2, Fault(status=403), Fault(status=503), Fault(reset=True), Fault(cut=9))
    with HlsServer(on_air) as server:
        folder = record(tmp_path, server.url_of(f"vod.m3u8?token={SECRET}"))
        assert any(f"sig={SECRET}" in path for path in server.requests)
    assert folder.timeline().gaps == ()
    assert holding(folder) == []


def test_a_password_a_redirect_and_a_refusal(tmp_path: Path) -> None:
    refused = threading.Event()
    with WireServer(
        lambda it: it.whole(b"", "text/plain", f"Location: /two?t={SECRET}", status="302 Found"),
        lambda it: refused.set() or it.whole(b"", "text/html", status="401 Unauthorized"),
    ) as server:
        url = server.url(f"/one?key={SECRET}").replace("http://", f"http://user:{SECRET}@")
        spec = SourceSpec(kind=SourceKind.STREAM, address=url)
        folder = launch.record(Archive(tmp_path), spec)
        assert refused.wait(10)
        assert holding(folder) == ["resume.json"]
        launch.stop(folder)
    assert holding(folder) == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "/etc/passwd", "ftp://host/x"])
def test_nothing_but_the_web_is_fetched(tmp_path: Path, target: str) -> None:
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n"
    on_air = Broadcast(segments=[], files={"vod.m3u8": playlist.encode()})
    with HlsServer(on_air) as server:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url_of("vod.m3u8"))
        folder = launch.record(Archive(tmp_path), spec)
        wait_until(
            lambda: folder.sealed() is not None or "/etc/passwd" in server.requests, 20, "an end"
        )
        if not folder.sealed():
            launch.stop(folder)
    assert b"root:" not in b"".join(path.read_bytes() for path in folder.audio.iterdir())
    assert folder.timeline().tracks == {}
