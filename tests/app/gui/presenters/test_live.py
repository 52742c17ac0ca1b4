from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.gui.presenters.following import Follower, News, Notice
from app.gui.presenters.live import Live, LiveSessions, LiveWaves, Revivals
from app.gui.presenters.session import Span, Strip, load
from recorder.archive import SessionFolder
from recorder.events import GapFilled, GapFound, Marked, Noticed, Recovered, StateChanged
from recorder.journal import JournalWriter
from recorder.status import Status, TrackStatus
from recorder.types import GapReason, Seconds, State, iso
from tests.parts import wait_until
from tests.recorder.builders import adts_part, build_session

NOW = datetime(2024, 8, 13, 20, 0, tzinfo=UTC)
SOURCE = "https://host.example/live"


@pytest.fixture
def growing(tmp_path: Path) -> SessionFolder:
    return build_session(tmp_path, [adts_part(3.0)], sealed=False)


@pytest.fixture
def follower(growing: SessionFolder) -> Iterator[Follower]:
    follower = Follower(growing)
    yield follower
    follower.close()
    follower.close()


def said(follower: Follower) -> list[str]:
    return [notice.text for notice in follower.news().notices]


def test_the_strip_of_a_live_session_is_that_of_its_page(
    growing: SessionFolder, follower: Follower
) -> None:
    page = load(growing)
    wait_until(lambda: follower.strip() == page.strip, what="the strip")


def test_what_is_journaled_meanwhile_shows(growing: SessionFolder, follower: Follower) -> None:
    end_s = growing.timeline().duration_s
    wait_until(lambda: follower.strip().duration_s == end_s)
    log = JournalWriter(growing.journal_path)
    to_s = Seconds(end_s + 7)
    log.append(
        Marked(at_s=Seconds(1.0), text="here"),
        GapFound(track="a", from_s=end_s, to_s=to_s, reason=GapReason.STALLED),
    )
    log.close()
    wait_until(lambda: follower.strip().duration_s == to_s)
    assert [gap.text for gap in follower.strip().gaps] == ["stalled"]
    assert [mark.text for mark in follower.strip().markers] == ["here"]


def test_what_came_late_is_no_gap_any_more(growing: SessionFolder, follower: Follower) -> None:
    log = JournalWriter(growing.journal_path)
    log.append(
        GapFound(
            track="a", from_s=Seconds(3.0), to_s=Seconds(9.0), reason=GapReason.MISSING_SEGMENT
        ),
        GapFilled(track="a", from_s=Seconds(5.0), to_s=Seconds(7.0), run=9),
    )
    log.close()
    wait_until(lambda: len(follower.strip().gaps) == 2, what="what is left of the gap")
    assert [(gap.from_s, gap.to_s) for gap in follower.strip().gaps] == [(3.0, 5.0), (7.0, 9.0)]
    assert follower.strip() == load(growing).strip


def test_a_level_is_that_of_the_sound(growing: SessionFolder, follower: Follower) -> None:
    end_s = growing.timeline().duration_s
    wait_until(lambda: follower.strip().duration_s == end_s, what="all of the journal")
    level = wait_until(follower.listen, what="a level")
    peak_dbfs, rms_dbfs = level
    assert peak_dbfs == pytest.approx(-10.5, abs=1.0)  # a sine of 0.3
    assert rms_dbfs == pytest.approx(-13.5, abs=1.0)


def live(folder: SessionFolder, state: State, **facts: str) -> Live:
    status = Status(state=state, end_s=Seconds(0), now_s=Seconds(0), **facts)  # type: ignore[arg-type]
    return Live(folder=folder, status=status)


def test_a_reason_says_why_and_when_the_next_try_is(growing: SessionFolder) -> None:
    soon = iso(NOW + timedelta(seconds=12))
    refused = live(
        growing, State.REFUSED, detail="The listener limit is reached.", next_try_at=soon
    )
    assert refused.reason(NOW) == "The listener limit is reached. Next try in 12 s."
    waiting = live(growing, State.WAITING, reason="not available", next_try_at=soon)
    assert waiting.reason(NOW) == "Not available. Next try in 12 s."
    assert live(growing, State.RECORDING, detail="all is well").reason(NOW) == ""


def test_a_warning_is_said_in_every_state(growing: SessionFolder) -> None:
    warning = "The disk is full in 20 min."
    recording = live(growing, State.RECORDING, detail="all is well", warning=warning)
    assert recording.reason(NOW) == warning
    assert recording.is_warned
    refused = live(growing, State.REFUSED, detail="The door is shut.", warning=warning)
    assert refused.reason(NOW) == f"{warning} The door is shut."
    assert not live(growing, State.RECORDING).is_warned


def test_a_broken_track_is_said_while_the_others_are_recorded(growing: SessionFolder) -> None:
    tracks = [
        TrackStatus(track=track, state=state, detail=detail, source=SOURCE, end_s=Seconds(9))
        for track, state, detail in (
            ("a", State.RECORDING, ""),
            ("b", State.REFUSED, "The listener limit is reached."),
            ("c", State.FAILED, "A picture."),
            ("d", State.DONE, "The source ended."),
        )
    ]
    status = Status(state=State.RECORDING, end_s=Seconds(9), now_s=Seconds(9), tracks=tuple(tracks))
    shown = Live(folder=growing, status=status)
    assert shown.reason(NOW) == (
        "Track b: Refused. The listener limit is reached. Track c: Failed. A picture."
    )
    assert shown.is_warned


def test_that_a_late_segment_keeps_others_waiting_is_said(growing: SessionFolder) -> None:
    status = Status(state=State.RECORDING, end_s=Seconds(9), now_s=Seconds(14), staged=2)
    shown = Live(folder=growing, status=status)
    assert shown.reason(NOW) == "2 segments kept; an earlier one is late."
    assert not shown.is_warned


def test_a_scheduled_session_says_when_waiting_begins(growing: SessionFolder) -> None:
    at = iso(NOW + timedelta(hours=3))
    scheduled = live(
        growing, State.SCHEDULED, detail="Announced for Tuesday, 23:05.", next_try_at=at
    )
    assert scheduled.look.word == "Scheduled"
    assert scheduled.reason(NOW) == "Announced for Tuesday, 23:05. Waiting begins in 3 h."
    known = replace(scheduled, announced_for=datetime(2024, 8, 13, 23, 5, tzinfo=UTC))
    assert known.reason(datetime(2024, 8, 13, 20, 0, tzinfo=UTC)).startswith(
        "Announced for Tuesday, 13 Aug 2024, 23:05 UTC. "
    )


def test_what_happened_last_is_noted_with_its_time(
    growing: SessionFolder, follower: Follower
) -> None:
    log = JournalWriter(growing.journal_path)
    log.append(Noticed(what="asleep", detail="The computer was asleep for 30 s."))
    wait_until(lambda: said(follower)[-1:] == ["The computer was asleep for 30 s."])
    log.append(
        GapFound(
            track="a", from_s=Seconds(3.0), to_s=Seconds(9.0), reason=GapReason.MISSING_SEGMENT
        ),
        GapFilled(track="a", from_s=Seconds(5.0), to_s=Seconds(7.0), run=9),
    )
    log.close()
    wait_until(lambda: said(follower)[-1:] == ["2 s of a gap came late and are there."])


def test_a_recorder_that_took_over_from_a_dead_one_is_noted(
    growing: SessionFolder, follower: Follower
) -> None:
    log = JournalWriter(growing.journal_path)
    log.append(
        StateChanged(state=State.CONNECTING),
        StateChanged(state=State.RECORDING),
        Recovered(detail="The journal's last line was torn."),
        StateChanged(state=State.CONNECTING),
        GapFound(track="a", from_s=Seconds(3.0), to_s=Seconds(7.0), reason=GapReason.KILLED),
        StateChanged(state=State.RECORDING),
        StateChanged(state=State.CONNECTING),
        Marked(at_s=Seconds(7.0), text="the last line"),
    )
    log.close()
    wait_until(lambda: follower.strip().markers, what="the last line")
    took_over = "The recorder had died; another one goes on from here."
    assert said(follower) == [
        "The journal's last line was torn.",
        took_over,
        "A gap of 4 s is marked: killed.",
        took_over,
    ]


def test_what_was_marked_and_written_is_counted(growing: SessionFolder) -> None:
    marks = tuple(Span(from_s=Seconds(at), to_s=Seconds(at)) for at in (1, 2))
    plain = live(growing, State.RECORDING)
    assert plain.written == ""
    assert replace(plain, note_count=2).written == "2 notes"
    marked = replace(plain, strip=Strip(markers=marks), note_count=1)
    assert marked.written == "2 marks, 1 note"


def test_old_news_is_said_no_longer_while_all_is_well(growing: SessionFolder) -> None:
    refused = Notice(at=NOW - timedelta(seconds=10), text="The host refuses: 503.")
    well = replace(live(growing, State.RECORDING, source=SOURCE), news=News(notices=(refused,)))
    assert refused.text in well.latest(NOW)
    assert well.latest(NOW + timedelta(seconds=30)) == SOURCE
    waiting = replace(well, status=replace(well.status, state=State.REFUSED))
    assert waiting.latest(NOW) == ""


def test_the_waveform_of_a_live_session_is_drawn_when_its_turn_is(
    growing: SessionFolder, clock: list[float]
) -> None:
    waves = LiveWaves(lambda: clock[0])
    assert waves.look() is None
    waves.watch([growing])
    (wave,) = waves.look() or ()
    assert wave.folder is growing
    assert wave.duration_s == growing.timeline().duration_s
    assert any(pair and pair[1] > 0.2 for pair in wave.pairs)  # a sine of 0.3
    assert waves.look() is None
    clock[0] = 10.0
    assert waves.look()
    waves.watch([])
    clock[0] = 20.0
    assert waves.look() is None


def test_a_session_without_a_recorder_is_none_of_the_live(growing: SessionFolder) -> None:
    sessions = LiveSessions()
    sessions.watch([growing])
    assert sessions.look() == ()
    assert sessions.look() is None
    sessions.close()


def test_a_sealed_session_is_none_of_the_live(tmp_path: Path) -> None:
    sessions = LiveSessions()
    sessions.watch([build_session(tmp_path)])
    assert sessions.look() == ()
    sessions.close()


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


def test_a_recorder_that_keeps_dying_is_given_up_and_tried_again_later(
    growing: SessionFolder, clock: list[float]
) -> None:
    monotonic: Callable[[], float] = lambda: clock[0]  # noqa: E731 (the clock as it is given)
    revivals = Revivals(monotonic)
    assert [revivals.may_try(growing) for _ in range(4)] == [True, True, True, False]
    clock[0] = 61.0
    assert revivals.may_try(growing)
