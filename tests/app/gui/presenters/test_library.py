import dataclasses
import shutil
from pathlib import Path

import pytest

from app.gui.presenters import library
from app.gui.presenters.library import Library, Row
from recorder.archive import Archive
from tests.parts import wait_until
from tests.recorder.builders import build_session


def look(library: Library) -> tuple[Row, ...]:
    found: list[tuple[Row, ...]] = []

    def is_new() -> bool:
        found.extend(rows for rows in [library.look()] if rows is not None)
        return bool(found)

    wait_until(is_new, what="a change")
    return found[-1]


def test_an_archive_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert look(Library(Archive(tmp_path / "none"))) == ()


def test_sessions_come_newest_first_and_only_when_something_is_new(tmp_path: Path) -> None:
    first = build_session(tmp_path, title="First")
    library = Library(Archive(tmp_path))
    assert [row.summary.title for row in look(library)] == ["First"]
    assert library.look() is None
    second = build_session(tmp_path, title="Second")
    assert [row.summary.folder for row in look(library)] == [second.path, first.path]


def test_an_edited_title_shows(tmp_path: Path) -> None:
    folder = build_session(tmp_path, title="Frist")
    library = Library(Archive(tmp_path))
    look(library)
    folder.write_info(dataclasses.replace(folder.info(), title="First"))
    assert [row.summary.title for row in look(library)] == ["First"]


def test_a_deleted_session_goes(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    library = Library(Archive(tmp_path))
    look(library)
    shutil.rmtree(folder.path)
    assert look(library) == ()


def test_a_transcript_shows(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    library = Library(Archive(tmp_path))
    assert not look(library)[0].is_transcribed
    folder.transcripts.mkdir(exist_ok=True)
    (folder.transcripts / "a-demo-en-1.json").write_text("{}")
    assert look(library)[0].is_transcribed


def test_an_open_session_without_a_recorder_was_interrupted(tmp_path: Path) -> None:
    build_session(tmp_path, sealed=False)
    (row,) = look(Library(Archive(tmp_path)))
    assert row.is_interrupted
    assert row.look.word == "Interrupted"


def test_a_held_session_is_live_until_its_holder_is_gone(tmp_path: Path) -> None:
    folder = build_session(tmp_path, sealed=False)
    library = Library(Archive(tmp_path))
    with folder.hold():
        (row,) = look(library)
        assert row.is_live
    (row,) = look(library)
    assert row.is_interrupted


def test_a_corrupt_session_says_so_and_harms_no_other(tmp_path: Path) -> None:
    fine = build_session(tmp_path, title="Fine")
    broken = build_session(tmp_path, title="Broken")
    broken.journal_path.write_bytes(b"nonsense\n" * 2)
    rows = {row.summary.folder: row for row in look(Library(Archive(tmp_path)))}
    assert rows[broken.path].summary.problem
    assert rows[broken.path].look.word == "Unreadable"
    assert not rows[fine.path].summary.problem


def test_a_long_first_look_tells_what_it_has_the_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        build_session(tmp_path, title=str(number))
    monkeypatch.setattr(library, "_TOLD_EVERY_S", 0.0)
    told: list[list[str]] = []
    watched = Library(
        Archive(tmp_path), lambda rows: told.append([row.summary.title for row in rows])
    )
    watched.look()
    assert told == [["2"], ["2", "1"], ["2", "1", "0"]]
    watched.look()
    assert len(told) == 3
