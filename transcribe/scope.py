"""The fields of a query → conditions: which sessions, which time, whose words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from recorder.types import SessionId, iso
from transcribe import terms
from transcribe.database import MINUTE_BITS, Database
from transcribe.query import Filter, Query

_NARROW_SESSIONS: Final = 50  # up to so many it pays to look up the range of their passages
_END_OF_TIME: Final = 1 << 62

# What holds for a session's row, for each field; the parameter is the value, prepared.
_OF_SESSION: Final = {
    "title": "instr(session.title_terms, ?) > 0",
    "source": "instr(lower(session.source), ?) > 0",
    "tag": "EXISTS (SELECT 1 FROM tag WHERE tag.session_id = session.id"
    " AND instr(tag.tag_terms, ?) > 0)",
    "lang": "EXISTS (SELECT 1 FROM transcript WHERE transcript.session_id = session.id"
    " AND transcript.language = ?)",
    "kind": "EXISTS (SELECT 1 FROM transcript WHERE transcript.session_id = session.id"
    " AND transcript.kind = ?)",
    "speaker": "EXISTS (SELECT 1 FROM transcript"
    " JOIN transcript_speaker ON transcript_speaker.transcript_id = transcript.id"
    " JOIN speaker ON speaker.id = transcript_speaker.speaker_id"
    " WHERE transcript.session_id = session.id AND instr(speaker.name_terms, ?) > 0)",
}

# Likewise for a passage's row; what holds for the session as a whole is decided there.
_OF_PASSAGE: Final = {
    "lang": "(SELECT language FROM transcript WHERE transcript.id = passage.transcript_id) = ?",
    "kind": "(SELECT kind FROM transcript WHERE transcript.id = passage.transcript_id) = ?",
    "speaker": "EXISTS (SELECT 1 FROM segment JOIN speaker ON speaker.id = segment.speaker_id"
    " WHERE segment.id BETWEEN passage.first_segment AND passage.last_segment"
    " AND instr(speaker.name_terms, ?) > 0)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """SQL that holds or not, and its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where is searched.

    Attributes:
        sessions: Row ids of the sessions; None for all.
        first_id: Of the passages, by their date.
        end_id: The first one beyond.
        filters: Those that passages have to hold themselves.
    """

    sessions: tuple[int, ...] | None = None
    first_id: int = -_END_OF_TIME
    end_id: int = _END_OF_TIME
    filters: tuple[Filter, ...] = ()

    def since(self, first_id: int) -> Scope:
        """The same from a passage on."""
        return replace(self, first_id=max(self.first_id, first_id))

    def until(self, end_id: int) -> Scope:
        """The same before a passage."""
        return replace(self, end_id=min(self.end_id, end_id))

    def condition(self, key: str) -> Condition:
        """What holds for a passage.

        Args:
            key: SQL for the passage's id.
        """
        parts = [
            Condition(sql=f"{key} >= ? AND {key} < ?", parameters=(self.first_id, self.end_id))
        ]
        of_passage = [_held(_OF_PASSAGE, item) for item in self.filters]
        if self.sessions is not None:
            inside = "passage.session_id IN (SELECT value FROM json_each(?))"
            of_passage.append(Condition(sql=inside, parameters=(json.dumps(self.sessions),)))
        if of_passage:
            held = _all(of_passage)
            found = f"EXISTS (SELECT 1 FROM passage WHERE passage.id = {key} AND {held.sql})"  # noqa: S608 our own text
            parts.append(Condition(sql=found, parameters=held.parameters))
        return _all(parts)

    def speaker_names(self, index: Database) -> frozenset[str]:
        """The speakers that are asked for.

        Raises:
            IndexBroken: The index is damaged.
            IndexBusy: It was locked for 5 s.
        """
        asked = [item.value for item in self.filters if item.name == "speaker" and item.wanted]
        rows = (
            index.rows("SELECT name FROM speaker WHERE instr(name_terms, ?) > 0", (_spaced(value),))
            for value in asked
        )
        return frozenset(str(name) for found in rows for (name,) in found)


def of(index: Database, asked: Query, session: SessionId | str | None = None) -> Scope:
    """Where a query is to be searched.

    Args:
        index: Whose sessions they are.
        asked: With its fields.
        session: The only session, or None.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
    """
    scope = Scope(
        first_id=_first_id(asked.since) if asked.since else -_END_OF_TIME,
        end_id=_first_id(asked.until) if asked.until else _END_OF_TIME,
        filters=tuple(item for item in asked.filters if item.name in _OF_PASSAGE),
    )
    if session is None and not asked.filters:
        return scope
    held = of_sessions([item for item in asked.filters if _is_of_session(item)], session)
    rows = index.rows(f"SELECT id FROM session WHERE {held.sql}", held.parameters)  # noqa: S608 our own text
    return _narrowed(index, replace(scope, sessions=tuple(key for (key,) in rows)))


def of_sessions(
    filters: Iterable[Filter],
    session: SessionId | str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Condition:
    """What holds for a session.

    Args:
        filters: All must hold.
        session: The only session, or None.
        since: When it begins at the earliest, or None.
        until: When it has begun, or None.
    """
    parts = [_held(_OF_SESSION, item) for item in filters]
    if session is not None:
        parts.append(Condition(sql="session.session = ?", parameters=(session,)))
    if since is not None:
        parts.append(Condition(sql="session.started_at >= ?", parameters=(iso(since),)))
    if until is not None:
        parts.append(Condition(sql="session.started_at < ?", parameters=(iso(until),)))
    return _all(parts)


def _is_of_session(item: Filter) -> bool:
    """Whether a session can be ruled out by it; that somebody speaks in it leaves the rest."""
    return item.wanted or item.name not in _OF_PASSAGE


def _narrowed(index: Database, scope: Scope) -> Scope:
    """With the range of the sessions' passages: the database stops where it ends."""
    if scope.sessions == ():
        return scope.until(scope.first_id)
    if scope.sessions is None or len(scope.sessions) > _NARROW_SESSIONS:
        return scope
    rows = index.rows(
        "SELECT min(first), max(last) FROM (SELECT"
        " (SELECT min(id) FROM passage WHERE session_id = value) AS first,"
        " (SELECT max(id) FROM passage WHERE session_id = value) AS last FROM json_each(?))",
        (json.dumps(scope.sessions),),
    )
    first, last = rows[0]
    if first is None:
        return replace(scope, end_id=scope.first_id)
    return replace(scope, first_id=max(scope.first_id, first), end_id=min(scope.end_id, last + 1))


def _held(of_what: dict[str, str], item: Filter) -> Condition:
    sql = of_what[item.name]
    return Condition(sql=sql if item.wanted else f"NOT {sql}", parameters=(_prepared(item),))


def _prepared(item: Filter) -> str:
    if item.name == "source":
        return _bindable(item.value).strip().lower()
    if item.name == "lang":
        return _bindable(item.value).strip().lower().partition("-")[0]
    if item.name == "kind":
        return item.value.lower()
    return _spaced(item.value)


def _spaced(text: str) -> str:
    return "".join(f" {term}" for term in terms.terms(text))


def _bindable(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode()


def _all(parts: Iterable[Condition]) -> Condition:
    held = list(parts)
    return Condition(
        sql=" AND ".join(part.sql for part in held) or "1",
        parameters=tuple(value for part in held for value in part.parameters),
    )


def _first_id(moment: datetime) -> int:
    return math.ceil(moment.timestamp() / 60) << MINUTE_BITS
