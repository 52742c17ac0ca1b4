from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.errors import NotAudio
from recorder.sources.playlist import (
    ByteRange,
    InitSection,
    Key,
    MasterPlaylist,
    MediaPlaylist,
    is_playlist,
    parse,
)

URL = "https://user:word@host.example/live/list.m3u8?token=secret"


def media(text: str, url: str = URL) -> MediaPlaylist:
    playlist = parse(b"#EXTM3U\n" + text.encode(), url)
    assert isinstance(playlist, MediaPlaylist)
    return playlist


def master(text: str) -> MasterPlaylist:
    playlist = parse(b"#EXTM3U\n" + text.encode(), URL)
    assert isinstance(playlist, MasterPlaylist)
    return playlist


def test_a_live_playlist_numbers_its_segments_and_makes_their_addresses_absolute() -> None:
    playlist = media(
        "#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:41\n"
        "#EXT-X-PROGRAM-DATE-TIME:2024-08-13T00:42:00.500Z\n"
        "#EXTINF:3.5,\na.aac?sig=1\n#EXTINF:4,\n/b.aac\n"
        "#EXT-X-DISCONTINUITY\n#EXT-X-GAP\n#EXTINF:4,\nhttp://other.example/c.aac\n"
    )
    assert playlist.target_duration_s == 4
    assert not playlist.ended
    assert [segment.sequence for segment in playlist.segments] == [41, 42, 43]
    assert [segment.url for segment in playlist.segments] == [
        "https://user:word@host.example/live/a.aac?sig=1",
        "https://user:word@host.example/b.aac",
        "http://other.example/c.aac",
    ]
    assert [segment.duration_s for segment in playlist.segments] == [3.5, 4, 4]
    assert [segment.discontinuity for segment in playlist.segments] == [False, False, True]
    assert [segment.absent for segment in playlist.segments] == [False, False, True]
    assert playlist.segments[1].program_date_time == datetime(2024, 8, 13, 0, 42, 4, tzinfo=UTC)


def test_endlist_is_the_end() -> None:
    assert media("#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n").ended


def test_an_empty_playlist_is_one() -> None:
    assert media("#EXT-X-TARGETDURATION:4\n").segments == ()


def test_a_target_of_zero_is_as_long_as_the_longest_segment() -> None:
    playlist = media("#EXT-X-TARGETDURATION:0\n#EXTINF:0.1,\na.ts\n#EXTINF:0.2,\nb.ts\n")
    assert playlist.target_duration_s == 0.2


def test_byte_ranges_go_on_where_the_one_before_ended() -> None:
    playlist = media(
        '#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI="all.mp4",BYTERANGE="600@10"\n'
        "#EXTINF:4,\n#EXT-X-BYTERANGE:100@610\nall.mp4\n"
        "#EXTINF:4,\n#EXT-X-BYTERANGE:50\nall.mp4\n"
    )
    first, second = playlist.segments
    assert first.byte_range == ByteRange(offset=610, length=100)
    assert second.byte_range == ByteRange(offset=710, length=50)
    assert first.init == InitSection(
        url="https://user:word@host.example/live/all.mp4",
        byte_range=ByteRange(offset=10, length=600),
    )


def test_keys_change_and_end() -> None:
    playlist = media(
        "#EXT-X-TARGETDURATION:4\n"
        '#EXT-X-KEY:METHOD=AES-128,URI="k1"\n#EXTINF:4,\na.ts\n'
        '#EXT-X-KEY:METHOD=AES-128,URI="k2",IV=0x0102\n#EXTINF:4,\nb.ts\n'
        "#EXT-X-KEY:METHOD=NONE\n#EXTINF:4,\nc.ts\n"
    )
    base = "https://user:word@host.example/live/"
    assert [segment.key for segment in playlist.segments] == [
        Key(url=base + "k1"),
        Key(url=base + "k2", iv=bytes(14) + b"\x01\x02"),
        None,
    ]


def test_of_a_master_the_audio_rendition_of_the_best_variant_is_taken() -> None:
    choice = master(
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="low",NAME="en",DEFAULT=YES,URI="low.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="high",NAME="fr",URI="french.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="high",NAME="en",DEFAULT=YES,URI="high.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=9000,CODECS="avc1.4d401f,mp4a.40.2",AUDIO="high"\nv9.m3u8\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=3000,CODECS="avc1.4d401f,mp4a.40.2",AUDIO="low"\nv3.m3u8\n'
    )
    assert choice.ranked()[0].url == "https://user:word@host.example/live/high.m3u8"


def test_of_a_master_without_renditions_the_best_variant_without_a_picture_is_taken() -> None:
    choice = master(
        '#EXT-X-STREAM-INF:BANDWIDTH=9000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=640x360\n'
        "video.m3u8\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=64,CODECS="mp4a.40.5"\nlow.m3u8\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=128,CODECS="mp4a.40.2"\nhigh.m3u8\n'
    )
    assert choice.ranked()[0].url == "https://user:word@host.example/live/high.m3u8"


def test_a_master_with_pictures_alone_gives_its_best() -> None:
    choice = master(
        "#EXT-X-STREAM-INF:BANDWIDTH=500\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=900\nhigh.m3u8\n"
    )
    assert choice.ranked()[0].url == "https://user:word@host.example/live/high.m3u8"


@pytest.mark.parametrize(
    "text",
    [
        "#EXTINF:4,\nfile:///etc/passwd\n",
        '#EXT-X-MAP:URI="file:///etc/passwd"\n#EXTINF:4,\na.mp4\n',
        '#EXT-X-KEY:METHOD=AES-128,URI="data:,key"\n#EXTINF:4,\na.ts\n',
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nconcat:a|b\n",
    ],
)
def test_nothing_but_http_is_reached(text: str) -> None:
    with pytest.raises(NotAudio, match="not http or https") as caught:
        parse(b"#EXTM3U\n" + text.encode(), URL)
    assert "secret" not in str(caught.value)
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b"#EXTM3U\n#EXTINF:nan,\na.ts\n",
        b"#EXTM3U\n#EXTINF:-1,\na.ts\n",
        b"#EXTM3U\n#EXTINF:four,\na.ts\n",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:-4\n#EXTINF:4,\na.ts\n",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:" + b"9" * 40 + b"\n#EXTINF:4,\na.ts\n",
        b"#EXTM3U\n#EXTINF:4,\n#EXT-X-BYTERANGE:100\na.ts\n",
        b"#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:4,\na.ts\n",
        b'#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://k"\n#EXTINF:4,\na.ts\n',
        b"#EXTM3U\n#EXTINF:4,\nhttp://[broken/a.ts\n",
    ],
)
def test_what_is_damaged_protected_or_no_playlist_says_so(body: bytes) -> None:
    with pytest.raises(NotAudio):
        parse(body, URL)


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert is_playlist(b"\xef\xbb\xbf#EXTM3U\n")
    assert parse(b"\xef\xbb\xbf#EXTM3U\n#EXTINF:4,\na.ts\n", URL)


LINES = st.sampled_from(
    [
        "#EXTINF:4,",
        "#EXTINF:",
        "a.ts",
        "#EXT-X-BYTERANGE:5@1",
        '#EXT-X-KEY:METHOD=AES-128,URI="k"',
        "#EXT-X-KEY:nonsense",
        '#EXT-X-MAP:BYTERANGE="1"',
        '#EXT-X-MAP:URI="i"',
        "#EXT-X-STREAM-INF:BANDWIDTH=x",
        "#EXT-X-STREAM-INF:BANDWIDTH=1",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a"',
        "#EXT-X-PROGRAM-DATE-TIME:yesterday",
        "#EXT-X-PROGRAM-DATE-TIME:2024-01-01T00:00:00",
        "#EXT-X-PROGRAM-DATE-TIME:9999-12-31T23:59:59Z",
        "#EXT-X-MEDIA-SEQUENCE:1e3",
        "#EXT-X-PART:DURATION=1",
        "#EXT-X-START:",
        "#EXT-X-SKIP:SKIPPED-SEGMENTS=2",
    ]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=20), max_size=12))
def test_whatever_the_lines_it_is_a_playlist_or_not_audio(lines: list[str]) -> None:
    try:
        playlist = parse("\n".join(["#EXTM3U", *lines]).encode(), URL)
    except NotAudio:
        return
    if isinstance(playlist, MediaPlaylist):
        sequences = [segment.sequence for segment in playlist.segments]
        assert sequences == sorted(set(sequences))
