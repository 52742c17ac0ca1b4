"""Written and hashed at once, by the kernel where it can, and by hand where it can't."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from recorder.written import Written

DATA = os.urandom((9 << 20) + 5)


def made(tmp_path: Path) -> tuple[bytes, str, int]:
    source = tmp_path / "source"
    source.write_bytes(DATA)
    with (
        source.open("rb", buffering=0) as held,
        (tmp_path / "target").open("xb", buffering=0) as file,
        Written(file) as written,
    ):
        written.put(b"head")
        written.put_from(held, 3, memoryview(DATA)[3:])
        written.put(b"")
        written.put(DATA)
        found = written.sha256(), written.size
    return (tmp_path / "target").read_bytes(), *found


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    data, sha256, size = made(tmp_path)
    assert data == b"head" + DATA[3:] + DATA
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert size == len(data)


@pytest.mark.parametrize("error", [errno.EXDEV, errno.ENOSYS])
@pytest.mark.parametrize("calls", [0, 1, 2])
def test_what_the_kernel_can_not_copy_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, calls: int
) -> None:
    left = iter(range(calls))

    def copy(source: int, target: int, count: int, offset: int) -> int:
        if next(left, None) is None:
            raise OSError(error, os.strerror(error))
        return os.write(target, os.pread(source, count // 2, offset))

    monkeypatch.setattr(os, "copy_file_range", copy, raising=False)
    data, sha256, size = made(tmp_path)
    assert data == b"head" + DATA[3:] + DATA
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert size == len(data)


def test_a_full_disk_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", full, raising=False)
    with pytest.raises(OSError, match="No space left"):
        made(tmp_path)
