"""A real icecast2 behind a wire that is cut: what Aircheck, streamlink and ffmpeg keep of it.

    make bench

MP3 of 128 kb/s with Icecast's default burst of 65,535 bytes, about four seconds. Each recorder has
a wire of its own, all are cut at once and for as long. A frame counts as lost when it was sent
between the first and the last one stored; one that is there again is a repeat, one that was never
sent is junk. At the end each is killed (kill -9): what lacks there was sent, and no file has it;
who gave up before lacks all since then.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from recorder import launch, recovery
from recorder.archive import Archive, SessionFolder
from recorder.frames import sniff
from recorder.types import SourceKind, SourceSpec
from tests.parts import require, wait_until
from tests.servers import Feed, Icecast, Proxy

MP3 = ["-c:a", "libmp3lame", "-b:a", "128k", "audio/mpeg", "mp3"]
FRAME_S = 1152 / 44_100
OUTAGES_S = (1.0, 3.0, 8.0)
BETWEEN_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a recorder has, of what was sent."""

    lost: int
    repeats: int
    junk: int
    end_s: float
    holes: tuple[int, ...]
    """How many frames lack, hole by hole."""
    gaps_s: tuple[float, ...] | None = None

    def __str__(self) -> str:
        return (
            f"{self.lost:4} frames lost ({self.lost * FRAME_S:6.3f} s), {self.repeats:4} repeated, "
            f"{self.junk:3} junk; {self.end_s:5.2f} s lack at the end{self._told()}"
        )

    def _told(self) -> str:
        """The holes beside the gaps that were journaled for them."""
        if self.gaps_s is None:
            return ""
        holes = ", ".join(f"{each * FRAME_S:.3f}" for each in self.holes) or "none"
        gaps = ", ".join(f"{each:.3f}" for each in self.gaps_s) or "none"
        return f"; holes of {holes} s, told as gaps of {gaps} s"


def frames_of(data: bytes) -> list[bytes]:
    parser = sniff("audio/mpeg", data, is_all=True)
    assert parser
    frames = parser.feed(data) + parser.finish()
    return [sha256(frame.data).digest() for frame in frames if frame.samples]


def kept(data: bytes, sent: list[bytes], gaps_s: tuple[float, ...] | None = None) -> Kept:
    """Compare what is stored with what was sent up to the kill."""
    stored = Counter(frames_of(data)) if data else Counter()
    known = {frame: number for number, frame in enumerate(sent)}
    numbers = sorted(known[frame] for frame in stored if frame in known)
    holes = [after - before - 1 for before, after in pairwise(numbers) if after > before + 1]
    return Kept(
        lost=sum(holes),
        holes=tuple(holes),
        repeats=sum(count - 1 for frame, count in stored.items() if frame in known),
        junk=sum(count for frame, count in stored.items() if frame not in known),
        end_s=(len(sent) - (numbers[-1] + 1 if numbers else 0)) * FRAME_S,
        gaps_s=gaps_s,
    )


def peers(url: str, room: Path) -> dict[str, tuple[Path, list[str]]]:
    """By name: the file and the command."""
    ffmpeg = ["ffmpeg", "-v", "fatal", "-nostdin", "-reconnect", "1", "-reconnect_streamed", "1"]
    ffmpeg += ["-reconnect_on_network_error", "1", "-reconnect_delay_max", "2", "-i", url]
    found = {"ffmpeg": (room / "f.mp3", [*ffmpeg, "-c", "copy", "-flush_packets", "1"])}
    found["ffmpeg"][1].append(str(found["ffmpeg"][0]))
    streamlink = Path(sys.executable).with_name("streamlink")
    if streamlink.exists() or shutil.which("streamlink"):
        target = room / "s.mp3"
        command = [str(streamlink), "--quiet", "--retry-streams", "1", "-o", str(target)]
        found["streamlink"] = (target, [*command, f"httpstream://{url}", "best"])
    return found


@pytest.mark.timeout(200)
def test_outages_of_icecast(tmp_path: Path) -> None:
    require("icecast2", "ffmpeg")
    with ExitStack() as cleanup:
        icecast = cleanup.enter_context(Icecast(tmp_path))
        feed = cleanup.enter_context(Feed(icecast, tmp_path, {"mp3": MP3}))
        wires = [cleanup.enter_context(Proxy(icecast.port)) for _ in range(3)]
        spec = SourceSpec(kind=SourceKind.STREAM, address=wires[0].url("mp3"))
        folder = launch.record(Archive(tmp_path / "archive"), spec)
        running: dict[str, tuple[Path, subprocess.Popen[bytes]]] = {}
        for wire, name in zip(wires[1:], ("ffmpeg", "streamlink"), strict=True):
            chosen = peers(wire.url("mp3"), tmp_path).get(name)
            if chosen:
                running[name] = (chosen[0], subprocess.Popen(chosen[1]))
        for outage_s in OUTAGES_S:
            threading.Event().wait(BETWEEN_S)
            for wire in wires:
                wire.cut()
            threading.Event().wait(outage_s)
            for wire in wires:
                wire.mend()
        threading.Event().wait(BETWEEN_S)
        holder = folder.holder()
        assert holder
        os.kill(holder.pid, signal.SIGKILL)
        for _, process in running.values():
            process.kill()
        feed.end()
        for _, process in running.values():
            process.wait()
        wait_until(lambda: folder.holder() is None)
        sent = frames_of(feed.files["mp3"].read_bytes())
    print(f"\n  cuts of {', '.join(f'{each:g} s' for each in OUTAGES_S)}; then kill -9", end="")
    recovery.recover(folder)
    print(f"\n    aircheck   {_ours(folder, sent)}", end="")
    for name, (file, _) in running.items():
        data = file.read_bytes() if file.exists() else b""
        print(f"\n    {name:<10} {kept(data, sent)}", end="")


def _ours(folder: SessionFolder, sent: list[bytes]) -> Kept:
    timeline = folder.timeline()
    data = b"".join((folder.path / part.file).read_bytes() for part in timeline.parts)
    gaps_s = tuple(gap.to_s - gap.from_s for gap in timeline.gaps)
    ours = kept(data, sent, gaps_s)
    assert ours.repeats == ours.junk == 0
    return ours
