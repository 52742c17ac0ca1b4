"""The bar at the bottom, with a player that has nothing to sound on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui import player as module
from app.gui.player import Player
from app.gui.presenters.playback import FASTEST, PACES, SLOWEST, FileSound, Hearing
from app.gui.presenters.session import load
from app.gui.transport import Transport, hearing_words
from recorder.archive import SessionFolder
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
