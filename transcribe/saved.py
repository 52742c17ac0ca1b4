"""Searches that are kept, with a name: ``<archive>/searches.json``.

They lie beside the sessions and not in the index, which may be deleted at any time. The file may
be edited:

    {"searches": [{"name": "debt", "text": "national debt -interest", "order": "newest first"}]}
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from recorder.archive import write_whole
from recorder.errors import storage_error
from transcribe.errors import NotASearch

FILE_NAME: Final = "searches.json"
_LOCK_NAME = ".searches.lock"
_LOCK_WAIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A search, as it was asked.

    Attributes:
        text: As typed.
        from_: As the field ``from:``, or empty; likewise the others.
        session: The only session that is searched, or empty.
        order: As `search.Order` says it, or empty.
    """

    name: str
    text: str
    from_: str = ""
    to: str = ""
    source: str = ""
    session: str = ""
    order: str = ""


def searches(archive_root: Path) -> list[Saved]:
    """All of them, by name.

    Raises:
        NotASearch: The file can't be read as a list of them.
        StorageError: The disk refuses.
    """
    path = archive_root / FILE_NAME
    try:
        items = json.loads(path.read_bytes())["searches"]
        found = [_of_json(item) for item in items]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error(error, doing="reading the saved searches") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotASearch(
            f"{path} can't be read as saved searches ({error}).",
            safe="Sessions and transcripts are untouched.",
            hint="Mend the file, or put it aside.",
        ) from error
    return sorted(found, key=lambda item: item.name.casefold())


def find(archive_root: Path, name: str) -> Saved:
    """The search of that name; upper and lower case are one.

    Raises:
        NotASearch: There is none.
        StorageError: The disk refuses.
    """
    for item in searches(archive_root):
        if item.name.casefold() == name.casefold():
            return item
    raise NotASearch(
        f"No search is saved as '{name}'.", hint="'aircheck searches' lists those that are."
    )


def save(archive_root: Path, search: Saved) -> None:
    """Keep a search, in place of the one of the same name.

    Raises:
        NotASearch: The file can't be read; it is as it was. Or the name is empty.
        StorageError: The disk refuses; the file is as it was.
    """
    if not search.name.strip():
        raise NotASearch("A saved search needs a name.")
    with _alone(archive_root):
        others = _without(searches(archive_root), search.name)
        _write(archive_root, [*others, search])


def remove(archive_root: Path, name: str) -> None:
    """Forget a search.

    Raises:
        NotASearch: There is none of that name, or the file can't be read.
        StorageError: The disk refuses; the file is as it was.
    """
    with _alone(archive_root):
        find(archive_root, name)
        _write(archive_root, _without(searches(archive_root), name))


def _without(items: list[Saved], name: str) -> list[Saved]:
    return [item for item in items if item.name.casefold() != name.casefold()]


def _write(archive_root: Path, items: list[Saved]) -> None:
    values = [to_json(item) for item in items]
    data = json.dumps({"searches": values}, ensure_ascii=False, indent=1)
    data_utf8 = data.encode("utf-8", errors="backslashreplace")
    write_whole(archive_root / FILE_NAME, data_utf8 + b"\n")


def to_json(item: Saved) -> dict[str, str]:
    """A saved search as it stands in the file: what is empty is left out."""
    return {key.rstrip("_"): value for key, value in asdict(item).items() if value}


def _of_json(values: dict[str, Any]) -> Saved:
    texts = {("from_" if key == "from" else key): value for key, value in values.items()}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"{key} is not text")
    return Saved(**texts)


@contextlib.contextmanager
def _alone(archive_root: Path) -> Iterator[None]:
    try:
        archive_root.mkdir(parents=True, exist_ok=True)
        with FileLock(archive_root / _LOCK_NAME, timeout=_LOCK_WAIT_S):
            yield
    except (OSError, Timeout) as error:
        reason = error if not isinstance(error, Timeout) else OSError("another process is at it")
        raise storage_error(reason, doing="saving the search") from error
