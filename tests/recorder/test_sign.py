"""Signatures against ssh-keygen, both ways, and every change of one."""

import base64
import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder import sign
from recorder.errors import ExportError
from recorder.sign import Signer
from tests.parts import require

MESSAGE = b"what was archived\n"


def keygen(*arguments: str | Path, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["ssh-keygen", *map(str, arguments)], input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode()


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "key"
    first = Signer.at(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert Signer.at(path).public == first.public
    assert [item.name for item in path.parent.iterdir()] == ["key"]


def test_who_comes_first_makes_the_key(tmp_path: Path) -> None:
    path = tmp_path / "key"
    keys: list[sign.PublicKey] = []
    threads = [
        threading.Thread(target=lambda: keys.append(Signer.at(path).public)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert set(keys) == {Signer.at(path).public}


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "key"
    Signer.at(path)
    path.chmod(0o644)
    with pytest.raises(ExportError, match="others than its owner"):
        Signer.at(path)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(ExportError, match="not used"):
        Signer.at(path)
    assert path.read_bytes() == data


def test_ssh_keygen_takes_ours(tmp_path: Path) -> None:
    require("ssh-keygen")
    signer = Signer.at(tmp_path / "key")
    (tmp_path / "signers").write_bytes(signer.public.allowed_signers)
    (tmp_path / "m.sig").write_bytes(signer.sign(MESSAGE))
    checking = ("-Y", "verify", "-f", tmp_path / "signers", "-I", sign.PRINCIPAL)
    said = keygen(*checking, "-n", sign.NAMESPACE, "-s", tmp_path / "m.sig", stdin=MESSAGE)
    assert signer.public.fingerprint in said
    assert keygen("-y", "-f", tmp_path / "key").split()[:2] == str(signer.public).split()
    with pytest.raises(subprocess.CalledProcessError):
        keygen(*checking, "-n", sign.NAMESPACE, "-s", tmp_path / "m.sig", stdin=b"other")


def test_we_take_ssh_keygens(tmp_path: Path) -> None:
    require("ssh-keygen")
    signer = Signer.at(tmp_path / "key")
    (tmp_path / "m").write_bytes(MESSAGE)
    keygen("-Y", "sign", "-f", tmp_path / "key", "-n", sign.NAMESPACE, tmp_path / "m")
    made = (tmp_path / "m.sig").read_bytes()
    assert sign.check(MESSAGE, made) == signer.public
    assert made == signer.sign(MESSAGE)  # ed25519 has but one signature for a message
    keygen("-Y", "sign", "-f", tmp_path / "key", "-n", "file", tmp_path / "m", stdin=b"y\n")
    with pytest.raises(ValueError, match="another purpose"):
        sign.check(MESSAGE, (tmp_path / "m.sig").read_bytes())


@pytest.fixture(scope="module")
def signature(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return Signer.at(tmp_path_factory.mktemp("key") / "key").sign(MESSAGE)


@given(at=st.integers(0, 400), by=st.integers(1, 255))
def test_any_changed_byte_is_found(signature: bytes, at: int, by: int) -> None:
    at %= len(signature)
    changed = signature[:at] + bytes([signature[at] ^ by]) + signature[at + 1 :]
    with pytest.raises(ValueError, match="it"):
        sign.check(MESSAGE, changed)


def test_another_padding_is_a_change(signature: bytes) -> None:
    lines = signature.decode().splitlines()
    inner = "".join(lines[1:-1]).rstrip("=")
    blob = base64.b64decode(inner + "==")
    spare = "A" if base64.b64encode(blob).decode().rstrip("=") == inner else ""
    for other in (inner + "====", inner, f"{inner}{spare}", " ".join(lines[1:-1])):
        written = f"{lines[0]}\n{other}\n{lines[-1]}\n".encode()
        with pytest.raises(ValueError, match="it"):
            sign.check(MESSAGE, written)
    assert os.linesep == "\n" or sign.check(MESSAGE, signature)


def test_a_public_key_is_read_as_it_is_written(tmp_path: Path) -> None:
    public = Signer.at(tmp_path / "key").public
    assert sign.read_public(f"{public} somebody@somewhere") == public
    assert sign.read_public(public.allowed_signers.decode()) == public
    for text in ("", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAA"):
        with pytest.raises(ValueError, match="key"):
            sign.read_public(text)
