"""A published page in a real browser: it plays, follows, finds, checks, and asks nobody."""

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import publishing
from recorder.types import AudioFormat
from tests.app.test_publishing import HOSTILE, talk
from tests.chromium import Browser, browser
from tests.parts import require
from tests.recorder.builders import PartSpec, adts_part, build_session, encode, tone


class _Plain(http.server.SimpleHTTPRequestHandler):
    """A host that knows no ranges, whose answers aren't kept: a page has to manage with that."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class _Ranged(_Plain):
    """A host as most are: it answers with the bytes that were asked for (RFC 9110, 14.2)."""

    def do_GET(self) -> None:
        path, asked = Path(self.translate_path(self.path)), self.headers["Range"]
        if not asked:
            super().do_GET()
            return
        size = path.stat().st_size
        first, _, last = asked.removeprefix("bytes=").partition("-")
        begin, end = int(first), min(int(last or size), size - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.send_header("Content-Length", str(end + 1 - begin))
        self.end_headers()
        self.wfile.write(path.read_bytes()[begin : end + 1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    folder = talk(root / "archive", text=f"Good evening, Café. {HOSTILE}")
    return publishing.publish_page(folder, root / "page")[0]


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    handler = functools.partial(_Plain, directory=str(site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="page's host")
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    require("chromium")
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(params=["served", "from a disk"])
def tab(request: pytest.FixtureRequest, chromium: Browser, site: Path, served: str) -> Browser:
    """The page, opened anew."""
    chromium.size(1000, 800)
    chromium.requests.clear()
    chromium.complaints.clear()
    chromium.call("Page.navigate", url="about:blank")
    chromium.until("location.href === 'about:blank'")
    chromium.open(served if request.param == "served" else site.as_uri())
    chromium.until("document.getElementById('audio').readyState >= 1")
    return chromium


NOW = "Number(document.getElementById('seek').value)"
AT = "document.getElementById('audio').currentTime"


def test_it_plays_and_follows(tab: Browser) -> None:
    tab.press(" ")
    tab.until(f"{AT} > 0.7")
    tab.until("document.querySelector('#lines .now')?.textContent.startsWith('00:00 Ann: Good')")
    tab.press(" ")
    tab.until("document.getElementById('audio').paused")
    assert tab.complaints == []


def test_a_click_seeks_in_session_time(tab: Browser) -> None:
    tab.click("#lines li:last-child .text")  # at 6 s, behind a gap of two
    tab.until(f"{AT} > 3.9 && {NOW} > 5.9")
    tab.until("document.querySelector('#lines li:last-child').classList.contains('now')")
    assert tab.run("location.hash") == "#t=6.000"
    tab.click(".chapters li:first-child a")
    tab.until(f"{NOW} < 3")


def test_a_link_to_a_moment_opens_there(tab: Browser) -> None:
    tab.run("location.hash = '#t=6.5'")
    tab.until(f"{AT} > 4.3 && Math.abs({NOW} - 6.5) < 0.2")
    tab.run("location.hash = '#t=4.0'")  # in the gap: where the sound goes on
    tab.until(f"Math.abs({NOW} - 5.0) < 0.2")


def test_where_the_host_knows_no_ranges_the_file_is_loaded_whole(tab: Browser) -> None:
    tab.run("location.hash = '#t=6.5'")
    tab.until(f"{AT} > 4.3")
    is_served = tab.run("location.protocol === 'http:'")
    assert tab.run("document.getElementById('audio').src.startsWith('blob:')") == is_served
    assert tab.run("document.getElementById('trouble').hidden")


def test_keys(tab: Browser) -> None:
    tab.press("ArrowRight")
    tab.until(f"Math.abs({NOW} - 5) < 0.3")
    tab.press("ArrowLeft")
    tab.until(f"{NOW} < 0.3")
    tab.press("c")
    tab.until("!document.getElementById('caption').hidden")
    reached = set()
    for _ in range(25):
        tab.press("Tab")
        reached.add(tab.run("document.activeElement.id || document.activeElement.tagName"))
    assert {"play", "back", "ahead", "speed", "captions", "seek", "needle", "check", "copy"} <= (
        reached
    )
    assert tab.complaints == []


def test_keys_work_on_a_check_box_too(tab: Browser) -> None:
    tab.click("#captions")
    tab.press("/")
    tab.until("document.activeElement.id === 'needle'")


def test_captions(tab: Browser) -> None:
    tab.click("#captions")
    tab.run("location.hash = '#t=6.5'")
    tab.until("document.getElementById('caption').textContent === 'The cafe again.'")


def test_find_knows_no_accents(tab: Browser) -> None:
    tab.press("/")
    tab.type("cafe")
    tab.until("document.getElementById('found').textContent === '1 of 2'")
    marks = "[...document.querySelectorAll('mark')].map(mark => mark.textContent)"
    assert tab.run(marks) == ["Café", "cafe"]
    tab.press("Enter")
    tab.until("document.getElementById('found').textContent === '2 of 2'")
    tab.run("document.getElementById('needle').value = ''")
    tab.run("document.getElementById('needle').dispatchEvent(new Event('input'))")
    assert tab.run(marks) == []
    assert HOSTILE in tab.run("document.getElementById('lines').textContent")


def test_no_text_runs(tab: Browser) -> None:
    assert tab.run("document.title") == "A talk"
    assert tab.run("document.querySelectorAll('#lines script, #lines img').length") == 0
    assert HOSTILE in tab.run("document.querySelector('.chapters').textContent")


def test_it_asks_nobody(tab: Browser, served: str, site: Path) -> None:
    tab.press(" ")
    tab.until(f"{AT} > 0.2")
    tab.press(" ")
    own = (served.removesuffix("index.html"), site.parent.as_uri(), "data:", "about:")
    assert [url for url in tab.requests if not url.startswith(own)] == []
    assert tab.run("fetch('http://127.0.0.1:9/').then(() => '', error => 'refused')") == "refused"
    assert any("Content Security Policy" in text for text in tab.complaints)


def test_the_audio_is_checked_in_the_browser(tab: Browser, site: Path, tmp_path: Path) -> None:
    audio = site.parent / "audio.m4a"
    verdict = "document.getElementById('verdict').textContent"
    tab.click("#check")
    if tab.run("location.protocol") == "file:":
        tab.until(f"{verdict}.startsWith('A page that lies on a disk')")
    else:
        tab.until(f"{verdict}.startsWith('✓')")
        assert hashlib.sha256(audio.read_bytes()).hexdigest() in tab.run(verdict)
    tab.choose("#copy", audio)
    tab.until(f"{verdict}.startsWith('✓ audio.m4a is the very audio')")
    changed = tmp_path / "changed.m4a"
    changed.write_bytes(audio.read_bytes()[:-1] + b"!")
    tab.choose("#copy", changed)
    tab.until(f"{verdict}.startsWith('✗ changed.m4a is NOT')")
    assert hashlib.sha256(changed.read_bytes()).hexdigest() in tab.run(verdict)


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000_003])
def test_its_sha256_is_everybodys(tab: Browser, tmp_path: Path, size: int) -> None:
    path = tmp_path / "data"
    path.write_bytes(bytes(number * 7 % 251 for number in range(size)))
    tab.choose("#copy", path)
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    tab.until(f"document.getElementById('verdict').textContent.includes('{wanted}')")


def test_it_fits_a_phone(tab: Browser, tmp_path: Path) -> None:
    tab.size(360, 740, phone=True, dark=True)
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    small = (
        "[...document.querySelectorAll('button')].filter(b => b.offsetParent)"
        ".map(b => b.getBoundingClientRect()).filter(r => r.height < 40 || r.width < 32).length"
    )
    assert tab.run(small) == 0
    tab.shoot(tmp_path / "phone.png")
    assert (tmp_path / "phone.png").stat().st_size > 10_000


@pytest.fixture(scope="module")
def two_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A page of a session whose source came back with another codec, after a gap of two seconds."""
    root = tmp_path_factory.mktemp("two")
    mp3 = AudioFormat(container="mp3", codec="mp3", rate_hz=44_100, channels=1)
    parts = [
        adts_part(4.0),
        PartSpec(fmt=mp3, chunks=[(encode(tone(4.0), 44_100, "mp3"), 4.0)], start_s=6.0),
    ]
    folder = build_session(root / "archive", parts, markers=[(1.0, "Before"), (8.0, "After")])
    page, *files = publishing.publish_page(folder, root / "page")
    assert {file.suffix for file in files} >= {".m4a", ".mp3"}
    handler = functools.partial(_Ranged, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="page's host")
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/index.html", page.parent
        server.shutdown()
        thread.join()


SOURCE = "new URL(document.getElementById('audio').currentSrc).pathname"


@pytest.fixture
def two(chromium: Browser, two_files: tuple[str, Path]) -> Browser:
    chromium.size(1000, 800)
    chromium.complaints.clear()
    chromium.call("Page.navigate", url="about:blank")
    chromium.until("location.href === 'about:blank'")
    chromium.open(two_files[0])
    chromium.until("document.getElementById('audio').readyState >= 1")
    return chromium


def test_a_seek_goes_into_the_other_file_and_back(two: Browser) -> None:
    assert two.run(SOURCE).endswith(".m4a")
    two.click(".chapters li:last-child a")  # at 8 s: two seconds into the second file
    two.until(f"{SOURCE}.endsWith('.mp3') && Math.abs({AT} - 2) < 0.2")
    two.until(f"Math.abs({NOW} - 8) < 0.2")
    two.click(".chapters li:first-child a")
    two.until(f"{SOURCE}.endsWith('.m4a') && Math.abs({AT} - 1) < 0.2")
    assert two.complaints == []


def test_the_next_file_plays_on(two: Browser) -> None:
    two.run("location.hash = '#t=3.6'")
    two.until(f"{AT} > 3.4")
    two.press(" ")
    two.until(f"{SOURCE}.endsWith('.mp3') && {AT} > 0.3 && {NOW} > 6.2")
    two.press(" ")
    two.until("document.getElementById('audio').paused")
    assert two.complaints == []


def test_both_files_are_checked(two: Browser, two_files: tuple[str, Path], tmp_path: Path) -> None:
    verdict = "document.getElementById('verdict').textContent"
    two.click("#check")
    two.until(f"{verdict}.startsWith('\u2713')")
    files = [path for path in two_files[1].iterdir() if path.suffix in (".m4a", ".mp3")]
    assert len(files) == 2
    said = two.run(verdict)
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() in said for path in files)
    for path in files:
        two.choose("#copy", path)
        two.until(f"{verdict}.startsWith('\u2713 {path.name} is the very audio')")
    changed = tmp_path / "changed.mp3"
    changed.write_bytes(b"!" + files[0].read_bytes())
    two.choose("#copy", changed)
    two.until(f"{verdict}.startsWith('\u2717 changed.mp3 is NOT')")
