"""The side of the search: what narrows it, and the searches that are kept. GUI thread only."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.models import ROW_ROLE
from app.gui.presenters import languages
from app.gui.presenters.language import translate
from app.gui.presenters.search import Field, Value, asked_of, kind_word, short_source
from app.gui.presenters.words import one_line
from app.gui.shelves import On, Shelf, ShelvesModel, shelf_view

if TYPE_CHECKING:
    from transcribe.saved import Saved


class Narrowing(QFrame):
    """Says by what the search is to be narrowed, and which kept one is wanted."""

    narrowed = Signal(object, str)
    """`Field` and value: to be asked for from now on, or no longer."""
    searched = Signal(object)
    """`presenters.search.Asked`: a kept search."""
    rename_asked = Signal(str)
    forget_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("shelves")
        self.setFixedWidth(tokens.SHELVES_WIDTH)
        self._values: tuple[Value, ...] = ()
        self._searches: tuple[Saved, ...] = ()
        self.model = ShelvesModel()
        self.model.setParent(self)
        self.view = shelf_view(self.model, translate("Search", "Narrow the search"))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.clicked.connect(self._on_chosen)
        self.view.activated.connect(self._on_activated)
        self.menu = QMenu(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    def show_values(self, values: tuple[Value, ...]) -> None:
        """Show how what is found is spread."""
        self._values = values
        self._show()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not (self._values or self._searches)

    def show_searches(self, searches: tuple[Saved, ...]) -> None:
        """Show the searches that are kept."""
        self._searches = searches
        self._show()

    def as_menu(self, parent: QWidget) -> QMenu:
        """The same as a menu, where there is no room for the side."""
        menu = QMenu(parent)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        return menu

    def _shelves(self) -> tuple[Shelf, ...]:
        lines: list[Shelf] = []
        for field, values in groupby(self._values, key=lambda value: value.field):
            lines.append(Shelf(on=On.HEADING, name=field.word))
            lines += map(_shelf_of, values)
        if self._searches:
            lines.append(Shelf(on=On.HEADING, name=translate("Search", "Kept searches")))
            lines += [Shelf(on=On.SEARCH, name=each.name, count=-1) for each in self._searches]
        return tuple(lines)

    def _show(self) -> None:
        self.model.show_shelves(self._shelves())

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for shelf in self._shelves():
            text = one_line(shelf.title).replace("&", "&&")
            if shelf.on is On.HEADING:
                menu.addSection(text)
                continue
            action = menu.addAction(f"{text}\t{shelf.count:,}" if shelf.count >= 0 else text)
            action.setCheckable(shelf.on is On.VALUE)
            action.setChecked(shelf.is_chosen)
            action.triggered.connect(lambda _=False, shelf=shelf: self._choose(shelf))

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        shelf = index.data(ROW_ROLE)
        if isinstance(shelf, Shelf):
            self._choose(shelf)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        """Return; a double click was a click already."""
        if not self.view.underMouse():
            self._on_chosen(index)

    def _choose(self, shelf: Shelf) -> None:
        if shelf.on is On.VALUE:
            field, _, value = shelf.name.partition(":")
            self.narrowed.emit(Field(field), value)
        elif shelf.on is On.SEARCH:
            for each in self._searches:
                if each.name == shelf.name:
                    self.searched.emit(asked_of(each))

    @Slot(QPoint)
    def _on_menu(self, at: QPoint) -> None:
        shelf = self.view.indexAt(at).data(ROW_ROLE)
        if isinstance(shelf, Shelf) and shelf.on is On.SEARCH:
            self.fill_menu(shelf)
            self.menu.popup(self.view.viewport().mapToGlobal(at))

    def fill_menu(self, shelf: Shelf) -> None:
        """Put what can be done with a kept search into the menu."""
        self.menu.clear()
        rename = self.menu.addAction(translate("Search", "Rename…"))
        rename.triggered.connect(lambda: self.rename_asked.emit(shelf.name))
        forget = self.menu.addAction(translate("Search", "Forget this search"))
        forget.triggered.connect(lambda: self.forget_asked.emit(shelf.name))


def _shelf_of(value: Value) -> Shelf:
    match value.field:
        case Field.SOURCE:
            shown = short_source(value.value)
        case Field.LANGUAGE:
            shown = languages.name(value.value)
        case Field.KIND:
            shown = kind_word(value.value)
        case _:
            shown = value.value
    return Shelf(
        on=On.VALUE,
        name=f"{value.field}:{value.value}",
        shown=shown,
        count=value.count,
        is_chosen=value.is_on,
    )
