"""The sources of this machine with how loud each is now, dropped down from the record bar."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from app.gui import tokens
from app.gui.presenters.capture import Offer, Offers
from app.gui.presenters.language import translate
from app.gui.presenters.words import one_line
from app.gui.widgets import Button, Icon, Meter, Text, label


class SourceRow(QFrame):
    """One source: its name, its level, and a button that records it at once."""

    chosen = Signal(str)
    """Put it into the field."""
    record_asked = Signal(str)

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.setObjectName("row")
        self._text = offer.text
        name = one_line(offer.name)
        said = translate("Sources", "{name} (default)").format(name=name)
        self.name = Text("heading")
        self.name.say(said if offer.is_default else name)
        self.meter = Meter()
        self.meter.setAccessibleName(translate("Sources", "Level of {name}").format(name=name))
        self.choose = Button(translate("Sources", "Choose"))
        self.choose.setAccessibleName(translate("Sources", "Choose {name}").format(name=name))
        self.record = Button(translate("Sources", "Record"), "circle", role="live")
        self.record.setAccessibleName(translate("Sources", "Record {name}").format(name=name))
        self.choose.clicked.connect(self._on_choose)
        self.record.clicked.connect(self._on_record)
        grid = QGridLayout(self)
        grid.setContentsMargins(tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S, tokens.SPACE_S)
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(tokens.SPACE_XS)
        grid.addWidget(Icon(offer.icon, "muted", tokens.ICON_M), 0, 0, 2, 1)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.meter, 1, 1)
        grid.addWidget(self.choose, 0, 2, 2, 1)
        grid.addWidget(self.record, 0, 3, 2, 1)
        grid.setColumnStretch(1, 1)

    @Slot()
    def _on_choose(self) -> None:
        self.chosen.emit(self._text)

    @Slot()
    def _on_record(self) -> None:
        self.record_asked.emit(self._text)


class SourceMenu(QFrame):
    """Lists what can be recorded here. Asks to be told levels while it is open."""

    chosen = Signal(str)
    record_asked = Signal(str)
    opened = Signal()
    """It wants levels from now on."""
    closed = Signal()
    """It wants none any more."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName(translate("Sources", "What this computer can record"))
        self.rows: dict[str, SourceRow] = {}
        self._says = label("muted")
        self._says.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        edge = tokens.SPACE_S
        self._layout.setContentsMargins(edge, edge, edge, edge)
        self._layout.setSpacing(tokens.SPACE_XS)
        self._layout.addWidget(self._says)

    def drop_down(self, under: QWidget) -> None:
        """Open under a button; what there is to choose from comes with `show_offers`."""
        self._say(translate("Sources", "Looking for inputs…"))
        self._place(under)
        self.show()
        self.setFocus()
        self.opened.emit()

    def show_offers(self, offers: Offers) -> None:
        """List these."""
        for row in self.rows.values():
            self._layout.removeWidget(row)
            row.deleteLater()
        self.rows = {}
        for offer in offers.found:
            row = SourceRow(offer)
            row.chosen.connect(self._on_chosen)
            row.record_asked.connect(self._on_record)
            self.rows[offer.id] = row
            self._layout.insertWidget(self._layout.count() - 1, row)
        nothing = translate("Sources", "Nothing on this computer can be recorded.")
        self._say(" ".join(offers.missing) or ("" if offers.found else nothing))
        parent = self.parentWidget()
        if self.isVisible() and parent is not None:
            self.adjustSize()
            self._place(parent)
            if self.rows:
                next(iter(self.rows.values())).choose.setFocus()

    def show_levels(self, levels: dict[str, tuple[float, float]]) -> None:
        """Show how loud each is now."""
        for name, row in self.rows.items():
            row.meter.show_level(levels.get(name))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Up and down go from one source to the next."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        """Listen no longer."""
        super().hideEvent(event)
        self.closed.emit()

    def _place(self, under: QWidget) -> None:
        window = under.window()
        self.setFixedWidth(min(tokens.POPUP_WIDTH, window.width() - 2 * tokens.SPACE_L))
        self.adjustSize()
        right = under.mapToGlobal(QPoint(under.width(), under.height() + tokens.SPACE_XS))
        left = window.mapToGlobal(QPoint(tokens.SPACE_L, 0)).x()
        self.move(max(left, right.x() - self.width()), right.y())

    def _say(self, text: str) -> None:
        self._says.setText(text)
        self._says.setVisible(bool(text))

    @Slot(str)
    def _on_chosen(self, text: str) -> None:
        self.hide()
        self.chosen.emit(text)

    @Slot(str)
    def _on_record(self, text: str) -> None:
        self.hide()
        self.record_asked.emit(text)
