"""What is thrown away isn't found any more, nor transcribed; what comes back is."""

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from app import keeping, settings, shelf
from recorder import trash
from recorder.archive import Archive, SessionFolder
from recorder.errors import SessionBusy
from recorder.retention import Rules
from recorder.types import Seconds, utc_now
from tests.parts import wait_until
from tests.recorder.builders import adts_part, build_session
from transcribe import index, search, transcript
from transcribe.queue import JobState, Queue, path_of
from transcribe.transcript import Segment, Transcript


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def session(archive: Archive, text: str) -> SessionFolder:
    folder = build_session(archive.root, [adts_part(1.0)])
    said = Segment(start_s=Seconds(0), end_s=Seconds(1), text=text)
    read = Transcript(track="a", model="m", language="en", segments=(said,), created_at=utc_now())
    transcript.store(folder, read)
    return folder


def found(archive: Archive, words: str) -> list[str]:
    with contextlib.closing(index.ready(archive)) as opened:
        return [hit.session for hit in search.search(opened, words).hits]


def test_search_follows_the_trash(archive: Archive) -> None:
    lions, gazelles = session(archive, "lions asleep"), session(archive, "gazelles awake")
    assert found(archive, "lions") == [lions.id]
    (outcome,) = keeping.put(archive, [lions])
    assert outcome.trashed
    with contextlib.closing(index.database.open(archive.root)) as opened:  # without catching up
        assert list(search.search(opened, "lions").hits) == []
        assert [h.session for h in search.search(opened, "gazelles").hits] == [gazelles.id]
    keeping.restore(archive, [outcome.trashed])
    with contextlib.closing(index.database.open(archive.root)) as opened:
        assert [hit.session for hit in search.search(opened, "lions").hits] == [lions.id]


def test_the_queue_follows_the_trash(archive: Archive) -> None:
    folder = session(archive, "words")
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        waiting = queue.add(folder.id, model="base")
        stopped = queue.cancel(queue.add(folder.id, model="tiny").id)
        ended = stopped.finished_at
        assert ended
        wait_until(lambda: utc_now() - ended > timedelta(milliseconds=2))  # times have no more
        (outcome,) = keeping.put(archive, [folder])
        assert queue.job(waiting.id).state is JobState.CANCELLED
        assert queue.claim() is None
        assert outcome.trashed
        keeping.restore(archive, [outcome.trashed])
        assert queue.job(waiting.id).state is JobState.QUEUED
        assert queue.job(stopped.id).state is JobState.CANCELLED  # it was before


def test_one_that_stays_harms_no_other(archive: Archive) -> None:
    busy, idle = session(archive, "one"), session(archive, "two")
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        waiting = queue.add(busy.id, model="base")
        with busy.hold():
            outcomes = keeping.put(archive, [busy, idle])
        assert queue.job(waiting.id).state is JobState.QUEUED
    assert [bool(outcome.trashed) for outcome in outcomes] == [False, True]
    assert "a process is at work on it" in outcomes[0].problem
    assert [each.id for each in archive.folders()] == [busy.id]
    assert [each.id for each in trash.listed(archive)] == [idle.id]


def test_an_archive_without_index_and_queue_gets_none(archive: Archive) -> None:
    folder = build_session(archive.root, [adts_part(0.2)])
    (outcome,) = keeping.put(archive, [folder])
    assert outcome.trashed
    keeping.restore(archive, [outcome.trashed])
    assert not list(archive.root.glob("*.db"))


def test_a_rule_throws_away_and_says_why(archive: Archive) -> None:
    loose, listed = session(archive, "one"), session(archive, "two")
    shelf.put(archive.root, "Mine", [listed.id])
    full = Rules(keep_free_bytes=1 << 60)  # more than any disk has
    rehearsed = keeping.retain(archive, full, is_rehearsal=True)
    assert [each.folder.id for each in rehearsed.due] == [loose.id]
    assert len(archive.folders()) == 2
    keeping.retain(archive, full)
    assert [each.id for each in archive.folders()] == [listed.id]
    (trashed,) = trash.listed(archive)
    assert trashed.why.startswith("less than")
    assert trash.removals(archive)[-1]["why"] == trashed.why


def test_the_settings_follow_the_archive(home: Path, tmp_path: Path) -> None:
    archive, target = Archive(tmp_path / "old"), tmp_path / "new"
    folder = session(archive, "lions asleep")
    settings.save({"archive": archive.root, "model": "tiny"})
    assert found(archive, "lions") == [folder.id]
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        queue.add(folder.id, model="base")
    moved = keeping.move(archive, target)
    assert (moved.told, moved.left) == ("file", ())
    assert settings.load().archive == target
    assert settings.load().model == "tiny"
    assert found(moved.archive, "lions") == [folder.id]
    with contextlib.closing(Queue(path_of(target))) as queue:
        assert [job.session for job in queue.jobs()] == [folder.id]
    assert not archive.root.exists()
    assert keeping.moving.origin(target) is None


def test_a_move_that_was_killed_after_the_settings_changed_is_finished(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, target = Archive(tmp_path / "old"), tmp_path / "new"
    folder = session(archive, "lions asleep")
    settings.save({"archive": archive.root})

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keeping.moving, "clear", killed)
        with pytest.raises(KeyboardInterrupt):
            keeping.move(archive, target)
    assert settings.load().archive == target
    assert archive.root.exists()
    keeping.move(Archive(settings.load().archive), target)
    assert not archive.root.exists()
    assert [each.id for each in Archive(target).folders()] == [folder.id]


def test_while_it_is_transcribed_the_archive_stays(home: Path, archive: Archive) -> None:
    folder = session(archive, "words")
    with contextlib.closing(Queue(path_of(archive.root))) as queue:
        queue.add(folder.id, model="base")
        queue.claim()
        with pytest.raises(SessionBusy, match="is being transcribed"):
            keeping.move(archive, archive.root.parent / "new")
    assert [each.id for each in archive.folders()] == [folder.id]
