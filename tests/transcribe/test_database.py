from __future__ import annotations

import contextlib
import gzip
import sqlite3
import threading
from datetime import UTC
from pathlib import Path

import pytest
from sqlite_utils import Database as SqliteUtils

from transcribe import database
from transcribe.errors import IndexBroken, IndexBusy
from transcribe.facets import facets
from transcribe.search import search


def test_a_new_index_is_empty_and_checks(tmp_path: Path) -> None:
    with contextlib.closing(database.open(tmp_path)) as index:
        index.check()
        assert index.rows("SELECT count(*) FROM session") == [(0,)]
        assert index.rows("PRAGMA journal_mode") == [("wal",)]
        assert index.fact("terms") == ""


def test_it_is_an_ordinary_file_of_sqlite_utils(tmp_path: Path) -> None:
    database.open(tmp_path).close()
    tables = SqliteUtils(tmp_path / "index.db")
    assert {"session", "transcript", "segment", "passage"} <= set(tables.table_names())
    assert tables.table("passage").detect_fts() == "passage_fts"
    assert tables.table("seam").detect_fts() == "seam_fts"
    tables.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with contextlib.closing(database.open(tmp_path)) as index:
            applied = index.rows("SELECT name, applied_at FROM _sqlite_migrations ORDER BY id")
    assert [name for name, _ in applied] == [
        "sessions", "text", "full_text", "near_ids", "no_merging_in_a_commit", "marks",
    ]  # fmt: skip
    with contextlib.closing(database.open(tmp_path)) as index:
        assert index.rows("SELECT name, applied_at FROM _sqlite_migrations ORDER BY id") == applied


def test_many_may_open_a_new_index_at_once(tmp_path: Path) -> None:
    ready = threading.Barrier(8)
    failed: list[BaseException] = []

    def open_it() -> None:
        ready.wait()
        try:
            database.open(tmp_path).close()
        except BaseException as error:  # noqa: BLE001 told to the test's thread
            failed.append(error)

    threads = [threading.Thread(target=open_it, name=f"opener {n}") for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_reader_sees_one_state_and_does_not_block_a_writer(tmp_path: Path) -> None:
    with (
        contextlib.closing(database.open(tmp_path)) as reader,
        contextlib.closing(database.open(tmp_path)) as writer,
        reader.reading(),
    ):
        assert reader.fact("seen") == ""
        with writer.writing() as tables:
            tables.table("about").insert({"key": "seen", "value": "yes"})
        assert reader.fact("seen") == ""


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    with contextlib.closing(database.open(tmp_path)) as index:
        with pytest.raises(IndexBroken):
            _write_half(index)
        assert index.fact("half") == ""
        with index.writing() as tables:
            tables.table("about").insert({"key": "whole", "value": "done"})
        assert index.fact("whole") == "done"


def test_a_writer_that_waits_too_long_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(database.open(tmp_path)) as one:
        monkeypatch.setattr(database, "_BUSY_TIMEOUT_S", 0.01)
        with (
            contextlib.closing(database.open(tmp_path)) as other,
            one.writing(),
            pytest.raises(IndexBusy, match="another process"),
            other.writing(),
        ):
            pass


@pytest.mark.parametrize("size", [200, 5000])
def test_a_file_that_is_no_database(tmp_path: Path, size: int) -> None:
    (tmp_path / "index.db").write_bytes(b"x" * size)
    with pytest.raises(IndexBroken) as caught:
        database.open(tmp_path)
    assert "aircheck index rebuild" in caught.value.hint
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_a_table_that_is_gone(tmp_path: Path) -> None:
    with contextlib.closing(database.open(tmp_path)) as index:
        with index.writing() as tables:
            tables.execute("DROP TABLE session")
        with pytest.raises(IndexBroken, match="no such table"):
            index.rows("SELECT * FROM session")


def test_a_newer_index_is_left_alone(tmp_path: Path) -> None:
    with contextlib.closing(database.open(tmp_path)) as index, index.writing() as tables:
        row = {"migration_set": "aircheck.index", "name": "voices", "applied_at": "2030"}
        tables.table("_sqlite_migrations").insert(row)
    with pytest.raises(IndexBroken, match="a newer Aircheck made it: voices"):
        database.open(tmp_path)


def test_check_finds_full_text_out_of_step(tmp_path: Path) -> None:
    with contextlib.closing(database.open(tmp_path)) as index:
        with index.writing() as tables:
            tables.execute("DROP TRIGGER seam_insert")
            tables.execute("INSERT INTO seam (id, right_id, terms) VALUES (1, 2, 'lost words')")
        with pytest.raises(IndexBroken):
            index.check()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(database.StorageError):
        database.open(tmp_path / "nowhere")


def _write_half(index: database.Database) -> None:
    with index.writing() as tables:
        tables.table("about").insert({"key": "half", "value": "done"})
        tables.execute("INSERT INTO nowhere VALUES (1)")


def _an_older_file(tmp_path: Path) -> Path:
    """What the first schema's program made: three talks, two of which began at one minute."""
    packed = Path(__file__).parents[1] / "data" / "index-0.1-first.db.gz"
    path = tmp_path / "index.db"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def test_an_older_file_is_kept(tmp_path: Path) -> None:
    path = _an_older_file(tmp_path)
    said = "SELECT text FROM segment ORDER BY id"
    with contextlib.closing(sqlite3.connect(path)) as older:
        before = older.execute(said).fetchall()
    with contextlib.closing(database.open(tmp_path)) as index:
        index.check()
        assert index.rows(said) == before
        assert index.fact("terms") == "1"
        assert search(index, "thunder on:2024-08-13", zone=UTC).total > 0
        # A phrase across the border of two passages, in each of the three talks.
        hits = search(index, '"unedited audio"').hits
        assert sorted(hit.title for hit in hits) == ["Old talk 0", "Old talk 1", "Old talk 2"]
        assert [hit.start_s for hit in hits] == [54, 54, 54]
        years = facets(index, "unedited", zone=UTC).years
        assert [(year.value, year.count) for year in years] == [("2024", 3)]


def test_an_older_file_that_is_empty_is_kept(tmp_path: Path) -> None:
    with contextlib.closing(SqliteUtils(tmp_path / "index.db")) as tables:
        database.migrations.apply(tables, stop_before="near_ids")
    with contextlib.closing(database.open(tmp_path)) as index:
        index.check()
