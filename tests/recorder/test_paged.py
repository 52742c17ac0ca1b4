"""Ogg's pages laid end to end: the very same packets, in one stream whose time runs on."""

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import continuous, ogg, paged, remuxed
from recorder.archive import SessionFolder
from recorder.decode import decode_file
from recorder.frames import OggParser, ogg_checksum
from recorder.pieces import Gaps, Piece
from recorder.tags import Tags
from recorder.types import AudioFormat
from tests.recorder.builders import PartSpec, build_session, encode, tone

RATE_HZ = 48_000
CODECS = ["opus", "vorbis", "flac"]


def part(codec: str, hz: float = 440, *, seconds: float = 4.0) -> PartSpec:
    """A tone in chunks of pages, as a recorder journals them."""
    samples = np.repeat(tone(seconds, RATE_HZ, hz), 2, axis=1)
    parser = OggParser()
    found = parser.feed(encode(samples, RATE_HZ, "ogg", codec))
    header = b"".join(frame.data for frame in found if frame.is_header)
    chunks = [(frame.data, float(frame.duration_s)) for frame in found if not frame.is_header]
    fmt = AudioFormat(container="ogg", codec=codec, rate_hz=RATE_HZ, channels=2)
    return PartSpec(fmt=fmt, header=header, chunks=chunks)


def pieces(folder: SessionFolder) -> list[Piece]:
    return [Piece(part=each, chunks=each.chunks, is_whole=True) for each in folder.timeline().parts]


def stamped(data: bytes, granule: int, serial: int = 7, number: int = 0) -> bytes:
    """Pages that all end at one time, as `ogg.stamp` writes them."""
    held = np.frombuffer(data, np.uint8).copy()
    found = ogg.pages(held)
    assert found is not None
    ogg.stamp(
        held,
        found.at,
        found.sizes,
        flags=found.flags,
        granules=np.full(len(found), granule, np.int64),
        serial=serial,
        first_number=number,
    )
    return held.tobytes()


packets = st.lists(st.binary(max_size=700) | st.just(bytes(66_000)), min_size=1, max_size=8)


@given(held=packets, granule=st.integers(-1, 2**63 - 1), number=st.integers(0, 2**32 - 100))
def test_a_new_header_has_the_checksum_that_the_whole_page_gives(
    held: list[bytes], granule: int, number: int
) -> None:
    plain = ogg.paged(held, serial=1, number=0, granule=0)
    assert ogg.packets_of(plain) == held
    after = stamped(plain, granule, serial=0xDEAD_BEEF, number=number)
    found = ogg.pages(np.frombuffer(after, np.uint8))
    assert found is not None
    assert (found.granules == granule).all()
    assert (found.serials == 0xDEAD_BEEF).all()
    assert found.numbers.tolist() == list(range(number, number + len(found)))
    for at, size in zip(found.at.tolist(), found.sizes.tolist(), strict=True):
        page = after[at : at + size]
        assert ogg_checksum(page) == page[22:26]


@pytest.mark.parametrize("data", [b"", b"OggS", b"OggS" + bytes(23) + b"x", b"x" * 100])
def test_what_is_no_page_is_none(data: bytes) -> None:
    assert ogg.pages(np.frombuffer(data, np.uint8)) is None


@pytest.mark.parametrize("codec", CODECS)
def test_pages_become_those_of_one_stream(tmp_path: Path, codec: str) -> None:
    folder = build_session(tmp_path, [part(codec), part(codec, 660), part(codec, 880)])
    assert all(paged.of(folder.path, piece) for piece in pieces(folder))
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    data = made.path.read_bytes()
    found = ogg.pages(np.frombuffer(data, np.uint8))
    assert found is not None
    assert len(set(found.serials.tolist())) == 1
    assert found.numbers.tolist() == list(range(len(found)))
    assert np.flatnonzero(found.flags & ogg.FIRST).tolist() == [0]
    assert np.flatnonzero(found.flags & ogg.LAST).tolist() == [len(found) - 1]
    assert (np.diff(found.granules[found.granules >= 0]) >= 0).all()
    counted = OggParser().feed(data)  # its pages count where their checksums hold
    assert all(frame.format for frame in counted)
    sound = [frame for frame in counted if not frame.is_header]
    before = [
        chunk for each in (part(codec), part(codec, 660), part(codec, 880)) for chunk in each.chunks
    ]
    assert [frame.data[27:] for frame in sound] == [data[27:] for data, _ in before]
    # Opus's priming and padding sound at the seams, and Vorbis's packets overlap there.
    assert made.duration_s == pytest.approx(12.0, abs=0.1)
    assert sum(span.duration_s for span in made.spans) == pytest.approx(made.duration_s)


@pytest.mark.parametrize("codec", CODECS)
def test_what_it_plays_is_what_ffmpegs_muxer_would_write(tmp_path: Path, codec: str) -> None:
    folder = build_session(tmp_path, [part(codec), part(codec, 660)])
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    materials = [remuxed.of(folder.path, piece) for piece in pieces(folder)]
    other = remuxed.write(folder.path, materials, tmp_path / "other", Gaps.CUT, Tags())
    ours, theirs = (
        np.concatenate([block.samples for block in decode_file(each.path)])
        for each in (made, other)
    )
    assert ours.tobytes() == theirs.tobytes()
    assert made.duration_s == pytest.approx(other.duration_s, abs=0.05)


def test_a_stream_that_was_joined_in_its_middle_begins_at_0(tmp_path: Path) -> None:
    first = part("opus", seconds=6.0)
    late = replace(first, chunks=[*first.chunks[3:]])
    folder = build_session(tmp_path, [late, part("opus", 660)])
    assert all(paged.of(folder.path, piece) for piece in pieces(folder))
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    told_s = folder.timeline().duration_s
    assert made.spans[0].at_s == 0
    assert made.duration_s == pytest.approx(told_s, abs=0.05)


def test_a_lost_page_goes_through_ffmpeg(tmp_path: Path) -> None:
    whole = part("opus")
    lossy = replace(whole, chunks=[whole.chunks[0], *whole.chunks[2:]])
    folder = build_session(tmp_path, [whole, lossy])
    materials = [paged.of(folder.path, piece) for piece in pieces(folder)]
    assert [material is None for material in materials] == [False, True]
    made = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u")
    assert len(made) == 1  # and all of it, so that it stays one file
    assert made[0].duration_s == pytest.approx(folder.timeline().duration_s, abs=0.1)


def test_a_changed_page_goes_through_ffmpeg(tmp_path: Path) -> None:
    whole = part("opus")
    data = bytearray(whole.chunks[0][0])
    data[-1] ^= 1
    folder = build_session(
        tmp_path, [replace(whole, chunks=[(bytes(data), whole.chunks[0][1]), *whole.chunks[1:]])]
    )
    assert paged.of(folder.path, pieces(folder)[0]) is None


def test_a_stock_tool_reads_it_without_a_word(tmp_path: Path) -> None:
    """A stock tool reads it to the end without a word."""
    late = replace(part("opus", 660), start_s=7.0)
    folder = build_session(tmp_path, [part("opus"), late])
    (made,) = continuous.write(folder.path, folder.timeline().parts, tmp_path / "u", gaps=Gaps.KEEP)
    said = subprocess.run(
        ["ffmpeg", "-v", "warning", "-xerror", "-i", str(made.path), "-f", "null", "-"],
        capture_output=True,
        check=True,
    )
    assert said.stderr == b""
