import itertools
from pathlib import Path

import numpy as np
import pytest

from recorder import levels
from recorder.decode import Block
from recorder.errors import DecodeError
from recorder.levels import envelopes, measure
from recorder.types import AudioFormat, Seconds
from tests.recorder.builders import PartSpec, Samples, build_session, encode, silence, tone

FLAC = AudioFormat(container="flac", codec="flac", rate_hz=44_100, channels=1)


def part(samples: Samples, start_s: float | None = None) -> PartSpec:
    chunks = [(encode(samples, 44_100, "flac"), len(samples) / 44_100)]
    return PartSpec(fmt=FLAC, chunks=chunks, start_s=start_s)


def test_a_level_is_what_it_is(tmp_path: Path) -> None:
    samples = np.concatenate([tone(2.0, level=1.0), silence(1.0), tone(1.0, level=0.01)])
    (level,) = envelopes(build_session(tmp_path, [part(samples)]))
    assert level.hop_s == pytest.approx(0.005, rel=0.01)
    assert (level.start_s, level.end_s) == (0, pytest.approx(4.0))
    assert len(level.rms_dbfs) == 802
    assert level.rms_dbfs[:400] == pytest.approx(-3.0, abs=0.4)  # 2.2 periods a hop
    assert np.all(level.rms_dbfs[402:600] == -120)
    assert level.rms_dbfs[602:] == pytest.approx(-43.0, abs=0.5)


def test_a_gap_parts_it(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [part(tone(1.0)), part(tone(1.0)), part(tone(1.0), 5.0)])
    assert [(each.start_s, each.end_s) for each in envelopes(folder)] == [
        (0, pytest.approx(2.0)),
        (pytest.approx(5.0), pytest.approx(6.0)),
    ]


def test_nothing_hides_in_a_mix() -> None:
    loud = tone(1.0, 8_000, level=0.5)
    block = Block(start_s=Seconds(0), samples=np.hstack([loud, -loud]), rate_hz=8_000)
    assert measure([block]).rms_dbfs == pytest.approx(-9.0, abs=0.4)


def test_blocks_of_any_size_measure_the_same() -> None:
    samples = np.random.default_rng(5).normal(0, 0.1, (10_007, 2)).astype(np.float32)
    whole = measure([Block(start_s=Seconds(0), samples=samples, rate_hz=8_000)])
    cuts = [0, 1, 50, 51, 400, 9_000, 10_007]
    parted = measure(
        Block(start_s=Seconds(low / 8_000), samples=samples[low:high], rate_hz=8_000)
        for low, high in itertools.pairwise(cuts)
    )
    assert np.allclose(parted.rms_dbfs, whole.rms_dbfs, atol=1e-3)
    assert parted.end_s == whole.end_s


@pytest.mark.parametrize("count", [2, 3, 4])
def test_processes_measure_the_same_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, (220_500, 1)).astype(np.float32)
    folder = build_session(tmp_path, [part(noise), part(noise[:100_001]), part(noise, 20.0)])
    (first, second) = envelopes(folder)
    monkeypatch.setattr(levels, "_LEAST_SPAN_S", 2.0)
    monkeypatch.setattr(levels, "_PROCESSES", count)
    found = envelopes(folder)
    assert len(found) > 2
    assert (found[0].start_s, found[-1].end_s) == (first.start_s, second.end_s)
    for whole, inside in ((first, lambda at_s: at_s < 10), (second, lambda at_s: at_s >= 20)):
        joined = np.concatenate([each.rms_dbfs for each in found if inside(each.start_s)])
        assert len(joined) == len(whole.rms_dbfs)
        assert np.allclose(joined, whole.rms_dbfs, atol=0.01)


def test_a_helper_that_fails_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build_session(tmp_path, [part(tone(4.0))])
    (whole,) = envelopes(folder)
    monkeypatch.setattr(levels, "_LEAST_SPAN_S", 1.0)
    monkeypatch.setattr(levels, "_PROCESSES", 2)
    monkeypatch.setattr(levels.sys, "executable", "/bin/false")
    found = envelopes(folder)
    assert np.allclose(np.concatenate([each.rms_dbfs for each in found]), whole.rms_dbfs)
    next(folder.audio.iterdir()).unlink()
    with pytest.raises(DecodeError):
        envelopes(folder)
