"""A continuous stream over HTTP: Icecast, SHOUTcast, or a file that a server sends at its pace.

Whole frames are handed over the moment they arrive; what is torn by a disconnect is not stored.
After a reconnect the server's burst is held in memory until it is through (a frame and a quarter
of a second without more than real time, 10 s at most), since only then can be said where it
belongs: by equal frames where the clock allows it, else by the clock (`recorder.sources.overlap`).
Where equal frames say that more of the burst is to come, two seconds are given for it. Nothing is
let go as a repeat before all of it, to the end of what is stored, has proven equal, nor where it
came no faster than it plays at a time when all that is stored was over. What a kill
could cost in that time is the burst, which the server sends again.

A server may begin in mid-frame. That rest of a frame is torn, and not stored: FFmpeg takes it and
the frames after it for one broken packet where a part of ADTS begins so. The journal says it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from recorder.errors import ConnectionLost, NotAudio, NotAvailable, SourceError, Stalled
from recorder.events import Attempt, Repeated, Tagged
from recorder.frames import Frame, FrameParser, sniff
from recorder.sources.access import Access
from recorder.sources.base import ChunkFacts, Sink, SourceFacts, StopSignal
from recorder.sources.fetch import STALL_S, Stopped, StreamAnswer, open_stream
from recorder.sources.icy import ASK, IcySplitter
from recorder.sources.overlap import (
    CLOCK_AGREES_S,
    EDGE_WINDOW_S,
    REMEMBERED_S,
    FrameMemory,
    LiveEdge,
)
from recorder.sources.past import Past
from recorder.types import AudioFormat, PlacedBy, Seconds, SourceSpec, redact

_CHUNK_S = 1.0  # of media, or of the wall clock
_IDLE_S = 0.5  # then what was written becomes a chunk
_SNIFF_BYTES = 32_768
_SETTLED_S = 0.25  # and a frame's length without growth of the burst
_PATIENCE_S = 2.0  # without growth, where equal frames say that more of the burst is to come
_LONGEST_HOLD_S = 10.0
_LARGEST_HOLD = 4_000_000  # bytes
_GROWTH_S = 0.05
_AS_FAST_AS_IT_PLAYS = 0.8
_SHOWN_HEADERS = (
    "content-type", "server", "via", "ice-audio-info", "icy-name", "icy-description", "icy-genre",
    "icy-br", "icy-sr", "icy-pub", "icy-url",
)  # fmt: skip


class HttpSource:
    """A `Source` of one continuous stream. `capture` runs in one thread; `cancel` fits any."""

    def __init__(
        self,
        spec: SourceSpec,
        url: str,
        *,
        stall_s: float = STALL_S,
        past: Past | None = None,
        access: Access | None = None,
    ) -> None:
        """Prepare to capture; nothing is fetched yet.

        Args:
            spec: The source as it was asked for.
            url: The stream's address, tokens included.
            stall_s: Seconds without a byte after which it has stalled.
            past: What an earlier recorder stored of it, to be joined.
            access: What each request carries.

        Raises:
            StorageError: What was stored can't be read.
        """
        self._spec = spec
        self._url = url
        self._access = access
        self._stall_s = stall_s
        self._kept = _Kept(past)
        self._answer: StreamAnswer | None = None

    @property
    def spec(self) -> SourceSpec:
        """As it was asked for."""
        return self._spec

    def move(self, url: str, access: Access | None) -> None:
        """The same stream has another address from now on; not while `capture` runs."""
        self._url, self._access = url, access

    def cancel(self) -> None:
        """Wake `capture` where it waits for bytes."""
        answer = self._answer
        if answer:
            answer.cancel()

    def capture(self, sink: Sink, stop: StopSignal) -> None:
        """Connect, and record until the stream ends or breaks.

        Raises:
            NotAvailable: It isn't there (yet), or sends no audio (any more).
            Refused: It refuses.
            ConnectionLost: It broke.
            Stalled: It sends nothing any more.
            NotAudio: It sends something else, and never sent audio.
            MalformedAddress: The address leads to none of http(s).
        """
        try:
            answer = open_stream(
                self._url, stop=stop, stall_s=self._stall_s, headers=ASK, access=self._access
            )
        except Stopped:
            return
        self.record(answer, sink, stop)

    def record(self, answer: StreamAnswer, sink: Sink, stop: StopSignal) -> None:
        """Record from an answer that is open already, and close it; see `capture`."""
        self._answer = answer
        try:
            with answer:
                _Reception(answer, sink, self._kept).run(stop)
        finally:
            self._answer = None


class _Kept:
    """What a source remembers from one connection to the next."""

    def __init__(self, past: Past | None) -> None:
        self.memory = FrameMemory()
        self.edge = LiveEdge()
        self.title = ""
        if past:
            for frame, start_s in past.frames(REMEMBERED_S):
                self.memory.remember(frame, start_s)
            for end_s, at_mono_s in past.arrivals(EDGE_WINDOW_S):
                self.edge.seen(end_s, at_mono_s)


class _Reception:
    """One connection, from its first byte to its last."""

    def __init__(self, answer: StreamAnswer, sink: Sink, kept: _Kept) -> None:
        self._answer = answer
        self._sink = sink
        self._kept = kept
        self._icy = IcySplitter(answer.headers)
        self._parser: FrameParser | None = None
        self._unknown = bytearray()  # what came before the parser was found
        self._place = _Placing(sink, kept, _Store(answer, sink, kept), address=redact(answer.url))
        self._title: str | None = None  # one that waits for its place

    def run(self, stop: StopSignal) -> None:
        """Record until the end, a break or a stop."""
        self._answer.call_when_idle(self._place.look)
        try:
            while not stop.is_set() and (data := self._answer.read1()):
                self._take(data)
            self._finish()
        except Stopped:
            self._finish()
        except (ConnectionLost, Stalled) as error:
            self._finish()
            if self._sink.has_audio:
                raise
            raise NotAvailable(f"{self._shown} has sent no audio yet.") from error
        if not (stop.is_set() or self._has_ended):
            raise self._broken()

    @property
    def _shown(self) -> str:
        return redact(self._answer.url)

    @property
    def _has_ended(self) -> bool:
        """Whether all of an announced length came; radio servers announce made-up ones."""
        is_radio = any(name.startswith(("icy-", "ice-")) for name in self._answer.headers)
        return self._answer.is_complete and self._sink.has_audio and not is_radio

    def _broken(self) -> SourceError:
        if self._sink.has_audio:
            return ConnectionLost(f"{self._shown} closed the connection.")
        return NotAvailable(f"{self._shown} closed the connection before any audio.")

    def _take(self, data: bytes) -> None:
        for item in self._icy.feed(data):
            if isinstance(item, str):
                self._title = item
            elif self._parser:
                self._place.take(self._parser.feed(item))
            else:
                self._find_parser(item)
            self._tell_title()

    def _find_parser(self, data: bytes) -> None:
        self._unknown += data
        content_type = self._answer.headers.get("content-type", "")
        self._parser = sniff(content_type, bytes(self._unknown))
        if self._parser:
            self._begin(self._parser)
        elif len(self._unknown) >= _SNIFF_BYTES:
            raise self._not_audio()

    def _begin(self, parser: FrameParser) -> None:
        self._sink.connected(_facts(self._answer))
        self._place.take(parser.feed(bytes(self._unknown)))
        self._unknown.clear()

    def _not_audio(self) -> SourceError:
        what = self._answer.headers.get("content-type", "").partition(";")[0] or "something"
        if self._sink.has_audio:
            return NotAvailable(f"{self._shown} sends {what} that is no audio now.")
        return NotAudio(
            f"{self._shown} sends {what} that is neither MP3, AAC nor Ogg.",
            hint="Give the address of a stream, a playlist, or a page that plays one.",
        )

    def _finish(self) -> None:
        """Nothing more comes: hand over what is whole."""
        if self._parser is None and self._unknown:
            content_type = self._answer.headers.get("content-type", "")
            self._parser = sniff(content_type, bytes(self._unknown), is_all=True)
            if self._parser is None:
                raise self._not_audio()
            self._begin(self._parser)
        if self._parser:
            self._place.take(self._parser.finish())
        self._place.finish()

    def _tell_title(self) -> None:
        """Journal a new title, once there is a place in time for it."""
        if self._title is not None and self._place.is_found:
            if self._title != self._kept.title:
                self._kept.title = self._title
                self._sink.tell(Tagged(track="", at_s=self._sink.end_s, text=self._title))
            self._title = None


def _facts(answer: StreamAnswer) -> SourceFacts:
    """Who answered, as it may be journaled."""
    headers = {name: answer.headers[name] for name in _SHOWN_HEADERS if name in answer.headers}
    if "icy-url" in headers:
        headers["icy-url"] = redact(headers["icy-url"])
    identity = {
        "host": urlsplit(redact(answer.url)).netloc,
        "certificate_sha256": answer.certificate_sha256,
    }
    return SourceFacts(
        address=redact(answer.url),
        status=answer.status,
        identity={name: value for name, value in identity.items() if value},
        headers=headers,
    )


class _Store:
    """Hands frames to the sink, a chunk a second, and remembers what was stored."""

    def __init__(self, answer: StreamAnswer, sink: Sink, kept: _Kept) -> None:
        self._sink = sink
        self._kept = kept
        self._facts = ChunkFacts(status=answer.status, address=redact(answer.url))
        self._kind: tuple[AudioFormat, bytes] | None = None  # what the part holds
        self._chunk_s = 0.0
        self._chunk_began = 0.0
        self._wrote_at = 0.0
        self._is_chunk_open = False

    def begin_run(
        self,
        frame: Frame,
        placed_by: PlacedBy,
        *,
        start_s: Seconds | None = None,
        misfit_s: Seconds | None = None,
    ) -> None:
        """Begin a run with a frame of sound."""
        assert frame.format is not None
        self._kind = frame.format, frame.header
        self._sink.begin_run(
            frame.format,
            placed_by=placed_by,
            start_s=start_s,
            header=frame.header,
            misfit_s=misfit_s,
        )

    def append(self, frames: Sequence[Frame]) -> None:
        """Store frames that follow those before."""
        batch: list[Frame] = []
        for frame in frames:
            if frame.format and (frame.format, frame.header) != self._kind:
                self._write(batch)
                self.end_chunk()
                self._kind = frame.format, frame.header
                self._sink.begin_part(frame.format, header=frame.header)
            batch.append(frame)
            if self._chunk_s + sum(item.duration_s for item in batch) >= _CHUNK_S:
                self._write(batch)
                self.end_chunk()
        self._write(batch)
        if self._is_chunk_open and time.monotonic() - self._chunk_began >= _CHUNK_S:
            self.end_chunk()

    def end_idle_chunk(self) -> None:
        """Nothing comes: what was written becomes a chunk after a while."""
        if self._is_chunk_open and time.monotonic() - self._wrote_at >= _IDLE_S:
            self.end_chunk()

    def end_chunk(self) -> None:
        """What was written becomes a chunk."""
        if self._is_chunk_open:
            self._sink.end_chunk(self._facts)
            self._is_chunk_open = False
            self._chunk_s = 0.0

    def _write(self, batch: list[Frame]) -> None:
        """Write frames in one piece, and empty the batch. Remembered is what the disk took."""
        if not batch:
            return
        start_s = self._sink.end_s
        duration_s = Seconds(sum(frame.duration_s for frame in batch))
        self._sink.write(b"".join(frame.data for frame in batch), duration_s)
        self._wrote_at = time.monotonic()
        if not self._is_chunk_open:
            self._is_chunk_open = True
            self._chunk_began = self._wrote_at
        self._chunk_s += duration_s
        for frame in batch:
            if frame.samples:
                self._kept.memory.remember(frame, start_s)
                start_s = Seconds(start_s + frame.duration_s)
        self._kept.edge.seen(self._sink.end_s, self._wrote_at)
        batch.clear()


class _Placing:
    """Finds the place of a connection's first frames in session time; then all go to the store."""

    def __init__(self, sink: Sink, kept: _Kept, store: _Store, *, address: str) -> None:
        self._sink = sink
        self._address = address
        self._kept = kept
        self._store = store
        self.is_found = False
        self._held: list[Frame] = []
        self._arrived: list[float] = []  # when each held frame of sound came
        self._held_s = 0.0
        self._held_bytes = 0
        self._longest_s = 0.0  # a frame; what comes in Ogg pages grows by steps of a second
        self._began = 0.0
        self._grew = 0.0
        self._grown_s = 0.0  # the burst's lead at that time
        self._looked = 0.0  # the growth after which a place was looked for
        self._burst = LiveEdge()
        self._overlap: int | None = None  # the stored frame that the first one held is equal to
        self._equal = 0  # frames of sound that proved equal from there on
        self._clock_s: Seconds | None = None  # the first frame's place by the clock

    def take(self, frames: Sequence[Frame]) -> None:
        """Take the next frames."""
        frames = [frame for frame in frames if not frame.is_header]  # the sink writes headers
        if self.is_found:
            self._store.append(frames)
        elif frames:
            self._hold(frames)
            self.look()

    def look(self) -> None:
        """See whether it is time to do something; called also while nothing comes."""
        if self.is_found:
            self._store.end_idle_chunk()
        elif self._overlap is not None:
            self._follow()
        elif self._held_s > 0 and (self._is_first or self._is_settled()):
            self._settle(may_wait=not self._is_overdue())

    def finish(self) -> None:
        """Nothing more comes."""
        if not self.is_found and self._overlap is None and self._held_s > 0:
            self._settle(may_wait=False)
        if not self.is_found and self._overlap is not None:
            sound = [frame for frame in self._held if frame.samples]
            if self._is_sent_anew(sound):
                self._keep_equal(sound)
            else:
                self._drop_equal()
        self._store.end_chunk()

    @property
    def _is_first(self) -> bool:
        return not self._sink.has_audio

    def _hold(self, frames: Sequence[Frame]) -> None:
        now = time.monotonic()
        self._held += frames
        self._arrived += [now for frame in frames if frame.samples]
        self._held_bytes += sum(len(frame.data) for frame in frames)
        added_s = sum(frame.duration_s for frame in frames)
        if not added_s:
            return
        is_begin = not self._held_s
        if is_begin:
            self._began = now
        self._held_s += added_s
        self._longest_s = max(self._longest_s, *(frame.duration_s for frame in frames))
        self._burst.seen(self._held_s, now)
        lead_s = self._burst.lead_s or 0.0
        if is_begin or lead_s > self._grown_s + _GROWTH_S:
            self._grew, self._grown_s = now, lead_s

    def _is_settled(self) -> bool:
        quiet_s = time.monotonic() - self._grew
        return quiet_s >= _SETTLED_S + self._longest_s or self._is_overdue()

    def _is_overdue(self) -> bool:
        """Whether it can't be waited any longer for more of the burst."""
        now = time.monotonic()
        return (
            now - self._grew >= _PATIENCE_S
            or now - self._began >= _LONGEST_HOLD_S
            or self._held_bytes >= _LARGEST_HOLD
        )

    def _settle(self, *, may_wait: bool) -> None:
        """Decide where the frames held begin, or wait for more of the burst."""
        sound = [frame for frame in self._held if frame.samples]
        if self._is_first:
            self._begin(sound[0], PlacedBy.FIRST)
            return
        if may_wait and self._looked == self._grew:
            return
        self._looked = self._grew
        lead_s, burst_s = self._kept.edge.lead_s, self._burst.lead_s
        if lead_s is not None and burst_s is not None:
            self._clock_s = Seconds(lead_s - burst_s)
        self._overlap = self._find(sound)
        if self._overlap is not None:
            self._follow()
        elif not (may_wait and self._kept.memory.holds(sound)):
            self._begin_by_clock(sound[0])

    def _find(self, sound: Sequence[Frame]) -> int | None:
        """The stored frame that the first one is equal to, in its place by the clock.

        Where the clock sees the burst reach back into what is stored, and the bytes there are
        others, it is the clock that is off: another server of the same stream may lag behind.
        """
        memory, clock_s, end_s = self._kept.memory, self._clock_s, self._sink.end_s
        index = None if clock_s is None else memory.find(sound, clock_s, end_s)
        if index is not None or (clock_s is not None and clock_s > end_s - CLOCK_AGREES_S):
            return index
        index = memory.find_in_burst(sound)
        if index is not None:
            self._kept.edge = LiveEdge()
        return index

    def _follow(self) -> None:
        """Compare what is held with what is stored, up to the first frame that is new."""
        assert self._overlap is not None
        memory = self._kept.memory
        sound = [frame for frame in self._held if frame.samples]
        for frame in sound[self._equal :]:
            if self._overlap + self._equal == len(memory):
                if self._is_sent_anew(sound):
                    self._keep_equal(sound)
                    return
                self._drop_equal()
                self._begin(frame, PlacedBy.EQUAL_BYTES)
                return
            if not memory.equals(self._overlap + self._equal, frame):
                self._overlap, self._equal = None, 0
                self._settle(may_wait=False)
                return
            self._equal += 1

    def _is_sent_anew(self, sound: Sequence[Frame]) -> bool:
        """Whether what proved equal was sent a second time rather than again from a burst.

        A source that is started anew within a second sends the same bytes, no faster than they
        play, at a time by the clock at which all that is stored was over.
        """
        equal = sound[: self._equal]
        took_s = self._arrived[self._equal - 1] - self._arrived[0] if equal else 0.0
        plays_s = sum(frame.duration_s for frame in equal[1:])
        if self._clock_s is None or took_s < _AS_FAST_AS_IT_PLAYS * plays_s or not plays_s:
            return False
        begin_s = self._sink.end_s - plays_s
        return self._clock_s > begin_s + plays_s / 2

    def _keep_equal(self, sound: Sequence[Frame]) -> None:
        """Store what is equal to the last that is stored, and say so."""
        for_s = sum(frame.duration_s for frame in sound[: self._equal])
        detail = f"It sent {for_s:.2f} s again that are stored, as slowly as they play: as new."
        self._sink.tell(Attempt(track="", address=self._address, detail=detail))
        self._begin_by_clock(sound[0])

    def _drop_equal(self) -> None:
        """Let go of what is stored already, and of the rest of a frame or the tags before it."""
        left, count = self._equal, 0
        while left:
            left -= bool(self._held[count].samples)
            count += 1
        data = b"".join(frame.data for frame in self._held[:count])
        del self._held[:count]
        self._sink.tell(
            Repeated(track="", what="burst", bytes=len(data), sha256=sha256(data).hexdigest())
        )

    def _begin_by_clock(self, frame: Frame) -> None:
        """What lies between is missing; where the clock sees no room, it is off, and says so."""
        end_s, clock_s = self._sink.end_s, self._clock_s
        if clock_s is None:
            self._begin(frame, PlacedBy.WALL_CLOCK)  # the sink has a clock of its own
        elif clock_s >= end_s:
            self._begin(frame, PlacedBy.WALL_CLOCK, start_s=clock_s)
        else:
            misfit_s = Seconds(clock_s - end_s)
            self._begin(frame, PlacedBy.WALL_CLOCK, start_s=end_s, misfit_s=misfit_s)

    def _begin(
        self,
        frame: Frame,
        placed_by: PlacedBy,
        *,
        start_s: Seconds | None = None,
        misfit_s: Seconds | None = None,
    ) -> None:
        self._drop_torn()
        held, self._held = self._held, []
        self.is_found = True
        self._store.begin_run(frame, placed_by, start_s=start_s, misfit_s=misfit_s)
        self._store.append(held)

    def _drop_torn(self) -> None:
        """Leave out the rest of a frame that the connection began with, and say so."""
        torn = 0
        while self._held[0].format is None and not self._held[0].is_tag:
            torn += len(self._held.pop(0).data)
        if torn:
            detail = f"It began in mid-frame: {torn} bytes are not stored."
            self._sink.tell(Attempt(track="", address=self._address, detail=detail))
