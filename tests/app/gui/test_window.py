"""The window over real archives, driven as people drive it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.gui import player, tokens
from app.gui.models import ROW_ROLE
from app.gui.presenters import words
from app.gui.presenters.live import Live
from app.gui.presenters.search import HitEntry
from app.gui.theme import Theme
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.status import Status
from recorder.types import Seconds, State, utc_now
from tests.app.gui import reach
from tests.recorder.builders import build_session
from transcribe import transcript
from transcribe.transcript import Segment, Transcript

Open = Callable[[], Window]


def spoken(folder: SessionFolder, *said: tuple[float, str]) -> SessionFolder:
    segments = tuple(
        Segment(start_s=Seconds(at_s), end_s=Seconds(at_s + 2), text=text) for at_s, text in said
    )
    transcript.store(
        folder,
        Transcript(model="demo", language="en", created_at=utc_now(), segments=segments),
    )
    return folder


@pytest.fixture
def talk(settings: Settings) -> SessionFolder:
    """A session with a gap from 10 s to 12 s."""
    folder = build_session(settings.archive, title="Late talk", markers=[(4.0, "question")])
    return spoken(
        folder,
        (0.5, "Welcome to the live session."),
        (13.0, "We will post the unedited audio after the break."),
    )


def has_rows(window: Window, count: int) -> Callable[[], bool]:
    return lambda: window.side.sessions.rowCount() == count


def choose(qtbot: QtBot, window: Window, place: int) -> None:
    """Click a session in the list."""
    area = window.side.list.visualRect(window.side.sessions.index(place))
    qtbot.mouseClick(
        window.side.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, area.center().y())
    )


def test_an_empty_archive_is_taught_with_the_sample(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    assert window.shown == "now"
    welcome = reach.now(window).welcome
    qtbot.waitUntil(welcome.button.isVisible)
    assert "sample" in welcome.button.text()
    qtbot.waitUntil(lambda: "archive" in welcome.place.sentence.text())


def test_sessions_are_listed_newest_first(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    for title in ("First", "Second", "Third"):
        build_session(settings.archive, title=title)
    window = open_it()
    qtbot.waitUntil(has_rows(window, 3))
    titles = [window.side.sessions.index(place).data() for place in range(3)]
    assert titles == ["Third", "Second", "First"]
    assert not reach.now(window).empty.button.isVisible()


def test_a_new_session_comes_in_without_losing_the_choice(
    qtbot: QtBot, open_it: Open, talk: SessionFolder, settings: Settings
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    build_session(settings.archive, title="Newer")
    qtbot.waitUntil(has_rows(window, 2))
    assert window.side.list.currentIndex().data() == "Late talk"
    assert reach.session(window).head.title.accessibleName() == "Late talk"


def test_a_session_shows_its_transcript_its_gap_and_its_evidence(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    qtbot.waitUntil(lambda: "unedited audio" in reach.session(window).transcript.toPlainText())
    text = reach.session(window).transcript.toPlainText()
    assert text.index("Welcome") < text.index("question") < text.index("gap of 2 s")
    assert "connection lost" in text
    said = [label.text() for label in reach.session(window).findChildren(QLabel)]
    assert "1 gap, 2 s in all" in said
    duration_s = float(talk.timeline().duration_s)
    wave = reach.session(window).waves.overview
    qtbot.waitUntil(lambda: wave.wave.end_s == pytest.approx(duration_s))
    columns = wave.wave.columns(0.0, duration_s, 100)
    assert columns[int(11.0 / duration_s * 100)] is None
    assert columns[0]
    assert any("demo" in text for text in said)


def test_words_are_searched_as_they_are_typed_and_a_hit_plays_from_its_place(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    qtbot.keyClicks(window.bar.field, "unedited audio")
    assert not window.bar.record.isEnabled()
    qtbot.waitUntil(lambda: reach.search(window).model.rowCount() == 2)
    assert window.shown == "search"
    index = reach.search(window).model.index(1)
    entry = index.data(ROW_ROLE)
    assert isinstance(entry, HitEntry)
    assert [entry.text[start:end] for start, end in entry.marks] == ["unedited", "audio"]
    asked: list[tuple[SessionFolder, float]] = []
    window.player.play = lambda folder, at_s: asked.append((folder, at_s))  # type: ignore[method-assign]
    area = reach.search(window).view.visualRect(index)
    qtbot.mouseClick(
        reach.search(window).view.viewport(), Qt.MouseButton.LeftButton, pos=area.center()
    )
    assert [(folder.path, at_s) for folder, at_s in asked] == [(talk.path, 13.0)]


def test_clearing_the_field_leaves_the_search(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.keyClicks(window.bar.field, "qqqqqq zzzzzz")
    qtbot.keyClick(window.bar.field, Qt.Key.Key_Return)
    qtbot.waitUntil(reach.search(window).nothing.isVisible)
    qtbot.mouseClick(reach.search(window).nothing.button, Qt.MouseButton.LeftButton)
    assert not window.bar.text
    assert window.shown == "now"


def test_a_line_of_the_transcript_is_played_by_click_and_by_return(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    view = reach.session(window).transcript
    qtbot.waitUntil(lambda: "Welcome" in view.toPlainText())
    asked: list[float] = []
    view.sought.connect(asked.append)
    block = view.document().findBlockByNumber(2)
    cursor = view.textCursor()
    cursor.setPosition(block.position() + 8)
    view.setTextCursor(cursor)
    spot = view.cursorRect().center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    gap = talk.timeline().gaps[0]
    assert asked == [gap.from_s, gap.from_s]


def test_the_transcript_follows_what_is_heard(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    view = reach.session(window).transcript
    qtbot.waitUntil(lambda: "Welcome" in view.toPlainText())
    reach.session(window).show_position(13.5)
    line, word = view.extraSelections()
    assert line.cursor.selectedText() == "We will post the unedited audio after the break."
    assert word.cursor.selectedText() == "post"  # of two seconds a quarter is over
    reach.session(window).show_position(None)
    assert not view.extraSelections()


def test_without_an_audio_output_it_says_so_and_goes_on(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    window.transport.play.click()
    message = window.transport.notice.message
    if message is None:
        pytest.skip("there is an audio output here")
    assert "no audio output" in message.happened
    assert window.transport.notice.isVisible()
    assert window.player.position_s == 0.0


def test_without_an_audio_output_a_hit_can_be_played_again(
    qtbot: QtBot, open_it: Open, talk: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "_new_sink", lambda _parent: None)
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    window.bar.search_asked.emit("unedited audio")
    qtbot.waitUntil(lambda: reach.search(window).model.rowCount() == 2)
    hit = reach.search(window).model.index(1).data(ROW_ROLE)
    assert isinstance(hit, HitEntry)
    reach.search(window).play_asked.emit(talk, float(hit.start_s))
    transport = window.transport
    assert transport.play.isEnabled()
    assert transport.time.text() == "0:13"
    length = words.clock(talk.timeline().duration_s)
    qtbot.waitUntil(lambda: transport.time.text() == f"0:13 / {length}")
    failures: list[object] = []
    window.player.failed.connect(failures.append)
    transport.play.click()
    assert failures == [player.no_output()]
    assert transport.time.text() == f"0:13 / {length}"


def test_a_title_of_control_characters_is_one_plain_line(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    build_session(settings.archive, title="Late\nnews \x1b[31m\u202e<b>gnp</b>")
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    title = reach.session(window).head.title.accessibleName()
    assert title == "Late news  [31m\u200b<b>gnp</b>"
    reach.session(window).head.title.resize(60, 20)
    assert "&lt;b&gt;" in reach.session(window).head.title.toolTip()


def test_what_a_recorder_says_goes_before_what_the_archive_shows(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    choose(qtbot, window, 0)
    status = Status(state=State.RECONNECTING, end_s=Seconds(22.7), now_s=Seconds(23))
    live = Live(folder=folder, status=status)
    for shown in (live, replace(live, status=replace(status, state=State.RECORDING))):
        window._desk.live_changed.emit((shown,))
        row = window.side.sessions.index(0).data(ROW_ROLE)
        card = reach.now(window).cards[folder.path]
        said = {
            row.look.word,
            card.chip.accessibleName(),
            reach.session(window).head.chip.accessibleName(),
        }
        assert said == {shown.look.word}
        assert row.summary.duration_s == 22
    window._desk.live_changed.emit(())
    assert window.side.sessions.index(0).data(ROW_ROLE).look.word == "Interrupted"


def test_a_corrupt_session_is_said_on_its_page_and_others_are_fine(
    qtbot: QtBot, open_it: Open, talk: SessionFolder, settings: Settings
) -> None:
    broken = build_session(settings.archive, title="Broken")
    broken.journal_path.write_bytes(b"nonsense\nnonsense\n")
    window = open_it()
    qtbot.waitUntil(has_rows(window, 2))
    choose(qtbot, window, 0)
    qtbot.waitUntil(reach.session(window).notice.isVisible)
    choose(qtbot, window, 1)
    qtbot.waitUntil(lambda: "Welcome" in reach.session(window).transcript.toPlainText())
    assert not reach.session(window).notice.isVisible()


def test_an_unreadable_archive_is_said(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    settings.archive.write_text("a file where the folder should be")
    window = open_it()
    qtbot.waitUntil(window.bar.notice.isVisible)
    assert window.bar.notice.message is not None


def test_what_is_not_an_address_is_said_at_the_field_and_kept(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    qtbot.keyClicks(window.bar.field, "http://")
    qtbot.mouseClick(window.bar.record, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.bar.notice.isVisible)
    assert window.bar.text == "http://"
    qtbot.keyClicks(window.bar.field, "x")
    assert not window.bar.notice.isVisible()


def test_an_address_that_is_being_typed_is_not_searched(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    shown = window.shown
    qtbot.keyClicks(window.bar.field, "http:/")
    assert not window.bar._pause.isActive()
    assert window.shown == shown
    window.bar.field.clear()
    qtbot.keyClicks(window.bar.field, "htt")
    assert window.bar._pause.isActive()


def test_what_can_have_the_focus_has_a_name(
    qtbot: QtBot, open_it: Open, talk: SessionFolder
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    nameless = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not _name(widget)
    ]
    assert not nameless, [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}" for widget in nameless
    ]


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    own = widget.accessibleName() or (text() if callable(text) else "")
    is_inside = widget.objectName().startswith("qt_")  # Qt's own parts of a named widget
    return own or ("part" if is_inside else "")


def test_a_button_can_be_relabelled_twenty_thousand_times(qtbot: QtBot, themed: Theme) -> None:
    """PySide6 6.12 on Python 3.11 aborts after some thousand void calls; see shared facts."""
    label = QLabel()
    qtbot.addWidget(label)
    for number in range(20_000):
        label.setText(str(number))
    assert label.text() == "19999"


class _Shown(QObject):
    """Notes what is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QWidget] = []

    def eventFilter(self, part: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() is QEvent.Type.Show and isinstance(part, QWidget) and part.isWindow():
            self.seen.append(part)
        return False


def test_no_part_flashes_as_a_window_of_its_own(
    qtbot: QtBot, qapp: QApplication, open_it: Callable[[], Window]
) -> None:
    shown = _Shown()
    qapp.installEventFilter(shown)
    window = open_it()
    for key in window._entries:
        window.turn_to(key)
        qtbot.waitUntil(window.pages.currentWidget().isVisible)
    window.bar.schedule.click()
    qapp.removeEventFilter(shown)
    assert shown.seen == [window]


def test_to_open_the_window_loads_nothing_heavy(home: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from app.gui.application import open_window\n"
        "from app.settings import Settings\n"
        "application = QApplication([])\n"
        f"root = Path({str(home)!r})\n"
        "window = open_window(Settings(archive=root / 'a', models=root / 'm', model='tiny'))\n"
        "window.grab()\n"
        "loaded = set(sys.modules)\n"
        "window.close()\n"
        "heavy = ('torch', 'whisper', 'faster_whisper', 'av', 'numpy', 'sounddevice', 'yt_dlp',\n"
        "    'psutil', 'filelock', 'sqlite3', 'sqlite_utils', 'rich', 'requests', 'tomlkit',\n"
        "    'app.jobs', 'app.gui.presenters.search', 'transcribe.transcript',\n"
        "    'PySide6.QtMultimedia', 'PySide6.QtNetwork')\n"
        "print([name for name in heavy if name in loaded])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.fixture
def dark(themed: Theme) -> Iterator[None]:
    themed.wear(tokens.DARK)
    yield
    themed.wear(tokens.LIGHT)


def test_dark_is_worn_by_all_of_it(
    qtbot: QtBot, open_it: Open, talk: SessionFolder, dark: None
) -> None:
    window = open_it()
    qtbot.waitUntil(has_rows(window, 1))
    picture = window.grab().toImage()
    for x, y in ((5, 5), (5, picture.height() // 2), (picture.width() - 5, picture.height() // 2)):
        assert picture.pixelColor(x, y).lightness() < 60
