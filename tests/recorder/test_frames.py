"""Frames: no byte lost or invented, no piece that matters, durations as a decoder has them."""

import itertools
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.frames import (
    AdtsParser,
    Frame,
    FrameParser,
    Mp3Parser,
    OggParser,
    is_audio_type,
    parser_for,
    sniff,
)
from recorder.types import AudioFormat
from tests.faults.sound import decoded_samples, encoded
from tests.parts import require

MAKERS: dict[str, Callable[[], FrameParser]] = {
    "mp3": Mp3Parser,
    "aac": AdtsParser,
    "opus": OggParser,
    "flac": OggParser,
}
RATES_HZ = {"mp3": 44_100, "aac": 44_100, "opus": 48_000, "flac": 44_100}
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x14" + b"TXXX\x00\x00\x00\x0a\x00\x00 a tag    "
TORN_HEADERS = b"\xff\xfb\x90\x64 no frame \xff\xf1\x50\x80 nor here OggS\x00 nor ID3 there TA"


def sound(codec: str, seed: int = 1, duration_s: float = 2.0) -> bytes:
    return encoded(codec, duration_s, rate_hz=RATES_HZ[codec], seed=seed)


def joined(frames: list[Frame]) -> bytes:
    return b"".join(frame.data for frame in frames)


def samples(frames: list[Frame]) -> int:
    return sum(frame.samples for frame in frames)


@pytest.mark.parametrize("codec", MAKERS)
def test_frames_are_the_bytes_and_last_as_long_as_libav_decodes(codec: str) -> None:
    data = sound(codec, duration_s=5.0)
    parser = MAKERS[codec]()
    frames = parser.feed(data) + parser.finish()
    assert joined(frames) == data
    assert parser.pending == b""
    assert samples(frames) == decoded_samples(data)
    assert sum(frame.duration_s for frame in frames) == pytest.approx(5.0, abs=0.1)


@pytest.mark.parametrize(
    ("encoder", "muxer", "options"),
    [
        ("libvorbis", "ogg", []),
        ("libopus", "ogg", ["-frame_duration", "60"]),
        ("libmp3lame", "mp3", []),  # with ID3 and a Xing header
        ("libmp3lame", "mp3", ["-ar", "22050", "-ac", "1", "-q:a", "6"]),
        ("mp2", "mp2", []),
        ("aac", "adts", ["-ar", "24000", "-ac", "1"]),
    ],
)
def test_durations_of_what_ffmpeg_makes_are_libavs(
    encoder: str, muxer: str, options: list[str]
) -> None:
    require("ffmpeg")
    command = ["ffmpeg", "-v", "error", "-i", "-", "-c:a", encoder, *options, "-f", muxer, "-"]
    done = subprocess.run(command, input=sound("mp3"), capture_output=True, check=True, timeout=30)
    parser = sniff("", done.stdout, is_all=True)
    assert parser
    frames = parser.feed(done.stdout) + parser.finish()
    assert joined(frames) == done.stdout
    assert samples(frames) == decoded_samples(done.stdout)


def in_pieces(parser: FrameParser, data: bytes, cuts: list[int]) -> list[Frame]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    frames: list[Frame] = []
    for start, end in itertools.pairwise(edges):
        frames += parser.feed(data[start:end])
    return frames


CUTS = st.lists(st.integers(0, 1 << 20), max_size=40)
JUNK = st.one_of(
    st.binary(max_size=64),
    st.just(TORN_HEADERS),
    st.just(ID3),
    st.just(b"\xff" * 5_000),
    st.binary(min_size=9_000, max_size=9_000),
)


@given(codec=st.sampled_from(sorted(MAKERS)), cuts=CUTS, junk=st.lists(JUNK, max_size=3))
def test_pieces_change_nothing_and_no_byte_is_lost(
    codec: str, cuts: list[int], junk: list[bytes]
) -> None:
    one, other = sound(codec), sound(codec, seed=2)
    data = junk[0] if junk else b""
    data += one[: len(one) * 2 // 3]  # torn in a frame
    data += b"".join(junk[1:]) + other
    whole = MAKERS[codec]()
    frames = whole.feed(data)
    pieces = MAKERS[codec]()
    assert in_pieces(pieces, data, cuts) == frames
    assert pieces.pending == whole.pending
    assert joined(frames) + whole.pending == data
    assert joined(frames + whole.finish()) + whole.pending == data


@pytest.mark.parametrize("codec", MAKERS)
def test_a_torn_frame_stays_pending(codec: str) -> None:
    data = sound(codec)
    parser = MAKERS[codec]()
    whole = parser.feed(data) + parser.finish()
    torn = MAKERS[codec]()
    frames = torn.feed(data[:-1]) + torn.finish()
    assert frames == whole[:-1]
    assert torn.pending == whole[-1].data[:-1]


@pytest.mark.parametrize("codec", ["mp3", "aac"])
def test_a_stream_joined_in_mid_frame_begins_with_the_rest_of_that_frame(codec: str) -> None:
    data = sound(codec)
    first = MAKERS[codec]().feed(data)[0]
    frames = MAKERS[codec]().feed(data[7:])
    assert frames[0] == Frame(data=first.data[7:])
    assert all(frame.format for frame in frames[1:])


def test_what_looks_like_a_header_in_junk_is_no_frame() -> None:
    frames = Mp3Parser().feed(TORN_HEADERS + b"\xff\xfb\x90\x64" + sound("mp3"))
    junk = [frame for frame in frames if frame.format is None]
    assert joined(junk) == TORN_HEADERS + b"\xff\xfb\x90\x64"


def test_a_tag_between_frames_is_kept_and_lasts_nothing() -> None:
    data = sound("aac")
    first = AdtsParser().feed(data)[0].data
    frames = AdtsParser().feed(ID3 + first + ID3 + data[len(first) :])
    assert [frame.data for frame in frames if frame.format is None] == [ID3, ID3]
    assert frames[0].duration_s == 0


def test_the_frame_of_a_xing_header_adds_no_sound() -> None:
    data = encoded("mp3", 2.0, has_xing=True)
    tag, xing, first, *_ = Mp3Parser().feed(data)
    assert tag.data.startswith(b"ID3")
    assert b"Xing" in xing.data or b"Info" in xing.data
    assert xing.format
    assert [xing.samples, first.samples] == [0, 1152]


def test_a_change_of_rate_is_followed_once_proved() -> None:
    low = encoded("mp3", 1.0, rate_hz=22_050, channels=1)
    frames = Mp3Parser().feed(sound("mp3") + low)
    rates = [frame.rate_hz for frame in frames]
    assert rates[0] == 44_100
    assert rates[-1] == 22_050
    assert frames[-1].format == AudioFormat(
        container="mp3", codec="mp3", rate_hz=22_050, channels=1
    )


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_oggs_header_pages_are_marked_and_come_with_each_frame(codec: str) -> None:
    frames = OggParser().feed(sound(codec))
    headers = [frame for frame in frames if frame.is_header]
    audio = [frame for frame in frames if frame.samples]
    assert headers
    assert audio
    assert {frame.header for frame in audio} == {joined(headers)}


@pytest.mark.parametrize("codec", ["opus", "flac"])
def test_ogg_that_goes_on_after_its_headers_is_decoded_as_long_as_it_says(codec: str) -> None:
    """Icecast sends a listener the headers and then the pages of now."""
    frames = OggParser().feed(sound(codec, duration_s=5.0))
    served = frames[-1].header + joined([frame for frame in frames if frame.samples][2:])
    again = OggParser().feed(served)
    assert samples(again) == decoded_samples(served)


def test_a_chained_ogg_stream_brings_its_own_headers() -> None:
    frames = OggParser().feed(sound("flac") + sound("opus"))
    codecs = [frame.format.codec for frame in frames if frame.format and frame.samples]
    assert sorted(set(codecs)) == ["flac", "opus"]
    assert b"OpusHead" in frames[-1].header
    assert b"FLAC" not in frames[-1].header


def test_an_ogg_page_with_a_wrong_checksum_is_junk() -> None:
    data = bytearray(sound("opus"))
    frames = OggParser().feed(bytes(data))
    at = len(joined(frames[:3])) + 100
    data[at] ^= 1
    mended = OggParser().feed(bytes(data))
    assert joined(mended) == data
    assert samples(mended) < samples(frames)


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [
        ("mp3", "audio/mpeg"),
        ("mp3", ""),
        ("mp3", "audio/aac"),  # a server that is wrong about itself
        ("aac", "audio/aacp; charset=utf-8"),
        ("aac", "audio/mpeg"),
        ("opus", "application/ogg"),
    ],
)
def test_sniffing_believes_the_bytes(codec: str, content_type: str) -> None:
    parser = sniff(content_type, sound(codec)[100 if codec != "opus" else 0 :])
    assert type(parser) is MAKERS[codec]


@pytest.mark.parametrize("data", [b"", b"<!DOCTYPE html><html><body>no</body></html>" * 99])
def test_sniffing_finds_nothing_in_what_is_no_audio(data: bytes) -> None:
    assert sniff("audio/mpeg", data, is_all=True) is None


def test_audio_types() -> None:
    assert is_audio_type("Audio/MPEG; charset=x")
    assert not is_audio_type("text/html")


@pytest.mark.parametrize("codec", ["mp3", "aac"])
def test_a_parser_for_a_known_format_needs_no_second_frame(codec: str) -> None:
    frame = MAKERS[codec]().feed(sound(codec))[5]
    assert frame.format
    parser = parser_for(frame.format)
    assert parser
    assert [found.data for found in parser.feed(frame.data)] == [frame.data]


def test_no_parser_for_what_is_not_framed_here() -> None:
    assert parser_for(AudioFormat(container="wav")) is None
