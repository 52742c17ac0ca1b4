"""BagIt packages (RFC 8493): write one over a payload, and say what in one isn't as it was.

    bagit.txt, bag-info.txt    what this is
    manifest-sha256.txt        the payload's hashes, sorted by name
    tagmanifest-sha256.txt     those of all files beside the payload
    tagmanifest-sha256.txt.sig the signature of that, and so of everything (`recorder.sign`)
    allowed_signers            whose signature it is, as ssh-keygen wants it
    data/                      the payload

bagit-python makes a bag in place with the whole process's working folder changed, and writes its
tagmanifest with one space, which ``sha256sum -c`` refuses; so the lists are written here and a
finished bag is validated by it. `faults` takes a manifest only as `write` would write it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import bagit

from recorder import sign, sums
from recorder.archive import PROGRAM
from recorder.errors import ExportError, StorageError
from recorder.sign import PublicKey, Signer
from recorder.types import utc_now

PAYLOAD = "data"
SIGNATURE = "tagmanifest-sha256.txt.sig"

_DECLARATION = "bagit.txt"
_MANIFEST = "manifest-sha256.txt"
_TAG_MANIFEST = "tagmanifest-sha256.txt"
_SIGNERS = "allowed_signers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A file of a package that isn't as it was packed; `what` goes on after its name."""

    file: str
    what: str


def write(
    root: Path,
    info: Mapping[str, str],
    *,
    known: Mapping[str, str] | None = None,
    signer: Signer | None = None,
) -> None:
    """Make a folder whose payload lies in ``data/`` a bag; tag files of ours may lie beside it.

    bagit-python reads everything back from the disk and hashes it.

    Args:
        root: The folder.
        info: Lines of ``bag-info.txt``, as RFC 8493, section 2.2.2, names them.
        known: Hashes of files that were taken when these were written.
        signer: Who signs the package; nobody unless told.

    Raises:
        ExportError: bagit-python doesn't agree.
        OSError: The disk refuses.
    """
    payload = [name for name in _files(root) if name.startswith(f"{PAYLOAD}/")]
    size = sum((root / name).stat().st_size for name in payload)
    facts = {
        "Bag-Software-Agent": PROGRAM,
        "Bagging-Date": f"{utc_now():%Y-%m-%d}",
        **info,
        "Payload-Oxum": f"{size}.{len(payload)}",
    }
    lines = [f"{key}: {' '.join(value.split())}\n" for key, value in facts.items() if value]
    _write(root / _DECLARATION, b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    _write(root / "bag-info.txt", "".join(lines).encode())
    if signer:
        _write(root / _SIGNERS, signer.public.allowed_signers)
    _write(root / _MANIFEST, _listed(root, payload, known or {}))
    tags = [name for name in _files(root) if name not in payload and name != _TAG_MANIFEST]
    listed = _listed(root, tags, {})
    _write(root / _TAG_MANIFEST, listed)
    if signer:
        _write(root / SIGNATURE, signer.sign(listed))
    try:
        bagit.Bag(os.fspath(root)).validate()
    except bagit.BagError as error:
        raise ExportError(
            f"The package can't be validated ({error}).",
            safe="The session is untouched.",
            hint="Check the disk, and try again.",
        ) from error


def is_bag(root: Path) -> bool:
    """Whether a folder is a package, even one that has lost a part of itself."""
    return any((root / name).exists() for name in (_DECLARATION, _MANIFEST, _TAG_MANIFEST))


def faults(root: Path) -> Iterator[Fault]:
    """Whatever was changed, added or removed in a package. Reads every file."""
    present = set(_files(root))
    payload = {name for name in present if name.startswith(f"{PAYLOAD}/")}
    yield from _against(root, _MANIFEST, payload)
    yield from _against(root, _TAG_MANIFEST, present - payload - {_TAG_MANIFEST, SIGNATURE})


def signer(root: Path) -> PublicKey | None:
    """Whose signature a package carries; None where it was never signed.

    Raises:
        ValueError: The signature is missing, or isn't that of this package by the one whom
            ``allowed_signers`` names; the message goes on after the signature's name.
    """
    signature, signers = root / SIGNATURE, root / _SIGNERS
    if not signature.exists():
        if signers.exists():
            raise ValueError("is missing")
        return None
    try:
        key = sign.check((root / _TAG_MANIFEST).read_bytes(), signature.read_bytes())
        named = signers.read_bytes()
    except (OSError, ValueError) as error:
        raise ValueError(f"does not hold: {error}") from error
    if named != key.allowed_signers:
        raise ValueError("is by another key than allowed_signers names")
    return key


def _against(root: Path, manifest: str, present: set[str]) -> Iterator[Fault]:
    """Compare files with the list that names them."""
    try:
        data = (root / manifest).read_bytes()
        listed = sums.parse(data)
    except FileNotFoundError:
        yield Fault(file=manifest, what="is missing")
        return
    except (OSError, ValueError) as error:
        yield Fault(file=manifest, what=f"isn't written as it was ({error})")
        return
    if list(listed) != sorted(listed):
        yield Fault(file=manifest, what="isn't in its order")
    for name, sha256 in listed.items():
        if name not in present:
            yield Fault(file=name, what="is missing")
        elif what := _difference(root / name, sha256):
            yield Fault(file=name, what=what)
    for name in sorted(present - listed.keys()):
        yield Fault(file=name, what="was added")


def _difference(path: Path, sha256: str) -> str:
    if path.is_symlink() or not path.is_file():
        return "is no plain file any more"
    try:
        return "" if sums.file_sha256(path) == sha256 else "was changed"
    except StorageError as error:
        return f"can't be read ({error.message})"


def _files(root: Path) -> list[str]:
    """All that lies in a folder, as a manifest names it; of folders only those that are empty."""
    names = []
    for place, folders, files in os.walk(root):
        links = [name for name in folders if Path(place, name).is_symlink()]
        if not files and not folders and Path(place) != root:
            links.append("")
        names += [
            PurePosixPath(Path(place, name).relative_to(root)).as_posix()
            for name in (*files, *links)
        ]
    return sorted(names)


def _listed(root: Path, names: list[str], known: Mapping[str, str]) -> bytes:
    return sums.render(
        (name, known.get(name) or sums.file_sha256(root / name)) for name in sorted(names)
    )


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
