"""Times a whole archive: ingest, indexing, a second ingest, and searches through the same path as the site's.

Usage: python benchmarks/archive.py PATH ...   (files or folders as `policy-archive ingest` takes them)
Prints one JSON object. Seconds are wall time; memory is this process's peak, in MB; search times are in ms.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.domain.query import Filters, Sort
from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.search.engine import SearchRequest
from app.search.indexer import Indexer
from app.search.live import LiveIndex
from app.search.parse import parse
from app.search.search import search
from app.store.database import Database
from app.store.migrate import migrate

WORDS = (
    "election treaty climate tariff vaccine refugee budget court senate water energy privacy accessibility border"
    " nuclear trade health security technology education"
).split()
KINDS: dict[str, list[str]] = {
    "a word": WORDS,
    "two words": [f"{one} {other}" for one, other in zip(WORDS, WORDS[1:] + WORDS[:1], strict=True)],
    "a phrase": ['"united states"', '"get it right"', '"executive order"', '"foreign policy"', '"supreme court"',
                 '"climate change"', '"national security"', '"per capita"', '"human rights"', '"prime minister"',
                 '"federal government"', '"plain language"', '"social media"', '"natural gas"', '"public health"',
                 '"armed forces"', '"open data"', '"civil war"', '"state department"', '"diplomatic relations"'],
    "a word without another": [f"{one} -{other}" for one, other in zip(WORDS, WORDS[3:] + WORDS[:3], strict=True)],
    "common words": ["government", "the government of", "state", "national policy", "president order", "us", "US",
                     "of the people", "public service", "new", "act", "law", "country", "world", "agency", "data",
                     "million", "percent", "people", "year"],
}  # fmt: skip


def main(paths: list[str]) -> None:
    inputs, wrong = find_inputs(paths, None)
    if wrong:
        sys.exit("\n".join(map(str, wrong)))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/archive.sqlite3")
        migrate(database)
        indexer = Indexer(database, Path(folder, "index"))
        found: dict[str, Any] = {}
        first = ingest(database, inputs, Given())
        found["ingest"] = {**asdict(first.counts), "seconds": round(first.seconds, 1)}
        found["ingest"]["records_a_second"] = round(first.counts.read / first.seconds)
        found["ingest"]["reasons"] = dict(first.reasons)
        found["peak_mb_after_ingest"] = peak()
        started = time.perf_counter()
        indexed = indexer.catch_up()
        seconds = time.perf_counter() - started
        found["index"] = {
            "articles": indexed,
            "seconds": round(seconds, 1),
            "articles_a_second": round(indexed / seconds),
        }
        again = ingest(database, inputs, Given())
        found["again"] = {**asdict(again.counts), "seconds": round(again.seconds, 1)}
        found["database_mb"] = round(Path(folder, "archive.sqlite3").stat().st_size / 1e6, 1)
        files = [file for file in Path(folder, "index").rglob("*") if file.is_file()]
        found["index_mb"] = round(sum(file.stat().st_size for file in files) / 1e6, 1)
        found["searches"] = time_searches(database, LiveIndex(database, Path(folder, "index")))
        found["peak_mb"] = peak()
        database.close()
    print(json.dumps(found, indent=2))


def time_searches(database: Database, index: LiveIndex) -> dict[str, Any]:
    """Each query once, as a first visitor pays for it, and then again."""
    with index.engine() as engine:
        search(database, engine, SearchRequest(parse("warm")))
        times: dict[str, Any] = {}
        for turn in ("first", "again"):
            everything: list[float] = []
            for kind, queries in KINDS.items():
                taken = []
                for query in queries:
                    started = time.perf_counter()
                    search(database, engine, SearchRequest(parse(query), Filters(), Sort.RELEVANCE))
                    taken.append((time.perf_counter() - started) * 1000)
                times[f"{kind}, {turn}"] = percentiles(taken)
                everything += taken
            times[f"all {len(everything)}, {turn}"] = percentiles(everything)
    index.close()
    return times


def percentiles(taken: list[float]) -> dict[str, float]:
    ranked = sorted(taken)
    return {
        "p50": round(statistics.median(ranked), 1),
        "p99": round(ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))], 1),
    }


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1:])
