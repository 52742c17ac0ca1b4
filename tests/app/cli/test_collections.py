from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import shelf
from app.shelf import Collection, Filter
from recorder.archive import SessionFolder
from tests.app.cli.running import Aircheck, runner
from tests.recorder.builders import build_session


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def pair(root: Path) -> list[SessionFolder]:
    return [build_session(root, title=title) for title in ("One", "Two")]


@pytest.fixture
def aircheck(root: Path, capsys: pytest.CaptureFixture[str]) -> Aircheck:
    return runner(root, capsys)


def test_a_collection_is_filled_shown_and_forgotten(
    aircheck: Aircheck, pair: list[SessionFolder], root: Path
) -> None:
    assert aircheck("collections")[1].startswith("No collection yet")
    status, out = aircheck("collections", "add", "Best", *(folder.id for folder in pair))
    assert (status, out.strip()) == (0, "✓ 'Best' holds 2 sessions.")
    _, out = aircheck("collections", "show", "best", "--json")
    titles = [each["title"] for each in json.loads(out)["sessions"]]
    assert titles == ["Two", "One"]
    aircheck("collections", "remove", "Best", pair[0].id)
    assert shelf.find(root, "Best").sessions == (pair[1].id,)
    assert json.loads(aircheck("collections", "--json")[1]) == {
        "collections": [{"name": "Best", "sessions": [pair[1].id]}]
    }
    assert aircheck("collections", "remove", "Best")[0] == 0
    assert shelf.collections(root) == []


def test_a_filter_holds_what_fits_it_now(
    aircheck: Aircheck, pair: list[SessionFolder], root: Path
) -> None:
    shelf.keep(root, Collection(name="Ones", filter=Filter(text="one", transcribed=False)))
    assert "a filter" in aircheck("collections", "list")[1]
    assert aircheck("collections", "show", "Ones")[1].split()[-1] == "One"
    (pair[0].path / "transcript").mkdir(exist_ok=True)
    (pair[0].path / "transcript" / "a-demo-en-1.json").write_text("{}")
    status, out = aircheck("collections", "show", "Ones")
    assert status == 3
    assert "holds no session" in out


def test_what_is_not_there_is_said(aircheck: Aircheck, pair: list[SessionFolder]) -> None:
    for arguments in (("show", "x"), ("remove", "x"), ("add", "x", "01NONE")):
        status, _ = aircheck("collections", *arguments)
        assert status == 3, arguments
