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
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from recorder.errors import MalformedAddress, NotAudio, NotAvailable, SourceError, Stalled
from recorder.events import Attempt, MissingSegment
from recorder.sources.base import Arrived, ChunkFacts, Missing, Sink, SourceFacts, StopSignal
from recorder.sources.fetch import Answer, fetch
from recorder.sources.loader import Loaded, Loader
from recorder.sources.past import Past
from recorder.sources.playlist import MasterPlaylist, MediaPlaylist, Segment, parse
from recorder.sources.window import Patience, Resume, Wanted, Window
from recorder.timeline import Track, lengths_of
from recorder.types import AudioFormat, GapReason, PlacedBy, Seconds, SourceSpec, iso, redact

AT_ONCE = 4
"""Segments that are fetched at the same time."""

_TICK_S = 0.05  # a stop is seen within one
_GONE = (404, 410)
_HOPELESS = (NotAudio, MalformedAddress)  # larger than any segment; a redirect to a file
_CHOOSE_AGAIN = (403, 404, 410)
_SHOWN_HEADERS = ("content-type", "server", "via")
_MOST_DIGESTS = 64
_TARGETS_OF_SILENCE = 3
_FARTHEST_S = 86_400.0


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
    ) -> None:
        """Prepare to capture; nothing is fetched yet.

        Args:
            spec: The source as it was asked for.
            url: The playlist's address, tokens included. A master playlist's is kept, and asked
                again when its choice is gone.
            past: What an earlier process stored of it.
            patience: How long to wait for what; the design's times unless told.
        """
        self._spec = spec
        self._patience = patience or Patience()
        self._listings = _Listings(url, self._patience)
        resume = _resume_of(past.track) if past and not past.is_other else None
        self._window = Window(self._patience, resume=resume)
        self._loader = Loader()
        begun = resume.after + 1 if resume and past and past.track.unproven else None
        self._storage = _Storage(follows_on=resume is not None, begun=begun)

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

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
        self._storage.rejoin()
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
                storage=self._storage,
            ).run(stop)
        except SourceError:
            self._storage.interrupt()
            raise
        finally:
            halt.set()
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """A media playlist as it was found."""

    playlist: MediaPlaylist
    url: str  # tokens included
    answer: Answer

    @property
    def facts(self) -> SourceFacts:
        """Who answered, as it may be journaled."""
        identity = {
            "host": urlsplit(redact(self.answer.url)).netloc,
            "certificate_sha256": self.answer.certificate_sha256,
        }
        headers = self.answer.headers
        return SourceFacts(
            address=redact(self.url),
            status=self.answer.status,
            identity={name: value for name, value in identity.items() if value},
            headers={name: headers[name] for name in _SHOWN_HEADERS if name in headers},
        )


class _Listings:
    """Finds the media playlist, by way of a master where there is one. One call at a time."""

    def __init__(self, url: str, patience: Patience) -> None:
        self._url = url
        self._patience = patience
        self._chosen: str | None = None
        self._was_found = False

    def find(self, stop: StopSignal) -> _Listing:
        """Fetch the media playlist; runs on a fetching thread.

        Raises:
            Stopped: ``stop`` was set.
            SourceError: It can't be had.
        """
        try:
            found = self._read(self._chosen or self._url, stop)
            if isinstance(found, str):
                found = self._read(found, stop)
        except NotAudio as error:
            if not self._was_found:
                raise
            raise NotAvailable(error.message) from error
        except NotAvailable as error:
            if error.status in _CHOOSE_AGAIN:
                self._chosen = None
            raise
        if isinstance(found, str):
            raise NotAudio(f"{redact(self._url)} leads from one master playlist to another.")
        self._chosen, self._was_found = found.url, True
        return found

    def _read(self, url: str, stop: StopSignal) -> _Listing | str:
        """A media playlist, or the address that a master playlist leads to."""
        answer = fetch(url, stop=stop, timeout_s=self._patience.request_s)
        found = parse(answer.body, answer.url)
        if isinstance(found, MasterPlaylist):
            return found.best().url
        return _Listing(playlist=found, url=url, answer=answer)


class _Capture:
    """One call of `HlsSource.capture`: the loop, and what it has under way."""

    def __init__(
        self,
        *,
        sink: Sink,
        pool: ThreadPoolExecutor,
        halt: Event,
        patience: Patience,
        listings: _Listings,
        window: Window,
        loader: Loader,
        storage: _Storage,
    ) -> None:
        self._sink = sink
        self._pool = pool
        self._halt = halt
        self._patience = patience
        self._listings = listings
        self._window = window
        self._loader = loader
        self._storage = storage
        self._loads: dict[Future[Loaded], Wanted] = {}
        self._poll: Future[_Listing] | None = None
        self._polled_s = self._news_s = time.monotonic()
        self._pause_s = 0.0  # from one poll to the next
        self._listing: _Listing | None = None
        self._is_introduced = False
        self._trouble: SourceError | None = None

    def run(self, stop: StopSignal) -> None:
        """Work until the end, a stop, or a trouble that the session should know of."""
        while not stop.is_set():
            self._begin_poll()
            self._begin_loads()
            self._await(stop)
            self._take_poll()
            self._take_loads()
            self._store_ready()
            if self._window.is_over:
                break
            self._raise_trouble()
        else:
            self._window.give_up_holes()
            self._store_ready()
        self._storage.end(self._sink)

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

    def _await(self, stop: StopSignal) -> None:
        """Wait until something has come, for a tick at most."""
        until_poll_s = self._polled_s + self._pause_s - time.monotonic()
        wait_s = _TICK_S if self._poll else min(max(until_poll_s, 0.005), _TICK_S)
        under_way: list[Future[Any]] = [*self._loads]
        if self._poll:
            under_way.append(self._poll)
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

    def _take_listing(self, listing: _Listing) -> None:
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

    def _take_loads(self) -> None:
        for load in [load for load in self._loads if load.done()]:
            wanted = self._loads.pop(load)
            try:
                loaded = load.result()
            except SourceError as error:
                self._fail(wanted, error)
                continue
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
            is_expired=status in _CHOOSE_AGAIN,
            is_hopeless=isinstance(error, _HOPELESS),
            retry_after_s=error.retry_after_s if isinstance(error, NotAvailable) else None,
        )
        if is_other:
            self._tell(error.message, reason=error.reason, status=status, wanted=wanted)

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
                    self._storage.stage(self._sink, head, due=self._window.turn)
                self._storage.store(self._sink, head, head.loaded)
            else:
                self._storage.mourn(head)
            self._window.pop()
        if self._window.is_passed:
            self._storage.end(self._sink)
        for late in self._window.come_late():
            self._storage.fill(self._sink, late)
            self._window.drop_late(late)
        for waiting in self._window.staged:
            self._storage.stage(self._sink, waiting, due=self._window.turn)

    def _introduce(self) -> None:
        if self._listing and not self._is_introduced:
            self._sink.connected(self._listing.facts)
            self._is_introduced = True

    def _raise_trouble(self) -> None:
        """Tell the session, unless something is under way, or would wait in memory meanwhile."""
        if self._trouble is None or self._poll or self._loads or self._window.staged_bytes:
            return
        if not self._window.due(time.monotonic(), at_most=1):
            raise self._trouble


class _Hole:
    """What lies between what is stored and what comes next."""

    def __init__(self) -> None:
        self._wanted: list[Wanted] = []

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def add(self, wanted: Wanted) -> None:
        self._wanted.append(wanted)

    @property
    def duration_s(self) -> float:
        return sum(wanted.segment.duration_s for wanted in self._wanted)

    @property
    def was_listed(self) -> bool:
        """Whether any of it was."""
        return any(wanted.listed for wanted in self._wanted)

    @property
    def missing(self) -> Missing:
        """Its segments, for the journal."""
        each = (
            wanted.segment.duration_s / wanted.count
            for wanted in self._wanted
            for _ in range(wanted.count)
        )
        first = self._wanted[0].segment.sequence
        return Missing(media_sequence=first, lengths=lengths_of(each))

    @property
    def detail(self) -> str:
        """A sentence about it."""
        first, last = self._wanted[0], self._wanted[-1]
        end = last.segment.sequence + last.count - 1
        begin = first.segment.sequence
        numbers = f"Segment {begin}" if begin == end else f"Segments {begin} to {end}"
        is_lost = all(wanted.is_lost for wanted in self._wanted)
        what = "could not be had." if is_lost else "did not come in time."
        trouble = next((each.trouble for each in reversed(self._wanted) if each.trouble), "")
        return f"{numbers} {what} {trouble}".strip()

    def place(self, from_s: float) -> None:
        """Its gap is journaled: tell each segment its stretch of it."""
        at_s = from_s
        for wanted in self._wanted:
            end_s = at_s + wanted.segment.duration_s
            wanted.place = MissingSegment(
                sequence=wanted.segment.sequence, from_s=Seconds(at_s), to_s=Seconds(end_s)
            )
            at_s = end_s


class _Storage:
    """Puts segments into the sink, each in its place. Outlives a single `capture`."""

    def __init__(self, *, follows_on: bool, begun: int | None) -> None:
        self._is_placed = follows_on  # its numbers go on from what is stored
        self._is_interrupted = follows_on
        self._is_joined = False
        self._begun = begun  # what crashes left the beginning of; the sink completes it
        self._hole = _Hole()
        self._format: AudioFormat | None = None
        self._header = b""
        self._ends_at: datetime | None = None
        self._digests: deque[bytes] = deque(maxlen=_MOST_DIGESTS)
        self._kept: set[bytes] = set()  # digests of what is staged

    def rejoin(self) -> None:
        """A new `capture` begins: the session must hear again that a run goes on."""
        self._is_joined = False

    def interrupt(self) -> None:
        """A `capture` failed: what is never listed from now on, is missing for that."""
        self._is_interrupted = True

    def mourn(self, wanted: Wanted) -> None:
        """A segment, or a stretch of them, is given up, or doesn't come in time."""
        if self._begun == wanted.segment.sequence:
            self._begun = None
            wanted.is_lost = True  # the beginning of it is stored, and all that will be
            return
        self._hole.add(wanted)

    def stage(self, sink: Sink, wanted: Wanted, *, due: int | None) -> None:
        """Keep a segment safe that has to wait for the one that is due.

        Raises:
            StorageError: The disk refuses.
            SinkClosed: The session has stopped.
        """
        if wanted.loaded and not wanted.is_kept and not self._is_known(wanted, wanted.loaded):
            sink.stage(replace(_arrived(wanted, wanted.loaded, self._format), due=due))
            wanted.is_kept = True
            self._kept.add(sha256(wanted.loaded.data).digest())

    def fill(self, sink: Sink, wanted: Wanted) -> None:
        """Store a segment in the gap that was journaled for it.

        Raises:
            StorageError: The disk refuses; nothing of it is stored.
            SinkClosed: The session has stopped.
        """
        if wanted.loaded and not self._is_known(wanted, wanted.loaded):
            sink.fill(_arrived(wanted, wanted.loaded, self._format))
            self._digests.append(sha256(wanted.loaded.data).digest())

    def store(self, sink: Sink, wanted: Wanted, loaded: Loaded) -> None:
        """Store a segment behind all that came before it.

        Raises:
            StorageError: The disk refuses; nothing of it is stored, so that it may be tried again.
            SinkClosed: The session has stopped.
        """
        if not wanted.is_kept and self._is_known(wanted, loaded):
            self.mourn(wanted)
            return
        self._open(sink, wanted, loaded)
        sink.write(loaded.data, loaded.measured.duration_s)
        sink.end_chunk(_facts(wanted, loaded))
        self._is_interrupted, self._begun = False, None
        digest = sha256(loaded.data).digest()
        self._kept.discard(digest)
        self._digests.append(digest)
        began_at = wanted.segment.program_date_time
        duration = timedelta(seconds=loaded.measured.duration_s)
        self._ends_at = began_at + duration if began_at else None

    def _is_known(self, wanted: Wanted, loaded: Loaded) -> bool:
        """Whether a server answers any address with the same bytes."""
        digest = sha256(loaded.data).digest()
        return not wanted.listed and (digest in self._digests or digest in self._kept)

    def end(self, sink: Sink) -> None:
        """Nothing follows: what is missing at the end is a gap too."""
        if self._hole and sink.has_audio:
            hole, from_s = self._hole, sink.end_s
            to_s = Seconds(from_s + hole.duration_s)
            sink.gap(to_s, GapReason.MISSING_SEGMENT, hole.detail, missing=hole.missing)
            hole.place(from_s)
            if self._ends_at:
                self._ends_at += timedelta(seconds=hole.duration_s)
        self._hole = _Hole()

    # --- where it goes ---

    def _open(self, sink: Sink, wanted: Wanted, loaded: Loaded) -> None:
        """Begin the run and the part that a segment needs."""
        before, header_before = self._format, self._header
        fmt, header = _completed(loaded.measured.format, before), loaded.header
        number = wanted.segment.sequence
        goes_on = before is not None and (fmt, header) == (before, header_before)
        breaks = wanted.segment.discontinuity or not goes_on
        if wanted.renumbered:
            self.end(sink)
        if self._hole:
            self._begin_after(sink, wanted, fmt, header)
        elif not sink.has_audio:
            sink.begin_run(fmt, placed_by=PlacedBy.FIRST, header=header, media_sequence=number)
        elif wanted.renumbered or not self._is_placed:
            self._place_anew(sink, wanted.segment, fmt, header)
        elif not self._is_joined:
            self._join(sink, wanted, fmt, header, breaks=breaks)
        elif breaks:
            sink.begin_part(fmt, header=header, media_sequence=number)
        self._format, self._header = fmt, header
        self._hole, self._is_placed, self._is_joined = _Hole(), True, True

    def _join(
        self, sink: Sink, wanted: Wanted, fmt: AudioFormat, header: bytes, *, breaks: bool
    ) -> None:
        """Go on behind what is stored; in the old format first, so that a break gets one part."""
        number, before = wanted.segment.sequence, self._format
        was, header_was = (before, self._header) if before else (fmt, header)
        sink.begin_run(was, placed_by=PlacedBy.SEQUENCE, header=header_was, media_sequence=number)
        if before and breaks:
            sink.begin_part(fmt, header=header, media_sequence=number)

    def _begin_after(self, sink: Sink, wanted: Wanted, fmt: AudioFormat, header: bytes) -> None:
        """Begin behind a gap of what is missing.

        What was never listed while the playlist failed is missing for the reason that the
        session knows.
        """
        hole, from_s = self._hole, sink.end_s
        for_that = self._is_interrupted and not hole.was_listed
        sink.begin_run(
            fmt,
            placed_by=PlacedBy.SEQUENCE if sink.has_audio else PlacedBy.FIRST,
            start_s=Seconds(from_s + hole.duration_s),
            reason=None if for_that else GapReason.MISSING_SEGMENT,
            detail=hole.detail,
            header=header,
            media_sequence=wanted.segment.sequence,
            missing=hole.missing,
        )
        hole.place(from_s)

    def _place_anew(self, sink: Sink, segment: Segment, fmt: AudioFormat, header: bytes) -> None:
        """Begin where no number tells the place: by the program's date, or by the clock."""
        start_s = None
        if segment.program_date_time and self._ends_at:
            apart_s = (segment.program_date_time - self._ends_at).total_seconds()
            if -1.0 < apart_s < _FARTHEST_S:
                start_s = Seconds(sink.end_s + max(0.0, apart_s))
        sink.begin_run(
            fmt,
            placed_by=PlacedBy.WALL_CLOCK if start_s is None else PlacedBy.DATE_TIME,
            start_s=start_s,
            detail="The server counts its segments anew.",
            header=header,
            media_sequence=segment.sequence,
        )


def _facts(wanted: Wanted, loaded: Loaded) -> ChunkFacts:
    segment = wanted.segment
    return ChunkFacts(
        status=loaded.status,
        address=redact(segment.url),
        media_sequence=segment.sequence,
        program_date_time=iso(segment.program_date_time) if segment.program_date_time else "",
        ntp=loaded.measured.ntp,
    )


def _arrived(wanted: Wanted, loaded: Loaded, before: AudioFormat | None) -> Arrived:
    return Arrived(
        format=_completed(loaded.measured.format, before),
        header=loaded.header,
        data=loaded.data,
        duration_s=loaded.measured.duration_s,
        facts=_facts(wanted, loaded),
        place=wanted.place,
    )


def _resume_of(track: Track) -> Resume | None:
    """Where a track goes on; None where its last audio is no numbered segment."""
    if track.next_sequence is None:
        return None
    by_number = (PlacedBy.FIRST, PlacedBy.SEQUENCE)
    begin_s = max((run.start_s for run in track.runs if run.placed_by not in by_number), default=0)
    holes = (hole for gap in track.gaps if gap.from_s >= begin_s for hole in gap.segments())
    after = track.next_sequence - (2 if track.unproven else 1)
    return Resume(after=after, holes=tuple(holes))


def _completed(fmt: AudioFormat | None, before: AudioFormat | None) -> AudioFormat:
    """A format; what its segment didn't tell is as before."""
    if fmt is None:
        raise ValueError("a segment without a format is not loaded")
    if before and before.container == fmt.container and not fmt.codec:
        return before
    return fmt
