import json
from pathlib import Path

import pytest

from app import editing, marking, publishing
from app.shelf import Filter
from recorder import split, verify
from recorder.archive import SessionFolder
from recorder.markers import with_added
from recorder.split import By, Wish
from tests.recorder.builders import build_session


def marks(folder: SessionFolder) -> list[tuple[float, str]]:
    shown = with_added(folder.timeline(), folder.info())
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


def test_names_and_notes_are_found_among_the_sessions(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    marking.mark(folder, 4.0, "the mayor's question")
    marking.mark(folder, 6.0)
    editing.edit(folder, editing.Changes(notes="0:12  Ask about barley"))
    summary = folder.summary()
    assert (summary.markers, summary.notes) == (("the mayor's question",), "0:12  Ask about barley")
    assert Filter(text="Mayor barley").holds(summary, transcribed=False)
    assert not Filter(text="mayor rain").holds(summary, transcribed=False)


def test_before_the_session_there_is_no_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in the session"):
        marking.mark(build_session(tmp_path), -1.0)


def test_a_session_without_markers_of_its_own_reads_as_before(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(4.0, "question")])
    timeline = folder.timeline()
    assert with_added(timeline, folder.info()) is timeline
    assert with_added(timeline, None) is timeline


def test_a_marker_that_was_added_is_a_chapter_and_a_place_to_cut(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive", markers=[(3.0, "recorded")])
    marking.mark(folder, 14.0, "added")
    cut_s = [piece.to_s for piece in split.plan(folder, Wish(by=By.MARKERS))]
    assert cut_s[:2] == [3.0, 14.0]
    package = publishing.unedited(folder, tmp_path / "out")[0]
    chapters = json.loads((package / "data" / "chapters.json").read_text())["chapters"]
    assert [(each["sessionTime"], each["title"]) for each in chapters] == [
        (3.0, "recorded"),
        (14.0, "added"),
    ]
    assert verify.verify(package).ok
    page, *_ = publishing.publish_page(folder, tmp_path / "page")
    assert "added" in page.read_text()
