"""The page Settings: found by words, written at once, and only what does something."""

import itertools
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app import paths
from app import settings as settings_file
from app.gui.models_list import ModelsList
from app.gui.pages.settings import SettingsPage
from app.gui.presenters import settings as presenter
from app.gui.presenters import watched
from app.gui.setting_parts import FolderPart, FoldersPart, KeyPart, NumberPart, PickPart, SwitchPart
from app.gui.window import Window
from app.settings import Settings
from transcribe.suiting import model as model_that_suits

Open = Callable[[], Window]
LONG_MS = 60_000


@pytest.fixture
def page(qtbot: QtBot, open_it: Open) -> SettingsPage:
    window = open_it()
    window.turn_to("settings")
    page = window.place("settings")
    assert isinstance(page, SettingsPage)
    qtbot.waitUntil(lambda: page._values is not None, timeout=LONG_MS)
    return page


def shown(page: SettingsPage) -> set[str]:
    return {name for name, card in page.parts.items() if not card.isHidden()}


def test_every_setting_of_the_file_can_be_changed_here() -> None:
    named = {entry.name for entry in presenter.entries()}
    assert {each.name for each in fields(Settings)} <= named


def test_settings_are_found_by_their_words(qtbot: QtBot, page: SettingsPage) -> None:
    qtbot.keyClicks(page.finder, "microphone pre-roll")
    assert shown(page) == {"pre_roll"} & set(page.parts)
    page.finder.clear()
    qtbot.keyClicks(page.finder, "signature")
    assert shown(page) == {"key"}
    page.finder.setText("no such words")
    assert not shown(page)
    assert page.nothing.isVisible()


def test_cards_end_where_the_finder_does_with_and_without_a_bar(
    qtbot: QtBot, page: SettingsPage
) -> None:
    def right_of(name: str) -> int:
        card = page.parts[name]
        return card.mapTo(page, card.rect().topRight()).x()

    finder = page.finder.mapTo(page, page.finder.rect().topRight()).x()
    qtbot.waitUntil(lambda: right_of("archive") == finder)
    page.finder.setText("archive folder")
    qtbot.waitUntil(lambda: right_of("archive") == finder)


def test_a_switch_is_written_and_holds_at_once(qtbot: QtBot, page: SettingsPage) -> None:
    part = page.parts["transcribe"].part
    assert isinstance(part, SwitchPart)
    assert part.switch.box.isChecked()
    part.switch.box.click()
    qtbot.waitUntil(lambda: not settings_file.load().transcribe, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not page._desk.settings.transcribe, timeout=LONG_MS)
    assert part.switch.box.text() == "Off"


def test_the_comments_of_the_file_stay(qtbot: QtBot, page: SettingsPage) -> None:
    paths.settings_file().parent.mkdir(parents=True, exist_ok=True)
    paths.settings_file().write_text("# mine\ntranscribe = true  # always\n")
    part = page.parts["model"].part
    assert isinstance(part, PickPart)
    part.pick.chosen.emit("tiny")
    qtbot.waitUntil(lambda: settings_file.load().model == "tiny", timeout=LONG_MS)
    assert paths.settings_file().read_text().startswith("# mine\ntranscribe = true  # always\n")


def test_a_folder_that_holds_later_says_so(
    qtbot: QtBot, page: SettingsPage, tmp_path: Path
) -> None:
    card = page.parts["archive"]
    assert isinstance(card.part, FolderPart)
    card.part.path.setText(str(tmp_path / "tapes"))
    card.part.path.setModified(True)
    card.part.path.editingFinished.emit()
    qtbot.waitUntil(lambda: settings_file.load().archive == tmp_path / "tapes", timeout=LONG_MS)
    qtbot.waitUntil(card.late.isVisible, timeout=LONG_MS)


def test_a_number_of_nought_is_the_default(qtbot: QtBot, page: SettingsPage) -> None:
    part = page.parts["keep_days"].part
    assert isinstance(part, NumberPart)
    part.number.edit.setText("90")
    part.number.edit.editingFinished.emit()
    qtbot.waitUntil(lambda: settings_file.load().keep_days == 90, timeout=LONG_MS)
    part.number.edit.setText("many")  # no number: it stays
    part.number.edit.editingFinished.emit()
    assert part.number.edit.text() == "90"
    part.number.edit.setText("0")
    part.number.edit.editingFinished.emit()
    qtbot.waitUntil(lambda: settings_file.load().keep_days == 0, timeout=LONG_MS)
    assert "keep_days" not in paths.settings_file().read_text()


def test_what_the_environment_decides_cannot_be_changed_here(
    qtbot: QtBot, open_it: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRCHECK_MODEL", "tiny")
    window = open_it()
    window.turn_to("settings")
    page = window.place("settings")
    assert isinstance(page, SettingsPage)
    card = page.parts["model"]
    qtbot.waitUntil(lambda: not card.part.isEnabled(), timeout=LONG_MS)
    assert "AIRCHECK_MODEL" in card.fixed.text()


def test_a_file_that_cannot_be_read_is_said(qtbot: QtBot, page: SettingsPage) -> None:
    paths.settings_file().parent.mkdir(parents=True, exist_ok=True)
    paths.settings_file().write_text("archive = [")
    page.enter()
    qtbot.waitUntil(lambda: page.notice.message is not None, timeout=LONG_MS)
    assert "can't be read" in str(page.notice.message)


def test_the_key_is_made_and_copied(qtbot: QtBot, page: SettingsPage) -> None:
    part = page.parts["key"].part
    assert isinstance(part, KeyPart)
    assert part.make.isVisibleTo(page)
    part.make.click()
    qtbot.waitUntil(lambda: part.public.text().startswith("ssh-ed25519 "), timeout=LONG_MS)
    assert "SHA256:" in part.fingerprint.text()
    part.copy.click()
    assert QGuiApplication.clipboard().text() == part.public.text()


def test_models_are_listed_and_one_is_removed(qtbot: QtBot, page: SettingsPage, home: Path) -> None:
    models = page.parts["models-list"].part
    assert isinstance(models, ModelsList)
    assert "demo" not in models.lines
    suiting = [name for name, line in models.lines.items() if line.suits.isVisibleTo(page)]
    assert suiting == [model_that_suits()]
    assert models.lines["tiny"].get.isVisibleTo(page)
    file = paths.models_folder() / "tiny.pt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"weights")
    page.enter()
    qtbot.waitUntil(lambda: models.lines["tiny"].remove.isVisibleTo(page), timeout=LONG_MS)
    models.lines["tiny"].remove.click()
    qtbot.waitUntil(lambda: models.lines["tiny"].get.isVisibleTo(page), timeout=LONG_MS)
    assert not file.exists()


def test_the_wheel_changes_nothing_unseen(qtbot: QtBot, page: SettingsPage) -> None:
    part = page.parts["model"].part
    assert isinstance(part, PickPart)
    assert part.pick.box.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_other_folders_wait_for_the_next_window(settings: Settings, page: SettingsPage) -> None:
    page._desk.use(replace(settings, archive=Path("/elsewhere"), model="tiny"))
    assert page._desk.settings.archive == settings.archive
    assert page._desk.settings.model == "tiny"


def test_watched_folders_are_added_and_taken_away(
    qtbot: QtBot, page: SettingsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[tuple[Path, ...]] = []
    monkeypatch.setattr(watched, "settle", lambda _root, folders: settled.append(folders))
    memos, radio = tmp_path / "memos", tmp_path / "radio"
    part = page.parts["watched"].part
    assert isinstance(part, FoldersPart)
    part.take(memos)
    qtbot.waitUntil(lambda: len(part.rows) == 1, timeout=LONG_MS)
    part.take(radio)
    qtbot.waitUntil(lambda: len(part.rows) == 2, timeout=LONG_MS)
    assert settings_file.load().watched == (memos, radio)
    part.rows[0].remove.click()
    qtbot.waitUntil(lambda: len(part.rows) == 1, timeout=LONG_MS)
    part.rows[0].remove.click()
    qtbot.waitUntil(lambda: not part.rows, timeout=LONG_MS)
    assert settings_file.load().watched == ()
    qtbot.waitUntil(lambda: settled[-1:] == [()], timeout=LONG_MS)
    changes = [folders for folders, _ in itertools.groupby(settled)]  # once it looks by itself
    assert changes[-4:] == [(memos,), (memos, radio), (radio,), ()]
