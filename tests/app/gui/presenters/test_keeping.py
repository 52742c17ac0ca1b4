from pathlib import Path

import pytest

from app.gui.presenters import keeping, thumbs
from app.gui.presenters.keeping import HandingOut, TakenIn
from recorder import trash
from recorder.archive import Archive, SessionFolder
from tests.recorder.builders import ADTS, PartSpec, build_session, encode, tone


@pytest.fixture
def pair(tmp_path: Path) -> list[SessionFolder]:
    return [build_session(tmp_path / "archive", title=title) for title in ("One", "Two")]


def gone(folder: SessionFolder) -> SessionFolder:
    (folder.path / "session.json").unlink()
    return folder


def test_one_that_cannot_be_changed_harms_no_other(pair: list[SessionFolder]) -> None:
    gone(pair[0])
    done = keeping.tag(pair, ("a", "b"))
    assert done.sessions == (pair[1].id,)
    assert pair[1].info().tags == ("a", "b")
    assert done.message
    assert "session.json can't be read" in done.message.happened


def test_tags_hosts_and_titles(pair: list[SessionFolder]) -> None:
    keeping.tag(pair, ("News",))
    keeping.tag(pair, ("news", "Farm"))
    keeping.untag(pair[:1], "farm")
    keeping.set_host(pair, " Ada ")
    keeping.set_title(pair[:1], "New")
    infos = [folder.info() for folder in pair]
    assert [info.tags for info in infos] == [("News",), ("News", "Farm")]
    assert [(info.title, info.host) for info in infos] == [("New", "Ada"), ("Two", "Ada")]


def test_many_failures_are_told_shortly() -> None:
    assert keeping.failures(()) is None
    told = keeping.failures(["a.", "a.", "b.", "c.", "d."])
    assert told
    assert str(told) == "a. b. All others are done. And 2 more."


def test_what_is_thrown_away_comes_back(tmp_path: Path, pair: list[SessionFolder]) -> None:
    archive = Archive(tmp_path / "archive")
    with pair[0].hold():
        done = keeping.throw_away(archive, pair)
    assert done.sessions == (pair[1].id,)
    assert "a process is at work on it" in done.problems[0]
    assert keeping.bring_back(archive, [*done.sessions, pair[0].id]).sessions == done.sessions
    assert len(archive.folders()) == 2
    keeping.throw_away(archive, pair[1:])
    assert [each.id for each in keeping.delete(archive, None)] == [pair[1].id]
    assert not trash.listed(archive)


def test_files_are_taken_in_one_after_the_other(tmp_path: Path) -> None:
    archive, room = Archive(tmp_path / "archive"), tmp_path / "in"
    room.mkdir()
    (room / "a.aac").write_bytes(encode(tone(1.0), 44_100, "adts"))
    (room / "b.aac").write_bytes(b"no sound at all")
    told: list[TakenIn] = []
    over = keeping.take_in(archive, [room], told.append, lambda: False)
    assert [each.files for each in told] == [1, 2]
    assert over.is_over
    assert over.sentence == "1 file imported"
    assert len(over.sessions) == 1
    assert over.problems[0].startswith("b.aac: ")
    again = keeping.take_in(archive, [room / "a.aac"], told.append, lambda: False)
    assert again.sentence == "1 file imported, 1 of them known already"
    keeping.throw_away(archive, archive.folders())
    left = keeping.take_in(archive, [room], told.append, lambda: False)
    assert left.problems[0] == "a.aac is in the trash and stays there until it is restored."
    assert not left.sessions
    assert keeping.take_in(archive, [room / "a.aac"], told.append, lambda: False).sessions


def test_an_import_that_is_cancelled_keeps_what_it_has(tmp_path: Path) -> None:
    archive, room = Archive(tmp_path / "archive"), tmp_path / "in"
    room.mkdir()
    for name in "ab":
        (room / f"{name}.aac").write_bytes(encode(tone(1.0), 44_100, "adts"))
    over = keeping.take_in(archive, [room], lambda _: None, lambda: True)
    assert over.files == 1
    assert len(archive.folders()) == 1


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    over = keeping.take_in(
        Archive(tmp_path / "a"), [tmp_path / "in"], lambda _: None, lambda: False
    )
    assert over.sentence == "There was no audio and no transcript in it."


def test_what_is_handed_out_is_a_copy_that_goes_with_the_window(pair: list[SessionFolder]) -> None:
    handing = HandingOut()
    files = handing.files(pair[:1])
    assert [path.suffix for path in files if path.suffix in (".aac", ".json")]
    assert handing.files(pair[:1]) == files
    assert not any(pair[0].path in path.parents for path in files)
    handing.close()
    assert not files[0].exists()
    handing.close()


def test_a_thumbnail_is_made_once_and_read_from_then_on(tmp_path: Path) -> None:
    summary = build_session(tmp_path).summary()
    assert thumbs.stored(summary) is None
    first = thumbs.made(summary)
    assert first == thumbs.stored(summary)
    assert first.is_whole
    assert len(first.heights) == thumbs.COLUMNS
    gap_at = int(11.0 / summary.duration_s * thumbs.COLUMNS)
    assert first.heights[gap_at] is None
    assert (first.heights[3] or 0) > 0.05


def test_a_session_without_sound_has_an_empty_thumbnail(tmp_path: Path) -> None:
    empty = build_session(tmp_path, [])
    assert thumbs.stored(empty.summary()) == thumbs.NO_THUMB
    broken = build_session(tmp_path, [PartSpec(fmt=ADTS, chunks=[(b"nonsense", 4.0)])])
    assert thumbs.made(broken.summary()) == thumbs.NO_THUMB
