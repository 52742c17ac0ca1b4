from pathlib import Path

import pytest

from app import marking
from recorder.archive import SessionFolder
from tests.recorder.builders import build_session


def marks(folder: SessionFolder) -> list[tuple[float, str]]:
    shown = marking.with_added(folder.timeline(), folder.info())
    return [(mark.at_s, mark.text) for mark in shown.markers]


def test_what_is_added_stands_among_the_recorded_and_the_journal_stays(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(4.0, "question")])
    journal = folder.journal_path.read_bytes()
    marking.mark(folder, 9.5, "  the\nanswer ")
    marking.mark(folder, 1.0)
    assert marks(folder) == [(1.0, ""), (4.0, "question"), (9.5, "the answer")]
    assert folder.journal_path.read_bytes() == journal


def test_a_marker_gets_another_name_and_its_own_again(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(4.0, "question")])
    marking.mark(folder, 4.0, "first question")
    marking.mark(folder, 4.0, "the first question")
    assert marks(folder) == [(4.0, "the first question")]
    assert marking.unmark(folder, 4.0)
    assert marks(folder) == [(4.0, "question")]
    assert not marking.unmark(folder, 4.0)


def test_before_the_session_there_is_no_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in the session"):
        marking.mark(build_session(tmp_path), -1.0)


def test_a_session_without_markers_of_its_own_reads_as_before(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(4.0, "question")])
    timeline = folder.timeline()
    assert marking.with_added(timeline, folder.info()) is timeline
    assert marking.with_added(timeline, None) is timeline
