"""The rules on keeping are kept while the window is open; without a rule nothing goes."""

from collections.abc import Callable
from dataclasses import replace

from pytestqt.qtbot import QtBot

from app.gui.upkeep import Upkeep
from app.gui.window import Window
from app.settings import Settings
from tests.recorder.builders import build_session

Open = Callable[[], Window]


def test_sessions_go_to_the_trash_where_a_rule_says_so(
    qtbot: QtBot, open_it: Open, settings: Settings
) -> None:
    folder = build_session(settings.archive)
    window = open_it()
    upkeep = window.desk.findChild(Upkeep)
    assert isinstance(upkeep, Upkeep)
    upkeep.retain()  # no rule
    window.desk.use(replace(settings, keep_free_gb=999_999))  # more than any disk has
    assert folder.path.exists()
    with qtbot.waitSignal(window.desk.failed, timeout=30_000) as told:
        upkeep.retain()
    assert told.args is not None
    assert "1 session went to the trash" in str(told.args[0]).replace("(s)", "")
    assert not folder.path.exists()
