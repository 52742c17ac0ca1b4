"""Any title survives, and no title makes a name that a disk, a package or Windows refuses."""

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import keeping, publishing
from app.importing import import_paths
from recorder import export, trash
from recorder.archive import Archive
from recorder.types import Seconds, utc_now
from recorder.verify import verify
from tests.recorder.builders import adts_part, build_session, encode, tone
from transcribe import captions, index, search, transcript
from transcribe.transcript import Segment, Transcript

TITLES = {
    "a device": "CON",
    "a device with a suffix": "nul.mp3",
    "long": "Gespräch " * 600,
    "pictures": "🎙️👩‍👩‍👧 " * 60,
    "a way out": "../../etc/passwd",
    "another way out": "..\\..\\boot.ini",
    "dots": "...",
    "an end that Windows drops": "talk. ",
    "lines": "one\ntwo\ttab\x00null\x1b[2J",
    "right to left": "\u202egpj.exe שלום",
    "half a letter": "half \ud800 of it",
    "one letter, two ways": "e\u0301 é ﷺ",
    "an option": "--help",
    "all that is refused": '<>:"/\\|?*',
    "nothing": "",
}
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


def names(root: Path) -> Iterator[str]:
    for _, folders, files in os.walk(root):
        yield from (*folders, *files)


def is_fine(name: str) -> bool:
    """Whether every system takes a name."""
    return (
        0 < len(name.encode()) <= 255
        and not _RESERVED.fullmatch(name)
        and not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        and not name.endswith((" ", "."))
    )


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
def test_a_title_goes_everywhere_and_names_nothing_bad(title: str, tmp_path: Path) -> None:
    archive, out = Archive(tmp_path / "archive"), tmp_path / "out"
    folder = build_session(
        archive.root, [adts_part(2.0)], title=title, markers=[(1.0, title or "x")]
    )
    kept = title.encode(errors="replace").decode()
    assert folder.info().title == kept
    said = Segment(start_s=Seconds(0), end_s=Seconds(1), text="lions asleep")
    text = Transcript(track="a", model="m", language="en", segments=(said,), created_at=utc_now())
    transcript.store(folder, text)
    package, *_ = publishing.unedited(folder, out / "package")
    publishing.publish_page(folder, out / "page")
    export.clip(folder, out / "clips", from_s=0, to_s=1)
    captions.export(folder, out / "captions", fmt="srt")
    assert verify(package).ok
    assert all(name.isascii() for name in names(package))
    told = json.loads((package / "data" / "session.json").read_bytes())
    assert told["title"] == kept
    with contextlib.closing(index.ready(archive)) as opened:
        (hit,) = search.search(opened, "lions").hits
    assert hit.title == kept.replace("\0", "")  # which SQLite would end a text at
    (outcome,) = keeping.put(archive, [folder])
    assert outcome.trashed
    assert outcome.trashed.title == kept
    assert all(map(is_fine, names(tmp_path)))
    assert trash.restore(archive, folder.id).info().title == kept


@pytest.mark.parametrize(
    "name",
    [
        "ж" * 125 + ".mp3",  # 254 bytes
        "🎙️ \u202e.mp3",
        "con.mp3",
        "-rf.mp3",
        " .mp3",
        "line\nline.mp3",
        os.fsdecode(b"latin \xe9.mp3"),
    ],
)
def test_a_file_of_any_name_is_imported(name: str, tmp_path: Path) -> None:
    archive, place = Archive(tmp_path / "archive"), tmp_path / "in"
    place.mkdir()
    (place / name).write_bytes(encode(tone(1.0), 44_100, "mp3"))
    (outcome,) = import_paths(archive, [place])
    assert outcome.session, outcome.problem
    folder = archive.find(outcome.session)
    assert folder.info().title == Path(name).stem.encode(errors="replace").decode()
    assert verify(folder.path).ok
    package, *_ = publishing.unedited(folder, tmp_path / "out")
    assert verify(package).ok
    assert all(map(is_fine, names(archive.root)))
    assert all(name.isascii() for name in names(package))
