"""Stretches as files to work with: what sounds in them, how long, how loud, and what they say."""

import json
import threading
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest

from recorder import convert as converting
from recorder import encode, loudness
from recorder.archive import SessionFolder
from recorder.convert import Naming, Recipe, convert
from recorder.encode import Format, Sound
from recorder.errors import ExportError, ExportStopped
from recorder.pieces import Gaps
from tests.recorder.builders import (
    ADTS,
    PartSpec,
    adts_chunks,
    adts_part,
    build_session,
    silence,
    tone,
)
from tests.recorder.builders import encode as encoded

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc"
    b"\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> SessionFolder:
    """Ten seconds, a gap of two, ten more; with markers."""
    markers = [(3.0, "Begin; of = it"), (11.0, "In the gap"), (15.0, "Später\nmehr")]
    return build_session(tmp_path_factory.mktemp("archive"), markers=markers, title="A/B talk")


def heard(path: Path, rate_hz: int = 44_100) -> np.ndarray:
    """A file's samples as mono float."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
    with av.open(str(path)) as file:
        frames = [made for frame in file.decode(audio=0) for made in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


@pytest.mark.parametrize("fmt", list(Format))
@pytest.mark.parametrize("most_bytes", [64 << 20, 10_000])
def test_any_stretch_in_any_format_says_that_it_is_edited(
    session: SessionFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fmt: Format,
    most_bytes: int,
) -> None:
    monkeypatch.setattr(encode, "_MOST_BYTES", most_bytes)
    made = convert(session, tmp_path, Recipe(fmt=fmt, from_s=1.5, to_s=5.25))
    (path,) = made.files
    assert path.name == f"{session.path.name}-00h00m01s-00h00m05s-edited.{fmt}"
    assert len(heard(path)) / 44_100 == pytest.approx(3.75, abs=0.06)
    assert np.sqrt(np.mean(heard(path)[4_410:-4_410] ** 2)) == pytest.approx(0.212, abs=0.01)
    with av.open(str(path)) as file:
        said = {k.lower(): v for k, v in {**file.metadata, **file.streams[0].metadata}.items()}
    assert said["title"] == "A/B talk"
    assert said["comment"].startswith("Edited: 1.500 s to 5.250 s, written as ")
    assert session.id in said["comment"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fmt", [Format.MP3, Format.M4A, Format.FLAC, Format.OPUS, Format.OGG])
def test_chapters_lie_where_they_sound(session: SessionFolder, tmp_path: Path, fmt: Format) -> None:
    recipe = Recipe(fmt=fmt, from_s=1.0)
    path, beside = convert(session, tmp_path, recipe, with_chapters=True).files
    expected = [
        (0.0, "A/B talk"),
        (2.0, "Begin; of = it"),
        (9.03, "In the gap"),
        (12.03, "Später\nmehr"),
    ]
    with av.open(str(path)) as file:
        told = [
            (float(chapter["start"] * chapter["time_base"]), chapter["metadata"]["title"])
            for chapter in file.chapters()
        ]
    for (at_s, title), (wanted_s, wanted) in zip(told, expected, strict=True):
        assert at_s == pytest.approx(wanted_s, abs=0.05)
        assert title == wanted
    values = json.loads(beside.read_bytes())
    assert values["version"] == "1.2.0"
    assert [item["title"] for item in values["chapters"]] == [title for _, title in expected]
    assert beside.name == f"{path.stem}.chapters.json"


@pytest.mark.parametrize("fmt", [Format.MP3, Format.M4A, Format.FLAC, Format.OPUS, Format.OGG])
def test_the_cover_goes_along(tmp_path: Path, fmt: Format) -> None:
    folder = build_session(tmp_path / "archive")
    from dataclasses import replace

    (folder.path / "cover.png").write_bytes(PNG)
    folder.write_info(replace(folder.info(), cover="cover.png"))
    (path,) = convert(folder, tmp_path / "out", Recipe(fmt=fmt, to_s=2.0)).files
    tags = mutagen.File(path)
    if fmt is Format.MP3:
        found = tags.tags.getall("APIC")[0].data
    elif fmt is Format.M4A:
        found = bytes(tags["covr"][0])
    elif fmt is Format.FLAC:
        found = tags.pictures[0].data
    else:
        import base64

        found = mutagen.flac.Picture(base64.b64decode(tags["metadata_block_picture"][0])).data
    assert found == PNG
    assert len(heard(path)) / 44_100 == pytest.approx(2.0, abs=0.06)


def test_fades_and_mono(session: SessionFolder, tmp_path: Path) -> None:
    recipe = Recipe(fmt=Format.WAV, to_s=8.0, fade_in_s=2.0, fade_out_s=1.0, rate_hz=22_050)
    path = convert(session, tmp_path, recipe).files[0]
    samples = heard(path, 22_050)
    assert len(samples) == 8 * 22_050
    level = np.abs(samples).reshape(-1, 2_205).max(axis=1)
    assert level[0] < 0.02
    assert level[10] == pytest.approx(0.16, abs=0.02)
    assert level[25:65] == pytest.approx(0.3, abs=0.01)
    assert level[75] == pytest.approx(0.15, abs=0.04)
    assert level[-1] < 0.04


def test_fades_longer_than_the_sound(session: SessionFolder, tmp_path: Path) -> None:
    recipe = Recipe(fmt=Format.WAV, to_s=1.0, fade_in_s=20.0, fade_out_s=20.0)
    samples = heard(convert(session, tmp_path, recipe).files[0])
    assert len(samples) == 44_100
    assert np.abs(samples[:100]).max() < 0.01
    assert np.abs(samples[-100:]).max() < 0.01


def test_gaps_are_cut_or_kept(session: SessionFolder, tmp_path: Path) -> None:
    cut = convert(session, tmp_path / "cut", Recipe(fmt=Format.WAV, from_s=8.0, to_s=14.0))
    kept = convert(
        session, tmp_path / "kept", Recipe(fmt=Format.WAV, from_s=8.0, to_s=14.0, gaps=Gaps.KEEP)
    )
    samples = heard(kept.files[0])
    assert len(samples) == pytest.approx(6 * 44_100, abs=2)
    assert not samples[round(2.2 * 44_100) : round(3.9 * 44_100)].any()
    assert len(heard(cut.files[0])) / 44_100 == pytest.approx(cut.duration_s, abs=0.001)
    assert "gaps cut out" in cut.edited
    assert "gaps filled with silence" in kept.edited


def a_talk(tmp_path: Path, level: float) -> SessionFolder:
    """Eight seconds that go up and down, with one loud click."""
    samples = np.concatenate([tone(2.0, hz=997.0, level=level / (n + 1)) for n in range(4)])
    samples[60_000:60_020] = 0.5
    data = encoded(samples, 44_100, "adts")
    return build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=adts_chunks(data))])


@pytest.mark.parametrize(("level", "limits"), [(0.4, False), (0.02, True)])
def test_loudness_is_brought_to_its_target(tmp_path: Path, level: float, *, limits: bool) -> None:
    folder = a_talk(tmp_path, level)
    recipe = Recipe(fmt=Format.FLAC, loudness_lufs=-16.0)
    made = convert(folder, tmp_path / "out", recipe)
    sound = Sound(rate_hz=44_100, channels=1, bits=16)
    found = loudness.measure([sound.pcm(heard(made.files[0])[:, None])], sound)
    assert found.integrated_lufs == pytest.approx(-16.0, abs=1.0 if limits else 0.2)
    assert found.peak_dbtp <= loudness.CEILING_DBTP + 0.1
    assert ("limited" in made.edited) is limits
    assert "EBU R128" in made.edited


def test_loudness_is_that_of_the_standard() -> None:
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS has -23 LUFS."""
    sine = tone(20.0, 48_000, 1_000.0, 10 ** (-23 / 20))
    sound = Sound(rate_hz=48_000, channels=2, bits=24)
    found = loudness.measure([sound.pcm(np.hstack([sine, sine]))], sound)
    assert found.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert found.peak_dbtp == pytest.approx(-23.0, abs=0.2)


def test_silence_has_no_loudness(tmp_path: Path) -> None:
    data = encoded(silence(4.0), 44_100, "adts")
    folder = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=adts_chunks(data))])
    made = convert(folder, tmp_path / "out", Recipe(fmt=Format.WAV, loudness_lufs=-16.0))
    assert "too quiet" in made.edited
    assert not heard(made.files[0]).any()


def test_it_can_be_stopped_and_leaves_nothing(session: SessionFolder, tmp_path: Path) -> None:
    stop, told = threading.Event(), []

    def on_progress(share: float) -> None:
        told.append(share)
        stop.set()

    with pytest.raises(ExportStopped):
        convert(session, tmp_path / "out", Recipe(), on_progress=on_progress, stop=stop)
    assert 0 < told[0] < 1
    assert list((tmp_path / "out").iterdir()) == []


def test_progress_ends_at_one(session: SessionFolder, tmp_path: Path) -> None:
    told: list[float] = []
    recipe = Recipe(fmt=Format.FLAC, loudness_lufs=-23.0)
    convert(session, tmp_path, recipe, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_nothing_is_overwritten(session: SessionFolder, tmp_path: Path) -> None:
    (path,) = convert(session, tmp_path, Recipe(fmt=Format.WAV, to_s=1.0)).files
    before = path.read_bytes()
    with pytest.raises(ExportError, match="is there already"):
        convert(session, tmp_path, Recipe(fmt=Format.WAV, to_s=1.5))
    assert path.read_bytes() == before


def test_what_is_still_recorded_is_no_whole_session(tmp_path: Path) -> None:
    live = build_session(tmp_path, [adts_part(4.0)], sealed=False)
    end_s = live.timeline().duration_s
    made = convert(live, tmp_path / "out", Recipe(fmt=Format.WAV))
    assert made.edited.startswith(f"0.000 s to {end_s:.3f} s, ")
    assert made.files[0].stem.endswith("00h00m00s-00h00m04s-edited")


def test_names_come_from_a_template(session: SessionFolder, tmp_path: Path) -> None:
    names = Naming(template="{id} {date} {from} ünï {track}", ascii_only=True)
    (path,) = convert(session, tmp_path, Recipe(fmt=Format.WAV, from_s=3.0), names=names).files
    assert path.name == f"{session.id} 2024-08-13 00h00m03s uni a.wav"
    names = Naming(template="{date} {title}{range}")
    (path,) = convert(session, tmp_path, Recipe(fmt=Format.WAV, from_s=3.0), names=names).files
    assert path.name == "2024-08-13 A-B talk 00h00m03s-00h00m22s.wav"
    with pytest.raises(ValueError, match=r"\{nope\}"):
        convert(session, tmp_path, Recipe(), names=Naming(template="{nope}"))


def test_any_title_makes_a_name(tmp_path: Path) -> None:
    titles = ("対談" * 200, "CON", "../../etc/passwd", "a\0b", "\ud83d", " ")
    for number, title in enumerate(titles):
        folder = build_session(tmp_path / "archive", title=title, markers=[(0.5, title)])
        recipe = Recipe(fmt=Format.FLAC, to_s=1.0)
        names = Naming(template="{title}")
        out = tmp_path / f"out {number}"
        audio, chapters = convert(folder, out, recipe, names=names, with_chapters=True).files
        assert audio.parent == chapters.parent == out
        assert sorted(out.iterdir()) == sorted((audio, chapters))
        assert len(heard(audio)) == 44_100
        plain = build_session(tmp_path / "archive", title=title)
        assert convert(plain, out / "plain", recipe).files[0].exists()


def test_a_stretch_without_sound_is_a_sentence(session: SessionFolder, tmp_path: Path) -> None:
    for recipe in (Recipe(from_s=10.5, to_s=11.5), Recipe(from_s=100.0), Recipe(track="x")):
        with pytest.raises(ExportError, match="Nothing was recorded there"):
            convert(session, tmp_path / "out", recipe)
    with pytest.raises(ValueError, match="ends behind"):
        Recipe(from_s=3.0, to_s=3.0)
    assert not (tmp_path / "out").exists()


def test_a_stretch_ends_with_the_session_and_says_so(
    session: SessionFolder, tmp_path: Path
) -> None:
    end_s = session.timeline().duration_s
    asked = Recipe(fmt=Format.WAV, from_s=1.0, to_s=end_s + 3_600)
    told = Recipe(fmt=Format.WAV, from_s=1.0, to_s=end_s)
    made, same = (convert(session, tmp_path / name, r) for name, r in (("a", asked), ("b", told)))
    assert made.files[0].name == same.files[0].name
    assert made.edited == same.edited
    assert f"1.000 s to {end_s:.3f} s" in made.edited


@pytest.mark.parametrize(
    ("fmt", "wish"),
    [
        (Format.WAV, {"bitrate_kbps": 64}), (Format.FLAC, {"bitrate_kbps": 64}),
        (Format.MP3, {"rate_hz": 192_000}), (Format.OPUS, {"rate_hz": 12_345}),
        (Format.M4A, {"rate_hz": 192_000}),
    ],
)  # fmt: skip
def test_what_a_codec_can_not_do_is_refused_and_not_said_of_the_file(
    fmt: Format, wish: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match=r"bitrate|has a rate of"):
        Recipe(fmt=fmt, **wish)  # type: ignore[arg-type]
    assert Recipe(fmt=Format.OGG, rate_hz=48_000, bitrate_kbps=64).rate_hz == 48_000


def test_an_encoder_that_fails_leaves_nothing(session: SessionFolder, tmp_path: Path) -> None:
    for most in (1, 64 << 20):
        recipe = Recipe(fmt=Format.OPUS, bitrate_kbps=9_999_999)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(encode, "_MOST_BYTES", most)
            with pytest.raises(ExportError, match="can't be written as opus"):
                convert(session, tmp_path, recipe)
    assert list(tmp_path.iterdir()) == []


def test_blocks_of_any_size_fade_the_same() -> None:
    sound = Sound(rate_hz=8_000, channels=2, bits=16)
    data = np.random.default_rng(1).integers(-9_000, 9_000, 8_000 * 2 * 3).astype("<i2").tobytes()
    whole = b"".join(converting._faded([data], sound, 0.7, 0.9))
    parts = [data[at : at + 1_236] for at in range(0, len(data), 1_236)]
    assert b"".join(converting._faded(parts, sound, 0.7, 0.9)) == whole
    assert len(whole) == len(data)
    assert whole[22_400:67_200] == data[22_400:67_200]
