"""Frames found side by side are those that FFmpeg finds; noise is refused, never a fault."""

import io
import itertools

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import adts, ts
from tests.recorder.builders import adts_chunks, encode, tone


def packets(data: bytes, muxer: str) -> list[bytes]:
    """Payloads as FFmpeg's demuxer finds them, without ADTS headers."""
    with av.open(io.BytesIO(data), format=muxer) as file:
        return [bytes(packet)[7:] for packet in file.demux(audio=0) if packet.size]


def cut(data: "np.ndarray[tuple[int], np.dtype[np.uint8]]", found: adts.Frames) -> list[bytes]:
    return [
        data[at : at + size].tobytes() for at, size in zip(found.offsets, found.sizes, strict=True)
    ]


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (44_100, 2), (48_000, 1)])
def test_frames_are_those_of_ffmpeg(rate_hz: int, channels: int) -> None:
    whole = encode(np.repeat(tone(2.0, rate_hz), channels, axis=1), rate_hz, "adts")
    sizes = [len(chunk) for chunk, _ in adts_chunks(whole, rate_hz)]
    bounds = np.array([0, *itertools.accumulate(sizes)], np.int64)
    data = np.frombuffer(whole, np.uint8)
    found = adts.frames(data, bounds[:-1], bounds[1:])
    assert found
    assert cut(data, found) == packets(whole, "aac")
    assert (found.aac.rate_hz, found.aac.channels) == (rate_hz, channels)
    assert sorted(set(found.of)) == list(range(len(sizes)))


def test_what_a_transport_stream_holds() -> None:
    whole = encode(tone(2.0, 48_000), 48_000, "ts")
    part = np.frombuffer(whole, np.uint8)
    unpacked = ts.elementary(part, np.array([0, len(whole)], np.int64))
    assert unpacked
    data, bounds = unpacked.of(part), unpacked.before
    found = adts.frames(data, bounds[:-1], bounds[1:])
    assert found
    assert cut(data, found) == packets(whole, "mpegts")


@pytest.mark.parametrize("chunk_count", [1, 3])
def test_long_chunks_are_scanned_and_hold_what_walking_finds(chunk_count: int) -> None:
    random = np.random.default_rng(1)
    chunks = [
        encode(random.normal(0, 0.1, (9 * 48_000, 1)).astype(np.float32), 48_000, "adts")
        for _ in range(chunk_count)
    ]
    assert min(map(len, chunks)) > 1 << 14
    data = np.frombuffer(b"".join(chunks), np.uint8)
    bounds = np.cumsum([0, *map(len, chunks)])
    scanned = adts._scanned(data, bounds[:-1], bounds[1:])
    walked = adts._walked(data, bounds[:-1], bounds[1:])
    assert scanned
    assert walked
    for ours, theirs in zip(scanned, walked, strict=True):
        assert np.array_equal(ours, theirs)
    torn = data.copy()
    torn[bounds[-1] // 2 :] = 0xFF
    assert adts._scanned(torn, bounds[:-1], bounds[1:]) is None


def test_a_change_of_rate_is_no_one_set_up() -> None:
    both = encode(tone(0.5, 44_100), 44_100, "adts") + encode(tone(0.5, 48_000), 48_000, "adts")
    data = np.frombuffer(both, np.uint8)
    assert adts.frames(data, np.array([0], np.int64), np.array([len(both)], np.int64)) is None


@given(
    data=st.binary(min_size=1, max_size=2_000),
    cuts=st.lists(st.integers(0, 2_000), min_size=2, max_size=6),
)
def test_noise_is_refused(data: bytes, cuts: list[int]) -> None:
    bounds = np.array(sorted(min(each, len(data)) for each in cuts), np.int64)
    found = adts.frames(np.frombuffer(data, np.uint8), bounds[:-1], bounds[1:])
    assert found is None or found.sizes.min() > 0


@given(packets=st.lists(st.binary(min_size=187, max_size=187), min_size=1, max_size=8))
def test_noise_in_packets_is_refused(packets: list[bytes]) -> None:
    data = np.frombuffer(b"".join(b"\x47" + packet for packet in packets), np.uint8)
    unpacked = ts.elementary(data, np.array([0, len(data)], np.int64))
    assert unpacked is None or len(unpacked[0]) <= len(data)
