"""Compares our pages with Datasette's on the same articles, and with bare pages of the same size from the same server.

Usage: python -m benchmarks.served [--size ARTICLES] [--seconds S] [--rounds N] [--write FILE]
Each of the servers is one process of uvicorn; they take turns, with one client and with several. Searches are of one
to three words, each another one, with the same facets; but ours ranks the hits and cuts snippets, Datasette shows rows
in the order of their numbers with the whole text.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from sqlalchemy import select

from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.search.indexer import Indexer
from app.settings import Settings
from app.store import tables as t
from app.store.articles import listed
from app.store.database import Database
from app.store.migrate import migrate
from benchmarks.engines.corpus import Corpus, read
from benchmarks.engines.figures import percentile_99, table, write_between
from benchmarks.engines.mixing import NoArticles, corpus_of
from benchmarks.engines.questions import Kind, draw
from benchmarks.engines.surroundings import WORK, default_articles, machine_told, say, size
from benchmarks.pages import Asked, Browser, bare_server, our_server, run, server

MARKER: Final = "bench:http"
CLIENTS: Final = (1, 8)
WARM: Final = 20
MOST_QUERIES: Final = 3_000
"""Of each kind. A page of ours that was asked for before is kept, so no query may come twice."""

_SCHEMA: Final = """
    CREATE TABLE article (number INTEGER PRIMARY KEY, id TEXT, title TEXT, source TEXT, year INTEGER, published TEXT,
        text TEXT);
    CREATE VIRTUAL TABLE article_search USING fts5(title, text, content="article", content_rowid="number",
        tokenize="porter unicode61");
"""
_FINISH: Final = """
    INSERT INTO article_search (article_search) VALUES ('rebuild');
    INSERT INTO article_search (article_search) VALUES ('optimize');
    CREATE INDEX article_source ON article (source);
    CREATE INDEX article_year ON article (year);
    ANALYZE;
"""
# The limits that would leave facets out are lifted; everything else is as it comes. Started as our own server is.
_DATASETTE: Final = """
import sys, uvicorn
from datasette.app import Datasette
limits = {"sql_time_limit_ms": 20000, "facet_time_limit_ms": 20000, "suggest_facets": False}
served = Datasette(immutables=[sys.argv[1]], settings=limits).app()
uvicorn.run(served, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""


@dataclass(slots=True)
class Measured:
    """One kind of page with so many clients, by round: pages a second, and the seconds of each."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


Pages = dict[str, tuple[int, Callable[[], Iterator[Asked]], int]]
"""What is asked for -> port, requests anew each time the measuring begins, status wanted."""


def main(arguments: Sequence[str]) -> None:
    reading = argparse.ArgumentParser(prog="python -m benchmarks.served", description=__doc__)
    reading.add_argument("--size", type=size, default=10_000, help="articles to compare on")
    reading.add_argument("--articles", action="append", metavar="PATH", help="what to mix the articles from")
    reading.add_argument("--seconds", type=float, default=3.0, help="for each kind of page in a round")
    reading.add_argument("--rounds", type=int, default=3)
    reading.add_argument("--work", default=str(WORK), metavar="FOLDER", help="articles and databases are kept there")
    reading.add_argument("--json", metavar="FILE")
    reading.add_argument("--write", metavar="FILE", help=f"put the table between <!-- {MARKER} --> and its end there")
    given = reading.parse_args(arguments)
    folder = Path(given.work) / str(given.size)
    try:
        corpus = corpus_of(given.articles or default_articles(), given.size, folder)
    except NoArticles as error:
        sys.exit(str(error))
    found = measure(corpus, folder, given.seconds, given.rounds)
    told = tables(found, corpus.articles, given.rounds)
    json_file = Path(given.json or folder / "served.json")
    json_file.write_text(json.dumps({"machine": machine_told(), "corpus": corpus.properties, "pages": found}, indent=2))
    print(told)
    say(f"figures: {json_file}")
    if given.write:
        try:
            write_between(Path(given.write), MARKER, told)
        except ValueError as error:
            sys.exit(str(error))


def archive_of(corpus: Corpus, folder: Path) -> list[str]:
    """Our archive of the articles in a folder, made there unless it is; the addresses of its articles, shuffled."""
    settings = Settings(data_dir=folder, _env_file=None)
    known = folder / "corpus.sha256"
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    migrate(database)
    if not known.exists() or known.read_text() != corpus.digest:
        say(f"ours: ingesting {corpus.articles:,} articles")
        ingest(database, find_inputs([str(corpus.file)], None)[0], Given())
        known.write_text(corpus.digest)
    indexer = Indexer(database, settings.index_folder)
    indexer.catch_up()
    indexer.tidy()
    with database.reading() as connection:
        rows = connection.execute(listed(select(t.article.c.id, t.article.c.slug)).order_by(t.article.c.id)).all()
    database.close()
    paths = [f"/a/{id}/{quote(slug)}" for id, slug in rows]
    random.Random(7).shuffle(paths)
    return paths


def database_of(corpus: Corpus, folder: Path) -> Path:
    """The articles as a database for Datasette, with full-text search and indexes on what is counted."""
    file = folder / f"articles-{corpus.digest[:12]}.sqlite3"
    if file.exists():
        return file
    say(f"datasette: making a database of {corpus.articles:,} articles")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    connection = sqlite3.connect(unfinished)
    connection.executescript(_SCHEMA)
    connection.executemany(
        "INSERT INTO article (id, title, source, year, published, text) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (one.id, one.title, one.source or None, one.year or None, one.published or None, one.text)
            for one in read(corpus.file)
        ),
    )
    connection.executescript(_FINISH)
    connection.commit()
    connection.close()
    unfinished.rename(file)
    return file


def measure(corpus: Corpus, folder: Path, seconds: float, rounds: int) -> dict[str, Any]:
    kinds = (Kind.RARE, Kind.COMMON, Kind.AND2, Kind.AND3)
    queries = [" ".join(one.words) for drawn in draw(corpus, MOST_QUERIES, kinds).values() for one in drawn]
    random.Random(7).shuffle(queries)
    paths = archive_of(corpus, folder / "served" / "ours")
    with ExitStack() as stack:
        ours = stack.enter_context(our_server(ARCHIVE_DATA_DIR=str(folder / "served" / "ours")))
        searched, firsts = _sizes(ours, queries[:WARM], paths[:WARM])
        bare_results, bare_article = (
            stack.enter_context(bare_server(round(statistics.mean(answer.size for answer in answers))))
            for answers in (searched, firsts)
        )
        held = [
            Asked(path, f"If-None-Match: {answer.headers['etag']}\r\n")
            for path, answer in zip(paths, firsts, strict=False)
        ]
        ask_ours, articles = _ours(queries[WARM:]), cycle(map(Asked, paths[WARM:]))
        pages: Pages = {
            "ours: a search": (ours, lambda: ask_ours, 200),
            "a bare page as large": (bare_results, lambda: cycle([Asked("/")]), 200),
            "ours: an article, the first time": (ours, lambda: articles, 200),
            "ours: an article again": (ours, lambda: cycle(map(Asked, paths[:WARM])), 200),
            "ours: an article that the browser holds (304)": (ours, lambda: cycle(held), 304),
            "a bare page as large as an article": (bare_article, lambda: cycle([Asked("/")]), 200),
        }
        if find_spec("datasette"):
            file = database_of(corpus, folder / "served")
            other = stack.enter_context(server([sys.executable, "-c", _DATASETTE, str(file)]))
            table = f"/{file.stem}/article"
            ask_other, rows = _theirs(table, queries[WARM:]), cycle(_rows(table, corpus.articles))
            _sizes(other, (), [one.path for one in _theirs(table, queries[:WARM])])
            pages["Datasette: a search"] = (other, lambda: ask_other, 200)
            pages["Datasette: an article"] = (other, lambda: rows, 200)
        else:
            say("Datasette: not installed")
        return _turns(pages, seconds, rounds)


def _turns(pages: Pages, seconds: float, rounds: int) -> dict[str, Any]:
    measured = {(name, clients): Measured() for name in pages for clients in CLIENTS}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for (name, clients), own in measured.items():
            port, asked, wanted = pages[name]
            started = time.perf_counter()
            taken = run(port, asked(), seconds, clients, wanted)
            own.rates.append(len(taken) / (time.perf_counter() - started))
            own.seconds += taken
    return {
        name: {
            str(clients): {
                "a_second": statistics.median(measured[name, clients].rates),
                "p50_ms": statistics.median(measured[name, clients].seconds) * 1000,
                "p99_ms": percentile_99(measured[name, clients].seconds) * 1000,
                "rates": measured[name, clients].rates,
            }
            for clients in CLIENTS
        }
        for name in pages
    }


def _sizes(port: int, queries: Sequence[str], paths: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """The answers to searches and articles, which warm a server too."""
    browser = Browser(port)
    searched = [browser.get(one) for one in _ours(queries)]
    firsts = [browser.get(Asked(path)) for path in paths]
    browser.close()
    return searched, firsts


def _ours(queries: Sequence[str]) -> Iterator[Asked]:
    return (Asked(f"/search?{urlencode({'q': query})}") for query in queries)


def _theirs(table: str, queries: Sequence[str]) -> Iterator[Asked]:
    for query in queries:
        yield Asked(f"{table}?{urlencode({'_search': query, '_size': 10})}&_facet=source&_facet=year")


def _rows(table: str, count: int) -> list[Asked]:
    numbers = list(range(1, count + 1))
    random.Random(7).shuffle(numbers)
    return [Asked(f"{table}/{number}") for number in numbers]


_COMPARED: Final = {
    "ours: a search": ("Datasette: a search", "a bare page as large"),
    "ours: an article, the first time": ("Datasette: an article", "a bare page as large as an article"),
    "ours: an article again": ("Datasette: an article", "a bare page as large as an article"),
    "ours: an article that the browser holds (304)": ("Datasette: an article", "a bare page as large as an article"),
}


def tables(found: dict[str, Any], articles: int, rounds: int) -> str:
    parts = [f"{articles:,} articles of 300 words, one process a server, in turns; rounds: {rounds}."]
    for clients in map(str, CLIENTS):
        rows = []
        for name, by_clients in found.items():
            own = by_clients[clients]
            rows.append(
                [
                    name,
                    f"{own['a_second']:,.0f}",
                    f"{own['p50_ms']:.1f} / {own['p99_ms']:.1f}",
                    *(_ratio(found, name, other, clients) for other in _COMPARED.get(name, ("", ""))),
                ]
            )
        parts.append("One client:" if clients == "1" else f"{clients} clients at once:")
        parts.append(table(["page", "a second", "ms, p50 / p99", "to Datasette's", "to a bare page"], rows))
    return "\n\n".join(parts) + "\n"


def _ratio(found: dict[str, Any], name: str, other: str, clients: str) -> str:
    """How many times as many a second: the median of the rounds' ratios."""
    if other not in found:
        return "–"
    pairs = zip(found[name][clients]["rates"], found[other][clients]["rates"], strict=True)
    return f"{statistics.median(one / another for one, another in pairs):.2f}"


if __name__ == "__main__":
    main(sys.argv[1:])
