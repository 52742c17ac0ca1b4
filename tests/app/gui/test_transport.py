"""The bar at the bottom, with a player that has nothing to sound on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.gui import player as module
from app.gui.player import Player
from app.gui.presenters.playback import FASTEST, PACES, SLOWEST, FileSound, Hearing
from app.gui.presenters.session import load
from app.gui.transport import Transport, hearing_words
from recorder.archive import SessionFolder
from recorder.types import Seconds
from tests.recorder.builders import build_session


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return build_session(tmp_path)


@pytest.fixture
def transport(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transport]:
    monkeypatch.setattr(module, "_new_sink", lambda _parent: None)
    player = Player()
    transport = Transport(player)
    qtbot.addWidget(transport)
    yield transport
    player.close()


def test_a_file_has_not_the_time_of_the_session_before_it(
    transport: Transport, folder: SessionFolder
) -> None:
    player = transport._player
    player.play(folder, 3.0)
    transport.show_session(folder, "Talk", load(folder).strip)
    assert transport.time.text() == "0:03 / 0:22"
    player.play_sound(FileSound(folder.audio / "a-000001.aac"), 5.0)
    assert transport.time.text() == "0:05"
    assert not transport.title.accessibleName()
    transport.forward.click()
    assert player.position_s == 15.0


def test_the_length_grows_with_a_session_that_goes_on(
    transport: Transport, folder: SessionFolder, tmp_path: Path
) -> None:
    strip = load(folder).strip
    transport._player.play(folder, 3.0)
    transport.show_session(folder, "Talk", strip)
    grown = replace(strip, duration_s=Seconds(strip.duration_s + 60))
    transport.show_growth(build_session(tmp_path / "other"), grown)
    assert transport.time.text() == "0:03 / 0:22"
    transport.show_growth(folder, grown)
    assert transport.time.text() == "0:03 / 1:22"


def test_the_menu_offers_paces_and_what_is_left_out(transport: Transport) -> None:
    player = transport._player
    menu = transport.menu()
    named = {action.text(): action for action in menu.actions() if action.text()}
    named["1.5\N{MULTIPLICATION SIGN}"].trigger()
    assert player.hearing.pace == 1.5
    named = {action.text(): action for action in transport.menu().actions() if action.text()}
    named["Skip silence"].trigger()
    assert player.hearing == Hearing(pace=1.5, skip_silence=True)
    assert transport.pace.text() == hearing_words(player.hearing)
    assert "no silence" in transport.pace.text()


def test_a_jump_over_a_gap_is_told_with_its_reason(
    transport: Transport, folder: SessionFolder
) -> None:
    player = transport._player
    player.play(folder, 3.0)
    strip = load(folder).strip
    transport.show_session(folder, "Talk", strip)
    gap = strip.gaps[0]
    player.jumped.emit(float(gap.from_s), float(gap.to_s))
    assert transport.jump.accessibleName() == "Gap of 2 s jumped over: connection lost"


def test_paces_go_up_and_down_within_their_range() -> None:
    hearing = Hearing()
    for _ in PACES:
        hearing = hearing.stepped(1)
    assert hearing.pace == FASTEST
    for _ in PACES:
        hearing = hearing.stepped(-1)
    assert hearing.pace == SLOWEST
    assert replace(hearing, pace=1.1).stepped(1).pace == 1.25
    assert hearing.stepped(0).pace == 1.0


def test_pace_and_what_is_left_out_are_the_same_the_next_time(
    transport: Transport, qtbot: QtBot, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    transport.remember(memory)
    assert transport._player.hearing == Hearing()
    transport._player.hear(Hearing(pace=1.5, skip_music=True))
    memory.sync()
    other = Transport(Player(transport))
    qtbot.addWidget(other)
    other.remember(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    assert other._player.hearing == Hearing(pace=1.5, skip_music=True)


@pytest.mark.parametrize("text", ["", "[]", '{"pace": 99}', "no JSON"])
def test_what_was_kept_and_cannot_be_read_is_the_usual(text: str) -> None:
    assert Hearing.of_text(text) == Hearing()


def test_as_long_as_nothing_was_played_it_says_how(transport: Transport) -> None:
    transport.offer(can_play=False)
    assert transport.idle.accessibleName() == "Open a session to play it"
    transport.offer(can_play=True)
    assert transport.idle.accessibleName() == "Space plays the session in view"
    assert transport.play.isEnabled()
