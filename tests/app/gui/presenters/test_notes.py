"""Notes, each at its moment."""

import pytest

from app.gui.presenters import notes


@pytest.mark.parametrize(
    ("line", "at_s"), [("1:02:03  so", 3723.0), ("[0:07] so", 7.0), ("so 1:00", None), ("", None)]
)
def test_a_line_may_begin_with_a_time(line: str, at_s: float | None) -> None:
    assert notes.time_in(line) == at_s


def test_what_stands_at_no_moment_is_no_note_to_count() -> None:
    assert notes.count("") == 0
    assert notes.count("Ask him again.\n0:07  late\n\n1:02:03  over") == 2
