"""What a strip paints of a session's time."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.gui import theme
from app.gui.presenters.session import Span, Strip, Wave
from app.gui.strip import StripView
from recorder.archive import SessionFolder
from recorder.types import Seconds

WIDTH = 400


def span(from_s: float, to_s: float) -> Span:
    return Span(from_s=Seconds(from_s), to_s=Seconds(to_s))


@pytest.fixture
def strip() -> Strip:
    """40 s, of which the third ten are a gap."""
    return Strip(duration_s=Seconds(40), runs=(span(0, 20), span(30, 40)), gaps=(span(20, 30),))


@pytest.fixture
def view(qtbot: QtBot, strip: Strip) -> StripView:
    view = StripView()
    qtbot.addWidget(view)
    view.resize(WIDTH, view.height())
    view.show_strip(strip)
    return view


def bands(view: StripView) -> list[tuple[int, int]]:
    """Where a plain band is, in pixels from and to, off the middle, where no sound is drawn."""
    image = view.grab().toImage()
    wanted = QColor(theme.colours().silence)
    at_y = round(image.height() * 0.4)
    is_band = [image.pixelColor(x, at_y) == wanted for x in range(image.width())]
    edges = [x for x in range(1, WIDTH) if is_band[x] != is_band[x - 1]]
    edges = [0] * is_band[0] + edges + [WIDTH] * is_band[-1]
    return list(zip(edges[::2], edges[1::2], strict=True))


def test_without_a_waveform_all_that_is_stored_is_a_band(view: StripView) -> None:
    assert bands(view) == [(0, 200), (300, 400)]


def test_what_is_stored_and_not_drawn_yet_is_no_void(view: StripView, tmp_path: Path) -> None:
    """Nobody listened to 10 to 20 s: the recorder died then; nor to the newest five."""
    quiet = (-0.01, 0.01)
    wave = Wave(
        folder=SessionFolder(tmp_path),
        duration_s=Seconds(40),
        pairs=(quiet,) * 10 + (None,) * 20 + (quiet,) * 5 + (None,) * 5,
    )
    view.show_wave(wave)
    assert bands(view) == [(100, 200), (350, 400)]
    view.show_wave(replace(wave, duration_s=Seconds(35), pairs=wave.pairs[:35]))
    assert bands(view) == [(100, 200), (350, 400)]
