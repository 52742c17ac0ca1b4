"""Labels: kept beside the evidence, merged over tracks, and where the talk starts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import labels
from recorder.archive import SessionFolder
from recorder.labels import Kind, Label, Labels, merged, talk_starts
from recorder.types import Seconds
from tests.recorder.builders import build_session

KINDS = {"s": Kind.SPEECH, "m": Kind.MUSIC, ".": Kind.SILENCE}


def labelled(pattern: str, step_s: float = 10.0) -> list[Label]:
    """``mm.ss`` as labels of ten seconds a letter; ``-`` has none."""
    found: list[Label] = []
    for number, letter in enumerate(pattern):
        if letter == "-":
            continue
        from_s, to_s = Seconds(number * step_s), Seconds((number + 1) * step_s)
        if found and found[-1].kind is KINDS[letter] and found[-1].to_s == from_s:
            from_s = found.pop().from_s
        found.append(Label(kind=KINDS[letter], from_s=from_s, to_s=to_s))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return build_session(tmp_path)


def test_they_are_kept_beside_the_evidence(folder: SessionFolder) -> None:
    before = folder.journal_path.read_bytes()
    made = Labels(
        labels=tuple(labelled("mm.sss")),
        talk_starts_s=Seconds(30.0),
        journal_bytes=labels.journal_bytes(folder),
    )
    assert labels.read(folder) is None
    labels.keep(folder, made)
    assert labels.read(folder) == made
    assert labels.is_current(made, folder)
    assert folder.journal_path.read_bytes() == before
    with folder.journal_path.open("ab") as file:
        file.write(b"\n")
    assert not labels.is_current(made, folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"format": 2}', b'{"format": 1, "labels": [{"label": "noise"}]}', b"\xff"],
)
def test_what_can_not_be_read_is_none(folder: SessionFolder, content: bytes) -> None:
    folder.derived.mkdir()
    (folder.derived / "labels.json").write_bytes(content)
    assert labels.read(folder) is None


@pytest.mark.parametrize(
    ("pattern", "starts_s"),
    [
        ("mmmm..ssssss", 60.0),  # music, silence, then the talk
        ("mmsmmmm..sssmss", 90.0),  # an announcement in between is no talk
        ("..s", 20.0),  # a short session to its end
        ("ssss", None),  # nothing before it
        ("mm..mm", None),
        ("smmmmm", None),
        ("mmmm", None),
        ("", None),
    ],
)
def test_talk_starts(pattern: str, starts_s: float | None) -> None:
    assert talk_starts(labelled(pattern)) == starts_s


def test_where_somebody_speaks_next() -> None:
    made = Labels(labels=tuple(labelled("mms.s-")), talk_starts_s=None, journal_bytes=0)
    assert made.next_speech_s(0.0) == 20.0
    assert made.next_speech_s(25.0) == 25.0
    assert made.next_speech_s(30.0) == 40.0
    assert made.next_speech_s(50.0) is None
    assert made.at(35.0) == Label(kind=Kind.SILENCE, from_s=Seconds(30), to_s=Seconds(40))
    assert made.at(55.0) is None


@given(
    tracks=st.lists(st.text(alphabet="sm.-", max_size=12), min_size=1, max_size=3),
)
def test_who_speaks_on_any_track_speaks(tracks: list[str]) -> None:
    found = merged([labelled(track) for track in tracks])
    length = max(map(len, tracks))
    padded = [track.ljust(length, "-") for track in tracks]
    expected = "".join(
        next((letter for letter in "sm." if letter in letters), "-")
        for letters in zip(*padded, strict=True)
    )
    assert list(found) == labelled(expected)
