"""Window, command line and workers at one index: nobody ever sees 'database is locked'."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import index, search

_WRITER = """
with contextlib.closing(index.ready(archive)) as found:
    for folder in archive.folders()[number::3]:
        index.remove(found, folder.id)
        index.update(found, folder)
    index.tidy(found)
"""
_READER = """
for turn in range(30):
    found = index.ready(archive) if turn % 5 else database.open(archive.root)
    with contextlib.closing(found):
        results = search.search(found, '"moon and stars"')
        assert results.total <= 60, results.total
"""
_MAKER = """
for turn in range(3):
    with contextlib.suppress(IndexBusy):  # another one is making it
        index.rebuild(archive)
"""
_HEAD = """
import contextlib, sys
from pathlib import Path
from recorder.archive import Archive
from transcribe import database, index, search
from transcribe.errors import IndexBusy
archive, number = Archive(Path(sys.argv[1])), int(sys.argv[2])
sys.stdin.readline()
"""


def _start(archive: Archive, program: str, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _HEAD + program, str(archive.root), str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_many_processes_at_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    for number in range(20):
        talk(archive, ["moon and stars"] * 30, title=f"Talk {number}")
    programs = [_WRITER] * 3 + [_READER] * 3 + [_MAKER]
    running = [_start(archive, program, n % 3) for n, program in enumerate(programs)]
    said = []
    for process in running:  # none waits for another: all begin at an index that isn't there
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        out, _ = process.communicate(timeout=90)
        said.append((process.returncode, out))
    assert said == [(0, "")] * len(programs)
    with contextlib.closing(index.ready(archive)) as found:
        assert search.search(found, '"moon and stars"').total == 60
        found.check()
