"""The list at the side of the window."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from app.gui import tokens
from app.gui.presenters.library import Library, Row, subtitles
from app.gui.side import Side
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import Archive
from recorder.types import Seconds, State, utc_now
from tests.recorder.builders import build_session


def rows_of(settings: Settings) -> dict[str, Row]:
    """Three rows: one that goes on, one of today, and one of yesterday that came in last."""
    for title in ("Running", "Today", "Yesterday"):
        build_session(settings.archive, title=title)
    rows = {row.summary.title: row for row in Library(Archive(settings.archive)).look() or ()}
    now = utc_now()
    for title, age in (("Running", 60), ("Today", 2), ("Yesterday", 1_440)):
        at = now - timedelta(minutes=age)
        summary = replace(rows[title].summary, started_at=at, created_at=at)
        rows[title] = replace(rows[title], summary=summary)
    return rows


def going(row: Row) -> Row:
    """The row while its recorder is at work."""
    summary = replace(row.summary, state=State.RECORDING, pid=os.getpid(), duration_s=Seconds(81.0))
    return replace(row, summary=summary)


def titles(side: Side) -> list[str]:
    count = side.sessions.rowCount()
    return [str(side.sessions.index(place).data()) for place in range(count)]


def test_what_goes_on_comes_first_and_then_the_newest(qtbot: QtBot, settings: Settings) -> None:
    rows = rows_of(settings)
    side = Side(())
    qtbot.addWidget(side)
    old = (rows["Yesterday"], rows["Today"], rows["Running"])
    side.show_rows(old)
    assert titles(side) == ["Today", "Running", "Yesterday"]
    side.show_session(rows["Today"].summary.folder)
    side.show_rows((*old[:2], going(rows["Running"])))
    assert titles(side) == ["Running", "Today", "Yesterday"]
    assert side.list.currentIndex().data() == "Today"
    side.show_rows(old)
    assert titles(side) == ["Today", "Running", "Yesterday"]


def test_what_goes_on_is_as_long_as_its_card_says(settings: Settings) -> None:
    said = subtitles(going(rows_of(settings)["Running"]), is_beside_icon=True)
    assert said[0].startswith("Recording · 1:21")


def test_where_room_is_short_the_day_gives_way_and_never_the_length(settings: Settings) -> None:
    row = rows_of(settings)["Yesterday"]
    summary = replace(
        row.summary,
        started_at=datetime(2019, 8, 13, 12, 0, tzinfo=UTC),
        duration_s=Seconds(6_120.0),
        gap_count=3,
        recovered=True,
    )
    lines = subtitles(replace(row, summary=summary), is_beside_icon=True)
    assert [len(line) for line in lines] == sorted((len(line) for line in lines), reverse=True)
    assert all("1 h 42 min" in line for line in lines)
    assert lines[1:] == (
        "Recovered · 13 Aug 2019 · 1 h 42 min · 3 gaps",
        "Recovered · 1 h 42 min · 3 gaps",
        "Recovered · 1 h 42 min",
        "1 h 42 min",
    )
    assert any(line.startswith("yesterday · ") for line in subtitles(row, is_beside_icon=True))


def test_the_side_is_as_wide_as_before_it_was_a_rail(
    qtbot: QtBot, open_it: Callable[[], Window]
) -> None:
    window = open_it()
    window.resize(tokens.WINDOW_WIDTH, tokens.WINDOW_HEIGHT)
    qtbot.waitUntil(lambda: window.side.width() == tokens.SIDE_WIDTH)
    window.resize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_HEIGHT)
    qtbot.waitUntil(lambda: window.side.width() == tokens.RAIL_WIDTH)
    window.resize(tokens.WINDOW_WIDTH, tokens.WINDOW_HEIGHT)
    qtbot.waitUntil(lambda: window.side.width() == tokens.SIDE_WIDTH)
