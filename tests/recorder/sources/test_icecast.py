"""A real icecast2, fed by a real ffmpeg: what was sent is what is stored, also across a cut."""

import io
import time
from hashlib import sha256
from pathlib import Path

import av
import pytest

from recorder.types import PlacedBy
from tests.parts import require
from tests.recorder.sources.test_http import Session
from tests.servers import Crowd, Feed, Icecast, Proxy

OUTPUTS = {
    "mp3": ["-c:a", "libmp3lame", "-b:a", "128k", "audio/mpeg", "mp3"],
    "aac": ["-c:a", "aac", "-b:a", "96k", "audio/aac", "adts"],
    "vorbis": ["-c:a", "libvorbis", "-q:a", "3", "application/ogg", "ogg"],
    "opus": ["-c:a", "libopus", "-ar", "48000", "application/ogg", "ogg"],
}


PAGE_S = {"mp3": 0.03, "vorbis": 1.03}
"""What arrives at once: a frame, a page."""


def packets_of(data: bytes) -> list[str]:
    """Hashes of the packets that libav finds: Icecast makes pages of its own out of Vorbis."""
    with av.open(io.BytesIO(data)) as container:
        return [sha256(bytes(packet)).hexdigest() for packet in container.demux() if packet.size]


def test_a_cut_shorter_than_the_burst_loses_and_repeats_nothing(tmp_path: Path) -> None:
    require("icecast2", "ffmpeg")
    with (
        Icecast(tmp_path) as icecast,
        Feed(icecast, tmp_path, OUTPUTS) as feed,
        Proxy(icecast.port) as proxy,
    ):
        sessions = {mount: Session(proxy.url(mount)) for mount in OUTPUTS}
        for session in sessions.values():
            session.wait_for(lambda sink: sink.end_s > 2.5)
        proxy.cut()
        for session in sessions.values():
            session.wait_for(lambda _, session=session: len(session.errors) > 3)
        proxy.mend()
        ends_s = {mount: session.sink.end_s for mount, session in sessions.items()}
        for mount, session in sessions.items():
            session.wait_for(lambda sink, mount=mount: sink.end_s > ends_s[mount] + 2.5)
        sinks = {mount: session.end() for mount, session in sessions.items()}
        feed.end()
        sent = {mount: feed.files[mount].read_bytes() for mount in OUTPUTS}
    for mount, sink in sinks.items():
        stored = packets_of(sink.parts[0].header + bytes(sink.written))
        all_sent = packets_of(sent[mount])
        first = all_sent.index(stored[0])
        assert all_sent[first : first + len(stored)] == stored, mount
        assert sink.gaps == [], mount
        placed_by = [run.placed_by for run in sink.runs]
        assert placed_by[0] is PlacedBy.FIRST
        assert set(placed_by[1:]) == {PlacedBy.EQUAL_BYTES}, mount
        assert sink.facts[0].headers["server"].startswith("Icecast")


def test_a_source_that_sends_the_same_again_after_its_death_is_stored_again(
    tmp_path: Path,
) -> None:
    """Started anew it plays the very same from the beginning; only the clock knows it is new."""
    require("icecast2", "ffmpeg")
    outputs = {mount: OUTPUTS[mount] for mount in ("mp3", "vorbis")}
    again = tmp_path / "again"
    again.mkdir()
    with Icecast(tmp_path) as icecast:
        with Feed(icecast, tmp_path, outputs):
            sessions = {mount: Session(icecast.url(mount)) for mount in outputs}
            for session in sessions.values():
                session.wait_for(lambda sink: sink.end_s > 4.0)
            ends = {mount: (it.sink.end_s, time.monotonic()) for mount, it in sessions.items()}
        with Feed(icecast, again, outputs) as feed:
            for session in sessions.values():
                session.wait_for(lambda sink: len(sink.runs) > 1)
            sinks = {}
            for mount, session in sessions.items():
                end_s = session.sink.end_s
                session.wait_for(lambda sink, end_s=end_s: sink.end_s > end_s + 1.5)
                elapsed_s = ends[mount][0] + time.monotonic() - ends[mount][1]
                sinks[mount] = session.end()
                assert sinks[mount].end_s == pytest.approx(elapsed_s, abs=1 + PAGE_S[mount]), mount
            feed.end()
    for mount, sink in sinks.items():
        stored = packets_of(sink.parts[-1].header + bytes(sink.parts[-1].data))
        sent = packets_of(feed.files[mount].read_bytes())
        assert sent.index(stored[0]) <= 1, mount  # libav reads no sound out of Vorbis' first
        assert sink.repeats == [], mount
        assert len(sink.gaps) == 1, mount


def test_a_server_that_is_restarted_under_load_costs_what_it_was_gone(tmp_path: Path) -> None:
    """All that was sent before and after is there, whole; between them is a gap of the clock's."""
    require("icecast2", "ffmpeg")
    outputs = {mount: OUTPUTS[mount] for mount in ("mp3", "aac")}
    again = tmp_path / "again"
    again.mkdir()
    with Icecast(tmp_path) as icecast, Proxy(icecast.port) as proxy:
        sessions = {}
        with Feed(icecast, tmp_path, outputs) as feed, Crowd(icecast.url("mp3"), 20) as crowd:
            for mount in outputs:
                sessions[mount] = Session(proxy.url(mount))
                sessions[mount].wait_for(lambda sink: sink.end_s > 4.0)
            icecast.kill()
            ends = {mount: (it.sink.end_s, time.monotonic()) for mount, it in sessions.items()}
            before = feed.files
            assert crowd.heard
        for session in sessions.values():
            session.wait_for(lambda _, session=session: len(session.errors) > 2)
        with (
            Icecast(again) as anew,
            Feed(anew, again, outputs) as feed,
            Crowd(anew.url("mp3"), 20) as crowd,
        ):
            proxy.move(anew.port)
            for session in sessions.values():
                session.wait_for(lambda sink: len(sink.runs) > 1, 30)
            sinks = {}
            for mount, session in sessions.items():
                end_s = session.sink.end_s
                session.wait_for(lambda sink, end_s=end_s: sink.end_s > end_s + 1.5, 30)
                elapsed_s = ends[mount][0] + time.monotonic() - ends[mount][1]
                sinks[mount] = session.end()
                # What sends, and what serves, is held up by a busy machine too.
                assert sinks[mount].end_s == pytest.approx(elapsed_s, abs=4.0), mount
            assert crowd.heard
            feed.end()
    for mount, sink in sinks.items():
        first, *_, last = sink.parts
        for part, file in ((first, before[mount]), (last, feed.files[mount])):
            stored, sent = packets_of(bytes(part.data)), packets_of(file.read_bytes())
            begin = sent.index(stored[0])
            assert sent[begin : begin + len(stored)] == stored, mount
        assert len(sink.gaps) == 1, mount


def test_the_mount_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    require("icecast2", "ffmpeg")
    with Icecast(tmp_path) as icecast:
        session = Session(icecast.url("mp3"))
        session.wait_for(lambda _: session.errors)
        with Feed(icecast, tmp_path, {"mp3": OUTPUTS["mp3"]}):
            session.wait_for(lambda sink: sink.end_s > 1.0)
            sink = session.end()
    assert getattr(session.errors[0], "status", None) == 404
    assert sink.end_s == pytest.approx(sum(chunk.duration_s for chunk in sink.chunks))
