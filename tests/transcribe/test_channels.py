"""Each channel for itself, and all as one where they say the same."""

from pathlib import Path

import numpy as np
import pytest

from recorder.archive import SessionFolder
from recorder.types import AudioFormat
from tests.recorder.builders import PartSpec, adts_chunks, build_session, encode, tone
from transcribe import channels
from transcribe.chunking import RATE_HZ, Samples

STEREO = AudioFormat(container="adts", codec="aac", rate_hz=44_100, channels=2)
LOW, HIGH = tone(2.0, hz=300.0), tone(2.0, hz=3_000.0)


def session(root: Path, *parts: Samples) -> SessionFolder:
    return build_session(root, [PartSpec(fmt=STEREO, chunks=chunks(part)) for part in parts])


def chunks(samples: Samples) -> list[tuple[bytes, float]]:
    return adts_chunks(encode(samples, 44_100, "adts"))


def pitch_hz(folder: SessionFolder, voice: str) -> float:
    blocks = list(channels.sound(folder, "a", voice))
    assert all(block.samples.shape[1] == 1 for block in blocks)
    heard = np.concatenate([block.samples[:, 0] for block in blocks])[RATE_HZ // 2 :]
    return float(np.argmax(np.abs(np.fft.rfft(heard)))) * RATE_HZ / len(heard)


def test_each_channel_is_a_voice_and_sounds_alone(tmp_path: Path) -> None:
    folder = session(tmp_path, np.hstack([LOW, HIGH]))
    assert channels.voices(folder, "a") == ("1", "2")
    assert pitch_hz(folder, "1") == pytest.approx(300, abs=2)
    assert pitch_hz(folder, "2") == pytest.approx(3_000, abs=2)


def test_one_sound_on_both_sides_is_one_voice(tmp_path: Path) -> None:
    folder = session(tmp_path, np.hstack([LOW, LOW]))
    assert channels.voices(folder, "a") == (channels.MIXED,)
    assert pitch_hz(folder, channels.MIXED) == pytest.approx(300, abs=2)


def test_one_side_that_is_silent_is_a_channel(tmp_path: Path) -> None:
    assert channels.voices(session(tmp_path, np.hstack([LOW, 0 * LOW])), "a") == ("1", "2")


def test_a_mono_part_is_heard_on_both_sides(tmp_path: Path) -> None:
    folder = session(tmp_path, np.hstack([LOW, HIGH]), LOW)
    for voice in ("1", "2"):
        end_s = max(block.start_s for block in channels.sound(folder, "a", voice))
        assert end_s >= 2
        last = [b for b in channels.sound(folder, "a", voice) if b.start_s >= 2][-1]
        assert float(np.abs(last.samples).max()) > 0.2


def test_without_sound_there_is_one_voice(tmp_path: Path) -> None:
    assert channels.voices(build_session(tmp_path, []), "a") == (channels.MIXED,)
