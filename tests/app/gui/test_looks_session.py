"""How a session's page looks, in every state; see `test_looks`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QTextCursor
from pytestqt.qtbot import QtBot

from app import editing
from app.gui import tokens
from app.gui.pages.session import SessionPage
from app.gui.panel import Panel
from app.gui.presenters import evidence
from app.gui.presenters.comparing import Compared, Differing, Matched
from app.gui.presenters.replaying import Replay
from app.gui.presenters.words import Message
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.pyramid import waveform
from tests.app.gui import reach
from tests.app.gui.test_looks import Open, evening, look, theme

__all__ = ["evening", "look", "theme"]  # fixtures
Look = Callable[[Window, str], None]

LONG = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung, dritte Lesung"


@pytest.fixture
def page(
    qtbot: QtBot, open_it: Open, evening: list[SessionFolder], settings: Settings
) -> SessionPage:
    """The newest session's page, with everything that may stand on it."""
    folder = evening[-1]
    editing.edit(
        folder,
        editing.Changes(host="The Evening Desk", description=LONG, notes="0:06  the delay"),
    )
    window = open_it()
    qtbot.waitUntil(lambda: len(window._desk.rows) == 4)
    window.show_session(folder)
    page = reach.session(window)
    qtbot.waitUntil(lambda: "unedited" in page.transcript.toPlainText())
    qtbot.waitUntil(lambda: page.waves.detail.wave.end_s > 20)
    page.show_position(13.0)
    return page


def window_of(page: SessionPage) -> Window:
    window = page.window()
    assert isinstance(window, Window)
    return window


def test_two_messages(page: SessionPage, look: Look) -> None:
    window = window_of(page)
    page.notice.say(
        Message(
            happened="The transcript could not be put right, for somebody else has changed it.",
            safe="What was recorded is safe.",
            next="Read it again, and put it right then.",
        )
    )
    window.bar.notice.say(
        Message(happened="The microphone is lost.", safe="What came is safe.", next="Plug it in.")
    )
    look(window, "session-messages")
    window.bar.notice.all.click()
    look(window, "session-messages-all")


def test_the_panel(page: SessionPage, look: Look) -> None:
    window = window_of(page)
    page.head.more.setChecked(True)
    for tab, name in (
        (Panel.MARKERS, "markers"), (Panel.NOTES, "notes"), (Panel.VERSIONS, "versions"),
    ):  # fmt: skip
        page.panel.turn_to(tab)
        look(window, f"session-{name}")
    page.panel.turn_to(Panel.EVIDENCE)
    page.panel.evidence.show_progress(3, 48)
    look(window, "session-checking")
    found = evidence.Verifying(page._page.folder).run() if page._page else None
    assert found is not None
    page.panel.evidence.show_verified(found)
    look(window, "session-checked")


def test_putting_right_and_finding(page: SessionPage, look: Look) -> None:
    window = window_of(page)
    page.waves.detail.show_stretch(8.0, 16.0)
    cursor = QTextCursor(page.transcript.document().find("unedited audio"))
    page.transcript.setTextCursor(cursor)
    page.waves.choose(9.0, 14.5)
    look(window, "session-chosen")
    page.text.open_find()
    look(window, "session-finding")
    page.text.close_find()
    page._on_correction_asked(2)
    look(window, "session-correcting")
    shown = page.text.editor.text.viewport().grab().toImage()
    seen = {shown.pixel(x, y) for x in range(shown.width()) for y in range(shown.height())}
    assert len(seen) > 5, "the line that is put right isn't in view"


def test_details_and_keys(page: SessionPage, look: Look) -> None:
    window = window_of(page)
    page.show_keys()
    look(window, "session-keys")
    assert page._overlay is not None
    page._overlay.hide()
    page.head.edit.click()
    look(window, "session-details")


def test_two_recordings(page: SessionPage, look: Look, tmp_path: Path) -> None:
    window = window_of(page)
    page.head.other.click()
    look(window, "compare-empty")
    assert page.folder is not None
    compare = page.compare
    compare._show_running("compare")
    compare._on_progress(0.42)
    look(window, "compare-running")
    same = tuple(
        Matched(from_s=a, to_s=b, theirs_from_s=c, theirs_to_s=d)
        for a, b, c, d in ((0.0, 6.0, 1.0, 7.0), (8.0, 22.0, 7.0, 21.0))
    )
    cut = Differing(
        kind="missing", from_s=6.0, to_s=8.0, theirs_from_s=7.0, theirs_to_s=7.0,
        what="Theirs lacks 2.00 s of ours.", words=f"ours: {LONG}",
    )  # fmt: skip
    compare._show_found(
        Compared(
            name="replay.mp3", sentence="1 difference: 20 s of our 22 s are in both.",
            is_related=True, is_same=False, notes=("Another codec is no edit.", LONG),
            matches=same, differences=(cut,), theirs=waveform(page.folder), theirs_s=22.0,
        )
    )  # fmt: skip
    compare._show_idle()
    compare.list.picked.emit(0)
    look(window, "compare-found")


def test_a_cover_and_a_replay(qtbot: QtBot, page: SessionPage, look: Look, tmp_path: Path) -> None:
    picture = QImage(640, 640, QImage.Format.Format_RGB32)
    picture.fill(QColor(tokens.DARK.accent))
    path = tmp_path / "cover.png"
    assert picture.save(str(path))
    page.head.cover.show_cover(path)
    qtbot.waitUntil(lambda: not page.head.cover.pixmap().isNull())
    said = (
        "Stellt live.grundstuecksverkehr.example eine Wiederholung bereit, lassen sich die "
        "Lücken daraus füllen."
    )
    page.replay.show_replay(Replay(sentence=said, action="wait"))
    look(window_of(page), "session-replay")
