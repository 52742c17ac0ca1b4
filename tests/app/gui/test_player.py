"""The player, through a real sound server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import require
from tests.pulseserver import PulseServer, sound_server
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


# What was said where no server was is taken from a first try; then the test starts one.
LATER = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from app.gui.player import Player
from recorder.archive import SessionFolder

application = QApplication([])
player, problems = Player(), []
player.failed.connect(lambda message: problems.append(message.happened))
player.moved.connect(lambda at_s: application.quit() if at_s > 0.6 else None)
player.play(SessionFolder(Path(sys.argv[1])), 0.5)
print(json.dumps(problems), flush=True)
sys.stdin.readline()
player.resume()
QTimer.singleShot(20_000, application.quit)
application.exec()
print(json.dumps([problems, player.position_s]))
player.close()
"""


def test_a_sound_server_that_comes_later_is_found_by_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build_session(tmp_path / "archive", [adts_part(1.5)], title="Talk")
    server = PulseServer(tmp_path)
    monkeypatch.setenv("PULSE_SERVER", server.address)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with subprocess.Popen(
        [sys.executable, "-c", LATER, str(folder.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as window:
        assert window.stdout is not None
        try:
            silent = json.loads(window.stdout.readline())
            server.start()
            server.add_sink("speaker", "Speaker")
            said, _ = window.communicate("now\n", timeout=240)
        finally:
            window.kill()
            server.close()
    assert silent == ["There is no audio output here."]
    problems, at_s = json.loads(said)
    assert problems == silent
    assert at_s > 0.6
