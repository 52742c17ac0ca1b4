"""One part of a long session, as the whole timeline has it."""

from pathlib import Path

import pytest

from recorder import journal
from recorder.errors import CorruptSession, StorageError
from recorder.glance import glance, marks
from recorder.timeline import Part
from tests.recorder.builders import adts_part, build_session


def part_at(folder_journal: Path, at_s: float) -> Part | None:
    found = glance(folder_journal, at_s)
    return found.parts[0] if found else None


def test_it_is_the_part_that_sounds_there(tmp_path: Path) -> None:
    folder = build_session(
        tmp_path,
        [adts_part(3.0), adts_part(3.0), adts_part(2.0, start_s=9.0)],
        title='"kind":"part"',
    )
    parts = folder.timeline().parts
    assert part_at(folder.journal_path, 0.0) == parts[0]
    assert part_at(folder.journal_path, float(parts[1].start_s)) == parts[1]
    assert part_at(folder.journal_path, 4.5) == parts[1]
    assert part_at(folder.journal_path, 8.0) == parts[2]  # in the gap: what comes after it
    assert part_at(folder.journal_path, 10.9) == parts[2]
    assert part_at(folder.journal_path, 50.0) is None
    assert glance(folder.journal_path, 1.0, "b") is None


def test_of_one_that_grows_it_is_what_is_journaled_whole(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(3.0)], sealed=False)
    with folder.journal_path.open("ab") as file:
        file.write(b'{"n":9,"kind":"chunk","tra')
    part = part_at(folder.journal_path, 1.0)
    assert part is not None
    assert part.sealed is None
    assert part.end_s == folder.timeline().duration_s


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "journal.jsonl"
    broken.write_bytes(b'{"kind":"part"\n')
    with pytest.raises(CorruptSession, match="can't be read"):
        glance(broken, 0.0)
    with pytest.raises(StorageError):
        glance(tmp_path / "none.jsonl", 0.0)


def test_a_journal_is_read_on_from_where_it_was_left(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    whole = list(journal.read(folder.journal_path))
    data = folder.journal_path.read_bytes()
    half = data.index(b"\n", len(data) // 2) + 1
    growing = tmp_path / "grows.jsonl"
    growing.write_bytes(data[: half + 7])  # a line is being written
    first, offset = journal.read_on(growing)
    assert offset == half
    growing.write_bytes(data)
    rest, end = journal.read_on(growing, offset)
    assert [*first, *rest] == whole
    assert journal.read_on(growing, end) == ([], len(data))


def test_its_markers_are_those_of_the_whole_timeline(tmp_path: Path) -> None:
    marked = [(2.0, "the budget"), (0.5, 'says "kind":"mark"')]
    folder = build_session(tmp_path, [adts_part(3.0)], markers=marked, sealed=False)
    with folder.journal_path.open("ab") as file:
        file.write(b'{"n":9,"kind":"mark","at_s":1.0,"te')  # being written
    found = marks(folder.journal_path)
    assert [(mark.at_s, mark.text) for mark in found] == marked
    assert tuple(sorted(found, key=lambda mark: mark.at_s)) == folder.timeline().markers


def test_markers_that_can_not_be_read_are_said(tmp_path: Path) -> None:
    broken = tmp_path / "journal.jsonl"
    broken.write_bytes(b'{"kind":"mark"\n')
    with pytest.raises(CorruptSession, match="can't be read"):
        marks(broken)
    with pytest.raises(StorageError):
        marks(tmp_path / "none.jsonl")
