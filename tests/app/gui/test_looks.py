"""How the window looks: nothing is cut off, in any page, size and theme.

With AIRCHECK_SCREENSHOTS set, each picture is kept in build/screenshots, to be looked at.
"""

import contextlib
import math
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.broadcast import Sample
from app.gui import tokens
from app.gui.presenters.following import NO_NEWS, News, Notice
from app.gui.presenters.live import Live
from app.gui.presenters.session import NO_TIME, Wave, load, load_wave
from app.gui.theme import Theme
from app.gui.window import Window
from app.settings import Settings
from recorder import labels
from recorder.archive import SessionFolder
from recorder.labels import Kind, Label, Labels
from recorder.status import Status
from recorder.types import AudioFormat, Seconds, State, iso, utc_now
from tests.app.gui import reach
from tests.recorder.builders import PartSpec, build_session
from transcribe import transcript
from transcribe.transcript import Segment, Transcript

Open = Callable[[], Window]

KEEPS_PICTURES = bool(os.environ.get("AIRCHECK_SCREENSHOTS"))  # before tests move home

SAMPLE_FROM, SAMPLE_TO = 5, 27
"""Of the sample's segments, of a second each: music, then talk."""
LOST = range(15, 17)
HEARD = Labels(
    labels=tuple(
        Label(kind=kind, from_s=Seconds(from_s), to_s=Seconds(to_s))
        for kind, from_s, to_s in (
            (Kind.MUSIC, 0, 5),
            (Kind.SPEECH, 5, 10),
            (Kind.SPEECH, 12.8, 18.4),
            (Kind.SILENCE, 18.4, 20.1),
            (Kind.SPEECH, 20.1, 22),
        )
    ),
    talk_starts_s=Seconds(5),
    journal_bytes=0,
)
TITLES = ("City council", "Radio Kitchen: the harvest report", "A conversation that began late")


def sampled() -> tuple[list[PartSpec], tuple[Segment, ...]]:
    """What is heard and said in a stretch of the sample, with a gap in it."""
    sample = Sample.load()
    fmt = AudioFormat(container="adts", codec="aac", rate_hz=44_100, channels=1)
    sounds = [
        PartSpec(
            fmt=fmt,
            chunks=[(sample.segment(number), sample.segment_s) for number in numbers],
            start_s=float(numbers[0] - SAMPLE_FROM),
        )
        for numbers in (range(SAMPLE_FROM, LOST[0]), range(LOST[-1] + 1, SAMPLE_TO))
    ]
    said = tuple(
        Segment(
            start_s=Seconds(each.start_s - SAMPLE_FROM),
            end_s=Seconds(each.end_s - SAMPLE_FROM),
            text=each.text,
        )
        for each in sample.utterances
        if each.end_s < SAMPLE_TO and int(each.start_s) not in LOST
    )
    return sounds, said


@pytest.fixture
def evening(settings: Settings) -> list[SessionFolder]:
    """Three sessions with transcripts, and one that was interrupted."""
    folders = []
    sounds, segments = sampled()
    for days, title in zip((9, 1, 0), TITLES, strict=True):
        at = utc_now() - timedelta(days=days, hours=2)
        folder = build_session(
            settings.archive, sounds, title=title, started_at=at, markers=[(6.5, "the delay")]
        )
        text = Transcript(model="demo", language="en", created_at=at, segments=segments)
        transcript.store(folder, text)
        labels.keep(folder, HEARD)
        folders.append(folder)
    build_session(settings.archive, title="Night talk", started_at=utc_now(), sealed=False)
    return folders


PALETTES = {"light": tokens.LIGHT, "dark": tokens.DARK}
if KEEPS_PICTURES:  # nothing else of a page depends on them
    PALETTES |= {"contrast-light": tokens.HIGH_LIGHT, "contrast-dark": tokens.HIGH_DARK}


@pytest.fixture(params=PALETTES)
def theme(request: pytest.FixtureRequest, themed: Theme) -> object:
    themed.wear(PALETTES[request.param])
    yield request.param
    themed.wear(tokens.LIGHT)


@pytest.fixture(params=["wide", "narrow"])
def look(request: pytest.FixtureRequest, qtbot: QtBot, theme: str) -> Callable[[Window, str], None]:
    """Sizes the window, looks for what is cut off, and keeps a picture if asked to."""

    def look(window: Window, page: str) -> None:
        if request.param == "narrow":
            window.resize(tokens.WINDOW_LEAST_WIDTH, tokens.WINDOW_LEAST_HEIGHT)
        qtbot.wait(50)
        with contextlib.suppress(qtbot.TimeoutError):  # a layout settles in several turns
            qtbot.waitUntil(lambda: not cut_off(window), timeout=2_000)
        assert not cut_off(window)
        keep(window, page, request.param, theme)

    return look


def keep(part: QWidget, page: str, state: str, theme: str) -> None:
    """Take a picture, and keep it if asked to."""
    picture = part.grab()
    assert not picture.isNull()
    if KEEPS_PICTURES:
        folder = Path("build/screenshots")
        folder.mkdir(parents=True, exist_ok=True)
        ratio = round(part.devicePixelRatioF() * 100)
        picture.save(str(folder / f"{page}-{state}-{theme}-{ratio}.png"))


def cut_off(window: Window) -> list[str]:
    """What people should read and that reaches out of its parent or is too small for its text."""
    found = []
    for part in window.findChildren(QWidget):
        if not isinstance(part, QLabel | QAbstractButton | QLineEdit) or not part.isVisible():
            continue
        parent = part.parentWidget()
        is_outside = parent is not None and not parent.rect().contains(part.geometry())
        is_small = (
            isinstance(part, QAbstractButton) and part.width() < part.minimumSizeHint().width()
        )
        if is_outside or is_small:
            found.append(
                f"{type(part).__name__} {getattr(part, 'text', str)()!r} {part.geometry()}"
            )
    wide = [
        "a page that is wider than its room"
        for area in window.findChildren(QScrollArea)
        if area.isVisible() and area.widget().minimumSizeHint().width() > area.viewport().width()
    ]
    return found + wide


def newest_minute(folder: SessionFolder) -> Wave:
    """How a session that goes round and round sounds on its card."""
    wave = load_wave(folder)
    count = round(len(wave.pairs) * 60 / wave.duration_s)
    pairs = wave.pairs * math.ceil(count / len(wave.pairs))
    return replace(wave, duration_s=Seconds(60), pairs=pairs[-count:])


def test_an_empty_archive(qtbot: QtBot, open_it: Open, look: Callable[[Window, str], None]) -> None:
    window = open_it()
    words = reach.now(window).welcome.words
    qtbot.waitUntil(lambda: len(words.sentence.text()) > 1)
    look(window, "empty")


def test_live_sessions(
    qtbot: QtBot,
    open_it: Open,
    settings: Settings,
    evening: list[SessionFolder],
    look: Callable[[Window, str], None],
) -> None:
    folders = [*evening, build_session(settings.archive, title="A page")]
    minutes = {folder.path: newest_minute(folder) for folder in evening[:2]}
    strips = {folder.path: load(folder).strip for folder in folders}
    window = open_it()
    qtbot.waitUntil(lambda: window.side.sessions.rowCount() == 5)
    soon = iso(datetime.now(UTC) + timedelta(seconds=12))
    now_s = Seconds(4331)
    states = (
        Status(
            state=State.RECORDING, end_s=Seconds(4330), now_s=now_s,
            warning="The disk is full in 20 min.",
        ),
        Status(
            state=State.REFUSED,
            detail="The listener limit is reached: 503 Service Unavailable.",
            next_try_at=soon,
            end_s=Seconds(1084),
            now_s=Seconds(1090),
        ),
        Status(
            state=State.SCHEDULED,
            detail="Announced for Tuesday, 13 August 2024, 20:00 BST.",
            next_try_at=iso(datetime.now(UTC) + timedelta(hours=3)),
            end_s=Seconds(0),
            now_s=Seconds(0),
        ),
        Status(
            state=State.FAILED,
            detail="https://radio.example/ is a page without audio. Try the link of the stream.",
            end_s=Seconds(0),
            now_s=Seconds(0),
        ),
    )  # fmt: skip
    lives = [
        Live(
            folder=folder,
            status=status,
            strip=strips[folder.path] if status.end_s else NO_TIME,
            minute=minutes.get(folder.path),
            level_dbfs=(-9.0, -21.0) if status.state is State.RECORDING else None,
            news=News(notices=(Notice(at=utc_now(), text="2 s of a gap came late."),) * 3)
            if status.warning
            else NO_NEWS,
            disk_left_s=1_200.0 if status.warning else None,
            announced_for=utc_now() - timedelta(minutes=42),
        )
        for folder, status in zip(folders, states, strict=True)
    ]
    window._desk.live_changed.emit(tuple(lives))
    qtbot.waitUntil(lambda: len(reach.now(window).cards) == len(lives))
    for folder in folders:
        reach.now(window).cards[folder.path].show_row(
            {row.summary.folder: row for row in window._desk.rows}[folder.path]
        )
    look(window, "live")


def test_a_session(
    qtbot: QtBot,
    open_it: Open,
    evening: list[SessionFolder],
    look: Callable[[Window, str], None],
) -> None:
    window = open_it()
    qtbot.waitUntil(lambda: window.side.sessions.rowCount() == 4)
    window.show_session(evening[-1])
    qtbot.waitUntil(lambda: "unedited" in reach.session(window).transcript.toPlainText())
    qtbot.waitUntil(lambda: reach.session(window).waves.detail.wave.end_s > 20)
    reach.session(window).show_position(13.0)
    look(window, "session")


def test_hits(
    qtbot: QtBot,
    open_it: Open,
    evening: list[SessionFolder],
    look: Callable[[Window, str], None],
) -> None:
    window = open_it()
    window.bar.field.setText("unedited audio")
    window.bar.search_asked.emit("unedited audio")
    qtbot.waitUntil(lambda: reach.search(window).model.rowCount() == 6)
    qtbot.waitUntil(lambda: window.side.sessions.rowCount() == 4)
    look(window, "search")
