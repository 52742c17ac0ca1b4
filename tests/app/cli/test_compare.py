"""compare and complete, as a person calls them."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from app.cli.main import main
from recorder.archive import SessionFolder
from recorder.types import utc_now
from tests.recorder import programme
from tests.recorder.builders import encode
from tests.recorder.test_completing import other, ours, sound_of, talk
from transcribe import transcript
from transcribe.transcript import Segment, Transcript

Aircheck = Callable[..., tuple[int, dict[str, object]]]


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return ours(tmp_path / "archive")


@pytest.fixture
def aircheck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Aircheck:
    def run(*arguments: str) -> tuple[int, dict[str, object]]:
        status = 0
        try:
            main(["--archive", str(tmp_path / "archive"), *arguments, "--json"])
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr().out
        return status, json.loads(said) if said else {}

    return run


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of the files in `tmp_path`."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, directory=str(tmp_path), **kwargs)  # type: ignore[arg-type]

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="files", daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def edited(path: Path) -> Path:
    rate_hz = programme.RATE_HZ
    sound = np.concatenate([talk()[: 10 * rate_hz], talk()[13 * rate_hz :]])
    file = path / "edited.mp3"
    file.write_bytes(encode(sound[:, None], rate_hz, "mp3"))
    return file


def test_a_cut_is_told_with_the_words_that_it_took(
    aircheck: Aircheck, folder: SessionFolder, tmp_path: Path
) -> None:
    segment = Segment(start_s=10.2, end_s=12.9, text="the words that were cut")  # type: ignore[arg-type]
    transcript.store(
        folder,
        Transcript(model="made", language="en", created_at=utc_now(), segments=(segment,)),
    )
    picture = tmp_path / "both.svg"
    status, said = aircheck("compare", folder.id, str(edited(tmp_path)), "--picture", str(picture))
    assert status == 0
    assert said["verdict"] == "edited"
    [cut] = said["differences"]  # type: ignore[misc]
    assert cut["kind"] == "missing"
    assert cut["words"] == "the words that were cut"
    assert cut["from_s"] == pytest.approx(10.064, abs=0.05)
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 (our own)
    picture.write_text("mine")
    status, said = aircheck("compare", folder.id, "gone.mp3", "--picture", str(picture))
    assert (status, said["error"]["message"]) == (1, f"{picture} is there already.")  # type: ignore[index]
    assert picture.read_text() == "mine"


def test_an_unrelated_file_ends_with_status_3(
    aircheck: Aircheck, folder: SessionFolder, tmp_path: Path
) -> None:
    file = tmp_path / "else.mp3"
    file.write_bytes(encode(programme.talk(20, 99)[:, None], programme.RATE_HZ, "mp3"))
    assert aircheck("compare", folder.id, str(file))[0] == 3
    status, said = aircheck("complete", folder.id, "--from", str(file))
    assert (status, said["track"]) == (3, "")


def test_a_session_is_completed_from_an_address_and_that_is_undone(
    aircheck: Aircheck, folder: SessionFolder, tmp_path: Path, address: str
) -> None:
    source = other(tmp_path)
    status, said = aircheck("complete", folder.id, "--from", f"{address}/{source.name}?key=secret")
    assert (status, said["track"], said["gaps_left"]) == (0, "b", 0)
    assert b"secret" not in folder.journal_path.read_bytes()
    _, shown = aircheck("show", folder.id)
    assert [fill["by"] for fill in shown["fills"]] == ["b"]  # type: ignore[attr-defined]
    assert aircheck("verify", folder.id)[1]["ok"]
    status, again = aircheck("complete", folder.id, "--from", f"{address}/{source.name}")
    assert status == 1
    assert "filled already" in str(again)
    assert aircheck("complete", folder.id, "--undo")[1] == {"withdrawn": ["b"]}
    assert aircheck("show", folder.id)[1]["fills"] == []


def test_a_session_of_the_same_loss_fills_nothing(
    aircheck: Aircheck, folder: SessionFolder, tmp_path: Path
) -> None:
    there = ours(tmp_path / "there")
    status, said = aircheck("complete", folder.id, "--from", str(sound_of(there)))
    assert (status, said["track"], said["fills"], said["gaps_left"]) == (3, "", [], 1)
    assert len(said["lacking"]) == 1  # type: ignore[arg-type]


def test_wrong_use_is_said(aircheck: Aircheck, folder: SessionFolder) -> None:
    assert aircheck("complete", folder.id, "--from", folder.id)[0] == 2
    assert aircheck("complete", folder.id)[0] == 2
    assert aircheck("compare", folder.id, "nothing-of-the-kind")[0] == 3
