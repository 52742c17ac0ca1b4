"""Parts → one file: the packets are the very same, and their time runs on."""

import base64
import hashlib
import itertools
import shutil
from dataclasses import replace
from pathlib import Path

import av
import mutagen
import mutagen.flac
import numpy as np
import pytest

from recorder import continuous
from recorder.archive import SessionFolder
from recorder.decode import decode_file
from recorder.errors import DecodeError, ExportError
from recorder.pieces import Gaps
from recorder.tags import Chapter, Tags
from recorder.types import AudioFormat, Seconds
from tests.recorder.builders import (
    ADTS,
    PartSpec,
    Samples,
    adts_part,
    build_session,
    encode,
    tone,
)

KINDS = [
    ("adts", "", ".m4a"), ("ts", "", ".m4a"), ("fmp4", "", ".m4a"), ("mp3", "", ".mp3"),
    ("ogg", "opus", ".ogg"), ("ogg", "vorbis", ".ogg"), ("ogg", "flac", ".ogg"),
    ("flac", "", ".mka"), ("wav", "", ".mka"), ("matroska", "", ".ogg"),
]  # fmt: skip
RATE_HZ = 48_000


def part(container: str, codec: str, hz: float, rate_hz: int = RATE_HZ) -> PartSpec:
    samples: Samples = np.repeat(tone(3.0, rate_hz, hz), 2, axis=1)
    fmt = AudioFormat(container=container, codec=codec, rate_hz=rate_hz, channels=2)
    return PartSpec(fmt=fmt, chunks=[(encode(samples, rate_hz, container, codec), 3.0)])


def packets(path: Path) -> list[bytes]:
    """Hashes of the payloads; an ADTS header is framing, not payload."""
    found = []
    with av.open(str(path)) as file:
        is_adts = file.streams.audio[0].codec_context.extradata is None
        for packet in file.demux(audio=0):
            data = bytes(packet)
            if is_adts and data[:1] == b"\xff" and file.streams.audio[0].name == "aac":
                data = data[7 if data[1] & 1 else 9 :]
            if data:
                found.append(hashlib.sha256(data).digest())
    return found


def gapped(root: Path, container: str, codec: str) -> SessionFolder:
    """Three seconds, a gap of two, three more."""
    after = replace(part(container, codec, 660), start_s=5.0)
    return build_session(root, [part(container, codec, 440), after])


@pytest.mark.parametrize(("container", "codec", "suffix"), KINDS)
def test_packets_are_copied(tmp_path: Path, container: str, codec: str, suffix: str) -> None:
    folder = build_session(tmp_path, [part(container, codec, 440), part(container, codec, 660)])
    track = folder.timeline().tracks["a"]
    (made,) = continuous.write(folder.path, track.parts, tmp_path / "unedited")
    assert made.path.name == f"unedited{suffix}"
    originals = [packets(folder.path / each.file) for each in track.parts]
    assert packets(made.path) == originals[0] + originals[1]
    assert [span.part for span in made.spans] == [each.file for each in track.parts]
    assert made.spans[0].at_s == 0
    assert made.spans[1].at_s == pytest.approx(3.0, abs=0.06)
    blocks = list(decode_file(made.path))
    assert blocks[-1].end_s == pytest.approx(6.0, abs=0.15)
    # The second tone sounds in the second half.
    second = np.concatenate([block.samples for block in blocks])[-2 * RATE_HZ : -RATE_HZ, 0]
    assert np.argmax(np.abs(np.fft.rfft(second))) == pytest.approx(660, abs=2)


@pytest.mark.parametrize("container", ["mp3", "flac", "mp4"])
def test_a_single_part_decodes_to_the_same_samples(tmp_path: Path, container: str) -> None:
    folder = build_session(tmp_path, [part(container, "", 440)])
    track = folder.timeline().tracks["a"]
    (made,) = continuous.write(folder.path, track.parts, tmp_path / "unedited")
    before = list(decode_file(folder.path / track.parts[0].file, block_s=60))
    after = list(decode_file(made.path, block_s=60))
    assert [b.samples.tobytes() for b in after] == [b.samples.tobytes() for b in before]
    if container == "mp3":
        assert made.path.read_bytes() == (folder.path / track.parts[0].file).read_bytes()


def test_what_can_not_be_joined_is_another_file(tmp_path: Path) -> None:
    parts = [part("adts", "", 440), part("mp3", "", 440), part("mp3", "", 440, 44_100)]
    folder = build_session(tmp_path, parts)
    made = continuous.write(folder.path, folder.timeline().tracks["a"].parts, tmp_path / "u")
    assert [file.path.name for file in made] == ["u.m4a", "u-2.mp3", "u-3.mp3"]


def test_time_runs_on_where_the_streams_runs_back(tmp_path: Path) -> None:
    """FFmpeg's TS time stamps begin anew in each part, as in HLS after a discontinuity."""
    folder = build_session(tmp_path, [part("ts", "", 440)] * 5)
    (made,) = continuous.write(folder.path, folder.timeline().tracks["a"].parts, tmp_path / "u")
    with av.open(str(made.path)) as file:
        stamps = [packet.pts for packet in file.demux(audio=0) if packet.pts is not None]
    steps = {after - before for before, after in itertools.pairwise(stamps)}
    assert steps == {1024}


# --- stretches, gaps, ranges, tags -------------------------------------------------------------

WITH_GAP = [each for each in KINDS if each[1] != "vorbis"]


@pytest.mark.parametrize(("container", "codec", "suffix"), KINDS)
def test_stretches_cover_the_file(tmp_path: Path, container: str, codec: str, suffix: str) -> None:
    folder = gapped(tmp_path, container, codec)
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    data, end = made.path.read_bytes(), 0
    times = []
    for stretch in made.stretches:
        assert stretch.at == end
        end += stretch.bytes
        chunk = None if stretch.chunk is None else made.chunks[stretch.chunk][1]
        sha256 = chunk.sha256 if chunk else stretch.sha256
        assert hashlib.sha256(data[stretch.at : end]).hexdigest() == sha256
        from_s = chunk.start_s if chunk else stretch.from_s
        times += [] if from_s is None else [from_s]
    assert end == len(data)
    assert times == sorted(times)
    assert times[0] == pytest.approx(0, abs=0.1)
    assert not any(3.2 < time_s < 4.9 for time_s in times)
    if container in ("adts", "mp3"):
        kept = [made.chunks[each.chunk][1] for each in made.stretches if each.chunk is not None]
        assert kept == [chunk for part in folder.timeline().parts for chunk in part.chunks]


@pytest.mark.parametrize(("container", "codec", "suffix"), WITH_GAP)
def test_gaps_are_kept_as_silence(tmp_path: Path, container: str, codec: str, suffix: str) -> None:
    folder = gapped(tmp_path, container, codec)
    parts = folder.timeline().parts
    (made,) = continuous.write(folder.path, parts, tmp_path / "u", gaps=Gaps.KEEP)
    assert any(stretch.silence for stretch in made.stretches)
    sound = np.concatenate([block.samples for block in decode_file(made.path)])[:, 0]
    assert made.spans[1].at_s == pytest.approx(5.0, abs=0.1)
    assert len(sound) / RATE_HZ == pytest.approx(8.0, abs=0.15)
    assert np.abs(sound[int(3.3 * RATE_HZ) : int(4.8 * RATE_HZ)]).max() < 1e-4
    for at_s, hz in ((1.0, 440), (6.0, 660)):
        second = sound[int(at_s * RATE_HZ) : int((at_s + 1) * RATE_HZ)]
        assert np.argmax(np.abs(np.fft.rfft(second))) == pytest.approx(hz, abs=2)


def test_no_silence_among_vorbis_is_said(tmp_path: Path) -> None:
    folder = gapped(tmp_path, "ogg", "vorbis")
    with pytest.raises(ExportError, match="can't be put among packets of vorbis"):
        continuous.write(folder.path, folder.timeline().parts, tmp_path / "u", gaps=Gaps.KEEP)


def test_a_range_is_whole_chunks(tmp_path: Path) -> None:
    folder = build_session(tmp_path)  # ten seconds, two without, ten more; chunks of a second
    parts = folder.timeline().parts
    (made,) = continuous.write(folder.path, parts, tmp_path / "u", from_s=8.5, to_s=13.2)
    chunks = folder.timeline().tracks["a"].chunks
    wanted = [
        each for each in chunks if each.start_s < 13.2 and each.start_s + each.duration_s > 8.5
    ]
    assert [chunk for _, chunk in made.chunks] == wanted
    assert made.start_s == wanted[0].start_s
    assert made.end_s == wanted[-1].start_s + wanted[-1].duration_s
    assert made.duration_s == pytest.approx(sum(each.duration_s for each in wanted), abs=1e-6)
    assert continuous.write(folder.path, parts, tmp_path / "u", from_s=10.4, to_s=11.5) == []


@pytest.mark.parametrize("container", ["ogg", "flac"])
def test_a_range_of_what_is_taken_apart(tmp_path: Path, container: str) -> None:
    samples = tone(6.0, RATE_HZ)
    fmt = AudioFormat(container=container, codec="flac", rate_hz=RATE_HZ, channels=1)
    data = encode(samples, RATE_HZ, container, "flac")
    cuts = [0, len(data) // 3, 2 * len(data) // 3, len(data)]
    chunks = [(data[a:b], 2.0) for a, b in itertools.pairwise(cuts)]
    folder = build_session(tmp_path, [PartSpec(fmt=fmt, chunks=chunks)])
    (made,) = continuous.write(
        folder.path, folder.timeline().parts, tmp_path / "u", from_s=2.5, to_s=3.5
    )
    sound = np.concatenate([block.samples for block in decode_file(made.path)])
    assert len(sound) / RATE_HZ == pytest.approx(2.0, abs=0.1)


def test_id3_between_segments_goes(tmp_path: Path) -> None:
    tag = b"ID3\4\0\0\0\0\0\5HELLO"
    data = encode(tone(2.0, RATE_HZ), RATE_HZ, "mp3")
    fmt = AudioFormat(container="mp3", codec="mp3", rate_hz=RATE_HZ, channels=1)
    folder = build_session(tmp_path, [PartSpec(fmt=fmt, chunks=[(tag + data, 2.0)] * 2)])
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    assert made.path.read_bytes() == data * 2


def test_aac_with_id3_goes_into_an_mp4(tmp_path: Path) -> None:
    tag = b"ID3\4\0\0\0\0\0\5HELLO"
    chunks = [(tag + data, duration_s) for data, duration_s in adts_part(2.0).chunks]
    folder = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=chunks)])
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    assert made.path.suffix == ".m4a"
    before = np.concatenate([block.samples for block in decode_file(made.path)])
    plain = build_session(tmp_path / "plain", [adts_part(2.0)])
    (bare,) = continuous.write(plain.path, plain.timeline().parts, tmp_path / "p")
    after = np.concatenate([block.samples for block in decode_file(bare.path)])
    assert before.tobytes() == after.tobytes()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


TAGGED = [
    ("adts", ""), ("mp3", ""), ("fmp4", ""), ("ogg", "opus"), ("ogg", "vorbis"), ("ogg", "flac"),
    ("flac", ""), ("one flac", ""), ("matroska", "mp3"),
]  # fmt: skip


@pytest.mark.parametrize(("container", "codec"), TAGGED)
def test_a_file_says_what_it_is(tmp_path: Path, container: str, codec: str) -> None:
    folder = gapped(tmp_path, container.removeprefix("one "), codec)
    chapters = (Chapter(at_s=Seconds(0), title="Begin"), Chapter(at_s=Seconds(2), title="Zwö"))
    chapters += (Chapter(at_s=Seconds(6), title="Drei"),)
    tags = Tags(title="Gespräch", host="Ann", rights="CC BY", cover=PNG, chapters=chapters)
    parts = folder.timeline().parts
    parts = parts[:1] if container == "one flac" else parts
    (made,) = continuous.write(folder.path, parts, tmp_path / "u", tags=tags)
    with av.open(str(made.path)) as file:
        said = {
            key.lower(): value
            for source in (file.metadata, file.streams.audio[0].metadata)
            for key, value in source.items()
        }
        found = sorted(
            (float(c["start"] * c["time_base"]), c["metadata"]["title"]) for c in file.chapters()
        )
    assert (said["title"], said["artist"], said["copyright"]) == ("Gespräch", "Ann", "CC BY")
    named = ["Begin", "Zwö"] if container == "one flac" else ["Begin", "Zwö", "Drei"]
    if made.path.suffix == ".flac":  # FFmpeg doesn't read them there
        comments = mutagen.File(made.path)
        assert [comments[f"CHAPTER{number:03}NAME"][0] for number in range(2)] == named
    else:
        assert [title for _, title in found] == named
        assert found[1][0] == pytest.approx(2.0, abs=0.1)
        assert found[2][0] == pytest.approx(4.0, abs=0.1)  # the gap of two seconds is cut
    assert cover_of(made.path) == PNG
    assert packets(made.path) == [packet for p in parts for packet in packets(folder.path / p.file)]


def cover_of(path: Path) -> bytes:
    """A file's cover, as others read it."""
    if path.suffix == ".mka":
        with av.open(str(path)) as file:
            return bytes(next(file.demux(video=0)))
    tagged = mutagen.File(path)
    if path.suffix == ".ogg":
        (picture,) = tagged["metadata_block_picture"]
        return bytes(mutagen.flac.Picture(base64.b64decode(picture)).data)
    if path.suffix == ".flac":
        return bytes(tagged.pictures[0].data)
    return bytes(tagged["APIC:"].data) if path.suffix == ".mp3" else bytes(tagged["covr"][0])


def test_a_missing_part_is_a_sentence(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive")
    shutil.rmtree(folder.audio)
    with pytest.raises(DecodeError, match=r"audio/a-000001\.aac"):
        continuous.write(folder.path, folder.timeline().tracks["a"].parts, tmp_path / "u")
