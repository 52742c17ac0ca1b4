from app.gui.presenters import matching
from app.gui.presenters.matching import Match, counted, find, nearest
from app.gui.presenters.session import Line, LineKind
from recorder.types import Seconds


def line(text: str) -> Line:
    return Line(kind=LineKind.SPEECH, start_s=Seconds(0), end_s=Seconds(1), text=text)


LINES = (line("The unedited audio."), line("(a+b)? Unedited,  audio"), line("nothing"))


def test_case_and_white_space_do_not_matter_and_signs_are_themselves() -> None:
    assert find(LINES, " unedited ") == (
        Match(line=0, begin=4, end=12),
        Match(line=1, begin=7, end=15),
    )
    assert [match.line for match in find(LINES, "(A+B)?")] == [1]
    assert [match.line for match in find(LINES, "unedited audio")] == [0]
    assert find(LINES, "   ") == ()
    assert find((), "x") == ()


def test_it_begins_with_what_is_seen_and_goes_round() -> None:
    matches = find(LINES, "unedited")
    assert [nearest(matches, number) for number in (0, 1, 2)] == [0, 1, 0]
    assert nearest((), 0) == -1


def test_they_are_counted_up_to_a_limit() -> None:
    assert counted(0, find(LINES, "unedited")) == "1 of 2"
    assert counted(-1, ()) == "nothing found"
    many = find([line("a a a")] * matching.MOST, "a")
    assert counted(0, many) == "1 of 5,000+"
