"""The command, run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.main import main

Aircheck = Callable[..., tuple[int, str]]
"""Runs the command; gives its exit status and what it printed."""


def runner(archive: Path, capsys: pytest.CaptureFixture[str]) -> Aircheck:
    """The command on an archive."""

    def run(*arguments: str) -> tuple[int, str]:
        try:
            main(["--archive", str(archive), *arguments])
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr().out
        return 0, capsys.readouterr().out

    return run
