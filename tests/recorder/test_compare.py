"""Planted edits are found where they were planted, and none where there is none."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from recorder.compare import Comparison, Kind, Verdict, compare
from recorder.decode import Block, decode_file
from recorder.spool import RATE_HZ, Spool
from recorder.types import Seconds
from tests.recorder import programme
from tests.recorder.builders import encode
from tests.recorder.programme import Sound

BORDER_S = 0.05
_PRIMING_S = 1024 / programme.RATE_HZ  # that ADTS doesn't tell of, so it is in our time


@functools.cache
def broadcast() -> Sound:
    pieces = (programme.talk(50, 1), programme.music(15, 2), programme.talk(15, 3))
    return np.concatenate([*pieces, programme.silence(4), programme.talk(12, 4)])


def cut(sound: Sound, from_s: float, to_s: float) -> Sound:
    return sound[round(from_s * programme.RATE_HZ) : round(to_s * programme.RATE_HZ)]


def joined(*pieces: Sound) -> Sound:
    return np.concatenate(pieces).astype(np.float32)


def coded(sound: Sound, container: str, path: Path) -> Spool:
    file = path / f"sound.{container}"
    file.write_bytes(encode(sound[:, None], programme.RATE_HZ, container))
    return Spool(decode_file(file, rate_hz=RATE_HZ, channels=1))


def plain(sound: Sound, *gaps: tuple[float, float]) -> Spool:
    """A spool without a codec; gaps are holes in its time."""
    return Spool(blocks(sound, *gaps))


def blocks(sound: Sound, *gaps: tuple[float, float]) -> Iterator[Block]:
    size = len(sound) * RATE_HZ // programme.RATE_HZ
    spectrum = np.fft.rfft(sound)[: size // 2 + 1]
    spectrum *= np.clip(4 - 4 * np.arange(len(spectrum)) / len(spectrum), 0, 1)  # rings little
    wave = np.fft.irfft(spectrum, size) * size / len(sound)
    at_s = 0.0
    for from_s, to_s in (*gaps, (size / RATE_HZ, 0.0)):
        piece = wave[round(at_s * RATE_HZ) : round(from_s * RATE_HZ)].astype(np.float32)
        yield Block(start_s=Seconds(at_s), samples=piece[:, None], rate_hz=RATE_HZ)
        at_s = to_s


def edits(found: Comparison) -> list[tuple[Kind, float, float]]:
    return [
        (each.kind, each.length_s, each.theirs_length_s)
        for each in found.differences
        if each.kind.is_edit
    ]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spool]:
    with coded(broadcast(), "adts", tmp_path_factory.mktemp("ours")) as spool:
        yield spool


@dataclass(frozen=True)
class Planted:
    kind: Kind
    from_s: float
    to_s: float
    sound: Sound


def planted() -> list[Planted]:
    whole = broadcast()
    end_s = len(whole) / programme.RATE_HZ
    new = programme.talk(8, 77)
    head, rest = cut(whole, 0, 20), cut(whole, 20, end_s)
    quiet = whole.copy()
    quiet[30 * programme.RATE_HZ : 40 * programme.RATE_HZ] *= 0.5
    mute = joined(head, programme.silence(1), cut(whole, 21, end_s))
    moved = joined(cut(whole, 0, 10), cut(whole, 18, 40), cut(whole, 10, 18), cut(whole, 40, end_s))
    return [
        Planted(Kind.MISSING, 20, 20.5, joined(head, cut(whole, 20.5, end_s))),
        Planted(Kind.MISSING, 20, 45, joined(head, cut(whole, 45, end_s))),
        Planted(Kind.MISSING, 55, 60, joined(cut(whole, 0, 55), cut(whole, 60, end_s))),
        Planted(Kind.ADDED, 20, 20, joined(head, new[: programme.RATE_HZ // 2], rest)),
        Planted(Kind.ADDED, 20, 20, joined(head, new, rest)),
        Planted(Kind.REPLACED, 20, 20.5, joined(head, cut(new, 0, 0.5), cut(whole, 20.5, end_s))),
        Planted(Kind.REPLACED, 20, 25, joined(head, new, cut(whole, 25, end_s))),
        Planted(Kind.REPLACED, 20, 21, mute),
        Planted(Kind.REPEATED, 40, 40, joined(cut(whole, 0, 40), cut(whole, 20, end_s))),
        Planted(Kind.MOVED, 10, 18, moved),
        Planted(Kind.LEVEL, 30, 40, quiet),
    ]


@pytest.mark.parametrize("edit", planted(), ids=lambda edit: f"{edit.kind}-{edit.from_s:g}")
def test_an_edit_is_found_between_other_codecs_and_noise(
    edit: Planted, ours: Spool, tmp_path: Path
) -> None:
    with coded(programme.noisy(edit.sound, 20, 9), "mp3", tmp_path) as theirs:
        found = [each for each in compare(ours, theirs).differences if each.kind.is_edit]
    assert [each.kind for each in found] == [edit.kind]
    assert found[0].from_s == pytest.approx(edit.from_s + _PRIMING_S, abs=BORDER_S)
    assert found[0].to_s == pytest.approx(edit.to_s + _PRIMING_S, abs=BORDER_S)


@pytest.mark.parametrize("factor", [1.0002, 1.001, 0.999])
def test_another_clock_is_no_edit(factor: float, ours: Spool, tmp_path: Path) -> None:
    slower = programme.noisy(programme.stretched(broadcast(), factor) * np.float32(0.4), 20, 9)
    with coded(slower, "mp3", tmp_path) as theirs:
        found = compare(ours, theirs)
    assert found.verdict is Verdict.SAME
    assert found.drift_ppm == pytest.approx((factor - 1) * 1e6, abs=10)
    assert found.gain_db == pytest.approx(-8, abs=1.5)
    at_s = 80 + _PRIMING_S
    [match] = found.alignment.matches
    # MP3's own delay is some samples; the rest is ours.
    assert match.line.theirs(at_s) == pytest.approx(80 * factor + 1105 / 16_000, abs=0.01)


def test_a_late_begin_and_an_early_end_are_no_edits(ours: Spool, tmp_path: Path) -> None:
    with coded(cut(broadcast(), 12, 80), "mp3", tmp_path) as theirs:
        found = compare(ours, theirs)
    assert found.verdict is Verdict.SAME
    assert [each.kind for each in found.differences] == [Kind.BEGIN, Kind.END]
    assert "begins 12.1 s later" in str(found.differences[0])


@pytest.mark.parametrize("other", [programme.talk(100, 900), programme.music(100, 900)])
def test_unrelated_recordings_are_said_to_be_unrelated(other: Sound, ours: Spool) -> None:
    with plain(other) as theirs:
        found = compare(ours, theirs)
    assert found.verdict is Verdict.UNRELATED
    assert found.matched_s == 0
    assert "unrelated" in found.sentence


def test_what_our_gap_hides_is_no_edit() -> None:
    whole = broadcast()
    with plain(whole, (20, 32)) as ours, plain(whole) as theirs:
        found = compare(ours, theirs)
    assert found.verdict is Verdict.SAME
    assert found.hidden == ((20, 32),)
    assert any("gap hides 12.0 s" in note for note in found.notes())


def test_a_gap_that_is_as_long_as_another_clock_says_is_told() -> None:
    """Our gap was placed by the wall clock, three seconds too long."""
    whole = broadcast()
    longer = joined(cut(whole, 0, 20), programme.silence(15), cut(whole, 32, 120))
    with plain(longer, (20, 35)) as ours, plain(whole) as theirs:
        found = compare(ours, theirs)
    [gap] = found.differences
    assert gap.kind is Kind.GAP
    assert gap.length_s == pytest.approx(15, abs=BORDER_S)
    assert gap.theirs_length_s == pytest.approx(12, abs=BORDER_S)
    assert found.verdict is Verdict.SAME


def test_two_silences_are_not_compared() -> None:
    with plain(programme.silence(30)) as ours, plain(programme.silence(30)) as theirs:
        assert compare(ours, theirs).verdict is Verdict.UNRELATED


_EDIT = st.tuples(
    st.sampled_from([Kind.MISSING, Kind.ADDED, Kind.REPLACED]),
    st.floats(5, 12),  # of what is the same, before it
    st.floats(0.5, 4),
)


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(_EDIT, min_size=0, max_size=3), st.integers(0, 1_000), st.booleans())
def test_whatever_is_planted_is_found_and_nothing_else(
    plan: list[tuple[Kind, float, float]],
    seed: int,
    is_noisy: bool,  # noqa: FBT001 (drawn)
) -> None:
    whole = programme.talk(60, seed)
    pieces, at_s, expected = [], 0.0, []
    for number, (kind, same_s, length_s) in enumerate(plan):
        pieces.append(cut(whole, at_s, at_s + same_s))
        at_s += same_s
        begin_s = at_s
        if kind is not Kind.MISSING:
            pieces.append(programme.talk(length_s, seed + 1_001 + number))
        if kind is not Kind.ADDED:
            at_s += length_s
        expected.append((kind, begin_s, at_s))
    other = joined(*pieces, cut(whole, at_s, 60))
    with (
        plain(whole) as ours,
        plain(programme.noisy(other, 20, 1) if is_noisy else other) as theirs,
    ):
        found = [each for each in compare(ours, theirs).differences if each.kind.is_edit]
    assert [each.kind for each in found] == [kind for kind, _, _ in expected]
    for each, (_, from_s, to_s) in zip(found, expected, strict=True):
        assert each.from_s == pytest.approx(from_s, abs=BORDER_S + each.loose_s)
        assert each.to_s == pytest.approx(to_s, abs=BORDER_S + each.loose_s)
