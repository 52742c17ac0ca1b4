from __future__ import annotations

import json
from pathlib import Path

import pytest

from transcribe import saved
from transcribe.errors import NotASearch
from transcribe.saved import Saved

_DEBT = Saved(name="Debt", text='"national debt"', from_="2024", session="01J")


def test_what_is_saved_is_found(tmp_path: Path) -> None:
    root = tmp_path / "not there yet"
    assert saved.searches(root) == []
    saved.save(root, _DEBT)
    saved.save(root, Saved(name="a", text="é \ud800"))
    assert [item.name for item in saved.searches(root)] == ["a", "Debt"]
    assert saved.find(root, "debt") == _DEBT


def test_a_name_is_there_once(tmp_path: Path) -> None:
    saved.save(tmp_path, _DEBT)
    saved.save(tmp_path, Saved(name="DEBT", text="other"))
    assert saved.searches(tmp_path) == [Saved(name="DEBT", text="other")]
    saved.remove(tmp_path, "debt")
    assert saved.searches(tmp_path) == []


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    for ask in (saved.find, saved.remove):
        with pytest.raises(NotASearch, match="No search is saved as 'x'"):
            ask(tmp_path, "x")
    with pytest.raises(NotASearch, match="needs a name"):
        saved.save(tmp_path, Saved(name=" ", text="x"))


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"searches": 1}', '{"searches": [{"name": "x"}]}',
     '{"searches": [{"name": "x", "text": 1}]}', '{"searches": [{"n": "x"}]}', "[" * 9999],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_left(tmp_path: Path, text: str) -> None:
    path = tmp_path / saved.FILE_NAME
    path.write_text(text)
    for change in (
        lambda: saved.save(tmp_path, _DEBT),
        lambda: saved.remove(tmp_path, "Debt"),
    ):
        with pytest.raises(NotASearch, match="can't be read"):
            change()
    assert path.read_text() == text


def test_the_file_may_be_edited(tmp_path: Path) -> None:
    text = json.dumps({"searches": [{"name": "x", "text": "y", "from": "2024"}]})
    (tmp_path / saved.FILE_NAME).write_text(text)
    assert saved.searches(tmp_path) == [Saved(name="x", text="y", from_="2024")]
