"""A session's page: what it is, its time, its transcript, its evidence; all that is done with it.

The page is a `SessionPlace`. What it shows is read on lanes of its own; what people change is
written on another one, in order. Of a session that goes on, the card, the strip and the captions
follow at once, and the rest is read again now and then.
"""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app import editing
from app.editing import Changes
from app.gui import tokens
from app.gui.bridge import Latest
from app.gui.captioning import Captioning
from app.gui.cards import LiveCard, wire
from app.gui.desk import Desk
from app.gui.details import DetailsForm
from app.gui.pages.compare import ComparePage
from app.gui.panel import Panel
from app.gui.place import SessionPlace
from app.gui.player import Player, Playing
from app.gui.presenters import evidence, keys, session
from app.gui.presenters.captions import Heard
from app.gui.presenters.correcting import Version
from app.gui.presenters.drawing import Drawing
from app.gui.presenters.evidence import Verified
from app.gui.presenters.exporting import Wanted
from app.gui.presenters.keys import Group
from app.gui.presenters.language import translate
from app.gui.presenters.library import Row
from app.gui.presenters.live import Live
from app.gui.presenters.session import Page, Wave
from app.gui.presenters.transcription import Asked, Works
from app.gui.presenters.words import Message
from app.gui.reading import TranscriptPane
from app.gui.replaying import ReplayLine, Replays
from app.gui.session_head import SessionHead
from app.gui.session_work import SessionWork
from app.gui.transcript import TranscriptView
from app.gui.waves import Waves
from app.gui.widgets import Notice, quietly, scrolled
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.pyramid import Waveform

_log = logging.getLogger(__name__)

_JUMP_S, _STEP_S = 10.0, 5.0
_LIVE_SHARE = 0.05  # of the time, for reading a session again that goes on
_LIVE_EVERY_S = 4.0
_BEFORE_MARK_S = 1.0  # whoever jumps back past a marker just reached wants the one before it


class SessionPage(SessionPlace):
    """One session. GUI thread only."""

    def __init__(self, desk: Desk, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._player = desk, player
        self.folder: SessionFolder | None = None
        self._page: Page | None = None
        self._live: Live | None = None
        self._row: Row | None = None
        self._wanted_s: float | None = None
        self._version: Path | None = None
        self._text_of: session.TextOf | None = None
        self._names_mark_s: float | None = None
        self._captioning = Captioning(desk.bridge)
        self._has_captions = False
        self._drawing: Drawing | None = None
        self.card: LiveCard | None = None
        self._card_place = QVBoxLayout()
        self._next_read = 0.0
        self._reading = desk.lane("session", newest_only=True)
        self._waves = desk.lane("session-wave", newest_only=True)
        self._work = SessionWork(desk)
        self._replays = Replays.of(desk)

    def making(self) -> Iterator[None]:
        """See `Place.making`."""
        self._make_parts()
        yield
        self.text = TranscriptPane()
        yield
        self.panel = Panel()
        yield
        self._lay_out()
        yield
        self._connect()
        self._show_empty()

    # --- the place -----------------------------------------------------------------------------

    @property
    def shown(self) -> SessionFolder | None:
        """The session that it shows."""
        return self.folder

    @property
    def cursor_s(self) -> float:
        """See `SessionPlace`."""
        return self._position_s()

    def show_session(self, folder: SessionFolder, at_s: float | None = None) -> None:
        """Turn to a session, at a moment of it where one is given."""
        self._wanted_s = at_s
        self._pages.setCurrentIndex(0)
        if self.folder is not None and self.folder.path == folder.path:
            self._show_wanted()
            self._read()
            return
        self._leave_session()
        self.folder = folder
        self._work.turn_to(folder)
        self._show_empty()
        self._on_rows(self._desk.rows)
        self._on_live(self._desk.live)
        self._read()
        self._draw()

    def enter(self) -> None:
        """Keys are the page's from now on, once it has its room."""
        QTimer.singleShot(0, self, self._take_keys)

    @Slot()
    def _take_keys(self) -> None:
        if self.isVisible():
            self.waves.take_keys()

    def mark(self) -> bool:
        """Mark where the playhead is.

        Returns:
            Whether it did; a session that goes on is marked by its recorder, and now.
        """
        if self.folder is None or self._live is not None or self._page is None:
            return False
        if not self.waves.whole_s:
            return False
        self._work.mark(round(self._position_s(), 3))
        return True

    def close_work(self) -> None:
        """End what runs for this page; what was just written is kept, at once."""
        notes = self.panel.notes.unkept
        if notes is not None and self.folder is not None:
            try:
                editing.edit(self.folder, Changes(notes=notes))
            except AircheckError as error:
                _log.error("the last words of the notes are lost: %s", error)
        self._stop_followers()
        self._replays.close()
        if self._compare is not None:
            self._compare.close_work()

    # --- reading -------------------------------------------------------------------------------

    @Slot()
    def _read(self) -> None:
        """Read the session again; what came out is shown if it is still the one that is shown."""
        folder, version, histories = self.folder, self._version, self._player.histories
        if folder is None:
            return
        begun_s = time.monotonic()

        def done(page: Page) -> None:
            took_s = time.monotonic() - begun_s
            self._next_read = time.monotonic() + max(_LIVE_EVERY_S, took_s / _LIVE_SHARE)
            self._on_page(page)

        text_of = self._text_of
        self._reading.do(
            lambda: session.load(folder, histories, version, text_of), done, self._on_failed
        )

    def _draw(self) -> None:
        """Show what is stored of the waveform, and measure the rest."""
        if self._drawing is not None:
            self._drawing.stop()
        folder = self.folder
        if folder is None:
            return
        latest: Latest[Waveform] = Latest(
            self._desk.bridge, lambda wave: self._on_waveform(folder, wave)
        )
        drawing = self._drawing = Drawing(folder, self._player.histories, latest.put)
        measure = self._live is None
        self._waves.do(lambda: drawing.run(measure=measure), _nothing, _nothing)

    @Slot(object)
    def _on_page(self, page: Page) -> None:
        if self.folder is None or page.folder.path != self.folder.path:
            return
        self._page = page
        self.waves.show_strip(page.strip)
        self.waves.show_labels(page.labels)
        self._show_lines(page)
        self.panel.evidence.show_summary(
            evidence.summary(page.history.timeline) if page.history else ()
        )
        if page.history:
            self.panel.evidence.facts.facts.show_facts(evidence.facts(page.history))
        has_parts = page.history is None or bool(page.history.timeline.parts)
        self.panel.evidence.verify.setEnabled(has_parts)
        self.head.offer_work(has_parts=has_parts)
        self.panel.markers.show_markers(page.strip.markers)
        if page.info:
            self.panel.notes.show_notes(page.info.notes)
        self._show_head()
        if page.problem:
            self.notice.say(page.problem)
        self._show_work()
        self._show_wanted()
        self._look_for_replay(page)
        self._on_moved(self._player.position_s)
        self._name_new_mark()
        self._read_versions()

    def _show_lines(self, page: Page) -> None:
        """The transcript; captions where there is none yet."""
        if page.chosen is not None or not self._has_captions:
            self._has_captions = False
            self.text.show_lines(page.lines)
        self.text.offer_texts(page.texts, page.chosen)
        has_lines = bool(self.text.view.lines) and (page.chosen is not None or self._has_captions)
        self.text.show_text(is_there=has_lines)

    @Slot()
    def _read_versions(self) -> None:
        if self.panel.tabs.currentIndex() == Panel.VERSIONS:
            self._work.read_versions()

    def _on_waveform(self, folder: SessionFolder, wave: Waveform) -> None:
        if self.folder is not None and self.folder.path == folder.path:
            self.waves.show_wave(wave)

    def _on_failed(self, error: AircheckError) -> None:
        self._on_work_failed(Message.of(error))

    @Slot(object)
    def _on_work_failed(self, message: Message) -> None:
        self.notice.say(message)
        self.text.waiting.button.setEnabled(True)
        self.panel.evidence.show_unfinished()

    # --- what the desk says --------------------------------------------------------------------

    @Slot(object)
    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        if self.folder is None:
            return
        path = self.folder.path
        row = next((row for row in rows if row.summary.folder == path), None)
        if row is None or row == self._row:
            return
        was_there = self._row is not None
        self._row = row
        self._show_row()
        if was_there and self._live is None:
            self._read()
            self._draw()

    @Slot(object)
    def _on_live(self, sessions: tuple[Live, ...]) -> None:
        if self.folder is None:
            return
        path = self.folder.path
        before, self._live = self._live, next((each for each in sessions if each.key == path), None)
        self._show_card()
        if self._live is not None:
            self._show_row()
            self.waves.show_strip(self._live.strip)
            self._captioning.look(self.folder)
            if time.monotonic() >= self._next_read and self._page is not None:
                self._next_read = time.monotonic() + _LIVE_EVERY_S
                self._read()
        elif before is not None:
            self._show_row()
            self._read()
            self._draw()

    @Slot(object)
    def _on_work(self, _works: Works) -> None:
        self._show_work()

    @Slot(object)
    def _on_wave(self, wave: Wave) -> None:
        """Somebody has measured a session that goes on: it is stored now."""
        if self.folder is not None and self.folder.path == wave.folder.path and self._live:
            self._draw()

    # --- showing -------------------------------------------------------------------------------

    def _show_empty(self) -> None:
        self._page = self._row = self._live = None
        self._version = self._text_of = self._names_mark_s = None
        self.head.clear()
        self.notice.clear()
        self.replay.show_replay(None)
        self._close_details()
        self.waves.clear()
        self.text.close_find()
        self.text.show_lines(())
        self.text.show_text(is_there=False)
        self.text.say_state("")
        self.text.offer_undo(can_undo=False, can_redo=False)
        self.panel.evidence.show_idle()
        self.panel.evidence.facts.facts.show_facts(())
        self.panel.markers.show_markers(())
        self.panel.versions.show_versions(())
        self._show_card()

    def _leave_session(self) -> None:
        """What was written is kept; what runs for the session before ends."""
        self.panel.notes.forget()
        self._stop_followers()
        self._has_captions = False

    def _stop_followers(self) -> None:
        self._captioning.close()
        if self._drawing is not None:
            self._drawing.stop()
        self._work.cancel_check()

    def _show_row(self) -> None:
        row = self._row
        if row is None:
            return
        self._show_head()
        if row.summary.problem:
            self.notice.say(
                Message(
                    happened=row.summary.problem,
                    safe=translate("Session", "Other sessions are fine."),
                )
            )
        if self.card:
            self.card.show_row(row)
        self._show_work()

    def _show_head(self) -> None:
        if self._row is not None:
            shown = self._row.with_live(self._live) if self._live else self._row
            self.head.show_row(self._row, shown.look, self._page.info if self._page else None)

    def _show_card(self) -> None:
        if self._live is None:
            self._drop_card()
            return
        if self.card is not None and self.card.folder.path != self._live.folder.path:
            self._drop_card()
        if self.card is None:
            self.card = LiveCard(self._live.folder, is_alone=False)
            wire(self.card, self._desk, self)
            self._card_place.addWidget(self.card)
        self.card.show_live(self._live)

    def _drop_card(self) -> None:
        if self.card is not None:
            self._card_place.removeWidget(self.card)
            self.card.hide()
            self.card.deleteLater()
            self.card = None

    def _show_work(self) -> None:
        """How far the transcript is, and what made it."""
        if self._row is None:
            return
        work = self._desk.works.of(self._row)
        sentence = work.sentence
        if self._live is not None and not self._has_captions:
            sentence = translate(
                "Session", "Captions can be made while it records; the recording comes first."
            )
        quietly(self.text.waiting.sentence.setText, self.text.waiting.sentence.text(), sentence)
        can_caption = self._live is not None and bool(self._live.status.end_s)
        self.text.waiting.button.setText(
            translate("Session", "Show captions")
            if can_caption
            else translate("Session", "Transcribe")
        )
        self.text.waiting.button.setVisible(can_caption or work.may_ask)
        self.panel.versions.again.setVisible(self._live is None and not self._row.is_open)
        made_by = self._page.made_by if self._page else ""
        if not self._has_captions:
            self.text.say_state(f"{made_by} {work.sentence}".strip() if made_by else "")

    def _show_wanted(self) -> None:
        """Bring the moment that was asked for into view."""
        if self._wanted_s is None or self._page is None:
            return
        at_s, self._wanted_s = self._wanted_s, None
        self.waves.bring_into_view(at_s)
        self.text.view.bring_into_view(self._page.line_at(at_s))
        if not self._is_heard:
            self.show_position(at_s)

    def show_position(self, at_s: float | None) -> None:
        """Follow what is heard; None where another session is."""
        self.waves.show_position(at_s)
        line = -1
        if at_s is not None:
            line = self._line_at(at_s)
        self.text.view.show_position(at_s, line)
        self.panel.notes.show_position(at_s)

    def _line_at(self, at_s: float) -> int:
        if self._has_captions or self._page is None:
            lines = self.text.view.lines
            return sum(line.start_s <= at_s for line in lines) - 1
        return min(self._page.line_at(at_s), len(self.text.view.lines) - 1)

    # --- playing -------------------------------------------------------------------------------

    @property
    def _is_heard(self) -> bool:
        """Whether the player has this session."""
        played = self._player.folder
        return played is not None and self.folder is not None and played.path == self.folder.path

    def _position_s(self) -> float:
        """Where the playhead is, whether it plays or not."""
        if self._is_heard:
            return self._player.position_s
        return self.waves.position_s

    @Slot(float)
    def _on_moved(self, _at_s: float) -> None:
        if self._is_heard:
            self.show_position(self._player.position_s)
        elif self._player.folder is not None:
            self.show_position(None)

    @Slot(float)
    def _on_sought(self, at_s: float) -> None:
        if self.folder is not None:
            self.play_asked.emit(self.folder, at_s)

    @Slot()
    def _toggle(self) -> None:
        if self.folder is None:
            return
        if not self._is_heard:
            self.play_asked.emit(self.folder, self._position_s())
        elif self._player.playing is Playing.SOUND:
            self._player.pause()
        else:
            self._player.resume()

    def _step(self, by_s: float) -> None:
        """Go on or back; of a session that isn't played yet, its playhead moves."""
        at_s = min(max(self._position_s() + by_s, 0.0), self.waves.whole_s)
        if self._is_heard:
            self._player.seek(at_s)
        else:
            self.show_position(at_s)

    def _to_marker(self, direction: int) -> None:
        here_s = self._position_s()
        moments = [float(mark.from_s) for mark in (self._page.strip.markers if self._page else ())]
        if direction > 0:
            target_s = min((each for each in moments if each > here_s + 0.05), default=None)
        else:
            earlier = [each for each in moments if each < here_s - _BEFORE_MARK_S]
            target_s = max(earlier, default=None)
        if target_s is not None:
            self._step(target_s - here_s)

    # --- keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Keys that nothing on the page has taken; '?' lists them."""
        action = self._action(event)
        if self.folder is None or action is None or self._pages.currentIndex():
            super().keyPressEvent(event)
        else:
            action()

    def _action(self, event: QKeyEvent) -> Callable[[], object] | None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return None
        key = Qt.Key(event.key())
        return self._control_action(event, key) if control else self._plain_action(event, key)

    def _control_action(self, event: QKeyEvent, key: Qt.Key) -> Callable[[], object] | None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return {
            (Qt.Key.Key_F, False): self.text.open_find,
            (Qt.Key.Key_Z, False): self._undo,
            (Qt.Key.Key_Z, True): self._redo,
            (Qt.Key.Key_Y, False): self._redo,
            (Qt.Key.Key_C, True): self._copy_quote,
            (Qt.Key.Key_E, False): self._export,
        }.get((key, shift))

    def _plain_action(self, event: QKeyEvent, key: Qt.Key) -> Callable[[], object] | None:
        by_text: dict[str, Callable[[], object]] = {
            "?": self.show_keys,
            "[": lambda: self.waves.choose_edge(self._position_s(), is_end=False),
            "]": lambda: self.waves.choose_edge(self._position_s(), is_end=True),
            "<": lambda: self.pace_step(-1),
            ">": lambda: self.pace_step(1),
            "+": self.waves.zoom_in,
            "-": self.waves.zoom_out,
            "0": self.waves.detail.show_all,
        }
        by_key: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Space: self._toggle,
            Qt.Key.Key_K: self._toggle,
            Qt.Key.Key_J: lambda: self._step(-_JUMP_S),
            Qt.Key.Key_L: lambda: self._step(_JUMP_S),
            Qt.Key.Key_Left: lambda: self._step(-_STEP_S),
            Qt.Key.Key_Right: lambda: self._step(_STEP_S),
            Qt.Key.Key_PageUp: lambda: self._to_marker(-1),
            Qt.Key.Key_PageDown: lambda: self._to_marker(1),
            Qt.Key.Key_Backspace: lambda: self.pace_step(0),
            Qt.Key.Key_S: self._toggle_silence,
            Qt.Key.Key_X: self._clip,
            Qt.Key.Key_F3: lambda: self.text.turn(1),
            Qt.Key.Key_Escape: self.waves.choose_nothing,
            Qt.Key.Key_1: lambda: self.panel.turn_to(Panel.EVIDENCE),
            Qt.Key.Key_2: lambda: self.panel.turn_to(Panel.MARKERS),
            Qt.Key.Key_3: lambda: self.panel.turn_to(Panel.NOTES),
            Qt.Key.Key_4: lambda: self.panel.turn_to(Panel.VERSIONS),
        }
        return by_text.get(event.text()) or by_key.get(key)

    def pace_step(self, direction: int) -> None:
        """Play faster or slower by a step; 0 is the normal pace."""
        self._player.hear(self._player.hearing.stepped(direction))

    def _toggle_silence(self) -> None:
        self._player.hear(self._player.hearing.with_silence_turned())

    # --- choosing ------------------------------------------------------------------------------

    def _stretch(self) -> tuple[float, float] | None:
        """What is chosen, in the transcript or the waveform."""
        said = self.text.chosen
        return (said.from_s, said.to_s) if said else self.waves.chosen

    @Slot()
    def _play_choice(self) -> None:
        stretch = self._stretch()
        if stretch:
            self._on_sought(stretch[0])

    @Slot()
    def _copy_quote(self) -> None:
        """Copy what was said with who, where, when and the audio's hash."""
        stretch, page = self._stretch(), self._page
        if stretch is None or page is None or page.chosen is None:
            return
        self._work.quote(page.chosen, *stretch)

    @Slot(str)
    def _on_quote(self, citation: str) -> None:
        QApplication.clipboard().setText(citation)
        self.text.say_state(translate("Session", "The quote is copied, with its source."), "quote")
        QTimer.singleShot(tokens.VIEW_FREE_MS, self, self._show_work)

    @Slot()
    def _clip(self) -> None:
        stretch = self._stretch()
        if stretch and self.folder is not None and stretch[1] > stretch[0]:
            self.export_asked.emit(
                Wanted(folders=(self.folder,), from_s=stretch[0], to_s=stretch[1])
            )

    @Slot()
    def _export(self) -> None:
        if self.folder is not None:
            self.export_asked.emit(Wanted(folders=(self.folder,)))

    # --- putting right -------------------------------------------------------------------------

    @Slot()
    def _correct_choice(self) -> None:
        said = self.text.chosen
        if said is not None:
            self._on_correction_asked(said.line)

    @Slot(int)
    def _on_correction_asked(self, number: int) -> None:
        if self._page is None or self._page.chosen is None or self._has_captions:
            return
        if self.text.view.lines[number].kind is session.LineKind.SPEECH:
            self.text.edit(number, self._page.speakers)

    @Slot(int, str, str)
    def _on_corrected(self, number: int, text: str, speaker: str) -> None:
        if self._page is not None and self._page.chosen is not None:
            self._version = None
            line = self.text.view.lines[number]
            at_s = float(line.start_s)
            self._work.correct(self._page.chosen, at_s, text, speaker, line.speaker)

    @Slot(int, str)
    def _on_named(self, number: int, name: str) -> None:
        if self._page is not None and self._page.chosen is not None:
            self._version = None
            self._work.name_speaker(self._page.chosen, self.text.view.lines[number].speaker, name)

    @Slot()
    def _undo(self) -> None:
        self._version = None
        self._work.undo()

    @Slot()
    def _redo(self) -> None:
        self._version = None
        self._work.redo()

    @Slot(object)
    def _on_version_shown(self, version: Version) -> None:
        self._version = version.stored.path
        self._read()

    @Slot(object)
    def _on_text_chosen(self, wanted: session.TextOf) -> None:
        self._version, self._text_of = None, wanted
        self._read()

    @Slot(object)
    def _on_version_used(self, version: Version) -> None:
        self._version = None
        self._work.use(version)

    @Slot(bool, bool)
    def _on_corrections(self, can_undo: bool, can_redo: bool) -> None:  # noqa: FBT001 (Qt's signal)
        self.text.offer_undo(can_undo=can_undo, can_redo=can_redo)

    # --- markers, notes, details ---------------------------------------------------------------

    @Slot()
    def _on_mark_asked(self) -> None:
        if not self.mark() and self._live is not None:
            self._desk.mark(self._live.folder)

    @Slot(float)
    def _on_marked(self, at_s: float) -> None:
        self._names_mark_s = at_s
        self.panel.turn_to(Panel.MARKERS)

    def _name_new_mark(self) -> None:
        """A marker that was just added may be named at once."""
        if self._names_mark_s is not None:
            at_s, self._names_mark_s = self._names_mark_s, None
            self.panel.markers.name_anew(at_s)

    @Slot()
    def _on_edit(self) -> None:
        if self._page is not None and self._page.info is not None:
            self.details.open(self._page.folder, self._page.info)
            self._body.hide()
            self._arrange()

    @Slot()
    def _close_details(self) -> None:
        if self._details is not None:
            self._details.hide()
        self._body.show()
        self._arrange()
        self._take_keys()

    # --- verifying -----------------------------------------------------------------------------

    @Slot()
    def _on_verify(self) -> None:
        history = self._page.history if self._page else None
        self._work.check(len(history.timeline.parts) if history else 1)

    @Slot(object)
    def _on_checked(self, found: Verified | None) -> None:
        if found is None:
            self.panel.evidence.show_idle()
        else:
            self.panel.evidence.show_verified(found)

    # --- captions ------------------------------------------------------------------------------

    @Slot(object)
    def _on_transcription_asked(self, asked: Asked) -> None:
        if self.folder is not None:
            self._desk.transcribe(self.folder, asked=asked)

    @Slot()
    def _on_text_asked(self) -> None:
        """Captions of a session that goes on; a transcript of one that is over."""
        folder = self.folder
        if folder is None:
            return
        if self._live is None:
            self._desk.transcribe(folder)
            return
        self.text.waiting.button.setEnabled(False)
        self._work.caption()

    @Slot(object, object)
    def _on_captions_started(self, folder: SessionFolder, process: subprocess.Popen[bytes]) -> None:
        self._captioning.began(folder, process)
        if self.folder is not None and self.folder.path == folder.path:
            self._captioning.look(folder)

    @Slot(object)
    def _on_heard(self, heard: Heard) -> None:
        if self._page is not None and self._page.chosen is not None:
            return
        if not self._has_captions:
            self._has_captions = True
            self.text.waiting.button.setEnabled(True)
            self.text.show_text(is_there=True)
        shown = self._live or self._page
        strip = shown.strip if shown else session.NO_TIME
        self.text.show_lines(session.among(heard.lines, strip))
        self.text.say_state(heard.look.word, heard.look.icon, heard.look.role)

    # --- the replay ----------------------------------------------------------------------------

    def _look_for_replay(self, page: Page) -> None:
        """A session that is over and has gaps may be completed from what is posted later."""
        is_over = self._row is not None and not self._row.is_open
        if is_over and page.history is not None and page.history.timeline.gaps:
            self._replays.look(page.folder)

    @Slot(object)
    def _on_replay(self, path: Path) -> None:
        if self.folder is not None and self.folder.path == path:
            self.replay.show_replay(self._replays.replay(path))

    @Slot(object)
    def _on_replay_came(self, path: Path) -> None:
        if self.folder is not None and self.folder.path == path:
            self._on_completed()

    @Slot()
    def _on_replay_acted(self) -> None:
        if self.folder is not None:
            self._replays.act(self.folder, self._row.summary.title if self._row else "")

    # --- comparing -----------------------------------------------------------------------------

    @Slot()
    def _on_compare(self) -> None:
        if self.folder is not None:
            self.compare.show_session(self.folder, self._desk.rows)
            self._pages.setCurrentIndex(1)

    @Slot()
    def _on_compared(self) -> None:
        self._pages.setCurrentIndex(0)
        self._take_keys()

    # --- putting together ----------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Shed what there is no room for."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Transcript and panel side by side, or one of them; words beside icons, or none."""
        width, is_low = self.width(), self.height() < tokens.PAGE_LOW_HEIGHT
        is_wide = width >= tokens.PAGE_WITH_PANEL_WIDTH
        self.head.fit(width, is_wide=is_wide, is_low=is_low)
        self.panel.setMaximumWidth(tokens.PANEL_MOST_WIDTH if is_wide else width)
        self.panel.setVisible(is_wide or self.head.more.isChecked())
        self.text.setVisible(is_wide or not self.head.more.isChecked())
        is_edited = self._details is not None and not self._details.isHidden()
        self.waves.fit(has_room=not (is_low or is_edited))

    def _make_parts(self) -> None:
        self.head = SessionHead(self._desk.lane("cover", newest_only=True))
        self.notice = Notice()
        self.replay = ReplayLine()
        self.waves = Waves()
        self._compare: ComparePage | None = None
        self._details: DetailsForm | None = None
        self._pages = QStackedWidget()

    @property
    def transcript(self) -> TranscriptView:
        """The view of the transcript."""
        return self.text.view

    def _connect(self) -> None:
        desk, head, text, panel = self._desk, self.head, self.text, self.panel
        desk.rows_changed.connect(self._on_rows)
        desk.live_changed.connect(self._on_live)
        desk.work_changed.connect(self._on_work)
        desk.wave_read.connect(self._on_wave)
        self._player.moved.connect(self._on_moved)
        self._replays.changed.connect(self._on_replay)
        self._replays.completed.connect(self._on_replay_came)
        self.replay.acted.connect(self._on_replay_acted)
        for source in (self.waves, text.view, panel.markers, panel.notes,
                       panel.evidence.facts):  # fmt: skip
            source.sought.connect(self._on_sought)
        self.waves.chose.connect(self.head.show_chosen)
        for button, slot in (
            (head.edit, self._on_edit),
            (head.other, self._on_compare),
            (head.export, self._export),
            (head.keys, self.show_keys),
            (head.zoom_in, self.waves.zoom_in),
            (head.zoom_out, self.waves.zoom_out),
            (head.clip, self._clip),
            (text.choice.play, self._play_choice),
            (text.choice.quote, self._copy_quote),
            (text.choice.clip, self._clip),
            (text.choice.correct, self._correct_choice),
            (text.undo, self._undo),
            (text.redo, self._redo),
            (text.waiting.button, self._on_text_asked),
        ):
            button.clicked.connect(slot)
        head.more.toggled.connect(self._arrange)
        text.view.correction_asked.connect(self._on_correction_asked)
        text.editor.saved.connect(self._on_corrected)
        text.text_asked.connect(self._on_text_chosen)
        text.editor.named.connect(self._on_named)
        panel.turned.connect(self._read_versions)
        panel.evidence.verify_asked.connect(self._on_verify)
        panel.evidence.cancelled.connect(self._work.cancel_check)
        panel.markers.added.connect(self._on_mark_asked)
        panel.markers.renamed.connect(self._work.name_mark)
        panel.markers.removed.connect(self._work.unmark)
        panel.notes.kept.connect(self._work.keep_notes)
        panel.versions.shown.connect(self._on_version_shown)
        panel.versions.used.connect(self._on_version_used)
        panel.versions.transcription_asked.connect(self._on_transcription_asked)
        panel.versions.models_wanted.connect(self._work.read_models)
        self._connect_work()

    def _connect_work(self) -> None:
        work, panel = self._work, self.panel
        self._captioning.heard.connect(self._on_heard)
        self._captioning.broke_off.connect(self._on_work_failed)
        work.changed.connect(self._read)
        work.failed.connect(self._on_work_failed)
        work.marked.connect(self._on_marked)
        work.edited.connect(self._close_details)
        work.corrected.connect(self._on_corrections)
        work.versions_read.connect(panel.versions.show_versions)
        work.models_read.connect(panel.versions.form.show_models)
        work.quoted.connect(self._on_quote)
        work.checking.connect(panel.evidence.show_progress)
        work.checked.connect(self._on_checked)
        work.captioned.connect(self._on_captions_started)

    # Parts that few need are made when they are wanted.

    @property
    def compare(self) -> ComparePage:
        """Another recording beside this one."""
        if self._compare is None:
            self._compare = ComparePage(self._desk, self._player)
            self._compare.left.connect(self._on_compared)
            self._compare.changed.connect(self._on_completed)
            self._pages.addWidget(self._compare)
        return self._compare

    @property
    def details(self) -> DetailsForm:
        """What can be changed of the session."""
        if self._details is None:
            self._details = DetailsForm()
            self._details.saved.connect(self._work.edit)
            self._details.closed.connect(self._close_details)
            self._details_place.addWidget(self._details)
        return self._details

    def groups_of_keys(self) -> tuple[Group, ...]:
        """Its own, and those of every page."""
        return (*keys.listed(), *keys.everywhere())

    @Slot()
    def _on_completed(self) -> None:
        self._read()
        self._desk.look_now()
        self._draw()

    def _lay_out(self) -> None:
        """From the outside in: whatever gets another parent is dressed again, all that is in it."""
        main = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._pages.addWidget(scrolled(main))
        edge = tokens.SPACE_L
        layout = QVBoxLayout(main)
        layout.setContentsMargins(edge, edge, edge, tokens.SPACE_M)
        layout.setSpacing(tokens.SPACE_S)
        layout.addWidget(self.head)
        layout.addWidget(self.notice)
        layout.addWidget(self.replay)
        layout.addLayout(self._card_place)
        layout.addWidget(self.waves)
        self._details_place = QVBoxLayout()
        layout.addLayout(self._details_place)
        self._body = QWidget()
        self._body.setMinimumHeight(tokens.BODY_LEAST_HEIGHT)
        layout.addWidget(self._body, 1)
        layout.addStretch(0)
        body = QHBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(tokens.SPACE_M)
        body.addWidget(self.text, 3)
        body.addWidget(self.panel, 2)


def _nothing(_result: object) -> None:
    """What follows where nothing has to: the page says what is wrong with the session."""
