from pathlib import Path

from app.gui.presenters.aftermath import ended_of
from app.gui.presenters.library import Library
from app.gui.presenters.transcription import Works
from recorder import recovery
from recorder.archive import Archive
from recorder.events import GapFound
from recorder.journal import JournalWriter
from recorder.types import GapReason, Seconds
from tests.recorder.builders import build_session


def test_what_was_recovered_keeps_its_gaps(tmp_path: Path) -> None:
    folder = build_session(tmp_path, sealed=False)
    end_s = folder.timeline().duration_s
    log = JournalWriter(folder.journal_path)
    to_s = Seconds(end_s + 38.0)
    log.append(GapFound(track="a", from_s=end_s, to_s=to_s, reason=GapReason.CONNECTION_LOST))
    log.close()
    recovery.recover(folder)
    (row,) = Library(Archive(tmp_path)).look() or ()
    about = ended_of(row, Works()).about
    assert "at most 1 s lost" in about
    assert "gap" in about
    assert "no gaps" not in about
