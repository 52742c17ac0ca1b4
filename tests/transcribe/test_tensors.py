"""Checkpoints read without torch are what torch reads; and nothing in them is run."""

import os
import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from transcribe import tensors
from transcribe.errors import BrokenModel

DIMS = {"n_mels": 80, "n_vocab": 51_865}


def save(path: Path, state: dict[str, Any], **how: Any) -> Path:
    torch.save({"dims": DIMS, "model_state_dict": state}, path, **how)
    return path


def test_every_tensor_is_what_torch_reads(tmp_path: Path) -> None:
    torch.manual_seed(1)
    plain = torch.randn(5, 7)
    state = {
        "half": plain.half(),
        "single": plain,
        "double": plain.double(),
        "turned": plain.t(),
        "piece": plain[1:4, 2:5],
        "scalar": torch.tensor(3.0),
        "empty": torch.zeros(0, 4),
    }
    held = tensors.read(save(tmp_path / "x.pt", state))
    assert held.dims == DIMS
    assert held.tensors.keys() == state.keys()
    for name, tensor in state.items():
        assert np.array_equal(held.tensors[name], tensor.numpy()), name
        assert not held.tensors[name].flags.writeable


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("exploded",)


def test_a_pickle_that_names_anything_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = save(tmp_path / "bad.pt", {"weight": Bomb()})
    with pytest.raises(BrokenModel, match=r"bad\.pt"):
        tensors.read(file)
    assert not Path("exploded").exists()


class Storage:
    """Four numbers, as torch's pickles name them."""


class ClaimingPickler(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        is_storage = isinstance(thing, Storage)
        return ("storage", torch.FloatStorage, "0", "cpu", 4) if is_storage else None


@dataclass
class Claim:
    """A tensor that says where in its storage it lies."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int

    def __reduce__(self) -> tuple[Any, ...]:
        where = (self.offset, self.size, self.strides)
        return torch._utils._rebuild_tensor_v2, (Storage(), *where, False, {})


def claiming(path: Path, claim: Claim) -> Path:
    """A checkpoint with one tensor and a storage of four zeros."""
    with zipfile.ZipFile(path, "w") as members:
        members.writestr("archive/data/0", bytes(4 * 4))
        with members.open("archive/data.pkl", "w") as file:
            ClaimingPickler(file, 2).dump({"dims": DIMS, "model_state_dict": {"w": claim}})
    return path


def test_a_tensor_outside_of_its_storage_is_refused(tmp_path: Path) -> None:
    inside = claiming(tmp_path / "good.pt", Claim((4,), (1,), 0))
    assert np.array_equal(tensors.read(inside).tensors["w"], np.zeros(4))
    for claim in (
        Claim((5,), (1,), 0),
        Claim((4,), (1,), 1),
        Claim((2,), (4,), 0),
        Claim((4,), (-1,), 3),
        Claim((1,), (1,), -8),
    ):
        with pytest.raises(BrokenModel):
            tensors.read(claiming(tmp_path / "bad.pt", claim))


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04"])
def test_what_is_no_checkpoint_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tiny.pt"
    file.write_bytes(content)
    with pytest.raises(BrokenModel, match=r"tiny\.pt is not a Whisper checkpoint"):
        tensors.read(file)


def test_a_truncated_checkpoint_is_said(tmp_path: Path) -> None:
    file = save(tmp_path / "cut.pt", {"w": torch.zeros(100_000)})
    file.write_bytes(file.read_bytes()[:-5_000])
    with pytest.raises(BrokenModel):
        tensors.read(file)
