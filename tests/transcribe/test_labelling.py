"""Speech, music and silence found in sound, and kept."""

import multiprocessing
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import labels
from recorder.archive import SessionFolder
from recorder.decode import decode_file
from recorder.labels import Kind, Label
from recorder.types import AudioFormat, Seconds
from tests.recorder.builders import PartSpec, Samples, build_session, encode
from transcribe import labelling
from transcribe.chunking import SileroDetector
from transcribe.errors import LabellingFailed, LabellingStopped
from transcribe.labelling import Evidence, apart, beat, kinds, label, stillness

JFK = Path(__file__).parents[1] / "data" / "jfk.flac"
RATE_HZ = 16_000
STEP_S = 0.256


def at_level(samples: np.ndarray, dbfs: float = -20.0) -> Samples:
    loud = samples * 10 ** (dbfs / 20) / np.sqrt(np.mean(samples**2))
    return np.clip(loud, -1, 1).astype(np.float32)


def chords(duration_s: float) -> Samples:
    """Three notes with their harmonics, another chord every second and a half."""
    times = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    roots = np.array([262.0, 220.0, 175.0, 196.0])[(times // 1.5).astype(int) % 4]
    phases = 2 * np.pi * np.cumsum(roots) / RATE_HZ
    return at_level(
        sum(
            np.sin(phases * interval * harmonic) / harmonic
            for interval in (1, 1.25, 1.5)
            for harmonic in (1, 2, 3)
        )
    )


def drums(duration_s: float) -> Samples:
    """A burst of noise every 400 ms."""
    times = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return at_level(noise(duration_s) * np.exp(-(times % 0.4) * 30))


def noise(duration_s: float) -> Samples:
    return at_level(np.random.default_rng(3).standard_normal(round(duration_s * RATE_HZ)))


def silence(duration_s: float) -> Samples:
    return np.zeros(round(duration_s * RATE_HZ), np.float32)


def speech(times: int) -> Samples:
    blocks = decode_file(JFK, rate_hz=RATE_HZ, channels=1)
    return np.tile(np.concatenate([block.samples[:, 0] for block in blocks]), times)


def flac(samples: Samples, start_s: float | None = None) -> PartSpec:
    fmt = AudioFormat(container="flac", codec="flac", rate_hz=RATE_HZ, channels=1)
    chunks = [(encode(samples[:, None], RATE_HZ, "flac"), len(samples) / RATE_HZ)]
    return PartSpec(fmt=fmt, chunks=chunks, start_s=start_s)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    """Music to 30 s, silence to 40, a gap to 45, speech to 78, noise to 98."""
    parts = [
        flac(np.concatenate([chords(30), silence(10)])),
        flac(np.concatenate([speech(3), noise(20)]), 45.0),
    ]
    return build_session(tmp_path_factory.mktemp("archive"), parts)


def test_what_it_is_and_where_the_talk_starts(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labelling, "_SLICE_STEPS", 50)  # so that slices have to be joined
    told: list[float] = []
    made = label(folder, on_progress=told.append)
    assert [each.kind for each in made.labels] == [Kind.MUSIC, Kind.SILENCE, Kind.SPEECH]
    edges = [(each.from_s, each.to_s) for each in made.labels]
    for found, wanted in zip(edges, [(0, 30), (30, 40), (45, 78)], strict=True):
        assert found == pytest.approx(wanted, abs=1.0)
    assert made.talk_starts_s == pytest.approx(45.0, abs=0.5)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert labels.read(folder) == made
    monkeypatch.setattr(labelling, "_heard", None)  # what is current isn't heard again
    assert label(folder) == made


def test_a_child_process_finds_the_same(folder: SessionFolder) -> None:
    made = label(folder)
    (folder.derived / "labels.json").unlink()
    told: list[float] = []
    found = apart(folder, on_progress=told.append)
    assert found.talk_starts_s == pytest.approx(made.talk_starts_s, abs=0.5)
    assert [each.kind for each in found.labels] == [each.kind for each in made.labels]
    assert told[-1] == 1.0


def test_what_is_long_is_heard_by_processes_side_by_side(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labelling, "_SLICE_STEPS", 50)
    (folder.derived / "labels.json").unlink(missing_ok=True)
    made = label(folder)
    (folder.derived / "labels.json").unlink()
    monkeypatch.setattr(labelling, "_LONG", 2)
    monkeypatch.setattr(labelling, "_WORKERS", 3)
    told: list[float] = []
    assert label(folder, on_progress=told.append) == made
    assert told == sorted(told)
    (folder.derived / "labels.json").unlink()
    stop = threading.Event()
    with pytest.raises(LabellingStopped):
        label(folder, on_progress=lambda _: stop.set(), stop=stop)
    assert labels.read(folder) is None
    assert not multiprocessing.active_children()


def test_it_can_be_stopped(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    stop = threading.Event()
    stop.set()
    for find in (label, apart):
        with pytest.raises(LabellingStopped):
            find(folder, stop=stop)
    assert labels.read(folder) is None


def test_a_child_says_why_it_failed(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    next(folder.audio.iterdir()).unlink()
    with pytest.raises(LabellingFailed, match=r"a-00000\d.aac isn't there"):
        apart(folder)
    assert labels.read(folder) is None


@pytest.mark.parametrize("before", ["chords", "drums", "noise"])
def test_a_voice_is_believed_at_once_after_long_music(before: str) -> None:
    sound = np.concatenate(
        [{"chords": chords, "drums": drums, "noise": noise}[before](47), speech(2)]
    )
    blocks = [sound[at : at + 160_000] for at in range(0, len(sound), 160_000)]
    found = kinds(labelling.evidence(blocks, Seconds(0), SileroDetector()))
    assert labels.talk_starts(found) == pytest.approx(47.0, abs=1.0)


def test_a_dip_says_nothing_of_what_it_is_in() -> None:
    steps = 40
    level = np.where(np.arange(steps) % 8 < 3, -20.0, -38.0).astype(np.float32)
    run = Evidence(
        start_s=Seconds(0),
        level_dbfs=level,
        speech=np.where(level > -30, 0.6, 0.05).astype(np.float32),
        music=np.full(steps, 0.95, np.float32),
    )
    assert [each.kind for each in kinds(run)] == [Kind.SPEECH]


def whole(samples: Samples) -> Samples:
    return samples[: len(samples) // 4_096 * 4_096]


def test_music_holds_still_and_noise_does_not() -> None:
    assert stillness(whole(chords(10))).min() > 0.6
    assert stillness(whole(noise(10))).max() < 0.38
    assert len(stillness(whole(noise(0.3)))) == 1


def test_drums_come_again_and_noise_does_not() -> None:
    assert beat(whole(drums(12))).min() > 0.8
    assert beat(whole(noise(12))).max() < 0.5
    assert not beat(whole(drums(1))).any()


def a_run(pattern: str) -> Evidence:
    """A letter a step: s speech, S sung, m music, n noise, ``.`` silence."""
    return Evidence(
        start_s=Seconds(100.0),
        level_dbfs=np.array([-60.0 if each == "." else -20.0 for each in pattern], np.float32),
        speech=np.array([0.95 * (each in "sS") for each in pattern], np.float32),
        music=np.array([0.95 * (each in "mS") for each in pattern], np.float32),
    )


def test_a_pause_is_speech_and_a_blip_is_none() -> None:
    (talk,) = kinds(a_run("s" * 20 + "." * 4 + "s" * 20 + "n" * 3 + "s" * 20))
    assert talk == Label(
        kind=Kind.SPEECH, from_s=Seconds(100), to_s=Seconds(round(100 + 67 * STEP_S, 3))
    )
    (music,) = kinds(a_run("m" * 40 + "S" * 3 + "m" * 40))
    assert music.kind is Kind.MUSIC


def test_what_is_shorter_than_a_step_has_no_label(tmp_path: Path) -> None:
    made = label(build_session(tmp_path, [flac(chords(0.1))]))
    assert made.labels == ()
    assert label(build_session(tmp_path, [])).labels == ()


def test_what_is_none_of_them_has_no_label() -> None:
    found = kinds(a_run("m" * 20 + "n" * 20 + "." * 20 + "s" * 20))
    assert [each.kind for each in found] == [Kind.MUSIC, Kind.SILENCE, Kind.SPEECH]
    assert found[0].to_s == pytest.approx(100 + 20 * STEP_S, abs=1e-3)
    assert found[1].from_s == pytest.approx(100 + 40 * STEP_S, abs=1e-3)
    assert found[1].to_s == found[2].from_s


@settings(max_examples=50)
@given(st.text(alphabet="sSmn.", min_size=1, max_size=120))
def test_labels_never_overlap_nor_leave_the_run(pattern: str) -> None:
    found = kinds(a_run(pattern))
    edges = [edge for each in found for edge in (each.from_s, each.to_s)]
    assert edges == sorted(edges)
    assert all(each.from_s < each.to_s for each in found)
    assert all(100.0 <= edge <= 100.0 + len(pattern) * STEP_S + 1e-3 for edge in edges)
