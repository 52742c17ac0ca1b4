"""What the desktop is told, and what it isn't."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.gui.presenters.announcing import Announcer, summed_up
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from recorder.archive import SessionFolder
from recorder.status import Status
from recorder.types import Seconds, State
from tests.recorder.builders import build_session


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def announcer(clock: list[float]) -> Announcer:
    return Announcer(lambda: clock[0])


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return build_session(tmp_path, title="Late\ntalk")


def live(folder: SessionFolder, state: State, end_s: float = 0.0) -> Live:
    return Live(folder=folder, status=Status(state=state, end_s=Seconds(end_s), now_s=Seconds(0)))


def texts(announcer: Announcer, *sessions: Live) -> list[str]:
    return [each.text for each in announcer.show_live(sessions)]


def test_what_is_so_when_the_window_opens_is_no_news(
    announcer: Announcer, folder: SessionFolder
) -> None:
    assert not texts(announcer, live(folder, State.RECORDING, 12))
    assert not texts(announcer, live(folder, State.RECORDING, 13))


def test_a_session_that_comes_breaks_and_comes_back(
    announcer: Announcer, folder: SessionFolder
) -> None:
    assert not texts(announcer)
    assert not texts(announcer, live(folder, State.WAITING))
    (said,) = texts(announcer, live(folder, State.RECORDING, 1))
    assert "live" in said
    (said,) = texts(announcer, live(folder, State.RECONNECTING, 62))
    assert "1:02" in said
    assert "safe" in said
    assert not texts(announcer, live(folder, State.RECONNECTING, 62))


def test_a_connection_that_comes_and_goes_is_told_once_in_a_while(
    announcer: Announcer, folder: SessionFolder, clock: list[float]
) -> None:
    announcer.show_live([live(folder, State.RECORDING, 5)])
    for _ in range(5):
        announcer.show_live([live(folder, State.RECONNECTING, 6)])
        announcer.show_live([live(folder, State.RECORDING, 6)])
    assert not texts(announcer, live(folder, State.RECONNECTING, 7))
    announcer.show_live([live(folder, State.RECORDING, 7)])
    clock[0] = 31.0
    assert texts(announcer, live(folder, State.RECONNECTING, 8))


def test_a_refusal_says_why_and_what_is_safe(announcer: Announcer, folder: SessionFolder) -> None:
    announcer.show_live([])
    refused = live(folder, State.REFUSED, 1084)
    refused = replace(refused, status=replace(refused.status, detail="The listener limit is met."))
    (said,) = texts(announcer, refused)
    assert said == "Refused. Saved to 18:04. The listener limit is met."


def test_the_end_and_its_words_are_told(announcer: Announcer, folder: SessionFolder) -> None:
    over = Row(summary=folder.summary(), is_transcribed=False)
    going = replace(over, summary=replace(over.summary, state=State.RECORDING))
    announcer.show_rows([going])
    announcer.show_live([live(folder, State.RECORDING, 5)])
    (told,) = announcer.show_rows([over])
    assert told.title == "Late talk"
    assert "1 gap" in told.text
    (told,) = announcer.show_rows([replace(over, is_transcribed=True)])
    assert "words" in told.text


def test_sessions_that_were_never_live_here_are_none_of_its_business(
    announcer: Announcer, folder: SessionFolder
) -> None:
    row = Row(summary=folder.summary(), is_transcribed=False)
    announcer.show_rows([row])
    assert not announcer.show_rows([replace(row, is_transcribed=True)])


def test_the_tray_sums_up(folder: SessionFolder) -> None:
    states = (State.RECORDING, State.RECORDING, State.REFUSED, State.SCHEDULED, State.FAILED)
    assert summed_up([live(folder, state) for state in states]) == (
        "2 recording, 1 waiting, 1 scheduled"
    )
    assert not summed_up([])
