"""Bit rot is found, wherever; a round that was ended half-way goes on."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from recorder import checking, trash
from recorder.archive import Archive, SessionFolder
from recorder.errors import StorageError
from tests.recorder.builders import adts_part, build_session


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def folders(archive: Archive) -> list[SessionFolder]:
    return [build_session(archive.root, [adts_part(0.5)]) for _ in range(3)]


def rot(folder: SessionFolder) -> None:
    """Turn one bit in the audio, and leave its time as it was."""
    (part,) = folder.audio.iterdir()
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)


def test_what_rotted_is_found_and_remembered(
    archive: Archive, folders: list[SessionFolder]
) -> None:
    rot(folders[1])
    found = list(checking.run(archive, checking.due(archive)))
    assert [each.due.folder.id for each in found] == sorted(folder.id for folder in folders)
    bad = [each for each in found if each.problems]
    assert [each.due.folder.id for each in bad] == [folders[1].id]
    assert bad[0].problems[0].file.startswith("audio/")
    remembered = {check.session: check.problems for check in checking.checks(archive)}
    assert remembered.keys() == {folder.id for folder in folders}
    assert remembered[folders[0].id] == 0
    assert remembered[folders[1].id] > 0
    assert len(checking.due(archive)) == 3  # the next round takes all of them
    (again,) = checking.due(archive, older_than=timedelta(days=1))  # what is bad is always due
    assert again.folder.id == folders[1].id
    assert again.before
    assert again.before.problems > 0


def test_a_round_that_was_ended_goes_on(archive: Archive, folders: list[SessionFolder]) -> None:
    round_ = checking.run(archive, checking.due(archive))
    first = next(round_).due.folder.id
    round_.close()  # as a kill would
    rest = checking.due(archive)
    assert first not in [each.folder.id for each in rest]
    assert len(rest) == 2
    list(checking.run(archive, rest))
    again = [each.folder.id for each in checking.due(archive)]
    assert again[0] == first  # the one that was longest ago comes first
    assert len(again) == 3


def test_what_goes_away_meanwhile_is_no_finding(
    archive: Archive, folders: list[SessionFolder]
) -> None:
    waiting = checking.due(archive)
    trash.put(archive, folders[2])
    found = list(checking.run(archive, waiting))
    assert not any(each.problems for each in found)
    assert len(found) == 2
    assert len(checking.checks(archive)) == 2


def test_a_file_that_is_none_of_ours_is_said(
    archive: Archive, folders: list[SessionFolder]
) -> None:
    (archive.root / checking.FILE_NAME).write_text("[1, 2")
    with pytest.raises(StorageError, match=r"checks\.json can't be read"):
        checking.due(archive)


def test_it_can_let_all_others_go_first() -> None:
    """In a process of its own: what is given away doesn't come back."""
    code = (
        "import psutil, recorder.checking as c; p = psutil.Process(); before = p.nice();"
        " c.give_way(); c.give_way(); print(before, p.nice())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, said.stdout.split())
    assert after == max(before, 10)
