"""Transcripts as files: what is written is read again, and what is broken is said."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.archive import Archive, SessionFolder
from recorder.errors import StorageError
from recorder.types import GapReason, Seconds
from transcribe import transcript
from transcribe.errors import TranscriptError
from transcribe.transcript import UNDETERMINED, Gap, Segment, Transcript, Word

SPOKEN = Transcript(
    model="large-v3-turbo",
    model_sha256="aff2",
    engine="openai",
    language="en",
    options={"beam_size": 5},
    created_at=datetime(2024, 8, 13, 0, 42, tzinfo=UTC),
    segments=(
        Segment(
            start_s=Seconds(1.5),
            end_s=Seconds(3.25),
            text="Welcome to the session.",
            words=(
                Word(text="Welcome", start_s=Seconds(1.5), end_s=Seconds(2), probability=0.75),
                Word(text="to", start_s=Seconds(2), end_s=Seconds(2.1)),
            ),
            speaker="Host",
            tokens=(50364, 2205),
            temperature=0.2,
            avg_logprob=-0.25,
            compression_ratio=1.5,
            no_speech_prob=0.125,
        ),
        Segment(start_s=Seconds(60), end_s=Seconds(62), text="“Unedited”, they said — ünïcödé."),
    ),
    gaps=(Gap(from_s=Seconds(4), to_s=Seconds(58), reason=GapReason.CONNECTION_LOST),),
)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return Archive(tmp_path).create("Talk", [])


def test_what_is_stored_is_read_again(folder: SessionFolder) -> None:
    path = transcript.store(folder, SPOKEN)
    assert path.name == "a-large-v3-turbo-en-1.json"
    assert transcript.load(path) == SPOKEN


def test_a_file_is_whispers_json(folder: SessionFolder) -> None:
    values = json.loads(transcript.store(folder, SPOKEN).read_bytes())
    assert list(values) == ["text", "segments", "language", "aircheck"]
    assert values["text"] == "".join(segment["text"] for segment in values["segments"])
    assert list(values["segments"][0])[:10] == [
        "id",
        "seek",
        "start",
        "end",
        "text",
        "tokens",
        "temperature",
        "avg_logprob",
        "compression_ratio",
        "no_speech_prob",
    ]
    assert values["segments"][0]["words"][0] == {
        "word": " Welcome",
        "start": 1.5,
        "end": 2,
        "probability": 0.75,
    }
    assert values["aircheck"]["gaps"] == [{"from_s": 4, "to_s": 58, "reason": "connection lost"}]


def test_languages_without_spaces_get_none(folder: SessionFolder) -> None:
    spoken = replace(SPOKEN, language="ja")
    values = json.loads(transcript.store(folder, spoken).read_bytes())
    assert values["text"] == "Welcome to the session.“Unedited”, they said — ünïcödé."


def test_versions_count_and_nothing_is_overwritten(folder: SessionFolder) -> None:
    first = transcript.store(folder, SPOKEN)
    before = first.read_bytes()
    second = transcript.store(folder, SPOKEN)
    other = transcript.store(folder, replace(SPOKEN, model="tiny.en"))
    assert [item.path for item in transcript.stored(folder)] == [first, second, other]
    assert transcript.load(second).version == 2
    assert first.read_bytes() == before


def test_the_newest_of_each_track_and_language_is_active(folder: SessionFolder) -> None:
    old = transcript.store(folder, replace(SPOKEN, model="medium"))
    new = transcript.store(folder, replace(SPOKEN, model="base"))
    german = transcript.store(folder, replace(SPOKEN, language="de"))
    side = transcript.store(folder, replace(SPOKEN, track="b"))
    for age, path in enumerate((side, german, new, old)):
        os.utime(path, (1e9 - age, 1e9 - age))
    assert {item.path for item in transcript.active(folder)} == {new, german, side}


def test_a_folder_without_transcripts_has_none(folder: SessionFolder) -> None:
    assert transcript.stored(folder) == transcript.active(folder) == []
    folder.transcripts.mkdir()
    (folder.transcripts / "notes.txt").write_text("not a transcript")
    (folder.transcripts / "talk.json").write_text("{}")
    assert transcript.stored(folder) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda values: values["segments"][0].update(start=9),
        lambda values: values["segments"][0].update(end=float("nan")),
        lambda values: values["segments"][0].update(start=-1),
        lambda values: values["segments"][0].update(start="1"),
        lambda values: values["segments"][0].pop("text"),
        lambda values: values.update(segments=7),
        lambda values: values.pop("aircheck"),
        lambda values: values["aircheck"].update(created_at="yesterday"),
        lambda values: values["aircheck"]["gaps"][0].update(reason="boredom"),
    ],
)
def test_a_damaged_file_is_said(folder: SessionFolder, damage: object) -> None:
    path = transcript.store(folder, SPOKEN)
    values = json.loads(path.read_bytes())
    assert callable(damage)
    damage(values)
    path.write_text(json.dumps(values))
    with pytest.raises(TranscriptError, match="can't be read as a transcript") as caught:
        transcript.load(path)
    assert caught.value.safe == "The audio is untouched."


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe{}", b'{"segments": [', b"[" * 5000])
def test_what_is_no_transcript_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a-tiny-en-1.json"
    path.write_bytes(data)
    with pytest.raises(TranscriptError):
        transcript.load(path)


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        transcript.load(tmp_path / "a-tiny-en-1.json")


@pytest.mark.parametrize("model", ["../escape", "a/b", "x\n"])
def test_a_name_that_would_leave_the_folder_is_refused(folder: SessionFolder, model: str) -> None:
    with pytest.raises(ValueError, match="can't be a transcript's name"):
        transcript.store(folder, replace(SPOKEN, model=model))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("yue", "yue"),
        ("pt_BR", "pt"),
        ("english", UNDETERMINED),
        ("", UNDETERMINED),
        (None, UNDETERMINED),
        (7, UNDETERMINED),
    ],
)
def test_language_codes(said: object, code: str) -> None:
    assert transcript.language_code(said) == code


SECONDS = st.floats(0, 1e6).map(lambda value: Seconds(round(value, 3)))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.strip)
SEGMENTS = st.builds(
    lambda start, length, text, speaker: Segment(
        start_s=start, end_s=Seconds(start + length), text=text, speaker=speaker
    ),
    SECONDS,
    SECONDS,
    TEXT,
    TEXT,
)


@given(segments=st.lists(SEGMENTS, max_size=5), language=st.sampled_from(["en", "zh", "und"]))
def test_any_text_survives_json(segments: list[Segment], language: str) -> None:
    spoken = replace(SPOKEN, language=language, segments=transcript.in_order(segments), version=1)
    values = json.loads(json.dumps(transcript.to_whisper(spoken)))
    again = transcript.from_whisper(values, created_at=spoken.created_at)
    assert again.segments == spoken.segments
    assert again.language == language
