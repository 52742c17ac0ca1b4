"""What a person may set: one TOML file; the environment beats it, and flags beat both.

archive = "/media/tapes"    # the folder of session folders; AIRCHECK_ARCHIVE
models = "…"                # the folder of Whisper's models; AIRCHECK_MODELS
model = "base"              # which of them transcribes (one that suits the machine); AIRCHECK_MODEL
transcribe = true           # transcribe a session when it is sealed; AIRCHECK_TRANSCRIBE
language = "de"             # of the window's words (the system's); AIRCHECK_LANGUAGE
theme = "dark"              # light, dark or contrast (the system's); AIRCHECK_THEME
exports = "…"               # the folder that exports go to, unless told; AIRCHECK_EXPORTS
keep_days = 90              # sessions older go to the trash (0: never); AIRCHECK_KEEP_DAYS
keep_free_gb = 20           # while less is free, the oldest do (0: never); AIRCHECK_KEEP_FREE_GB
cookies = "browser:firefox" # for pages that need some, or a cookies.txt; AIRCHECK_COOKIES
trash_days = 30             # what lies longer in the trash is deleted (0: never); …_TRASH_DAYS
pre_roll = 30               # seconds of a chosen device kept before Record (0: none); …_PRE_ROLL
notify = true               # the desktop tells when a session goes live or breaks; …_NOTIFY
watched = ["~/Voice memos"] # folders whose files are imported; AIRCHECK_WATCHED, joined by ':'
tray = true                 # stay in the tray when the window is closed; AIRCHECK_TRAY

`save` changes the file and keeps its comments and its order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from app import paths
from recorder.archive import write_whole
from recorder.errors import AircheckError, storage_error
from recorder.types import LONGEST_PRE_ROLL_S
from transcribe import suiting

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_MOST_DIGITS = 6
THEMES = ("light", "dark", "contrast")


class SettingsError(AircheckError):
    """A setting that can't be read."""

    exit_status = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, resolved.

    Attributes:
        archive: Folder of the session folders.
        models: Folder of Whisper's models.
        model: Name of the one that transcribes; unless told, one that suits the machine.
        transcribe: Whether a sealed session is queued for transcription by itself.
        language: Of the window's words, as in ``de``; empty for the system's.
        theme: ``light``, ``dark`` or ``contrast``; empty for the system's.
        exports: Folder that the window exports to, unless told.
        keep_days: Sessions that are older go to the trash; 0 is never.
        keep_free_gb: While less of the disk is free, the oldest go to the trash; 0 is never.
        trash_days: What lies longer in the trash is deleted; 0 is never.
        cookies: Where the cookies are for pages that need some: a file's path or
            ``browser:NAME[:PROFILE]``; empty for none.
        pre_roll: Seconds of a chosen device that are kept before Record is pressed; 0 is none.
        notify: Whether the desktop tells that a session is live, broken, refused, over, ready.
        watched: Folders; what is put into them is imported, from when the window was open first.
        tray: Whether the window stays in the tray when it is closed, where there is one.
    """

    archive: Path
    models: Path
    model: str = field(default_factory=suiting.model)
    transcribe: bool = True
    language: str = ""
    theme: str = ""
    exports: Path = field(default_factory=paths.exports_folder)
    keep_days: int = 0
    keep_free_gb: int = 0
    trash_days: int = 0
    cookies: str = ""
    pre_roll: int = 0
    notify: bool = True
    watched: tuple[Path, ...] = ()
    tray: bool = True


Origin = Literal["default", "file", "environment"]
"""Who decides a setting's value."""


def load(
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    **flags: Any,
) -> Settings:
    """Read the settings.

    Args:
        file: Another file than the user's own.
        environment: Where ``AIRCHECK_*`` stands.
        **flags: Values from the command line, by name; None means 'not given'.

    Raises:
        SettingsError: The file or a value can't be read; it says which.
    """
    file = file or paths.settings_file()
    values: dict[str, Any] = {
        "archive": paths.default_archive(),
        "models": paths.models_folder(),
    }
    values |= _from_file(file)
    values |= _from_environment(environment)
    values |= {name: value for name, value in flags.items() if value is not None}
    return _settings(values)


def _from_file(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from error
    import tomllib  # noqa: PLC0415 (most people have no such file)

    try:
        values = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from error
    unknown = sorted(set(values) - set(_READERS))
    if unknown:
        raise _unknown(unknown[0], file)
    return values


def _unknown(name: str, file: Path) -> SettingsError:
    return SettingsError(
        f"{file} sets {name!r}, which is no setting.",
        hint=f"Settings are {', '.join(sorted(_READERS))}.",
    )


def _unreadable(file: Path, error: Exception) -> SettingsError:
    return SettingsError(
        f"The settings in {file} can't be read ({error}).",
        safe="Recordings are untouched.",
        hint="Mend the file, or move it away to start from the defaults.",
    )


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = {f"AIRCHECK_{item.name.upper()}": item.name for item in fields(Settings)}
    return {
        name: environment[variable] for variable, name in names.items() if environment.get(variable)
    }


def origins(
    *, file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> dict[str, Origin]:
    """Who decides each setting, by name.

    Raises:
        SettingsError: The file can't be read.
    """
    result: dict[str, Origin] = {item.name: "default" for item in fields(Settings)}
    result |= dict.fromkeys(_from_file(file or paths.settings_file()), "file")
    return result | dict.fromkeys(_from_environment(environment), "environment")


def save(changes: Mapping[str, Any], *, file: Path | None = None) -> None:
    """Change settings in the file; all else in it, comments too, stays as it is.

    Args:
        changes: New values by name; None takes a setting out, so that its default holds.
        file: Another file than the user's own.

    Raises:
        SettingsError: A value is no such setting's, or the file can't be read; it is as it was.
        StorageError: The disk refuses; the file is as it was.
    """
    import tomlkit  # noqa: PLC0415 (who only reads needs none)
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 (likewise)

    file = file or paths.settings_file()
    _from_file(file)  # refuses one that can't be read
    for name, value in changes.items():
        _refuse(name, value, file)
    try:
        document = tomlkit.parse(file.read_text("utf-8")) if file.exists() else tomlkit.document()
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(
            error, doing="writing the settings", safe="They are as they were."
        ) from error
    except TOMLKitError as error:
        raise _unreadable(file, error) from error
    for name, value in changes.items():
        if value is None:
            document.pop(name, None)
        else:
            document[name] = _storable(value)
    write_whole(file, tomlkit.dumps(document).encode())


def _refuse(name: str, value: Any, file: Path) -> None:
    """Refuse what could not be read again."""
    if name not in _READERS:
        raise _unknown(name, file)
    if value is not None:
        _READERS[name](name, value)


def _storable(value: Any) -> Any:
    """A value as TOML holds it."""
    if isinstance(value, Path):
        return str(value)
    return [_storable(item) for item in value] if isinstance(value, tuple | list) else value


def _settings(values: dict[str, Any]) -> Settings:
    read = _read(values)
    return Settings(**{name: value for name, value in read.items() if value != ""})


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _READERS[name](name, value) for name, value in values.items()}


def _folder(name: str, value: Any) -> Path:
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise SettingsError(f"The setting {name!r} must be a folder's path.")
    return Path(value).expanduser().absolute()


def _folders(name: str, value: Any) -> tuple[Path, ...]:
    listed = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(listed, list | tuple):
        raise SettingsError(f"The setting {name!r} must be a list of folders' paths.")
    return tuple(dict.fromkeys(_folder(name, each) for each in listed if each != ""))


def _switch(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in _TRUE | _FALSE:
        return str(value).lower() in _TRUE
    raise SettingsError(f"The setting {name!r} must be true or false, not {value!r}.")


def _name(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"The setting {name!r} must be a {name}'s name.")
    return value


def _theme(name: str, value: Any) -> str:
    if value not in ("", *THEMES):
        raise SettingsError(f"The setting {name!r} must be {', '.join(THEMES)} or empty.")
    return str(value)


def _cookies(name: str, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise SettingsError(f"The setting {name!r} must be a file's path or browser:NAME.")
    return value


def _amount(name: str, value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise SettingsError(f"The setting {name!r} must be a whole number from 0, not {value!r}.")
    return int(text)


def _seconds(name: str, value: Any) -> int:
    seconds = _amount(name, value)
    if seconds > LONGEST_PRE_ROLL_S:
        raise SettingsError(
            f"The setting {name!r} may be {LONGEST_PRE_ROLL_S:.0f} seconds at most."
        )
    return seconds


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "archive": _folder,
    "models": _folder,
    "model": _name,
    "transcribe": _switch,
    "language": _name,
    "theme": _theme,
    "exports": _folder,
    "keep_days": _amount,
    "keep_free_gb": _amount,
    "trash_days": _amount,
    "cookies": _cookies,
    "pre_roll": _seconds,
    "notify": _switch,
    "watched": _folders,
    "tray": _switch,
}
"""What reads each setting from TOML or from the environment."""
