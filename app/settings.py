"""What a person may set: one TOML file; the environment beats it, and flags beat both.

archive = "/media/tapes"    # the folder of session folders; AIRCHECK_ARCHIVE
models = "…"                # the folder of Whisper's models; AIRCHECK_MODELS
model = "base"              # which of them transcribes (one that suits the machine); AIRCHECK_MODEL
transcribe = true           # transcribe a session when it is sealed; AIRCHECK_TRANSCRIBE
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app import paths
from recorder.errors import AircheckError
from transcribe import suiting

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


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
    """

    archive: Path
    models: Path
    model: str = field(default_factory=suiting.model)
    transcribe: bool = True


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
        values = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The settings in {file} can't be read ({error}).",
            safe="Recordings are untouched.",
            hint="Mend the file, or move it away to start from the defaults.",
        ) from error
    known = {item.name for item in fields(Settings)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SettingsError(
            f"{file} sets {unknown[0]!r}, which is no setting.",
            hint=f"Settings are {', '.join(sorted(known))}.",
        )
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = {f"AIRCHECK_{item.name.upper()}": item.name for item in fields(Settings)}
    return {
        name: environment[variable] for variable, name in names.items() if environment.get(variable)
    }


def _settings(values: dict[str, Any]) -> Settings:
    if not isinstance(values.get("model", ""), str):
        raise SettingsError("The setting 'model' must be a model's name.")
    return Settings(
        archive=_folder("archive", values["archive"]),
        models=_folder("models", values["models"]),
        model=values.get("model") or suiting.model(),
        transcribe=_switch("transcribe", values.get("transcribe", True)),
    )


def _folder(name: str, value: Any) -> Path:
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise SettingsError(f"The setting {name!r} must be a folder's path.")
    return Path(value).expanduser().absolute()


def _switch(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in _TRUE | _FALSE:
        return str(value).lower() in _TRUE
    raise SettingsError(f"The setting {name!r} must be true or false, not {value!r}.")
