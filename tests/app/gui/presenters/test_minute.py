"""The newest minute of sound."""

from pathlib import Path

import numpy as np
import pytest

from app.gui.presenters.minute import MINUTE_S, Minute, minute_of
from app.gui.presenters.session import Span, Strip
from recorder.archive import SessionFolder
from recorder.decode import Block
from recorder.types import Seconds

RATE_HZ = 8_000


def block(start_s: float, length_s: float, level: float) -> Block:
    samples = np.full((round(length_s * RATE_HZ), 1), level, np.float32)
    return Block(start_s=Seconds(start_s), samples=samples, rate_hz=RATE_HZ)


@pytest.fixture
def minute(tmp_path: Path) -> Minute:
    return Minute(SessionFolder(tmp_path))


def test_sound_stands_at_its_place_and_nothing_where_none_was(minute: Minute) -> None:
    minute.take(block(100.0, 1.0, 0.5))
    minute.take(block(101.1, 0.4, -0.25))
    wave = minute.wave(102.0)
    assert wave.duration_s == MINUTE_S
    assert len(wave.pairs) == 240
    assert wave.pairs[-8:-4] == ((0.0, 0.5),) * 4
    assert wave.pairs[-4:-2] == ((-0.25, 0.0),) * 2
    assert set(wave.pairs[-2:]) == {None}
    assert set(wave.pairs[:-8]) == {None}


def test_what_is_decoded_twice_changes_nothing(minute: Minute) -> None:
    for _ in range(2):
        minute.take(block(3.0, 0.7, 0.5))
    assert sum(pair is not None for pair in minute.wave(4.0).pairs) == 3


def test_what_is_older_than_a_minute_is_forgotten(minute: Minute) -> None:
    for second in range(200):
        minute.take(block(float(second), 1.0, 0.5))
    assert len(minute._columns) <= 61 * 4
    assert None not in minute.wave(200.0).pairs


def test_a_minute_of_a_session_is_counted_from_its_own_begin() -> None:
    def span(from_s: float, to_s: float) -> Span:
        return Span(from_s=Seconds(from_s), to_s=Seconds(to_s))

    strip = Strip(
        duration_s=Seconds(100),
        runs=(span(0, 70), span(80, 100)),
        gaps=(span(20, 30), span(70, 80)),
        markers=(span(10, 10), span(90, 90)),
    )
    shown = minute_of(strip)
    assert [(run.from_s, run.to_s) for run in shown.runs] == [(0, 30), (40, 60)]
    assert [(gap.from_s, gap.to_s) for gap in shown.gaps] == [(30, 40)]
    assert [mark.from_s for mark in shown.markers] == [50]
    young = minute_of(Strip(duration_s=Seconds(10), runs=(span(0, 10),)))
    assert [(run.from_s, run.to_s) for run in young.runs] == [(50, 60)]
