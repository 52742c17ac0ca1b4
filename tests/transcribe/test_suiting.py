"""The model that is proposed."""

from pathlib import Path

import pytest

from transcribe import suiting
from transcribe.weights import Weights

GIB = 2**30


@pytest.mark.parametrize(
    ("memory_gib", "cores", "has_gpu", "expected"),
    [
        (2, 2, False, "tiny"),
        (8, 2, False, "base"),
        (16, 8, False, "small"),
        (4, 8, False, "base"),
        (32, 8, True, "large-v3-turbo"),
        (4, 2, True, "base"),
    ],
)
def test_the_model_suits_the_machine(
    memory_gib: int, cores: int, *, has_gpu: bool, expected: str
) -> None:
    assert suiting.model(memory_bytes=memory_gib * GIB, cores=cores, has_gpu=has_gpu) == expected


def test_this_machine_has_one_that_can_be_had(tmp_path: Path) -> None:
    assert Weights(tmp_path).model(suiting.model()).url
