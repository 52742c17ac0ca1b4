"""The hash chain: what is written comes back, what is changed is found."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import journal
from recorder.errors import CorruptSession
from recorder.events import Chunk, GapFound, Marked, Opened, PartOpened, Sealed, Unknown
from recorder.types import AudioFormat, GapReason, Seconds, State

EVENTS = (
    Opened(session="01J5", program="aircheck 0.1.0", title="Ein Gespräch 中文"),
    PartOpened(
        track="a",
        part="a-000001",
        file="audio/a-000001.aac",
        format=AudioFormat(container="adts", codec="aac", rate_hz=44100, channels=2),
        source="https://host.example/live",
    ),
    Chunk(
        track="a",
        part="a-000001",
        run=1,
        offset=0,
        bytes=4000,
        sha256="0" * 64,
        start_s=Seconds(0.0),
        duration_s=Seconds(1.0216780045351474),
        arrived_at="2024-08-13T00:42:00.000Z",
        arrived_mono_s=12.5,
    ),
    GapFound(track="a", from_s=Seconds(1.0), to_s=Seconds(3.0), reason=GapReason.CONNECTION_LOST),
    Marked(at_s=Seconds(0.5), text="it begins"),
)
END = Sealed(state=State.DONE, duration_s=Seconds(3), part_count=1, gap_count=1)


def write(path: Path) -> None:
    log = journal.JournalWriter(path)
    log.append(*EVENTS[:2])
    log.append(*EVENTS[2:])
    log.close()


def test_what_was_appended_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path)
    entries = list(journal.read(path))
    assert tuple(entry.event for entry in entries) == EVENTS
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert journal.check(path) == []


def test_a_second_writer_goes_on_with_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path)
    log = journal.JournalWriter(path)
    log.append(END)
    log.close()
    log.close()
    assert journal.check(path) == []
    last = journal.last(path)
    assert last is not None
    assert last.event == END
    assert last.number == 6


def test_a_torn_last_line_is_skipped_then_mended(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":6,"pre')
    assert len(list(journal.read(path))) == 5
    assert journal.check(path)[-1].what == "the last line is torn"
    assert journal.mend(path) == b'{"n":6,"pre'
    assert path.read_bytes() == whole
    assert journal.mend(path) == b""


def test_a_broken_line_in_the_middle_says_which(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path)
    lines = path.read_bytes().split(b"\n")
    lines[2] = b"{not json"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(CorruptSession, match="Line 3"):
        list(journal.read(path))


@pytest.mark.parametrize("change", ['"at":5', '"kind":[]', '"prev":"","at":null'])
def test_values_of_another_kind_are_a_corrupt_session(tmp_path: Path, change: str) -> None:
    path = tmp_path / "journal.jsonl"
    values = '"n":1,"prev":"","at":"2024-08-13T00:00:00.000Z","mono":1.0,"kind":"mark","at_s":1'
    path.write_text(f"{{{values},{change}}}\n")
    with pytest.raises(CorruptSession, match="Line 1"):
        list(journal.read(path))


def test_a_missing_journal_is_a_corrupt_session(tmp_path: Path) -> None:
    with pytest.raises(CorruptSession, match="has no journal"):
        list(journal.read(tmp_path / "journal.jsonl"))


def test_a_kind_of_a_newer_version_is_kept_as_unknown(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    log = journal.JournalWriter(path)
    log.append(Unknown(values={}))
    log.close()
    (entry,) = journal.read(path)
    assert isinstance(entry.event, Unknown)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_but_in_the_last_line_breaks_the_chain(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("chain") / "journal.jsonl"
    write(path)
    whole = bytearray(path.read_bytes())
    last_line = whole[:-1].rindex(b"\n")
    at = int(data.draw(st.floats(0, 1)) * last_line)
    whole[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(whole))
    assert journal.check(path)


def test_follow_tells_lines_as_they_come_and_ends_at_the_seal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path)
    heard: list[object] = []
    five, stop = threading.Event(), threading.Event()

    def listen() -> None:
        for entry in journal.follow(path, stop, poll_s=0.01):
            heard.append(entry.event)
            if len(heard) == 5:
                five.set()

    thread = threading.Thread(target=listen, name="listener")
    thread.start()
    assert five.wait(10)
    log = journal.JournalWriter(path)
    log.append(END)
    log.close()
    thread.join(10)
    assert not thread.is_alive()
    assert heard[-1] == END


def test_a_long_text_is_clipped_to_keep_lines_short(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    log = journal.JournalWriter(path)
    log.append(Marked(at_s=Seconds(0), text="x" * 1_000_000))
    log.close()
    assert path.stat().st_size < journal.LONGEST_LINE
