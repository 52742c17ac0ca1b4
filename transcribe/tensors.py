"""What is in a checkpoint file, read without torch, and without running what is in it.

``torch.save`` writes a zip archive: ``data.pkl`` says how tensors lie in the members
``data/0``, ``data/1``, …, which are stored uncompressed and are mapped here, not read
(https://github.com/pytorch/pytorch/blob/main/torch/serialization.py). The pickle may name nothing
but the few things that a dictionary of tensors needs.
"""

from __future__ import annotations

import collections
import io
import mmap
import pickle
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from transcribe.errors import BrokenModel

Tensor = npt.NDArray[Any]
"""Of the type that it is stored in: float16, float32 or float64."""

_TYPES = {
    "HalfStorage": np.dtype("<f2"),
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
}
_LOCAL_HEADER = struct.Struct("<26xHH")  # of a zip's member: the lengths of its name and extra


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A Whisper checkpoint.

    Attributes:
        dims: The model's dimensions, under openai-whisper's names.
        tensors: Read-only, mapped from the file, by openai-whisper's names.
    """

    dims: dict[str, int]
    tensors: dict[str, Tensor]


def read(path: Path) -> Checkpoint:
    """Map a checkpoint's tensors.

    Raises:
        BrokenModel: It isn't one that can be read without torch.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as members:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            held = _Unpickler(members, mapped).load()
        return Checkpoint(
            dims={str(name): int(value) for name, value in held["dims"].items()},
            tensors=dict(held["model_state_dict"]),
        )
    except Exception as error:  # a foreign file makes pickle raise anything
        raise BrokenModel(
            f"{path.name} is not a Whisper checkpoint that can be read.",
            safe="The recordings are safe.",
            hint="Delete it and get the model again.",
        ) from error


class _Unpickler(pickle.Unpickler):
    """Makes arrays of the tensors that a pickle names, and nothing else."""

    def __init__(self, members: zipfile.ZipFile, mapped: mmap.mmap) -> None:
        [pickled] = [name for name in members.namelist() if name.endswith("/data.pkl")]
        super().__init__(io.BytesIO(members.read(pickled)))
        self._members, self._mapped = members, mapped
        self._folder = pickled.removesuffix("data.pkl")

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        return _refuse(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Tensor:
        """A storage: all numbers of one member."""
        kind, dtype, key, _, count = pid
        if kind != "storage":
            _refuse(str(kind))
        member = self._members.getinfo(f"{self._folder}data/{key}")
        if member.compress_type != zipfile.ZIP_STORED:
            raise pickle.UnpicklingError("a tensor is compressed")
        name, extra = _LOCAL_HEADER.unpack_from(self._mapped, member.header_offset)
        begin = member.header_offset + _LOCAL_HEADER.size + name + extra
        storage: Tensor = np.frombuffer(self._mapped, dtype, count, begin)
        return storage


def _tensor(
    storage: Tensor, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> Tensor:
    """A tensor of one storage; `strides` count numbers, not bytes."""
    last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
    if min((offset, *shape, *strides)) < 0 or (0 not in shape and last >= len(storage)):
        raise pickle.UnpicklingError("a tensor lies outside of its storage")
    in_bytes = tuple(step * storage.itemsize for step in strides)
    found: Tensor = np.lib.stride_tricks.as_strided(
        storage[offset:], shape, in_bytes, writeable=False
    )
    return found


def _refuse(what: str) -> NoReturn:
    raise pickle.UnpicklingError(f"{what} has no place in a checkpoint")
