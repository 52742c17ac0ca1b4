"""trash, retain, usage, check, move: as people and programs see them."""

import json
from pathlib import Path

import pytest

from app import settings
from recorder.archive import Archive, SessionFolder
from tests.app.cli.running import Aircheck, runner
from tests.recorder.builders import adts_part, build_session


@pytest.fixture
def archive(tmp_path: Path, home: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def aircheck(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Aircheck:
    return runner(archive.root, capsys)


@pytest.fixture
def folder(archive: Archive) -> SessionFolder:
    return build_session(archive.root, [adts_part(0.5)], title="A talk")


def test_put_list_restore_empty(aircheck: Aircheck, folder: SessionFolder) -> None:
    status, said = aircheck("trash", "put", folder.id[-6:])
    assert (status, "A talk is in the trash" in said, "trash restore" in said) == (0, True, True)
    assert folder.id[-8:] in aircheck("trash")[1]
    assert "No session" in aircheck("sessions")[1]
    assert "A talk is back" in aircheck("trash", "restore")[1]
    assert aircheck("trash", "restore")[0] == 3
    status, said = aircheck("trash", "put", folder.id, "--json")
    (trashed,) = json.loads(said)["trashed"]
    assert trashed["id"] == folder.id
    assert aircheck("trash", "empty")[0] == 2  # nobody is there to be asked
    assert json.loads(aircheck("trash", "empty", "--older-than", "1d", "--json")[1]) == {
        "deleted": []
    }
    assert json.loads(aircheck("trash", "empty", "--yes", "--json")[1]) == {"deleted": [folder.id]}
    told = [line["what"] for line in json.loads(aircheck("trash", "log", "--json")[1])["removals"]]
    assert told == ["thrown away", "brought back", "thrown away", "deleted"]


def test_what_records_stays(aircheck: Aircheck, folder: SessionFolder) -> None:
    with folder.hold():
        status, said = aircheck("trash", "put", folder.id)
    assert status == 1
    assert "a process is at work on it" in said
    assert folder.path.exists()


def test_rules_are_rehearsed_first(
    aircheck: Aircheck, folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No rule is set" in aircheck("retain")[1]
    settings.save({"keep_free_gb": 999_999})
    assert "1 session" in aircheck("retain", "--dry-run")[1]
    assert folder.path.exists()
    status, said = aircheck("retain", "--json")
    (gone,) = json.loads(said)["trashed"]
    assert (status, gone["id"], gone["why"]) == (0, folder.id, "less than 999999 GB free")
    assert not folder.path.exists()
    monkeypatch.setenv("AIRCHECK_KEEP_DAYS", "soon")
    assert aircheck("retain")[0] == 2


def test_usage_adds_up(aircheck: Aircheck, folder: SessionFolder) -> None:
    told = json.loads(aircheck("usage", "--json")[1])
    assert told["sessions"][0]["id"] == folder.id
    assert told["bytes"] == sum(told["kinds"].values())
    assert "in all" in aircheck("usage", "--all")[1]


def test_bit_rot_ends_with_status_4(aircheck: Aircheck, folder: SessionFolder) -> None:
    status, said = aircheck("check")
    assert (status, "1 session checked" in said) == (0, True)
    (part,) = folder.audio.iterdir()
    part.write_bytes(part.read_bytes()[:-1] + b"!")
    status, said = aircheck("check", "--json", folder.id)
    told = json.loads(said)
    assert (status, told["ok"], told["problems"][0]["session"]) == (4, False, folder.id)
    assert "was changed in bytes" in aircheck("check")[1]
    assert aircheck("check", "nobody")[0] == 3


def test_the_archive_moves(
    aircheck: Aircheck, archive: Archive, folder: SessionFolder, tmp_path: Path
) -> None:
    settings.save({"archive": archive.root})
    with folder.hold():
        assert aircheck("move", str(tmp_path / "new"))[0] == 1
    assert aircheck("move", str(archive.root))[0] == 2
    status, said = aircheck("move", str(tmp_path / "new"))
    assert (status, "The settings name it" in said) == (0, True)
    assert [each.id for each in Archive(tmp_path / "new").folders()] == [folder.id]
    assert not archive.root.exists()


def test_watching_wants_folders(aircheck: Aircheck, tmp_path: Path) -> None:
    (tmp_path / "file.mp3").touch()
    assert aircheck("import", "--watch", str(tmp_path / "file.mp3"))[0] == 2


def test_a_watched_folder_that_is_not_there_is_said(
    aircheck: Aircheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.watching.watch", lambda *_, **__: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    (tmp_path / "here").mkdir()
    status, said = aircheck("import", "--watch", str(tmp_path / "here"), str(tmp_path / "none"))
    assert (status, said.count("isn't there yet")) == (0, 1)
