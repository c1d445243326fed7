"""Other systems that rank the same articles, each as somebody who knows it would set it up in an afternoon.

They get titles and texts, and the words of a query without any query language; nothing is tuned to a collection.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in
from whoosh.qparser import MultifieldParser, OrGroup
from whoosh.scoring import BM25F

from benchmarks.collection import Document

Ranker = Callable[[str], list[str]]
"""From a query's text to the ids of the articles that answer, best first."""

_WORD = re.compile(r"\w+")


class NotInstalled(Exception):
    """A system that is left out because its package is not there; the message says which."""


def stock_whoosh(documents: Sequence[Document], folder: Path, depth: int) -> Ranker:
    """Whoosh out of the box: stems, its stop words, both fields, any of the words, BM25F."""
    analyzer = StemmingAnalyzer()
    schema = Schema(id=ID(stored=True), title=TEXT(analyzer=analyzer), text=TEXT(analyzer=analyzer))
    index = create_in(folder, schema)
    writer = index.writer(limitmb=256)
    for document in documents:
        writer.add_document(id=document.id, title=document.title, text=document.text)
    writer.commit()
    parser = MultifieldParser(["title", "text"], schema, group=OrGroup)
    searcher = index.searcher(weighting=BM25F())

    def rank(query: str) -> list[str]:
        # In lower case AND, OR and NOT are words, as they are to the others.
        words = " ".join(_WORD.findall(query.lower()))
        return [hit["id"] for hit in searcher.search(parser.parse(words), limit=depth)]

    return rank


def sqlite_fts5(documents: Sequence[Document], folder: Path, depth: int) -> Ranker:
    """SQLite's full-text index with the Porter stemmer: any of the words, bm25()."""
    connection = sqlite3.connect(folder / "fts5.sqlite3")
    connection.execute(
        "CREATE VIRTUAL TABLE document USING fts5(id UNINDEXED, title, text, tokenize = 'porter unicode61')"
    )
    connection.executemany(
        "INSERT INTO document VALUES (?, ?, ?)",
        ((document.id, document.title, document.text) for document in documents),
    )
    connection.execute("INSERT INTO document (document) VALUES ('optimize')")
    connection.commit()

    def rank(query: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(query.lower())))
        if not words:
            return []
        found = connection.execute(
            "SELECT id FROM document WHERE document MATCH ? ORDER BY bm25(document), rowid LIMIT ?", (words, depth)
        )
        return [id for (id,) in found]

    return rank


def bm25s_library(documents: Sequence[Document], folder: Path, depth: int) -> Ranker:  # noqa: ARG001
    """The bm25s package: Lucene's BM25 with k1 1.5 and b 0.75 (its defaults), Snowball stems, English stop words.

    Raises NotInstalled.
    """
    try:
        import bm25s
    except ModuleNotFoundError:
        raise NotInstalled("bm25s is left out: it is not installed (pip install bm25s).") from None
    stemmer = _snowball()
    kind = {"stopwords": "en", "stemmer": stemmer, "show_progress": False}
    retriever = bm25s.BM25()
    corpus = [f"{document.title}\n{document.text}" for document in documents]
    retriever.index(bm25s.tokenize(corpus, **kind), show_progress=False)
    ids = [document.id for document in documents]
    deepest = min(depth, len(ids))

    def rank(query: str) -> list[str]:
        words = bm25s.tokenize([query], **kind)
        if not any(words.ids):
            return []
        numbers, scores = retriever.retrieve(words, k=deepest, show_progress=False)
        return [ids[number] for number, score in zip(numbers[0], scores[0], strict=True) if score > 0]

    return rank


def _snowball() -> Callable[[list[str]], list[str]]:
    """PyStemmer where it is installed, else the same algorithm in Python."""
    try:
        from Stemmer import Stemmer
    except ModuleNotFoundError:
        from snowballstemmer import stemmer

        return stemmer("english").stemWords  # type: ignore[no-any-return]
    return Stemmer("english").stemWords  # type: ignore[no-any-return]


BASELINES: dict[str, Callable[[Sequence[Document], Path, int], Ranker]] = {
    "whoosh": stock_whoosh,
    "fts5": sqlite_fts5,
    "bm25s": bm25s_library,
}
"""By the name that `--systems` takes. Each gets an empty folder of its own and how many articles are wanted at most."""
