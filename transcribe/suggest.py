"""Words that the archive knows: what was meant, and what may come next."""

from __future__ import annotations

import itertools
import json
import re
from typing import Final

from transcribe import query, terms
from transcribe.database import Database
from transcribe.terms import LAST_SIGN

_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS: Final = frozenset("0123456789")
_SHORTEST = 3  # letters of a word that is worth guessing at
_SHORTEST_FOR_TWO = 5  # letters of a word in which two may be wrong
_SHORTEST_NAME = 4  # letters of what may be a field: 'Tom:' says who speaks
_LONGEST = 32
_MOST_COMPARED = 2_000
_FIELDS: Final[tuple[str, ...]] = query.FIELDS + query.DATES
_SYNTAX = re.compile(
    rf"\b(?i:{'|'.join(_FIELDS)}):\s*(?:\"[^\"]*|\S*)|\S*\*|\b(?:AND|OR|NOT|NEAR)\b"
    r"|(?P<no_field>[^\W\d_]+):(?P<value>\S?)"
)


def did_you_mean(index: Database, text: str) -> str:
    """The text with its unknown words replaced by known ones that differ by a letter or two.

    Args:
        index: Whose words are known.
        text: As a person typed it.

    Returns:
        The better text; empty if there is none.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
    """
    syntax = list(_SYNTAX.finditer(text))
    changes = [change for match in syntax for change in _field(match)]
    kept = [match.span() for match in syntax if match["no_field"] is None]
    kept += [match.span("no_field") for match in syntax if match["value"] or _field(match)]
    for term in terms.located(text):
        if any(start <= term.start < end for start, end in kept):
            continue
        replacement = _replacement(index, term.term)
        if replacement:
            changes.append((term.start, term.end, replacement))
    return _changed(text, changes)


def _field(match: re.Match[str]) -> list[tuple[int, int, str]]:
    """The field that was meant, where a name before a colon is none but for a letter."""
    name = (match["no_field"] or "").lower()
    if not _SHORTEST_NAME <= len(name) <= _LONGEST:
        return []
    meant = (each for each in _FIELDS if _is_misspelt(name, each))
    start, end = match.span("no_field")
    return [(start, end, field) for field in itertools.islice(meant, 1)]


def _is_misspelt(name: str, field: str) -> bool:
    """Whether it differs by a letter, or two are swapped."""
    return _distance(name, field) <= 1 or sorted(name) == sorted(field)


def _changed(text: str, changes: list[tuple[int, int, str]]) -> str:
    """A text with other words from here to there; empty where nothing is changed."""
    better, at = [], 0
    for start, end, word in sorted(changes):
        better += [text[at:start], word]
        at = end
    return "".join([*better, text[at:]]) if better else ""


def completions(index: Database, beginning: str, limit: int = 8) -> list[str]:
    """The commonest words of the archive that begin so.

    Args:
        index: Whose words.
        beginning: Of one word.
        limit: How many at most.

    Raises:
        IndexBroken: The index is damaged.
        IndexBusy: It was locked for 5 s.
    """
    found = terms.terms(beginning)
    if len(found) != 1:
        return []
    rows = index.rows(
        "SELECT term FROM term WHERE term >= ? AND term < ? ORDER BY passages DESC, term LIMIT ?",
        (found[0], found[0] + LAST_SIGN, limit),
    )
    return [str(term) for (term,) in rows]


def _replacement(index: Database, word: str) -> str:
    """A known word for an unknown one, or empty."""
    if not _SHORTEST <= len(word) <= _LONGEST:
        return ""
    known = _known_beginning(index, word)
    if known is None:
        return ""
    return _one_away(index, word, known) or _two_away(index, word, known)


def _known_beginning(index: Database, word: str) -> int | None:
    """With how many of its letters some word begins; None where the word itself is known.

    The words beside it in the order of the alphabet have the most letters in common with it.
    """
    rows = index.rows(
        "SELECT * FROM (SELECT term FROM term WHERE term < ? ORDER BY term DESC LIMIT 1)"
        " UNION ALL SELECT * FROM (SELECT term FROM term WHERE term >= ? ORDER BY term LIMIT 1)",
        (word, word),
    )
    beside = [str(term) for (term,) in rows]
    if word in beside:
        return None
    return max((_shared(word, term) for term in beside), default=0)


def _shared(left: str, right: str) -> int:
    """How many letters two words begin with alike."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(left), len(right)))


def _one_away(index: Database, word: str, known: int) -> str:
    """The commonest word that differs by a letter left out, added, changed, or swapped.

    Args:
        index: Whose words.
        word: That isn't among them.
        known: How many letters at its beginning may stay as they are before the change.
    """
    letters = set(word)
    signs = letters | _LETTERS | (_DIGITS if letters & _DIGITS else frozenset())
    cuts = list(range(min(len(word), known) + 1))
    rows = index.rows(_ONE_AWAY, (word, json.dumps(cuts), json.dumps(sorted(signs))))
    return str(rows[0][0]) if rows else ""


# Each variant is looked up where it is made: hundreds of them, each in about a microsecond.
_ONE_AWAY: Final = """
    WITH cut(begin, rest) AS (
            SELECT substr(?1, 1, value), substr(?1, value + 1) FROM json_each(?2)
        ),
        sign AS (SELECT value FROM json_each(?3)),
        variant(word) AS (
            SELECT begin || value || rest FROM cut CROSS JOIN sign
            UNION ALL SELECT begin || value || substr(rest, 2) FROM cut CROSS JOIN sign
            UNION ALL SELECT begin || substr(rest, 2) FROM cut
            UNION ALL SELECT begin || substr(rest, 2, 1) || substr(rest, 1, 1) || substr(rest, 3)
                FROM cut
        )
    SELECT term FROM variant CROSS JOIN term ON term = word ORDER BY passages DESC, term LIMIT 1"""


def _two_away(index: Database, word: str, known: int) -> str:
    """The commonest word with the same two first letters that differs by two."""
    if len(word) < _SHORTEST_FOR_TWO or known < 2:
        return ""
    rows = index.rows(
        "SELECT term FROM term WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?"
        " ORDER BY passages DESC, term LIMIT ?",
        (word[:2], word[:2] + LAST_SIGN, len(word) - 2, len(word) + 2, _MOST_COMPARED),
    )
    letters = set(word)
    alike = (str(term) for (term,) in rows if len(letters.difference(term)) <= 2)
    return next((term for term in alike if _distance(word, term) <= 2), "")


def _distance(left: str, right: str) -> int:
    """How many letters must be left out, added or changed to make one word of the other."""
    above = list(range(len(right) + 1))
    for row, sign in enumerate(left, 1):
        line = [row]
        for column, other in enumerate(right, 1):
            changed = above[column - 1] + (sign != other)
            line.append(min(above[column] + 1, line[-1] + 1, changed))
        above = line
    return above[-1]
