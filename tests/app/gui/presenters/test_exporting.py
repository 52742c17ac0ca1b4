"""What the export page says, and what it orders."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.exporting import TEXT_FORMS, UNEDITED_FORMS, Order
from app.gui.presenters import exporting
from app.gui.presenters.exporting import Presets, Wanted
from app.gui.presenters.library import Row
from app.jobs import Kind
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from tests.recorder.builders import build_session


@pytest.fixture
def row(tmp_path: Path) -> Row:
    folder = build_session(tmp_path / "archive", title="A late talk")
    return Row(summary=folder.summary(), is_transcribed=True)


def folder_of(row: Row) -> SessionFolder:
    return SessionFolder(row.summary.folder)


def test_the_forms_are_those_that_can_be_made() -> None:
    assert tuple(form.value for form in exporting.forms("unedited")) == UNEDITED_FORMS
    assert {form.value for form in exporting.forms("text")} == set(TEXT_FORMS)


def test_a_stretch_begins_as_a_quote_with_words(row: Row) -> None:
    order = exporting.begun(Wanted(folders=(folder_of(row),), from_s=3.0, to_s=8.0))
    assert order == Order(form="file", from_s=3.0, to_s=8.0, has_words=True)
    assert exporting.hindrance(order, [row]) == ""


def test_a_whole_session_begins_as_a_package(row: Row) -> None:
    assert exporting.begun(Wanted(folders=(folder_of(row),))) == Order()
    text = exporting.begun(Wanted(folders=(folder_of(row),), door="text"))
    assert (text.door, text.form) == ("text", "srt")


def test_what_a_form_does_not_have_is_dropped() -> None:
    everything = Order(is_completed=True, has_words=True, keeps_gaps=True, wall_clock=True)
    assert exporting.settled(everything) == Order(is_completed=True, keeps_gaps=True)
    as_text = exporting.settled(replace(everything, door="text", form="package"))
    assert as_text == Order(door="text", form="srt")
    told = exporting.settled(replace(everything, door="text", form="txt"))
    assert told == Order(door="text", form="txt", wall_clock=True)


def test_a_stretch_of_a_package_is_a_file() -> None:
    assert exporting.settled(Order(from_s=1.0)).form == "file"


def test_the_promise_follows_the_gaps() -> None:
    assert any("silence was inserted" in each for each in exporting.promise(Order(keeps_gaps=True)))
    assert any("cut out and listed" in each for each in exporting.promise(Order()))
    assert "no evidence" in " ".join(exporting.promise(Order(door="edited", form="mp3")))


def test_what_hinders_is_said(row: Row, tmp_path: Path) -> None:
    live = Row(
        summary=build_session(tmp_path / "archive", sealed=False).summary(), is_transcribed=False
    )
    say = exporting.hindrance
    assert say(Order(), []) == "Choose a session first."
    assert "still goes on" in say(Order(), [live])
    assert "no transcript yet" in say(Order(door="text", form="srt"), [live])
    assert "behind the beginning" in say(Order(form="file", from_s=5.0, to_s=5.0), [row])
    assert "behind the session's end" in say(Order(form="file", from_s=500.0), [row])
    assert say(Order(), [row, live]) == ""
    assert "1 of them" in exporting.warning(Order(), [row, live])
    assert exporting.warning(Order(), [row]) == ""


def test_what_is_exported_is_named(row: Row) -> None:
    wanted = Wanted(folders=(folder_of(row),))
    assert exporting.of_what(wanted, [row]) == "A late talk · 22 s"
    assert exporting.of_what(replace(wanted, from_s=3.0), [row]) == "A late talk · 0:03 to 0:22"
    assert exporting.of_what(wanted, [row, row]) == "2 sessions, 44 s in all"
    assert exporting.of_what(wanted, []) == ""


def test_the_work_is_named_and_whole(row: Row, tmp_path: Path) -> None:
    asked = exporting.request(Order(), [row, row], tmp_path)
    assert (asked.kind, asked.title) == (Kind.EXPORT, "A late talk and 1 more")
    assert Order.from_json(asked.details["order"]) == Order()


def test_presets_stay_and_go(tmp_path: Path) -> None:
    presets = Presets(tmp_path / "new" / "presets.json")
    assert presets.own() == ()
    order = Order(door="text", form="md", wall_clock=True)
    presets.save("Für die Zeitung", replace(order, from_s=3.0))
    presets.save("b", Order())
    assert [(each.name, each.order) for each in presets.own()] == [
        ("b", Order()),
        ("Für die Zeitung", order),
    ]
    presets.remove("b")
    assert [each.name for each in presets.own()] == ["Für die Zeitung"]
    with pytest.raises(AircheckError, match="needs a name"):
        presets.save("  ", order)


def test_presets_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    file = tmp_path / "presets.json"
    file.write_text("[1, 2]")
    assert Presets(file).own() == ()


def test_built_in_presets_are_settled() -> None:
    for preset in exporting.built_in():
        assert exporting.settled(preset.order) == preset.order, preset.name


@pytest.mark.parametrize(
    ("text", "at_s"),
    [("0:07", 7), ("42:07,5", 2_527.5), (" 1:02:03 ", 3_723), ("", None), ("0", 0)],
)
def test_a_moment_as_it_is_typed(text: str, at_s: float | None) -> None:
    assert exporting.moment(text) == at_s


def test_what_is_no_moment() -> None:
    with pytest.raises(ValueError, match="'soon' is not a duration"):
        exporting.moment("soon")


def test_pieces_are_of_the_whole_and_as_recorded(row: Row) -> None:
    order = exporting.with_value(
        Order(door="edited", form="mp3", loudness_lufs=-16.0, fade_in_s=1.0), "pieces", "silence"
    )
    assert exporting.settled(order) == Order(door="edited", form="mp3", pieces="silence")
    assert "whole session" in exporting.hindrance(replace(order, from_s=1.0), [row])
    assert exporting.settled(replace(order, door="text", form="srt")).pieces == ""
