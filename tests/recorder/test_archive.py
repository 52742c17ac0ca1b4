"""Session folders: made, found, held by one, and honest when broken."""

import json
import multiprocessing
import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import archive as archive_module
from recorder.archive import SOCKETS, Archive, SessionFolder
from recorder.errors import CorruptSession, DiskFull, SessionBusy, SessionNotFound, StorageError
from recorder.types import SourceKind, SourceSpec, State, is_session_id

STREAM = SourceSpec(kind=SourceKind.STREAM, address="https://u:p@host.example/live?token=s3cret")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def make(archive: Archive, title: str = "Trump & Musk: live") -> SessionFolder:
    return archive.create(title, [("a", STREAM)])


def test_a_session_can_be_made_listed_and_found(archive: Archive) -> None:
    first, second = make(archive), make(archive, "Another")
    assert [folder.id for folder in archive.folders()] == [second.id, first.id]
    assert "-trump-musk-live-" in first.path.name
    for name in (first.id, first.id.lower(), first.id[-6:], first.path.name, str(first.path)):
        assert archive.find(name).path == first.path


def test_a_full_disk_leaves_no_session_that_never_was(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DiskFull("The disk is full while writing session.json.")

    monkeypatch.setattr(SessionFolder, "write_info", refuse)
    with pytest.raises(DiskFull):
        make(archive)
    assert list(archive.folders()) == []
    assert list(archive.root.iterdir()) == []


def test_what_is_not_there_or_not_unique_is_said(archive: Archive) -> None:
    make(archive)
    make(archive)
    with pytest.raises(SessionNotFound, match="2 sessions fit"):
        archive.find("0")
    with pytest.raises(SessionNotFound, match="No session is called 'nobody'"):
        archive.find("nobody")
    with pytest.raises(SessionNotFound):
        archive.find("")


def test_tokens_stay_with_the_owner_and_go_with_the_seal(archive: Archive) -> None:
    folder = make(archive)
    resume = folder.path / "resume.json"
    assert stat.S_IMODE(resume.stat().st_mode) == 0o600
    assert folder.sources() == [("a", STREAM)]
    others = [path for path in folder.path.rglob("*") if path.is_file() and path != resume]
    assert others
    for path in others:
        assert b"s3cret" not in path.read_bytes()
        assert b"u:p@" not in path.read_bytes()
    folder.forget_secrets()
    assert not resume.exists()
    assert folder.sources()[0][1].address == "https://host.example/live"


@given(st.text(max_size=300))
def test_any_title_makes_a_portable_folder_name(title: str) -> None:
    session = archive_module.new_session_id()
    name = archive_module.folder_name(title, archive_module.utc_now(), session)
    assert name.isascii()
    assert len(name) < 100
    assert is_session_id(name[-26:])
    assert all(sign.isalnum() or sign == "-" for sign in name)


def test_a_title_survives_as_it_was_written(archive: Archive) -> None:
    assert make(archive, "中文 / ..\\ <b>").info().title == "中文 / ..\\ <b>"


def test_a_title_with_half_a_character_is_mended(archive: Archive) -> None:
    assert make(archive, "a\udce4b").info().title == "a?b"


def test_a_broken_folder_says_so_and_harms_no_other(archive: Archive) -> None:
    good, bad = make(archive), make(archive)
    (bad.path / "session.json").write_text("{")
    with pytest.raises(CorruptSession, match=r"session\.json can't be read"):
        bad.info()
    summaries = {folder.id: folder.summary() for folder in archive.folders()}
    assert "can't be read" in summaries[bad.id].problem
    assert summaries[good.id].problem == ""
    assert summaries[good.id].state is State.CONNECTING


def test_a_strange_session_json_is_corrupt_not_a_crash(archive: Archive) -> None:
    folder = make(archive)
    for text in ("[]", "3", '{"id": 1}', json.dumps({"id": "x", "title": "t", "created_at": 5})):
        (folder.path / "session.json").write_text(text)
        with pytest.raises(CorruptSession):
            folder.info()


def _hold_until_told(path: str, held: "object", told: "object") -> None:
    with SessionFolder(Path(path)).hold():
        held.set()  # type: ignore[attr-defined]
        told.wait(30)  # type: ignore[attr-defined]


def test_one_process_holds_a_session(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make(archive)
    context = multiprocessing.get_context("spawn")
    held, told = context.Event(), context.Event()
    other = context.Process(target=_hold_until_told, args=(str(folder.path), held, told))
    other.start()
    try:
        assert held.wait(30)
        holder = folder.holder()
        assert holder is not None
        assert holder.pid == other.pid
        monkeypatch.setattr(archive_module, "_LOCK_WAIT_S", 0.05)
        with pytest.raises(SessionBusy), folder.hold():
            pass
    finally:
        told.set()
        other.join(30)
    assert folder.holder() is None
    with folder.hold():
        assert folder.holder() is not None


def test_a_dead_holder_holds_nothing(archive: Archive) -> None:
    folder = make(archive)
    (folder.path / "recorder.json").write_text(json.dumps({"pid": os.getpid(), "started_at": 1.0}))
    assert folder.holder() is None


def test_an_archive_that_is_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Archive(tmp_path / "file").folders()
    with pytest.raises(StorageError):
        make(Archive(tmp_path / "file"))


@pytest.mark.skipif(os.name == "nt", reason="named pipes leave nothing")
def test_where_a_dead_recorder_listened_is_forgotten(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = make(archive)
    control = folder.path / "control.json"
    left = tmp_path / f"{SOCKETS}left" / "s"
    others = tmp_path / "others" / "s"
    with socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        for listener, address in ((first, left), (second, others)):
            address.parent.mkdir()
            listener.bind(str(address))
    for address in (left, others, tmp_path / "nothing"):
        control.write_text(json.dumps({"address": str(address), "pid": 1}))
        with folder.hold():
            assert not control.exists()
    assert not left.parent.exists()
    assert others.is_socket(), "only what a recorder made is removed"
