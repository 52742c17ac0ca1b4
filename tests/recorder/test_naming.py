"""Any text in, a name out that every system takes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.naming import exported, filled, safe

RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{n}{d}" for n in ("com", "lpt") for d in "0123456789¹²³"),
}


@given(text=st.text(alphabet=st.characters(), max_size=400), ascii_only=st.booleans())
def test_every_system_takes_it(*, text: str, ascii_only: bool) -> None:
    name = safe(text, suffix=".mp3", ascii_only=ascii_only)
    assert 4 < len(name.encode()) <= 255
    assert name.endswith(".mp3")
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert name[0] != "."
    assert name[-5] not in ". "
    assert name.partition(".")[0].strip().lower() not in RESERVED
    assert not ascii_only or name.isascii()
    assert safe(name.removesuffix(".mp3"), suffix=".mp3", ascii_only=ascii_only) == name


def test_the_file_system_takes_it(tmp_path: Path) -> None:
    for text in ("Überraschung, 100 % 'live'", "対談" * 200, "../../etc/passwd", "nul", ""):
        path = tmp_path / safe(text, suffix=".flac")
        path.write_bytes(b"")
        assert path.parent == tmp_path
        assert path.exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What now?", "What now-"),
        ("AC/DC: live", "AC-DC- live"),
        ("CON", "_CON"),
        ("com1.backup", "_com1.backup"),
        ("console", "console"),
        (" . dots ... ", "dots"),
        ("a\nb\tc", "a b c"),
        ("\ud800", "-"),
        ("...", "untitled"),
    ],
)
def test_what_is_refused_is_replaced(text: str, name: str) -> None:
    assert safe(text) == name


def test_ascii_keeps_what_it_can() -> None:
    assert safe("Café - Ωmega", ascii_only=True) == "Cafe - _mega"


def test_it_is_cut_between_letters() -> None:
    assert safe("e\u0308x" * 100, most_bytes=10) == "ëxëxëx"
    joined = "a\U0001f469\u200d\U0001f4bb"
    assert safe(joined, most_bytes=9) == "a"


def test_a_template() -> None:
    fields = {"title": "A talk", "n": "2"}
    assert filled("{n} {title}!", fields) == "2 A talk!"
    with pytest.raises(ValueError, match=r"\{artist\} is no field.*\{title\}, \{n\}"):
        filled("{artist}", fields)


def test_what_is_exported_is_called_after_its_session_its_stretch_and_what_it_is() -> None:
    assert exported("2024-08-13-talk-01J5") == "2024-08-13-talk-01J5"
    assert exported("talk", "page") == "talk-page"
    stretch = (59.9, 36_061.0)
    assert exported("talk", stretch=stretch) == "talk-00h00m59s-10h01m01s"
    assert exported("talk", "edited", stretch=stretch) == "talk-00h00m59s-10h01m01s-edited"
