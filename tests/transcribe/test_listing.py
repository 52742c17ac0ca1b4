from __future__ import annotations

import contextlib
import csv
import io
import json
from pathlib import Path

import pytest

from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import index, listing, search
from transcribe.listing import COLUMNS, Wanted
from transcribe.search import Order


@pytest.mark.parametrize("order", list(Order))
def test_every_hit_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: Order) -> None:
    monkeypatch.setattr(listing, "_PAGE", 7)
    archive = Archive(tmp_path / "archive")
    talk(archive, ["moon and stars"] * 300)
    with contextlib.closing(index.ready(archive)) as found:
        whole = search.search(found, '"stars moon"', order=order, limit=100).hits
        assert len(whole) > 28
        wanted = Wanted(text='"stars moon"', order=order)
        assert list(listing.every(found, wanted)) == list(whole)
        assert list(listing.every(found, wanted, limit=10)) == list(whole[:10])
        assert list(listing.every(found, Wanted(text="nothing"))) == []


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    talk(archive, ['=HYPERLINK("moon")', 'two "quoted", words'], title="@SUM")
    with contextlib.closing(index.ready(archive)) as found:
        hits = list(listing.every(found, Wanted(text="moon OR quoted")))
    text = io.StringIO(newline="")
    assert listing.write_csv(hits, text) == len(hits) == 1
    _, row = csv.reader(io.StringIO(text.getvalue(), newline=""))
    told = dict(zip(COLUMNS, row, strict=True))
    assert (told["title"], told["text"]) == ("'@SUM", '\'=HYPERLINK("moon")')
    text = io.StringIO()
    assert listing.write_json(hits, text, 'a "query"') == 1
    assert json.loads(text.getvalue())["hits"][0]["title"] == "@SUM"


def test_nothing_is_a_list_too() -> None:
    text = io.StringIO()
    assert listing.write_json([], text, "x") == 0
    assert json.loads(text.getvalue()) == {"query": "x", "hits": []}
