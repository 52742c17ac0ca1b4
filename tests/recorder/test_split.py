"""Plans that cut inside silences, and pieces that together are the original."""

import hashlib
import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import encode as encoding
from recorder import split as splitting
from recorder.archive import SessionFolder
from recorder.decode import decode
from recorder.encode import Coding, Format
from recorder.errors import ExportError
from recorder.levels import Envelope
from recorder.split import (
    By,
    Piece,
    pieces,
    plan,
    plan_by_length,
    plan_by_silence,
    silences,
    split,
)
from recorder.types import AudioFormat, Seconds
from tests.recorder.builders import (
    ADTS,
    PartSpec,
    Samples,
    adts_chunks,
    build_session,
    encode,
    silence,
    tone,
)

JFK = Path(__file__).parents[1] / "data" / "jfk.flac"
FLAC = AudioFormat(container="flac", codec="flac", rate_hz=44_100, channels=1)


def flac_part(samples: Samples, start_s: float | None = None) -> PartSpec:
    chunks = [(encode(samples, 44_100, "flac"), len(samples) / 44_100)]
    return PartSpec(fmt=FLAC, chunks=chunks, start_s=start_s)


def talk(*lengths_s: float) -> Samples:
    """Sound and silence in turn, sound first."""
    parts = [
        silence(length_s) if number % 2 else tone(length_s)
        for number, length_s in enumerate(lengths_s)
    ]
    return np.concatenate(parts)


def envelope(*dbfs: float, start_s: float = 0.0, hop_s: float = 0.1) -> Envelope:
    return Envelope(
        start_s=Seconds(start_s),
        end_s=Seconds(start_s + len(dbfs) * hop_s),
        hop_s=hop_s,
        rms_dbfs=np.array(dbfs, np.float32),
    )


# --- plans --------------------------------------------------------------------------------------


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


def test_pydub_finds_the_same_silences(tmp_path: Path) -> None:
    from pydub import AudioSegment
    from pydub.silence import detect_silence

    samples = talk(1.3, 1.5, 0.8, 0.6, 1.1, 2.2, 0.7)
    folder = build_session(tmp_path, [flac_part(samples)])
    segment = AudioSegment(
        (samples * 2**15).astype("<i2").tobytes(), sample_width=2, frame_rate=44_100, channels=1
    )
    theirs = detect_silence(segment, min_silence_len=1_000, silence_thresh=-45, seek_step=5)
    ours = silences(splitting.envelopes(folder))
    assert [(s.from_s, s.to_s) for s in ours] == [
        (pytest.approx(low / 1_000, abs=0.011), pytest.approx(high / 1_000, abs=0.011))
        for low, high in theirs
    ]


def test_pieces_adjoin_from_begin_to_end(session: SessionFolder) -> None:
    assert pieces([5.0, 3.0, -1.0, 20.0], 10.0) == [
        Piece(from_s=Seconds(low), to_s=Seconds(high)) for low, high in ((0, 3), (3, 5), (5, 10))
    ]
    assert pieces([], 0.0) == []
    with pytest.raises(ValueError, match="adjoin"):
        split(session, [*cut_at(3.0)[:1], *cut_at(4.0)[1:]], Path(), fmt=Format.WAV)


def cut_at(*cuts: float) -> list[Piece]:
    return pieces(cuts, 15.5)


# --- pieces -------------------------------------------------------------------------------------


def decoded(path: Path) -> np.ndarray:
    """A file's integers, shape [frames, channels], by libav alone."""
    with av.open(str(path)) as file:
        channels = file.streams.audio[0].channels
        frames = [frame.to_ndarray().reshape(-1, channels) for frame in file.decode(audio=0)]
    return np.concatenate(frames)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    """Two parts and a gap; the second silence begins in the first part."""
    first, second = talk(1.0, 1.5, 1.2, 0.7), talk(0.0, 0.8, 1.0)
    return build_session(
        tmp_path_factory.mktemp("archive"),
        [flac_part(first), flac_part(second), flac_part(talk(1.0, 1.5, 1.0), 12.0)],
    )


@pytest.mark.parametrize("fmt", [Format.WAV, Format.FLAC])
@pytest.mark.parametrize("most_bytes", [64 << 20, 10_000])
def test_the_pieces_are_the_original(
    session: SessionFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fmt: Format,
    most_bytes: int,
) -> None:
    monkeypatch.setattr(encoding, "_MOST_BYTES", most_bytes)
    planned = plan(session, By.SILENCE)
    assert [piece.from_s for piece in planned] == pytest.approx([0, 2.0, 4.7, 14.0], abs=0.02)
    files = split(session, planned, tmp_path / "pieces", fmt=fmt)
    assert [path.name for path in files] == [
        f"2024-08-13-live-talk-00{number}.{fmt}" for number in (1, 2, 3, 4)
    ]
    assert sorted((tmp_path / "pieces").iterdir()) == files
    parts = sorted(session.audio.iterdir())
    assert np.array_equal(
        np.concatenate([decoded(path) for path in files]),
        np.concatenate([decoded(path) for path in parts]),
    )


@given(cuts=st.lists(st.floats(-1, 20), max_size=6))
def test_no_sample_is_lost_or_repeated(
    session: SessionFolder, tmp_path_factory: pytest.TempPathFactory, cuts: list[float]
) -> None:
    blocks = list(decode(session, rate_hz=None, channels=None, block_s=0.7))
    found = [list(piece) for piece in splitting._sounds(blocks, sorted(cuts))]
    assert np.array_equal(
        np.concatenate(list(itertools.chain(*found))),
        np.concatenate([block.samples for block in blocks]),
    )
    assert len(found) <= len(cuts) + 1


@pytest.mark.parametrize("fmt", [Format.WAV, Format.FLAC])
@pytest.mark.parametrize("most_bytes", [64 << 20, 10_000])
def test_24_bits_stay_24_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fmt: Format, most_bytes: int
) -> None:
    monkeypatch.setattr(encoding, "_MOST_BYTES", most_bytes)
    fmt_in = AudioFormat(container="flac", codec="flac", rate_hz=44_100, channels=2)
    folder = build_session(tmp_path, [PartSpec(fmt=fmt_in, chunks=[(JFK.read_bytes(), 11.0)])])
    files = split(folder, plan(folder, By.LENGTH, length_s=4.0), tmp_path / "out", fmt=fmt)
    assert len(files) == 3
    assert np.array_equal(np.concatenate([decoded(path) for path in files]), decoded(JFK))


@pytest.mark.parametrize("most_bytes", [64 << 20, 10_000])
def test_mp3_and_a_lossy_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(encoding, "_MOST_BYTES", most_bytes)
    data = encode(talk(2.0, 2.0, 2.0), 44_100, "adts")
    folder = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=adts_chunks(data))])
    seen: list[Path] = []
    files = split(folder, plan(folder, By.SILENCE), tmp_path, fmt=Format.MP3, on_file=seen.append)
    assert len(files) == len(seen) == 2
    lengths_s = [len(decoded(path).reshape(-1)) / 44_100 for path in files]
    assert lengths_s == pytest.approx([3.5, 2.5], abs=0.1)


def test_pieces_in_a_gap_alone_make_no_file(session: SessionFolder, tmp_path: Path) -> None:
    files = split(session, cut_at(3.0, 8.0, 9.0, 10.0), tmp_path, fmt=Format.WAV)
    assert [path.name[-7:] for path in files] == ["001.wav", "002.wav", "003.wav"]


def test_nothing_is_overwritten(session: SessionFolder, tmp_path: Path) -> None:
    (first, *_) = split(session, cut_at(3.0), tmp_path, fmt=Format.WAV)
    before = hashlib.sha256(first.read_bytes()).hexdigest()
    with pytest.raises(ExportError, match="is there already"):
        split(session, cut_at(2.0), tmp_path, fmt=Format.WAV)
    assert hashlib.sha256(first.read_bytes()).hexdigest() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_an_encoder_that_fails_is_a_sentence(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Coding, "parameters", lambda *_: ["-no-such-option", "1"])
    for most_bytes in (64 << 20, 10_000):
        monkeypatch.setattr(encoding, "_MOST_BYTES", most_bytes)
        with pytest.raises(ExportError, match="can't be written as flac"):
            split(session, cut_at(), tmp_path, fmt=Format.FLAC)
    assert list(tmp_path.iterdir()) == []


def test_too_many_pieces_are_refused(session: SessionFolder) -> None:
    with pytest.raises(ExportError, match="pieces"):
        plan(session, By.LENGTH, length_s=1e-4)


def test_an_empty_session_can_not_be_split(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [])
    assert plan(folder, By.SILENCE) == []
    with pytest.raises(ExportError, match="Nothing was recorded"):
        split(folder, cut_at(), tmp_path / "out", fmt=Format.WAV)
