from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from recorder.archive import Archive
from recorder.types import Seconds, SourceKind, SourceSpec
from tests.transcribe.talks import say
from transcribe import database, index, search
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
    assert _total(archive, '"unedited audio"') == 1
    folder.write_info(replace(folder.info(), title="Renamed"))
    assert _total(archive, '"unedited audio" title:renamed') == 1
    say(folder, ["we publish the unedited", "audio of the whole talk"])
    assert (_total(archive, '"whole talk"'), _total(archive, '"hole talk"')) == (1, 0)
    assert _total(archive, '"other side"') == 1
    text.close()
    text.close()


def test_what_fails_costs_no_caption(archive: Archive) -> None:
    folder = archive.create("Live", [])
    database.path_of(archive.root).write_bytes(b"garbage " * 999)
    text = LiveText(folder)
    text.add("a", _segment(0, "one"))
    index.rebuild(archive)
    text.add("a", _segment(5, "two"))
    assert (_total(archive, "one"), _total(archive, "two")) == (0, 1)
    text.close()
