"""The replay of a session that was recorded with gaps."""

import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import imageio_ffmpeg
import pytest

from app import replays
from app.elsewhere import other_recording
from app.gui.presenters import replaying
from app.jobs import Job, Jobs, JobState
from app.replays import Waiting, complete_from_replay, offer, page_of
from recorder import verify
from recorder.archive import Archive, SessionFolder
from recorder.errors import ArchiveError, NotAvailable, Refused
from recorder.sources.base import StopSignal
from recorder.sources.fetch import Stopped
from recorder.sources.resolve import AS_SERVED, ResolvedPage, YtDlp
from recorder.types import Seconds
from tests.app.test_jobs import ended, wait_for
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.sound import encoded
from tests.recorder.test_completing import other, ours


class Web(SimpleHTTPRequestHandler):
    """Files, with the types that servers of streams give."""

    extensions_map = {  # noqa: RUF012 (as the base class has it)
        ".html": "text/html",
        ".m3u8": "application/vnd.apple.mpegurl",
        ".mp3": "audio/mpeg",
        ".ts": "video/mp2t",
    }

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a server of the files in ``tmp_path / 'web'``."""
    root = tmp_path / "web"
    root.mkdir()

    class Handler(Web):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, directory=str(root), **kwargs)  # type: ignore[arg-type]

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def folder(tmp_path: Path, web: str) -> SessionFolder:
    """A sealed session with one gap, recorded from the page ``talk.html?key=secret``."""
    return ours(tmp_path / "archive", page=f"{web}/talk.html?key=secret")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "OFTEN_S", 0.01)


class Script:
    """A resolver that answers as it is told to, and at last with what is there."""

    def __init__(self, *answers: Exception | ResolvedPage) -> None:
        self.answers = list(answers)

    def resolve(self, url: str, stop: StopSignal) -> ResolvedPage:
        if not self.answers:
            return YtDlp(wanted=AS_SERVED).resolve(url, stop)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def hls_of(path: Path, out: Path, *, ended: bool) -> None:
    """Cut a recording into HLS segments."""
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-c:a", "aac"]
    flags = [] if ended else ["-hls_flags", "omit_endlist"]
    subprocess.run(
        [*command, "-hls_time", "4", "-hls_list_size", "0", *flags, str(out)], check=True
    )


def test_a_page_is_remembered_with_its_tokens_and_offered_without(folder: SessionFolder) -> None:
    assert (page_of(folder) or "").endswith("/talk.html?key=secret")
    assert offer(folder).endswith("/talk.html")


def test_what_came_from_no_page_offers_no_replay(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    assert (page_of(folder), offer(folder)) == (None, "")
    with pytest.raises(ArchiveError, match="not recorded from a page"):
        complete_from_replay(Archive(folder.path.parent), folder, resolver=Script())


def test_it_waits_while_there_is_none_then_fills_the_gap(
    folder: SessionFolder, web: str, tmp_path: Path
) -> None:
    """The page leads to one file at last, which is fetched through the real yt-dlp."""
    told: list[Waiting] = []
    source = other(tmp_path / "web")
    assert source.path is not None
    (tmp_path / "web" / "talk.html").write_text(
        f"<html><title>A talk</title><audio src='{source.path.name}'></audio></html>"
    )
    done = complete_from_replay(
        Archive(folder.path.parent),
        folder,
        resolver=Script(
            NotAvailable("There is nothing yet."),
            Refused("Too many ask.", status=429, retry_after_s=Seconds(0.02)),
            ResolvedPage(url=f"{web}/talk.html", is_live=True),
        ),
        on_wait=told.append,
    )
    assert [each.why.split("/")[-1] for each in told] == [
        "There is nothing yet.",
        "Too many ask.",
        "talk.html is live yet.",
    ]
    assert [each.next_try_s for each in told] == [0.01, 0.02, 0.01]
    assert (done.track, done.left) == ("b", 0)
    assert verify.verify(folder.path).ok
    assert b"secret" not in folder.journal_path.read_bytes()
    assert offer(folder) == "", "no gap is open any more"


def test_a_wait_ends_when_it_is_told_to(folder: SessionFolder) -> None:
    stop = threading.Event()
    with pytest.raises(Stopped):
        complete_from_replay(
            Archive(folder.path.parent),
            folder,
            resolver=Script(NotAvailable("There is nothing yet.")),
            stop=stop,
            on_wait=lambda _: stop.set(),
        )


def test_a_playlist_that_has_ended_fills_the_gap_and_leaves_nothing_behind(
    folder: SessionFolder, web: str, tmp_path: Path
) -> None:
    source = other(tmp_path)
    assert source.path is not None
    hls_of(source.path, tmp_path / "web" / "replay.m3u8", ended=True)
    archive = Archive(folder.path.parent)
    done = complete_from_replay(archive, folder, page=f"{web}/replay.m3u8", resolver=Script())
    assert (done.track, done.left, done.name) == ("b", 0, "replay.m3u8")
    assert verify.verify(folder.path).ok
    assert [each.id for each in archive.folders()] == [folder.id]


def test_a_playlist_that_still_grows_is_no_replay(web: str, tmp_path: Path) -> None:
    source = other(tmp_path)
    assert source.path is not None
    hls_of(source.path, tmp_path / "web" / "live.m3u8", ended=False)
    with (
        pytest.raises(NotAvailable, match=r"live\.m3u8 is live yet"),
        other_recording(Archive(tmp_path / "archive"), f"{web}/live.m3u8"),
    ):
        pytest.fail("it is no recording yet")


def test_what_streams_without_an_end_is_no_replay(web: str, tmp_path: Path) -> None:
    """Neither a station, nor a page that says that it is live, whatever it leads to."""
    archive, programme = Archive(tmp_path / "archive"), Programme(encoded("mp3", 2.0))
    (tmp_path / "web" / "talk.html").write_text("<html></html>")
    with Station(programme, Listener(headers=["icy-name: Test FM"])) as station:
        with (
            pytest.raises(NotAvailable, match=r"/live is live yet"),
            other_recording(archive, station.url()),
        ):
            pytest.fail("it has no end")
        page = Script(ResolvedPage(url=station.url(), is_live=True))
        with (
            pytest.raises(NotAvailable, match=r"talk\.html is live yet"),
            other_recording(archive, f"{web}/talk.html", resolver=page),
        ):
            pytest.fail("it has no end")
        assert len(station.joined) == 1, "the page's stream was never asked for"


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    jobs = Jobs(tmp_path / "jobs")
    yield jobs
    for job in jobs.all():
        jobs.cancel(job.id)
        ended(jobs, job)


def waiting(jobs: Jobs, folder: SessionFolder) -> Job:
    """The work that the window asks for."""
    return jobs.start(replaying.request(folder.path.parent, folder, "A talk"))


def test_the_work_waits_says_until_when_and_is_cancelled(jobs: Jobs, folder: SessionFolder) -> None:
    before = folder.journal_path.read_bytes()
    job = wait_for(jobs, waiting(jobs, folder), lambda now: now.next_try_at is not None)
    assert job.state is JobState.RUNNING
    assert job.step
    jobs.cancel(job.id)
    now = ended(jobs, job)
    assert (now.state, now.next_try_at) == (JobState.CANCELLED, None)
    assert folder.journal_path.read_bytes() == before


def test_the_work_fills_the_gap_once_the_replay_is_there(
    jobs: Jobs, folder: SessionFolder, tmp_path: Path
) -> None:
    source = other(tmp_path / "web")
    assert source.path is not None
    (tmp_path / "web" / "talk.html").write_text(
        f"<html><title>A talk</title><audio src='{source.path.name}'></audio></html>"
    )
    job = ended(jobs, waiting(jobs, folder))
    assert (job.state, job.error, job.note) == (JobState.DONE, ("", "", ""), "1 filled")
    assert offer(folder) == ""
    assert verify.verify(folder.path).ok
