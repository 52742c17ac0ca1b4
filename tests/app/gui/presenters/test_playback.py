import array
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.gui.presenters.history import Histories
from app.gui.presenters.playback import (
    BYTES_A_FRAME,
    RATE_HZ,
    Feed,
    FileSound,
    Hearing,
    SessionSound,
    jumped,
)
from recorder import labels
from recorder.archive import SessionFolder
from recorder.labels import Kind, Label, Labels
from recorder.types import Seconds
from tests.parts import wait_until
from tests.recorder.builders import adts_part, build_session


@contextmanager
def feed_of(
    folder: SessionFolder, from_s: float, hearing: Hearing | None = None, *, known: bool = True
) -> Iterator[Feed]:
    histories = Histories()
    if known:
        histories.read(folder)
    feed = Feed(SessionSound(folder, histories), from_s, hearing)
    yield feed
    feed.close()


def drain(feed: Feed, count: int) -> bytes:
    """Take this many bytes, or all that is left."""
    taken = bytearray()

    def is_enough() -> bool:
        taken.extend(feed.take(count - len(taken)))
        return len(taken) >= count or feed.is_over

    wait_until(is_enough, what="sound")
    return bytes(taken)


def test_all_sound_comes_and_then_the_end(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    audio_s = sum(part.duration_s for part in folder.timeline().parts)
    with feed_of(folder, 0.0) as feed:
        data = drain(feed, 10**9)
        assert feed.is_over
        assert feed.error is None
    assert len(data) / BYTES_A_FRAME / RATE_HZ == pytest.approx(audio_s, abs=0.1)
    middle = array.array("h", data)[2 * RATE_HZ : 4 * RATE_HZ]  # the second second
    assert max(middle) / 32_768 == pytest.approx(0.3, abs=0.03)  # of a sine of 0.3


def test_the_place_is_session_time_across_a_gap(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    gap = folder.timeline().gaps[0]
    with feed_of(folder, gap.from_s - 1.0) as feed:
        drain(feed, 2 * RATE_HZ * BYTES_A_FRAME)
        assert feed.position(RATE_HZ // 2) == pytest.approx(gap.from_s - 0.5, abs=0.05)
        assert feed.position(3 * RATE_HZ // 2) == pytest.approx(gap.to_s + 0.5, abs=0.05)


def test_from_inside_a_gap_it_begins_after_it(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    gap = folder.timeline().gaps[0]
    with feed_of(folder, (gap.from_s + gap.to_s) / 2) as feed:
        drain(feed, BYTES_A_FRAME * 100)
        assert feed.position(0) == pytest.approx(gap.to_s, abs=0.01)


def test_a_session_that_still_grows_plays_what_is_there(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(3.0)], sealed=False)
    with feed_of(folder, 1.0) as feed:
        data = drain(feed, 10**9)
        assert feed.error is None
        assert feed.position(0) == pytest.approx(1.0, abs=0.01)
    assert len(data) / BYTES_A_FRAME / RATE_HZ == pytest.approx(2.0, abs=0.1)


def test_no_more_is_taken_than_asked_and_only_whole_frames(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(2.0)])
    with feed_of(folder, 0.0) as feed:
        wait_until(lambda: feed.take(BYTES_A_FRAME))
        assert len(feed.take(BYTES_A_FRAME * 10 + 3)) == BYTES_A_FRAME * 10
        assert feed.take(BYTES_A_FRAME - 1) == b""
        assert feed.taken_frames == 11


def test_a_session_that_cannot_be_decoded_ends_with_a_sentence(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(2.0)])
    (part,) = folder.timeline().parts
    (folder.path / part.file).unlink()
    with feed_of(folder, 0.0) as feed:
        drain(feed, 10)
        assert feed.error is not None
        assert feed.error.message


def pitch_hz(data: bytes) -> float:
    """Of a sine: how often it goes up through zero in a second."""
    left = array.array("h", data)[::2][RATE_HZ // 2 :]
    ups = sum(before < 0 <= after for before, after in itertools.pairwise(left))
    return ups / (len(left) / RATE_HZ)


@pytest.mark.parametrize("pace", [0.5, 1.5, 3.0])
def test_at_another_pace_the_pitch_stays_and_the_place_is_session_time(
    tmp_path: Path, pace: float
) -> None:
    folder = build_session(tmp_path, [adts_part(6.0)])
    with feed_of(folder, 1.0, Hearing(pace=pace)) as feed:
        data = drain(feed, 10**9)
        assert feed.error is None
        seconds = len(data) / BYTES_A_FRAME / RATE_HZ
        assert seconds * pace == pytest.approx(5.0, abs=0.2)
        assert pitch_hz(data) == pytest.approx(440.0, abs=6)
        assert feed.position(RATE_HZ) == pytest.approx(1.0 + pace, abs=0.05)


def test_a_gap_is_heard_as_silence_if_that_is_wanted(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    gap = folder.timeline().gaps[0]
    with feed_of(folder, gap.from_s - 1.0, Hearing(gaps_sound=True)) as feed:
        data = drain(feed, 4 * RATE_HZ * BYTES_A_FRAME)
        assert feed.position(2 * RATE_HZ) == pytest.approx(gap.from_s + 1.0, abs=0.01)
        assert feed.last_jump(4 * RATE_HZ) is None
    samples = array.array("h", data)
    assert max(samples[round(2.2 * RATE_HZ) : 5 * RATE_HZ]) == 0  # two channels
    assert max(samples[7 * RATE_HZ :]) > 1000


def test_music_and_silence_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(12.0)])
    stretches = (
        (Kind.SPEECH, 0, 3),
        (Kind.MUSIC, 3, 7),
        (Kind.SPEECH, 7, 9),
        (Kind.SILENCE, 9, 10),
    )
    held = tuple(Label(kind=k, from_s=Seconds(f), to_s=Seconds(t)) for k, f, t in stretches)
    labels.keep(folder, Labels(labels=held, talk_starts_s=None, journal_bytes=0))
    with feed_of(folder, 2.0, Hearing(skip_music=True, skip_silence=True)) as feed:
        data = drain(feed, 10**9)
        jump = feed.last_jump(2 * RATE_HZ)
        assert jump == pytest.approx((3.25, 6.75), abs=0.01)
        assert jump is not None
        assert jumped(jump, ()) == "3.5 s skipped"
        assert jumped(jump, ((4.0, 5.0, "stalled"),)) == "Gap of 3.5 s jumped over: stalled"
    whole_s = float(folder.timeline().duration_s) - 2.0
    assert len(data) / BYTES_A_FRAME / RATE_HZ == pytest.approx(whole_s - 3.5, abs=0.1)


def test_before_the_journal_is_read_the_same_is_heard(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(2.0), adts_part(2.0), adts_part(2.0, start_s=7.0)])
    with feed_of(folder, 0.5) as feed:
        expected = drain(feed, 10**9)
    with feed_of(folder, 0.5, known=False) as feed:
        assert drain(feed, 10**9) == expected
        assert feed.error is None


def test_what_comes_in_while_it_plays_is_heard(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(3.0)], sealed=False)
    journal = folder.journal_path.read_bytes()
    lines = journal.splitlines(keepends=True)
    folder.journal_path.write_bytes(b"".join(lines[:-1]))
    with folder.hold(), feed_of(folder, 0.0) as feed:
        first = drain(feed, 2 * RATE_HZ * BYTES_A_FRAME)
        folder.journal_path.write_bytes(journal)
        rest = drain(feed, round(0.9 * RATE_HZ) * BYTES_A_FRAME)
    samples = array.array("h", first + rest)
    assert max(samples[-RATE_HZ // 2 :]) > 1000
    assert pitch_hz(first + rest) == pytest.approx(440.0, abs=3)  # nothing twice, nothing missing


def test_a_file_plays_in_its_own_time(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(4.0)])
    (part,) = folder.timeline().parts
    feed = Feed(FileSound(folder.path / part.file), 1.5)
    data = drain(feed, 10**9)
    feed.close()
    assert feed.error is None
    assert feed.position(0) == pytest.approx(1.5, abs=0.01)
    assert len(data) / BYTES_A_FRAME / RATE_HZ == pytest.approx(2.5, abs=0.1)
