import json
import struct
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.segments import is_init_section, measure
from recorder.types import AudioFormat, Seconds
from tests.faults.hls import FRAME_S, Item, adts_frames, muxed_items

LISTED_S = Seconds(1.5)


@pytest.fixture(scope="module")
def fragments(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Item]]:
    folder = tmp_path_factory.mktemp("fmp4")
    segments = muxed_items(folder, {"hls_segment_type": "fmp4"})
    return (folder / "init.mp4").read_bytes(), segments


@pytest.fixture(scope="module")
def transport(tmp_path_factory: pytest.TempPathFactory) -> list[Item]:
    return muxed_items(tmp_path_factory.mktemp("ts"), {})


def samples_in(path: Path) -> int:
    """Samples that libav finds in the packets of a file."""
    with av.open(str(path)) as file:
        (stream,) = file.streams.audio
        return sum(1 for packet in file.demux(stream) if packet.size) * stream.frame_size


# --- packed audio ---


def test_adts_lasts_as_long_as_its_frames() -> None:
    found = measure(adts_frames(7, 1), listed_s=LISTED_S)
    assert found.format == AudioFormat(container="adts", codec="aac", rate_hz=48_000, channels=1)
    assert found.duration_s == pytest.approx(7 * FRAME_S)
    assert found.exact
    assert found.whole


@pytest.mark.parametrize("lack", [1, 5, 20])
def test_adts_that_ends_in_mid_frame_is_not_whole(lack: int) -> None:
    found = measure(adts_frames(7, 1)[:-lack], listed_s=LISTED_S)
    assert not found.whole
    assert found.duration_s == pytest.approx(6 * FRAME_S)


def test_mp3_lasts_as_long_as_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "tone.mp3"
    with av.open(str(path), "w", format="mp3", options={"write_xing": "0"}) as out:
        stream = out.add_stream("libmp3lame", rate=44_100, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for n in range(20):
            frame = av.AudioFrame(format="s16p", layout="mono", samples=1152)
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            frame.rate, frame.pts = 44_100, n * 1152
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    found = measure(path.read_bytes(), listed_s=LISTED_S)
    assert found.format == AudioFormat(container="mp3", codec="mp3", rate_hz=44_100, channels=1)
    assert found.duration_s == pytest.approx(samples_in(path) / 44_100)
    assert found.exact
    assert found.whole


def test_packed_ac3_is_known_and_lasts_as_listed() -> None:
    found = measure(b"\x0b\x77" + bytes(62), listed_s=LISTED_S)
    assert found.format == AudioFormat(container="ac3", codec="ac3")
    assert (found.duration_s, found.exact) == (LISTED_S, False)


@pytest.mark.parametrize("data", [b"", b"\xff", b"<html>Sign in</html>", bytes(400), b"WEBVTT\n\n"])
def test_what_is_no_audio_has_no_format(data: bytes) -> None:
    assert measure(data, listed_s=LISTED_S).format is None


# --- ID3 ---


def id3(*frames: bytes, version: int = 4) -> bytes:
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, 0, 0, 0, len(body) >> 7, len(body) & 127]) + body


def id3_frame(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + b"\0\0" + body


NTP = json.dumps({"HydraVersion": 4, "ntp": 3894606003.284})


@pytest.mark.parametrize(
    "frames",
    [
        [id3_frame(b"TXXX", b"\x03JSONMetadata\0" + NTP.encode())],
        [id3_frame(b"TXXX", b"\x00JSONMetadata\0" + NTP.encode("latin-1") + b"\0")],
        [id3_frame(b"TIT3", b"\x033894606003.284")],
        [id3_frame(b"TIT3", b"\x01" + "3894606003.284".encode("utf-16"))],
        [
            id3_frame(b"PRIV", b"com.apple.streaming.transportStreamTimestamp\0" + bytes(8)),
            id3_frame(b"TXXX", b"\x03HydraAudioLevel\0[46]"),
            id3_frame(b"TIT3", b"\x033894606003.284"),
        ],
    ],
)
def test_the_senders_clock_is_read(frames: list[bytes]) -> None:
    found = measure(id3(*frames) + adts_frames(3, 1), listed_s=LISTED_S)
    assert found.ntp == "3894606003.284"
    assert found.duration_s == pytest.approx(3 * FRAME_S)
    assert found.whole


@pytest.mark.parametrize(
    "frame",
    [
        id3_frame(b"TIT3", b"\x03A subtitle"),
        id3_frame(b"TXXX", b'\x03x\0{"ntp":'),
        id3_frame(b"TXXX", b'\x03x\0["ntp"]'),
        id3_frame(b"TXXX", b'\x03x\0{"ntp": "soon"}'),
        b"TXXX\x7f\x7f\x7f\x7f\0\0",
    ],
)
def test_what_is_no_clock_is_left_alone(frame: bytes) -> None:
    assert measure(id3(frame) + adts_frames(3, 1), listed_s=LISTED_S).ntp == ""


# --- TS ---


def test_ts_lasts_as_long_as_its_frames(transport: list[Item]) -> None:
    for item in transport:
        found = measure(item.data, listed_s=LISTED_S)
        assert found.format == AudioFormat(container="ts", codec="aac", rate_hz=48_000, channels=1)
        assert found.duration_s == pytest.approx(item.duration_s, abs=1e-4)
        assert found.exact
        assert found.whole


def test_ts_of_another_codec_lasts_as_long_as_its_stamps(tmp_path: Path) -> None:
    for item in muxed_items(tmp_path, {}, codec="ac3"):
        found = measure(item.data, listed_s=LISTED_S)
        assert found.format == AudioFormat(container="ts", codec="ac3")
        assert not found.exact
        # Each frame has 32 ms; the muxer packs several into a PES packet, the last one fewer.
        assert found.duration_s == pytest.approx(item.duration_s, abs=0.1)


@pytest.mark.parametrize("lack", [1, 188])
def test_ts_that_lacks_its_end_is_not_whole(transport: list[Item], lack: int) -> None:
    assert not measure(transport[0].data[:-lack], listed_s=LISTED_S).whole


def packets(pid: int, payload: bytes) -> bytes:
    """A payload in packets of 188 bytes, stuffed by adaptation fields."""
    out = bytearray()
    for at in range(0, len(payload), 184):
        piece = payload[at : at + 184]
        stuffing = 184 - len(piece)
        out += bytes([0x47, (0x40 if at == 0 else 0) | pid >> 8, pid & 0xFF])
        out += b"\x30" if stuffing else b"\x10"
        if stuffing:
            out += bytes([stuffing - 1]) + (b"\x00" + b"\xff" * (stuffing - 2))[: stuffing - 1]
        out += piece
    return bytes(out)


def table(kind: int, body: bytes) -> bytes:
    """A section with its pointer field; nobody looks at its CRC."""
    length = 5 + len(body) + 4
    return bytes([0, kind, 0xB0, length, 0, 1, 0xC1, 0, 0]) + body + bytes(4)


def pes(payload: bytes) -> bytes:
    stamp = bytes([0x21, 0, 1, 0, 1])
    return b"\0\0\1\xbd" + struct.pack(">H", 8 + len(payload)) + b"\x80\x80\x05" + stamp + payload


def test_the_senders_clock_is_read_from_ts_too_and_a_frame_counts_where_it_begins() -> None:
    streams = b"\x0f\xe1\x01\xf0\x00" + b"\x15\xe1\x02\xf0\x00"
    tables = packets(0, table(0, b"\0\1\xe1\x00")) + packets(
        0x100, table(2, b"\xe1\x01\xf0\x00" + streams)
    )
    tag = id3(id3_frame(b"TIT3", b"\x033894606003.284"))
    audio = adts_frames(9, 1)
    data = tables + packets(0x102, pes(tag)) + packets(0x101, pes(audio[:-5]))
    found = measure(data, listed_s=LISTED_S)
    assert found.ntp == "3894606003.284"
    assert found.duration_s == pytest.approx(9 * FRAME_S)
    following = measure(tables + packets(0x101, pes(audio[-5:] + audio)), listed_s=LISTED_S)
    assert following.duration_s == pytest.approx(9 * FRAME_S)


def test_ts_without_its_tables_lasts_as_listed(transport: list[Item]) -> None:
    data = transport[0].data
    each = [data[at : at + 188] for at in range(0, len(data), 188)]
    audio = b"".join(packet for packet in each if packet[1] & 0x1F == 1)
    found = measure(audio, listed_s=LISTED_S)
    assert found.format == AudioFormat(container="ts")
    assert (found.duration_s, found.exact) == (LISTED_S, False)


# --- fMP4 ---


def test_fragments_last_as_long_as_their_samples(fragments: tuple[bytes, list[Item]]) -> None:
    init, segments = fragments
    assert is_init_section(init)
    for item in segments:
        found = measure(item.data, init=init, listed_s=LISTED_S)
        assert found.format == AudioFormat(
            container="fmp4", codec="aac", rate_hz=48_000, channels=1
        )
        assert found.duration_s == pytest.approx(item.duration_s, abs=1e-4)
        assert found.exact
        assert found.whole
        assert not measure(item.data[:-1], init=init, listed_s=LISTED_S).whole


def test_fragments_without_their_init_section_last_as_listed(
    fragments: tuple[bytes, list[Item]],
) -> None:
    found = measure(fragments[1][0].data, listed_s=LISTED_S)
    assert found.format == AudioFormat(container="fmp4")
    assert (found.duration_s, found.exact) == (LISTED_S, False)


def test_a_duration_beyond_belief_is_not_believed(fragments: tuple[bytes, list[Item]]) -> None:
    init, segments = fragments
    data = bytearray(segments[0].data)
    run = data.index(b"trun")
    flags, count = struct.unpack_from(">II", data, run + 4)
    struct.pack_into(">II", data, run + 4, flags & ~0x100, 0xFFFFFFFF if count else 0)
    found = measure(bytes(data), init=init, listed_s=LISTED_S)
    assert (found.duration_s, found.exact) == (LISTED_S, False)


# --- whatever comes ---


@given(
    which=st.integers(0, 3),
    at=st.integers(0, 4000),
    damage=st.binary(min_size=1, max_size=24),
    end=st.integers(0, 6000),
)
def test_damage_is_measured_without_an_error(
    fragments: tuple[bytes, list[Item]],
    transport: list[Item],
    which: int,
    at: int,
    damage: bytes,
    end: int,
) -> None:
    init, segments = fragments
    tagged = id3(id3_frame(b"TXXX", b"\x01JSONMetadata\0" + NTP.encode())) + adts_frames(9, 2)
    data = [transport[0].data, segments[0].data, tagged, init][which]
    data = (data[:at] + damage + data[at + len(damage) :])[:end]
    if which == 3:
        init, data = data, segments[0].data
    found = measure(data, init=init, listed_s=LISTED_S)
    assert 0 < found.duration_s <= 11 * LISTED_S + 10
