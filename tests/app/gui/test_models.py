"""The library's list: what stays keeps its place, and only what is new is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.gui.hits import CONTEXT_ROLE, HitsModel
from app.gui.models import GuideModel
from app.gui.presenters.library import Row
from app.gui.presenters.search import HeadEntry, HitEntry
from recorder.archive import Summary
from recorder.types import Seconds, SessionId, State


def row(name: str) -> Row:
    summary = Summary(
        id=SessionId(name * 26),
        title=name,
        state=State.DONE,
        started_at=datetime(2024, 8, 13, tzinfo=UTC),
        created_at=None,
        duration_s=Seconds(1),
        gap_count=0,
        folder=Path(name),
    )
    return Row(summary=summary, is_transcribed=True)


def rows(names: str) -> tuple[Row, ...]:
    return tuple(map(row, names))


@pytest.fixture
def guide(qtmodeltester: ModelTester) -> GuideModel:
    model = GuideModel()
    model.show_rows(rows("abcdef"))
    qtmodeltester.check(model)
    return model


def shown(model: GuideModel) -> str:
    return "".join(str(model.index(place).data()) for place in range(model.rowCount()))


@pytest.mark.parametrize(
    ("after", "is_reset"),
    [
        ("abcdef", False), ("xabcdef", False), ("abcxyzdef", False), ("abcdefx", False),
        ("bcdef", False), ("abef", False), ("a", False), ("", False),
        ("fedcba", True), ("abxdef", True), ("axcdey", True),
    ],
)  # fmt: skip
def test_any_list_follows_any_other(guide: GuideModel, after: str, is_reset: bool) -> None:  # noqa: FBT001
    resets: list[bool] = []
    guide.modelReset.connect(lambda: resets.append(True))
    assert guide.show_rows(rows(after)) is is_reset
    assert bool(resets) is is_reset
    assert shown(guide) == after
    for place, name in enumerate(after):
        assert guide.place_of(Path(name)).row() == place
    assert not guide.place_of(Path("none")).isValid()


def test_only_rows_that_changed_are_told(guide: GuideModel) -> None:
    told: list[int] = []
    guide.dataChanged.connect(lambda first, _last: told.append(first.row()))
    changed = replace(row("c"), is_transcribed=False)
    guide.show_rows((*rows("ab"), changed, *rows("def")))
    guide.show_row(changed)
    guide.show_row(row("x"))
    assert told == [2]
    guide.show_rows((*rows("xab"), replace(row("c"), is_transcribed=True), *rows("def")))
    assert told == [2, 3]


def hit(number: int) -> HitEntry:
    return HitEntry(
        session=SessionId("0" * 26), start_s=Seconds(number), text=f"hit {number}", marks=(),
        speaker="Ada",
    )  # fmt: skip


def test_hits_ask_for_more_once_until_these_are_there(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    model = HitsModel()
    head = HeadEntry(session=SessionId("0" * 26), title="Talk", when="today", source="radio")
    model.show_entries((head, hit(1)), has_more=True)
    asked: list[Callable[[], None]] = []
    model.more_asked.connect(lambda: asked.append(lambda: None))
    for _ in range(2):
        if model.canFetchMore(QModelIndex()):
            model.fetchMore(QModelIndex())
    assert len(asked) == 1
    model.append((hit(2),), has_more=False)
    assert model.rowCount() == 3
    assert not model.canFetchMore(QModelIndex())
    qtmodeltester.check(model)


def test_the_context_of_a_hit_is_turned_on_and_off() -> None:
    model = HitsModel()
    model.show_entries((hit(1), hit(2)))
    assert model.turn_context(model.index(1))
    assert model.index(1).data(CONTEXT_ROLE)
    assert not model.index(0).data(CONTEXT_ROLE)
    assert not model.turn_context(model.index(1))
