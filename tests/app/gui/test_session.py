"""The page of a session, driven as people drive it."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import editing
from app.gui import tokens
from app.gui.jobs_watch import JobsWatch
from app.gui.pages.session import SessionPage
from app.gui.panel import Panel
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.live import Live
from app.gui.presenters.session import Span, Strip
from app.gui.replaying import Replays
from app.gui.window import Window
from app.jobs import Job, JobState, Request
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.status import Status
from recorder.types import Seconds, State, utc_now
from tests.app.cli.test_compare import edited
from tests.app.gui import reach
from tests.recorder.builders import adts_part, build_session
from tests.recorder.test_completing import other, ours
from transcribe import transcript
from transcribe.queue import Queue, path_of
from transcribe.transcript import Segment, Transcript, Word

Open = Callable[[], Window]

SAID = (
    (0.5, "Welcome to the live session."),
    (5.0, "We will post the unedited audio after the break."),
    (13.0, "No unedited data was lost."),
)


def segment(start_s: float, text: str) -> Segment:
    """A segment whose words last 0.4 s each."""
    words = tuple(
        Word(text=word, start_s=Seconds(start_s + n * 0.4), end_s=Seconds(start_s + n * 0.4 + 0.35))
        for n, word in enumerate(text.split())
    )
    return Segment(start_s=Seconds(start_s), end_s=words[-1].end_s, text=text, words=words)


@pytest.fixture
def talk(settings: Settings) -> SessionFolder:
    """A session with a gap from 10 s to 12 s, and what was said in it."""
    folder = build_session(settings.archive, title="Late talk", markers=[(4.0, "question")])
    segments = tuple(segment(at_s, text) for at_s, text in SAID)
    transcript.store(
        folder, Transcript(model="demo", language="en", created_at=utc_now(), segments=segments)
    )
    return folder


@pytest.fixture
def page(qtbot: QtBot, open_it: Open, talk: SessionFolder) -> SessionPage:
    """The page of the talk, read."""
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(talk)
    page = reach.session(window)
    qtbot.waitUntil(lambda: "Welcome" in page.transcript.toPlainText())
    return page


def spot_of(page: SessionPage, word: str) -> QPoint:
    """Where a word stands in the transcript's viewport."""
    cursor = QTextCursor(page.transcript.document().find(word))
    cursor.setPosition(cursor.selectionStart() + 1)
    return page.transcript.cursorRect(cursor).center()


def select(page: SessionPage, first: str, last: str) -> None:
    """Select from a word to another one."""
    document = page.transcript.document()
    cursor = QTextCursor(document.find(first))
    end = document.find(last, cursor.selectionEnd() - 1)
    cursor.setPosition(cursor.selectionStart())
    cursor.setPosition(end.selectionEnd(), QTextCursor.MoveMode.KeepAnchor)
    page.transcript.setTextCursor(cursor)


def test_a_click_on_a_word_plays_from_it(qtbot: QtBot, page: SessionPage) -> None:
    asked: list[float] = []
    page.play_asked.connect(lambda _folder, at_s: asked.append(at_s))
    viewport = page.transcript.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot_of(page, "break"))
    assert asked == [pytest.approx(5.0 + 8 * 0.4)]


def test_the_word_that_sounds_is_marked_and_between_words_none_flickers(page: SessionPage) -> None:
    def marked() -> list[str]:
        return [each.cursor.selectedText() for each in page.transcript.extraSelections()]

    page.show_position(5.85)
    assert marked() == [SAID[1][1], "post"]
    page.show_position(5.0 + 3 * 0.4 + 0.38)  # just behind 'the'
    assert marked()[-1] == "the"
    page.show_position(9.9)
    assert marked() == [SAID[1][1]]
    page.show_position(None)
    assert marked() == []


def test_what_recorded_nothing_offers_no_work_on_it(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, [], title="Nothing came")
    window = open_it()
    window.show_session(folder)
    page = reach.session(window)
    qtbot.waitUntil(lambda: not page.head.export.isEnabled())
    assert not page.head.other.isEnabled()
    assert not page.panel.evidence.verify.isEnabled()


def test_no_caret_stands_in_a_lines_time(qtbot: QtBot, page: SessionPage) -> None:
    view = page.transcript
    cursor = view.textCursor()
    for place, is_shown in ((0, False), (len("0:00"), False), (view.toPlainText().find("W"), True)):
        cursor.setPosition(place)
        view.setTextCursor(cursor)
        assert bool(view.cursorWidth()) is is_shown


def test_a_line_is_put_right_and_that_is_undone_and_done_again(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    viewport = page.transcript.viewport()
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot_of(page, "unedited"))
    editor = page.text.editor
    assert editor.isVisible()
    editor.text.setPlainText("We will post all of it.")
    editor.speaker.setCurrentText("The host")
    qtbot.keyClick(editor.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The host  We will post all of it." in page.transcript.toPlainText())
    stored = max(transcript.stored(talk), key=lambda each: each.path.stat().st_mtime_ns)
    assert transcript.load(stored.path).author
    assert "Corrected by" in page.text.state.accessibleName()
    qtbot.waitUntil(page.text.undo.isVisible)
    qtbot.keyClick(page.waves.detail, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: SAID[1][1] in page.transcript.toPlainText())
    qtbot.waitUntil(page.text.redo.isVisible)
    qtbot.keyClick(page.waves.detail, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "post all of it" in page.transcript.toPlainText())
    assert len(transcript.stored(talk)) == 4  # nothing that anybody wrote is lost


def test_an_editor_that_is_left_changes_nothing(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    page._on_correction_asked(0)
    page.text.editor.text.setPlainText("something else")
    qtbot.keyClick(page.text.editor, Qt.Key.Key_Escape)
    assert not page.text.editor.isVisible()
    assert len(transcript.stored(talk)) == 1


def test_words_are_found_in_the_session_one_after_the_other(
    qtbot: QtBot, page: SessionPage
) -> None:
    qtbot.keyClick(page.waves.detail, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    finder = page.text.finder
    qtbot.keyClicks(finder.field, "UNEDITED")
    qtbot.waitUntil(lambda: finder.count.text() == "1 of 2")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert finder.count.text() == "2 of 2"
    found = [each.cursor.selectedText() for each in page.transcript.extraSelections()]
    assert found == ["unedited", "unedited"]
    qtbot.keyClick(finder.field, Qt.Key.Key_Escape)
    assert not finder.isVisible()
    assert not page.transcript.extraSelections()


def test_a_selection_becomes_a_clip_and_a_quote(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    wanted: list[Wanted] = []
    page.export_asked.connect(wanted.append)
    select(page, "post", "unedited")
    assert page.text.choice.isVisible()
    page.text.choice.clip.click()
    (clip,) = wanted
    assert [folder.path for folder in clip.folders] == [talk.path]
    assert clip.from_s == pytest.approx(5.0 + 2 * 0.4)
    assert clip.to_s == pytest.approx(5.0 + 4 * 0.4 + 0.35)
    QApplication.clipboard().clear()
    page.text.choice.quote.click()
    qtbot.waitUntil(lambda: "SHA-256" in QApplication.clipboard().text())
    assert SAID[1][1] in QApplication.clipboard().text()


def test_a_marker_is_added_where_the_playhead_is_and_named_in_place(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    page.show_position(7.5)
    assert page.mark()
    qtbot.waitUntil(lambda: len(page.panel.markers.facts.facts._facts) == 2)
    assert page.panel.tabs.currentIndex() == Panel.MARKERS
    page.panel.markers.renamed.emit(7.5, "the answer")
    qtbot.waitUntil(lambda: "the answer" in page.transcript.toPlainText())
    assert [(each.at_s, each.text) for each in talk.info().markers] == [(7.5, "the answer")]
    page.panel.markers.removed.emit(7.5)
    qtbot.waitUntil(lambda: "the answer" not in page.transcript.toPlainText())


def test_notes_are_kept_and_their_times_jump(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    asked: list[float] = []
    page.play_asked.connect(lambda _folder, at_s: asked.append(at_s))
    page.panel.turn_to(Panel.NOTES)
    notes = page.panel.notes
    page.show_position(13.0)
    qtbot.keyClick(notes.text, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(notes.text, "after the gap")
    qtbot.keyClick(notes.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == [13.0]
    notes.keep()
    qtbot.waitUntil(lambda: talk.info().notes == "0:13  after the gap")


def test_to_verify_says_that_all_is_as_it_was_and_what_is_not(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    evidence = page.panel.evidence
    evidence.verify.click()
    qtbot.waitUntil(lambda: evidence.verdict.sentence.text() == "Everything is as it was recorded.")
    path = talk.audio / "a-000001.aac"
    data = bytearray(path.read_bytes())
    data[500] ^= 0xFF
    path.write_bytes(data)
    evidence.verify.click()
    qtbot.waitUntil(lambda: "not as" in evidence.verdict.sentence.text())
    assert "a-000001.aac was changed" in evidence.verdict.told.text()


def test_the_evidence_lists_gaps_with_reasons_and_parts_with_hashes(page: SessionPage) -> None:
    facts = page.panel.evidence.facts.facts._facts
    gap = next(fact for fact in facts if fact.kind == "gap")
    assert "connection lost" in gap.title
    assert gap.at_s == pytest.approx(10.0, abs=0.1)
    parts = [fact for fact in facts if fact.kind == "part"]
    assert [len(part.copied) for part in parts] == [64, 64]


def test_title_and_host_are_edited(qtbot: QtBot, page: SessionPage, talk: SessionFolder) -> None:
    page.head.edit.click()
    page.details.fields["title"].setText("Another  title")
    page.details.fields["host"].setText("Ada")
    qtbot.keyClick(page.details.fields["host"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.head.title.accessibleName() == "Another title")
    qtbot.waitUntil(lambda: page.head.about.accessibleName().startswith("Ada"))
    assert talk.info().host == "Ada"
    assert not page.details.isVisible()


def test_keys_play_step_and_choose(qtbot: QtBot, page: SessionPage) -> None:
    asked: list[float] = []
    wanted: list[Wanted] = []
    page.play_asked.connect(lambda _folder, at_s: asked.append(at_s))
    page.export_asked.connect(wanted.append)
    page.show_position(2.0)
    for text in ("L", "[", "L", "]", "x", "j"):
        qtbot.keyClicks(page.waves.detail, text)
    (clip,) = wanted
    assert (clip.from_s, clip.to_s) == (12.0, pytest.approx(22.0, abs=0.2))
    assert page.waves.detail.position_s == pytest.approx(12.0, abs=0.2)
    qtbot.keyClicks(page.waves.detail, " ")
    assert asked == [pytest.approx(12.0, abs=0.2)]
    qtbot.keyClicks(page.waves.detail, ">")
    assert page._player.hearing.pace == 1.25


def test_the_keys_are_listed_until_the_next_key(qtbot: QtBot, page: SessionPage) -> None:
    qtbot.keyClicks(page.waves.detail, "?")
    assert page._overlay is not None
    assert page._overlay.isVisible()
    page.window().resize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_LEAST_HEIGHT)
    qtbot.waitUntil(lambda: page.width() < tokens.WINDOW_LEAST_WIDTH)
    assert page.rect().contains(page._overlay.geometry())
    qtbot.keyClick(page._overlay, Qt.Key.Key_Escape)
    assert not page._overlay.isVisible()


def test_the_waveform_zooms_and_says_what_lies_under_the_pointer(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    duration_s = float(talk.timeline().duration_s)
    detail = page.waves.detail
    qtbot.waitUntil(lambda: detail.wave.end_s > 20)
    middle = detail._x(11.0)
    assert "connection lost" in detail.said_of(middle)
    assert "question" in detail.said_of(detail._x(4.0))
    page.waves.overview.stretch_asked.emit(8.0, 14.0)
    assert (detail.view.from_s, detail.view.to_s) == (8.0, 14.0)
    qtbot.keyClicks(detail, "+")
    assert detail.view.length_s == pytest.approx(4.0)
    qtbot.keyClicks(detail, "0")
    assert detail.view.to_s == pytest.approx(duration_s)


def test_versions_are_listed_shown_and_used(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    fresh = Transcript(
        model="small", language="en", created_at=utc_now(), segments=(segment(1.0, "Newer text."),)
    )
    transcript.store(talk, fresh)
    page.panel.turn_to(Panel.VERSIONS)
    versions = page.panel.versions
    qtbot.waitUntil(lambda: len(versions._versions) == 2)
    old = next(each for each in versions._versions if each.title == "Whisper demo")
    assert not old.is_active
    versions.used.emit(old)
    qtbot.waitUntil(lambda: len(transcript.stored(talk)) == 3)
    qtbot.waitUntil(lambda: "Welcome" in page.transcript.toPlainText())
    (active,) = transcript.active(talk)
    assert transcript.load(active.path).based_on == "a-small-en-1.json"


def caption(number: int, start_s: float, text: str, tentative: str = "", lag_s: float = 0) -> bytes:
    values = {
        "number": number, "track": "a", "start_s": start_s, "end_s": start_s + 2, "text": text,
        "tentative": tentative, "is_final": not tentative, "lag_s": lag_s,
    }  # fmt: skip
    return json.dumps(values).encode() + b"\n"


def test_one_of_several_texts_is_chosen_and_stays_chosen(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="Zwei Sprachen")
    for language, said in (("en", "Good evening."), ("de", "Guten Abend.")):
        segment = Segment(start_s=Seconds(1), end_s=Seconds(3), text=said)
        from_ = "de" if language == "en" else ""
        text = Transcript(
            model="base", language=language, translated_from=from_, created_at=utc_now(),
            segments=(segment,),
        )  # fmt: skip
        transcript.store(folder, text)
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    qtbot.waitUntil(lambda: "Guten Abend." in page.transcript.toPlainText())  # what is spoken
    assert page.text.texts.isVisible()
    assert page.text.texts.text() == "German"
    other = next(a for a in page.text.texts.menu().actions() if a.text() == "English")
    assert not other.isChecked()
    other.trigger()
    qtbot.waitUntil(lambda: "Good evening." in page.transcript.toPlainText())
    assert "translated from German" in page.text.state.accessibleName()
    page._on_corrected(0, "Good evening, all.", "")
    qtbot.waitUntil(lambda: "Good evening, all." in page.transcript.toPlainText())
    assert page.text.texts.text() == "English"


def test_a_transcript_is_asked_for_as_one_likes(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="Talk")
    settings.models.mkdir()
    (settings.models / "tiny.pt").write_bytes(b"weights")
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    page.panel.turn_to(Panel.VERSIONS)
    versions = page.panel.versions
    qtbot.waitUntil(versions.again.isVisible)
    versions.again.click()
    form = versions.form
    qtbot.waitUntil(lambda: form.model.findData("tiny") > 0)
    form.model.setCurrentIndex(form.model.findData("tiny"))
    form.language.setCurrentIndex(form.language.findData("de"))
    form.translation.setChecked(True)
    form._ask.click()
    assert not form.isVisible()

    def asked() -> list[tuple[str, str, str, bool]]:
        if not path_of(settings.archive).exists():
            return []
        with contextlib.closing(Queue(path_of(settings.archive))) as queue:
            return [(job.model, job.language, job.task, job.by_channel) for job in queue.jobs()]

    qtbot.waitUntil(lambda: asked() == [("tiny", "de", "translate", False)])


def colour_of(page: SessionPage, said: str) -> str:
    cursor = page.transcript.document().find(said)
    return cursor.charFormat().foreground().color().name()


def test_captions_grow_while_it_records_and_say_how_far_behind_they_are(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, [adts_part(8.0)], title="Live", sealed=False)
    folder.derived.mkdir(exist_ok=True)
    path = folder.derived / "captions.jsonl"
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    live = Live(
        folder=folder, status=Status(state=State.RECORDING, end_s=Seconds(8), now_s=Seconds(8))
    )
    path.write_bytes(caption(0, 0.5, "Good evening.") + caption(1, 3.0, "My", "apol", 7.0))
    page._on_live((live,))
    qtbot.waitUntil(lambda: "My apol …" in page.transcript.toPlainText())
    assert "7 s behind: the recording comes first" in page.text.state.accessibleName()
    assert colour_of(page, "My") != colour_of(page, "apol") != colour_of(page, "Good")
    assert colour_of(page, "My") == colour_of(page, "Good")
    with path.open("ab") as file:
        file.write(caption(1, 3.0, "My apologies.", lag_s=1.0))
    qtbot.waitUntil(lambda: "My apologies." in page.transcript.toPlainText())
    assert page.transcript.toPlainText().count("\n") == 1
    assert "1 s behind the sound" in page.text.state.accessibleName()
    gap = Span(from_s=Seconds(2.6), to_s=Seconds(2.9), text="stalled")
    page._on_live((replace(live, strip=Strip(duration_s=Seconds(8), gaps=(gap,))),))
    with path.open("ab") as file:
        file.write(caption(2, 6.0, "Good night."))
    qtbot.waitUntil(lambda: "Good night." in page.transcript.toPlainText())
    assert [line.kind for line in page.transcript.lines] == ["speech", "gap", "speech", "speech"]


@pytest.fixture
def recordings(settings: Settings, tmp_path: Path) -> tuple[SessionFolder, Path, Path]:
    """A session, an edited copy of it, and another recording; made before the window's watch."""
    whole_file = other(tmp_path).path
    assert whole_file is not None
    return ours(settings.archive), edited(tmp_path), whole_file


def test_two_recordings_are_compared_and_one_completes_the_other(
    qtbot: QtBot, recordings: tuple[SessionFolder, Path, Path], open_it: Open
) -> None:
    folder, cut_file, whole_file = recordings
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    page.head.other.click()
    compare = page.compare
    compare.compare_with(str(cut_file))
    assert compare._runs.isVisibleTo(compare)
    qtbot.waitUntil(lambda: compare._found is not None, timeout=60_000)
    found = compare._found
    assert found is not None
    (cut,) = [each for each in found.differences if each.kind == "missing"]
    assert found.theirs.end_s > 10
    row = found.differences.index(cut)
    compare.list.setCurrentIndex(compare.list.facts.index(row))
    compare.list.picked.emit(row)
    assert compare.ours.view.from_s <= cut.from_s <= compare.ours.view.to_s
    assert compare.theirs.view.from_s <= cut.theirs_from_s <= compare.theirs.view.to_s
    compare.compare_with(str(whole_file))
    qtbot.waitUntil(lambda: compare._found is not None, timeout=60_000)
    compare.complete.click()
    qtbot.waitUntil(lambda: compare.notice.message is not None, timeout=60_000)
    assert "filled, as track b" in str(compare.notice.message)
    qtbot.waitUntil(compare.undo.isVisible)
    compare.undo.click()
    qtbot.waitUntil(lambda: "taken away" in str(compare.notice.message), timeout=20_000)
    assert "b" not in folder.timeline().tracks


def test_a_comparison_is_cancelled_at_once(
    qtbot: QtBot, recordings: tuple[SessionFolder, Path, Path], open_it: Open
) -> None:
    folder, file, _ = recordings
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    page.head.other.click()
    page.compare.compare_with(str(file))
    page.compare.cancel.click()
    assert page.compare._running is None
    assert not page.compare._runs.isVisible()
    page.compare.compare_with("nothing-of-the-kind")
    qtbot.waitUntil(lambda: page.compare.notice.message is not None, timeout=60_000)
    assert "nothing-of-the-kind" in str(page.compare.notice.message)


def test_what_was_just_written_is_kept_when_the_window_closes(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    page.panel.turn_to(Panel.NOTES)
    qtbot.keyClicks(page.panel.notes.text, "the last words")
    page.window().close()
    assert talk.info().notes == "the last words"


def test_a_voice_is_named_everywhere_and_stays_so(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder
) -> None:
    page._on_correction_asked(0)
    editor = page.text.editor
    editor.speaker.setCurrentText("The host")
    editor.everywhere.setChecked(True)
    qtbot.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.transcript.toPlainText().count("The host") == 3)
    names = json.loads((talk.transcripts / "speakers.json").read_bytes())
    assert names == {"a": "The host"}


def test_play_in_the_bar_begins_where_the_playhead_is(
    page: SessionPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[tuple[SessionFolder | None, float]] = []
    monkeypatch.setattr(page._player, "play", lambda *what: played.append(what))
    page.show_position(13.0)
    window = page.window()
    assert isinstance(window, Window)
    window.transport.play.click()
    assert played == [(page.folder, 13.0)]


def test_the_cover_is_shown_beside_the_title(
    qtbot: QtBot, page: SessionPage, talk: SessionFolder, tmp_path: Path
) -> None:
    assert page.head.cover.isHidden()
    picture = QImage(640, 480, QImage.Format.Format_RGB32)
    picture.fill(0x336699)
    path = tmp_path / "cover.png"
    assert picture.save(str(path))
    editing.edit(talk, editing.Changes(cover=path))
    page._read()
    qtbot.waitUntil(page.head.cover.isVisible)
    assert page.head.cover.pixmap().width() == page.head.cover.width() * page.devicePixelRatio()
    editing.edit(talk, editing.Changes(no_cover=True))
    page._read()
    qtbot.waitUntil(page.head.cover.isHidden)


def test_a_replay_is_offered_waited_for_and_given_up(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ours(settings.archive, page="https://radio.example/talk")
    asked: list[Request] = []
    monkeypatch.setattr(JobsWatch, "start", lambda _self, request: asked.append(request))
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    qtbot.waitUntil(page.replay.isVisible)
    assert "radio.example" in page.replay.text.text()
    page.replay.button.click()
    (request,) = asked
    assert request.details["folder"] == str(folder.path)
    job = Job(id="7", request=request, state=JobState.RUNNING, asked_at=utc_now())
    replays = Replays.of(window._desk)
    replays._watch.changed.emit((job,))
    assert page.replay.button.text() == "Wait no longer"
    done: list[tuple[str, str]] = []
    monkeypatch.setattr(JobsWatch, "do", lambda _self, *what: done.append(what))
    page.replay.button.click()
    assert done == [("cancel", "7")]
    replays._watch.changed.emit((replace(job, state=JobState.DONE),))
    assert page.replay.isHidden()
    assert window.bar.notice.message is not None
    assert "came" in window.bar.notice.message.happened


def test_lists_of_the_panel_leave_the_pages_keys_to_it(
    qtbot: QtBot, page: SessionPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[float] = []
    monkeypatch.setattr(page._player, "play", lambda _folder, at_s: played.append(at_s))
    page.show_position(5.0)
    page.panel.turn_to(Panel.MARKERS)
    facts = page.panel.markers.facts
    qtbot.waitUntil(facts.hasFocus)
    qtbot.keyClick(facts, Qt.Key.Key_Space)
    assert played == [5.0]
    qtbot.keyClick(facts, Qt.Key.Key_3)
    assert page.panel.tabs.currentIndex() == Panel.NOTES
    qtbot.waitUntil(page.panel.notes.text.hasFocus)


def test_in_a_low_window_the_overview_has_the_pages_keys(qtbot: QtBot, page: SessionPage) -> None:
    qtbot.waitUntil(page.waves.detail.hasFocus)
    page.window().resize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_LEAST_HEIGHT)
    qtbot.waitUntil(page.waves.overview.hasFocus)
