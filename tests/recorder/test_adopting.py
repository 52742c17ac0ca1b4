"""What Aircheck exported comes home as the session that it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from recorder import export
from recorder.archive import Archive, SessionFolder
from recorder.importing import find_audio, import_paths
from recorder.sign import Signer
from recorder.verify import verify
from tests.recorder.builders import build_session


@pytest.fixture
def session(tmp_path: Path) -> SessionFolder:
    folder = build_session(tmp_path / "archive", title="Späte Rede", markers=[(3.0, "Begin")])
    (folder.transcripts).mkdir(exist_ok=True)
    return folder


@pytest.fixture
def package(session: SessionFolder, tmp_path: Path) -> Path:
    signer = Signer.at(tmp_path / "key")
    return export.unedited(session, tmp_path / "out" / "package", signer=signer)[0]


def evidence(folder: SessionFolder) -> dict[str, bytes]:
    """Its journal, hashes and parts."""
    files = [folder.journal_path, folder.sums_path, *sorted(folder.audio.iterdir())]
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in files}


def brought(archive: Archive, path: Path) -> list[SessionFolder]:
    """The sessions that an import makes, or finds there."""
    found = list(import_paths(archive, [path]))
    assert not [each.problem for each in found if each.problem]
    return [each.folder for each in found if each.folder]


def test_a_package_is_one_session_with_its_id_and_its_evidence(
    session: SessionFolder, package: Path, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "other")
    (folder,) = brought(archive, package.parent)
    assert folder.id == session.id
    assert evidence(folder) == evidence(session)
    assert folder.info().title == "Späte Rede"
    assert folder.timeline().duration_s == session.timeline().duration_s
    assert verify(folder.path).ok
    assert [each.id for each in archive.folders()] == [session.id]


def test_it_is_not_brought_in_twice(session: SessionFolder, package: Path, tmp_path: Path) -> None:
    home, other = Archive(session.path.parent), Archive(tmp_path / "other")
    for archive in (home, other, other):
        brought(archive, package)
        assert [each.id for each in archive.folders()] == [session.id]
    (again,) = import_paths(other, [package])
    assert again.was_here


def test_a_session_of_another_archive_comes_whole(session: SessionFolder, tmp_path: Path) -> None:
    words = session.transcripts / "a.en.json"
    words.write_text("{}")
    (folder,) = brought(Archive(tmp_path / "other"), session.path.parent)
    assert folder.path.name == session.path.name
    assert evidence(folder) == evidence(session)
    assert (folder.transcripts / words.name).read_text() == "{}"
    assert verify(folder.path).ok


@pytest.mark.parametrize("file", ["journal.jsonl", "SHA256SUMS", "audio"])
def test_a_package_that_was_changed_is_refused(package: Path, tmp_path: Path, file: str) -> None:
    path = package / "data" / file
    path = next(iter(sorted(path.iterdir()))) if path.is_dir() else path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    archive = Archive(tmp_path / "other")
    (outcome,) = import_paths(archive, [package])
    assert outcome.folder is None
    assert outcome.problem
    assert archive.folders() == []


def test_a_session_that_is_not_finished_is_refused(tmp_path: Path) -> None:
    live = build_session(tmp_path / "archive", sealed=False)
    archive = Archive(tmp_path / "other")
    (outcome,) = import_paths(archive, [live.path.parent])
    assert "isn't finished" in outcome.problem
    assert archive.folders() == []


def test_a_clip_is_here_where_its_session_is(session: SessionFolder, tmp_path: Path) -> None:
    clip = export.clip(session, tmp_path / "out", from_s=1.0, to_s=3.0)[0]
    home, other = Archive(session.path.parent), Archive(tmp_path / "other")
    (here,) = import_paths(home, [clip.parent])
    assert (here.was_here, here.is_export) == (True, True)
    assert here.folder is not None
    assert here.folder.id == session.id
    (folder,) = brought(other, clip.parent)  # the session isn't there: it is a file like any other
    assert folder.id != session.id
    clip.write_bytes(clip.read_bytes() + b"x")  # not what the proof is of any more
    (changed,) = import_paths(home, [clip.parent])
    assert not changed.was_here


def test_any_other_folder_is_looked_into(session: SessionFolder, tmp_path: Path) -> None:
    plain = tmp_path / "plain" / "audio"
    shutil.copytree(session.audio, plain)
    assert [path.parent for path in find_audio([plain.parent])] == [plain] * len(
        session.timeline().parts
    )


def test_a_session_whose_folder_was_renamed_keeps_its_id(
    session: SessionFolder, tmp_path: Path
) -> None:
    session.path.rename(tmp_path / "my copy")
    (folder,) = brought(Archive(tmp_path / "other"), tmp_path / "my copy")
    assert folder.path.name == session.path.name
