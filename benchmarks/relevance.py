"""Measures how well the archive's ranking answers judged queries, beside other systems on the same articles.

Usage: python benchmarks/relevance.py [COLLECTION ...]   (folders as `collection` reads them; ours if none is given)
Articles go the way they go in production: ingest, index, and the query with any of its words, as all other systems take
it, and once more as the search box reads it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ir_measures
from ir_measures import AP, P, R, nDCG
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.domain.query import Match
from benchmarks.baselines import BASELINES, NotInstalled, Ranker
from benchmarks.collection import ArticlesMissing, Collection, Judged, WrongCollection, read_collection
from benchmarks.ours import archive_of

OURS: Final = "archive"
"""With any of the words, as the other systems take them."""
AS_TYPED: Final = "archive-as-typed"
"""As the search box reads them: short queries with every word."""
READINGS: Final = {OURS: Match.ANY, AS_TYPED: None}
OUR_COLLECTIONS: Final = (Path(__file__).parent / "judged" / "seeds", Path(__file__).parent / "judged" / "shared")
DEPTH: Final = 1_000
"""How many articles of each answer are looked at."""
WIDTH_OF_A_FILE: Final = 120
SHORTEST_TEXT: Final = 20
"""Characters of a query's text that are shown where there is little room."""
MEASURES: Final = {"MAP": AP, "nDCG@10": nDCG @ 10, "P@10": P @ 10, "R@100": R @ 100}

Run = dict[str, list[str]]
"""query id -> article ids, best first."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One system on one collection. means: by the names in MEASURES, over all queries. median_ms: of a query, ranked
    to DEPTH, without what a page adds to it. each: per query the same figures."""

    system: str
    means: dict[str, float]
    median_ms: float
    queries_a_second: float
    seconds_to_build: float
    each: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Report:
    """A collection and what each system made of it. notes: what whoever reads the figures should know."""

    collection: Collection
    articles: int
    judged: Judged
    systems: tuple[Measured, ...]
    notes: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
    reports: list[Report] = []
    wrong = False
    for folder in options.collection or OUR_COLLECTIONS:
        try:
            report = measure(read_collection(folder), options.systems)
        except WrongCollection as error:
            errors.print(str(error), markup=False)
            # One of ours may lack its articles on this machine; one that was asked for may not.
            wrong |= bool(options.collection) or not isinstance(error, ArticlesMissing)
            continue
        reports.append(report)
        if not options.json:
            _print(out, report, each=options.queries)
    if options.json:
        print(json.dumps([as_json(report, each=options.queries) for report in reports], ensure_ascii=False, indent=2))
    return 2 if wrong else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how well searches answer judged queries.")
    parser.add_argument("collection", nargs="*", type=Path, help="a folder with articles, queries and judgements")
    names = [*READINGS, *BASELINES]
    parser.add_argument("--systems", type=_systems, default=names, help=f"of {','.join(names)} (all of them)")
    parser.add_argument("--queries", action="store_true", help="show each query, those we lose most on first")
    parser.add_argument("--json", action="store_true", help="print one JSON array, an object per collection")
    return parser.parse_args(arguments)


def _systems(text: str) -> list[str]:
    chosen = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in READINGS and name not in BASELINES]
    if unknown or not chosen:
        known = ", ".join([*READINGS, *BASELINES])
        raise argparse.ArgumentTypeError(f"{', '.join(unknown) or text!r}: known are {known}")
    return chosen


def measure(collection: Collection, systems: Sequence[str]) -> Report:
    """Build each system anew in a temporary folder and ask it every query.

    Raises WrongCollection where the articles can't be ingested, or judgements name articles that can't be told apart.
    """
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder, archive_of(collection, Path(folder)) as archive:
        judged = archive.judged
        notes = [*collection.notes, *archive.notes]
        for name in systems:
            if name in READINGS:
                rank = archive.ranker(READINGS[name], DEPTH)
                measured.append(_measure(name, rank, archive.seconds, collection, judged))
                continue
            own_folder = Path(folder, name)
            own_folder.mkdir()
            started = time.perf_counter()
            try:
                rank = BASELINES[name](archive.documents, own_folder, DEPTH)
            except NotInstalled as reason:
                notes.append(str(reason))
                continue
            measured.append(_measure(name, rank, time.perf_counter() - started, collection, judged))
    return Report(collection, len(archive.documents), judged, tuple(measured), tuple(notes))


def figures(judged: Judged, run: Run) -> dict[str, dict[str, float]]:
    """Per query the figures in MEASURES; a query that the run holds nothing for gets 0 in each."""
    # Falling whole numbers: scores of their own would let equal ones be put in another order than was shown.
    scored = {query: {id: float(DEPTH - place) for place, id in enumerate(ids)} for query, ids in run.items()}
    found: dict[str, dict[str, float]] = {query: dict.fromkeys(MEASURES, 0.0) for query in judged}
    names = {measure: name for name, measure in MEASURES.items()}
    for value in ir_measures.iter_calc(list(names), judged, scored):
        found[value.query_id][names[value.measure]] = value.value
    return found


def as_json(report: Report, *, each: bool) -> dict[str, Any]:
    """each: with the figures of every query."""
    found: dict[str, Any] = {
        "collection": report.collection.name,
        "articles": report.articles,
        "queries": len(report.collection.queries),
        "notes": list(report.notes),
        "systems": {
            system.system: {
                **{name: round(value, 4) for name, value in system.means.items()},
                "median_ms": round(system.median_ms, 2),
                "queries_a_second": round(system.queries_a_second, 1),
                "seconds_to_build": round(system.seconds_to_build, 1),
            }
            for system in report.systems
        },
    }
    if each:
        found["each"] = [
            {
                "query": query,
                "text": text,
                "relevant": _relevant(report, query),
                "systems": {
                    system.system: {name: round(value, 4) for name, value in system.each[query].items()}
                    for system in report.systems
                },
            }
            for query, text in report.collection.queries.items()
        ]
    return found


def _measure(system: str, rank: Ranker, seconds_to_build: float, collection: Collection, judged: Judged) -> Measured:
    rank("warm")
    run: Run = {}
    taken: list[float] = []
    for query, text in collection.queries.items():
        started = time.perf_counter()
        run[query] = rank(text)
        taken.append(time.perf_counter() - started)
    each = figures(judged, run)
    means = {name: statistics.fmean(one[name] for one in each.values()) for name in MEASURES}
    return Measured(system, means, statistics.median(taken) * 1000, len(taken) / sum(taken), seconds_to_build, each)


def _relevant(report: Report, query: str) -> int:
    return sum(grade > 0 for grade in report.judged[query].values())


def _print(out: Console, report: Report, *, each: bool) -> None:
    table = Table(
        title=f"{report.collection.name}: {len(report.collection.queries):,} queries, {report.articles:,} articles"
    )
    table.add_column("system")
    for name in (*MEASURES, "ms", "queries/s", "s to build"):
        table.add_column(name, justify="right", no_wrap=True)
    for system in report.systems:
        table.add_row(
            system.system,
            *(f"{system.means[name]:.4f}" for name in MEASURES),
            f"{system.median_ms:.1f}",
            f"{system.queries_a_second:,.0f}",
            f"{system.seconds_to_build:.1f}",
        )
    out.print(table)
    for note in report.notes:
        out.print(note, markup=False, soft_wrap=True)
    if each:
        out.print(_each(report, out.width))


def _each(report: Report, width: int) -> Table:
    """Average precision per query; first those where we are furthest behind the best of the others."""
    table = Table(title="Average precision of each query")
    systems = [system.system for system in report.systems]
    room = max(SHORTEST_TEXT, width - sum(max(len(name), 5) + 3 for name in ("query", "relevant", *systems)) - 4)
    table.add_column("query", no_wrap=True)
    table.add_column("text", no_wrap=True)
    for name in ("relevant", *systems):
        table.add_column(name, justify="right", no_wrap=True)

    def lead(query: str) -> float:
        values = {system.system: system.each[query]["MAP"] for system in report.systems}
        others = [value for name, value in values.items() if name not in READINGS]
        return values.get(OURS, 0.0) - max(others, default=0.0)

    for query in sorted(report.collection.queries, key=lead):
        text = report.collection.queries[query]
        shown = text if len(text) <= room else f"{text[: room - 1]}…"
        values = (f"{system.each[query]['MAP']:.3f}" for system in report.systems)
        table.add_row(query, escape(shown), str(_relevant(report, query)), *values)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
