"""What a crash leaves: torn lines, audio without a line, WAVs without a seal."""

import hashlib
import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import journal, recovery, verify, wav
from recorder.archive import Archive, SessionFolder
from recorder.errors import CorruptSession
from recorder.events import Chunk, PartSealed, Recovered
from recorder.sources.base import Sink
from recorder.types import AudioFormat, PlacedBy, Seconds, SourceKind, SourceSpec
from recorder.writer import TrackWriter

SPEC = SourceSpec(kind=SourceKind.STREAM, address="https://host.example/live")
RATE_HZ = 44_100


def encoded(container: str, codec: str = "aac", seconds: float = 2.0, **options: str) -> bytes:
    """Noise in a container, as bytes."""
    out = io.BytesIO()
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (1, int(RATE_HZ * seconds)))
    with av.open(out, "w", format=container, options=options) as muxer:
        stream = muxer.add_stream(codec, rate=RATE_HZ, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(noise.astype(np.float32), format="fltp", layout="mono")
        frame.rate, frame.time_base, frame.pts = RATE_HZ, Fraction(1, RATE_HZ), 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            muxer.mux(packet)
    return out.getvalue()


ADTS = AudioFormat(container="adts", codec="aac", rate_hz=RATE_HZ, channels=1)
TS = AudioFormat(container="ts", codec="aac", rate_hz=RATE_HZ, channels=1)
FMP4 = AudioFormat(container="fmp4", codec="aac", rate_hz=RATE_HZ, channels=1)
PCM = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=8_000, channels=1)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return Archive(tmp_path).create("A session", [("a", SPEC)])


def crash(folder: SessionFolder, fmt: AudioFormat, *, journaled: bytes, lost: bytes) -> None:
    """Leave a session as a recorder leaves it that dies: ``lost`` has no line, nothing a seal."""
    log = journal.JournalWriter(folder.journal_path)
    writer = TrackWriter(folder, "a", log, source="test")
    sink: Sink = writer
    sink.begin_run(fmt, placed_by=PlacedBy.FIRST)
    if journaled:
        sink.write(journaled, Seconds(1.0))
        sink.end_chunk()
    writer.sync()
    log.close()
    part = folder.audio / f"a-000001{fmt.suffix}"
    with part.open("ab") as file:
        file.write(lost)
    writer.abandon()


def told(folder: SessionFolder) -> list[Chunk]:
    events = (entry.event for entry in journal.read(folder.journal_path))
    return [event for event in events if isinstance(event, Chunk)]


@pytest.mark.parametrize(
    ("fmt", "data"),
    [
        (ADTS, encoded("adts")),
        (TS, encoded("mpegts")),
    ],
    ids=["adts", "ts"],
)
@pytest.mark.parametrize("torn", [0, 5])
def test_audio_without_a_line_is_adopted(
    folder: SessionFolder, fmt: AudioFormat, data: bytes, torn: int
) -> None:
    crash(folder, fmt, journaled=b"", lost=data[: len(data) - torn])
    recovery.recover(folder)
    (chunk,) = told(folder)
    part = (folder.audio / f"a-000001{fmt.suffix}").read_bytes()
    assert chunk.adopted
    assert chunk.sha256 == hashlib.sha256(part).hexdigest()
    assert data.startswith(part)
    assert len(data) - len(part) < 400
    assert chunk.duration_s == pytest.approx(2.0, abs=0.06)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.recovered
    assert verify.verify(folder.path).ok


def test_a_fragment_that_is_whole_is_adopted_and_a_torn_one_cut(folder: SessionFolder) -> None:
    data = encoded("mp4", movflags="frag_every_frame+empty_moov+default_base_moof")
    start = data.index(b"moof") - 4
    crash(folder, FMP4, journaled=data[:start], lost=data[start:-3])
    recovery.recover(folder)
    adopted = told(folder)[-1]
    assert adopted.offset == start
    assert 1.9 < adopted.duration_s < 2.1
    assert verify.verify(folder.path).ok


def test_samples_without_a_line_are_adopted_and_packed(folder: SessionFolder) -> None:
    samples = np.arange(-4_000, 4_000, dtype="<i2").tobytes()
    crash(folder, PCM, journaled=samples[:6_000], lost=samples[6_000:] + b"\x01")
    recovery.recover(folder)
    first, second = told(folder)
    assert (first.bytes, second.bytes, second.offset) == (6_000, 10_000, 6_000)
    assert second.duration_s == pytest.approx(5_000 / 8_000)
    (part,) = folder.timeline().parts
    assert part.file == "audio/a-000001.flac"
    assert part.sealed is not None
    assert part.sealed.pcm_sha256 == hashlib.sha256(samples).hexdigest()
    assert not (folder.audio / "a-000001.wav").exists()
    assert verify.verify(folder.path).ok


def test_a_torn_line_is_cut_and_said(folder: SessionFolder) -> None:
    crash(folder, ADTS, journaled=encoded("adts"), lost=b"")
    with folder.journal_path.open("ab") as file:
        file.write(b'{"n":9,')
    recovery.recover(folder)
    events = [entry.event for entry in journal.read(folder.journal_path)]
    (torn,) = [e for e in events if isinstance(e, Recovered) and "torn" in e.detail]
    assert bytes.fromhex(torn.dropped_hex) == b'{"n":9,'
    assert journal.check(folder.journal_path) == []


def test_a_death_while_packing_keeps_every_sample(folder: SessionFolder) -> None:
    samples = np.arange(8_000, dtype="<i2").tobytes()
    crash(folder, PCM, journaled=samples, lost=b"")
    (folder.audio / "a-000001.flac").write_bytes(b"half a FLAC")
    recovery.recover(folder)
    events = [entry.event for entry in journal.read(folder.journal_path)]
    (sealed,) = [event for event in events if isinstance(event, PartSealed)]
    assert sealed.pcm_sha256 == hashlib.sha256(samples).hexdigest()
    assert verify.verify(folder.path).ok


def test_a_death_between_the_seal_and_the_removal_of_a_wav(folder: SessionFolder) -> None:
    crash(folder, PCM, journaled=bytes(1_600), lost=b"")
    with folder.hold():
        recovery.mend(folder)
    (folder.audio / "a-000001.wav").write_bytes(wav.header(PCM) + bytes(1_600))
    recovery.recover(folder)
    assert [path.name for path in folder.audio.iterdir()] == ["a-000001.flac"]
    assert verify.verify(folder.path).ok


def test_a_session_that_never_began_is_sealed_empty(folder: SessionFolder) -> None:
    recovery.recover(folder)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.duration_s == 0
    assert verify.verify(folder.path).ok


@pytest.mark.parametrize("was_killed", [1, 0])
def test_sums_are_made_for_a_recorder_that_died_before_them_and_for_nobody_else(
    tmp_path: Path, was_killed: int
) -> None:
    archive = Archive(tmp_path)
    folder = archive.create("x", [("a", SPEC)])
    crash(folder, ADTS, journaled=encoded("adts"), lost=b"")
    recovery.recover(folder)
    folder.sums_path.unlink()
    if was_killed:
        (folder.path / "recorder.json").write_text('{"pid": 1, "started_at": 0}')
    outcomes = recovery.recover_all(archive)
    assert len(outcomes) == was_killed
    assert verify.verify(folder.path).ok is bool(was_killed)


def test_a_sealed_session_that_lost_its_journals_end_is_left_alone(folder: SessionFolder) -> None:
    crash(folder, ADTS, journaled=encoded("adts"), lost=b"")
    recovery.recover(folder)
    sums = folder.sums_path.read_bytes()
    whole = folder.journal_path.read_bytes()
    folder.journal_path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CorruptSession, match="was sealed"):
        recovery.recover(folder)
    assert folder.sums_path.read_bytes() == sums


def test_one_broken_session_does_not_stop_the_others(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    good, bad = (archive.create("x", [("a", SPEC)]) for _ in range(2))
    crash(good, ADTS, journaled=b"", lost=encoded("adts"))
    bad.journal_path.write_bytes(b"garbage\n")
    outcomes = {outcome.folder.id: outcome.problem for outcome in recovery.recover_all(archive)}
    assert outcomes[good.id] == ""
    assert "can't be read" in outcomes[bad.id]
    assert good.sealed() is not None
