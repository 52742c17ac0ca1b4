"""A clip of a session that goes on: its packets now, its proof once the session is sealed."""

import shutil
from pathlib import Path

import av
import pytest

from app.gui.presenters import clipping
from app.gui.presenters.live import recover
from recorder.archive import SessionFolder
from recorder.errors import ExportError
from recorder.verify import verify
from tests.recorder.builders import build_session


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return build_session(tmp_path / "archive", title="Late talk", sealed=False)


def clip(folder: SessionFolder, out: Path) -> Path:
    """Clip the seconds 2 to 5, and say where that lies."""
    before = set(out.iterdir()) if out.exists() else set()
    message = clipping.clip(folder, out, from_s=2.0, to_s=5.0)
    (path,) = set(out.iterdir()) - before
    assert path.name in message.happened
    assert message.file == path
    assert "proof is written" in message.next
    return path


def test_it_begins_and_ends_with_packets(folder: SessionFolder, tmp_path: Path) -> None:
    with av.open(str(clip(folder, tmp_path / "out"))) as media:
        assert media.duration is not None
        assert media.duration / av.time_base == pytest.approx(3.0, abs=0.2)


def test_its_proof_is_written_once_the_session_is_sealed(
    folder: SessionFolder, tmp_path: Path
) -> None:
    path = clip(folder, tmp_path / "out")
    assert clipping.prove(()) == ()
    recover(folder)
    assert clipping.prove({folder.path}) == (path,)
    assert verify(path, against=lambda _: folder.path).ok
    assert clipping.pending() == ()
    assert {each.name.split(".")[0] for each in path.parent.iterdir()} == {path.stem}


def test_two_of_the_same_seconds_lie_side_by_side(folder: SessionFolder, tmp_path: Path) -> None:
    paths = {clip(folder, tmp_path / "out") for _ in range(2)}
    recover(folder)
    assert set(clipping.prove({folder.path})) == paths
    assert all(verify(path, against=lambda _: folder.path).ok for path in paths)


def test_what_somebody_changed_is_left_as_it_is(folder: SessionFolder, tmp_path: Path) -> None:
    path = clip(folder, tmp_path / "out")
    path.write_bytes(b"mine")
    recover(folder)
    assert clipping.prove({folder.path}) == ()
    assert path.read_bytes() == b"mine"
    assert list(path.parent.iterdir()) == [path]
    assert clipping.pending() == ()


def test_one_whose_session_is_gone_is_forgotten(folder: SessionFolder, tmp_path: Path) -> None:
    path = clip(folder, tmp_path / "out")
    shutil.rmtree(folder.path)
    assert clipping.prove(()) == ()
    assert clipping.pending() == ()
    assert path.exists()


def test_where_nothing_sounds_there_is_none(folder: SessionFolder, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Nothing was recorded"):
        clipping.clip(folder, tmp_path / "out", from_s=5_000, to_s=5_010)
    assert clipping.pending() == ()
