"""The index in a real Datasette, which knows nothing of Aircheck."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any
from urllib.parse import urlencode

import pytest

import resources
from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import database, index

_METADATA = resources.path("datasette.json")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    found = Archive(tmp_path_factory.mktemp("archive"))
    talk(found, ["we publish the unedited", "audio of the whole talk"], title="A talk",
         speakers=["Ann", "Bob"])  # fmt: skip
    index.ready(found).close()
    return found


def _get(archive: Archive, path: str, **query: str) -> Any:
    command = [sys.executable, "-m", "datasette", "serve", str(database.path_of(archive.root)),
               "--metadata", str(_METADATA), "--get", f"{path}?{urlencode(query)}"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_its_tables_are_listed_and_described(archive: Archive) -> None:
    found = _get(archive, "/index.json")
    tables = {table["name"]: table for table in found["tables"] if not table["hidden"]}
    assert {"session", "segment", "passage", "term"} <= tables.keys()
    assert tables["passage"]["fts_table"] == "passage_fts"
    assert {query["name"] for query in found["queries"]} == {"said", "hours"}
    described = json.loads(_METADATA.read_text())["databases"]["index"]["tables"]
    columns = {name: set(table["columns"]) for name, table in tables.items()}
    for name, table in described.items():  # nothing is described that isn't there
        assert set(table.get("columns", {})) <= columns[name]


def test_its_own_search_finds_what_was_said(archive: Archive) -> None:
    rows = _get(archive, "/index/passage.json", _search="unedited audio", _shape="array")
    assert [row["terms"] for row in rows] == ["we publish the unedited audio of the whole talk"]


def test_the_query_that_comes_along_tells_who_said_it(archive: Archive) -> None:
    rows = _get(archive, "/index/said.json", words='"unedited audio"', _shape="array")
    assert [(row["title"], row["speaker"]) for row in rows] == [
        ("A talk", "Ann"),
        ("A talk", "Bob"),
    ]
