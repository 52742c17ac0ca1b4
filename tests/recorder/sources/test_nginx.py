"""HLS from a real nginx: slow, without a segment for a while, killed and started again.

nginx is no part of the set-up, since its package starts a server of its own.
"""

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import pytest

from recorder.errors import SourceError
from recorder.sources.hls import HlsSource
from recorder.sources.window import Patience
from recorder.types import SourceKind, SourceSpec
from tests.parts import require, wait_until
from tests.recorder.sources.sink import MemorySink
from tests.servers import free_port

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
LATE = "live4.ts"
CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
  log_format plain "$status $uri";
  access_log {folder}/requests plain;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  limit_rate 60k;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/air;
    types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; }}
    location = /{late} {{ if (-f {folder}/withheld) {{ return 404; }} }}
  }}
}}
"""


class Nginx:
    """Serves ``folder/air``; ``folder/withheld`` withholds one segment."""

    def __init__(self, folder: Path) -> None:
        assert NGINX
        self.port = free_port()
        self._folder = folder
        self._command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        config = CONFIG.format(folder=folder, port=self.port, late=LATE)
        (folder / "nginx.conf").write_text(config)
        (folder / "requests").touch()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/live.m3u8"

    @property
    def requests(self) -> list[str]:
        return (self._folder / "requests").read_text().splitlines()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


@contextlib.contextmanager
def on_air(room: Path) -> Iterator[None]:
    """Ffmpeg broadcasts ten seconds at triple speed."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-readrate", "3", "-f", "lavfi"]
    command += ["-i", "sine=440:sample_rate=48000:duration=10", "-c:a", "aac", "-b:a", "64k"]
    command += ["-f", "hls", "-hls_time", "1", "-hls_list_size", "0", str(room / "live.m3u8")]
    with subprocess.Popen(command) as ffmpeg:
        try:
            wait_until((room / "live.m3u8").exists)
            yield
        finally:
            ffmpeg.terminate()


def captured(url: str, sink: MemorySink, stop: threading.Event) -> list[SourceError]:
    """Capture to the end as a session does; returns what was raised on the way."""
    spec = SourceSpec(kind=SourceKind.STREAM, address=url)
    source, errors = HlsSource(spec, url, patience=Patience()), []
    while not stop.is_set():
        try:
            source.capture(sink, stop)
        except SourceError as error:
            errors.append(error)
            stop.wait(0.02)
        else:
            break
    return errors


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_nothing_is_lost_of_what_nginx_serves_haltingly(tmp_path: Path) -> None:
    require("ffmpeg")
    (tmp_path / "air").mkdir()
    withheld = tmp_path / "withheld"
    withheld.touch()
    sink, stop = MemorySink(), threading.Event()
    with (
        on_air(tmp_path / "air"),
        Nginx(tmp_path) as nginx,
        ThreadPoolExecutor(1) as pool,
    ):
        session = pool.submit(captured, nginx.url, sink, stop)
        try:
            wait_until(lambda: len(sink.chunks) >= 2, 20)
            nginx.kill()
            wait_until((tmp_path / "air" / "live5.ts").exists, 20)
            nginx.start()
            wait_until(lambda: f"404 /{LATE}" in nginx.requests, 20, "the request that fails")
            withheld.unlink()
            session.result(40)
        finally:
            stop.set()
    paths = sorted((tmp_path / "air").glob("live*.ts"), key=lambda path: (len(path.name), path))
    assert len(paths) >= 10
    assert sink.written == b"".join(path.read_bytes() for path in paths)
    assert sink.gaps == []
