"""How transcription looks in the window, in every state; see `test_looks`."""

import contextlib
import dataclasses
import json
from collections.abc import Callable

from pytestqt.qtbot import QtBot

from app.gui.pages.jobs import JobsPage
from app.gui.pages.session import SessionPage
from app.gui.panel import Panel
from app.gui.presenters.live import Live
from app.gui.presenters.session import Span, Strip
from app.gui.presenters.transcription import Works
from app.gui.window import Window
from app.settings import Settings
from recorder.archive import SessionFolder
from recorder.status import Status
from recorder.types import Seconds, State, utc_now
from tests.app.gui import reach
from tests.app.gui.test_looks import Open, evening, look, sampled, theme
from tests.recorder.builders import build_session
from transcribe import transcript
from transcribe.queue import Job as QueueJob
from transcribe.queue import JobState, Queue, path_of
from transcribe.transcript import Transcript

__all__ = ["evening", "look", "theme"]  # fixtures
Look = Callable[[Window, str], None]


def caption(number: int, start_s: float, text: str, tentative: str = "", lag_s: float = 1.1) -> str:
    values = {
        "number": number, "track": "a", "start_s": start_s, "end_s": start_s + 2, "text": text,
        "tentative": tentative, "is_final": not tentative, "lag_s": lag_s,
    }  # fmt: skip
    return json.dumps(values) + "\n"


def live_page(qtbot: QtBot, open_it: Open, settings: Settings) -> tuple[SessionPage, Live]:
    sounds, _ = sampled()
    folder = build_session(settings.archive, sounds, title="A conversation, live", sealed=False)
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    qtbot.waitUntil(lambda: page._page is not None)
    gap = Span(from_s=Seconds(10), to_s=Seconds(12), text="connection lost")
    live = Live(
        folder=folder,
        status=Status(state=State.RECORDING, end_s=Seconds(22), now_s=Seconds(22)),
        strip=Strip(duration_s=Seconds(22), gaps=(gap,)),
    )
    return page, live


def window_of(page: SessionPage) -> Window:
    window = page.window()
    assert isinstance(window, Window)
    return window


def test_captions(qtbot: QtBot, open_it: Open, settings: Settings, look: Look) -> None:
    page, live = live_page(qtbot, open_it, settings)
    page._on_live((live,))
    look(window_of(page), "captions-offered")
    path = live.folder.derived / "captions.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        caption(0, 5, "Good evening from the studio.")
        + caption(1, 7.5, "Welcome to the live session.")
        + caption(2, 12.8, "We will post the", "unedited")
    )
    page._on_live((live,))
    qtbot.waitUntil(lambda: "unedited" in page.transcript.toPlainText())
    look(window_of(page), "captions")
    with path.open("a") as file:
        file.write(caption(2, 12.8, "We will post the unedited audio", "after", lag_s=14))
    qtbot.waitUntil(lambda: "after" in page.transcript.toPlainText())
    look(window_of(page), "captions-behind")


def test_speakers_and_languages(
    qtbot: QtBot, open_it: Open, settings: Settings, look: Look
) -> None:
    sounds, segments = sampled()
    folder = build_session(settings.archive, sounds, title="Two who speak")
    names = ("Ada Lovelace", "", "The caller from Grundstücksverkehr")
    told = tuple(
        dataclasses.replace(segment, speaker=names[number % len(names)])
        for number, segment in enumerate(segments)
    )
    at = utc_now()
    spoken = Transcript(model="base", language="de", created_at=at, segments=told)
    transcript.store(folder, spoken)
    translated = dataclasses.replace(spoken, language="en", translated_from="de")
    transcript.store(folder, translated)
    window = open_it()
    qtbot.waitUntil(lambda: bool(window._desk.rows))
    window.show_session(folder)
    page = reach.session(window)
    qtbot.waitUntil(lambda: "unedited" in page.transcript.toPlainText())
    page.panel.turn_to(Panel.VERSIONS)
    look(window, "speakers")
    page.panel.versions.again.click()
    page.head.more.setChecked(True)
    look(window, "transcribe-again")
    page.panel.versions.form._cancel.click()
    page.head.more.setChecked(False)
    page._on_correction_asked(0)
    look(window, "speakers-naming")


def test_transcriptions_in_work(
    qtbot: QtBot, open_it: Open, settings: Settings, evening: list[SessionFolder], look: Look
) -> None:
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        for folder, model in zip(evening, ("demo", "small", "tiny"), strict=True):
            queue.add(folder.id, model=model)
        done, failed, given_up = (queue.claim() for _ in range(3))
        assert done
        assert failed
        assert given_up
        queue.finish(done)
        queue.fail(failed, "There is not enough memory for this model.")
        queue.cancel(given_up.id)
        queue.add(evening[0].id, model="base", task="translate")
        queue.pause(queue.add(evening[2].id, model="medium").id)
    window = open_it()
    qtbot.waitUntil(lambda: len(window._desk.works.every) == 5)
    window.turn_to("jobs")
    page = window.place("jobs")
    assert isinstance(page, JobsPage)
    look(window, "transcriptions")


def test_how_far_one_is(
    qtbot: QtBot, open_it: Open, settings: Settings, evening: list[SessionFolder], look: Look
) -> None:
    at_work = QueueJob(
        id=1, session=evening[0].id, model="base", language="en", engine="", task="transcribe",
        by_channel=False, priority=0, state=JobState.RUNNING, progress=0.37, left_s=Seconds(754),
        error="", created_at=utc_now(), finished_at=None,
    )  # fmt: skip
    window = open_it()
    qtbot.waitUntil(lambda: len(window._desk.rows) == 4)
    window._desk._on_works(Works(jobs={at_work.session: at_work}, every=(at_work,)))
    window.turn_to("jobs")
    look(window, "transcribing")
