from pathlib import Path

from app.gui.presenters import evidence
from app.gui.presenters.evidence import Verifying
from app.gui.presenters.history import Histories
from recorder.archive import SessionFolder
from recorder.events import Attempt, Connected
from recorder.journal import JournalWriter
from tests.recorder.builders import adts_part, build_session


def facts_of(folder: SessionFolder) -> list[evidence.Fact]:
    return list(evidence.facts(Histories().read(folder)))


def test_a_gap_tells_its_reason_and_the_attempts_while_it_lasted(tmp_path: Path) -> None:
    folder = build_session(tmp_path, sealed=False)
    history = Histories().read(folder)
    gap = history.timeline.gaps[0]
    began = history.timeline.wall_clock(gap.from_s)
    assert began is not None
    log = JournalWriter(folder.journal_path)
    log.append(Attempt(track="a", detail="503 Service Unavailable", status=503))
    log.append(Connected(track="a", address="https://radio.example/live.aac",
                         identity={"host": "radio.example"}))  # fmt: skip
    log.append(Connected(track="a", address="https://radio.example/live.aac",
                         identity={"host": "radio.example"}))  # fmt: skip
    log.close()
    rows = facts_of(folder)
    heads = [row.title for row in rows if row.kind == "head"]
    assert heads == ["Gaps (1)", "Sources (1)", "Parts (2)"]
    told = next(row for row in rows if row.kind == "gap")
    assert told.title.endswith("connection lost")
    assert told.at_s == gap.from_s
    assert "503" not in told.detail  # it was tried years after this gap
    source = next(row for row in rows if row.kind == "source")
    assert "answered 2 times" in source.detail
    assert "host: radio.example" in source.detail


def test_of_many_attempts_the_rest_is_counted(tmp_path: Path) -> None:
    from dataclasses import replace
    from datetime import timedelta

    folder = build_session(tmp_path)
    history = Histories().read(folder)
    began = history.timeline.wall_clock(history.timeline.gaps[0].from_s)
    assert began is not None
    entry = replace(history.entries[-1], event=Attempt(track="a", status=404), at=began)
    tried = tuple(replace(entry, at=began + timedelta(seconds=n / 20)) for n in range(20))
    rows = evidence.facts(replace(history, entries=(*history.entries, *tried)))
    gap = next(row for row in rows if row.kind == "gap")
    assert gap.detail.count("HTTP 404") == 12
    assert "and 8 more attempts" in gap.detail


def test_a_part_that_grows_has_no_hash_yet(tmp_path: Path) -> None:
    folder = build_session(tmp_path, [adts_part(2.0)], sealed=False)
    (part,) = (row for row in facts_of(folder) if row.kind == "part")
    assert "still grows" in part.detail
    assert not part.copied


def test_a_check_that_is_cancelled_says_nothing(tmp_path: Path) -> None:
    folder = build_session(tmp_path)
    verifying = Verifying(folder, lambda _done, _all: verifying.cancel())
    assert verifying.run() is None
    found = Verifying(folder).run()
    assert found is not None
    assert found.is_ok
    assert "hash" in found.message.safe or "chunk" in found.message.safe
