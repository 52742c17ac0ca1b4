"""Two recordings of one event against each other: which stretch of one is which of the other.

From coarse to fine:

1. Leads (`recorder.landmarks`): where stretches of two seconds may be the same.
2. Proofs: each lead's waveforms are correlated, which tells its delay to a fraction of a sample.
3. Lines: proofs whose delays follow each other, as two clocks let them; the best row of lines
   that goes forwards in both. Lines left out are what was moved or repeated.
4. Borders: between two lines, the two moments at which the one ends and the next one begins, such
   that the waveforms agree as long as possible on both sides (`recorder.likeness`).
5. Holes: stretches inside a line where the waveforms differ though both sides of them agree.

Times are in seconds of each recording's own time.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from recorder.decode import Block
from recorder.landmarks import Lead, landmarks, leads
from recorder.likeness import HOP_S, Floats, Likeness, Line, along, correlated, level_of, noise
from recorder.spool import RATE_HZ, Spool

_PROOF_S = 2.0
_REACH_S = 0.08  # a lead's delay is right to about 50 ms
_PROVEN = 0.4  # correlation; what is not the same rarely has 0.3 over two seconds
_BEST = 0.7  # of the best proof at about the same moment
_CLEAR = 0.75  # correlation that no other speed would better
_SLOPES = (0.0, 0.0003, -0.0003, 0.0006, -0.0006, 0.001, -0.001)
_TRIED = 4  # of them, where the first doesn't fit
_SAMPLED = 60  # leads by which they are put in order
_SLOPE = 0.0015  # that two clocks, or a player's speed, may differ by
_JITTER_S = 0.006
_BRIDGED_S = 8.0
_FINE_REACH_S = 0.012
_FINE_PROVEN = 0.5
_OFF_S = 0.0005  # from its neighbours, by which a measured delay is wrong
_LONE = 0.75  # correlation by which a single proof makes a line
_PIECE_COST = 30.0  # hops that what is replaced must gain over a mere cut
_LEAST_HOLE = 30.0  # hops' worth of difference
_HOLE_TIE = 0.5
_NEAR_HOPS = 30
_NEAR_S = _NEAR_HOPS * HOP_S
_TIE = 3.0  # hops' worth that doesn't decide
_SHORTEST_S = 0.3
_SAME_S = 0.012  # difference of delays that is none
_TOLD = 100  # hops that must tell something
_BORNE_OUT = 0.4  # their mean score
_LOOSE_HOPS = 50
_BACK_HOPS = 300
_ALIKE_SLOPE = 0.1  # a hop; more than two codings of the same differ by
_ALIKE_SLACK = 0.15  # a hop; one that differs costs about 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """Where a match begins or ends, in ours.

    Attributes:
        at_s: The moment.
        loose_s: How far it could be moved without a difference: in silence, or where the same is
            heard again.
    """

    at_s: float
    loose_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A stretch inside a match where both have sound, and not the same."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """A stretch that is the same in both.

    Attributes:
        from_s: In ours.
        to_s: In ours.
        line: Where it is in theirs.
        likeness: Along it, from `from_s` to `to_s`.
        holes: Where it differs inside.
        core: Where in ours the line holds; beyond its begin and end too, where what is there is the
            same out of order.
        begin: Its begin, and how sure that is.
        end: Its end, likewise.
    """

    from_s: float
    to_s: float
    line: Line
    likeness: Likeness
    holes: tuple[Hole, ...]
    core: tuple[float, float]
    begin: Border
    end: Border

    @property
    def theirs_from_s(self) -> float:
        """Where it begins in theirs."""
        return self.line.theirs(self.from_s)

    @property
    def theirs_to_s(self) -> float:
        """Where it ends in theirs."""
        return self.line.theirs(self.to_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A stretch of ours that is also elsewhere in theirs, out of order."""

    from_s: float
    to_s: float
    theirs_from_s: float
    theirs_to_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """What of two recordings is the same.

    Attributes:
        matches: In order, forwards in both; empty where they are unrelated.
        echoes: What else is the same, in order of ours.
        ours: Stretches of ours that have sound.
        theirs: Likewise.
    """

    matches: tuple[Match, ...]
    echoes: tuple[Echo, ...]
    ours: tuple[tuple[float, float], ...]
    theirs: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    at_s: float
    delay_s: float
    alike: float


@dataclass(slots=True, kw_only=True, eq=False)
class _Row:
    """Proofs that follow each other."""

    proofs: list[_Proof] = field(default_factory=list)
    slope: float = 0.0  # by which the delay grows with our time

    @property
    def from_s(self) -> float:
        return self.proofs[0].at_s - _PROOF_S / 4

    @property
    def to_s(self) -> float:
        return self.proofs[-1].at_s + _PROOF_S / 4

    @property
    def theirs_from_s(self) -> float:
        return self.from_s + self.proofs[0].delay_s

    @property
    def theirs_to_s(self) -> float:
        return self.to_s + self.proofs[-1].delay_s

    @property
    def weight(self) -> float:
        return sum(proof.alike - _PROVEN / 2 for proof in self.proofs)

    def miss_s(self, proof: _Proof) -> float:
        """By how much a proof is off where this row leads to."""
        last = self.proofs[-1]
        return abs(proof.delay_s - last.delay_s - self.slope * (proof.at_s - last.at_s))

    def takes(self, proof: _Proof) -> bool:
        """Whether a proof goes on with this row."""
        after_s = proof.at_s - self.proofs[-1].at_s
        off_s = abs(proof.delay_s - self.proofs[-1].delay_s)
        return after_s <= _BRIDGED_S and off_s <= _JITTER_S + _SLOPE * after_s

    def add(self, proof: _Proof) -> None:
        """Go on with a proof."""
        self.proofs.append(proof)
        near = [each for each in self.proofs[-40:] if proof.at_s - each.at_s < 60]
        if near[-1].at_s - near[0].at_s > 15:
            times = np.array([each.at_s for each in near])
            delays = np.array([each.delay_s for each in near])
            self.slope = float(np.polyfit(times - times[0], delays, 1)[0])

    def line(self) -> Line:
        times = np.array([proof.at_s for proof in self.proofs])
        times, first = np.unique(times, return_index=True)
        return Line(at_s=times, delay_s=np.array([self.proofs[n].delay_s for n in first]))


def spooled(
    ours: Iterable[Block], theirs: Iterable[Block], stop: threading.Event | None = None
) -> tuple[Spool, Spool]:
    """Decode two recordings side by side, in two threads.

    Args:
        ours: Blocks at `spool.RATE_HZ` with one channel.
        theirs: Likewise.
        stop: Ends it when set.

    Raises:
        AircheckError: As the blocks raise.
        StorageError: The disk refuses.
    """
    with ThreadPoolExecutor(2, thread_name_prefix="spool") as pool:
        first, second = (pool.submit(Spool, blocks, stop) for blocks in (ours, theirs))
        try:
            return first.result(), second.result()
        except BaseException:
            for each in (first, second):
                if each.exception() is None:
                    each.result().close()
            raise


def align(
    ours: Spool, theirs: Spool, on_progress: Callable[[float], None] = lambda _: None
) -> Alignment:
    """Find what is the same. Blocks; may run in any thread; memory is bounded.

    Args:
        ours: The one.
        theirs: The other.
        on_progress: Told how much is done, 0 to 1.
    """
    with ThreadPoolExecutor(2, thread_name_prefix="landmarks") as pool:
        found = leads(*pool.map(landmarks, (ours, theirs)))
    on_progress(0.2)
    proofs = _proofs(ours, theirs, found, lambda part: on_progress(0.2 + 0.3 * part))
    rows = _rows(proofs)
    chain = _joined(_chain(rows))
    fine = [_fine(ours, theirs, row) for row in chain]
    on_progress(0.7)
    matches = _bordered(ours, theirs, _merged([each for each in fine if each]))
    on_progress(1.0)
    return Alignment(
        matches=tuple(matches),
        echoes=tuple(sorted([*_echoes(rows, chain), *_beyond(matches)], key=lambda e: e.from_s)),
        ours=tuple(ours.stretches),
        theirs=tuple(theirs.stretches),
    )


# --- proofs and rows -------------------------------------------------------------------------


def _proofs(
    ours: Spool, theirs: Spool, found: list[Lead], on_progress: Callable[[float], None]
) -> list[_Proof]:
    """The leads that hold, in order of our time; weak ones beside strong ones are left out."""
    slopes = _by_likelihood(ours, theirs, found)
    proofs: list[_Proof] = []
    for number, lead in enumerate(found):
        proof = _prove(ours, theirs, lead, slopes[0])
        if proof.alike < _CLEAR:  # it may run at another speed here
            others = (_prove(ours, theirs, lead, slope) for slope in slopes[1:_TRIED])
            proof = max(proof, *others, key=lambda each: each.alike)
        if proof.alike >= _PROVEN:
            proofs.append(proof)
        if number % 500 == 0:
            on_progress(number / len(found))
    proofs.sort(key=lambda proof: (proof.at_s, proof.delay_s))
    times = np.array([proof.at_s for proof in proofs])
    alike = np.array([proof.alike for proof in proofs])
    kept = []
    for proof in proofs:
        first, last = np.searchsorted(times, (proof.at_s - 0.6, proof.at_s + 0.6))
        if proof.alike >= _BEST * alike[first:last].max():
            kept.append(proof)
    return kept


def _by_likelihood(ours: Spool, theirs: Spool, found: list[Lead]) -> list[float]:
    """The slopes at which theirs may run, the one first that proves most of some leads."""
    some = sorted(found, key=lambda lead: -lead.votes)[: len(found) // 2 + 1]
    some = some[:: max(1, len(some) // _SAMPLED)]
    alike = {
        slope: sum(_prove(ours, theirs, lead, slope).alike for lead in some) for slope in _SLOPES
    }
    return sorted(_SLOPES, key=lambda slope: -alike[slope])


def _prove(ours: Spool, theirs: Spool, lead: Lead, slope: float) -> _Proof:
    size, reach = round(_PROOF_S * RATE_HZ), round(_REACH_S * RATE_HZ)
    begin = round(lead.at_s * RATE_HZ) - size // 2
    shift = round(lead.delay_s * RATE_HZ)
    x = ours.read(begin, size)
    if slope:
        offset = np.arange(-reach - size // 2, size - size // 2 + reach)
        y = theirs.at((begin + size // 2 + shift + offset * (1 + slope)) / RATE_HZ)
    else:
        y = theirs.read(begin + shift - reach, size + 2 * reach)
    behind, alike = correlated(x, y, reach)
    return _Proof(at_s=lead.at_s, delay_s=(shift + behind) / RATE_HZ, alike=alike)


def _rows(proofs: list[_Proof]) -> list[_Row]:
    """Proofs, each put to the row that it goes on with best."""
    done: list[_Row] = []
    going: list[_Row] = []
    for proof in proofs:
        fitting = [row for row in going if row.takes(proof)]
        if fitting:
            min(fitting, key=lambda row: row.miss_s(proof)).add(proof)
        else:
            going.append(_Row(proofs=[proof]))
        if len(going) > 200:
            old = [row for row in going if proof.at_s - row.proofs[-1].at_s > 600]
            done += old
            going = [row for row in going if row not in old]
    rows = [*done, *going]
    return [row for row in rows if len(row.proofs) > 1 or row.weight > _LONE]


def _chain(rows: list[_Row]) -> list[_Row]:
    """The rows that hold most, going forwards in both recordings."""
    rows = sorted(rows, key=lambda row: row.from_s)
    best: list[tuple[float, int]] = []
    for number, row in enumerate(rows):
        choice = (row.weight, -1)
        for before in range(number):
            gain = best[before][0] + _worth(rows[before], row)
            choice = max(choice, (gain, before))
        best.append(choice)
    chain: list[_Row] = []
    number = max(range(len(rows)), key=lambda n: best[n][0], default=-1)
    while number >= 0:
        chain.append(rows[number])
        number = best[number][1]
    return chain[::-1]


def _worth(before: _Row, row: _Row) -> float:
    """What a row adds behind another one; less where they overlap; nothing where it can't."""
    forwards = (
        row.to_s > before.to_s
        and row.theirs_from_s > before.theirs_from_s
        and row.theirs_to_s > before.theirs_to_s
    )
    if not forwards:
        return -np.inf
    overlap_s = max(before.to_s - row.from_s, before.theirs_to_s - row.theirs_from_s, 0.0)
    return row.weight * max(0.0, 1 - overlap_s / (row.to_s - row.from_s)) - 0.5


def _joined(chain: list[_Row]) -> list[_Row]:
    """Rows with the ones that go on with them as if nothing were between."""
    joined: list[_Row] = []
    for row in chain:
        last = joined[-1] if joined else None
        after_s = row.proofs[0].at_s - last.proofs[-1].at_s if last else 0.0
        near_s = 2 * _JITTER_S + 0.0001 * max(0.0, after_s)
        if last and after_s > 0 and last.miss_s(row.proofs[0]) <= near_s:
            for proof in row.proofs:
                last.add(proof)
        else:
            joined.append(_Row(proofs=list(row.proofs), slope=row.slope))
    return joined


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fine:
    """A line that was measured, and where it surely holds."""

    from_s: float
    to_s: float
    line: Line
    floor: float
    level: float


def _fine(ours: Spool, theirs: Spool, row: _Row) -> _Fine | None:
    """Measure a row's line; None where the waveforms don't bear it out."""
    line, from_s = row.line(), max(row.from_s, 0.0)
    for _ in range(2):  # what bends the line here and there, blurs what is measured along it
        line = _refined(ours, theirs, line, from_s - 2, row.to_s + 2)
    bare = along(ours, theirs, line, from_s, row.to_s)
    floor = noise(bare)
    likeness = along(ours, theirs, line, from_s, row.to_s, floor=floor)
    told = likeness.score[likeness.score != 0]
    if len(told) < _TOLD or told.mean() < _BORNE_OUT:
        return None
    return _Fine(from_s=from_s, to_s=row.to_s, line=line, floor=floor, level=level_of(likeness))


def _merged(lines: list[_Fine]) -> list[_Fine]:
    """Lines with those that turn out to be the same."""
    merged: list[_Fine] = []
    for fine in lines:
        last = merged[-1] if merged else None
        middle_s = (last.to_s + fine.from_s) / 2 if last else 0.0
        if last and abs(last.line.delay_at(middle_s) - fine.line.delay_at(middle_s)) < _SAME_S:
            early, late = last.line.at_s < middle_s, fine.line.at_s >= middle_s
            line = Line(
                at_s=np.concatenate([last.line.at_s[early], fine.line.at_s[late]]),
                delay_s=np.concatenate([last.line.delay_s[early], fine.line.delay_s[late]]),
            )
            merged[-1] = _Fine(
                from_s=last.from_s,
                to_s=fine.to_s,
                line=line,
                floor=max(last.floor, fine.floor),
                level=min(last.level, fine.level),
            )
        else:
            merged.append(fine)
    return merged


def _refined(ours: Spool, theirs: Spool, line: Line, from_s: float, to_s: float) -> Line:
    """A line with knots every second, measured along itself, so that its slope blurs nothing."""
    size, reach = round(_PROOF_S * RATE_HZ), round(_FINE_REACH_S * RATE_HZ)
    knots: list[tuple[float, float]] = []
    for at_s in np.arange(max(from_s, 0.0), to_s, _PROOF_S / 2):
        begin = round(at_s * RATE_HZ)
        x = ours.read(begin, size)
        times_s = np.arange(begin - reach, begin + size + reach) / RATE_HZ
        y = theirs.at(times_s + line.delay(times_s))
        behind, alike = correlated(x, y, reach)
        if alike >= _FINE_PROVEN and abs(behind) < reach:
            middle_s = (begin + size / 2) / RATE_HZ
            knots.append((middle_s, line.delay_at(middle_s) + behind / RATE_HZ))
    return _smoothed(knots) if len(knots) > 1 else line


def _smoothed(knots: list[tuple[float, float]]) -> Line:
    """Knots without those that are off from their neighbours."""
    times, delays = np.array(knots).T
    if len(knots) >= 5:
        reach = min(10, len(knots) // 2)
        slope = np.median((delays[reach:] - delays[:-reach]) / (times[reach:] - times[:-reach]))
        level = delays - slope * times
        near = np.lib.stride_tricks.sliding_window_view(np.pad(level, 2, mode="reflect"), 5)
        good = abs(level - np.median(near, axis=1)) < _OFF_S
        if good.sum() > 1:
            times, delays = times[good], delays[good]
    return Line(at_s=times, delay_s=delays)


# --- borders and holes -----------------------------------------------------------------------


def _bordered(ours: Spool, theirs: Spool, lines: list[_Fine]) -> list[Match]:
    """Lines with their begins and ends."""
    if not lines:
        return []
    begins, ends = [_head(ours, theirs, lines[0])], []
    for before, after in itertools.pairwise(lines):
        end, begin = _border(ours, theirs, before, after)
        ends.append(end)
        begins.append(begin)
    ends.append(_tail(ours, theirs, lines[-1]))
    return [
        _match(ours, theirs, fine, begin, end)
        for fine, begin, end in zip(lines, begins, ends, strict=True)
        if end.at_s - begin.at_s >= _SHORTEST_S
    ]


def _match(ours: Spool, theirs: Spool, fine: _Fine, begin: Border, end: Border) -> Match:
    likeness = along(ours, theirs, fine.line, begin.at_s, end.at_s, floor=fine.floor)
    return Match(
        from_s=begin.at_s,
        to_s=end.at_s,
        line=fine.line,
        likeness=likeness,
        holes=tuple(_holes(likeness)),
        core=(fine.from_s, fine.to_s),
        begin=begin,
        end=end,
    )


def _head(ours: Spool, theirs: Spool, fine: _Fine) -> Border:
    """Where the first line begins."""
    from_s = max(0.0, fine.line.ours(0.0))
    core_s = max(fine.from_s + _PROOF_S / 2, from_s)
    likeness = along(ours, theirs, fine.line, from_s, core_s, floor=fine.floor, level=fine.level)
    back = _farthest(np.concatenate([[0.0], np.cumsum(likeness.score[::-1])]), is_end=True)
    place = len(likeness.score) - back.place
    return Border(at_s=likeness.start_s + place * HOP_S, loose_s=back.loose * HOP_S)


def _tail(ours: Spool, theirs: Spool, fine: _Fine) -> Border:
    """Where the last line ends."""
    to_s = min(float(ours.duration_s), fine.line.ours(float(theirs.duration_s)))
    core_s = min(fine.to_s - _PROOF_S / 2, to_s)
    likeness = along(ours, theirs, fine.line, core_s, to_s, floor=fine.floor, level=fine.level)
    found = _farthest(np.concatenate([[0.0], np.cumsum(likeness.score)]), is_end=True)
    return Border(at_s=likeness.start_s + found.place * HOP_S, loose_s=found.loose * HOP_S)


def _border(ours: Spool, theirs: Spool, before: _Fine, after: _Fine) -> tuple[Border, Border]:
    """Where one line ends and the next begins.

    With `x` the end of the one and `y` the begin of the other, both in ours: neither may y lie
    before x, nor their places in theirs be swapped. Mere cuts and mere insertions, at which they
    touch in one of the two, are preferred.
    """
    from_s = max(0.0, before.from_s, min(before.to_s - _PROOF_S / 2, after.from_s - 1))
    to_s = max(after.from_s + _PROOF_S / 2, before.to_s + 1)
    to_s = max(from_s + 2 * HOP_S, min(to_s, after.to_s, float(ours.duration_s)))
    first = along(ours, theirs, before.line, from_s, to_s, floor=before.floor, level=before.level)
    second = along(ours, theirs, after.line, from_s, to_s, floor=after.floor, level=after.level)
    gain_a = np.concatenate([[0.0], np.cumsum(first.score)])
    gain_b = np.concatenate([np.cumsum(second.score[::-1])[::-1], [0.0]])
    middle_s = (from_s + to_s) / 2
    back_s = before.line.delay_at(middle_s) - after.line.delay_at(middle_s)
    step = min(max(0, round(back_s / HOP_S)), len(gain_a) - 1)
    mere = gain_a[: len(gain_a) - step] + gain_b[step:]
    apart = gain_a[: len(mere)] + np.maximum.accumulate(gain_b[step:][::-1])[::-1]
    if apart.max() - mere.max() > _PIECE_COST:
        x = int(np.argmax(apart))
        y = x + step + int(np.argmax(gain_b[step + x :]))
        loose = 0
    else:
        found = _farthest(mere)
        x, y, loose = found.place, found.place + step, found.loose
    end_s, begin_s = (first.start_s + place * HOP_S for place in (x, y))
    for (_, gap_s), (sound_s, _) in itertools.pairwise(ours.stretches):
        if gap_s - _NEAR_S <= end_s and begin_s <= sound_s + _NEAR_S:  # it is the gap's length
            end_s, begin_s, loose = gap_s, sound_s, 0
    return (
        Border(at_s=end_s, loose_s=loose * HOP_S),
        Border(at_s=begin_s, loose_s=loose * HOP_S),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    place: int
    loose: int


def _farthest(gained: Floats, *, is_end: bool = False) -> _Place:
    """The best place, or the last one that is as good, where that lies far behind it.

    Two passages that are the same, or silence, leave it open where one line ends: of two, the
    first is taken for the one that was there before. At the end of a recording (`is_end`) it goes
    on to the very end, if nothing speaks against it.
    """
    best = int(np.argmax(gained))
    behind = gained[best:]
    slack = _TIE + _ALIKE_SLACK * np.arange(len(behind))
    as_good = np.minimum.accumulate((behind >= gained[best] - slack).astype(np.int8))
    far = best + int(as_good.sum()) - 1
    if is_end and far == len(gained) - 1:
        return _Place(place=far, loose=0)
    ahead = gained[best::-1] >= gained[best] - _TIE
    early = int(np.minimum.accumulate(ahead.astype(np.int8)).sum()) - 1
    if far - best < _LOOSE_HOPS:
        return _Place(place=best, loose=far - best + early)
    near = max(best, far - _BACK_HOPS)
    level = gained[near : far + 1] + _ALIKE_SLOPE * np.arange(far + 1 - near)
    return _Place(place=near + int(np.argmax(level)), loose=far - best)


def _holes(likeness: Likeness) -> list[Hole]:
    """Stretches that differ, between such that agree."""
    score = likeness.score
    if len(score) < _NEAR_HOPS:
        return []
    gained = np.concatenate([[0.0], np.cumsum(score)])
    box = np.convolve(score, np.ones(20) / 20, "same")
    different = np.flatnonzero(box < -0.25)
    found: list[tuple[int, int]] = []
    for group in np.split(different, np.flatnonzero(np.diff(different) > _NEAR_HOPS) + 1):
        if not len(group):
            continue
        low = max(0, int(group[0]) - _NEAR_HOPS)
        high = min(len(score), int(group[-1]) + _NEAR_HOPS) + 1
        rise = gained[low : group[-1] + 1]
        begin = low + int(np.flatnonzero(rise >= rise.max() - _HOLE_TIE)[-1])
        fall = gained[begin:high]
        end = begin + int(np.flatnonzero(fall <= fall.min() + _HOLE_TIE)[0])
        if found and gained[begin] - gained[found[-1][1]] < _LEAST_HOLE:
            found[-1] = (found[-1][0], end)  # by chance alike, between two that differ
        else:
            found.append((begin, end))
    return [
        Hole(from_s=likeness.start_s + begin * HOP_S, to_s=likeness.start_s + end * HOP_S)
        for begin, end in found
        if gained[begin] - gained[end] >= _LEAST_HOLE
    ]


def _echoes(rows: list[_Row], chain: list[_Row]) -> list[Echo]:
    """What is the same out of order: rows that the chain doesn't hold."""
    held = {proof for row in chain for proof in row.proofs}
    return [
        Echo(
            from_s=row.from_s,
            to_s=row.to_s,
            theirs_from_s=row.theirs_from_s,
            theirs_to_s=row.theirs_to_s,
        )
        for row in sorted(rows, key=lambda row: row.from_s)
        if len(row.proofs) > 1 and not held.issuperset(row.proofs)
    ]


def _beyond(matches: list[Match]) -> Iterator[Echo]:
    """What is the same beyond a match's borders: it was told of another match already."""
    for match in matches:
        stretches = ((match.core[0], match.from_s), (match.to_s, match.core[1]))
        for from_s, to_s in stretches:
            if to_s - from_s >= _PROOF_S / 2:
                yield Echo(
                    from_s=from_s,
                    to_s=to_s,
                    theirs_from_s=match.line.theirs(from_s),
                    theirs_to_s=match.line.theirs(to_s),
                )
