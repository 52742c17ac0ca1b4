"""The encoder hears what the reference's hears, of sound of any length, in fp32 and in int8."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
import pytest
import torch
import whisper

from tests.transcribe.models import save_random, small_dims
from transcribe import conversion, encodergraph, tensors
from transcribe.engines import encoder
from transcribe.engines.encoder import Encoder


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dims = replace(small_dims(), n_audio_state=128)
    return save_random(tmp_path_factory.mktemp("models") / "x.pt", dims)


@pytest.fixture(scope="module")
def reference(checkpoint: Path) -> whisper.model.AudioEncoder:
    return whisper.load_model(str(checkpoint), device="cpu").encoder


def written(checkpoint: Path, folder: Path, *, is_int8: bool) -> Encoder:
    encodergraph.write(tensors.read(checkpoint), folder, is_int8=is_int8)
    return Encoder(folder)


def sound(frames: int = 3000) -> npt.NDArray[np.float32]:
    return np.random.default_rng(3).normal(0, 0.5, (1, 80, frames)).astype(np.float32)


def by_torch(
    reference: whisper.model.AudioEncoder, mel: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """What the reference hears of as much sound as that; its positions are cut off."""
    positions = reference.positional_embedding
    reference.positional_embedding = positions[: mel.shape[-1] // 2]
    try:
        with torch.inference_mode():
            return np.asarray(reference(torch.from_numpy(mel)))
    finally:
        reference.positional_embedding = positions


@pytest.mark.parametrize("frames", [3000, 1500, 500, 2])
def test_it_is_the_reference_in_fp32(
    checkpoint: Path, reference: whisper.model.AudioEncoder, frames: int, tmp_path: Path
) -> None:
    hear, mel = written(checkpoint, tmp_path, is_int8=False), sound(frames)
    got = hear(mel)
    assert got.shape == (1, frames // 2, 128)
    assert np.abs(got - by_torch(reference, mel)).max() < 1e-5


def test_in_int8_it_is_as_near_to_the_reference_as_ctranslate(
    checkpoint: Path, reference: whisper.model.AudioEncoder, tmp_path: Path
) -> None:
    """Where one frame is louder than all others by far, too: it must not coarsen them."""
    mel = sound()
    mel[0, :, 100] *= 40
    wanted = by_torch(reference, mel)
    peer = ctranslate2.models.Whisper(
        str(conversion.converted(checkpoint, "x", "float16")), compute_type="int8"
    )
    theirs = np.asarray(peer.encode(ctranslate2.StorageView.from_array(mel)))
    ours = written(checkpoint, tmp_path, is_int8=True)(mel)
    assert error(ours, wanted) < 1.05 * error(theirs, wanted)


def error(got: npt.NDArray[np.float32], wanted: npt.NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean((got - wanted) ** 2)))


def test_a_sound_is_heard_alike_alone_and_beside_others(checkpoint: Path, tmp_path: Path) -> None:
    hear = written(checkpoint, tmp_path, is_int8=True)
    lengths = (3000, 400, 1500, 700) * 3
    alone = [hear(sound(frames)) for frames in lengths]
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(hear, map(sound, lengths)))
    assert all(map(np.array_equal, alone, beside))


def test_a_layer_that_hears_nothing_is_no_division_by_zero(
    checkpoint: Path, reference: whisper.model.AudioEncoder, tmp_path: Path
) -> None:
    held = tensors.read(checkpoint)
    silent = {
        name: np.zeros_like(tensor) if ".mlp.0." in name else tensor
        for name, tensor in held.tensors.items()
    }
    encodergraph.write(replace(held, tensors=silent), tmp_path, is_int8=True)
    assert np.isfinite(Encoder(tmp_path)(sound(200))).all()


def test_what_is_no_encoder_and_what_is_no_sound_are_said(checkpoint: Path, tmp_path: Path) -> None:
    hear = written(checkpoint, tmp_path, is_int8=True)
    with pytest.raises(RuntimeError, match="the encoder failed"):
        hear(sound()[:, :7])
    (tmp_path / encodergraph.NAME).write_bytes(b"no graph")
    with pytest.raises(RuntimeError, match="can't be loaded"):
        Encoder(tmp_path)


@pytest.mark.parametrize(
    ("flags", "asked"), [("flags : sse4_1 avx2", "1"), ("flags : avx512_vnni amx_int8", "0")]
)
def test_sums_of_bytes_never_overflow(
    checkpoint: Path, flags: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CPU without VNNI is told to take care; one with AMX needs none, and would be slowed."""
    (tmp_path / "cpuinfo").write_text(flags)
    monkeypatch.setattr(encoder, "_CPU", tmp_path / "cpuinfo")
    hear = written(checkpoint, tmp_path, is_int8=True)
    entry = hear._session.get_session_options().get_session_config_entry(encoder._EXACT)
    assert entry == asked
