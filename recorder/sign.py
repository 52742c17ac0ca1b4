"""Signatures that ``ssh-keygen -Y verify`` checks: who archived something, not who spoke.

An ed25519 key is made on first use, as an OpenSSH private key that only its owner can read. What
it signs gets an SSHSIG (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig):
a text in armour, kept beside the file with ``.sig`` behind its name. There is one way to write a
signature, and `check` takes no other: another padding of its base64 is a change too.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)

from recorder.errors import ExportError, storage_error

NAMESPACE = "aircheck"
"""What our signatures are for; a signature for another purpose is none of ours."""

PRINCIPAL = "archivist"
"""The name under which ``allowed_signers`` lists the key."""

SUFFIX = ".sig"

_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
_MAGIC, _VERSION, _HASH = b"SSHSIG", 1, b"sha512"
_KEY_TYPE = b"ssh-ed25519"
_LINE = 70  # characters of base64 in a line, as ssh-keygen writes them
_LARGEST_KEY = 1 << 14


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signature it is."""

    raw: bytes  # 32 bytes

    def __str__(self) -> str:
        """As in ``authorized_keys``: ``ssh-ed25519 AAAA…``."""
        return f"{_KEY_TYPE.decode()} {base64.b64encode(self._blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…``, as ``ssh-keygen -l`` tells it."""
        digest = hashlib.sha256(self._blob).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"

    @property
    def allowed_signers(self) -> bytes:
        """The one line that ``ssh-keygen -Y verify -f`` wants."""
        return f'{PRINCIPAL} namespaces="{NAMESPACE}" {self}\n'.encode()

    @property
    def _blob(self) -> bytes:
        return _string(_KEY_TYPE) + _string(self.raw)


class Signer:
    """A private key at hand."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(raw)

    @classmethod
    def at(cls, path: Path) -> Signer:
        """The key in a file; made, for its owner alone, where there is none yet.

        Raises:
            ExportError: The file holds no ed25519 key without a passphrase, or others can read it.
            StorageError: The disk refuses.
        """
        with contextlib.suppress(FileExistsError):
            if not path.exists():
                _make(path)
        return cls(_load(path))

    def sign(self, message: bytes) -> bytes:
        """An armoured SSHSIG of a message."""
        signature = self._key.sign(_signed(message))
        blob = b"".join(
            (
                _MAGIC,
                struct.pack(">I", _VERSION),
                _string(_string(_KEY_TYPE) + _string(self.public.raw)),
                _string(NAMESPACE.encode()),
                _string(b""),
                _string(_HASH),
                _string(_string(_KEY_TYPE) + _string(signature)),
            )
        )
        return _armour(blob)


def check(message: bytes, armoured: bytes) -> PublicKey:
    """Who signed a message.

    Raises:
        ValueError: It isn't a signature of this message, or not written as `Signer.sign` does.
    """
    blob = _blob(armoured)
    fields = _Fields(blob)
    if fields.take(len(_MAGIC)) != _MAGIC or fields.take(4) != struct.pack(">I", _VERSION):
        raise ValueError("it is no SSHSIG of version 1")
    public, namespace, reserved, hashing, signature = (fields.string() for _ in range(5))
    if (namespace, reserved, hashing, fields.rest) != (NAMESPACE.encode(), b"", _HASH, b""):
        raise ValueError("it was made for another purpose")
    key, made = _typed(public), _typed(signature)
    if _armour(blob) != armoured:
        raise ValueError("it isn't written as it was")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(made, _signed(message))
    except InvalidSignature as error:
        raise ValueError("it is of something else") from error
    return PublicKey(key)


def read_public(text: str) -> PublicKey:
    """The key in a line of ``.pub`` or ``allowed_signers``.

    Raises:
        ValueError: No ed25519 key is in it.
    """
    words = text.split()
    if _KEY_TYPE.decode() not in words[:-1]:
        raise ValueError("there is no ed25519 key in it")
    at = words.index(_KEY_TYPE.decode())
    try:
        key = load_ssh_public_key(" ".join(words[at : at + 2]).encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("its key can't be read") from error
    assert isinstance(key, Ed25519PublicKey)
    return PublicKey(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _make(path: Path) -> None:
    """Write a new key, whole from the first moment that it has its name."""
    data = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path) if os.name == "nt" else os.link(temporary, path)
    except FileExistsError:
        raise  # another process made one meanwhile: that one is it
    except OSError as error:
        raise storage_error(error, doing="keeping the signing key") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise _unusable(path, "others than its owner can read it", f"chmod 600 '{path}'")
        with path.open("rb") as file:
            data = file.read(_LARGEST_KEY)
    except OSError as error:
        raise storage_error(error, doing="reading the signing key") from error
    try:
        key = load_ssh_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path, "it can't be read") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "it isn't an ed25519 key")
    return key


def _unusable(path: Path, why: str, mend: str = "") -> ExportError:
    return ExportError(
        f"The signing key in {path} is not used: {why}.",
        safe="Nothing was signed or written.",
        hint=mend or "Move it away, and a new one is made.",
    )


def _signed(message: bytes) -> bytes:
    """What the signature is over: not the message itself, but its hash and what it is for."""
    digest = hashlib.sha512(message).digest()
    return _MAGIC + b"".join(map(_string, (NAMESPACE.encode(), b"", _HASH, digest)))


def _string(data: bytes) -> bytes:
    """As SSH writes it (RFC 4251, section 5)."""
    return struct.pack(">I", len(data)) + data


def _armour(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[at : at + _LINE] + b"\n" for at in range(0, len(text), _LINE)]
    return _BEGIN + b"".join(lines) + _END


def _blob(armoured: bytes) -> bytes:
    if not (armoured.startswith(_BEGIN) and armoured.endswith(_END)):
        raise ValueError("it has lost its armour")
    inner = armoured[len(_BEGIN) : -len(_END)].replace(b"\n", b"")
    try:
        return base64.b64decode(inner, validate=True)
    except binascii.Error as error:
        raise ValueError("its base64 can't be read") from error


def _typed(data: bytes) -> bytes:
    """What stands behind the key's type in a key or signature."""
    fields = _Fields(data)
    if fields.string() != _KEY_TYPE:
        raise ValueError("it isn't by an ed25519 key")
    value = fields.string()
    if fields.rest:
        raise ValueError("it is longer than it should be")
    return value


class _Fields:
    """Bytes, taken from the front."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        if size > len(self.rest):
            raise ValueError("it is cut short")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def string(self) -> bytes:
        (size,) = struct.unpack(">I", self.take(4))
        return self.take(size)
