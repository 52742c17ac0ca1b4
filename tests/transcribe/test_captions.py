"""Captions: what others write is read, what we write others read, what is broken is said."""

import ast
import html
import importlib.util
import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.archive import Archive
from recorder.errors import ExportError
from recorder.types import GapReason, Seconds
from tests.recorder.builders import build_session
from transcribe import captions, layout, transcript, writing
from transcribe.errors import TranscriptError
from transcribe.transcript import IMPORTED, UNDETERMINED, Gap, Segment, Transcript, Word

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
    second.write_text("mine")
    first.unlink()
    with pytest.raises(ExportError, match="is there already") as caught:
        captions.export(folder, out, fmt="srt")
    assert caught.value.safe == "It was not touched."
    assert second.read_text() == "mine"
    assert not first.exists()
    (tmp_path / "y.srt").mkdir()
    assert captions.export(folder, tmp_path / "y.srt", fmt="srt")[0].parent.name == "y.srt"


def test_what_would_be_empty_or_misnamed_is_not_written(tmp_path: Path) -> None:
    folder = Archive(tmp_path / "archive").create("Talk", [])
    transcript.store(folder, SPOKEN)
    with pytest.raises(TranscriptError, match="Nothing was said between") as caught:
        captions.export(folder, tmp_path / "part.srt", fmt="srt", from_s=100.0, to_s=200.0)
    assert caught.value.safe == "Nothing was written."
    with pytest.raises(TranscriptError, match="is called as srt is, and vtt was asked for"):
        captions.export(folder, tmp_path / "part.srt", fmt="vtt")
    assert not (tmp_path / "part.srt").exists()
    [gap] = captions.export(folder, tmp_path / "gap.txt", fmt="txt", from_s=10.0, to_s=20.0)
    assert "no audio, connection lost" in gap.read_text()


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
    assert "position:5% align:left\n<v Ann>Yes." in said
    assert "position:95% align:right\n<v Bo>Yes." in said


def test_a_speaker_is_named_where_it_changes() -> None:
    long = Segment(start_s=Seconds(0), end_s=Seconds(9), text="so " * 50, speaker="Ann")
    said = writing.srt(replace(SPOKEN, segments=(long,), gaps=()))
    assert said.count("Ann:") == 1
    assert all(len(line) <= 42 for line in said.splitlines())


MANY = replace(
    SPOKEN,
    gaps=(),
    segments=tuple(
        Segment(start_s=Seconds(start_s), end_s=Seconds(end_s), text=text, speaker=speaker)
        for start_s, end_s, text, speaker in (
            (0.0, 1.4, "Thank you for listening.", "Bo"),
            (0.0, 1.6, "Good evening and welcome --> all of you.", "Ann"),
            (2.0, 2.0, "Yes.", "Ann"),
            (2.0, 2.1, "No, " * 40, "Bo <b>"),
            (9.0, 30.0, "see https://example.org/" + "x" * 150 + " & more", "Ann"),
            (
                40.0,
                52.0,
                "今晩は、スタジオからの生放送です。遅れまして申し訳ありません。" * 3,
                "Bo",
            ),
            (60.0, 66.0, "\u05de\u05d4 \u05e9\u05dc\u05d5\u05de\u05da " * 9, "Ann"),
            (66.0, 66.3, "Ja.", "Bo"),
            (66.4, 66.6, "Nein.", "Bo"),
        )
    ),
)
"""What is hard to lay out: two at once, no time, words that are too long, other scripts."""


def strict(text: str, timing: re.Pattern[str]) -> list[tuple[float, float, list[str]]]:
    """The cues of a file that holds nothing else; each line as it is shown."""
    found = []
    for block in text.strip("\n").split("\n\n"):
        time, *lines = block.split("\n")
        at = timing.fullmatch(time)
        assert at, time
        assert 1 <= len(lines) <= layout.LINES
        start_s, end_s = (captions._seconds(each) for each in at.groups())
        shown = [html.unescape(re.sub(r"^<v [^>]+>", "", line)) for line in lines]
        assert all(line.strip() and layout.width(line) <= layout.LINE for line in shown)
        assert "-->" not in "".join(lines)
        assert start_s < end_s <= start_s + 7
        found.append((start_s, end_s, shown))
    assert found == sorted(found, key=lambda cue: cue[0])
    return found


def packets(path: Path) -> list[tuple[float, float]]:
    """Start and length of each cue, as FFmpeg reads the file."""
    with av.open(path) as file:
        return [
            (float(packet.pts * packet.time_base), float(packet.duration * packet.time_base))
            for packet in file.demux()
            if packet.pts is not None and packet.duration is not None
        ]


def test_hard_captions_are_well_formed_and_players_find_each_cue(tmp_path: Path) -> None:
    subrip = writing.srt(MANY)
    numbers = [int(block.partition("\n")[0]) for block in subrip.strip().split("\n\n")]
    assert numbers == [*range(1, len(numbers) + 1)]
    time = r"(\d\d:\d\d:\d\d{0}\d{{3}}) --> (\d\d:\d\d:\d\d{0}\d{{3}})"
    unnumbered = re.sub(r"^\d+\n(?=\d\d:)", "", subrip, flags=re.MULTILINE)
    plain = strict(unnumbered, re.compile(time.format(",")))
    body = writing.vtt(MANY).removeprefix("WEBVTT\nLanguage: en\n\n")
    place = r"(?: position:(?:5% align:left|95% align:right))?"
    marked = strict(body, re.compile(time.format(r"\.") + place))
    for shown, suffix, text in ((plain, "srt", subrip), (marked, "vtt", writing.vtt(MANY))):
        found = packets(write(tmp_path, f"talk.{suffix}", text))
        assert found == [(start, pytest.approx(end - start)) for start, end, _ in shown]


def test_captions_for_whoever_speaks_to_the_right_are_as_wide_as_others() -> None:
    """`align:start` at 5 % would leave Hebrew 5 % of the width: its start is on the right."""
    assert "align:start" not in writing.vtt(MANY)
    assert "align:end" not in writing.vtt(MANY)


def test_what_holds_line_breaks_and_tabs_stays_a_line() -> None:
    odd = Segment(start_s=Seconds(0), end_s=Seconds(1), text="a\tb\nc", speaker="Ann\t&\nBo")
    text = replace(SPOKEN, segments=(odd,), gaps=())
    assert writing.tsv(text).splitlines()[1:] == ["0\t1000\tAnn & Bo: a b c"]
    assert writing.txt(text) == "Ann & Bo: a b c\n"
    assert writing.markdown(text) == "`00:00:00` **Ann & Bo:** a b c\n"
    named = replace(odd, text="R&amp;D ~~ & so on", speaker="")
    assert "R\\&amp;D \\~\\~ & so on" in writing.markdown(replace(text, segments=(named,)))


def test_languages_without_spaces_are_joined_by_none() -> None:
    said = tuple(
        Segment(start_s=Seconds(at), end_s=Seconds(at + 1), text=text)
        for at, text in ((0, "今晩は。"), (1, "生放送です。"))
    )
    text = replace(SPOKEN, language="ja", segments=said, gaps=())
    assert "今晩は。生放送です。" in writing.markdown(text)


@pytest.mark.parametrize("name", ["tsv", "txt"])
def test_openai_whispers_own_writer_writes_the_same(name: str, tmp_path: Path) -> None:
    utils = pytest.importorskip("whisper.utils")
    segments = tuple(replace(each, speaker="") for each in MANY.segments)
    text = replace(SPOKEN, gaps=(), segments=segments)
    utils.get_writer(name, str(tmp_path))(transcript.to_whisper(text), "talk.wav")
    theirs = (tmp_path / f"talk.{name}").read_text("utf-8")
    assert writing.WRITERS[name](text, None) == theirs.replace("\n\n", "\n")


def test_json_has_the_keys_that_openai_whisper_gives() -> None:
    found = importlib.util.find_spec("whisper")
    assert found is not None
    assert found.origin is not None
    tree = ast.parse(Path(found.origin).with_name("transcribe.py").read_text("utf-8"))
    made = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "new_segment"
    )
    [values] = [node for node in ast.walk(made) if isinstance(node, ast.Dict)]
    theirs = {key.value for key in values.keys if isinstance(key, ast.Constant)}
    words = (Word(text="Yes.", start_s=Seconds(0), end_s=Seconds(1), probability=0.5),)
    heard = Segment(
        start_s=Seconds(0),
        end_s=Seconds(1),
        text="Yes.",
        words=words,
        tokens=(1, 2),
        temperature=0.0,
        avg_logprob=-0.5,
        compression_ratio=1.0,
        no_speech_prob=0.1,
    )
    written = json.loads(writing.whisper_json(replace(SPOKEN, segments=(heard,), gaps=())))
    assert {"text", "segments", "language"} <= set(written)
    [segment] = written["segments"]
    assert set(segment) == {"id", "words", *theirs}
    assert set(segment["words"][0]) == {"word", "start", "end", "probability"}
