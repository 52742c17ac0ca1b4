"""`aircheck listen`: what was heard before Return was pressed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder import launch
from recorder.archive import Archive, SessionFolder
from tests.parts import wait_until
from tests.pulseserver import PulseServer, sound_server
from tests.recorder.switching import recorded_s


@pytest.fixture
def server(home: Path) -> Iterator[PulseServer]:
    with sound_server(home) as server:
        server.add_sink("speakers", "Speakers")
        yield server


def run(archive: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "app", "--archive", str(archive), "listen", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def begun(archive: Path) -> list[SessionFolder]:
    """The sessions that have a journal by now."""
    return [each for each in Archive(archive).folders() if each.journal_path.exists()]


def test_return_records_and_stop_seals(server: PulseServer, tmp_path: Path) -> None:
    child = run(tmp_path, "system:Speakers", "--keep", "5s", "--title", "Heard before")
    assert child.stdin
    assert child.stdout
    assert child.stdout.readline().strip() == "system:Speakers"
    assert "The last 5 s are kept in memory" in child.stdout.readline()
    child.stdin.write("\n")
    child.stdin.flush()
    (folder,) = wait_until(lambda: begun(tmp_path), what="the session")
    wait_until(lambda: recorded_s(folder) > 0, what="the first second")
    assert launch.stop(folder)
    said, _ = child.communicate(timeout=20)
    assert child.returncode == 0, said
    assert folder.info().title == "Heard before"


def test_the_end_of_the_input_lets_go(server: PulseServer, tmp_path: Path) -> None:
    child = run(tmp_path, "system:Speakers")
    said, _ = child.communicate(timeout=20)
    assert child.returncode == 1
    assert "Nothing was recorded. What was kept in memory is gone." in " ".join(said.split())
    assert not list(Archive(tmp_path).folders())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["http://127.0.0.1/a.mp3"], "Only device:NAME and system[:NAME] can be listened to."),
        (["system:Speakers", "--keep", "3h"], "--keep takes at most 10 minutes."),
        (["system:Nobody"], "No output here is called 'Nobody'"),
    ],
)
def test_what_cannot_be_listened_to_is_said(
    server: PulseServer, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    child = run(tmp_path, *arguments)
    said, _ = child.communicate(timeout=20)
    assert child.returncode in (1, 2)
    assert sentence in " ".join(said.split())
