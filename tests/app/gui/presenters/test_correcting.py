from pathlib import Path

from app.gui.presenters import session
from app.gui.presenters.correcting import Correcting, versions
from recorder.archive import Archive, SessionFolder
from recorder.types import Seconds, utc_now
from tests.recorder.builders import build_session
from transcribe import transcript
from transcribe.quotes import quote
from transcribe.transcript import Segment, Stored, Transcript


def talk(root: Path, *speakers: str) -> SessionFolder:
    folder = build_session(root)
    segments = tuple(
        Segment(start_s=Seconds(n * 2), end_s=Seconds(n * 2 + 1), text=f"line {n}", speaker=who)
        for n, who in enumerate(speakers)
    )
    transcript.store(
        folder, Transcript(model="demo", language="en", created_at=utc_now(), segments=segments)
    )
    return folder


def active(folder: SessionFolder) -> Stored:
    (found,) = transcript.active(folder)
    return found


def texts(folder: SessionFolder) -> list[str]:
    return [each.text for each in transcript.load(active(folder).path).segments]


def speakers(folder: SessionFolder) -> list[str]:
    return [each.speaker for each in transcript.load(active(folder).path).segments]


def test_each_correction_is_a_version_and_the_way_back_is_one_too(tmp_path: Path) -> None:
    folder = talk(tmp_path, "", "")
    correcting = Correcting(Archive(tmp_path), folder, "Ada")
    correcting.correct(active(folder), 0.5, "first")
    correcting.correct(active(folder), 2.5, "second")
    assert texts(folder) == ["first", "second"]
    correcting.undo()
    assert texts(folder) == ["first", "line 1"]
    correcting.undo()
    assert texts(folder) == ["line 0", "line 1"]
    assert not correcting.can_undo
    correcting.redo()
    correcting.redo()
    assert texts(folder) == ["first", "second"]
    correcting.redo()  # nothing more
    assert not correcting.can_redo
    correcting.undo()
    correcting.correct(active(folder), 2.5, "other")
    assert not correcting.can_redo
    assert len(transcript.stored(folder)) == 9
    newest = versions(folder)[0]
    assert (newest.title, newest.is_active) == ("Corrected by Ada", True)


def test_what_was_taken_back_is_the_machines_again(tmp_path: Path) -> None:
    folder = talk(tmp_path, "", "")
    correcting = Correcting(Archive(tmp_path), folder, "Ada")
    before = session.load(folder).made_by
    correcting.correct(active(folder), 0.5, "first")
    assert "Ada" in session.load(folder).made_by
    correcting.undo()
    assert session.load(folder).made_by == before
    assert [each.title for each in versions(folder)][:2] == ["Restored by Ada", "Corrected by Ada"]
    assert quote(folder, Seconds(0.0), Seconds(1.0)).made_by.startswith("demo")
    correcting.redo()
    assert "Ada" in session.load(folder).made_by


def test_who_was_named_by_hand_is_named_anew_in_all_their_lines(tmp_path: Path) -> None:
    folder = talk(tmp_path, "Bob", "Ada", "Bob")
    correcting = Correcting(Archive(tmp_path), folder, "Ada")
    correcting.name_speaker(active(folder), "Bob", "Robert")
    assert speakers(folder) == ["Robert", "Ada", "Robert"]
    assert not (folder.transcripts / "speakers.json").exists()
    correcting.undo()
    assert speakers(folder) == ["Bob", "Ada", "Bob"]


def test_a_voice_keeps_its_name_for_what_comes_and_may_get_another(tmp_path: Path) -> None:
    folder = talk(tmp_path, "a:1", "a:2", "a:1")
    correcting = Correcting(Archive(tmp_path), folder, "Ada")
    correcting.name_speaker(active(folder), "a:1", "The host")
    assert speakers(folder) == ["The host", "a:2", "The host"]
    correcting.name_speaker(active(folder), "The host", "Grace")
    assert speakers(folder) == ["Grace", "a:2", "Grace"]
    assert '"a:1": "Grace"' in (folder.transcripts / "speakers.json").read_text()


def test_a_correction_that_is_taken_back_leaves_the_names_that_were_given_before(
    tmp_path: Path,
) -> None:
    folder = talk(tmp_path, "a:1", "a:2")
    correcting = Correcting(Archive(tmp_path), folder, "Ada")
    shown = active(folder)
    correcting.name_speaker(shown, "a:1", "The host")
    correcting.correct(shown, 0.5, "first")  # of the version that was shown before
    correcting.undo()
    assert texts(folder) == ["line 0", "line 1"]
    assert speakers(folder) == ["The host", "a:2"]
    assert "The host, a:2" in versions(folder)[0].detail


def test_a_version_that_can_not_be_read_is_listed_and_said(tmp_path: Path) -> None:
    folder = talk(tmp_path, "")
    (folder.transcripts / "a-broken-en-1.json").write_text("{")
    said = {version.title: version for version in versions(folder)}
    assert "can't be read" in said["a-broken-en-1.json"].detail
    assert "1 segment" in said["Whisper demo"].detail
