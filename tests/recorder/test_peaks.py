"""The waveform against the samples that it stands for."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import peaks
from recorder.archive import SessionFolder
from recorder.decode import decode
from recorder.peaks import overview
from recorder.timeline import Timeline
from recorder.types import AudioFormat
from tests.recorder.builders import ADTS, PartSpec, adts_chunks, build_session, encode, tone

RATE_HZ = 8_000
FLAC = AudioFormat(container="flac", codec="flac", rate_hz=RATE_HZ, channels=1)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    """Two stretches of noise of changing level; a gap from 20 to 30 s."""
    random = np.random.default_rng(11)
    loud = random.uniform(-1, 1, (20 * RATE_HZ, 1)).astype(np.float32)
    loud *= np.linspace(0, 0.9, len(loud), dtype=np.float32)[:, None]
    parts = [
        PartSpec(
            fmt=FLAC, chunks=[(encode(samples, RATE_HZ, "flac"), len(samples) / RATE_HZ)],
            start_s=start_s,
        )
        for samples, start_s in ((loud, 0.0), (loud[::-1][: 7 * RATE_HZ + 99], 30.0))
    ]  # fmt: skip
    return build_session(tmp_path_factory.mktemp("archive"), parts)


@given(from_s=st.floats(0, 36), length_s=st.floats(0.01, 40), buckets=st.integers(1, 500))
def test_no_sample_is_outside(
    session: SessionFolder, from_s: float, length_s: float, buckets: int
) -> None:
    to_s = from_s + length_s
    got = overview(session, from_s=from_s, to_s=to_s, buckets=buckets)
    assert got.values.shape == (buckets, 2)
    width_s = length_s / buckets
    for block in decode(session, from_s=from_s, to_s=to_s, rate_hz=None, channels=None):
        times_s = block.start_s + np.arange(len(block.samples)) / RATE_HZ
        index = np.floor((times_s - from_s) / width_s + 1e-9).astype(int).clip(0, buckets - 1)
        low, high = got.values[index].T
        assert np.all(block.samples[:, 0] >= low - 1e-6)
        assert np.all(block.samples[:, 0] <= high + 1e-6)


def test_it_is_tight_and_knows_the_gap(session: SessionFolder) -> None:
    got = overview(session, buckets=370)
    assert got.to_s == pytest.approx(session.timeline().duration_s)
    high = got.values[:, 1]
    assert np.isnan(high[201:299]).all()
    assert not np.isnan(high[:200]).any()
    assert not np.isnan(high[300:]).any()
    expected = np.linspace(0, 0.9, 200)
    assert high[:200] == pytest.approx(expected, abs=0.09)  # two neighbours and a 127th


def test_what_was_made_is_used_again(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where samples fill the last bucket, its end may be a rounding later than the journal's sum.
    full = encode(tone(3.2, RATE_HZ), RATE_HZ, "flac")
    folders = [
        session,
        build_session(tmp_path, [PartSpec(fmt=FLAC, chunks=[(full, 3.2 - 1e-10)])]),
    ]
    before = [overview(folder, buckets=100).values for folder in folders]
    monkeypatch.setattr(peaks, "decode_timeline", None)
    for folder, values in zip(folders, before, strict=True):
        assert np.array_equal(overview(folder, buckets=100).values, values, equal_nan=True)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", None])
def test_what_can_not_be_read_is_made_again(session: SessionFolder, data: bytes | None) -> None:
    before = overview(session, buckets=100).values
    for path in session.derived.iterdir():
        path.write_bytes(path.read_bytes()[:500] if data is None else data)
    assert np.array_equal(overview(session, buckets=100).values, before, equal_nan=True)


def test_a_growing_part_is_extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = adts_chunks(encode(tone(6.0, level=0.5), 44_100, "adts"))
    whole = build_session(tmp_path / "whole", [PartSpec(fmt=ADTS, chunks=chunks)])
    growing = build_session(tmp_path / "growing", [PartSpec(fmt=ADTS, chunks=chunks)], sealed=False)
    timeline = growing.timeline()
    begun: list[float] = []
    real = peaks.decode_timeline

    def spy(root: Path, told: Timeline, **kwargs: float) -> object:
        begun.append(kwargs["from_s"])
        return real(root, told, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(peaks, "decode_timeline", spy)
    for count in (2, 4, len(chunks)):
        overview(growing, first_chunks(timeline, count), buckets=50)
    assert begun[0] == 0
    assert begun[1] == pytest.approx(2 * 43 * 1024 / 44_100, abs=0.01)
    assert begun[2] > begun[1]
    at_last = overview(growing, buckets=300, to_s=5.9).values
    assert at_last == pytest.approx(overview(whole, buckets=300, to_s=5.9).values, abs=0.02)


def first_chunks(timeline: Timeline, count: int) -> Timeline:
    """A timeline as it was when only so many chunks were journaled."""
    from dataclasses import replace

    track = timeline.tracks["a"]
    part = replace(track.parts[0], chunks=track.parts[0].chunks[:count])
    return replace(timeline, tracks={"a": replace(track, parts=(part,))})


def test_a_part_that_is_missing_looks_like_a_gap(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    (folder.audio / "a-000001.aac").unlink()
    values = overview(folder, buckets=20).values
    assert np.isnan(values[:9]).all()
    assert not np.isnan(values[12:]).any()


def test_an_empty_session_is_all_gap(tmp_path: Path) -> None:
    assert np.isnan(overview(build_session(tmp_path, []), buckets=3).values).all()
    with pytest.raises(ValueError, match="buckets"):
        overview(build_session(tmp_path, []), buckets=0)
