"""Flags beat the environment, which beats the file; what can't be read says so."""

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
