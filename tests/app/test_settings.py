"""Flags beat the environment, which beats the file; what can't be read says so."""

import os
from pathlib import Path

import pytest

from app import paths, settings
from app.settings import SettingsError
from transcribe import suiting


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    found = settings.load(file=tmp_path / "none.toml", environment={})
    assert found.archive == paths.default_archive()
    assert found.transcribe is True
    assert found.model == suiting.model()


def test_flags_beat_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'archive = "/from/file"\nmodel = "tiny"\ntranscribe = false\n')
    environment = {"AIRCHECK_ARCHIVE": "/from/environment", "AIRCHECK_TRANSCRIBE": "yes"}
    found = settings.load(file=file, environment=environment)
    assert found.archive == Path("/from/environment")
    assert found.model == "tiny"
    assert found.transcribe is True
    flagged = settings.load(file=file, environment=environment, archive=Path("/flag"), model=None)
    assert flagged.archive == Path("/flag")
    assert flagged.model == "tiny"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("archive = [", "can't be read"),
        ("archive = 3", "must be a folder's path"),
        ('transcribe = "perhaps"', "must be true or false"),
        ("colour = 1", "'colour', which is no setting"),
        ("model = 3", "must be a model's name"),
    ],
)
def test_what_cannot_be_read_says_what_and_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings.load(file=write(tmp_path, text), environment={})


def test_a_home_is_understood(tmp_path: Path, home: Path) -> None:
    found = settings.load(file=write(tmp_path, 'archive = "~/tapes"'), environment={})
    assert found.archive == home / "tapes"


def test_a_change_keeps_what_else_is_in_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, '# my tapes\narchive = "/tapes"  # on the big disk\nmodel = "tiny"\n')
    settings.save({"model": "base", "transcribe": False, "language": "de"}, file=file)
    text = file.read_text("utf-8")
    assert text.startswith('# my tapes\narchive = "/tapes"  # on the big disk\nmodel = "base"\n')
    found = settings.load(file=file, environment={})
    assert (found.model, found.transcribe, found.language) == ("base", False, "de")


def test_a_setting_that_is_taken_out_has_its_default_again(tmp_path: Path) -> None:
    file = write(tmp_path, "transcribe = false\n")
    settings.save({"transcribe": None, "model": None}, file=file)
    assert settings.load(file=file, environment={}).transcribe is True
    assert settings.origins(file=file, environment={})["transcribe"] == "default"


def test_a_first_change_makes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.toml"
    settings.save({"archive": tmp_path / "tapes"}, file=file)
    assert settings.load(file=file, environment={}).archive == tmp_path / "tapes"


def test_a_value_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    file = write(tmp_path, "transcribe = false\n")
    with pytest.raises(SettingsError, match="must be true or false"):
        settings.save({"transcribe": "perhaps"}, file=file)
    with pytest.raises(SettingsError, match="no setting"):
        settings.save({"colour": "red"}, file=file)
    assert file.read_text("utf-8") == "transcribe = false\n"


def test_the_environment_is_named_as_who_decides(tmp_path: Path) -> None:
    file = write(tmp_path, 'model = "tiny"\narchive = "/tapes"\n')
    origins = settings.origins(file=file, environment={"AIRCHECK_MODEL": "base"})
    assert origins["model"] == "environment"
    assert origins["archive"] == "file"
    assert origins["transcribe"] == "default"


def test_watched_folders_are_a_list_or_joined_in_the_environment(tmp_path: Path) -> None:
    file, home = tmp_path / "settings.toml", Path.home()
    settings.save({"watched": ["/a", "~/b", "/a"]}, file=file)
    assert settings.load(file=file, environment={}).watched == (Path("/a"), home / "b")
    environment = {"AIRCHECK_WATCHED": os.pathsep.join(["/c", "/d"])}
    assert settings.load(file=file, environment=environment).watched == (Path("/c"), Path("/d"))
    with pytest.raises(SettingsError, match="list of folders"):
        settings.save({"watched": 3}, file=file)
