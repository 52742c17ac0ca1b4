"""Searches that are kept, with a name: ``<archive>/searches.json``.

They lie beside the sessions and not in the index, which may be deleted at any time. The file may
be edited:

    {"searches": [{"name": "debt", "text": "national debt -interest", "order": "newest first"}]}
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from recorder.lists import NamedList
from transcribe.errors import NotASearch

FILE_NAME: Final = "searches.json"


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
    kept = _kept(archive_root)
    try:
        found = [_of_json(item) for item in kept.read()]
    except (ValueError, TypeError) as error:
        raise NotASearch(
            f"{kept.path} can't be read as saved searches ({error}).",
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
    with _kept(archive_root).alone():
        others = _without(searches(archive_root), search.name)
        _write(archive_root, [*others, search])


def remove(archive_root: Path, name: str) -> None:
    """Forget a search.

    Raises:
        NotASearch: There is none of that name, or the file can't be read.
        StorageError: The disk refuses; the file is as it was.
    """
    with _kept(archive_root).alone():
        find(archive_root, name)
        _write(archive_root, _without(searches(archive_root), name))


def _without(items: list[Saved], name: str) -> list[Saved]:
    return [item for item in items if item.name.casefold() != name.casefold()]


def _write(archive_root: Path, items: list[Saved]) -> None:
    _kept(archive_root).write([to_json(item) for item in items])


def to_json(item: Saved) -> dict[str, str]:
    """A saved search as it stands in the file: what is empty is left out."""
    return {key.rstrip("_"): value for key, value in asdict(item).items() if value}


def _of_json(values: dict[str, Any]) -> Saved:
    texts = {("from_" if key == "from" else key): value for key, value in values.items()}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"{key} is not text")
    return Saved(**texts)


def _kept(archive_root: Path) -> NamedList:
    return NamedList(archive_root / FILE_NAME, "searches")
