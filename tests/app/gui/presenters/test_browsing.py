from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.gui.presenters import browsing
from app.gui.presenters.browsing import Asked, Counted, Listing, Sort
from app.gui.presenters.library import Row
from app.shelf import Collection, Filter, Kind
from recorder import trash
from recorder.archive import Archive, Summary
from recorder.types import Seconds, SessionId, State
from tests.recorder.builders import build_session

NOON = datetime(2024, 8, 13, 12, tzinfo=UTC)


def row(number: int, title: str = "", **facts: object) -> Row:
    summary = Summary(
        id=SessionId(f"{number:026}"),
        title=title or f"Talk {number}",
        state=State.DONE,
        started_at=NOON + timedelta(days=number),
        created_at=NOON,
        duration_s=Seconds(60 * number),
        gap_count=0,
        folder=Path(f"talk-{number}"),
        source=f"https://radio{number % 2}.example/live",
    )
    return Row(summary=replace(summary, **facts), is_transcribed=number % 2 == 0)  # type: ignore[arg-type]


ROWS = (
    row(1, "cherry", tags=("News", "farm")),
    row(2, "Apple", state=State.FAILED, tags=("news",)),
    row(3, "banana", recovered=True, gap_count=2),
)


def titles(listing: Listing) -> list[str]:
    return [each.summary.title for each in listing.rows]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, ["banana", "Apple", "cherry"]),
        (Sort.OLDEST, ["cherry", "Apple", "banana"]),
        (Sort.TITLE, ["Apple", "banana", "cherry"]),
        (Sort.LONGEST, ["banana", "Apple", "cherry"]),
        (Sort.SOURCE, ["Apple", "banana", "cherry"]),
        (Sort.STATE, ["cherry", "banana", "Apple"]),
    ],
)
def test_orders(sort: Sort, expected: list[str]) -> None:
    assert titles(browsing.browse(ROWS, Asked(sort=sort), [])) == expected


def test_a_filter_and_a_collection_must_both_hold() -> None:
    kept = Collection(name="Two", sessions=(ROWS[0].summary.id, ROWS[2].summary.id))
    asked = Asked(filter=Filter(gaps=True), collection="Two")
    assert titles(browsing.browse(ROWS, asked, [kept])) == ["banana"]
    assert titles(browsing.browse(ROWS, replace(asked, filter=Filter()), [kept])) == [
        "banana",
        "cherry",
    ]


def test_what_there_is_to_choose_from_is_counted_over_all() -> None:
    kept = [Collection(name="Whole", filter=Filter(transcribed=False))]
    spread = browsing.browse(ROWS, Asked(filter=Filter(text="nothing")), kept).spread
    assert [(each.value, each.count) for each in spread.kinds] == [
        (Kind.DONE, 1), (Kind.RECOVERED, 1), (Kind.FAILED, 1),
    ]  # fmt: skip
    assert spread.sources[0] == Counted(value="radio1.example", count=2)
    assert spread.years == (Counted(value="2024", count=3),)
    assert spread.tags == (Counted(value="farm", count=1), Counted(value="News", count=2))
    assert spread.collections == (Counted(value="Whole", count=2),)


def test_what_is_listed_is_told() -> None:
    assert browsing.browse(ROWS, Asked(), []).sentence == "3 sessions · 6 min"
    few = browsing.browse(ROWS, Asked(filter=Filter(text="apple")), [])
    assert few.sentence == "1 of 3 sessions · 2 min"
    assert browsing.browse((), Asked(), []).sentence == ""


def test_a_selection_is_told() -> None:
    assert browsing.chosen_sentence(ROWS[:1]) == "cherry"
    assert browsing.chosen_sentence(ROWS[:2]) == "2 sessions · 3 min"


@pytest.mark.parametrize(
    ("typed", "tags"),
    [("", ()), (" a,  b  c ,a, A,, ", ("A", "b c")), ("é", ("é",))],
)
def test_tags_as_typed(typed: str, tags: tuple[str, ...]) -> None:
    assert browsing.tags_of(typed) == tags


def test_tags_are_added_once_and_taken_away_however_they_are_spelled() -> None:
    assert browsing.with_tags(("News",), ("news", "Farm")) == ("News", "Farm")
    assert browsing.without_tag(("News", "Farm"), "NEWS") == ("Farm",)


def test_what_is_in_the_trash_says_when_it_was_thrown_away(tmp_path: Path) -> None:
    folder = build_session(tmp_path, title="Old")
    thrown = trash.put(Archive(tmp_path), folder)
    shown = browsing.trashed_row(thrown)
    assert shown.summary.title == "Old"
    assert shown.look.word.startswith("thrown away today")
