"""A search that is open already follows what people change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import findable, keeping, marking
from app.gui.presenters import notes
from recorder.archive import Archive
from tests.recorder.builders import build_session
from transcribe import database, index, search
from transcribe.database import Database


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def opened(archive: Archive) -> Iterator[Database]:
    with contextlib.closing(index.ready(archive)) as found:
        yield found


def test_what_people_write_is_found_at_once(archive: Archive, opened: Database) -> None:
    folder = build_session(archive.root, markers=[(4.0, "question")])
    marking.mark(folder, 4.0, "First question")
    marking.mark(folder, 9.0, "the harbour")
    notes.add(folder, 3.2, "harbour plans")
    results = search.search(opened, "harbour")
    assert {hit.start_s for hit in results.hits} == {3.0, 9.0}
    marking.unmark(folder, 9.0)
    assert search.search(opened, "harbour").total == 1


def test_what_is_thrown_away_is_not_found_until_it_is_back(
    archive: Archive, opened: Database
) -> None:
    folder = build_session(archive.root, markers=[(4.0, "question")])
    findable.refresh(folder)
    (outcome,) = keeping.put(archive, [folder])
    assert search.search(opened, "question").total == 0
    assert outcome.trashed is not None
    keeping.restore(archive, [outcome.trashed])
    assert search.search(opened, "question").total == 1


def test_where_there_is_no_index_none_is_made(archive: Archive) -> None:
    findable.refresh(build_session(archive.root))
    assert not database.path_of(archive.root).exists()


def test_an_index_that_can_not_be_used_harms_no_mark(archive: Archive) -> None:
    folder = build_session(archive.root)
    database.path_of(archive.root).write_bytes(b"somebody's letter")
    marking.mark(folder, 4.0, "question")
    assert folder.info().markers[0].text == "question"
