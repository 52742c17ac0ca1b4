"""The export page: what it orders, what comes out, and what it says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.exporting import Order
from app.gui.pages.export import ExportPage
from app.gui.presenters.exporting import Wanted
from app.gui.window import Window
from app.jobs import JobState
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.verify import verify
from tests.app.test_publishing import talk
from tests.recorder.builders import build_session

Open = Callable[[], Window]
LONG_MS = 30_000


@pytest.fixture
def folder(settings: Settings) -> SessionFolder:
    return talk(settings.archive)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def page_of(window: Window, qtbot: QtBot, wanted: Wanted, out: Path) -> ExportPage:
    """The page, asked for as any other page asks."""
    qtbot.waitUntil(lambda: len(window._desk.rows) >= len(wanted.folders), timeout=LONG_MS)
    window.place("now").export_asked.emit(wanted)
    assert window.shown == "export"
    page = window.place("export")
    assert isinstance(page, ExportPage)
    page.place.setText(str(out))
    return page


def export(page: ExportPage, qtbot: QtBot) -> tuple[Path, ...]:
    """Press the button, and wait for what comes."""
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.card is not None and page.card.item.is_over, timeout=LONG_MS)
    assert page.card is not None
    assert page.card.item.look.icon == "check", page.card.item.detail
    return page.card.item.files


def said(page: ExportPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_a_quote_takes_one_press(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    window = open_it()
    page = page_of(window, qtbot, Wanted(folders=(folder,), from_s=5.5, to_s=8.0), out)
    assert page.start_at.text() == "0:05"
    assert page.options["unedited"].has_words.box.isChecked()
    files = export(page, qtbot)
    assert verify(files[0], against=lambda _: folder.path).ok
    assert any(file.name.endswith("citation.txt") for file in files)
    assert any(file.name.endswith(".vtt") for file in files)
    page.close_button.click()
    assert window.shown == "now"


def test_a_package_says_what_it_proves_and_proves_it(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    page = page_of(open_it(), qtbot, Wanted(folders=(folder,)), out)
    assert "no byte changed" in said(page)
    assert "who archived it, not who spoke" in said(page)
    page.options["unedited"].gaps.box.click()
    qtbot.waitUntil(lambda: "silence was inserted" in said(page), timeout=LONG_MS)
    (package, *_) = export(page, qtbot)
    assert verify(package).ok


def test_doors_change_what_is_offered(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    page = page_of(open_it(), qtbot, Wanted(folders=(folder,)), out)
    qtbot.mouseClick(page.doors.buttons["edited"], Qt.MouseButton.LeftButton)
    assert (page.order.door, page.order.form) == ("edited", "mp3")
    qtbot.waitUntil(lambda: "no evidence" in said(page), timeout=LONG_MS)
    qtbot.mouseClick(page.doors.buttons["text"], Qt.MouseButton.LeftButton)
    assert (page.order.door, page.order.form) == ("text", "srt")
    (captions,) = export(page, qtbot)
    assert "Good evening" in captions.read_text("utf-8")


def test_edited_sound_is_made_as_chosen(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    page = page_of(open_it(), qtbot, Wanted(folders=(folder,), door="edited"), out)
    options = page.options["edited"]
    options.picks["form"].chosen.emit("flac")
    options.picks["channels"].chosen.emit("1")
    options.fade_in.edit.setText("0.5")
    options.fade_in.edit.editingFinished.emit()
    assert page.order == Order(door="edited", form="flac", channels=1, fade_in_s=0.5)
    assert not options.picks["bit_rate_kbps"].isEnabled()
    (sound,) = export(page, qtbot)
    assert sound.suffix == ".flac"


def test_what_hinders_is_said_and_the_button_rests(
    qtbot: QtBot, open_it: Open, settings: Settings, out: Path
) -> None:
    live = build_session(settings.archive, sealed=False)
    page = page_of(open_it(), qtbot, Wanted(folders=(live,)), out)
    assert not page.go.isEnabled()
    assert "has ended" in page.hint.text()


def test_times_that_are_none_are_said(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    page = page_of(open_it(), qtbot, Wanted(folders=(folder,)), out)
    qtbot.keyClicks(page.start_at, "soon")
    assert "42:07" in page.hint.text()
    assert not page.go.isEnabled()
    page.start_at.clear()
    qtbot.keyClicks(page.start_at, "0:06")
    qtbot.keyClicks(page.end_at, "0:02")
    assert page.hint.text() == "The end must lie behind the beginning."


def test_a_preset_is_saved_chosen_and_removed(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    page = page_of(open_it(), qtbot, Wanted(folders=(folder,), door="text"), out)
    count = page.presets.box.count()
    page.options["text"].forms.chosen.emit("md")
    page.presets.save.click()
    qtbot.keyClicks(page.presets.name, "For the paper")
    qtbot.keyClick(page.presets.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.presets.box.count() == count + 1, timeout=LONG_MS)
    qtbot.mouseClick(page.doors.buttons["unedited"], Qt.MouseButton.LeftButton)
    place = page.presets.box.findText("For the paper")
    page.presets.box.setCurrentIndex(place)
    page.presets.box.activated.emit(place)
    assert (page.order.door, page.order.form) == ("text", "md")
    page.presets.remove.click()
    qtbot.waitUntil(lambda: page.presets.box.count() == count, timeout=LONG_MS)


def test_several_sessions_at_once(
    qtbot: QtBot, open_it: Open, settings: Settings, folder: SessionFolder, out: Path
) -> None:
    other = talk(settings.archive)
    page = page_of(open_it(), qtbot, Wanted(folders=(folder, other), door="text"), out)
    assert "2 sessions" in said(page)
    assert len(export(page, qtbot)) == 2


def test_an_export_goes_on_when_the_window_closes(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    window = open_it()
    page = page_of(window, qtbot, Wanted(folders=(folder,)), out)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.card is not None, timeout=LONG_MS)
    jobs, number = page._watch._jobs, page._job
    window.close()
    qtbot.waitUntil(lambda: jobs.job(number).state is JobState.DONE, timeout=LONG_MS)
    assert verify(jobs.job(number).files[0]).ok


def test_the_keyboard_does_it_all(
    qtbot: QtBot, open_it: Open, folder: SessionFolder, out: Path
) -> None:
    window = open_it()
    page = page_of(window, qtbot, Wanted(folders=(folder,), door="text"), out)

    def is_active() -> bool:
        window.activateWindow()
        return window.isActiveWindow()

    qtbot.waitUntil(is_active, timeout=LONG_MS)
    qtbot.waitUntil(page.go.hasFocus, timeout=LONG_MS)
    qtbot.keyClick(page.go, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.card is not None and page.card.item.is_over, timeout=LONG_MS)
    assert page.go.hasFocus()
    qtbot.keyClick(page.go, Qt.Key.Key_Escape)
    assert window.shown == "now"
