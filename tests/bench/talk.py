"""Made-up talk, drawn from a vocabulary by Zipf's law, as the words of a language are."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recorder.types import Seconds
from transcribe import rows
from transcribe.transcript import Segment, Stored

WORDS = 60_000
SEGMENTS_AN_HOUR = 600
WORDS_A_SEGMENT = 15
BEGAN_AT = datetime(2015, 1, 1, tzinfo=UTC)
HOURS_BETWEEN = 6

VOCABULARY = [f"{'bcdfghklmnprstvw'[n % 16]}{'aeiou'[n % 5]}{n:x}" for n in range(WORDS)]
_ODDS = list(itertools.accumulate(1 / (n + 2.7) for n in range(WORDS)))


def said(chance: random.Random, count: int) -> list[str]:
    """So many words, the commonest most often."""
    return chance.choices(VOCABULARY, cum_weights=_ODDS, k=count)


def segments(chance: random.Random) -> tuple[Segment, ...]:
    """An hour of talk, in segments of about six seconds."""
    words = iter(said(chance, SEGMENTS_AN_HOUR * WORDS_A_SEGMENT))
    return tuple(
        Segment(
            start_s=Seconds(place * 6.0),
            end_s=Seconds(place * 6.0 + 5.8),
            text=" ".join(itertools.islice(words, WORDS_A_SEGMENT)) + ".",
        )
        for place in range(SEGMENTS_AN_HOUR)
    )


def an_hour(number: int, chance: random.Random) -> tuple[rows.Session, rows.Text]:
    """A session of an hour, as the index takes it."""
    session = rows.Session(
        session=f"{number:026}",
        title=f"Talk {number}",
        host="",
        source=f"https://radio{number % 7}.example/live",
        tags=(),
        started_at=BEGAN_AT + timedelta(hours=HOURS_BETWEEN * number),
        duration_s=Seconds(3600),
        folder=f"talk-{number:026}",
        stamp="",
    )
    path = Path("a-made-en-1.json")
    stored = Stored(track="a", language="en", model="made", version=1, path=path)
    return session, rows.Text(stored=stored, stamp="", segments=segments(chance))


def mixed(chance: random.Random, hours: int) -> str:
    """A query as people type them: a word or two, a phrase, a prefix, an exclusion, a year."""
    rare = VOCABULARY[chance.randrange(200, 20_000)]
    common = said(chance, 1)[0]
    return chance.choice(
        [
            rare,
            common,
            f"{common} {rare}",
            f"{said(chance, 1)[0]} {common}",
            f'"{said(chance, 1)[0]} {common}"',
            f"{rare} OR {common}",
            f"{rare} -{common}",
            f"{rare[:4]}*",
            f"{common} from:{2015 + hours // 2920}",
        ]
    )
