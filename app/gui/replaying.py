"""The replay of a session with gaps: who may offer it, and the line that does. GUI thread only."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.gui import tokens
from app.gui.desk import Desk
from app.gui.jobs_watch import JobsWatch
from app.gui.presenters import replaying as presenter
from app.gui.presenters import words
from app.gui.presenters.language import translate
from app.gui.presenters.replaying import Replay
from app.gui.presenters.words import Message
from app.gui.widgets import Button, Icon, wrapped
from app.jobs import Job, JobState
from recorder.archive import SessionFolder
from recorder.errors import AircheckError


class Replays(QObject):
    """Knows which sessions a replay could complete; one for each desk (`of`)."""

    changed = Signal(object)
    """``Path`` of a session whose `Replay` is another now."""
    completed = Signal(object)
    """``Path`` of a session whose gaps were filled just now."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._watch = JobsWatch.of(desk)
        self._lane = desk.lane("replays")
        self._pages: dict[Path, str] = {}
        self._jobs: dict[Path, Job | None] = {}
        self._watch.changed.connect(self._on_jobs)

    @classmethod
    def of(cls, desk: Desk) -> Replays:
        """The desk's own."""
        found = desk.findChild(cls)
        return found if isinstance(found, cls) else cls(desk)

    def look(self, folder: SessionFolder) -> None:
        """See whether a replay could fill gaps of a sealed session; then `changed`."""
        path = folder.path

        def found(page: str) -> None:
            self._pages[path] = page
            self._jobs[path] = presenter.job_of(path, self._watch.shown)
            self.changed.emit(path)

        self._lane.do(lambda: presenter.page_of(folder), found, _nothing)

    def replay(self, path: Path) -> Replay | None:
        """What there is to say of a session's replay; None before it was looked at."""
        return presenter.replay_of(self._pages.get(path, ""), self._jobs.get(path))

    def act(self, folder: SessionFolder, title: str) -> None:
        """Wait for the replay, or no longer."""
        replay = self.replay(folder.path)
        if replay is None:
            return
        if replay.action == "cancel":
            self._watch.do("cancel", replay.job)
        else:
            self._watch.start(presenter.request(self._desk.archive.root, folder, title))

    def close(self) -> None:
        """End the looking; what waits goes on. Closed twice unharmed."""
        self._watch.close()

    @Slot(object)
    def _on_jobs(self, jobs: tuple[Job, ...]) -> None:
        for path in self._pages:
            before, now = self._jobs.get(path), presenter.job_of(path, jobs)
            if now == before:
                continue
            self._jobs[path] = now
            if now is not None and now.state is JobState.DONE:
                self._tell_done(path, now)
            self.changed.emit(path)

    def _tell_done(self, path: Path, job: Job) -> None:
        said = translate("Replay", "The replay of {title} came, and gaps are filled from it.")
        self._pages[path] = ""  # what is open still is looked for again
        self._desk.look_now()
        self._desk.told.emit(
            Message(
                happened=said.format(title=words.one_line(job.request.title)),
                safe=translate("Replay", "What was recorded is as it was."),
                is_good=True,
            )
        )
        self.completed.emit(path)


class ReplayLine(QFrame):
    """Offers to wait for a replay, or says that it is waited for; one button. Else hidden."""

    acted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.text = wrapped("muted")
        self.button = Button(translate("Replay", "Wait for the replay"), "hourglass")
        self.button.clicked.connect(self.acted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tokens.SPACE_L, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        layout.setSpacing(tokens.SPACE_M)
        layout.addWidget(Icon("git-compare-arrows", "accent", tokens.ICON_M))
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """The button loses its word where there is little room."""
        super().resizeEvent(event)
        self.button.show_word(is_shown=event.size().width() >= tokens.CARD_WITH_WORDS_WIDTH)

    def show_replay(self, replay: Replay | None) -> None:
        """Show what there is to say; None: nothing."""
        self.setVisible(replay is not None)
        if replay is not None:
            self.text.setText(" ".join(part for part in (replay.problem, replay.sentence) if part))
            dress(self.button, replay)


def dress(button: Button, replay: Replay) -> None:
    """Have a button say what can be done about a replay."""
    is_waiting = replay.action == "cancel"
    button.say(
        translate("Replay", "Wait no longer")
        if is_waiting
        else translate("Replay", "Wait for the replay")
    )
    button.show_icon("x" if is_waiting else "hourglass")


def _nothing(_error: AircheckError) -> None:
    """A session that can't be read says so on its page."""
