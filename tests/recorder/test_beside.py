"""While a real recorder records, the archive may be used, checked and tidied beside it."""

import subprocess
import sys
from pathlib import Path

import pytest

from recorder import checking, launch, moving, retention, trash, usage
from recorder.archive import Archive
from recorder.errors import SessionBusy
from recorder.importing import import_audio
from recorder.retention import Rules
from recorder.types import SourceKind, SourceSpec
from recorder.verify import verify
from tests.faults.continuous import Listener, Programme, Station
from tests.faults.sound import encoded
from tests.parts import wait_until
from tests.recorder.builders import adts_part, build_session, encode, tone


def test_a_recording_goes_on_whatever_is_done_beside_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    done = [build_session(archive.root, [adts_part(0.5)]) for _ in range(3)]
    (tmp_path / "talk.mp3").write_bytes(encode(tone(1.0), 44_100, "mp3"))
    with Station(Programme(encoded("mp3", 60.0)), Listener(), burst_s=1.0) as station:
        spec = SourceSpec(kind=SourceKind.STREAM, address=station.url())
        live = launch.record(archive, spec)
        try:
            wait_until(lambda: live.timeline().duration_s > 1, within_s=240)
            for refused in (
                lambda: trash.put(archive, live),
                lambda: moving.copy(archive, _empty(tmp_path / "new")),
            ):
                with pytest.raises(SessionBusy):
                    refused()
            assert retention.due(archive, Rules(keep_free_bytes=1 << 60))
            assert live.id not in [
                each.folder.id for each in retention.due(archive, Rules(keep_free_bytes=1 << 60))
            ]
            children = [
                subprocess.Popen([sys.executable, "-c", _BESIDE, str(archive.root), each.id])
                for each in done
            ]
            import_audio(archive, tmp_path / "talk.mp3")
            found = list(checking.run(archive, checking.due(archive)))
            assert not any(each.problems for each in found if each.due.folder.id == live.id)
            assert usage.of_archive(archive).bytes > 0
            assert [child.wait(100) for child in children] == [0, 0, 0]
            before_s = live.timeline().duration_s
            wait_until(lambda: live.timeline().duration_s > before_s, within_s=240)
        finally:
            assert launch.stop(live)
            wait_until(lambda: not (launch.is_running(live) or launch._children), within_s=240)
    assert verify(live.path).ok
    assert not live.timeline().gaps
    assert {each.id for each in archive.folders()} >= {live.id, *(each.id for each in done)}
    assert all(verify(each.path).ok for each in archive.folders())
    trash.put(archive, live)
    assert trash.empty(archive)


_BESIDE = """
import sys
from pathlib import Path
from recorder import trash
from recorder.archive import Archive
archive = Archive(Path(sys.argv[1]))
for _ in range(5):
    trash.put(archive, archive.find(sys.argv[2]))
    trash.restore(archive, sys.argv[2])
"""


def _empty(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
