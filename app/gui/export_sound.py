"""What the second door of the export lets people choose: format, loudness, fades, channels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.exporting import LONGEST_FADE_S, Order
from app.gui import tokens
from app.gui.choosing import Number, Pick, Switch, field
from app.gui.presenters import exporting
from app.gui.presenters.language import translate


class SoundOptions(QWidget):
    """Changes an order of edited sound."""

    changed = Signal(object)
    """The `Order` as it is now."""

    def __init__(self) -> None:
        super().__init__()
        self._order = Order(door="edited", form="mp3")
        self.picks = {
            "form": Pick(translate("Export", "Format"), exporting.forms("edited")),
            "bit_rate_kbps": Pick(translate("Export", "Bit rate"), exporting.bit_rates()),
            "loudness_lufs": Pick(translate("Export", "Loudness"), exporting.loudnesses()),
            "channels": Pick(translate("Export", "Channels"), exporting.channels()),
            "rate_hz": Pick(translate("Export", "Sampling rate"), exporting.rates()),
            "pieces": Pick(translate("Export", "Pieces"), exporting.cuts()),
        }
        self.fade_in = Number(translate("Export", "Fade in"), "s", LONGEST_FADE_S, 1)
        self.fade_out = Number(translate("Export", "Fade out"), "s", LONGEST_FADE_S, 1)
        self.gaps = Switch(
            translate("Export", "Keep gaps as silence"),
            translate("Export", "Else they are cut out."),
        )
        self._lay_out()
        for name, pick in self.picks.items():
            pick.chosen.connect(lambda value, name=name: self._on_picked(name, value))
        self.fade_in.changed.connect(
            lambda fade_s: self.changed.emit(replace(self._order, fade_in_s=fade_s))
        )
        self.fade_out.changed.connect(
            lambda fade_s: self.changed.emit(replace(self._order, fade_out_s=fade_s))
        )
        self.gaps.turned.connect(
            lambda is_on: self.changed.emit(replace(self._order, keeps_gaps=is_on))
        )

    def show_order(self, order: Order) -> None:
        """Show what is chosen."""
        self._order = order
        for name, pick in self.picks.items():
            pick.show_value(exporting.as_value(getattr(order, name)))
        self.fade_in.show_value(order.fade_in_s)
        self.fade_out.show_value(order.fade_out_s)
        self.gaps.show_value(is_on=order.keeps_gaps)
        is_one = not order.pieces  # pieces are as they were recorded
        for name in ("bit_rate_kbps", "loudness_lufs", "channels", "rate_hz"):
            self.picks[name].setEnabled(is_one)
        for part in (self.fade_in, self.fade_out, self.gaps):
            part.setEnabled(is_one)
        if order.form in exporting.LOSSLESS:
            self.picks["bit_rate_kbps"].setEnabled(False)

    def _on_picked(self, name: str, value: str) -> None:
        self.changed.emit(exporting.with_value(self._order, name, value))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(tokens.SPACE_M)
        fields = [field(pick.box.accessibleName(), pick) for pick in self.picks.values()]
        fields += [
            field(each.edit.accessibleName(), each) for each in (self.fade_in, self.fade_out)
        ]
        for place, each in enumerate(fields):
            grid.addWidget(each, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.SPACE_M)
        layout.addLayout(grid)
        layout.addWidget(self.gaps)
        layout.addStretch(1)
