"""The entry that goes on after a reboot, read as the system reads it, and run."""

import json
import plistlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import autostart

ODD = 'tapes "of" the 100% radio\\$HOME `x`'


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / ODD
    folder.mkdir()
    return folder


@pytest.fixture(params=["desktop", "systemd"])
def entry(
    request: pytest.FixtureRequest, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> autostart.Entry:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "desktop":
        monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    assert autostart.entry() is None
    return autostart.switch_on(archive)


def words(entry: autostart.Entry) -> list[str]:
    """The command as the system splits it."""
    line = next(line for line in entry.text.splitlines() if line.startswith("Exec"))
    value = line.partition("=")[2].replace("%%", "%").replace("$$", "$")
    if entry.path.suffix == ".desktop":
        value = value.replace("\\\\", "\\")  # the escapes of a desktop entry's strings come first
    quoted = re.findall(r'"((?:\\.|[^"\\])*)"', value)
    return [re.sub(r"\\(.)", r"\1", word) for word in quoted]


def test_it_runs_resume_on_this_archive(entry: autostart.Entry, archive: Path) -> None:
    command = words(entry)
    assert command == autostart.command(archive)
    done = subprocess.run(
        [*command, "--json"], capture_output=True, text=True, timeout=240, check=True
    )
    assert json.loads(done.stdout) == {"sessions": []}


def test_it_is_on_until_it_is_switched_off(entry: autostart.Entry, home: Path) -> None:
    found = autostart.entry()
    assert found is not None
    assert found == entry
    assert found.path.is_relative_to(home)
    assert autostart.switch_off()
    assert autostart.entry() is None
    assert autostart.switch_off() == []
    assert [path for path in home.rglob("*aircheck*") if path.is_file() or path.is_symlink()] == []


def test_a_unit_does_not_end_the_recorders_with_itself(entry: autostart.Entry) -> None:
    if entry.path.suffix == ".service":
        assert "KillMode=process" in entry.text
        assert entry.link is not None
        assert entry.link.resolve() == entry.path.resolve()


def test_a_launch_agent_on_macos(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    made = autostart.switch_on(archive)
    values = plistlib.loads(made.path.read_bytes())
    assert values["ProgramArguments"] == autostart.command(archive)
    assert values["RunAtLoad"]
    assert values["AbandonProcessGroup"]


def test_a_command_file_on_windows(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    made = autostart.switch_on(archive)
    assert made.path.suffix == ".cmd"
    assert "pythonw.exe" in made.text
    assert "100%% radio" in made.text
