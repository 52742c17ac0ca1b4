"""The window's frame: places, keys, pasting and dropping, the tray, quitting, what it remembers."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.broadcast import SampleBroadcast
from app.gui import tokens
from app.gui.presenters.capture import Offer, Offers, Wish
from app.gui.presenters.live import Act, Live, recover
from app.gui.window import Window
from app.settings import Settings
from recorder import launch
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import RecorderError
from recorder.schedule import Repeat
from recorder.status import Status
from recorder.types import Seconds, State, iso, utc_now
from tests.app.gui import reach
from tests.parts import wait_until
from tests.recorder.builders import build_session

Open = Callable[[], Window]

LINK = "https://radio.example/live.m3u8"
WITHIN_MS = 20_000


@pytest.fixture(autouse=True)
def _recorders_end(settings: Settings) -> Iterator[None]:
    """No recorder outlives its test."""
    yield
    for folder in Archive(settings.archive).folders():
        with contextlib.suppress(RecorderError):
            Client(folder).stop()
        wait_until(lambda folder=folder: not launch.is_running(folder), 30, "the recorder's end")


def live(folder: SessionFolder, state: State = State.RECORDING, end_s: float = 90.0) -> Live:
    status = Status(state=state, end_s=Seconds(end_s), now_s=Seconds(end_s))
    return Live(folder=folder, status=status)


def press(window: Window, keys: str) -> None:
    """Press keys, as a desktop does that has given them to the window."""
    wanted = QKeySequence(keys)
    for shortcut in window.findChildren(QShortcut):
        if shortcut.key() == wanted:
            shortcut.activated.emit()
            return
    button = next(each for each in window.side.buttons.values() if each.shortcut() == wanted)
    button.click()


def show(qtbot: QtBot, window: Window, *sessions: Live) -> None:
    """Show sessions as if their recorders had answered."""
    window._desk._on_live(sessions)
    qtbot.waitUntil(lambda: len(reach.now(window).cards) == len(sessions))


# --- places and what is remembered ---------------------------------------------------------------


def test_every_place_of_the_side_is_turned_to_by_click_and_by_key(
    qtbot: QtBot, open_it: Open
) -> None:
    window = open_it()
    for number, (key, button) in enumerate(window.side.buttons.items(), 1):
        window.turn_to("session")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.shown == key
        assert button.isChecked()
        window.turn_to("session")
        assert not button.isChecked()
        press(window, f"Ctrl+{number}")
        assert window.shown == key


def test_size_and_place_are_as_they_were(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    window.resize(780, 600)
    window.turn_to("library")
    window.close()
    again = open_it()
    assert (again.width(), again.height()) == (780, 600)
    assert again.shown == "library"


def test_where_there_is_little_room_the_side_is_a_rail(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    button = window.side.buttons["library"]
    assert button.text() == "Library"
    window.resize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_LEAST_HEIGHT)
    qtbot.waitUntil(lambda: window.side.width() == tokens.RAIL_WIDTH)
    assert not button.text()
    assert button.accessibleName() == "Library"
    assert not window.side.list.isVisible()


def test_the_keys_are_listed_on_every_page(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    for key in ("now", "settings"):
        window.turn_to(key)
        press(window, "?")
        overlay = window.place(key)._overlay
        assert overlay is not None
        assert overlay.isVisible()
        qtbot.keyClick(overlay, Qt.Key.Key_Escape)
        assert not overlay.isVisible()


# --- what is to be recorded ----------------------------------------------------------------------


def test_a_link_that_is_pasted_anywhere_is_armed(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    QApplication.clipboard().setText(f"Tonight!\n{LINK}\n")
    window.side.buttons["library"].setFocus()
    press(window, "Ctrl+V")
    assert window.bar.text == LINK
    assert window.bar.record.isEnabled()
    assert window.bar.window().focusWidget() is window.bar.field


def test_words_that_are_pasted_are_no_source(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    QApplication.clipboard().setText("unedited audio")
    press(window, "Ctrl+V")
    assert not window.bar.text


def test_a_link_that_is_dropped_is_armed(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    data = QMimeData()
    data.setUrls([QUrl(LINK)])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(entering)
    assert entering.isAccepted()
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))
    assert window.bar.text == LINK


def test_a_source_is_chosen_or_recorded_from_the_menu(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    wishes: list[Wish] = []
    window.bar.record_asked.disconnect()
    window.bar.record_asked.connect(wishes.append)
    offer = Offer(id="mic-1", name="Desk <b>mic", text="device:Desk mic", icon="mic")
    menu = window.bar.menu
    menu.show_offers(Offers(found=(offer,)))
    menu.show_levels({"mic-1": (-9.0, -20.0)})
    row = menu.rows["mic-1"]
    assert row.meter.accessibleDescription() == "-9 dBFS"
    assert row.name.accessibleName() == "Desk <b>mic"
    row.choose.click()
    assert window.bar.text == "device:Desk mic"
    assert not wishes
    row.record.click()
    assert [wish.source for wish in wishes] == ["device:Desk mic"]


def test_the_menu_hears_only_while_it_is_open(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    qtbot.mouseClick(window.bar.sources, Qt.MouseButton.LeftButton)
    assert window._desk._ear is not None
    window.bar.menu.hide()
    assert window._desk._ear is None


def test_a_schedule_is_read_from_words_and_asked_for(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    bar, panel = window.bar, window.bar.panel
    wishes: list[Wish] = []
    bar.record_asked.disconnect()
    bar.record_asked.connect(wishes.append)
    bar.field.setText(LINK)
    bar.schedule.click()
    assert panel.isVisible()
    panel.words.setFocus()
    qtbot.keyClicks(panel.words, "tomorrow 20:00 Europe/Berlin")
    assert panel.zone.currentText() == "Europe/Berlin"
    assert panel.time.time().hour() == 20
    assert "Announced for" in panel.preview.text()
    assert bar.record.text() == "Schedule"
    panel.repeat.setCurrentIndex(2)
    panel.length.setText("90m")
    panel.mirrors.setPlainText("https://mirror.example/\nsystem")
    panel.together.setCurrentIndex(1)
    bar.record.click()
    (wish,) = wishes
    assert wish.source == LINK
    assert wish.when.endswith("20:00")
    assert (wish.zone, wish.repeat, wish.length) == ("Europe/Berlin", Repeat.WEEKLY, "90m")
    assert wish.mirrors == ("https://mirror.example/", "system")
    assert wish.together


def test_a_time_that_cannot_be_is_said_and_not_recorded(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    bar = window.bar
    bar.field.setText(LINK)
    bar.schedule.click()
    qtbot.keyClicks(bar.panel.words, "some day")
    assert "not a time" in bar.panel.preview.text()
    assert not bar.record.isEnabled()
    bar.panel.words.clear()
    bar.panel.reset()
    assert bar.record.isEnabled()


def test_the_reason_stands_above_the_fields_and_return_goes_where_it_is_mended(
    qtbot: QtBot, open_it: Open
) -> None:
    window = open_it()
    window.resize(tokens.WINDOW_LEAST_WIDTH, 760)
    bar, panel = window.bar, window.bar.panel
    asked: list[Wish] = []
    bar.record_asked.disconnect()
    bar.record_asked.connect(asked.append)
    bar.field.setText(LINK)
    bar.schedule.click()
    qtbot.keyClicks(panel.words, "blah")
    assert "blah" in panel.preview.text()
    assert panel._warning.isVisible()
    assert not bar.unfolded.isAncestorOf(panel.preview)  # it can't scroll away
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert window.focusWidget() is panel.words
    assert not asked
    panel.words.clear()
    qtbot.keyClicks(panel.words, "tomorrow 20:00")
    assert not panel._warning.isVisible()
    qtbot.keyClick(panel.words, Qt.Key.Key_Return)
    (wish,) = asked
    assert wish.when.endswith("20:00")


def test_escape_folds_the_schedule_up(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    bar = window.bar
    for part in (bar.panel.words, bar.panel.mirrors):
        bar.schedule.click()
        assert bar.schedule.isChecked()
        qtbot.keyClick(part, Qt.Key.Key_Escape)
        assert not bar.panel.isVisible()
        assert not bar.panel.head.isVisible()
        assert not bar.schedule.isChecked()


# --- the tray, the desktop, quitting -------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the desktop was told."""
    said: list[str] = []

    def tell(title: str, text: str) -> bool:
        said.append(f"{title}: {text}")
        return True

    monkeypatch.setattr("app.gui.tray._tell_by_command", tell)
    monkeypatch.setattr("app.gui.tray.sys.platform", "linux")
    return said


def test_the_desktop_is_told_when_a_session_goes_live(
    qtbot: QtBot, open_it: Open, settings: Settings, told: list[str]
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    show(qtbot, window, live(folder, State.WAITING, 0))
    show(qtbot, window, live(folder))
    assert told == ["Late talk: It is live, and recorded."]
    assert "1 recording" in window.tray.icon.toolTip()


def test_the_trays_menu_stops_and_marks(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build_session(settings.archive, title="Late & live", sealed=False)
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    show(qtbot, window, live(folder))
    asked: list[tuple[str, SessionFolder]] = []
    monkeypatch.setattr(window._desk, "stop", lambda folder: asked.append(("stop", folder)))
    monkeypatch.setattr(window._desk, "mark", lambda folder: asked.append(("mark", folder)))
    (stop,) = window.tray.stops.actions()
    assert stop.text() == "Late && live"
    stop.trigger()
    window.tray.mark.trigger()
    assert asked == [("stop", folder), ("mark", folder)]


def test_a_closed_window_waits_in_the_tray(
    qtbot: QtBot, open_it: Open, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    window = open_it()
    for _ in range(2):
        window.close()
        assert not window.isVisible()
        window.tray.open_asked.emit()
        assert window.isVisible()
    assert len(told) == 1
    assert "tray" in told[0]
    window.leave()
    assert not window.isVisible()


def test_quitting_says_what_goes_on_and_asks_by_no_dialog(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    show(qtbot, window, live(folder))
    press(window, "Ctrl+Q")
    assert window.isVisible()
    assert window.parting.accessibleName().startswith("1 session ")
    assert QApplication.activeModalWidget() is None
    qtbot.keyClick(window.parting, Qt.Key.Key_Escape)
    assert not window.parting.isVisible()
    window.quit()
    window.parting.quit.click()
    assert not window.isVisible()


def test_without_anything_live_quitting_just_quits(qtbot: QtBot, open_it: Open) -> None:
    window = open_it()
    window.quit()
    assert not window.isVisible()


# --- cards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (State.SCHEDULED, "Call off"),
        (State.WAITING, "Record system audio"),
        (State.REFUSED, "Record system audio"),
        (State.RECONNECTING, "Record system audio"),
        (State.PAUSED, "Show folder"),
        (State.FAILED, "Try again"),
        (State.RECORDING, ""),
        (State.FINISHING, ""),
    ],
)
def test_every_state_suggests_one_thing(
    qtbot: QtBot, open_it: Open, settings: Settings, state: State, act: str
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    show(qtbot, window, live(folder, state, 0))
    (card,) = reach.now(window).cards.values()
    assert card.act.isHidden() != bool(act)
    if act:
        assert act in (card.act.text(), card.act.accessibleName())
    assert card.chip.accessibleName()


def test_a_refused_session_can_be_heard_by_the_systems_sound(
    qtbot: QtBot, open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    show(qtbot, window, live(folder, State.REFUSED, 0))
    asked: list[SessionFolder] = []
    monkeypatch.setattr(window._desk, "record_system", asked.append)
    (card,) = reach.now(window).cards.values()
    card.act.click()
    assert asked == [folder]
    assert live(folder, State.REFUSED).act is Act.RECORD_SYSTEM


def test_the_last_seconds_of_a_live_session_are_saved_while_it_goes_on(
    qtbot: QtBot, open_it: Open, settings: Settings, tmp_path: Path
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    window._desk._settings = replace(settings, exports=tmp_path / "clips")
    show(qtbot, window, live(folder, end_s=22.0))
    reach.now(window).cards[folder.path].clip_asked.emit(folder, 2.0, 8.0)
    qtbot.waitUntil(window.bar.notice.isVisible, timeout=WITHIN_MS)
    message = window.bar.notice.message
    assert message is not None
    assert "is saved" in message.happened
    (clip,) = (tmp_path / "clips").iterdir()
    assert clip.name in message.happened
    assert message.is_good
    assert message.file == clip
    assert window.bar.notice.show_file.isVisible()
    with av.open(str(clip)) as media:
        assert media.duration is not None
        assert media.duration / av.time_base == pytest.approx(6.0, abs=0.2)
    recover(folder)
    window._desk.look_now()
    proof = clip.with_name(f"{clip.name}.proof.json")
    qtbot.waitUntil(proof.exists, timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: "can be verified" in str(window.bar.notice.message), timeout=WITHIN_MS)


def test_a_note_is_written_at_its_moment_by_key(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    show(qtbot, window, live(folder, end_s=62.0))
    window.side.setFocus()
    press(window, "N")
    card = reach.now(window).cards[folder.path]
    assert card.moment.isVisible()
    qtbot.keyClicks(card.moment.field, "ask him")
    qtbot.keyClick(card.moment.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: folder.info().notes == "1:02  ask him")


def test_a_schedule_is_shown_whole_and_one_below_the_other_where_there_is_no_room(
    qtbot: QtBot, open_it: Open
) -> None:
    window = open_it()
    bar, panel = window.bar, window.bar.panel
    bar.schedule.click()
    qtbot.waitUntil(lambda: bar.unfolded.height() >= panel.sizeHint().height())
    assert panel.words.x() > panel.title.geometry().right()
    bar.record.setFocus()
    seen = [bar.record.nextInFocusChain()]
    while seen[-1] is not panel.at_once and len(seen) < 40:
        seen.append(seen[-1].nextInFocusChain())
    assert [part for part in seen if part in panel.fields] == list(panel.fields)
    height = panel.sizeHint().height()
    panel.words.setText("tomorrow 20:00 Europe/Berlin")
    panel.words.editingFinished.emit()
    assert panel.at_once.isVisible()
    assert panel.sizeHint().height() == height  # nothing jumps
    assert "20" in panel.day.text()
    assert any(letter.isalpha() for letter in panel.day.text())  # 3 4 2027 may be two days
    window.resize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_HEIGHT)
    qtbot.waitUntil(lambda: panel.words.y() > panel.title.geometry().bottom())
    assert panel.words.x() == panel.title.x()
    assert panel.width() <= bar.unfolded.viewport().width()


def test_a_scheduled_session_stands_under_its_heading_until_it_comes(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, title="Late talk", sealed=False)
    window = open_it()
    show(qtbot, window, live(folder, State.SCHEDULED, 0))
    page = reach.now(window)
    card = page.cards[folder.path]
    assert page.scheduled.isAncestorOf(card)
    show(qtbot, window, live(folder, State.WAITING, 0))
    assert page.cards[folder.path] is card
    assert page.going.isAncestorOf(card)
    assert not page.scheduled.isVisible()


def test_what_ended_under_our_eyes_says_what_becomes_of_it(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    with SampleBroadcast() as broadcast:
        window = open_it()
        window._desk.record(Wish(source=broadcast.url, title="Late talk"))
        page = reach.now(window)
        qtbot.waitUntil(lambda: len(page.cards) == 1, timeout=WITHIN_MS)
        (card,) = page.cards.values()
        qtbot.waitUntil(lambda: card.clock.text() != "0:00", timeout=WITHIN_MS)
        card.stop.click()
        qtbot.waitUntil(lambda: len(page.ended) == 1, timeout=WITHIN_MS)
    (ended,) = page.ended.values()
    assert ended.title.accessibleName() == "Late talk"
    assert "transcribed" in ended.about.accessibleName()
    ended.dismiss.click()
    assert not page.ended


def test_how_late_it_is_and_how_long_the_disk_lasts(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    from datetime import timedelta

    from app.gui.presenters.following import News

    folder = build_session(settings.archive, title="Late talk", sealed=False)
    now = utc_now()
    waiting = Live(
        folder=folder,
        status=Status(
            state=State.WAITING, end_s=Seconds(0), now_s=Seconds(0),
            next_try_at=iso(now + timedelta(seconds=9)),
        ),
        announced_for=now - timedelta(minutes=42),
        news=News(attempts=7),
    )  # fmt: skip
    window = open_it()
    show(qtbot, window, waiting)
    (card,) = reach.now(window).cards.values()
    assert "Late by 42 min" in card.facts.accessibleName()
    assert "7 attempts" in card.facts.accessibleName()
    assert "try" in card.reason.accessibleName()
    began = Live(
        folder=folder,
        status=Status(state=State.RECORDING, end_s=Seconds(60), now_s=Seconds(60)),
        announced_for=now - timedelta(minutes=50),
        news=News(begun_at=now - timedelta(minutes=8)),
        disk_left_s=31 * 3_600.0,
    )
    show(qtbot, window, began)
    assert "Began 42 min late" in card.facts.accessibleName()
    assert "Disk lasts 31 h" in card.facts.accessibleName()
