from pathlib import Path

import pytest

from app.gui.presenters.history import Histories
from recorder.errors import CorruptSession
from tests.recorder.builders import adts_part, build_session


def test_what_came_since_is_read_on_and_what_was_handed_out_stays(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(3.0)])
    data = folder.journal_path.read_bytes()
    lines = data.splitlines(keepends=True)
    with folder.journal_path.open("r+b") as file:
        file.truncate(len(b"".join(lines[:5])))
    histories = Histories()
    assert histories.known(folder) is None
    first = histories.read(folder)
    assert histories.read(folder) is first
    with folder.journal_path.open("ab") as file:
        file.write(b"".join(lines[5:]))
    second = histories.read(folder)
    assert (len(first.entries), len(second.entries)) == (5, len(lines))
    assert second.is_sealed
    assert not first.is_sealed
    assert second.timeline == folder.timeline()
    assert histories.known(folder) is second


def test_another_file_in_its_place_is_read_anew(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(2.0)])
    histories = Histories()
    histories.read(folder)
    other = build_session(tmp_path / "other", [adts_part(1.0)])
    other.journal_path.replace(folder.journal_path)
    assert histories.read(folder).timeline.duration_s < 1.5


def test_few_are_kept_and_what_is_gone_is_said(tmp_path: Path) -> None:
    folders = [build_session(tmp_path, [adts_part(0.5)], title=str(n)) for n in range(6)]
    histories = Histories()
    for folder in folders:
        histories.read(folder)
    assert [histories.known(folder) is None for folder in folders] == [True] * 2 + [False] * 4
    folders[-1].journal_path.unlink()
    with pytest.raises(CorruptSession, match="no journal"):
        histories.read(folders[-1])
