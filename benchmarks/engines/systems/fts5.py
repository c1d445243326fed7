"""SQLite's FTS5 with the Porter stemmer, from Python's own sqlite3.

Contentless, with positions (detail=full) and lengths; the best hits by the hidden column `rank`, which is how it is
quickest; a prefix without an index of prefixes, which could be for a few lengths only (its letters are stemmed too);
source and year in an ordinary table by rowid, with the names of sources apart, joined and grouped once for both facets
and the total. The file is opened read-only and immutable, mapped into memory, after `optimize` has merged its postings.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.engines.corpus import Article
from benchmarks.engines.questions import WITHIN, Kind, Question
from benchmarks.engines.systems import BEST, Answer

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -200000;
    CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
    CREATE TABLE article (id INTEGER PRIMARY KEY, permalink TEXT, source INTEGER, year INTEGER);
    CREATE VIRTUAL TABLE search USING fts5(title, text, content = '', detail = full, tokenize = 'porter unicode61');
    INSERT INTO search (search, rank) VALUES ('hashsize', 64000000);
"""


class Fts5:
    kinds = frozenset(Kind)

    def version(self) -> str:
        return sqlite3.sqlite_version

    def build(self, articles: Iterable[Article], folder: Path) -> None:
        connection = sqlite3.connect(folder / "fts5.sqlite3", isolation_level=None)
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        sources: dict[str, int] = {}
        for number, article in enumerate(articles, start=1):
            source = sources.setdefault(article.source, len(sources))
            connection.execute("INSERT INTO article VALUES (?, ?, ?, ?)", (number, article.id, source, article.year))
            connection.execute(
                "INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", (number, article.title, article.text)
            )
        connection.executemany("INSERT INTO source VALUES (?, ?)", ((id, name) for name, id in sources.items()))
        connection.execute("INSERT INTO search (search) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.close()

    def open(self, folder: Path) -> None:
        self._connection = sqlite3.connect(f"file:{folder / 'fts5.sqlite3'}?immutable=1", uri=True)
        self._connection.execute("PRAGMA mmap_size = 8000000000")
        self._sources = dict(self._connection.execute("SELECT id, name FROM source"))
        self._numbers = {name: id for id, name in self._sources.items()}

    def answer(self, question: Question) -> Answer:
        filtered, given = "", [_expression(question)]
        if question.kind is Kind.FILTER:
            filtered = "AND article.source = ? AND article.year = ?"
            given += [self._numbers[question.source], question.year]
        joined = f"FROM search JOIN article ON article.id = search.rowid WHERE search MATCH ? {filtered}"
        best = self._connection.execute(f"SELECT permalink {joined} ORDER BY rank LIMIT {BEST}", given)
        ids = tuple(id for (id,) in best)
        sources: Counter[str] = Counter()
        years: Counter[int] = Counter()
        groups = self._connection.execute(
            f"SELECT article.source, article.year, count(*) {joined} GROUP BY article.source, article.year", given
        )
        total = 0
        for source, year, count in groups:
            total += count
            sources[self._sources[source]] += count
            years[year] += count
        del sources[""], years[0]
        return Answer(total, ids, dict(sources), dict(years))


def _expression(question: Question) -> str:
    words = [f'"{word}"' for word in question.words]
    match question.kind:
        case Kind.PREFIX:
            return f"{words[0]} *"
        case Kind.PHRASE:
            return " + ".join(words)
        case Kind.NEAR:
            return f"NEAR({' '.join(words)}, {WITHIN - 1})"
        case Kind.OR3:
            return " OR ".join(words)
        case _:
            return " AND ".join(words)
