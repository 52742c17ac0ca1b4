"""The player, through a real sound server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import require
from tests.pulseserver import sound_server
from tests.recorder.builders import adts_part, build_session

# In a process of its own: Qt looks for the sound server once in its life.
SCRIPT = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from app.gui.player import Player, Playing
from recorder.archive import SessionFolder

application = QApplication([])
player, told, problems = Player(), [], []
player.moved.connect(told.append)
player.failed.connect(lambda message: problems.append(str(message)))

def at_end():
    if player.playing is not Playing.SOUND and not was_sought:
        was_sought.append(True)
        player.seek(1.0)
        player.resume()
        QTimer.singleShot(600, application.quit)

was_sought = []
player.changed.connect(at_end)
player.play(SessionFolder(Path(sys.argv[1])), float(sys.argv[2]))
QTimer.singleShot(20_000, application.quit)
application.exec()
player.close()
print(json.dumps({"told": told, "problems": problems}))
"""


def test_it_plays_over_a_gap_to_the_end_and_again_from_elsewhere(tmp_path: Path) -> None:
    require("pulseaudio", "pactl", "portaudio")
    folder = build_session(
        tmp_path / "archive", [adts_part(1.5), adts_part(1.0, start_s=3.5)], title="Talk"
    )
    timeline = folder.timeline()
    gap = timeline.gaps[0]
    with sound_server(tmp_path) as server:
        server.add_sink("speaker", "Speaker")
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(folder.path), "0.5"],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert not answer["problems"]
    end = answer["told"].index(1.0)  # where it was sought
    first, again = answer["told"][:end], answer["told"][end + 1 :]
    assert first == sorted(first)
    assert 0.5 <= first[0] < 1.0
    assert first[-1] == pytest.approx(timeline.duration_s, abs=0.1)
    assert not [at_s for at_s in first if gap.from_s + 0.05 < at_s < gap.to_s - 0.05]
    assert 1.0 <= again[0] < gap.from_s
