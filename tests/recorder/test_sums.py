import shutil
import subprocess
from pathlib import Path

import pytest

from recorder import sums
from recorder.errors import StorageError
from tests.recorder.builders import build_session


def test_a_list_comes_back_as_it_was() -> None:
    entries = {"journal.jsonl": "a" * 64, "audio/a 1.aac": "0" * 64}
    assert sums.parse(sums.render(entries.items())) == entries


@pytest.mark.parametrize(
    "data",
    [
        b"A" * 64 + b"  upper\n",
        b"a" * 64 + b" one-space\n",
        b"a" * 64 + b" *binary\n",
        b"a" * 63 + b"  short\n",
        b"a" * 64 + b"  torn",
        b"a" * 64 + b"  \xff\n",
        b"a" * 64 + b"  cr\r\n",
        (b"a" * 64 + b"  twice\n") * 2,
        b"\n",
    ],
)
def test_no_other_way_of_writing_is_taken(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        sums.parse(data)


def test_sha256sum_agrees(tmp_path: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("no sha256sum here")
    folder = build_session(tmp_path)
    assert folder.sums_path.read_text().splitlines()[0].endswith("  journal.jsonl")
    subprocess.run([program, "-c", "--strict", "SHA256SUMS"], cwd=folder.path, check=True)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"reading gone\.aac"):
        sums.file_sha256(tmp_path / "gone.aac")
