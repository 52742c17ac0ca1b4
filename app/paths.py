"""Where Aircheck keeps things, by each system's own custom (platformdirs)."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "aircheck"


def default_archive() -> Path:
    """The archive's folder unless a setting says another: ``Aircheck`` in the user's music."""
    return platformdirs.user_music_path() / "Aircheck"


def settings_file() -> Path:
    """The one file of settings."""
    return platformdirs.user_config_path(_NAME, appauthor=False) / "settings.toml"


def models_folder() -> Path:
    """Where Whisper's models lie; shared by all archives."""
    return platformdirs.user_data_path(_NAME, appauthor=False) / "models"


def signing_key() -> Path:
    """The key that signs what is published; made on first use, for its owner alone."""
    return platformdirs.user_data_path(_NAME, appauthor=False) / "signing_key"


def window_state() -> Path:
    """What the window remembers from one time to the next: its size, its page."""
    return platformdirs.user_state_path(_NAME, appauthor=False) / "window.ini"


def jobs_folder() -> Path:
    """What long work is asked for, and how far it is (`app.jobs`)."""
    return platformdirs.user_state_path(_NAME, appauthor=False) / "jobs"


def clips_file() -> Path:
    """Clips of sessions that go on; each gets its proof when its session has ended."""
    return platformdirs.user_state_path(_NAME, appauthor=False) / "clips.json"


def exports_folder() -> Path:
    """Where the window puts exports, unless told."""
    return platformdirs.user_documents_path() / "Aircheck"


def presets_file() -> Path:
    """The ways of exporting that people gave a name."""
    return platformdirs.user_config_path(_NAME, appauthor=False) / "presets.json"
