"""Plans that cut inside silences, and pieces that together are the original."""

import hashlib
import itertools
import subprocess
import threading
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import encode as encoding
from recorder import labels
from recorder import split as splitting
from recorder.archive import SessionFolder
from recorder.cuts import Piece, pieces, silences
from recorder.decode import decode
from recorder.encode import Coding, Format, Sound
from recorder.errors import ExportError, ExportStopped
from recorder.labels import Kind, Label, Labels
from recorder.levels import envelopes
from recorder.media import open_media
from recorder.split import By, Wish, plan, split
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


# --- plans --------------------------------------------------------------------------------------


def test_pydub_finds_the_same_silences(tmp_path: Path) -> None:
    from pydub import AudioSegment
    from pydub.silence import detect_silence

    samples = talk(1.3, 1.5, 0.8, 0.6, 1.1, 2.2, 0.7)
    folder = build_session(tmp_path, [flac_part(samples)])
    segment = AudioSegment(
        (samples * 2**15).astype("<i2").tobytes(), sample_width=2, frame_rate=44_100, channels=1
    )
    theirs = detect_silence(segment, min_silence_len=1_000, silence_thresh=-45, seek_step=5)
    ours = silences(envelopes(folder))
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
        split(session, [*cut_at(3.0)[:1], *cut_at(4.0)[1:]], Path(), Wish(fmt=Format.WAV))


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
    planned = plan(session, Wish())
    assert [piece.from_s for piece in planned] == pytest.approx([0, 2.0, 4.7, 14.0], abs=0.02)
    files = split(session, planned, tmp_path / "pieces", Wish(fmt=fmt))
    assert [path.name for path in files] == [
        f"{session.path.name}-00{number}.{fmt}" for number in (1, 2, 3, 4)
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
    found = [list(piece) for _, piece in splitting._sounds(blocks, sorted(cuts))]
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
    files = split(
        folder, plan(folder, Wish(by=By.LENGTH, length_s=4.0)), tmp_path / "out", Wish(fmt=fmt)
    )
    assert len(files) == 3
    assert np.array_equal(np.concatenate([decoded(path) for path in files]), decoded(JFK))


@pytest.mark.parametrize("most_bytes", [64 << 20, 10_000])
def test_mp3_and_a_lossy_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(encoding, "_MOST_BYTES", most_bytes)
    data = encode(talk(2.0, 2.0, 2.0), 44_100, "adts")
    folder = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=adts_chunks(data))])
    files = split(folder, plan(folder, Wish()), tmp_path, Wish(fmt=Format.MP3))
    assert len(files) == 2
    lengths_s = [len(decoded(path).reshape(-1)) / 44_100 for path in files]
    assert lengths_s == pytest.approx([3.5, 2.5], abs=0.1)


def test_pieces_in_a_gap_alone_make_no_file(session: SessionFolder, tmp_path: Path) -> None:
    files = split(session, cut_at(3.0, 8.0, 9.0, 10.0), tmp_path, Wish(fmt=Format.WAV))
    assert [path.name[-7:] for path in files] == ["001.wav", "002.wav", "003.wav"]


def test_nothing_is_overwritten(session: SessionFolder, tmp_path: Path) -> None:
    (first, *_) = split(session, cut_at(3.0), tmp_path, Wish(fmt=Format.WAV))
    before = hashlib.sha256(first.read_bytes()).hexdigest()
    with pytest.raises(ExportError, match="is there already"):
        split(session, cut_at(2.0), tmp_path, Wish(fmt=Format.WAV))
    assert hashlib.sha256(first.read_bytes()).hexdigest() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_an_encoder_that_fails_is_a_sentence(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Coding, "parameters", lambda *_: ["-no-such-option", "1"])
    for most_bytes in (64 << 20, 10_000):
        monkeypatch.setattr(encoding, "_MOST_BYTES", most_bytes)
        with pytest.raises(ExportError, match="can't be written as flac"):
            split(session, cut_at(), tmp_path, Wish(fmt=Format.FLAC))
    assert list(tmp_path.iterdir()) == []


def test_too_many_pieces_are_refused(session: SessionFolder) -> None:
    with pytest.raises(ExportError, match="pieces"):
        plan(session, Wish(by=By.LENGTH, length_s=1e-4))
    with pytest.raises(ExportError, match="pieces"):
        plan(session, Wish(by=By.SIZE, size=8_300))
    with pytest.raises(ExportError, match="would hold nothing"):
        plan(session, Wish(by=By.SIZE, size=8_500))


def test_an_empty_session_can_not_be_split(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [])
    assert plan(folder, Wish()) == []
    with pytest.raises(ExportError, match="Nothing was recorded"):
        split(folder, cut_at(), tmp_path / "out", Wish(fmt=Format.WAV))


def test_a_track_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    folder = a_lossy_session(tmp_path, "mp3", "mp3")
    with pytest.raises(ExportError, match=r"no track 'zz'.*It has a\."):
        plan(folder, Wish(by=By.LENGTH, length_s=1.0, track="zz"))


# --- packets copied -----------------------------------------------------------------------------

LOSSY = [
    ("adts", "aac", Format.M4A), ("mp3", "mp3", Format.MP3), ("ogg", "opus", Format.OPUS),
    ("ogg", "vorbis", Format.OGG),
]  # fmt: skip


def payloads(path: Path) -> list[str]:
    """The hash of each packet, without what the container puts around it."""
    with open_media(path) as media:
        return [
            hashlib.sha256(bytes(packet)[7 if path.suffix == ".aac" else 0 :]).hexdigest()
            for packet in media.packets()
        ]


def as_vorbis(tmp_path: Path, samples: Samples, rate_hz: int) -> bytes:
    """By libvorbis, which has long blocks and short ones; PyAV's FFmpeg has only its own."""
    sound = Sound(rate_hz=rate_hz, channels=samples.shape[1], bits=16)
    path = tmp_path / "coded.ogg"
    encoding.write([sound.pcm(samples)], path, sound, Coding(fmt=Format.OGG))
    return path.read_bytes()


def a_lossy_session(tmp_path: Path, container: str, codec: str) -> SessionFolder:
    """Sound to 2 s, silence to 4, sound to 6; the same again after a gap."""
    samples = np.repeat(talk(2.0, 2.0, 2.0), 1, axis=0)
    rate_hz = 48_000 if codec == "opus" else 44_100
    if codec == "vorbis":
        data = as_vorbis(tmp_path, samples, rate_hz)
    else:
        data = encode(samples, rate_hz, container, codec)
    fmt = AudioFormat(container=container, codec=codec, rate_hz=rate_hz, channels=1)
    lasts_s = len(samples) / rate_hz
    chunks = adts_chunks(data) if container == "adts" else [(data, lasts_s)]
    parts = [
        PartSpec(fmt=fmt, chunks=chunks),
        PartSpec(fmt=fmt, chunks=chunks, start_s=10.0),
    ]
    return build_session(tmp_path / "archive", parts)


def test_vorbis_is_cut_where_it_sounds_though_its_blocks_are_long_and_short(tmp_path: Path) -> None:
    """FFmpeg tells too little of a short block behind a long one: 4 % of speech, in the end."""
    rate_hz = 44_100
    clicks = np.zeros((12 * rate_hz, 1), np.float32)
    clicks[:: rate_hz // 7] = 0.9
    fmt = AudioFormat(container="ogg", codec="vorbis", rate_hz=rate_hz, channels=1)
    data = as_vorbis(tmp_path, clicks, rate_hz)
    folder = build_session(tmp_path / "archive", [PartSpec(fmt=fmt, chunks=[(data, 12.0)])])
    wish = Wish(by=By.LENGTH, length_s=4.0, fmt=Format.OGG)
    for path in split(folder, plan(folder, wish), tmp_path / "out", wish):
        with open_media(path) as media:
            said = media.duration_s
            frames = list(media.frames())
        assert said == pytest.approx(4.0, abs=0.05)
        assert sum(frame.samples for frame in frames) / rate_hz == pytest.approx(4.0, abs=0.05)


def heard(path: Path, rate_hz: int) -> Samples:
    """What FFmpeg plays."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "f32le",
        "-ar", str(rate_hz), "-",
    ]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return np.frombuffer(done.stdout, np.float32)


@pytest.mark.parametrize(("codec", "fmt"), [("opus", Format.OPUS), ("vorbis", Format.OGG)])
def test_a_piece_of_ogg_sounds_from_its_first_sample_on(
    tmp_path: Path, codec: str, fmt: Format
) -> None:
    """Players drop what a decoder gives first: all of that comes before the cut."""
    rate_hz = 48_000 if codec == "opus" else 44_100
    times = np.arange(9 * rate_hz) / rate_hz
    sweep = (0.3 * np.sin(2 * np.pi * (200 + 100 * times) * times)).astype(np.float32)[:, None]
    data = (
        as_vorbis(tmp_path, sweep, rate_hz)
        if codec == "vorbis"
        else encode(sweep, rate_hz, "ogg", codec)
    )
    whole = tmp_path / "whole.ogg"
    whole.write_bytes(data)
    original = heard(whole, rate_hz)
    sound = AudioFormat(container="ogg", codec=codec, rate_hz=rate_hz, channels=1)
    folder = build_session(tmp_path / "a", [PartSpec(fmt=sound, chunks=[(data, 9.0)])])
    wish = Wish(by=By.LENGTH, length_s=1.7, fmt=fmt)
    pieces = split(folder, plan(folder, wish), tmp_path / "out", wish)
    played = [heard(path, rate_hz) for path in pieces]
    at = 0
    for each in played:
        off = np.abs(each - original[at : at + len(each)])
        assert off.max() < 0.06  # Opus swings in; what a player drops or adds is ten times that
        assert off[rate_hz // 5 :].max() < 0.001
        at += len(each)
    assert at == len(original)


@pytest.mark.parametrize(("codec", "fmt"), [("opus", Format.OPUS), ("vorbis", Format.OGG)])
def test_what_leads_to_a_piece_may_lie_in_the_part_before(
    tmp_path: Path, codec: str, fmt: Format
) -> None:
    rate_hz = 48_000 if codec == "opus" else 44_100
    samples = tone(3.0, rate_hz)
    data = (
        as_vorbis(tmp_path, samples, rate_hz)
        if codec == "vorbis"
        else encode(samples, rate_hz, "ogg", codec)
    )
    sound = AudioFormat(container="ogg", codec=codec, rate_hz=rate_hz, channels=1)
    part = PartSpec(fmt=sound, chunks=[(data, 3.0)])
    folder = build_session(tmp_path / "a", [part, part])
    wish = Wish(by=By.LENGTH, length_s=3.0, fmt=fmt)
    first, second = (
        payloads(path) for path in split(folder, plan(folder, wish), tmp_path / "out", wish)
    )
    original = [each for path in sorted(folder.audio.iterdir()) for each in payloads(path)]
    assert second == original[-len(second) :]
    assert len(first) + len(second) - len(original) == {"opus": 4, "vorbis": 1}[codec]


@pytest.mark.parametrize(("container", "codec", "fmt"), LOSSY)
def test_packets_are_copied_each_once(
    tmp_path: Path, container: str, codec: str, fmt: Format
) -> None:
    folder = a_lossy_session(tmp_path, container, codec)
    wish = Wish(by=By.LENGTH, length_s=1.7, fmt=fmt)
    files = split(folder, plan(folder, wish), tmp_path / "out", wish)
    parts = sorted(folder.audio.iterdir())
    original = [each for path in parts for each in payloads(path)]
    at, after_gap = 0, len(payloads(parts[0]))
    for path in files:
        held = payloads(path)
        lead = {"opus": 4, "vorbis": 1}.get(codec, 0) if at not in (0, after_gap) else 0
        assert held == original[at - lead : at - lead + len(held)]
        at += len(held) - lead
    assert at == len(original)
    assert len(files) > 5
    assert len(set(original)) > len(original) // 4  # they can be told apart
    with av.open(str(files[1])) as file:
        said = {**file.metadata, **file.streams[0].metadata}
    comment = {key.lower(): text for key, text in said.items()}["comment"]
    assert comment.startswith("Edited: piece 2 of ")
    assert "packets copied" in comment
    assert sum(len(decoded(path).reshape(-1)) for path in files) > 0


@pytest.mark.parametrize(("container", "codec", "fmt"), LOSSY)
def test_exact_cuts_are_cut_to_the_sample(
    tmp_path: Path, container: str, codec: str, fmt: Format
) -> None:
    folder = a_lossy_session(tmp_path, container, codec)
    wish = Wish(by=By.LENGTH, length_s=2.5, fmt=fmt, exact=True)
    files = split(folder, plan(folder, wish), tmp_path / "out", wish)
    with av.open(str(files[0])) as file:
        said = {k.lower(): v for k, v in {**file.metadata, **file.streams[0].metadata}.items()}
    assert "written as" in said["comment"]


def test_copied_cuts_lie_in_the_silence(tmp_path: Path) -> None:
    folder = a_lossy_session(tmp_path, "adts", "aac")
    wish = Wish(fmt=Format.M4A)
    files = split(folder, plan(folder, wish), tmp_path / "out", wish)
    with open_media(files[0]) as media:
        count = sum(1 for _ in media.packets())
    assert count * 1_024 / 44_100 == pytest.approx(3.5, abs=0.08)


# --- by markers, labels, size -------------------------------------------------------------------


def test_by_markers(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(4.0, "one"), (15.0, "two"), (0.0, "begin")])
    assert [piece.from_s for piece in plan(folder, Wish(by=By.MARKERS))] == [0.0, 4.0, 15.0]


def test_by_labels(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [flac_part(talk(5.0, 4.0, 5.0))])
    with pytest.raises(ExportError, match="no labels yet"):
        plan(folder, Wish(by=By.LABELS))
    kinds = ((Kind.MUSIC, 0, 5), (Kind.SILENCE, 5, 9), (Kind.SPEECH, 9, 13.8))
    held = tuple(
        Label(kind=kind, from_s=Seconds(low), to_s=Seconds(high)) for kind, low, high in kinds
    )
    labels.keep(folder, Labels(labels=held, talk_starts_s=Seconds(9), journal_bytes=0))
    found = [piece.from_s for piece in plan(folder, Wish(by=By.LABELS))]
    assert found == pytest.approx([0.0, 5.5, 8.5])


@pytest.mark.parametrize("fmt", list(Format))
def test_no_piece_is_larger_than_asked(tmp_path: Path, fmt: Format) -> None:
    chance = np.random.default_rng(4)
    loud = chance.normal(0, 0.2, (20 * 44_100, 1)).astype(np.float32)
    data = encode(loud, 44_100, "adts")
    folder = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=adts_chunks(data))])
    wish = Wish(by=By.SIZE, size=60_000 if not fmt.is_lossless else 400_000, fmt=fmt)
    files = split(folder, plan(folder, wish), tmp_path / "out", wish)
    assert len(files) > 2
    assert max(path.stat().st_size for path in files) <= (wish.size or 0)


def test_it_can_be_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    folder = a_lossy_session(tmp_path, "adts", "aac")
    for fmt in (Format.M4A, Format.FLAC):
        stop, told = threading.Event(), list[float]()

        def on_progress(
            share: float, stop: threading.Event = stop, told: list[float] = told
        ) -> None:
            told.append(share)
            stop.set()

        wish = Wish(fmt=fmt)
        planned = plan(folder, wish)
        with pytest.raises(ExportStopped):
            split(folder, planned, tmp_path / "out", wish, on_progress=on_progress, stop=stop)
        assert told
        assert list((tmp_path / "out").iterdir()) == []


def test_a_wish_fits_together() -> None:
    for broken in (
        {"by": By.LENGTH}, {"length_s": 3.0}, {"by": By.SIZE}, {"by": By.LENGTH, "length_s": -1.0},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"length|size"):
            Wish(**broken)
