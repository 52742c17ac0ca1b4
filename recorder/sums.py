"""``SHA256SUMS``: the hashes of a sealed session, for anybody's ``sha256sum -c``.

One line a file, ``<sha256 in lower case>  <name>``, two spaces between; the journal first, then
the parts by name. BagIt's manifests are written the same way (RFC 8493, section 2.1.3, allows any
white space; ``sha256sum`` wants two characters). There is one way to write such a list, and
`parse` takes no other: a hash in other letters is a change too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from recorder.archive import SessionFolder, write_whole
from recorder.errors import storage_error
from recorder.timeline import Timeline

_BLOCK = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64})  ([!-~][ -~]*)")


def file_sha256(path: Path, *, offset: int = 0) -> str:
    """The SHA-256 of a file's bytes, in lower-case hex; reads a MiB at a time.

    Args:
        path: The file.
        offset: Bytes at its beginning that don't count, as a WAV's header.

    Raises:
        StorageError: The file can't be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(offset)
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise storage_error(error, doing=f"reading {path.name}") from error
    return digest.hexdigest()


def write(folder: SessionFolder, timeline: Timeline) -> None:
    """Write a session's ``SHA256SUMS``, once its journal has got its last line.

    The parts' hashes are those of their seals, so that only the journal is read.

    Args:
        folder: The session's.
        timeline: Of the whole journal; its parts are sealed.

    Raises:
        StorageError: The disk refuses.
    """
    journal = (folder.journal_path.name, file_sha256(folder.journal_path))
    parts = sorted(
        (part.file, part.sealed.sha256) for part in timeline.parts if part.sealed is not None
    )
    write_whole(folder.sums_path, render([journal, *parts]))


def render(entries: Iterable[tuple[str, str]]) -> bytes:
    """A list of name and SHA-256 as ``sha256sum -c`` reads it, in the order given."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in entries).encode("ascii")


def parse(data: bytes) -> dict[str, str]:
    """SHA-256 by name, in the order of the list.

    Raises:
        ValueError: It isn't written as `render` does; the message says where.
    """
    entries: dict[str, str] = {}
    *lines, rest = data.decode("ascii").split("\n")
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if not found:
            raise ValueError(f"line {number} isn't a hash, two spaces and a name")
        sha256, name = found.groups()
        if name in entries:
            raise ValueError(f"line {number} names {name} again")
        entries[name] = sha256
    if rest:
        raise ValueError("the last line is torn")
    return entries
