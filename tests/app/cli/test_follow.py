"""What a person is told of a journal's lines."""

from app.cli.follow import sentence
from recorder.events import GapFilled
from recorder.journal import Entry
from recorder.types import Seconds, utc_now


def test_what_came_late_is_told_with_its_place() -> None:
    filled = GapFilled(track="a", from_s=Seconds(61.0), to_s=Seconds(63.5), run=3)
    said = sentence(Entry(number=1, at=utc_now(), mono_s=0.0, event=filled))
    assert "came late" in said
    assert "01:01.0 to 01:03.5" in said
