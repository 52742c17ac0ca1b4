"""What the command prints to may be closed, full, without a reader, or poor in letters."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recorder.builders import adts_part, build_session

TITLE = "Gespräch ☃ 🎙"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive")
    build_session(root, [adts_part(2.0)], title=TITLE)
    return root


def run(
    archive: Path, arguments: str, *, redirected: str = "", **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """The command in a shell, which redirects it."""
    command = [sys.executable, "-m", "app", "--archive", str(archive)]
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirected}', *command, *arguments.split()],
        capture_output=True,
        timeout=240,
        check=False,
        env={**os.environ, **environment},
    )
    assert b"Traceback" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("arguments", ["sessions", "sessions --json", "show nobody --json"])
def test_a_reader_that_goes_away_is_no_failure(archive: Path, arguments: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "app", "--archive", archive, *arguments.split()],
            stdout=gone,
            stderr=subprocess.PIPE,
            timeout=240,
            check=False,
        )
    assert done.stderr == b""
    assert done.returncode == (3 if "nobody" in arguments else 0)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix closes streams")
@pytest.mark.parametrize("arguments", ["sessions", "sessions --json"])
def test_a_closed_output_is_no_failure(archive: Path, arguments: str) -> None:
    done = run(archive, arguments, redirected=">&-")
    assert done.stderr == b""
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("arguments", ["sessions", "sessions --json"])
def test_a_full_disk_under_the_output_is_said(archive: Path, arguments: str) -> None:
    done = run(archive, arguments, redirected=">/dev/full")
    assert b"No space left" in done.stderr or b"The disk is full" in done.stderr
    assert done.returncode == 1


def test_letters_that_the_output_does_not_know_are_written_out(archive: Path) -> None:
    told = run(archive, "sessions", PYTHONIOENCODING="ascii")
    assert told.returncode == 0
    assert b"Gespr\\xe4ch \\u2603 \\U0001f399" in told.stdout
    read = run(archive, "sessions --json", PYTHONIOENCODING="ascii")
    assert json.loads(read.stdout)["sessions"][0]["title"] == TITLE


def test_nothing_but_the_answer_is_printed_where_nobody_looks(archive: Path) -> None:
    done = run(archive, "check")
    assert done.stderr == b""
    assert done.stdout.startswith("✓ 1 session checked".encode())
