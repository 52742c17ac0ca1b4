"""The unedited package, checked as a stranger would; and every change of it found."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import export
from recorder.archive import Archive, SessionFolder
from recorder.decode import decode_file
from recorder.errors import ExportError
from recorder.importing import import_audio
from recorder.journal import JournalWriter
from recorder.seal import seal
from recorder.types import AudioFormat, PlacedBy, Seconds, State
from recorder.verify import verify
from recorder.writer import TrackWriter
from tests.recorder.builders import adts_part, build_session, encode, tone
from tests.recorder.test_verify import changed

JFK = Path(__file__).parents[1] / "data" / "jfk.flac"


def session(root: Path) -> SessionFolder:
    folder = build_session(
        root, [adts_part(3.0), adts_part(2.0, start_s=5.0, hz=700)], title="Ein Gespräch,\nlive"
    )
    folder.transcripts.mkdir()
    (folder.transcripts / "a-demo-en-1.json").write_text('{"text": "Hello."}')
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export")
    return export.unedited(session(root / "archive"), root / "package")[0]


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    return lambda source: Path(shutil.copytree(source, tmp_path / "copy"))


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_what_is_in_it(package: Path) -> None:
    assert names(package) == [
        "VERIFY.txt",
        "bag-info.txt",
        "bagit.txt",
        "data/SHA256SUMS",
        "data/audio/a-000001.aac",
        "data/audio/a-000002.aac",
        "data/gaps.json",
        "data/journal.jsonl",
        "data/session.json",
        "data/transcript/a-demo-en-1.json",
        "data/unedited.m4a",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    ]
    report = verify(package)
    assert report.problems == ()
    gaps = json.loads((package / "data" / "gaps.json").read_text())
    (gap,) = gaps["gaps"]
    assert gap["to_s"] == 5.0
    assert gap["cut_at_s"] == pytest.approx(gap["from_s"])
    assert "Ein Gespräch, live" in (package / "VERIFY.txt").read_text("utf-8")


def test_stock_tools_agree(package: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("no sha256sum here")
    for folder, manifest in (
        (package, "manifest-sha256.txt"),
        (package, "tagmanifest-sha256.txt"),
        (package / "data", "SHA256SUMS"),
    ):
        subprocess.run([program, "-c", "--strict", manifest], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "bagit", "--validate", str(package)], check=True)


def test_the_continuous_file_comes_first(tmp_path: Path) -> None:
    written: list[str] = []
    made = export.unedited(
        session(tmp_path / "archive"), tmp_path, on_file=lambda path: written.append(path.name)
    )
    assert written[0] == "unedited.m4a"
    assert made[0].parent == tmp_path
    assert made[1] == made[0] / "data" / "unedited.m4a"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["archive", made[0].name])


def test_real_speech_comes_out_as_it_went_in(tmp_path: Path) -> None:
    folder = import_audio(Archive(tmp_path / "archive"), JFK)
    made = export.unedited(folder, tmp_path / "package")[1]
    assert made.name == "unedited.flac"
    wanted, got = (
        [(block.start_s, block.samples.tobytes()) for block in decode_file(path)]
        for path in (JFK, made)
    )
    assert got == wanted


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = session(tmp_path / "archive")
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(ExportError, match="is there already"):
        export.unedited(folder, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"
    export.unedited(folder, tmp_path)
    with pytest.raises(ExportError, match="is there already"):
        export.unedited(folder, tmp_path)


def test_a_session_that_goes_on_has_none(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive", sealed=False)
    with pytest.raises(ExportError, match="isn't finished"):
        export.unedited(folder, tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_a_session_without_sound_has_none(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Nothing was recorded"):
        export.unedited(build_session(tmp_path / "archive", []), tmp_path / "package")


def test_a_changed_part_is_not_packed(tmp_path: Path) -> None:
    folder = session(tmp_path / "archive")
    path = folder.audio / "a-000002.aac"
    data = bytearray(path.read_bytes())
    data[1_000] ^= 1
    path.write_bytes(data)
    with pytest.raises(ExportError, match=r"audio/a-000002\.aac isn't as it was sealed"):
        export.unedited(folder, tmp_path / "package")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]


def test_a_session_without_its_sums_is_not_packed(tmp_path: Path) -> None:
    folder = session(tmp_path / "archive")
    folder.sums_path.unlink()
    with pytest.raises(ExportError, match="SHA256SUMS isn't as it was sealed"):
        export.unedited(folder, tmp_path / "package")


def test_a_part_of_headers_alone_comes_along(tmp_path: Path) -> None:
    folder = Archive(tmp_path / "archive").create("Live", [])
    log = JournalWriter(folder.journal_path)
    writer = TrackWriter(folder, "a", log, source="x")
    data = encode(tone(2.0), 44_100, "fmp4")
    end = data.index(b"moof") - 4
    fmt = AudioFormat(container="fmp4", codec="aac", rate_hz=44_100, channels=1)
    writer.begin_run(fmt, placed_by=PlacedBy.FIRST, header=data[:end])
    writer.write(data[end:], Seconds(2.0))
    writer.end_chunk()
    writer.begin_part(fmt, header=data[:end])
    writer.close()
    seal(folder, log, State.DONE)
    assert len(list(folder.audio.iterdir())) == 2
    assert verify(folder.path).problems == ()
    assert verify(export.unedited(folder, tmp_path / "package")[0]).problems == ()


def test_notes_stay_at_home(package: Path) -> None:
    assert "notes" not in json.loads((package / "data" / "session.json").read_text())


@settings(max_examples=150)
@given(
    which=st.integers(0, 100),
    how=st.sampled_from(["flip", "cut", "take out", "put in", "swap", "append"]),
    where=st.floats(0, 1, exclude_max=True),
    by=st.integers(1, 255),
)
def test_any_changed_byte_is_found(
    package: Path,
    tmp_path_factory: pytest.TempPathFactory,
    which: int,
    how: str,
    where: float,
    by: int,
) -> None:
    name = names(package)[which % len(names(package))]
    before = (package / name).read_bytes()
    after = changed(before, how, int(where * len(before)), by)
    if after == before:
        return
    root = tmp_path_factory.mktemp("changed") / "package"
    shutil.copytree(package, root)
    (root / name).write_bytes(after)
    assert not verify(root).ok
    shutil.rmtree(root.parent)


def test_any_missing_file_is_named(package: Path, tmp_path: Path) -> None:
    for number, name in enumerate(names(package)):
        root = Path(shutil.copytree(package, tmp_path / str(number)))
        (root / name).unlink()
        assert name in {p.file for p in verify(root).problems if p.what == "is missing"}


@pytest.mark.parametrize(
    "name", ["data/audio/a-000003.aac", "data/more.txt", "more.txt", "data/deep/more", ".hidden"]
)
def test_any_added_file_is_named(package: Path, copy: Callable[[Path], Path], name: str) -> None:
    root = copy(package)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("more")
    assert [problem.file for problem in verify(root).problems] == [name]


def test_an_added_folder_is_named(package: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(package)
    (root / "data" / "empty").mkdir()
    assert [problem.file for problem in verify(root).problems] == ["data/empty"]


def test_a_changed_byte_of_a_part_is_located(package: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(package)
    path = root / "data" / "audio" / "a-000002.aac"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    (problem,) = verify(path).problems
    assert problem.file == "data/audio/a-000002.aac"
    assert problem.to_s == pytest.approx(SessionFolder(root / "data").timeline().duration_s)
