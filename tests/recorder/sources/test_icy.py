"""ICY metadata: audio comes out byte for byte, titles in their place, whatever the pieces."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.sources.icy import IcySplitter


def block(text: bytes) -> bytes:
    units = -(-len(text) // 16)
    return bytes([units]) + text.ljust(units * 16, b"\0")


def split(every: int, pieces: list[bytes]) -> list[bytes | str]:
    """What comes out, neighbouring audio joined."""
    splitter = IcySplitter({"icy-metaint": str(every)})
    items: list[bytes | str] = []
    for item in itertools.chain.from_iterable(splitter.feed(piece) for piece in pieces):
        if items and isinstance(item, bytes) and isinstance(items[-1], bytes):
            items[-1] += item
        else:
            items.append(item)
    return items


@given(
    every=st.integers(1, 40),
    audio=st.binary(max_size=200),
    titles=st.lists(st.sampled_from(["", "a", "It's 'on'; now", "Café " * 20]), min_size=1),
    cuts=st.lists(st.integers(0, 3_000), max_size=12),
)
def test_pieces_change_nothing(
    every: int, audio: bytes, titles: list[str], cuts: list[int]
) -> None:
    stream, expected = bytearray(), []
    turn = itertools.cycle(titles)
    for at in range(0, len(audio), every):
        part = audio[at : at + every]
        stream += part
        expected.append(part)
        if len(part) == every:
            title = next(turn)
            stream += block(f"StreamTitle='{title}';StreamUrl='';".encode())
            expected.append(title.strip())
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [bytes(stream[start:end]) for start, end in itertools.pairwise(edges)]
    assert split(every, pieces) == expected


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (b"StreamTitle='Plain';", ["Plain"]),
        (b"StreamTitle='No end'", ["No end"]),
        (b"StreamTitle='Don't; stop';StreamUrl='http://x';", ["Don't; stop"]),
        ("StreamTitle='Caf\u00e9';".encode("latin-1"), ["Caf\u00e9"]),
        (b"StreamTitle='';", [""]),
        (b"StreamUrl='x';", []),
        (b"\xff\xfe", []),
    ],
)
def test_titles(text: bytes, titles: list[str]) -> None:
    assert split(2, [b"ab" + block(text) + b"c"]) == (
        [b"ab", *titles, b"c"] if titles else [b"abc"]
    )


@pytest.mark.parametrize("value", [None, "", "0", "-5", "many", "9" * 30])
def test_without_a_usable_interval_all_is_audio(value: str | None) -> None:
    splitter = IcySplitter({} if value is None else {"icy-metaint": value})
    assert b"".join(item for item in splitter.feed(b"abc" * 99) if isinstance(item, bytes)) == (
        b"abc" * 99
    )
