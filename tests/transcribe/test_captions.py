"""Captions: what others write is read, what we write others read, what is broken is said."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.archive import Archive
from recorder.types import GapReason, Seconds
from tests.recorder.builders import build_session
from transcribe import captions, transcript, writing
from transcribe.errors import TranscriptError
from transcribe.transcript import IMPORTED, UNDETERMINED, Gap, Segment, Transcript

SPOKEN = Transcript(
    model="tiny",
    language="en",
    created_at=datetime(2024, 8, 13, tzinfo=UTC),
    segments=(
        Segment(
            start_s=Seconds(1.5), end_s=Seconds(3.25), text="Good evening.", speaker="Ann & Bo"
        ),
        Segment(start_s=Seconds(3661), end_s=Seconds(3663.007), text="1 < 2 --> true & so on"),
    ),
    gaps=(Gap(from_s=Seconds(4), to_s=Seconds(58), reason=GapReason.CONNECTION_LOST),),
)


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cues(path: Path) -> list[tuple[float, float, str, str]]:
    return [(s.start_s, s.end_s, s.text, s.speaker) for s in captions.read(path).segments]


def test_srt_is_written_as_players_want_it() -> None:
    assert writing.srt(SPOKEN) == (
        "1\n00:00:01,500 --> 00:00:03,250\nAnn & Bo: Good evening.\n\n"
        "2\n01:01:01,000 --> 01:01:03,007\n1 < 2 -> true & so on\n"
    )


def test_vtt_has_voices_and_says_its_gaps() -> None:
    assert writing.vtt(SPOKEN) == (
        "WEBVTT\nLanguage: en\n\n"
        "00:00:01.500 --> 00:00:03.250\n<v Ann &amp; Bo>Good evening.\n\n"
        "NOTE no audio from 00:00:04.000 to 00:00:58.000: connection lost\n\n"
        "01:01:01.000 --> 01:01:03.007\n1 &lt; 2 --&gt; true &amp; so on\n"
    )


def test_txt_is_for_reading() -> None:
    assert writing.txt(SPOKEN) == (
        "Ann & Bo: Good evening.\n"
        "[00:00:04.000 to 00:00:58.000: no audio, connection lost]\n"
        "1 < 2 --> true & so on\n"
    )


def test_vtt_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, "talk.vtt", writing.vtt(SPOKEN))
    assert captions.read(path).segments == SPOKEN.segments
    assert captions.read(path).language == "en"


def test_whispers_json_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, "talk.json", writing.whisper_json(SPOKEN))
    assert captions.read(path).segments == SPOKEN.segments


def test_srt_as_it_is_found(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "talk.srt",
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500 X1:40 X2:600\r\n"
        "<i>Good</i>\r\n{\\an8}evening &amp; welcome\r\n\r\n\r\n"
        "00:01:00.5 --> 00:01:01.25\r\nno number, points for commas\r\n\r\n"
        "3\r\n00:02:00,000 --> 00:02:01,000\r\n \r\n",
    )
    assert cues(path) == [
        (1, 2.5, "Good evening & welcome", ""),
        (60.5, 61.25, "no number, points for commas", ""),
    ]


def test_vtt_as_it_is_found(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "talk.vtt",
        "WEBVTT - made elsewhere\nKind: captions\nLanguage: de-AT\n\n"
        "STYLE\n::cue { color: red }\n\n"
        "NOTE\n00:00 --> a note, not a cue\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start position:10%\n"
        "<v.loud Mary Ann>Grüß <c.x>Gott</c> <00:01.500>alle\n",
    )
    assert cues(path) == [(1, 2, "Grüß Gott alle", "Mary Ann")]
    assert captions.read(path).language == "de"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("1\n00:00:00,000 --> 00:00:01,000\nCafé\n".encode("cp1252"), "Café"),
        ("1\n00:00:00,000 --> 00:00:01,000\nŁódź\n".encode("utf-16"), "Łódź"),
    ],
)
def test_old_encodings_are_read(tmp_path: Path, data: bytes, text: str) -> None:
    assert captions.read(write(tmp_path, "talk.srt", data)).text == text


def test_whisperx_json_has_speakers_and_words_without_times(tmp_path: Path) -> None:
    values = {
        "segments": [
            {
                "start": 1,
                "end": 2,
                "text": " In 1999.",
                "speaker": "SPEAKER_00",
                "words": [{"word": "In", "start": 1, "end": 1.5, "score": 0.5}, {"word": "1999."}],
            }
        ]
    }
    [segment] = captions.read(write(tmp_path, "talk.json", json.dumps(values))).segments
    assert (segment.speaker, segment.text) == ("SPEAKER_00", "In 1999.")
    assert [(word.text, word.probability) for word in segment.words] == [("In", 0.5)]


def test_an_imported_transcript_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "talk.en.srt", writing.srt(SPOKEN))
    os.utime(path, (1e9, 1e9))
    read = captions.read(path)
    assert (read.model, read.engine, read.language) == (IMPORTED, "srt", "en")
    assert read.created_at == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    other = write(tmp_path, "talk.final.srt", writing.srt(SPOKEN))
    assert captions.read(other).language == UNDETERMINED


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("talk.srt", "1\n00:00:02,000 --> 00:00:01,000\nbackwards\n"),
        ("talk.srt", "1\nsoon --> later\nno time\n"),
        ("talk.srt", "one\ntwo\nthree\n00:00:01,000 --> 00:00:02,000\nlost\n"),
        ("talk.srt", "nothing at all"),
        ("talk.srt", b"\x00\x81\x8d\x8f"),
        ("talk.vtt", "00:01.000 --> 00:02.000\nno header\n"),
        ("talk.vtt", "WEBVTT\n"),
        ("talk.json", "{}"),
        ("talk.json", "[1, 2"),
        ("talk.json", '{"segments": []}'),
        ("talk.json", '{"segments": [{"start": 0, "end": 1e999, "text": "x"}]}'),
        ("talk.txt", "plain text has no times"),
    ],
)
def test_what_is_no_transcript_is_said(tmp_path: Path, name: str, data: str | bytes) -> None:
    with pytest.raises(TranscriptError, match=rf"talk\.{name[5:]}"):
        captions.read(write(tmp_path, name, data))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="can't be read"):
        captions.read(tmp_path / "nowhere.srt")


@given(
    st.text(
        st.sampled_from("0123456789:,.->\n \rWEBVTTNOTE<v>{}\\&;aé") | st.characters(), max_size=80
    ),
    st.sampled_from(["srt", "vtt", "json"]),
)
def test_any_text_is_read_or_refused(tmp_path_factory: object, text: str, suffix: str) -> None:
    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    try:
        read = captions.read(path)
    except TranscriptError:
        return
    assert all(s.text and 0 <= s.start_s <= s.end_s for s in read.segments)


def test_export_writes_the_file_that_is_named(tmp_path: Path) -> None:
    folder = Archive(tmp_path).create("Talk", [])
    for language in ("de", "en"):
        said = Segment(start_s=Seconds(0), end_s=Seconds(1), text="Ja")
        text = Transcript(
            track="a", model="m", language=language, segments=(said,), created_at=datetime.now(UTC)
        )
        transcript.store(folder, text)
    out = tmp_path / "new" / "x.SRT"
    first, second = captions.export(folder, out, fmt="srt")
    assert first == out
    assert out.read_text("utf-8").startswith("1\n")
    assert second.parent == out.parent
    assert second.name.startswith("x-a-")
    (tmp_path / "y.srt").mkdir()
    assert captions.export(folder, tmp_path / "y.srt", fmt="srt")[0].parent.name == "y.srt"


def test_export_writes_a_file_for_each_track_and_language(tmp_path: Path) -> None:
    folder = Archive(tmp_path / "archive").create("Talk", [])
    with pytest.raises(TranscriptError, match="no transcript yet"):
        captions.export(folder, tmp_path / "out", fmt="srt")
    transcript.store(folder, SPOKEN)
    for fmt, writer in writing.WRITERS.items():
        [path] = captions.export(folder, tmp_path / "out", fmt=fmt)
        assert path.name == f"{folder.path.name}-a-en.{fmt}"
        [text] = transcript.active(folder)
        assert path.read_text("utf-8") == writer(transcript.load(text.path), None)


def test_tsv_is_whispers() -> None:
    first, *rows = writing.tsv(SPOKEN).splitlines()
    assert first == "start\tend\ttext"
    assert rows[0] == "1500\t3250\tAnn & Bo: Good evening."


def test_markdown_has_speakers_times_and_gaps() -> None:
    said = writing.markdown(SPOKEN)
    assert "`00:00:01` **Ann & Bo:** Good evening." in said
    assert "*00:00:04 54.0 s without audio: connection lost*" in said
    assert "1 \\< 2 --\\> true & so on" in said
    on_the_wall = writing.markdown(SPOKEN, datetime(2024, 8, 13, 0, 42, tzinfo=UTC))
    assert "`2024-08-13 00:42:01 UTC` **Ann & Bo:** Good evening." in on_the_wall


BEGAN = datetime(2024, 8, 13, 0, 42, tzinfo=UTC)


def test_text_says_the_wall_clock_in_place_of_session_time() -> None:
    said = writing.txt(SPOKEN, BEGAN).splitlines()
    assert said[0] == "[2024-08-13 00:42:01 UTC] Ann & Bo: Good evening."
    assert said[1] == "[2024-08-13 00:42:04 UTC: 54.0 s without audio: connection lost]"


def test_tables_and_programs_get_the_wall_clock_beside_session_time() -> None:
    first, row, *_ = writing.tsv(SPOKEN, BEGAN).splitlines()
    assert first == "start\tend\ttext\tstart_at"
    assert row == "1500\t3250\tAnn & Bo: Good evening.\t2024-08-13T00:42:01.500Z"
    values = json.loads(writing.whisper_json(SPOKEN, BEGAN))
    assert values["segments"][0]["start"] == 1.5
    assert values["segments"][0]["end_at"] == "2024-08-13T00:42:03.250Z"


def test_captions_keep_the_audios_time_and_vtt_says_when_it_began() -> None:
    noted = writing.vtt(SPOKEN, BEGAN)
    assert "NOTE 00:00:00.000 is 2024-08-13T00:42:00" in noted
    assert noted.replace("NOTE 00:00:00.000 is 2024-08-13T00:42:00.000Z\n\n", "") == (
        writing.vtt(SPOKEN)
    )


def test_what_has_no_place_for_the_wall_clock_says_so(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive")
    transcript.store(folder, SPOKEN)
    with pytest.raises(TranscriptError, match="srt holds session time alone"):
        captions.export(folder, tmp_path / "out", fmt="srt", wall_clock=True)
    for fmt in writing.WITH_WALL_CLOCK:
        [path] = captions.export(folder, tmp_path / "out", fmt=fmt, wall_clock=True)
        assert str(folder.summary().started_at)[:10] in path.read_text("utf-8")


def test_a_range_keeps_session_time() -> None:
    part = writing.within(SPOKEN, 3.0, 60.0)
    assert [segment.start_s for segment in part.segments] == [1.5]
    assert part.gaps == SPOKEN.gaps
    assert writing.within(SPOKEN, 100.0).gaps == ()


def test_speakers_stand_on_their_sides() -> None:
    two = replace(
        SPOKEN,
        segments=tuple(
            Segment(start_s=Seconds(at), end_s=Seconds(at + 1), text="Yes.", speaker=who)
            for at, who in ((1, "Ann"), (3, "Bo"))
        ),
    )
    said = writing.vtt(two)
    assert "position:5% align:start\n<v Ann>Yes." in said
    assert "position:95% align:end\n<v Bo>Yes." in said


def test_a_speaker_is_named_where_it_changes() -> None:
    long = Segment(start_s=Seconds(0), end_s=Seconds(9), text="so " * 50, speaker="Ann")
    said = writing.srt(replace(SPOKEN, segments=(long,), gaps=()))
    assert said.count("Ann:") == 1
    assert all(len(line) <= 42 for line in said.splitlines())
