"""Every door and form makes what it says, and nothing is overwritten."""

from pathlib import Path

import av
import pytest

from app import exporting
from app.exporting import Order
from recorder.archive import SessionFolder
from recorder.errors import ExportError
from recorder.verify import verify
from tests.app.test_publishing import talk
from tests.recorder.builders import build_session
from transcribe.writing import WITH_WALL_CLOCK


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return talk(tmp_path / "archive")


def test_a_package_is_told_of_as_it_grows(folder: SessionFolder, tmp_path: Path) -> None:
    shares: list[float] = []
    made = exporting.export(folder, Order(), tmp_path / "out", on_progress=shares.append)
    assert verify(made[0]).ok
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_nothing_is_overwritten(folder: SessionFolder, tmp_path: Path) -> None:
    for form in exporting.UNEDITED_FORMS:
        order = Order(form=form)
        first = exporting.export(folder, order, tmp_path / form)[0]
        second = exporting.export(folder, order, tmp_path / form)[0]
        assert first != second
        assert first.exists()
        assert second.exists()


def test_a_quote_has_its_captions_in_its_own_time_and_its_citation(
    folder: SessionFolder, tmp_path: Path
) -> None:
    order = Order(form="file", from_s=5.5, to_s=8.0, has_words=True)
    made = exporting.export(folder, order, tmp_path / "out")
    kinds = ["".join(path.suffixes[-2:]) for path in made]
    assert kinds == [".m4a", ".proof.json", ".json.sig", ".en.vtt", ".citation.txt"]
    captions = made[3].read_text("utf-8")
    assert "The cafe again." in captions
    assert "00:00:00.6" in captions  # of the clip, which begins with a packet just before
    citation = made[4].read_text("utf-8")
    assert "“The cafe again.”" in citation
    assert "SHA-256" in citation
    assert verify(made[0], against=lambda _: folder.path).ok


def test_a_quote_without_a_transcript_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = build_session(tmp_path / "archive")
    out = tmp_path / "out"
    with pytest.raises(ExportError, match="no transcript yet"):
        exporting.export(folder, Order(form="file", has_words=True), out)
    assert not out.exists()


def test_a_stretch_where_nobody_speaks_has_no_citation(
    folder: SessionFolder, tmp_path: Path
) -> None:
    order = Order(form="file", from_s=5.1, to_s=5.9, has_words=True)
    names = [path.name for path in exporting.export(folder, order, tmp_path / "out")]
    assert not [name for name in names if name.endswith("citation.txt")]


@pytest.mark.parametrize("form", exporting.TEXT_FORMS)
def test_text_in_every_form(folder: SessionFolder, tmp_path: Path, form: str) -> None:
    made = exporting.export(folder, Order(door="text", form=form), tmp_path / "out")
    assert [path.suffix for path in made] == [f".{form}"]
    assert "café" in made[0].read_text("utf-8")


def test_the_time_of_day_stands_in_markdown(folder: SessionFolder, tmp_path: Path) -> None:
    order = Order(door="text", form="md", wall_clock=True)
    text = exporting.export(folder, order, tmp_path)[0].read_text("utf-8")
    started_at = folder.summary().started_at
    assert started_at is not None
    assert f"{started_at:%Y-%m-%d %H:%M}" in text


def test_an_order_is_read_as_it_was_written() -> None:
    order = Order(door="text", form="vtt", from_s=1.5, loudness_lufs=-16.0)
    assert Order.from_json(order.to_json()) == order
    assert Order.from_json({**order.to_json(), "of a later version": 1}) == order


def test_an_unknown_form_is_misuse(folder: SessionFolder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no unedited form"):
        exporting.export(folder, Order(form="zip"), tmp_path)
    with pytest.raises(ValueError, match="no edited form"):
        exporting.export(folder, Order(door="edited", form="aiff"), tmp_path)
    with pytest.raises(ValueError, match="no form of text"):
        exporting.export(folder, Order(door="text", form="doc"), tmp_path)


@pytest.mark.parametrize("form", exporting.EDITED_FORMS)
def test_edited_sound_says_that_it_is_edited(
    folder: SessionFolder, tmp_path: Path, form: str
) -> None:
    order = Order(door="edited", form=form, fade_in_s=0.5, channels=1, rate_hz=48_000)
    shares: list[float] = []
    made = exporting.export(folder, order, tmp_path, on_progress=shares.append)
    assert [path.suffix for path in made] == [f".{form}"]
    assert shares[-1] == 1.0
    assert exporting.export(folder, order, tmp_path)[0] != made[0]  # nothing is overwritten
    with av.open(str(made[0])) as file:
        said = {**file.metadata, **file.streams.audio[0].metadata}
    assert "faded in for 0.5 s" in str(said)


@pytest.mark.parametrize("pieces", ["markers", "length:2"])
def test_a_session_in_pieces(folder: SessionFolder, tmp_path: Path, pieces: str) -> None:
    order = Order(door="edited", form="flac", pieces=pieces)
    made = exporting.export(folder, order, tmp_path)
    assert len(made) > 1
    assert {path.suffix for path in made} == {".flac"}
    again = exporting.export(folder, order, tmp_path)
    assert not set(again) & set(made)


@pytest.mark.parametrize("pieces", ["", "length:2"])
def test_sound_that_is_not_as_it_was_sealed_is_told(
    folder: SessionFolder, tmp_path: Path, pieces: str
) -> None:
    order, said = Order(door="edited", form="flac", pieces=pieces), list[str]()
    exporting.export(folder, order, tmp_path / "before", warn=said.append)
    assert said == []
    part = folder.path / folder.timeline().parts[0].file
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    assert exporting.export(folder, order, tmp_path / "after", warn=said.append)
    (sentence,) = said
    assert sentence.startswith(f"audio/{part.name} isn't as it was sealed")


@pytest.mark.parametrize(
    ("order", "name"),
    [
        (Order(), "unedited"),
        (Order(form="page"), "page"),
        (Order(form="file"), "unedited.m4a"),
        (Order(form="file", from_s=5.5), "00h00m05s-00h00m08s.m4a"),
        (Order(door="edited", form="flac"), "edited.flac"),
        (Order(door="edited", form="flac", from_s=5.5), "00h00m05s-00h00m08s-edited.flac"),
        (Order(door="edited", form="flac", pieces="length:2"), "length"),
    ],
)
def test_all_that_is_made_of_a_session_is_called_after_its_folder(
    folder: SessionFolder, tmp_path: Path, order: Order, name: str
) -> None:
    made = exporting.export(folder, order, tmp_path)
    assert made
    assert (tmp_path / f"{folder.path.name}-{name}").exists(), list(tmp_path.iterdir())


@pytest.mark.parametrize("form", exporting.CLOCK_FORMS)
def test_the_time_of_day_stands_wherever_it_is_offered(
    folder: SessionFolder, tmp_path: Path, form: str
) -> None:
    assert set(exporting.CLOCK_FORMS) == set(WITH_WALL_CLOCK)
    plain, told = (
        exporting.export(folder, Order(door="text", form=form, wall_clock=is_told), tmp_path)[0]
        for is_told in (False, True)
    )
    began = folder.timeline().started_at
    assert began
    assert plain != told, "a text is written over no other one"
    assert plain.read_text("utf-8") != told.read_text("utf-8")
    assert f"{began:%Y-%m-%d}" in told.read_text("utf-8")


def test_a_text_that_says_the_same_is_not_written_twice(
    folder: SessionFolder, tmp_path: Path
) -> None:
    order = Order(door="text", form="srt")
    first, second = (exporting.export(folder, order, tmp_path / "out") for _ in range(2))
    assert first == second
    assert list((tmp_path / "out").iterdir()) == first
