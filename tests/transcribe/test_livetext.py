from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from recorder.archive import Archive, SessionFolder
from recorder.types import Seconds, SourceKind, SourceSpec
from tests.transcribe.talks import say, talk
from transcribe import database, heard, index, livetext, search
from transcribe.livetext import LiveText
from transcribe.transcript import Segment


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def _total(archive: Archive, text: str) -> int:
    with contextlib.closing(index.ready(archive)) as found:
        return search.search(found, text).total


def _segment(at_s: float, text: str) -> Segment:
    return Segment(start_s=Seconds(at_s), end_s=Seconds(at_s + 5), text=text)


def test_what_is_heard_is_found_until_there_is_a_transcript(archive: Archive) -> None:
    spec = SourceSpec(kind=SourceKind.STREAM, address="https://radio.example/live")
    folder = archive.create("Live", [("a", spec), ("b", spec)])
    index.ready(archive).close()
    text = LiveText(folder)
    text.add("a", _segment(0, "we publish the unedited"))
    text.add("a", _segment(5, "audio of the hole talk"))
    text.add("b", _segment(0, "from the other side"))
    text.add("b", _segment(5, ""))
    text.settle()
    assert _total(archive, '"unedited audio"') == 1
    folder.write_info(replace(folder.info(), title="Renamed"))
    assert _total(archive, '"unedited audio" title:renamed') == 1
    say(folder, ["we publish the unedited", "audio of the whole talk"])
    assert (_total(archive, '"whole talk"'), _total(archive, '"hole talk"')) == (1, 0)
    assert _total(archive, '"other side"') == 1
    text.close()
    text.close()


def _write(folder: SessionFolder, *said: tuple[float, str], track: str = "a") -> None:
    """As `transcribe.live` does, before the index is told."""
    folder.derived.mkdir(exist_ok=True)
    with (folder.derived / heard.FILE_NAME).open("a") as out:
        for at_s, text in said:
            values = {"track": track, "start_s": at_s, "end_s": at_s + 5, "text": text}
            out.write(json.dumps(values | {"is_final": False, "text": "wrong"}) + "\n")
            out.write(json.dumps(values | {"is_final": True}) + "\n")


def test_making_the_index_anew_costs_nothing_that_was_heard(archive: Archive) -> None:
    folder = archive.create("Live", [])
    index.ready(archive).close()
    text = LiveText(folder)
    for at_s, said in ((0.0, "we publish the unedited"), (5.0, "audio of the hole talk")):
        _write(folder, (at_s, said))
        text.add("a", _segment(at_s, said))
    text.settle()
    with (folder.derived / heard.FILE_NAME).open("a") as out:
        out.write('{"track": "a", "is_fin')  # is written just now
    index.rebuild(archive)
    assert (_total(archive, '"unedited audio"'), _total(archive, "wrong")) == (1, 0)
    text.add("a", _segment(10, "thank you"))
    text.settle()
    assert _total(archive, '"talk thank you"') == 1
    text.close()
    say(folder, ["we publish the unedited", "audio of the whole talk"])
    assert (_total(archive, '"whole talk"'), _total(archive, '"hole talk"')) == (1, 0)


def test_what_is_heard_while_the_index_is_made_is_in_it(archive: Archive) -> None:
    folder = archive.create("Live", [])
    index.ready(archive).close()
    text = LiveText(folder)

    def hear(done: int, total: int) -> None:
        assert (done, total) == (1, 1)
        _write(folder, (0.0, "we publish"), (5.0, "the unedited audio"))
        text.add("a", _segment(0, "we publish"))
        text.add("a", _segment(5, "the unedited audio"))
        text.settle()

    index.rebuild(archive, hear)
    text.close()
    assert _total(archive, '"publish the unedited"') == 1


def test_an_index_that_is_gone_comes_back_with_what_was_heard(archive: Archive) -> None:
    folder = archive.create("Live", [])
    _write(folder, (0.0, "we publish the unedited"))
    _write(folder, (0.0, "from the other side"), track="b")
    text = LiveText(folder)
    _write(folder, (5.0, "audio of the talk"))
    text.add("a", _segment(5, "audio of the talk"))
    text.close()
    assert (_total(archive, '"unedited audio"'), _total(archive, "side")) == (1, 1)


def test_what_fails_costs_no_caption(archive: Archive) -> None:
    folder = archive.create("Live", [])
    database.path_of(archive.root).write_bytes(b"garbage " * 999)
    text = LiveText(folder)
    text.add("a", _segment(0, "one"))
    text.settle()
    index.rebuild(archive)
    text.add("a", _segment(5, "two"))
    text.close()
    assert (_total(archive, "one"), _total(archive, "two")) == (0, 1)
    text.close()


def test_whoever_hears_does_not_wait_for_another_that_writes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(livetext, "_TRIES", 100_000)
    folder = archive.create("Live", [])
    index.ready(archive).close()
    text = LiveText(folder)
    with contextlib.closing(database.open(archive.root)) as other, other.writing():
        for number in range(5):
            text.add("a", _segment(number * 5, f"word{number}"))
        assert _total(archive, "word0") == 0
    text.settle()
    text.close()
    assert [_total(archive, f"word{number}") for number in range(5)] == [1] * 5


def test_a_live_commit_leaves_the_log_to_the_tidying(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moving it, and beginning it anew, wait for the disk."""
    folder = archive.create("Live", [])
    index.ready(archive).close()
    path = database.path_of(archive.root)
    with contextlib.closing(database.open(archive.root)) as other:  # or the last one moves it all
        text = LiveText(folder)
        with monkeypatch.context() as patched:
            patched.setattr(database, "_PAGES_OF_LOG", 1)
            text.add("a", _segment(0, "before"))
            text.settle()
        file = path.read_bytes()
        for number in range(1, 10):
            text.add("a", _segment(number * 5, "while it is heard"))
        text.settle()
        assert path.read_bytes() == file
        index.tidy(other)
        assert path.read_bytes() != file
        begun = _log_head(path)
        text.add("a", _segment(50, "after"))
        text.settle()
        assert _log_head(path) == begun
        text.close()
    assert _total(archive, "after") == 1


def test_a_live_commit_merges_no_full_text(archive: Archive) -> None:
    """One that merged all of an archive of 10,000 hours once took six seconds."""
    talk(archive, [f"word{number} " * 3 for number in range(20_000)])
    live = archive.create("Live", [])
    stored = heard.stored_as(live, "a")
    index.rebuild(archive)
    with contextlib.closing(database.open(archive.root)) as opened:
        opened.leave_log()
        [(whole,)] = opened.rows("SELECT sum(length(block)) FROM passage_fts_data")
        log = database.path_of(archive.root).with_name("index.db-wal")
        written = []
        for number in range(80):
            before = log.stat().st_size if log.exists() else 0
            index.append(opened, live, stored, [_segment(number * 5, f"said{number}")])
            written.append(log.stat().st_size - before)
        assert max(written[1:]) < whole / 3
        for _ in range(3):
            index.tidy(opened)
        assert search.search(opened, "said*", limit=100, thorough=True).total > 0
        opened.check()


def _log_head(path: Path) -> bytes:
    """Changes whenever the log is begun anew (https://sqlite.org/fileformat2.html#walformat)."""
    return path.with_name(f"{path.name}-wal").read_bytes()[:32]
