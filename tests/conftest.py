"""What every test stands on: a home of its own, no display, no proxy, steady properties."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Before the first import of Qt, which reads it once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is slow, not wrong; CI runs the same examples every time.
hypothesis.settings.register_profile(
    "aircheck", deadline=None, derandomize=bool(os.environ.get("CI")), database=None
)
hypothesis.settings.load_profile("aircheck")

_HOMES = {
    "HOME": "",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_RUNTIME_DIR": "run",
    "XDG_STATE_HOME": "state",
}


def _move_in(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Point every folder that a program may write to for its user at `home`."""
    for variable, folder in _HOMES.items():
        place = home / folder
        place.mkdir(mode=0o700, exist_ok=True)
        patch.setenv(variable, str(place))
    for variable in [name for name in os.environ if name.startswith("AIRCHECK_")]:
        if variable != "AIRCHECK_REQUIRE_PARTS":
            patch.delenv(variable)
    patch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="session", autouse=True)
def _session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures that outlive one test write here."""
    with pytest.MonkeyPatch.context() as patch:
        _move_in(tmp_path_factory.mktemp("home"), patch)
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test's own home folder, where its settings, caches and sockets go.

    Its path is short: that of a Unix socket may have 107 bytes.
    """
    folder = tmp_path_factory.mktemp("home")
    _move_in(folder, monkeypatch)
    return folder
