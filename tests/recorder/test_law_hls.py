"""The law, with the real writer, journal and session, and deaths at any instant.

Every segment that could ever be fetched is stored byte for byte, once, in order; every second that
could not is a journaled gap; nothing else is stored.
"""

import tempfile
from collections import defaultdict
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder import retry, verify
from recorder.archive import Archive, SessionFolder
from recorder.sources.hls import HlsSource
from recorder.sources.past import Past
from recorder.sources.window import Patience
from recorder.types import GapReason, SourceKind, SourceSpec, State
from tests.faults.hls import Broadcast, Fault, HlsServer, items
from tests.recorder.dying import Mortality, record

QUICK = Patience(
    request_s=1.0,
    after_window_s=1.5,
    after_end_s=1.5,
    first_retry_s=0.02,
    longest_retry_s=0.03,
    shortest_poll_s=0.01,
    hold_s=0.05,
    stall_s=0.5,
)
ROOMY = replace(QUICK, after_window_s=2.5, after_end_s=2.5)  # many tries, on a busy machine
COUNT = 14
NOT_FOUND = Fault(status=404)
SEGMENT_FAULTS = st.sampled_from([
    NOT_FOUND, Fault(status=503), Fault(status=403), Fault(status=500), Fault(cut=3),
    Fault(torn=4), Fault(reset=True), Fault(body=b"nothing to hear"), Fault(body=b""),
])  # fmt: skip
PLAYLIST_FAULTS = st.sampled_from([NOT_FOUND, Fault(status=503), Fault(cut=5), Fault(reset=True)])


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PROBE_S", 0.02)
    monkeypatch.setattr(retry, "_AFTER_A_BREAK_S", (0.01,))


def make(spec: SourceSpec, *, past: Past | None = None, patience: Patience = QUICK) -> HlsSource:
    return HlsSource(spec, spec.address, past=past, patience=patience)


def recorded(
    room: Path,
    on_air: Broadcast,
    mortality: Mortality,
    lives: list[int],
    patience: Patience = QUICK,
) -> SessionFolder:
    """Record a broadcast to its end."""
    with HlsServer(on_air) as server:
        spec = SourceSpec(kind=SourceKind.STREAM, address=server.url)
        folder = Archive(room).create("A talk", [("a", spec)])
        source = partial(make, patience=patience)
        assert record(folder, source, mortality, lives) is State.DONE
    return folder


def check_law(folder: SessionFolder, on_air: Broadcast, gone: set[int]) -> None:
    """The law, for a broadcast whose segments in ``gone`` nobody could fetch."""
    timeline = folder.timeline()
    stored: dict[int, bytes] = defaultdict(bytes)
    order: list[int] = []
    for part in timeline.parts:
        data = (folder.path / part.file).read_bytes()
        assert sum(chunk.bytes for chunk in part.chunks) == len(data), "nothing else is stored"
        for chunk in part.chunks:
            assert chunk.media_sequence is not None
            stored[chunk.media_sequence] += data[chunk.offset : chunk.offset + chunk.bytes]
            order.append(chunk.media_sequence)
            at_s = sum(item.duration_s for item in on_air.segments[: chunk.media_sequence])
            assert at_s - 1e-3 < chunk.start_s < at_s + 0.1
    expected = {n: item.audio for n, item in enumerate(on_air.segments) if n not in gone}
    assert dict(stored) == expected
    assert order == sorted(order)
    missing_s = sum(gap.to_s - gap.from_s for gap in timeline.gaps)
    assert missing_s == pytest.approx(sum(on_air.segments[n].duration_s for n in gone), abs=1e-3)
    numbers = [each.sequence for gap in timeline.gaps for each in gap.segments()]
    assert set(numbers) == gone
    report = verify.verify(folder.path)
    assert report.ok, report.problems
    assert not (folder.path / "staged").exists()


LIVES = st.lists(st.integers(1, 70), max_size=3)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    failing=st.dictionaries(
        st.integers(0, COUNT - 1), st.lists(SEGMENT_FAULTS, min_size=1, max_size=4), max_size=5
    ),
    gone=st.sets(st.integers(0, COUNT - 2), max_size=3),
    polls=st.dictionaries(st.integers(1, COUNT), PLAYLIST_FAULTS, max_size=3),
    frozen=st.frozensets(st.integers(1, COUNT), max_size=4),
    per_poll=st.integers(1, 3),
    lives=LIVES,
)
def test_whatever_fails_and_whenever_it_dies_the_law_holds(
    monkeypatch: pytest.MonkeyPatch,
    failing: dict[int, list[Fault]],
    gone: set[int],
    polls: dict[int, Fault],
    frozen: frozenset[int],
    per_poll: int,
    lives: list[int],
) -> None:
    on_air = Broadcast(segments=items(COUNT, frames=3), window=8, per_poll=per_poll, frozen=frozen)
    on_air.playlist_faults = dict(polls)
    for n, faults in failing.items():
        # The same torn body twice would be taken as served.
        on_air.fail(n, *(fault for at, fault in enumerate(faults) if not fault.torn or at == 0))
    for n in gone:
        on_air.faults[on_air.segments[n].name].clear()
        on_air.fail(n, NOT_FOUND, times=9_999)
    with monkeypatch.context() as patch, tempfile.TemporaryDirectory() as room:
        folder = recorded(Path(room), on_air, Mortality(patch), lives, ROOMY)
        check_law(folder, on_air, gone)


@pytest.mark.parametrize("first", range(1, 56, 5))
def test_wherever_it_dies_while_segments_wait_for_a_late_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    on_air = Broadcast(segments=items(8, frames=3), window=None, position=8)
    on_air.fail(2, Fault(status=500), times=5)
    on_air.fail(5, NOT_FOUND, times=9_999)
    folder = recorded(tmp_path, on_air, Mortality(monkeypatch), [first, 9, 5])
    check_law(folder, on_air, {5})


def test_one_that_comes_late_becomes_a_part_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_air = Broadcast(segments=items(10, frames=3), window=None, per_poll=1, position=3)
    on_air.fail(2, Fault(status=500), times=12)
    folder = recorded(tmp_path, on_air, Mortality(monkeypatch), [])
    check_law(folder, on_air, set())
    timeline = folder.timeline()
    names = [part.name for part in timeline.parts]
    assert names == ["a-000001", "a-000003", "a-000002"], "by time; named in order of arrival"
    assert timeline.gaps == ()


def test_what_is_gone_for_good_is_said_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_air = Broadcast(segments=items(10, frames=3))
    on_air.fail(4, NOT_FOUND, times=9_999)
    folder = recorded(tmp_path, on_air, Mortality(monkeypatch), [])
    check_law(folder, on_air, {4})
    (gap,) = folder.timeline().gaps
    assert gap.reason is GapReason.MISSING_SEGMENT
    assert gap.detail.startswith("Segment 4 ")
