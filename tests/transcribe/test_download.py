"""Downloads against a real server on this machine, and what goes wrong with them."""

import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from recorder.errors import DiskFull, StorageError
from transcribe import download as module
from transcribe.download import download
from transcribe.errors import DownloadFailed

DATA = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(DATA).hexdigest()


class FileServer(ThreadingHTTPServer):
    """Serves `DATA` by ranges.

    Attributes:
        status: Answered in place of it, if it isn't 0.
        breaks_at: Bytes after which an answer breaks off; None for never.
        answers: Requests that are answered, before the connection is closed at once.
        first: Where a range begins, whatever was asked for.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data = DATA
        self.status = 0
        self.breaks_at: int | None = None
        self.answers: int | None = None
        self.content_type = "application/octet-stream"
        self.first: int | None = None
        self.knows_ranges = True
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/model.pt"


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.ranges.append(asked)
        if self.server.answers is not None and len(self.server.ranges) > self.server.answers:
            return
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if self.server.status:
            self.send_error(self.server.status)
            return
        if first >= len(self.server.data) and self.server.knows_ranges:
            self.send_error(416)
            return
        partial = bool(asked) and self.server.knows_ranges
        first = first if self.server.first is None else self.server.first
        body = self.server.data[first if partial else 0 :]
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{len(DATA) - 1}/{len(DATA)}")
        self.send_header("Content-Type", self.server.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who was stopped listens no more
            self.wfile.write(body[: self.server.breaks_at])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        pass


@pytest.fixture
def server() -> Iterator[FileServer]:
    server = FileServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="file server")
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.pt"


def test_a_file_comes_whole_and_tells_how_far_it_is(server: FileServer, target: Path) -> None:
    seen: list[tuple[int, int]] = []
    download(server.url, target, sha256=SHA256, progress=lambda *at: seen.append(at))
    assert target.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert not target.with_name("model.pt.part").exists()


def test_what_breaks_off_goes_on_by_itself_as_long_as_more_comes(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AGAIN_S", (0.0,))
    server.breaks_at = 300_000
    seen: list[tuple[int, int]] = []
    download(server.url, target, sha256=SHA256, progress=lambda *at: seen.append(at))
    assert target.read_bytes() == DATA
    blocks = range(0, len(DATA), module._BLOCK)
    assert server.ranges == [f"bytes={at}-" if at else None for at in blocks]
    assert {total for _, total in seen} == {len(DATA)}


def test_a_broken_download_goes_on_where_it_ended(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AGAIN_S", (0.0, 0.0))
    server.breaks_at, server.answers = 300_000, 1
    with pytest.raises(DownloadFailed, match="broke") as caught:
        download(server.url, target, sha256=SHA256)
    assert "goes on there" in caught.value.safe
    assert not target.exists()
    again = f"bytes={module._BLOCK}-"
    assert server.ranges == [None, again, again]
    server.breaks_at = server.answers = None
    seen: list[tuple[int, int]] = []
    download(server.url, target, sha256=SHA256, progress=lambda *at: seen.append(at))
    assert target.read_bytes() == DATA
    assert server.ranges[-1] == again
    assert seen[0][0] > module._BLOCK
    assert seen[0][1] == len(DATA)


def test_a_page_to_sign_in_does_not_take_the_place_of_what_came(
    server: FileServer, target: Path
) -> None:
    target.parent.mkdir()
    part = target.with_name("model.pt.part")
    part.write_bytes(DATA[:1000])
    server.knows_ranges, server.content_type = False, "text/html; charset=utf-8"
    with pytest.raises(DownloadFailed, match="web page came in place of model") as caught:
        download(server.url, target, sha256=SHA256)
    assert caught.value.safe == module.KEPT
    assert part.read_bytes() == DATA[:1000]


def test_a_range_that_begins_elsewhere_is_not_put_behind_what_came(
    server: FileServer, target: Path
) -> None:
    target.parent.mkdir()
    target.with_name("model.pt.part").write_bytes(DATA[:1000])
    server.first = 0
    download(server.url, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_a_disk_that_is_too_full_is_said_before_anything_is_fetched(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "free_bytes", lambda _: 1_000_000)
    with pytest.raises(DiskFull, match=r"too full for model\.pt: 1 MB are still to come"):
        download(server.url, target, sha256=SHA256)
    assert target.with_name("model.pt.part").stat().st_size == 0


def test_a_server_without_ranges_begins_again(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AGAIN_S", (0.0,))
    server.knows_ranges = False
    server.breaks_at = 1000
    with pytest.raises(DownloadFailed):
        download(server.url, target, sha256=SHA256)
    server.breaks_at = None
    download(server.url, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_a_part_that_is_whole_needs_no_more_bytes(server: FileServer, target: Path) -> None:
    target.parent.mkdir()
    target.with_name("model.pt.part").write_bytes(DATA)
    download(server.url, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_a_wrong_file_is_thrown_away(server: FileServer, target: Path) -> None:
    server.data = DATA[:-1] + b"!"
    with pytest.raises(DownloadFailed, match="checksum differs"):
        download(server.url, target, sha256=SHA256)
    assert not target.exists()
    assert not target.with_name("model.pt.part").exists()


def test_a_refusal_says_its_status(server: FileServer, target: Path) -> None:
    server.status = 404
    with pytest.raises(DownloadFailed, match=r"answers 404 Not Found for model\.pt"):
        download(server.url, target, sha256=SHA256)


def test_offline_is_said(target: Path) -> None:
    with socket.socket() as nobody:  # bound and not listening: the port refuses
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/model.pt"
        with pytest.raises(DownloadFailed, match="can't be made") as caught:
            download(url, target, sha256=SHA256)
    assert caught.value.hint == "Check the connection and try again."


def test_a_stopped_download_is_kept(server: FileServer, target: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(DownloadFailed, match="was stopped"):
        download(server.url, target, sha256=SHA256, stop=stop)
    assert 0 < target.with_name("model.pt.part").stat().st_size < len(DATA)
    download(server.url, target, sha256=SHA256)
    assert target.read_bytes() == DATA


def test_two_downloads_of_one_file_do_not_mix(server: FileServer, target: Path) -> None:
    target.parent.mkdir()
    with (
        FileLock(target.with_name("model.pt.lock")),
        pytest.raises(DownloadFailed, match="already"),
    ):
        download(server.url, target, sha256=SHA256)
    assert server.ranges == []


def test_a_full_disk_is_said_and_what_came_is_kept(
    server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    target.parent.mkdir()
    target.with_name("model.pt.part").symlink_to(full)
    with pytest.raises(DiskFull, match=r"while downloading model\.pt") as caught:
        download(server.url, target, sha256=SHA256)
    assert caught.value.safe == module.KEPT


def test_a_folder_that_cannot_be_made_is_said(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder")
    with pytest.raises(StorageError):
        download(server.url, tmp_path / "models" / "model.pt", sha256=SHA256)
