"""Captions of a broadcast that goes on: a real recorder, and the real process that hears it."""

import contextlib
import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import transcribe.live
from app.broadcast import Sample, SampleBroadcast
from app.gui.presenters import captions
from app.gui.presenters.capture import Wish
from app.gui.presenters.live import Live
from app.gui.window import Window
from app.settings import Settings
from recorder import launch
from recorder.archive import Archive
from recorder.control import Client
from recorder.errors import RecorderError
from recorder.status import Status
from recorder.types import Seconds, State
from tests.app.gui import reach
from tests.parts import wait_until
from tests.recorder.builders import adts_part, build_session
from transcribe.errors import MissingModel

WITHIN_MS = 120_000
"""The process that hears gives way to everything else on this machine."""

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, model="demo")


@pytest.fixture(autouse=True)
def _recorders_end(settings: Settings) -> Iterator[None]:
    """No recorder outlives its test."""
    yield
    for folder in Archive(settings.archive).folders():
        with contextlib.suppress(RecorderError):
            Client(folder).stop()
        wait_until(lambda folder=folder: not launch.is_running(folder), 30, "the recorder's end")


def test_what_is_said_stands_on_the_page_while_it_is_recorded(
    qtbot: QtBot, open_it: Callable[[], Window]
) -> None:
    first = " ".join(Sample.load().utterances[0].text.split()[:3]).lower()
    with SampleBroadcast() as broadcast:
        window = open_it()
        window._desk.record(Wish(source=broadcast.url, title="The evening"))
        cards = reach.now(window).cards
        qtbot.waitUntil(lambda: len(cards) == 1, timeout=WITHIN_MS)
        (card,) = cards.values()
        window.show_session(card.folder)
        page = reach.session(window)
        ask = page.text.waiting.button
        qtbot.waitUntil(lambda: ask.text() == "Show captions", timeout=WITHIN_MS)
        qtbot.mouseClick(ask, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: first in page.transcript.toPlainText().lower(), timeout=WITHIN_MS)
        assert "behind the sound" in page.text.state.accessibleName()
        with contextlib.suppress(RecorderError):  # the broadcast may have ended meanwhile
            Client(card.folder).stop()
    qtbot.waitUntil(lambda: page.card is None, timeout=WITHIN_MS)
    hearer = page._captioning._hearers[card.folder.path]
    qtbot.waitUntil(lambda: hearer.poll() is not None, timeout=WITHIN_MS)
    assert hearer.returncode == 0, (card.folder.derived / "captions.log").read_text()
    assert first in page.transcript.toPlainText().lower()  # until the archive pass has its text


def test_captions_that_break_off_are_told_and_can_be_asked_for_again(
    qtbot: QtBot, open_it: Callable[[], Window], settings: Settings
) -> None:
    folder = build_session(settings.archive, [adts_part(8.0)], title="Live", sealed=False)
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    status = Status(state=State.RECORDING, end_s=Seconds(8), now_s=Seconds(8))
    live = Live(folder=folder, status=status)
    page._on_live((live,))
    page.text.waiting.button.setEnabled(False)
    broken = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    page._on_captions_started(folder, broken)
    broken.wait(60)
    page._on_live((live,))
    assert "The captions broke off." in page.notice.accessibleName()
    assert page.text.waiting.button.isEnabled()


def test_captions_of_a_stranger_are_not_left_to_the_toy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[str] = []
    monkeypatch.setattr(
        transcribe.live, "start", lambda _folder, _models, name: chosen.append(name)
    )
    bare = dataclasses.replace(settings, model="base")
    stranger = build_session(bare.archive, sealed=False)
    with pytest.raises(MissingModel, match="base is not on this machine"):
        captions.start(bare, stranger)
    with SampleBroadcast() as broadcast:
        captions.start(bare, build_session(bare.archive, source=broadcast.url, sealed=False))
    captions.start(settings, stranger)  # whose settings name it
    bare.models.mkdir()
    (bare.models / "tiny.pt").write_bytes(b"weights")
    captions.start(bare, stranger)
    assert chosen == ["demo", "demo", "tiny"]
