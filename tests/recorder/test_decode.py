"""Decoding against what was encoded: times, gaps, growth, damage."""

import functools
import itertools
import json
import math
import re
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import journal, wav
from recorder.archive import Archive, SessionFolder
from recorder.decode import Block, Native, decode, decode_file, decode_timeline, native
from recorder.errors import DecodeError
from recorder.events import Chunk, Event, PartOpened, RunStarted, event_from_json
from recorder.frames import OggParser, parser_for
from recorder.journal import JournalWriter
from recorder.segments import measure
from recorder.timeline import Timeline
from recorder.types import AudioFormat, PlacedBy, Seconds
from recorder.writer import TrackWriter
from tests.recorder.builders import (
    ADTS,
    PartSpec,
    Samples,
    adts_chunks,
    adts_part,
    build_session,
    encode,
    silence,
    tone,
)

JFK = Path(__file__).parents[1] / "data" / "jfk.flac"
RATE_HZ = 48_000
LENGTH_S = 8
CLICKS_S = (0.5, 1.75, 3.3, 4.9, 7.25)

KINDS = [
    ("adts", ""), ("mp3", ""), ("ts", ""), ("fmp4", ""), ("ogg", "opus"), ("ogg", "vorbis"),
    ("ogg", "flac"), ("flac", ""), ("wav", ""), ("mp4", ""), ("matroska", ""),
]  # fmt: skip


@functools.cache
def clicks() -> Samples:
    """Short bursts at known moments, over a faint noise; stereo."""
    samples = np.random.default_rng(7).normal(0, 1e-3, (LENGTH_S * RATE_HZ, 2)).astype(np.float32)
    burst = np.hanning(480) * np.sin(np.arange(480) * 2 * np.pi / 24)
    for at_s in CLICKS_S:
        begin = round(at_s * RATE_HZ) - 240
        samples[begin : begin + 480] += 0.8 * burst[:, None].astype(np.float32)
    return samples


def part_of(container: str, codec: str) -> PartSpec:
    """The clicks as a recorder would hold them: chunks by whole frames where it can tell them."""
    data = encode(clicks(), RATE_HZ, container, codec)
    fmt = AudioFormat(container=container, codec=codec, rate_hz=RATE_HZ, channels=2)
    if container == "ts":
        return PartSpec(fmt=fmt, chunks=[(data, measure(data, listed_s=Seconds(0)).duration_s)])
    if container == "fmp4":
        init, *bodies = fragments(data)
        lengths_s = [measure(each, init=init, listed_s=Seconds(0)).duration_s for each in bodies]
        return PartSpec(fmt=fmt, header=init, chunks=list(zip(bodies, lengths_s, strict=True)))
    parser = parser_for(fmt)
    if parser is None:
        return PartSpec(fmt=fmt, chunks=[(data, float(LENGTH_S))])
    frames = parser.feed(data) + parser.finish()
    assert parser.pending == b""
    chunks = [
        (b"".join(frame.data for frame in group), sum(frame.duration_s for frame in group))
        for group in (frames[at : at + 20] for at in range(0, len(frames), 20))
    ]
    return PartSpec(fmt=fmt, chunks=chunks)


def joined(blocks: list[Block]) -> Samples:
    return np.concatenate([block.samples for block in blocks])


def loud_moments(blocks: list[Block]) -> list[float]:
    """Session times of the bursts' middles."""
    found = []
    for block in blocks:
        level = np.convolve(block.samples[:, 0] ** 2, np.ones(block.rate_hz // 100), "same")
        for at_s in CLICKS_S:
            low = math.floor((at_s - 0.1 - block.start_s) * block.rate_hz)
            window = level[max(0, low) : max(0, low) + block.rate_hz // 5]
            if low >= 0 and window.size and window.max() > 1:
                found.append(block.start_s + (low + int(window.argmax())) / block.rate_hz)
    return found


@pytest.mark.parametrize(("container", "codec"), KINDS)
def test_sound_is_where_it_was(tmp_path: Path, container: str, codec: str) -> None:
    folder = build_session(tmp_path, [part_of(container, codec)])
    blocks = list(decode(folder, rate_hz=None, channels=None, block_s=60))
    assert len(blocks) == 1
    assert blocks[0].start_s == pytest.approx(0, abs=1e-4)
    assert blocks[0].samples.shape[1] == 2
    # Where frames are counted the encoder's priming is in: LAME's 1,105 samples, AAC's 1,024.
    counted_s = {"adts": 1024, "ts": 1024, "fmp4": 1024, "mp3": 1105}.get(container, 0) / RATE_HZ
    moments = loud_moments(blocks)
    assert len(moments) == len(CLICKS_S)
    for at_s, wanted_s in zip(moments, CLICKS_S, strict=True):
        assert at_s == pytest.approx(wanted_s + counted_s, abs=2e-3)
    assert blocks[0].end_s == pytest.approx(folder.timeline().duration_s, abs=0.05)


@pytest.mark.parametrize("container", ["flac", "wav"])
def test_lossless_samples_are_the_very_same(tmp_path: Path, container: str) -> None:
    folder = build_session(tmp_path, [part_of(container, "")])
    got = joined(list(decode(folder, rate_hz=None, channels=None, block_s=1.0)))
    assert np.array_equal(np.round(got * 2**15), np.round(clicks() * 2**15).clip(-(2**15), 2**15))


def test_24_bits_are_kept(tmp_path: Path) -> None:
    fmt = AudioFormat(container="flac", codec="flac", rate_hz=44_100, channels=2)
    folder = build_session(tmp_path, [PartSpec(fmt=fmt, chunks=[(JFK.read_bytes(), 11.0)])])
    with av.open(str(JFK)) as file:
        wanted = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in file.decode(audio=0)])
    got = joined(list(decode(folder, rate_hz=None, channels=None)))
    assert np.array_equal((got.astype(np.float64) * 2**31).astype(np.int64), wanted)
    assert native(folder.path, folder.timeline()) == Native(rate_hz=44_100, channels=2, bits=24)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[SessionFolder, Samples]]:
    made = {}
    for container, codec in KINDS:
        folder = build_session(tmp_path_factory.mktemp("a"), [part_of(container, codec)])
        whole = list(decode(folder, rate_hz=None, channels=None, block_s=60))
        made[container + codec] = folder, joined(whole)
    return made


@settings(max_examples=40)
@given(
    kind=st.sampled_from([container + codec for container, codec in KINDS]),
    cuts=st.lists(st.floats(0, LENGTH_S), min_size=2, max_size=4, unique=True).map(sorted),
    block_s=st.sampled_from([0.05, 1.0, 60.0]),
)
def test_a_range_is_cut_from_the_whole(
    sessions: dict[str, tuple[SessionFolder, Samples]],
    kind: str,
    cuts: list[float],
    block_s: float,
) -> None:
    folder, whole = sessions[kind]
    ends = [min(len(whole), math.ceil(cut * RATE_HZ - 1e-3)) for cut in cuts]
    for (low, high), (begin, end) in zip(
        itertools.pairwise(cuts), itertools.pairwise(ends), strict=True
    ):
        blocks = list(
            decode(folder, from_s=low, to_s=high, rate_hz=None, channels=None, block_s=block_s)
        )
        assert sum(len(block.samples) for block in blocks) == end - begin
        assert all(
            after.start_s == pytest.approx(before.end_s, abs=1e-6)
            for before, after in itertools.pairwise(blocks)
        )
        if blocks:
            assert blocks[0].start_s == pytest.approx(begin / RATE_HZ, abs=1e-6)
            assert_lies_at(joined(blocks), whole, begin, kind)


def assert_lies_at(got: Samples, whole: Samples, begin: int, kind: str) -> None:
    # Lossy decoders converge, or fill in noise (AAC's PNS); a burst out of place differs by 0.8.
    allowed = 0 if kind in ("flac", "wav", "oggflac") else 2e-2
    # Matroska's time stamps are milliseconds: after a seek that is how well the place is known.
    shift = 48 if kind == "matroska" else 0
    padded = np.pad(whole, ((shift, shift), (0, 0)))
    assert any(
        np.abs(got - padded[at : at + len(got)]).max() <= allowed
        for at in range(begin, begin + 2 * shift + 1)
    )


def test_no_block_crosses_a_gap(tmp_path: Path) -> None:
    first, second = adts_part(3.0), adts_part(2.0, start_s=7.25, hz=880)
    folder = build_session(tmp_path, [first, second])
    first_s = sum(duration_s for _, duration_s in first.chunks)
    blocks = list(decode(folder, block_s=60))
    assert [(b.start_s, b.end_s) for b in blocks] == [
        (0, pytest.approx(first_s, abs=1e-3)),
        (7.25, pytest.approx(folder.timeline().duration_s, abs=1e-3)),
    ]
    assert all(block.rate_hz == 16_000 and block.samples.shape[1] == 1 for block in blocks)
    late = list(decode(folder, from_s=5.0, to_s=8.0))
    assert [(b.start_s, b.end_s) for b in late] == [(7.25, pytest.approx(8.0, abs=1e-4))]


def test_resampling_moves_nothing(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [part_of("flac", "")])
    blocks = list(decode(folder, block_s=60))
    assert sum(len(block.samples) for block in blocks) == LENGTH_S * 16_000
    assert loud_moments(blocks) == [pytest.approx(at_s, abs=1e-3) for at_s in CLICKS_S]


def test_channels_are_their_mean(tmp_path: Path) -> None:
    stereo = np.hstack([tone(1.0, hz=500, level=0.5), silence(1.0)])
    fmt = AudioFormat(container="flac", codec="flac", rate_hz=44_100, channels=2)
    part = PartSpec(fmt=fmt, chunks=[(encode(stereo, 44_100, "flac"), 1.0)])
    folder = build_session(tmp_path, [part])
    mono = joined(list(decode(folder, rate_hz=None)))
    assert mono.shape == (44_100, 1)
    assert np.abs(mono).max() == pytest.approx(0.25, abs=1e-3)
    wide = joined(list(decode(folder, rate_hz=None, channels=3)))
    assert np.array_equal(wide, np.repeat(mono, 3, axis=1))


def test_what_is_not_journaled_yet_is_not_told(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(3.0)], sealed=False)
    whole = list(decode(folder))
    path = next(folder.audio.iterdir())
    with path.open("ab") as file:
        file.write(path.read_bytes()[:700])  # two frames and a torn one
    assert [b.samples.tobytes() for b in decode(folder)] == [b.samples.tobytes() for b in whole]


def test_a_gap_inside_a_part(tmp_path: Path) -> None:
    data = encode(tone(4.0), 44_100, "adts")
    chunks = adts_chunks(data)
    folder = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=chunks)], sealed=False)
    lines = folder.journal_path.read_text().splitlines()
    # As after `Sink.gap`: the last chunks of the part lie three seconds later.
    events = []
    for line in lines:
        values = json.loads(line)
        kind = values.pop("kind")
        for key in ("n", "prev", "at", "mono"):
            values.pop(key)
        if kind == Chunk.kind and values["start_s"] > 2:
            values["start_s"] += 3.0
        events.append(event_from_json(kind, values))
    folder.journal_path.unlink()
    log = journal.JournalWriter(folder.journal_path)
    log.append(*events)
    log.close()
    blocks = list(decode(folder, rate_hz=None, block_s=60))
    chunk_s = chunks[0][1]
    assert [block.start_s for block in blocks] == pytest.approx([0, 3 * chunk_s + 3], abs=1e-6)
    assert blocks[0].end_s == pytest.approx(3 * chunk_s)


@pytest.mark.parametrize(("container", "codec"), [("ogg", "opus"), ("fmp4", "")])
def test_a_part_that_repeats_its_headers(tmp_path: Path, container: str, codec: str) -> None:
    data = encode(clicks(), RATE_HZ, container, codec)
    fmt = AudioFormat(container=container, codec=codec, rate_hz=RATE_HZ, channels=2)
    end = data.index(b"moof") - 4 if container == "fmp4" else header_end(data)
    folder = Archive(tmp_path).create("Live", [])
    log = JournalWriter(folder.journal_path)
    writer = TrackWriter(folder, "a", log, source="x")
    for start_s in (0.0, 20.0):
        writer.begin_run(
            fmt, placed_by=PlacedBy.SEQUENCE, start_s=Seconds(start_s), header=data[:end]
        )
        writer.write(data[end:], Seconds(LENGTH_S))
        writer.end_chunk()
    writer.close()
    log.close()
    first, second = decode(folder, rate_hz=None, channels=None, block_s=60)
    assert second.start_s == pytest.approx(20.0, abs=1e-4)
    assert np.array_equal(first.samples, second.samples)


def test_the_newest_fragments_alone(tmp_path: Path) -> None:
    """As a meter does it: it knows the last chunks only."""
    part = part_of("fmp4", "")
    assert len(part.chunks) > 6
    folder = build_session(tmp_path, [part])
    whole = joined(list(decode(folder, rate_hz=None, channels=None)))
    events = [entry.event for entry in journal.read(folder.journal_path)]
    newest = [e for e in events if not isinstance(e, Chunk)]
    newest += [e for e in events if isinstance(e, Chunk)][-3:]
    timeline = Timeline.of(newest)
    got = list(decode_timeline(folder.path, timeline, from_s=timeline.parts[0].start_s + 0.05))
    begin = round(got[0].start_s * RATE_HZ)
    assert np.abs(whole[begin:] - joined(got)).max() < 2e-2


def fragments(data: bytes) -> list[bytes]:
    """An fMP4 file's init section, and each of its fragments."""
    starts = [found.start() - 4 for found in re.finditer(b"moof", data)]
    return [data[low:high] for low, high in itertools.pairwise([0, *starts, len(data)])]


def header_end(data: bytes) -> int:
    """Where the audio pages of an Ogg stream begin."""
    return sum(len(frame.data) for frame in OggParser().feed(data) if frame.is_header)


def test_tags_between_mp3_frames_cost_no_sample(tmp_path: Path) -> None:
    tag = b"ID3\x04\0\0\0\0\0\x20PRIV" + bytes(28)
    fmt = AudioFormat(container="mp3", codec="mp3", rate_hz=RATE_HZ, channels=2)
    chunks = list(part_of("mp3", "").chunks)
    plain = build_session(tmp_path / "plain", [PartSpec(fmt=fmt, chunks=chunks)])
    tagged = build_session(
        tmp_path / "tagged",
        [PartSpec(fmt=fmt, chunks=[(tag + data, length) for data, length in chunks])],
    )
    wanted = joined(list(decode(plain, rate_hz=None)))
    assert np.array_equal(joined(list(decode(tagged, rate_hz=None))), wanted)


def test_a_damaged_frame_is_silence_of_its_length(tmp_path: Path) -> None:
    chunks = list(part_of("mp3", "").chunks)
    frame = bytearray(chunks[2][0])
    frame[4:200] = b"\xff" * 196
    chunks[2] = bytes(frame), chunks[2][1]
    fmt = AudioFormat(container="mp3", codec="mp3", rate_hz=RATE_HZ, channels=2)
    folder = build_session(tmp_path, [PartSpec(fmt=fmt, chunks=chunks)])
    blocks = list(decode(folder, rate_hz=None, block_s=60))
    assert blocks[-1].end_s == pytest.approx(folder.timeline().duration_s, abs=1e-6)


def test_a_missing_part_is_a_sentence(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    next(folder.audio.iterdir()).unlink()
    with pytest.raises(DecodeError, match=r"audio/a-00000\d\.aac isn't there"):
        list(decode(folder))


@pytest.mark.parametrize("container", ["adts", "mp3", "ogg", "ts", "fmp4", "flac", "wav", "mp4"])
def test_bytes_that_are_no_sound_are_a_sentence(tmp_path: Path, container: str) -> None:
    junk = np.random.default_rng(3).bytes(50_000)
    fmt = AudioFormat(container=container)
    folder = build_session(tmp_path, [PartSpec(fmt=fmt, chunks=[(junk, 3.0)])])
    with pytest.raises(DecodeError, match=r"can't be decoded"):
        list(decode(folder))


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    secret.write_bytes(encode(tone(2.0), 44_100, "ts"))
    lure = tmp_path / "lure.mp3"
    lure.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(DecodeError):
        list(decode_file(lure))


def test_a_plain_file(tmp_path: Path) -> None:
    blocks = list(decode_file(JFK, rate_hz=16_000, channels=1))
    assert blocks[-1].end_s == pytest.approx(11.0, abs=1e-3)
    assert joined(blocks).dtype == np.float32


def test_an_empty_session_has_no_blocks(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [])
    assert list(decode(folder)) == []
    assert native(folder.path, folder.timeline()) is None


def test_a_device_that_is_fast_or_slow_loses_no_sample_and_stays_in_place(tmp_path: Path) -> None:
    """Seconds of samples that lasted 0.4 ms more or less than they play."""
    fmt = AudioFormat(container="wav", codec="pcm_s16le", rate_hz=8_000, channels=1)
    numbers = np.arange(4 * 8_000, dtype="<i2")
    for lasted_s in (0.9996, 1.0, 1.0004):
        root = tmp_path / f"{lasted_s}"
        (root / "audio").mkdir(parents=True)
        (root / "audio/a-000001.wav").write_bytes(wav.header(fmt) + numbers.tobytes())
        events: list[Event] = [
            RunStarted(track="a", run=1, start_s=Seconds(0.0), placed_by=PlacedBy.FIRST),
            PartOpened(track="a", part="a-000001", file="audio/a-000001.wav", format=fmt),
        ]
        events += [
            Chunk(
                track="a",
                part="a-000001",
                run=1,
                offset=second * 16_000,
                bytes=16_000,
                sha256="0" * 64,
                start_s=Seconds(second * lasted_s),
                duration_s=Seconds(lasted_s),
                arrived_at="2024-08-13T00:42:00.000Z",
                arrived_mono_s=float(second),
            )
            for second in range(4)
        ]
        blocks = list(decode_timeline(root, Timeline.of(events), block_s=0.5))
        decoded = np.concatenate([block.samples for block in blocks])[:, 0] * 2**15
        assert np.array_equal(decoded, numbers)
        for block in blocks:
            heard_s = block.samples[0, 0] * 2**15 / 8_000 * lasted_s
            assert block.start_s == pytest.approx(heard_s, abs=1.1e-3)
        (middle,) = decode_timeline(root, Timeline.of(events), from_s=3.0, to_s=3.1)
        assert middle.samples[0, 0] * 2**15 / 8_000 * lasted_s == pytest.approx(3.0, abs=1e-3)
