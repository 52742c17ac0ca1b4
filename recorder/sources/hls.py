"""HLS: the segments of a live, growing or ended playlist, every one of them, once, in order.

One thread, the capture's, decides: it polls the playlist, hands segments to a small pool of
fetching threads, and stores what has arrived as soon as all before it has. A segment is tried
again while it is listed, for 60 s after it left, and for 5 s after the playlist ended. What comes
after it waits on disk, for 5 s; then its place is a gap, what waited is stored behind that, and
it may still come and fill its gap.

A playlist that fails is told to the session by raising, once nothing loaded is waiting; the
object remembers what it wants, and the next `capture` goes on there. Numbers that were never
listed are asked for at addresses like their neighbours'. The end is EXT-X-ENDLIST alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from hashlib import sha256
from threading import Event
from typing import Any

from recorder.errors import MalformedAddress, NotAudio, NotAvailable, SourceError, Stalled
from recorder.events import Attempt, Chunk
from recorder.sources.access import Access
from recorder.sources.base import Sink, StopSignal
from recorder.sources.listing import GONE, Listing, Listings
from recorder.sources.loader import Loaded, Loader
from recorder.sources.overlap import EDGE_WINDOW_S
from recorder.sources.past import Past
from recorder.sources.placement import Placement
from recorder.sources.window import Patience, Resume, Wanted, Window
from recorder.timeline import Track
from recorder.types import GapReason, PlacedBy, SourceSpec, parse_iso, redact

AT_ONCE = 4
"""Segments that are fetched at the same time."""

_TICK_S = 0.05  # a stop is seen within one
_GONE = (404, 410)
_HOPELESS = (NotAudio, MalformedAddress)  # larger than any segment; a redirect to a file
_TARGETS_OF_SILENCE = 3
_MOST_EXPIRED = 3  # segments in a row whose address is refused: all will be


class HlsSource:
    """A `Source` of one HLS playlist, master or media.

    `capture` runs in one thread; the fetching threads are named ``hls_0``, ``hls_1``, …
    """

    def __init__(
        self,
        spec: SourceSpec,
        url: str,
        *,
        past: Past | None = None,
        patience: Patience | None = None,
        access: Access | None = None,
        can_move: bool = False,
    ) -> None:
        """Prepare to capture; nothing is fetched yet.

        Args:
            spec: The source as it was asked for.
            url: The playlist's address, tokens included. A master playlist's is kept, and asked
                again when its choice is gone.
            past: What an earlier process stored of it.
            patience: How long to wait for what; the design's times unless told.
            access: What each request carries.
            can_move: There is somebody to ask for another address (`move`): segments whose
                addresses are refused one after the other break it.
        """
        self._spec = spec
        self._patience = patience or Patience()
        self._listings = Listings(url, request_s=self._patience.request_s, access=access)
        self._can_move = can_move
        resume = _resume_of(past.track) if past and not past.is_other else None
        self._window = Window(self._patience, resume=resume)
        self._loader = Loader(access=access)
        begun = resume.after + 1 if resume and past and past.track.unproven else None
        known = _digests_of(past.track) if resume and past else None
        arrivals = past.arrivals(EDGE_WINDOW_S) if resume and past else ()
        self._placement = Placement(
            follows_on=resume is not None, begun=begun, known=known, arrivals=arrivals
        )

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

    @property
    def was_live(self) -> bool:
        """Whether its playlist was ever seen without an end."""
        return self._window.was_live

    def move(self, url: str, access: Access | None) -> None:
        """The event goes on at another address, or after an end; not while `capture` runs.

        What is wanted stays so. That numbers mean there what they meant is not believed before a
        segment that is stored has the same bytes there.
        """
        self._listings = Listings(url, request_s=self._patience.request_s, access=access)
        self._loader = Loader(access=access)
        self._window.reopen()

    def cancel(self) -> None:
        """Nothing is left to do: with its stop signal set, `capture` returns within 50 ms."""

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Record until the playlist has ended and all of it is stored, or until it breaks.

        Raises:
            NotAvailable: The playlist can't be had, or lists nothing yet.
            Refused: It is refused.
            ConnectionLost: It broke.
            Stalled: It lists nothing new.
            NotAudio: It never was a playlist, or is protected.
        """
        self._window.reset()
        self._placement.rejoin()
        halt = Event()
        pool = ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="hls")
        try:
            _Capture(
                sink=sink,
                pool=pool,
                halt=halt,
                patience=self._patience,
                listings=self._listings,
                window=self._window,
                loader=self._loader,
                placement=self._placement,
                can_move=self._can_move,
            ).run(stop)
        except SourceError:
            self._placement.interrupt()
            raise
        finally:
            halt.set()
            pool.shutdown(wait=False, cancel_futures=True)


class _Capture:
    """One call of `HlsSource.capture`: the loop, and what it has under way."""

    def __init__(
        self,
        *,
        sink: Sink,
        pool: ThreadPoolExecutor,
        halt: Event,
        patience: Patience,
        listings: Listings,
        window: Window,
        loader: Loader,
        placement: Placement,
        can_move: bool,
    ) -> None:
        self._sink = sink
        self._pool = pool
        self._halt = halt
        self._patience = patience
        self._listings = listings
        self._window = window
        self._loader = loader
        self._placement = placement
        self._can_move = can_move
        self._expired: set[int] = set()  # numbers whose address was refused, since one was had
        self._loads: dict[Future[Loaded], Wanted] = {}
        self._probe: tuple[int, Future[Loaded]] | None = None  # of a doubtful number
        self._poll: Future[Listing] | None = None
        self._polled_s = self._news_s = time.monotonic()
        self._pause_s = 0.0  # from one poll to the next
        self._listing: Listing | None = None
        self._is_introduced = False
        self._trouble: SourceError | None = None

    def run(self, stop: StopSignal) -> None:
        """Work until the end, a stop, or a trouble that the session should know of."""
        while not stop.is_set():
            self._begin_poll()
            self._begin_loads()
            self._begin_probe()
            self._await(stop)
            self._take_probe()
            self._take_poll()
            self._take_loads()
            self._store_ready()
            if self._window.is_over:
                break
            self._raise_trouble()
        else:
            self._window.give_up_holes()
            self._store_ready()
        self._placement.end(self._sink)

    # --- what is begun ---

    def _begin_poll(self) -> None:
        now_s = time.monotonic()
        if self._poll or self._window.has_ended or now_s < self._polled_s + self._pause_s:
            return
        self._polled_s = now_s
        self._poll = self._pool.submit(self._listings.find, self._halt)

    def _begin_loads(self) -> None:
        now_s = time.monotonic()
        free = AT_ONCE - len(self._loads)
        if free <= 0:
            return
        for wanted in self._window.due(now_s, at_most=free):
            timeout_s = self._window.begin(wanted)
            load = self._pool.submit(self._loader.load, wanted.segment, self._halt, timeout_s)
            self._loads[load] = wanted

    def _begin_probe(self) -> None:
        doubtful = self._window.doubtful(time.monotonic())
        if doubtful and self._probe is None:
            timeout_s = self._patience.request_s
            load = self._pool.submit(self._loader.load, doubtful, self._halt, timeout_s)
            self._probe = doubtful.sequence, load

    def _await(self, stop: StopSignal) -> None:
        """Wait until something has come, for a tick at most."""
        until_poll_s = self._polled_s + self._pause_s - time.monotonic()
        wait_s = _TICK_S if self._poll else min(max(until_poll_s, 0.005), _TICK_S)
        under_way: list[Future[Any]] = [*self._loads]
        if self._poll:
            under_way.append(self._poll)
        if self._probe:
            under_way.append(self._probe[1])
        if under_way:
            wait(under_way, timeout=wait_s, return_when=FIRST_COMPLETED)
        else:
            stop.wait(wait_s)

    # --- what has come ---

    def _take_poll(self) -> None:
        if self._poll is None or not self._poll.done():
            return
        poll, self._poll = self._poll, None
        try:
            self._take_listing(poll.result())
        except SourceError as error:
            self._window.lost_sight(time.monotonic())
            self._trouble = error
            retry_after_s = error.retry_after_s if isinstance(error, NotAvailable) else None
            self._pause_s = max(self._pause_s, self._patience.shortest_poll_s, retry_after_s or 0)

    def _take_listing(self, listing: Listing) -> None:
        """Learn what is listed. RFC 8216, 6.3.4 sets the pace: a target duration, or half of it."""
        now_s = time.monotonic()
        if self._trouble:
            self._tell(str(self._trouble.message), reason=self._trouble.reason)
            self._trouble = None
        self._listing = listing
        target_s = listing.playlist.target_duration_s
        is_new = self._window.update(listing.playlist, now_s)
        pause_s = target_s if is_new else target_s / 2
        self._pause_s = max(pause_s, self._patience.shortest_poll_s)
        if is_new:
            self._news_s = now_s
        elif not self._window.was_listed and not self._window.has_ended:
            self._trouble = NotAvailable(f"{redact(listing.url)} lists nothing yet.")
        elif now_s - self._news_s > max(self._patience.stall_s, _TARGETS_OF_SILENCE * target_s):
            quiet_s = now_s - self._news_s
            self._trouble = Stalled(f"{redact(listing.url)} lists nothing new for {quiet_s:.0f} s.")

    def _take_probe(self) -> None:
        """Learn whether old numbers mean what they meant; what can't be had tells nothing."""
        if self._probe is None or not self._probe[1].done():
            return
        (sequence, load), self._probe = self._probe, None
        was_held = self._window.is_held
        try:
            is_another = self._placement.is_another(sequence, load.result())
        except SourceError:
            is_another = False
        self._window.settle(is_another=is_another)
        if was_held and self._listing:
            self._take_listing(self._listing)  # by the next one something may have left it
        elif is_another:
            self._pause_s = 0.0

    def _take_loads(self) -> None:
        for load in [load for load in self._loads if load.done()]:
            wanted = self._loads.pop(load)
            try:
                loaded = load.result()
            except SourceError as error:
                self._fail(wanted, error)
                continue
            self._expired.clear()
            digest = sha256(loaded.data).hexdigest()
            if loaded.measured.whole or wanted.suspect == digest:
                self._window.take(wanted, loaded, time.monotonic())
            else:
                wanted.suspect = digest
                self._fail(wanted, Stalled(f"{redact(wanted.segment.url)} ends in mid-frame."))

    def _fail(self, wanted: Wanted, error: SourceError) -> None:
        """A try failed; the first one, and each that fails in another way, is journaled."""
        status = error.status if isinstance(error, NotAvailable) else None
        is_other = error.message != wanted.trouble
        self._window.fail(
            wanted,
            error.message,
            time.monotonic(),
            is_gone=status in _GONE,
            is_expired=status in GONE,
            is_hopeless=isinstance(error, _HOPELESS),
            retry_after_s=error.retry_after_s if isinstance(error, NotAvailable) else None,
        )
        if is_other:
            self._tell(error.message, reason=error.reason, status=status, wanted=wanted)
        if status in GONE and wanted.listed:
            self._expired.add(wanted.segment.sequence)
        if self._can_move and len(self._expired) >= _MOST_EXPIRED:
            raise error

    def _tell(
        self,
        detail: str,
        *,
        reason: GapReason,
        status: int | None = None,
        wanted: Wanted | None = None,
    ) -> None:
        about = wanted.segment if wanted else None
        self._sink.tell(
            Attempt(
                track="",
                address=redact(about.url) if about else "",
                detail=detail,
                reason=reason,
                status=status,
                media_sequence=about.sequence if about else None,
            )
        )

    # --- what is stored ---

    def _store_ready(self) -> None:
        """Store, mourn or pass over the segments whose turn it is; keep safe what must wait."""
        while head := self._window.head(time.monotonic()):
            if head.loaded:
                self._introduce()
                if any(waiting.is_kept for waiting in self._window.staged):
                    # A crash must not leave half of one before others that are whole.
                    self._placement.stage(self._sink, head, due=self._window.turn)
                self._placement.store(self._sink, head, head.loaded)
            else:
                self._placement.mourn(head)
            self._window.pop()
        if self._window.is_passed:
            self._placement.end(self._sink)
        for late in self._window.come_late():
            self._placement.fill(self._sink, late)
            self._window.drop_late(late)
        for waiting in self._window.staged:
            self._placement.stage(self._sink, waiting, due=self._window.turn)

    def _introduce(self) -> None:
        if self._listing and not self._is_introduced:
            self._sink.connected(self._listing.facts)
            self._is_introduced = True

    def _raise_trouble(self) -> None:
        """Tell the session, unless something is under way, or would wait in memory meanwhile."""
        under_way = self._poll or self._loads or self._probe
        if self._trouble is None or under_way or self._window.staged_bytes:
            return
        if not self._window.due(time.monotonic(), at_most=1):
            raise self._trouble


def _resume_of(track: Track) -> Resume | None:
    """Where a track goes on; None where its last audio is no numbered segment."""
    if track.next_sequence is None:
        return None
    by_number = (PlacedBy.FIRST, PlacedBy.SEQUENCE)
    begin_s = max((run.start_s for run in track.runs if run.placed_by not in by_number), default=0)
    holes = (hole for gap in track.gaps if gap.from_s >= begin_s for hole in gap.segments())
    after = track.next_sequence - (2 if track.unproven else 1)
    return Resume(after=after, holes=tuple(holes), known=_dates_of(track))


def _dates_of(track: Track) -> dict[int, datetime | None]:
    """Of the segments that are stored in one piece, by number."""
    return {
        number: parse_iso(chunk.program_date_time) if chunk.program_date_time else None
        for number, chunk in _in_one_piece(track)
    }


def _digests_of(track: Track) -> dict[int, str]:
    """SHA-256 of the segments that are stored in one piece, by number; the latest of each."""
    return {number: chunk.sha256 for number, chunk in _in_one_piece(track)}


def _in_one_piece(track: Track) -> Iterator[tuple[int, Chunk]]:
    """The segments whose one line tells of all their bytes: none that a crash left begun."""
    begun = None
    for chunk in track.chunks:
        number = chunk.media_sequence
        if number is not None and chunk.adopted:
            begun = number
        elif number is not None and number != begun:
            begun = None
            yield number, chunk
