"""What a person put right stays, with the name and the date, and is what search finds."""

import contextlib
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from recorder.archive import Archive, SessionFolder
from recorder.types import Seconds
from tests.transcribe.talks import STARTED_AT, say, talk
from transcribe import captions, corrections, index, search, transcript, writing
from transcribe.corrections import Edit
from transcribe.errors import TranscriptError
from transcribe.transcript import CORRECTED, Segment, Transcript

LINES = ["Welcome to the show.", "The carrot is delayed.", "Good night."]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def folder(archive: Archive) -> SessionFolder:
    return talk(archive, LINES)


def active(folder: SessionFolder) -> Transcript:
    [item] = transcript.active(folder)
    return transcript.load(item.path)


def at(at_s: float, text: str | None = None, speaker: str | None = None) -> Edit:
    return Edit(at_s=Seconds(at_s), text=text, speaker=speaker)


def test_a_correction_is_a_new_version_with_its_author(folder: SessionFolder) -> None:
    [before] = transcript.active(folder)
    original = before.path.read_bytes()
    path = corrections.correct(folder, [at(7, "The courier is delayed.")], author=" Ada  L. ")
    assert path.name == "a-corrected-en-1.json"
    assert before.path.read_bytes() == original
    now = active(folder)
    assert [segment.text for segment in now.segments] == [
        LINES[0],
        "The courier is delayed.",
        LINES[2],
    ]
    assert (now.author, now.based_on, now.model) == ("Ada L.", before.path.name, "demo")
    assert now.created_at > STARTED_AT


def test_a_second_correction_is_one_of_the_first(folder: SessionFolder) -> None:
    corrections.correct(folder, [at(7, "The courier is delayed.")], author="Ada")
    corrections.correct(folder, [at(1, "Hello."), at(13, "")], author="Bob")
    now = active(folder)
    assert [segment.text for segment in now.segments] == ["Hello.", "The courier is delayed."]
    assert (now.author, now.based_on, now.version) == ("Bob", "a-corrected-en-1.json", 2)


def test_a_later_pass_does_not_take_its_place(folder: SessionFolder) -> None:
    path = corrections.correct(folder, [at(7, "The courier is delayed.")], author="Ada")
    os.utime(path, (0, 0))
    say(folder, ["Something else."])
    assert "courier" in active(folder).text
    assert len(transcript.stored(folder)) == 3


def test_what_was_put_right_is_found(archive: Archive, folder: SessionFolder) -> None:
    def hits(query: str) -> int:
        with contextlib.closing(index.ready(archive)) as db:
            return search.search(db, query).total

    assert (hits("carrot"), hits("courier")) == (1, 0)
    corrections.correct(folder, [at(7, "The courier is delayed.")], author="Ada")
    assert (hits("carrot"), hits("courier")) == (0, 1)


def test_who_said_it_can_be_put_right(folder: SessionFolder) -> None:
    corrections.correct(folder, [at(7, speaker="The host")], author="Ada")
    assert [segment.speaker for segment in active(folder).segments] == ["", "The host", ""]


def test_where_two_speak_at_once_each_is_put_right(folder: SessionFolder) -> None:
    [item] = transcript.active(folder)
    spoken = [("Bo", 0.0, 1.4), ("Ann", 0.0, 1.6), ("Bo", 2.0, 9.0), ("Ann", 3.0, 4.0)]
    segments = tuple(
        Segment(start_s=Seconds(start_s), end_s=Seconds(end_s), text="?", speaker=who)
        for who, start_s, end_s in spoken
    )
    transcript.store(folder, replace(transcript.load(item.path), segments=segments))
    edits = [
        Edit(at_s=Seconds(start_s), text=f"{who} at {start_s:.0f}", whose=who)
        for who, start_s, _ in spoken
    ]
    corrections.correct(folder, edits, author="Ada")
    said = [segment.text for segment in active(folder).segments]
    assert said == ["Bo at 0", "Ann at 0", "Bo at 2", "Ann at 3"]
    corrections.correct(folder, [at(1.5, "later"), at(3.5, "within"), at(8, "on")], author="Ada")
    assert [segment.text for segment in active(folder).segments] == [
        "Bo at 0", "later", "on", "within",
    ]  # fmt: skip
    with pytest.raises(TranscriptError, match=r"Nothing was said by Ann at 8\.0 s"):
        corrections.correct(folder, [replace(at(8, "x"), whose="Ann")], author="Ada")


def test_captions_that_were_edited_elsewhere_come_back(
    folder: SessionFolder, tmp_path: Path
) -> None:
    file = tmp_path / "edited.srt"
    file.write_text(writing.srt(active(folder)).replace("carrot", "courier"))
    corrections.replace_all(folder, captions.read(file), author="Ada")
    assert active(folder).segments[1].text == "The courier is delayed."
    assert active(folder).segments[0].text == LINES[0]


def test_captions_that_come_back_keep_who_spoke(folder: SessionFolder, tmp_path: Path) -> None:
    corrections.correct(folder, [at(1, speaker="Ada"), at(7, speaker="Bo")], author="Ada")
    file = tmp_path / "edited.srt"
    edited = writing.srt(active(folder)).replace("carrot", "courier").replace("Ada:", "Bo:")
    file.write_text(edited + "\n4\n00:00:20,000 --> 00:00:21,000\nAda: And good morning.\n")
    corrections.replace_all(folder, captions.read(file), author="Ada")
    assert [(segment.speaker, segment.text) for segment in active(folder).segments] == [
        ("Bo", LINES[0]),
        ("Bo", "The courier is delayed."),
        ("", LINES[2]),
        ("Ada", "And good morning."),
    ]


def test_a_version_that_is_restored_says_whose_text_it_is(folder: SessionFolder) -> None:
    (machine,) = transcript.active(folder)
    corrections.correct(folder, [at(7, "The courier is delayed.")], author="Ada")
    corrections.restore(folder, machine, author="Bob")
    (restored,) = transcript.active(folder)
    now = active(folder)
    assert (now.author, now.restores) == ("Bob", machine.path.name)
    assert now.segments == transcript.load(machine.path).segments
    assert transcript.source_of(folder, now) == transcript.load(machine.path)
    corrections.correct(folder, [at(7, "The courier is late.")], author="Ada")
    assert active(folder).restores == ""
    corrections.restore(folder, restored, author="Ada")
    assert active(folder).restores == machine.path.name  # whose text it is, not which copy
    machine.path.unlink()
    assert transcript.source_of(folder, active(folder)) == active(folder)


def test_two_at_once_are_one_after_the_other(folder: SessionFolder) -> None:
    threads = [
        threading.Thread(
            target=corrections.correct,
            args=(folder, [at(6 * number + 1, f"Line {number}.")]),
            kwargs={"author": "Ada"},
            name=f"correction {number}",
        )
        for number in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [s.text for s in active(folder).segments] == ["Line 0.", "Line 1.", "Line 2."]


def test_a_moment_of_silence_is_said(folder: SessionFolder) -> None:
    with pytest.raises(TranscriptError, match=r"Nothing was said at 99\.0 s"):
        corrections.correct(folder, [at(99, "x")], author="Ada")
    assert len(transcript.stored(folder)) == 1


def test_of_several_languages_one_is_named(folder: SessionFolder) -> None:
    say(folder, ["Guten Abend."], language="de")
    with pytest.raises(TranscriptError, match="de, en"):
        corrections.correct(folder, [at(1, "x")], author="Ada")
    path = corrections.correct(folder, [at(1, "Guten Tag.")], author="Ada", language="de")
    assert path.name == f"a-{CORRECTED}-de-1.json"


def test_without_a_transcript_there_is_nothing_to_correct(archive: Archive) -> None:
    with pytest.raises(TranscriptError, match="no such transcript"):
        corrections.correct(archive.create("empty", []), [at(1, "x")], author="Ada")


def test_nobody_corrects_nothing(folder: SessionFolder) -> None:
    with pytest.raises(ValueError, match="an author"):
        corrections.correct(folder, [at(1, "x")], author=" ")
    with pytest.raises(ValueError, match="has edits"):
        corrections.correct(folder, [], author="Ada")
