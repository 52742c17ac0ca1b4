"""Names are given once, and stay."""

import threading
from pathlib import Path

import pytest

from recorder.archive import Archive, SessionFolder
from recorder.types import Seconds
from tests.transcribe.talks import talk
from transcribe import corrections, speakers, transcript
from transcribe.corrections import Edit
from transcribe.errors import TranscriptError, UnknownVoice
from transcribe.speakers import Turn
from transcribe.transcript import Segment


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return talk(Archive(tmp_path), ["Hello.", "Hi.", "Bye."], speakers=["", "a:1", "a:2"])


def said_by(folder: SessionFolder) -> list[str]:
    [item] = transcript.active(folder)
    return [segment.speaker for segment in transcript.load(item.path).segments]


def test_a_track_and_a_voice_have_names(folder: SessionFolder) -> None:
    assert len(speakers.name(folder, "a", " The  host ")) == 1
    speakers.name(folder, "a:1", "A caller")
    assert said_by(folder) == ["The host", "A caller", "a:2"]
    assert speakers.names(folder) == {"a": "The host", "a:1": "A caller"}


def test_a_name_can_be_changed_and_taken_away(folder: SessionFolder) -> None:
    speakers.name(folder, "a", "The host")
    speakers.name(folder, "a:1", "A caller")
    speakers.name(folder, "a", "Ada")
    speakers.name(folder, "a:1", "")
    assert said_by(folder) == ["Ada", "a:1", "a:2"]


def test_a_later_transcript_has_the_names(folder: SessionFolder) -> None:
    speakers.name(folder, "a", "The host")
    [item] = transcript.active(folder)
    fresh = speakers.named(folder, transcript.load(item.path))
    assert [segment.speaker for segment in fresh.segments] == ["The host", "a:1", "a:2"]


def test_a_corrected_transcript_stays_the_active_one(folder: SessionFolder) -> None:
    edit = Edit(at_s=Seconds(1), text="Good evening.")
    corrections.correct(folder, [edit], author="Ada")
    speakers.name(folder, "a", "The host")
    [item] = transcript.active(folder)
    text = transcript.load(item.path)
    assert (text.segments[0].text, text.segments[0].speaker) == ("Good evening.", "The host")
    assert text.author == "Ada"


def test_names_that_are_given_at_once_all_stay(folder: SessionFolder) -> None:
    given = {"a": "Ada", "a:1": "Bo", "a:2": "Cy"}
    threads = [
        threading.Thread(target=speakers.name, args=(folder, *each), name=f"name {each[0]}")
        for each in given.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert speakers.names(folder) == given
    assert said_by(folder) == [*given.values()]
    assert len(transcript.stored(folder)) == 4, "no version took another's place"


def test_a_name_that_changes_nothing_writes_no_version(folder: SessionFolder) -> None:
    assert speakers.name(folder, "a:9", "Nobody yet") == []
    assert len(transcript.stored(folder)) == 1


@pytest.mark.parametrize("who", ["zz", "b:1", "a:", "", "A"])
def test_a_track_that_is_not_there_has_no_speaker(folder: SessionFolder, who: str) -> None:
    with pytest.raises(UnknownVoice, match="no track or voice") as refused:
        speakers.name(folder, who, "Ada")
    assert "Tracks: a;" in refused.value.hint
    assert speakers.names(folder) == {}


def test_a_name_of_a_track_that_went_away_can_still_be_taken_back(folder: SessionFolder) -> None:
    (folder.transcripts / "speakers.json").write_text('{"b": "Bob"}')
    speakers.name(folder, "b", "")
    assert speakers.names(folder) == {}


def test_names_that_cannot_be_read_are_said(folder: SessionFolder) -> None:
    (folder.transcripts / "speakers.json").write_text("[")
    with pytest.raises(TranscriptError, match="give the names again"):
        speakers.names(folder)


def test_the_voice_that_speaks_longest_has_the_segment() -> None:
    def segment(start_s: float, end_s: float) -> Segment:
        return Segment(start_s=Seconds(start_s), end_s=Seconds(end_s), text="x")

    def turn(start_s: float, end_s: float, voice: str) -> Turn:
        return Turn(start_s=Seconds(start_s), end_s=Seconds(end_s), voice=voice)

    turns = [turn(0, 4, "1"), turn(4, 9, "2"), turn(9, 10, "1")]
    found = speakers.assigned([segment(0, 5), segment(3, 8), segment(20, 21)], turns, "a")
    assert [each.speaker for each in found] == ["a:1", "a:2", ""]
