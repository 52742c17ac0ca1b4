"""Packages with captions, and pages: what is in them, and that nothing in a text can run."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import page, publishing
from recorder import sign
from recorder.archive import SessionFolder
from recorder.errors import ExportError
from recorder.pieces import Gaps
from recorder.types import AudioFormat, Seconds
from recorder.verify import verify
from tests.recorder.builders import PartSpec, adts_part, build_session, encode, tone
from transcribe import captions, transcript
from transcribe.transcript import Segment, Transcript

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)> & \"q\" 'a'"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
FLAC = AudioFormat(container="flac", codec="flac", rate_hz=44_100, channels=1)


def talk(root: Path, *, text: str = "Good evening, café.") -> SessionFolder:
    """Three seconds, a gap of two, three more; a transcript with a line on each side."""
    folder = build_session(
        root,
        [adts_part(3.0), adts_part(3.0, start_s=5.0, hz=700)],
        title="A talk",
        markers=[(0.5, "Begin"), (6.0, HOSTILE)],
    )
    segments = (
        Segment(start_s=Seconds(0.5), end_s=Seconds(2.5), text=text, speaker="Ann"),
        Segment(start_s=Seconds(3.5), end_s=Seconds(4.5), text="Nobody heard this."),
        Segment(start_s=Seconds(6.0), end_s=Seconds(7.5), text="The cafe again."),
    )
    made_at = datetime(2024, 8, 14, tzinfo=UTC)
    transcript.store(
        folder, Transcript(model="demo", language="en", created_at=made_at, segments=segments)
    )
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return talk(tmp_path / "archive")


def names(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_package_holds_its_words(folder: SessionFolder, tmp_path: Path) -> None:
    package = publishing.unedited(folder, tmp_path / "package")[0]
    report = verify(package)
    assert report.ok
    assert report.signer == publishing.own_key()
    assert {"data/transcript/a-demo-en-1.json", "data/unedited.en.vtt"} <= set(names(package))
    lines = captions.read(package / "data" / "unedited.en.vtt").segments
    # In the file's own time, without the gap; and without what nobody can hear there.
    assert [line.text for line in lines] == ["Good evening, café.", "The cafe again."]
    assert lines[1].start_s == pytest.approx(4.0, abs=0.06)


def test_with_gaps_kept_captions_stay_where_they_are(folder: SessionFolder, tmp_path: Path) -> None:
    package = publishing.unedited(folder, tmp_path / "package", gaps=Gaps.KEEP)[0]
    lines = captions.read(package / "data" / "unedited.en.vtt").segments
    assert lines[-1].start_s == pytest.approx(6.0, abs=0.03)


def test_what_lies_beside_a_page(folder: SessionFolder, tmp_path: Path) -> None:
    info = replace(folder.info(), cover="cover.png")
    folder.write_info(info)
    (folder.path / "cover.png").write_bytes(PNG)
    written = publishing.publish_page(folder, tmp_path / "page")
    assert written[0] == tmp_path / "page" / "index.html"
    assert names(tmp_path / "page") == [
        "allowed_signers",
        "audio.en.vtt",
        "audio.m4a",
        "audio.m4a.proof.json",
        "audio.m4a.proof.json.sig",
        "cover.png",
        "index.html",
        "transcript.en.json",
    ]
    assert verify(tmp_path / "page" / "audio.m4a").ok
    said = verify(tmp_path / "page" / "audio.m4a", against=lambda _: folder.path)
    assert any("holds just the packets" in sentence for sentence in said.what_holds)
    key = sign.read_public((tmp_path / "page" / "allowed_signers").read_text())
    assert key == publishing.own_key()


def test_a_page_asks_nobody(folder: SessionFolder, tmp_path: Path) -> None:
    html = publishing.publish_page(folder, tmp_path / "page")[0].read_text("utf-8")
    links = re.findall(r'(?:src|href|action)="([^"]*)"', html)
    assert all(
        link.startswith(("#", "data:,")) or (tmp_path / "page" / link).is_file() for link in links
    )
    assert "default-src &#39;none&#39;" in html


def test_texts_are_escaped(tmp_path: Path) -> None:
    folder = talk(tmp_path / "archive", text=HOSTILE)
    info = replace(
        folder.info(),
        title=HOSTILE,
        host=HOSTILE,
        description=HOSTILE,
        rights=HOSTILE,
        consent=HOSTILE,
    )
    folder.write_info(info)
    html = publishing.publish_page(folder, tmp_path / "page")[0].read_text("utf-8")
    assert "<script>document" not in html
    assert "<img src=x" not in html
    assert html.count("<script") == 2  # what the page is about, and its own
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', html)
    assert data
    assert json.loads(data[1])["gaps"][0]["to_s"] == 5.0


def test_a_session_without_words_has_a_page_too(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive")
    html = publishing.publish_page(folder, tmp_path / "page")[0].read_text("utf-8")
    assert "There is no transcript." in html
    assert "No audio for 2.0 s: connection lost" in html


def test_a_page_says_what_browsers_may_not_play(folder: SessionFolder, tmp_path: Path) -> None:
    parts = [
        PartSpec(fmt=FLAC, chunks=[(encode(tone(2.0), FLAC.rate_hz, "flac"), 2.0)], start_s=at_s)
        for at_s in (0.0, 2.0)
    ]
    matroska = build_session(tmp_path / "archive", parts)
    html = publishing.publish_page(matroska, tmp_path / "flac")[0].read_text("utf-8")
    assert 'src="audio.mka"' in html
    assert "Safari and older Firefox don't play it" in html
    html = publishing.publish_page(folder, tmp_path / "page")[0].read_text("utf-8")
    assert "Matroska" not in html


def test_nothing_is_overwritten(folder: SessionFolder, tmp_path: Path) -> None:
    (tmp_path / "page").write_text("precious")
    with pytest.raises(ExportError, match="is there already"):
        publishing.publish_page(folder, tmp_path / "page")
    assert (tmp_path / "page").read_text() == "precious"
    first = publishing.publish_page(folder, tmp_path)
    assert first[0].parent.name == f"{folder.path.name}-page"
    with pytest.raises(ExportError, match="is there already"):
        publishing.publish_page(folder, tmp_path)


def test_a_page_that_fails_leaves_nothing(folder: SessionFolder, tmp_path: Path) -> None:
    (folder.audio / "a-000002.aac").unlink()
    with pytest.raises(Exception, match="a-000002"):
        publishing.publish_page(folder, tmp_path / "page")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (61.9, "01:01"), (3_600, "1:00:00"), (36_061, "10:01:01")]
)
def test_a_clock(seconds: float, text: str) -> None:
    assert page.clock(seconds) == text
