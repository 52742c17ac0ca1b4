"""One session's rows: put into the index, and taken out again, within the caller's transaction."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database as SqliteUtils

from recorder.types import Seconds, iso, parse_iso
from transcribe import passages, terms
from transcribe.database import MINUTE_BITS, SEGMENT_BITS
from transcribe.marks import Kind
from transcribe.passages import Spoken, Stretch
from transcribe.transcript import Segment, Stored

LIVE: Final = "live"
"""The stamp of a text that grows, and is in no file yet."""

_MOST_SEGMENTS = 1 << SEGMENT_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the index holds of a session itself.

    Attributes:
        session: Its ULID.
        source: Public address, device or file.
        started_at: Wall clock of session time 0, or of the session's making.
        folder: Its name in the archive.
        stamp: Of the files that this was read from.
    """

    session: str
    title: str
    host: str
    source: str
    tags: tuple[str, ...]
    started_at: datetime
    duration_s: Seconds
    folder: str
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to be searched: a transcript, or what people marked.

    Attributes:
        kind: What is found in it.
        stamp: Of its file and of the session's beginning, which its rows depend on.
        segments: What is in it; None if the index should hold it already, under that stamp.
    """

    stored: Stored
    stamp: str
    segments: tuple[Segment, ...] | None
    kind: Kind = Kind.SPEECH


class TextGone(Exception):
    """A text that the index should hold already is not there any more. Never shown to people."""


def put(
    tables: SqliteUtils, session: Session, texts: Sequence[Text], *, counted: bool = True
) -> None:
    """Replace all that the index holds of a session; texts that it holds already stay.

    So does text that is `LIVE`, until there is another one of its track.

    Args:
        tables: Within a transaction.
        session: What is known of it.
        texts: All of its texts.
        counted: Whether their terms are counted; `Database.filling` does it itself.

    Raises:
        TextGone: One of them is not there any more.
    """
    session_id = _put_session(tables, session)
    tracks = {text.stored.track for text in texts}
    held = {
        (file, stamp): key
        for key, file, stamp, track in tables.execute(
            "SELECT id, file, stamp, track FROM transcript WHERE session_id = ?", [session_id]
        ).fetchall()
        if stamp != LIVE or track in tracks
    }
    kept = {(text.stored.path.name, text.stamp) for text in texts if text.segments is None}
    if not kept <= held.keys():
        raise TextGone
    for name in held.keys() - kept:
        _remove_text(tables, session_id, held[name])
    for text in texts:
        if text.segments is not None:
            spoken = _put_text(tables, session_id, session.started_at, text)
            if counted:
                _count(tables, (item.terms for item in spoken), 1)


def append(tables: SqliteUtils, session: str, stored: Stored, segments: Sequence[Segment]) -> None:
    """Add segments to the end of a text; of the old ones only the last passage is cut again.

    Args:
        tables: Within a transaction.
        session: Its ULID.
        stored: Whose track and language tell the text.
        segments: In order; those that begin before the end of what is held are known already.

    Raises:
        TextGone: Nothing is held of that track and language.
    """
    found = tables.execute(
        "SELECT transcript.id, session.id, session.started_at FROM transcript"
        " JOIN session ON session.id = transcript.session_id"
        " WHERE session.session = ? AND track = ? AND language = ?",
        [session, stored.track, stored.language],
    ).fetchone()
    if found is None:
        raise TextGone
    transcript_id, session_id, started_at = found
    number, end_s = _end(tables, transcript_id)
    new = [segment for segment in segments if segment.start_s >= end_s]
    new = new[: _MOST_SEGMENTS - number]
    if new:
        _put_segments(tables, transcript_id, new, number)
        _cut_again(tables, (session_id, transcript_id), parse_iso(started_at))


def remove(tables: SqliteUtils, session: str) -> None:
    """Remove all that the index holds of a session."""
    found = tables.execute("SELECT id FROM session WHERE session = ?", [session]).fetchall()
    for (session_id,) in found:
        texts = tables.execute("SELECT id FROM transcript WHERE session_id = ?", [session_id])
        for (transcript_id,) in texts.fetchall():
            _remove_text(tables, session_id, transcript_id)
        tables.table("tag").delete_where("session_id = ?", [session_id])
        tables.table("session").delete(session_id)


def _put_session(tables: SqliteUtils, session: Session) -> int:
    row = {
        "session": session.session,
        "title": _storable(session.title),
        "title_terms": _spaced(session.title),
        "host": _storable(session.host),
        "source": _storable(session.source),
        "started_at": iso(session.started_at),
        "duration_s": session.duration_s,
        "folder": _storable(session.folder),
        "stamp": session.stamp,
    }
    found = tables.execute("SELECT id FROM session WHERE session = ?", [session.session])
    known = found.fetchone()
    table = tables.table("session")
    session_id = int(known[0]) if known else int(table.insert(row).last_pk or 0)
    if known:
        table.update(session_id, row)
    tags = {_storable(tag) for tag in session.tags}
    tables.table("tag").delete_where("session_id = ?", [session_id])
    tables.table("tag").insert_all(
        {"session_id": session_id, "tag": tag, "tag_terms": _spaced(tag)} for tag in sorted(tags)
    )
    return session_id


def _put_text(
    tables: SqliteUtils, session_id: int, started_at: datetime, text: Text
) -> list[Stretch]:
    """Its passages."""
    segments = (text.segments or ())[:_MOST_SEGMENTS]
    transcript = tables.table("transcript").insert(
        {
            "session_id": session_id,
            "track": text.stored.track,
            "language": text.stored.language,
            "model": text.stored.model,
            "version": text.stored.version,
            "file": text.stored.path.name,
            "stamp": text.stamp,
            "kind": text.kind,
        }
    )
    transcript_id = int(transcript.last_pk or 0)
    _put_segments(tables, transcript_id, segments, 0)
    spoken = [_spoken(segment.start_s, segment.end_s, segment.text) for segment in segments]
    first_segment = transcript_id << SEGMENT_BITS
    is_speech = text.kind is Kind.SPEECH
    cut = passages.passages(spoken) if is_speech else passages.alone(spoken)
    ids = _put_passages(tables, (session_id, transcript_id), started_at, spoken, cut, first_segment)
    if is_speech:
        _put_seams(tables, list(zip(ids, cut, strict=True)))
    return cut


def _spoken(start_s: float, end_s: float, text: str) -> Spoken:
    return Spoken(start_s=Seconds(start_s), end_s=Seconds(end_s), terms=tuple(terms.terms(text)))


def _end(tables: SqliteUtils, transcript_id: int) -> tuple[int, float]:
    """The number after a text's last segment, and the session time at which that ends."""
    first, end = transcript_id << SEGMENT_BITS, (transcript_id + 1) << SEGMENT_BITS
    sql = "SELECT id, end_s FROM segment WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1"
    last = tables.execute(sql, [first, end]).fetchone()
    return (int(last[0]) - first + 1, float(last[1])) if last else (0, 0.0)


def _cut_again(
    tables: SqliteUtils, session_and_transcript: tuple[int, int], started_at: datetime
) -> None:
    """Cut a text into passages from its last passage on; those before stay what they are."""
    held = tables.execute(
        "SELECT id, first_segment, last_segment, terms FROM passage"
        " WHERE session_id = ? AND transcript_id = ? ORDER BY id DESC LIMIT 2",
        session_and_transcript,
    ).fetchall()
    first_segment = held[0][1] if held else session_and_transcript[1] << SEGMENT_BITS
    said = tables.execute(
        "SELECT start_s, end_s, text FROM segment WHERE id >= ? AND id < ? ORDER BY id",
        [first_segment, (session_and_transcript[1] + 1) << SEGMENT_BITS],
    ).fetchall()
    for key, _, _, text in held[:1]:
        _count(tables, [text.split()], -1)
        tables.execute("DELETE FROM passage WHERE id = ?", [key])
    spoken = [_spoken(*row) for row in said]
    cut = passages.passages(spoken)
    ids = _put_passages(tables, session_and_transcript, started_at, spoken, cut, first_segment)
    pieces = list(zip(ids, cut, strict=True))
    for key, _, _, text in held[1:]:  # the seam on its right
        tables.execute("DELETE FROM seam WHERE id = ?", [key])
        pieces.insert(0, (key, Stretch(first=0, last=0, terms=tuple(text.split()))))
    _put_seams(tables, pieces)
    _count(tables, (item.terms for item in cut), 1)


def _put_segments(
    tables: SqliteUtils, transcript_id: int, segments: Sequence[Segment], number: int
) -> None:
    """Put segments into a text, from a number on."""
    speakers = _speaker_ids(tables, {segment.speaker for segment in segments})
    tables.conn.executemany(
        "INSERT OR IGNORE INTO transcript_speaker (transcript_id, speaker_id) VALUES (?, ?)",
        ((transcript_id, speaker) for speaker in speakers.values()),
    )
    first_segment = (transcript_id << SEGMENT_BITS) + number
    tables.conn.executemany(
        "INSERT INTO segment (id, transcript_id, start_s, end_s, speaker_id, text)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                first_segment + place,
                transcript_id,
                segment.start_s,
                segment.end_s,
                speakers.get(segment.speaker),
                _storable(segment.text),
            )
            for place, segment in enumerate(segments)
        ),
    )


def _speaker_ids(tables: SqliteUtils, names: set[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for name in sorted(names - {""}):
        row = {"name": _storable(name), "name_terms": _spaced(name)}
        tables.table("speaker").insert(row, ignore=True)
        found = tables.execute("SELECT id FROM speaker WHERE name = ?", [row["name"]]).fetchone()
        ids[name] = int(found[0])
    return ids


def _put_passages(
    tables: SqliteUtils,
    session_and_transcript: tuple[int, int],
    started_at: datetime,
    spoken: Sequence[Spoken],
    cut: Sequence[Stretch],
    first_segment: int,
) -> list[int]:
    """Their ids, ascending."""
    starts = [started_at + timedelta(seconds=spoken[item.first].start_s) for item in cut]
    ids = _free_ids(tables, starts)
    tables.conn.executemany(
        "INSERT INTO passage (id, session_id, transcript_id, first_segment, last_segment, terms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (key, *session_and_transcript, *_range(first_segment, item), " ".join(item.terms))
            for key, item in zip(ids, cut, strict=True)
        ),
    )
    return ids


def _put_seams(tables: SqliteUtils, cut: Sequence[tuple[int, Stretch]]) -> None:
    """Put the seams between passages that follow each other, given with their ids."""
    said = passages.seams([item for _, item in cut])
    tables.conn.executemany(
        "INSERT INTO seam (id, right_id, terms) VALUES (?, ?, ?)",
        (
            (left, right, " ".join(found))
            for ((left, _), (right, _)), found in zip(itertools.pairwise(cut), said, strict=True)
        ),
    )


def _remove_text(tables: SqliteUtils, session_id: int, transcript_id: int) -> None:
    mine = "SELECT id FROM passage WHERE session_id = ? AND transcript_id = ?"
    key = [session_id, transcript_id]
    said = tables.execute(mine.replace("id", "terms", 1), key).fetchall()
    _count(tables, (text.split() for (text,) in said), -1)
    tables.execute(f"DELETE FROM seam WHERE id IN ({mine})", key)  # noqa: S608 our own text
    tables.execute("DELETE FROM passage WHERE session_id = ? AND transcript_id = ?", key)
    tables.execute(
        "DELETE FROM segment WHERE id >= ? AND id < ?",
        [transcript_id << SEGMENT_BITS, (transcript_id + 1) << SEGMENT_BITS],
    )
    tables.table("transcript_speaker").delete_where("transcript_id = ?", [transcript_id])
    tables.table("transcript").delete(transcript_id)


def _free_ids(tables: SqliteUtils, starts: Iterable[datetime]) -> list[int]:
    """Identifiers for passages that begin at these moments, in each minute the next one free."""
    nexts: dict[int, int] = {}
    found: list[int] = []
    for start in starts:
        minute, step = int(start.timestamp() // 60), 1
        while _next_id(tables, minute, nexts) >> MINUTE_BITS > minute:  # it is full
            minute, step = minute + step, step * 2
        found.append(nexts[minute])
        nexts[minute] += 1
    return found


def _next_id(tables: SqliteUtils, minute: int, nexts: dict[int, int]) -> int:
    if minute not in nexts:
        first, end = minute << MINUTE_BITS, (minute + 1) << MINUTE_BITS
        sql = "SELECT max(id) FROM passage WHERE id >= ? AND id < ?"
        last = tables.execute(sql, [first, end]).fetchone()[0]
        nexts[minute] = first if last is None else int(last) + 1
    return nexts[minute]


def _count(tables: SqliteUtils, said: Iterable[Iterable[str]], sign: int) -> None:
    """Add passages to the counts of their terms, or take them off."""
    counts = Counter(term for passage in said for term in set(passage))
    tables.conn.executemany(
        "INSERT INTO term (term, passages) VALUES (?, ?)"
        " ON CONFLICT (term) DO UPDATE SET passages = passages + excluded.passages",
        ((term, sign * count) for term, count in counts.items()),
    )
    if sign < 0:
        tables.conn.executemany(
            "DELETE FROM term WHERE term = ? AND passages <= 0", ((term,) for term in counts)
        )


def _range(first_segment: int, stretch: Stretch) -> tuple[int, int]:
    return first_segment + stretch.first, first_segment + stretch.last


def _spaced(text: str) -> str:
    return "".join(f" {term}" for term in terms.terms(text))


def _storable(text: str) -> str:
    """Text that SQLite takes and gives back whole: no half of a surrogate pair, no NUL."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", errors="replace").decode()
