"""Markers and notes, found as what was said is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from app import marking
from recorder import journal
from recorder.archive import Archive, Moment, SessionFolder
from recorder.events import Marked
from recorder.types import Seconds
from tests.recorder.builders import STARTED_AT, adts_part, build_session
from tests.transcribe.talks import say, talk
from transcribe import database, heard, index, marks, search
from transcribe.database import Database
from transcribe.facets import facets
from transcribe.hits import Hit
from transcribe.marks import Kind
from transcribe.transcript import Segment

_NOTES = """About the council's budget.
Recorded at home.
0:07  They vote
on the harbour
0:03 [a cough] the harbour again
9:59:00 is no time of this session"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture(autouse=True)
def _no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE_S", 60.0)


@pytest.fixture
def opened(archive: Archive) -> Iterator[Database]:
    with contextlib.closing(index.ready(archive)) as found:
        yield found
        found.check()


def _marked(archive: Archive, *, sealed: bool = True) -> SessionFolder:
    """A session of eleven seconds with two recorded markers, one added, notes, and talk."""
    folder = build_session(
        archive.root,
        [adts_part(11.0)],
        title="Council",
        markers=[(2.0, "Budget hearing"), (5.0, "")],
        sealed=sealed,
    )
    moments = (Moment(at_s=Seconds(5.0), text="Second reading"), Moment(at_s=Seconds(9.5)))
    folder.write_info(replace(folder.info(), notes=_NOTES, markers=moments))
    return folder


def _hits(found: Database, text: str) -> tuple[Hit, ...]:
    results = search.search(found, text, zone=UTC)
    assert results.total == len(results.hits)
    return results.hits


def _said(found: Database, text: str) -> list[tuple[Kind | None, float, str]]:
    return [(hit.kind, hit.start_s, hit.text) for hit in _hits(found, text)]


def test_they_are_texts_with_their_times(archive: Archive) -> None:
    folder = _marked(archive)
    found = marks.texts(folder, folder.summary().duration_s)
    assert {
        kind: [(segment.start_s, segment.text) for segment in segments]
        for kind, segments in found.items()
    } == {
        Kind.MARKER: [(2.0, "Budget hearing"), (5.0, "Second reading")],
        Kind.NOTE: [
            (0.0, "About the council's budget. Recorded at home."),
            (3.0, "[a cough] the harbour again 9:59:00 is no time of this session"),
            (7.0, "They vote on the harbour"),
        ],
    }


def test_of_one_that_nobody_marked_there_are_none(archive: Archive) -> None:
    assert marks.texts(talk(archive, ["budget"]), Seconds(0)) == {}


def test_they_are_found_with_their_kind_and_moment(archive: Archive, opened: Database) -> None:
    folder = _marked(archive)
    index.update(opened, folder)
    assert set(_said(opened, "budget")) == {
        (Kind.MARKER, 2.0, "Budget hearing"),
        (Kind.NOTE, 0.0, "About the council's budget. Recorded at home."),
    }
    (hit,) = _hits(opened, '"second read*"')
    assert (hit.session, hit.title, hit.marked()) == (folder.id, "Council", "«Second reading»")
    assert hit.link == f"aircheck:{folder.id}#t=5.0"
    assert (hit.started_at - STARTED_AT).total_seconds() == 5
    assert _hits(opened, '"hearing second"') == ()  # they don't follow each other as words do


def test_what_was_said_there_is_told_beside(archive: Archive, opened: Database) -> None:
    folder = _marked(archive)
    say(folder, ["good", "evening", "order", "please", "now", "the vote"], every_s=1.8)
    index.update(opened, folder)
    (hit,) = _hits(opened, "reading")
    assert (hit.before, hit.after) == ("evening order", "please now")
    assert [hit.before for hit in _hits(opened, "evening")] == ["good"]


def test_their_kind_is_a_field_and_is_counted(archive: Archive, opened: Database) -> None:
    folder = _marked(archive)
    say(folder, ["the budget", "is late"])
    index.update(opened, folder)
    index.update(opened, talk(archive, ["no budget"], title="Other"))
    for query, kinds in {
        "budget kind:marker": [Kind.MARKER],
        "budget kind:NOTE": [Kind.NOTE],
        "budget -kind:speech": [Kind.MARKER, Kind.NOTE],
        "budget -kind:marker -kind:note": [Kind.SPEECH, Kind.SPEECH],
        "budget lang:en": [Kind.SPEECH, Kind.SPEECH],
        "budget kind:speech title:council": [Kind.SPEECH],
    }.items():
        assert sorted(hit.kind or "" for hit in _hits(opened, query)) == sorted(kinds), query
    found = facets(opened, "budget")
    assert {each.value: each.count for each in found.kinds} == {"speech": 2, "marker": 1, "note": 1}
    assert [(each.value, each.count) for each in found.languages] == [("en", 2)]


def test_without_words_they_are_listed(archive: Archive, opened: Database) -> None:
    folder = _marked(archive)
    say(folder, ["the budget"])
    index.update(opened, folder)
    index.update(opened, build_session(archive.root, markers=[(1.0, "Other")], title="Other"))
    assert sorted(start_s for _, start_s, _ in _said(opened, "kind:marker")) == [1.0, 2.0, 5.0]
    assert _said(opened, "kind:marker title:other") == [(Kind.MARKER, 1.0, "Other")]
    assert _said(opened, "kind:note on:2020") == []
    first = search.search(opened, "kind:note", limit=2)
    assert (first.total, len(first.hits)) == (3, 2)
    second = search.search(opened, "kind:note", limit=2, page=first.next_page)
    assert len({hit.text for hit in first.hits + second.hits}) == 3
    assert second.next_page == ""
    assert _said(opened, "kind:speech") == [(None, 0.0, "Council")]  # sessions with talk
    assert _said(opened, "-kind:speech") == [(None, 0.0, "Other")]


def test_a_kind_that_there_is_not_is_said(opened: Database) -> None:
    (note,) = search.search(opened, "kind:chapter").notes
    assert note == "'kind:' is one of speech, marker, note, so 'chapter' is searched as text."


def test_what_changes_is_followed(archive: Archive, opened: Database) -> None:
    folder = _marked(archive)
    say(folder, ["the budget"])
    index.catch_up(opened, archive)
    said = opened.rows("SELECT id FROM passage WHERE terms = 'the budget'")
    marking.mark(folder, 9.5, "Harbour plan")
    marking.mark(folder, 2.0, "Hearing on roads")
    index.catch_up(opened, archive)
    assert [start_s for _, start_s, _ in _said(opened, "kind:marker harbour")] == [9.5]
    assert _said(opened, "kind:marker budget") == []
    assert _said(opened, "roads") == [(Kind.MARKER, 2.0, "Hearing on roads")]
    marking.unmark(folder, 9.5)
    marking.unmark(folder, 2.0)  # its recorded name comes back
    folder.write_info(replace(folder.info(), notes=""))
    index.catch_up(opened, archive)
    assert _said(opened, "harbour") == []
    assert set(_said(opened, "budget")) == {
        (Kind.SPEECH, 0.0, "the budget"),
        (Kind.MARKER, 2.0, "Budget hearing"),
    }
    assert opened.rows("SELECT id FROM passage WHERE terms = 'the budget'") == said
    assert opened.rows("SELECT term FROM term WHERE term IN ('harbour', 'roads')") == []


def test_of_one_that_is_recorded_they_are_found_at_once(archive: Archive, opened: Database) -> None:
    folder = _marked(archive, sealed=False)
    index.catch_up(opened, archive)
    log = journal.JournalWriter(folder.journal_path)
    log.append(Marked(at_s=Seconds(8.0), text="Harbour plan"))
    index.catch_up(opened, archive)
    assert _said(opened, "kind:marker harbour") == [(Kind.MARKER, 8.0, "Harbour plan")]
    line = Segment(start_s=Seconds(8.5), end_s=Seconds(9.0), text="a plan is heard")
    index.append(opened, folder, heard.stored_as(folder, "a"), [line])
    log.append(Marked(at_s=Seconds(9.0), text="Another plan"))
    log.close()
    index.catch_up(opened, archive)
    assert {kind for kind, _, _ in _said(opened, "plan")} == {Kind.MARKER, Kind.SPEECH}
    assert len(_said(opened, "plan")) == 3


def test_text_that_grows_first_brings_them_along(archive: Archive, opened: Database) -> None:
    folder = _marked(archive, sealed=False)
    line = Segment(start_s=Seconds(8.5), end_s=Seconds(9.0), text="on the budget")
    index.append(opened, folder, heard.stored_as(folder, "a"), [line])
    assert len(_said(opened, "budget")) == 3
    index.catch_up(opened, archive)
    assert len(_said(opened, "budget")) == 3


def test_a_rebuilt_index_has_them(archive: Archive, opened: Database) -> None:
    folder = _marked(archive)
    say(folder, ["the budget", "is late"], speakers=["Ann"])
    index.update(opened, folder)
    wanted = ("kind, text, start_s FROM segment JOIN transcript ON transcript.id = transcript_id",
              "terms, passage.id FROM passage", "term, passages FROM term")  # fmt: skip
    before = [sorted(opened.rows(f"SELECT {columns}")) for columns in wanted]
    assert index.rebuild(archive).problems == ()
    assert [sorted(opened.rows(f"SELECT {columns}")) for columns in wanted] == before


def test_an_older_index_looks_for_them(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    say(_marked(archive), ["the budget"])
    with monkeypatch.context() as before_there_were_any:
        before_there_were_any.setattr(marks, "texts", lambda *_: {})
        index.ready(archive).close()
    with contextlib.closing(sqlite3.connect(database.path_of(archive.root))) as older:
        older.execute("ALTER TABLE transcript DROP COLUMN kind")
        older.execute("DELETE FROM _sqlite_migrations WHERE name = 'marks'")
        older.commit()
    with contextlib.closing(database.open(archive.root)) as found:
        assert len(_said(found, "budget")) == 1
    with contextlib.closing(index.ready(archive)) as found:
        assert len(_said(found, "budget")) == 3
        found.check()


def test_marks_that_can_not_be_read_cost_no_text(archive: Archive, opened: Database) -> None:
    folder = build_session(archive.root, [adts_part(3.0)], sealed=False)
    say(folder, ["the budget"])
    with folder.journal_path.open("ab") as file:
        file.write(b'{"kind":"mark"}}\n')
    (problem,) = index.catch_up(opened, archive)
    assert "journal can't be read" in problem.what
    assert len(_said(opened, "budget")) == 1
