"""The process that compares and completes beside the window."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recorder import pyramid
from tests.app.cli.test_compare import edited
from tests.recorder.test_completing import other, ours

ROOT = Path(__file__).parents[2]


def run(*args: object) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run(
        [sys.executable, "-m", "app.alongside", *map(str, args)],
        capture_output=True, text=True, timeout=110, check=False, cwd=ROOT,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_it_tells_how_far_it_is_and_then_what_differs(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    peaks = tmp_path / "theirs.peaks"
    status, lines = run(tmp_path / "archive", folder.id, edited(tmp_path), "--peaks", peaks)
    assert status == 0
    *progress, last = lines
    shares = [line["done"] for line in progress]
    assert shares == sorted(shares)
    assert last["compared"]["verdict"] == "edited"
    assert last["compared"]["differences"][0]["kind"] == "missing"
    theirs = pyramid.load(peaks)
    assert theirs is not None
    assert theirs.end_s > 10


def test_it_completes_and_says_how_much(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    status, lines = run(tmp_path / "archive", folder.id, other(tmp_path).path, "--complete")
    assert status == 0
    done = lines[-1]["completed"]
    assert (done["track"], done["gaps_left"]) == ("b", 0)
    assert done["filled_s"] == pytest.approx(
        sum(gap.to_s - gap.from_s for gap in folder.timeline().gaps), abs=0.05
    )


def test_what_goes_wrong_is_a_sentence(tmp_path: Path) -> None:
    folder = ours(tmp_path / "archive")
    status, lines = run(tmp_path / "archive", folder.id, "nothing-of-the-kind")
    assert status == 1
    assert "nothing-of-the-kind" in lines[-1]["error"]["happened"]
