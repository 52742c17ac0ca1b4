"""Which sessions: filters over the archive's list, and collections that are kept with a name.

A collection is a list of sessions that somebody put together, or a filter, which takes in whatever
fits it, now and later. They lie beside the sessions, in ``<archive>/collections.json``, which may
be edited:

    {"collections": [{"name": "Interviews", "sessions": ["01J5ABCDEFGHJKMNPQRSTVWXYZ"]},
                     {"name": "To transcribe", "filter": {"transcribed": false}}]}

A session that is gone stays in its collections: it may come back from the trash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from recorder.archive import Summary
from recorder.errors import AircheckError
from recorder.lists import NamedList
from recorder.types import SessionId, State, is_session_id

FILE_NAME: Final = "collections.json"


class CollectionError(AircheckError):
    """Collections that can't be read, or one that can't be made."""


class CollectionNotFound(CollectionError):
    """No collection has that name."""

    exit_status = 3


class Kind(StrEnum):
    """What people call a session's state in a list."""

    LIVE = "live"
    TO_COME = "to come"
    INTERRUPTED = "interrupted"
    DONE = "done"
    RECOVERED = "recovered"
    FAILED = "failed"
    UNREADABLE = "unreadable"


_TO_COME = frozenset({State.SCHEDULED, State.WAITING})


def kind_of(summary: Summary) -> Kind:
    """What a session is, in a list."""
    if summary.problem:
        return Kind.UNREADABLE
    if summary.state is State.DONE:
        return Kind.RECOVERED if summary.recovered else Kind.DONE
    if summary.state is State.FAILED:
        return Kind.FAILED
    if summary.state in _TO_COME:
        return Kind.TO_COME
    return Kind.INTERRUPTED if summary.pid is None else Kind.LIVE


def source_of(summary: Summary) -> str:
    """Where a session is from, in a word: a stream's host, a device's name, ``files``."""
    source = summary.source
    if source.startswith(("http://", "https://")):
        return urlsplit(source).hostname or source
    if source.startswith(("device:", "system")):
        return source
    return "files" if source else ""


def year_of(summary: Summary, zone: tzinfo | None = None) -> int | None:
    """The year in which it began.

    Args:
        summary: The session's.
        zone: Whose years; the machine's own unless told.
    """
    begun = summary.started_at or summary.announced_for or summary.created_at
    return begun.astimezone(zone).year if begun else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which sessions are wanted: all that is set must hold.

    Attributes:
        text: Words that stand in the title, host, source, tags, notes or the names of markers;
            each of them, in any case.
        kinds: Any of these; empty is any.
        sources: As `source_of`; any of these.
        years: Any of these.
        tags: All of these, in any case.
        transcribed: Whether it has a transcript; None is either.
        gaps: Whether something is missing in it; None is either.
    """

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    sources: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    transcribed: bool | None = None
    gaps: bool | None = None

    def holds(self, summary: Summary, *, transcribed: bool) -> bool:
        """Whether a session fits."""
        return (
            (self.transcribed is None or self.transcribed == transcribed)
            and (self.gaps is None or self.gaps == bool(summary.gap_count))
            and (not self.kinds or kind_of(summary) in self.kinds)
            and (not self.sources or source_of(summary) in self.sources)
            and (not self.years or year_of(summary) in self.years)
            and _has_tags(summary, self.tags)
            and _has_words(summary, self.text)
        )


def _has_tags(summary: Summary, wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return True
    tags = {tag.casefold() for tag in summary.tags}
    return all(tag.casefold() in tags for tag in wanted)


def _has_words(summary: Summary, text: str) -> bool:
    if not text:
        return True
    by_people = (summary.title, summary.host, *summary.tags, *summary.markers, summary.notes)
    said = "\n".join((*by_people, summary.source)).casefold()
    return all(word in said for word in text.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Sessions under a name: those that are listed, or those that fit the filter.

    Attributes:
        sessions: In the order in which they were put in; of one with a filter, nothing.
        filter: None where it is a list.
    """

    name: str
    sessions: tuple[SessionId, ...] = ()
    filter: Filter | None = None

    def holds(self, summary: Summary, *, transcribed: bool) -> bool:
        """Whether a session belongs to it."""
        if self.filter is not None:
            return self.filter.holds(summary, transcribed=transcribed)
        return summary.id in self.sessions


def collections(root: Path) -> list[Collection]:
    """All of an archive's collections, by name.

    Raises:
        CollectionError: The file can't be read as a list of them.
        StorageError: The disk refuses.
    """
    kept = _kept(root)
    try:
        found = [_of_json(item) for item in kept.read()]
    except (ValueError, KeyError, TypeError) as error:
        raise CollectionError(
            f"{kept.path} can't be read as collections ({error}).",
            safe="The sessions are untouched.",
            hint="Mend the file, or put it aside.",
        ) from error
    return sorted(found, key=lambda each: each.name.casefold())


def find(root: Path, name: str) -> Collection:
    """The collection of that name; upper and lower case are one.

    Raises:
        CollectionNotFound: There is none.
        CollectionError: As for `collections`; and so `StorageError`.
    """
    found = _named(collections(root), name)
    if found is not None:
        return found
    raise CollectionNotFound(
        f"No collection is called '{name}'.", hint="'aircheck collections' lists them."
    )


def keep(root: Path, collection: Collection) -> None:
    """Keep a collection, in place of the one of the same name.

    Raises:
        CollectionError: The name is empty; or as for `collections`. The file is as it was.
        StorageError: The disk refuses; the file is as it was.
    """
    if not collection.name.strip():
        raise CollectionError("A collection needs a name.")
    with _kept(root).alone():
        _write(root, [*_without(collections(root), collection.name), collection])


def put(root: Path, name: str, sessions: Iterable[SessionId]) -> Collection:
    """Put sessions into a collection, which is made if need be.

    Raises:
        CollectionError: It is a filter, which nothing can be put into; or as for `keep`.
        StorageError: The disk refuses; the file is as it was.
    """
    if not name.strip():
        raise CollectionError("A collection needs a name.")
    with _kept(root).alone():
        found = collections(root)
        before = _named(found, name) or Collection(name=name.strip())
        if before.filter is not None:
            raise CollectionError(
                f"'{before.name}' takes in what fits its filter; nothing can be put into it.",
                safe="The sessions are untouched.",
                hint="Put them into another collection.",
            )
        after = replace(before, sessions=tuple(dict.fromkeys((*before.sessions, *sessions))))
        _write(root, [*_without(found, name), after])
        return after


def take_out(root: Path, name: str, sessions: Iterable[SessionId]) -> Collection:
    """Take sessions out of a collection; the sessions stay where they are.

    Raises:
        CollectionNotFound: There is none of that name.
        CollectionError: As for `collections`; and so `StorageError`.
    """
    gone = frozenset(sessions)
    with _kept(root).alone():
        before = find(root, name)
        left = tuple(each for each in before.sessions if each not in gone)
        after = replace(before, sessions=left)
        _write(root, [*_without(collections(root), name), after])
        return after


def rename(root: Path, name: str, new_name: str) -> None:
    """Call a collection otherwise.

    Raises:
        CollectionNotFound: There is none of that name.
        CollectionError: Another one has the new name, or it is empty; or as for `collections`.
        StorageError: The disk refuses; the file is as it was.
    """
    if not new_name.strip():
        raise CollectionError("A collection needs a name.")
    with _kept(root).alone():
        before = find(root, name)
        others = _without(collections(root), name)
        if _named(others, new_name):
            raise CollectionError(
                f"Another collection is called '{new_name}' already.",
                safe="Both are as they were.",
                hint="Choose another name.",
            )
        _write(root, [*others, replace(before, name=new_name.strip())])


def remove(root: Path, name: str) -> None:
    """Forget a collection; its sessions stay where they are.

    Raises:
        CollectionNotFound: There is none of that name.
        CollectionError: As for `collections`; and so `StorageError`.
    """
    with _kept(root).alone():
        find(root, name)
        _write(root, _without(collections(root), name))


def to_json(collection: Collection) -> dict[str, Any]:
    """A collection as it stands in the file: what is not set is left out."""
    values: dict[str, Any] = {"name": collection.name}
    if collection.filter is None:
        return values | {"sessions": list(collection.sessions)}
    chosen = collection.filter
    set_values: dict[str, Any] = {
        "text": chosen.text,
        "kinds": [str(kind) for kind in chosen.kinds],
        "sources": list(chosen.sources),
        "years": list(chosen.years),
        "tags": list(chosen.tags),
        "transcribed": chosen.transcribed,
        "gaps": chosen.gaps,
    }
    is_set = {key: value for key, value in set_values.items() if value not in ("", [], None)}
    return values | {"filter": is_set}


def _of_json(values: dict[str, Any]) -> Collection:
    name = _text(values["name"])
    chosen = values.get("filter")
    if chosen is not None:
        return Collection(name=name, filter=_filter_of(chosen))
    sessions = _texts(values.get("sessions", []))
    if not all(map(is_session_id, sessions)):
        raise ValueError(f"not all sessions of {name!r} are ids")
    return Collection(name=name, sessions=tuple(map(SessionId, sessions)))


def _filter_of(values: object) -> Filter:
    if not isinstance(values, dict):
        raise TypeError("a filter is no object")
    years = values.get("years", [])
    if not all(isinstance(year, int) for year in years):
        raise TypeError("a year is no number")
    known = {"text", "kinds", "sources", "years", "tags", "transcribed", "gaps"}
    if strange := values.keys() - known:
        raise ValueError(f"a filter knows no {min(strange)!r}")
    return Filter(
        text=_text(values.get("text", "")),
        kinds=tuple(map(Kind, _texts(values.get("kinds", [])))),
        sources=_texts(values.get("sources", [])),
        years=tuple(years),
        tags=_texts(values.get("tags", [])),
        transcribed=_choice(values.get("transcribed")),
        gaps=_choice(values.get("gaps")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError(f"{values!r} is no list")
    return tuple(map(_text, values))


def _choice(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _named(found: list[Collection], name: str) -> Collection | None:
    wanted = name.strip().casefold()
    return next((each for each in found if each.name.casefold() == wanted), None)


def _without(found: list[Collection], name: str) -> list[Collection]:
    wanted = name.strip().casefold()
    return [each for each in found if each.name.casefold() != wanted]


def _write(root: Path, found: list[Collection]) -> None:
    _kept(root).write([to_json(each) for each in found])


def _kept(root: Path) -> NamedList:
    return NamedList(root / FILE_NAME, "collections")
