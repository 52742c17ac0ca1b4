"""Thrown away, brought back, deleted: and never what is being worked on."""

import multiprocessing
import os
import signal
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from multiprocessing.synchronize import Event as ProcessEvent
from pathlib import Path

import pytest

from recorder import trash, usage, verify
from recorder.archive import TRASH, Archive, SessionFolder
from recorder.errors import SessionBusy, SessionNotFound, StorageError
from recorder.types import utc_now
from tests.recorder.builders import adts_part, build_session


def files_of(folder: SessionFolder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder.path)): path.read_bytes()
        for path in folder.path.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def folder(archive: Archive) -> SessionFolder:
    return build_session(archive.root, [adts_part(1.0)], title="Tränen & Lachen")


def test_what_is_thrown_away_is_gone_and_comes_back_as_it_was(
    archive: Archive, folder: SessionFolder
) -> None:
    before = files_of(folder)
    trashed = trash.put(archive, folder)
    assert archive.folders() == []
    assert [each.id for each in trash.listed(archive)] == [folder.id] == [trashed.id]
    assert trashed.title == "Tränen & Lachen"
    assert trashed.bytes > len(before["journal.jsonl"])
    with pytest.raises(SessionNotFound, match="is in the trash"):
        archive.find(folder.id)
    restored = trash.restore(archive, folder.id[-6:])
    assert restored.path == folder.path
    assert files_of(restored) == before
    assert verify.verify(restored.path).ok
    assert trash.listed(archive) == []
    assert [line["what"] for line in trash.removals(archive)] == ["thrown away", "brought back"]


def test_an_act_is_undone_as_a_whole(archive: Archive) -> None:
    folders = [build_session(archive.root, [adts_part(0.2)]) for _ in range(3)]
    trash.put(archive, folders[0], at=utc_now() - timedelta(hours=1))
    at = utc_now()
    for each in folders[1:]:
        trash.put(archive, each, at=at)
    assert {each.id for each in trash.latest(archive)} == {each.id for each in folders[1:]}


def test_what_is_worked_on_stays(archive: Archive, folder: SessionFolder) -> None:
    with folder.hold(), pytest.raises(SessionBusy, match="can't be thrown away"):
        trash.put(archive, folder)
    assert [each.id for each in archive.folders()] == [folder.id]
    assert trash.listed(archive) == []
    assert not list((archive.root / TRASH).iterdir())


def test_without_its_note_it_is_known_by_when_it_was_moved(
    archive: Archive, folder: SessionFolder
) -> None:
    trash.put(archive, folder, why="a rule")
    for note in (archive.root / TRASH).glob("*.json"):
        note.unlink()
    (found,) = trash.listed(archive)
    assert abs(found.trashed_at - utc_now()) < timedelta(minutes=2)
    assert found.why == ""


def test_a_place_that_is_taken_is_not_written_over(archive: Archive, folder: SessionFolder) -> None:
    trash.put(archive, folder)
    folder.path.mkdir()
    with pytest.raises(StorageError, match="moving"):
        trash.restore(archive, folder.id)
    assert [each.id for each in trash.listed(archive)] == [folder.id]


def test_who_comes_too_late_makes_no_folder_of_it(archive: Archive, folder: SessionFolder) -> None:
    trash.put(archive, folder)
    with pytest.raises(SessionNotFound, match="not in the archive any more"), folder.hold():
        pass
    with pytest.raises(SessionNotFound):
        trash.put(archive, folder)
    assert not folder.path.exists()
    assert len(trash.listed(archive)) == 1


def test_emptied_is_what_lies_long_enough(archive: Archive) -> None:
    old, new = (build_session(archive.root, [adts_part(0.2)]) for _ in range(2))
    trash.put(archive, old, at=utc_now() - timedelta(days=31), why="older than 30 days")
    trash.put(archive, new)
    deleted = trash.empty(archive, older_than=timedelta(days=30))
    assert [each.id for each in deleted] == [old.id]
    assert [each.id for each in trash.listed(archive)] == [new.id]
    assert trash.removals(archive)[-1]["what"] == "deleted"
    assert trash.removals(archive)[-1]["bytes"] > 0
    trash.empty(archive)
    assert list((archive.root / TRASH).iterdir()) == []
    with pytest.raises(SessionNotFound, match="In the trash: no session"):
        trash.restore(archive, new.id)


def test_what_a_killed_one_began_to_delete_is_finished(
    archive: Archive, folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    trash.put(archive, folder)

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(trash.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            trash.empty(archive)
    assert trash.listed(archive) == []  # half a session is none
    trash.empty(archive)
    assert list((archive.root / TRASH).iterdir()) == []


def _throw_away(root: Path, name: str, begin: Barrier, said: "Queue[str]") -> None:
    archive = Archive(root)
    folder = archive.find(name)
    begin.wait(240)
    try:
        trash.put(archive, folder)
        said.put("thrown away")
    except SessionNotFound:
        said.put("gone")


def test_of_many_processes_one_throws_it_away(archive: Archive, folder: SessionFolder) -> None:
    context = multiprocessing.get_context("spawn")
    begin, said = context.Barrier(3), context.Queue()
    children = [
        context.Process(target=_throw_away, args=(archive.root, folder.id, begin, said))
        for _ in range(3)
    ]
    for child in children:
        child.start()
    answers = sorted(said.get(timeout=240) for _ in children)
    for child in children:
        child.join(20)
    assert answers == ["gone", "gone", "thrown away"]
    assert [each.id for each in trash.listed(archive)] == [folder.id]
    assert not folder.path.exists()


def _hold(path: Path, held: ProcessEvent) -> None:
    with SessionFolder(path).hold():
        held.set()
        signal.pause()


def test_what_another_process_holds_stays_until_it_dies(
    archive: Archive, folder: SessionFolder
) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    child = context.Process(target=_hold, args=(folder.path, held))
    child.start()
    assert held.wait(240)
    with pytest.raises(SessionBusy):
        trash.put(archive, folder)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join(20)
    trash.put(archive, folder)
    assert archive.folders() == []


def test_the_room_is_told_by_session_and_kind(archive: Archive, folder: SessionFolder) -> None:
    (folder.path / "transcript").mkdir()
    (folder.path / "transcript/a.json").write_bytes(b"1234567")
    (folder.path / "derived").mkdir()
    (folder.path / "derived/peaks.bin").write_bytes(b"12")
    (archive.root / "index.db").write_bytes(b"123")
    (archive.root / "queue.db-wal").write_bytes(b"4")
    gone = build_session(archive.root, [adts_part(0.2)])
    bytes_gone = usage.of_session(gone).bytes
    trash.put(archive, gone)
    total = usage.of_archive(archive)
    (only,) = total.sessions
    assert only.kinds[usage.Kind.AUDIO] == usage.bytes_in(folder.audio) > 0
    assert only.kinds[usage.Kind.TRANSCRIPTS] == 7
    assert only.kinds[usage.Kind.DERIVED] == 2
    assert total.kinds[usage.Kind.INDEX] == 4
    assert total.kinds[usage.Kind.TRASH] >= bytes_gone
    assert total.bytes == usage.bytes_in(archive.root)
    assert total.free_bytes > 0
