"""Is the other recording what we recorded? Differences in session time, how sure, and what not.

An alignment says what is the same; here the rest gets its name. The words are neutral: that the
other one lacks a passage may mean that it was cut there, or that ours was added to. What our gaps
hide, and what can't be told by sound, is said too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from recorder.align import Alignment, Echo, Match, align
from recorder.likeness import HOP_S, Floats, Likeness
from recorder.spool import Spool
from recorder.types import Seconds

LEAST_S = 0.1
"""What is shorter is not told."""

_EDGE_S = 0.25  # of coders' padding at the begin and end
_CERTAIN_S = 0.5
_LOOSE_S = 0.05
_COVERED = 0.6
_LEVEL_DB = 2.0
_LEVEL_S = 3
_MOST_LEVELS_AN_HOUR = 30
_SPEED = 0.0003
_SPEED_S = 10.0
_BENT_S = 0.004
_RELATED_S = 3.0
_MUTE_DB = -25.0
_NONE_S = Seconds(0)


class Kind(StrEnum):
    """What may differ."""

    MISSING = "missing"
    ADDED = "added"
    REPLACED = "replaced"
    MOVED = "moved"
    REPEATED = "repeated"
    LEVEL = "level"
    SPEED = "speed"
    BEGIN = "begin"
    END = "end"
    GAP = "gap"

    @property
    def is_edit(self) -> bool:
        """Whether it is one: to begin or end elsewhere is none, nor is what a gap hides."""
        return self not in (Kind.BEGIN, Kind.END, Kind.GAP)


class Verdict(StrEnum):
    """What it comes to."""

    SAME = "same"
    EDITED = "edited"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stretch that isn't the same in both.

    Attributes:
        from_s: Session time where it begins; equal to `to_s` where ours has nothing of it.
        to_s: Session time where it ends.
        theirs_from_s: Where it begins in the other recording's own time.
        theirs_to_s: Where it ends there.
        is_certain: Whether it is long and clear enough to be surely there.
        loose_s: How far its borders could be moved, in silence or where the same is heard again.
        change_db: By how much theirs is louder, of a `Kind.LEVEL`.
        change_ppm: By how much theirs is slower, of a `Kind.SPEED`.
        elsewhere_s: Where else the passage is: in theirs, of one that is missing or moved; in
            ours, of one that is repeated.
        known_s: Seconds of ours in it that have sound; less than its length where a gap is in it.
    """

    kind: Kind
    from_s: Seconds
    to_s: Seconds
    theirs_from_s: Seconds
    theirs_to_s: Seconds
    is_certain: bool = True
    loose_s: Seconds = _NONE_S
    change_db: float | None = None
    change_ppm: float | None = None
    elsewhere_s: Seconds | None = None
    known_s: Seconds | None = None

    @property
    def length_s(self) -> Seconds:
        """How long it is in ours."""
        return Seconds(self.to_s - self.from_s)

    @property
    def theirs_length_s(self) -> Seconds:
        """How long it is in theirs."""
        return Seconds(self.theirs_to_s - self.theirs_from_s)

    def __str__(self) -> str:
        return _WORDS[self.kind](self)

    def to_json(self) -> dict[str, Any]:
        """For machines: seconds to the millisecond, what doesn't apply left out."""
        values = {
            "kind": str(self.kind),
            "from_s": self.from_s,
            "to_s": self.to_s,
            "theirs_from_s": self.theirs_from_s,
            "theirs_to_s": self.theirs_to_s,
            "certain": self.is_certain,
            "loose_s": self.loose_s,
            "change_db": self.change_db,
            "change_ppm": self.change_ppm,
            "elsewhere_s": self.elsewhere_s,
            "what": str(self),
        }
        return {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in values.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """What came out.

    Attributes:
        alignment: What is the same, and where.
        differences: In order of session time.
        matched_s: Seconds of ours that are the same in theirs.
        sounding_s: Seconds of ours that have sound at all.
        likeness: How alike the waveforms are where they match, 0 to 1; lower the more a codec or
            noise changed.
        gain_db: By how much theirs is louder on the whole.
        drift_ppm: By how much theirs is slower on the whole, in millionths.
        hidden: Our gaps: begin and end, in session time.
    """

    alignment: Alignment
    differences: tuple[Difference, ...]
    matched_s: Seconds
    sounding_s: Seconds
    likeness: float
    gain_db: float
    drift_ppm: float
    hidden: tuple[tuple[Seconds, Seconds], ...]

    @property
    def verdict(self) -> Verdict:
        """Same, edited or unrelated."""
        if not self.alignment.matches:
            return Verdict.UNRELATED
        edited = any(each.kind.is_edit for each in self.differences)
        return Verdict.EDITED if edited else Verdict.SAME

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        if self.verdict is Verdict.UNRELATED:
            return "The two recordings are unrelated: no passage of three seconds is in both."
        share = f"{_length(self.matched_s)} of our {_length(self.sounding_s)} are in both"
        if self.verdict is Verdict.SAME:
            return f"No edit was found: {share}, in the same order."
        edits = sum(each.kind.is_edit for each in self.differences)
        return f"{edits} difference{'s' if edits > 1 else ''}: {share}."

    def notes(self) -> list[str]:
        """On the whole: level and clock; then what can't be told."""
        if self.verdict is Verdict.UNRELATED:
            return [
                "Passages under three seconds, and other languages of one event, are not found."
            ]
        said = []
        if abs(self.gain_db) >= _LEVEL_DB:
            louder = "louder" if self.gain_db > 0 else "quieter"
            said.append(f"Theirs is {abs(self.gain_db):.1f} dB {louder} throughout.")
        if abs(self.drift_ppm) >= 5:
            slower = "slower" if self.drift_ppm > 0 else "faster"
            said.append(f"Their clock runs {abs(self.drift_ppm):.0f} ppm {slower} than ours.")
        hidden_s = sum(end_s - begin_s for begin_s, end_s in self.hidden)
        if hidden_s:
            said.append(
                f"Our {f'{len(self.hidden)} gaps hide' if len(self.hidden) > 1 else 'gap hides'}"
                f" {_length(hidden_s)}: what was edited there, and in theirs alone, can't be said."
            )
        return [*said, *_LIMITS]

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "matched_s": round(self.matched_s, 3),
            "sounding_s": round(self.sounding_s, 3),
            "likeness": round(self.likeness, 3),
            "gain_db": round(self.gain_db, 2),
            "drift_ppm": round(self.drift_ppm, 1),
            "matches": [
                {
                    "from_s": round(match.from_s, 3),
                    "to_s": round(match.to_s, 3),
                    "theirs_from_s": round(match.theirs_from_s, 3),
                    "theirs_to_s": round(match.theirs_to_s, 3),
                }
                for match in self.alignment.matches
            ],
            "differences": [each.to_json() for each in self.differences],
            "hidden": [{"from_s": begin_s, "to_s": end_s} for begin_s, end_s in self.hidden],
            "notes": self.notes(),
        }


_LIMITS = (
    "Another codec, rate, level or clock is no edit, and isn't told as one.",
    "Not told: edits under 0.1 s, what was mixed in quietly, and what is above 2 kHz alone.",
    "That two recordings differ doesn't say which of them was edited.",
)


def compare(
    ours: Spool, theirs: Spool, on_progress: Callable[[float], None] = lambda _: None
) -> Comparison:
    """Align two recordings and name what differs. Blocks; may run in any thread.

    Args:
        ours: Ours, by session time.
        theirs: The other, by its own time.
        on_progress: Told how much is done, 0 to 1.
    """
    return describe(align(ours, theirs, on_progress))


def describe(alignment: Alignment) -> Comparison:
    """Name what differs in an alignment."""
    matches = alignment.matches
    if sum(match.to_s - match.from_s for match in matches) < _RELATED_S:
        matches = ()
        alignment = replace(alignment, matches=(), echoes=())
    hidden = tuple(
        (Seconds(before[1]), Seconds(after[0]))
        for before, after in itertools.pairwise(alignment.ours)
        if after[0] - before[1] > LEAST_S
    )
    gain_db = _usual_db(matches)
    drift = _usual_slope(matches)
    found = _named(alignment, [*_between(alignment), *_inside(matches)])
    found += [*_levels(matches, gain_db), *_speeds(matches, drift)]
    if matches:
        found += _ends(alignment)
    scores = [match.likeness.score[match.likeness.score > 0] for match in matches]
    lost_s = sum(hole.to_s - hole.from_s for match in matches for hole in match.holes)
    matched_s = sum(_sounding(alignment.ours, match.from_s, match.to_s) for match in matches)
    return Comparison(
        alignment=alignment,
        differences=tuple(sorted(found, key=lambda each: (each.from_s, each.theirs_from_s))),
        matched_s=Seconds(matched_s - lost_s),
        sounding_s=Seconds(sum(end - begin for begin, end in alignment.ours)),
        likeness=float(np.mean(np.concatenate(scores))) if scores else 0.0,
        gain_db=gain_db,
        drift_ppm=drift * 1e6,
        hidden=hidden,
    )


# --- where it was cut, added to, replaced ------------------------------------------------------


def _between(alignment: Alignment) -> Iterator[Difference]:
    """What lies between two matches."""
    for before, after in itertools.pairwise(alignment.matches):
        loose_s = max(before.end.loose_s, after.begin.loose_s)
        whole = Difference(
            kind=Kind.REPLACED,
            from_s=Seconds(before.to_s),
            to_s=Seconds(max(after.from_s, before.to_s)),
            theirs_from_s=Seconds(before.theirs_to_s),
            theirs_to_s=Seconds(max(after.theirs_from_s, before.theirs_to_s)),
            loose_s=Seconds(loose_s),
        )
        known_s = _sounding(alignment.ours, whole.from_s, whole.to_s)
        heard_s = _sounding(alignment.theirs, whole.theirs_from_s, whole.theirs_to_s)
        length_s = max(whole.length_s, whole.theirs_length_s)
        certain = length_s >= _CERTAIN_S and loose_s <= _LOOSE_S
        whole = replace(whole, known_s=Seconds(known_s), is_certain=certain)
        is_hidden = whole.length_s - known_s > LEAST_S or whole.theirs_length_s - heard_s > LEAST_S
        if is_hidden:
            yield replace(whole, kind=Kind.GAP, is_certain=False)
        elif known_s >= LEAST_S and heard_s >= LEAST_S:
            yield whole
        elif known_s >= LEAST_S:
            yield replace(whole, kind=Kind.MISSING)
        elif heard_s >= LEAST_S:
            yield replace(whole, kind=Kind.ADDED)


def _inside(matches: tuple[Match, ...]) -> Iterator[Difference]:
    """What differs inside a match: as long in both."""
    for match in matches:
        for hole in match.holes:
            yield Difference(
                kind=Kind.REPLACED,
                from_s=Seconds(hole.from_s),
                to_s=Seconds(hole.to_s),
                theirs_from_s=Seconds(match.line.theirs(hole.from_s)),
                theirs_to_s=Seconds(match.line.theirs(hole.to_s)),
                is_certain=hole.to_s - hole.from_s >= _CERTAIN_S,
                change_db=_mute(match, hole.from_s, hole.to_s),
                known_s=Seconds(hole.to_s - hole.from_s),
            )


def _mute(match: Match, from_s: float, to_s: float) -> float | None:
    """By how much theirs is louder, where one of the two is as good as silent."""
    change_db = _ratio_db(match.likeness, from_s, to_s)
    return change_db if abs(change_db) > -_MUTE_DB else None


def _named(alignment: Alignment, found: list[Difference]) -> list[Difference]:
    """Missing and added passages that are one that was moved, or one that is heard twice."""
    named: list[Difference] = []
    taken: set[int] = set()
    for number, each in enumerate(found):
        echo = _echo_of(each, alignment.echoes, in_ours=True)
        if each.kind not in (Kind.MISSING, Kind.REPLACED) or echo is None:
            continue
        target = _place_of(echo, found, number)
        if target is not None:
            taken |= {number, target} if found[target].kind is Kind.ADDED else {number}
            there = found[target]
            named.append(
                replace(
                    each,
                    kind=Kind.MOVED,
                    theirs_from_s=there.theirs_from_s,
                    theirs_to_s=there.theirs_to_s,
                    elsewhere_s=there.theirs_from_s,
                )
            )
        elif each.kind is Kind.MISSING and each.length_s >= _RELATED_S:
            taken.add(number)
            named.append(replace(each, elsewhere_s=Seconds(echo.theirs_from_s)))
    for number, each in enumerate(found):
        if number in taken:
            continue
        echo = _echo_of(each, alignment.echoes, in_ours=False)
        if each.kind is Kind.ADDED and echo is not None:
            named.append(replace(each, kind=Kind.REPEATED, elsewhere_s=Seconds(echo.from_s)))
        else:
            named.append(each)
    return named


def _echo_of(each: Difference, echoes: tuple[Echo, ...], *, in_ours: bool) -> Echo | None:
    """Where a passage of ours, or of theirs, is heard out of order."""
    if in_ours:
        shares = [(_share(each.from_s, each.to_s, e.from_s, e.to_s), e) for e in echoes]
    else:
        shares = [
            (_share(each.theirs_from_s, each.theirs_to_s, e.theirs_from_s, e.theirs_to_s), e)
            for e in echoes
        ]
    best = max(shares, key=lambda item: item[0], default=(0.0, None))
    return best[1] if best[0] >= _COVERED else None


def _place_of(echo: Echo, found: list[Difference], but: int) -> int | None:
    """The added or replaced passage of theirs that an echo lies in."""
    for number, each in enumerate(found):
        share = _share(echo.theirs_from_s, echo.theirs_to_s, each.theirs_from_s, each.theirs_to_s)
        if number != but and each.kind in (Kind.ADDED, Kind.REPLACED) and share >= _COVERED:
            return number
    return None


def _ends(alignment: Alignment) -> Iterator[Difference]:
    """What one of the two has before the first match, or behind the last one."""
    first, last = alignment.matches[0], alignment.matches[-1]
    ours_s = alignment.ours[-1][1] if alignment.ours else 0.0
    theirs_s = alignment.theirs[-1][1] if alignment.theirs else 0.0
    edges = (
        (Kind.BEGIN, 0.0, first.from_s, 0.0, first.theirs_from_s, first.begin.loose_s),
        (Kind.END, last.to_s, ours_s, last.theirs_to_s, theirs_s, last.end.loose_s),
    )
    for kind, from_s, to_s, theirs_from_s, theirs_to_s, loose_s in edges:
        if max(to_s - from_s, theirs_to_s - theirs_from_s) >= _EDGE_S:
            yield Difference(
                kind=kind,
                from_s=Seconds(from_s),
                to_s=Seconds(max(from_s, to_s)),
                theirs_from_s=Seconds(theirs_from_s),
                theirs_to_s=Seconds(max(theirs_from_s, theirs_to_s)),
                loose_s=Seconds(loose_s),
            )


# --- level and speed ---------------------------------------------------------------------------


def _usual_db(matches: tuple[Match, ...]) -> float:
    every = np.concatenate([np.zeros(0), *(_levels_db(match.likeness) for match in matches)])
    told = every[np.isfinite(every)]
    return float(np.median(told)) if len(told) else 0.0


def _levels_db(likeness: Likeness) -> Floats:
    """By how much theirs is louder, a value a second; not a number where nothing tells it."""
    hops = round(1 / HOP_S)
    whole = len(likeness.score) // hops * hops
    good = (likeness.score[:whole] > 0.3).reshape(-1, hops)
    xx, yy = (
        (each[:whole].reshape(-1, hops) * good).sum(axis=1)
        for each in (likeness.ours, likeness.theirs)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(good.sum(axis=1) >= hops // 10, 10 * np.log10(yy / xx), np.nan)


def _levels(matches: tuple[Match, ...], usual_db: float) -> list[Difference]:
    """Stretches that are louder or quieter than the rest; none where it changes all the time."""
    found = []
    for match in matches:
        level = _filled(_levels_db(match.likeness) - usual_db)
        if len(level) < _LEVEL_S:
            continue
        near = np.lib.stride_tricks.sliding_window_view(np.pad(level, 1, mode="edge"), 3)
        off = abs(np.median(near, axis=1)) >= _LEVEL_DB
        for is_off, group in itertools.groupby(enumerate(off), key=lambda item: bool(item[1])):
            places = [place for place, _ in group]
            if is_off and len(places) >= _LEVEL_S:
                found.append(_level(match, places[0], places[-1] + 1, usual_db))
    hours = sum(match.to_s - match.from_s for match in matches) / 3600
    return found if len(found) <= max(6, _MOST_LEVELS_AN_HOUR * hours) else []


def _level(match: Match, first: int, last: int, usual_db: float) -> Difference:
    """A change of level, its borders where two steps fit best."""
    change_db = float(np.nanmedian(_levels_db(match.likeness)[first:last])) - usual_db
    begin_s, end_s = (
        _step(match.likeness, match.from_s + place, usual_db, change_db * sign)
        for place, sign in ((first, 1), (last, -1))
    )
    return Difference(
        kind=Kind.LEVEL,
        from_s=Seconds(begin_s),
        to_s=Seconds(end_s),
        theirs_from_s=Seconds(match.line.theirs(begin_s)),
        theirs_to_s=Seconds(match.line.theirs(end_s)),
        change_db=change_db,
    )


def _step(likeness: Likeness, near_s: float, usual_db: float, change_db: float) -> float:
    """Where the level changes, about a moment."""
    reach = round(2 / HOP_S)
    middle = round((near_s - likeness.start_s) / HOP_S)
    low, high = max(0, middle - reach), min(len(likeness.score), middle + reach)
    if middle - low < reach // 4 or high - middle < reach // 4:
        return likeness.start_s + (0 if middle - low < high - middle else high) * HOP_S
    xx, yy = likeness.ours[low:high], likeness.theirs[low:high]
    weight = np.maximum(likeness.score[low:high], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        off_db = np.nan_to_num(10 * np.log10(yy / xx) - usual_db, nan=0, posinf=0, neginf=0)
    half_db = change_db / 2 if change_db * _sign(off_db, weight) >= 0 else -change_db / 2
    is_rise = np.sign(change_db)
    gained = np.cumsum(
        weight * np.clip((off_db - abs(half_db) * np.sign(half_db)) * is_rise, -6, 6)
    )
    place = int(np.argmin(gained))
    return likeness.start_s + (low + place + 1) * HOP_S


def _sign(off_db: Floats, weight: Floats) -> float:
    total = float(weight.sum())
    return float(np.sign((off_db * weight).sum() / total)) if total else 0.0


def _filled(values: Floats) -> Floats:
    """Values with those that are missing as the nearest before, or else 0."""
    known = np.isfinite(values)
    place = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    return np.where(place >= 0, values[np.maximum(place, 0)], 0.0)


def _usual_slope(matches: tuple[Match, ...]) -> float:
    """By how much theirs runs slower, as the longest stretch that runs evenly tells."""
    pieces = [piece for match in matches for piece in _even(match)]
    longest = max(pieces, key=lambda piece: piece[1] - piece[0], default=(0.0, 0.0, 0.0))
    return longest[2] if longest[1] - longest[0] >= _SPEED_S else 0.0


def _even(match: Match) -> list[tuple[float, float, float]]:
    """Stretches at one speed: begin, end, and by how much theirs is slower."""
    at_s, delay_s = match.line.at_s, match.line.delay_s
    inside = (at_s >= match.from_s) & (at_s <= match.to_s)
    at_s, delay_s = at_s[inside], delay_s[inside]
    pieces: list[tuple[float, float, float]] = []
    waiting = [(0, len(at_s))]
    while waiting:
        first, last = waiting.pop()
        if last - first < 5:
            continue
        slope, start = np.polyfit(at_s[first:last], delay_s[first:last], 1)
        off_s = abs(delay_s[first:last] - start - slope * at_s[first:last])
        if off_s.max() > _BENT_S and last - first >= 20:
            cut = _bend(at_s[first:last], delay_s[first:last]) + first
            waiting += [(first, cut), (cut, last)]
        else:
            pieces.append((float(at_s[first]), float(at_s[last - 1]), float(slope)))
    return sorted(pieces)


def _bend(at_s: Floats, delay_s: Floats) -> int:
    """Where a line that bends is farthest from the straight one between its ends."""
    straight = np.interp(at_s, at_s[[0, -1]], delay_s[[0, -1]])
    return int(np.clip(np.argmax(abs(delay_s - straight)), 5, len(at_s) - 5))


def _speeds(matches: tuple[Match, ...], usual: float) -> Iterator[Difference]:
    for match in matches:
        for begin_s, end_s, slope in _even(match):
            if abs(slope - usual) >= _SPEED and end_s - begin_s >= _SPEED_S:
                yield Difference(
                    kind=Kind.SPEED,
                    from_s=Seconds(begin_s),
                    to_s=Seconds(end_s),
                    theirs_from_s=Seconds(match.line.theirs(begin_s)),
                    theirs_to_s=Seconds(match.line.theirs(end_s)),
                    loose_s=Seconds(1),
                    change_ppm=(slope - usual) * 1e6,
                )


# --- words -------------------------------------------------------------------------------------


def _sounding(stretches: tuple[tuple[float, float], ...], from_s: float, to_s: float) -> float:
    return sum(max(0.0, min(to_s, end) - max(from_s, begin)) for begin, end in stretches)


def _share(from_s: float, to_s: float, other_from_s: float, other_to_s: float) -> float:
    """How much of the first stretch lies in the second."""
    length_s = to_s - from_s
    common_s = min(to_s, other_to_s) - max(from_s, other_from_s)
    return max(0.0, common_s) / length_s if length_s > 0 else 0.0


def _ratio_db(likeness: Likeness, from_s: float, to_s: float) -> float:
    first, last = (round((at_s - likeness.start_s) / HOP_S) for at_s in (from_s, to_s))
    xx, yy = (float(each[first:last].sum()) for each in (likeness.ours, likeness.theirs))
    return float(10 * np.log10((yy + 1e-12) / (xx + 1e-12)))


def _length(seconds: float) -> str:
    """``0.52 s``, ``4 min 3 s``, ``2 h 10 min``."""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _missing(each: Difference) -> str:
    said = f"Theirs lacks {_length(each.known_s or each.length_s)} of ours"
    if each.elsewhere_s is None:
        return f"{said}."
    return f"{said}; the same is heard once more in theirs, at {each.elsewhere_s:.1f} s."


def _replaced(each: Difference) -> str:
    ours, theirs = _length(each.length_s), _length(each.theirs_length_s)
    if each.change_db is not None:
        who = "theirs is silent" if each.change_db < 0 else "ours is silent, and theirs is not"
        return f"For {ours} {who}."
    return f"{ours} of ours are {theirs} of something else in theirs."


def _end(each: Difference) -> str:
    verb, when = ("begins", "later") if each.kind is Kind.BEGIN else ("ends", "earlier")
    ours_s, theirs_s = each.length_s, each.theirs_length_s
    if theirs_s < _EDGE_S:
        return f"Theirs {verb} {_length(ours_s)} {when}."
    if ours_s < _EDGE_S:
        other = {"later": "earlier", "earlier": "later"}[when]
        return f"Theirs {verb} {_length(theirs_s)} {other}."
    return f"Theirs {verb} with {_length(theirs_s)} of something else, ours with {_length(ours_s)}."


def _gap(each: Difference) -> str:
    return (
        f"A gap: ours has {_length(each.known_s or 0.0)} of {_length(each.length_s)} here, theirs"
        f" {_length(each.theirs_length_s)}; whether it was edited can't be said."
    )


_WORDS: dict[Kind, Callable[[Difference], str]] = {
    Kind.MISSING: _missing,
    Kind.ADDED: lambda each: f"Theirs has {_length(each.theirs_length_s)} that ours has not.",
    Kind.REPLACED: _replaced,
    Kind.MOVED: lambda each: (
        f"{_length(each.length_s)} of ours come elsewhere in theirs, at {each.elsewhere_s:.1f} s."
    ),
    Kind.REPEATED: lambda each: (
        f"Theirs repeats {_length(each.theirs_length_s)} of ours, from {each.elsewhere_s:.1f} s."
    ),
    Kind.LEVEL: lambda each: (
        f"For {_length(each.length_s)} theirs is {abs(each.change_db or 0):.1f} dB"
        f" {'louder' if (each.change_db or 0) > 0 else 'quieter'} than elsewhere."
    ),
    Kind.SPEED: lambda each: (
        f"For {_length(each.length_s)} theirs runs {abs(each.change_ppm or 0) / 1e4:.2f} %"
        f" {'slower' if (each.change_ppm or 0) > 0 else 'faster'} than elsewhere."
    ),
    Kind.BEGIN: _end,
    Kind.END: _end,
    Kind.GAP: _gap,
}
