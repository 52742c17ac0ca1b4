"""Rules take what is old and nobody's, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from recorder import journal, retention, trash, usage
from recorder.archive import Archive, SessionFolder
from recorder.retention import Rules
from recorder.types import utc_now
from tests.recorder.builders import adts_part, build_session

LATER = utc_now() + timedelta(days=100)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def session(archive: Archive, *, sealed: bool = True) -> SessionFolder:
    return build_session(archive.root, [adts_part(0.2)], sealed=sealed)


def taken(archive: Archive, rules: Rules, **how: object) -> list[str]:
    return [each.folder.id for each in retention.due(archive, rules, now=LATER, **how)]


def test_no_rule_takes_anything(archive: Archive) -> None:
    trash.put(archive, session(archive))
    session(archive)
    assert not Rules().is_any
    assert retention.due(archive, Rules(), now=LATER, free_bytes=0) == []
    assert retention.due_in_trash(archive, Rules(), now=LATER) == []


def test_what_is_older_goes(archive: Archive) -> None:
    old = session(archive)
    assert taken(archive, Rules(keep_days=99)) == [old.id]
    assert taken(archive, Rules(keep_days=101)) == []
    (due,) = retention.due(archive, Rules(keep_days=99), now=LATER)
    assert due.why == "older than 99 days"


def test_what_somebody_laid_a_hand_on_stays(archive: Archive) -> None:
    tagged, noted, open_one, held, listed, loose = (
        session(archive, sealed=number != 2) for number in range(6)
    )
    tagged.write_info(replace(tagged.info(), tags=("keep",)))
    noted.write_info(replace(noted.info(), notes="mine"))
    broken = session(archive)
    (broken.path / "session.json").write_bytes(b"{")
    with held.hold():
        assert taken(archive, Rules(keep_days=1), spared={listed.id}) == [loose.id]
    assert not open_one.sealed()


def test_age_counts_from_its_arrival_and_its_return(archive: Archive) -> None:
    folder = session(archive)  # spoken in 2024, sealed now
    assert retention.due(archive, Rules(keep_days=1)) == []
    late = utc_now() - timedelta(days=50)
    entry = journal.last(folder.journal_path)
    assert entry
    assert entry.at > late
    trash.put(archive, folder)
    back = trash.restore(archive, folder.id)
    (line,) = [each for each in trash.removals(archive) if each["what"] == trash.BROUGHT_BACK]
    (due,) = retention.due(archive, Rules(keep_days=1), now=LATER)
    assert due.folder.id == back.id
    assert due.kept_since.isoformat(timespec="milliseconds") == line["at"].replace("Z", "+00:00")


def test_for_room_the_oldest_go_and_no_more_than_needed(archive: Archive) -> None:
    folders = [session(archive) for _ in range(3)]
    size = usage.of_session(folders[0]).bytes
    rules = Rules(keep_free_bytes=1_000_000)
    assert taken(archive, rules, free_bytes=1_000_000) == []
    assert taken(archive, rules, free_bytes=999_999) == [folders[0].id]
    missing = 1_000_000 - size - 10
    assert taken(archive, rules, free_bytes=missing) == [folders[0].id, folders[1].id]
    trash.put(archive, folders[0])  # what lies there comes free without another one
    assert taken(archive, rules, free_bytes=1_000_000 - size // 2) == []


def test_the_trash_is_emptied_of_what_lay_long_enough(archive: Archive) -> None:
    trashed = trash.put(archive, session(archive))
    assert retention.due_in_trash(archive, Rules(trash_days=101), now=LATER) == []
    (late,) = retention.due_in_trash(archive, Rules(trash_days=99), now=LATER)
    assert late.id == trashed.id
