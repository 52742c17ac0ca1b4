"""Chips that narrow a list: each shows what is chosen, and opens what there is. GUI thread only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.gui import icons, theme, tokens
from app.gui.flow import Flow
from app.gui.presenters import figures
from app.gui.presenters.browsing import Counted, Spread, kind_word
from app.gui.presenters.language import translate
from app.gui.presenters.words import one_line
from app.gui.widgets import Button
from app.shelf import Filter, Kind

_MOST_OFFERED = 30
_MOST_NAMED = 2
_SHOWN_LETTERS = 24


class FilterChip(QToolButton):
    """A chip with a menu; checked while something is chosen."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setCheckable(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow behind the word
        self.setIconSize(QSize(tokens.ICON_S, tokens.ICON_S))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMenu(QMenu(self))
        self._name = name
        self._offered: tuple[tuple[object, str, int], ...] = ()
        self._chosen: tuple[object, ...] = ()
        self._is_single = False
        self.menu().aboutToShow.connect(self._fill)
        self._say()

    @property
    def chosen(self) -> tuple[object, ...]:
        """The values that are chosen."""
        return self._chosen

    def offer(self, values: Sequence[tuple[object, str, int]], *, is_single: bool = False) -> None:
        """Offer values: each with its words and how many have it (-1: nobody counts).

        Args:
            values: What there is.
            is_single: Whether one excludes the others.
        """
        self._offered, self._is_single = tuple(values), is_single
        self._say()

    def choose(self, chosen: tuple[object, ...]) -> None:
        """Show what is chosen; tells nobody."""
        self._chosen = chosen
        self._say()

    def changeEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw the arrow again when the theme changes."""
        super().changeEvent(event)  # type: ignore[arg-type]
        self._draw()

    @Slot()
    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for value, words, count in self._offered[:_MOST_OFFERED]:
            text = one_line(words).replace("&", "&&")
            action = menu.addAction(f"{text}\t{figures.number(count)}" if count >= 0 else text)
            action.setCheckable(True)
            action.setChecked(value in self._chosen)
            action.triggered.connect(self._chooser(value))
        if self._chosen:
            menu.addSeparator()
            menu.addAction(translate("Library", "Any")).triggered.connect(lambda: self._take(()))

    def _chooser(self, value: object) -> Callable[[bool], None]:
        def choose(is_on: bool) -> None:  # noqa: FBT001 (Qt's signal)
            others = tuple(each for each in self._chosen if each != value)
            if self._is_single:
                others = ()
            self._take((*others, value) if is_on else others)

        return choose

    def _take(self, chosen: tuple[object, ...]) -> None:
        self._chosen = chosen
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        names = {value: words for value, words, _ in self._offered}
        chosen = [one_line(names.get(value, str(value))) for value in self._chosen]
        text = ", ".join(chosen[:_MOST_NAMED])
        if len(text) > _SHOWN_LETTERS:
            text = text[:_SHOWN_LETTERS].rstrip() + "…"
        if len(chosen) > _MOST_NAMED:
            text += f" +{len(chosen) - _MOST_NAMED}"
        self.setText((text or self._name).replace("&", "&&"))
        self.setChecked(bool(chosen))
        self.setEnabled(bool(self._offered or chosen))
        told = f"{self._name}: {', '.join(chosen)}" if chosen else self._name
        self.setAccessibleName(told)
        self._draw()

    def _draw(self) -> None:
        colours = theme.colours()
        self.setIcon(icons.icon("chevron-down", colours.muted, colours.line))


class FilterChips(QWidget):
    """The library's filter as chips: state, source, year, transcript, gaps."""

    changed = Signal(object)
    """The `Filter` that is chosen; its text and tags are those that were shown last."""
    keep_asked = Signal()
    """The filter is to be kept as a collection."""

    def __init__(self, field: QWidget) -> None:
        """Make them.

        Args:
            field: Stands before them, in the same lines.
        """
        super().__init__()
        self._filter = Filter()
        self.kinds = FilterChip(translate("Library", "State"))
        self.sources = FilterChip(translate("Library", "Source"))
        self.years = FilterChip(translate("Library", "Year"))
        self.transcribed = FilterChip(translate("Library", "Transcript"))
        self.gaps = FilterChip(translate("Library", "Gaps"))
        self.keep = Button(translate("Library", "Keep as a collection"), "folder-plus")
        self.clear = Button(translate("Library", "Clear"), "x")
        self.keep.setObjectName("link")
        self.clear.setObjectName("link")
        flow = Flow(self, tokens.SPACE_S)
        flow.addWidget(field)
        self._chips = (self.kinds, self.sources, self.years, self.transcribed, self.gaps)
        for chip in self._chips:
            chip.changed.connect(self._on_changed)
            flow.addWidget(chip)
        flow.addWidget(self.keep)
        flow.addWidget(self.clear)
        self.keep.clicked.connect(self.keep_asked)
        self.clear.clicked.connect(self._on_clear)
        for chip, yes, no in (
            (
                self.transcribed,
                translate("Library", "Transcribed"),
                translate("Library", "Not transcribed"),
            ),
            (self.gaps, translate("Library", "With gaps"), translate("Library", "Without gaps")),
        ):
            chip.offer([(True, yes, -1), (False, no, -1)], is_single=True)
        self.show_filter(Filter())

    def offer(self, spread: Spread) -> None:
        """Offer what the archive has."""
        self.kinds.offer(
            [(Kind(each.value), kind_word(Kind(each.value)), each.count) for each in spread.kinds]
        )
        self.sources.offer([_as_it_is(each) for each in spread.sources])
        self.years.offer([(int(each.value), each.value, each.count) for each in spread.years])

    def show_filter(self, chosen: Filter) -> None:
        """Show a filter; tells nobody."""
        self._filter = chosen
        self.kinds.choose(chosen.kinds)
        self.sources.choose(chosen.sources)
        self.years.choose(chosen.years)
        self.transcribed.choose(() if chosen.transcribed is None else (chosen.transcribed,))
        self.gaps.choose(() if chosen.gaps is None else (chosen.gaps,))
        is_set = chosen != Filter()
        self.keep.setVisible(is_set)
        self.clear.setVisible(is_set)

    @Slot()
    def _on_changed(self) -> None:
        chosen = replace(
            self._filter,
            kinds=tuple(Kind(str(value)) for value in self.kinds.chosen),
            sources=tuple(map(str, self.sources.chosen)),
            years=tuple(int(str(value)) for value in self.years.chosen),
            transcribed=_one_of(self.transcribed),
            gaps=_one_of(self.gaps),
        )
        self.show_filter(chosen)
        self.changed.emit(chosen)

    @Slot()
    def _on_clear(self) -> None:
        self.show_filter(Filter())
        self.changed.emit(Filter())


def _one_of(chip: FilterChip) -> bool | None:
    return bool(chip.chosen[0]) if chip.chosen else None


def _as_it_is(each: Counted) -> tuple[object, str, int]:
    return each.value, each.value, each.count
