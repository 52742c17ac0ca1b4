from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from recorder.archive import Archive
from tests.transcribe.talks import talk
from transcribe import index
from transcribe.database import Database
from transcribe.suggest import completions, did_you_mean


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    talk(archive, ["The president will receive the ambassador", "of Привет and Zürich"])
    talk(archive, ["presents for the president"], every_s=120)
    with contextlib.closing(index.ready(archive)) as found:
        yield found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("presidnt", "president"),
        ("recieve", "receive"),
        ("ambasador", "ambassador"),
        ("embassadir", ""),
        ("ambassadirs", "ambassador"),
        ("Zurihc", "zurich"),
        ("првет", "привет"),
        ("the presidnt -recieve", "the president -receive"),
        ("title:presidnt", ""),
        ('title: "presidnt" presidnt', 'title: "presidnt" president'),
        ("presidnt*", ""),
        ("fo:presidnt", "fo:president"),
        ("presidnts:presidnt", "presidnts:president"),
        ("sorce:x presidnt", "source:x president"),
        ("soruce:x", "source:x"),
        ("-Speeker: bob", "-speaker: bob"),
        ("presidnt: bob", "president: bob"),
        ("subtitle:presidnt", "subtitle:president"),
        ("TITLE:presidnt", ""),
        ("https://presidnt.example", "https://president.example"),
        ("Tog:x", ""),
        ("president", ""),
        ("zq", ""),
        ("", ""),
    ],
)
def test_did_you_mean(opened: Database, typed: str, meant: str) -> None:
    assert did_you_mean(opened, typed) == meant


@pytest.mark.parametrize(
    ("beginning", "words"),
    [
        ("pres", ["president", "presents"]),
        ("PRESE", ["presents"]),
        ("zü", ["zurich"]),
        ("x", []),
        ("", []),
        ("two words", []),
    ],
)
def test_completions(opened: Database, beginning: str, words: list[str]) -> None:
    assert completions(opened, beginning) == words


def test_completions_are_few(opened: Database) -> None:
    assert len(completions(opened, "p", limit=1)) == 1
