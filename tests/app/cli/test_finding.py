from __future__ import annotations

import csv
import errno
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recorder.archive import Archive
from tests.app.cli.running import Aircheck, runner
from tests.transcribe.talks import talk
from transcribe import listing, search
from transcribe.listing import COLUMNS

_LINES = ["hello and welcome", "we publish the unedited", "audio of the whole talk", "thank you"]


@pytest.fixture(autouse=True)
def _no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine gives a first answer that is worse."""
    monkeypatch.setattr(search, "PATIENCE_S", 60.0)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    talk(found, _LINES, title="First", speakers=["Ann", "Bob"], tags=["x"])
    talk(found, [*_LINES, "unedited once more"], title="Second",
         at=datetime(2025, 3, 1, 20, tzinfo=UTC))  # fmt: skip
    return found


@pytest.fixture
def aircheck(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Aircheck:
    return runner(archive.root, capsys)


def _answer(aircheck: Aircheck, *arguments: str) -> dict[str, Any]:
    status, out = aircheck(*arguments, "--json")
    assert status in (0, 3)
    found: dict[str, Any] = json.loads(out)
    return found


def _titles(answer: dict[str, Any]) -> list[str]:
    return [hit["title"] for hit in answer["hits"]]


def test_hits_are_grouped_by_session(aircheck: Aircheck) -> None:
    status, out = aircheck("search", '"unedited audio"')
    assert status == 0
    lines = [line.split("  ")[0] for line in out.splitlines() if line and line[0] != " "]
    assert sorted(lines[:2]) == ["First", "Second"]
    assert "00:06.0" in out
    assert "Bob: " in out
    assert "2 hits, best first" in out


def test_flat_tells_session_wall_clock_and_link(aircheck: Aircheck) -> None:
    _, out = aircheck("search", "unedited", "--flat", "--session", _id(aircheck, "First"))
    wall = datetime(2024, 8, 13, 0, 0, 6, tzinfo=UTC).astimezone()
    assert f"{wall:%Y-%m-%d %H:%M:%S}  First  00:06.0" in out
    assert "#t=6.0" in out


def _id(aircheck: Aircheck, title: str) -> str:
    found = _answer(aircheck, "sessions")["sessions"]
    return str(next(item["id"] for item in found if item["title"] == title))


def test_a_minus_is_no_option(aircheck: Aircheck) -> None:
    assert _titles(_answer(aircheck, "search", "unedited", "-once")) == ["First"]


def test_order_and_pages(aircheck: Aircheck) -> None:
    first = _answer(aircheck, "search", "talk", "--order", "newest", "--limit", "1")
    assert (_titles(first), first["total"], first["exact"]) == (["Second"], 2, True)
    second = _answer(aircheck, "search", "talk", "--limit", "1", "--page", first["next_page"])
    assert (_titles(second), second["next_page"]) == (["First"], "")


def test_context_and_facets(aircheck: Aircheck) -> None:
    answer = _answer(aircheck, "search", "whole", "--facets")
    assert {hit["before"] for hit in answer["hits"]} == {
        "hello and welcome we publish the unedited"
    }
    assert {item["value"] for item in answer["facets"]["years"]} == {"2024", "2025"}
    _, out = aircheck("search", "whole", "--facets", "--context")
    assert "↓ thank you" in out
    assert "year" in out


def test_what_people_marked_is_found_as_such(aircheck: Aircheck) -> None:
    session = _id(aircheck, "First")
    aircheck("mark", session, "the budget", "--at", "0:07")
    aircheck("edit", session, "--notes", "Budget papers are missing")
    status, out = aircheck("search", "budget")
    assert status == 0
    assert "00:07.0" in out
    assert "marker: the budget" in out
    assert "note: Budget papers" in out
    hits = _answer(aircheck, "search", "budget", "kind:marker", "--facets")
    assert [(hit["kind"], hit["start_s"], hit["before"]) for hit in hits["hits"]] == [
        ("marker", 7.0, " ".join(_LINES[:2]))
    ]
    assert hits["facets"]["kinds"] == [{"value": "marker", "count": 1}]
    _, out = aircheck("show", hits["hits"][0]["link"])
    assert _LINES[1] in out
    assert {hit["kind"] for hit in _answer(aircheck, "search", "title:first")["hits"]} == {
        "session"
    }
    assert {hit["kind"] for hit in _answer(aircheck, "search", "welcome")["hits"]} == {"speech"}


def test_what_has_no_transcript_is_said_where_nothing_is_found(
    aircheck: Aircheck, archive: Archive
) -> None:
    assert "no transcript" not in aircheck("search", "nowhere")[1]
    archive.create("Silent", [])
    assert "1 session has no transcript yet." in aircheck("search", "nowhere")[1]
    assert "no transcript" not in aircheck("search", "unedited")[1]


def test_completion_and_what_was_meant(aircheck: Aircheck) -> None:
    assert _answer(aircheck, "search", "--complete", "the une") == {"completions": ["unedited"]}
    assert aircheck("search", "--complete", "xyz")[0] == 3
    status, out = aircheck("search", "unedted")
    assert status == 3
    assert "Did you mean: unedited" in out


def test_hits_as_a_table(aircheck: Aircheck, tmp_path: Path) -> None:
    out = tmp_path / "hits.csv"
    assert aircheck("search", "unedited", "--out", str(out))[0] == 0
    with out.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert [row[1] for row in rows] == ["Second", "First"]
    assert not list(tmp_path.glob(".hits*"))


def test_a_file_of_no_known_kind_is_not_written(aircheck: Aircheck, tmp_path: Path) -> None:
    for name in ("hits.xyz", "hits"):
        assert aircheck("search", "unedited", "--out", str(tmp_path / name))[0] == 2
        assert not (tmp_path / name).exists()
    as_told = tmp_path / "hits.xyz"
    assert aircheck("search", "unedited", "--format", "json", "--out", str(as_told))[0] == 0
    assert _titles(json.loads(as_told.read_text())) == ["Second", "First"]


def test_hits_as_json(aircheck: Aircheck) -> None:
    _, out = aircheck("search", "unedited", "--format", "json", "--limit", "1")
    listed = json.loads(out)
    assert (listed["query"], _titles(listed)) == ("unedited", ["Second"])


def test_a_file_that_cannot_be_written(
    aircheck: Aircheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> int:
        raise OSError(errno.ENOSPC, "no space")

    assert aircheck("search", "unedited", "--out", str(tmp_path / "none" / "x.csv"))[0] == 2
    monkeypatch.setattr(listing, "write_csv", fill)
    assert aircheck("search", "unedited", "--out", str(tmp_path / "x.csv"))[0] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_a_search_is_saved_and_asked_again(aircheck: Aircheck) -> None:
    _, out = aircheck("search", "--save", "Mine", "unedited", "--to", "2024", "--order", "newest")
    assert "kept: aircheck search --saved Mine" in out
    (kept,) = _answer(aircheck, "searches")["searches"]
    assert kept == {"name": "Mine", "text": "unedited", "to": "2024", "order": "newest first"}
    again = _answer(aircheck, "search", "--saved", "mine")
    assert (_titles(again), again["order"]) == (["First"], "newest first")
    assert _titles(_answer(aircheck, "search", "--saved", "mine", "--to", "2025")) == [
        "Second",
        "First",
    ]
    assert "Mine" in aircheck("searches")[1]
    assert aircheck("searches", "remove", "mine")[0] == 0
    assert "No search is saved yet" in aircheck("searches", "list")[1]
    assert aircheck("search", "--saved", "mine")[0] == 3


@pytest.mark.parametrize("arguments", [[], ["--page", "zz", "x"], ["--from", "soon", "x"]])
def test_wrong_use(aircheck: Aircheck, arguments: list[str]) -> None:
    assert aircheck("search", *arguments)[0] == 2


def test_a_link_leads_to_the_words(aircheck: Aircheck) -> None:
    (hit,) = _answer(aircheck, "search", "whole", "--limit", "1")["hits"]
    at = _answer(aircheck, "show", hit["link"])
    assert at["at_s"] == hit["start_s"]
    assert hit["text"] in [said["text"] for said in at["said"]]
    moved = _answer(aircheck, "show", hit["link"], "--at", "0:01")
    assert (moved["at_s"], moved["said"][0]["text"]) == (1, _LINES[0])


def test_what_the_index_holds_is_counted(aircheck: Aircheck, archive: Archive) -> None:
    assert "2 sessions are in the index." in aircheck("index", "rebuild")[1]
    (archive.folders()[0].path / "session.json").write_text("{")
    status, out = aircheck("index", "rebuild")
    assert status == 1
    assert "1 session is in the index." in out
