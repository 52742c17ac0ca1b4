"""The page Now: what is recorded or awaited, scheduled, left without a recorder, just ended."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.gui import tokens
from app.gui.cards import LiveCard, wire
from app.gui.desk import Desk
from app.gui.place import Place
from app.gui.presenters import welcome as welcoming
from app.gui.presenters import words
from app.gui.presenters.aftermath import Ended, ended_of
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.steady import Steady
from app.gui.welcome import WelcomeView
from app.gui.widgets import Button, Chip, Teaching, Text, label, scrolled, tip
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.types import State

if TYPE_CHECKING:
    from app.gui.presenters.replaying import Replay
    from app.gui.replaying import Replays

_MOST_ENDED = 5
_MARKABLE = (State.RECORDING, State.RECONNECTING, State.REFUSED, State.PAUSED)


class Section(QWidget):
    """Cards under a heading, the newest first; hidden while there are none."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(tokens.SPACE_M)
        self._first = 0
        if title:
            heading = label("heading", title)
            heading.setContentsMargins(tokens.SPACE_XS, tokens.SPACE_M, 0, 0)
            self._list.addWidget(heading)
            self._first = 1
        self.hide()

    def add(self, card: QWidget) -> None:
        """Put a card on top, from another section too."""
        self._list.insertWidget(self._first, card)
        card.show()
        self.show()

    def settle(self) -> None:
        """Hide when nothing is left."""
        self.setVisible(self._list.count() > self._first)


class NowPage(Place):
    """What goes on. The cards stand in the order in which the sessions were begun, newest first."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.cards: dict[Path, LiveCard] = {}
        self.interrupted: dict[Path, InterruptedCard] = {}
        self.ended: dict[Path, EndedCard] = {}
        self._rows: dict[Path, Row] = {}
        self._live: dict[Path, Live] = {}
        self._seen_live: set[Path] = set()
        self._places: dict[Path, Section] = {}  # where each live card is
        self._resting: dict[Path, LiveCard] = {}  # over, and still where they were
        self.welcome = WelcomeView()
        self.empty = Teaching(
            "radio",
            translate("Now", "Nothing is being recorded"),
            translate("Now", "Paste a link above and press Return, or drop one on this window."),
            translate("Now", "Play the sample broadcast"),
        )
        self.going = Section()
        self.scheduled = Section(translate("Now", "Scheduled"))
        self.left = Section(translate("Now", "Left without a recorder"))
        self.over = Section(translate("Now", "Just ended"))
        self._sections = (self.going, self.scheduled, self.left, self.over)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        for page in (self.empty, self._scroll(), scrolled(self.welcome)):
            self._pages.addWidget(page)
        self._lane = desk.lane("welcome")
        self._replays: Replays | None = None  # who has ended nothing needs none
        self._has_looked = False
        self._connect()
        self.show_rows(desk.rows)
        self.show_live(desk.live)

    @property
    def current(self) -> tuple[LiveCard, ...]:
        """The card that has the focus, or all that sound."""
        focus = QApplication.focusWidget()
        for card in self.cards.values():
            if focus is not None and card.isAncestorOf(focus):
                return (card,)
        return tuple(
            card
            for path, card in self.cards.items()
            if path in self._live and self._live[path].status.state in _MARKABLE
        )

    @Slot(object)
    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show what the archive says."""
        self._rows = {row.summary.folder: row for row in rows}
        for path, card in self.cards.items():
            if path in self._rows:
                card.show_row(self._rows[path])
        self._show_interrupted([row for row in rows if row.is_interrupted])
        self._show_ended()
        self._choose()

    @Slot(object)
    def show_live(self, sessions: tuple[Live, ...]) -> None:
        """Show what the recorders say."""
        self._live = {live.key: live for live in sessions}
        self._seen_live |= self._live.keys()
        for path in self.cards.keys() - self._live.keys():
            self._rest(path)
        for live in sessions:
            if live.key in self.cards:
                self._put(live, self.cards[live.key])
        self._make_next()
        self.counted.emit(len(sessions))
        self._show_ended()

    def leave(self) -> None:
        """What is over needs no place any more: nobody looks at its buttons."""
        for path in tuple(self._resting):
            self._let_go(path)

    def close_work(self) -> None:
        """End the looking for replays; what waits for one goes on."""
        if self._replays is not None:
            self._replays.close()

    @Slot(object, float)
    def show_marked(self, folder: SessionFolder, at_s: float) -> None:
        """A moment was marked: let it be named."""
        card = self.cards.get(folder.path)
        if card is not None and self.isVisible():
            card.ask_name(at_s)

    def offer_sample(self, *, can_play: bool) -> None:
        """Let the sample's buttons be pressed, or not while it starts."""
        for button in (self.empty.button, self.welcome.button):
            button.setEnabled(can_play)

    @Slot()
    def _make_next(self) -> None:
        """Make a card that is missing, and the next one a turn of the loop later."""
        missing = [live for path, live in self._live.items() if path not in self.cards]
        missing.sort(key=lambda live: live.folder.id)
        if missing:
            live = missing[0]
            if live.key in self._resting:  # it goes on after all
                _drop(self._resting.pop(live.key))
            card = self.cards[live.key] = LiveCard(live.folder)
            wire(card, self._desk, self)
            if live.key in self._rows:
                card.show_row(self._rows[live.key])
            self._put(live, card)
        if missing[1:]:
            QTimer.singleShot(0, self, self._make_next)
        self._choose()

    def _put(self, live: Live, card: LiveCard) -> None:
        """Show a card where its state belongs; it stays where it is, where that is the same."""
        is_ahead = live.status.state is State.SCHEDULED and not live.has_died
        section = self.scheduled if is_ahead else self.going
        if self._places.get(live.key) is section:
            card.show_live(live)
            return
        self._places[live.key] = section
        with self._steady.held():
            section.add(card)
            card.show_live(live)

    def _rest(self, path: Path) -> None:
        """Leave the card of what is over where it is: no other's button comes under the pointer."""
        self._places.pop(path, None)
        card = self.cards.pop(path)
        if self.isHidden() or not card.rest():
            _drop(card)
            return
        self._resting[path] = card
        QTimer.singleShot(tokens.RESTING_MS, card, lambda: self._end_rest(path, card))

    def _end_rest(self, path: Path, card: LiveCard) -> None:
        """Let a card go once it has rested and the pointer has left the cards."""
        if self._resting.get(path) is not card:
            return
        if self.going.underMouse() or self.scheduled.underMouse():
            QTimer.singleShot(tokens.RESTING_MS, card, lambda: self._end_rest(path, card))
        else:
            self._let_go(path)

    def _let_go(self, path: Path) -> None:
        _drop(self._resting.pop(path))
        self._show_ended()
        self._choose()

    def _show_interrupted(self, rows: list[Row]) -> None:
        wanted = {row.summary.folder for row in rows} - self.cards.keys()
        for path in self.interrupted.keys() - wanted:
            _drop(self.interrupted.pop(path))
        for row in rows:
            path = row.summary.folder
            if path in wanted and path not in self.interrupted:
                card = InterruptedCard(row)
                card.recovery_asked.connect(self._on_recovery)
                card.wait_asked.connect(self._desk.wait)
                self.interrupted[path] = card
                with self._steady.held():
                    self.left.add(card)

    @Slot(object)
    def _on_recovery(self, folder: SessionFolder) -> None:
        self._seen_live.add(folder.path)
        self._desk.recover(folder)

    @Slot()
    def _show_ended(self) -> None:
        """Show what was live while this window looked, and is over now."""
        over = [
            row
            for path, row in self._rows.items()
            if path in self._seen_live
            and path not in self._live
            and path not in self._resting
            and not row.is_open
        ][:_MOST_ENDED]
        self._show_over(ended_of(row, self._desk.works) for row in over)

    def _show_over(self, found: Iterable[Ended]) -> None:
        shown = {each.folder.path: each for each in found}
        for path in self.ended.keys() - shown.keys():
            _drop(self.ended.pop(path))
        for path, each in shown.items():
            if path not in self.ended:
                card = self.ended[path] = EndedCard(each.folder)
                card.opened.connect(self.session_asked)
                card.dismissed.connect(self._on_read)
                card.replay_asked.connect(self._on_replay_asked)
                with self._steady.held():
                    self.over.add(card)
                    card.show_ended(each)
                self._look_for_replay(each)
            self.ended[path].show_ended(each)

    def _look_for_replay(self, ended: Ended) -> None:
        if self._replays is None:
            from app.gui.replaying import Replays  # noqa: PLC0415 (after the first window)

            self._replays = Replays.of(self._desk)
            self._replays.changed.connect(self._on_replay)
        self._replays.look(ended.folder)

    @Slot(object)
    def _on_replay(self, path: Path) -> None:
        if path in self.ended and self._replays is not None:
            self.ended[path].show_replay(self._replays.replay(path))

    @Slot(object, str)
    def _on_replay_asked(self, folder: SessionFolder, title: str) -> None:
        if self._replays is not None:
            self._replays.act(folder, title)

    @Slot(object)
    def _on_read(self, folder: SessionFolder) -> None:
        self._seen_live.discard(folder.path)
        self._show_ended()
        self._choose()

    def _choose(self) -> None:
        for section in self._sections:
            section.settle()
        has_cards = bool(self.cards or self._resting or self.interrupted or self.ended)
        is_first = not self._rows and self._desk.has_looked
        self._pages.setCurrentIndex(1 if has_cards else 2 if is_first else 0)
        self.empty.button.setVisible(not self._rows)
        if is_first and not has_cards and not self._has_looked:
            self._has_looked = True
            settings = self._desk.settings
            self._lane.do(
                lambda: welcoming.look(settings), self.welcome.show_welcome, self._on_failed
            )

    def _on_failed(self, error: AircheckError) -> None:
        self.say(words.Message.of(error))

    def _connect(self) -> None:
        desk = self._desk
        desk.rows_changed.connect(self.show_rows)
        desk.live_changed.connect(self.show_live)
        desk.work_changed.connect(self._show_ended)
        desk.marked.connect(self.show_marked)
        desk.started.connect(self._on_started)
        desk.start_failed.connect(self._on_started)
        self.empty.button.clicked.connect(self._on_sample)
        self.welcome.button.clicked.connect(self._on_sample)
        self.welcome.model_asked.connect(self._on_model)
        self.welcome.settings_asked.connect(self._on_settings)

    @Slot()
    def _on_sample(self) -> None:
        self.offer_sample(can_play=False)
        self._desk.play_sample()

    @Slot()
    def _on_started(self) -> None:
        self.offer_sample(can_play=True)

    @Slot()
    def _on_model(self) -> None:
        self.welcome.show_fetching()
        settings = self._desk.settings
        self._lane.do(lambda: welcoming.fetch(settings), lambda _: None, self._on_failed)

    @Slot()
    def _on_settings(self) -> None:
        self.place_asked.emit("settings")

    def _scroll(self) -> QScrollArea:
        inner = QWidget()
        inner.setObjectName("column")
        column = QVBoxLayout(inner)
        column.setContentsMargins(*[tokens.SPACE_L] * 4)
        column.setSpacing(tokens.SPACE_M)
        for section in self._sections:
            column.addWidget(section)
        column.addStretch(1)
        area = scrolled(inner, edge=tokens.SPACE_L)
        self._steady = Steady(area, column)
        return area


class InterruptedCard(QFrame):
    """A session without a recorder: one that died while nobody watched, or is to come yet."""

    recovery_asked = Signal(object)
    wait_asked = Signal(object)

    def __init__(self, row: Row) -> None:
        super().__init__()
        self.setObjectName("card")
        self._folder = SessionFolder(row.summary.folder)
        chip = Chip()
        chip.show_look(row.look)
        title = Text("heading")
        title.say(row.summary.title)
        is_scheduled = row.summary.state is State.SCHEDULED
        about = label(
            "muted",
            translate("Now", "No recorder waits for it now, so it would be missed.")
            if is_scheduled
            else translate(
                "Now", "Its recorder ended without sealing it. What was recorded is safe."
            ),
        )
        about.setWordWrap(True)
        wait, recover = translate("Now", "Wait for it"), translate("Now", "Recover")
        self.recover = Button(wait if is_scheduled else recover, "refresh-cw")
        self.recover.clicked.connect(self._on_wait if is_scheduled else self._on_recover)
        _lay_out_card(self, chip, title, about, self.recover)

    @Slot()
    def _on_recover(self) -> None:
        self.recover.setEnabled(False)
        self.recovery_asked.emit(self._folder)

    @Slot()
    def _on_wait(self) -> None:
        self.recover.setEnabled(False)
        self.wait_asked.emit(self._folder)


class EndedCard(QFrame):
    """A session that has ended while the window looked, and what becomes of it."""

    opened = Signal(object)
    dismissed = Signal(object)
    replay_asked = Signal(object, str)
    """Folder and title: wait for the session's replay, or no longer."""

    def __init__(self, folder: SessionFolder) -> None:
        super().__init__()
        self.setObjectName("card")
        self._folder = folder
        self.chip = Chip()
        self.title = Text("heading")
        self.about = Text("muted")
        self.replay = Button(translate("Replay", "Wait for the replay"), "hourglass")
        self.replay.hide()
        self.open = Button(translate("Now", "Open"), "file-audio")
        self.dismiss = Button(translate("Now", "Dismiss"), "x")
        self.open.clicked.connect(lambda: self.opened.emit(self._folder))
        self.dismiss.clicked.connect(lambda: self.dismissed.emit(self._folder))
        self.replay.clicked.connect(self._on_replay)
        _lay_out_card(self, self.chip, self.title, self.about, self.replay, self.open, self.dismiss)

    def show_replay(self, replay: Replay | None) -> None:
        """Offer to wait for a replay, or say that it is waited for."""
        self.replay.setVisible(replay is not None)
        if replay is not None:
            from app.gui.replaying import dress  # noqa: PLC0415 (likewise)

            dress(self.replay, replay)
            self.replay.setToolTip(tip(replay.sentence))

    @Slot()
    def _on_replay(self) -> None:
        self.replay_asked.emit(self._folder, self.title.accessibleName())

    def show_ended(self, ended: Ended) -> None:
        """Show what there is to say of it now."""
        self.chip.show_look(ended.look)
        self.title.say(ended.title)
        self.about.say(ended.about)
        self.setAccessibleName(ended.title)


def _lay_out_card(card: QFrame, chip: Chip, title: Text, about: QWidget, *buttons: Button) -> None:
    texts = QVBoxLayout()
    texts.setSpacing(tokens.SPACE_XS)
    for part in (chip, title, about):
        texts.addWidget(part)
    layout = QHBoxLayout(card)
    edge = tokens.SPACE_L
    layout.setContentsMargins(edge, edge, edge, edge)
    layout.setSpacing(tokens.SPACE_S)
    layout.addLayout(texts, 1)
    for button in buttons:
        layout.addWidget(button)


def _drop(card: QWidget) -> None:
    card.hide()
    card.setParent(None)
    card.deleteLater()
