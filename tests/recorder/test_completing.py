"""Gaps filled from another recording: joined to the sample, proven, undone."""

import contextlib
import functools
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recorder import completing, decode, export, importing, pack, proof, spool, verify
from recorder.align import spooled
from recorder.archive import Archive, SessionFolder
from recorder.compare import Comparison, compare
from recorder.completing import Other
from recorder.errors import ArchiveError, ExportError
from recorder.types import AudioFormat
from tests.recorder import programme
from tests.recorder.builders import PartSpec, adts_chunks, build_session, encode
from tests.recorder.programme import Sound

RATE_HZ = programme.RATE_HZ
ADTS = AudioFormat(container="adts", codec="aac", rate_hz=RATE_HZ, channels=1)
LENGTH_S, GAP_S = 60.0, (24.0, 33.0)
PRIMING_S = 1024 / RATE_HZ


@functools.cache
def talk() -> Sound:
    return programme.talk(LENGTH_S, 5)


def ours(root: Path, *, gap_s: float = GAP_S[1] - GAP_S[0], page: str = "") -> SessionFolder:
    """What was recorded: AAC with a gap, which the journal says to be so long; from a page."""
    data = encode(talk()[:, None], RATE_HZ, "adts")
    chunks = adts_chunks(data, RATE_HZ)
    length_s = chunks[0][1]
    first, last = (round(at_s / length_s) for at_s in GAP_S)
    resumes_s = first * length_s + gap_s + (last - first) * length_s - (GAP_S[1] - GAP_S[0])
    return build_session(
        root,
        [
            PartSpec(fmt=ADTS, chunks=chunks[:first]),
            PartSpec(fmt=ADTS, chunks=chunks[last:], start_s=resumes_s),
        ],
        **({"source": page, "is_page": True} if page else {}),
    )


def other(path: Path, container: str = "mp3", factor: float = 1.0, begin_s: float = 7.0) -> Other:
    sound = talk()[round(begin_s * RATE_HZ) :]
    sound = programme.noisy(programme.stretched(sound, factor), 30, 3)
    file = path / f"replay.{container}"
    file.write_bytes(encode(sound.astype(np.float32)[:, None], RATE_HZ, container))
    return Other(name=file.name, path=file)


def compared(folder: SessionFolder, path: Path | None) -> Comparison:
    assert path is not None
    first, second = spooled(
        decode.decode(folder, rate_hz=spool.RATE_HZ),
        decode.decode_file(path, rate_hz=spool.RATE_HZ, channels=1),
    )
    with first, second:
        return compare(first, second)


def completed(folder: SessionFolder, source: Other) -> str:
    fills = completing.plan(folder.timeline(), compared(folder, source.path))
    return completing.complete(folder, source, fills)


def off_s(folder: SessionFolder, track: str, from_s: float, to_s: float) -> float:
    """By how much a track is off from what was said then."""
    blocks = list(decode.decode(folder, track=track, from_s=from_s, to_s=to_s, rate_hz=RATE_HZ))
    heard = np.concatenate([block.samples[:, 0] for block in blocks])
    at = round((blocks[0].start_s - PRIMING_S) * RATE_HZ)
    reach = RATE_HZ // 20
    said = talk()[at - reach : at + len(heard) + reach]
    alike = np.correlate(said, heard, "valid")
    return (int(np.argmax(alike)) - reach) / RATE_HZ


@pytest.mark.parametrize(
    ("container", "factor"),
    [
        ("mp3", 1.0),
        ("mp3", 1.0005),
        ("adts", 1.0),
        ("mp4", 0.9995),
        ("wav", 1.0002),
        ("flac", 1.0),
    ],
)
def test_a_filled_gap_joins_within_ten_milliseconds(
    container: str, factor: float, tmp_path: Path
) -> None:
    folder = ours(tmp_path / "archive")
    letter = completed(folder, other(tmp_path, container, factor))
    assert letter == "b"
    [gap] = folder.timeline().tracks["a"].gaps
    assert abs(off_s(folder, "b", gap.from_s, gap.from_s + 2)) < 0.010
    assert abs(off_s(folder, "b", gap.to_s - 2, gap.to_s)) < 0.010


def test_the_other_track_is_as_served_and_everything_verifies(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    before = {path: path.read_bytes() for path in folder.audio.iterdir()}
    source = other(tmp_path)
    completed(folder, source)
    report = verify.verify(folder.path)
    assert report.ok, report.problems
    timeline = folder.timeline()
    [part] = timeline.tracks["b"].parts
    assert source.path is not None
    served = source.path.read_bytes()
    assert (folder.path / part.file).read_bytes() in served
    assert {path: path.read_bytes() for path in before} == before
    assert part.source == "replay.mp3"
    [gap] = timeline.gaps
    assert [timeline.origin(at) for at in (gap.from_s - 1, gap.from_s + 1, gap.to_s + 1)] == [
        "a", "b", "a",
    ]  # fmt: skip
    assert set(timeline.own) == {"a"}


@pytest.mark.parametrize("container", ["wav", "flac"])
def test_lossless_sound_is_kept_sample_for_sample(container: str, tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    source = other(tmp_path, container)
    completed(folder, source)
    report = verify.verify(folder.path)
    assert report.ok, report.problems
    [part] = folder.timeline().tracks["b"].parts
    assert part.file.endswith(".flac")
    kept = b"".join(pack.read_pcm(folder.path / part.file, "pcm_s16le"))
    assert source.path is not None
    blocks = decode.decode_file(source.path, rate_hz=None, channels=None)
    served = np.concatenate([block.samples for block in blocks])
    assert kept in np.round(served * 2**15).astype("<i2").tobytes()
    package, *_ = export.unedited(folder, tmp_path / "out", completed=True)
    assert verify.verify(package).ok
    completing.undo(folder)
    assert verify.verify(folder.path).ok
    assert not (folder.path / part.file).exists()


def test_what_is_completed_has_a_proof_of_its_own(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    completed(folder, other(tmp_path, "adts"))
    package, *_ = export.unedited(folder, tmp_path / "out", completed=True)
    assert verify.verify(package).ok
    alone = Path(shutil.copy(package / "data/completed.m4a", tmp_path / "completed.m4a"))
    beside = Path(shutil.copy(proof.beside(package / "data/completed.m4a"), proof.beside(alone)))
    report = verify.verify(alone, against=lambda _: folder.path)
    assert report.ok, report.problems
    assert any("another recording, track b" in sentence for sentence in report.what_holds)
    told = proof.read(beside)
    [gap] = folder.timeline().tracks["a"].gaps
    left_s = sum(each["to_s"] - each["from_s"] for each in told.missing)
    filled_s = sum(each["to_s"] - each["from_s"] for each in told.filled)
    assert left_s + filled_s == pytest.approx(gap.to_s - gap.from_s, abs=0.01)
    unedited = proof.read(proof.beside(package / "data/unedited.m4a"))
    assert unedited.filled == ()
    assert b'"filled"' not in unedited.render()  # as it was written before there were any
    beside.write_bytes(replace(told, filled=({**told.filled[0], "by": "x"},)).render())
    [problem] = verify.verify(alone, against=lambda _: folder.path).problems
    assert "the journal doesn't" in problem.what
    completing.undo(folder)
    beside.write_bytes(told.render())
    assert not verify.verify(alone, against=lambda _: folder.path).ok
    assert verify.verify(alone, against=lambda _: package / "data").ok


def test_a_death_before_the_journal_knows_leaves_the_session_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while parts are written: nothing can be tidied up, and nothing has to be."""
    folder = ours(tmp_path / "archive")
    source = other(tmp_path, "wav")
    before = set(folder.audio.iterdir())
    with monkeypatch.context() as death:
        death.setattr(completing.shutil, "rmtree", lambda *_, **__: None)
        death.setattr(completing, "sync_folder", lambda _: pytest.fail("it was not that far"))
        death.setattr(completing, "_stored", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            completed(folder, source)
    assert list((folder.derived / "completing").iterdir())
    assert set(folder.audio.iterdir()) == before
    assert verify.verify(folder.path).ok
    assert completed(folder, source) == "b"
    assert not (folder.derived / "completing").exists()
    assert verify.verify(folder.path).ok


def test_lossy_sound_that_cannot_stand_alone_is_refused(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    source = other(tmp_path, "matroska")  # Opus
    before = folder.journal_path.read_bytes()
    with pytest.raises(ExportError, match="can't be kept as they are yet"):
        completed(folder, source)
    assert folder.journal_path.read_bytes() == before


def test_what_was_sealed_before_can_be_found_in_what_is_there_now(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    sealed, sums = folder.journal_path.read_bytes(), folder.sums_path.read_bytes()
    completed(folder, other(tmp_path))
    now = folder.journal_path.read_bytes()
    assert now.startswith(sealed)
    assert hashlib.sha256(sums).hexdigest().encode() in now
    assert folder.sealed() is not None


def test_undo_removes_the_track(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    audio = {path.name for path in folder.audio.iterdir()}
    completed(folder, other(tmp_path))
    assert completing.undo(folder) == ["b"]
    assert {path.name for path in folder.audio.iterdir()} == audio
    assert set(folder.timeline().tracks) == {"a"}
    assert folder.timeline().fills == ()
    assert verify.verify(folder.path).ok
    assert completed(folder, other(tmp_path)) == "c"
    assert verify.verify(folder.path).ok
    with pytest.raises(ArchiveError, match="nothing to undo"):
        completing.undo(folder, "b")


def test_a_changed_line_before_the_first_seal_is_found(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    completed(folder, other(tmp_path))
    lines = folder.journal_path.read_bytes()
    folder.journal_path.write_bytes(lines.replace(b"connection lost", b"device lost"))
    assert not verify.verify(folder.path).ok


def test_a_gap_that_the_wall_clock_made_too_long_keeps_its_misfit(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive", gap_s=11.0)
    source = other(tmp_path)
    [fill] = completing.plan(folder.timeline(), compared(folder, source.path))
    assert fill.misfit_s == pytest.approx(-2, abs=0.01)
    assert fill.to_s == pytest.approx(fill.gap.to_s - 2, abs=0.01)
    completing.complete(folder, source, [fill])
    [told] = folder.timeline().fills
    assert told.misfit_s == pytest.approx(-2, abs=0.01)
    assert "shorter than our gap" in told.detail
    assert completing.open_gaps(folder.timeline()) == []


def test_what_is_cut_short_leaves_the_rest_of_a_gap_open(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive", gap_s=11.0)
    source = other(tmp_path)
    assert source.path is not None
    [fill] = completing.plan(folder.timeline(), compared(folder, source.path))
    short = tmp_path / "short.mp3"
    short.write_bytes(source.path.read_bytes()[: source.path.stat().st_size * 21 // 53])
    completing.complete(folder, Other(name="short", path=short), [fill])
    [told] = folder.timeline().fills
    assert told.to_s < fill.to_s - 1
    assert completing.open_gaps(folder.timeline()) == [(told.to_s, fill.gap.to_s)]


def test_another_session_fills_too(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    source = other(tmp_path, "adts", begin_s=0)
    assert source.path is not None
    there = importing.import_audio(Archive(tmp_path / "archive"), source.path)
    fills = completing.plan(folder.timeline(), compared(folder, source.path))
    completing.complete(folder, Other(name=there.id, folder=there), fills)
    [gap] = folder.timeline().tracks["a"].gaps
    assert abs(off_s(folder, "b", gap.from_s, gap.to_s)) < 0.010
    assert verify.verify(folder.path).ok


def test_an_unfinished_session_is_not_completed(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="isn't finished"):
        completing.require_sealed(build_session(tmp_path, sealed=False))


def test_an_unrelated_recording_fills_nothing(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    file = tmp_path / "else.mp3"
    file.write_bytes(encode(programme.talk(40, 99)[:, None], RATE_HZ, "mp3"))
    journal = folder.journal_path.read_bytes()
    assert completing.plan(folder.timeline(), compared(folder, file)) == []
    with pytest.raises(ExportError, match="No gap"):
        completing.complete(folder, Other(name="else", path=file), [])
    assert folder.journal_path.read_bytes() == journal


def test_the_unedited_package_is_ours_alone_unless_asked(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    completed(folder, other(tmp_path, "adts"))
    [package, audio] = export.unedited(folder, tmp_path / "alone")
    assert audio.name == "unedited.m4a"
    assert length_s(audio) == pytest.approx(LENGTH_S - (GAP_S[1] - GAP_S[0]) + 0.8, abs=0.2)
    assert verify.verify(package).ok
    [package, audio, whole] = export.unedited(folder, tmp_path / "whole", completed=True)
    assert (audio.name, whole.name) == ("unedited.m4a", "completed.m4a")
    assert length_s(whole) == pytest.approx(LENGTH_S, abs=0.2)
    assert verify.verify(package).ok
    assert "filled from another recording, replay.adts" in (package / "VERIFY.txt").read_text()


def test_a_clip_holds_though_its_session_was_completed_since(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    clip = export.clip(folder, tmp_path / "clip", from_s=0, to_s=20)[0]
    completed(folder, other(tmp_path))
    after = export.clip(folder, tmp_path / "after", from_s=0, to_s=20)[0]
    completing.undo(folder)
    for each in (clip, after):
        report = verify.verify(each, against=lambda _: folder.path)
        assert report.ok, report.problems
        assert any("reopened since" in sentence for sentence in report.what_holds)


def test_a_clip_fails_whose_session_went_on_from_another_state(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    clip = export.clip(folder, tmp_path / "clip", from_s=0, to_s=20)[0]
    folder.sums_path.write_bytes(folder.sums_path.read_bytes() + b"\n")
    report = verify.verify(clip, against=lambda _: folder.path)
    assert [problem.what for problem in report.problems] == [
        "was made of another state of its session: SHA256SUMS isn't the same"
    ]


def test_a_clip_fails_when_what_it_holds_was_changed_while_reopened(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    clip = export.clip(folder, tmp_path / "clip", from_s=0, to_s=20)[0]
    completed(folder, other(tmp_path))
    chunk = folder.timeline().tracks["a"].chunks[2]
    lines = folder.journal_path.read_bytes()
    changed = lines.replace(chunk.sha256.encode(), hashlib.sha256(b"else").hexdigest().encode())
    folder.journal_path.write_bytes(changed)
    assert not verify.verify(clip, against=lambda _: folder.path).ok


def test_a_package_can_be_made_after_an_undo(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    completed(folder, other(tmp_path))
    completing.undo(folder)
    package = export.unedited(folder, tmp_path / "alone")[0]
    assert verify.verify(package).ok


def lossy(root: Path, *gaps: tuple[float, float], length_s: float = LENGTH_S) -> SessionFolder:
    """A session with these gaps, each as long as what it lost."""
    data = encode(talk()[: round(length_s * RATE_HZ), None], RATE_HZ, "adts")
    chunks = [each for data in frames(data) for each in adts_chunks(data, RATE_HZ)]
    edges = [round(at_s / chunks[0][1]) for gap in gaps for at_s in gap]
    bounds = zip([0, *edges[1::2]], [*edges[::2], len(chunks)], strict=True)
    return build_session(
        root,
        [
            PartSpec(fmt=ADTS, chunks=chunks[first:last], start_s=first * chunks[0][1])
            for first, last in bounds
        ],
    )


def frames(data: bytes) -> Iterator[bytes]:
    """ADTS, frame by frame."""
    at = 0
    while at < len(data):
        size = (data[at + 3] & 0x03) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        yield data[at : at + size]
        at += size


def sound_of(folder: SessionFolder) -> Path:
    """All that it holds, with the gaps cut out."""
    parts = folder.timeline().tracks["a"].parts
    file = folder.path.parent / "unedited.aac"
    file.write_bytes(b"".join((folder.path / part.file).read_bytes() for part in parts))
    return file


@pytest.mark.parametrize(("gap", "length_s"), [((25, 26), 60), ((25, 26), 26.4), ((20, 29), 60)])
def test_its_own_sound_with_the_gap_cut_out_fills_nothing(
    gap: tuple[float, float], length_s: float, tmp_path: Path
) -> None:
    folder = lossy(tmp_path, gap, length_s=length_s)
    found = compared(folder, sound_of(folder))
    assert completing.plan(folder.timeline(), found) == []


def test_what_is_joined_before_a_gap_alone_fills_nothing(tmp_path: Path) -> None:
    folder = lossy(tmp_path, (25, 26))
    sound = [talk()[: 25 * RATE_HZ], programme.talk(1.5, 77), talk()[round(27.5 * RATE_HZ) :]]
    file = tmp_path / "replaced.mp3"
    file.write_bytes(encode(np.concatenate(sound)[:, None], RATE_HZ, "mp3"))
    assert completing.plan(folder.timeline(), compared(folder, file)) == []


@pytest.mark.parametrize("begin_s", [20, 22])
def test_what_both_lost_is_lacking_and_not_filled(begin_s: float, tmp_path: Path) -> None:
    folder = lossy(tmp_path / "ours", (22, 36))
    there = lossy(tmp_path / "theirs", (begin_s, 36))
    with compared_sessions(folder, there) as found:
        assert completing.plan(folder.timeline(), found) == []
        assert completing.lacking(folder.timeline(), found) == list(folder.timeline().gaps)


def test_what_theirs_lacks_stays_open_and_another_one_fills_it(tmp_path: Path) -> None:
    folder = lossy(tmp_path / "ours", (20, 36))
    there = lossy(tmp_path / "theirs", (25, 30))
    with compared_sessions(folder, there) as found:
        fills = completing.plan(folder.timeline(), found)
    completing.complete(folder, Other(name=there.id, folder=there), fills)
    [lost] = there.timeline().gaps
    [(from_s, to_s)] = completing.open_gaps(folder.timeline())
    assert (from_s, to_s) == pytest.approx((lost.from_s, lost.to_s), abs=0.1)
    assert completed(folder, other(tmp_path)) == "c"
    assert completing.open_gaps(folder.timeline()) == []
    told = [(fill.by, fill.from_s) for fill in folder.timeline().fills]
    assert [by for by, _ in told] == ["b", "c", "b"]
    assert abs(off_s(folder, "c", from_s, to_s)) < 0.010
    assert verify.verify(folder.path).ok


def test_what_is_said_to_be_filled_is_stored(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    [fill] = completing.plan(folder.timeline(), compared(folder, other(tmp_path).path))
    short = tmp_path / "short.aac"
    short.write_bytes(encode(talk()[7 * RATE_HZ : 28 * RATE_HZ, None], RATE_HZ, "adts"))
    completing.complete(folder, Other(name="short", path=short), [fill])
    [told] = folder.timeline().fills
    assert told.to_s == pytest.approx(folder.timeline().tracks["b"].parts[-1].end_s, abs=0.001)
    assert told.to_s == pytest.approx(28, abs=0.2)
    assert completing.open_gaps(folder.timeline()) == [(told.to_s, fill.gap.to_s)]


@contextlib.contextmanager
def compared_sessions(folder: SessionFolder, there: SessionFolder) -> Iterator[Comparison]:
    first, second = spooled(
        *(decode.decode(each, rate_hz=spool.RATE_HZ) for each in (folder, there))
    )
    with first, second:
        yield compare(first, second)


def length_s(path: Path) -> float:
    return sum(len(block.samples) / block.rate_hz for block in decode.decode_file(path))
