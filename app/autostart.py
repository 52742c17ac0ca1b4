"""Goes on after a reboot: an entry that runs ``aircheck resume`` at each login.

Linux: a desktop entry in the user's autostart folder (the freedesktop.org Desktop Application
Autostart Specification); without a desktop a unit of the user's systemd, which runs at boot where
``loginctl enable-linger`` says so. macOS: a launch agent (launchd.plist(5)). Windows: a command
file in the user's Startup folder.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from recorder.errors import AircheckError, storage_error

_LABEL = "org.aircheck.resume"
_DESKTOP_ENTRY = """[Desktop Entry]
Type=Application
Name=Aircheck
Comment=Goes on with recordings that were scheduled or running
Exec={command}
Terminal=false
NoDisplay=true
X-GNOME-Autostart-enabled=true
"""
# The recorders outlive the command that starts them, so the unit's end must not end them.
_UNIT = """[Unit]
Description=Aircheck goes on with recordings that were scheduled or running
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
KillMode=process
ExecStart={command}

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file that makes the system run the command.

    Attributes:
        path: Where it lies.
        text: What it says.
        link: A link to it that switches it on, or None where it does by itself.
    """

    path: Path
    text: str
    link: Path | None = None

    @property
    def is_on(self) -> bool:
        """Whether it is there."""
        return (self.link or self.path).is_symlink() or (self.link or self.path).exists()


def switch_on(archive: Path) -> Entry:
    """Have open sessions of an archive gone on with at each login.

    Raises:
        AircheckError: This system has no such thing that is known.
        StorageError: The disk refuses.
    """
    entry = _entries(archive)[0]
    try:
        entry.path.parent.mkdir(parents=True, exist_ok=True)
        entry.path.write_text(entry.text, encoding="utf-8")
        if entry.link:
            entry.link.parent.mkdir(parents=True, exist_ok=True)
            entry.link.unlink(missing_ok=True)
            entry.link.symlink_to(entry.path)
    except OSError as error:
        raise storage_error(error, doing="writing the autostart entry") from error
    return entry


def switch_off() -> list[Path]:
    """Remove every such entry of this user.

    Returns:
        What was there.

    Raises:
        StorageError: The disk refuses.
    """
    there = [path for entry in _entries(Path()) for path in (entry.link, entry.path) if path]
    gone = [path for path in there if path.is_symlink() or path.exists()]
    try:
        for path in gone:
            path.unlink()
    except OSError as error:
        raise storage_error(error, doing="removing the autostart entry") from error
    return gone


def entry() -> Entry | None:
    """The entry that is there, with the text that it has, or None."""
    for known in _entries(Path()):
        if known.is_on:
            text = known.path.read_text(encoding="utf-8", errors="replace")
            return Entry(path=known.path, text=text, link=known.link)
    return None


def command(archive: Path) -> list[str]:
    """What is run: this Python, with this archive."""
    return [sys.executable, "-P", "-m", "app", "--archive", str(archive), "resume"]


def _entries(archive: Path) -> list[Entry]:
    """All kinds of entry that this system knows, the one that fits best first.

    Raises:
        AircheckError: It knows none.
    """
    line = command(archive)
    if sys.platform == "darwin":
        return [_launch_agent(line)]
    if sys.platform == "win32":
        return [_startup_file(line)]
    if sys.platform == "linux":
        return _on_linux(line)
    raise AircheckError(
        "This system has no autostart entry that Aircheck knows.",
        hint="Have 'aircheck resume' run at login in its own way.",
    )


def _on_linux(line: list[str]) -> list[Entry]:
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    units = config / "systemd" / "user"
    desktop = Entry(
        path=config / "autostart" / "aircheck.desktop",
        text=_DESKTOP_ENTRY.format(command=" ".join(map(_for_desktop, line))),
    )
    unit = Entry(
        path=units / "aircheck.service",
        text=_UNIT.format(command=" ".join(map(_for_systemd, line))),
        link=units / "default.target.wants" / "aircheck.service",
    )
    names = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP")
    has_desktop = any(os.environ.get(name) for name in names)
    return [desktop, unit] if has_desktop else [unit, desktop]


def _launch_agent(line: list[str]) -> Entry:
    values = {
        "Label": _LABEL,
        "ProgramArguments": line,
        "RunAtLoad": True,
        "AbandonProcessGroup": True,  # the recorders go on
    }
    return Entry(
        path=Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist",
        text=plistlib.dumps(values).decode(),
    )


def _startup_file(line: list[str]) -> Entry:
    roaming = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    startup = roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "Startup"
    silent = Path(line[0]).with_name("pythonw.exe")  # no console window
    words = subprocess.list2cmdline([str(silent), *line[1:]]).replace("%", "%%")
    return Entry(path=startup / "aircheck.cmd", text=f'@start "" {words}\r\n')


def _for_desktop(word: str) -> str:
    """A word of Exec: quoted as the Desktop Entry Specification has it, and that as a string."""
    quoted = "".join("\\" + sign if sign in '"`$\\' else sign for sign in word)
    return '"' + quoted.replace("\\", "\\\\").replace("%", "%%") + '"'


def _for_systemd(word: str) -> str:
    """A word of ExecStart; see systemd.service(5), 'Command lines'."""
    quoted = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + quoted.replace("%", "%%").replace("$", "$$") + '"'
