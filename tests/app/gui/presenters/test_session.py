from pathlib import Path

from app.gui.presenters.session import LineKind, Page, load
from recorder.archive import SessionFolder
from recorder.types import Seconds, utc_now
from tests.recorder.builders import build_session
from transcribe import transcript
from transcribe.transcript import Segment, Transcript


def say(folder: SessionFolder, *said: tuple[float, float, str]) -> None:
    transcript.store(
        folder,
        Transcript(
            model="demo",
            language="en",
            created_at=utc_now(),
            segments=tuple(
                Segment(start_s=Seconds(start_s), end_s=Seconds(end_s), text=text)
                for start_s, end_s, text in said
            ),
        ),
    )


def lines(page: Page) -> list[tuple[str, float]]:
    return [(line.kind, line.start_s) for line in page.lines]


def test_gaps_and_markers_stand_between_what_was_said(tmp_path: Path) -> None:
    folder = build_session(tmp_path, markers=[(4.0, "here")])
    say(folder, (0.5, 3.0, "Welcome."), (13.0, 15.0, "No data was lost."))
    page = load(folder)
    gap = page.strip.gaps[0]
    assert lines(page) == [
        (LineKind.SPEECH, 0.5),
        (LineKind.MARK, 4.0),
        (LineKind.GAP, gap.from_s),
        (LineKind.SPEECH, 13.0),
    ]
    assert page.lines[2].text == "gap of 2 s: connection lost"
    assert "demo" in page.made_by


def test_the_line_at_a_moment_is_the_last_that_has_begun(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    say(folder, (0.5, 3.0, "Welcome."), (4.0, 5.0, "Again."))
    page = load(folder)
    assert [page.line_at(at_s) for at_s in (0.0, 0.5, 3.9, 4.0)] == [-1, 0, 0, 1]


def test_the_strip_is_the_timeline(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    strip = load(folder).strip
    timeline = folder.timeline()
    assert strip.duration_s == timeline.duration_s
    assert [(run.from_s, run.to_s) for run in strip.runs] == [
        (run.start_s, run.end_s) for run in timeline.tracks["a"].runs
    ]


def test_a_broken_transcript_is_said_and_the_rest_is_shown(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    folder.transcripts.mkdir()
    (folder.transcripts / "a-demo-en-1.json").write_text("{")
    page = load(folder)
    assert page.problem
    assert "can't be read" in page.problem.happened
    assert page.strip.duration_s > 20


def test_a_broken_journal_is_said(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    folder.journal_path.write_bytes(b"{}\n{}\n")
    page = load(folder)
    assert page.problem
    assert not page.lines
