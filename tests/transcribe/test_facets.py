from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import facets as facets_module
from transcribe import index
from transcribe.database import Database
from transcribe.facets import Facet, facets


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    lines = [f"moon {'and many more words' * 3}"] * 20  # two minutes
    talk(archive, lines, tags=["space", "live"], speakers=["Ann", "Bob"])
    talk(archive, ["moon"], tags=["space"], language="de", speakers=["Cy", "Ann"],
         source="device:Mic", at=datetime(2025, 5, 1, tzinfo=UTC))  # fmt: skip
    talk(archive, ["sun"], tags=["day"])
    with contextlib.closing(index.ready(archive)) as found:
        yield found


def _pairs(found: tuple[Facet, ...]) -> list[tuple[str, int]]:
    return [(facet.value, facet.count) for facet in found]


def test_matches_are_spread(opened: Database) -> None:
    found = facets(opened, "moon")
    assert found.is_complete
    assert _pairs(found.sources) == [("https://radio.example/live", 2), ("device:Mic", 1)]
    assert _pairs(found.years) == [("2024", 2), ("2025", 1)]
    assert _pairs(found.speakers) == [("Ann", 2), ("Bob", 2), ("Cy", 1)]
    assert _pairs(found.tags) == [("space", 3), ("live", 2)]
    assert _pairs(found.languages) == [("en", 2), ("de", 1)]


def test_fields_and_options_limit_them(opened: Database) -> None:
    assert _pairs(facets(opened, "moon on:2025").tags) == [("space", 1)]
    assert _pairs(facets(opened, "moon", source="mic").years) == [("2025", 1)]
    assert _pairs(facets(opened, "moon", limit=1).tags) == [("space", 3)]


def test_without_words_nothing_is_counted(opened: Database) -> None:
    found = facets(opened, "tag:space")
    assert found.tags == ()
    assert found.is_complete


def test_of_very_many_the_newest_are_looked_at(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets_module, "MOST_SPREAD", 1)
    found = facets(opened, "moon")
    assert not found.is_complete
    assert _pairs(found.years) == [("2025", 1)]
