"""Real speech through the whole of the archive, with its samples compared."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import decode
from recorder.archive import Archive

SPEECH = Path(__file__).parents[2] / "data" / "jfk.flac"


def aircheck(archive: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "app", "--archive", str(archive), *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def samples_of(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.int32]]":
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate([frame.reshape(-1, 2) for frame in frames])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    archive = tmp_path_factory.mktemp("archive")
    lines = aircheck(archive, "record", str(SPEECH), "--json").splitlines()
    assert json.loads(lines[-1])["event"] == "done"
    return archive, json.loads(lines[0])["session"]


def test_a_recorded_file_is_kept_byte_for_byte(recorded: tuple[Path, str]) -> None:
    folder = Archive(recorded[0]).find(recorded[1])
    (part,) = folder.timeline().parts
    assert (folder.path / part.file).read_bytes() == SPEECH.read_bytes()
    aircheck(recorded[0], "verify", recorded[1])


def test_what_is_decoded_is_what_was_spoken(recorded: tuple[Path, str]) -> None:
    folder = Archive(recorded[0]).find(recorded[1])
    blocks = decode.decode(folder, rate_hz=None, channels=None)
    decoded = np.concatenate([block.samples for block in blocks])
    spoken = samples_of(SPEECH).astype(np.float64) / 2**31
    assert decoded.shape == spoken.shape
    assert np.array_equal(decoded, spoken.astype(np.float32))


def test_the_unedited_export_has_the_same_samples(
    recorded: tuple[Path, str], tmp_path: Path
) -> None:
    exported = aircheck(
        recorded[0], "export", recorded[1], "--as", "unedited", "--out", str(tmp_path), "--json"
    )
    files = [Path(name) for name in json.loads(exported)["files"]]
    (continuous,) = [file for file in files if file.suffix == ".flac" and file.is_file()]
    assert np.array_equal(samples_of(continuous), samples_of(SPEECH))


def test_split_pieces_are_together_what_was_recorded(
    recorded: tuple[Path, str], tmp_path: Path
) -> None:
    out = tmp_path / "pieces"
    told = aircheck(
        recorded[0], "split", recorded[1], "--by", "length", "--length", "3s",
        "--format", "flac", "--out", str(out), "--json",
    )  # fmt: skip
    pieces = [Path(name) for name in json.loads(told)["files"]]
    assert len(pieces) == 4
    together = np.concatenate([samples_of(piece) for piece in pieces])
    assert np.array_equal(together, samples_of(SPEECH))
