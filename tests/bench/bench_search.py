"""What a search costs, beside tantivy, sqlite-utils' own search() and LIKE, over the same talk.

    make bench                                         100 hours of made-up talk
    AIRCHECK_BENCH_HOURS=10000 make bench              as many as you like
    AIRCHECK_BENCH_TALK=DIR AIRCHECK_BENCH_HOURS=…     kept in DIR, and used again
    AIRCHECK_BENCH_FUZZ=1000000 make bench             so many queries of nonsense

Nothing here passes or fails by speed, which is the machine's; each measurement checks that what it
measured was really found. A processor's own time stands beside the clock's, for busy machines.
"""

from __future__ import annotations

import contextlib
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from recorder.archive import Archive
from recorder.types import SourceKind, SourceSpec
from tests.bench.talk import (
    SEGMENTS_AN_HOUR,
    VOCABULARY,
    WORDS_A_SEGMENT,
    an_hour,
    mixed,
    said,
    segments,
)
from transcribe import database, index, rows, search, terms, transcript
from transcribe.database import Database
from transcribe.transcript import Transcript

HOURS = int(os.environ.get("AIRCHECK_BENCH_HOURS", "100"))
FUZZ = int(os.environ.get("AIRCHECK_BENCH_FUZZ", "5000"))
KEPT = os.environ.get("AIRCHECK_BENCH_TALK", "")
QUERIES = 1_000
COMPARED = 50

pytestmark = pytest.mark.timeout(7200)


def report(what: str, value: str) -> None:
    print(f"\n  {what:<46} {value}", end="", flush=True)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    root = Path(KEPT) if KEPT else tmp_path_factory.mktemp("talk")
    root.mkdir(exist_ok=True)
    with contextlib.closing(database.open(root)) as found:
        if found.rows("SELECT count(*) FROM session") == [(0,)]:
            _fill(found)
    with contextlib.closing(database.open(root)) as found:  # as others do, with its log
        assert found.rows("SELECT count(*) FROM session")[0][0] >= HOURS
        found.passage_count  # noqa: B018 counted once for each connection
        yield found


def _fill(found: Database) -> None:
    chance = random.Random(1)
    found.write_fast()
    put_s = 0.0
    with found.filling() as tables:
        for number in range(HOURS):
            session, text = an_hour(number, chance)
            began_s = time.perf_counter()
            rows.put(tables, session, [text], counted=False)
            put_s += time.perf_counter() - began_s
        tables.table("about").insert({"key": "terms", "value": str(terms.VERSION)})
        began_s = time.perf_counter()
    put_s += time.perf_counter() - began_s
    report(f"indexing {HOURS:,} hours", f"{put_s:.1f} s")


def test_size(talk: Database) -> None:
    hours = talk.rows("SELECT count(*) FROM session")[0][0]
    full_text = talk.rows("SELECT sum(length(block)) FROM passage_fts_data")[0][0]
    seams = talk.rows("SELECT sum(length(block)) FROM seam_fts_data")[0][0]
    report("the full text, 1,000 hours", f"{(full_text + seams) / hours / 1e3:.1f} MB")
    size = talk.path.stat().st_size
    report("  with what was said, and its terms", f"{size / hours / 1e3:.0f} MB")


def test_rebuild_from_folders(tmp_path: Path) -> None:
    hours, chance = min(HOURS, 1_000), random.Random(5)
    archive = Archive(tmp_path / "archive")
    spec = SourceSpec(kind=SourceKind.STREAM, address="https://radio.example/live")
    for number in range(hours):
        folder = archive.create(f"Talk {number}", [("a", spec)])
        made_at = folder.info().created_at
        transcript.store(
            folder,
            Transcript(model="made", language="en", created_at=made_at, segments=segments(chance)),
        )
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    assert index.rebuild(archive).sessions == hours
    took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    report(f"rebuild of {hours:,} hours, from their folders", f"{took_s:.1f} s, cpu {cpu_s:.1f} s")


def quantiles(ms: list[float]) -> str:
    cuts = statistics.quantiles(ms, n=100, method="inclusive")
    return f"p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f}, max {max(ms):.1f} ms"


def timed(queries: Sequence[Any], ask: Callable[[Any], object]) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock and of the processor."""
    clock_ms, cpu_ms = [], []
    for query in queries:
        began_s, began_cpu_s = time.perf_counter(), time.thread_time()
        ask(query)
        clock_ms.append((time.perf_counter() - began_s) * 1e3)
        cpu_ms.append((time.thread_time() - began_cpu_s) * 1e3)
    return clock_ms, cpu_ms


def test_mixed_queries(talk: Database) -> None:
    chance = random.Random(2)
    queries = [mixed(chance, HOURS) for _ in range(QUERIES)]
    found: list[search.Results] = []
    clock_ms, cpu_ms = timed(queries, lambda query: found.append(search.search(talk, query)))
    assert sum(bool(results.hits) for results in found) > QUERIES / 2
    report(f"{QUERIES:,} mixed queries, first page, snippets", quantiles(clock_ms))
    report("  of the processor", quantiles(cpu_ms))
    report("  the slowest", max(zip(clock_ms, queries, strict=True))[1])
    best = sum(results.order is search.Order.BEST for results in found)
    report("  ranked over all that matches, exact total",
           f"{best / len(found):.0%}, {sum(r.exact for r in found) / len(found):.0%}")  # fmt: skip


def test_pages_do_not_slow_down(talk: Database) -> None:
    results = search.search(talk, VOCABULARY[0], order=search.Order.NEWEST)
    firsts, took_ms = [], []
    for _ in range(200):
        took_ms.append(results.took_ms)
        firsts.append(results.hits[0].started_at)
        if not results.next_page:
            break
        results = search.search(talk, VOCABULARY[0], page=results.next_page)
    assert firsts == sorted(firsts, reverse=True)
    report(f"page 1, page {len(took_ms)} of the commonest word",
           f"{took_ms[0]:.1f}, {took_ms[-1]:.1f} ms")  # fmt: skip


def test_to_the_end(talk: Database) -> None:
    """What takes longest: phrases of common words, or of one of which the beginning is told."""
    for query in (
        f'"{VOCABULARY[1]} {VOCABULARY[0]}"',
        f'"{VOCABULARY[0]} {VOCABULARY[1][:2]}*"',
        f'"{VOCABULARY[0]} {VOCABULARY[1][:2]}*" -{VOCABULARY[2][:2]}*',
    ):
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        results = search.search(talk, query, thorough=True)
        took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
        assert results.exact
        report(f"all of {query}, {results.total:,} hits", f"{took_s:.2f} s, cpu {cpu_s:.2f} s")


def test_beside_others(talk: Database, tmp_path: Path) -> None:
    chance = random.Random(3)
    queries = [" ".join({*said(chance, chance.choice((1, 1, 2)))}) for _ in range(COMPARED)]
    passages = talk.tables.table("passage")
    answered: list[bool] = []

    def by_sqlite_utils(query: str) -> None:
        list(passages.search(query, limit=20, quote=True))

    def by_like(query: str) -> None:
        words = query.split()
        sql = "SELECT id FROM passage WHERE terms LIKE ?" + " AND terms LIKE ?" * (len(words) - 1)
        talk.rows(f"{sql} ORDER BY id DESC LIMIT 20", tuple(f"%{word}%" for word in words))

    def by_aircheck(query: str) -> None:
        answered.append(bool(search.search(talk, query).hits))

    def thoroughly(query: str) -> None:
        assert search.search(talk, query, thorough=True).exact

    for how, ask in (
        (f"{COMPARED} queries of one or two words, by Aircheck", by_aircheck),
        ("  exact count and order, in the background", thoroughly),
        ("  by tantivy, best first, exact", _by_tantivy(talk, tmp_path)),
        ("  by sqlite-utils' search()", by_sqlite_utils),
        ("  by LIKE, newest 20", by_like),
    ):
        clock_ms, cpu_ms = timed(queries, ask)
        report(how, quantiles(clock_ms))
        report("    of the processor", quantiles(cpu_ms))
    assert sum(answered) > COMPARED / 2


def _by_tantivy(talk: Database, folder: Path) -> Callable[[str], None]:
    """Passages in an index of tantivy's, and a search in it with a snippet for each hit."""
    import tantivy

    schema = (
        tantivy.SchemaBuilder()
        .add_integer_field("id", stored=True)
        .add_text_field("terms", stored=True, tokenizer_name="whitespace")
        .build()
    )
    made = tantivy.Index(schema, path=str(folder))
    writer = made.writer(256 * 2**20, 1)
    for key, text in talk.tables.execute("SELECT id, terms FROM passage"):
        writer.add_document(tantivy.Document(id=key, terms=text))
    writer.commit()
    writer.wait_merging_threads()
    made.reload()
    searcher = made.searcher()

    def ask(query: str) -> None:
        parsed = made.parse_query(" ".join(f"+{word}" for word in query.split()), ["terms"])
        found = searcher.search(parsed, 20, count=True)
        snippets = tantivy.SnippetGenerator.create(searcher, parsed, schema, "terms")
        for _, place in found.hits:
            assert snippets.snippet_from_doc(searcher.doc(place)).fragment()

    return ask


def test_phrase_recall(talk: Database) -> None:
    chance = random.Random(4)
    sessions = talk.rows("SELECT transcript.id, session FROM transcript JOIN session"
                         " ON session.id = transcript.session_id")  # fmt: skip
    asked = found = at_once = 0
    for key, session in chance.choices(sessions, k=200):
        lines = talk.rows("SELECT text FROM segment WHERE id BETWEEN ? AND ? ORDER BY id",
                          (key << 20, ((key + 1) << 20) - 1))  # fmt: skip
        words = terms.terms(" ".join(text for (text,) in lines))
        for count in range(2, 9):
            first = chance.randrange(len(words) - count)
            phrase = " ".join(words[first : first + count])
            at_s = first // WORDS_A_SEGMENT * 6.0
            results = search.search(talk, f'"{phrase}"', session=session, limit=100)
            asked, at_once = asked + 1, at_once + results.exact
            if not results.exact:  # and says so; the rest follows, as it does in the window
                results = search.search(
                    talk, f'"{phrase}"', session=session, limit=100, thorough=True
                )
            hits = results.hits
            # A minute is one hit, and so are two that a phrase runs across if it is in one too.
            found += any(abs(hit.start_s - at_s) < 66 for hit in hits) or len(hits) == 100
    report(f"phrases of 2 to 8 words, recall of {asked:,}", f"{found / asked:.2%}")
    report("  looked for to the end at once", f"{at_once / asked:.1%}")
    assert found == asked


def test_nonsense(talk: Database) -> None:
    chance = random.Random(6)
    signs = "\"'()*:-+^{}[]|&!~,. \t\n\0\u201c\u2019\u00e9\u4e2d\ud800"
    pieces = [*signs, "OR", "AND", "NOT", "NEAR", "NEAR/3", "title:", "from:", "lang:", "on:2024",
              "kind:", "kind:marker", "-kind:speech", *VOCABULARY[3_000:3_100]]  # fmt: skip
    found, began_cpu_s = 0, time.process_time()
    for _ in range(FUZZ):
        text = "".join(chance.choices(pieces, k=chance.randrange(1, 12)))
        results = search.search(talk, text, limit=3)
        assert len(results.hits) <= 3
        found += bool(results.hits)
    cpu_s = time.process_time() - began_cpu_s
    assert found  # or it was no search
    report("queries of nonsense without an error", f"{FUZZ:,}, {found:,} of them with hits")
    report("  of the processor, each", f"{cpu_s / FUZZ * 1e3:.2f} ms")


def test_live_text(tmp_path: Path, talk: Database) -> None:
    """An hour of talk that is added segment by segment to a large index, and found at once."""
    spec = SourceSpec(kind=SourceKind.STREAM, address="https://radio.example/live")
    folder = Archive(tmp_path).create("Live", [("a", spec)])
    path = folder.transcripts / "a-live-en-1.json"
    stored = transcript.Stored(track="a", language="en", model="live", version=1, path=path)
    told = segments(random.Random(7))

    clock_ms: list[float] = []
    cpu_ms: list[float] = []
    tidied_ms: list[float] = []
    with contextlib.closing(database.open_file(talk.path)) as live:
        live.leave_log()

        def add(number: int) -> None:
            index.append(live, folder, stored, told[number : number + 1])

        try:
            for minute in range(SEGMENTS_AN_HOUR // 10):
                clock, cpu = timed(range(minute * 10, minute * 10 + 10), add)
                clock_ms, cpu_ms = clock_ms + clock, cpu_ms + cpu
                tidied_ms += timed([live], index.tidy)[0]
            words = " ".join(terms.terms(told[-1].text)[:6])
            (hit, *_) = search.search(talk, f'"{words}"', session=folder.id).hits
            assert hit.start_s == told[-1].start_s
        finally:
            index.remove(live, folder.id)
    report("a live segment, written and searchable", quantiles(clock_ms[1:]))
    report("  of the processor", quantiles(cpu_ms[1:]))
    report("  once a minute, when nobody waits: tidied up", quantiles(tidied_ms))
