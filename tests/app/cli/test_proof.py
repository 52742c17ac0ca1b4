"""export, verify, key and edit as they are typed."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import main
from recorder.archive import SessionFolder
from tests.app.test_publishing import PNG, talk


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return talk(tmp_path / "archive")


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def aircheck(folder: SessionFolder, *arguments: str | Path) -> Done:
    """The command, in this process."""
    said, complained, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            main(["--archive", str(folder.path.parent), *map(str, arguments)])
        except SystemExit as end:
            status = int(end.code or 0)
    return Done(status, said.getvalue(), complained.getvalue())


def answer(folder: SessionFolder, *arguments: str | Path) -> dict[str, object]:
    done = aircheck(folder, *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    values: dict[str, object] = json.loads(done.stdout)
    return values


def paths(values: dict[str, object]) -> list[Path]:
    files = values["files"]
    assert isinstance(files, list)
    return [Path(file) for file in files]


def test_a_package_and_its_verdict(folder: SessionFolder, tmp_path: Path) -> None:
    package, made = paths(
        answer(folder, "export", folder.id, "--as", "unedited", "--out", tmp_path)
    )
    assert made == package / "data" / "unedited.m4a"
    said = aircheck(folder, "verify", package)
    assert said.returncode == 0
    assert "That key is your own." in said.stdout
    assert said.stdout.endswith("It holds.\n")
    data = bytearray(made.read_bytes())
    data[-9] ^= 1
    made.write_bytes(data)
    done = aircheck(folder, "verify", package, "--json")
    assert done.returncode == 4
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["file"] == "data/unedited.m4a"
    assert 7.0 < problem["from_s"] < problem["to_s"] <= 8.1


def test_a_clip_is_checked_against_the_archive(folder: SessionFolder, tmp_path: Path) -> None:
    clip, proof, signature = paths(
        answer(
            folder, "export", folder.id, "--as", "unedited", "--from", "1", "--to", "0:02",
            "--out", tmp_path / "clips",
        )
    )  # fmt: skip
    assert (proof.name, signature.name) == (
        f"{clip.name}.proof.json",
        f"{clip.name}.proof.json.sig",
    )
    said = aircheck(folder, "verify", clip).stdout
    assert "holds just the packets of" in said
    package = paths(answer(folder, "export", folder.id, "--as", "unedited", "--out", tmp_path))[0]
    assert aircheck(folder, "verify", clip, "--against", package).returncode == 0
    other = talk(tmp_path / "other")
    done = aircheck(folder, "verify", clip, "--against", other.path)
    assert done.returncode == 4
    assert "is of another session" in done.stdout


def test_whose_signature_it_must_be(folder: SessionFolder, tmp_path: Path) -> None:
    package = paths(answer(folder, "export", folder.id, "--as", "unedited", "--out", tmp_path))[0]
    key = answer(folder, "key")
    (tmp_path / "mine.pub").write_text(str(key["public_key"]))
    assert aircheck(folder, "verify", package, "--signer", tmp_path / "mine.pub").returncode == 0
    (tmp_path / "other.pub").write_text(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    )
    done = aircheck(folder, "verify", package, "--signer", tmp_path / "other.pub")
    assert done.returncode == 4
    assert "is signed by another key" in done.stdout
    done = aircheck(folder, "verify", package, "--signer", package / "bagit.txt")
    assert done.returncode == 2


def test_a_page(folder: SessionFolder, tmp_path: Path) -> None:
    page = paths(answer(folder, "export", folder.id, "--as", "page", "--out", tmp_path))[0]
    assert page.name == "index.html"
    assert aircheck(folder, "verify", page.with_name("audio.m4a")).returncode == 0
    done = aircheck(folder, "verify", page.parent)
    assert done.returncode == 0
    assert "audio.m4a: no byte changed" in done.stdout
    assert "Not checked, since no proof is of them: " in done.stdout
    page.with_name("audio.m4a").write_bytes(b"another")
    assert aircheck(folder, "verify", page.parent).returncode == 4


def test_what_there_is_no_proof_of_is_not_said_to_have_changed(
    folder: SessionFolder, tmp_path: Path
) -> None:
    (tmp_path / "talk.mp3").touch()
    done = aircheck(folder, "verify", tmp_path / "talk.mp3")
    assert done.returncode == 1
    assert "talk.mp3 can't be checked: there is no proof" in done.stdout
    assert "hold" not in done.stdout
    done = aircheck(folder, "verify", tmp_path / "talk.mp3", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["checked"] is False
    assert aircheck(folder, "verify", tmp_path.anchor).returncode == 1
    assert aircheck(folder, "verify", "").returncode == 2


def test_what_is_said_of_a_session_is_kept_and_carried(
    folder: SessionFolder, tmp_path: Path
) -> None:
    journal = folder.journal_path.read_bytes()
    (tmp_path / "mine.png").write_bytes(PNG)
    facts = answer(
        folder, "edit", folder.id, "--title", "Another [name]", "--host", "Ann",
        "--rights", "CC BY 4.0", "--consent", "Said yes", "--description", "About", "--tag", "x",
        "--tag", " y  z", "--tag", "x", "--tag", "", "--cover", tmp_path / "mine.png",
    )  # fmt: skip
    assert facts["tags"] == ["x", "y z"]
    shown = answer(folder, "show", folder.id)
    assert {name: shown[name] for name in facts} == facts
    words = aircheck(folder, "show", folder.id).stdout
    assert all(word in words for word in ("Ann", "CC BY 4.0", "Said yes", "About", "x, y z"))
    assert facts["title"] == "Another [name]"
    assert facts["cover"] == "cover.png"
    assert folder.journal_path.read_bytes() == journal
    assert (folder.path / "cover.png").read_bytes() == PNG
    package = paths(answer(folder, "export", folder.id, "--as", "unedited", "--out", tmp_path))[0]
    told = json.loads((package / "data" / "session.json").read_text("utf-8"))
    assert (told["rights"], told["consent"]) == ("CC BY 4.0", "Said yes")
    assert (package / "data" / "cover.png").read_bytes() == PNG
    assert '"title": "Another [name]"' in aircheck(folder, "sessions", "--json").stdout
    answer(folder, "edit", folder.id, "--no-cover", "--host", "")
    assert not (folder.path / "cover.png").exists()
    assert folder.info().host == ""
    assert folder.info().rights == "CC BY 4.0"


def test_a_title_is_never_empty(folder: SessionFolder) -> None:
    before = folder.info()
    done = aircheck(folder, "edit", folder.id, "--title", " ", "--host", "Ann")
    assert done.returncode == 2
    assert "It is called as it was." in done.stderr
    assert folder.info() == before
    assert answer(folder, "edit", folder.id, "--title", " A \n talk ")["title"] == "A talk"


def test_what_is_no_cover_changes_nothing(folder: SessionFolder, tmp_path: Path) -> None:
    before = folder.info()
    (tmp_path / "cover.png").write_text("a text")
    for cover in (tmp_path / "cover.png", tmp_path / "gone.png"):
        done = aircheck(folder, "edit", folder.id, "--title", "x", "--cover", cover)
        assert done.returncode == 1
        assert "The session is as it was." in done.stderr
    assert folder.info() == before


def test_captions_of_a_range(folder: SessionFolder, tmp_path: Path) -> None:
    (made,) = paths(
        answer(
            folder, "export", folder.id, "--as", "captions", "--format", "md", "--wall-clock",
            "--from", "5", "--out", tmp_path,
        )
    )  # fmt: skip
    text = made.read_text("utf-8")
    assert "The cafe again." in text
    assert "Good evening" not in text
    assert "00:42:06" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "ID", "--as", "page", "--from", "1"),
        ("export", "ID", "--as", "captions", "--gaps", "keep"),
        ("export", "ID", "--as", "unedited", "--format", "srt"),
        ("export", "ID", "--as", "unedited", "--from", "2", "--to", "1"),
        ("export", "ID", "--as", "unedited", "--from", "soon"),
        ("edit", "ID"),
        ("edit", "ID", "--no-cover", "--cover", "x"),
    ],
)
def test_wrong_use(folder: SessionFolder, arguments: tuple[str, ...]) -> None:
    done = aircheck(folder, *(folder.id if each == "ID" else each for each in arguments))
    assert done.returncode == 2
