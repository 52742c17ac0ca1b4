"""What a search costs: mixed queries beside sqlite-utils' own search() and LIKE, on the same index.

    make bench                                  100 hours of made-up talk
    AIRCHECK_BENCH_HOURS=1000 make bench        as many as you like

The talk is drawn from a vocabulary by Zipf's law, as the words of a language are, in segments of
about six seconds. Nothing here passes or fails by speed, which is the machine's; each measurement
checks that what it measured was really found.
"""

import contextlib
import itertools
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recorder.types import Seconds
from transcribe import database, rows, search
from transcribe.database import Database
from transcribe.transcript import Segment, Stored

HOURS = int(os.environ.get("AIRCHECK_BENCH_HOURS", "100"))
QUERIES = 200
WORDS = 60_000
SEGMENTS_AN_HOUR = 600
WORDS_A_SEGMENT = 15
BEGAN_AT = datetime(2015, 1, 1, tzinfo=UTC)

_VOCABULARY = [f"{'bcdfghklmnprstvw'[n % 16]}{'aeiou'[n % 5]}{n:x}" for n in range(WORDS)]
_ODDS = list(itertools.accumulate(1 / (n + 2.7) for n in range(WORDS)))


def report(what: str, value: str) -> None:
    print(f"\n  {what:<46} {value}", end="", flush=True)


def said(chance: random.Random, count: int) -> list[str]:
    return chance.choices(_VOCABULARY, cum_weights=_ODDS, k=count)


def an_hour(number: int, chance: random.Random) -> tuple[rows.Session, rows.Text]:
    session = rows.Session(
        session=f"{number:026}",
        title=f"Talk {number}",
        host="",
        source=f"https://radio{number % 7}.example/live",
        tags=(),
        started_at=BEGAN_AT + timedelta(hours=6 * number),
        duration_s=Seconds(3600),
        folder=f"talk-{number:026}",
        stamp="",
    )
    words = iter(said(chance, SEGMENTS_AN_HOUR * WORDS_A_SEGMENT))
    segments = tuple(
        Segment(
            start_s=Seconds(place * 6.0),
            end_s=Seconds(place * 6.0 + 5.8),
            text=" ".join(itertools.islice(words, WORDS_A_SEGMENT)) + ".",
        )
        for place in range(SEGMENTS_AN_HOUR)
    )
    path = Path("a-made-en-1.json")
    stored = Stored(track="a", language="en", model="made", version=1, path=path)
    return session, rows.Text(stored=stored, stamp="", segments=segments)


@pytest.fixture(scope="module")
def archive_of_talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    chance = random.Random(1)
    root = tmp_path_factory.mktemp("archive")
    with contextlib.closing(database.open(root)) as index:
        index.write_fast()
        took_s = 0.0
        for number in range(HOURS):
            session, text = an_hour(number, chance)
            began_s = time.perf_counter()
            with index.writing() as tables:
                rows.put(tables, session, [text])
            took_s += time.perf_counter() - began_s
        began_s = time.perf_counter()
        index.optimize()
        took_s += time.perf_counter() - began_s
    report(f"indexing {HOURS:,} hours", f"{took_s:.1f} s")
    size = database.path_of(root).stat().st_size
    report("  the index, all of it, an hour", f"{size / HOURS / 1e3:.0f} kB")
    with contextlib.closing(database.open(root)) as index:
        full_text = index.rows("SELECT sum(length(block)) FROM passage_fts_data")[0][0]
        seams = index.rows("SELECT sum(length(block)) FROM seam_fts_data")[0][0]
        report("  of that full text, and its seams", f"{full_text / HOURS / 1e3:.0f} kB, "
               f"{seams / HOURS / 1e3:.0f} kB")  # fmt: skip
        yield index


def mixed(chance: random.Random) -> str:
    """A query as people type them: a word or two, a phrase, a prefix, an exclusion, a year."""
    rare = _VOCABULARY[chance.randrange(200, 20_000)]
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
            f"{common} from:{2015 + HOURS // 2920}",
        ]
    )


def quantiles(ms: list[float]) -> str:
    cuts = statistics.quantiles(ms, n=100)
    return f"p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f}, max {max(ms):.1f} ms"


def timed(queries: list[str], ask: Callable[[str], object]) -> list[float]:
    took_ms = []
    for query in queries:
        began_s = time.perf_counter()
        ask(query)
        took_ms.append((time.perf_counter() - began_s) * 1e3)
    return took_ms


def test_mixed_queries(archive_of_talk: Database) -> None:
    chance = random.Random(2)
    queries = [mixed(chance) for _ in range(QUERIES)]
    found: list[int] = []
    took_ms = timed(
        queries, lambda query: found.append(len(search.search(archive_of_talk, query).hits))
    )
    assert sum(map(bool, found)) > QUERIES / 2
    report("mixed queries, first page with snippets", quantiles(took_ms))
    slowest = max(zip(took_ms, queries, strict=True))[1]
    report("  the slowest", slowest)


def test_beside_others(archive_of_talk: Database) -> None:
    chance = random.Random(3)
    words = [chance.choice(said(chance, 3)) for _ in range(20)]
    passages = archive_of_talk.tables.table("passage")

    def by_sqlite_utils(word: str) -> None:
        assert list(passages.search(word, limit=20, quote=True))

    def by_like(word: str) -> None:
        sql = "SELECT id FROM passage WHERE terms LIKE ? ORDER BY id DESC LIMIT 20"
        assert archive_of_talk.rows(sql, (f"%{word}%",))

    def by_aircheck(word: str) -> None:
        assert search.search(archive_of_talk, word).hits

    for name, ask in (
        ("single words by Aircheck", by_aircheck),
        ("  by sqlite-utils' search()", by_sqlite_utils),
        ("  by LIKE, newest 20", by_like),
    ):
        report(name, quantiles(timed(words, ask)))


def test_a_live_commit(archive_of_talk: Database) -> None:
    chance = random.Random(4)
    session, text = an_hour(HOURS, chance)
    took_ms = []
    for count in range(1, 101):
        short = rows.Text(
            stored=text.stored, stamp=str(count), segments=(text.segments or ())[:count]
        )
        began_s = time.perf_counter()
        with archive_of_talk.writing() as tables:
            rows.put(tables, session, [short])
        took_ms.append((time.perf_counter() - began_s) * 1e3)
    assert archive_of_talk.rows("SELECT count(*) FROM session")[0][0] == HOURS + 1
    report("a growing transcript put in again, a commit", quantiles(took_ms))
