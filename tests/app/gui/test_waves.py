"""The two waveforms of a session's page."""

import pytest
from pytestqt.qtbot import QtBot

from app.gui.presenters.session import Strip
from app.gui.waves import Waves
from recorder.types import Seconds


@pytest.fixture
def waves(qtbot: QtBot) -> Waves:
    waves = Waves()
    qtbot.addWidget(waves)
    waves.show_strip(Strip(duration_s=Seconds(100)))
    waves.show()
    return waves


def test_from_here_to_there_is_a_stretch_whichever_comes_first(waves: Waves) -> None:
    told: list[object] = []
    waves.chose.connect(told.append)
    waves.choose_edge(20.0, is_end=False)
    waves.choose_edge(50.0, is_end=True)
    assert waves.chosen == (20.0, 50.0)
    waves.choose_edge(10.0, is_end=True)
    assert waves.chosen == (10.0, 20.0)
    waves.choose_edge(60.0, is_end=False)
    assert waves.chosen == (60.0, 60.0)
    waves.choose_nothing()
    assert told == [(20.0, 20.0), (20.0, 50.0), (10.0, 20.0), (60.0, 60.0), None]


def test_both_zoom_and_choose_as_one(waves: Waves) -> None:
    waves.show_position(50.0)
    waves.zoom_in()
    assert waves.detail.view.length_s == pytest.approx(100 / 1.5)
    assert waves.overview._window == (waves.detail.view.from_s, waves.detail.view.to_s)
    waves.zoom_out()
    assert waves.detail.view.is_whole
    waves.detail.chosen.emit(3.0, 4.0)
    assert waves.overview._selected == waves.detail._selected == (3.0, 4.0)
    waves.clear()
    assert (waves.whole_s, waves.position_s, waves.chosen) == (0.0, 0.0, None)
