"""Plans that cut inside silences, at labels, and before a piece gets too large."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.cuts import (
    Growth,
    Silence,
    plan_by_labels,
    plan_by_length,
    plan_by_silence,
    plan_by_size,
    silences,
)
from recorder.labels import Kind, Label
from recorder.levels import Envelope
from recorder.types import Seconds


def envelope(*dbfs: float, start_s: float = 0.0, hop_s: float = 0.1) -> Envelope:
    return Envelope(
        start_s=Seconds(start_s),
        end_s=Seconds(start_s + len(dbfs) * hop_s),
        hop_s=hop_s,
        rms_dbfs=np.array(dbfs, np.float32),
    )


def test_cuts_lie_half_a_second_before_sound_or_in_the_middle() -> None:
    level = envelope(*[-20] * 10, *[-90] * 30, *[-20] * 10, *[-90] * 8, *[-20] * 10)
    assert plan_by_silence([level], least_s=0.5) == pytest.approx([3.5, 5.4])
    assert plan_by_silence([level]) == pytest.approx([3.5])
    assert plan_by_silence([level], below_dbfs=-95) == []


def test_silence_at_the_ends_is_not_cut_off() -> None:
    level = envelope(*[-90] * 30, *[-20] * 10, *[-90] * 30)
    assert plan_by_silence([level]) == []


def test_a_silence_goes_on_in_the_next_part() -> None:
    levels = [envelope(-20, *[-90] * 7), envelope(*[-90] * 6, -20, start_s=0.8)]
    assert [(s.from_s, s.to_s) for s in silences(levels)] == [
        (pytest.approx(0.1), pytest.approx(1.4))
    ]


def test_a_gap_is_no_silence() -> None:
    levels = [envelope(-20, *[-90] * 7), envelope(*[-90] * 6, -20, start_s=9.0)]
    assert silences(levels) == []


@given(
    runs=st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=30),
    least_s=st.floats(0.1, 2.0),
)
def test_cuts_fall_inside_silences(runs: list[tuple[bool, int]], least_s: float) -> None:
    values = [-90.0 if quiet else -10.0 for quiet, count in runs for _ in range(count)]
    levels = [envelope(*values)] if values else []
    found = silences(levels, least_s=least_s)
    cuts = plan_by_silence(levels, least_s=least_s)
    assert cuts == sorted(cuts)
    assert all(any(s.from_s < cut < s.to_s for s in found) for cut in cuts)
    inner = [s for s in found if s.from_s > 0 and s.to_s < len(values) * 0.1 - 1e-6]
    assert len(cuts) == len(inner)
    for silent in found:
        low, high = round(silent.from_s * 10), round(silent.to_s * 10)
        assert set(values[low:high]) == {-90.0}


def test_by_length() -> None:
    assert plan_by_length(10.0, 3.0) == [3.0, 6.0, 9.0]
    assert plan_by_length(9.0, 3.0) == [3.0, 6.0]
    assert plan_by_length(2.0, 3.0) == []
    with pytest.raises(ValueError, match="length"):
        plan_by_length(2.0, 0)


def label(kind: Kind, from_s: float, to_s: float) -> Label:
    return Label(kind=kind, from_s=Seconds(from_s), to_s=Seconds(to_s))


def test_by_labels_beside_silence_and_in_pauses() -> None:
    found = plan_by_labels(
        [
            label(Kind.MUSIC, 0, 30),
            label(Kind.SILENCE, 30, 30.6),
            label(Kind.SPEECH, 30.6, 60),
            label(Kind.MUSIC, 60, 80),
            label(Kind.SPEECH, 90, 99.9),
        ],
        [Silence(from_s=Seconds(60.2), to_s=Seconds(60.6))],
        100.0,
    )
    assert found == pytest.approx([30.3, 30.3, 60.4, 80.0, 90.0])
    assert plan_by_labels([], [], 100.0) == []
    assert plan_by_labels([label(Kind.SPEECH, 0.2, 99.8)], [], 100.0) == []


GROWTH = Growth(at_s=np.array([0.0, 10.0, 20.0]), bytes=np.array([0.0, 1_000.0, 3_000.0]))


def test_growth() -> None:
    assert [GROWTH.upto(at_s) for at_s in (0, 5, 15, 99)] == [0, 500, 2_000, 3_000]
    assert [GROWTH.until_s(size) for size in (0, 500, 2_000, 9_999)] == [0, 5, 15, 20]


def test_by_size_cuts_the_last_silence_that_fits() -> None:
    quiet = [Silence(from_s=Seconds(low), to_s=Seconds(low + 1)) for low in (2.0, 7.0, 8.0, 10.5)]
    assert plan_by_size(20.0, GROWTH, 1_000, quiet) == pytest.approx([8.5, 14.25, 19.25])
    assert plan_by_size(20.0, GROWTH, 3_000, quiet) == []
    with pytest.raises(ValueError, match="nothing"):
        plan_by_size(20.0, GROWTH, 0.5, [])


@given(
    steps=st.lists(st.floats(1, 5_000), min_size=1, max_size=50),
    most=st.floats(200, 20_000),
    moments=st.lists(st.floats(0, 50), max_size=10),
)
def test_no_piece_has_more(steps: list[float], most: float, moments: list[float]) -> None:
    growth = Growth(at_s=np.arange(len(steps) + 1.0), bytes=np.cumsum([0.0, *steps]))
    quiet = [Silence(from_s=Seconds(at), to_s=Seconds(at + 0.4)) for at in sorted(moments)]
    cuts = plan_by_size(float(len(steps)), growth, most, quiet)
    edges = [0.0, *cuts, float(len(steps))]
    assert edges == sorted(edges)
    for low, high in itertools.pairwise(edges):
        assert growth.upto(high) - growth.upto(low) <= most + 1e-6
