import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.gui.presenters.playback import BYTES_A_FRAME, RATE_HZ, Feed
from recorder.archive import SessionFolder
from tests.parts import wait_until
from tests.recorder.builders import adts_part, build_session


@contextmanager
def feed_of(folder: SessionFolder, from_s: float) -> Iterator[Feed]:
    feed = Feed(folder, from_s)
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
