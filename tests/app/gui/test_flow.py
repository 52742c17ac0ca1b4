import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.gui.flow import Flow


@pytest.fixture
def flowing(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    flow = Flow(widget, space=10)
    for _ in range(4):
        part = QLabel()
        part.setFixedSize(100, 20)
        flow.addWidget(part)
    return widget


@pytest.mark.parametrize(
    ("width", "height", "lefts"),
    [
        (430, 20, [0, 110, 220, 330]),
        (429, 50, [0, 110, 220, 0]),
        (210, 50, [0, 110, 0, 110]),
        (50, 110, [0, 0, 0, 0]),
    ],
)
def test_what_does_not_fit_begins_the_next_line(
    flowing: QWidget, width: int, height: int, lefts: list[int]
) -> None:
    flow = flowing.layout()
    assert isinstance(flow, Flow)
    assert flow.heightForWidth(width) == height
    flowing.resize(width, height)
    flowing.show()
    flow.activate()
    assert [part.x() for part in flowing.findChildren(QLabel)] == lefts


def test_what_is_hidden_takes_no_room(flowing: QWidget) -> None:
    flow = flowing.layout()
    assert isinstance(flow, Flow)
    for part in flowing.findChildren(QLabel)[:3]:
        part.hide()
    assert flow.heightForWidth(100) == 20
    assert flow.minimumSize().width() == 100


def test_items_are_taken_away(flowing: QWidget) -> None:
    flow = flowing.layout()
    assert isinstance(flow, Flow)
    assert flow.takeAt(0) is not None
    assert flow.count() == 3
    assert flow.takeAt(3) is None
    assert flow.itemAt(-1) is None
