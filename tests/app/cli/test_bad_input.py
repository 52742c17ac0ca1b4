"""Bad input gets a sentence and a status, never a traceback, and costs nothing that is there."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder.archive import Archive
from tests.recorder.builders import adts_part, build_session


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def aircheck(archive: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "app", "--archive", str(archive), *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web server with a picture and a page that plays nothing."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2_000))
    (folder / "page.html").write_text("<!doctype html><html><body>hello</body></html>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="site")
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["record", "ftp://host/x"], 2, "no scheme that can be recorded"),
        (["record", "http://"], 2, "not an http"),
        (["record", "/no/such/file.mp3"], 2, "There is no file"),
        (["record", "http://127.0.0.1:1/x", "--for", "soon"], 2, "not a duration"),
        (["record"], 2, "Missing argument"),
        (["dance"], 2, "No such command"),
        (["show", "nobody"], 3, "No session is called 'nobody'"),
        (["stop", "nobody"], 3, "No session is called"),
        (["mark", "nobody"], 3, "No session is called"),
        (["transcribe"], 2, "Name a session"),
        (["import", "/no/such/file.mp3"], 1, "/no/such/file.mp3"),
        (["verify", "/no/such/package"], 3, "There is nothing at /no/such/package"),
        (["models", "get", "gigantic"], 2, "No model is called 'gigantic'"),
        (["models", "add", "/no/such/model.pt"], 1, "can't be read"),
        (["search", "--from", "soon", "word"], 2, "soon"),
        (["search", "--limit", "9" * 25, "word"], 2, "--limit"),
        (["queue", "first", "9" * 25], 2, "NUMBER"),
        (["mark", "nobody", "--at", ""], 2, "not a moment"),
        (["import", ""], 2, "The name is empty"),
        (["move", ""], 2, "The name is empty"),
        (["move", __file__], 2, "is a file"),
        (["move", "a" * 300], 1, "too long"),
        (["verify", "a" * 300], 1, "too long"),
        (["edit", "nobody", "--cover", os.devnull], 2, "is no file"),
        (["models", "add", os.devnull], 2, "is no file"),
        (["--archive", "", "sessions"], 2, "The name is empty"),
        (["edit", "nobody", "--title", os.fsdecode(b"\xff")], 2, "not written in UTF-8"),
    ],
)
def test_wrong_use_and_missing_things(
    archive: Path, arguments: list[str], status: int, said: str
) -> None:
    done = aircheck(archive, *arguments)
    assert said in done.stdout + done.stderr
    assert done.returncode == status


@pytest.mark.parametrize("path", ["picture.png", "page.html"])
def test_what_never_was_a_session_fails_at_once(archive: Path, site: str, path: str) -> None:
    done = aircheck(archive, "record", f"{site}/{path}?token=s3cret")
    assert done.returncode == 1
    assert "failed" in done.stdout
    (folder,) = Archive(archive).folders()
    for file in folder.path.rglob("*"):
        assert file.is_dir() or b"s3cret" not in file.read_bytes()


def test_an_unreadable_file_is_said_and_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.mp3"
    junk.write_bytes(os.urandom(3_000))
    good = tmp_path / "good.srt"
    good.write_text("1\n00:00:01,000 --> 00:00:02,000\nIt was said.\n")
    done = aircheck(archive, "import", str(junk), str(good), "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert len(answer["sessions"]) == 1
    assert "junk.mp3" in answer["problems"][0]["path"]
    assert json.loads(aircheck(archive, "search", "said", "--json").stdout)["total"] == 1


def test_a_corrupt_session_harms_no_other(archive: Path) -> None:
    good = build_session(archive, [adts_part(2.0)], title="good")
    bad = build_session(archive, [adts_part(2.0)], title="bad")
    bad.journal_path.write_bytes(b"\x01garbage\n" * 3)
    (bad.path / "session.json").write_text("{")
    done = aircheck(archive, "sessions", "--json")
    assert done.returncode == 0
    listed = {item["id"]: item for item in json.loads(done.stdout)["sessions"]}
    assert listed[bad.id]["problem"]
    assert listed[good.id]["problem"] == ""
    assert "corrupt" in aircheck(archive, "sessions").stdout
    assert aircheck(archive, "show", bad.id).returncode == 1
    assert aircheck(archive, "verify", bad.id).returncode == 4
    assert aircheck(archive, "verify", good.id).returncode == 0
    rebuilt = aircheck(archive, "index", "rebuild")
    assert rebuilt.returncode == 1
    assert "bad" in rebuilt.stdout + rebuilt.stderr or bad.id in rebuilt.stdout


def test_a_missing_model_says_how_to_get_it(archive: Path) -> None:
    folder = build_session(archive, [adts_part(2.0)], title="talk")
    done = aircheck(archive, "transcribe", folder.id, "--model", "base")
    assert done.returncode == 1
    assert "aircheck models get base" in done.stderr


def test_a_broken_index_is_made_anew(archive: Path, tmp_path: Path) -> None:
    text = tmp_path / "talk.srt"
    text.write_text("1\n00:00:01,000 --> 00:00:02,000\nIt was said.\n")
    assert aircheck(archive, "import", str(text)).returncode == 0
    (archive / "index.db").write_bytes(b"not a database at all, sorry" * 100)
    for leftover in archive.glob("index.db-*"):
        leftover.unlink()
    done = aircheck(archive, "search", "said", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["total"] == 1


def test_a_broken_queue_says_what_to_do(archive: Path) -> None:
    folder = build_session(archive, [adts_part(2.0)], title="talk")
    (archive / "queue.db").write_bytes(b"not a database at all, sorry" * 100)
    done = aircheck(archive, "transcribe", folder.id, "--model", "demo")
    assert done.returncode == 1
    assert "queue.db" in done.stderr


def test_an_archive_that_cannot_be_written_says_so(archive: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = aircheck(blocked, "record", "http://127.0.0.1:1/x")
    assert done.returncode == 1
    assert "✗" in done.stderr


def test_settings_that_cannot_be_read_say_where(archive: Path, home: Path) -> None:
    file = home / "config" / "aircheck" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text("archive = [")
    done = aircheck(archive, "sessions")
    assert done.returncode == 2
    assert "settings.toml" in done.stderr


def test_no_display_is_said(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        done = aircheck(archive)
        assert done.returncode == 1
        assert "no display" in done.stderr


def test_a_title_cannot_move_the_cursor(archive: Path, tmp_path: Path) -> None:
    text = tmp_path / "evil\x1b[31m\u202e.srt"
    text.write_text("1\n00:00:01,000 --> 00:00:02,000\nIt was said.\n")
    assert aircheck(archive, "import", str(text)).returncode == 0
    (folder,) = Archive(archive).folders()
    for arguments in (["sessions"], ["show", folder.id], ["search", "said"]):
        told = aircheck(archive, *arguments).stdout
        assert "evil" in told
        assert "\x1b" not in told
        assert "\u202e" not in told


def test_a_long_title_fills_no_other_line(archive: Path, tmp_path: Path) -> None:
    for name in ("long " * 40, "short"):
        text = tmp_path / f"{name}.srt"
        text.write_text(f"1\n00:00:01,000 --> 00:00:02,000\nIt was {name}.\n")
        assert aircheck(archive, "import", str(text)).returncode == 0
    lines = aircheck(archive, "sessions").stdout.splitlines()
    assert len(lines) == 3
    assert sum("long " * 39 in line for line in lines) == 1
    assert lines == [line.rstrip() for line in lines]


def test_a_pipe_in_a_folder_is_not_waited_for(archive: Path, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    folder = tmp_path / "tapes"
    folder.mkdir()
    os.mkfifo(folder / "pipe.wav")
    done = aircheck(archive, "import", str(folder))
    assert done.returncode == 0
    assert "nothing to import" in done.stdout


def test_one_bad_session_does_not_stop_the_transcription_of_others(archive: Path) -> None:
    bad = build_session(archive, [adts_part(2.0)], title="bad")
    bad.journal_path.unlink()
    bad.journal_path.mkdir()
    done = aircheck(archive, "transcribe", "--pending", "--model", "demo")
    assert done.returncode == 0
    assert "Nothing is queued" in done.stdout


def test_a_file_is_taken_whole(archive: Path, tmp_path: Path) -> None:
    tape = tmp_path / "tape.mp3"
    tape.write_bytes(b"x")
    assert aircheck(archive, "record", str(tape), "--for", "5s").returncode == 2


@pytest.fixture
def read_only(archive: Path, tmp_path: Path) -> Iterator[Path]:
    """The archive, seen through a mount that nobody may write to."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount, on Linux")
    archive.mkdir(exist_ok=True)
    place = tmp_path / "read-only"
    place.mkdir()
    if subprocess.run(["mount", "--bind", archive, place], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_a_read_only_archive_is_searched_and_refuses_what_writes(
    archive: Path, read_only: Path, tmp_path: Path
) -> None:
    text = tmp_path / "talk.srt"
    text.write_text("1\n00:00:01,000 --> 00:00:02,000\nIt was said.\n")
    assert aircheck(archive, "import", str(text)).returncode == 0
    found = aircheck(read_only, "search", "said", "--json")
    assert json.loads(found.stdout)["total"] == 1
    refused = aircheck(read_only, "record", "http://127.0.0.1:1/x")
    assert refused.returncode == 1
    assert "Writing is not allowed" in refused.stderr
    (folder,) = Archive(archive).folders()
    refused = aircheck(read_only, "edit", folder.id, "--title", "Other")
    assert refused.returncode == 1
    assert "while writing session.json" in refused.stderr
    assert folder.info().title == "talk"


def test_a_path_where_nothing_is_is_said(archive: Path, tmp_path: Path) -> None:
    said = aircheck(archive, "verify", str(tmp_path / "nothing"))
    assert said.returncode == 3
    assert f"There is nothing at {tmp_path / 'nothing'}" in said.stderr
    assert "No session is called" in aircheck(archive, "verify", "nothing").stderr


def test_a_session_that_has_ended_is_marked_at_a_moment_that_is_named(archive: Path) -> None:
    folder = build_session(archive, [adts_part(2.0)], title="talk")
    refused = aircheck(archive, "mark", folder.id, "here")
    assert refused.returncode == 1
    assert "has ended" in refused.stderr
    assert "--at" in refused.stderr
    assert aircheck(archive, "mark", folder.id, "here", "--at", "1s").returncode == 0


def test_a_moment_beyond_the_end_is_said(archive: Path) -> None:
    folder = build_session(archive, [adts_part(2.0)], title="talk")
    assert aircheck(archive, "show", folder.id, "--at", "0:01").returncode == 0
    beyond = aircheck(archive, "show", folder.id, "--at", "1:00")
    assert beyond.returncode == 3
    assert "beyond its end" in beyond.stderr
