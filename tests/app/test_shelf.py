import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import shelf
from app.shelf import Collection, CollectionError, CollectionNotFound, Filter, Kind
from recorder.archive import Summary
from recorder.types import Seconds, SessionId, State

ONE, OTHER = SessionId("0" * 25 + "1"), SessionId("0" * 25 + "2")
TALK = Summary(
    id=ONE,
    title="Harvest report",
    state=State.DONE,
    started_at=datetime(2024, 8, 13, 12, tzinfo=UTC),
    created_at=None,
    duration_s=Seconds(60),
    gap_count=2,
    folder=Path("x"),
    source="https://radio.example:8000/live",
    host="Ada",
    tags=("News", "farm"),
    notes="0:12  Ask about barley",
    markers=("The mayor speaks",),
)


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(),
        Filter(text="ADA report"),
        Filter(text="farm radio.example"),
        Filter(text="mayor Barley report"),
        Filter(kinds=(Kind.FAILED, Kind.DONE)),
        Filter(sources=("radio.example",), years=(2023, 2024)),
        Filter(tags=("news", "Farm")),
        Filter(transcribed=False, gaps=True),
    ],
)
def test_what_fits(chosen: Filter) -> None:
    assert chosen.holds(TALK, transcribed=False)


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(text="ada rain"),
        Filter(kinds=(Kind.RECOVERED,)),
        Filter(sources=("example",)),
        Filter(years=(2023,)),
        Filter(tags=("news", "sport")),
        Filter(transcribed=True),
        Filter(gaps=False),
    ],
)
def test_what_does_not_fit(chosen: Filter) -> None:
    assert not chosen.holds(TALK, transcribed=False)


@pytest.mark.parametrize(
    ("state", "pid", "recovered", "problem", "kind"),
    [
        (State.DONE, None, False, "", Kind.DONE),
        (State.DONE, None, True, "", Kind.RECOVERED),
        (State.FAILED, None, False, "", Kind.FAILED),
        (State.DONE, None, False, "no journal", Kind.UNREADABLE),
        (State.SCHEDULED, None, False, "", Kind.TO_COME),
        (State.WAITING, 7, False, "", Kind.TO_COME),
        (State.RECORDING, 7, False, "", Kind.LIVE),
        (State.REFUSED, 7, False, "", Kind.LIVE),
        (State.RECORDING, None, False, "", Kind.INTERRUPTED),
    ],
)
def test_kinds(state: State, pid: int | None, recovered: bool, problem: str, kind: Kind) -> None:  # noqa: FBT001
    summary = replace(TALK, state=state, pid=pid, recovered=recovered, problem=problem)
    assert shelf.kind_of(summary) is kind


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("https://Radio.example/live?x", "radio.example"),
        ("device:Mic 1", "device:Mic 1"),
        ("system", "system"),
        ("/home/a/talk.mp3", "files"),
        ("", ""),
    ],
)
def test_sources(source: str, word: str) -> None:
    assert shelf.source_of(replace(TALK, source=source)) == word


def test_a_list_is_made_filled_and_emptied(tmp_path: Path) -> None:
    assert shelf.collections(tmp_path) == []
    shelf.put(tmp_path, "Interviews", [ONE, OTHER])
    shelf.put(tmp_path, "interviews ", [OTHER, ONE])
    (found,) = shelf.collections(tmp_path)
    assert found == Collection(name="Interviews", sessions=(ONE, OTHER))
    assert found.holds(TALK, transcribed=True)
    assert shelf.take_out(tmp_path, "Interviews", [ONE]).sessions == (OTHER,)
    shelf.remove(tmp_path, "interviews")
    assert shelf.collections(tmp_path) == []


def test_a_filter_takes_in_what_fits_and_nothing_is_put_into_it(tmp_path: Path) -> None:
    chosen = Filter(text="x", kinds=(Kind.DONE,), sources=("a",), years=(2024,), tags=("t",),
                    transcribed=False, gaps=True)  # fmt: skip
    shelf.keep(tmp_path, Collection(name="To do", filter=chosen))
    assert shelf.find(tmp_path, "TO DO").filter == chosen
    with pytest.raises(CollectionError, match="nothing can be put into it"):
        shelf.put(tmp_path, "To do", [ONE])


def test_renaming_overwrites_no_other(tmp_path: Path) -> None:
    shelf.put(tmp_path, "a", [ONE])
    shelf.put(tmp_path, "b", [OTHER])
    with pytest.raises(CollectionError, match="called 'B' already"):
        shelf.rename(tmp_path, "a", "B")
    shelf.rename(tmp_path, "a", "A")
    shelf.rename(tmp_path, "a", "c")
    assert [(each.name, each.sessions) for each in shelf.collections(tmp_path)] == [
        ("b", (OTHER,)),
        ("c", (ONE,)),
    ]


def test_what_is_not_there_or_has_no_name_says_so(tmp_path: Path) -> None:
    for ask in (shelf.find, shelf.remove):
        with pytest.raises(CollectionNotFound, match="No collection is called 'x'"):
            ask(tmp_path, "x")
    with pytest.raises(CollectionNotFound):
        shelf.take_out(tmp_path, "x", [ONE])
    for change in (
        lambda: shelf.put(tmp_path, " ", [ONE]),
        lambda: shelf.keep(tmp_path, Collection(name="")),
        lambda: shelf.rename(tmp_path, "x", " "),
    ):
        with pytest.raises(CollectionError, match="needs a name"):
            change()


@pytest.mark.parametrize(
    "item",
    [
        {}, {"name": 1}, {"name": "x", "sessions": "01"}, {"name": "x", "sessions": ["no id"]},
        {"name": "x", "filter": 1}, {"name": "x", "filter": {"kinds": ["nice"]}},
        {"name": "x", "filter": {"years": ["2024"]}},
        {"name": "x", "filter": {"gaps": 1}}, {"name": "x", "filter": {"colour": "red"}},
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_left(tmp_path: Path, item: object) -> None:
    path = tmp_path / shelf.FILE_NAME
    path.write_text(json.dumps({"collections": [item]}))
    before = path.read_bytes()
    with pytest.raises(CollectionError, match="can't be read"):
        shelf.put(tmp_path, "y", [ONE])
    assert path.read_bytes() == before
