"""Words searched in the window: at once, then exactly; nothing jumps; narrowed, kept, quoted."""

import json
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app import editing, marking
from app.gui.models import ROW_ROLE
from app.gui.pages.search import SearchPage
from app.gui.presenters import notes
from app.gui.presenters import search as presenter
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.search import (
    Asked,
    Failed,
    Field,
    Found,
    HeadEntry,
    HitEntry,
    Searching,
    Sorted,
    Value,
    indexing,
)
from app.gui.shelves import On, Shelf
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import Archive, SessionFolder
from recorder.types import Seconds, SessionId, utc_now
from tests.app.gui import reach
from tests.recorder.builders import build_session
from transcribe import index, saved, search, transcript
from transcribe.transcript import Segment, Transcript

Open = Callable[[], Window]


def talk(settings: Settings, title: str, *said: str, **about: object) -> SessionFolder:
    folder = build_session(settings.archive, title=title)
    segments = tuple(
        Segment(start_s=Seconds(n * 4 + 1), end_s=Seconds(n * 4 + 3), text=text, speaker="Ada")
        for n, text in enumerate(said)
    )
    made = Transcript(model="demo", language="en", created_at=utc_now(), segments=segments)
    transcript.store(folder, made)
    if about:
        editing.edit(folder, editing.Changes(**about))  # type: ignore[arg-type]
    return folder


def talks(settings: Settings, count: int) -> None:
    for number in range(count):
        talk(settings, f"Talk {number}", "moon " * (number + 1))


def asked_in(qtbot: QtBot, window: Window, query: str, count: int) -> SearchPage:
    """The page once it shows so many entries."""
    window.bar.search_for(query)
    page = reach.search(window)
    qtbot.waitUntil(lambda: page.model.rowCount() == count, timeout=30_000)
    return page


def entries(page: SearchPage) -> list[HeadEntry | HitEntry]:
    return [page.model.index(place).data(ROW_ROLE) for place in range(page.model.rowCount())]


def choose(page: SearchPage, place: int) -> HitEntry:
    page.view.setCurrentIndex(page.model.index(place))
    entry = page.model.index(place).data(ROW_ROLE)
    assert isinstance(entry, HitEntry)
    return entry


def test_a_first_answer_is_followed_by_the_exact_one(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_RANKED", 3)
    talks(settings, 6)
    window = open_it()
    page = reach.search(window)
    orders: list[str] = []
    really = page.show_found

    def told(found: Found) -> None:
        orders.append(found.order)
        really(found)

    monkeypatch.setattr(page, "show_found", told)
    window.bar.search_asked.emit("moon")
    qtbot.waitUntil(lambda: page.footer.text().startswith("6 hits · best first"), timeout=30_000)
    assert orders[-1] == "best first"
    assert "newest first" in orders


def test_an_answer_turns_no_page(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    talks(settings, 1)
    window = open_it()
    page = asked_in(qtbot, window, "moon", 2)
    window.turn_to("now")
    page.show_found(answer(1, 2))
    assert window.shown == "now"


def test_search_goes_on_while_the_index_is_made(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks(settings, 3)
    may_go_on = threading.Event()
    really = index.rebuild

    def held_up(archive: object, progress: index.Progress | None = None) -> object:
        assert progress
        progress(1, 3)
        assert may_go_on.wait(20)
        return really(archive, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(index, "rebuild", held_up)
    window = open_it()
    window.bar.search_asked.emit("moon")
    footer = reach.search(window).footer
    qtbot.waitUntil(lambda: "still being made" in footer.text(), timeout=30_000)
    qtbot.waitUntil(lambda: "1 of 3 sessions are indexed" in footer.text(), timeout=30_000)
    may_go_on.set()
    qtbot.waitUntil(lambda: footer.text().startswith("3 hits"), timeout=30_000)
    assert "begin with" not in footer.text()
    assert "indexed" not in footer.text()
    assert "still being made" not in footer.text()


def test_an_index_that_is_complete_needs_no_word() -> None:
    assert indexing(3, 3) == ""
    assert indexing(1_200, 10_000) == "1,200 of 10,000 sessions are indexed"


def answer(*starts: int, count: str = "40+ hits", order: str = "newest first") -> Found:
    return Found(
        asked=Asked(query="moon"),
        hits=tuple(
            HitEntry(
                session=SessionId("0" * 26), start_s=Seconds(at), text=f"moon {at}", marks=(),
                speaker="", title="Talk",
            )
            for at in starts
        ),
        next_page="",
        count=count,
        order=order,
        took="3 ms",
    )  # fmt: skip


@pytest.fixture
def page(qtbot: QtBot, open_it: Open) -> SearchPage:
    window = open_it()
    window.resize(900, 420)
    window.turn_to("search")
    return reach.search(window)


def shown(page: SearchPage) -> list[str]:
    return [page.model.index(place).data() for place in range(1, page.model.rowCount())]


def test_rows_that_are_read_stay_until_the_others_are_asked_for(page: SearchPage) -> None:
    page.show_found(answer(*range(40)))
    page.view.verticalScrollBar().setValue(200)
    assert page.view.verticalScrollBar().value() == 200
    page.show_found(answer(*reversed(range(40)), count="41 hits", order="best first"))
    assert shown(page)[0] == "moon 0"
    assert page.view.verticalScrollBar().value() == 200
    assert page.footer.text() == "41 hits · newest first · 3 ms"
    assert page.better.text() == "Show best first"
    page.better.click()
    assert shown(page)[0] == "moon 39"
    assert page.view.verticalScrollBar().value() == 0
    assert page.footer.text() == "41 hits · best first · 3 ms"
    assert not page.better.isVisible()


def test_the_same_rows_with_an_exact_count_change_the_footer_alone(page: SearchPage) -> None:
    first = answer(*range(40))
    page.show_found(first)
    page.view.setCurrentIndex(page.model.index(3))
    page.show_found(replace(first, count="41 hits"))
    assert page.view.currentIndex().row() == 3
    assert page.footer.text() == "41 hits · newest first · 3 ms"
    assert not page.better.isVisible()


def test_more_come_as_one_scrolls(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter, "FIRST_PAGE", 4)
    monkeypatch.setattr(presenter, "PAGE", 3)
    talks(settings, 11)
    window = open_it()
    window.bar.search_for("moon")
    page = reach.search(window)

    def all_there() -> bool:
        page.view.scrollToBottom()
        return sum(isinstance(entry, HitEntry) for entry in entries(page)) == 11

    qtbot.waitUntil(all_there, timeout=30_000)
    titles = [entry.title for entry in entries(page) if isinstance(entry, HitEntry)]
    assert len(set(titles)) == 11


def test_hits_are_flat_or_by_session(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    for name in "AB":
        talk(settings, name, *["moon"] + ["sun " * 400] * 30 + ["moon"])
    page = asked_in(qtbot, open_it(), "moon", 6)
    assert [type(entry) for entry in entries(page)] == [HeadEntry, HitEntry, HitEntry] * 2
    page.group.click()
    assert [type(entry) for entry in entries(page)] == [HitEntry] * 4
    page.group.click()
    assert len(entries(page)) == 6


def test_newest_first_is_asked_for(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    talks(settings, 3)
    page = asked_in(qtbot, open_it(), "moon", 6)
    page.sort.menu().aboutToShow.emit()
    page.sort.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: "newest first" in page.footer.text(), timeout=30_000)


def test_a_value_narrows_the_query_and_widens_it_again(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "moon", tags=("news",))
    talk(settings, "Two", "moon")
    window = open_it()
    page = asked_in(qtbot, window, "moon", 4)
    news = Shelf(on=On.VALUE, name="tag:news")
    qtbot.waitUntil(lambda: page.narrowing.model.place_of(news).isValid(), timeout=30_000)
    page.narrowing.view.clicked.emit(page.narrowing.model.place_of(news))
    assert window.bar.text == 'moon tag:"news"'
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=30_000)

    def is_on() -> bool:
        shelf = page.narrowing.model.place_of(news).data(ROW_ROLE)
        return isinstance(shelf, Shelf) and shelf.is_chosen

    qtbot.waitUntil(is_on, timeout=30_000)
    page.narrowing.view.clicked.emit(page.narrowing.model.place_of(news))
    assert window.bar.text == "moon"
    qtbot.waitUntil(lambda: page.model.rowCount() == 4, timeout=30_000)


def test_the_side_stands_only_where_there_is_something_to_choose(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "moon")
    window = open_it()
    window.turn_to("search")
    page = reach.search(window)
    qtbot.waitUntil(page.isVisible)
    assert page.narrowing.isHidden()
    assert page.sort.isHidden()  # there is nothing to sort
    asked_in(qtbot, window, "moon", 2)
    assert not page.narrowing.isHidden()
    assert not page.sort.isHidden()
    window.bar.search_for("nothing like it")
    qtbot.waitUntil(page.nothing.isVisible)
    qtbot.waitUntil(page.narrowing.isHidden)


def test_what_was_meant_is_one_click_away(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    talk(settings, "One", "the unedited audio")
    window = open_it()
    page = asked_in(qtbot, window, "unedited", 2)
    window.bar.search_for("unedittd")
    qtbot.waitUntil(lambda: "Did you mean" in page.nothing.sentence.text(), timeout=30_000)
    page.nothing.button.click()
    assert window.bar.text == "unedited"
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=30_000)


def test_words_are_completed_from_the_archive(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "the unedited audio, unedited again, until now")
    window = open_it()
    page = asked_in(qtbot, window, "audio", 2)
    window.turn_to("search")

    def has_focus() -> bool:
        window.activateWindow()
        window.bar.field.setFocus()
        return window.bar.field.hasFocus()

    qtbot.waitUntil(has_focus, timeout=30_000)
    window.bar.field.setText("audio ")
    qtbot.keyClicks(window.bar.field, "un")
    completer = page._completer
    assert completer
    qtbot.waitUntil(lambda: bool(completer.words.stringList()), timeout=30_000)
    assert set(completer.words.stringList()) == {"unedited", "until"}
    popup = completer.completer.popup()
    assert popup
    qtbot.waitUntil(popup.isVisible)
    assert popup.mapToGlobal(popup.rect().topLeft()).x() >= page.mapToGlobal(QPoint()).x()
    assert popup.width() < window.bar.field.width() / 2
    window.turn_to("now")
    qtbot.waitUntil(popup.isHidden)  # it lies over no other page
    window.turn_to("search")
    completer.completer.activated.emit("unedited")
    assert window.bar.field.text().split() == ["audio", "unedited"]
    qtbot.waitUntil(lambda: page._asked.query == "audio unedited", timeout=30_000)


def test_a_search_is_kept_run_renamed_and_forgotten(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talks(settings, 2)
    window = open_it()
    page = asked_in(qtbot, window, "moon", 4)
    page.keep.click()
    page.prompt.field.setText("Moons")
    page.prompt.answer.click()
    moons = Shelf(on=On.SEARCH, name="Moons")
    qtbot.waitUntil(lambda: page.narrowing.model.place_of(moons).isValid(), timeout=30_000)
    assert saved.find(settings.archive, "moons").text == "moon"
    window.bar.search_for("nothing")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0, timeout=30_000)
    page.narrowing.view.clicked.emit(page.narrowing.model.place_of(moons))
    assert window.bar.text == "moon"
    qtbot.waitUntil(lambda: page.model.rowCount() == 4, timeout=30_000)
    page.narrowing.fill_menu(moons)
    page.narrowing.menu.actions()[0].trigger()
    page.prompt.field.setText("MOONS")
    page.prompt.answer.click()
    loud = Shelf(on=On.SEARCH, name="MOONS")
    qtbot.waitUntil(lambda: page.narrowing.model.place_of(loud).isValid(), timeout=30_000)
    page.narrowing.fill_menu(loud)
    page.narrowing.menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: not page.narrowing.model.place_of(loud).isValid(), timeout=30_000)
    assert saved.searches(settings.archive) == []


def test_all_hits_become_a_file(
    qtbot: QtBot, open_it: Open, settings: Settings, tmp_path: Path
) -> None:
    talks(settings, 3)
    page = asked_in(qtbot, open_it(), "moon", 6)
    page.write_all(tmp_path / "hits.json")
    qtbot.waitUntil(page.told.isVisible, timeout=30_000)
    assert page.told.text().startswith("3 hits written")
    assert len(json.loads((tmp_path / "hits.json").read_text())["hits"]) == 3
    page.write_all(tmp_path / "hits.csv")
    qtbot.waitUntil((tmp_path / "hits.csv").exists, timeout=30_000)
    qtbot.waitUntil(lambda: "hits.csv" in page.told.text(), timeout=30_000)
    assert len((tmp_path / "hits.csv").read_text().splitlines()) == 4
    page.write_all(tmp_path / "none" / "hits.csv")
    qtbot.waitUntil(page.notice.isVisible, timeout=30_000)
    assert "hits.csv" in str(page.notice.message)


def test_a_hit_is_quoted_clipped_linked_and_opened_at_its_word(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = talk(settings, "One", "before it", "the moon is up", "after it")
    page = asked_in(qtbot, open_it(), "moon", 2)
    moments: list[tuple[Path, float]] = []
    wanted: list[Wanted] = []
    page.moment_asked.disconnect()
    page.moment_asked.connect(lambda folder, at_s: moments.append((folder.path, at_s)))
    page.export_asked.connect(wanted.append)
    hit = choose(page, 1)
    assert (hit.before, hit.after) == ("before it", "after it")
    assert page.acts.isVisible()
    page.quote.trigger()
    qtbot.waitUntil(
        lambda: "“the moon is up”" in QGuiApplication.clipboard().text(), timeout=30_000
    )
    assert "SHA-256" in QGuiApplication.clipboard().text()
    page.clip.trigger()
    assert (wanted[0].from_s, wanted[0].to_s) == (5.0, 7.0)
    page.copy_link.trigger()
    assert QGuiApplication.clipboard().text() == f"aircheck:{folder.id}#t=5.0"
    page.open.trigger()
    assert moments == [(folder.path, 5.0)]
    page.fill_menu()
    assert len(page.menu.actions()) == 6


def test_what_people_marked_is_among_the_hits(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = talk(settings, "One", "before it", "the moon is up", "after it", "the end")
    window = open_it()
    page = asked_in(qtbot, window, "moon", 2)
    marking.mark(folder, 8.5, "Moonrise")  # while the search is open
    notes.add(folder, 2.0, "no moonrise yet")
    page = asked_in(qtbot, window, "moonrise", 3)
    wanted: list[Wanted] = []
    page.export_asked.connect(wanted.append)
    by_kind = {hit.kind: place for place, hit in enumerate(entries(page)) if place}
    assert by_kind.keys() == {"marker", "note"}
    hit = choose(page, by_kind["marker"])
    assert (hit.start_s, hit.by, hit.speaker) == (8.5, "Marker", "")
    assert (hit.before, hit.after) == ("before it the moon is up", "after it the end")
    told = page.view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "0:08, Marker, Moonrise"
    page.clip.trigger()
    assert (wanted[0].from_s, wanted[0].to_s) == (8.5, None)
    note = Shelf(on=On.VALUE, name="kind:note", shown="Note")
    qtbot.waitUntil(lambda: page.narrowing.model.place_of(note).isValid(), timeout=30_000)
    page.narrowing.view.clicked.emit(page.narrowing.model.place_of(note))
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=30_000)
    assert choose(page, 1).by == "Note"


def test_kinds_are_told_where_there_is_a_choice(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "moon")
    page = asked_in(qtbot, open_it(), "moon", 2)
    said = Shelf(on=On.VALUE, name="source:https://radio.example/live.aac")
    qtbot.waitUntil(lambda: page.narrowing.model.place_of(said).isValid(), timeout=30_000)
    assert not page.narrowing.model.place_of(Shelf(on=On.VALUE, name="kind:speech")).isValid()


def test_what_was_said_around_a_hit_shows_on_demand(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "before it", "the moon is up", "after it")
    page = asked_in(qtbot, open_it(), "moon", 2)
    choose(page, 1)
    low = page.view.visualRect(page.model.index(1)).height()
    page.context.trigger()
    assert page.view.visualRect(page.model.index(1)).height() > low
    page.context.trigger()
    assert page.view.visualRect(page.model.index(1)).height() == low


def test_return_and_space_play(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    folder = talk(settings, "One", "the moon is up")
    window = open_it()
    played: list[tuple[Path, float]] = []
    window.player.play = lambda folder, at_s: played.append((folder.path, at_s))  # type: ignore[method-assign]
    page = asked_in(qtbot, window, "moon", 2)
    choose(page, 1)

    def has_focus() -> bool:
        window.activateWindow()
        page.view.setFocus()
        return page.view.hasFocus()

    qtbot.waitUntil(has_focus, timeout=30_000)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    assert played == [(folder.path, 1.0)] * 2


def test_a_session_that_is_gone_is_said_to_be(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    page = reach.search(open_it())
    page._open(SessionId("0" * 26), 1.0)
    qtbot.waitUntil(lambda: page.notice.message is not None, timeout=30_000)
    assert "not in the archive any more" in str(page.notice.message)


def test_the_side_is_a_menu_where_it_is_narrow(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    window = open_it()
    page = reach.search(window)
    window.turn_to("search")
    page.narrowing.show_values((Value(field=Field.SPEAKER, value="Ada & Co", count=3, is_on=True),))
    window.resize(640, 480)
    qtbot.waitUntil(lambda: not page.narrowing.isVisible(), timeout=30_000)
    menu = page.narrow_button.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Speaker", "Ada && Co\t3"]
    assert menu.actions()[1].isChecked()


@pytest.mark.parametrize(
    ("query", "field", "value", "expected"),
    [
        ("moon", Field.SPEAKER, "Ada L", 'moon speaker:"Ada L"'),
        ('moon speaker:"Ada L" sun', Field.SPEAKER, "Ada L", "moon sun"),
        ("moon ", Field.YEAR, "2024", "moon on:2024"),
        ("", Field.TAG, 'a"b', 'tag:"a b"'),
    ],
)
def test_narrowing(query: str, field: Field, value: str, expected: str) -> None:
    assert presenter.narrowed(query, field, value) == expected


def test_a_word_that_is_still_being_typed_finds_what_begins_so(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "the unedited audio")
    window = open_it()
    page = asked_in(qtbot, window, "audio", 2)
    window.bar.search_for("audio uned")
    qtbot.waitUntil(lambda: "begin with “uned”" in page.footer.text(), timeout=30_000)
    assert page.heading.accessibleName() == "“audio uned”"
    hit = entries(page)[1]
    assert isinstance(hit, HitEntry)
    assert [hit.text[start:end] for start, end in hit.marks] == ["unedited", "audio"]


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("moon la", "la"), ("-la", "la"), ('"the la', "la"), ("l", ""), ("moon ", ""),
        ("tag:ne", ""), ("https://radio.ex", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_may_be_completed(text: str, beginning: str) -> None:
    assert presenter.beginning_of(text) == beginning


def test_a_word_is_completed_in_its_place() -> None:
    assert presenter.completed("moon la", "landing") == "moon landing "


def test_a_kept_search_asks_with_its_limits() -> None:
    kept = saved.Saved(name="x", text="moon", from_="2024", to="2025", source="radio", order="odd")
    assert presenter.asked_of(kept) == Asked(query='moon from:2024 to:2025 source:"radio"')
    newest = saved.Saved(name="x", text="moon", session="01", order="newest first")
    assert presenter.asked_of(newest) == Asked(query="moon", session="01", order=Sorted.NEWEST)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("https://u:p@radio.example:80/x", "radio.example"), ("device:Mic", "device:Mic"),
        ("/home/a/tape.mp3", "tape.mp3"), ("", ""),
    ],
)  # fmt: skip
def test_sources_in_a_word(source: str, word: str) -> None:
    assert presenter.short_source(source) == word


def test_pages_go_on_under_the_same_head() -> None:
    one, two = SessionId("1" * 26), SessionId("2" * 26)

    def hit(session: SessionId, at: int) -> HitEntry:
        return HitEntry(session=session, start_s=Seconds(at), text="", marks=(), speaker="")

    first = list(presenter.arranged([hit(one, 1), hit(two, 2), hit(one, 3)], grouped=True))
    assert [type(entry) for entry in first] == [HeadEntry, HitEntry, HitEntry, HeadEntry, HitEntry]
    last = first[-1]
    assert isinstance(last, HitEntry)
    rest = list(presenter.arranged([hit(one, 4), hit(two, 5)], grouped=True, after=last))
    assert [type(entry) for entry in rest] == [HitEntry, HeadEntry, HitEntry]


def test_down_goes_from_the_query_to_the_first_hit(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    talk(settings, "One", "the moon is up")
    window = open_it()
    page = asked_in(qtbot, window, "moon", 2)
    window.turn_to("search")

    def went_down() -> bool:
        window.activateWindow()
        window.bar.field.setFocus()
        qtbot.keyClick(window.bar.field, Qt.Key.Key_Down)
        return page.view.hasFocus()

    qtbot.waitUntil(went_down, timeout=30_000)
    assert isinstance(page.view.currentIndex().data(ROW_ROLE), HitEntry)


def test_what_is_asked_while_the_search_is_left_is_answered(settings: Settings) -> None:
    talks(settings, 1)
    heard: queue.Queue[Found | Failed] = queue.Queue()
    searching = Searching(Archive(settings.archive), heard.put, lambda *_: None)

    def is_told(asked: Asked) -> bool:
        answer = heard.get(timeout=30)
        return isinstance(answer, Found) and answer.question == asked

    moon, sun = Asked(query="moon"), Asked(query="sun")
    assert not searching.ask_at_once(moon, UTC)
    searching.ask(moon, UTC)
    assert is_told(moon)
    searching.leave()
    assert searching.ask_at_once(sun, UTC)
    searching.rest()  # it was on its way when that was asked
    while not is_told(sun):
        pass
    searching.leave()
    searching.rest()
    assert not searching.ask_at_once(moon, UTC)
