from dataclasses import replace

import pytest

from recorder.events import MissingSegment
from recorder.segments import Measured
from recorder.sources import window as window_module
from recorder.sources.loader import Loaded
from recorder.sources.playlist import ByteRange, Key, MediaPlaylist, Segment
from recorder.sources.window import Patience, Resume, Wanted, Window, guess_segment
from recorder.types import AudioFormat, Seconds

PATIENCE = Patience(first_retry_s=1.0, longest_retry_s=4.0)


def segment(sequence: int, url: str = "") -> Segment:
    return Segment(
        sequence=sequence, url=url or f"http://h/s{sequence}.ts", duration_s=Seconds(2.0)
    )


def playlist(first: int, end: int, *, ended: bool = False) -> MediaPlaylist:
    return MediaPlaylist(
        target_duration_s=Seconds(2.0),
        segments=tuple(segment(n) for n in range(first, end)),
        ended=ended,
    )


def loaded(duration_s: float = 2.0) -> Loaded:
    measured = Measured(
        format=AudioFormat(container="adts"),
        duration_s=Seconds(duration_s),
        exact=True,
        whole=True,
    )
    return Loaded(data=b"data", header=b"", measured=measured, status=200, certificate_sha256="")


def load_all(window: Window, now_s: float = 0.0, *, duration_s: float = 2.0) -> list[int]:
    """Load and store all that is due; returns their numbers."""
    stored = []
    for wanted in window.due(now_s, at_most=1_000):
        window.begin(wanted)
        window.take(wanted, loaded(duration_s), now_s)
    while head := window.head(now_s):
        stored.append(head.segment.sequence)
        window.pop()
    return stored


def fail(window: Window, now_s: float, *, is_gone: bool = False) -> Wanted:
    """Let the first one that is due fail."""
    (wanted,) = window.due(now_s, at_most=1)
    window.begin(wanted)
    window.fail(wanted, "Gone.", now_s, is_gone=is_gone)
    return wanted


# --- what is wanted ---


def test_each_segment_is_wanted_once() -> None:
    window = Window(PATIENCE)
    assert window.update(playlist(5, 9), 0)
    assert load_all(window) == [5, 6, 7, 8]
    assert not window.update(playlist(5, 9), 1)
    assert window.update(playlist(6, 10), 2)
    assert load_all(window) == [9]


def test_an_older_playlist_out_of_a_cache_changes_nothing() -> None:
    window = Window(PATIENCE)
    window.update(playlist(5, 12), 0)
    load_all(window)
    assert not window.update(playlist(3, 10), 1)
    assert window.update(playlist(6, 13), 2)
    assert load_all(window) == [12]


def test_at_most_so_many_are_due_and_none_twice() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 9), 0)
    first = window.due(0, at_most=4)
    assert [wanted.segment.sequence for wanted in first] == [0, 1, 2, 3]
    for wanted in first:
        window.begin(wanted)
    assert [wanted.segment.sequence for wanted in window.due(0, at_most=2)] == [4, 5]


def test_it_is_over_when_the_ended_playlist_is_stored() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3, ended=True), 0)
    assert not window.is_over
    load_all(window)
    assert window.is_over


# --- what others wait for ---


def all_but_the_first(window: Window, now_s: float) -> Wanted:
    """Load all that is due but the first, which is returned."""
    first, *others = window.due(now_s, at_most=1_000)
    for wanted in others:
        window.begin(wanted)
        window.take(wanted, loaded(), now_s)
    return first


def pop_all(window: Window, now_s: float) -> list[int]:
    popped = []
    while head := window.head(now_s):
        popped.append(head.segment.sequence)
        window.pop()
    return popped


def test_what_has_arrived_waits_for_an_earlier_one_but_not_for_long() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 4, ended=True), 0)
    first = all_but_the_first(window, 10.0)
    assert window.head(14.9) is None
    assert [wanted.segment.sequence for wanted in window.staged] == [1, 2, 3]
    assert pop_all(window, 15.0) == [0, 1, 2, 3]
    assert window.is_passed
    assert not window.is_over, "the first one may still come"
    assert window.due(15.0, at_most=9) == [first]


def test_when_too_much_has_arrived_it_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "STAGED_BYTES", 8)
    window = Window(PATIENCE)
    window.update(playlist(0, 3), 0)
    all_but_the_first(window, 10.0)
    assert not window.due(10.0, at_most=9)
    assert pop_all(window, 10.0) == [0, 1, 2]


def test_one_that_comes_late_has_its_place_first() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3, ended=True), 0)
    first = all_but_the_first(window, 0)
    pop_all(window, 5.0)
    window.begin(first)
    window.take(first, loaded(), 6.0)
    assert not window.come_late(), "its gap is not journaled yet"
    first.place = MissingSegment(sequence=0, from_s=Seconds(0.0), to_s=Seconds(2.0))
    assert window.come_late() == [first]
    window.drop_late(first)
    assert window.is_over


def test_one_that_was_passed_over_is_given_up_at_last() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3, ended=True), 0)
    all_but_the_first(window, 0)
    pop_all(window, 5.0)
    now_s = 5.0
    while not (wanted := fail(window, now_s)).is_lost:
        now_s = wanted.due_s
    assert now_s < 12.0
    assert window.is_over


def test_an_address_that_expired_is_renewed_by_the_playlist_or_by_its_neighbours() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3), 0)
    for wanted in window.due(0, at_most=2):
        window.begin(wanted)
        window.fail(wanted, "Forbidden.", 0, is_expired=True)
    renewed = [segment(n, f"http://h/s{n}.ts?token=2") for n in range(1, 5)]
    window.update(replace(playlist(1, 5), segments=tuple(renewed)), 2.0)
    assert [wanted.segment.url for wanted in window.due(2.0, at_most=2)] == [
        "http://h/s0.ts?token=2",
        "http://h/s1.ts?token=2",
    ]


def test_holes_of_an_earlier_process_are_wanted_once_there_is_an_address() -> None:
    holes = tuple(
        MissingSegment(sequence=n, from_s=Seconds(2.0 * n), to_s=Seconds(2.0 * n + 2))
        for n in (1, 4)
    )
    window = Window(PATIENCE, resume=Resume(after=5, holes=holes))
    window.update(playlist(3, 7), 0)
    wanted = window.due(0, at_most=9)
    assert [(each.segment.sequence, each.listed, each.place) for each in wanted] == [
        (1, False, holes[0]),
        (4, True, holes[1]),
        (6, True, None),
    ]


# --- how long ---


def test_while_it_is_listed_it_is_never_given_up() -> None:
    window = Window(PATIENCE)
    now_s = 0.0
    for _ in range(200):
        window.update(playlist(0, 3), now_s)
        wanted = fail(window, now_s)
        assert not wanted.is_lost
        now_s = wanted.due_s
    assert now_s > 700


def test_sixty_seconds_after_it_left_the_window_it_is_given_up() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 1), 0)
    now_s = fail(window, 0).due_s
    window.update(playlist(1, 3), 10.0)
    tries = []
    while not (wanted := fail(window, now_s)).is_lost:
        tries.append(now_s)
        now_s = wanted.due_s
    assert 66.0 <= now_s <= 70.0
    assert tries[0] == 1.0


def test_five_seconds_after_the_end_it_is_given_up() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 1, ended=True), 100.0)
    wanted = fail(window, 100.0)
    assert not wanted.is_lost
    wanted = fail(window, wanted.due_s)
    assert not wanted.is_lost
    assert fail(window, wanted.due_s).is_lost


def test_a_first_try_that_ends_after_the_deadline_is_not_the_last() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 1, ended=True), 0)
    assert not fail(window, 50.0).is_lost


def test_a_slow_line_is_given_more_time_with_each_try() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 1), 0)
    times, now_s = [], 0.0
    for _ in range(5):
        (wanted,) = window.due(now_s, at_most=1)
        times.append(window.begin(wanted))
        window.fail(wanted, "Too slow.", now_s)
        now_s = wanted.due_s
    assert times == [10, 20, 40, 80, 80]


def test_what_is_hopeless_is_lost_at_once() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 1), 0)
    (wanted,) = window.due(0, at_most=1)
    window.fail(wanted, "Too large.", 0, is_hopeless=True)
    assert wanted.is_lost


def test_one_that_is_listed_again_has_its_time_again() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 1), 0)
    wanted = fail(window, 0)
    window.lost_sight(0)
    window.update(playlist(0, 1), 500.0)
    assert not fail(window, 500.0).is_lost
    assert wanted.left_s is None


# --- numbers that were never listed ---


def test_what_was_never_listed_is_asked_for_by_its_neighbours_names() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3), 0)
    load_all(window)
    window.update(playlist(6, 9), 8)
    due = window.due(8, at_most=9)
    assert [wanted.segment.url for wanted in due] == [f"http://h/s{n}.ts" for n in range(3, 9)]
    assert [wanted.listed for wanted in due] == [False] * 3 + [True] * 3


def test_a_guess_that_the_server_denies_is_lost_at_once() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3), 0)
    load_all(window, duration_s=1.75)
    window.update(playlist(4, 6), 8)
    assert fail(window, 8, is_gone=True).is_lost
    head = window.head(0)
    assert head
    assert head.segment.duration_s == 1.75, "the mean of what is stored"


def test_what_has_no_address_is_one_hole() -> None:
    window = Window(PATIENCE, resume=Resume(after=10))
    lonely = replace(playlist(0, 0), segments=(segment(15, "http://h/last.ts"),))
    window.update(lonely, 0)
    hole = window.head(0)
    assert hole
    assert (hole.segment.sequence, hole.count, hole.segment.duration_s) == (11, 4, 8.0)
    assert hole.is_lost


@pytest.mark.parametrize(
    ("one", "other", "guess"),
    [
        ("http://h/s7.ts", "http://h/s12.ts", "http://h/s9.ts"),
        ("http://h/0007.ts", "http://h/0012.ts", "http://h/0009.ts"),
        ("http://h:8000/a2/7/s7.ts?t=1", "http://h:8000/a2/12/s12.ts?t=1", "http://h:8000/a2/9/s9.ts?t=1"),
        ("http://h/98.ts", "http://h/103.ts", "http://h/100.ts"),
        ("http://h/s7.ts", "http://h/s13.ts", None),
        ("http://h/1700000007_7.ts", "http://h/1700000017_12.ts", None),
        ("http://h/s7.ts", "http://h/t12.ts", None),
        ("http://h/s7.ts?sig=ab", "http://h/s12.ts?sig=cd", None),
        ("http://h/same.ts", "http://h/same.ts", None),
        (f"http://h/{'1' * 5000}.ts", f"http://h/{'1' * 4999}6.ts", None),
    ],
)  # fmt: skip
def test_an_address_is_guessed_where_nothing_but_the_number_differs(
    one: str, other: str, guess: str | None
) -> None:
    found = guess_segment(segment(7, one), segment(12, other), 9, Seconds(2.0))
    assert (found.url if found else None) == guess


def test_nothing_is_guessed_across_keys_or_in_byte_ranges() -> None:
    one, other = segment(7), segment(12)
    assert guess_segment(one, replace(other, key=Key(url="http://h/k")), 9, Seconds(2.0)) is None
    ranged = ByteRange(offset=0, length=9)
    assert guess_segment(one, replace(other, byte_range=ranged), 9, Seconds(2.0)) is None


def test_a_wild_jump_is_a_new_count_and_no_year_of_silence() -> None:
    window = Window(PATIENCE)
    window.update(playlist(0, 3), 0)
    load_all(window)
    window.update(playlist(1_700_000_000, 1_700_000_003), 2)
    assert [wanted.renumbered for wanted in window.due(2, at_most=9)] == [True, False, False]


def test_a_recorder_that_died_takes_a_jump_of_more_than_a_day_for_a_new_count() -> None:
    window = Window(PATIENCE, resume=Resume(after=10))
    window.update(playlist(50_000, 50_002), 0)
    assert [wanted.renumbered for wanted in window.due(0, at_most=9)] == [True, False]


def test_a_count_that_begins_again_is_a_new_one() -> None:
    window = Window(PATIENCE)
    window.update(playlist(500, 506), 0)
    load_all(window)
    window.update(playlist(0, 2), 2)
    assert [wanted.renumbered for wanted in window.due(2, at_most=9)] == [True, False]
