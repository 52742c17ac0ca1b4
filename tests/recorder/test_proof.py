"""A proof is read as it was written, and in no other way."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import export, proof
from recorder.proof import Proof
from recorder.verify import verify
from tests.recorder.builders import build_session


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("proof")
    return export.clip(build_session(root), root / "clips", from_s=0, to_s=20)[0]


def test_it_comes_back_as_it_was(path: Path) -> None:
    data = proof.beside(path).read_bytes()
    told = Proof.parse(data)
    assert told.render() == data
    assert told.from_s == 0
    assert told.missing[0]["reason"] == "connection lost"
    assert sum(stretch.bytes for stretch in told.stretches) == told.size == path.stat().st_size


def test_it_is_plain_json(path: Path) -> None:
    values = json.loads(proof.beside(path).read_bytes())
    assert values["aircheck"] == "proof"
    assert values["stretches"][0]["at"] == 0
    assert {"part", "offset", "bytes", "sha256", "from_s", "to_s"} == set(values["chunks"][0])


def test_the_same_json_written_otherwise_is_a_change(path: Path) -> None:
    data = proof.beside(path).read_bytes()
    sha256 = json.loads(data)["sha256"]
    assert b'"version":2' in data  # packets are cut off at its end
    for other in (
        json.dumps(json.loads(data)).encode(),
        data + b"\n",
        data.replace(b'"version":2', b'"version":2.0'),
        data.replace(b'"aircheck":"proof"', b'"aircheck":"proof","more":1'),
        data.replace(b'"version":2', b'"version":1'),
        data.replace(b'"version":2', b'"version":3'),
        data.replace(b'"skipped":0', b'"skipped":-1'),
    ):
        with pytest.raises(ValueError, match="it"):
            Proof.parse(other)
    upper = path.with_name("upper")
    proof.beside(upper).write_bytes(data.replace(sha256.encode(), sha256.upper().encode()))
    assert [fault.what for fault in proof.faults(path, proof.read(proof.beside(upper)))] == [
        "isn't the file that its proof tells of"
    ]


NONSENSE = st.sampled_from([None, -1, "x", [], {}, [1], [{}], 1e300, True])


@given(
    key=st.sampled_from(["chunks", "stretches", "origin", "gaps", "size", "file", "missing"]),
    value=NONSENSE,
)
def test_nonsense_is_a_sentence(path: Path, key: str, value: object) -> None:
    values = json.loads(proof.beside(path).read_bytes())
    values[key] = value
    with pytest.raises(ValueError, match=r"it|valid"):
        Proof.parse(json.dumps(values).encode())


@given(
    where=st.sampled_from(["", "origin", "chunks", "stretches"]),
    at=st.integers(0, 9),
    value=NONSENSE,
)
def test_nonsense_that_is_well_written_never_raises(
    path: Path, tmp_path_factory: pytest.TempPathFactory, where: str, at: int, value: object
) -> None:
    told = Proof.parse(proof.beside(path).read_bytes())
    held = getattr(told, where) if where else told
    one = held[0] if isinstance(held, tuple) else held
    names = get_type_hints(type(one))
    name = list(names)[at % len(names)]
    changed = one._replace(**{name: value}) if one is not held else replace(one, **{name: value})
    parts = {where: (changed, *held[1:]) if isinstance(held, tuple) else changed}
    try:
        data = (replace(told, **parts) if where else changed).render()
    except (TypeError, AttributeError):
        return  # can't even be written
    root = tmp_path_factory.mktemp("nonsense")
    copied = Path(shutil.copy(path, root))
    proof.beside(copied).write_bytes(data)
    verify(copied, against=lambda _: None)
    shutil.rmtree(root)
