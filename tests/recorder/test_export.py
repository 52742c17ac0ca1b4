"""The unedited package, checked as a stranger would; and every change of it found."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import export, proof, provenance, sign
from recorder.archive import Archive, SessionFolder
from recorder.decode import decode_file
from recorder.errors import ExportError
from recorder.importing import import_audio
from recorder.journal import JournalWriter
from recorder.pieces import Gaps
from recorder.seal import seal
from recorder.sign import Signer
from recorder.types import AudioFormat, PlacedBy, Seconds, State
from recorder.verify import verify
from recorder.writer import TrackWriter
from tests.parts import require
from tests.recorder.builders import PartSpec, adts_part, build_session, encode, tone
from tests.recorder.test_verify import changed

JFK = Path(__file__).parents[1] / "data" / "jfk.flac"


def session(root: Path) -> SessionFolder:
    folder = build_session(
        root,
        [adts_part(3.0), adts_part(2.0, start_s=5.0, hz=700)],
        title="Ein Gespräch,\nlive",
        markers=[(1.0, "Begin"), (6.0, "")],
    )
    (folder.path / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    info = replace(
        folder.info(),
        host="Ann",
        description="About this\n  and that",
        rights="CC BY 4.0",
        consent="Both said yes on air",
        notes="between us",
        cover="cover.png",
    )
    folder.write_info(info)
    folder.transcripts.mkdir()
    (folder.transcripts / "a-demo-en-1.json").write_text('{"text": "Hello."}')
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("export")
    return export.unedited(
        session(root / "archive"),
        root / "package",
        signer=Signer.at(root / "key"),
        extras=lambda files: {f"{files[0].path.stem}.en.vtt": b"WEBVTT\n"},
    )[0]


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[Path], Path]:
    return lambda source: Path(shutil.copytree(source, tmp_path / "copy"))


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_what_is_in_it(package: Path) -> None:
    assert names(package) == [
        "VERIFY.txt",
        "allowed_signers",
        "bag-info.txt",
        "bagit.txt",
        "data/SHA256SUMS",
        "data/audio/a-000001.aac",
        "data/audio/a-000002.aac",
        "data/chapters.json",
        "data/cover.png",
        "data/events.json",
        "data/gaps.json",
        "data/journal.jsonl",
        "data/session.json",
        "data/transcript/a-demo-en-1.json",
        "data/unedited.en.vtt",
        "data/unedited.m4a",
        "data/unedited.m4a.proof.json",
        "data/unedited.m4a.proof.json.sig",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha256.txt.sig",
    ]
    report = verify(package)
    assert report.problems == ()
    gaps = json.loads((package / "data" / "gaps.json").read_text())
    (gap,) = gaps["gaps"]
    assert gap["to_s"] == 5.0
    assert gap["cut_at_s"] == pytest.approx(gap["from_s"])
    chapters = json.loads((package / "data" / "chapters.json").read_text("utf-8"))["chapters"]
    assert [chapter["title"] for chapter in chapters] == ["Begin", "Marker"]
    assert chapters[1]["startTime"] == pytest.approx(4.0, abs=0.1)  # without the gap
    events = json.loads((package / "data" / "events.json").read_text("utf-8"))
    assert [event["event"] for event in events] == [
        "opened", "run", "gap", "run", "mark", "mark", "sealed",
    ]  # fmt: skip
    facts = json.loads((package / "data" / "session.json").read_text("utf-8"))
    assert (facts["host"], facts["consent"]) == ("Ann", "Both said yes on air")
    assert b"between us" not in b"".join(
        path.read_bytes() for path in package.rglob("*") if path.is_file()
    )


def test_the_words_that_go_with_it(package: Path) -> None:
    text = (package / "VERIFY.txt").read_text("utf-8")
    assert "The unedited audio of: Ein Gespräch, live\n" in text
    assert "About: About this and that\nRights: CC BY 4.0\nConsent: Both said yes on air" in text
    assert "3.042 to      5.000 s: connection lost" in text
    assert "asked for: https://radio.example/live.aac" in text
    assert "who archived it, not who spoke" in text
    signer = sign.read_public((package / "allowed_signers").read_text())
    assert signer.fingerprint in text
    assert hashlib.sha256((package / "data" / "SHA256SUMS").read_bytes()).hexdigest() in text


def test_stock_tools_agree(package: Path) -> None:
    """Every command that VERIFY.txt names, as it stands there."""
    require("ffmpeg", "ssh-keygen")
    text = (package / "VERIFY.txt").read_text("utf-8")
    tools = Path(sys.executable).parent  # bagit.py lies there
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    commands = [
        line.strip().removesuffix("\\")
        for line in text.replace("\\\n", " ").replace("|\n", "|").splitlines()
        if line.startswith(
            ("  sha256sum", "  (cd", "  bagit.py", "  ssh-keygen", "  ffmpeg", "  cat")
        )
    ]
    said = {
        command: subprocess.run(
            ["bash", "-c", command], cwd=package, env=environment, check=True, capture_output=True,
            text=True,
        ).stdout
        for command in commands
    }  # fmt: skip
    assert len(said) == 7
    of_packets = [said[command] for command in commands if "streamhash" in command]
    assert len(of_packets) == 2
    assert of_packets[0] == of_packets[1] != ""
    hashing = "ffmpeg -v error -i '{}' -map 0:a -f hash -hash sha256 -"
    samples = [
        subprocess.run(
            ["bash", "-c", hashing.format(source)], cwd=package / "data", check=True,
            capture_output=True,
        ).stdout
        for source in ("unedited.m4a", "concat:audio/a-000001.aac|audio/a-000002.aac")
    ]  # fmt: skip
    assert samples[0] == samples[1]
    for command in commands:
        if "ssh-keygen" in command:
            (package / "other").write_bytes((package / "tagmanifest-sha256.txt").read_bytes()[1:])
            forged = command.replace("< tagmanifest-sha256.txt", "< other")
            done = subprocess.run(
                ["bash", "-c", forged], cwd=package, capture_output=True, check=False
            )
            (package / "other").unlink()
            assert done.returncode != 0


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


def test_nothing_is_put_into_a_package(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive", [adts_part(2.0)])
    package = tmp_path / "package"
    export.unedited(folder, package)
    with pytest.raises(ExportError, match="is there already"):
        export.unedited(folder, package)
    with pytest.raises(ExportError, match="is a package"):
        export.unedited(folder, package / "data")
    assert verify(package).ok


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


def test_a_changed_byte_of_the_continuous_file_is_located(
    package: Path, copy: Callable[[Path], Path]
) -> None:
    root = copy(package)
    path = root / "data" / "unedited.m4a"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    (problem,) = verify(root).problems
    assert problem.file == "data/unedited.m4a"
    assert problem.to_s == pytest.approx(SessionFolder(root / "data").timeline().duration_s)
    assert problem.from_s is not None
    assert problem.from_s > 5.0


# --- who signed it ------------------------------------------------------------------------------


def test_who_signed_is_told(package: Path, tmp_path: Path) -> None:
    report = verify(package)
    assert report.signer == sign.read_public((package / "allowed_signers").read_text())
    assert verify(package, by=report.signer).ok
    stranger = Signer.at(tmp_path / "key").public
    assert "signed by another key" in verify(package, by=stranger).problems[-1].what


def test_a_package_that_nobody_signed_is_said_so(tmp_path: Path) -> None:
    package = export.unedited(session(tmp_path / "archive"), tmp_path / "package")[0]
    report = verify(package)
    assert report.ok
    assert report.signer is None
    assert "It is not signed: who archived it can't be told." in report.what_holds
    assert "It is not signed." in (package / "VERIFY.txt").read_text()


def test_another_signature_is_not_taken(
    package: Path, copy: Callable[[Path], Path], tmp_path: Path
) -> None:
    root = copy(package)
    message = (root / "tagmanifest-sha256.txt").read_bytes()
    (root / "tagmanifest-sha256.txt.sig").write_bytes(Signer.at(tmp_path / "key").sign(message))
    (problem,) = verify(root).problems
    assert problem.file == "tagmanifest-sha256.txt.sig"


# --- gaps kept ----------------------------------------------------------------------------------


def test_silence_that_was_inserted_is_told(tmp_path: Path) -> None:
    folder = session(tmp_path / "archive")
    package, made = export.unedited(folder, tmp_path / "package", gaps=Gaps.KEEP)
    assert verify(package).ok
    assert "filled with silence, which was inserted" in (package / "VERIFY.txt").read_text()
    (file,) = json.loads((package / "data" / "gaps.json").read_text())["files"]
    (silence,) = file["inserted_silence"]
    assert silence["to_s"] == 5.0
    blocks = list(decode_file(made))
    assert blocks[-1].end_s == pytest.approx(folder.timeline().duration_s, abs=0.05)


# --- clips --------------------------------------------------------------------------------------


@pytest.fixture
def clipped(tmp_path: Path) -> tuple[SessionFolder, Path]:
    folder = session(tmp_path / "archive")
    signer = Signer.at(tmp_path / "key")
    made = export.clip(folder, tmp_path / "clips", from_s=2.5, to_s=6.0, signer=signer)
    assert [path.name.partition(".")[2] for path in made] == [
        "m4a", "m4a.proof.json", "m4a.proof.json.sig",
    ]  # fmt: skip
    return folder, made[0]


def test_a_clip_carries_its_proof(clipped: tuple[SessionFolder, Path]) -> None:
    folder, path = clipped
    report = verify(path)
    assert report.ok
    assert any("isn't at hand" in sentence for sentence in report.what_holds)
    assert "1 gap in it was cut out." in report.what_holds
    report = verify(path, against=lambda _: folder.path)
    assert report.ok
    assert any("holds just the packets of" in sentence for sentence in report.what_holds)
    assert verify(path.with_name(path.name + ".proof.json")).ok


def test_a_clip_is_checked_against_a_package_too(
    clipped: tuple[SessionFolder, Path], tmp_path: Path
) -> None:
    folder, path = clipped
    package = export.unedited(folder, tmp_path / "package")[0]
    assert verify(path, against=lambda _: package / "data").ok
    other = session(tmp_path / "other")
    (problem,) = verify(path, against=lambda _: other.path).problems
    assert problem.what == "is of another session"


def test_of_a_folder_of_clips_each_is_verified(
    clipped: tuple[SessionFolder, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = clipped
    other = export.clip(folder, path.parent, from_s=0.5, to_s=1.5)[0]
    (path.parent / "notes.txt").touch()
    steps: list[tuple[int, int]] = []
    report = verify(
        path.parent,
        against=lambda _: folder.path,
        on_part=lambda done, total: steps.append((done, total)),
    )
    assert report.ok
    assert steps == [(0, 2), (1, 2), (2, 2)]
    for each in (path, other):
        assert any(
            sentence.startswith(f"{each.name}: no byte changed") for sentence in report.what_holds
        )
    assert report.what_holds[-1] == "Not checked, since no proof is of them: notes.txt."
    assert report.signer is None  # the other is not signed
    monkeypatch.chdir(path.parent)
    assert verify(Path()).ok
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert {problem.file for problem in verify(path.parent).problems} == {path.name}
    path.unlink()
    (problem,) = verify(path.parent).problems
    assert str(problem) == f"{path.name} is missing."


def test_of_a_folder_of_clips_each_must_be_signed(
    clipped: tuple[SessionFolder, Path], tmp_path: Path
) -> None:
    folder, path = clipped
    key = Signer.at(tmp_path / "key").public
    assert verify(path.parent, by=key).signer == key
    other = export.clip(folder, path.parent, from_s=0.5, to_s=1.5)[0]
    (problem,) = verify(path.parent, by=key).problems
    assert str(problem) == f"{other.name} isn't signed, not by {key.fingerprint}."


def test_a_clips_name_ends_with_the_session(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive", [adts_part(3.0)])
    path = export.clip(folder, tmp_path / "clips", from_s=1.0, to_s=3_600.0)[0]
    assert path.stem == f"{folder.path.name}-00h00m01s-00h00m03s"


def test_a_file_that_ends_a_rounding_behind_the_next_ones_begin_leaves_nothing_out(
    tmp_path: Path,
) -> None:
    """As when a mirror of another codec takes over, and both reckon the moment for themselves."""
    rate_hz = 48_000
    fmt = AudioFormat(container="ogg", codec="opus", rate_hz=rate_hz, channels=1)
    data = encode(tone(2.0, rate_hz), rate_hz, "ogg", "opus")
    parts = [adts_part(2.0), PartSpec(fmt=fmt, chunks=[(data, 2.0)])]
    folder = build_session(tmp_path / "archive", parts)
    package, first, _ = export.unedited(folder, tmp_path / "package")
    told = proof.read(proof.beside(first))
    last = told.chunks[-1]
    later = last._replace(to_s=Seconds(last.to_s + 4e-15))
    assert later.to_s > last.to_s
    told = replace(told, chunks=(*told.chunks[:-1], later))
    assert list(provenance.faults(first, told, package / "data")) == []


CUT = [
    ("adts", "aac", ".m4a"), ("mp3", "mp3", ".mp3"), ("ts", "", ".m4a"), ("fmp4", "", ".m4a"),
    ("ogg", "opus", ".ogg"), ("ogg", "vorbis", ".ogg"), ("ogg", "flac", ".ogg"),
    ("flac", "flac", ".flac"),
]  # fmt: skip


def segmented(root: Path, container: str, codec: str) -> SessionFolder:
    """Chunks of some seconds: two, each of which can be read alone, or one of six."""
    rate_hz = 48_000
    fmt = AudioFormat(container=container, codec=codec, rate_hz=rate_hz, channels=2)
    is_alone = container in ("adts", "mp3", "ts")
    samples = np.repeat(tone(3.0 if is_alone else 6.0, rate_hz), 2, axis=1)
    data = encode(samples, rate_hz, container, codec)
    chunks = [(data, 3.0)] * 2 if is_alone else [(data, 6.0)]
    return build_session(root, [PartSpec(fmt=fmt, chunks=chunks)])


@pytest.mark.parametrize(("container", "codec", "suffix"), CUT)
def test_a_clip_begins_and_ends_with_packets(
    tmp_path: Path, container: str, codec: str, suffix: str
) -> None:
    folder = segmented(tmp_path / "archive", container, codec)
    path = export.clip(folder, tmp_path / "clips", from_s=2.0, to_s=4.5)[0]
    assert path.suffix == suffix
    told = proof.read(proof.beside(path))
    assert told.skipped > 0
    assert told.left > 0
    assert told.from_s == pytest.approx(1.9, abs=0.1)  # with what decoders need
    assert told.to_s == pytest.approx(4.5, abs=0.1)
    chunks = folder.timeline().tracks["a"].chunks
    assert [(each.bytes, each.sha256) for each in told.chunks] == [
        (each.bytes, each.sha256) for each in chunks
    ]
    sound = np.concatenate([block.samples for block in decode_file(path)])
    assert len(sound) / 48_000 == pytest.approx(told.to_s - told.from_s, abs=0.1)
    report = verify(path, against=lambda _: folder.path)
    assert report.problems == ()
    assert f"Of its first chunk {told.skipped} packets" in report.what_holds[-2]
    assert "checked beside the session" in " ".join(verify(path).what_holds)
    package = export.unedited(folder, tmp_path / "package")[0]
    assert verify(path, against=lambda _: package / "data").problems == ()


@pytest.mark.parametrize(("container", "codec"), [("adts", "aac"), ("mp3", "mp3")])
def test_a_clips_ends_are_bytes_of_its_chunks(tmp_path: Path, container: str, codec: str) -> None:
    folder = segmented(tmp_path / "archive", container, codec)
    path = export.clip(folder, tmp_path / "clips", from_s=2.0, to_s=4.5)[0]
    told = proof.read(proof.beside(path))
    part = (folder.path / folder.timeline().parts[0].file).read_bytes()
    made = path.read_bytes()
    cut = [each for each in told.stretches if each.of is not None and each.begin is not None]
    assert [each.of for each in cut] == [0, 1]
    for each in cut:
        begin = told.chunks[each.of].offset + each.begin
        assert made[each.at : each.at + each.bytes] == part[begin : begin + each.bytes]
    assert cut[0].begin + cut[0].bytes == told.chunks[0].bytes
    assert cut[1].begin == 0


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"skipped": -1}, "other times"),
        ({"left": 1}, "other times"),
        ({"left": 100_000}, "other times"),
        ({"from_s": 0.01}, "other times"),
        ({"begin": 1}, "bytes of the chunk"),
        ({"from_s": 5.0}, "other times"),
        ({"from_s": -5.0}, "other times"),
    ],
)
def test_a_forged_cut_does_not_fit_the_session(
    tmp_path: Path, change: dict[str, float], what: str
) -> None:
    folder = segmented(tmp_path / "archive", "adts", "aac")
    path = export.clip(folder, tmp_path / "clips", from_s=2.0, to_s=4.5)[0]
    told = proof.read(proof.beside(path))
    ((name, by),) = change.items()
    if name == "begin":
        stretches = tuple(
            each._replace(begin=each.begin + by) if each.begin is not None else each
            for each in told.stretches
        )
        forged = replace(told, stretches=stretches)
    elif name == "from_s":
        first = told.chunks[0]._replace(from_s=told.chunks[0].from_s + by)
        forged = replace(told, chunks=(first, *told.chunks[1:]))
    else:
        forged = replace(told, **{name: getattr(told, name) + by})
    proof.beside(path).write_bytes(forged.render())
    problems = verify(path, against=lambda _: folder.path).problems
    assert problems
    assert all(what in problem.what for problem in problems)


def test_a_clip_of_a_devices_wav_has_whole_chunks(tmp_path: Path) -> None:
    fmt = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=48_000, channels=1)
    data = encode(tone(6.0, 48_000), 48_000, "wav")
    folder = build_session(tmp_path / "archive", [PartSpec(fmt=fmt, chunks=[(data, 6.0)])])
    path = export.clip(folder, tmp_path / "clips", from_s=2.0, to_s=4.5)[0]
    told = proof.read(proof.beside(path))
    assert (told.from_s, told.to_s, told.is_cut) == (0.0, 6.0, False)


@pytest.mark.parametrize(("container", "codec", "suffix"), CUT)
def test_a_proof_of_whole_chunks_is_written_as_before_and_holds(
    tmp_path: Path, container: str, codec: str, suffix: str
) -> None:
    folder = segmented(tmp_path / "archive", container, codec)
    path = export.alone(folder, tmp_path / "clips", "all", from_s=3.5, to_s=4.0)[0].path
    assert path.suffix == suffix
    assert verify(path, against=lambda _: folder.path).problems == ()
    data = proof.beside(path).read_bytes()
    assert b'"version":1,' in data
    assert not any(key in data for key in (b'"skipped"', b'"left"', b'"of"', b'"begin"'))


def test_a_clip_without_sound_is_none(tmp_path: Path) -> None:
    folder = session(tmp_path / "archive")
    (gap,) = folder.timeline().gaps
    with pytest.raises(
        ExportError, match=rf"a gap from {gap.from_s:.1f} to {gap.to_s:.1f} s \(con"
    ):
        export.clip(folder, tmp_path, from_s=3.5, to_s=4.5)
    with pytest.raises(ExportError, match="the session ends at"):
        export.clip(folder, tmp_path, from_s=3_500, to_s=4_500)
    assert not list(tmp_path.glob("*.m4a"))


def test_a_clip_whose_proof_is_missing_says_so(clipped: tuple[SessionFolder, Path]) -> None:
    folder, path = clipped
    lost = proof.beside(path)
    lost.unlink()
    for place in (path.parent, folder.path):  # in a session's folder, too, it is not the session
        file = Path(shutil.copy(path, place / "clip.m4a"))
        (problem,) = verify(file).problems
        assert problem.what.startswith("can't be checked: there is no proof beside it")
        proof.beside(file).with_name("clip.m4a.proof.json.sig").write_bytes(b"a signature")
        (problem,) = verify(file).problems
        assert "its proof is missing, clip.m4a.proof.json" in problem.what
        assert problem.file == "clip.m4a"
    added = verify(folder.path / "journal.jsonl").problems
    assert {each.file for each in added} == {"clip.m4a", "clip.m4a.proof.json.sig"}
    (problem,) = verify(path.with_name("nothing.m4a")).problems
    assert problem.what == "isn't there"


def test_a_clip_of_changed_sound_is_not_made(tmp_path: Path) -> None:
    folder = session(tmp_path / "archive")
    path = folder.audio / "a-000001.aac"
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    with pytest.raises(ExportError, match="isn't as it was sealed"):
        export.clip(folder, tmp_path / "clips", from_s=0, to_s=1)
    assert not list((tmp_path / "clips").iterdir())


def test_a_clip_overwrites_nothing(clipped: tuple[SessionFolder, Path]) -> None:
    folder, path = clipped
    with pytest.raises(ExportError, match="is there already"):
        export.clip(folder, path.parent, from_s=2.5, to_s=6.0)
    assert verify(path).ok


@settings(max_examples=60)
@given(
    which=st.integers(0, 2),
    how=st.sampled_from(["flip", "cut", "take out", "put in", "swap", "append"]),
    where=st.floats(0, 1, exclude_max=True),
    by=st.integers(1, 255),
)
def test_any_changed_byte_of_a_clip_is_found(
    clip_files: list[Path],
    tmp_path_factory: pytest.TempPathFactory,
    which: int,
    how: str,
    where: float,
    by: int,
) -> None:
    root = tmp_path_factory.mktemp("changed")
    for path in clip_files:
        shutil.copy(path, root)
    path = root / clip_files[which].name
    before = path.read_bytes()
    after = changed(before, how, int(where * len(before)), by)
    path.write_bytes(after)
    assert verify(root / clip_files[0].name).ok == (after == before)
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def clip_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("clip")
    signer = Signer.at(root / "key")
    return export.clip(session(root), root / "clips", from_s=0, to_s=9, signer=signer)


def test_a_forged_proof_does_not_fit_the_session(clipped: tuple[SessionFolder, Path]) -> None:
    """A proof that says of other sound that it is the journal's."""
    folder, path = clipped
    told = proof.read(proof.beside(path))
    forged = {
        "leaves out": replace(
            told,
            chunks=told.chunks[:1] + told.chunks[2:],
            stretches=tuple(_named_by_hash(told, each) for each in told.stretches),
        ),
        "journal doesn't have": replace(
            told, chunks=(told.chunks[0]._replace(sha256="0" * 64), *told.chunks[1:]),
            stretches=tuple(_named_by_hash(told, each) for each in told.stretches),
        ),
    }  # fmt: skip
    for what, values in forged.items():
        proof.beside(path).write_bytes(replace(values, signer="").render())
        path.with_name(path.name + ".proof.json.sig").unlink(missing_ok=True)
        problems = verify(path, against=lambda _: folder.path).problems
        assert [what in problem.what for problem in problems] == [True]


def _named_by_hash(told: proof.Proof, stretch: proof.Stretch) -> proof.Stretch:
    return stretch._replace(sha256=told.hash_of(stretch), chunk=None, of=None, begin=None)


def test_other_packets_are_found(clipped: tuple[SessionFolder, Path]) -> None:
    """A file whose proof is whole, and whose packets aren't those of the chunks that it names."""
    folder, path = clipped
    told = proof.read(proof.beside(path))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    stretches = [_named_by_hash(told, each) for each in told.stretches]
    last = stretches[-1]
    stretches[-1] = last._replace(sha256=hashlib.sha256(data[last.at :]).hexdigest())
    forged = replace(
        told,
        sha256=hashlib.sha256(data).hexdigest(),
        stretches=tuple(stretches),
        signer="",
    )
    proof.beside(path).write_bytes(forged.render())
    path.with_name(path.name + ".proof.json.sig").unlink()
    assert verify(path).ok  # alone it holds
    (problem,) = verify(path, against=lambda _: folder.path).problems
    assert problem.what.startswith("doesn't hold the packets of the chunks that it names")


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_u8", "pcm_alaw"])
@pytest.mark.parametrize("missing", [0, 1])
def test_an_imported_wav_is_a_wav_again(tmp_path: Path, codec: str, missing: int) -> None:
    """As browsers play it; also one that was cut off within a sample."""
    path = tmp_path / "talk.wav"
    with av.open(str(path), "w", format="wav") as file:
        stream = file.add_stream(codec, rate=8_000, layout="stereo")
        frame = av.AudioFrame(format=stream.format.name, layout="stereo", samples=20_000)
        frame.sample_rate = 8_000
        for plane in frame.planes:
            plane.update(np.random.default_rng(1).bytes(plane.buffer_size))
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - missing])
    folder = import_audio(Archive(tmp_path / "archive"), path)
    package = export.unedited(folder, tmp_path / "package")[0]
    made = package / "data" / "unedited.wav"
    assert verify(package).ok
    assert sounding(made) == sounding(path)
    for from_s, to_s in ((0.0, 1.0), (1.0, 2.5)):
        clip = export.clip(folder, tmp_path / "clips", from_s=from_s, to_s=to_s)[0]
        assert verify(clip, against=lambda _: folder.path).ok


def sounding(path: Path) -> bytes:
    """The coded samples of a file."""
    with av.open(str(path)) as file:
        return b"".join(bytes(packet) for packet in file.demux(audio=0))
