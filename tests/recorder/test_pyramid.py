"""The stored waveform, read without numpy, against the one that numpy draws."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from recorder import peaks, pyramid
from recorder.archive import SessionFolder
from recorder.pyramid import SCALE, Waveform, waveform
from tests.recorder.builders import adts_part, build_session


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    """Eight seconds, a gap of three, five more; its peaks are made."""
    parts = [adts_part(8.0), adts_part(5.0, start_s=11.1, hz=880.0)]
    folder = build_session(tmp_path_factory.mktemp("archive"), parts)
    list(peaks.build(folder, folder.timeline()))
    return folder


@pytest.mark.parametrize(
    ("from_s", "to_s", "count"), [(0.0, 16.1, 200), (2.0, 3.0, 700), (7.5, 11.5, 64)]
)
def test_its_columns_are_those_of_the_overview(
    session: SessionFolder, from_s: float, to_s: float, count: int
) -> None:
    columns = waveform(session).columns(from_s, to_s, count)
    expected = peaks.overview(session, from_s=from_s, to_s=to_s, buckets=count).values
    off = 0
    for column, (low, high) in zip(columns, expected.tolist(), strict=True):
        if column is None or math.isnan(low):
            off += (column is None) != math.isnan(low)  # the column in which a stretch ends
        else:
            assert column[0] / SCALE <= low + 2 / SCALE
            assert column[1] / SCALE >= high - 2 / SCALE
    assert off <= 2


def test_the_gap_is_empty_and_so_is_what_lies_outside(session: SessionFolder) -> None:
    columns = waveform(session).columns(0.0, 20.0, 200)
    assert all(columns[:80])
    assert not any(columns[82:110])
    assert all(columns[112:160])
    assert not any(columns[163:])
    assert waveform(session).columns(3.0, 3.0, 5) == [None] * 5
    assert Waveform().columns(0.0, 1.0, 3) == [None] * 3


def test_a_large_file_is_mapped_and_says_the_same(
    session: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = waveform(session).columns(0.0, 16.0, 300)
    monkeypatch.setattr(pyramid, "_MAPPED_FROM", 1)
    assert waveform(session).columns(0.0, 16.0, 300) == read


def test_what_is_damaged_is_left_out(session: SessionFolder, tmp_path: Path) -> None:
    (path, *_) = pyramid.stored(session, "a")
    data = path.read_bytes()
    damaged = (b"", data[:20], data[:-1], data + b"x", b"NO" + data[2:])
    for number, each in enumerate(damaged):
        broken = tmp_path / f"{number}.peaks"
        broken.write_bytes(each)
        assert pyramid.load(broken) is None
    assert pyramid.load(tmp_path / "none.peaks") is None


def test_what_is_left_of_longer_times_goes(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(1.0)])
    folder.derived.mkdir(exist_ok=True)
    stale = [folder.derived / name for name in ("peaks-a-000002.peaks", "peaks-a-000001.npz")]
    for path in stale:
        path.write_bytes(b"old")
    assert list(peaks.build(folder, folder.timeline())) == [folder.timeline().duration_s]
    assert not any(path.exists() for path in stale)
    assert len(pyramid.stored(folder, "a")) == 1


def test_to_read_one_loads_no_numpy(session: SessionFolder) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from recorder.archive import SessionFolder\nfrom recorder.pyramid import waveform\n"
        f"columns = waveform(SessionFolder(Path({str(session.path)!r}))).columns(0, 8, 10)\n"
        "print(all(columns), 'numpy' in sys.modules, 'av' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout.split() == ["True", "False", "False"], done.stderr


def test_a_file_has_the_peaks_of_its_session(session: SessionFolder) -> None:
    (part, _) = session.timeline().parts
    made = peaks.of_file(session.path / part.file)
    assert made is not None
    assert made.end_s == pytest.approx(8.0, abs=0.1)
    of_session = waveform(session).columns(1.0, 7.0, 50)
    for here, there in zip(Waveform([made]).columns(1.0, 7.0, 50), of_session, strict=True):
        assert here is not None
        assert there is not None
        assert here == pytest.approx(there, abs=4)
