"""Which HLS segments are still wanted, in order: the playlists' memory. No network, no clock.

A live playlist is a window that moves. A segment is wanted from the moment it is listed, or known
by its number to exist, until it is stored or given up. One that keeps others waiting for too long
is passed over: it leaves a hole, in which it is still wanted. The times are the monotonic clock's,
in seconds, and given by the caller.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from urllib.parse import urlsplit

from recorder.events import MissingSegment
from recorder.sources.loader import Loaded
from recorder.sources.playlist import MediaPlaylist, Segment
from recorder.types import Seconds

STAGED_BYTES = 16_000_000
"""Loaded segments that may wait, in memory too, for an earlier one that is missing."""

_MOST_GUESSED = 900  # half an hour of segments of 2 s
_MOST_REMEMBERED = 256
_SAME_DATE_S = 10.0
_LONGEST_ABSENCE_S = 86_400.0  # of a recorder that died
_MOST_DIGITS = 20
_SURELY_SHORTER = 0.5  # of the time that a count from 0 takes to come as far
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long HLS waits for what.

    Attributes:
        request_s: For the whole answer to one request; a segment's doubles with each failure,
            up to eight times as much, for lines that are slow rather than broken.
        after_window_s: How long a segment is tried after it left the playlist.
        after_end_s: How long one is tried after the playlist ended.
        first_retry_s: Between the first two tries of a segment; doubles with each.
        longest_retry_s: Between two tries at most.
        shortest_poll_s: Between two polls of a playlist at least.
        hold_s: How long what has arrived waits for an earlier one that has not; then that one's
            place is a gap, which it may fill later.
        doubt_s: How long a playlist may list old numbers alone, as a cache's does, until it is
            asked whether they mean what they meant.
        stall_s: A playlist that lists nothing new for so long, and for three target durations,
            has stalled.
    """

    request_s: float = 10.0
    after_window_s: float = 60.0
    after_end_s: float = 5.0
    first_retry_s: float = 0.25
    longest_retry_s: float = 2.0
    shortest_poll_s: float = 0.25
    hold_s: float = 5.0
    doubt_s: float = 5.0
    stall_s: float = 10.0


@dataclass(slots=True, kw_only=True, eq=False)
class Wanted:
    """One segment on its way, or a stretch of numbers that have no address.

    Attributes:
        segment: As listed. Of a stretch: the first of it, with the duration of all.
        count: Sequence numbers that it stands for.
        listed: It was listed; else its address was guessed from its neighbours', or it has none.
        renumbered: It begins a new count of sequence numbers.
        count_number: Of its count of sequence numbers, which begins anew when the server's does.
        due_s: Not to be tried before.
        failed_s: When it first failed.
        left_s: When it had left the playlist; None while it is listed.
        failures: Tries that failed.
        trouble: What the last one died of; empty before the first.
        suspect: Hash of a body that ended in mid-frame; the same a second time is taken as is.
        loading: A try is under way.
        loaded: It is here.
        loaded_s: Since when.
        is_kept: It is on disk too, while it waits.
        is_expired: The server refused its address, or has it no more.
        is_lost: It is given up.
        place: Its stretch of a journaled gap, once it was passed over.
        live_s: When its end was live, as the playlist told that listed it first; None where that
            had ended, or it never was listed.
        is_followed: More was listed behind it then.
    """

    segment: Segment
    count: int = 1
    listed: bool = True
    renumbered: bool = False
    count_number: int = 0
    due_s: float = 0.0
    failed_s: float | None = None
    left_s: float | None = None
    failures: int = 0
    trouble: str = ""
    suspect: str = ""
    loading: bool = False
    loaded: Loaded | None = None
    loaded_s: float = 0.0
    is_kept: bool = False
    is_expired: bool = False
    is_lost: bool = False
    place: MissingSegment | None = None
    live_s: float | None = None
    is_followed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Where an earlier process stopped.

    Attributes:
        after: The last media sequence number that it stored.
        holes: What it had journaled as missing, in the present count of numbers.
        known: Numbers of which it is known which bytes they had, with their dates, if they had any.
    """

    after: int
    holes: tuple[MissingSegment, ...] = ()
    known: Mapping[int, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    """A playlist that lists old numbers alone.

    Attributes:
        doubtful: The newest that it lists; None where it isn't behind.
        since_s: Since when it is.
        ended: It says that it has ended.
        is_old: The bytes say that the numbers mean what they meant.
        is_restarted: They say that the server counts anew.
    """

    doubtful: Segment | None = None
    since_s: float = 0.0
    ended: bool = False
    is_old: bool = False
    is_restarted: bool = False

    def after(
        self, playlist: MediaPlaylist, due: int | None, now_s: float, *, renumbered: bool
    ) -> _Behind:
        """As it is after the next playlist, when the number ``due`` is to be listed next."""
        newest = playlist.segments[-1] if playlist.segments else None
        if newest is None or due is None or renumbered or newest.sequence + 1 >= due:
            return _Behind()
        since_s = now_s if self.doubtful is None else self.since_s
        return replace(self, doubtful=newest, since_s=since_s, ended=playlist.ended)


class Window:
    """The segments that are wanted, in the order in which they will be stored.

    Used by one thread.
    """

    def __init__(self, patience: Patience, *, resume: Resume | None = None) -> None:
        """Begin with nothing.

        Args:
            patience: When to try again, and when to give up.
            resume: Where an earlier process stopped.
        """
        self._patience = patience
        self._queue: deque[Wanted] = deque()
        self._late: list[Wanted] = []  # passed over
        self._staged: list[Wanted] = []  # of the queue: loaded
        self._holes = resume.holes if resume else ()  # no address is known yet
        self._count_number = 0
        self._next: int | None = resume.after + 1 if resume else None
        self._remembered: dict[int, Segment] = {}
        self._dates = dict(resume.known) if resume else {}  # of what is known by number
        self._behind = _Behind()
        self._is_unsure = resume is not None  # whether the server counts as it did
        self._is_moved = False
        self._asked: Segment | None = None  # the one whose bytes tell
        self._lost_s: float | None = None  # since when there is no playlist
        self._was_live = False
        self._grown_s: float | None = None
        self._mean_s = 0.0
        self._stored = 0
        self._ended_s: float | None = None

    # --- what the playlist says ---

    def update(self, playlist: MediaPlaylist, now_s: float) -> bool:
        """Learn what is listed now.

        Returns:
            Whether anything is listed that was not before.
        """
        self._regain_sight(now_s)
        self._was_live = self._was_live or not playlist.ended
        renumbered = self._is_renumbered(playlist, now_s)
        self._behind = self._behind.after(playlist, self._next, now_s, renumbered=renumbered)
        if not renumbered and self._must_prove(playlist):
            return False
        is_settled = self._behind.doubtful is None or self._behind.is_old
        if playlist.ended and is_settled and self._ended_s is None:
            self._ended_s = now_s
        if renumbered:
            self.lost_sight(now_s)
            self._next, self._remembered, self._dates = None, {}, {}
            self._count_number += 1
            self._is_unsure, self._asked = False, None
        self._is_moved = self._is_moved and not playlist.segments
        self._refresh(playlist, now_s)
        self._reopen(playlist, now_s)
        new = [s for s in playlist.segments if self._next is None or s.sequence >= self._next]
        if not new:
            return False
        self._want_unlisted(playlist, new[0], now_s)
        behind_s: float = sum(segment.duration_s for segment in new)
        last = next((each for each in reversed(new) if not each.absent), None)
        for segment in new:
            behind_s -= segment.duration_s
            self._queue.append(
                Wanted(
                    segment=segment,
                    live_s=None if playlist.ended else now_s - behind_s,
                    is_followed=last is not None and segment.sequence < last.sequence,
                    is_lost=segment.absent,
                    renumbered=renumbered and segment is new[0],
                    count_number=self._count_number,
                    trouble="The server says that it is missing." if segment.absent else "",
                )
            )
        self._next = new[-1].sequence + 1
        self._grown_s = now_s
        self._remember(playlist)
        return True

    def doubtful(self, now_s: float) -> Segment | None:
        """A segment that decides, by its bytes, whether the server began to count anew.

        There is one when old numbers alone are listed, for long or at the end, and when the
        playlist is back after so long that a server begun anew may have come as far.
        """
        if self._asked:
            return self._asked
        behind = self._behind
        if behind.doubtful is None or behind.is_old or behind.is_restarted:
            return None
        is_due = behind.ended or now_s >= behind.since_s + self._patience.doubt_s
        return behind.doubtful if is_due else None

    def settle(self, *, is_another: bool) -> None:
        """The doubtful segment was compared: is it another than the one that had its number?"""
        self._behind = replace(self._behind, is_restarted=is_another, is_old=not is_another)
        self._asked, self._is_unsure = None, False

    def reopen(self) -> None:
        """The event goes on, maybe elsewhere, whatever the playlist said of an end."""
        self._ended_s = None
        self._behind, self._asked = _Behind(), None
        self._is_unsure = self._is_moved = self._next is not None

    @property
    def is_held(self) -> bool:
        """Whether nothing new is learned before the doubtful segment is compared."""
        return self._asked is not None

    @property
    def was_live(self) -> bool:
        """Whether the playlist was ever seen without an end."""
        return self._was_live

    def lost_sight(self, now_s: float) -> None:
        """The playlist can't be had: its segments may be leaving it from now on."""
        if self._lost_s is None:
            self._lost_s = now_s
        for wanted in chain(self._late, self._queue):
            if wanted.left_s is None:
                wanted.left_s = now_s

    @property
    def is_over(self) -> bool:
        """The playlist has ended, and nothing of it is wanted any more."""
        return self.is_passed and not self._late

    @property
    def is_passed(self) -> bool:
        """The playlist has ended, and nothing more can follow what is stored."""
        return self._ended_s is not None and not self._queue

    @property
    def has_ended(self) -> bool:
        """The playlist has ended: it needs no polling any more."""
        return self._ended_s is not None

    @property
    def was_listed(self) -> bool:
        """Whether any segment was ever listed."""
        return self._grown_s is not None

    # --- what is to be done ---

    def due(self, now_s: float, *, at_most: int) -> list[Wanted]:
        """What should be tried now, first things first; nothing while too much waits."""
        if self.staged_bytes >= STAGED_BYTES:
            return []
        due = (
            wanted
            for wanted in chain(self._late, self._queue)
            if wanted.due_s <= now_s and not (wanted.loading or wanted.loaded or wanted.is_lost)
        )
        return list(islice(due, at_most))

    @property
    def staged(self) -> list[Wanted]:
        """What is loaded and waits for an earlier one."""
        return self._staged

    @property
    def staged_bytes(self) -> int:
        """Bytes that are loaded and not yet stored."""
        waiting = chain(self._staged, self._late)
        return sum(len(wanted.loaded.data) for wanted in waiting if wanted.loaded)

    def head(self, now_s: float) -> Wanted | None:
        """The next one to be stored, mourned or passed over, when its time has come."""
        if not self._queue:
            return None
        head = self._queue[0]
        return head if head.loaded or head.is_lost or self._is_held_up(now_s) else None

    @property
    def turn(self) -> int | None:
        """The number that is to be stored next."""
        return self._queue[0].segment.sequence if self._queue else None

    def pop(self) -> None:
        """The head has been dealt with; one that isn't here may still come late."""
        head = self._queue.popleft()
        if head.loaded:
            self._staged.remove(head)
            self._stored += 1
            self._mean_s += (head.loaded.measured.duration_s - self._mean_s) / self._stored
        elif not head.is_lost:
            self._late.append(head)

    def come_late(self) -> list[Wanted]:
        """What is loaded after it was passed over, and has its place in a gap."""
        return [wanted for wanted in self._late if wanted.loaded and wanted.place]

    def drop_late(self, wanted: Wanted) -> None:
        """One that came late has been dealt with."""
        self._late.remove(wanted)

    def begin(self, wanted: Wanted) -> float:
        """A try begins; returns the seconds that it may take."""
        wanted.loading = True
        return self._patience.request_s * (1 << min(wanted.failures, 3))

    def take(self, wanted: Wanted, loaded: Loaded, now_s: float) -> None:
        """A try succeeded."""
        wanted.loading = False
        wanted.loaded, wanted.loaded_s = loaded, now_s
        if wanted not in self._late:
            self._staged.append(wanted)

    def fail(
        self,
        wanted: Wanted,
        trouble: str,
        now_s: float,
        *,
        is_gone: bool = False,
        is_expired: bool = False,
        is_hopeless: bool = False,
        retry_after_s: Seconds | None = None,
    ) -> None:
        """A try failed.

        Args:
            wanted: What was tried.
            trouble: A sentence.
            now_s: When.
            is_gone: The server says that there is no such thing (404, 410), which settles it for
                one that was never listed.
            is_expired: Another address of it may be better.
            is_hopeless: It will never be had.
            retry_after_s: It must not be tried before.
        """
        wanted.loading = False
        wanted.failures += 1
        if wanted.failed_s is None:
            wanted.failed_s = now_s
        wanted.trouble = trouble
        patience = self._patience
        backoff_s = patience.first_retry_s * (1 << min(wanted.failures - 1, 16))
        wait_s = max(min(backoff_s, patience.longest_retry_s), retry_after_s or 0.0)
        wanted.due_s = now_s + wait_s
        wanted.is_expired = is_expired
        given_up_s = self._given_up_s(wanted, wanted.failed_s)
        wanted.is_lost = (
            is_hopeless
            or (is_gone and not wanted.listed and wanted.place is None)
            or (given_up_s is not None and wanted.due_s >= given_up_s)
        )
        if wanted.is_lost and wanted in self._late:
            self._late.remove(wanted)

    def reset(self) -> None:
        """Tries that were under way will never report: the loop that began them is gone."""
        for wanted in chain(self._late, self._queue):
            wanted.loading = False

    def give_up_holes(self) -> None:
        """Nothing more will be fetched: what is missing before a loaded segment is lost."""
        while self._queue and not self._queue[-1].loaded:
            self._queue.pop()
        for wanted in self._queue:
            wanted.is_lost = wanted.loaded is None
        self._late = [wanted for wanted in self._late if wanted.loaded]

    # --- inside ---

    def _given_up_s(self, wanted: Wanted, failed_s: float) -> float | None:
        """When it is no longer tried; each gets its full time from its first failure on."""
        ends = []
        if wanted.left_s is not None:
            ends.append(max(wanted.left_s, failed_s) + self._patience.after_window_s)
        if self._ended_s is not None:
            ends.append(max(self._ended_s, failed_s) + self._patience.after_end_s)
        return min(ends, default=None)

    def _is_held_up(self, now_s: float) -> bool:
        """Whether what has arrived has waited long enough for the head of the queue."""
        if not self._staged:
            return False
        waits_since_s = min(wanted.loaded_s for wanted in self._staged)
        is_full = self.staged_bytes >= STAGED_BYTES
        return is_full or now_s >= waits_since_s + self._patience.hold_s

    def _refresh(self, playlist: MediaPlaylist, now_s: float) -> None:
        """Learn of what is wanted whether it is listed, and where it is now."""
        listed = {segment.sequence: segment for segment in playlist.segments}
        for wanted in chain(self._late, self._queue):
            if wanted.count_number != self._count_number or wanted.count > 1:
                continue
            segment = listed.get(wanted.segment.sequence)
            if segment:
                wanted.segment, wanted.listed, wanted.left_s = segment, True, None
                continue
            if wanted.left_s is None:
                wanted.left_s = now_s
            if wanted.is_expired:
                self._address_anew(wanted, playlist)

    def _address_anew(self, wanted: Wanted, playlist: MediaPlaylist) -> None:
        """Give one whose address expired the one that it would have in the playlist of today."""
        if len(playlist.segments) < 2:
            return
        first, last, old = playlist.segments[0], playlist.segments[-1], wanted.segment
        guess = guess_segment(first, last, old.sequence, old.duration_s)
        if guess and guess.url != old.url:
            wanted.segment = replace(old, url=guess.url)

    def _reopen(self, playlist: MediaPlaylist, now_s: float) -> None:
        """Want what an earlier process missed, once there is an address for it."""
        holes, self._holes = (self._holes, ()) if playlist.segments else ((), self._holes)
        if self._count_number:
            return
        listed = {segment.sequence: segment for segment in playlist.segments}
        for hole in holes[-_MOST_GUESSED:]:
            typical_s = Seconds(hole.to_s - hole.from_s)
            segment = listed.get(hole.sequence)
            found = segment or guess_segment(
                playlist.segments[0], playlist.segments[-1], hole.sequence, typical_s
            )
            if found:
                left_s = None if segment else now_s
                is_listed = segment is not None
                self._late.append(
                    Wanted(segment=found, listed=is_listed, left_s=left_s, place=hole)
                )

    def _remember(self, playlist: MediaPlaylist) -> None:
        for segment in playlist.segments[-_MOST_REMEMBERED:]:
            self._remembered[segment.sequence] = segment
            self._dates[segment.sequence] = segment.program_date_time
        for sequence in sorted(self._remembered)[:-_MOST_REMEMBERED]:
            del self._remembered[sequence]
        for sequence in sorted(self._dates)[:-_MOST_REMEMBERED]:
            del self._dates[sequence]

    def _typical_s(self, playlist: MediaPlaylist) -> float:
        """What a segment lasts that nobody has seen."""
        listed = [segment.duration_s for segment in playlist.segments]
        return self._mean_s or sum(listed) / max(1, len(listed)) or playlist.target_duration_s

    def _regain_sight(self, now_s: float) -> None:
        """A playlist is here. Was none for so long that one begun anew could be as far?"""
        lost_s, self._lost_s = self._lost_s, None
        if lost_s is not None and self._next is not None and self._stored:
            could_be_s = _SURELY_SHORTER * self._next * self._mean_s
            self._is_unsure = self._is_unsure or now_s - lost_s >= could_be_s

    def _must_prove(self, playlist: MediaPlaylist) -> bool:
        """Whether the numbers may mean something else than they did, and bytes can tell."""
        if not (self._is_unsure and playlist.segments) or self._next is None:
            return False
        if playlist.segments[-1].sequence + 1 < self._next:
            return False  # that it is behind is doubt enough
        known = [
            segment
            for segment in playlist.segments
            if segment.sequence < self._next and segment.sequence in self._dates
        ]
        self._is_unsure = bool(known) and not any(self._has_same_date(each) for each in known)
        self._asked = known[-1] if self._is_unsure else None
        return self._is_unsure

    def _has_same_date(self, segment: Segment) -> bool:
        then, now = self._dates.get(segment.sequence), segment.program_date_time
        if then is None or now is None:
            return False
        return abs((now - then).total_seconds()) <= _SAME_DATE_S

    def _is_renumbered(self, playlist: MediaPlaylist, now_s: float) -> bool:
        """Whether the server began to count anew.

        A cache may answer with an older playlist of the same count; that lists nothing that
        contradicts what was listed before, and is not far behind.
        """
        if self._next is None or not playlist.segments:
            return False
        first, last = playlist.segments[0].sequence, playlist.segments[-1].sequence
        if self._behind.is_restarted:
            return True
        if last + 1 < self._next:
            far = last + 1 < self._next - 2 * len(playlist.segments)
            return far or any(self._contradicts(segment) for segment in playlist.segments)
        if self._is_moved and self._has_other_names(playlist):
            return True
        unseen_s = (first - self._next) * self._typical_s(playlist)
        if self._grown_s is None:
            return unseen_s > _LONGEST_ABSENCE_S
        return unseen_s > 4 * (now_s - self._grown_s) + 600.0

    def _contradicts(self, segment: Segment) -> bool:
        """Whether a number means another segment than it did: by date, or by its file's name."""
        known = self._remembered.get(segment.sequence)
        if known is None:
            return False
        then, now = known.program_date_time, segment.program_date_time
        if then and now:
            return abs((now - then).total_seconds()) > _SAME_DATE_S
        return _file_name(known.url) != _file_name(segment.url)

    def _has_other_names(self, playlist: MediaPlaylist) -> bool:
        """Whether none of what is listed was before, and no file is named as those were."""
        listed = {segment.sequence for segment in playlist.segments}
        if not self._remembered or not listed.isdisjoint(self._remembered):
            return False
        names = {_name_pattern(segment.url) for segment in self._remembered.values()}
        return names.isdisjoint(_name_pattern(segment.url) for segment in playlist.segments)

    def _want_unlisted(self, playlist: MediaPlaylist, first: Segment, now_s: float) -> None:
        """Numbers between the last one known and the first one listed were missed."""
        if self._next is None or first.sequence <= self._next:
            return
        begin, typical_s = self._next, self._typical_s(playlist)
        pair = (self._remembered.get(begin - 1) or playlist.segments[-1], first)
        guesses = [
            guess
            for sequence in range(max(begin, first.sequence - _MOST_GUESSED), first.sequence)
            if (guess := guess_segment(*pair, sequence, Seconds(typical_s)))
        ]
        hole = first.sequence - begin - len(guesses)
        if hole:
            about = Segment(sequence=begin, url="", duration_s=Seconds(hole * typical_s))
            self._queue.append(
                Wanted(
                    segment=about,
                    count=hole,
                    listed=False,
                    is_lost=True,
                    trouble="The playlist never listed it.",
                )
            )
        for guess in guesses:
            self._queue.append(
                Wanted(segment=guess, listed=False, left_s=now_s, count_number=self._count_number)
            )


def _is_number(token: str) -> bool:
    return token.isdigit() and len(token) <= _MOST_DIGITS


def _file_name(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _name_pattern(url: str) -> str:
    return _DIGITS.sub("#", _file_name(url))


def guess_segment(
    one: Segment, other: Segment, sequence: int, typical_s: Seconds
) -> Segment | None:
    """The segment of a number that was never listed, by the addresses of two that were.

    Servers often go on serving what has left the playlist. Where two addresses differ in nothing
    but numbers that grow as the sequence does, the address of any other is plain.

    Returns:
        None where the addresses don't tell, or the two are of different keys or init sections.
    """
    apart = other.sequence - one.sequence
    is_whole = one.byte_range is None and other.byte_range is None
    same_kind = is_whole and (one.key, one.init) == (other.key, other.init)
    tokens, others = _DIGITS.split(one.url), _DIGITS.split(other.url)
    if not apart or not same_kind or one.url == other.url or len(tokens) != len(others):
        return None
    guessed = []
    for token, twin in zip(tokens, others, strict=True):
        if token == twin:
            guessed.append(token)
        elif _is_number(token) and _is_number(twin) and int(twin) - int(token) == apart:
            number = int(token) + sequence - one.sequence
            if number < 0:
                return None
            width = len(token) if token.startswith("0") or twin.startswith("0") else 0
            guessed.append(str(number).zfill(width))
        else:
            return None
    return replace(
        one,
        sequence=sequence,
        url="".join(guessed),
        duration_s=typical_s,
        discontinuity=False,
        program_date_time=None,
    )
