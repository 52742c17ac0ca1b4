"""Any change of the evidence is found, and said where; nothing else is called a change."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import journal, sums
from recorder.archive import Archive, SessionFolder
from recorder.events import Repeated
from recorder.journal import JournalWriter
from recorder.packer import pack_part
from recorder.seal import seal
from recorder.sources.base import ChunkFacts
from recorder.types import AudioFormat, PlacedBy, Seconds, SourceKind, SourceSpec, State
from recorder.verify import Report, verify
from recorder.writer import TrackWriter
from tests.recorder.builders import adts_part, build_session, tone

WAV = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=8_000, channels=1)


def device_session(root: Path) -> SessionFolder:
    """Three seconds of a device, written by the real writer, packed as FLAC, sealed."""
    folder = Archive(root).create("Mic", [("a", SourceSpec(kind=SourceKind.DEVICE, address="x"))])
    log = JournalWriter(folder.journal_path)
    writer = TrackWriter(
        folder, "a", log, source="device:x",
        on_part_closed=lambda sealed, fmt: pack_part(folder, log, sealed, fmt),
    )  # fmt: skip
    writer.begin_run(WAV, placed_by=PlacedBy.FIRST)
    pcm = (tone(3.0, 8_000) * 2**15).astype("<i2").tobytes()
    for second in range(3):
        writer.write(pcm[second * 16_000 : (second + 1) * 16_000], Seconds(1.0))
        writer.end_chunk(ChunkFacts())
    writer.close()
    seal(folder, log, State.DONE)
    return folder


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stream")
    return build_session(root, [adts_part(3.0), adts_part(2.0, start_s=5.0, hz=700)]).path


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return device_session(tmp_path_factory.mktemp("device")).path


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    return lambda source: Path(shutil.copytree(source, tmp_path / "copy"))


def files(report: Report) -> set[str]:
    return {problem.file for problem in report.problems}


def test_what_is_as_it_was_is_told_so(stream: Path, device: Path) -> None:
    report = verify(stream)
    assert report.problems == ()
    assert report.ok
    assert "1 gap journaled, 2.0 s in all." in report.what_holds
    assert verify(device).ok
    assert (device / "audio" / "a-000001.flac").exists()


# --- any change ---------------------------------------------------------------------------------


def changed(data: bytes, how: str, at: int, by: int) -> bytes:
    match how:
        case "flip":
            return data[:at] + bytes([data[at] ^ by]) + data[at + 1 :]
        case "cut":
            return data[:at]
        case "take out":
            return data[:at] + data[at + by :]
        case "put in":
            return data[:at] + bytes([by]) + data[at:]
        case "swap":
            first = max(0, at - by)
            return data[:first] + data[at : at + by] + data[first:at] + data[at + by :]
        case _:
            return data + bytes([by])


@settings(max_examples=150)
@given(
    kind=st.sampled_from(["stream", "device"]),
    which=st.integers(0, 9),
    how=st.sampled_from(["flip", "cut", "take out", "put in", "swap", "append"]),
    where=st.floats(0, 1, exclude_max=True),
    by=st.integers(1, 255),
)
def test_any_changed_byte_is_found(
    stream: Path,
    device: Path,
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    which: int,
    how: str,
    where: float,
    by: int,
) -> None:
    source = stream if kind == "stream" else device
    evidence = ["journal.jsonl", "SHA256SUMS", *(f"audio/{p.name}" for p in source.glob("audio/*"))]
    name = evidence[which % len(evidence)]
    before = (source / name).read_bytes()
    after = changed(before, how, int(where * len(before)), by)
    if after == before:
        return
    root = tmp_path_factory.mktemp("changed") / source.name
    shutil.copytree(source, root)
    (root / name).write_bytes(after)
    report = verify(root)
    assert not report.ok
    # A hash in SHA256SUMS and what it is of may differ by either's fault.
    assert files(report) & {name, "journal.jsonl" if name == "SHA256SUMS" else name}
    shutil.rmtree(root.parent)


@pytest.mark.parametrize("name", ["journal.jsonl", "SHA256SUMS", "audio/a-000002.aac"])
def test_a_missing_file_is_named(stream: Path, copy: Callable[[Path], Path], name: str) -> None:
    root = copy(stream)
    (root / name).unlink()
    report = verify(root)
    assert [p.file for p in report.problems if p.what == "is missing"] == [name]


def test_an_added_file_is_named(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    shutil.copy(root / "audio" / "a-000001.aac", root / "audio" / "a-000003.aac")
    assert files(verify(root)) == {"audio/a-000003.aac"}
    (root / "SHA256SUMS.old").touch()
    assert files(verify(root)) == {"audio/a-000003.aac", "SHA256SUMS.old"}


def test_swapped_parts_are_found(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    one, two = (root / "audio" / f"a-00000{number}.aac" for number in (1, 2))
    one.rename(root / "x")
    two.rename(one)
    (root / "x").rename(two)
    assert files(verify(root)) == {"audio/a-000001.aac", "audio/a-000002.aac"}


def test_a_link_is_no_part(stream: Path, copy: Callable[[Path], Path], tmp_path: Path) -> None:
    root = copy(stream)
    part = root / "audio" / "a-000001.aac"
    part.rename(tmp_path / "elsewhere.aac")
    part.symlink_to(tmp_path / "elsewhere.aac")
    (problem,) = verify(root).problems
    assert problem.what == "is no plain file"


def test_a_changed_byte_is_located(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    chunk = SessionFolder(root).timeline().tracks["a"].chunks[-1]
    path = root / "audio" / "a-000002.aac"
    data = bytearray(path.read_bytes())
    data[chunk.offset + 5] ^= 1
    path.write_bytes(data)
    (problem,) = verify(root).problems
    assert problem.file == "audio/a-000002.aac"
    assert problem.from_s == pytest.approx(chunk.start_s)
    assert problem.to_s == pytest.approx(chunk.start_s + chunk.duration_s)
    last = chunk.offset + chunk.bytes - 1
    assert problem.what == f"was changed in bytes {chunk.offset} to {last}"


def test_a_changed_sample_of_a_device_is_located(
    device: Path, copy: Callable[[Path], Path]
) -> None:
    root = copy(device)
    path = root / "audio" / "a-000001.flac"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    (problem,) = verify(root).problems
    assert problem.from_s is not None
    assert problem.to_s == problem.from_s + 1.0


def test_a_hash_in_capitals_is_a_change(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    path = root / "SHA256SUMS"
    path.write_bytes(path.read_bytes()[:64].upper() + path.read_bytes()[64:])
    assert files(verify(root)) == {"SHA256SUMS"}


def test_the_same_json_written_otherwise_is_a_change(
    stream: Path, copy: Callable[[Path], Path]
) -> None:
    root = copy(stream)
    path = root / "journal.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[2] = json.dumps(json.loads(lines[2])).encode()
    path.write_bytes(b"\n".join(lines))
    assert files(verify(root)) == {"journal.jsonl"}


def test_a_journal_without_its_seal_is_found(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    path = root / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    problems = [str(problem) for problem in verify(root).problems]
    assert "journal.jsonl has lost its last line, which sealed it." in problems


def test_a_part_named_outside_is_not_followed(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(1.0)])
    text = folder.journal_path.read_text()
    folder.journal_path.write_text(text.replace("audio/a-000001.aac", "audio/../../secret"))
    (tmp_path / "secret").write_text("x")
    report = verify(folder.path)
    assert "names a part outside of audio/" in {problem.what for problem in report.problems}


# --- what is not a change -----------------------------------------------------------------------


def test_a_session_that_is_still_recorded_holds_so_far(tmp_path: Path) -> None:
    folder = build_session(tmp_path, sealed=False)
    part = max(folder.audio.iterdir())
    with part.open("ab") as file:
        file.write(b"not journaled yet")
    with folder.journal_path.open("ab") as file:
        file.write(b'{"n":99,"prev"')  # a line that is being written
    with folder.hold():
        (folder.audio / "a-000003.aac").touch()
        report = verify(folder.path)
    assert report.problems == ()
    assert "It isn't sealed yet: what is journaled so far was checked." in report.what_holds


def test_what_people_may_edit_is_no_evidence(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    info = SessionFolder(root).info()
    (root / "cover.png").touch()
    SessionFolder(root).write_info(replace(info, cover="cover.png"))
    (root / ".DS_Store").touch()
    (root / "derived").mkdir()
    (root / "derived" / "peaks").touch()
    assert verify(root).ok


def test_headers_that_are_repeated_are_covered(tmp_path: Path) -> None:
    folder = Archive(tmp_path).create("Live", [])
    log = JournalWriter(folder.journal_path)
    writer = TrackWriter(folder, "a", log, source="x")
    fmt = AudioFormat(container="fmp4")
    writer.begin_run(fmt, placed_by=PlacedBy.FIRST, header=b"HEADER")
    for _ in range(2):
        writer.write(b"sound" * 99, Seconds(1.0))
        writer.end_chunk(ChunkFacts())
        writer.begin_part(fmt, header=b"HEADER")
    writer.write(b"more", Seconds(1.0))
    writer.end_chunk(ChunkFacts())
    writer.close()
    seal(folder, log, State.DONE)
    events = [entry.event for entry in journal.read(folder.journal_path)]
    assert any(isinstance(event, Repeated) for event in events)
    assert verify(folder.path).ok

    path = folder.audio / "a-000002.m4s"
    path.write_bytes(b"h" + path.read_bytes()[1:])
    (problem,) = verify(folder.path).problems
    assert problem.what == "was changed outside of its sound: in a header"


# --- what can't be read -------------------------------------------------------------------------


def test_what_is_neither_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert verify(tmp_path / "file").problems[0].what.startswith("can't be checked: there is no")
    assert verify(tmp_path).problems[0].what.startswith("is neither")
    assert verify(tmp_path / "gone").problems[0].what == "isn't there"
    for path in (tmp_path / "file", tmp_path, tmp_path / "gone"):
        assert not verify(path).was_checked


def test_a_path_without_a_name_is_verified(
    stream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (problem,) = verify(Path(Path.cwd().anchor)).problems
    assert problem.what.startswith("is neither")
    assert problem.file == Path.cwd().anchor
    monkeypatch.chdir(tmp_path)
    (problem,) = verify(Path()).problems
    assert problem.file == tmp_path.name
    monkeypatch.chdir(stream)
    assert verify(Path()).ok


def test_a_file_stands_for_its_session(stream: Path) -> None:
    assert verify(stream / "audio" / "a-000001.aac").ok


def test_a_folder_in_a_parts_place_is_a_problem(stream: Path, copy: Callable[[Path], Path]) -> None:
    root = copy(stream)
    (root / "audio" / "a-000001.aac").unlink()
    (root / "audio" / "a-000001.aac").mkdir()
    assert files(verify(root)) == {"audio/a-000001.aac"}


@given(seed=st.integers(0, 2**32))
def test_noise_for_a_journal_never_raises(
    stream: Path, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    root = tmp_path_factory.mktemp("noise") / "s"
    shutil.copytree(stream, root)
    random = np.random.default_rng(seed)
    lines = (root / "journal.jsonl").read_bytes().splitlines(keepends=True)
    values = json.loads(lines[3])
    key = random.choice(sorted(values))
    values[key] = random.choice(np.array([None, -1, "x", [], {}, 1e300, True], dtype=object))
    lines[3] = json.dumps(values).encode() + b"\n"
    (root / "journal.jsonl").write_bytes(b"".join(lines))
    assert not verify(root).ok
    assert sums.parse((root / "SHA256SUMS").read_bytes())
    shutil.rmtree(root.parent)


def test_how_far_it_is_is_told_and_may_end_it(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    told: list[tuple[int, int]] = []
    verify(folder.path, on_part=lambda done, of: told.append((done, of)))
    assert told == [(0, 2), (1, 2), (2, 2)]

    def stop(_done: int, _of: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        verify(folder.path, on_part=stop)
