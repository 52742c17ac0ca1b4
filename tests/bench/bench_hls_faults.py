"""Faults of live HLS: what Aircheck, streamlink and ffmpeg keep of the same broadcast.

    make bench

Each fault strikes a broadcast of thirty segments of a second, in real time; each recorder has a
server of its own that does the same. A segment counts when all of its frames are there, in order;
a frame that is there again is a repeat, one that was never broadcast is junk. streamlink comes
with the extra ``bench``, ffmpeg with the system; who isn't here is left out.
"""

import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from recorder import cover, launch, verify
from recorder.archive import Archive, SessionFolder
from recorder.frames import AdtsParser
from recorder.types import SourceKind, SourceSpec
from tests.faults.hls import Broadcast, Fault, HlsServer, Item
from tests.faults.sound import encoded

COUNT = 30
FRAMES = 47  # of 1024 samples at 48 kHz: a second
WINDOW = 6
TICK_S = 0.05
PATIENCE_S = 40.0  # for a recorder, after the broadcast has ended
FOREVER = 9_999


class During:
    """A stretch of a broadcast's time: holds while it lasts, whatever is asked for in it."""

    def __init__(self, from_s: float, to_s: float) -> None:
        self.from_s, self.to_s = from_s, to_s
        self.now_s = 0.0

    def __contains__(self, _: object) -> bool:
        return self.from_s <= self.now_s < self.to_s


class FaultDuring(dict[int, Fault]):
    """A fault of the playlist in a stretch of time; ``once``: only of the first request in it."""

    def __init__(self, fault: Fault, during: During, *, once: bool = False) -> None:
        super().__init__()
        self._fault, self._during, self._once = fault, during, once
        self._struck = False

    def get(self, key: int, default: Fault) -> Fault:  # type: ignore[override]  # (always one)
        if key not in self._during or (self._once and self._struck):
            return default
        self._struck = True
        return self._fault


def no_fault(on_air: Broadcast) -> None:
    """All is well."""


def one_404(on_air: Broadcast) -> None:
    on_air.fail(9, Fault(status=404), times=FOREVER)


def two_503(on_air: Broadcast) -> None:
    for index in (9, 15):
        on_air.fail(index, Fault(status=503), times=2)


def truncated(on_air: Broadcast) -> None:
    on_air.fail(9, Fault(cut=200))


def playlist_503(on_air: Broadcast) -> None:
    on_air.playlist_faults = FaultDuring(Fault(status=503), During(10.0, 12.5))


def playlist_stalls(on_air: Broadcast) -> None:
    on_air.playlist_faults = FaultDuring(Fault(stall=True), During(10.0, 30.0), once=True)


def playlist_frozen(on_air: Broadcast) -> None:
    on_air.frozen = During(10.0, 22.0)  # type: ignore[assignment]  # (it holds what it should)


def discontinuity(on_air: Broadcast) -> None:
    old = on_air.segments[15]
    on_air.segments[15] = Item(
        data=old.data, duration_s=old.duration_s, name=old.name, tags=("#EXT-X-DISCONTINUITY",)
    )


def segment_stalls(on_air: Broadcast) -> None:
    on_air.fail(9, Fault(stall=True))


FAULTS: dict[str, Callable[[Broadcast], None]] = {
    "none": no_fault,
    "one 404 for good": one_404,
    "503 twice on 2 segments": two_503,
    "truncated segment": truncated,
    "playlist 503 for 2.5 s": playlist_503,
    "playlist stalls once": playlist_stalls,
    "DISCONTINUITY": discontinuity,
    "playlist frozen for 12 s": playlist_frozen,
    "segment stalls once": segment_stalls,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a recorder kept."""

    segments: int
    repeats: int  # frames
    junk: int  # frames
    gaps: int | None = None  # journaled; None where nothing is

    def __str__(self) -> str:
        extra = [f"{self.repeats} repeated"] * bool(self.repeats)
        extra += [f"{self.junk} junk"] * bool(self.junk)
        extra += [f"{self.gaps} gap told"] * bool(self.gaps)
        return f"{self.segments:>2}" + (f" ({', '.join(extra)})" if extra else "")


def frame_digests(data: bytes) -> list[bytes]:
    """A hash of each frame's payload: muxers may write the headers of ADTS anew."""
    return [sha256(frame.data[7:]).digest() for frame in AdtsParser().feed(data) if frame.samples]


def segments() -> list[Item]:
    data = encoded("aac", (COUNT + 1) * FRAMES * 1024 / 48_000, rate_hz=48_000, channels=1)
    frames = [frame.data for frame in AdtsParser().feed(data) if frame.samples]
    return [
        Item(
            data=b"".join(frames[index * FRAMES : (index + 1) * FRAMES]),
            duration_s=FRAMES * 1024 / 48_000,
            name=f"s{index}.aac",
        )
        for index in range(COUNT)
    ]


def judged(data: bytes, on_air: list[Item], gaps: int | None = None) -> Outcome:
    """What bytes hold of a broadcast."""
    found = frame_digests(data)
    counts = Counter(found)
    places = {digest: at for at, digest in enumerate(found)}
    whole = [frame_digests(item.data) for item in on_air]
    known = {digest for frames in whole for digest in frames}
    return Outcome(
        segments=sum(
            all(digest in places for digest in frames)
            and [places[digest] for digest in frames]
            == list(range(places[frames[0]], places[frames[0]] + len(frames)))
            for frames in whole
        ),
        repeats=sum(count - 1 for digest, count in counts.items() if digest in known),
        junk=sum(count for digest, count in counts.items() if digest not in known),
        gaps=gaps,
    )


@contextmanager
def broadcasting(on_air: Broadcast):  # type: ignore[no-untyped-def]  # noqa: ANN201 (a context)
    """Serve it in real time, from the first request on."""
    stop = threading.Event()
    during = [each for each in (on_air.frozen, getattr(on_air.playlist_faults, "_during", None))
              if isinstance(each, During)]  # fmt: skip
    with HlsServer(on_air) as server:

        def run() -> None:
            while not server.polls and not stop.wait(TICK_S):
                pass
            began_s = time.monotonic()
            while not stop.wait(TICK_S):
                now_s = time.monotonic() - began_s
                on_air.position = min(COUNT, 3 + int(now_s / on_air.segments[0].duration_s))
                for each in during:
                    each.now_s = now_s

        clock = threading.Thread(target=run, name="broadcast-clock", daemon=True)
        clock.start()
        try:
            yield server
        finally:
            stop.set()
            clock.join()


def by_aircheck(url: str, room: Path, on_air: list[Item]) -> Outcome:
    folder = launch.record(Archive(room), SourceSpec(kind=SourceKind.STREAM, address=url))
    awaited(folder)
    return judged(stored(folder), on_air, gaps=len(folder.timeline().gaps))


def awaited(folder: SessionFolder) -> None:
    """Wait until it is sealed, and see that it verifies."""
    give_up_s = time.monotonic() + COUNT + PATIENCE_S
    while not folder.sums_path.exists() and time.monotonic() < give_up_s:
        time.sleep(TICK_S)
    assert folder.sealed() is not None
    assert verify.verify(folder.path).ok


def stored(folder: SessionFolder, track: str = "a") -> bytes:
    """A track's audio, in order of session time."""
    parts = folder.timeline().tracks[track].parts
    return b"".join((folder.path / part.file).read_bytes() for part in parts)


def by_command(command: list[str], out: Path, on_air: list[Item]) -> Outcome:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(COUNT + PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.terminate()  # it may write what it holds
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return judged(out.read_bytes() if out.exists() else b"", on_air)


def by_ffmpeg(url: str, room: Path, on_air: list[Item]) -> Outcome:
    out = room / "ffmpeg.aac"
    live = ["-live_start_index", "0"]
    command = ["ffmpeg", "-v", "quiet", "-nostdin", *live, "-i", url, "-c", "copy"]
    return by_command([*command, "-flush_packets", "1", str(out)], out, on_air)


def by_streamlink(url: str, room: Path, on_air: list[Item]) -> Outcome:
    out = room / "streamlink.aac"
    command = [sys.executable, "-m", "streamlink", "--hls-live-restart", "-o", str(out)]
    return by_command([*command, f"hls://{url}", "best"], out, on_air)


def recorders() -> dict[str, Callable[[str, Path, list[Item]], Outcome]]:
    """Aircheck, and the peers that are here."""
    found: dict[str, Callable[[str, Path, list[Item]], Outcome]] = {"aircheck": by_aircheck}
    try:
        import streamlink  # noqa: F401 (is it here?)
    except ImportError:
        pass
    else:
        found["streamlink"] = by_streamlink
    if shutil.which("ffmpeg"):
        found["ffmpeg"] = by_ffmpeg
    return found


def struck(fault: str, recorder: str, room: Path) -> Outcome:
    """One recorder's outcome of one fault."""
    on_air = Broadcast(segments=segments(), window=WINDOW, per_poll=0, position=3, target=1)
    whole = list(on_air.segments)
    FAULTS[fault](on_air)
    room.mkdir(parents=True)
    with broadcasting(on_air) as server:
        return recorders()[recorder](server.url, room, whole)


@pytest.mark.timeout(900)
def test_faults_of_hls(tmp_path: Path) -> None:
    names = list(recorders())
    print(f"\n  complete segments of {COUNT:<20}" + "".join(f"{name:<22}" for name in names))
    outcomes: dict[tuple[str, str], Outcome] = {}
    with ThreadPoolExecutor(3 * len(names)) as pool:
        runs = {
            (fault, name): pool.submit(struck, fault, name, tmp_path / f"{at}-{name}")
            for at, fault in enumerate(FAULTS)
            for name in names
        }
        for fault in FAULTS:
            outcomes |= {(fault, name): runs[fault, name].result() for name in names}
            row = "".join(f"{outcomes[fault, name]!s:<22}" for name in names)
            print(f"  {fault:<41}{row}", flush=True)
    for fault in FAULTS:
        ours = outcomes[fault, "aircheck"]
        lost = 1 if fault == "one 404 for good" else 0
        assert (ours.segments, ours.repeats, ours.junk, ours.gaps) == (COUNT - lost, 0, 0, lost)


@pytest.mark.timeout(200)
def test_two_mirrors_that_each_lack_a_tenth(tmp_path: Path) -> None:
    """Side by side they are whole; whoever has one of them lacks its tenth."""
    lots = random.Random(20240813).sample(range(COUNT), COUNT // 5)
    lacking = {"a": lots[: COUNT // 10], "b": lots[COUNT // 10 :]}
    whole = segments()

    def lame(track: str) -> Broadcast:
        on_air = Broadcast(segments=list(whole), window=WINDOW, per_poll=0, position=3, target=1)
        for index in lacking[track]:
            on_air.fail(index, Fault(status=404), times=FOREVER)
        return on_air

    names = [name for name in recorders() if name != "aircheck"]
    rooms = {name: tmp_path / name for name in names}
    for room in rooms.values():
        room.mkdir()
    with (
        ThreadPoolExecutor(len(names) + 1) as pool,
        ExitStack() as airs,
    ):
        urls = {each: airs.enter_context(broadcasting(lame("a"))).url for each in names}
        pair = [airs.enter_context(broadcasting(lame(track))).url for track in "ab"]
        alone = {
            name: pool.submit(recorders()[name], urls[name], rooms[name], whole) for name in names
        }
        first, second = (SourceSpec(kind=SourceKind.STREAM, address=url) for url in pair)
        folder = launch.record(Archive(tmp_path), first, mirrors=[second], together=True)
        awaited(folder)
        peers = {name: each.result() for name, each in alone.items()}
    timeline = folder.timeline()
    tracks = {track: judged(stored(folder, track), whole) for track in "ab"}
    taken = [frame_digests(_taken(folder, each)) for each in cover.best(timeline)]
    together = [digest for digests in taken for digest in digests]
    print(f"\n  each of two mirrors lacks {COUNT // 10} of {COUNT}; aircheck, together: ", end="")
    print(f"{len(together) / (COUNT * FRAMES):.1%}; track a {tracks['a']}, track b {tracks['b']}; ",
          *(f"{name} with one of them {each};" for name, each in peers.items()))  # fmt: skip
    assert cover.missing(timeline) == ()
    assert together == [digest for item in whole for digest in frame_digests(item.data)]


def _taken(folder: SessionFolder, stretch: cover.Taken) -> bytes:
    """The chunks of a track that begin in a stretch."""
    pieces = []
    for part in folder.timeline().tracks[stretch.track].parts:
        data = (folder.path / part.file).read_bytes()
        pieces += [
            data[chunk.offset : chunk.offset + chunk.bytes]
            for chunk in part.chunks
            if stretch.from_s - 0.01 <= chunk.start_s < stretch.to_s - 0.01
        ]
    return b"".join(pieces)
