"""The archive moves whole or not at all, however often it is killed on its way."""

import contextlib
import itertools
import os
from pathlib import Path

import pytest

from recorder import moving, trash, verify
from recorder.archive import Archive, SessionFolder
from recorder.errors import DiskFull, SessionBusy, StorageError
from recorder.moving import MoveRefused
from tests.recorder.builders import adts_part, build_session


class Killed(BaseException):
    """What a kill is to the code that it stops."""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "old")


@pytest.fixture
def folders(archive: Archive) -> list[SessionFolder]:
    made = [build_session(archive.root, [adts_part(0.5)], title="Wörter") for _ in range(3)]
    trash.put(archive, made[2])
    (archive.root / "collections.json").write_text("{}")
    (archive.root / "index.db").write_bytes(b"a database")
    return made


@pytest.fixture(params=["one disk", "two disks"])
def disks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "two disks":

        def refuse(*_: object, **__: object) -> None:
            raise OSError(18, "Invalid cross-device link")

        monkeypatch.setattr(moving.os, "link", refuse)
    return str(request.param)


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
        and not path.name.endswith(".lock")
        and not path.name.startswith(("index.db", ".moving"))
    }


def move(archive: Archive, target: Path) -> moving.Cleared:
    with moving.alone(target):
        moving.copy(archive, target)
        return moving.clear(archive.root, target)


def test_all_of_it_is_there_and_nothing_is_left(
    archive: Archive, folders: list[SessionFolder], tmp_path: Path, disks: str
) -> None:
    before, target = content(archive.root), tmp_path / "new"
    told: list[tuple[int, int]] = []
    with moving.alone(target):
        moving.copy(archive, target, lambda done, whole: told.append((done, whole)))
        assert content(archive.root) == before  # until the settings name the new one
        assert moving.clear(archive.root, target).left == ()
    assert told[-1][0] == told[-1][1]
    assert content(target) == before
    assert not archive.root.exists()
    assert not list(target.glob(".moving*"))
    new = Archive(target)
    assert {each.id for each in new.folders()} == {each.id for each in folders[:2]}
    assert all(verify.verify(each.path).ok for each in new.folders())
    assert trash.restore(new, folders[2].id).path.parent == target


@pytest.mark.parametrize("step", [*range(0, 24, 2), *range(24, 44)])
def test_it_may_be_killed_at_any_step(
    archive: Archive,
    folders: list[SessionFolder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
) -> None:
    before, target = content(archive.root), tmp_path / "new"
    count = itertools.count()
    replace, rmtree, unlink = Path.replace, moving.shutil.rmtree, Path.unlink

    def counted(done: object) -> object:
        def call(*args: object, **kwargs: object) -> object:
            if "recorder" not in str(args[0]) and next(count) == step:
                raise Killed
            return done(*args, **kwargs)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counted(replace))
        patch.setattr(Path, "unlink", counted(unlink))
        patch.setattr(moving.shutil, "rmtree", counted(rmtree))
        with contextlib.suppress(Killed):  # the last steps are beyond its end
            move(archive, target)
    together = content(archive.root) | content(target)
    assert before.items() <= together.items()  # every byte is in one of them
    if archive.root.exists() or moving.origin(target):
        move(archive, target)
    assert content(target) == before
    assert not archive.root.exists()


def test_what_changes_on_the_way_comes_along(
    archive: Archive, folders: list[SessionFolder], tmp_path: Path, disks: str
) -> None:
    target = tmp_path / "new"
    with moving.alone(target):
        moving.copy(archive, target)
        info = folders[0].path / "session.json"
        info.write_bytes(b"edited in the old one")
        os.utime(info, ns=(1 << 62, 1 << 62))
        late = build_session(archive.root, [adts_part(0.2)])
        theirs = target / folders[1].path.name / "session.json"
        theirs.unlink()
        theirs.write_bytes(b"edited in the new one")
        os.utime(theirs, ns=(1 << 62, 1 << 62))
        moving.clear(archive.root, target)
    assert (target / folders[0].path.name / "session.json").read_bytes().endswith(b"old one")
    assert theirs.read_bytes() == b"edited in the new one"
    assert verify.verify(target / late.path.name).ok


def test_what_was_brought_back_in_the_new_one_is_not_thrown_away_again(
    archive: Archive, folders: list[SessionFolder], tmp_path: Path
) -> None:
    target = tmp_path / "new"
    with moving.alone(target):
        moving.copy(archive, target)
        trash.restore(Archive(target), folders[2].id)
        trash.put(Archive(target), Archive(target).find(folders[1].id))
        trash.empty(Archive(target))
        moving.clear(archive.root, target)
    assert {each.id for each in Archive(target).folders()} == {folders[0].id, folders[2].id}
    assert trash.listed(Archive(target)) == []


def test_while_something_is_recorded_it_stays(
    archive: Archive, folders: list[SessionFolder], tmp_path: Path
) -> None:
    target = tmp_path / "new"
    with folders[0].hold(), pytest.raises(SessionBusy, match="stays until that is over"):
        move(archive, target)
    with moving.alone(target):
        moving.copy(archive, target)
        with folders[0].hold():
            (left,) = moving.clear(archive.root, target).left
        assert left.id == folders[0].id
        assert moving.origin(target) == archive.root
        moving.clear(archive.root, target)
    assert not archive.root.exists()


def test_places_that_are_none_are_refused(
    archive: Archive, folders: list[SessionFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    for place, what in (
        (archive.root, "own folder"),
        (archive.root / "inside", "own folder"),
        (archive.root / "deep" / "inside", "own folder"),
        (tmp_path, "own folder"),
        (full, "not empty"),
    ):
        with pytest.raises(MoveRefused, match=what):
            move(archive, place)
    assert not (archive.root / "inside").exists()
    assert not (archive.root / "deep").exists()
    monkeypatch.setattr(moving, "_is_one_disk", lambda *_: False)
    monkeypatch.setattr(moving.disk, "free_bytes", lambda _: 10)
    with pytest.raises(DiskFull, match="not enough room"):
        move(archive, tmp_path / "small")
    assert len(archive.folders()) == 2
    with (
        moving.alone(tmp_path / "small"),
        pytest.raises(MoveRefused, match="already"),
        moving.alone(tmp_path / "small"),
    ):
        pass


def test_a_disk_that_keeps_other_bytes_is_found_out(
    archive: Archive, folders: list[SessionFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(moving.os, "link", refuse)
    monkeypatch.setattr(moving, "_read_back", lambda _: b"other")
    with pytest.raises(StorageError, match="did not keep"):
        move(archive, tmp_path / "new")
    assert len(archive.folders()) == 2
