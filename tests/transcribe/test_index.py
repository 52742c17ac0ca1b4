from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recorder.archive import Archive
from recorder.errors import CorruptSession
from recorder.types import Seconds
from tests.transcribe.talks import say, talk
from transcribe import database, index, rows, terms, transcript
from transcribe.database import Database
from transcribe.errors import IndexBusy
from transcribe.search import search
from transcribe.transcript import Segment


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def opened(archive: Archive) -> Iterator[Database]:
    archive.root.mkdir()
    with contextlib.closing(index.ready(archive)) as found:
        yield found
        found.check()


def _titles(found: Database) -> list[str]:
    return sorted(title for (title,) in found.rows("SELECT title FROM session"))


def _contents(found: Database) -> list[list[Any]]:
    """All that is searched, whatever the row ids are."""
    wanted = ("title, source, started_at FROM session", "text, start_s FROM segment",
              "terms FROM passage", "terms FROM seam", "term, passages FROM term")  # fmt: skip
    return [sorted(found.rows(f"SELECT {columns}")) for columns in wanted]


def _changed(path: Path) -> None:
    """Let a file look as if it had been written later."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def test_update_puts_a_session_in(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["one two", "three four"], title="A talk", tags=["x"], speakers=["Ann"])
    assert index.update(opened, folder) == ()
    assert _titles(opened) == ["A talk"]
    assert opened.rows("SELECT terms FROM passage") == [("one two three four",)]
    assert opened.rows("SELECT tag FROM tag") == [("x",)]
    assert opened.rows("SELECT name FROM speaker") == [("Ann",)]


def test_a_session_without_a_transcript_is_known(archive: Archive, opened: Database) -> None:
    index.update(opened, archive.create("Silent", []))
    assert _titles(opened) == ["Silent"]


def test_update_does_nothing_where_nothing_changed(
    archive: Archive, opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = talk(archive, ["one two"])
    index.update(opened, folder)
    monkeypatch.setattr(rows, "put", lambda *_: pytest.fail("it was written again"))
    index.update(opened, folder)


def test_a_new_transcript_takes_the_old_ones_place(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["old words"] * 50)
    index.update(opened, folder)
    say(folder, ["new text"])
    index.update(opened, folder)
    assert opened.rows("SELECT terms FROM passage") == [("new text",)]
    assert opened.rows("SELECT count(*) FROM segment") == [(1,)]
    assert opened.rows("SELECT count(*) FROM seam") == [(0,)]
    assert opened.rows("SELECT * FROM term ORDER BY 1") == [("new", 1), ("text", 1)]


def test_a_new_title_leaves_the_text(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["same words"])
    index.update(opened, folder)
    before = opened.rows("SELECT id FROM passage")
    folder.write_info(replace(folder.info(), title="Another", tags=("new",)))
    index.update(opened, folder)
    assert _titles(opened) == ["Another"]
    assert opened.rows("SELECT id FROM passage") == before


def test_each_language_is_searched(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["good evening"])
    say(folder, ["guten Abend"], language="de")
    index.update(opened, folder)
    assert opened.rows("SELECT language FROM transcript ORDER BY 1") == [("de",), ("en",)]


def test_sessions_of_one_minute_do_not_collide(archive: Archive, opened: Database) -> None:
    for number in range(5):
        index.update(opened, talk(archive, [f"word{number}"]))
    ids = [key for (key,) in opened.rows("SELECT id FROM passage ORDER BY id")]
    assert ids == list(range(ids[0], ids[0] + 5))


def test_passages_sort_by_date(archive: Archive, opened: Database) -> None:
    talks = [talk(archive, [f"w{n} common"] * 30) for n in range(3)]
    for folder, shift in zip(talks, (2, 0, 1), strict=True):
        info = folder.info()
        folder.write_info(replace(info, created_at=info.created_at.replace(hour=shift)))
        index.update(opened, folder)
    said = [text.split()[0] for (text,) in opened.rows("SELECT terms FROM passage ORDER BY id")]
    assert said == sorted(said, key=["w1", "w2", "w0"].index)


@pytest.mark.parametrize("at_once", [1, 2, 7])
def test_text_that_grows_is_as_if_it_had_been_there(
    archive: Archive, opened: Database, at_once: int
) -> None:
    chance = random.Random(at_once)
    lines = [" ".join(chance.choices("abcdefgh", k=chance.randint(1, 20))) for _ in range(60)]
    whole = talk(archive, lines, speakers=["Ann", "Bob"])
    index.update(opened, whole)
    before = _contents(opened)
    (stored,) = transcript.stored(whole)
    segments = transcript.load(stored.path).segments
    index.remove(opened, whole.id)
    stored.path.unlink()
    for first in range(0, len(segments), at_once):  # each comes with the two before once more
        index.append(opened, whole, stored, segments[max(first - 2, 0) : first + at_once])
    assert _contents(opened) == before


def test_what_grew_is_replaced_by_the_file(archive: Archive, opened: Database) -> None:
    folder = talk(archive, [])
    (stored,) = transcript.stored(folder)
    live = replace(stored, model="live", path=folder.transcripts / "a-live-en-1.json")
    at_s = Seconds(0)
    index.append(opened, folder, live, [Segment(start_s=at_s, end_s=at_s, text="what i herd")])
    assert search(opened, "herd").total == 1
    say(folder, ["what I heard"])
    index.update(opened, folder)
    assert (search(opened, "herd").total, search(opened, "heard").total) == (0, 1)
    index.tidy(opened)


def test_remove_forgets_everything(archive: Archive, opened: Database) -> None:
    kept = talk(archive, ["kept words"])
    index.update(opened, kept)
    before = _contents(opened)
    gone = talk(archive, ["gone words"] * 50, tags=["t"], speakers=["Ann"])
    index.update(opened, gone)
    index.remove(opened, gone.id)
    index.remove(opened, gone.id)
    assert _contents(opened) == before
    assert opened.rows("SELECT count(*) FROM transcript_speaker") == [(0,)]


def test_a_corrupt_session_leaves_the_index_as_it_was(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["words"])
    index.update(opened, folder)
    (folder.path / "session.json").write_text("{")
    with pytest.raises(CorruptSession):
        index.update(opened, folder)
    assert _titles(opened) == ["Talk"]


def test_a_transcript_that_cannot_be_read_is_reported(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["words"])
    say(folder, ["Worte"], language="de")
    (folder.transcripts / "a-demo-de-1.json").write_text("[]")
    (problem,) = index.update(opened, folder)
    assert "a-demo-de-1.json" in problem.what
    assert opened.rows("SELECT terms FROM passage") == [("words",)]


def test_folders_and_files_that_cannot_be_opened_are_reported(archive: Archive) -> None:
    talk(archive, ["whole words"])
    one, other = talk(archive, ["words"]), talk(archive, ["words"])
    (one.transcripts / "a-demo-de-1.json").mkdir()
    (other.transcripts / "a-demo-en-1.json").unlink()
    other.transcripts.rmdir()
    other.transcripts.write_text("no folder")
    rebuilt = index.rebuild(archive)
    assert rebuilt.sessions == 2
    assert {problem.folder for problem in rebuilt.problems} == {one.path, other.path}
    with contextlib.closing(index.ready(archive)) as found:
        assert search(found, "words").total == 2


def test_text_that_is_no_utf8_is_kept_out(archive: Archive, opened: Database) -> None:
    folder = talk(archive, ["WORDS"], title="TITLE")
    for path in (folder.path / "session.json", *folder.transcripts.iterdir()):
        path.write_text(path.read_text().replace("TITLE", r"nul \u0000 \ud800"))
        path.write_text(path.read_text().replace("WORDS", r"half \ud800 a pair"))
    index.update(opened, folder)
    assert _titles(opened) == ["nul  ?"]
    assert opened.rows("SELECT text FROM segment") == [("half ? a pair",)]


def test_ready_makes_what_is_missing(archive: Archive) -> None:
    talk(archive, ["words"])
    told: list[tuple[int, int]] = []
    with contextlib.closing(index.ready(archive, lambda *done: told.append(done))) as found:
        assert _titles(found) == ["Talk"]
    assert told == [(1, 1)]


def test_ready_tells_how_far_it_is_where_many_changed(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.ready(archive).close()
    told: list[tuple[int, int]] = []
    for number in range(3):
        talk(archive, [f"words {number}"])
    monkeypatch.setattr(index, "MANY", 3)
    index.ready(archive, lambda *done: told.append(done)).close()
    assert told == [(1, 3), (2, 3), (3, 3)]
    talk(archive, ["one more"])
    index.ready(archive, lambda *done: told.append(done)).close()
    assert len(told) == 3


def test_an_archive_that_is_not_there_yet_is_empty(archive: Archive) -> None:
    with contextlib.closing(index.ready(archive)) as found:
        assert search(found, "words").total == 0
    assert index.rebuild(Archive(archive.root / "another")).sessions == 0


def test_ready_catches_up(archive: Archive) -> None:
    gone, changed = talk(archive, ["a"], title="Gone"), talk(archive, ["b"], title="Changed")
    index.ready(archive).close()
    talk(archive, ["c"], title="New")
    changed.write_info(replace(changed.info(), title="Renamed"))
    (gone.path / "session.json").unlink()
    gone.path.rename(archive.root / "not a session any more")
    with contextlib.closing(index.ready(archive)) as found:
        assert _titles(found) == ["New", "Renamed"]
        found.check()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"garbage " * 999), id="garbage"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), id="cut off"),
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: _run(path, "DROP TABLE session"), id="a table is gone"),
        pytest.param(lambda path: _run(path, "DELETE FROM about"), id="incomplete"),
        pytest.param(lambda path: _run(path, "UPDATE about SET value = '0'"), id="other terms"),
    ],
)
def test_ready_mends_by_making_anew(archive: Archive, damage: Callable[[Path], None]) -> None:
    for number in range(3):
        talk(archive, [f"words {number}"])
    index.ready(archive).close()
    damage(database.path_of(archive.root))
    with contextlib.closing(index.ready(archive)) as found:
        assert search(found, "words").total == 3
        found.check()


def test_what_is_no_database_is_set_aside(archive: Archive) -> None:
    talk(archive, ["words"])
    database.path_of(archive.root).write_bytes(b"somebody's letter")
    index.rebuild(archive)
    assert (archive.root / "index.broken.db").read_bytes() == b"somebody's letter"


def test_a_rebuilt_index_is_the_same(archive: Archive, opened: Database) -> None:
    chance = random.Random(5)
    for _ in range(4):
        lines = [" ".join(chance.choices("abcdefgh", k=9)) for _ in range(40)]
        index.update(opened, talk(archive, lines, tags=["t"], speakers=["Ann", "Bob"]))
    before = _contents(opened)
    rebuilt = index.rebuild(archive)
    assert (rebuilt.sessions, rebuilt.problems) == (4, ())
    assert _contents(opened) == before  # through the connection that was open all the while


def test_rebuild_skips_and_reports_a_corrupt_session(archive: Archive) -> None:
    talk(archive, ["whole words"])
    corrupt = talk(archive, ["broken words"])
    (corrupt.path / "session.json").write_text("{")
    rebuilt = index.rebuild(archive)
    assert rebuilt.sessions == 1
    assert [problem.folder for problem in rebuilt.problems] == [corrupt.path]
    assert not list(archive.root.glob(".index.new*"))


def test_searching_goes_on_while_it_is_made_anew(archive: Archive) -> None:
    for number in range(3):
        talk(archive, [f"words {number}"])
    with contextlib.closing(index.ready(archive)) as found:
        totals: list[int] = []
        index.rebuild(archive, lambda *_: totals.append(search(found, "words").total))
        assert totals == [3, 3, 3]
        assert search(found, "words").total == 3


def test_what_changes_while_it_is_made_anew_is_in_it(archive: Archive) -> None:
    folder = talk(archive, ["words"])
    talk(archive, ["more words"])

    def interfere(done: int, total: int) -> None:
        if done == total:
            say(folder, ["later words"])
            _changed(folder.path / "session.json")

    index.rebuild(archive, interfere)
    with contextlib.closing(database.open(archive.root)) as found:
        assert search(found, "later").total == 1


def test_only_one_makes_it_anew(archive: Archive) -> None:
    talk(archive, ["words"])
    started, go_on = threading.Event(), threading.Event()

    def wait(*_: int) -> None:
        started.set()
        go_on.wait(10)

    thread = threading.Thread(target=index.rebuild, args=(archive, wait), name="rebuild")
    thread.start()
    try:
        assert started.wait(10)
        with pytest.raises(IndexBusy, match="anew"):
            index.rebuild(archive)
        with contextlib.closing(index.ready(archive)) as found:
            assert "still being made" in search(found, "words").notes[0]
    finally:
        go_on.set()
        thread.join()


def test_an_index_that_is_held_is_replaced_later_or_not_at_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(archive, ["words"])
    with contextlib.closing(index.ready(archive)) as found:
        monkeypatch.setattr(database, "_BUSY_TIMEOUT_S", 0.01)
        with found.writing(), pytest.raises(IndexBusy):
            index.rebuild(archive)
        assert search(found, "words").total == 1


def test_many_processes_may_write_at_once(archive: Archive, opened: Database) -> None:
    folders = [talk(archive, [f"words {number}"] * 20) for number in range(12)]
    failed: list[BaseException] = []

    def work(mine: int) -> None:
        try:
            with contextlib.closing(database.open(archive.root)) as own:
                for folder in folders[mine::3]:
                    index.update(own, folder)
        except BaseException as error:  # noqa: BLE001 told to the test's thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,), name=f"writer {n}") for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert opened.rows("SELECT count(*) FROM session") == [(12,)]


def test_the_terms_version_is_noted(archive: Archive, opened: Database) -> None:
    assert opened.fact("terms") == str(terms.VERSION)
    assert opened.fact("made_by").startswith("aircheck ")


def _run(path: Path, sql: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()
