"""A real icecast2, fed by a real ffmpeg: what was sent is what is stored, also across a cut."""

import io
from hashlib import sha256
from pathlib import Path

import av
import pytest

from recorder.types import PlacedBy
from tests.parts import require
from tests.recorder.sources.test_http import Session
from tests.servers import Feed, Icecast, Proxy

OUTPUTS = {
    "mp3": ["-c:a", "libmp3lame", "-b:a", "128k", "audio/mpeg", "mp3"],
    "aac": ["-c:a", "aac", "-b:a", "96k", "audio/aac", "adts"],
    "vorbis": ["-c:a", "libvorbis", "-q:a", "3", "application/ogg", "ogg"],
    "opus": ["-c:a", "libopus", "-ar", "48000", "application/ogg", "ogg"],
}


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
