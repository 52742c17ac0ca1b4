"""How a fact's text is broken into lines."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from app.gui.facts import _WRAPPED, breakable

_BREAK = "\N{ZERO WIDTH SPACE}"


def test_words_stay_whole_and_addresses_break_at_their_joints() -> None:
    assert breakable("404 Not Found, connection refused") == "404 Not Found, connection refused"
    broken = breakable("at https://radio.example/live/stream.aac now").split(_BREAK)
    assert broken == ["at https://", "radio.", "example/", "live/", "stream.", "aac now"]


def test_a_hash_fits_into_a_narrow_column(qtbot: QtBot) -> None:
    text = f"SHA-256 {'0123456789abcdef' * 4}"
    metrics = QFontMetrics(QFont())
    width = metrics.horizontalAdvance("0" * 24)
    assert metrics.horizontalAdvance(text) > 2 * width
    box = metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAPPED, breakable(text))
    assert box.width() <= width
