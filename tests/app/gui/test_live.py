"""The window over real recorders of a broadcast that misbehaves."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.broadcast import SampleBroadcast
from app.gui.cards import LiveCard
from app.gui.window import Window
from app.settings import Settings
from recorder import launch, markers
from recorder.archive import Archive, SessionFolder
from recorder.control import Client
from recorder.errors import RecorderError
from recorder.events import StateChanged
from recorder.journal import JournalWriter
from recorder.types import State, iso, utc_now
from tests.app.gui import reach
from tests.parts import wait_until
from tests.recorder.builders import build_session

Open = Callable[[], Window]

WITHIN_MS = 20_000


@pytest.fixture
def broadcast() -> Iterator[SampleBroadcast]:
    with SampleBroadcast() as broadcast:
        yield broadcast


@pytest.fixture(autouse=True)
def _recorders_end(settings: Settings) -> Iterator[None]:
    """No recorder outlives its test."""
    yield
    for folder in Archive(settings.archive).folders():
        with contextlib.suppress(RecorderError):
            Client(folder).stop()
        wait_until(lambda folder=folder: not launch.is_running(folder), what="the recorder's end")


def record(qtbot: QtBot, window: Window, broadcast: SampleBroadcast) -> LiveCard:
    """Type the broadcast's address, press Return, and wait for the card."""
    qtbot.keyClicks(window.bar.field, broadcast.url)
    qtbot.keyClick(window.bar.field, Qt.Key.Key_Return)
    return the_card(qtbot, window)


def the_card(qtbot: QtBot, window: Window) -> LiveCard:
    qtbot.waitUntil(lambda: len(reach.now(window).cards) == 1, timeout=WITHIN_MS)
    (card,) = reach.now(window).cards.values()
    return card


def shows(card: LiveCard, word: str) -> Callable[[], bool]:
    return lambda: card.chip.accessibleName() == word


def only_session(settings: Settings) -> SessionFolder:
    (folder,) = Archive(settings.archive).folders()
    return folder


def test_from_a_pasted_link_to_a_sealed_session_through_a_closed_window(
    qtbot: QtBot, open_it: Open, settings: Settings, broadcast: SampleBroadcast
) -> None:
    window = open_it()
    card = record(qtbot, window, broadcast)
    seen: list[str] = []
    card.chip.told.connect(seen.append)
    qtbot.waitUntil(shows(card, "Recording"), timeout=WITHIN_MS)
    assert not window.bar.text
    assert "Refused" in seen or "Waiting" in seen
    qtbot.waitUntil(lambda: card.clock.text() != "0:00", timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: "Saved to" in card.facts.accessibleName(), timeout=WITHIN_MS)
    window.close()
    folder = only_session(settings)
    assert launch.is_running(folder)

    again = open_it()
    card = the_card(qtbot, again)
    qtbot.waitUntil(shows(card, "Recording"), timeout=WITHIN_MS)
    qtbot.mouseClick(card.mark, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.moment.isVisible, timeout=WITHIN_MS)
    qtbot.keyClicks(card.moment.field, "the delay")
    qtbot.keyClick(card.moment.field, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: (
            [mark.text for mark in markers.with_added(folder.timeline(), folder.info()).markers]
            == ["the delay"]
        ),
        timeout=WITHIN_MS,
    )
    assert not card.moment.isVisible()
    qtbot.mouseClick(card.note, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(card.moment.field, "who is this?")
    qtbot.keyClick(card.moment.field, Qt.Key.Key_Return)
    counted = "1 mark, 1 note"
    qtbot.waitUntil(lambda: counted in card.facts.accessibleName(), timeout=WITHIN_MS)
    qtbot.mouseClick(card.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not reach.now(again).cards, timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: "Done" in row_text(again), timeout=WITHIN_MS)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.state is State.DONE
    assert sealed.duration_s > 1


def row_text(window: Window) -> str:
    index = window.side.sessions.index(0)
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_the_level_of_a_stream_is_shown(
    qtbot: QtBot, open_it: Open, broadcast: SampleBroadcast
) -> None:
    window = open_it()
    card = record(qtbot, window, broadcast)
    qtbot.waitUntil(lambda: bool(card.meter.accessibleDescription()), timeout=WITHIN_MS)
    assert "dBFS" in card.meter.accessibleDescription()


def test_the_waveform_of_a_stream_is_shown_while_it_is_recorded(
    qtbot: QtBot, open_it: Open, broadcast: SampleBroadcast
) -> None:
    window = open_it()
    card = record(qtbot, window, broadcast)
    qtbot.waitUntil(
        lambda: card.strip.wave is not None and any(card.strip.wave.pairs), timeout=WITHIN_MS
    )


def test_an_announced_session_that_nobody_waits_for_can_be_waited_for(
    qtbot: QtBot, open_it: Open, settings: Settings, broadcast: SampleBroadcast
) -> None:
    folder = build_session(settings.archive, [], source=broadcast.url, sealed=False)
    log = JournalWriter(folder.journal_path)
    log.append(StateChanged(state=State.SCHEDULED, next_try_at=iso(utc_now())))
    log.close()
    window = open_it()
    qtbot.waitUntil(lambda: len(reach.now(window).interrupted) == 1)
    (card,) = reach.now(window).interrupted.values()
    assert card.recover.text() == "Wait for it"
    qtbot.mouseClick(card.recover, Qt.MouseButton.LeftButton)
    assert the_card(qtbot, window).folder.path == folder.path
    assert launch.is_running(folder)


def test_a_recorder_that_is_killed_is_started_again(
    qtbot: QtBot, open_it: Open, settings: Settings, broadcast: SampleBroadcast
) -> None:
    window = open_it()
    card = record(qtbot, window, broadcast)
    qtbot.waitUntil(lambda: card.clock.text() != "0:00", timeout=WITHIN_MS)
    folder = only_session(settings)
    holder = folder.holder()
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)

    def is_back() -> bool:
        now = folder.holder()
        return now is not None and now.pid != holder.pid

    qtbot.waitUntil(is_back, timeout=WITHIN_MS)
    qtbot.waitUntil(shows(the_card(qtbot, window), "Recording"), timeout=WITHIN_MS)
    notices = the_card(qtbot, window).notices
    qtbot.waitUntil(notices.all.isVisible, timeout=WITHIN_MS)
    notices.all.click()
    told = notices.findChild(QPlainTextEdit)
    assert told is not None
    said = "another one goes on from here"
    qtbot.waitUntil(lambda: said in told.toPlainText(), timeout=WITHIN_MS)


def test_a_session_that_died_unwatched_is_recovered_by_a_button(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive, sealed=False)
    window = open_it()
    qtbot.waitUntil(lambda: len(reach.now(window).interrupted) == 1)
    (card,) = reach.now(window).interrupted.values()
    qtbot.mouseClick(card.recover, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not reach.now(window).interrupted, timeout=WITHIN_MS)
    assert "Recovered" in row_text(window)
    sealed = folder.sealed()
    assert sealed is not None
    assert sealed.recovered


def test_what_cannot_be_recorded_says_why(qtbot: QtBot, open_it: Open, settings: Settings) -> None:
    window = open_it()
    qtbot.keyClicks(window.bar.field, "https://")
    qtbot.keyClick(window.bar.field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.bar.notice.isVisible)
    message = window.bar.notice.message
    assert message is not None
    assert message.happened
    assert not Archive(settings.archive).folders()


def test_the_sample_is_broadcast_by_a_button_and_ends_with_the_window(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    window = open_it()
    qtbot.waitUntil(reach.now(window).welcome.button.isVisible)
    qtbot.mouseClick(reach.now(window).welcome.button, Qt.MouseButton.LeftButton)
    card = the_card(qtbot, window)
    qtbot.waitUntil(shows(card, "Recording"), timeout=WITHIN_MS)
    folder = only_session(settings)
    window.close()
    wait_until(lambda: folder.sealed() is not None, what="the seal")


class _Picture(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"\x89PNG\r\n\x1a\n" + bytes(2_000)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def picture() -> Iterator[str]:
    """The address of what never was a session."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Picture) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/picture.png"
        server.shutdown()
        thread.join()


def test_what_never_was_a_session_says_why_until_it_is_dismissed(
    qtbot: QtBot, open_it: Open, picture: str
) -> None:
    window = open_it()
    qtbot.keyClicks(window.bar.field, picture)
    qtbot.keyClick(window.bar.field, Qt.Key.Key_Return)
    assert not window.bar.record.isEnabled()
    card = the_card(qtbot, window)
    qtbot.waitUntil(shows(card, "Failed"), timeout=WITHIN_MS)
    assert card.why.isVisible()
    assert card.why.text()
    assert not card.stop.isVisible()
    qtbot.waitUntil(lambda: "Failed" in row_text(window), timeout=WITHIN_MS)
    qtbot.mouseClick(card.dismiss, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not reach.now(window).cards)
