"""A session's two waveforms, all of it and a stretch of it below, and what is chosen in them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.gui import tokens
from app.gui.presenters.session import NO_TIME, Strip
from app.gui.waveform import Detail, Overview
from app.gui.widgets import column
from recorder.labels import Label
from recorder.pyramid import Waveform

_ZOOM = 1.5


class Waves(QWidget):
    """Shows the same session twice; the stretch that is chosen is one for both."""

    sought = Signal(float)
    """Session time in seconds, to play from."""
    chose = Signal(object)
    """``(from_s, to_s)`` that is chosen now; None where nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.overview = Overview()
        self.detail = Detail()
        self._views = (self.overview, self.detail)
        self._chosen: tuple[float, float] | None = None
        column(self, *self._views, space=tokens.SPACE_XS)
        for view in self._views:
            view.sought.connect(self.sought)
        self.overview.stretch_asked.connect(self.detail.show_stretch)
        self.detail.viewed.connect(self.overview.show_window)
        self.detail.chosen.connect(self.choose)

    @property
    def chosen(self) -> tuple[float, float] | None:
        """From and to, where something is chosen."""
        return self._chosen

    @property
    def whole_s(self) -> float:
        """How long the session is."""
        return self.detail.view.whole_s

    @property
    def position_s(self) -> float:
        """Session time of the playhead; 0 while it is hidden."""
        return self.detail.position_s or 0.0

    def clear(self) -> None:
        """Show no session."""
        self.show_strip(NO_TIME)
        self.show_wave(Waveform())
        self.show_labels(())
        self.show_position(None)
        self.choose_nothing()

    def show_strip(self, strip: Strip) -> None:
        """Show a session's time: its length, gaps and markers."""
        for view in self._views:
            view.show_strip(strip)

    def show_wave(self, wave: Waveform) -> None:
        """Show a waveform, as far as there is one."""
        for view in self._views:
            view.show_wave(wave)

    def show_labels(self, labels: tuple[Label, ...]) -> None:
        """Tint what is speech, music and silence."""
        for view in self._views:
            view.show_labels(labels)

    def show_position(self, at_s: float | None) -> None:
        """Move the playhead; None hides it."""
        for view in self._views:
            view.show_position(at_s)

    def bring_into_view(self, at_s: float) -> None:
        """Show the stretch around a moment."""
        self.detail.look_at(self.detail.view.following(at_s))

    @Slot()
    def zoom_in(self) -> None:
        """Show less, around the playhead where it is seen."""
        self.detail.zoom(_ZOOM)

    @Slot()
    def zoom_out(self) -> None:
        """Show more."""
        self.detail.zoom(1 / _ZOOM)

    @Slot(float, float)
    def choose(self, from_s: float, to_s: float) -> None:
        """Choose a stretch."""
        self._choose((from_s, to_s))

    def choose_edge(self, here_s: float, *, is_end: bool) -> None:
        """Choose from here, or to here; the other edge stays, where that makes a stretch."""
        from_s, to_s = self._chosen or (here_s, here_s)
        fresh = (from_s, here_s) if is_end else (here_s, max(to_s, here_s))
        self._choose((min(fresh), max(fresh)))

    def choose_nothing(self) -> None:
        """Let go what is chosen."""
        self._choose(None)

    def fit(self, *, has_room: bool) -> None:
        """Show the stretch below where there is room for it; who had its keys keeps keys."""
        if self.detail.hasFocus() and not has_room:
            self.overview.setFocus()
        self.detail.setVisible(has_room)

    def take_keys(self) -> None:
        """Take the page's keys, which a waveform leaves to it; one in hiding would take none."""
        (self.overview if self.detail.isHidden() else self.detail).setFocus()

    def _choose(self, chosen: tuple[float, float] | None) -> None:
        self._chosen = chosen
        for view in self._views:
            view.show_selected(chosen)
        self.chose.emit(chosen)
