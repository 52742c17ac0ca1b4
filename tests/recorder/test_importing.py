"""Files of all kinds into the archive, and files that are none."""

import os
import shutil
import threading
import wave
from datetime import UTC, datetime
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest

from recorder import importing, media, trash
from recorder.archive import Archive, SessionFolder
from recorder.decode import decode
from recorder.errors import DecodeError, NotAudio
from recorder.importing import find_audio, import_audio, import_paths
from recorder.joining import ProbeSink
from recorder.media import Probe
from recorder.sources.file import FileSource
from recorder.types import SourceKind, SourceSpec, State
from recorder.verify import verify
from tests.recorder.builders import adts_part, build_session, encode, tone

JFK = Path(__file__).parents[1] / "data" / "jfk.flac"
LENGTH_S = 25.0

FILES = {
    "a.aac": ("adts", ""), "a.mp3": ("mp3", ""), "a.flac": ("flac", ""), "a.wav": ("wav", ""),
    "a.m4a": ("mp4", ""), "a.opus": ("ogg", "opus"), "a.mka": ("matroska", ""), "a.ts": ("ts", ""),
    "a.mp4": ("fmp4", ""),
}  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def only_part(folder: SessionFolder) -> Path:
    (part,) = folder.audio.iterdir()
    return part


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_kept_as_it_is(tmp_path: Path, archive: Archive, name: str) -> None:
    container, codec = FILES[name]
    path = tmp_path / f"Évening talk {name}"
    path.write_bytes(encode(tone(LENGTH_S, 48_000), 48_000, container, codec))
    folder = import_audio(archive, path)

    assert only_part(folder).read_bytes() == path.read_bytes()
    assert only_part(folder).suffix == path.suffix
    assert folder.info().title == path.stem
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.state is State.DONE
    assert sealed.duration_s == pytest.approx(LENGTH_S, abs=0.06)  # a coder's padding
    chunks = folder.timeline().tracks["a"].chunks
    assert sum(chunk.bytes for chunk in chunks) == path.stat().st_size
    assert sum(chunk.duration_s for chunk in chunks) == pytest.approx(sealed.duration_s)
    blocks = list(decode(folder))
    assert blocks[0].start_s == pytest.approx(0, abs=1e-3)
    assert blocks[-1].end_s == pytest.approx(sealed.duration_s, abs=0.03)
    assert verify(folder.path).ok


def test_real_speech(archive: Archive) -> None:
    folder = import_audio(archive, JFK)
    assert folder.timeline().duration_s == pytest.approx(11.0, abs=1e-6)


def test_a_file_that_goes_on_in_its_middle_can_be_decoded(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "long.mp3"
    path.write_bytes(encode(tone(LENGTH_S), 44_100, "mp3"))
    folder = import_audio(archive, path)
    assert len(folder.timeline().tracks["a"].chunks) == 3
    whole = np.concatenate([b.samples for b in decode(folder, rate_hz=None)])
    late = np.concatenate([b.samples for b in decode(folder, rate_hz=None, from_s=21.0)])
    assert np.abs(whole[-len(late) :] - late).max() < 1e-4


def test_it_is_dated_by_its_tags(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "dated.mka"
    with av.open(str(path), "w") as output:
        output.metadata["creation_time"] = "2024-08-13T00:42:11Z"
        stream = output.add_stream("pcm_s16le", rate=8_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8_000), np.int16), layout="mono")
        frame.sample_rate, frame.pts = 8_000, 0
        output.mux([*stream.encode(frame), *stream.encode(None)])
    folder = import_audio(archive, path)
    assert folder.timeline().started_at == datetime(2024, 8, 13, 0, 42, 11, tzinfo=UTC)
    assert folder.path.name.startswith("2024-08-13-dated-")


def test_else_by_its_modification_time(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "plain.flac"
    shutil.copy(JFK, path)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    folder = import_audio(archive, path)
    assert folder.timeline().started_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert '"dated_by":"its modification time"' in folder.journal_path.read_text()


def test_where_it_lay_is_nobodys_business(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "plain.flac"
    shutil.copy(JFK, path)
    folder = import_audio(archive, path)
    for file in (folder.journal_path, folder.path / "session.json"):
        assert str(tmp_path) not in file.read_text()


def test_the_same_bytes_are_imported_once(tmp_path: Path, archive: Archive) -> None:
    twin = tmp_path / "twin.flac"
    shutil.copy(JFK, twin)
    first, second = import_paths(archive, [JFK, twin])
    assert first.folder
    assert second.folder
    assert not first.was_here
    assert second.was_here
    assert second.folder.id == first.folder.id
    assert [folder.id for folder in archive.folders()] == [first.folder.id]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.mp3", b""),
        ("text.mp3", b"This is no sound. " * 4_000),
        ("noise.wav", np.random.default_rng(1).bytes(200_000)),
        ("cut.m4a", encode(tone(3.0), 44_100, "mp4")[:9_000]),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n"),
    ],
)
def test_what_is_no_sound_leaves_nothing(
    tmp_path: Path, archive: Archive, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DecodeError, match=name):
        import_audio(archive, path)
    assert archive.folders() == []
    assert not archive.root.exists() or list(archive.root.iterdir()) == []


def test_a_pipe_is_not_waited_for(tmp_path: Path, archive: Archive) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(DecodeError, match=r"pipe\.mp3 is a pipe"):
        import_audio(archive, tmp_path / "pipe.mp3")


def test_a_wav_without_samples_is_a_sentence(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "silent.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
    with pytest.raises(DecodeError, match=r"silent\.wav"):
        import_audio(archive, path)


def test_a_file_cut_short_lasts_as_long_as_what_is_there(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(encode(tone(4.0), 44_100, "wav")[: 44_100 * 2])
    assert import_audio(archive, path).timeline().duration_s == pytest.approx(1.0, abs=0.01)


def test_folders_are_searched(tmp_path: Path) -> None:
    for name in ("b.mp3", "deep/a.FLAC", "deep/notes.txt", ".hidden/c.mp3", "deep/a.srt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    named = tmp_path / "deep" / "notes.txt"
    assert find_audio([tmp_path, named]) == [
        tmp_path / "b.mp3",
        tmp_path / "deep" / "a.FLAC",
        named,
    ]


def test_one_bad_file_stops_no_other(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.mp3").write_bytes(b"no")
    shutil.copy(JFK, tmp_path / "in" / "b.flac")
    bad, good = import_paths(archive, [tmp_path / "in"])
    assert "a.mp3" in bad.problem
    assert bad.folder is None
    assert good.folder is not None
    assert good.problem == ""


def damaged_wav() -> bytes:
    """Whose header names a codec that nobody knows."""
    data = bytearray(encode(tone(1.0), 44_100, "wav"))
    data[20:22] = b"\x99\x99"
    return bytes(data)


def test_a_wav_of_a_codec_that_nobody_knows_stops_no_other(
    tmp_path: Path, archive: Archive
) -> None:
    path = tmp_path / "in" / "a.wav"
    path.parent.mkdir()
    path.write_bytes(damaged_wav())
    shutil.copy(JFK, tmp_path / "in" / "b.flac")
    bad, good = import_paths(archive, [tmp_path / "in"])
    assert "a.wav can't be decoded" in bad.problem
    assert "It is left as it is." in bad.problem
    assert good.folder is not None
    with pytest.raises(NotAudio, match=r"a\.wav can't be decoded"):
        FileSource(SourceSpec(kind=SourceKind.FILE, address=str(path))).capture(
            ProbeSink(), threading.Event()
        )


def test_what_nobody_foresaw_at_one_file_stops_no_other(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(path: Path) -> Probe:
        if path.name == "a.flac":
            raise AssertionError("a programmer's mistake")
        return media.probe(path)

    monkeypatch.setattr(importing, "probe", probe)
    for name in ("a.flac", "b.flac"):
        shutil.copy(JFK, tmp_path / name)
    bad, good = import_paths(archive, [tmp_path / "a.flac", tmp_path / "b.flac"])
    assert "a.flac can't be imported (AssertionError). It is left as it is." in bad.problem
    assert bad.folder is None
    assert good.folder is not None


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac", "a.opus"])
def test_the_host_is_the_tags_artist_and_the_title_the_files_name(
    tmp_path: Path, archive: Archive, name: str
) -> None:
    path, (container, codec) = tmp_path / name, FILES[name]
    path.write_bytes(encode(tone(1.0, 48_000), 48_000, container, codec))
    tagged = mutagen.File(path, easy=True)
    if tagged.tags is None:
        tagged.add_tags()
    tagged.update({"title": ["Another"], "artist": ["Ada  Lovelace "], "date": ["2024-08-13"]})
    tagged.save()
    info = import_audio(archive, path).info()
    assert (info.title, info.host) == ("a", "Ada Lovelace")
    started_at = archive.folders()[0].summary().started_at
    assert started_at == datetime(2024, 8, 13, tzinfo=UTC)


def test_the_archives_own_files_are_not_imported(tmp_path: Path, archive: Archive) -> None:
    folder = build_session(archive.root, [adts_part(2.0)], sealed=False)
    path = tmp_path / "tape.mp3"
    path.write_bytes(encode(tone(1.0), 44_100, "mp3"))
    (imported,) = import_paths(archive, [tmp_path])
    assert imported.path == path
    assert list(import_paths(archive, [folder.path])) == []


def test_what_lies_in_the_trash_is_not_imported_a_second_time(
    tmp_path: Path, archive: Archive
) -> None:
    path = tmp_path / "tape.mp3"
    path.write_bytes(encode(tone(1.0), 44_100, "mp3"))
    folder = import_audio(archive, path)
    trash.put(archive, folder)
    (imported,) = import_paths(archive, [path])
    assert imported.folder is None
    assert imported.thrown_away == folder.id
    assert import_audio(archive, path).id == folder.id
